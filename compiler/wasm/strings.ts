// What the policy is called and made of → the table that stdlib/core/strings.ts describes: names of effects and
// fields for the report, floors, what each rule does, and the digest of the mark table.

import { sha256Hex } from "../source/sha256.ts";
import { invariant } from "../source/invariant.ts";
import type { EffectIr, PolicyIr, RuleIr, ValueType } from "../ir/ir.ts";
import { TIERS } from "../ir/ir.ts";
import { MAYBE } from "./code.ts";
import type { Data } from "./data.ts";

/** Fields that an Effect record has room for: FIELDS_MAX of stdlib/core/value.ts. */
export const FIELDS_MAX = 8;
/** Marks that a session has room for: MARKS_MAX of stdlib/core/session.ts. */
export const MARKS_MAX = 256;
/** Where the fields of an Effect record begin, and its size. */
export const EFFECT_FIELDS = 20;
const EFFECT_BYTES = EFFECT_FIELDS + 4 * FIELDS_MAX;
const EFFECT_NAMES_BYTES = 20;
const RULE_BYTES = 32;
const NO_TIER = 0xffff_ffff;
/** SPLAT and UNSURE of stdlib/core/value.ts. */
const ANY_ITEMS = 1 | 4;

/** How a field stands in an Effect record: a Value, an answer, or a List. */
export type FieldForm = "value" | "answer" | "elements";
const FORMS: readonly FieldForm[] = ["value", "answer", "elements"];

export function fieldForm(type: ValueType): FieldForm {
  return type === "bool" ? "answer" : type === "list" ? "elements" : "value";
}

/** The address of the table. */
export function layoutStrings(ir: PolicyIr, data: Data): number {
  invariant(ir.marks.length <= MARKS_MAX, `a policy has at most ${MARKS_MAX} marks`);
  const root = data.allocate(28);
  data.setU32(root, ir.effects.length);
  data.setU32(root + 4, layoutEffects(ir.effects, data));
  data.setU32(root + 8, ir.rules.length);
  data.setU32(root + 12, layoutRules(ir, data));
  data.setU32(root + 16, ir.marks.length);
  data.setU32(root + 20, data.bytes(markDigest(ir.marks)));
  data.setU32(root + 24, layoutAnyEffects(ir.effects, data));
  return root;
}

/** The digest that heads session bytes: SHA-256 over the marks' names, each ended by a line feed. */
export function markDigest(marks: readonly string[]): Uint8Array {
  const hex = sha256Hex(marks.map((mark) => `${mark}\n`).join(""));
  return Uint8Array.from({ length: 32 }, (_, index) => parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

function layoutEffects(effects: readonly EffectIr[], data: Data): number {
  const table = data.allocate(EFFECT_NAMES_BYTES * effects.length);
  effects.forEach((effect, index) => {
    invariant(effect.fields.length <= FIELDS_MAX, `${effect.name} has more than ${FIELDS_MAX} fields`);
    const at = table + EFFECT_NAMES_BYTES * index;
    setText(data, at, effect.name);
    data.setU32(at + 8, TIERS.indexOf(effect.floor));
    data.setU32(at + 12, effect.fields.length);
    const fields = data.allocate(12 * effect.fields.length);
    data.setU32(at + 16, fields);
    effect.fields.forEach((field, place) => {
      setText(data, fields + 12 * place, field.name);
      data.setU32(fields + 12 * place + 8, FORMS.indexOf(fieldForm(field.type)));
    });
  });
  return table;
}

function layoutRules(ir: PolicyIr, data: Data): number {
  const table = data.allocate(RULE_BYTES * ir.rules.length);
  ir.rules.forEach((rule, index) => layoutRule(rule, table + RULE_BYTES * index, ir.marks, data));
  return table;
}

function layoutRule(rule: RuleIr, at: number, allMarks: readonly string[], data: Data): void {
  setText(data, at, rule.name);
  data.setU32(at + 8, rule.raise === null ? NO_TIER : TIERS.indexOf(rule.raise));
  data.setU32(at + 12, rule.deny ? 1 : 0);
  data.setU32(at + 16, rule.marks.length);
  const marks = data.allocate(4 * rule.marks.length);
  data.setU32(at + 20, marks);
  rule.marks.forEach((mark, place) => {
    const number = allMarks.indexOf(mark);
    invariant(number >= 0, `${mark} is no mark of the policy`);
    data.setU32(marks + 4 * place, number);
  });
  if (rule.instead !== null) setText(data, at + 24, rule.instead);
}

/** Per kind, an Effect with every field unknown that answers maybe. */
function layoutAnyEffects(effects: readonly EffectIr[], data: Data): number {
  const item = data.allocate(16);
  data.setU32(item, data.unknown());
  data.setU32(item + 4, ANY_ITEMS);
  const list = data.allocate(8);
  data.setU32(list, 1);
  data.setU32(list + 4, item);
  const unknown = { value: data.unknown(), answer: MAYBE, elements: list };

  const table = data.allocate(EFFECT_BYTES * effects.length);
  effects.forEach((effect, index) => {
    const at = table + EFFECT_BYTES * index;
    data.setU32(at, index);
    data.setU32(at + 4, MAYBE);
    data.setU32(at + 16, TIERS.indexOf(effect.floor));
    effect.fields.forEach((field, place) =>
      data.setU32(at + EFFECT_FIELDS + 4 * place, unknown[fieldForm(field.type)]),
    );
  });
  return table;
}

function setText(data: Data, at: number, text: string): void {
  const { pointer, length } = data.text(text);
  data.setU32(at, pointer);
  data.setU32(at + 4, length);
}
