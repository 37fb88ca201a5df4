// Running one argument list: which declarations read it, and what a program that nobody declared does
// (docs/meaning.md, section 3).

import type { ClauseIr, CommandIr, OptionIr, OptionSyntax, SubcommandIr } from "../ir/ir.ts";
import { absolute } from "./absolute.ts";
import { assignmentOf, setVariable } from "./assignments.ts";
import { runBuiltin, sharesVariables } from "./builtins.ts";
import { runClauses, runWrittenCode, RUNS_DEPTH_MAX } from "./clauses.ts";
import type { Context, DefinedFunction, Frame, State } from "./context.ts";
import { joinFrame, leaveCopy, newFrame, replaceState } from "./context.ts";
import { emit, emitAny, emitCode, value } from "./effects.ts";
import { writeFile } from "./files.ts";
import { scopeOf } from "./operands.ts";
import { changeDirectory } from "./paths.ts";
import type { Grammar, Reading } from "./reading.ts";
import { optionValue, read } from "./reading.ts";
import type { Command } from "./usages.ts";
import { runUsages, wordAnswer } from "./usages.ts";
import type { Answer, Item, Value } from "./values.ts";
import {
  bytesOf,
  known,
  knownText,
  max,
  MAYBE,
  min,
  NO,
  ORIGIN_COMPUTED,
  ORIGIN_FILE,
  unknown,
  YES,
} from "./values.ts";
import { joinLater } from "./variables.ts";
import { directoryValue } from "./words.ts";

/** Directories of programs that the system installed. */
const SYSTEM: readonly string[] = [
  "/bin",
  "/sbin",
  "/usr/bin",
  "/usr/sbin",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/opt/homebrew/bin",
  "/usr/libexec",
  "/snap/bin",
];

/** Runs a list whose first item is the program; answers what it prints, null for nothing. */
export function runCommand(
  ctx: Context,
  state: State,
  items: readonly Item[],
  input: Value | null,
  direct: boolean,
): Value | null {
  const [first, ...rest] = items;
  if (first === undefined) return null;
  const program = first.splat || first.unsure ? null : knownText(first.value);
  if (program === null || program === "") {
    if (!state.partial) emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  const slash = program.lastIndexOf("/");
  const name = program.slice(slash + 1).replace(/(?<=.)\.exe$/is, "");
  if (0 <= slash) {
    if (!SYSTEM.includes(program.slice(0, slash))) {
      const path = absolute(ctx, state, first.value);
      emitCode(ctx, state, "native", ORIGIN_FILE, path, unknown(ORIGIN_FILE));
      runWrittenCode(ctx, state, path, null, items, input, YES);
    }
    return runProgram(ctx, state, name, rest, input);
  }
  const called = direct ? calledFunctions(state, name) : [];
  if (called.length !== 0) {
    const printed = callFunctions(ctx, state, called, items, input);
    // The program of that name runs where the function may not be: nobody may have defined it, or exported it to this shell.
    if (called.at(-1)?.conditional === false && called[0]?.shells === state.shells) return printed;
  }
  if (runBuiltin(ctx, state, name, items)) return null;
  if (name === "pwd") return directoryValue(state);
  return runProgram(ctx, state, name, rest, input);
}

/** The newest function of that name and, while a definition may not have run, the ones before it. */
function calledFunctions(state: State, name: string): readonly DefinedFunction[] {
  const named = state.functions.filter((one) => one.name === name);
  const certain = named.findIndex((one) => !one.conditional);
  return certain < 0 ? named : named.slice(0, certain + 1);
}

/** Runs the bodies, each from the state before; they leave a union, also of nothing having been called unless it is certain. */
function callFunctions(
  ctx: Context,
  state: State,
  called: readonly DefinedFunction[],
  items: readonly Item[],
  input: Value | null,
): Value | null {
  if (RUNS_DEPTH_MAX <= state.depth) {
    emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  const [newest] = called;
  const isExact = called.length === 1 && newest?.conditional === false && newest.shells === state.shells;
  const { depth, parameters, input: before } = state;
  const ends = called.map(({ body }) => {
    const own: State = { ...state, depth: depth + 1, parameters: items };
    const printed = ctx.runStatements(ctx, own, body, input);
    return { own, printed };
  });
  for (const { own } of ends) {
    const after = { ...own, depth, parameters, input: before };
    if (isExact) replaceState(state, after);
    else joinLater(ctx, state, after);
  }
  return isExact ? (ends[0]?.printed ?? null) : unknown(ORIGIN_COMPUTED);
}

function runProgram(
  ctx: Context,
  state: State,
  name: string,
  args: readonly Item[],
  input: Value | null,
): Value | null {
  const exact = declarationsOf(ctx, name);
  const declarations = exact.length === 0 ? declarationsOf(ctx, lower(name)) : exact;
  const items = withAdditions(state, name, args);
  const frame = newFrame([], input, sharesVariables(name));
  for (const declaration of declarations) runDeclaration(ctx, state, declaration, name, items, frame);
  if (declarations.every((declaration) => declaration.observer)) execute(ctx, state, name, YES);
  for (const { path, append, certainty } of frame.writes)
    writeFile(state, path, frame.printed ?? null, append, certainty);
  return frame.printed === undefined ? unknown(ORIGIN_COMPUTED) : frame.printed;
}

function declarationsOf(ctx: Context, name: string): readonly CommandIr[] {
  return ctx.ir.commands.filter((command) => command.programs.some((program) => bytesOf(program) === name));
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function execute(ctx: Context, state: State, name: string, certainty: Answer): void {
  emit(ctx, state, "process.exec", certainty, { program: value(known(name)) });
}

/** The arguments with what variables add to this program. */
function withAdditions(state: State, name: string, args: readonly Item[]): readonly Item[] {
  return state.additions
    .filter((addition) => addition.program === name)
    .reduce<readonly Item[]>((items, { afterWords, words }) => {
      const firstWord = items.findIndex((element) => !(element.value.texts[0] ?? "").startsWith("-"));
      const place = afterWords && 0 <= firstWord ? firstWord + 1 : items.length;
      return [...items.slice(0, place), ...words, ...items.slice(place)];
    }, args);
}

function grammarOf(
  ctx: Context,
  from: { readonly syntax: OptionSyntax; readonly options: readonly OptionIr[] },
): Grammar {
  return { syntax: from.syntax, options: from.options, unknownWordsMayBeOptions: ctx.ir.unknownWordsMayBeOptions };
}

/** One declaration: its lines, its subcommands, its `otherwise`. */
function runDeclaration(
  ctx: Context,
  state: State,
  declaration: CommandIr,
  name: string,
  args: readonly Item[],
  frame: Frame,
): void {
  const grammar = grammarOf(ctx, declaration);
  // Assignments before the inner command hold for what this declaration runs.
  const own = declaration.assignments ? { ...state } : state;
  const items = declaration.assignments ? takeAssignments(ctx, own, read(grammar, args, 0)) : args;
  const command: Command = { ctx, state: own, reading: read(grammar, items, 0), frame };
  let answer = runUsages(declaration.usages, 0, YES, command);
  for (const subcommand of declaration.subcommands) {
    const words = subcommand.words
      .map((spellings, index) => wordAnswer(command.reading, index, spellings))
      .reduce(min, YES);
    if (words === NO) continue;
    runSubcommand(subcommand, command, name, words);
    answer = max(answer, words);
  }
  if (answer !== YES) runOtherwise(declaration.otherwise, command, name, answer === NO ? YES : MAYBE);
  if (own !== state) leaveCopy(state, own);
}

function runSubcommand(subcommand: SubcommandIr, outer: Command, name: string, words: Answer): void {
  const { ctx, frame } = outer;
  const state = { ...outer.state };
  const place = subcommand.directory === null ? null : optionValue(outer.reading, subcommand.directory);
  if (place !== null) state.directory = changeDirectory(state.directory, place, false);
  const command: Command = {
    ctx,
    state,
    reading: read(grammarOf(ctx, subcommand), outer.reading.items, subcommand.words.length),
    frame,
  };
  const answer = runUsages(subcommand.usages, subcommand.words.length, words, command);
  if (answer !== YES) runOtherwise(subcommand.otherwise, command, name, min(words, answer === NO ? YES : MAYBE));
  leaveCopy(outer.state, state);
}

function runOtherwise(clauses: readonly ClauseIr[] | null, command: Command, name: string, certainty: Answer): void {
  const { ctx, state, reading, frame } = command;
  if (clauses === null) {
    execute(ctx, state, name, certainty);
    return;
  }
  const own = newFrame([], frame.input, frame.shares);
  runClauses(clauses, certainty, { ...scopeOf(ctx, state), reading }, own);
  joinFrame(frame, own);
}

/** Takes leading NAME=value words out of the items and assigns them for what runs inside. */
function takeAssignments(ctx: Context, state: State, reading: Reading): readonly Item[] {
  let leading = true;
  return reading.items.filter((element, index) => {
    if (!leading || reading.places[index]?.counts.size === 0) return true;
    const assignment = assignmentOf(element);
    if (assignment === null) {
      leading = false;
      return true;
    }
    setVariable(ctx, state, assignment.name, assignment.value, true);
    return false;
  });
}
