// Operands → code that gives their Value, List or answer.

import { invariant } from "../source/invariant.ts";
import type { EffectIr, EvidenceKind, Operand, Part } from "../ir/ir.ts";
import type { Expression } from "./binaryen.ts";
import type { Code } from "./code.ts";
import { EFFECT_FIELDS, fieldForm } from "./strings.ts";
import type { FieldForm } from "./strings.ts";
import { layoutOperand } from "./tables.ts";

/** The numbers of stdlib/core/parts.ts. */
const PARTS: readonly Part[] = ["name", "dir", "extension", "scheme", "host", "port", "path", "query"];
/** The numbers of `needKind` in stdlib/core/effects.ts. */
const EVIDENCE: readonly EvidenceKind[] = ["link", "script", "state"];

/** Where operands stand: the effect that is decided and the element that a quantifier looks at. */
export interface Scope {
  readonly code: Code;
  /** The kind of effect and the local with its record; null where there is none. */
  readonly effect: { readonly type: EffectIr; readonly local: number } | null;
  /** The local with the element's Value, or null. */
  readonly element: number | null;
}

/** The operand's Value. */
export function valueOf(operand: Operand, scope: Scope): Expression {
  const { code } = scope;
  switch (operand.kind) {
    case "field":
      return fieldValue(operand.name, scope);
    case "element":
      invariant(scope.element !== null, "an element outside a quantifier");
      return code.module.get(scope.element);
    case "literal":
      return code.constant(code.target.data.value([operand.text]));
    case "literals":
      return code.constant(code.target.data.value(operand.texts));
    case "part":
      return code.target.call("part", valueOf(operand.of, scope), code.constant(PARTS.indexOf(operand.part)));
    case "evidence":
      return code.target.call(
        "evidence",
        code.constant(EVIDENCE.indexOf(operand.evidence)),
        valueOf(operand.path, scope),
      );
    case "action":
    case "env":
    case "hole":
    case "option":
    case "input":
      return code.target.call("operand", code.constant(layoutOperand(operand, code.target.data)));
  }
}

/** The field as one value: the union of a list's elements; none for a bool. */
function fieldValue(name: string, scope: Scope): Expression {
  const { form, load } = fieldOf(name, scope);
  if (form === "value") return load;
  return form === "elements" ? scope.code.target.call("listValue", load) : scope.code.constant(0);
}

/** The operand's List. */
export function listOf(operand: Operand, scope: Scope): Expression {
  const { code } = scope;
  if (operand.kind === "field") {
    const field = fieldOf(operand.name, scope);
    invariant(field.form === "elements", `${operand.name} is no list`);
    return field.load;
  }
  return code.target.call("operandList", code.constant(layoutOperand(operand, code.target.data)));
}

/** The answer of an operand that is a bool, or a text that says so. */
export function truthOf(operand: Operand, scope: Scope): Expression {
  const { code } = scope;
  if (operand.kind === "field") {
    const field = fieldOf(operand.name, scope);
    return field.form === "answer" ? field.load : code.target.call("truth", field.load);
  }
  if (operand.kind === "option" || operand.kind === "input") {
    return code.target.call("operandTruth", code.constant(layoutOperand(operand, code.target.data)));
  }
  return code.target.call("truth", valueOf(operand, scope));
}

/** A field of the scope's effect: how it is kept, and the code that loads it. */
export function fieldOf(name: string, scope: Scope): { form: FieldForm; load: Expression } {
  invariant(scope.effect !== null, `the field ${name} outside a rule`);
  const index = scope.effect.type.fields.findIndex((field) => field.name === name);
  const field = scope.effect.type.fields[index];
  invariant(field !== undefined, `${scope.effect.type.name} has no field ${name}`);
  const m = scope.code.module;
  return { form: fieldForm(field.type), load: m.load(m.get(scope.effect.local), EFFECT_FIELDS + 4 * index) };
}

/** The names of the fields that an operand looks at. */
export function fieldsOf(operand: Operand): string[] {
  switch (operand.kind) {
    case "field":
      return [operand.name];
    case "part":
      return fieldsOf(operand.of);
    case "evidence":
      return fieldsOf(operand.path);
    case "element":
    case "literal":
    case "literals":
    case "action":
    case "env":
    case "hole":
    case "option":
    case "input":
      return [];
  }
}

/** True when its Value is made anew each time it is asked for, in memory that nothing keeps. */
export function isFleeting(operand: Operand): boolean {
  return operand.kind === "part";
}
