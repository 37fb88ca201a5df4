// How policies/agent.pawl decides commands whose expected verdict others have stated. The corpus lies beside the
// repository and is no part of it; exceptions.md lists the cases that we decide otherwise on purpose.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { checkPolicy } from "../../compiler/check-policy.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { load, type Report } from "../../runtime/index.ts";

interface Case {
  readonly id: string;
  readonly command: string;
  readonly expected: "stop" | "pass" | "ask";
  readonly tags: readonly string[];
}

/** A decided case; `ask` agrees with everything. */
interface Decided extends Case {
  readonly stopped: boolean;
  readonly agrees: boolean;
  readonly rules: readonly string[];
}

/** Of 100 cases with this expectation, how many must be decided so. */
const STOP_PERCENT_MIN = 94;
const PASS_PERCENT_MIN = 95;
/** The same without the cases of exceptions.md. */
const BESIDE_EXCEPTIONS_PERCENT_MIN = 98;

const corpus = new URL("../../../shared/corpus/commands.jsonl", import.meta.url);
const exceptions = readExceptions(new URL("exceptions.md", import.meta.url));

describe.skipIf(!existsSync(corpus))("the corpus, which is skipped where ../shared/corpus is not there", () => {
  let decided: readonly Decided[] = [];
  beforeAll(() => {
    decided = decideAll(readCases(corpus));
    process.stdout.write(`${describeFigures(decided)}\n`);
  }, 120_000);

  test("what must stop stops", () => {
    expect(percent(expected(decided, "stop"))).toBeGreaterThanOrEqual(STOP_PERCENT_MIN);
  });

  test("what is ordinary passes", () => {
    expect(percent(expected(decided, "pass"))).toBeGreaterThanOrEqual(PASS_PERCENT_MIN);
  });

  test("beside the stated exceptions almost everything agrees", () => {
    const rest = decided.filter(({ id }) => !exceptions.has(id));
    expect(percent(expected(rest, "stop"))).toBeGreaterThanOrEqual(BESIDE_EXCEPTIONS_PERCENT_MIN);
    expect(percent(expected(rest, "pass"))).toBeGreaterThanOrEqual(BESIDE_EXCEPTIONS_PERCENT_MIN);
  });

  test("every exception is a case of the corpus", () => {
    const ids = new Set(decided.map(({ id }) => id));
    expect([...exceptions].filter((id) => !ids.has(id))).toEqual([]);
  });
});

function decideAll(cases: readonly Case[]): readonly Decided[] {
  const text = readFileSync(new URL("../../policies/agent.pawl", import.meta.url), "utf8");
  const { value, diagnostics } = checkPolicy({
    entry: { name: "agent.pawl", text },
    resolve: () => null,
    library: loadLibrary(),
  });
  if (value === null) throw new Error(JSON.stringify(diagnostics));
  const policy = load(new Uint8Array(compileWasm(value)));
  const cwd = "/home/user/project";
  return cases.map((one) => {
    const { verdict } = policy.decide({ command: one.command, cwd, workspace: cwd, env: { HOME: "/home/user" } });
    const stopped = verdict !== "allow";
    const agrees = one.expected === "ask" || stopped === (one.expected === "stop");
    const rules = agrees ? [] : rulesOf(policy.report());
    return { ...one, stopped, agrees, rules };
  });
}

/** The rules that fired, or a word for what may be any effect and so fires all. */
function rulesOf(report: Report): readonly string[] {
  if (report.effects.some(({ effect }) => effect === "*")) return ["anything"];
  return [...new Set(report.rules.map(({ rule }) => rule))];
}

function readCases(file: URL): readonly Case[] {
  // The corpus is data that its README describes.
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Case);
}

/** The ids that exceptions.md lists, each at the start of a line of a list. */
function readExceptions(file: URL): ReadonlySet<string> {
  const text = readFileSync(fileURLToPath(file), "utf8");
  return new Set([...text.matchAll(/^- `([^`]+)`/gm)].map(([, id]) => id ?? ""));
}

function expected(cases: readonly Decided[], verdict: Case["expected"]): readonly Decided[] {
  return cases.filter((one) => one.expected === verdict);
}

function percent(cases: readonly Decided[]): number {
  return cases.length === 0 ? 100 : (100 * cases.filter(({ agrees }) => agrees).length) / cases.length;
}

/** Figures per expectation and tag, and each case that is decided otherwise. */
function describeFigures(cases: readonly Decided[]): string {
  const lines = (["stop", "pass"] as const).flatMap((verdict) => {
    const some = expected(cases, verdict);
    const tags = [...new Set(some.flatMap((one) => one.tags))].toSorted();
    const groups = [
      { name: "all", of: some },
      ...tags.map((tag) => ({ name: tag, of: some.filter((one) => one.tags.includes(tag)) })),
    ];
    return groups.map(
      ({ name, of }) =>
        `${verdict}  ${String(of.filter(({ agrees }) => agrees).length).padStart(4)} of ${String(of.length).padEnd(4)} ${percent(of).toFixed(1).padStart(5)} %  ${name}`,
    );
  });
  const asked = expected(cases, "ask");
  lines.push(`ask   ${asked.filter(({ stopped }) => stopped).length} of ${asked.length} stop`);
  for (const one of cases.filter(({ agrees }) => !agrees)) {
    lines.push(
      `${exceptions.has(one.id) ? "exception" : "otherwise"}  ${one.id}  ${one.expected}  ${JSON.stringify(one.command)}  ${one.rules.join(", ")}`,
    );
  }
  return lines.join("\n");
}
