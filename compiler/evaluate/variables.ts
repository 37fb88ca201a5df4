// The variables of a script: looking up, assigning, and what becomes of them where branches meet
// (docs/meaning.md, section 2).

import type { Addition, Context, State } from "./context.ts";
import { replaceState } from "./context.ts";
import { joinFiles } from "./files.ts";
import { unknownDirectory } from "./paths.ts";
import type { Item, Value } from "./values.ts";
import { bytesOf, known, perhapsNone, union, unknown, unknownPath, unknownSegment } from "./values.ts";

/** The variable's value as this point of the script sees it; null when it is certainly unset. */
export function lookup(ctx: Context, state: State, name: string): Value | null {
  const assigned = state.references ? undefined : state.variables.get(name);
  if (assigned !== undefined) return assigned;
  if (state.allUnknown || state.references) return perhapsNone(unknown());
  const given = state.remote ? undefined : ctx.facts.env.get(name);
  if (given !== undefined) return known(given);
  const declared = ctx.ir.variables.find((variable) => variable.names.some((one) => bytesOf(one) === name));
  switch (declared?.type) {
    case "path":
    case "dir":
      return unknownPath();
    case "int":
      return unknownSegment();
    case undefined:
    case "text":
    case "url":
    case "host":
    case "shell":
    case "sql":
    case "words":
    case "code":
      return perhapsNone(unknown());
  }
}

/** What the script itself assigned: undefined when it did not. */
export function assignedValue(state: State, name: string): Value | null | undefined {
  if (state.references) return perhapsNone(unknown());
  const assigned = state.variables.get(name);
  return assigned === undefined && state.allUnknown ? perhapsNone(unknown()) : assigned;
}

export function assign(state: State, name: string, value: Value | null): void {
  state.variables = new Map([...state.variables, [name, value]]);
}

/** Makes the variable, and what it adds to programs, what it was before a command that it stood in front of. */
export function restoreVariable(state: State, before: State, name: string): void {
  const earlier = [...before.variables].filter(([one]) => one === name);
  state.variables = new Map([...[...state.variables].filter(([one]) => one !== name), ...earlier]);
  state.exported = new Set([...state.exported].filter((one) => one !== name || before.exported.has(one)));
  state.additions = before.additions;
}

/** Makes every variable unknown. */
export function forgetAll(state: State): void {
  state.variables = new Map();
  state.allUnknown = true;
}

/** Goes to an unknown place on another host, whose variables nobody knows. */
export function leaveHost(state: State): void {
  state.remote = true;
  state.directory = unknownDirectory(true);
  forgetAll(state);
}

/** Makes `state` the union of itself and of `later`, which began where it stands. */
export function joinLater(ctx: Context, state: State, later: State): void {
  const before = { ...state };
  replaceState(state, { ...later, conditional: state.conditional });
  joinStates(ctx, state, before);
}

/** Makes `state` what holds when either it or `other`, which comes first, was the way that the script took. */
export function joinStates(ctx: Context, state: State, other: State): void {
  const names = new Set([...state.variables.keys(), ...other.variables.keys()]);
  const joined = [...names].map((name) => [name, union(lookup(ctx, other, name), lookup(ctx, state, name))] as const);
  const functions = [...other.functions.filter((one) => !state.functions.includes(one)), ...state.functions];
  const additions = joinAdditions(state.additions, other.additions);
  state.variables = new Map(joined);
  state.allUnknown ||= other.allUnknown;
  state.references ||= other.references;
  state.exported = new Set([...state.exported, ...other.exported]);
  state.functions = functions;
  state.additions = additions;
  joinFiles(state, other);
  if (state.directory.path !== other.directory.path) state.directory = unknownDirectory(state.remote);
  if (state.parameters !== other.parameters) state.parameters = null;
}

/** Words that only one way adds are perhaps there. */
function joinAdditions(a: readonly Addition[], b: readonly Addition[]): readonly Addition[] {
  const perhaps = (word: Item): Item => ({ ...word, splat: true });
  const only = (one: readonly Addition[], other: readonly Addition[]): readonly Addition[] =>
    one
      .filter((addition) => !other.includes(addition))
      .map((addition) => ({ ...addition, words: addition.words.map(perhaps) }));
  return [...a.filter((addition) => b.includes(addition)), ...only(a, b), ...only(b, a)];
}
