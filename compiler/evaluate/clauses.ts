// What a usage line's clauses do: effects, and inner actions handed back to the recognisers
// (docs/meaning.md, section 4).

import type { ClauseIr, DoesClause, Language, Operand, PrintsIr } from "../ir/ir.ts";
import type { Addition, Context, Field, Frame, State } from "./context.ts";
import { leaveCopy, replaceState } from "./context.ts";
import { absolute } from "./absolute.ts";
import { evidenceOf } from "./evidence.ts";
import { answer, emit, emitAny, emitCode, fieldFor, list, missingField } from "./effects.ts";
import { contentOf, readBehind, readFile } from "./files.ts";
import type { Scope } from "./operands.ts";
import { operandList, operandTruth, operandValue } from "./operands.ts";
import { changeDirectory } from "./paths.ts";
import { decodeEscapes, formatText } from "./prints.ts";
import { optionValue } from "./reading.ts";
import type { Answer, Item, Origin, Value } from "./values.ts";
import {
  alternative,
  BELOW,
  bytesOf,
  certain,
  concat,
  hasHole,
  isHole,
  isOneWord,
  joinWords,
  known,
  knownText,
  laterOrigin,
  listValue,
  MAYBE,
  mayBeMissing,
  min,
  ordinary,
  ORIGIN_COMPUTED,
  ORIGIN_FILE,
  ORIGIN_NETWORK,
  ORIGIN_NONE,
  ORIGIN_PACKAGE,
  perhapsNone,
  splat,
  splitWords,
  union,
  unionOfTwo,
  unknown,
  unknownPath,
  unknownSegment,
  YES,
} from "./values.ts";
import { forgetAll, joinLater, leaveHost } from "./variables.ts";

/** Levels of `runs`: what lies deeper is unknown. */
export const RUNS_DEPTH_MAX = 8;

/** Runs the clauses with at most `certainty`; the frame's `printed` is left as they say. */
export function runClauses(clauses: readonly ClauseIr[], certainty: Answer, scope: Scope, frame: Frame): void {
  for (const clause of clauses) runClause(clause, certainty, { ...scope, frame }, frame);
}

export function runClause(clause: ClauseIr, certainty: Answer, scope: Scope, frame: Frame): void {
  switch (clause.kind) {
    case "nothing":
      return;
    case "does":
      does(clause, certainty, scope, frame);
      return;
    case "prints":
      frame.printed = printed(clause.what, scope, frame);
      return;
    case "adds": {
      const words = splitWords(listValue(frame.holes[0] ?? []));
      const addition: Addition = { program: bytesOf(clause.program), afterWords: clause.afterWords, words };
      scope.state.additions = [addition, ...scope.state.additions];
      return;
    }
    case "runsArgv":
    case "runsScript":
    case "runsStdin":
    case "runsFile":
      runInner(clause, certainty, scope, frame);
      return;
  }
}

// does

function does(clause: DoesClause, certainty: Answer, scope: Scope, frame: Frame): void {
  const each = clause.args.findIndex((arg) => arg?.kind === "each");
  const arg = clause.args[each];
  if (arg?.kind !== "each") {
    emitDoes(clause, certainty, scope, null, frame);
    return;
  }
  for (const element of operandList(arg.operand, scope)) {
    emitDoes(clause, mayBeMissing(element) ? min(certainty, MAYBE) : certainty, scope, element.value, frame);
  }
}

/** One effect; the argument `each` is `element`. */
function emitDoes(clause: DoesClause, certainty: Answer, scope: Scope, element: Value | null, frame: Frame): void {
  const type = scope.ctx.ir.effects.find((effect) => effect.name === clause.effect);
  const fields = type?.fields.map((field, index): [string, Field] => {
    const arg = clause.args[index] ?? null;
    if (arg === null) return [field.name, missingField(field.type)];
    switch (arg.kind) {
      case "each":
        return [field.name, fieldFor(scope.ctx, scope.state, field.type, element)];
      case "none":
        return [field.name, fieldFor(scope.ctx, scope.state, field.type, null)];
      case "bool":
        return [field.name, answer(certain(arg.value))];
      case "value":
        if (field.type === "bool") return [field.name, answer(operandTruth(arg.operand, scope))];
        if (field.type === "list") return [field.name, list(operandList(arg.operand, scope))];
        return [field.name, fieldFor(scope.ctx, scope.state, field.type, operandValue(arg.operand, scope))];
    }
  });
  const given = Object.fromEntries(fields ?? []);
  emit(scope.ctx, scope.state, clause.effect, certainty, given);
  const path = valueOf(given["path"]);
  if (path === null) return;
  if (clause.effect === "file.read" && scope.state.files.length !== 0)
    frame.read = readBehind(frame.read, readFile(scope.state, certainty === YES ? path : perhapsNone(path)));
  if (clause.effect === "file.write") {
    const append = given["append"]?.kind === "answer" ? given["append"].answer : MAYBE;
    frame.writes.push({ path, append, certainty });
  }
  if (clause.effect === "code.run" && knownText(valueOf(given["source"])) === "file")
    runWrittenCode(scope.ctx, scope.state, path, languageField(given), null, frame.input, certainty);
}

function languageField(fields: Readonly<Record<string, Field>>): string {
  return knownText(valueOf(fields["language"])) ?? "other";
}

function valueOf(field: Field | undefined): Value | null {
  return field?.kind === "value" ? field.value : null;
}

// runs

type RunsClause = Extract<ClauseIr, { kind: "runsArgv" | "runsScript" | "runsStdin" | "runsFile" }>;

/** What runs works on a copy of the state, unless the program shares its shell's. */
function runInner(clause: RunsClause, certainty: Answer, scope: Scope, frame: Frame): void {
  const { ctx, state } = scope;
  if (RUNS_DEPTH_MAX <= state.depth) {
    emitAny(ctx);
    return;
  }
  const shares = frame.shares && !clause.where.remote;
  const inner: State = {
    ...state,
    depth: state.depth + 1,
    certainty: min(state.certainty, certainty),
    input: frame.input,
  };
  if (!frame.shares && clause.kind !== "runsArgv") inner.shells += 1;
  if (clause.where.directory !== null)
    inner.directory = changeDirectory(state.directory, operandValue(clause.where.directory, scope), false);
  if (clause.where.remote) leaveHost(inner);
  frame.printed = runOne(clause, scope, frame, inner, shares);
  if (!shares) {
    leaveCopy(state, inner);
    return;
  }
  const { depth, certainty: before, input, parameters, directory, shells } = state;
  const kept = clause.where.directory === null ? inner.directory : directory;
  replaceState(state, { ...inner, depth, certainty: before, input, parameters, directory: kept, shells });
}

function runOne(clause: RunsClause, scope: Scope, frame: Frame, inner: State, shares: boolean): Value | null {
  const { ctx } = scope;
  switch (clause.kind) {
    case "runsArgv":
      return ctx.runCommand(ctx, inner, innerArguments(clause, scope, frame), frame.input, false);
    case "runsScript": {
      const parameters = clause.args === null ? (shares ? inner.parameters : null) : holeItems(clause.args, frame);
      return runScript(ctx, inner, scriptValue(clause.script, scope), clause.language, parameters, frame.input);
    }
    case "runsStdin":
      return runStdin(ctx, inner, clause.language, frame.input);
    case "runsFile": {
      const parameters = clause.args === null ? (shares ? inner.parameters : null) : holeItems(clause.args, frame);
      return runFile(ctx, inner, scriptValue(clause.path, scope), clause.language, parameters, frame.input, shares);
    }
  }
}

function holeItems(hole: number, frame: Frame): readonly Item[] {
  return frame.holes[hole] ?? [];
}

/** The script that an operand holds: a list of words (`eval`) is joined by blanks. */
function scriptValue(operand: Operand, scope: Scope): Value | null {
  if (operand.kind !== "hole") return operandValue(operand, scope);
  const items = operandList(operand, scope);
  const [only, ...others] = items;
  if (only === undefined) return null;
  return others.length === 0 && isOneWord(only) ? only.value : joinWords(items);
}

function innerArguments(clause: Extract<ClauseIr, { kind: "runsArgv" }>, scope: Scope, frame: Frame): readonly Item[] {
  const items = holeItems(clause.argv, frame);
  if (items.length === 0) return [];
  const token = clause.with === null ? "" : tokenText(clause.with.token, scope);
  const by = clause.with === null || token === "" ? null : replacementValue(clause.with.by, frame);
  const replaced =
    by === null ? items : items.map((element) => ({ ...element, value: replaceIn(element.value, token, by) }));
  if (clause.more === "unknown") return [...replaced, splat(unknown())];
  return clause.more === "stdin" ? [...replaced, ...splitWords(frame.input)] : replaced;
}

/** The token to replace, empty when there is none: an option may name it, and `{}` stands for one that is not known. */
function tokenText(token: string | { readonly option: number }, scope: Scope): string {
  if (typeof token === "string") return bytesOf(token);
  const given = scope.reading === null ? null : optionValue(scope.reading, token.option);
  if (given === null) return "";
  const text = knownText(given);
  return text === null || text === "" ? "{}" : text;
}

function replacementValue(by: "unknown" | "stdin" | { readonly under: number }, frame: Frame): Value {
  if (by === "unknown") return unknown();
  if (by === "stdin") {
    const [only, ...others] = splitWords(frame.input);
    return only !== undefined && others.length === 0 && isOneWord(only)
      ? only.value
      : unknown(frame.input?.origin ?? ORIGIN_NONE);
  }
  const [first, ...rest] = holeItems(by.under, frame).map((element) => element.value);
  const base = first === undefined ? known(".") : rest.reduce(unionOfTwo, first);
  return unionOfTwo(base, concat(base, known(`/${BELOW}`)));
}

/** The value with every `token` in its texts replaced. */
function replaceIn(given: Value, token: string, by: Value): Value {
  const [first, ...rest] = given.texts.map((text) => {
    const pieces = text.split(token);
    const [head, ...tail] = pieces.map(known);
    if (head === undefined || tail.length === 0) return alternative(given, text);
    return tail.reduce((joined, piece) => concat(concat(joined, by), piece), head);
  });
  return first === undefined ? given : rest.reduce(unionOfTwo, first);
}

/** Every alternative of a script, each from the state before; null is a script that nobody gave. */
function runScript(
  ctx: Context,
  state: State,
  script: Value | null,
  language: string,
  parameters: readonly Item[] | null,
  input: Value | null,
  isWritten = false,
): Value | null {
  if (script === null) {
    emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  const before = { ...state };
  const outputs = script.texts.map((text, index) => {
    const own = index === 0 ? state : { ...before };
    const output = runText(ctx, own, text, script.origin, language, parameters, input, isWritten);
    if (0 < index) joinLater(ctx, state, own);
    return output;
  });
  const [first = null, ...rest] = outputs;
  return rest.reduce(union, first);
}

/** `isWritten`: the action wrote it into a file, so that what is known of it counts where variables made holes. */
function runText(
  ctx: Context,
  state: State,
  text: string,
  origin: Origin,
  language: string,
  parameters: readonly Item[] | null,
  input: Value | null,
  isWritten: boolean,
): Value | null {
  if (hasHole(text) && !(isWritten && origin === ORIGIN_NONE)) {
    if (origin === ORIGIN_NONE) {
      emitAny(ctx);
    } else {
      emitCode(ctx, state, language, origin, null, unknown(origin));
      if (language === "shell" && !isHole(text[0])) {
        const own: State = { ...state, partial: true, parameters };
        ctx.runShell(ctx, own, text, input);
        leaveCopy(state, own);
      }
    }
    return unknown(laterOrigin(origin, ORIGIN_COMPUTED));
  }
  if (language !== "shell") {
    emitCode(ctx, state, language, ORIGIN_NONE, null, known(text.replace(/[\xfd-\xff]/g, "")));
    return unknown(ORIGIN_COMPUTED);
  }
  state.parameters = parameters;
  return ctx.runShell(ctx, state, text, input);
}

/** The code that stands on standard input; it has nothing left to read itself. */
function runStdin(ctx: Context, state: State, language: Language, input: Value | null): Value | null {
  if (input === null) {
    emitCode(ctx, state, language, ORIGIN_COMPUTED, null, unknown(ORIGIN_COMPUTED));
    return unknown(ORIGIN_COMPUTED);
  }
  return runScript(ctx, state, input, language, null, unknown(ORIGIN_COMPUTED));
}

const STANDARD_INPUT: readonly string[] = ["-", "/dev/stdin", "/dev/fd/0"];

/** A script file: standard input under its names, a process substitution, or a file with or without evidence. */
function runFile(
  ctx: Context,
  state: State,
  path: Value | null,
  language: Language,
  parameters: readonly Item[] | null,
  input: Value | null,
  shares: boolean,
): Value | null {
  if (path === null) {
    emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  if (path.carries !== null) return runScript(ctx, state, path.carries, language, parameters, input);
  const places = path.texts.map((text) => absolute(ctx, state, alternative(path, text)));
  for (const [index, text] of path.texts.entries()) {
    if (STANDARD_INPUT.includes(text)) {
      runStdin(ctx, state, language, input);
      continue;
    }
    const place = places[index] ?? unknownPath();
    if (/^\/(?:dev\/fd|proc)\//.test(text)) {
      // Another descriptor, whose content nobody follows.
      emitCode(ctx, state, language, ORIGIN_COMPUTED, place, unknown(ORIGIN_COMPUTED));
      if (shares) forgetAll(state);
      continue;
    }
    emitCode(ctx, state, language, ORIGIN_FILE, place, unknown(ORIGIN_FILE));
    const known = place.texts[0] ?? "";
    const { value, edited, old } = contentOf(state, known);
    if (value !== null) runScript(ctx, state, value, language, parameters, input, true);
    const script = !old || state.remote || hasHole(known) ? null : evidenceOf(ctx, "script", known);
    if (script !== null)
      runScript(ctx, state, { ...place, texts: [script], perhapsNone: false }, language, parameters, input);
    if (shares && (value === null ? script === null : edited || old || value.texts.some(hasHole))) forgetAll(state);
  }
  return unknown(ORIGIN_COMPUTED);
}

/**
 * Runs what the action wrote into a file of code, in a shell of its own; without a language, in the one that each
 * text's first line names.
 */
export function runWrittenCode(
  ctx: Context,
  state: State,
  path: Value,
  language: string | null,
  parameters: readonly Item[] | null,
  input: Value | null,
  certainty: Answer,
): void {
  const contents = ordinary(path).texts.flatMap((text) => contentOf(state, text).value ?? []);
  if (contents.length !== 0 && RUNS_DEPTH_MAX <= state.depth) {
    emitAny(ctx);
    return;
  }
  for (const { texts, origin } of contents) {
    for (const text of texts) {
      const inner: State = {
        ...state,
        depth: state.depth + 1,
        shells: state.shells + 1,
        certainty: min(state.certainty, certainty),
        input,
      };
      runText(ctx, inner, text, origin, language ?? languageOf(text), parameters, input, true);
      leaveCopy(state, inner);
    }
  }
}

const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/sh$/, "shell"],
  [/^python/, "python"],
  [/^node/, "javascript"],
  [/^perl/, "perl"],
  [/^ruby/, "ruby"],
];

/** The language of a program's text: its interpreter's, behind `#!` and `env`; without one it is the shell's. */
function languageOf(text: string): Language {
  const interpreter = /^#![ \t]*(?:[^ \t\n]*\/env[ \t]+(?:-[^ \t\n]*[ \t]+)*)?([^ \t\n]*)/.exec(text)?.[1];
  if (interpreter === undefined) return "shell";
  const name = interpreter.slice(interpreter.lastIndexOf("/") + 1);
  return LANGUAGES.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

// prints

const ORIGINS = {
  file: ORIGIN_FILE,
  package: ORIGIN_PACKAGE,
  computed: ORIGIN_COMPUTED,
  network: ORIGIN_NETWORK,
} as const;

function printed(what: PrintsIr, scope: Scope, frame: Frame): Value | null {
  switch (what.kind) {
    case "words": {
      const text = joinWords(holeItems(what.hole, frame));
      const shown = what.escapes ? decodeEscapes(text) : text;
      return what.newline ? concat(shown, known("\n")) : shown;
    }
    case "format":
      return formatText(operandValue({ kind: "hole", hole: what.format }, scope), holeItems(what.args, frame));
    case "stdin":
      return frame.input ?? unknown(ORIGIN_COMPUTED);
    case "from":
      return (what.origin === "file" ? frame.read : null) ?? unknown(ORIGINS[what.origin]);
    case "typed":
      return printedOf(what.type);
  }
}

function printedOf(type: Extract<PrintsIr, { kind: "typed" }>["type"]): Value {
  switch (type) {
    case "path":
      return unknownPath();
    case "temporary":
      return { ...concat(known("/tmp/"), unknownSegment()), solid: true };
    case "ref":
      return { ...known(BELOW), solid: true };
    case "int":
      return unknownSegment();
    case "text":
      return unknown();
  }
}
