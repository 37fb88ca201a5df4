// What conditions and clauses look at: the value of an operand.

import type { Operand } from "../ir/ir.ts";
import type { Context, Effect, Field, Frame, State } from "./context.ts";
import { absolute } from "./absolute.ts";
import { evidenceOf } from "./evidence.ts";
import { partOf } from "./parts.ts";
import type { Reading } from "./reading.ts";
import { optionValue, optionValues, presence } from "./reading.ts";
import type { Answer, Item, Value } from "./values.ts";
import {
  answerOfTexts,
  bytesOf,
  certain,
  hasHole,
  item,
  known,
  knownText,
  listValue,
  MAYBE,
  NO,
  perhapsNone,
  unknown,
  unknownWords,
  YES,
} from "./values.ts";

/** Where operands stand. */
export interface Scope {
  readonly ctx: Context;
  readonly state: State;
  readonly frame: Frame | null;
  readonly reading: Reading | null;
  /** The effect that a rule decides. */
  readonly effect: Effect | null;
  /** The element that a quantifier looks at. */
  readonly element: Value | null;
  /** What `for each` looks at. */
  readonly member: Member;
}

/** A member of the tool's input: `missing` is certainly not there, `unknown` may be anything. */
export type Member =
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "missing" }
  | { readonly kind: "unknown" };

export const MISSING: Member = { kind: "missing" };

export function scopeOf(ctx: Context, state: State): Scope {
  return { ctx, state, frame: null, reading: null, effect: null, element: null, member: MISSING };
}

/** The operand as one value; null when it is certainly not there. */
export function operandValue(operand: Operand, scope: Scope): Value | null {
  const { ctx } = scope;
  switch (operand.kind) {
    case "field": {
      const field = fieldOf(operand.name, scope);
      return field.kind === "value" ? field.value : field.kind === "list" ? listValue(field.items) : null;
    }
    case "element":
      return scope.element;
    case "literal":
      return known(bytesOf(operand.text));
    case "literals":
      return listValue(operand.texts.map((text) => item(known(bytesOf(text)))));
    case "hole":
      return listValue(scope.frame?.holes[operand.hole] ?? []);
    case "option":
      return scope.reading === null ? null : optionValue(scope.reading, operand.option);
    case "action":
      return actionValue(operand.key, ctx);
    case "env": {
      const given = ctx.facts.env.get(bytesOf(operand.name));
      return given === undefined ? perhapsNone(unknown()) : known(given);
    }
    case "part":
      return partOf(operandValue(operand.of, scope), operand.part);
    case "input":
      return memberValue(memberAt(operand.path, operand.item, scope));
    case "evidence": {
      const path = operandValue(operand.path, scope);
      const text = path === null ? null : knownText(absolute(ctx, scope.state, path));
      const found = text === null ? null : evidenceOf(ctx, operand.evidence, text);
      return found === null ? unknown() : known(found);
    }
  }
}

function actionValue(key: "agent" | "tool" | "cwd" | "workspace", ctx: Context): Value | null {
  const text = ctx.facts[key];
  return text === null ? null : known(text);
}

export function fieldOf(name: string, scope: Scope): Field {
  const field = scope.effect?.fields.get(name);
  // The checker has seen to it that every effect that a rule is on has the fields that it reads.
  if (field === undefined) throw new Error(`no effect here has a field ${name}`);
  return field;
}

/** The operand as a list; an empty one when it is certainly not there. */
export function operandList(operand: Operand, scope: Scope): readonly Item[] {
  switch (operand.kind) {
    case "hole":
      return scope.frame?.holes[operand.hole] ?? [];
    case "option":
      return scope.reading === null ? [] : optionValues(scope.reading, operand.option);
    case "literals":
      return operand.texts.map((text) => item(known(bytesOf(text))));
    case "input":
      return memberList(memberAt(operand.path, operand.item, scope));
    case "field": {
      const field = fieldOf(operand.name, scope);
      return field.kind === "list" ? field.items : singleton(field.kind === "value" ? field.value : null);
    }
    case "literal":
    case "element":
    case "action":
    case "env":
    case "part":
    case "evidence":
      return singleton(operandValue(operand, scope));
  }
}

function singleton(value: Value | null): readonly Item[] {
  return value === null ? [] : [item(value, value.perhapsNone)];
}

/** The operand as an answer: a flag's presence, a JSON boolean, or the truth of its text. */
export function operandTruth(operand: Operand, scope: Scope): Answer {
  if (operand.kind === "field") {
    const field = fieldOf(operand.name, scope);
    if (field.kind === "answer") return field.answer;
  }
  if (
    operand.kind === "option" &&
    scope.reading !== null &&
    scope.reading.grammar.options[operand.option]?.value === "none"
  ) {
    return presence(scope.reading, operand.option);
  }
  if (operand.kind === "input") {
    const member = memberAt(operand.path, operand.item, scope);
    if (member.kind === "unknown") return MAYBE;
    if (member.kind === "missing" || member.json === null || member.json === false) return NO;
    return member.json === true ? YES : MAYBE;
  }
  return truth(operandValue(operand, scope));
}

/** Whether the value is the text `true`. */
function truth(value: Value | null): Answer {
  return answerOfTexts(value, (text) => (hasHole(text) ? MAYBE : certain(text === "true")));
}

/** Whether the operand is none. */
export function operandAbsent(operand: Operand, scope: Scope): Answer {
  if (operand.kind === "field") {
    const field = fieldOf(operand.name, scope);
    if (field.kind === "answer") return field.answer === YES ? NO : field.answer === NO ? YES : MAYBE;
    if (field.kind === "list") {
      if (field.items.length === 0) return YES;
      return field.items.every((element) => element.splat || element.unsure) ? MAYBE : NO;
    }
  }
  const value = operandValue(operand, scope);
  if (value === null) return YES;
  return value.perhapsNone ? MAYBE : NO;
}

// The tool's input.

/** The member that a path leads to. */
export function memberAt(path: readonly string[], ofItem: boolean, scope: Scope): Member {
  const { input } = scope.ctx.facts;
  const start: Member = ofItem ? scope.member : input === undefined ? MISSING : { kind: "json", json: input };
  return path.reduce<Member>(memberOf, start);
}

function memberOf(member: Member, key: string): Member {
  if (member.kind !== "json") return member;
  const { json } = member;
  if (json === null) return MISSING;
  if (typeof json !== "object" || Array.isArray(json)) return { kind: "unknown" };
  const entry = Object.entries(json).find(([name]) => name === key);
  return entry === undefined ? MISSING : { kind: "json", json: entry[1] };
}

/** A string, a number or a boolean is its text; an object or a list is unknown. */
export function memberValue(member: Member): Value | null {
  if (member.kind === "unknown") return unknown();
  if (member.kind === "missing" || member.json === null) return null;
  const { json } = member;
  if (typeof json === "string") return known(bytesOf(json));
  return typeof json === "number" || typeof json === "boolean" ? known(JSON.stringify(json)) : unknown();
}

/** A list's elements; anything else that is there is one element. */
function memberList(member: Member): readonly Item[] {
  if (member.kind === "unknown") return unknownWords();
  if (member.kind === "json" && Array.isArray(member.json)) {
    const elements: readonly unknown[] = member.json;
    return elements.flatMap((json) => singleton(memberValue({ kind: "json", json })));
  }
  return singleton(memberValue(member));
}
