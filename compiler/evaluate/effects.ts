// Recording effects, and judging their paths as links resolve them.

import type { ValueType } from "../ir/ir.ts";
import { absolute } from "./absolute.ts";
import type { Context, Effect, Field, State } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import type { Answer, Item, Origin, Value } from "./values.ts";
import {
  bytesOf,
  hasHole,
  item,
  known,
  MAYBE,
  min,
  NO,
  ORIGIN_NONE,
  perhapsNone,
  unknown,
  unknownPath,
  unknownWords,
  YES,
} from "./values.ts";

/** The effect that may be any effect; one is enough for an action. */
export function emitAny(ctx: Context): void {
  if (ctx.effects.some((effect) => effect.type === null)) return;
  ctx.effects.push({ type: null, certainty: MAYBE, fields: new Map() });
}

/** Records an effect; fields that are not given are none. A policy without such an effect has nothing to say of it. */
export function emit(
  ctx: Context,
  state: State,
  name: string,
  certainty: Answer,
  fields: Readonly<Record<string, Field>>,
): void {
  const effect = record(ctx, state, name, certainty, fields);
  if (effect !== null && !state.remote) followLinks(ctx, effect);
}

function record(
  ctx: Context,
  state: State,
  name: string,
  certainty: Answer,
  fields: Readonly<Record<string, Field>>,
): Effect | null {
  const type = ctx.ir.effects.find((effect) => effect.name === name);
  if (type === undefined) return null;
  const given = new Map(type.fields.map((field) => [field.name, fields[field.name] ?? noField(field.type)]));
  const effect: Effect = { type, certainty: min(certainty, state.certainty), fields: given };
  ctx.effects.push(effect);
  return effect;
}

/** A known path is judged as the evidence resolves it too, as an effect of its own; without evidence the report asks. */
function followLinks(ctx: Context, effect: Effect): void {
  for (const { name, type: fieldType } of effect.type?.fields ?? []) {
    const field = effect.fields.get(name);
    if (fieldType !== "path" || field?.kind !== "value" || field.value === null) continue;
    for (const text of field.value.texts) {
      if (hasHole(text)) continue;
      const target = evidenceOf(ctx, "link", text);
      if (target === null || target === text) continue;
      ctx.effects.push({
        ...effect,
        fields: new Map([...effect.fields, [name, { kind: "value", value: known(target) }]]),
      });
    }
  }
}

const SOURCES = ["inline", "file", "package", "computed", "network"] as const;

/** `code.run`, whose path is followed as evidence of the script. Origin none is code that stands in the action. */
export function emitCode(
  ctx: Context,
  state: State,
  language: string,
  origin: Origin,
  path: Value | null,
  text: Value,
): void {
  record(ctx, state, "code.run", YES, {
    language: value(known(bytesOf(language))),
    source: value(known(origin === ORIGIN_NONE ? SOURCES[0] : SOURCES[origin])),
    path: value(path ?? unknownPath()),
    text: value(text),
  });
}

export function value(given: Value | null): Field {
  return { kind: "value", value: given };
}

export function answer(given: Answer): Field {
  return { kind: "answer", answer: given };
}

export function list(items: readonly Item[]): Field {
  return { kind: "list", items };
}

function noField(type: ValueType): Field {
  return type === "bool" ? answer(NO) : type === "list" ? list([]) : value(null);
}

/** A field that the recogniser leaves out. */
export function missingField(type: ValueType): Field {
  if (type === "bool") return answer(MAYBE);
  if (type === "list") return list(unknownWords());
  return value(type === "path" ? unknownPath() : unknown());
}

/** A field of the effect that may be any effect: it may even be none. */
export function openField(type: ValueType): Field {
  return type === "bool" || type === "list" ? missingField(type) : value(perhapsNone(unknown()));
}

/** A value as a field of this type: a path is made absolute. */
export function fieldFor(ctx: Context, state: State, type: ValueType, given: Value | null): Field {
  if (given === null) return noField(type);
  if (type === "list") return list([item(given)]);
  return value(type === "path" ? absolute(ctx, state, given) : given);
}
