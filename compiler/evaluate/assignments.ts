// Assignments, and what a policy says of variables that programs see.

import { runClauses } from "./clauses.ts";
import type { Context, State } from "./context.ts";
import { newFrame } from "./context.ts";
import { scopeOf } from "./operands.ts";
import type { Item, Value } from "./values.ts";
import { bytesOf, item, known, YES } from "./values.ts";
import { assign, lookup } from "./variables.ts";

/** Assigns and, when programs see the variable, does what the policy says of it. */
export function setVariable(ctx: Context, state: State, name: string, value: Value | null, exported: boolean): void {
  const visible = exported || state.exported.has(name) || ctx.facts.env.has(name);
  assign(state, name, value);
  if (exported) state.exported = new Set([...state.exported, name]);
  if (visible) announce(ctx, state, name, value);
}

/** Runs the clauses of the variable's declaration with its value in hole 0. */
function announce(ctx: Context, state: State, name: string, value: Value | null): void {
  const declared = ctx.ir.variables.find((variable) => variable.names.some((one) => bytesOf(one) === name));
  if (declared === undefined || value === null) return;
  const frame = newFrame([[item(value)]], state.input, false);
  runClauses(declared.clauses, YES, scopeOf(ctx, state), frame);
}

/** Exports a variable as it is. */
export function exportVariable(ctx: Context, state: State, name: string): void {
  setVariable(ctx, state, name, lookup(ctx, state, name), true);
}

/** NAME and value of a single word NAME=value, else null. */
export function assignmentOf(element: Item): { readonly name: string; readonly value: Value } | null {
  const [text, ...others] = element.value.texts;
  if (text === undefined || others.length !== 0 || element.splat) return null;
  const parts = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text);
  return parts === null
    ? null
    : { name: parts[1] ?? "", value: { ...known(parts[2] ?? ""), origin: element.value.origin } };
}
