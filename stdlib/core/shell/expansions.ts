// What `$`, backquotes and `<(` open: variables, parameter expansions, substitutions, `$'…'`.

import {
  AT,
  BACKQUOTE,
  BACKSLASH,
  BANG,
  CARET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOLLAR,
  DOUBLE_QUOTE,
  EQUALS,
  GREATER,
  HASH,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PERCENT,
  PLUS,
  QUESTION,
  SINGLE_QUOTE,
  SLASH,
  STAR,
  TILDE,
  isDigit,
  isName,
  isNameStart,
} from "../characters";
import { parseAnsiQuotes } from "./ansi";
import { findArithmeticEnd, parseArithmetic } from "./arithmetic";
import { Kind, QUOTED, VariableOp, event } from "./events";
import { finishHereDocuments, startHereDocuments, waitingBase } from "./here-documents";
import { allocate } from "../heap";
import { parseStatements } from "./statements";
import {
  afterContinuations,
  byteAt,
  enter,
  enterText,
  fail,
  leave,
  leaveText,
  peek,
  skipBlanks,
  source,
} from "./source";
import { close, open, pendingCount } from "./tree";
import { GLOBS, OPERAND, parseDoubleQuotes, parsePieces, parseQuotedPieces } from "./words";

let nameEnd: u32 = 0;

/** Where the last unbraced `$name` ended: text that brace expansion puts there would belong to the name. */
export function bareNameEnd(): u32 {
  return nameEnd;
}

export function forgetBareName(): void {
  nameEnd = 0;
}

/** What the `$` at the source's place opens; false when it is literal, and nothing has happened then. */
export function parseDollar(inQuotes: bool): bool {
  const state = source();
  const at = state.at + 1;
  const byte = byteAt(at);
  const flags: u32 = inQuotes ? QUOTED : 0;
  if (isNameStart(byte)) {
    parseBareName(at, flags);
    return true;
  }
  switch (byte) {
    case OPEN_BRACE:
      parseParameter(flags);
      return true;
    case OPEN_PAREN:
      if (afterContinuations(at + 1) != at + 1) fail();
      else if (byteAt(at + 1) == OPEN_PAREN) parseDoubleParen(at + 2, flags);
      else parseSubstitution(Kind.Substitution, flags, 0, at + 1);
      return true;
    case OPEN_BRACKET: {
      const node = open(Kind.Arith, flags, 0, 0, 0);
      parseSubscript(at + 1);
      close(node);
      return true;
    }
    case SINGLE_QUOTE:
      if (inQuotes) return false;
      parseAnsiQuotes(at + 1);
      return true;
    case DOUBLE_QUOTE:
      if (inQuotes) return false;
      state.at = at + 1;
      parseDoubleQuotes();
      return true;
    case BACKSLASH:
      // Bash drops an escaped newline before it looks at what follows the dollar.
      if (byteAt(at + 1) == NEWLINE) fail();
      return false;
    default:
      if (!isDigit(byte) && !isSpecial(byte)) return false;
      open(Kind.Variable, flags, VariableOp.Plain, at, 1);
      state.at = at + 1;
      return true;
  }
}

/** `<( … )` or `>( … )` at the source's place. */
export function parseProcess(byte: u32): void {
  const at = afterContinuations(source().at + 1);
  parseSubstitution(Kind.Process, 0, byte == GREATER ? 1 : 0, at + 1);
}

/** Backquotes at the source's place. `isQuoted` marks the result, `inDouble` drops the backslash of `\"`. */
export function parseBackquotes(isQuoted: bool, inDouble: bool): void {
  const state = source();
  const start = state.at + 1;
  let at = start;
  let escapes: u32 = 0;
  while (at < state.end && load<u8>(at) != BACKQUOTE) {
    if (load<u8>(at) == BACKSLASH) {
      escapes++;
      at++;
    }
    at++;
  }
  if (state.end <= at) {
    fail();
    return;
  }
  const node = open(Kind.Substitution, isQuoted ? QUOTED : 0, 0, 0, 0);
  const outerEnd = state.end;
  const inSubstitution = state.inSubstitution;
  const base = waitingBase();
  let text = start;
  let length = at - start;
  if (escapes != 0) {
    text = allocate(length);
    length = unescapeBackquotes(start, at, text, inDouble);
  }
  enterText(text, text + length);
  state.inSubstitution = false;
  startHereDocuments();
  parseStatements();
  if (state.at < state.end) fail();
  finishHereDocuments(base);
  state.inSubstitution = inSubstitution;
  leaveText(at + 1, outerEnd);
  close(node);
}

/** Drops the backslash before a backquote, a backslash, a dollar and, in double quotes, a double quote. */
function unescapeBackquotes(from: u32, end: u32, to: u32, inDouble: bool): u32 {
  const start = to;
  let at = from;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == BACKSLASH) {
      const next: u32 = load<u8>(at + 1);
      if (next == BACKQUOTE || next == BACKSLASH || next == DOLLAR || (next == DOUBLE_QUOTE && inDouble)) {
        at++;
      } else {
        store<u8>(to++, BACKSLASH);
        at++;
      }
    }
    store<u8>(to++, load<u8>(at++));
  }
  return to - start;
}

/** Statements from `at` up to a closing parenthesis. */
function parseSubstitution(kind: i32, flags: u32, aux: u32, at: u32): void {
  const state = source();
  const node = open(kind, flags, aux, 0, 0);
  const inSubstitution = state.inSubstitution;
  const base = waitingBase();
  state.at = at;
  enter();
  state.inSubstitution = true;
  startHereDocuments();
  skipBlanks();
  state.substitutionStart = state.at;
  parseStatements();
  if (peek() == CLOSE_PAREN) state.at++;
  else fail();
  // Versions of bash differ in where a body is read that has not begun inside.
  if (waitingBase() != pendingCount()) fail();
  finishHereDocuments(base);
  state.inSubstitution = inSubstitution;
  leave();
  close(node);
}

/** What follows `$((`: arithmetic, or a substitution that begins with a subshell. */
function parseDoubleParen(at: u32, flags: u32): void {
  const stop = findArithmeticEnd(at);
  if (source().failed) return;
  if (stop == 0) {
    parseSubstitution(Kind.Substitution, flags, 0, at - 1);
    return;
  }
  const node = open(Kind.Arith, flags, 0, 0, 0);
  const end = source().end;
  enterText(at, stop);
  parseArithmetic(0);
  leaveText(stop + 2, end);
  close(node);
}

/** Arithmetic from `at` on up to `]`, and that. */
export function parseSubscript(at: u32): void {
  const state = source();
  state.at = at;
  enter();
  parseArithmetic(CLOSE_BRACKET);
  leave();
  if (byteAt(state.at) == CLOSE_BRACKET) state.at++;
  else fail();
}

function parseBareName(at: u32, flags: u32): void {
  let end = at + 1;
  while (isName(byteAt(end))) end++;
  // An escaped newline inside a name is dropped, so the name goes on; nobody writes that.
  if (isName(byteAt(afterContinuations(end)))) fail();
  open(Kind.Variable, flags, VariableOp.Plain, at, end - at);
  nameEnd = end;
  source().at = end;
}

function isSpecial(byte: u32): bool {
  switch (byte) {
    case AT:
    case STAR:
    case HASH:
    case QUESTION:
    case MINUS:
    case DOLLAR:
    case BANG:
      return true;
    default:
      return false;
  }
}

/** `${ … }` at the source's place. */
function parseParameter(flags: u32): void {
  const state = source();
  const node = open(Kind.Variable, flags, VariableOp.Plain, 0, 0);
  state.at += 2;
  enter();
  parseParameterBody(node, flags != 0);
  leave();
  if (byteAt(state.at) == CLOSE_BRACE) state.at++;
  else fail();
  close(node);
}

function parseParameterBody(node: u32, inQuotes: bool): void {
  const state = source();
  let at = state.at;
  let op: i32 = VariableOp.Plain;
  if (byteAt(at) == HASH && isLength(at + 1)) {
    op = VariableOp.Length;
    at++;
  } else if (byteAt(at) == BANG && isIndirect(at + 1)) {
    op = VariableOp.Indirect;
    at++;
  }
  const name = at;
  at = afterParameter(at);
  if (at == name) {
    fail();
    return;
  }
  event(node).a = name;
  event(node).b = at - name;
  state.at = at;
  if (byteAt(at) == OPEN_BRACKET && isNameStart(byteAt(name))) {
    parseSubscript(at + 1);
    if (op == VariableOp.Plain) op = VariableOp.Subscript;
  } else if (op == VariableOp.Indirect && (byteAt(at) == STAR || byteAt(at) == AT) && byteAt(at + 1) == CLOSE_BRACE) {
    state.at++;
  }
  event(node).aux = <u16>op;
  if (byteAt(state.at) == CLOSE_BRACE) return;
  const applied = parseOperator();
  if (op == VariableOp.Plain) event(node).aux = <u16>applied;
  else if (op == VariableOp.Length || applied == VariableOp.Assign || applied == VariableOp.AssignEmpty) fail();
  if (state.failed) return;
  if (inQuotes) parseQuotedPieces(CLOSE_BRACE, applied < VariableOp.Length);
  else parsePieces(applied < VariableOp.Length ? OPERAND | GLOBS : OPERAND);
}

/** `${#…}` is a length when a parameter and nothing else follows, apart from a subscript. */
function isLength(at: u32): bool {
  const byte = byteAt(at);
  if (isName(byte)) return true;
  return isSpecial(byte) && byteAt(at + 1) == CLOSE_BRACE;
}

function isIndirect(at: u32): bool {
  const byte = byteAt(at);
  if (isName(byte)) return true;
  return isSpecial(byte) && byteAt(at + 1) == CLOSE_BRACE;
}

/** The place after a name, a number or a special parameter; `at` itself when there is none. */
function afterParameter(at: u32): u32 {
  const byte = byteAt(at);
  let after = at;
  if (isNameStart(byte)) {
    while (isName(byteAt(after))) after++;
  } else if (isDigit(byte)) {
    while (isDigit(byteAt(after))) after++;
  } else if (isSpecial(byte)) {
    after++;
  }
  return after;
}

/** The operator after a parameter; the source stands at its operand then. Fails for one that bash has not. */
function parseOperator(): i32 {
  const state = source();
  const byte = byteAt(state.at);
  const colon = byte == COLON;
  const op = defaultOperator(colon ? byteAt(state.at + 1) : byte);
  if (op != VariableOp.Plain) {
    state.at += colon ? 2 : 1;
    return colon ? op + 1 : op;
  }
  state.at++;
  switch (byte) {
    case COLON:
    case HASH:
    case PERCENT:
    case SLASH:
    case CARET:
    case COMMA:
    case TILDE:
      return VariableOp.Other;
    case AT: {
      // `@P` runs the substitutions in the variable's value.
      const letter = byteAt(state.at);
      if (letter == 0x50 || !isNameStart(letter) || byteAt(state.at + 1) != CLOSE_BRACE) fail();
      else state.at++;
      return VariableOp.Other;
    }
    default:
      fail();
      return VariableOp.Other;
  }
}

/** The operator without its colon. */
function defaultOperator(byte: u32): i32 {
  switch (byte) {
    case MINUS:
      return VariableOp.Default;
    case EQUALS:
      return VariableOp.Assign;
    case PLUS:
      return VariableOp.Alternate;
    case QUESTION:
      return VariableOp.Error;
    default:
      return VariableOp.Plain;
  }
}
