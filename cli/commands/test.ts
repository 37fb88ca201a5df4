// `pawl test`: a policy's tests, and its advice: an `instead` that would be stopped too is no help.

import type { PolicyIr, TestIr, TestLine } from "../../compiler/ir/ir.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { diagnosticsJson } from "../../compiler/diagnostics/render.ts";
import { lineStarts, positionAt, type SourceText, type Span } from "../../compiler/source/source.ts";
import { load, type Policy, type Session } from "../../runtime/index.ts";
import type { Action, Report } from "../../runtime/types.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { filesOrDefault } from "../check-policy-file.ts";
import { compileLibrary, compilePolicyFile } from "../compile-policy.ts";
import { paintFor, print, printDiagnostics, printJson, warn, type Paint } from "../terminal.ts";

/** The host's facts for a test's actions: a workspace that is nobody's home. */
const FACTS = {
  agent: "test",
  cwd: "/workspace/project",
  workspace: "/workspace/project",
  env: { HOME: "/home/agent" },
};

interface Failure {
  readonly test: string;
  readonly action: string;
  readonly expected: string;
  readonly actual: string;
  readonly file: string;
  readonly line: number;
}

interface Outcome {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/** Runs the tests of each file; exit 1 when one fails or a policy has errors. */
export function test(files: readonly string[], options: { readonly library?: true; readonly json?: true }): number {
  const policies = filesOrDefault(files).map((file) => ({ file, compiled: compilePolicyFile(file) }));
  const library = options.library === true ? [{ file: "the standard library", compiled: compileLibrary() }] : [];
  const results = [...policies, ...library].map(({ file, compiled: { wasm, value, diagnostics, sources } }) => ({
    file,
    diagnostics,
    sources,
    ...(wasm === null || value === null ? { passed: 0, failures: [] } : run(load(wasm), value, sources)),
  }));
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
  const ok = failed === 0 && results.every(({ diagnostics }) => !hasErrors(diagnostics));
  if (options.json === true) {
    const printed = results.map(({ file, diagnostics, sources, failures }) => ({
      file,
      diagnostics: diagnosticsJson(diagnostics, sources),
      failures,
    }));
    printJson({ ok, passed, failed, files: printed });
  } else {
    const paint = paintFor(process.stderr);
    for (const { diagnostics, sources, failures } of results) {
      printDiagnostics(diagnostics, sources);
      for (const failure of failures) warn(renderFailure(failure, paint));
    }
    print(`${passed} passed, ${failed} failed`);
  }
  return ok ? OK : PROBLEMS;
}

function run(policy: Policy, ir: PolicyIr, sources: readonly SourceText[]): Outcome {
  const failures: Failure[] = [];
  let passed = 0;
  const count = (failure: Failure | null): void => {
    if (failure === null) passed += 1;
    else failures.push(failure);
  };
  for (const one of ir.tests) {
    const shared = policy.newSession();
    for (const line of one.lines)
      count(runLine(policy, sources, one, line, one.inOrder ? shared : policy.newSession()));
  }
  for (const rule of ir.rules) {
    if (rule.instead === null) continue;
    const report = decideLine(policy, { command: rule.instead }, policy.newSession());
    const place = placeOf(sources, rule.span);
    const actual = `${report.tier}, ${report.verdict}`;
    count(
      report.verdict === "allow"
        ? null
        : { test: `advice of rule ${rule.name}`, action: rule.instead, expected: "passes", actual, ...place },
    );
  }
  return { passed, failures };
}

function runLine(
  policy: Policy,
  sources: readonly SourceText[],
  one: TestIr,
  line: TestLine,
  session: Session,
): Failure | null {
  const { action } = line;
  const report = decideLine(
    policy,
    action.kind === "command" ? { command: action.text } : { tool: action.name, input: action.input },
    session,
  );
  const fired = new Set(report.rules.map((rule) => rule.rule));
  const silent = line.by.filter((rule) => !fired.has(rule));
  if (holds(line, report) && silent.length === 0) return null;
  const by = line.by.length === 0 ? "" : ` by ${line.by.join(", ")}`;
  return {
    test: one.name,
    action:
      action.kind === "command" ? action.text : `tool ${JSON.stringify(action.name)} ${JSON.stringify(action.input)}`,
    expected: `${expectation(line)}${by}`,
    actual: `${report.tier}, ${report.verdict}${fired.size === 0 ? "" : `, by ${[...fired].join(", ")}`}`,
    ...placeOf(sources, line.span),
  };
}

function decideLine(policy: Policy, action: Pick<Action, "command" | "tool" | "input">, session: Session): Report {
  policy.decide({ ...FACTS, ...action }, session);
  return policy.report();
}

function holds({ expect }: TestLine, report: Report): boolean {
  switch (expect.kind) {
    case "tier":
      return report.tier === expect.tier;
    case "stops":
      return report.verdict !== "allow";
    case "passes":
      return report.verdict === "allow";
  }
}

function expectation({ expect }: TestLine): string {
  return expect.kind === "tier" ? `is ${expect.tier}` : expect.kind;
}

function placeOf(sources: readonly SourceText[], span: Span): { readonly file: string; readonly line: number } {
  const source = sources[span.source];
  return { file: source?.name ?? "", line: positionAt(lineStarts(source?.text ?? ""), span.start).line };
}

function renderFailure({ test: name, action, expected, actual, file, line }: Failure, paint: Paint): string {
  return [
    `${paint("red", "failed")}: ${name}`,
    `  ${paint("blue", "-->")} ${file}:${line}`,
    `  action    ${action}`,
    `  expected  ${expected}`,
    `  actual    ${actual}`,
    "",
  ].join("\n");
}
