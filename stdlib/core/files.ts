// What this action wrote into files before it runs or reads them (docs/meaning.md, section 2), as a chain with the newest
// first. A subshell writes the same files, so leaving one keeps the chain.

import { allocate, hasOverflowed } from "./heap";
import { FILES_MAX, TEXT_MAX } from "./limits";
import { covers } from "./path";
import { state } from "./state";
import { concat, hasHole, isUnknown, knownText, sameBytes, textAt, union, unknown } from "./text";
import { ANY, known, NO, ordinaryCount, Origin, PERHAPS_NONE, REMOTE, Text, Value, YES } from "./value";

const SLASH: u8 = 0x2f;

/** One file, or folder, that the action wrote. */
@unmanaged
class Written {
  /** Absolute; a hole is the same unknown wherever the same text stands. */
  path: u32;
  length: u32;
  /** A Value; 0 for what nobody knows, as of a file that the action did not write. */
  content: u32;
  /** What was there before may be there as well: before it, or instead of it. */
  beside: u32;
  /** Entries from here on. */
  count: u32;
  next: u32;
}

const ROOT: u32 = <u32>memory.data<u8>([0x2f]);

// What `findContent` found.
let foundValue: u32 = 0;
let foundEdited: bool = false;
let foundOld: bool = false;

/** What the action wrote; 0 for nothing that anybody knows. */
export function contentValue(): u32 {
  return foundValue;
}

/** Whether something else wrote it as well. */
export function contentEdited(): bool {
  return foundEdited;
}

/** Whether what was there before the action may be there. */
export function contentOld(): bool {
  return foundOld;
}

/** Remembers that `content` went to each text of an absolute path; 0 is what nobody knows. */
export function writeFile(path: u32, content: u32, append: i32, certainty: i32): void {
  const v = changetype<Value>(path);
  const count = ordinaryCount(path);
  const sure = certainty == YES && state().certainty == YES && count == 1 && (v.flags & PERHAPS_NONE) == 0;
  for (let i: u32 = 0; i < count && !hasOverflowed(); i++) {
    const text = textAt(path, i);
    // A path of which nothing is known may be any log file: only a text that is known is followed through it.
    if (isUnknownPath(text) && knownText(content) === null) continue;
    const beside = !sure || hasHole(text.pointer, text.length) || load<u8>(text.pointer) == REMOTE;
    writeText(text, isForeign(content) ? 0 : content, append, beside);
  }
}

function isUnknownPath(text: Text): bool {
  if (text.length < 2) return false;
  const end = text.pointer + text.length;
  return load<u8>(end - 1) == ANY && load<u8>(end - 2) == SLASH;
}

/** Whether it is what a file held that the action did not write. */
function isForeign(content: u32): bool {
  return isUnknown(content) && changetype<Value>(content).origin == Origin.File && (changetype<Value>(content).flags & PERHAPS_NONE) == 0;
}

function writeText(path: Text, content: u32, append: i32, beside: bool): void {
  if (append == NO) {
    push(path.pointer, path.length, content, beside);
    return;
  }
  findContent(path);
  if (content == 0) {
    // What the action wrote itself and then changed is no longer known; any other file is as it was.
    push(path.pointer, path.length, foundValue == 0 ? 0 : unknown(Origin.Computed), beside);
  } else if (append != YES || foundValue == 0 || foundEdited || foundOld || beside) {
    push(path.pointer, path.length, content, true);
  } else {
    push(path.pointer, path.length, together(foundValue, content), false);
  }
}

/** One content behind the other; what is longer than any text is unknown. */
function together(first: u32, second: u32): u32 {
  for (let i: u32 = 0; i < changetype<Value>(first).count; i++) {
    for (let j: u32 = 0; j < changetype<Value>(second).count; j++) {
      if (textAt(first, i).length + textAt(second, j).length > TEXT_MAX) return unknown(Origin.Computed);
    }
  }
  return concat(first, second);
}

function push(path: u32, length: u32, content: u32, beside: bool): void {
  const s = state();
  const before: u32 = s.files == 0 ? 0 : changetype<Written>(s.files).count;
  if (before > FILES_MAX) return;
  const entry = changetype<Written>(allocate(offsetof<Written>()));
  const isLost = before == FILES_MAX;
  // With too many files any of them may hold anything.
  entry.path = isLost ? ROOT : path;
  entry.length = isLost ? 1 : length;
  entry.content = isLost ? unknown(Origin.Computed) : content;
  entry.beside = isLost || beside ? 1 : 0;
  entry.count = before + 1;
  entry.next = s.files;
  s.files = changetype<u32>(entry);
}

/** Finds what the action wrote to an absolute path, or to a folder above it. */
export function findContent(path: Text): void {
  foundValue = 0;
  foundEdited = false;
  foundOld = true;
  const pattern = isPattern(path) ? known(path.pointer, path.length) : 0;
  for (let at = state().files; at != 0; at = changetype<Written>(at).next) {
    const entry = changetype<Written>(at);
    const isSame = sameBytes(entry.path, entry.length, path.pointer, path.length);
    if (!isSame && !isAbove(entry, path) && (pattern == 0 || covers(pattern, known(entry.path, entry.length)) == NO)) continue;
    if (entry.content == 0) foundEdited = true;
    else foundValue = foundValue == 0 ? entry.content : union(foundValue, entry.content);
    if (isSame && entry.beside == 0) {
      foundOld = false;
      return;
    }
  }
}

/** Whether a path has holes, each of which stays below what stands before it. */
function isPattern(path: Text): bool {
  for (let i: u32 = 0; i < path.length; i++) if (load<u8>(path.pointer + i) == ANY) return false;
  return hasHole(path.pointer, path.length);
}

/** Whether the path lies below what was written. */
function isAbove(entry: Written, path: Text): bool {
  if (path.length <= entry.length || memory.compare(path.pointer, entry.path, entry.length) != 0) return false;
  return entry.length == 1 || load<u8>(path.pointer + entry.length) == SLASH;
}

/** What reading a path gives: exact when the action surely wrote all of it. */
export function readFile(path: u32): u32 {
  if (state().files == 0) return unknown(Origin.File);
  const v = changetype<Value>(path);
  let value: u32 = 0;
  let origin: u32 = Origin.Computed;
  let exact = (v.flags & PERHAPS_NONE) == 0;
  const count = ordinaryCount(path);
  for (let i: u32 = 0; i < count; i++) {
    findContent(textAt(path, i));
    if (foundValue == 0 || foundEdited || foundOld) exact = false;
    if (foundValue == 0) continue;
    origin = max(origin, changetype<Value>(foundValue).origin);
    value = value == 0 ? foundValue : union(value, foundValue);
  }
  if (value == 0) return unknown(Origin.File);
  return exact ? value : unknown(origin);
}

/** What a program prints that read `second` after what it printed before; 0 before the first. */
export function readBehind(first: u32, second: u32): u32 {
  if (first == 0) return second;
  if (knownText(first) !== null && knownText(second) !== null) return together(first, second);
  const a = changetype<Value>(first).origin;
  const b = changetype<Value>(second).origin;
  if (a == Origin.File && b == Origin.File) return unknown(Origin.File);
  return unknown(max<u32>(Origin.Computed, max(a, b)));
}

/** Makes the state's files those of either way: what only one of them wrote may not have been written. */
export function joinFiles(left: u32): void {
  const s = state();
  const own = s.files;
  let a = own;
  let b = left;
  while (a != b) {
    const inA: u32 = a == 0 ? 0 : changetype<Written>(a).count;
    const inB: u32 = b == 0 ? 0 : changetype<Written>(b).count;
    if (inA >= inB) a = changetype<Written>(a).next;
    if (inB >= inA) b = changetype<Written>(b).next;
  }
  s.files = a;
  addPerhaps(left, a);
  addPerhaps(own, a);
}

/** Adds the entries of a chain before `end`, the oldest first. */
function addPerhaps(chain: u32, end: u32): void {
  if (chain == end) return;
  const entry = changetype<Written>(chain);
  addPerhaps(entry.next, end);
  push(entry.path, entry.length, entry.content, true);
}
