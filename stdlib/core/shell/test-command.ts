// `[[ … ]]`: its grammar is checked, and its operands are what is kept.

import { AMPERSAND, BANG, CLOSE_PAREN, EQUALS, GREATER, LESS, MINUS, OPEN_PAREN, PIPE, TILDE } from "../characters";
import { Kind } from "./events";
import { Keyword, peekKeyword, takeKeyword } from "./keywords";
import {
  afterContinuations,
  byteAt,
  enter,
  fail,
  isBreak,
  isProcess,
  isWordStart,
  leave,
  peek,
  skipBlanks,
  source,
  take,
} from "./source";
import { skipNewlines } from "./statements";
import { open } from "./tree";
import { EXTENDED, GLOBS, REGEX, parseWord } from "./words";

/** What an operator wants on its right side; NONE: it is no operator. */
const NONE: u32 = 0xffffffff;
const PATTERN: u32 = GLOBS | EXTENDED;

export function parseTest(): void {
  takeKeyword(Keyword.OpenTest);
  open(Kind.Test, 0, 0, 0, 0);
  parseOr();
  skipBlanks();
  if (!takeKeyword(Keyword.CloseTest)) fail();
}

/** Terms joined by `&&` and `||`: only that each has two sides matters here. */
function parseOr(): void {
  while (true) {
    parseTerm();
    skipBlanks();
    if (!takeDouble(AMPERSAND) && !takeDouble(PIPE)) return;
  }
}

function takeDouble(byte: u32): bool {
  const state = source();
  const second = afterContinuations(state.at + 1);
  if (peek() != byte || byteAt(second) != byte) return false;
  state.at = second + 1;
  return true;
}

function parseTerm(): void {
  const state = source();
  skipNewlines();
  while (peek() == BANG && isBreak(state.at + 1)) {
    state.at++;
    skipNewlines();
  }
  if (peek() == OPEN_PAREN) {
    state.at++;
    enter();
    parseOr();
    leave();
    if (!take(CLOSE_PAREN)) fail();
    skipNewlines();
    return;
  }
  if (isUnary()) {
    state.at += 2;
    skipBlanks();
    parseOperand(0);
    skipNewlines();
    return;
  }
  parseOperand(0);
  skipBlanks();
  const byte = peek();
  if (byte == AMPERSAND || byte == PIPE || byte == CLOSE_PAREN || peekKeyword() == Keyword.CloseTest) return;
  const mode = takeOperator();
  if (mode == NONE) {
    fail();
    return;
  }
  skipBlanks();
  parseOperand(mode);
  skipNewlines();
}

/** A word that is not `]]`. */
function parseOperand(mode: u32): void {
  if (peekKeyword() != Keyword.CloseTest && isOperandStart(mode)) parseWord(mode);
  else fail();
}

function isOperandStart(mode: u32): bool {
  if (isWordStart()) return true;
  return mode == REGEX && (peek() == OPEN_PAREN || peek() == PIPE);
}

/** `-f` and its like, as a whole word. */
function isUnary(): bool {
  const at = source().at;
  if (byteAt(at) != MINUS || !isBreak(at + 2)) return false;
  switch (byteAt(at + 1)) {
    // a b c d e f g h k n o p r s t u v w x z
    case 0x61:
    case 0x62:
    case 0x63:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0x68:
    case 0x6b:
    case 0x6e:
    case 0x6f:
    case 0x70:
    case 0x72:
    case 0x73:
    case 0x74:
    case 0x75:
    case 0x76:
    case 0x77:
    case 0x78:
    case 0x7a:
    // G L N O R S
    case 0x47:
    case 0x4c:
    case 0x4e:
    case 0x4f:
    case 0x52:
    case 0x53:
      return true;
    default:
      return false;
  }
}

/** Takes a binary operator; the mode of its right side, or NONE. */
function takeOperator(): u32 {
  const state = source();
  const at = state.at;
  const byte = byteAt(at);
  const next = byteAt(at + 1);
  if (byte == LESS || byte == GREATER) {
    if (isProcess(byte, at) || next == byte || next == AMPERSAND) return NONE;
    state.at++;
    return 0;
  }
  let length: u32 = 2;
  let mode = PATTERN;
  if (byte == EQUALS && next == TILDE) mode = REGEX;
  else if (byte == EQUALS) length = next == EQUALS ? 2 : 1;
  else if (byte == MINUS) {
    length = 3;
    mode = isComparison(next, byteAt(at + 2)) ? 0 : NONE;
  } else if (byte != BANG || next != EQUALS) mode = NONE;
  if (mode == NONE || !isBreak(at + length)) return NONE;
  state.at += length;
  return mode;
}

/** The letters of `-eq -ne -lt -le -gt -ge -nt -ot -ef`. */
function isComparison(first: u32, second: u32): bool {
  switch ((first << 8) | second) {
    case 0x6571:
    case 0x6e65:
    case 0x6c74:
    case 0x6c65:
    case 0x6774:
    case 0x6765:
    case 0x6e74:
    case 0x6f74:
    case 0x6566:
      return true;
    default:
      return false;
  }
}
