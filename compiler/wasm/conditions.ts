// Conditions → code that gives their answer: 0 no, 1 maybe, 2 yes.

import type { Cond, Operand } from "../ir/ir.ts";
import { TIERS } from "../ir/ir.ts";
import { invariant } from "../source/invariant.ts";
import type { Expression } from "./binaryen.ts";
import { MAYBE, NO, YES } from "./code.ts";
import { layoutNetworks } from "./networks.ts";
import { fieldOf, fieldsOf, isFleeting, listOf, truthOf, valueOf } from "./operands.ts";
import type { Scope } from "./operands.ts";

/** The numbers of stdlib/core/compare.ts. */
const OPERATORS = ["<", "<=", ">", ">=", "="] as const;
/** SPLAT or UNSURE of stdlib/core/value.ts: the element may not be there. */
const MAY_BE_MISSING = 1 | 4;
const ITEM_BYTES = 16;

export function condition(cond: Cond, scope: Scope): Expression {
  const { code } = scope;
  const { target, module: m } = code;
  const { data } = target;
  switch (cond.kind) {
    case "all":
      return chain(cond.terms, scope, true);
    case "any":
      return chain(cond.terms, scope, false);
    case "not":
      return m.subtract(m.constant(2), condition(cond.term, scope));
    case "match":
      return withValue(cond.subject, scope, (value) =>
        target.call("match", value, m.constant(data.dfa(cond.patterns))),
      );
    case "under":
      return oneOf("under", cond.subject, cond.bases, scope);
    case "covers":
      return oneOf("covers", cond.subject, cond.targets, scope);
    case "same":
      return oneOf("same", cond.left, [cond.right], scope);
    case "inNetwork":
      return withValue(cond.subject, scope, (value) =>
        target.call("inNetwork", value, m.constant(layoutNetworks(cond.networks, data))),
      );
    case "compare": {
      const { pointer, length } = data.text(cond.number);
      const operator = m.constant(OPERATORS.indexOf(cond.operator));
      return withValue(cond.subject, scope, (value) =>
        target.call("compare", value, operator, m.constant(pointer), m.constant(length)),
      );
    }
    case "truth":
      return truthOf(cond.subject, scope);
    case "absent":
      return absent(cond.subject, scope);
    case "some":
      return quantify(cond.list, cond.body, scope, false);
    case "every":
      return quantify(cond.list, cond.body, scope, true);
    case "sessionHas":
      return target.call("sessionHas", m.constant(markNumber(cond.mark, scope)));
    case "sessionTier": {
      const below = m.less(target.call("sessionTier"), m.constant(TIERS.indexOf(cond.atLeast)));
      return m.select(below, m.constant(NO), m.constant(YES));
    }
    case "count":
      return target.call("sessionCount", m.constant(markNumber(cond.mark, scope)), m.constant(cond.atLeast));
  }
}

/** The names of the fields that a condition looks at, sorted. */
export function fieldsOfCondition(cond: Cond): string[] {
  return [...new Set(fieldNames(cond))].sort();
}

function fieldNames(cond: Cond): string[] {
  switch (cond.kind) {
    case "all":
    case "any":
      return cond.terms.flatMap(fieldNames);
    case "not":
      return fieldNames(cond.term);
    case "match":
    case "inNetwork":
    case "compare":
    case "truth":
    case "absent":
      return fieldsOf(cond.subject);
    case "under":
      return [cond.subject, ...cond.bases].flatMap(fieldsOf);
    case "covers":
      return [cond.subject, ...cond.targets].flatMap(fieldsOf);
    case "same":
      return [cond.left, cond.right].flatMap(fieldsOf);
    case "some":
    case "every":
      return [...fieldsOf(cond.list), ...fieldNames(cond.body)];
    case "sessionHas":
    case "sessionTier":
    case "count":
      return [];
  }
}

function markNumber(mark: string, scope: Scope): number {
  const number = scope.code.target.ir.marks.indexOf(mark);
  invariant(number >= 0, `${mark} is no mark of the policy`);
  return number;
}

/** The least (`all`) or the greatest answer of the terms; the first that settles it is the last one asked. */
function chain(terms: readonly Cond[], scope: Scope, all: boolean): Expression {
  const { code } = scope;
  const m = code.module;
  const [only] = terms;
  if (only === undefined) return m.constant(all ? YES : NO);
  if (terms.length === 1) return condition(only, scope);
  const answer = code.local();
  const end = code.label();
  const statements = terms.flatMap((term, index) => {
    const asked = condition(term, scope);
    const joined = index === 0 ? asked : join(scope, answer, asked, all);
    const settled = m.equal(m.get(answer), m.constant(all ? NO : YES));
    return index === terms.length - 1 ? [m.set(answer, joined)] : [m.set(answer, joined), m.branch(end, settled)];
  });
  return m.sequence([m.block(end, statements)], m.get(answer));
}

function join(scope: Scope, answer: number, asked: Expression, least: boolean): Expression {
  const { code } = scope;
  const before = code.module.get(answer);
  return least ? code.least(before, asked) : code.greatest(before, asked);
}

/** Asks `question` about the operand's Value, and gives back the memory of a Value that nothing else keeps. */
export function withValue(operand: Operand, scope: Scope, question: (value: Expression) => Expression): Expression {
  if (!isFleeting(operand) || operand.kind !== "part") return question(valueOf(operand, scope));
  const { code } = scope;
  const { target, module: m } = code;
  // What lies below a part may be kept by the core, so it is asked for before the heap's top is noted.
  const of = code.local();
  const top = code.local();
  const answer = code.local();
  const inner: Scope = { ...scope, element: of };
  const part = valueOf({ ...operand, of: { kind: "element" } }, inner);
  return m.sequence(
    [
      m.set(of, valueOf(operand.of, scope)),
      m.set(top, target.call("heapTop")),
      m.set(answer, question(part)),
      target.callVoid("release", m.get(top)),
    ],
    m.get(answer),
  );
}

/** Whether the subject stands in the relation to one of the others; several literals are several others. */
function oneOf(relation: string, subject: Operand, others: readonly Operand[], scope: Scope): Expression {
  const { code } = scope;
  const m = code.module;
  const single = others.flatMap((other): Operand[] =>
    other.kind === "literals" ? other.texts.map((text) => ({ kind: "literal", text })) : [other],
  );
  const value = code.local();
  const answer = code.local();
  const end = code.label();
  return withValue(subject, scope, (of) => {
    const statements = single.flatMap((other, index) => {
      const asked = withValue(other, scope, (to) => code.target.call(relation, m.get(value), to));
      const joined = index === 0 ? asked : join(scope, answer, asked, false);
      const settled = m.equal(m.get(answer), m.constant(YES));
      return index === single.length - 1 ? [m.set(answer, joined)] : [m.set(answer, joined), m.branch(end, settled)];
    });
    return m.sequence([m.set(answer, m.constant(NO)), m.set(value, of), m.block(end, statements)], m.get(answer));
  });
}

/** A bool is there unless it says no; a list unless it is empty. */
function absent(subject: Operand, scope: Scope): Expression {
  const { target, module: m } = scope.code;
  if (subject.kind === "field") {
    const field = fieldOf(subject.name, scope);
    if (field.form === "answer") return m.subtract(m.constant(2), field.load);
    if (field.form === "elements") return target.call("absentList", field.load);
  }
  return withValue(subject, scope, (value) => target.call("absent", value));
}

// `some` is the greatest answer of the elements, of one that may be missing at most maybe. `every` is the least,
// of one that may be missing at least maybe; it is at most maybe when every element may be missing. Both are no
// on an empty list.
function quantify(list: Operand, body: Cond, scope: Scope, every: boolean): Expression {
  const { code } = scope;
  const m = code.module;
  const pointer = code.local();
  const at = code.local();
  const end = code.local();
  const element = code.local();
  const missing = code.local();
  const answer = code.local();
  const sure = code.local();
  const done = code.label();
  const again = code.label();
  const inner: Scope = { ...scope, element };

  const asked = condition(body, inner);
  const bounded = code.local();
  const limited = every
    ? code.greatest(m.get(bounded), m.constant(MAYBE))
    : code.least(m.get(bounded), m.constant(MAYBE));
  const each = m.block(null, [
    m.branch(done, m.equal(m.get(at), m.get(end))),
    m.set(element, m.load(m.get(at), 0)),
    m.set(missing, m.and(m.load(m.get(at), 4), m.constant(MAY_BE_MISSING))),
    m.set(bounded, asked),
    m.if(m.get(missing), m.set(bounded, limited), m.set(sure, m.constant(1))),
    m.set(answer, join(scope, answer, m.get(bounded), every)),
    m.branch(done, m.equal(m.get(answer), m.constant(every ? NO : YES))),
    m.set(at, m.add(m.get(at), m.constant(ITEM_BYTES))),
    m.branch(again),
  ]);
  const walk = m.block(done, [
    m.set(answer, m.constant(NO)),
    m.set(pointer, listOf(list, scope)),
    m.branch(done, m.isZero(m.get(pointer))),
    m.set(at, m.load(m.get(pointer), 4)),
    m.set(end, m.add(m.get(at), m.multiply(m.load(m.get(pointer), 0), m.constant(ITEM_BYTES)))),
    m.branch(done, m.equal(m.get(at), m.get(end))),
    m.set(answer, m.constant(every ? YES : NO)),
    m.set(sure, m.constant(0)),
    m.loop(again, each),
  ]);
  const result = every
    ? m.select(m.get(sure), m.get(answer), code.least(m.get(answer), m.constant(MAYBE)))
    : m.get(answer);
  return m.sequence([walk], result);
}
