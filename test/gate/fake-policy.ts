// A policy small enough to foresee: it decides by words in the text that runs. Tests of the gate use it in the place of
// the runtime, so that they say nothing about any real policy.

import type { Policy, Session } from "../../runtime/index.ts";
import type { Action, Decision, PolicyInfo, Report, ReportedRule, Tier, Verdict } from "../../runtime/types.ts";

const tiers: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];

const info: PolicyInfo = {
  name: "fake",
  abi: 1,
  compiler: "0.1.0",
  sourceDigest: "0".repeat(64),
  rules: [],
  marks: ["secret_read"],
  variables: ["HOME", "TF_CLI_ARGS", "NODE_OPTIONS"],
  memoryBytes: 65536,
  inputBytesMax: 1024 * 1024,
};

/**
 * `destroy`: irreversible, wants the state. `forbidden`, and what touches the gate: denied. `secret`: marks the
 * session. `send`: irreversible once
 * marked. `script PATH`: wants the script, whose words count too. `link PATH`: wants the target. `slow`: takes a
 * second.
 */
export function load(bytes: BufferSource | WebAssembly.Module): Policy {
  const text =
    bytes instanceof WebAssembly.Module
      ? ""
      : Buffer.from(bytes instanceof ArrayBuffer ? bytes : bytes.buffer).toString("utf8");
  if (!text.startsWith("fake policy")) throw new Error("it is not a policy");
  let last: Report | null = null;
  return {
    info,
    newSession: (): Session => ({ bytes: new Uint8Array(4) }),
    decide: (action, session = { bytes: new Uint8Array(4) }, options = {}) => {
      last = action instanceof Uint8Array ? malformed() : report(action, session, text.includes("strict"));
      if (last.verdict === "allow" || (last.verdict === "require_approval" && options.approved === true))
        join(session, action);
      return decisionOf(last);
    },
    report: () => {
      if (last === null) throw new Error("nothing was decided");
      return last;
    },
    join: (a, b): Session => ({ bytes: a.bytes.map((byte, index) => Math.max(byte, b.bytes[index] ?? 0)) }),
  };
}

function report(action: Action, session: Session, strict: boolean): Report {
  const given = JSON.stringify(action);
  if (info.inputBytesMax < given.length) return { ...malformed(), malformed: false, oversized: true };
  const words = [wordsOf(action), ...Object.values(action.evidence?.script ?? {})].join(" ");
  if (words.includes("slow")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  if (words.includes("crash")) process.kill(process.pid, "SIGKILL");
  const isMarked = session.bytes[1] === 1;
  const rules: ReportedRule[] = [];
  const fire = (rule: string, raise: Tier | null, deny: boolean, reason: string) =>
    rules.push({ rule, certain: true, effect: 0, raise, deny, reason, instead: null });
  if (words.includes("destroy")) fire("destroys", "irreversible", false, `destroys in ${action.cwd}`);
  if (words.includes("destroy") && isMarked) fire("after_secret", "irreversible", false, "a secret was read");
  if (words.includes("destroy") && strict) fire("strict", "irreversible", false, "the policy is strict");
  if (/forbidden|pawl approve|\/state\/|settings/.test(words)) fire("forbids", null, true, "it is forbidden");
  if (words.includes("send") && isMarked) fire("sends", "irreversible", false, "a secret was read");
  const raised = rules.some(({ raise }) => raise === "irreversible") ? "irreversible" : "safe";
  const verdict: Verdict = rules.some(({ deny }) => deny)
    ? "deny"
    : raised === "irreversible"
      ? "require_approval"
      : "allow";
  return {
    ...empty,
    tier: raised,
    verdict,
    session: { before: tierOf(session), after: tierOf(session) },
    rules,
    needs: needsOf(action, words),
  };
}

function needsOf(action: Action, words: string): Report["needs"] {
  const named = (kind: "script" | "link", word: string) =>
    [...words.matchAll(new RegExp(`${word} (\\S+)`, "g"))].map(([, path]) => ({ kind, path: path ?? "" }));
  const wanted: Report["needs"] = [
    ...named("script", "script"),
    ...named("link", "link"),
    ...(words.includes("destroy") ? [{ kind: "state" as const, path: `${action.cwd}/terraform.tfstate` }] : []),
  ];
  return wanted.filter(({ kind, path }) => action.evidence?.[kind]?.[path] === undefined);
}

function wordsOf(action: Action): string {
  // The input of a tool call is whatever the harness gave.
  const input = action.input as Readonly<Record<string, unknown>> | undefined;
  return [action.command ?? "", ...(action.argv ?? []), JSON.stringify(input ?? "").replaceAll(/["{}:,]/g, " ")].join(
    " ",
  );
}

function join(session: Session, action: Action | Uint8Array): void {
  if (action instanceof Uint8Array) return;
  const words = wordsOf(action);
  const [tier = 0, mark = 0, low = 0, high = 0] = session.bytes;
  const count = low + 256 * high + 1;
  session.bytes = Uint8Array.of(
    words.includes("destroy") ? 3 : tier,
    words.includes("secret") ? 1 : mark,
    count % 256,
    Math.floor(count / 256),
  );
}

/** How many actions joined a session. */
export function countOf(bytes: Uint8Array): number {
  return (bytes[2] ?? 0) + 256 * (bytes[3] ?? 0);
}

function tierOf(session: Session): Tier {
  return tiers[session.bytes[0] ?? 3] ?? "irreversible";
}

function malformed(): Report {
  return { ...empty, tier: "irreversible", verdict: "require_approval", malformed: true };
}

const empty: Report = {
  tier: "safe",
  verdict: "allow",
  malformed: false,
  oversized: false,
  limited: false,
  session: { before: "safe", after: "safe" },
  effects: [],
  rules: [],
  needs: [],
  approvalSeconds: 600,
  cut: false,
};

function decisionOf({ tier, verdict, malformed: isMalformed, oversized, needs }: Report): Decision {
  return { tier, verdict, malformed: isMalformed, oversized, limited: false, needsEvidence: 0 < needs.length };
}
