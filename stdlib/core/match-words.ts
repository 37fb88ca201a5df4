// Whether a value is one of the words that a usage line names (compiler/wasm/tables.ts, layoutWords).

import { match } from "./match";
import { TextTable, WordsTable } from "./tables";
import { isHole, sameBytes, textAt } from "./text";
import { MAYBE, NO, PERHAPS_NONE, SEGMENT, Text, Value, YES } from "./value";

const SLASH: u8 = 0x2f;

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

/** Whether the holes of the text can be filled so that it is the literal: each hole takes as little as it can. */
function fits(text: Text, literal: TextTable): bool {
  let t: u32 = 0;
  let l: u32 = 0;
  let holeAt: u32 = 0xffffffff;
  let wide = false;
  let taken: u32 = 0;
  while (l < literal.length) {
    const byte: u8 = t < text.length ? load<u8>(text.pointer + t) : 0;
    if (t < text.length && isHole(byte)) {
      if (byte != SEGMENT) wide = true;
      holeAt = t++;
      taken = l;
    } else if (t < text.length && byte == load<u8>(literal.pointer + l)) {
      t++;
      l++;
    } else if (holeAt != 0xffffffff && (load<u8>(text.pointer + holeAt) != SEGMENT || load<u8>(literal.pointer + taken) != SLASH)) {
      t = holeAt + 1;
      l = ++taken;
    } else {
      // A segment cannot go over a slash; an earlier hole that can might.
      return holeAt != 0xffffffff && wide && load<u8>(text.pointer + holeAt) == SEGMENT;
    }
  }
  while (t < text.length && isHole(load<u8>(text.pointer + t))) t++;
  return t == text.length;
}
