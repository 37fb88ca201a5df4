// Compound commands and function definitions.

import {
  AMPERSAND,
  BACKQUOTE,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_PAREN,
  DOLLAR,
  DOUBLE_QUOTE,
  GREATER,
  LESS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_PAREN,
  PIPE,
  SEMICOLON,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  isName,
  isNameStart,
} from "../characters";
import { findArithmeticEnd, parseArithmetic } from "./arithmetic";
import { Kind, event } from "./events";
import { Keyword, peekKeyword, takeKeyword } from "./keywords";
import { parseRedirects } from "./redirects";
import {
  afterContinuations,
  byteAt,
  enter,
  enterText,
  fail,
  isBreak,
  isWordStart,
  leave,
  leaveText,
  peek,
  skipBlanks,
  source,
  take,
} from "./source";
import { parseStatements, requireStatements, skipNewlines } from "./statements";
import { close, eventCount, open } from "./tree";
import { parseTest } from "./test-command";
import { ARGUMENT, GLOBS, parseWord } from "./words";

/** The compound command that `keyword`, or a parenthesis, opens here; false when it opens none. */
export function parseCompound(keyword: i32): bool {
  const state = source();
  const node = eventCount();
  enter();
  switch (keyword) {
    case Keyword.None:
      parseParenthesis();
      break;
    case Keyword.OpenBrace:
      parseGroup();
      break;
    case Keyword.If:
      parseIf();
      break;
    case Keyword.While:
    case Keyword.Until:
      parseLoop(keyword);
      break;
    case Keyword.For:
    case Keyword.Select:
      parseFor(keyword);
      break;
    case Keyword.Case:
      parseCase();
      break;
    case Keyword.Function:
      parseFunctionKeyword();
      break;
    case Keyword.OpenTest:
      parseTest();
      break;
    default:
      leave();
      return false;
  }
  if (keyword != Keyword.Function && !state.failed) {
    state.wordMayClose = true;
    parseRedirects();
    close(node);
  }
  leave();
  return true;
}

/** What follows a function's name and parentheses: one compound command, which ends the Function at `node`. */
export function parseFunctionBody(node: u32): void {
  skipNewlines();
  const keyword = peekKeyword();
  if (keyword == Keyword.Function || (keyword == Keyword.None && peek() != OPEN_PAREN) || !parseCompound(keyword))
    fail();
  close(node);
}

/** `function name [()] compound`. */
function parseFunctionKeyword(): void {
  const state = source();
  takeKeyword(Keyword.Function);
  skipBlanks();
  const start = state.at;
  while (!isBreak(state.at)) {
    const byte = peek();
    if (isExpanding(byte)) fail();
    else state.at++;
  }
  if (state.at == start) fail();
  const node = open(Kind.Function, 0, 0, start, state.at - start);
  skipBlanks();
  if (peek() == OPEN_PAREN && byteAt(afterBlanks(state.at + 1)) == CLOSE_PAREN) {
    state.at = afterBlanks(state.at + 1) + 1;
  }
  parseFunctionBody(node);
}

/** What bash would have to expand or unquote in a name. */
function isExpanding(byte: u32): bool {
  switch (byte) {
    case DOLLAR:
    case SINGLE_QUOTE:
    case DOUBLE_QUOTE:
    case BACKSLASH:
    case BACKQUOTE:
    case LESS:
    case GREATER:
      return true;
    default:
      return false;
  }
}

function afterBlanks(at: u32): u32 {
  while (true) {
    at = afterContinuations(at);
    if (byteAt(at) != SPACE && byteAt(at) != TAB) return at;
    at++;
  }
}

/** `(( … ))` or `( … )`. */
function parseParenthesis(): void {
  const state = source();
  const second = afterContinuations(state.at + 1);
  if (byteAt(second) == OPEN_PAREN) {
    // A parenthesis behind an escaped newline may or may not count as the second one.
    if (second != state.at + 1) {
      fail();
      return;
    }
    const stop = findArithmeticEnd(second + 1);
    if (state.failed) return;
    if (stop != 0) {
      parseArithmeticCommand(second + 1, stop);
      return;
    }
  }
  open(Kind.Subshell, 0, 0, 0, 0);
  state.at++;
  requireStatements();
  if (!take(CLOSE_PAREN)) fail();
}

function parseArithmeticCommand(at: u32, stop: u32): void {
  const node = open(Kind.ArithCommand, 0, 0, 0, 0);
  const end = source().end;
  enterText(at, stop);
  parseArithmetic(0);
  leaveText(stop + 2, end);
  close(node);
}

/** `{ … }`. */
function parseGroup(): void {
  takeKeyword(Keyword.OpenBrace);
  open(Kind.Group, 0, 0, 0, 0);
  requireStatements();
  expect(Keyword.CloseBrace);
}

function expect(keyword: i32): void {
  if (!takeKeyword(keyword)) fail();
}

/** Each `elif` is a Branch around all that follows; those still open are chained through their `end`. */
function parseIf(): void {
  const state = source();
  takeKeyword(Keyword.If);
  open(Kind.If, 0, 0, 0, 0);
  requireStatements();
  expect(Keyword.Then);
  parseBranch();
  let chain: u32 = 0;
  let depth: u32 = 0;
  while (takeKeyword(Keyword.Elif)) {
    const branch = open(Kind.Branch, 0, 0, 0, 0);
    event(branch).end = chain;
    chain = branch;
    depth++;
    enter();
    requireStatements();
    expect(Keyword.Then);
    parseBranch();
  }
  if (takeKeyword(Keyword.Else)) parseBranch();
  expect(Keyword.Fi);
  for (; 0 < depth && !state.failed; depth--) {
    const outer = event(chain).end;
    close(chain);
    chain = outer;
    leave();
  }
}

function parseBranch(): void {
  const branch = open(Kind.Branch, 0, 0, 0, 0);
  requireStatements();
  close(branch);
}

/** `while` and `until`. */
function parseLoop(keyword: i32): void {
  takeKeyword(keyword);
  open(Kind.Loop, 0, 0, 0, 0);
  requireStatements();
  expect(Keyword.Do);
  requireStatements();
  expect(Keyword.Done);
}

/** `do … done` or `{ … }`. */
function parseLoopBody(): void {
  if (takeKeyword(Keyword.Do)) {
    requireStatements();
    expect(Keyword.Done);
  } else if (takeKeyword(Keyword.OpenBrace)) {
    requireStatements();
    expect(Keyword.CloseBrace);
  } else {
    fail();
  }
}

/** `for`, `select` and `for ((…))`. */
function parseFor(keyword: i32): void {
  const state = source();
  takeKeyword(keyword);
  skipBlanks();
  if (keyword == Keyword.For && peek() == OPEN_PAREN) {
    parseArithmeticFor();
    return;
  }
  const start = state.at;
  if (isNameStart(peek())) {
    while (isName(peek())) state.at++;
  }
  // Bash finds out that it is no name when the loop runs.
  if (state.at == start || !isBreak(state.at)) fail();
  const node = open(Kind.For, 0, 0, start, state.at - start);
  skipBlanks();
  const sameLine = peek() != NEWLINE;
  if (peek() == SEMICOLON) {
    state.at++;
    skipNewlines();
  } else {
    skipNewlines();
    if (takeKeyword(Keyword.In)) {
      event(node).aux = 1;
      parseItems();
    } else if (sameLine && peekKeyword() == Keyword.OpenBrace) {
      fail();
    }
  }
  const body = open(Kind.Body, 0, 0, 0, 0);
  parseLoopBody();
  close(body);
}

/** The words behind `in`, and what ends them. */
function parseItems(): void {
  const state = source();
  while (true) {
    skipBlanks();
    if (!isWordStart()) break;
    parseWord(ARGUMENT);
  }
  if (peek() == SEMICOLON) state.at++;
  else if (peek() != NEWLINE) fail();
  skipNewlines();
}

/** `for (( … ; … ; … ))`, its header as one ArithCommand. */
function parseArithmeticFor(): void {
  const state = source();
  open(Kind.Loop, 0, 0, 0, 0);
  if (byteAt(state.at + 1) != OPEN_PAREN) {
    fail();
    return;
  }
  const at = state.at + 2;
  const stop = findArithmeticEnd(at);
  if (stop == 0 || countParts(at, stop) != 3) {
    fail();
    return;
  }
  parseArithmeticCommand(at, stop);
  skipBlanks();
  if (peek() == SEMICOLON) state.at++;
  skipNewlines();
  parseLoopBody();
}

/** Parts between semicolons outside of parentheses and braces; 0 where quotes make that unclear. */
function countParts(at: u32, stop: u32): u32 {
  let count: u32 = 1;
  let depth: u32 = 0;
  for (let index = at; index < stop; index++) {
    switch (<u32>load<u8>(index)) {
      case SEMICOLON:
        if (depth == 0) count++;
        break;
      case OPEN_PAREN:
      case OPEN_BRACE:
        depth++;
        break;
      case CLOSE_PAREN:
      case CLOSE_BRACE:
        depth--;
        break;
      case BACKSLASH:
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
      case BACKQUOTE:
        return 0;
    }
  }
  return count;
}

function parseCase(): void {
  const state = source();
  takeKeyword(Keyword.Case);
  open(Kind.Case, 0, 0, 0, 0);
  skipBlanks();
  if (isWordStart()) parseWord(0);
  else fail();
  skipNewlines();
  expect(Keyword.In);
  skipNewlines();
  while (!state.failed && !takeKeyword(Keyword.Esac)) {
    parseArm();
    skipNewlines();
  }
}

/** Patterns, a Branch, and `;;` or its like unless `esac` follows. */
function parseArm(): void {
  const state = source();
  if (take(OPEN_PAREN)) skipBlanks();
  while (true) {
    if (isWordStart()) parseWord(GLOBS);
    else fail();
    skipBlanks();
    if (peek() != PIPE) break;
    state.at++;
    skipBlanks();
  }
  if (!take(CLOSE_PAREN)) fail();
  const branch = open(Kind.Branch, 0, 0, 0, 0);
  parseStatements();
  close(branch);
  if (peek() == SEMICOLON) takeArmEnd();
  else if (peekKeyword() != Keyword.Esac) fail();
}

/** `;;`, `;&` or `;;&`. */
function takeArmEnd(): void {
  take(SEMICOLON);
  if (take(SEMICOLON)) take(AMPERSAND);
  else if (!take(AMPERSAND)) fail();
}
