// Where the parser stands in which text, and how it gives up: a failed parse jumps to the end of its text,
// so every loop ends by itself and every caller sees an end of input.

import { AMPERSAND, BACKSLASH, BREAK, GREATER, HASH, LESS, NEWLINE, OPEN_PAREN, SPACE, TAB, classOf } from "../characters";
import { hasOverflowed } from "../heap";
import { SHELL_DEPTH_MAX } from "../limits";

@unmanaged
export class Source {
  /** The next byte to read, and the end of the text. */
  at: u32;
  end: u32;
  failed: bool;
  /** Inside `$( … )` or `<( … )`, where a here-document may end before the closing parenthesis. */
  inSubstitution: bool;
  /** A reserved word may follow the last command without a separator. */
  wordMayClose: bool;
  depth: u32;
  /** Where the first command of the innermost `$( … )` begins: bash takes `time` for a program there. */
  substitutionStart: u32;
  /** The last place where a reserved word was looked for, and which one stands there (keywords.ts). */
  keywordAt: u32;
  keyword: i32;
}

const RECORD: usize = memory.data(32, 8);

// @ts-ignore: decorator
@inline
export function source(): Source {
  return changetype<Source>(RECORD);
}

export function startSource(pointer: u32, length: u32): void {
  const state = source();
  state.at = pointer;
  state.end = pointer + length;
  state.failed = false;
  state.inSubstitution = false;
  state.wordMayClose = false;
  state.depth = 0;
  state.substitutionStart = 0;
  state.keywordAt = 0;
}

/** Gives up: bash would reject the text, or this parser does not know it, or a limit is passed. */
export function fail(): void {
  const state = source();
  state.failed = true;
  state.at = state.end;
}

/** Goes one construct deeper; `leave` comes back. */
export function enter(): void {
  const state = source();
  state.depth++;
  if (SHELL_DEPTH_MAX < state.depth || hasOverflowed()) fail();
}

export function leave(): void {
  source().depth--;
}

/** Continues in a part of a text; `leaveText` comes back to `at` in the text up to `end`. */
export function enterText(at: u32, end: u32): void {
  const state = source();
  enter();
  if (state.failed) return;
  state.at = at;
  state.end = end;
  state.keywordAt = 0;
}

export function leaveText(at: u32, end: u32): void {
  const state = source();
  leave();
  state.at = state.failed ? end : at;
  state.end = end;
  state.keywordAt = 0;
}

/** The byte at `at`, or 0 at the end; texts have no zero byte. */
// @ts-ignore: decorator
@inline
export function byteAt(at: u32): u32 {
  return at < source().end ? <u32>load<u8>(at) : 0;
}

/** The next byte, or 0 at the end. */
// @ts-ignore: decorator
@inline
export function peek(): u32 {
  return byteAt(source().at);
}

/** The place after escaped newlines. */
export function afterContinuations(at: u32): u32 {
  while (byteAt(at) == BACKSLASH && byteAt(at + 1) == NEWLINE) at += 2;
  return at;
}

/** Takes `byte` when it comes next, escaped newlines before it dropped. */
export function take(byte: u32): bool {
  const at = afterContinuations(source().at);
  if (byteAt(at) != byte) return false;
  source().at = at + 1;
  return true;
}

/** Blanks, escaped newlines and a comment; stands before a token then. */
export function skipBlanks(): void {
  const state = source();
  let at = state.at;
  const end = state.end;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == SPACE || byte == TAB) {
      at++;
    } else if (byte == BACKSLASH && at + 1 < end && load<u8>(at + 1) == NEWLINE) {
      at += 2;
    } else if (byte == HASH) {
      while (at < end && load<u8>(at) != NEWLINE) at++;
    } else {
      break;
    }
  }
  state.at = at;
}

/** True where a word cannot go on: the end, or a metacharacter that opens no process substitution. */
export function isBreak(at: u32): bool {
  const byte = byteAt(at);
  if (byte == 0) return true;
  if ((classOf(byte) & BREAK) == 0) return false;
  return !isProcess(byte, at);
}

/** `<(` or `>(`. */
// @ts-ignore: decorator
@inline
export function isProcess(byte: u32, at: u32): bool {
  return (byte == LESS || byte == GREATER) && byteAt(afterContinuations(at + 1)) == OPEN_PAREN;
}

/** A word begins here. */
export function isWordStart(): bool {
  return !isBreak(source().at);
}

/** `&>`. */
export function isBothRedirect(at: u32): bool {
  return byteAt(at) == AMPERSAND && byteAt(afterContinuations(at + 1)) == GREATER;
}
