// The answer of a condition: no, maybe or yes.

import type { Cond, Operand } from "../ir/ir.ts";
import { TIERS } from "../ir/ir.ts";
import { matchValue } from "./matching.ts";
import { inNetwork } from "./networks.ts";
import { compareNumber } from "./numbers.ts";
import type { Scope } from "./operands.ts";
import { operandAbsent, operandList, operandTruth, operandValue } from "./operands.ts";
import { covers, same, under } from "./paths.ts";
import type { Answer, Value } from "./values.ts";
import { bytesOf, certain, known, max, MAYBE, min, NO, not, YES } from "./values.ts";

/** What conditions may ask about the session, this action's own marks included. */
export interface SessionView {
  /** The session's tier before the action. */
  readonly tier: number;
  readonly has: (mark: string) => boolean;
  readonly count: (mark: string) => number;
}

/** Usage lines and tools have no session to look at. */
export const NO_SESSION: SessionView = { tier: 0, has: () => false, count: () => 0 };

export function conditionAnswer(cond: Cond, scope: Scope, session: SessionView): Answer {
  switch (cond.kind) {
    case "all":
      return cond.terms.map((term) => conditionAnswer(term, scope, session)).reduce(min, YES);
    case "any":
      return cond.terms.map((term) => conditionAnswer(term, scope, session)).reduce(max, NO);
    case "not":
      return not(conditionAnswer(cond.term, scope, session));
    case "match":
      return matchValue(operandValue(cond.subject, scope), cond.patterns);
    case "under":
      return oneOf(cond.subject, cond.bases, scope, under);
    case "covers":
      return oneOf(cond.subject, cond.targets, scope, covers);
    case "same":
      return oneOf(cond.left, [cond.right], scope, same);
    case "inNetwork":
      return inNetwork(operandValue(cond.subject, scope), cond.networks);
    case "compare":
      return compareNumber(operandValue(cond.subject, scope), cond.operator, cond.number);
    case "truth":
      return operandTruth(cond.subject, scope);
    case "absent":
      return operandAbsent(cond.subject, scope);
    case "some":
    case "every":
      return quantified(cond, scope, session);
    case "sessionHas":
      return certain(session.has(cond.mark));
    case "sessionTier":
      return certain(TIERS.indexOf(cond.atLeast) <= session.tier);
    case "count":
      return certain(cond.atLeast <= session.count(cond.mark));
  }
}

type Relation = (subject: Value | null, other: Value | null) => Answer;

/** Whether the subject stands in the relation to one of the others; several literals are several others. */
function oneOf(subject: Operand, others: readonly Operand[], scope: Scope, relation: Relation): Answer {
  const value = operandValue(subject, scope);
  const values = others.flatMap((other) =>
    other.kind === "literals" ? other.texts.map((text) => known(bytesOf(text))) : [operandValue(other, scope)],
  );
  return values.map((other) => relation(value, other)).reduce(max, NO);
}

/**
 * `some` is the greatest answer of the elements, `every` the least, both no on an empty list.
 * An element that may be missing makes `some` at most maybe, and cannot make `every` less than maybe.
 */
function quantified(cond: Extract<Cond, { kind: "some" | "every" }>, scope: Scope, session: SessionView): Answer {
  const elements = operandList(cond.list, scope).map((element) => ({
    answer: conditionAnswer(cond.body, { ...scope, element: element.value }, session),
    mayBeMissing: element.splat || element.unsure,
  }));
  if (elements.length === 0) return NO;
  if (cond.kind === "some")
    return elements.map((one) => (one.mayBeMissing ? min(one.answer, MAYBE) : one.answer)).reduce(max, NO);
  const least = elements.map((one) => (one.mayBeMissing ? max(one.answer, MAYBE) : one.answer)).reduce(min, YES);
  return elements.every((one) => one.mayBeMissing) ? min(least, MAYBE) : least;
}
