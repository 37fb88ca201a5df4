// Brace expansion: `{a,b}` and `{1..9}`. Each `{` is opened as if it were one; until its end is found the
// event holds: a: its place, b: the current Alternative, aux: the commas so far, flags: see below, end: the
// Brace around it. One that turns out to be literal is flattened, so that no text is read twice.

import { COMMA, DOT, MINUS, PLUS, SLASH, ZERO, isDigit, isName } from "../characters";
import { allocate } from "../heap";
import { BRACES_MAX } from "../limits";
import { Kind, event } from "./events";
import { byteAt, fail, isBreak, source } from "./source";
import { close, cut, eventCount, flatten, isLiteral, open } from "./tree";

/** A `..` that could make it a sequence was seen. */
export const DOTS: u8 = 1;
/** What stands before it would take in the text that brace expansion puts behind it. */
export const DANGLING_BEFORE: u8 = 2;
/** The same at the end of an alternative: an unbraced variable, a lone `$`, a `~user`. */
export const DANGLING_NAME: u8 = 4;
export const DANGLING_DOLLAR: u8 = 8;
export const DANGLING_TILDE: u8 = 16;
/** A tilde was expanded inside. */
export const HAS_TILDE: u8 = 32;
/** Its alternatives stand at the start of the word. */
export const AT_START: u8 = 64;

/** Braces within braces; deeper ones would make flattening slow, and nobody writes them. */
const NESTING_MAX: u32 = 16;
/** Digits of a sequence's number: all such numbers fit in 64 bits. */
const DIGITS_MAX: u32 = 15;

export function openBrace(at: u32, outer: u32, flags: u8): u32 {
  const brace = open(Kind.Brace, flags, 0, at, 0);
  event(brace).end = outer;
  event(brace).b = open(Kind.Alternative, 0, 0, at, 0);
  return brace;
}

/** True when `brace` and those around it are as many as there may be. */
export function isTooDeep(brace: u32): bool {
  let depth: u32 = 0;
  for (let index = brace; index != 0; index = event(index).end) depth++;
  return NESTING_MAX <= depth;
}

/** A comma at `at`. */
export function nextAlternative(brace: u32, at: u32): void {
  const node = event(brace);
  close(node.b);
  node.b = open(Kind.Alternative, 0, 0, at, 0);
  if (node.aux == 0xffff) fail();
  node.aux++;
}

/** The brace is literal after all: so are its commas. */
export function flattenBrace(brace: u32): void {
  const node = event(brace);
  // A tilde behind a literal brace is literal too.
  if ((node.flags & HAS_TILDE) != 0) fail();
  close(node.b);
  const start = node.a;
  let alternative = brace + 1;
  for (let left: u32 = <u32>node.aux + 1; 0 < left && !source().failed; left--) {
    const next = event(alternative).end;
    flatten(alternative, Kind.Text, event(alternative).a, alternative == brace + 1 ? 0 : 1);
    alternative = next;
  }
  flatten(brace, Kind.Text, start, 1);
}

/** Ends a brace that has a comma or `..` at the `}` where the source stands; false when it is literal. */
export function closeBrace(brace: u32): bool {
  const node = event(brace);
  const at = source().at;
  const commas: u32 = node.aux;
  const flags = node.flags;
  if (commas == 0) {
    const kind = expandSequence(brace, node.a + 1, at);
    if (kind == NO_SEQUENCE) {
      // Any comma, even a quoted one, would make bash drop the braces.
      if (hasComma(node.a + 1, at)) fail();
      else flattenBrace(brace);
      return false;
    }
  } else {
    close(node.b);
    if (BRACES_MAX <= commas) {
      if (!isLiteral(brace)) fail();
      cut(brace + 1);
    }
  }
  if ((flags & DANGLING_BEFORE) != 0) fail();
  const next = byteAt(at + 1);
  if ((flags & DANGLING_NAME) != 0 && isName(next)) fail();
  if ((flags & DANGLING_DOLLAR) != 0 && !isBreak(at + 1)) fail();
  if ((flags & DANGLING_TILDE) != 0 && next != SLASH && !isBreak(at + 1)) fail();
  const outer = node.end;
  if (outer != 0) event(outer).flags |= flags & HAS_TILDE;
  node.aux = eventCount() == brace + 1 ? 1 : 0;
  node.flags = 0;
  node.b = at + 1 - node.a;
  close(brace);
  return true;
}

const NO_SEQUENCE: u32 = 0;
const SEQUENCE: u32 = 1;

let numberValue: i64 = 0;

/** `1..9`, `a..e`, each perhaps with `..` and a step; emits its Alternatives in place of what was read. */
function expandSequence(brace: u32, from: u32, to: u32): u32 {
  const first = findDots(from, to);
  if (first == to) return NO_SEQUENCE;
  const second = findDots(first + 2, to);
  const last = second;
  let step: i64 = 1;
  if (second != to) {
    if (!readNumber(second + 2, to)) return NO_SEQUENCE;
    step = numberValue;
  }
  const isLetters = isLetter(from, first) && isLetter(first + 2, last);
  let start: i64 = 0;
  let stop: i64 = 0;
  let width: u32 = 0;
  if (isLetters) {
    start = load<u8>(from);
    stop = load<u8>(first + 2);
    // Between the upper and the lower case lie bytes that quote.
    if (((<u32>start ^ <u32>stop) & 0x20) != 0) fail();
  } else {
    if (!readNumber(from, first)) return NO_SEQUENCE;
    start = numberValue;
    if (!readNumber(first + 2, last)) return NO_SEQUENCE;
    stop = numberValue;
    if (isPadded(from, first) || isPadded(first + 2, last)) width = max(first - from, last - first - 2);
  }
  if (step == 0) step = 1;
  if (step < 0) step = -step;
  cut(brace + 1);
  const count = (start < stop ? stop - start : start - stop) / step + 1;
  if (count <= <i64>BRACES_MAX) {
    if (stop < start) step = -step;
    for (let index: i64 = 0; index < count; index++) {
      const alternative = open(Kind.Alternative, 0, 0, from, to - from);
      emitElement(start + index * step, isLetters, width);
      close(alternative);
    }
  }
  return SEQUENCE;
}

/** The first `..` in a range, or its end. */
function findDots(from: u32, to: u32): u32 {
  for (let at = from; at + 1 < to; at++) {
    if (load<u8>(at) == DOT && load<u8>(at + 1) == DOT) return at;
  }
  return to;
}

function isLetter(from: u32, to: u32): bool {
  return to - from == 1 && (<u32>load<u8>(from) | 0x20) - 0x61 < 26;
}

/** A decimal number with an optional sign; one too long to read fails closed. */
function readNumber(from: u32, to: u32): bool {
  let at = from;
  const sign: u32 = from < to ? <u32>load<u8>(from) : 0;
  if (sign == MINUS || sign == PLUS) at++;
  if (to <= at) return false;
  let value: i64 = 0;
  const digits = at;
  for (; at < to; at++) {
    const byte: u32 = load<u8>(at);
    if (!isDigit(byte)) return false;
    if (at - digits < DIGITS_MAX) value = value * 10 + <i64>(byte - ZERO);
  }
  if (DIGITS_MAX < to - digits) fail();
  numberValue = sign == MINUS ? -value : value;
  return true;
}

/** `01` or `-01`: all numbers get the longer one's width. */
function isPadded(from: u32, to: u32): bool {
  const length = to - from;
  if (1 < length && load<u8>(from) == ZERO) return true;
  return length > 2 && load<u8>(from) == MINUS && load<u8>(from + 1) == ZERO;
}

function emitElement(value: i64, isLetters: bool, width: u32): void {
  const text = allocate(32);
  if (isLetters) {
    store<u8>(text, <u8>value);
    open(Kind.Text, 0, 0, text, 1);
    return;
  }
  // Digits from the last one on, before the end of the room.
  let at = text + 32;
  let rest = value < 0 ? -value : value;
  do {
    store<u8>(--at, <u8>(<i64>ZERO + (rest % 10)));
    rest /= 10;
  } while (rest != 0);
  const sign: u32 = value < 0 ? 1 : 0;
  while (text + 32 - at + sign < width && text + 1 < at) store<u8>(--at, <u8>ZERO);
  if (sign == 1) store<u8>(--at, <u8>MINUS);
  open(Kind.Text, 0, 0, at, text + 32 - at);
}

function hasComma(from: u32, to: u32): bool {
  for (let at = from; at < to; at++) {
    if (load<u8>(at) == COMMA) return true;
  }
  return false;
}
