// Redirections, wherever they stand.

import {
  AMPERSAND,
  CLOSE_BRACE,
  GREATER,
  LESS,
  MINUS,
  OPEN_BRACE,
  PIPE,
  ZERO,
  isDigit,
  isName,
  isNameStart,
} from "../characters";
import { parseHereDelimiter } from "./here-documents";
import { Kind, RedirectOp, event } from "./events";
import { byteAt, fail, isBothRedirect, isProcess, isWordStart, skipBlanks, source, take } from "./source";
import { close, open } from "./tree";
import { ARGUMENT, literalPiece, parseWord } from "./words";

const NOT_WRITTEN: u32 = 0xffffffff;
const NAMED: u32 = 0xfffffffe;
/** Descriptors with more digits are words for some versions of bash. */
const DIGITS_MAX: u32 = 4;

/** A redirection at the source's place, its descriptor included; false when there is none. */
export function parseRedirect(): bool {
  const state = source();
  const start = state.at;
  const byte = byteAt(start);
  if (byte == LESS || byte == GREATER) {
    if (isProcess(byte, start)) return false;
    parseOperator(NOT_WRITTEN);
    return true;
  }
  if (byte == AMPERSAND) {
    if (!isBothRedirect(start)) return false;
    take(AMPERSAND);
    take(GREATER);
    parseTarget(NOT_WRITTEN, take(GREATER) ? RedirectOp.AppendBoth : RedirectOp.WriteBoth);
    return true;
  }
  if (isDigit(byte)) return parseNumbered(start);
  if (byte == OPEN_BRACE && isNameStart(byteAt(start + 1))) return parseNamed(start);
  return false;
}

/** Redirections after a compound command. */
export function parseRedirects(): void {
  while (true) {
    skipBlanks();
    if (!parseRedirect()) return;
    // Bash takes a word after a redirection for a word.
    source().wordMayClose = false;
  }
}

function parseNumbered(start: u32): bool {
  let at = start;
  let descriptor: u32 = 0;
  while (isDigit(byteAt(at))) {
    if (at - start < DIGITS_MAX) descriptor = descriptor * 10 + (byteAt(at) - ZERO);
    at++;
  }
  if (!isOperator(at)) return false;
  if (DIGITS_MAX < at - start) fail();
  else source().at = at;
  parseOperator(descriptor);
  return true;
}

/** `{name}>`. */
function parseNamed(start: u32): bool {
  let at = start + 1;
  while (isName(byteAt(at))) at++;
  if (byteAt(at) != CLOSE_BRACE || !isOperator(at + 1)) return false;
  source().at = at + 1;
  parseOperator(NAMED);
  return true;
}

function isOperator(at: u32): bool {
  const byte = byteAt(at);
  return (byte == LESS || byte == GREATER) && !isProcess(byte, at);
}

function parseOperator(descriptor: u32): void {
  if (take(LESS)) {
    if (take(LESS)) {
      if (take(LESS)) {
        parseTarget(descriptor, RedirectOp.HereString);
        return;
      }
      const strips = take(MINUS);
      skipBlanks();
      if (isDescriptorHere()) fail();
      parseHereDelimiter(descriptor == NOT_WRITTEN ? 0 : descriptor & 0xffff, strips);
    } else if (take(AMPERSAND)) {
      parseDuplicate(descriptor, RedirectOp.DuplicateIn);
    } else {
      parseTarget(descriptor, take(GREATER) ? RedirectOp.ReadWrite : RedirectOp.Read);
    }
    return;
  }
  take(GREATER);
  if (take(GREATER)) parseTarget(descriptor, RedirectOp.Append);
  else if (take(AMPERSAND)) parseDuplicate(descriptor, RedirectOp.DuplicateOut);
  else {
    take(PIPE);
    parseTarget(descriptor, RedirectOp.Write);
  }
}

function parseTarget(descriptor: u32, op: i32): void {
  const node = open(Kind.Redirect, 0, op, descriptor, 0);
  skipBlanks();
  if (isWordStart() && !isDescriptorHere()) parseWord(op == RedirectOp.HereString ? 0 : ARGUMENT);
  else fail();
  close(node);
}

/** What stands here is the descriptor of another redirection, which is no word. */
function isDescriptorHere(): bool {
  let at = source().at;
  if (byteAt(at) == OPEN_BRACE && isNameStart(byteAt(at + 1))) {
    at++;
    while (isName(byteAt(at))) at++;
    return byteAt(at) == CLOSE_BRACE && isOperator(at + 1);
  }
  while (isDigit(byteAt(at))) at++;
  return source().at < at && isOperator(at);
}

/** `<&` and `>&`: a descriptor, `-`, or for `>&` without a descriptor also a file. */
function parseDuplicate(descriptor: u32, op: i32): void {
  const state = source();
  const node = open(Kind.Redirect, 0, op, descriptor, 0);
  skipBlanks();
  if (byteAt(state.at) == MINUS) {
    // Bash ends the word here, whatever follows.
    const word = open(Kind.Word, 0, 0, state.at, 1);
    open(Kind.Text, 0, 0, state.at, 1);
    close(word);
    state.at++;
  } else if (isWordStart()) {
    const word = parseWord(ARGUMENT);
    if (op == RedirectOp.DuplicateOut && (descriptor == NOT_WRITTEN || descriptor == 1) && !isDescriptor(word)) {
      event(node).aux = <u16>RedirectOp.WriteBoth;
    }
  } else {
    fail();
  }
  close(node);
}

/** `2` or `2-`. */
function isDescriptor(word: u32): bool {
  const piece = literalPiece(word);
  if (piece == 0) return false;
  const text = event(piece).a;
  let length = event(piece).b;
  if (1 < length && load<u8>(text + length - 1) == MINUS) length--;
  for (let index: u32 = 0; index < length; index++) {
    if (!isDigit(load<u8>(text + index))) return false;
  }
  return true;
}
