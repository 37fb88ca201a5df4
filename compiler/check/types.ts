// The types that conditions and arguments are checked with.

import type { HoleType, Operand, ValueType } from "../ir/ir.ts";

/** What one element of an operand holds; `any` is a member of a tool's input. */
export type ElementType = Exclude<ValueType, "list"> | "any";

export interface OperandType {
  readonly element: ElementType;
  readonly list: boolean;
}

/** A value of the language after names are resolved. */
export type Resolved =
  | { readonly kind: "operand"; readonly operand: Operand; readonly type: OperandType }
  | { readonly kind: "text"; readonly text: string }
  /** Exact decimal. */
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "regex"; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: "list"; readonly items: readonly Resolved[] };

export function fieldType(type: ValueType): OperandType {
  return type === "list" ? { element: "text", list: true } : { element: type, list: false };
}

export function holeElement(type: HoleType): ElementType {
  switch (type) {
    case "path":
    case "dir":
      return "path";
    case "url":
    case "int":
    case "host":
      return type;
    case "text":
    case "shell":
    case "sql":
    case "words":
    case "code":
      return "text";
  }
}

/** As diagnostics name it. */
export function describeType(type: OperandType): string {
  const element = type.element === "any" ? "member of the input" : type.element;
  return type.list ? `list of ${element}` : element;
}

export function describeResolved(value: Resolved): string {
  switch (value.kind) {
    case "operand":
      return `a ${describeType(value.type)}`;
    case "text":
      return "a text";
    case "number":
      return "a number";
    case "duration":
      return "a duration";
    case "bool":
      return `\`${value.value}\``;
    case "none":
      return "`none`";
    case "regex":
      return "a regular expression";
    case "list":
      return "a list";
  }
}
