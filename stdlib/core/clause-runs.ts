// `runs`: inner actions handed back to the recognisers (docs/meaning.md, section 4).

import { evidenceText } from "./action";
import { printed } from "./clause-prints";
import { absolute, changeDirectory, leaveHost } from "./directory";
import { addNeed, emitAny, newEffect, setField, Why } from "./effects";
import { contentEdited, contentOld, contentValue, findContent } from "./files";
import { allocate, hasOverflowed } from "./heap";
import { RUNS_DEPTH_MAX } from "./limits";
import { finish, itemAt, joinWords, listCount, newBuilder, push } from "./lists";
import { operand, operandList } from "./operand";
import { Reading } from "./reading";
import { optionValue } from "./reading-answers";
import { runCommand } from "./run";
import { runShell } from "./script";
import { leaveCopy, restoreState, saveState, State, state, STATE_BYTES } from "./state";
import { ABSENT, ClauseKind, ClauseTable, OperandKind, OperandTable, root } from "./tables";
import { belowSuffix, concat, hasHole, hasHoles, isBlank, isHole, knownText, sameBytes, single, startsWith, textAt, union, unknown, unknownPath } from "./text";
import { Frame, frame } from "./usage";
import { known, ordinaryCount, Origin, SPLAT, Text, Value, YES } from "./value";
import { forgetAll, joinStates } from "./variables";

const BRACES: u32 = <u32>memory.data<u8>([0x7b, 0x7d]);
const DOT: u32 = <u32>memory.data<u8>([0x2e]);
/** "inline", "file", "package", "computed", "network". */
export const SOURCES: u32 = <u32>memory.data<u8>([
  0x69, 0x6e, 0x6c, 0x69, 0x6e, 0x65, 0x66, 0x69, 0x6c, 0x65, 0x70, 0x61, 0x63, 0x6b, 0x61, 0x67, 0x65, 0x63, 0x6f, 0x6d, 0x70, 0x75, 0x74, 0x65, 0x64,
  0x6e, 0x65, 0x74, 0x77, 0x6f, 0x72, 0x6b,
]);
const DEV_STDIN: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x73, 0x74, 0x64, 0x69, 0x6e]);
const PROC: u32 = <u32>memory.data<u8>([0x2f, 0x70, 0x72, 0x6f, 0x63, 0x2f]);
const DEV_FD_0: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x66, 0x64, 0x2f, 0x30]);

// Languages, and the interpreter that has another name.
const SHELL: u32 = <u32>memory.data<u8>([0x73, 0x68, 0x65, 0x6c, 0x6c]);
const PYTHON: u32 = <u32>memory.data<u8>([0x70, 0x79, 0x74, 0x68, 0x6f, 0x6e]);
const JAVASCRIPT: u32 = <u32>memory.data<u8>([0x6a, 0x61, 0x76, 0x61, 0x73, 0x63, 0x72, 0x69, 0x70, 0x74]);
const PERL: u32 = <u32>memory.data<u8>([0x70, 0x65, 0x72, 0x6c]);
const RUBY: u32 = <u32>memory.data<u8>([0x72, 0x75, 0x62, 0x79]);
export const OTHER: u32 = <u32>memory.data<u8>([0x6f, 0x74, 0x68, 0x65, 0x72]);
const NODE: u32 = <u32>memory.data<u8>([0x6e, 0x6f, 0x64, 0x65]);
const ENV: u32 = <u32>memory.data<u8>([0x65, 0x6e, 0x76]);
/** The kind of evidence, in the order of the report. */
const SCRIPT_EVIDENCE: u32 = 1;

/** Whether what the running command runs shares the script's variables (`eval`, `source`, `.`). */
let shared: bool = false;

export function setShared(value: bool): bool {
  const before = shared;
  shared = value;
  return before;
}

/** An inner action, on a copy of the state unless the program shares it. */
export function runInner(clause: ClauseTable, certainty: i32, made: Frame): void {
  const s = state();
  if (s.depth >= RUNS_DEPTH_MAX) {
    emitAny(Why.Depth);
    return;
  }
  const shares = shared;
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  s.depth++;
  s.certainty = min(s.certainty, <u32>certainty);
  s.input = made.input;
  prepare(clause);
  if (!shares && clause.kind != ClauseKind.RunsArgv) s.shells++;
  if (clause.directory != 0) changeDirectory(operand(clause.directory), false);
  if (clause.remote != 0) leaveHost();
  switch (clause.kind) {
    case ClauseKind.RunsArgv:
      made.printed = runCommand(heldArguments, made.input, false);
      break;
    case ClauseKind.RunsScript:
      made.printed = runScript(heldScript, clause.b, clause.c != 0, made.input, false);
      break;
    case ClauseKind.RunsStdin:
      made.printed = runStdin(clause, made.input);
      break;
    default:
      made.printed = runFile(heldScript, clause, made.input);
  }
  if (shares && clause.remote == 0) {
    const before = changetype<State>(saved);
    s.depth = before.depth;
    s.certainty = before.certainty;
    s.input = before.input;
    s.parameters = before.parameters;
    s.shells = before.shells;
    if (clause.directory != 0) {
      s.directory = before.directory;
      s.directoryLength = before.directoryLength;
      s.directoryTrusted = before.directoryTrusted;
    }
  } else leaveCopy(saved);
}

/** What `prepare` found, while the frame is still the command's own. */
let heldArguments: u32 = 0;
let heldScript: u32 = 0;
let heldParameters: u32 = 0;

function prepare(clause: ClauseTable): void {
  heldArguments = 0;
  heldScript = 0;
  heldParameters = 0;
  if (clause.kind == ClauseKind.RunsArgv) {
    heldArguments = innerArguments(clause);
    return;
  }
  if (clause.kind == ClauseKind.RunsStdin) return;
  heldScript = scriptValue(clause.a);
  // Code that shares the script's variables keeps its arguments, too, unless it has some of its own.
  if (shared) heldParameters = state().parameters;
  // RunsScript and RunsFile: a script or path, b language (a Value), c whether it is the shell, d operand of the arguments.
  if (clause.d != 0) heldParameters = operandList(clause.d);
}

/** The script an operand holds: a list of words (`eval`) is joined by blanks. */
function scriptValue(address: u32): u32 {
  if (changetype<OperandTable>(address).kind == OperandKind.Hole) {
    const list = operandList(address);
    return listCount(list) == 0 ? 0 : listCount(list) == 1 && itemAt(list, 0).flags == 0 ? itemAt(list, 0).value : joinWords(list);
  }
  return operand(address);
}

/** RunsArgv: a hole operand, b 0 or how the token is replaced (1 unknown, 2 stdin, 3 under), c d the token, e its option, f operand of `under`, g what is appended (1 unknown, 2 stdin). */
function innerArguments(clause: ClauseTable): u32 {
  const list = operandList(clause.a);
  const builder = newBuilder();
  const token = tokenText(clause);
  const replacement = token.length == 0 ? 0 : replacementValue(clause);
  for (let i: u32 = 0; i < listCount(list) && !hasOverflowed(); i++) {
    const item = itemAt(list, i);
    const value = replacement == 0 ? item.value : replaceIn(item.value, token, replacement);
    push(builder, value, item.flags, item.start, item.end);
  }
  if (builder.count == 0) return finish(builder);
  if (clause.g == 1) push(builder, unknown(Origin.None), SPLAT, 0, 0);
  if (clause.g == 2) {
    const words = splitWords(state().input);
    for (let i: u32 = 0; i < listCount(words); i++) push(builder, itemAt(words, i).value, itemAt(words, i).flags, 0, 0);
  }
  return finish(builder);
}

const TOKEN: u32 = <u32>memory.data(8, 4);

/** The token to replace; empty when there is none. */
function tokenText(clause: ClauseTable): Text {
  const text = changetype<Text>(TOKEN);
  text.pointer = 0;
  text.length = 0;
  if (clause.b == 0) return text;
  text.pointer = clause.c;
  text.length = clause.d;
  if (clause.e == ABSENT) return text;
  const reading = frame().reading;
  const given = reading == 0 ? 0 : optionValue(changetype<Reading>(reading), clause.e);
  const exact = knownText(given);
  text.pointer = BRACES;
  text.length = given == 0 ? 0 : 2;
  if (exact !== null && exact.length > 0) {
    text.pointer = exact.pointer;
    text.length = exact.length;
  }
  return text;
}

function replacementValue(clause: ClauseTable): u32 {
  if (clause.b == 2) {
    const words = splitWords(state().input);
    if (listCount(words) == 1 && itemAt(words, 0).flags == 0) return itemAt(words, 0).value;
    return unknown(originOf(state().input));
  }
  if (clause.b == 3) {
    const bases = operandList(clause.f);
    let value: u32 = 0;
    for (let i: u32 = 0; i < listCount(bases); i++) {
      const base = itemAt(bases, i).value;
      value = i == 0 ? base : union(value, base);
    }
    if (value == 0) value = known(DOT, 1);
    return union(value, concat(value, belowSuffix()));
  }
  return unknown(Origin.None);
}

/** The value with every `token` in its texts replaced. */
function replaceIn(value: u32, token: Text, by: u32): u32 {
  const tokenPointer = token.pointer;
  const tokenLength = token.length;
  const v = changetype<Value>(value);
  let out: u32 = 0;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = textAt(value, i);
    let made: u32 = 0;
    let from: u32 = 0;
    let found = false;
    for (let at: u32 = 0; at + tokenLength <= text.length && !hasOverflowed(); ) {
      if (memory.compare(text.pointer + at, tokenPointer, tokenLength) != 0) {
        at++;
        continue;
      }
      made = concat(concat(made, known(text.pointer + from, at - from)), by);
      found = true;
      at += tokenLength;
      from = at;
    }
    const whole = found ? concat(made, known(text.pointer + from, text.length - from)) : single(value, i);
    out = i == 0 ? whole : union(out, whole);
  }
  return out;
}

function originOf(value: u32): u32 {
  return value == 0 ? Origin.None : changetype<Value>(value).origin;
}

/** The words that a program gets from a text: exact when it is known and has no quotes. */
export function splitWords(value: u32): u32 {
  const builder = newBuilder();
  const text = knownText(value);
  if (text === null || needsQuoting(text)) {
    if (value != 0) push(builder, unknown(originOf(value)), SPLAT, 0, 0);
    return finish(builder);
  }
  let start: u32 = 0;
  for (let i: u32 = 0; i <= text.length && !hasOverflowed(); i++) {
    const byte: u8 = i == text.length ? 0x0a : load<u8>(text.pointer + i);
    if (byte != 0x20 && byte != 0x09 && byte != 0x0a && byte != 0) continue;
    if (i > start) push(builder, known(text.pointer + start, i - start), 0, 0, 0);
    start = i + 1;
  }
  return finish(builder);
}

function needsQuoting(text: Text): bool {
  for (let i: u32 = 0; i < text.length; i++) {
    const byte = load<u8>(text.pointer + i);
    if (byte == 0x22 || byte == 0x27 || byte == 0x5c) return true;
  }
  return false;
}

/** Every alternative of a script. */
function runScript(script: u32, language: u32, isShell: bool, input: u32, written: bool): u32 {
  if (script == 0) {
    emitAny(Why.Code);
    return unknown(Origin.Computed);
  }
  const v = changetype<Value>(script);
  const parameters = heldParameters;
  if (v.count == 1) return runText(textAt(script, 0), v.origin, language, isShell, parameters, input, written);
  // Each alternative begins in the state before; they leave a union.
  const before = allocate(STATE_BYTES);
  const left = allocate(STATE_BYTES);
  saveState(before);
  let out: u32 = 0;
  for (let i: u32 = 0; i < v.count && !hasOverflowed(); i++) {
    restoreState(before);
    const printed = runText(textAt(script, i), v.origin, language, isShell, parameters, input, written);
    out = i == 0 ? printed : union(out, printed);
    if (i > 0) joinStates(changetype<State>(left), changetype<State>(before));
    saveState(left);
  }
  return out;
}

/** `written`: the action wrote it into a file, so that what is known of it counts where variables made holes. */
function runText(text: Text, origin: u32, language: u32, isShell: bool, parameters: u32, input: u32, written: bool): u32 {
  const open = hasHole(text.pointer, text.length);
  if (open && !(written && origin == Origin.None)) {
    if (origin == Origin.None) emitAny(Why.Code);
    else {
      emitCode(language, origin, 0, unknown(origin));
      if (isShell && !isHole(load<u8>(text.pointer))) runKnownPart(text, parameters, input);
    }
    return unknown(max(origin, Origin.Computed));
  }
  if (!isShell) {
    emitCode(language, Origin.None, 0, open ? withoutHoles(text) : known(text.pointer, text.length));
    return unknown(Origin.Computed);
  }
  state().parameters = parameters;
  return runShell(text.pointer, text.length, input);
}

function withoutHoles(text: Text): u32 {
  const copy = allocate(text.length);
  let length: u32 = 0;
  for (let i: u32 = 0; i < text.length; i++) {
    const byte = load<u8>(text.pointer + i);
    if (!isHole(byte)) store<u8>(copy + length++, byte);
  }
  return known(copy, length);
}

/** What is known of a text that counts as unknown code besides. */
function runKnownPart(text: Text, parameters: u32, input: u32): void {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  state().partial = 1;
  state().parameters = parameters;
  runShell(text.pointer, text.length, input);
  leaveCopy(saved);
}

/** RunsStdin: b and c as in RunsScript. */
function runStdin(clause: ClauseTable, input: u32): u32 {
  if (input == 0) {
    emitCode(clause.b, Origin.Computed, 0, unknown(Origin.Computed));
    return unknown(Origin.Computed);
  }
  heldParameters = 0;
  return runScript(input, clause.b, clause.c != 0, unknown(Origin.Computed), false);
}

/** A script file: standard input under its names, a process substitution, or a file with or without evidence. */
function runFile(path: u32, clause: ClauseTable, input: u32): u32 {
  if (path == 0) {
    emitAny(Why.Code);
    return unknown(Origin.Computed);
  }
  const v = changetype<Value>(path);
  if (v.carries != 0) return runScript(v.carries, clause.b, clause.c != 0, input, false);
  const parameters = heldParameters;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = textAt(path, i);
    if (isStandardInput(text)) {
      runStdin(clause, input);
      continue;
    }
    if (isDescriptor(text)) {
      // Another descriptor, whose content nobody follows.
      emitCode(clause.b, Origin.Computed, absolute(single(path, i)), unknown(Origin.Computed));
      if (shared) forgetAll();
      continue;
    }
    const place = absolute(single(path, i));
    emitCode(clause.b, Origin.File, place, unknown(Origin.File));
    heldParameters = parameters;
    if (!runPlace(textAt(place, 0), clause, input) && shared) forgetAll();
  }
  return unknown(Origin.Computed);
}

/** What the action wrote at an absolute path, and what the evidence says stood there before; false when that may not be all. */
function runPlace(place: Text, clause: ClauseTable, input: u32): bool {
  const parameters = heldParameters;
  let written: u32 = 0;
  let isWhole = false;
  let isOld = true;
  if (state().files != 0) {
    findContent(place);
    written = contentValue();
    isOld = contentOld();
    isWhole = written != 0 && !isOld && !contentEdited() && !hasHoles(written);
  }
  const shares = shared;
  if (written != 0) runScript(written, clause.b, clause.c != 0, input, true);
  shared = shares;
  if (!isOld || state().remote != 0 || hasHole(place.pointer, place.length)) return isWhole;
  const found = evidenceText(SCRIPT_EVIDENCE, place.pointer, place.length);
  if (found == 0) {
    addNeed(SCRIPT_EVIDENCE, place.pointer, place.length);
    return false;
  }
  heldParameters = parameters;
  runScript(found, clause.b, clause.c != 0, input, false);
  return written == 0;
}

/**
 * Runs what the action wrote into a file of code, in a shell of its own; without a language (0), in the one that each
 * text's first line names.
 */
export function runWrittenCode(path: u32, language: u32, parameters: u32, input: u32, certainty: i32): void {
  const count = ordinaryCount(path);
  for (let i: u32 = 0; i < count; i++) {
    findContent(textAt(path, i));
    const content = contentValue();
    if (content == 0) continue;
    if (state().depth >= RUNS_DEPTH_MAX) {
      emitAny(Why.Depth);
      return;
    }
    for (let j: u32 = 0; j < changetype<Value>(content).count && !hasOverflowed(); j++) {
      runInShell(textAt(content, j), changetype<Value>(content).origin, language, parameters, input, certainty);
    }
  }
}

function runInShell(text: Text, origin: u32, language: u32, parameters: u32, input: u32, certainty: i32): void {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  const s = state();
  s.depth++;
  s.shells++;
  s.certainty = min(s.certainty, <u32>certainty);
  s.input = input;
  const own = language == 0 ? languageOf(text) : language;
  const name = changetype<Text>(changetype<Value>(own).texts);
  runText(text, origin, own, sameBytes(name.pointer, name.length, SHELL, 5), parameters, input, true);
  leaveCopy(saved);
}

/** The language of a program's text: its interpreter's, behind `#!` and `env`; without one it is the shell's. */
function languageOf(text: Text): u32 {
  if (text.length < 2 || load<u16>(text.pointer) != 0x2123) return known(SHELL, 5);
  const end = text.pointer + text.length;
  let from = skipBlanks(text.pointer + 2, end);
  let to = wordEnd(from, end);
  let name = nameStart(from, to);
  if (name > from && sameBytes(name, to - name, ENV, 3)) {
    do {
      from = skipBlanks(to, end);
      to = wordEnd(from, end);
    } while (from < to && load<u8>(from) == 0x2d);
    name = nameStart(from, to);
  }
  const length = to - name;
  if (length >= 2 && load<u16>(to - 2) == 0x6873) return known(SHELL, 5);
  if (startsWith(name, length, PYTHON, 6)) return known(PYTHON, 6);
  if (startsWith(name, length, NODE, 4)) return known(JAVASCRIPT, 10);
  if (startsWith(name, length, PERL, 4)) return known(PERL, 4);
  return startsWith(name, length, RUBY, 4) ? known(RUBY, 4) : known(OTHER, 5);
}

function skipBlanks(at: u32, end: u32): u32 {
  while (at < end && (load<u8>(at) == 0x20 || load<u8>(at) == 0x09)) at++;
  return at;
}

function wordEnd(at: u32, end: u32): u32 {
  while (at < end && !isBlank(load<u8>(at))) at++;
  return at;
}

function nameStart(from: u32, to: u32): u32 {
  while (to > from && load<u8>(to - 1) != 0x2f) to--;
  return to;
}

/** A path under /dev/fd or /proc, as it is written. */
function isDescriptor(text: Text): bool {
  return startsWith(text.pointer, text.length, DEV_FD_0, 8) || startsWith(text.pointer, text.length, PROC, 6);
}

function isStandardInput(text: Text): bool {
  return (
    (text.length == 1 && load<u8>(text.pointer) == 0x2d) ||
    sameBytes(text.pointer, text.length, DEV_STDIN, 10) ||
    sameBytes(text.pointer, text.length, DEV_FD_0, 9)
  );
}

/** `code.run(language, source, path, text)`. Origin None is code that stands in the action: inline. */
export function emitCode(language: u32, origin: u32, path: u32, text: u32): void {
  const effect = newEffect(root().codeRun, YES);
  setField(effect, 0, language);
  setField(effect, 1, sourceName(origin));
  setField(effect, 2, path == 0 ? unknownPath() : path);
  setField(effect, 3, text);
  // Whatever else the policy's declaration has stays none: the core knows four fields.
}

function sourceName(origin: u32): u32 {
  switch (origin) {
    case Origin.None:
      return known(SOURCES, 6);
    case Origin.File:
      return known(SOURCES + 6, 4);
    case Origin.Package:
      return known(SOURCES + 10, 7);
    case Origin.Computed:
      return known(SOURCES + 17, 8);
    default:
      return known(SOURCES + 25, 7);
  }
}
