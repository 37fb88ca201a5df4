// Words: literal text, quotes, globs, tildes; what `$` and backquotes open is in expansions.ts, braces are in braces.ts.

import {
  AT,
  BACKQUOTE,
  BACKSLASH,
  BANG,
  BREAK,
  CARET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOLLAR,
  DOT,
  DOUBLE_QUOTE,
  EQUALS,
  GREATER,
  LESS,
  LATENT,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PIPE,
  PLUS,
  QUESTION,
  SINGLE_QUOTE,
  SLASH,
  SPECIAL,
  STAR,
  TILDE,
  classOf,
  isName,
  isNameStart,
} from "../characters";
import {
  AT_START,
  DANGLING_BEFORE,
  DANGLING_DOLLAR,
  DANGLING_NAME,
  DANGLING_TILDE,
  DOTS,
  HAS_TILDE,
  closeBrace,
  flattenBrace,
  isTooDeep,
  nextAlternative,
  openBrace,
} from "./braces";
import { GlobKind, Kind, QUOTED, VariableOp, event } from "./events";
import { parseBackquotes, parseDollar, parseProcess, bareNameEnd } from "./expansions";
import {
  afterContinuations,
  byteAt,
  enter,
  enterText,
  fail,
  isBreak,
  isProcess,
  leave,
  leaveText,
  source,
} from "./source";
import { close, cut, eventCount, flatten, open } from "./tree";

/** Braces make several words. */
export const BRACES: u32 = 1;
/** `*`, `?` and `[…]` are patterns. */
export const GLOBS: u32 = 2;
/** `@(…)` and its like are patterns. */
export const EXTENDED: u32 = 4;
/** The value of an assignment: `~` after each `:`. */
export const VALUE: u32 = 8;
/** Inside `${…}`: only `}` ends it. */
export const OPERAND: u32 = 16;
/** What follows `=~`: `|` and parentheses belong to it. */
export const REGEX: u32 = 32;
/** Inside `@(…)`: the closing parenthesis ends it. */
export const NESTED: u32 = 64;

const UNKNOWN: u32 = 0xffffffff;

/** An argument of a simple command, or anything that expands like one. */
export const ARGUMENT: u32 = BRACES | GLOBS;

/** A word at this place, with at least one byte; returns its event. */
export function parseWord(mode: u32): u32 {
  const state = source();
  const start = state.at;
  const word = open(Kind.Word, 0, 0, start, 0);
  parsePieces(mode);
  if (state.at == start) fail();
  event(word).b = state.at - start;
  close(word);
  return word;
}

/** The only piece of a word when it is one unquoted literal, else 0. */
export function literalPiece(word: u32): u32 {
  const piece = event(word + 1);
  return event(word).end == word + 2 && piece.kind == Kind.Text && piece.flags == 0 ? word + 1 : 0;
}

/** Emits pieces up to where the mode ends. */
export function parsePieces(mode: u32): void {
  const state = source();
  const start = state.at;
  let at = start;
  /** Where the literal text that is not yet emitted begins. */
  let run = start;
  /** The innermost open Brace and the open `[`, 0 for none; parentheses of a pattern. */
  let brace: u32 = 0;
  let bracket: u32 = 0;
  let parens: u32 = (mode & NESTED) != 0 ? 1 : 0;
  /** Where a tilde's user name ended, and whether one stood inside an assignment-like argument. */
  let tildeEnd: u32 = 0;
  let tildeInside = false;
  let expanded = false;
  /** Where the `=` of an argument that looks like an assignment stands. */
  let equals: u32 = UNKNOWN;
  while (at < state.end) {
    const byte: u32 = load<u8>(at);
    const bits = classOf(byte);
    if ((bits & (SPECIAL | LATENT)) == 0) {
      at++;
      continue;
    }
    if ((bits & LATENT) != 0) {
      if (byte == CLOSE_BRACE && (mode & OPERAND) != 0) break;
      if (bracket != 0) {
        if (byte == SLASH && (mode & (EXTENDED | NESTED | OPERAND)) == 0) {
          openedBracketIsText(bracket);
          bracket = 0;
        } else if (byte == CLOSE_BRACKET) {
          const closed = closesBracket(bracket, at);
          if (closed) {
            endBracket(bracket, at + 1);
            bracket = 0;
            at++;
            run = at;
            continue;
          }
        } else if (brace != 0 && (byte == COMMA || byte == CLOSE_BRACE)) {
          // A pattern and a brace that overlap: bash would take the text apart first.
          fail();
          return;
        }
        at++;
        continue;
      }
      if (brace == 0 || byte == SLASH || byte == CLOSE_BRACKET) {
        at++;
        continue;
      }
      if (byte == DOT) {
        if (byteAt(at + 1) == DOT && byteAt(at + 2) != CLOSE_BRACE) event(brace).flags |= DOTS;
        at++;
        continue;
      }
      const dangling = danglingAt(at, run, tildeEnd);
      if (byte == COMMA) {
        literal(run, at);
        event(brace).flags |= <u8>dangling;
        nextAlternative(brace, at);
        at++;
        run = at;
        if (byteAt(at) == TILDE && (event(brace).flags & AT_START) != 0) {
          tildeEnd = parseTilde(at, mode, true);
          if (tildeEnd != 0) {
            event(brace).flags |= HAS_TILDE;
            at = run = tildeEnd;
          }
        }
        continue;
      }
      // A closing brace.
      const outer = event(brace).end;
      if (event(brace).aux == 0 && (event(brace).flags & DOTS) == 0) {
        if (outer == 0) {
          // It closes nothing: the brace may still get its comma.
          at++;
          continue;
        }
        literal(run, at);
        run = at;
        flattenBrace(brace);
        brace = outer;
        at++;
        continue;
      }
      literal(run, at);
      run = at;
      event(brace).flags |= <u8>dangling;
      const wasAtStart = (event(brace).flags & AT_START) != 0;
      state.at = at;
      if (closeBrace(brace)) {
        at++;
        run = at;
        expanded = true;
        if (wasAtStart && byteAt(at) == TILDE) fail();
      } else {
        at++;
      }
      if (state.failed) return;
      brace = outer;
      continue;
    }

    if ((bits & BREAK) != 0) {
      if (isProcess(byte, at) && parens == 0) {
        literal(run, at);
        state.at = at;
        parseProcess(byte);
        at = run = state.at;
        continue;
      }
      if ((mode & OPERAND) != 0) {
        at++;
        continue;
      }
      if (byte == OPEN_PAREN && (mode & EXTENDED) != 0 && run < at && isExtendedMark(load<u8>(at - 1))) {
        literal(run, at - 1);
        at = run = parseExtended(at - 1);
        continue;
      }
      if ((mode & (REGEX | NESTED)) != 0) {
        if (byte == OPEN_PAREN) {
          parens++;
          at++;
          continue;
        }
        if (byte == CLOSE_PAREN && parens != 0) {
          parens--;
          if (parens == 0 && (mode & NESTED) != 0) break;
          at++;
          continue;
        }
        if (parens != 0 || byte == PIPE) {
          at++;
          continue;
        }
      }
      break;
    }

    switch (byte) {
      case BACKSLASH: {
        literal(run, at);
        at = run = parseEscape(at);
        break;
      }
      case SINGLE_QUOTE: {
        literal(run, at);
        at = run = parseSingleQuotes(at);
        break;
      }
      case DOUBLE_QUOTE: {
        literal(run, at);
        state.at = at + 1;
        parseDoubleQuotes();
        at = run = state.at;
        break;
      }
      case BACKQUOTE: {
        literal(run, at);
        state.at = at;
        parseBackquotes(false, false);
        at = run = state.at;
        break;
      }
      case DOLLAR: {
        literal(run, at);
        run = at;
        state.at = at;
        if (parseDollar(false)) at = run = state.at;
        else at++;
        break;
      }
      case STAR:
      case QUESTION: {
        if ((mode & EXTENDED) != 0 && byteAt(at + 1) == OPEN_PAREN) {
          literal(run, at);
          at = run = parseExtended(at);
        } else if ((mode & GLOBS) == 0 || bracket != 0) {
          at++;
        } else {
          literal(run, at);
          at = run = parseStar(at);
        }
        break;
      }
      case OPEN_BRACKET: {
        if ((mode & GLOBS) == 0) {
          at++;
        } else if (bracket != 0) {
          const next = byteAt(at + 1);
          if (next == COLON || next == DOT || next == EQUALS) event(bracket).aux = <u16>next;
          at++;
        } else {
          literal(run, at);
          bracket = open(Kind.Glob, 0, 0, at, 0);
          at++;
          run = at;
          if (byteAt(at) == BANG || byteAt(at) == CARET) at++;
          if (byteAt(at) == CLOSE_BRACKET) at++;
        }
        break;
      }
      case OPEN_BRACE: {
        if ((mode & BRACES) == 0) {
          at++;
        } else if (byteAt(at + 1) == CLOSE_BRACE && (at == start || bracket != 0)) {
          at += 2;
        } else if (bracket != 0 || isTooDeep(brace)) {
          fail();
        } else {
          let flags: u8 = danglingAt(at, run, tildeEnd) != 0 ? DANGLING_BEFORE : <u8>0;
          if (brace == 0 ? at == start : isAlternativeStart(brace, at, run) && (event(brace).flags & AT_START) != 0)
            flags |= AT_START;
          literal(run, at);
          brace = openBrace(at, brace, flags);
          at++;
          run = at;
          if (byteAt(at) == TILDE && (flags & AT_START) != 0) {
            tildeEnd = parseTilde(at, mode, true);
            if (tildeEnd != 0) {
              event(brace).flags |= HAS_TILDE;
              at = run = tildeEnd;
            }
          }
        }
        break;
      }
      case TILDE: {
        let place = at == start;
        let inAssignment = (mode & VALUE) != 0;
        const before: u32 = run < at ? <u32>load<u8>(at - 1) : 0;
        if (!place && (before == COLON || before == EQUALS)) {
          if (!inAssignment && (mode & BRACES) != 0) {
            if (equals == UNKNOWN) equals = findEquals(start);
            inAssignment = equals != 0;
            place = equals + 1 == at;
          }
          if (inAssignment && before == COLON) place = true;
          if (place && (mode & VALUE) == 0) tildeInside = true;
        }
        if (place) {
          literal(run, at);
          run = at;
          const after = parseTilde(at, mode, false);
          if (after != 0) {
            at = run = tildeEnd = after;
            break;
          }
        }
        at++;
        break;
      }
      default:
        // INVARIANT: every special byte that is not a break has a case.
        fail();
    }
    if (state.failed) return;
  }
  if (bracket != 0) openedBracketIsText(bracket);
  literal(run, at);
  while (brace != 0) {
    const outer = event(brace).end;
    flattenBrace(brace);
    brace = outer;
  }
  // After brace expansion bash no longer takes a word for an assignment, so its tildes are literal.
  if (expanded && tildeInside) fail();
  if (!state.failed) state.at = at;
}

/** What stands just before `at` and would take in the text that brace expansion puts behind it. */
function danglingAt(at: u32, run: u32, tildeEnd: u32): u8 {
  if (run == at && bareNameEnd() == at) return DANGLING_NAME;
  if (run == at && tildeEnd == at) return DANGLING_TILDE;
  if (run < at && load<u8>(at - 1) == DOLLAR) return DANGLING_DOLLAR;
  return 0;
}

/** Nothing stands yet in the current alternative. */
function isAlternativeStart(brace: u32, at: u32, run: u32): bool {
  return run == at && event(event(brace).b).end == eventCount();
}

function literal(from: u32, to: u32): void {
  if (from < to) open(Kind.Text, 0, 0, from, to - from);
}

/** A backslash outside of quotes; returns the place after it. */
function parseEscape(at: u32): u32 {
  const byte = byteAt(at + 1);
  if (byte == NEWLINE) return at + 2;
  if (byte == 0) {
    open(Kind.Text, QUOTED, 0, at, 1);
    return at + 1;
  }
  open(Kind.Text, QUOTED, 0, at + 1, 1);
  return at + 2;
}

/** `'…'`; returns the place after it. */
export function parseSingleQuotes(at: u32): u32 {
  const close = findSingleQuote(at + 1);
  open(Kind.Text, QUOTED, 0, at + 1, close - at - 1);
  return source().failed ? source().end : close + 1;
}

/** The next single quote from `at` on; fails when there is none. */
export function findSingleQuote(at: u32): u32 {
  const end = source().end;
  while (at < end && load<u8>(at) != SINGLE_QUOTE) at++;
  if (at == end) fail();
  return at;
}

/** What follows an opening `"`, and the closing one. A string without pieces is one empty Text. */
export function parseDoubleQuotes(): void {
  const before = eventCount();
  const start = source().at;
  parseQuotedPieces(DOUBLE_QUOTE, false);
  if (byteAt(source().at) != DOUBLE_QUOTE) {
    fail();
    return;
  }
  if (eventCount() == before) open(Kind.Text, QUOTED, 0, start, 0);
  source().at++;
}

/**
 * Pieces as in double quotes up to `closer`, which stays, or to the end of the text (0: a here-document).
 * Up to `}` quotes inside quotes open again; `literalQuotes` keeps the single ones as text.
 */
export function parseQuotedPieces(closer: u32, literalQuotes: bool): void {
  const state = source();
  let at = state.at;
  let run = at;
  while (at < state.end) {
    const byte: u32 = load<u8>(at);
    if (byte == closer) break;
    if (byte == BACKSLASH) {
      const next = byteAt(at + 1);
      if (next == NEWLINE) {
        quoted(run, at);
        at += 2;
        run = at;
      } else if (isEscapable(next, closer)) {
        quoted(run, at);
        run = at + 1;
        at += 2;
      } else {
        at++;
      }
    } else if (byte == DOLLAR) {
      // Whether `$'` opens a string here depends on the version of bash.
      if (closer == CLOSE_BRACE && byteAt(at + 1) == SINGLE_QUOTE) fail();
      quoted(run, at);
      run = at;
      state.at = at;
      if (parseDollar(true)) at = run = state.at;
      else at++;
    } else if (byte == BACKQUOTE) {
      quoted(run, at);
      state.at = at;
      parseBackquotes(true, closer != 0);
      at = run = state.at;
    } else if ((byte == LESS || byte == GREATER) && closer == CLOSE_BRACE && isProcess(byte, at)) {
      // Literal when it is expanded, but parsed as a process substitution to find the brace.
      fail();
    } else if (byte == DOUBLE_QUOTE && closer == CLOSE_BRACE) {
      quoted(run, at);
      state.at = at + 1;
      parseDoubleQuotes();
      at = run = state.at;
    } else if (byte == SINGLE_QUOTE && closer == CLOSE_BRACE) {
      quoted(run, at);
      at = run = literalQuotes ? parseLiteralQuotes(at) : parseSingleQuotes(at);
    } else {
      at++;
    }
    if (state.failed) return;
  }
  quoted(run, at);
  state.at = at;
}

/** What a backslash in double quotes takes away the meaning of. */
function isEscapable(byte: u32, closer: u32): bool {
  if (byte == DOLLAR || byte == BACKQUOTE || byte == BACKSLASH) return true;
  return closer != 0 && (byte == DOUBLE_QUOTE || (byte == CLOSE_BRACE && closer == CLOSE_BRACE));
}

/** `'…'` inside `"${x:-…}"`: a `}` between the quotes does not end it, but all of it is text that is expanded. */
function parseLiteralQuotes(at: u32): u32 {
  const state = source();
  const stop = findSingleQuote(at + 1);
  if (state.failed) return state.end;
  const end = state.end;
  quoted(at, at + 1);
  enterText(at + 1, stop);
  for (let inner = at + 1; inner < stop; inner++) {
    if (load<u8>(inner) == BACKSLASH || load<u8>(inner) == DOUBLE_QUOTE) fail();
  }
  parseQuotedPieces(0, true);
  leaveText(stop + 1, end);
  quoted(stop, stop + 1);
  return state.failed ? end : stop + 1;
}

function quoted(from: u32, to: u32): void {
  if (from < to) open(Kind.Text, QUOTED, 0, from, to - from);
}

/** `*`, `**` or `?`; returns the place after it. */
function parseStar(at: u32): u32 {
  const byte = byteAt(at);
  if (byte == QUESTION) {
    open(Kind.Glob, 0, GlobKind.Question, at, 1);
    return at + 1;
  }
  if (byteAt(at + 1) == STAR) {
    open(Kind.Glob, 0, GlobKind.DoubleStar, at, 2);
    return at + 2;
  }
  open(Kind.Glob, 0, GlobKind.Star, at, 1);
  return at + 1;
}

/** `@(…)` from its mark on; returns the place after it. */
function parseExtended(at: u32): u32 {
  const state = source();
  const pattern = open(Kind.Glob, 0, GlobKind.Extended, at, 0);
  enter();
  if (!state.failed) state.at = at + 2;
  parsePieces(EXTENDED | NESTED);
  leave();
  if (byteAt(state.at) != CLOSE_PAREN) {
    fail();
    return state.end;
  }
  sealPattern(pattern, GlobKind.Extended, state.at + 1 - at);
  return state.at + 1;
}

function isExtendedMark(byte: u32): bool {
  return byte == AT || byte == BANG || byte == PLUS;
}

/** Whether `]` at `at` ends the open bracket, or only a class inside it such as `[:alpha:]`. */
function closesBracket(bracket: u32, at: u32): bool {
  const pattern = event(bracket);
  if (pattern.aux == 0) return true;
  if (load<u8>(at - 1) == <u8>pattern.aux) pattern.aux = 0;
  // A class that never ends is no class, and this was the end.
  else pattern.b = 1;
  return false;
}

function endBracket(bracket: u32, after: u32): void {
  sealPattern(bracket, GlobKind.Bracket, after - event(bracket).a);
}

/** The opening bracket has no end: it and what follows are literal. */
function openedBracketIsText(bracket: u32): void {
  const pattern = event(bracket);
  if (pattern.b != 0) fail();
  flatten(bracket, Kind.Text, pattern.a, 1);
}

/** Closes a pattern. With quoted literals only it is a plain one; with expansions, or a quoted `/`, it is any text. */
function sealPattern(pattern: u32, kind: u32, length: u32): void {
  for (let index = pattern + 1; index < eventCount(); index++) {
    const piece = event(index);
    const plain = piece.kind == Kind.Glob || (piece.kind == Kind.Text && !hasSlash(piece.a, piece.b));
    if (plain) continue;
    const value = event(pattern);
    value.kind = <u8>Kind.Variable;
    value.aux = <u16>VariableOp.Other;
    value.b = 0;
    close(pattern);
    return;
  }
  cut(pattern + 1);
  event(pattern).aux = <u16>kind;
  event(pattern).b = length;
  close(pattern);
}

function hasSlash(pointer: u32, length: u32): bool {
  for (let index: u32 = 0; index < length; index++) {
    if (load<u8>(pointer + index) == SLASH) return true;
  }
  return false;
}

/** A tilde and its user name; returns the place after it, or 0 when it is literal. */
function parseTilde(at: u32, mode: u32, inBrace: bool): u32 {
  let after = at + 1;
  while (isUserByte(byteAt(after))) after++;
  // Bash drops escaped newlines before it looks for tildes.
  const next = afterContinuations(after);
  const byte = byteAt(next);
  if (next != after && byte != SLASH && !isBreak(next)) fail();
  const ends =
    byte == 0 ||
    byte == SLASH ||
    byte == COLON ||
    ((classOf(byte) & BREAK) != 0 && !isProcess(byte, next)) ||
    ((byte == COMMA || byte == CLOSE_BRACE) && inBrace) ||
    (byte == CLOSE_BRACE && (mode & OPERAND) != 0);
  if (!ends) {
    // It also expands braces before.
    if (byte == OPEN_BRACE && (mode & BRACES) != 0) fail();
    return 0;
  }
  open(Kind.Tilde, 0, 0, at + 1, after - at - 1);
  return after;
}

function isUserByte(byte: u32): bool {
  return isName(byte) || byte == MINUS || byte == PLUS || byte == DOT || byte > 0x7f;
}

/** Where the `=` of an argument that looks like an assignment (`a=`, `a+=`, `a[1]=`) stands, or 0. */
function findEquals(start: u32): u32 {
  if (!isNameStart(byteAt(start))) return 0;
  let at = start + 1;
  while (isName(byteAt(at))) at++;
  if (byteAt(at) == OPEN_BRACKET) {
    while (byteAt(at) != CLOSE_BRACKET) {
      if (isBreak(at)) return 0;
      at++;
    }
    at++;
  }
  if (byteAt(at) == PLUS) at++;
  return byteAt(at) == EQUALS ? at : 0;
}
