// The meaning of a resolved filter, stated directly: which action a call gets. The generated
// programs and profiles are proved equal to this.

import type { CallData } from "../cbpf/interpret.ts";
import { AUDIT_ARCHS, SKIPPED_NUMBER, X32_BIT } from "../syscalls/calls.ts";
import type { Action } from "./action.ts";
import { ALLOW, joinActions, KILL_PROCESS, NO_SUCH_CALL } from "./action.ts";
import type { AbiRules, ResolvedFilter, ResolvedRule, Test } from "./rules.ts";

/** Answers a test on the arguments; concrete for one call, or symbolic in a proof. */
type Holds = (test: Test) => boolean;

export function decide(filter: ResolvedFilter, call: CallData): Action {
  const abi = abiOf(filter, call.arch);
  if (abi === null) return KILL_PROCESS;
  return decideNumber(abi, call.number, (test) => testHolds(test, call.args));
}

/** The rules for an AUDIT_ARCH_* value, or null when such calls are killed. */
function abiOf(filter: ResolvedFilter, audit: number): AbiRules | null {
  return filter.abis.find((abi) => AUDIT_ARCHS[abi.abi] === audit) ?? null;
}

export function decideNumber(abi: AbiRules, number: number, holds: Holds): Action {
  if (number === SKIPPED_NUMBER) return ALLOW;
  if (abi.abi === "x86_64" && X32_BIT <= number) return NO_SUCH_CALL;
  const call = abi.calls.get(number);
  return call === undefined ? abi.unknown : decideRules(call.rules, abi.default, holds);
}

/** The join of all matching rules that do more than allow; else an allowance that matches; else the default. */
function decideRules(rules: readonly ResolvedRule[], otherwise: Action, holds: Holds): Action {
  let strictest: Action | null = null;
  for (const rule of rules) {
    if (!rule.tests.every(holds)) continue;
    strictest = strictest === null ? rule.action : joinActions(strictest, rule.action);
  }
  return strictest ?? otherwise;
}

function testHolds(test: Test, args: readonly bigint[]): boolean {
  const left = (args[test.argument] ?? 0n) & test.mask;
  switch (test.operator) {
    case "=":
      return left === test.value;
    case "!=":
      return left !== test.value;
    case "<":
      return left < test.value;
    case "<=":
      return left <= test.value;
    case ">":
      return test.value < left;
    case ">=":
      return test.value <= left;
  }
}
