// What libseccomp 2.5 makes of rules on one architecture (src/db.c, src/syscalls.c and src/gen_bpf.c there).
//
// The first rule of a call that has no conditions stands alone. Where the conditions of two rules can hold together, or in
// the other cases that `problem` names, what it generates is not what the rules say: nothing is claimed of such calls.

import type { Abi } from "../syscalls/calls.ts";
import { callNumber, X32_BIT } from "../syscalls/calls.ts";
import { SUBCALLS } from "../syscalls/multiplexers.ts";
import type { Action } from "./action.ts";
import type { Case, Cases } from "./cases.ts";
import { caseKey } from "./cases.ts";
import { canMeet } from "./cubes.ts";
import type { Test } from "./rules.ts";

/** seccomp_rule_add_array for each name, with an action that is not the default. */
export interface AddedRule {
  readonly names: readonly string[];
  /** 64 bits wide, at most one on each argument. */
  readonly tests: readonly Test[];
  readonly action: Action;
}

export interface AddedCall extends Cases {
  /** Why nothing can be said of the call's answer; null when the cases are it. */
  readonly problem: string | null;
}

/** The calls with rules, by the number that the kernel sees; of ABIs that share an audit value. */
export function addRules(
  rules: readonly AddedRule[],
  abis: readonly Abi[],
  fallback: Action,
): ReadonlyMap<number, AddedCall> {
  const tables = abis.map((abi) => ({ abi, ...collect(rules, abi) }));
  // Without x32, the number of an x86_64 call is loaded for the check that it is none of x32.
  const isNumberLost = (abis.length > 1 || abis[0] !== "x86_64") && tables.some((table) => table.isNumberLost);
  return new Map(
    tables.flatMap(({ abi, calls }) => [
      ...finish(
        calls,
        abi,
        fallback,
        isNumberLost
          ? `libseccomp loses the rules of ${abi} when those without conditions are on calls it lacks`
          : null,
      ),
    ]),
  );
}

function collect(
  rules: readonly AddedRule[],
  abi: Abi,
): { readonly calls: ReadonlyMap<string, OpenCall>; readonly isNumberLost: boolean } {
  const calls = new Map<string, OpenCall>();
  let hasAbsent = false;
  const callOf = (name: string): OpenCall => {
    const call = calls.get(name) ?? { floor: null, cases: new Map<string, Case>(), problem: null };
    calls.set(name, call);
    return call;
  };
  for (const rule of rules) {
    const one = { tests: effectiveTests(rule.tests, abi), action: rule.action };
    const problem = orderProblem(one.tests, abi);
    for (const name of new Set(rule.names)) {
      if (callNumber(abi, name) === null) hasAbsent = true;
      else addCase(callOf(name), one, problem);
      const behind = abi === "i386" ? BEHIND.get(name) : undefined;
      if (behind === undefined) continue;
      addCase(
        callOf(behind.multiplexer),
        { tests: [subcallTest(behind.subcall)], action: rule.action },
        one.tests.length === 0
          ? null
          : `libseccomp puts the conditions of \`${name}\` on \`${behind.multiplexer}\`, whose arguments are others`,
      );
    }
  }
  // The number is loaded with the first call, and forgotten when that one is left out because the ABI lacks it.
  return { calls, isNumberLost: hasAbsent && [...calls.values()].every((call) => call.floor === null) };
}

interface OpenCall {
  /** Of the first rule without conditions. */
  floor: Action | null;
  readonly cases: Map<string, Case>;
  problem: string | null;
}

function addCase(call: OpenCall, one: Case, problem: string | null): void {
  if (one.tests.length === 0) {
    call.floor ??= one.action;
    return;
  }
  call.cases.set(caseKey(one), one);
  call.problem ??= problem;
}

function finish(
  calls: ReadonlyMap<string, OpenCall>,
  abi: Abi,
  fallback: Action,
  lost: string | null,
): ReadonlyMap<number, AddedCall> {
  const finished = new Map<number, AddedCall>();
  // Calls share most of their rules, and comparing them is the slow part.
  const overlaps = new Map<string, boolean>();
  const left = { comparisons: COMPARISONS_MAX };
  for (const [name, { floor, cases, problem }] of calls) {
    const number = callNumber(abi, name);
    if (number === null) continue;
    const open = floor === null ? [...cases.values()] : [];
    const key = open.map(caseKey).join(";");
    const canOverlap = overlaps.get(key) ?? hasOverlap(open, left);
    overlaps.set(key, canOverlap);
    finished.set(abi === "x32" ? number + X32_BIT : number, {
      cases: open,
      otherwise: floor ?? fallback,
      problem: lost ?? (floor === null ? (problem ?? (canOverlap ? overlapProblem(name) : null)) : null),
    });
  }
  return finished;
}

const overlapProblem = (name: string): string =>
  `two rules of \`${name}\` overlap or order one argument, and libseccomp then loses conditions`;

/** Two equalities are compared at once, others in up to some thousand steps: this is a second or two. */
const COMPARISONS_MAX = 2_000_000;
const ORDER_COMPARISONS = 1000;

/** True also for more rules than can be compared. */
function hasOverlap(cases: readonly Case[], left: { comparisons: number }): boolean {
  return cases.some((one, index) => {
    for (let at = 0; at < index; at++) if (canClash(one.tests, cases[at]?.tests ?? [], left)) return true;
    return false;
  });
}

/** Both can hold, or share parts of an order, which libseccomp then merges. Each side has at most one test on each argument. */
function canClash(some: readonly Test[], others: readonly Test[], left: { comparisons: number }): boolean {
  let isApart = false;
  for (const a of some) {
    for (const b of others) {
      if (a.argument !== b.argument) continue;
      if (isOrder(a) && isOrder(b)) return true;
      left.comparisons -= a.operator === "=" && b.operator === "=" ? 1 : ORDER_COMPARISONS;
      if (left.comparisons < 0) return true;
      isApart ||= !canMeet(a, b);
    }
  }
  return !isApart;
}

const isOrder = ({ operator }: Test): boolean => operator !== "=" && operator !== "!=";

const LOW = 0xffff_ffffn;

const is32Bit = (abi: Abi): boolean => abi === "i386" || abi === "x32";

/** Of 32-bit architectures only the low halves are compared; a mask of nothing is no condition. */
function effectiveTests(tests: readonly Test[], abi: Abi): readonly Test[] {
  return tests
    .map((test) => (is32Bit(abi) ? { ...test, mask: test.mask & LOW, value: test.value & LOW } : test))
    .filter((test) => test.mask !== 0n);
}

/** `_db_rule_gen_arg_32` forgets to turn a comparison around that it has turned. */
function orderProblem(tests: readonly Test[], abi: Abi): string | null {
  const isLost = tests.some(
    (test) => test.operator === "<=" && tests.some((before) => before.argument < test.argument),
  );
  return is32Bit(abi) && isLost ? `libseccomp mistakes \`<=\` behind another condition on ${abi}` : null;
}

const subcallTest = (value: number): Test => ({ argument: 0, mask: LOW, operator: "=", value: BigInt(value) });

/** What a call is behind, on i386. */
const BEHIND = new Map(
  (["socketcall", "ipc"] as const).flatMap((multiplexer) =>
    Object.entries(SUBCALLS[multiplexer]).map(([name, subcall]) => [name, { multiplexer, subcall }] as const),
  ),
);
