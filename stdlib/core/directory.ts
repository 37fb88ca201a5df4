// The current directory, and paths made absolute against it.

import { normalise, resultLength, resultPointer, resultTrusted } from "./path";
import { state } from "./state";
import { newValue, textAt } from "./text";
import { PERHAPS_NONE, Text, Value } from "./value";

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
  }
  return changetype<u32>(out);
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

/** Goes to an unknown place on another host. */
export function leaveHost(): void {
  state().remote = 1;
  forgetDirectory();
}

