// Paths: making them absolute, and comparing them component by component (docs/meaning.md, section 7).

import { commit, heapRoom, heapTop, setOverflow } from "./heap";
import { TEXT_MAX } from "./limits";
import { ANY, BELOW, MAYBE, NO, ordinaryCount, PERHAPS_NONE, REMOTE, SEGMENT, Text, Value, YES } from "./value";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/** `/` FF, and the same on another host. */
const UNKNOWN_PATH: u32 = <u32>memory.data<u8>([0x2f, 0xff]);
const UNKNOWN_REMOTE: u32 = <u32>memory.data<u8>([0x01, 0x2f, 0xff]);

let outPointer: u32 = 0;
let outLength: u32 = 0;
let outTrusted: u32 = 0;

/** The bytes that `normalise` gave. */
export function resultPointer(): u32 {
  return outPointer;
}

export function resultLength(): u32 {
  return outLength;
}

/** How many of them are free of links. */
export function resultTrusted(): u32 {
  return outTrusted;
}

/**
 * Makes `path` absolute against a directory of which the first `trusted` bytes are free of links.
 * `byText` takes `..` by text, as `cd` does.
 */
export function normalise(directory: u32, directoryLength: u32, trusted: u32, path: u32, length: u32, byText: bool): void {
  let remote = directoryLength > 0 && load<u8>(directory) == REMOTE;
  if (length > 0 && load<u8>(path) == REMOTE) {
    remote = true;
    directoryLength = 0;
    path++;
    length--;
  }
  const absolute = length > 0 && load<u8>(path) == SLASH;
  if (absolute && !remote && isClean(path, length)) {
    outPointer = path;
    outLength = length;
    outTrusted = 0;
    return;
  }
  if (length + directoryLength > TEXT_MAX || heapRoom() < length + directoryLength + 8) {
    setOverflow();
    outPointer = remote ? UNKNOWN_REMOTE : UNKNOWN_PATH;
    outLength = remote ? 3 : 2;
    outTrusted = 0;
    return;
  }
  begin = heapTop();
  if (remote) store<u8>(begin++, REMOTE);
  end = begin;
  free = 0;
  if (!absolute) enterDirectory(directory, directoryLength, remote ? 0 : trusted);
  walk(path, length, byText);

  if (end == begin) store<u8>(end++, SLASH);
  outPointer = heapTop();
  outLength = end - outPointer;
  outTrusted = free;
  commit(end);
}

/** An absolute path that is its own normal form. */
function isClean(path: u32, length: u32): bool {
  if (length == 1) return true;
  let before: u8 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(path + i);
    if (byte == ANY || (before == SLASH && (byte == SLASH || byte == DOT))) return false;
    before = byte;
  }
  return before != SLASH;
}

// The path under construction: its components, each after a `/`, from `begin` to `end`; the first `free`
// bytes of them are free of links.
let begin: u32 = 0;
let end: u32 = 0;
let free: u32 = 0;

function enterDirectory(directory: u32, length: u32, trusted: u32): void {
  if (length > 0 && load<u8>(directory) == REMOTE) {
    directory++;
    length--;
  }
  if (length == 0 || load<u8>(directory) != SLASH) {
    forget();
    return;
  }
  if (length == 1) return;
  memory.copy(end, directory, length);
  end += length;
  free = min(trusted, length);
}

/** Everything so far becomes `/FF`. */
function forget(): void {
  store<u8>(begin, SLASH);
  store<u8>(begin + 1, ANY);
  end = begin + 2;
  free = 0;
}

function walk(path: u32, length: u32, byText: bool): void {
  let at: u32 = 0;
  while (at < length) {
    if (load<u8>(path + at) == SLASH) {
      at++;
      continue;
    }
    let stop = at;
    let any: u32 = 0;
    let segments: u32 = 0;
    let dots: u32 = 0;
    while (stop < length) {
      const byte = load<u8>(path + stop);
      if (byte == SLASH) break;
      stop++;
      if (byte == ANY) any = stop;
      else if (byte == SEGMENT) segments++;
      else if (byte == DOT) dots++;
    }
    const bytes = stop - at;
    if (any != 0) {
      forget();
      append(path + any, stop - any);
    } else if (dots + segments == bytes && load<u8>(path + at) == DOT && (segments > 0 || dots <= 2)) {
      if (segments > 0) forget();
      else if (dots == 2) leave(byText);
    } else {
      store<u8>(end++, SLASH);
      append(path + at, bytes);
    }
    at = stop;
  }
}

function append(pointer: u32, length: u32): void {
  memory.copy(end, pointer, length);
  end += length;
}

/** Takes `..`. */
function leave(byText: bool): void {
  if (end == begin) return;
  if (!byText && end - begin > free) {
    forget();
    return;
  }
  let at = end - 1;
  let wide = false;
  while (load<u8>(at) != SLASH) {
    const byte = load<u8>(at);
    if (byte == ANY || byte == BELOW) wide = true;
    at--;
  }
  // A component that may be several leaves nothing that is sure.
  if (wide) {
    forget();
    return;
  }
  end = at;
  free = min(free, end - begin);
}

/** Whether a name in the path is unknown: it may lead elsewhere, or the last component of each text begins with something unknown. */
export function hasOpenName(value: u32): bool {
  if (value == 0) return false;
  const v = changetype<Value>(value);
  if (ordinaryCount(value) != v.count) return true;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = changetype<Text>(v.texts + i * offsetof<Text>());
    let at = text.length;
    while (at > 0 && load<u8>(text.pointer + at - 1) != SLASH) at--;
    if (at == text.length || load<u8>(text.pointer + at) < BELOW) return false;
  }
  return v.count > 0;
}

// ---------------------------------------------------------------- comparing

/** Strictly below one text of `base`. */
export function under(value: u32, base: u32): i32 {
  return compareAll(value, base, 0);
}

/** The value is the target, an ancestor of it, or a glob that reaches it. */
export function covers(value: u32, target: u32): i32 {
  return compareAll(value, target, 1);
}

/** Both texts are equal. */
export function same(a: u32, b: u32): i32 {
  return compareAll(a, b, 2);
}

function compareAll(a: u32, b: u32, how: u32): i32 {
  if (a == 0 || b == 0) return NO;
  const left = changetype<Value>(a);
  const right = changetype<Value>(b);
  if (left.count == 0 || right.count == 0) return NO;
  let answer: i32 = -1;
  for (let i: u32 = 0; i < left.count; i++) {
    const x = changetype<Text>(left.texts + i * offsetof<Text>());
    for (let j: u32 = 0; j < right.count; j++) {
      const y = changetype<Text>(right.texts + j * offsetof<Text>());
      const one = how == 0 ? underText(x, y) : how == 1 ? coversText(x, y) : sameText(x, y);
      answer = answer < 0 || answer == one ? one : MAYBE;
    }
  }
  return answer == YES && ((left.flags | right.flags) & PERHAPS_NONE) != 0 ? MAYBE : answer;
}

// The component that `nextComponent` found.
let componentStart: u32 = 0;
let componentEnd: u32 = 0;

/** Finds the next component at or after `at`, `.` left out. False at the end. */
function nextComponent(at: u32, limit: u32): bool {
  while (at < limit) {
    if (load<u8>(at) == SLASH) {
      at++;
      continue;
    }
    let stop = at;
    while (stop < limit && load<u8>(stop) != SLASH) stop++;
    if (stop - at != 1 || load<u8>(at) != DOT) {
      componentStart = at;
      componentEnd = stop;
      return true;
    }
    at = stop;
  }
  componentStart = limit;
  componentEnd = limit;
  return false;
}

/** What two paths are before their components are looked at: NO or MAYBE ends the comparison, YES goes on. */
function comparable(x: Text, y: Text): i32 {
  const xFirst: u8 = x.length > 0 ? load<u8>(x.pointer) : 0;
  const yFirst: u8 = y.length > 0 ? load<u8>(y.pointer) : 0;
  if ((xFirst == REMOTE) != (yFirst == REMOTE)) return NO;
  if (xFirst >= BELOW || yFirst >= BELOW) return MAYBE;
  return (xFirst == SLASH) == (yFirst == SLASH) ? YES : NO;
}

function underText(path: Text, base: Text): i32 {
  const start = comparable(path, base);
  if (start != YES) return start;
  const skip: u32 = load<u8>(path.pointer) == REMOTE ? 1 : 0;
  let at = path.pointer + skip;
  const limit = path.pointer + path.length;
  let baseAt = base.pointer + skip;
  const baseLimit = base.pointer + base.length;
  let answer = YES;
  while (nextComponent(baseAt, baseLimit)) {
    const b = componentStart;
    const bEnd = componentEnd;
    baseAt = bEnd;
    if (!nextComponent(at, limit)) return NO;
    at = componentEnd;
    const one = sameComponent(componentStart, componentEnd, b, bEnd);
    if (one == WIDE) return MAYBE;
    if (one == NO) return NO;
    answer = min(answer, one);
  }
  if (!nextComponent(at, limit)) return NO;
  // What follows may be nothing, or lead out again.
  return isWide(componentStart, componentEnd, false) ? MAYBE : answer;
}

function coversText(path: Text, target: Text): i32 {
  const start = comparable(path, target);
  if (start != YES) return start;
  const skip: u32 = load<u8>(path.pointer) == REMOTE ? 1 : 0;
  let at = path.pointer + skip;
  const limit = path.pointer + path.length;
  let targetAt = target.pointer + skip;
  const targetLimit = target.pointer + target.length;
  let answer = YES;
  while (nextComponent(at, limit)) {
    const p = componentStart;
    const pEnd = componentEnd;
    at = pEnd;
    if (isWide(p, pEnd, false)) return MAYBE;
    if (!nextComponent(targetAt, targetLimit)) return NO;
    targetAt = componentEnd;
    if (isWide(componentStart, componentEnd, true)) return MAYBE;
    if (isWide(p, pEnd, true)) return answer;
    if (hasSegment(componentStart, componentEnd)) {
      if (sameComponent(componentStart, componentEnd, p, pEnd) == NO) return NO;
      answer = MAYBE;
    } else if (sameComponent(p, pEnd, componentStart, componentEnd) == NO) {
      return NO;
    }
  }
  return answer;
}

/** True when the component holds a hole that may be several components, or lead out of them. */
function isWide(from: u32, to: u32, below: bool): bool {
  if (to - from == 2 && load<u16>(from) == 0x2e2e) return true;
  for (; from < to; from++) {
    const byte = load<u8>(from);
    if (byte == ANY || (below && byte == BELOW)) return true;
  }
  return false;
}

function hasSegment(from: u32, to: u32): bool {
  for (; from < to; from++) if (load<u8>(from) == SEGMENT) return true;
  return false;
}

/** Another answer of `sameComponent`: one of them may be several components. */
const WIDE: i32 = 3;

/** Whether two components are equal; MAYBE when a segment hole of one could be what the other has. */
function sameComponent(a: u32, aEnd: u32, b: u32, bEnd: u32): i32 {
  if (isWide(a, aEnd, true) || isWide(b, bEnd, true)) return WIDE;
  const inA = hasSegment(a, aEnd);
  const inB = hasSegment(b, bEnd);
  if (inA && inB) return MAYBE;
  if (inA) return globFits(a, aEnd, b, bEnd) ? MAYBE : NO;
  if (inB) return globFits(b, bEnd, a, aEnd) ? MAYBE : NO;
  return aEnd - a == bEnd - b && memory.compare(a, b, aEnd - a) == 0 ? YES : NO;
}

/** Whether a component with segment holes can be the known one. Each literal is taken at its first place. */
function globFits(glob: u32, globEnd: u32, text: u32, textEnd: u32): bool {
  // A name that a glob begins does not begin with a dot.
  if (load<u8>(glob) == SEGMENT && load<u8>(text) == DOT) return false;
  let retry: u32 = 0;
  let retryText: u32 = 0;
  while (text < textEnd) {
    if (glob < globEnd && load<u8>(glob) == SEGMENT) {
      retry = ++glob;
      retryText = text;
    } else if (glob < globEnd && load<u8>(glob) == load<u8>(text)) {
      glob++;
      text++;
    } else if (retry != 0) {
      glob = retry;
      text = ++retryText;
    } else {
      return false;
    }
  }
  while (glob < globEnd && load<u8>(glob) == SEGMENT) glob++;
  return glob == globEnd;
}

/** Equal without holes; with one, maybe unless what stands before the first or after the last hole differs. */
function sameText(a: Text, b: Text): i32 {
  const length = min(a.length, b.length);
  for (let i: u32 = 0; i < length; i++) {
    const x = load<u8>(a.pointer + i);
    const y = load<u8>(b.pointer + i);
    if (x >= BELOW || y >= BELOW) return sameEnds(a, b);
    if (x != y) return NO;
  }
  if (a.length == b.length) return YES;
  const longer = a.length > b.length ? a : b;
  return load<u8>(longer.pointer + length) >= BELOW ? sameEnds(a, b) : NO;
}

/** One of them has a hole: whether they agree from the end up to it. */
function sameEnds(a: Text, b: Text): i32 {
  const length = min(a.length, b.length);
  for (let i: u32 = 1; i <= length; i++) {
    const x = load<u8>(a.pointer + a.length - i);
    const y = load<u8>(b.pointer + b.length - i);
    if (x >= BELOW || y >= BELOW) return MAYBE;
    if (x != y) return NO;
  }
  if (a.length == b.length) return MAYBE;
  const longer = a.length > b.length ? a : b;
  return load<u8>(longer.pointer + longer.length - length - 1) >= BELOW ? MAYBE : NO;
}
