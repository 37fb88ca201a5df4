// The shell's own commands: what changes variables, the directory and the arguments (docs/meaning.md, section 2).

import type { ShellNode } from "../../stdlib/shell-tree.ts";
import { assignmentOf, exportVariable, setVariable } from "./assignments.ts";
import type { Context, State } from "./context.ts";
import { changeDirectory, unknownDirectory } from "./paths.ts";
import { ASSIGN, ASSIGN_EMPTY } from "./shell-operators.ts";
import type { Item } from "./values.ts";
import { hasHole, isHole, item, known, unknown } from "./values.ts";
import { assign, forgetAll, lookup } from "./variables.ts";
import { emitAny } from "./effects.ts";
import { hidesCode } from "./words.ts";

const GOES: readonly string[] = ["cd", "pushd", "popd"];
const DECLARES: readonly string[] = ["export", "declare", "typeset", "local", "readonly"];
const READS: readonly string[] = ["read", "mapfile", "readarray", "getopts", "let"];
const HARMLESS: readonly string[] = [
  "shopt",
  "true",
  "false",
  ":",
  "test",
  "[",
  "wait",
  "exit",
  "return",
  "break",
  "continue",
];
const SHARES: readonly string[] = ["eval", "source", ".", "command", "builtin"];
/** What may do anything to the script that it stands in. */
const DISTURBS: readonly string[] = ["eval", "source", "."];
/** The names that a command assigns without being told. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  read: ["REPLY"],
  mapfile: ["MAPFILE"],
  readarray: ["MAPFILE"],
  getopts: ["OPTARG", "OPTIND"],
};

/** Whether what a program of this name runs shares the script's variables. */
export function sharesVariables(program: string): boolean {
  return SHARES.includes(program);
}

/** Runs a built-in command; false when the name is none. */
export function runBuiltin(ctx: Context, state: State, name: string, items: readonly Item[]): boolean {
  if (!runNamed(ctx, state, name, items)) return false;
  // Subscripts and declarations that stand in an argument as text run the substitutions in them (`unset 'a[$(x)]'`).
  if (items.slice(1).some((element) => hidesCode(element.value))) emitAny(ctx);
  return true;
}

function runNamed(ctx: Context, state: State, name: string, items: readonly Item[]): boolean {
  const args = items.slice(1);
  if (GOES.includes(name)) goTo(ctx, state, name, args);
  else if (DECLARES.includes(name)) declareNames(ctx, state, args, name === "export");
  else if (READS.includes(name)) forgetNames(state, name, args);
  else if (name === "unset") unsetNames(state, args);
  else if (name === "set") setParameters(state, items);
  else if (name === "shift") state.parameters = null;
  else if (name === "printf") return printfToVariable(state, args);
  else return HARMLESS.includes(name);
  return true;
}

/** The only text of a word that is certainly there, holes allowed. */
function textOf(element: Item | undefined): string | null {
  const [text, ...others] = element?.value.texts ?? [];
  if (element === undefined || text === undefined || others.length !== 0 || element.splat || element.unsure)
    return null;
  return text;
}

function isOption(text: string): boolean {
  return 1 < text.length && text.startsWith("-");
}

function goTo(ctx: Context, state: State, name: string, args: readonly Item[]): void {
  const isSwitch = (element: Item): boolean => {
    const text = textOf(element);
    return text !== null && isOption(text) && !hasHole(text);
  };
  const end = args.findIndex((element) => !isSwitch(element) || textOf(element) === "--");
  const rest = end < 0 ? [] : args.slice(textOf(args[end]) === "--" ? end + 1 : end);
  const [place, ...others] = rest;
  const text = textOf(place);
  if (name === "cd" && place === undefined) {
    state.directory = changeDirectory(state.directory, lookup(ctx, state, "HOME"), true);
  } else if (
    name === "popd" ||
    place === undefined ||
    others.length !== 0 ||
    text === null ||
    text === "" ||
    text === "-" ||
    text.startsWith("+")
  ) {
    state.directory = unknownDirectory(state.remote);
  } else {
    state.directory = changeDirectory(state.directory, place.value, true);
  }
}

/** `export`, `declare` and their like. */
function declareNames(ctx: Context, state: State, args: readonly Item[], exports: boolean): void {
  let exported = exports;
  let changed = false;
  for (const element of args) {
    const text = textOf(element);
    if (text === null) {
      forgetAll(state);
    } else if (isOption(text) && !hasHole(text)) {
      if (text.includes("x")) exported = true;
      if (text.includes("n") && !exports) state.references = true;
      if (/[luiaA]/.test(text)) changed = true;
    } else {
      declareName(ctx, state, element, text, exported, changed);
    }
  }
}

function declareName(
  ctx: Context,
  state: State,
  element: Item,
  text: string,
  exported: boolean,
  changed: boolean,
): void {
  const assignment = assignmentOf(element);
  if (assignment !== null) {
    if (changed) forgetName(state, element);
    else setVariable(ctx, state, assignment.name, assignment.value, exported);
  } else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
    forgetAll(state);
  } else if (changed) {
    assign(state, text, unknown());
  } else if (exported) {
    exportVariable(ctx, state, text);
  }
}

function unsetNames(state: State, args: readonly Item[]): void {
  let functionsOnly = false;
  for (const element of args) {
    const text = textOf(element);
    if (text !== null && isOption(text)) {
      if (text.includes("f")) functionsOnly = true;
    } else if (text === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
      state.functions = [];
      if (!functionsOnly) forgetAll(state);
    } else {
      state.functions = state.functions.filter(({ name }) => name !== text);
      if (!functionsOnly) assign(state, text, null);
    }
  }
}

/** Every argument that begins like a name becomes unknown. */
function forgetNames(state: State, name: string, args: readonly Item[]): void {
  for (const implied of IMPLIED[name] ?? []) assign(state, implied, unknown());
  for (const element of args) forgetName(state, element);
}

/** The name that an argument begins with becomes unknown; an argument that is open may name any. */
function forgetName(state: State, element: Item): void {
  const text = textOf(element);
  if (text === null || isHole(text[0])) forgetAll(state);
  else forgetPrefix(state, text);
}

function forgetPrefix(state: State, text: string): void {
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text)?.[0];
  if (name !== undefined) assign(state, name, unknown());
}

/** `set -- a b` gives the script its arguments; options alone change nothing here. */
function setParameters(state: State, items: readonly Item[]): void {
  for (let index = 1; index < items.length; index += 1) {
    const text = textOf(items[index]);
    if (text === null) {
      state.parameters = null;
      return;
    }
    if (text !== "--" && /^[-+]/.test(text)) {
      // `-o` takes the next word.
      if (text.endsWith("o")) index += 1;
      continue;
    }
    const zero = items[0] ?? item(known(""));
    state.parameters = [{ ...zero, splat: false, unsure: false }, ...items.slice(text === "--" ? index + 1 : index)];
    return;
  }
}

/** `printf -v NAME …`; a plain `printf` is the standard library's. */
function printfToVariable(state: State, args: readonly Item[]): boolean {
  const [option, name] = args;
  const text = textOf(option);
  if (name === undefined || text === null || !text.startsWith("-v")) return false;
  if (text === "-v") forgetName(state, name);
  else forgetAll(state);
  return true;
}

/** Makes everything unknown that the nodes may change when they run, or run again: a loop's body, a function's. */
export function disturb(state: State, nodes: readonly ShellNode[]): void {
  for (const node of nodes) {
    if (node.kind === "assign" || node.kind === "for") assign(state, node.text, unknown());
    else if (node.kind === "variable" && (node.aux === ASSIGN || node.aux === ASSIGN_EMPTY))
      assign(state, node.text, unknown());
    else if (node.kind === "command") disturbByCommand(state, node);
    disturb(state, node.children);
  }
}

function disturbByCommand(state: State, node: ShellNode): void {
  const [program, ...args] = node.children.filter((child) => child.kind === "word");
  if (program === undefined) return;
  const [only, ...others] = program.children;
  const isKnown = only?.kind === "text" && others.length === 0;
  // A program that is not plain text may be any of the shell's own.
  if (!isKnown || DISTURBS.includes(only.text) || state.functions.some(({ name }) => name === only.text)) {
    forgetAll(state);
    state.directory = unknownDirectory(state.remote);
    state.parameters = null;
  } else if (GOES.includes(only.text)) {
    state.directory = unknownDirectory(state.remote);
  } else if (only.text === "set" || only.text === "shift") {
    state.parameters = null;
  } else if ([...DECLARES, ...READS, "unset", "printf"].includes(only.text)) {
    for (const implied of IMPLIED[only.text] ?? []) assign(state, implied, unknown());
    for (const arg of args) {
      const [first] = arg.children;
      if (first?.kind === "text") forgetPrefix(state, first.text);
      else forgetAll(state);
    }
  }
}
