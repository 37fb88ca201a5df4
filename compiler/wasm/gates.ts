// Gates → the verdicts: each gate whose conditions are not no joins its own.

import type { Cond, GateIr, Verdict } from "../ir/ir.ts";
import { TIERS, VERDICTS } from "../ir/ir.ts";
import type { Expression } from "./binaryen.ts";
import type { Code, Target } from "./code.ts";
import { condition } from "./conditions.ts";

const IRREVERSIBLE = TIERS.indexOf("irreversible");
/** What holds in a policy without a gate; the time is ten minutes, as long as a human takes to look. */
const DEFAULT_GATE: GateIr = {
  when: [],
  verdicts: ["allow", "allow", "allow", "require_approval"],
  malformed: "require_approval",
  oversized: "require_approval",
  approvalSeconds: 600,
  span: null,
};

export interface GateNames {
  readonly gate: string;
  readonly malformedVerdict: string;
  readonly oversizedVerdict: string;
  readonly approvalSeconds: string;
  readonly approvalSecondsLeast: string;
}

/** Defines the functions of those names (stdlib/core/policy.ts says what each gives). */
export function defineGates(target: Target, names: GateNames): void {
  // Gates that hold for an agent or a tool alone only tighten: without one that always holds, the default does.
  const always = target.ir.gates.some((gate) => gate.when.length === 0);
  const gates = always ? target.ir.gates : [...target.ir.gates, DEFAULT_GATE];
  const seconds = Math.min(...gates.map((gate) => gate.approvalSeconds));
  const longest = Math.max(...gates.map((gate) => gate.approvalSeconds));

  target.define(names.gate, 1, true, (code) =>
    overGates(code, gates, code.constant(0), (gate, before) => code.greatest(before, verdictOf(gate, code))),
  );
  target.define(names.approvalSeconds, 0, true, (code) =>
    overGates(code, gates, code.constant(longest), (gate, before) =>
      code.least(before, code.constant(gate.approvalSeconds)),
    ),
  );
  target.define(names.approvalSecondsLeast, 0, true, (code) => code.constant(seconds));
  // Nothing of such an action can be relied on, so every gate applies.
  target.define(names.malformedVerdict, 0, true, (code) =>
    code.constant(greatest(gates.flatMap((gate) => [gate.malformed, gate.verdicts[IRREVERSIBLE] ?? "deny"]))),
  );
  target.define(names.oversizedVerdict, 0, true, (code) =>
    code.constant(greatest(gates.flatMap((gate) => [gate.oversized, gate.verdicts[IRREVERSIBLE] ?? "deny"]))),
  );
}

function overGates(
  code: Code,
  gates: readonly GateIr[],
  start: Expression,
  join: (gate: GateIr, before: Expression) => Expression,
): Expression {
  const m = code.module;
  const result = code.local();
  const steps = gates.map((gate) => {
    const step = m.set(result, join(gate, m.get(result)));
    return gate.when.length === 0 ? step : m.if(applies(gate.when, code), step);
  });
  return m.sequence([m.set(result, start), ...steps], m.get(result));
}

function applies(when: readonly Cond[], code: Code): Expression {
  return condition({ kind: "all", terms: when }, { code, effect: null, element: null });
}

/** The gate's verdict on the tier in local 0. */
function verdictOf(gate: GateIr, code: Code): Expression {
  const m = code.module;
  return gate.verdicts.reduce(
    (rest, verdict, tier) =>
      tier === 0 ? rest : m.select(m.less(m.get(0), m.constant(tier)), rest, m.constant(VERDICTS.indexOf(verdict))),
    m.constant(VERDICTS.indexOf(gate.verdicts[0])),
  );
}

function greatest(verdicts: readonly Verdict[]): number {
  return Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)));
}
