// Effect declarations. Two floors of one effect join: the higher one holds.

import { reservedEffect } from "../diagnostics/names.ts";
import { fieldsDiffer, spellingTwice } from "../diagnostics/types.ts";
import { TIERS, type EffectIr, type FieldIr, type ValueType } from "../ir/ir.ts";
import type { EffectDecl, TypeRef } from "../syntax/ast.ts";
import type { Problems } from "./problems.ts";
import { choose, chooseTier, FIELD_TYPES } from "./words.ts";

/** All effects by name: the known ones and those declared. */
export function lowerEffects(
  declarations: readonly EffectDecl[],
  known: readonly EffectIr[],
  problems: Problems,
): ReadonlyMap<string, EffectIr> {
  const effects = new Map(known.map((effect) => [effect.name, effect]));
  // Declarations with fields first, since the order of declarations never matters.
  const ordered = [
    ...declarations.filter((declaration) => declaration.fields !== null),
    ...declarations.filter((declaration) => declaration.fields === null),
  ];
  for (const declaration of ordered) {
    const effect = lowerEffect(declaration, problems);
    const earlier = effects.get(effect.name);
    if (earlier === undefined) {
      effects.set(effect.name, effect);
      continue;
    }
    if (declaration.fields !== null && JSON.stringify(earlier.fields) !== JSON.stringify(effect.fields)) {
      problems.report(fieldsDiffer(declaration.name.span, effect.name, earlier.span));
    }
    const floor = TIERS.indexOf(earlier.floor) < TIERS.indexOf(effect.floor) ? effect.floor : earlier.floor;
    effects.set(effect.name, { ...earlier, floor });
  }
  return effects;
}

function lowerEffect(declaration: EffectDecl, problems: Problems): EffectIr {
  const name = declaration.name.text;
  if (name.startsWith("call.")) problems.report(reservedEffect(declaration.name.span, name));
  const fields: FieldIr[] = [];
  for (const field of declaration.fields ?? []) {
    if (fields.some((known) => known.name === field.name.text))
      problems.report(spellingTwice(field.name.span, field.name.text, declaration.span));
    fields.push({ name: field.name.text, type: fieldType(field.type, problems) });
  }
  const floor = declaration.floor === null ? "safe" : (chooseTier(problems, declaration.floor) ?? "safe");
  return { name, fields, floor, span: declaration.span };
}

function fieldType(type: TypeRef, problems: Problems): ValueType {
  if (type.list) return "list";
  return choose(problems, { text: type.name, span: type.span }, "type", FIELD_TYPES) ?? "text";
}
