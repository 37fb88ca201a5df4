// Running one argument list: which declarations read it, and what a program that nobody declared does.

import { absolute, changeDirectory, directoryText } from "./directory";
import { runBuiltin } from "./builtins";
import { joinFrame, keepWrites, runClauses } from "./clause";
import { emitCode, runWrittenCode, setShared } from "./clause-runs";
import { emitAny, newEffect, setField, Why } from "./effects";
import { allocate, hasOverflowed } from "./heap";
import { finish, itemAt, joinLists, listCount, newBuilder, push, slice } from "./lists";
import { read, Reading, rowAt } from "./reading";
import { optionValue } from "./reading-answers";
import { RUNS_DEPTH_MAX } from "./limits";
import { runBody } from "./script";
import { leaveCopy, restoreState, saveState, State, state, STATE_BYTES } from "./state";
import { ABSENT, ClauseList, lookupProgram, pointerAt, ProgramTable, ReadingTable, root } from "./tables";
import { isHole, sameBytes, unknown } from "./text";
import { Frame, newFrame, runUsages, wordAnswer } from "./usage";
import { Addition, findFunction, FunctionName, joinStates } from "./variables";
import { assignFromWord, assignmentLength } from "./assign";
import { Item, known, MAYBE, NO, Origin, PERHAPS_NONE, SPLAT, Text, UNSURE, Value, YES } from "./value";

const SLASH: u8 = 0x2f;
/** "eval", "source", ".", "native", "command", "builtin", "pwd". */
const NAMES: u32 = <u32>memory.data<u8>([
  0x65, 0x76, 0x61, 0x6c, 0x73, 0x6f, 0x75, 0x72, 0x63, 0x65, 0x2e, 0x6e, 0x61, 0x74, 0x69, 0x76, 0x65,
  0x63, 0x6f, 0x6d, 0x6d, 0x61, 0x6e, 0x64, 0x62, 0x75, 0x69, 0x6c, 0x74, 0x69, 0x6e,
  0x70, 0x77, 0x64,
]);
/** Directories of programs that the system installed, each preceded by its length. */
const SYSTEM: u32 = <u32>memory.data<u8>([
  4, 0x2f, 0x62, 0x69, 0x6e, // /bin
  5, 0x2f, 0x73, 0x62, 0x69, 0x6e, // /sbin
  8, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x62, 0x69, 0x6e, // /usr/bin
  9, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x73, 0x62, 0x69, 0x6e, // /usr/sbin
  14, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x6c, 0x6f, 0x63, 0x61, 0x6c, 0x2f, 0x62, 0x69, 0x6e, // /usr/local/bin
  15, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x6c, 0x6f, 0x63, 0x61, 0x6c, 0x2f, 0x73, 0x62, 0x69, 0x6e, // /usr/local/sbin
  17, 0x2f, 0x6f, 0x70, 0x74, 0x2f, 0x68, 0x6f, 0x6d, 0x65, 0x62, 0x72, 0x65, 0x77, 0x2f, 0x62, 0x69, 0x6e, // /opt/homebrew/bin
  12, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x6c, 0x69, 0x62, 0x65, 0x78, 0x65, 0x63, // /usr/libexec
  9, 0x2f, 0x73, 0x6e, 0x61, 0x70, 0x2f, 0x62, 0x69, 0x6e, // /snap/bin
  0,
]);

/**
 * Runs a List whose first item is the program; answers what it prints (0: nothing). `direct`: it stands in a script
 * as a simple command, which alone can call a function.
 */
export function runCommand(items: u32, input: u32, direct: bool): u32 {
  if (listCount(items) == 0 || hasOverflowed()) return 0;
  const first = itemAt(items, 0);
  const program = programText(first);
  if (program === null) {
    if (state().partial == 0) emitAny(Why.Program);
    return unknown(Origin.Computed);
  }
  const slash = lastSlash(program);
  const name = known(program.pointer + slash, program.length - slash);
  const base = changetype<Text>(changetype<Value>(name).texts);
  dropExe(base);
  if (slash == 0) {
    const called = direct ? findFunction(state().functions, base.pointer, base.length) : 0;
    if (called != 0) {
      const printed = callFunctions(called, base, items, input);
      if (!programToo) return printed;
    }
    if (runBuiltin(base.pointer, base.length, items)) return 0;
    if (sameBytes(base.pointer, base.length, NAMES + 31, 3)) return directoryText();
  } else if (!isSystemPlace(program.pointer, slash - 1)) {
    const path = absolute(first.value);
    emitCode(known(NAMES + 11, 6), Origin.File, path, unknown(Origin.File));
    if (state().files != 0) runWrittenCode(path, 0, items, input, YES);
  }
  return runProgram(name, base, items, input);
}

/**
 * Calls the newest function and, while a definition may not have run, the ones before it, each from the state before;
 * they leave a union, also of nothing having been called unless it is certain. Sets `programToo`.
 */
function callFunctions(newest: u32, name: Text, items: u32, input: u32): u32 {
  const s = state();
  const first = changetype<FunctionName>(newest);
  if (s.depth >= RUNS_DEPTH_MAX) {
    programToo = false;
    emitAny(Why.Depth);
    return unknown(Origin.Computed);
  }
  const exact = first.conditional == 0 && first.shells == s.shells;
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  const before = changetype<State>(saved);
  const left = allocate(STATE_BYTES);
  saveState(left);
  let printed: u32 = 0;
  let certain = false;
  for (let at = newest; at != 0 && !certain && !hasOverflowed(); ) {
    const entry = changetype<FunctionName>(at);
    restoreState(saved);
    s.depth++;
    s.parameters = items;
    printed = runBody(entry.body, input);
    s.depth = before.depth;
    s.parameters = before.parameters;
    s.input = before.input;
    if (exact) break;
    joinStates(changetype<State>(left), before);
    saveState(left);
    certain = entry.conditional == 0;
    at = findFunction(entry.next, name.pointer, name.length);
  }
  programToo = !exact && (!certain || first.shells != s.shells);
  return exact ? printed : unknown(Origin.Computed);
}

/** Whether the program of a called function's name may run as well: nobody may have defined it, or exported it to this shell. */
let programToo: bool = false;

/** The program's known text, or null. */
function programText(item: Item): Text | null {
  const value = changetype<Value>(item.value);
  if (value.count != 1 || (item.flags & (SPLAT | UNSURE)) != 0 || (value.flags & PERHAPS_NONE) != 0) return null;
  const text = changetype<Text>(value.texts);
  if (text.length == 0) return null;
  for (let i: u32 = 0; i < text.length; i++) if (isHole(load<u8>(text.pointer + i))) return null;
  return text;
}

/** The offset just behind the last slash, 0 without one. */
function lastSlash(text: Text): u32 {
  for (let i = text.length; i > 0; i--) if (load<u8>(text.pointer + i - 1) == SLASH) return i;
  return 0;
}

function dropExe(name: Text): void {
  if (name.length <= 4) return;
  const end = name.pointer + name.length;
  if (
    load<u8>(end - 4) == 0x2e &&
    (load<u8>(end - 3) | 0x20) == 0x65 &&
    (load<u8>(end - 2) | 0x20) == 0x78 &&
    (load<u8>(end - 1) | 0x20) == 0x65
  ) {
    name.length -= 4;
  }
}

function isSystemPlace(pointer: u32, length: u32): bool {
  let at = SYSTEM;
  while (load<u8>(at) != 0) {
    const size = <u32>load<u8>(at);
    if (sameBytes(pointer, length, at + 1, size)) return true;
    at += size + 1;
  }
  return false;
}

function runProgram(name: u32, base: Text, items: u32, input: u32): u32 {
  let found = lookupProgram(base.pointer, base.length);
  if (found == 0) found = lookupProgram(lowerCase(base), base.length);
  const before = setShared(sharesVariables(base));
  const rest = withAdditions(base, slice(items, 1, listCount(items)));
  const frame = newFrame(0, 0, input);
  let declared = false;
  if (found != 0) {
    const program = changetype<ProgramTable>(found);
    for (let i: u32 = 0; i < program.count && !hasOverflowed(); i++) {
      const reading = changetype<ReadingTable>(pointerAt(program.readings, i));
      if (reading.observer == 0) declared = true;
      runReading(reading, name, rest, frame);
    }
  }
  if (!declared) execute(name, YES);
  setShared(before);
  if (frame.writes != 0) keepWrites(frame.writes, frame.printed == ABSENT ? 0 : frame.printed);
  return frame.printed == ABSENT ? unknown(Origin.Computed) : frame.printed;
}

function sharesVariables(name: Text): bool {
  return (
    sameBytes(name.pointer, name.length, NAMES, 4) ||
    sameBytes(name.pointer, name.length, NAMES + 4, 6) ||
    sameBytes(name.pointer, name.length, NAMES + 10, 1) ||
    sameBytes(name.pointer, name.length, NAMES + 17, 7) ||
    sameBytes(name.pointer, name.length, NAMES + 24, 7)
  );
}

function lowerCase(text: Text): u32 {
  const copy = allocate(text.length);
  for (let i: u32 = 0; i < text.length; i++) {
    const byte = load<u8>(text.pointer + i);
    store<u8>(copy + i, byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
  }
  return copy;
}

/** `process.exec(program)`. */
function execute(name: u32, certainty: i32): void {
  setField(newEffect(root().processExec, certainty), 0, name);
}

/** The arguments with what variables add to this program. */
function withAdditions(name: Text, items: u32): u32 {
  let result = items;
  for (let at = state().additions; at != 0; at = changetype<Addition>(at).next) {
    const addition = changetype<Addition>(at);
    if (!sameBytes(addition.program, addition.programLength, name.pointer, name.length)) continue;
    const place = addition.afterWords != 0 ? afterFirstWord(result) : listCount(result);
    const head = joinLists(slice(result, 0, place), addition.words);
    result = joinLists(head, slice(result, place, listCount(result)));
  }
  return result;
}

function afterFirstWord(items: u32): u32 {
  for (let i: u32 = 0; i < listCount(items); i++) {
    const text = changetype<Text>(changetype<Value>(itemAt(items, i).value).texts);
    if (text.length == 0 || load<u8>(text.pointer) != 0x2d) return i + 1;
  }
  return listCount(items);
}

/** One declaration: its lines, its subcommands, its `otherwise`. */
function runReading(table: ReadingTable, name: u32, items: u32, command: Frame): void {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  let rest = items;
  let reading = read(changetype<u32>(table), rest, 0);
  if (table.assignments != 0) {
    rest = takeAssignments(reading, rest);
    reading = read(changetype<u32>(table), rest, 0);
  }
  let answer = runUsages(table, reading, 0, YES, command);
  for (let i: u32 = 0; i < table.subcommandCount && !hasOverflowed(); i++) {
    const sub = changetype<ReadingTable>(pointerAt(table.subcommands, i));
    const words = wordsAnswer(sub, reading);
    if (words == NO) continue;
    runSubcommand(sub, reading, name, rest, words, command);
    answer = max(answer, words);
  }
  if (answer != YES) runOtherwise(table, reading, name, answer == NO ? YES : MAYBE, command);
  if (table.assignments != 0) leaveCopy(saved);
}

function wordsAnswer(sub: ReadingTable, outer: Reading): i32 {
  let answer: i32 = YES;
  for (let k: u32 = 0; k < sub.wordCount; k++) {
    answer = min(answer, wordAnswer(outer, k, pointerAt(sub.words, k)));
    if (answer == NO) return NO;
  }
  return answer;
}

function runSubcommand(sub: ReadingTable, outer: Reading, name: u32, items: u32, words: i32, command: Frame): void {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  if (sub.directory != ABSENT) {
    const directory = optionValue(outer, sub.directory);
    if (directory != 0) changeDirectory(directory, false);
  }
  const reading = read(changetype<u32>(sub), items, sub.wordCount);
  const answer = runUsages(sub, reading, sub.wordCount, words, command);
  if (answer != YES) runOtherwise(sub, reading, name, min(words, answer == NO ? YES : MAYBE), command);
  leaveCopy(saved);
}

function runOtherwise(table: ReadingTable, reading: Reading, name: u32, certainty: i32, command: Frame): void {
  if (table.otherwise == 0) {
    execute(name, certainty);
    return;
  }
  const frame = newFrame(changetype<u32>(reading), 0, command.input);
  runClauses(changetype<ClauseList>(table.otherwise), certainty, frame);
  joinFrame(command, frame);
}

/** Takes leading NAME=value words out of the items and assigns them for what runs inside. */
function takeAssignments(reading: Reading, items: u32): u32 {
  const builder = newBuilder();
  let leading = true;
  for (let i: u32 = 0; i < listCount(items); i++) {
    const item = itemAt(items, i);
    if (leading && isPositional(reading, i)) {
      if (assignmentLength(item) != 0) {
        assignFromWord(item, true);
        continue;
      }
      leading = false;
    }
    push(builder, item.value, item.flags, item.start, item.end);
  }
  return finish(builder);
}

function isPositional(reading: Reading, index: u32): bool {
  return rowAt(reading, index).counts != 0;
}
