// What names mean at a place of a policy: fields in a rule, holes and options in a usage line, members of the
// input in a tool, and everywhere constants and facts of the action.

import { unknownName, unknownOption } from "../diagnostics/names.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Operand } from "../ir/ir.ts";
import type { Name, OptionRef } from "../syntax/ast.ts";
import type { Span } from "../source/source.ts";
import type { Problems } from "./problems.ts";
import type { OperandType, Resolved } from "./types.ts";
import { PARTS } from "./words.ts";

export interface TypedOperand {
  readonly operand: Operand;
  readonly type: OperandType;
}

export interface Scope {
  readonly problems: Problems;
  /** Constants of the policy: the value, null after a diagnostic, undefined when there is none of that name. */
  readonly constant: (name: string) => Resolved | null | undefined;
  readonly constantNames: () => Iterable<string>;
  /** What a name stands for at this place only. */
  readonly find: (name: string) => TypedOperand | null;
  readonly names: () => Iterable<string>;
  /** A better diagnostic for a name that nothing has, or null. */
  readonly missing: (name: string, span: Span) => Diagnostic | null;
  /** Members of the input are fields of the rule's effect (`on tool`). */
  readonly inputIsField: boolean;
  /** Options can be named here; null where they cannot. */
  readonly options: OptionScope | null;
}

export interface OptionScope {
  readonly program: string;
  readonly find: (spelling: string) => TypedOperand | null;
  readonly spellings: () => Iterable<string>;
}

/** Facts of the action, which every place knows. */
const FACTS: ReadonlyMap<string, TypedOperand> = new Map([
  ["agent", { operand: { kind: "action", key: "agent" }, type: { element: "text", list: false } }],
  ["tool", { operand: { kind: "action", key: "tool" }, type: { element: "text", list: false } }],
  ["cwd", { operand: { kind: "action", key: "cwd" }, type: { element: "path", list: false } }],
  ["workspace", { operand: { kind: "action", key: "workspace" }, type: { element: "path", list: false } }],
]);

/** What a dotted name stands for, or null after a diagnostic. */
export function resolveName(name: Name, scope: Scope): Resolved | null {
  const [first, second] = name.parts;
  if (first === undefined) return null;
  const local = scope.find(first.text);
  if (local !== null) return members(local, name, 1, scope);
  const constant = scope.constant(first.text);
  if (constant !== undefined) {
    if (name.parts.length === 1 || constant === null) return constant;
    if (constant.kind === "operand") return members(constant, name, 1, scope);
    return scope.problems.report(unknownName(second?.span ?? name.span, second?.text ?? "", []));
  }
  if (first.text === "env" && second !== undefined) {
    return members(
      { operand: { kind: "env", name: second.text }, type: { element: "any", list: false } },
      name,
      2,
      scope,
    );
  }
  const fact = FACTS.get(first.text);
  if (fact !== undefined) return members(fact, name, 1, scope);
  const candidates = [...scope.names(), ...scope.constantNames(), ...FACTS.keys(), "env"];
  return scope.problems.report(
    scope.missing(first.text, first.span) ?? unknownName(first.span, first.text, candidates),
  );
}

/** `input.a.b` goes into the input; elsewhere a member is a part, such as `url.host`. */
function members(found: TypedOperand, name: Name, from: number, scope: Scope): Resolved | null {
  let { operand, type } = found;
  for (const member of name.parts.slice(from)) {
    if (operand.kind === "input") {
      operand = { ...operand, path: [...operand.path, member.text] };
      continue;
    }
    const part = PARTS.find((candidate) => candidate === member.text);
    if (part === undefined) return scope.problems.report(unknownName(member.span, member.text, PARTS));
    ({ operand, type } = partOf({ operand, type }, part));
  }
  if (operand.kind === "input" && scope.inputIsField)
    operand = { kind: "field", name: ["input", ...operand.path].join(".") };
  return { kind: "operand", operand, type };
}

export function partOf(of: TypedOperand, part: (typeof PARTS)[number]): TypedOperand {
  const element = part === "dir" ? "path" : part === "host" ? "host" : "text";
  return { operand: { kind: "part", of: of.operand, part }, type: { element, list: of.type.list } };
}

/** What an option stands for, or null after a diagnostic. */
export function resolveOption(option: OptionRef, scope: Scope): Resolved | null {
  const found = scope.options?.find(option.spelling) ?? null;
  if (found !== null) return { kind: "operand", ...found };
  if (scope.options === null) return scope.problems.report(unknownName(option.span, option.spelling, []));
  return scope.problems.report(
    unknownOption(option.span, option.spelling, scope.options.program, scope.options.spellings()),
  );
}
