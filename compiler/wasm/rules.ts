// Rules → `policy.rules` and `policy.reason`.
//
// There is one function per rule and shape of effect (a rule on `file.*` finds its fields at different places), and
// one per kind of effect that calls those of its rules, the ones that ask about the same text behind one automaton
// (rule-groups.ts); so a rule costs nothing for effects that it is not on, and little for those it does not mean.

import type { EffectIr, Operand, RuleIr } from "../ir/ir.ts";
import type { Expression } from "./binaryen.ts";
import type { Code, Target } from "./code.ts";
import { dispatch, NO, YES } from "./code.ts";
import { condition, fieldsOfCondition, withValue } from "./conditions.ts";
import { fieldOf, fieldsOf, truthOf, valueOf } from "./operands.ts";
import type { Scope } from "./operands.ts";
import { groupRules } from "./rule-groups.ts";
import { fieldForm } from "./strings.ts";

/** `certainty` of an Effect record. */
const CERTAINTY_AT = 4;

/** Defines `name(kind, effect)`, which fires every rule that does not answer no for the effect. */
export function defineRules(target: Target, name: string): void {
  const shapes = new Map<string, string>();
  const kinds = target.ir.effects.map((effect, kind) => defineKind(target, effect, kind, shapes));
  target.define(name, 2, false, (code) => {
    const m = code.module;
    return dispatch(
      code,
      0,
      kinds.map((of) => (of === null ? m.block(null, []) : m.callVoid(of, [m.get(1)]))),
    );
  });
}

/** Defines the function of one kind of effect; null when no rule is on it. `shapes` has the functions of rules so far. */
function defineKind(target: Target, effect: EffectIr, kind: number, shapes: Map<string, string>): string | null {
  const on = target.ir.rules.flatMap((rule, index) => (rule.effects.includes(effect.name) ? [{ rule, index }] : []));
  if (on.length === 0) return null;
  const functions = on.map(({ rule, index }) => {
    const shape = `rule_${index}_${shapeOf([...rule.when, ...rule.unless].flatMap(fieldsOfCondition), effect)}`;
    if (!shapes.has(shape)) shapes.set(shape, defineRule(target, shape, rule, index, effect));
    return shape;
  });
  const groups = groupRules(
    on.map(({ rule }) => rule),
    target.data,
  );
  return target.define(`rules_${kind}`, 1, false, (code) => {
    const m = code.module;
    const scope: Scope = { code, effect: { type: effect, local: 0 }, element: null };
    return m.block(
      null,
      groups.map(({ guard, rules }) => {
        const calls = m.block(
          null,
          rules.map((index) => m.callVoid(functions[index] ?? "", [m.get(0)])),
        );
        if (guard === null) return calls;
        const { subject, automaton } = guard;
        return m.if(
          withValue(subject, scope, (value) => target.call("match", value, m.constant(automaton))),
          calls,
        );
      }),
    );
  });
}

/** Which places in the record these fields have; the same for kinds that a rule's code need not tell apart. */
function shapeOf(fields: readonly string[], effect: EffectIr): string {
  return [...new Set(fields)]
    .sort()
    .map((name) => {
      const index = effect.fields.findIndex((field) => field.name === name);
      const field = effect.fields[index];
      return field === undefined ? "x" : `${index}${fieldForm(field.type)[0] ?? ""}`;
    })
    .join("_");
}

function defineRule(target: Target, name: string, rule: RuleIr, index: number, effect: EffectIr): string {
  return target.define(name, 1, false, (code) => {
    const m = code.module;
    const judged = rule.ordinaryNames ? code.local() : 0;
    const scope: Scope = { code, effect: { type: effect, local: judged }, element: null };
    const answer = code.local();
    const end = code.label();
    const ask = (term: Expression): Expression[] => [
      code.lower(answer, term),
      m.branch(end, m.equal(m.get(answer), m.constant(NO))),
    ];
    return m.block(end, [
      m.set(answer, m.load(m.get(0), CERTAINTY_AT)),
      ...(rule.ordinaryNames ? [m.set(judged, target.call("ordinaryEffect", m.get(0)))] : []),
      ...rule.when.flatMap((cond) => ask(condition(cond, scope))),
      ...(rule.ordinaryNames ? leaveOpenNames(code, answer, end, effect) : []),
      ...rule.unless.flatMap((cond) => ask(m.subtract(m.constant(2), condition(cond, scope)))),
      target.callVoid("fire", m.constant(index), m.get(answer), m.get(0)),
    ]);
  });
}

/** Ends the rule's function when its `when`s answer maybe and a path of the effect has a name that nobody knows. */
function leaveOpenNames(code: Code, answer: number, end: string, effect: EffectIr): Expression[] {
  const m = code.module;
  const scope: Scope = { code, effect: { type: effect, local: 0 }, element: null };
  return effect.fields
    .filter((field) => field.type === "path")
    .map((field) =>
      m.branch(
        end,
        m.if(
          m.less(m.get(answer), m.constant(YES)),
          code.target.call("hasOpenName", valueOf({ kind: "field", name: field.name }, scope)),
          m.constant(0),
        ),
      ),
    );
}

/** Defines `name(rule, effect)`, which writes the rule's `because` for the effect. */
export function defineReasons(target: Target, name: string): void {
  const reasons = target.ir.rules.map((rule, index) =>
    target.define(`reason_${index}`, 1, false, (code) =>
      code.module.block(
        null,
        rule.because.map((piece) => reasonPiece(piece, rule, code)),
      ),
    ),
  );
  target.define(name, 2, false, (code) =>
    dispatch(
      code,
      0,
      reasons.map((reason) => code.module.callVoid(reason, [code.module.get(1)])),
    ),
  );
}

function reasonPiece(piece: string | Operand, rule: RuleIr, code: Code): Expression {
  const { target, module: m } = code;
  if (typeof piece === "string") {
    const { pointer, length } = target.data.text(piece);
    return target.callVoid("reportText", m.constant(pointer), m.constant(length));
  }
  const fields = fieldsOf(piece);
  const kinds = target.ir.effects.flatMap((effect, kind) =>
    rule.effects.includes(effect.name) ? [{ effect, kind }] : [],
  );
  // The kinds are told apart only where their fields lie in different places.
  const shapes = new Map<string, { effect: EffectIr; kinds: number[] }>();
  for (const { effect, kind } of kinds) {
    const shape = shapeOf(fields, effect);
    const known = shapes.get(shape);
    if (known === undefined) shapes.set(shape, { effect, kinds: [kind] });
    else known.kinds.push(kind);
  }
  const [first, ...others] = shapes.values();
  if (first === undefined) return m.block(null, []);
  return others.reduce(
    (rest, shape) => {
      const label = code.label();
      const isShape = shape.kinds.map((kind) => m.branch(label, m.equal(m.load(m.get(0), 0), m.constant(kind))));
      const end = code.label();
      return m.block(end, [m.block(label, [...isShape, rest, m.branch(end)]), writeOperand(piece, shape.effect, code)]);
    },
    writeOperand(piece, first.effect, code),
  );
}

function writeOperand(piece: Operand, effect: EffectIr, code: Code): Expression {
  const { target } = code;
  const scope: Scope = { code, effect: { type: effect, local: 0 }, element: null };
  if (piece.kind === "field") {
    const field = fieldOf(piece.name, scope);
    if (field.form === "answer") return target.callVoid("reportAnswer", truthOf(piece, scope));
    if (field.form === "elements") return target.callVoid("reportList", field.load);
  }
  return target.callVoid("reportValue", valueOf(piece, scope));
}
