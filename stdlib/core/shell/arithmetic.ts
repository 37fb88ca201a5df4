// Arithmetic: only what it expands and assigns matters, so it is a run of pieces without structure.

import {
  AMPERSAND,
  BACKQUOTE,
  BACKSLASH,
  CARET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  DOLLAR,
  DOUBLE_QUOTE,
  EQUALS,
  GREATER,
  HASH,
  LESS,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PERCENT,
  PIPE,
  PLUS,
  SINGLE_QUOTE,
  SLASH,
  SPACE,
  STAR,
  TAB,
  classOf,
  BREAK,
  isDigit,
  isName,
  isNameStart,
} from "../characters";
import { APPEND, Kind, QUOTED, VariableOp, event } from "./events";
import { parseBackquotes, parseDollar } from "./expansions";
import { byteAt, enter, enterText, fail, isProcess, leave, leaveText, source } from "./source";
import { flatten, open } from "./tree";
import { findSingleQuote } from "./words";

/** Pieces up to `closer` (`]`, nested ones counted), which stays, or to the end of the text (0). */
export function parseArithmetic(closer: u32): void {
  const state = source();
  let depth: u32 = 0;
  let inDouble = false;
  let changesNext = false;
  while (state.at < state.end) {
    const at = state.at;
    const byte: u32 = load<u8>(at);
    if (byte == DOLLAR) {
      if (!parseDollar(true)) state.at = at + 1;
    } else if (byte == BACKQUOTE) {
      parseBackquotes(true, true);
    } else if (byte == BACKSLASH) {
      state.at = min(at + 2, state.end);
    } else if (byte == DOUBLE_QUOTE) {
      inDouble = !inDouble;
      state.at = at + 1;
    } else if (byte == SINGLE_QUOTE && !inDouble) {
      parseSingleQuoted(at);
    } else if (isNameStart(byte)) {
      parseName(at, changesNext);
      changesNext = false;
    } else if (isDigit(byte)) {
      state.at = afterNumber(at);
    } else {
      if (!inDouble && closer != 0) {
        if (byte == closer) {
          if (depth == 0) break;
          depth--;
        } else if (byte == OPEN_BRACKET) {
          depth++;
        } else if ((byte == LESS || byte == GREATER) && isProcess(byte, at)) {
          // Parsed as a process substitution where a subscript's end is looked for, though arithmetic has none.
          fail();
          return;
        }
      }
      if ((byte == PLUS || byte == MINUS) && byteAt(at + 1) == byte) {
        changesNext = true;
        state.at = at + 2;
      } else {
        if (byte != SPACE && byte != TAB && byte != NEWLINE && byte != OPEN_PAREN) changesNext = false;
        state.at = at + 1;
      }
    }
  }
  if (inDouble) fail();
}

/** Single quotes only hide what would end the text; bash expands what stands between them. */
function parseSingleQuoted(at: u32): void {
  const state = source();
  const stop = findSingleQuote(at + 1);
  if (state.failed) return;
  const end = state.end;
  enterText(at + 1, stop);
  parseArithmetic(0);
  leaveText(stop + 1, end);
}

/** A variable; one that an operator before or behind it changes is an assignment of something unknown. */
function parseName(at: u32, isChanged: bool): void {
  const state = source();
  let end = at + 1;
  while (isName(byteAt(end))) end++;
  const piece = open(Kind.Variable, QUOTED, VariableOp.Plain, at, end - at);
  state.at = end;
  let after = skipSpace(end);
  if (byteAt(after) == OPEN_BRACKET) {
    state.at = after + 1;
    enter();
    parseArithmetic(CLOSE_BRACKET);
    leave();
    if (byteAt(state.at) != CLOSE_BRACKET) {
      fail();
      return;
    }
    state.at++;
    after = skipSpace(state.at);
  }
  if (!isChanged && !changesBefore(after)) return;
  flatten(piece, Kind.Assign, at, end - at);
  event(piece).flags = APPEND;
}

function skipSpace(at: u32): u32 {
  while (true) {
    const byte = byteAt(at);
    if (byte == BACKSLASH && byteAt(at + 1) == NEWLINE) at++;
    else if (byte != SPACE && byte != TAB && byte != NEWLINE) return at;
    at++;
  }
}

/** `=`, `+=` and its like, `++` and `--` stand here. */
function changesBefore(at: u32): bool {
  const byte = byteAt(at);
  const next = byteAt(at + 1);
  switch (byte) {
    case EQUALS:
      return next != EQUALS;
    case PLUS:
    case MINUS:
      return next == EQUALS || next == byte;
    case STAR:
      return next == EQUALS || (next == STAR && byteAt(at + 2) == EQUALS);
    case SLASH:
    case PERCENT:
    case AMPERSAND:
    case CARET:
    case PIPE:
      return next == EQUALS;
    case LESS:
    case GREATER:
      return next == byte && byteAt(at + 2) == EQUALS;
    default:
      return false;
  }
}

/** `16#ff`, `0x1f`: letters in a number are no names. */
function afterNumber(at: u32): u32 {
  while (isName(byteAt(at)) || byteAt(at) == HASH || byteAt(at) == 0x40) at++;
  return at;
}

/**
 * Where the `))` stands that ends arithmetic which begins at `at`, after `((`. 0 when the parentheses do not
 * close together: then `((` opened two subshells. Fails when nothing closes them, and where this quick look
 * cannot be sure that bash, which parses what is inside, sees the same end.
 */
export function findArithmeticEnd(at: u32): u32 {
  const state = source();
  const end = state.end;
  let depth: u32 = 1;
  let unsure = false;
  let hasSubstitution = false;
  let unsureInSubstitution = false;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == BACKSLASH) {
      at++;
    } else if (byte == SINGLE_QUOTE) {
      at = findSingleQuote(at + 1);
    } else if (byte == DOUBLE_QUOTE) {
      const close = findClosing(at + 1, DOUBLE_QUOTE);
      if (hasAny(at + 1, close, DOLLAR, BACKQUOTE)) unsure = true;
      at = close;
    } else if (byte == BACKQUOTE) {
      at = findClosing(at + 1, BACKQUOTE);
    } else if (byte == DOLLAR) {
      const next = byteAt(at + 1);
      if (next == OPEN_PAREN) hasSubstitution = true;
      if (next == OPEN_BRACE) {
        const close = findClosing(at + 2, CLOSE_BRACE);
        if (
          hasAny(at + 2, close, OPEN_PAREN, CLOSE_PAREN) ||
          hasAny(at + 2, close, SINGLE_QUOTE, DOUBLE_QUOTE) ||
          hasAny(at + 2, close, BACKQUOTE, OPEN_BRACE)
        ) {
          unsure = true;
        } else {
          at = close;
        }
      } else if (next == HASH) {
        at++;
      }
    } else if (byte == OPEN_PAREN) {
      depth++;
    } else if (byte == CLOSE_PAREN) {
      depth--;
      if (depth == 0) break;
    } else if (byte == HASH) {
      if ((classOf(load<u8>(at - 1)) & BREAK) != 0) unsureInSubstitution = true;
    } else if (byte == LESS) {
      if (byteAt(at + 1) == LESS) unsureInSubstitution = true;
    } else if (byte == 0x63 && byteAt(at + 1) == 0x61 && byteAt(at + 2) == 0x73 && byteAt(at + 3) == 0x65) {
      // `case`: its patterns close parentheses that nothing opened.
      unsureInSubstitution = true;
    }
    if (state.failed) return 0;
    at++;
  }
  if (end <= at) {
    fail();
    return 0;
  }
  if (byteAt(at + 1) == CLOSE_PAREN) return at;
  if (byteAt(at + 1) == BACKSLASH && byteAt(at + 2) == NEWLINE) fail();
  if (unsure || (hasSubstitution && unsureInSubstitution)) fail();
  return 0;
}

/** The next `closer` that no backslash stands before; fails when there is none. */
function findClosing(at: u32, closer: u32): u32 {
  const end = source().end;
  while (at < end && load<u8>(at) != closer) {
    if (load<u8>(at) == BACKSLASH) at++;
    at++;
  }
  if (end <= at) {
    fail();
    return end;
  }
  return at;
}

function hasAny(from: u32, to: u32, first: u32, second: u32): bool {
  for (let at = from; at < to; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == first || byte == second) return true;
  }
  return false;
}
