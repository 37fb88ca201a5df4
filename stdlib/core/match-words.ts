// Whether a value is one of the words that a usage line names (compiler/wasm/tables.ts, layoutWords).

import { match } from "./match";
import { TextTable, WordsTable } from "./tables";
import { isHole, sameBytes, textAt } from "./text";
import { MAYBE, NO, PERHAPS_NONE, SEGMENT, Text, Value, YES } from "./value";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

export function matchWords(value: u32, words: u32): i32 {
  const table = changetype<WordsTable>(words);
  if (table.isAutomaton != 0) return match(value, table.what);
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  let some = NO;
  let every: i32 = v.count == 0 ? NO : YES;
  for (let i: u32 = 0; i < v.count; i++) {
    const answer = matchText(textAt(value, i), table);
    some = max(some, answer);
    every = min(every, answer);
  }
  if (some == NO) return NO;
  return every == YES && (v.flags & PERHAPS_NONE) == 0 ? YES : MAYBE;
}

/** A text with holes is never certain to be a literal. */
function matchText(text: Text, table: WordsTable): i32 {
  const open = hasHoles(text);
  for (let i: u32 = 0; i < table.what; i++) {
    const literal = changetype<TextTable>(changetype<u32>(table) + offsetof<WordsTable>() + i * offsetof<TextTable>());
    if (open) {
      if (fits(text, literal)) return MAYBE;
    } else if (sameBytes(text.pointer, text.length, literal.pointer, literal.length)) return YES;
  }
  return NO;
}

function hasHoles(text: Text): bool {
  for (let i: u32 = 0; i < text.length; i++) if (isHole(load<u8>(text.pointer + i))) return true;
  return false;
}

/**
 * Whether the holes of the text can be filled so that it is the literal. The text positions that can be reached are
 * walked from left to right, one byte of the literal after the other.
 */
function fits(text: Text, literal: TextTable): bool {
  if (text.length >= POSITIONS_MAX) return true;
  // Bit t: everything before text position t has been filled with what was walked of the literal.
  let reached: u64 = through(text, 1);
  for (let l: u32 = 0; l < literal.length && reached != 0; l++) {
    const byte = load<u8>(literal.pointer + l);
    let next: u64 = 0;
    for (let t: u32 = 0; t < text.length; t++) {
      if ((reached & ((<u64>1) << t)) == 0) continue;
      const open = load<u8>(text.pointer + t);
      if (!isHole(open)) {
        if (open == byte) next |= (<u64>1) << (t + 1);
      } else if (open != SEGMENT || takes(text, t, literal, l, byte)) {
        next |= ((<u64>1) << t) | ((<u64>1) << (t + 1));
      }
    }
    reached = through(text, next);
  }
  return (reached & ((<u64>1) << text.length)) != 0;
}

/** A longer text counts as one that fits. */
const POSITIONS_MAX: u32 = 63;

/** Whether the segment at `t` may take the byte at `l`: never a slash, and no dot where it begins a component. */
function takes(text: Text, t: u32, literal: TextTable, l: u32, byte: u8): bool {
  if (byte == SLASH) return false;
  return !(byte == DOT && beginsComponent(text, t) && (l == 0 || load<u8>(literal.pointer + l - 1) == SLASH));
}

function beginsComponent(text: Text, t: u32): bool {
  return t == 0 || load<u8>(text.pointer + t - 1) == SLASH;
}

/** The positions that holes standing for nothing lead to; a segment that is a whole beginning of a component stands for something. */
function through(text: Text, positions: u64): u64 {
  let reached = positions;
  for (let t: u32 = 0; t < text.length; t++) {
    if ((reached & ((<u64>1) << t)) == 0) continue;
    const open = load<u8>(text.pointer + t);
    if (!isHole(open)) continue;
    if (open == SEGMENT && beginsComponent(text, t) && !isEmptyAllowed(text, t)) continue;
    reached |= (<u64>1) << (t + 1);
  }
  return reached;
}

function isEmptyAllowed(text: Text, t: u32): bool {
  if (t + 1 >= text.length) return false;
  const next = load<u8>(text.pointer + t + 1);
  return next != DOT && next != SLASH;
}
