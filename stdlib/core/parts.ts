// Parts of paths and URLs.
//
// URLs are split as the WHATWG URL Standard splits special ones (section 4.4), made stricter where programs
// disagree: an authority with a hole, a backslash, a percent sign, a blank or a byte beyond ASCII names an
// unknown host. A text without a scheme is read as curl and scp read it: a host, then `:` or `/`.

import { allocate, commit, heapRoom, heapTop, setOverflow } from "./heap";
import { holeAt } from "./match";
import { ipv4, readIpv4 } from "./network";
import { ANY, BELOW, PERHAPS_NONE, SOLID, Text, Value } from "./value";

/** In the order of `Part` in compiler/ir/ir.ts. */
const NAME: i32 = 0;
const DIR: i32 = 1;
const EXTENSION: i32 = 2;
const SCHEME: i32 = 3;
const HOST: i32 = 4;
const PORT: i32 = 5;
const PATH: i32 = 6;

/** FF, FE, `/`, `/` FF, `.`. */
const CONSTANTS: u32 = <u32>memory.data<u8>([0xff, 0xfe, 0x2f, 0x2f, 0xff, 0x2e]);
const UNKNOWN: u32 = CONSTANTS;
const SOME: u32 = CONSTANTS + 1;
const ROOT: u32 = CONSTANTS + 2;
const BELOW_ROOT: u32 = CONSTANTS + 3;
const HERE: u32 = CONSTANTS + 5;

// The part of the text that is looked at; `outPointer` 0 is none, `perhaps` that it may be none.
let outPointer: u32 = 0;
let outLength: u32 = 0;
let perhaps: bool = false;

/** A part of each of the value's texts, or 0 when none of them has it. */
export function part(value: u32, which: i32): u32 {
  if (value == 0) return 0;
  const from = changetype<Value>(value);
  const to = changetype<Value>(allocate(offsetof<Value>() + from.count * offsetof<Text>()));
  to.texts = changetype<u32>(to) + offsetof<Value>();
  to.flags = from.flags & (PERHAPS_NONE | SOLID);
  to.origin = from.origin;
  to.carries = 0;
  let count: u32 = 0;
  for (let i: u32 = 0; i < from.count; i++) {
    const text = changetype<Text>(from.texts + i * offsetof<Text>());
    perhaps = false;
    outPointer = 0;
    outLength = 0;
    partOf(text.pointer, text.length, which);
    if (perhaps || outPointer == 0) to.flags |= PERHAPS_NONE;
    if (outPointer == 0) continue;
    const into = changetype<Text>(to.texts + count * offsetof<Text>());
    into.pointer = outPointer;
    into.length = outLength;
    count++;
  }
  to.count = count;
  return count == 0 ? 0 : changetype<u32>(to);
}

function give(pointer: u32, length: u32): void {
  outPointer = pointer;
  outLength = length;
}

function partOf(pointer: u32, length: u32, which: i32): void {
  if (which == NAME) nameOf(pointer, length);
  else if (which == DIR) dirOf(pointer, length);
  else if (which == EXTENSION) extensionOf(pointer, length);
  else urlPart(pointer, length, which);
}

// ---------------------------------------------------------------- paths

/** Where the last component starts; slashes at the end do not count. */
function lastComponent(pointer: u32, length: u32): u32 {
  let at = length;
  while (at > 0 && load<u8>(pointer + at - 1) != 0x2f) at--;
  return at;
}

function withoutSlashes(pointer: u32, length: u32): u32 {
  while (length > 1 && load<u8>(pointer + length - 1) == 0x2f) length--;
  return length;
}

/** The last component. A hole that may hold a slash ends what is known from the left. */
function nameOf(pointer: u32, length: u32): void {
  length = withoutSlashes(pointer, length);
  let from = lastComponent(pointer, length);
  let below = false;
  for (let i = from; i < length; i++) {
    const byte = load<u8>(pointer + i);
    if (byte == ANY) {
      from = i;
      below = false;
    } else if (byte == BELOW) {
      below = true;
      from = i;
    }
  }
  if (below && length - from == 1) give(SOME, 1);
  else if (below) give(UNKNOWN, 1);
  else give(pointer + from, length - from);
}

function dirOf(pointer: u32, length: u32): void {
  length = withoutSlashes(pointer, length);
  const from = lastComponent(pointer, length);
  for (let i = from; i < length; i++) {
    const byte = load<u8>(pointer + i);
    if (byte == ANY || byte == BELOW) {
      if (from == 0) give(UNKNOWN, 1);
      else give(BELOW_ROOT, 2);
      return;
    }
  }
  if (from == 0) give(HERE, 1);
  else if (from == 1) give(ROOT, 1);
  else give(pointer, withoutSlashes(pointer, from));
}

/** What stands after the last dot of the name, unless the name begins with it. */
function extensionOf(pointer: u32, length: u32): void {
  nameOf(pointer, length);
  const name = outPointer;
  const nameLength = outLength;
  outPointer = 0;
  let dot = nameLength;
  while (dot > 0 && load<u8>(name + dot - 1) != 0x2e) dot--;
  const hole = holeAt(name + dot, nameLength - dot) < nameLength - dot;
  if (hole) {
    give(SOME, 1);
    perhaps = true;
  } else if (dot > 1) {
    give(name + dot, nameLength - dot);
    // The hole before the only dot may be empty, and then the dot is the first byte.
    perhaps = dot == 2 && load<u8>(name) >= BELOW;
  }
}

// ---------------------------------------------------------------- URLs

function urlPart(pointer: u32, length: u32, which: i32): void {
  while (length > 0 && load<u8>(pointer) <= 0x20) {
    pointer++;
    length--;
  }
  while (length > 0 && load<u8>(pointer + length - 1) <= 0x20) length--;
  const end = pointer + length;
  const colon = schemeEnd(pointer, end);
  let authority: u32 = colon == 0 ? 0 : afterScheme(pointer, colon, end);
  const hasScheme = authority != 0;
  if (which == SCHEME) {
    if (hasScheme || (colon != 0 && isOpaque(pointer, colon))) giveLower(pointer, colon - pointer);
    else giveUnsure(SOME);
    return;
  }
  if (!hasScheme) {
    if (colon != 0 && isOpaque(pointer, colon)) {
      if (which == PATH) givePath(colon + 1, end);
      else if (which != HOST && which != PORT) giveQuery(colon + 1, end);
      return;
    }
    authority = pointer;
  }

  let stop = authority;
  let unclear = false;
  for (; stop < end; stop++) {
    const byte = load<u8>(stop);
    if (byte == 0x2f || byte == 0x3f || byte == 0x23 || byte >= BELOW) break;
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x5c || byte == 0x25) unclear = true;
  }
  // A hole may hold the end of the host and all that follows.
  if (stop < end && load<u8>(stop) >= BELOW) giveUnsure(UNKNOWN);
  else if (which == PATH) {
    // `host:path` has its path after the colon.
    const from = hasScheme ? stop : scpColon(authority, stop);
    if (unclear) giveUnsure(UNKNOWN);
    else givePath(from < stop ? from + 1 : stop, end);
  } else if (which != HOST && which != PORT) giveQuery(stop, end);
  else if (unclear) giveUnsure(SOME);
  else hostOrPort(pointer, hasScheme ? colon : pointer, authority, stop, which);
}

/** Something unknown that may also not be there. */
function giveUnsure(text: u32): void {
  give(text, 1);
  perhaps = true;
}

// @ts-ignore: decorator
@inline
function isSlash(at: u32, end: u32): bool {
  return at < end && (load<u8>(at) == 0x2f || load<u8>(at) == 0x5c);
}

/** Where the authority starts: after `//`, and for the web's schemes after any number of slashes; 0 when there is none. */
function afterScheme(pointer: u32, colon: u32, end: u32): u32 {
  let at = colon + 1;
  if (isWeb(pointer, colon)) {
    while (isSlash(at, end)) at++;
    return at;
  }
  return isSlash(at, end) && isSlash(at + 1, end) ? at + 2 : 0;
}

/** http, https, ws, wss, ftp. */
function isWeb(pointer: u32, end: u32): bool {
  const port = ownPort(pointer, end);
  return port != 0 && port != PORTS + 7;
}

/** Where the colon after a scheme stands, or 0. */
function schemeEnd(at: u32, end: u32): u32 {
  const start = at;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x3a) return at > start ? at : 0;
    const letter = (byte | 0x20) - 0x61 < 26;
    const other = byte - 0x30 < 10 || byte == 0x2b || byte == 0x2d || byte == 0x2e;
    if (!letter && (!other || at == start)) return 0;
  }
  return 0;
}

/** Schemes whose URLs name no host. */
function isOpaque(pointer: u32, end: u32): bool {
  return (
    isWord(pointer, end, "file") || isWord(pointer, end, "data") || isWord(pointer, end, "mailto") || isWord(pointer, end, "javascript") ||
    isWord(pointer, end, "about") || isWord(pointer, end, "blob") || isWord(pointer, end, "urn") || isWord(pointer, end, "tel")
  );
}

/** Whether the bytes are this word of lower-case letters, in any case. */
function isWord(pointer: u32, end: u32, word: string): bool {
  const length: u32 = word.length;
  if (end - pointer != length) return false;
  for (let i: u32 = 0; i < length; i++) if ((load<u8>(pointer + i) | 0x20) != <u8>word.charCodeAt(i)) return false;
  return true;
}

/** The colon of `host:path`, when what follows is no port; else `stop`. */
function scpColon(at: u32, stop: u32): u32 {
  for (; at < stop; at++) {
    if (load<u8>(at) != 0x3a) continue;
    let digit = at + 1;
    while (digit < stop && load<u8>(digit) - 0x30 < 10) digit++;
    return digit == stop ? stop : at;
  }
  return stop;
}

function hostOrPort(start: u32, schemeStop: u32, authority: u32, stop: u32, which: i32): void {
  let host = authority;
  for (let at = authority; at < stop; at++) if (load<u8>(at) == 0x40) host = at + 1;
  let hostEnd = host;
  if (hostEnd < stop && load<u8>(hostEnd) == 0x5b) {
    while (hostEnd < stop && load<u8>(hostEnd) != 0x5d) hostEnd++;
    if (hostEnd < stop) hostEnd++;
  } else {
    while (hostEnd < stop && load<u8>(hostEnd) != 0x3a) hostEnd++;
  }
  if (which == HOST) {
    if (hostEnd == host) return;
    giveHost(host, hostEnd);
    return;
  }
  let port = hostEnd + 1;
  let digits = port;
  while (digits < stop && load<u8>(digits) - 0x30 < 10) digits++;
  if (hostEnd < stop && digits == stop && digits > port) {
    while (port + 1 < digits && load<u8>(port) == 0x30) port++;
    give(port, digits - port);
  } else {
    givePort(start, schemeStop);
  }
}

/** The host in lower case without the root's dot, a numeric one as four decimals, brackets kept off an IPv6 address. */
function giveHost(from: u32, to: u32): void {
  if (load<u8>(from) == 0x5b) {
    giveLower(from + 1, load<u8>(to - 1) == 0x5d ? to - from - 2 : to - from - 1);
    return;
  }
  if (to - from > 1 && load<u8>(to - 1) == 0x2e) to--;
  if (readIpv4(from, to - from)) {
    giveAddress(ipv4());
    return;
  }
  giveLower(from, to - from);
}

function giveAddress(address: u32): void {
  const start = allocate(16);
  let at = start;
  for (let shift: i32 = 24; shift >= 0; shift -= 8) {
    const number = (address >> shift) & 255;
    if (number >= 100) store<u8>(at++, <u8>(0x30 + number / 100));
    if (number >= 10) store<u8>(at++, <u8>(0x30 + (number / 10) % 10));
    store<u8>(at++, <u8>(0x30 + number % 10));
    if (shift > 0) store<u8>(at++, 0x2e);
  }
  give(start, at - start);
}

/** `80443212`, then `2`: the digits of the schemes' own ports. */
const PORTS: u32 = <u32>memory.data<u8>([0x38, 0x30, 0x34, 0x34, 0x33, 0x32, 0x31, 0x32, 0x32]);

/** The scheme's own port as the place of its digits, or 0. */
function ownPort(pointer: u32, end: u32): u32 {
  if (isWord(pointer, end, "http") || isWord(pointer, end, "ws")) return PORTS;
  if (isWord(pointer, end, "https") || isWord(pointer, end, "wss")) return PORTS + 2;
  if (isWord(pointer, end, "ftp")) return PORTS + 5;
  return isWord(pointer, end, "ssh") ? PORTS + 7 : 0;
}

/** The scheme's own port, or perhaps one that the program chooses. */
function givePort(pointer: u32, end: u32): void {
  const port = ownPort(pointer, end);
  if (port == 0) giveUnsure(SOME);
  else give(port, port == PORTS + 2 ? 3 : 2);
}

function giveLower(pointer: u32, length: u32): void {
  let upper = false;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(pointer + i) - 0x41 < 26) {
      upper = true;
      break;
    }
  }
  if (!upper) {
    give(pointer, length);
    return;
  }
  const copy = allocate(length);
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(pointer + i);
    store<u8>(copy + i, byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  give(copy, length);
}

/** What stands after the first `?`, before `#`. */
function giveQuery(from: u32, end: u32): void {
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte >= BELOW) {
      give(UNKNOWN, 1);
      perhaps = true;
      return;
    }
    if (byte == 0x23) return;
    if (byte != 0x3f) continue;
    let stop = ++at;
    while (stop < end && load<u8>(stop) != 0x23 && load<u8>(stop) < BELOW) stop++;
    if (stop < end && load<u8>(stop) >= BELOW) giveWithAny(at, stop - at);
    else give(at, stop - at);
    return;
  }
}

/** Bytes that are known, then anything. */
function giveWithAny(pointer: u32, length: u32): void {
  const copy = allocate(length + 1);
  memory.copy(copy, pointer, length);
  store<u8>(copy + length, ANY);
  give(copy, length + 1);
}

// The path of a URL: `.` and `..` segments taken, escaped letters, digits, `-._~` decoded (RFC 3986, sections
// 5.2.4 and 6.2.2.2), an empty one `/`. A hole may hold `?`, `/` and `..`, so a path with one is unknown.
function givePath(from: u32, end: u32): void {
  let stop = from;
  let plain = true;
  let before: u8 = 0;
  while (stop < end) {
    const byte = load<u8>(stop);
    if (byte == 0x3f || byte == 0x23) break;
    if (byte >= BELOW) {
      give(BELOW_ROOT, 2);
      return;
    }
    if (byte == 0x25 || byte == 0x5c || (byte == 0x2e && before == 0x2f)) plain = false;
    before = byte;
    stop++;
  }
  if (stop == from) {
    give(ROOT, 1);
    return;
  }
  if (plain) {
    give(from, stop - from);
    return;
  }
  if (heapRoom() < stop - from + 8) {
    setOverflow();
    give(UNKNOWN, 1);
    return;
  }
  const start = heapTop();
  let out = start;
  let segment = out;
  let at = from;
  while (true) {
    let byte: u8 = at < stop ? load<u8>(at) : 0x2f;
    if (byte == 0x5c) byte = 0x2f;
    if (byte == 0x25) {
      const decoded = unreserved(at, stop);
      if (decoded != 0) {
        byte = decoded;
        at += 2;
      }
    }
    if (byte != 0x2f) {
      store<u8>(out++, byte);
      at++;
      continue;
    }
    const length = out - segment;
    const last = at >= stop;
    if (length == 1 && load<u8>(segment) == 0x2e) {
      out = segment;
      if (last) break;
      at++;
      continue;
    }
    if (length == 2 && load<u16>(segment) == 0x2e2e) {
      out = segment;
      if (out > start + 1) {
        out--;
        while (out > start && load<u8>(out - 1) != 0x2f) out--;
      }
      segment = out;
      if (last) break;
      at++;
      continue;
    }
    if (last) break;
    store<u8>(out++, 0x2f);
    segment = out;
    at++;
  }
  commit(out);
  if (out == start) give(ROOT, 1);
  else give(start, out - start);
}

/** The unreserved character that a percent escape stands for, or 0. */
function unreserved(at: u32, stop: u32): u8 {
  if (at + 3 > stop) return 0;
  const high = hex(load<u8>(at + 1));
  const low = hex(load<u8>(at + 2));
  if (high > 15 || low > 15) return 0;
  const byte: u8 = (high << 4) | low;
  const isWord = (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10;
  return isWord || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e ? byte : 0;
}

function hex(byte: u8): u8 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter: u8 = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}
