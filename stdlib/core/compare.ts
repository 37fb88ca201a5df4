// Questions that any value answers: is it none, is it true, how does its number compare.
//
// Decimal numbers are compared as text, of any length and with any exponent, without arithmetic on their values.

import { BELOW, Item, List, MAYBE, NO, PERHAPS_NONE, SPLAT, Text, UNSURE, Value, YES } from "./value";

/** The order of the operators in compiler/wasm/conditions.ts. */
const LESS: i32 = 0;
const LESS_EQUAL: i32 = 1;
const GREATER: i32 = 2;
const GREATER_EQUAL: i32 = 3;

/** A decimal number: sign × 0.d₁d₂d₃… × 10^magnitude, where d₁ is not zero. */
@unmanaged
class Decimal {
  /** First and one after the last significant byte; a point may stand between them. */
  from: u32;
  to: u32;
  /** −1, 0, 1. */
  sign: i32;
  padding: u32;
  magnitude: i64;
}

const LEFT: u32 = <u32>memory.data(24, 8);
const RIGHT: u32 = <u32>memory.data(24, 8);
/** An exponent beyond this is as good as infinite, far beyond what any text can have as digits. */
const EXPONENT_MAX: i64 = 1 << 40;

/** Whether the value's number stands in the relation to `number`; what is no number: maybe when it has holes, else no. */
export function compare(value: u32, operator: i32, number: u32, numberLength: u32): i32 {
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  if (v.count == 0 || !readDecimal(number, numberLength, changetype<Decimal>(RIGHT))) return NO;
  let answer: i32 = -1;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = changetype<Text>(v.texts + i * offsetof<Text>());
    const one = compareText(text, operator);
    answer = answer < 0 || answer == one ? one : MAYBE;
  }
  return answer == YES && (v.flags & PERHAPS_NONE) != 0 ? MAYBE : answer;
}

/** Whether the value is none. */
export function absent(value: u32): i32 {
  if (value == 0 || changetype<Value>(value).count == 0) return YES;
  return (changetype<Value>(value).flags & PERHAPS_NONE) != 0 ? MAYBE : NO;
}

/** Whether a list is empty. */
export function absentList(list: u32): i32 {
  if (list == 0) return YES;
  const l = changetype<List>(list);
  for (let i: u32 = 0; i < l.count; i++) {
    const item = changetype<Item>(l.items + i * offsetof<Item>());
    const mayMiss = item.value != 0 && (changetype<Value>(item.value).flags & PERHAPS_NONE) != 0;
    if ((item.flags & (SPLAT | UNSURE)) == 0 && !mayMiss) return NO;
  }
  return l.count == 0 ? YES : MAYBE;
}

/** Whether the value is the text `true`. */
export function truth(value: u32): i32 {
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  let answer: i32 = v.count == 0 ? NO : -1;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = changetype<Text>(v.texts + i * offsetof<Text>());
    const isTrue = text.length == 4 && load<u32>(text.pointer) == 0x65757274;
    const one = isTrue ? YES : hasHole(text) ? MAYBE : NO;
    answer = answer < 0 || answer == one ? one : MAYBE;
  }
  return answer == YES && (v.flags & PERHAPS_NONE) != 0 ? MAYBE : answer;
}

function compareText(text: Text, operator: i32): i32 {
  if (!readDecimal(text.pointer, text.length, changetype<Decimal>(LEFT))) return hasHole(text) ? MAYBE : NO;
  const order = orderOf(changetype<Decimal>(LEFT), changetype<Decimal>(RIGHT));
  const holds =
    operator == LESS ? order < 0
    : operator == LESS_EQUAL ? order <= 0
    : operator == GREATER ? order > 0
    : operator == GREATER_EQUAL ? order >= 0
    : order == 0;
  return holds ? YES : NO;
}

function hasHole(text: Text): bool {
  for (let i: u32 = 0; i < text.length; i++) if (load<u8>(text.pointer + i) >= BELOW) return true;
  return false;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return byte - 0x30 < 10;
}

/** Reads an optional sign, digits with at most one point, and an optional exponent; false when the text is anything else. */
function readDecimal(pointer: u32, length: u32, into: Decimal): bool {
  let at = pointer;
  const end = pointer + length;
  let sign = 1;
  if (at < end && (load<u8>(at) == 0x2d || load<u8>(at) == 0x2b)) {
    if (load<u8>(at) == 0x2d) sign = -1;
    at++;
  }
  let digits: u32 = 0;
  // Digits before the point, and zeros after it, that lie before the first significant digit do not count.
  let magnitude: i64 = 0;
  let from: u32 = 0;
  let to: u32 = 0;
  let afterPoint = false;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x2e && !afterPoint) {
      afterPoint = true;
      continue;
    }
    if (!isDigit(byte)) break;
    digits++;
    if (byte != 0x30) {
      if (from == 0) from = at;
      to = at + 1;
    }
    if (from != 0 && !afterPoint) magnitude++;
    if (from == 0 && afterPoint) magnitude--;
  }
  if (digits == 0) return false;
  if (at < end) {
    if ((load<u8>(at) | 0x20) != 0x65) return false;
    at++;
    let negative = false;
    if (at < end && (load<u8>(at) == 0x2d || load<u8>(at) == 0x2b)) {
      negative = load<u8>(at) == 0x2d;
      at++;
    }
    if (at == end) return false;
    let exponent: i64 = 0;
    for (; at < end; at++) {
      if (!isDigit(load<u8>(at))) return false;
      exponent = min(EXPONENT_MAX, exponent * 10 + <i64>(load<u8>(at) - 0x30));
    }
    magnitude += negative ? -exponent : exponent;
  }
  into.from = from;
  into.to = to;
  into.sign = from == 0 ? 0 : sign;
  into.magnitude = magnitude;
  return true;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
function orderOf(a: Decimal, b: Decimal): i32 {
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  if (a.sign == 0) return 0;
  if (a.magnitude != b.magnitude) return a.magnitude < b.magnitude ? -a.sign : a.sign;
  let x = a.from;
  let y = b.from;
  while (x < a.to || y < b.to) {
    if (x < a.to && load<u8>(x) == 0x2e) x++;
    if (y < b.to && load<u8>(y) == 0x2e) y++;
    const left: i32 = x < a.to ? load<u8>(x) : 0x30;
    const right: i32 = y < b.to ? load<u8>(y) : 0x30;
    if (left != right) return left < right ? -a.sign : a.sign;
    x++;
    y++;
  }
  return 0;
}
