// The rules of one call as an ordered list: the first case whose tests all hold answers. This is
// the form that programs and profiles are generated from.

import type { Action } from "./action.ts";
import { encodeAction, joinActions, sameAction } from "./action.ts";
import type { ResolvedRule, Test } from "./rules.ts";

export interface Case {
  /** All must hold; never empty. */
  readonly tests: readonly Test[];
  readonly action: Action;
}

export interface Cases {
  readonly cases: readonly Case[];
  readonly otherwise: Action;
}

/** Cases from the strictest action down; tests that always or never hold, and cases that change nothing, are gone. */
export function orderCases(rules: readonly ResolvedRule[], fallback: Action): Cases {
  let floor: Action | null = null;
  const open: Case[] = [];
  for (const rule of rules) {
    const tests = simplifyTests(rule.tests);
    if (tests === null) continue;
    if (tests.length === 0) floor = floor === null ? rule.action : joinActions(floor, rule.action);
    else open.push({ tests, action: rule.action });
  }
  const otherwise = floor ?? fallback;
  // A conditional rule can only be stricter than an unconditional one; against the mere default it can be anything.
  const cases = open
    .map((one) => (floor === null ? one : { ...one, action: joinActions(one.action, floor) }))
    .sort((a, b) =>
      sameAction(a.action, b.action)
        ? order(caseKey(a), caseKey(b))
        : sameAction(joinActions(a.action, b.action), a.action)
          ? -1
          : 1,
    )
    .filter((one, index, all) => index === 0 || caseKey(one) !== caseKey(all[index - 1] ?? one));
  while (cases.length > 0 && sameAction(cases.at(-1)?.action ?? otherwise, otherwise)) cases.pop();
  return { cases, otherwise };
}

/** Equal keys mean equal decisions. */
export function casesKey(cases: Cases): string {
  return `${cases.cases.map(caseKey).join(";")}>${encodeAction(cases.otherwise)}`;
}

export function caseKey({ tests, action }: Case): string {
  return `${tests.map((test) => `${test.argument}&${test.mask}${test.operator}${test.value}`).join(",")}:${encodeAction(action)}`;
}

const order = (left: string, right: string): number => (left < right ? -1 : left === right ? 0 : 1);

/** Null: some test never holds. */
function simplifyTests(tests: readonly Test[]): readonly Test[] | null {
  const open: Test[] = [];
  for (const test of tests) {
    const constant = constantTest(test);
    if (constant === false) return null;
    if (constant === null) open.push(test);
  }
  return open;
}

/** What the test says of every argument, or null when it depends on it. `argument & mask` lies between 0 and the mask. */
function constantTest({ mask, operator, value }: Test): boolean | null {
  switch (operator) {
    case "=":
      return (value & ~mask) !== 0n ? false : mask === 0n ? true : null;
    case "!=":
      return (value & ~mask) !== 0n ? true : mask === 0n ? false : null;
    case "<":
      return value === 0n ? false : mask < value ? true : null;
    case "<=":
      return mask <= value ? true : null;
    case ">":
      return mask <= value ? false : null;
    case ">=":
      return value === 0n ? true : mask < value ? false : null;
  }
}
