// The current directory, and paths made absolute against it.

import { evidenceText } from "./action";
import { addNeed } from "./effects";
import { allocate } from "./heap";
import { TEXT_MAX, TEXTS_MAX } from "./limits";
import { normalise, resultLength, resultPointer, resultTrusted } from "./path";
import { state } from "./state";
import { forgetAll } from "./variables";
import { hasHole, newValue, textAt, unknownPath } from "./text";
import { ANY, ELSEWHERE_SHIFT, known, PERHAPS_NONE, REMOTE, SEGMENT, SOLID, Text, Value } from "./value";

/** Evidence of where a path leads. */
const LINK: u32 = 0;
const SLASH: u8 = 0x2f;

const REMOTE_UNKNOWN: u32 = <u32>memory.data<u8>([0x01, 0x2f, 0xff]);

/** The value with each text made absolute; a new value. */
export function absolute(value: u32): u32 {
  if (value == 0) return 0;
  const from = changetype<Value>(value);
  const open = openTexts(value);
  if (open != 0 && from.count + open <= TEXTS_MAX) {
    const both = eitherWay(value, open);
    if (both != 0) return both;
  }
  const out = newValue(from.count);
  out.flags = from.flags & (PERHAPS_NONE | SOLID);
  out.origin = from.origin;
  out.carries = from.carries;
  for (let i: u32 = 0; i < from.count; i++) {
    absoluteText(textAt(value, i), textAt(changetype<u32>(out), i));
  }
  return changetype<u32>(out);
}

function absoluteText(text: Text, into: Text): void {
  const s = state();
  normalise(s.directory, s.directoryLength, s.directoryTrusted, text.pointer, text.length, false);
  into.pointer = resultPointer();
  into.length = resultLength();
  if (hasHole(into.pointer, into.length)) resolveByEvidence(text, into);
}

/** How many texts have something unknown behind a known beginning; 0 when another begins with it. */
function openTexts(value: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    let at: u32 = 0;
    while (at < text.length && load<u8>(text.pointer + at) != ANY) at++;
    if (at == text.length) continue;
    if (at == 0 || (at == 1 && load<u8>(text.pointer) == SLASH)) return 0;
    count++;
  }
  return count;
}

/**
 * Each text with its unknown parts as ordinary names, and behind them the open ones as what they may be elsewhere;
 * 0 when an ordinary name leads nowhere that is known.
 */
function eitherWay(value: u32, open: u32): u32 {
  const from = changetype<Value>(value);
  const out = newValue(from.count + open);
  out.flags = (from.flags & (PERHAPS_NONE | SOLID)) | (open << ELSEWHERE_SHIFT);
  out.origin = from.origin;
  const s = state();
  let elsewhere = from.count;
  for (let i: u32 = 0; i < from.count; i++) {
    const text = textAt(value, i);
    const into = textAt(changetype<u32>(out), i);
    if (!hasAny(text)) {
      absoluteText(text, into);
      continue;
    }
    const named = withNames(text);
    normalise(s.directory, s.directoryLength, s.directoryTrusted, named, text.length, false);
    into.pointer = resultPointer();
    into.length = resultLength();
    if (isUnknownPlace(into)) return 0;
    absoluteText(text, textAt(changetype<u32>(out), elsewhere++));
  }
  return changetype<u32>(out);
}

function hasAny(text: Text): bool {
  for (let i: u32 = 0; i < text.length; i++) if (load<u8>(text.pointer + i) == ANY) return true;
  return false;
}

/** A copy of the text whose unknown parts stay within their components. */
function withNames(text: Text): u32 {
  const copy = allocate(text.length);
  for (let i: u32 = 0; i < text.length; i++) {
    const byte = load<u8>(text.pointer + i);
    store<u8>(copy + i, byte == ANY ? SEGMENT : byte);
  }
  return copy;
}

/** Whether an absolute path begins with something that may be anywhere. */
function isUnknownPlace(path: Text): bool {
  const from: u32 = load<u8>(path.pointer) == REMOTE ? 1 : 0;
  return path.length > from + 1 && load<u8>(path.pointer + from + 1) == ANY;
}

/** A known path that `..` behind a name made unknown is where the evidence `link` says; without it the report asks. */
function resolveByEvidence(written: Text, into: Text): void {
  const s = state();
  if (s.remote != 0 || hasHole(written.pointer, written.length)) return;
  let pointer = written.pointer;
  let length = written.length;
  if (load<u8>(pointer) != SLASH) {
    if (hasHole(s.directory, s.directoryLength) || s.directoryLength + length + 1 > TEXT_MAX) return;
    pointer = allocate(s.directoryLength + 1 + written.length);
    memory.copy(pointer, s.directory, s.directoryLength);
    store<u8>(pointer + s.directoryLength, SLASH);
    memory.copy(pointer + s.directoryLength + 1, written.pointer, written.length);
    length = s.directoryLength + 1 + written.length;
  }
  const found = evidenceText(LINK, pointer, length);
  if (found == 0) {
    addNeed(LINK, pointer, length);
    return;
  }
  const target = changetype<Text>(changetype<Value>(found).texts);
  into.pointer = target.pointer;
  into.length = target.length;
}

/** Goes to a directory; `byText` takes `..` by text, as `cd` does. */
export function changeDirectory(value: u32, byText: bool): void {
  const s = state();
  const text = onlyText(value);
  if (text === null) {
    forgetDirectory();
    return;
  }
  normalise(s.directory, s.directoryLength, s.directoryTrusted, text.pointer, text.length, byText);
  s.directory = resultPointer();
  s.directoryLength = resultLength();
  s.directoryTrusted = resultTrusted();
}

/** The value's only text, holes allowed, or null. */
function onlyText(value: u32): Text | null {
  if (value == 0) return null;
  const v = changetype<Value>(value);
  if (v.count != 1 || (v.flags & PERHAPS_NONE) != 0) return null;
  return changetype<Text>(v.texts);
}

/** Makes the directory unknown. */
export function forgetDirectory(): void {
  const s = state();
  const remote: u32 = s.remote != 0 ? 0 : 1;
  s.directory = REMOTE_UNKNOWN + remote;
  s.directoryLength = 3 - remote;
  s.directoryTrusted = 0;
}

/** Goes to an unknown place on another host, whose variables nobody knows. */
export function leaveHost(): void {
  state().remote = 1;
  forgetDirectory();
  forgetAll();
}

/** The directory as a value: what `$PWD` and `pwd` give. */
export function directoryText(): u32 {
  const s = state();
  if (s.remote != 0) return unknownPath();
  const value = known(s.directory, s.directoryLength);
  changetype<Value>(value).flags = hasHole(s.directory, s.directoryLength) ? SOLID : 0;
  return value;
}
