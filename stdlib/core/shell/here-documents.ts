// Here-documents: their delimiter stands in a command, their body after the end of that line.
// A HereDocument that waits for its body holds the delimiter in a, b.

import { BACKQUOTE, BACKSLASH, CLOSE_PAREN, DOLLAR, DOUBLE_QUOTE, NEWLINE, SINGLE_QUOTE, TAB } from "../characters";
import { allocate } from "../heap";
import { Kind, QUOTED, event } from "./events";
import { byteAt, fail, isBreak, source } from "./source";
import { forgetPending, open, pendingAt, pendingCount, wait } from "./tree";

/** In the flags of a HereDocument that waits: leading tabs are dropped (`<<-`). */
const STRIP: u8 = 0x80;

/** The first of those that belong to the text being parsed; others wait in texts around it. */
let base: u32 = 0;

export function waitingBase(): u32 {
  return base;
}

/** Begins a text of its own: what waits outside is not read here. */
export function startHereDocuments(): void {
  base = pendingCount();
}

/** Ends it: a body that never came is empty. */
export function finishHereDocuments(outer: u32): void {
  const end = source().end;
  for (let index = base; index < pendingCount(); index++) {
    const node = event(pendingAt(index));
    node.flags &= QUOTED;
    node.a = end;
    node.b = 0;
  }
  forgetPending(base);
  base = outer;
}

/** The delimiter after `<<` or `<<-`. */
export function parseHereDelimiter(descriptor: u32, stripsTabs: bool): void {
  const state = source();
  const start = state.at;
  let isQuoted = false;
  let at = start;
  while (!isBreak(at)) {
    const byte = byteAt(at);
    // Bash takes these as written, or decodes them, depending on what they are.
    if (byte == DOLLAR || byte == BACKQUOTE || byte == 0x3c || byte == 0x3e) {
      fail();
      return;
    }
    if (byte == BACKSLASH) {
      if (byteAt(at + 1) != NEWLINE) isQuoted = true;
      at++;
      if (state.end <= at) fail();
    } else if (byte == SINGLE_QUOTE || byte == DOUBLE_QUOTE) {
      isQuoted = true;
      at++;
      while (byteAt(at) != byte) {
        // A newline never matches one line; an escape inside is rare enough to give up.
        if (byteAt(at) == 0 || byteAt(at) == NEWLINE || byteAt(at) == BACKSLASH || byteAt(at) == DOLLAR) {
          fail();
          return;
        }
        at++;
      }
    }
    at++;
  }
  if (at == start) fail();
  if (state.failed) return;
  const text = allocate(at - start);
  const length = unquote(start, at, text);
  const flags: u32 = (isQuoted ? QUOTED : 0) | (stripsTabs ? STRIP : 0);
  wait(open(Kind.HereDocument, flags, descriptor, text, length));
  if (!state.failed) state.at = at;
}

/** Drops quotes, backslashes and escaped newlines; the length that is left. */
function unquote(from: u32, end: u32, to: u32): u32 {
  const start = to;
  let quote: u32 = 0;
  for (let at = from; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (quote == 0 && byte == BACKSLASH) {
      at++;
      if (load<u8>(at) != NEWLINE) store<u8>(to++, load<u8>(at));
    } else if (quote == 0 && (byte == SINGLE_QUOTE || byte == DOUBLE_QUOTE)) {
      quote = byte;
    } else if (byte == quote) {
      quote = 0;
    } else {
      store<u8>(to++, <u8>byte);
    }
  }
  return to - start;
}

/** Takes the newline at the source's place and the bodies that begin behind it. */
export function takeNewline(): void {
  const state = source();
  state.at++;
  for (let index = base; index < pendingCount() && !state.failed; index++) readBody(pendingAt(index));
  forgetPending(base);
}

function readBody(index: u32): void {
  const state = source();
  const node = event(index);
  const delimiter = node.a;
  const length = node.b;
  const isLiteral = (node.flags & QUOTED) != 0;
  const strips = (node.flags & STRIP) != 0;
  const start = state.at;
  let hasTabs = false;
  let line = start;
  let bodyEnd = state.end;
  while (line < state.end) {
    const text = strips ? afterTabs(line, isLiteral) : line;
    if (text != line) hasTabs = true;
    const rest = afterDelimiter(text, delimiter, length, isLiteral);
    if (rest != 0 && (rest == state.end || load<u8>(rest) == NEWLINE)) {
      bodyEnd = line;
      state.at = rest == state.end ? rest : rest + 1;
      break;
    }
    if (rest != 0 && state.inSubstitution && lineHasParen(rest)) {
      // Bash ends the body where the substitution ends; versions differ when more stands between.
      if (load<u8>(rest) != CLOSE_PAREN) fail();
      bodyEnd = line;
      state.at = rest;
      break;
    }
    line = afterLine(text, isLiteral);
  }
  if (state.failed) return;
  if (bodyEnd == state.end) state.at = state.end;
  node.flags &= QUOTED;
  node.a = start;
  node.b = bodyEnd - start;
  const endsOpen = start < bodyEnd && load<u8>(bodyEnd - 1) != NEWLINE;
  if (hasTabs || endsOpen) copyBody(index, isLiteral, hasTabs, endsOpen);
}

/** The place after the tabs of a line, which may go on behind an escaped newline. */
function afterTabs(at: u32, isLiteral: bool): u32 {
  while (true) {
    if (byteAt(at) == TAB) at++;
    else if (!isLiteral && byteAt(at) == BACKSLASH && byteAt(at + 1) == NEWLINE) at += 2;
    else return at;
  }
}

/** The place behind the delimiter when the line begins with it, else 0. A body that expands may have escaped newlines between. */
function afterDelimiter(at: u32, delimiter: u32, length: u32, isLiteral: bool): u32 {
  let matched: u32 = 0;
  while (true) {
    if (!isLiteral) {
      while (byteAt(at) == BACKSLASH && byteAt(at + 1) == NEWLINE) at += 2;
    }
    if (matched == length) return at;
    if (source().end <= at || load<u8>(at) != load<u8>(delimiter + matched)) return 0;
    matched++;
    at++;
  }
}

function lineHasParen(at: u32): bool {
  while (byteAt(at) != NEWLINE && byteAt(at) != 0) {
    if (byteAt(at) == CLOSE_PAREN) return true;
    at++;
  }
  return false;
}

/** The start of the next line; in a body that expands, an escaped newline does not end one. */
function afterLine(at: u32, isLiteral: bool): u32 {
  const end = source().end;
  while (at < end && load<u8>(at) != NEWLINE) {
    if (!isLiteral && load<u8>(at) == BACKSLASH) at++;
    at++;
  }
  return min(at + 1, end);
}

/** Copies the body, without the tabs at the start of its lines, with the newline that bash adds at the end of its input. */
function copyBody(index: u32, isLiteral: bool, strips: bool, endsOpen: bool): void {
  const node = event(index);
  const end = node.a + node.b;
  const text = allocate(node.b + 1);
  let to = text;
  let line = node.a;
  while (line < end) {
    const from = strips ? min(afterTabs(line, isLiteral), end) : line;
    line = min(afterLine(from, isLiteral), end);
    memory.copy(to, from, line - from);
    to += line - from;
  }
  if (endsOpen) store<u8>(to++, NEWLINE);
  node.a = text;
  node.b = to - text;
}
