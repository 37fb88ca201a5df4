// Lists, pipelines and simple commands.

import {
  AMPERSAND,
  BACKSLASH,
  CLOSE_PAREN,
  EQUALS,
  NEWLINE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PIPE,
  PLUS,
  SEMICOLON,
  SPECIAL,
  classOf,
  isName,
  isNameStart,
} from "../characters";
import { parseCompound, parseFunctionBody } from "./compound";
import { APPEND, ARRAY, Kind, event } from "./events";
import { parseSubscript } from "./expansions";
import { takeNewline } from "./here-documents";
import { Keyword, peekKeyword, takeKeyword } from "./keywords";
import { parseRedirect } from "./redirects";
import {
  afterContinuations,
  byteAt,
  enter,
  fail,
  isBreak,
  isWordStart,
  leave,
  peek,
  skipBlanks,
  source,
  take,
} from "./source";
import { close, cut, enclose, eventCount, open } from "./tree";
import { ARGUMENT, VALUE, literalPiece, parseWord } from "./words";

/** Statements up to something that ends a list (a closing word, `)`, `;;`, the end); returns how many. */
export function parseStatements(): u32 {
  const state = source();
  let count: u32 = 0;
  state.wordMayClose = true;
  while (true) {
    skipNewlines();
    if (endsList()) return count;
    const start = eventCount();
    parseAndOr();
    count++;
    skipBlanks();
    const byte = peek();
    if (byte == SEMICOLON) {
      const next = byteAt(afterContinuations(state.at + 1));
      if (next == SEMICOLON || next == AMPERSAND) return count;
      state.at++;
    } else if (byte == AMPERSAND) {
      // Not `&&`, which belongs to the statement, nor `&>`.
      state.at++;
      enclose(start, Kind.Background);
    } else if (byte != NEWLINE) {
      if (byte != 0 && byte != CLOSE_PAREN && !(state.wordMayClose && isClosingWord())) fail();
      return count;
    }
    state.wordMayClose = true;
  }
}

/** The same, with at least one statement. */
export function requireStatements(): void {
  if (parseStatements() == 0) fail();
}

/** Newlines, blanks and comments, with the bodies of here-documents. */
export function skipNewlines(): void {
  skipBlanks();
  while (peek() == NEWLINE) {
    takeNewline();
    skipBlanks();
  }
}

function endsList(): bool {
  const byte = peek();
  if (byte == 0 || byte == CLOSE_PAREN) return true;
  if (byte == SEMICOLON) {
    const next = byteAt(afterContinuations(source().at + 1));
    return next == SEMICOLON || next == AMPERSAND;
  }
  return isClosingWord();
}

function isClosingWord(): bool {
  switch (peekKeyword()) {
    case Keyword.Then:
    case Keyword.Elif:
    case Keyword.Else:
    case Keyword.Fi:
    case Keyword.Do:
    case Keyword.Done:
    case Keyword.Esac:
    case Keyword.CloseBrace:
      return true;
    default:
      return false;
  }
}

/** Pipelines joined by `&&` and `||`. */
function parseAndOr(): void {
  const start = eventCount();
  let node: u32 = 0;
  let hasOr = false;
  parsePipeline();
  while (true) {
    skipBlanks();
    const isOr = takeDouble(PIPE);
    if (!isOr && !takeDouble(AMPERSAND)) break;
    if (isOr) hasOr = true;
    if (node == 0) node = enclose(start, Kind.AndOr);
    skipNewlines();
    parsePipeline();
  }
  if (node == 0) return;
  event(node).aux = hasOr ? 1 : 0;
  close(node);
}

/** `&&` or `||`. */
function takeDouble(byte: u32): bool {
  const at = source().at;
  if (byteAt(at) != byte) return false;
  const second = afterContinuations(at + 1);
  if (byteAt(second) != byte) return false;
  source().at = second + 1;
  return true;
}

/** Commands joined by `|`, behind any `!` and `time`. */
function parsePipeline(): void {
  const state = source();
  const start = eventCount();
  let isAlone = false;
  skipBlanks();
  const timeIsProgram = state.at == state.substitutionStart;
  while (true) {
    skipBlanks();
    if (takeKeyword(Keyword.Bang)) {
      isAlone = true;
    } else if (!(timeIsProgram && !isAlone) && takeKeyword(Keyword.Time)) {
      isAlone = true;
      takeTimeOption();
    } else {
      break;
    }
  }
  if (isAlone) {
    // `!` and `time` may stand alone.
    const byte = peek();
    if (byte == 0 || byte == NEWLINE || byte == SEMICOLON) {
      open(Kind.Command, 0, 0, state.at, 0);
      return;
    }
  }
  parsePiped();
  let node: u32 = 0;
  while (true) {
    skipBlanks();
    if (peek() != PIPE || byteAt(afterContinuations(state.at + 1)) == PIPE) break;
    state.at++;
    take(AMPERSAND);
    if (node == 0) node = enclose(start, Kind.Pipe);
    skipNewlines();
    parsePiped();
  }
  if (node != 0) close(node);
}

/** A command behind all prefixes: `time` is a program here, and `!` an error. */
function parsePiped(): void {
  if (peekKeyword() == Keyword.Time) {
    source().wordMayClose = false;
    parseSimple();
  } else {
    parseCommand();
  }
}

/** `-p` and `--` behind `time`. */
function takeTimeOption(): void {
  const state = source();
  skipBlanks();
  if (byteAt(state.at) == 0x2d && byteAt(state.at + 1) == 0x70 && isBreak(state.at + 2)) {
    state.at += 2;
    skipBlanks();
  }
  if (byteAt(state.at) == 0x2d && byteAt(state.at + 1) == 0x2d && isBreak(state.at + 2)) state.at += 2;
}

/** One command of a pipeline. */
function parseCommand(): void {
  const state = source();
  state.wordMayClose = false;
  const keyword = peekKeyword();
  if (keyword == Keyword.None ? peek() == OPEN_PAREN : keyword != Keyword.Coproc) {
    if (!parseCompound(keyword)) fail();
  } else if (keyword == Keyword.Coproc) {
    parseCoprocess();
  } else {
    parseSimple();
  }
}

/** `coproc [NAME] compound` or `coproc simple`. */
function parseCoprocess(): void {
  const state = source();
  takeKeyword(Keyword.Coproc);
  const node = open(Kind.Background, 0, 1, 0, 0);
  skipBlanks();
  const start = state.at;
  if (!parseCompoundHere()) {
    while ((classOf(peek()) & SPECIAL) == 0 && peek() != 0) state.at++;
    const isOneWord = start < state.at;
    // A first word that has to be expanded leaves open whether it is a name.
    if (isOneWord && !isBreak(state.at)) fail();
    skipBlanks();
    if (!isOneWord || !parseCompoundHere()) {
      // Any other reserved word is an error here, and no argument.
      if (isOneWord && peekKeyword() != Keyword.None) fail();
      if (!state.failed) state.at = start;
      if (peekKeyword() != Keyword.None) fail();
      parseSimple();
    }
  }
  close(node);
}

function parseCompoundHere(): bool {
  const keyword = peekKeyword();
  if (keyword == Keyword.None && peek() != OPEN_PAREN) return false;
  return parseCompound(keyword);
}

/** Assignments, words and redirections. */
function parseSimple(): void {
  const state = source();
  const start = state.at;
  const node = open(Kind.Command, 0, 0, start, 0);
  let end = start;
  /** The first word, and whether anything stands before it. */
  let name: u32 = 0;
  let takesArrays = false;
  while (true) {
    skipBlanks();
    if (peek() == OPEN_PAREN) {
      if (name != 0 && eventCount() == event(name).end && name == node + 1) {
        parseFunction(node);
        return;
      }
      fail();
    }
    if (parseRedirect()) {
      takesArrays = false;
    } else if (!isWordStart()) {
      break;
    } else if (name == 0) {
      if (!parseAssign(true)) {
        name = parseWord(ARGUMENT);
        takesArrays = isDeclaration(name);
      }
    } else if (!takesArrays || !parseAssign(false)) {
      parseWord(ARGUMENT);
    }
    end = state.at;
  }
  if (end == start) fail();
  event(node).b = end - start;
  close(node);
}

/** `name () compound`; the command that held the name becomes the function. */
function parseFunction(node: u32): void {
  const state = source();
  const piece = literalPiece(node + 1);
  // A quoted or expanded name is no function to bash when it runs.
  if (piece == 0) {
    fail();
    return;
  }
  const name = event(piece).a;
  const length = event(piece).b;
  cut(node);
  open(Kind.Function, 0, 0, name, length);
  state.at++;
  skipBlanks();
  if (!take(CLOSE_PAREN)) fail();
  parseFunctionBody(node);
}

/** The builtins whose arguments may be array assignments. */
function isDeclaration(word: u32): bool {
  const piece = literalPiece(word);
  if (piece == 0) return false;
  const text = event(piece).a;
  switch (event(piece).b) {
    case 5:
      return load<u32>(text) == 0x61636f6c && load<u8>(text + 4) == 0x6c; // local
    case 6:
      return load<u32>(text) == 0x6f707865 && load<u16>(text + 4) == 0x7472; // export
    case 7: // declare, typeset
      return (
        (load<u32>(text) == 0x6c636564 && load<u32>(text + 3) == 0x6572616c) ||
        (load<u32>(text) == 0x65707974 && load<u32>(text + 3) == 0x74657365)
      );
    case 8:
      return load<u64>(text) == 0x796c6e6f64616572; // readonly
    default:
      return false;
  }
}

/**
 * `name=value`, `name+=value`, `name[subscript]=value`, `name=(…)`; false when a word stands here that is none.
 * Among arguments only the last form is one.
 */
function parseAssign(isFirst: bool): bool {
  const state = source();
  const start = state.at;
  if (!isNameStart(byteAt(start))) return false;
  let at = start + 1;
  while (isName(byteAt(at))) at++;
  const nameEnd = at;
  if (byteAt(at) == BACKSLASH && byteAt(at + 1) == NEWLINE && !isBreak(afterContinuations(at))) {
    // Bash drops the escaped newline before it looks for a name and an equals sign.
    fail();
    return true;
  }
  if (byteAt(at) == OPEN_BRACKET) return isFirst && parseElement(start, nameEnd);
  const appends = byteAt(at) == PLUS;
  if (appends) at++;
  if (byteAt(at) != EQUALS) return false;
  at++;
  const isArray = byteAt(afterContinuations(at)) == OPEN_PAREN;
  if (!isArray && !isFirst) return false;
  const node = open(Kind.Assign, appends ? APPEND : 0, 0, start, nameEnd - start);
  state.at = at;
  if (isArray) {
    event(node).flags |= ARRAY;
    parseArray();
  } else {
    parseValue();
  }
  close(node);
  return true;
}

/** `name[subscript]=value`. Another word that begins so is a pattern for a command's name, which nobody writes. */
function parseElement(start: u32, nameEnd: u32): bool {
  const state = source();
  const node = open(Kind.Assign, ARRAY, 0, start, nameEnd - start);
  parseSubscriptWord(nameEnd);
  if (byteAt(state.at) == PLUS) state.at++;
  if (byteAt(state.at) != EQUALS) fail();
  else state.at++;
  if (peek() == OPEN_PAREN) fail();
  parseValue();
  close(node);
  return true;
}

/** `[subscript]` as a Word, left out when it has no pieces. */
function parseSubscriptWord(at: u32): void {
  const word = open(Kind.Word, 0, 0, at, 0);
  parseSubscript(at + 1);
  if (eventCount() == word + 1) {
    cut(word);
    return;
  }
  event(word).b = source().at - at;
  close(word);
}

function parseValue(): void {
  const state = source();
  state.at = afterContinuations(state.at);
  if (isWordStart()) parseWord(VALUE);
}

/** `( … )` of an array assignment: words, perhaps over several lines. */
function parseArray(): void {
  const state = source();
  take(OPEN_PAREN);
  enter();
  while (true) {
    skipNewlines();
    if (!isWordStart()) break;
    if (peek() == OPEN_BRACKET) parseKeyedElement();
    else parseWord(ARGUMENT);
  }
  leave();
  if (!take(CLOSE_PAREN)) fail();
  // More text would make it an ordinary word.
  if (!isBreak(afterContinuations(state.at))) fail();
}

/** `[subscript]=value`, or a word that begins with `[`. */
function parseKeyedElement(): void {
  const state = source();
  const at = state.at;
  const before = eventCount();
  parseSubscriptWord(at);
  const after = byteAt(state.at) == PLUS ? state.at + 1 : state.at;
  if (byteAt(after) == EQUALS) {
    state.at = after + 1;
    parseValue();
  } else if (!state.failed && isBreak(state.at) && areLeaves(before)) {
    // A pattern such as `[ab]`: read again, which is cheap while nothing is nested in it.
    cut(before);
    state.at = at;
    parseWord(ARGUMENT);
  } else {
    fail();
  }
}

function areLeaves(from: u32): bool {
  for (let index = from; index < eventCount(); index++) {
    const kind: i32 = event(index).kind;
    if (kind != Kind.Word && kind != Kind.Variable && kind != Kind.Assign) return false;
    if (kind != Kind.Word && event(index).end != index + 1) return false;
  }
  return true;
}
