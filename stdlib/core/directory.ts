// The current directory, and paths made absolute against it.

import { evidenceText } from "./action";
import { addNeed } from "./effects";
import { allocate } from "./heap";
import { TEXT_MAX } from "./limits";
import { normalise, resultLength, resultPointer, resultTrusted } from "./path";
import { state } from "./state";
import { forgetAll } from "./variables";
import { hasHole, newValue, textAt, unknownPath } from "./text";
import { known, PERHAPS_NONE, SOLID, Text, Value } from "./value";

/** Evidence of where a path leads. */
const LINK: u32 = 0;
const SLASH: u8 = 0x2f;

const REMOTE_UNKNOWN: u32 = <u32>memory.data<u8>([0x01, 0x2f, 0xff]);

/** The value with each text made absolute; a new value. */
export function absolute(value: u32): u32 {
  if (value == 0) return 0;
  const from = changetype<Value>(value);
  const out = newValue(from.count);
  out.flags = from.flags;
  out.origin = from.origin;
  out.carries = from.carries;
  const s = state();
  for (let i: u32 = 0; i < from.count; i++) {
    const text = textAt(value, i);
    normalise(s.directory, s.directoryLength, s.directoryTrusted, text.pointer, text.length, false);
    const into = textAt(changetype<u32>(out), i);
    into.pointer = resultPointer();
    into.length = resultLength();
    if (hasHole(into.pointer, into.length)) resolveByEvidence(text, into);
  }
  return changetype<u32>(out);
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
