// Groups the rules of one kind of effect that ask about the same text, so that one automaton can say that none of
// them fires: a thousand rules on paths then cost as much as one for a path that none of them names.

import { PatternTooLarge } from "../automata/pattern-too-large.ts";
import type { Cond, Operand, Pattern, Patterns, RuleIr } from "../ir/ir.ts";
import type { Data } from "./data.ts";

/** Rules below this number are asked one by one. */
const GROUP_MIN = 4;
/** Rules whose patterns share an automaton: more make it large, and one that fits asks all of its group. */
const GROUP_MAX = 64;

/** Rules that answer no when the subject does not match; a group without a guard is asked always. */
export interface RuleGroup {
  readonly guard: { readonly subject: Operand; readonly automaton: number } | null;
  /** Indexes into the list of rules. */
  readonly rules: readonly number[];
}

/** Every rule is in one group; the indexes of a group rise. */
export function groupRules(rules: readonly RuleIr[], data: Data): RuleGroup[] {
  const alone: number[] = [];
  const bySubject = new Map<string, Guarded[]>();
  rules.forEach((rule, index) => {
    const demand = rule.when.map(demandOf).find((found) => found !== null) ?? null;
    if (demand === null) {
      alone.push(index);
      return;
    }
    const key = JSON.stringify(demand.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), { index, demand }]);
  });
  const groups = [...bySubject.values()].flatMap((guarded) => {
    const chunks = Array.from({ length: Math.ceil(guarded.length / GROUP_MAX) }, (_, part) =>
      guarded.slice(part * GROUP_MAX, (part + 1) * GROUP_MAX),
    );
    return chunks.flatMap((chunk) => guardedGroups(chunk, data));
  });
  const unguarded = [...alone, ...groups.flatMap((group) => (group.guard === null ? group.rules : []))].sort(
    (a, b) => a - b,
  );
  const rest: RuleGroup = { guard: null, rules: unguarded };
  return [...(unguarded.length === 0 ? [] : [rest]), ...groups.filter((group) => group.guard !== null)];
}

/** What must not be no for a rule to fire. */
interface Demand {
  readonly subject: Operand;
  readonly patterns: Patterns;
}

interface Guarded {
  readonly index: number;
  readonly demand: Demand;
}

function demandOf(cond: Cond): Demand | null {
  switch (cond.kind) {
    case "match":
      return cond.subject.kind === "element" || !cond.patterns.every(isSmall) ? null : cond;
    case "all":
      return cond.terms.map(demandOf).find((found) => found !== null) ?? null;
    case "any": {
      const demands = cond.terms.map(demandOf);
      const [first] = demands;
      if (first === undefined || first === null) return null;
      const subject = JSON.stringify(first.subject);
      const same = demands.flatMap((demand) =>
        demand !== null && JSON.stringify(demand.subject) === subject ? [demand] : [],
      );
      return same.length === demands.length
        ? { subject: first.subject, patterns: same.flatMap(({ patterns }) => patterns) }
        : null;
    }
    default:
      return null;
  }
}

/** Patterns of which many together still make a small automaton: each has one place where it may begin again. */
function isSmall(pattern: Pattern): boolean {
  return pattern.kind === "glob" ? (pattern.text.match(/\*+/g) ?? []).length <= 2 : pattern.kind !== "regex";
}

/** One group, or halves of it when its automaton is too large, down to rules without a guard. */
function guardedGroups(guarded: readonly Guarded[], data: Data): RuleGroup[] {
  const rules = guarded.map(({ index }) => index);
  const [first] = guarded;
  if (first === undefined) return [];
  if (guarded.length < GROUP_MIN) return [{ guard: null, rules }];
  try {
    const automaton = data.dfa(guarded.flatMap(({ demand }) => demand.patterns));
    return [{ guard: { subject: first.demand.subject, automaton }, rules }];
  } catch (error) {
    if (!(error instanceof PatternTooLarge)) throw error;
    const middle = guarded.length >> 1;
    return [...guardedGroups(guarded.slice(0, middle), data), ...guardedGroups(guarded.slice(middle), data)];
  }
}
