// Making values: constants, concatenation, union, and the small byte helpers that go with them.

import { allocate, setOverflow } from "./heap";
import { TEXTS_MAX, TEXT_MAX } from "./limits";
import { ANY, BELOW, ELSEWHERE_SHIFT, known, ordinaryCount, Origin, PERHAPS_NONE, SEGMENT, SOLID, Text, Value } from "./value";

/** FF FE FD, then `/` FF, then `/` FD. */
const HOLES: u32 = <u32>memory.data<u8>([0xff, 0xfe, 0xfd, 0x2f, 0xff, 0x2f, 0xfd, 0x20, 0x0a]);

/** Unknown text. */
export function unknown(origin: u32): u32 {
  const value = known(HOLES, 1);
  changetype<Value>(value).origin = origin;
  return value;
}

/** A number or another unknown without `/` and blanks. */
export function unknownSegment(): u32 {
  const value = known(HOLES + 1, 1);
  changetype<Value>(value).flags = SOLID;
  return value;
}

/** Some absolute path. */
export function unknownPath(): u32 {
  const value = known(HOLES + 3, 2);
  changetype<Value>(value).flags = SOLID;
  return value;
}

/** `/tmp/` FE */
const TEMPORARY: u32 = <u32>memory.data<u8>([0x2f, 0x74, 0x6d, 0x70, 0x2f, 0xfe]);

/** Something new in a temporary folder. */
export function unknownTemporary(): u32 {
  const value = known(TEMPORARY, 6);
  changetype<Value>(value).flags = SOLID;
  return value;
}

/** The name of a branch, a tag or a commit. */
export function unknownRef(): u32 {
  const value = known(HOLES + 2, 1);
  changetype<Value>(value).flags = SOLID;
  return value;
}

/** The text `/FD`: something below what stands before it. */
export function belowSuffix(): u32 {
  return known(HOLES + 5, 2);
}

export function blank(): u32 {
  return known(HOLES + 7, 1);
}

export function newline(): u32 {
  return known(HOLES + 8, 1);
}

export function emptyText(): u32 {
  return known(HOLES, 0);
}

// @ts-ignore: decorator
@inline
export function isHole(byte: u8): bool {
  return byte >= BELOW;
}

export function hasHole(pointer: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (isHole(load<u8>(pointer + i))) return true;
  return false;
}

/** Whether a text of the value has one. */
export function hasHoles(value: u32): bool {
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    if (hasHole(text.pointer, text.length)) return true;
  }
  return false;
}

/** A path without the texts that lead elsewhere. */
export function ordinary(value: u32): u32 {
  const count = ordinaryCount(value);
  if (count == changetype<Value>(value).count) return value;
  const copy = changetype<Value>(allocate(offsetof<Value>()));
  memory.copy(changetype<u32>(copy), value, offsetof<Value>());
  copy.count = count;
  copy.flags &= ~(0xff << ELSEWHERE_SHIFT);
  return changetype<u32>(copy);
}

/** The `index`th text of a value. */
// @ts-ignore: decorator
@inline
export function textAt(value: u32, index: u32): Text {
  return changetype<Text>(changetype<Value>(value).texts + index * offsetof<Text>());
}

/** The value's only text when it is a single known one without holes, else null. */
export function knownText(value: u32): Text | null {
  if (value == 0) return null;
  const v = changetype<Value>(value);
  if (v.count != 1 || (v.flags & PERHAPS_NONE) != 0) return null;
  const text = changetype<Text>(v.texts);
  return hasHole(text.pointer, text.length) ? null : text;
}

/** True when nothing is known about the value's text. */
export function isUnknown(value: u32): bool {
  if (value == 0) return false;
  const v = changetype<Value>(value);
  return v.count == 1 && changetype<Text>(v.texts).length == 1 && load<u8>(changetype<Text>(v.texts).pointer) == ANY;
}

/** A value with room for `count` texts, which the caller fills in. */
export function newValue(count: u32): Value {
  const value = changetype<Value>(allocate(offsetof<Value>() + count * offsetof<Text>()));
  value.count = count;
  value.flags = 0;
  value.origin = Origin.None;
  value.texts = changetype<u32>(value) + offsetof<Value>();
  value.carries = 0;
  return value;
}

/** Two byte runs one after the other. */
export function joinBytes(a: u32, aLength: u32, b: u32, bLength: u32, into: Text): void {
  if (bLength == 0) {
    into.pointer = a;
    into.length = aLength;
  } else if (aLength == 0) {
    into.pointer = b;
    into.length = bLength;
  } else if (a + aLength == b) {
    into.pointer = a;
    into.length = aLength + bLength;
  } else if (aLength + bLength > TEXT_MAX) {
    setOverflow();
    into.pointer = HOLES;
    into.length = 1;
  } else {
    const pointer = allocate(aLength + bLength);
    memory.copy(pointer, a, aLength);
    memory.copy(pointer + aLength, b, bLength);
    into.pointer = pointer;
    into.length = aLength + bLength;
  }
}

/** Every text of `a` followed by every text of `b`; none counts as the empty text. */
export function concat(a: u32, b: u32): u32 {
  if (a == 0) return b == 0 ? emptyText() : b;
  if (b == 0) return a;
  const left = changetype<Value>(a);
  const right = changetype<Value>(b);
  const origin = max(left.origin, right.origin);
  if (left.count * right.count > TEXTS_MAX) return unknown(origin);
  const out = newValue(left.count * right.count);
  out.origin = origin;
  out.flags = left.flags & right.flags & SOLID;
  let at: u32 = 0;
  for (let i: u32 = 0; i < left.count; i++) {
    const x = textAt(a, i);
    for (let j: u32 = 0; j < right.count; j++) {
      const y = textAt(b, j);
      joinBytes(x.pointer, x.length, y.pointer, y.length, textAt(changetype<u32>(out), at++));
    }
  }
  return changetype<u32>(out);
}

export function sameBytes(a: u32, aLength: u32, b: u32, bLength: u32): bool {
  return aLength == bLength && memory.compare(a, b, aLength) == 0;
}

/** One of the texts of `a` or of `b`; none on one side makes the other one perhaps none. */
export function union(a: u32, b: u32): u32 {
  if (a == b) return a;
  if (a == 0) return b == 0 ? 0 : withFlags(b, PERHAPS_NONE);
  if (b == 0) return withFlags(a, PERHAPS_NONE);
  const left = changetype<Value>(a);
  const right = changetype<Value>(b);
  const out = newValue(TEXTS_MAX);
  out.origin = max(left.origin, right.origin);
  out.flags = ((left.flags | right.flags) & PERHAPS_NONE) | (left.flags & right.flags & SOLID);
  if (isOpen(a) || isOpen(b)) return openUnion(out);
  let count: u32 = 0;
  for (let side = 0; side < 2; side++) {
    const from = side == 0 ? a : b;
    const texts = changetype<Value>(from).count;
    for (let i: u32 = 0; i < texts; i++) {
      const text = textAt(from, i);
      let found = false;
      for (let j: u32 = 0; j < count; j++) {
        const other = textAt(changetype<u32>(out), j);
        if (sameBytes(text.pointer, text.length, other.pointer, other.length)) {
          found = true;
          break;
        }
      }
      if (found) continue;
      if (count == TEXTS_MAX) return openUnion(out);
      const into = textAt(changetype<u32>(out), count++);
      into.pointer = text.pointer;
      into.length = text.length;
    }
  }
  out.count = count;
  return changetype<u32>(out);
}

/** Whether one of the texts is wholly unknown, which takes in all others. */
function isOpen(value: u32): bool {
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    if (text.length == 1 && load<u8>(text.pointer) == ANY) return true;
  }
  return false;
}

/** Unknown, with the origin of a union that came to be it. */
function openUnion(sides: Value): u32 {
  const all = unknown(sides.origin);
  changetype<Value>(all).flags = sides.flags & PERHAPS_NONE;
  return all;
}

/** The same texts with more flags. */
export function withFlags(value: u32, flags: u32): u32 {
  const from = changetype<Value>(value);
  if ((from.flags & flags) == flags) return value;
  const to = changetype<Value>(allocate(offsetof<Value>()));
  memory.copy(changetype<u32>(to), value, offsetof<Value>());
  to.flags = from.flags | flags;
  return changetype<u32>(to);
}

/** One text of the value as a value of its own, with the same flags and origin. */
export function single(value: u32, index: u32): u32 {
  const from = changetype<Value>(value);
  if (from.count == 1) return value;
  const text = textAt(value, index);
  const out = known(text.pointer, text.length);
  changetype<Value>(out).flags = from.flags & (PERHAPS_NONE | SOLID);
  changetype<Value>(out).origin = from.origin;
  return out;
}

/** Whether a text begins with these bytes of a string constant kept at `prefix`. */
export function startsWith(pointer: u32, length: u32, prefix: u32, prefixLength: u32): bool {
  return length >= prefixLength && memory.compare(pointer, prefix, prefixLength) == 0;
}

// @ts-ignore: decorator
@inline
export function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a;
}

// @ts-ignore: decorator
@inline
export function isGlobCharacter(byte: u8): bool {
  return byte == 0x2a || byte == 0x3f || byte == 0x5b;
}

export { SEGMENT };
