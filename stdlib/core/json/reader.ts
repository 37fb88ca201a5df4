// A JSON text as a tree of nodes (RFC 8259), read once and strictly: what two readers could take
// differently (duplicate keys, lone surrogates, bytes that are not UTF-8) is malformed.
//
// Strings without an escape are slices of the input; others are decoded into the heap.

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  DOUBLE_QUOTE,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  SPACE,
  TAB,
  ZERO,
  hexValue,
  isDigit,
  writeUtf8,
} from "../characters";
import { commit, heapRoom, heapTop } from "../heap";
import { NODES } from "../layout";
import { JSON_DEPTH_MAX, JSON_NODES_MAX } from "../limits";

export const enum JsonKind {
  Null = 0,
  False = 1,
  True = 2,
  Number = 3,
  String = 4,
  Array = 5,
  Object = 6,
}

/** A value. A container's `pointer` is its first element (0: none) and its `length` their number. */
@unmanaged
class Node {
  kind: i32;
  pointer: u32;
  length: u32;
  /** The next element of the same container, or 0. */
  next: u32;
  keyPointer: u32;
  keyLength: u32;
}

/** Objects with more members than this are checked for duplicate keys by sorting. */
const PAIRWISE_MAX: u32 = 8;

let at: u32 = 0;
let end: u32 = 0;
let nodes: u32 = 0;
let stringPointer: u32 = 0;
let stringLength: u32 = 0;

/** Reads a whole text; false when it is malformed or beyond a limit, and the nodes then mean nothing. */
export function readJson(pointer: u32, length: u32): bool {
  at = pointer;
  end = pointer + length;
  nodes = 0;
  skipSpace();
  if (readValue(0) == 0) return false;
  skipSpace();
  return at == end;
}

/** The root of the last text that was read. */
export function jsonRoot(): u32 {
  return NODES;
}

export function jsonKind(node: u32): i32 {
  return changetype<Node>(node).kind;
}

/** The member of that name, or 0 when there is none or `object` is no object. */
export function jsonMember(object: u32, key: u32, keyLength: u32): u32 {
  if (jsonKind(object) != JsonKind.Object) return 0;
  let node = changetype<Node>(object).pointer;
  while (node != 0) {
    const member = changetype<Node>(node);
    if (member.keyLength == keyLength && memory.compare(member.keyPointer, key, keyLength) == 0) return node;
    node = member.next;
  }
  return 0;
}

/** The decoded text of a string, or the source text of a number. */
export function jsonPointer(node: u32): u32 {
  return changetype<Node>(node).pointer;
}

export function jsonLength(node: u32): u32 {
  return changetype<Node>(node).length;
}

/** The first element of a container, or 0. */
export function jsonFirst(container: u32): u32 {
  return jsonKind(container) < JsonKind.Array ? 0 : changetype<Node>(container).pointer;
}

/** The element after this one, or 0. */
export function jsonNext(node: u32): u32 {
  return changetype<Node>(node).next;
}

export function jsonKeyPointer(node: u32): u32 {
  return changetype<Node>(node).keyPointer;
}

export function jsonKeyLength(node: u32): u32 {
  return changetype<Node>(node).keyLength;
}

/** How many elements a container has. */
export function jsonCount(container: u32): u32 {
  return jsonKind(container) < JsonKind.Array ? 0 : changetype<Node>(container).length;
}

/** The node of the value at `at`, or 0. */
function readValue(depth: u32): u32 {
  if (at == end || nodes == JSON_NODES_MAX) return 0;
  const node = changetype<Node>(NODES + nodes++ * offsetof<Node>());
  node.next = 0;
  node.keyPointer = 0;
  node.keyLength = 0;
  node.pointer = 0;
  node.length = 0;
  const byte: u32 = load<u8>(at);
  let ok = false;
  if (byte == DOUBLE_QUOTE) {
    node.kind = JsonKind.String;
    ok = readString();
    node.pointer = stringPointer;
    node.length = stringLength;
  } else if (byte == OPEN_BRACE) {
    node.kind = JsonKind.Object;
    ok = depth < JSON_DEPTH_MAX && readObject(node, depth + 1);
  } else if (byte == OPEN_BRACKET) {
    node.kind = JsonKind.Array;
    ok = depth < JSON_DEPTH_MAX && readArray(node, depth + 1);
  } else if (byte == MINUS || isDigit(byte)) {
    node.kind = JsonKind.Number;
    node.pointer = at;
    ok = readNumber();
    node.length = at - node.pointer;
  } else {
    ok = readWord(node);
  }
  return ok ? changetype<u32>(node) : 0;
}

/** `null`, `true`, `false`. */
function readWord(node: Node): bool {
  if (end - at < 4) return false;
  const word = load<u32>(at);
  at += 4;
  if (word == 0x6c6c756e) {
    node.kind = JsonKind.Null;
    return true;
  }
  if (word == 0x65757274) {
    node.kind = JsonKind.True;
    return true;
  }
  if (word == 0x736c6166 && at < end && load<u8>(at) == 0x65) {
    at++;
    node.kind = JsonKind.False;
    return true;
  }
  return false;
}

function readArray(array: Node, depth: u32): bool {
  at++;
  skipSpace();
  if (take(CLOSE_BRACKET)) return true;
  let last: u32 = 0;
  while (true) {
    skipSpace();
    const element = readValue(depth);
    if (element == 0) return false;
    append(array, last, element);
    last = element;
    skipSpace();
    if (take(CLOSE_BRACKET)) return true;
    if (!take(COMMA)) return false;
  }
}

function readObject(object: Node, depth: u32): bool {
  at++;
  skipSpace();
  if (take(CLOSE_BRACE)) return true;
  let last: u32 = 0;
  while (true) {
    skipSpace();
    if (at == end || load<u8>(at) != DOUBLE_QUOTE || !readString()) return false;
    const keyPointer = stringPointer;
    const keyLength = stringLength;
    skipSpace();
    if (!take(COLON)) return false;
    skipSpace();
    const member = readValue(depth);
    if (member == 0) return false;
    changetype<Node>(member).keyPointer = keyPointer;
    changetype<Node>(member).keyLength = keyLength;
    append(object, last, member);
    last = member;
    skipSpace();
    if (take(CLOSE_BRACE)) return hasDistinctKeys(object);
    if (!take(COMMA)) return false;
  }
}

function append(container: Node, last: u32, element: u32): void {
  if (last == 0) container.pointer = element;
  else changetype<Node>(last).next = element;
  container.length++;
}

function hasDistinctKeys(object: Node): bool {
  if (PAIRWISE_MAX < object.length) return hasDistinctKeysSorted(object);
  for (let left = object.pointer; left != 0; left = jsonNext(left)) {
    for (let right = jsonNext(left); right != 0; right = jsonNext(right)) {
      if (compareKeys(left, right) == 0) return false;
    }
  }
  return true;
}

/** Heap sort of the members' addresses above the heap's top: its time does not depend on what the keys are. */
function hasDistinctKeysSorted(object: Node): bool {
  const count = object.length;
  const base = heapTop();
  if (heapRoom() < count * 4) return false;
  let slot = base;
  for (let node = object.pointer; node != 0; node = jsonNext(node)) {
    store<u32>(slot, node);
    slot += 4;
  }
  for (let root: i32 = <i32>(count >> 1) - 1; 0 <= root; root--) siftDown(base, <u32>root, count);
  for (let size = count - 1; 0 < size; size--) {
    const greatest = load<u32>(base);
    store<u32>(base, load<u32>(base + size * 4));
    store<u32>(base + size * 4, greatest);
    if (compareKeys(load<u32>(base), greatest) == 0) return false;
    siftDown(base, 0, size);
  }
  for (let index: u32 = 1; index < count; index++) {
    if (compareKeys(load<u32>(base + index * 4 - 4), load<u32>(base + index * 4)) == 0) return false;
  }
  return true;
}

function siftDown(base: u32, start: u32, size: u32): void {
  let root = start;
  const node = load<u32>(base + root * 4);
  while (true) {
    let child = root * 2 + 1;
    if (size <= child) break;
    if (child + 1 < size && compareKeys(load<u32>(base + child * 4), load<u32>(base + child * 4 + 4)) < 0) child++;
    const candidate = load<u32>(base + child * 4);
    if (compareKeys(candidate, node) <= 0) break;
    store<u32>(base + root * 4, candidate);
    root = child;
  }
  store<u32>(base + root * 4, node);
}

/** By length, then by bytes. */
function compareKeys(left: u32, right: u32): i32 {
  const length = jsonKeyLength(left);
  if (length != jsonKeyLength(right)) return length < jsonKeyLength(right) ? -1 : 1;
  return memory.compare(jsonKeyPointer(left), jsonKeyPointer(right), length);
}

function readNumber(): bool {
  if (load<u8>(at) == MINUS) at++;
  if (at == end) return false;
  if (load<u8>(at) == ZERO) at++;
  else if (!skipDigits()) return false;
  if (at < end && load<u8>(at) == DOT) {
    at++;
    if (!skipDigits()) return false;
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    at++;
    if (at < end && (load<u8>(at) == PLUS || load<u8>(at) == MINUS)) at++;
    if (!skipDigits()) return false;
  }
  return true;
}

/** At least one digit. */
function skipDigits(): bool {
  const start = at;
  while (at < end && isDigit(load<u8>(at))) at++;
  return start < at;
}

/** Reads the string at `at` into stringPointer and stringLength. */
function readString(): bool {
  const start = ++at;
  let hasEscape = false;
  while (true) {
    if (at == end) return false;
    const byte: u32 = load<u8>(at);
    if (byte == DOUBLE_QUOTE) break;
    if (byte < SPACE) return false;
    if (byte == BACKSLASH) {
      hasEscape = true;
      // Whatever is escaped is not the end; `decodeString` checks it.
      at += 2;
      if (end < at) return false;
    } else if (byte < 0x80) {
      at++;
    } else if (!skipCharacter(byte)) {
      return false;
    }
  }
  stringPointer = start;
  stringLength = at - start;
  at++;
  return !hasEscape || decodeString(start, at - 1);
}

/** Skips one character of two to four bytes (RFC 3629: no surrogates, no longer form than needed). */
function skipCharacter(lead: u32): bool {
  let rest: u32 = 1;
  let least: u32 = 0x80;
  let most: u32 = 0xbf;
  if (lead < 0xc2) return false;
  if (lead < 0xe0) {
    rest = 1;
  } else if (lead < 0xf0) {
    rest = 2;
    if (lead == 0xe0) least = 0xa0;
    if (lead == 0xed) most = 0x9f;
  } else if (lead < 0xf5) {
    rest = 3;
    if (lead == 0xf0) least = 0x90;
    if (lead == 0xf4) most = 0x8f;
  } else {
    return false;
  }
  if (end - at <= rest) return false;
  const second: u32 = load<u8>(at + 1);
  if (second < least || most < second) return false;
  for (let index: u32 = 2; index <= rest; index++) {
    if ((load<u8>(at + index) & 0xc0) != 0x80) return false;
  }
  at += rest + 1;
  return true;
}

/** Decodes escapes into the heap. The text is never longer than its source. */
function decodeString(start: u32, stop: u32): bool {
  if (heapRoom() < stop - start + 8) return false;
  let from = start;
  const pointer = heapTop();
  let to = pointer;
  while (from < stop) {
    const byte: u32 = load<u8>(from++);
    if (byte != BACKSLASH) {
      store<u8>(to++, <u8>byte);
      continue;
    }
    const escape: u32 = load<u8>(from++);
    if (escape == 0x75) {
      let unit = readUnit(from, stop);
      from += 4;
      if (<u32>0xffff < unit) return false;
      if (unit >= 0xd800 && unit < 0xe000) {
        if (<u32>0xdc00 <= unit || stop - from < 6 || load<u8>(from) != BACKSLASH || load<u8>(from + 1) != 0x75)
          return false;
        const low = readUnit(from + 2, stop);
        if (low < 0xdc00 || <u32>0xe000 <= low) return false;
        from += 6;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      }
      to = writeUtf8(to, unit);
    } else {
      const plain = unescape(escape);
      if (plain == 0) return false;
      store<u8>(to++, <u8>plain);
    }
  }
  commit(to);
  stringPointer = pointer;
  stringLength = to - pointer;
  return true;
}

/** Four hexadecimal digits, or a number above 0xffff. */
function readUnit(from: u32, stop: u32): u32 {
  if (stop - from < 4) return 0x10000;
  let unit: u32 = 0;
  for (let index: u32 = 0; index < 4; index++) {
    const digit = hexValue(load<u8>(from + index));
    if (<u32>15 < digit) return 0x10000;
    unit = (unit << 4) | digit;
  }
  return unit;
}

/** What a one-letter escape stands for, or 0. */
function unescape(letter: u32): u32 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}

function skipSpace(): void {
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte != SPACE && byte != NEWLINE && byte != 13 && byte != TAB) break;
    at++;
  }
}

function take(byte: u32): bool {
  if (at == end || load<u8>(at) != byte) return false;
  at++;
  return true;
}
