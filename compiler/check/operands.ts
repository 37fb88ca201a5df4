// The operands that a condition looks at, those inside others included.

import type { Cond, Operand } from "../ir/ir.ts";

export function operandsOf(condition: Cond): readonly Operand[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.terms.flatMap(operandsOf);
    case "not":
      return operandsOf(condition.term);
    case "match":
    case "inNetwork":
    case "compare":
    case "truth":
    case "absent":
      return inner(condition.subject);
    case "under":
      return [condition.subject, ...condition.bases].flatMap(inner);
    case "covers":
      return [condition.subject, ...condition.targets].flatMap(inner);
    case "same":
      return [...inner(condition.left), ...inner(condition.right)];
    case "some":
    case "every":
      return [...inner(condition.list), ...operandsOf(condition.body)];
    case "sessionHas":
    case "sessionTier":
    case "count":
      return [];
  }
}

/** The operand and those that it is made from. */
function inner(operand: Operand): readonly Operand[] {
  switch (operand.kind) {
    case "part":
      return [operand, ...inner(operand.of)];
    case "evidence":
      return [operand, ...inner(operand.path)];
    case "field":
    case "action":
    case "env":
    case "literal":
    case "literals":
    case "hole":
    case "option":
    case "element":
    case "input":
      return [operand];
  }
}
