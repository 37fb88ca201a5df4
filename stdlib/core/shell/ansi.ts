// `$'…'`: a quoted text with the escapes of C, decoded as bash does it.

import {
  BACKSLASH,
  CLOSE_BRACE,
  DOUBLE_QUOTE,
  OPEN_BRACE,
  QUESTION,
  SINGLE_QUOTE,
  ZERO,
  hexValue,
  writeUtf8,
} from "../characters";
import { allocate } from "../heap";
import { Kind, QUOTED } from "./events";
import { fail, source } from "./source";
import { open } from "./tree";

/** The last Unicode character; what bash writes for larger ones depends on its version. */
const CHARACTER_MAX: u32 = 0x10ffff;

let readAt: u32 = 0;

/** What follows `$'`, and the closing quote; one Text. */
export function parseAnsiQuotes(start: u32): void {
  const state = source();
  let at = start;
  let hasEscape = false;
  while (at < state.end && load<u8>(at) != SINGLE_QUOTE) {
    if (load<u8>(at) == BACKSLASH) {
      hasEscape = true;
      at++;
    }
    at++;
  }
  if (state.end <= at) {
    fail();
    return;
  }
  if (hasEscape) decode(start, at);
  else open(Kind.Text, QUOTED, 0, start, at - start);
  state.at = state.failed ? state.end : at + 1;
}

/** No escape is longer decoded than written. A zero byte ends the text: what follows is lost. */
function decode(from: u32, end: u32): void {
  const text = allocate(end - from + 8);
  let to = text;
  let at = from;
  while (at < end) {
    const byte: u32 = load<u8>(at++);
    if (byte != BACKSLASH) {
      store<u8>(to++, <u8>byte);
      continue;
    }
    readAt = at;
    const next = decodeEscape(to, end);
    if (next == 0) break;
    to = next;
    at = readAt;
  }
  open(Kind.Text, QUOTED, 0, text, to - text);
}

/** Decodes the escape whose letter stands at `readAt`; the end of what was written, or 0 for a zero byte. */
function decodeEscape(to: u32, end: u32): u32 {
  const letter: u32 = load<u8>(readAt++);
  switch (letter) {
    case 0x61:
      return put(to, 7);
    case 0x62:
      return put(to, 8);
    case 0x65:
    case 0x45:
      return put(to, 27);
    case 0x66:
      return put(to, 12);
    case 0x6e:
      return put(to, 10);
    case 0x72:
      return put(to, 13);
    case 0x74:
      return put(to, 9);
    case 0x76:
      return put(to, 11);
    case BACKSLASH:
    case SINGLE_QUOTE:
    case DOUBLE_QUOTE:
    case QUESTION:
      return put(to, letter);
    case 0x78:
      return decodeHex(to, end);
    case 0x75:
      return decodeUnicode(to, end, letter, 4);
    case 0x55:
      return decodeUnicode(to, end, letter, 8);
    case 0x63:
      return decodeControl(to, end);
    default:
      break;
  }
  if (letter - ZERO < 8) {
    readAt--;
    return put(to, readDigits(end, 8, 3));
  }
  return putLiteral(to, letter);
}

function put(to: u32, byte: u32): u32 {
  if ((byte & 0xff) == 0) return 0;
  store<u8>(to, <u8>byte);
  return to + 1;
}

/** An escape that is none stays as it is written. */
function putLiteral(to: u32, letter: u32): u32 {
  store<u8>(to, BACKSLASH);
  store<u8>(to + 1, <u8>letter);
  return to + 2;
}

/** Up to `most` digits from `readAt` on; larger values than 32 bits keep the low ones. */
function readDigits(end: u32, base: u32, most: u32): u32 {
  let value: u32 = 0;
  for (let left = most; 0 < left && readAt < end; left--) {
    const digit = hexValue(load<u8>(readAt));
    if (base <= digit) break;
    value = value * base + digit;
    readAt++;
  }
  return value;
}

function decodeHex(to: u32, end: u32): u32 {
  if (readAt < end && load<u8>(readAt) == OPEN_BRACE) {
    readAt++;
    const value = readDigits(end, 16, 0xffffffff);
    if (readAt < end && load<u8>(readAt) == CLOSE_BRACE) readAt++;
    return put(to, value);
  }
  const start = readAt;
  const value = readDigits(end, 16, 2);
  return readAt == start ? putLiteral(to, 0x78) : put(to, value);
}

function decodeUnicode(to: u32, end: u32, letter: u32, most: u32): u32 {
  const start = readAt;
  const value = readDigits(end, 16, most);
  if (readAt == start) return putLiteral(to, letter);
  if (value == 0) return 0;
  if (CHARACTER_MAX < value) {
    fail();
    return to;
  }
  return writeUtf8(to, value);
}

function decodeControl(to: u32, end: u32): u32 {
  if (readAt == end) return putLiteral(to, 0x63);
  const byte: u32 = load<u8>(readAt++);
  if (byte == BACKSLASH && readAt < end && load<u8>(readAt) == BACKSLASH) readAt++;
  if (byte == QUESTION) return put(to, 0x7f);
  const upper = byte - 0x61 < 26 ? byte - 0x20 : byte;
  return put(to, upper & 0x1f);
}
