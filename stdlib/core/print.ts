// Texts that commands print: `echo -e` and `printf` on known arguments (docs/meaning.md, section 5).

import { allocate, setOverflow } from "./heap";
import { itemAt, listCount } from "./lists";
import { TEXT_MAX } from "./limits";
import { knownText, unknown } from "./text";
import { known, Origin, Text, Value } from "./value";

/** Writes into one allocation of a bounded size. */
let out: u32 = 0;
let length: u32 = 0;
let capacity: u32 = 0;

function begin(bytes: u32): void {
  capacity = min(bytes, TEXT_MAX);
  out = allocate(capacity);
  length = 0;
}

function put(byte: u8): void {
  if (length == capacity) {
    setOverflow();
    return;
  }
  store<u8>(out + length, byte);
  length++;
}

/** Backslash escapes of `echo -e` and `%b`; an unknown text stays unknown. */
export function decodeEscapes(value: u32): u32 {
  const text = knownText(value);
  if (text === null) return value == 0 ? 0 : unknown(changetype<Value>(value).origin);
  begin(text.length);
  decodeInto(text.pointer, text.length);
  return known(out, length);
}

function decodeInto(pointer: u32, count: u32): void {
  for (let i: u32 = 0; i < count; ) {
    const byte = load<u8>(pointer + i);
    if (byte != 0x5c || i + 1 == count) {
      put(byte);
      i++;
    } else i += escape(pointer + i, count - i);
  }
}

/** One escape at `pointer`, of which `room` bytes are left; answers how many it took. */
function escape(pointer: u32, room: u32): u32 {
  const letter = load<u8>(pointer + 1);
  switch (letter) {
    case 0x6e:
      put(0x0a);
      return 2;
    case 0x74:
      put(0x09);
      return 2;
    case 0x72:
      put(0x0d);
      return 2;
    case 0x61:
      put(0x07);
      return 2;
    case 0x62:
      put(0x08);
      return 2;
    case 0x66:
      put(0x0c);
      return 2;
    case 0x76:
      put(0x0b);
      return 2;
    case 0x65:
      put(0x1b);
      return 2;
    case 0x5c:
    case 0x22:
    case 0x27:
      put(letter);
      return 2;
    case 0x78:
      return digits(pointer, 2, min<u32>(room, 4), 16);
    default:
      if (letter >= 0x30 && letter <= 0x37) return digits(pointer, 1, min<u32>(room, letter == 0x30 ? 5 : 4), 8);
      put(0x5c);
      put(letter);
      return 2;
  }
}

/** Digits of a byte from `from` up to `to`; without any the escape stands for itself. */
function digits(pointer: u32, from: u32, to: u32, base: u32): u32 {
  let value: u32 = 0;
  let at = from;
  for (; at < to; at++) {
    const digit = digitOf(load<u8>(pointer + at));
    if (digit >= base) break;
    value = value * base + digit;
  }
  if (at == from) {
    put(0x5c);
    put(load<u8>(pointer + 1));
    return 2;
  }
  put(<u8>value);
  return at;
}

function digitOf(byte: u8): u32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 99;
}

/** `printf FORMAT ARGS…`: exact for %s, %b, %%, %d of known texts, the format used again while arguments are left. */
export function formatText(format: u32, args: u32): u32 {
  const text = knownText(format);
  const origin = format == 0 ? <u32>Origin.Computed : changetype<Value>(format).origin;
  if (text === null || !allKnown(args)) return unknown(max(origin, Origin.Computed));
  let room = text.length * (listCount(args) + 1);
  for (let i: u32 = 0; i < listCount(args); i++) room += changetype<Text>(changetype<Value>(itemAt(args, i).value).texts).length;
  begin(room);
  let next: u32 = 0;
  do {
    const before = next;
    next = formatOnce(text, args, next);
    if (next == UNKNOWN_FORMAT) return unknown(Origin.Computed);
    if (next == before) break;
  } while (next < listCount(args));
  return known(out, length);
}

const UNKNOWN_FORMAT: u32 = 0xffffffff;

function formatOnce(format: Text, args: u32, first: u32): u32 {
  let next = first;
  for (let i: u32 = 0; i < format.length; ) {
    const byte = load<u8>(format.pointer + i);
    if (byte == 0x5c && i + 1 < format.length) {
      i += escape(format.pointer + i, format.length - i);
      continue;
    }
    if (byte != 0x25 || i + 1 == format.length) {
      put(byte);
      i++;
      continue;
    }
    const letter = load<u8>(format.pointer + i + 1);
    i += 2;
    if (letter == 0x25) {
      put(0x25);
      continue;
    }
    if (letter != 0x73 && letter != 0x62 && letter != 0x64) return UNKNOWN_FORMAT;
    if (next >= listCount(args)) continue;
    const arg = changetype<Text>(changetype<Value>(itemAt(args, next).value).texts);
    next++;
    if (letter == 0x62) decodeInto(arg.pointer, arg.length);
    else for (let j: u32 = 0; j < arg.length; j++) put(load<u8>(arg.pointer + j));
  }
  return next;
}

function allKnown(args: u32): bool {
  for (let i: u32 = 0; i < listCount(args); i++) {
    const item = itemAt(args, i);
    if (item.flags != 0 || knownText(item.value) === null) return false;
  }
  return true;
}

