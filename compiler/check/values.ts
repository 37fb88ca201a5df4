// Values: names resolved, constants computed.

import { unknownWord } from "../diagnostics/names.ts";
import { wrongOperand, wrongValue } from "../diagnostics/types.ts";
import type { Operand } from "../ir/ir.ts";
import type { Call, Value } from "../syntax/ast.ts";
import { partOf, resolveName, resolveOption, type Scope } from "./scope.ts";
import { describeResolved, describeType, type Resolved } from "./types.ts";
import { PARTS } from "./words.ts";

/** The value with its names resolved, or null after a diagnostic. */
export function resolveValue(value: Value, scope: Scope): Resolved | null {
  switch (value.kind) {
    case "name":
      return resolveName(value, scope);
    case "option":
      return resolveOption(value, scope);
    case "text":
      return { kind: "text", text: value.text };
    case "number":
      return { kind: "number", text: value.text };
    case "duration":
      return { kind: "duration", seconds: durationSeconds(value.text) };
    case "bool":
      return { kind: "bool", value: value.value };
    case "none":
      return { kind: "none" };
    case "regex":
      return { kind: "regex", source: value.source, ignoreCase: value.ignoreCase };
    case "list": {
      const items = value.items.map((item) => resolveValue(item, scope));
      return items.some((item) => item === null)
        ? null
        : { kind: "list", items: items.flatMap((item) => flattened(item)) };
    }
    case "join": {
      const items = value.parts.map((part) => joinable(part, scope));
      return items.some((item) => item === null) ? null : { kind: "list", items: items.flatMap((item) => item ?? []) };
    }
    case "call":
      return resolveCall(value, scope);
    case "evidence": {
      const path = resolveOperand(value.path, scope);
      if (path === null) return null;
      return {
        kind: "operand",
        operand: { kind: "evidence", evidence: value.evidence, path },
        type: { element: "text", list: false },
      };
    }
  }
}

/** A list inside a list is its elements. */
function flattened(item: Resolved | null): readonly Resolved[] {
  if (item === null) return [];
  return item.kind === "list" ? item.items : [item];
}

function joinable(part: Value, scope: Scope): readonly Resolved[] | null {
  const resolved = resolveValue(part, scope);
  if (resolved === null) return null;
  if (resolved.kind === "list") return resolved.items;
  return scope.problems.report(wrongValue(part.span, describeResolved(resolved), "a list"));
}

function resolveCall(call: Call, scope: Scope): Resolved | null {
  const part = PARTS.find((candidate) => candidate === call.function.text);
  if (part === undefined)
    return scope.problems.report(unknownWord(call.function.span, "function", call.function.text, PARTS));
  const argument = resolveValue(call.argument, scope);
  if (argument === null) return null;
  if (argument.kind === "text")
    return {
      kind: "operand",
      ...partOf({ operand: { kind: "literal", text: argument.text }, type: { element: "text", list: false } }, part),
    };
  if (argument.kind !== "operand")
    return scope.problems.report(wrongValue(call.argument.span, describeResolved(argument), "a path or an address"));
  if (argument.type.element === "bool") {
    return scope.problems.report(
      wrongOperand(call.argument.span, part, describeType(argument.type), "paths and addresses"),
    );
  }
  return { kind: "operand", ...partOf(argument, part) };
}

/** A value that the evaluator can read: an operand, or a constant as its text. Null after a diagnostic. */
export function resolveOperand(value: Value, scope: Scope): Operand | null {
  const resolved = resolveValue(value, scope);
  if (resolved === null) return null;
  const operand = operandOf(resolved);
  return operand ?? scope.problems.report(wrongValue(value.span, describeResolved(resolved), "a single value"));
}

/** The operand of a value, or null when it is no single value. */
export function operandOf(resolved: Resolved): Operand | null {
  switch (resolved.kind) {
    case "operand":
      return resolved.operand;
    case "text":
    case "number":
      return { kind: "literal", text: resolved.text };
    case "duration":
      return { kind: "literal", text: String(resolved.seconds) };
    case "bool":
    case "none":
    case "regex":
    case "list":
      return null;
  }
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

export function durationSeconds(text: string): number {
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 1);
}
