// Reserved words, which bash knows only where a command may begin.

import {
  BACKSLASH,
  BANG,
  BREAK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  classOf,
} from "../characters";
import { afterContinuations, byteAt, fail, isBreak, isProcess, source } from "./source";

export const enum Keyword {
  None = 0,
  If = 1,
  Then = 2,
  Elif = 3,
  Else = 4,
  Fi = 5,
  Do = 6,
  Done = 7,
  Case = 8,
  Esac = 9,
  While = 10,
  Until = 11,
  For = 12,
  Select = 13,
  In = 14,
  Function = 15,
  Time = 16,
  Coproc = 17,
  OpenBrace = 18,
  CloseBrace = 19,
  Bang = 20,
  OpenTest = 21,
  CloseTest = 22,
}

/** The longest one, `function`. */
const LENGTH_MAX: u32 = 8;

/** The letters that reserved words begin with: c d e f i s t u w, counted from `a`. */
const FIRST_LETTERS: u32 = 0x5c013c;

/** The reserved word at the source's place, unquoted and ending where a word ends. */
export function peekKeyword(): i32 {
  const state = source();
  // Several callers look at the same place.
  if (state.keywordAt == state.at) return state.keyword;
  const keyword = readKeyword(state.at);
  if (!state.failed) {
    state.keywordAt = state.at;
    state.keyword = keyword;
  }
  return keyword;
}

function readKeyword(at: u32): i32 {
  const first = byteAt(at);
  const letter = first - 0x61;
  if (letter < 26) {
    if (((FIRST_LETTERS >> letter) & 1) == 0) return Keyword.None;
  } else if (!isMark(first)) {
    return Keyword.None;
  }
  let word: u64 = 0;
  let length: u32 = 0;
  let byte = first;
  while (length < LENGTH_MAX && byte != 0 && byte != BACKSLASH && (classOf(byte) & BREAK) == 0) {
    word |= (<u64>byte) << (8 * <u64>length);
    length++;
    byte = byteAt(at + length);
  }
  if (byte == BACKSLASH && byteAt(at + length + 1) == NEWLINE) {
    // An escaped newline inside a reserved word is dropped; one behind it is a blank.
    if (!isBreak(afterContinuations(at + length))) fail();
    return keywordOf(word);
  }
  if (byte != 0 && ((classOf(byte) & BREAK) == 0 || isProcess(byte, at + length))) return Keyword.None;
  return keywordOf(word);
}

/** The reserved words that are no names begin with one of these. */
function isMark(byte: u32): bool {
  switch (byte) {
    case OPEN_BRACE:
    case CLOSE_BRACE:
    case BANG:
    case OPEN_BRACKET:
    case CLOSE_BRACKET:
      return true;
    default:
      return false;
  }
}

/** Takes a reserved word when it comes next. */
export function takeKeyword(keyword: i32): bool {
  if (peekKeyword() != keyword) return false;
  source().at += lengthOf(keyword);
  return true;
}

function lengthOf(keyword: i32): u32 {
  switch (keyword) {
    case Keyword.OpenBrace:
    case Keyword.CloseBrace:
    case Keyword.Bang:
      return 1;
    case Keyword.If:
    case Keyword.Fi:
    case Keyword.Do:
    case Keyword.In:
    case Keyword.OpenTest:
    case Keyword.CloseTest:
      return 2;
    case Keyword.For:
      return 3;
    case Keyword.While:
    case Keyword.Until:
      return 5;
    case Keyword.Select:
    case Keyword.Coproc:
      return 6;
    case Keyword.Function:
      return 8;
    default:
      return 4;
  }
}

/** The bytes of a word, the first one lowest. */
function keywordOf(word: u64): i32 {
  switch (word) {
    case 0x6669:
      return Keyword.If;
    case 0x6e656874:
      return Keyword.Then;
    case 0x66696c65:
      return Keyword.Elif;
    case 0x65736c65:
      return Keyword.Else;
    case 0x6966:
      return Keyword.Fi;
    case 0x6f64:
      return Keyword.Do;
    case 0x656e6f64:
      return Keyword.Done;
    case 0x65736163:
      return Keyword.Case;
    case 0x63617365:
      return Keyword.Esac;
    case 0x656c696877:
      return Keyword.While;
    case 0x6c69746e75:
      return Keyword.Until;
    case 0x726f66:
      return Keyword.For;
    case 0x7463656c6573:
      return Keyword.Select;
    case 0x6e69:
      return Keyword.In;
    case 0x6e6f6974636e7566:
      return Keyword.Function;
    case 0x656d6974:
      return Keyword.Time;
    case 0x636f72706f63:
      return Keyword.Coproc;
    case 0x7b:
      return Keyword.OpenBrace;
    case 0x7d:
      return Keyword.CloseBrace;
    case 0x21:
      return Keyword.Bang;
    case 0x5b5b:
      return Keyword.OpenTest;
    case 0x5d5d:
      return Keyword.CloseTest;
    default:
      return Keyword.None;
  }
}
