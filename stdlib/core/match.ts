// Matching a value with the automaton of a pattern set (docs/meaning.md, section 6).
//
// A text without holes walks one state per byte. From the first hole on, a set of states is walked:
// the text matches when all of the states at its end accept, and does not when none does.

import { heapRoom, heapTop, setOverflow } from "./heap";
import { BELOW, MAYBE, NO, PERHAPS_NONE, SEGMENT, Text, Value, YES } from "./value";

/** As compiler/wasm/data.ts lays it out. */
@unmanaged
class Automaton {
  states: u32;
  classes: u32;
  /** A u16 for each state and class. */
  transitions: u32;
  /** A byte for each state. */
  accepts: u32;
  /** The class that holds `/` and nothing else, or none. */
  slashClass: u32;
  /** The classes of `.` and `/` when they hold nothing but these two, or none. */
  dotClass: u32;
  dotOrSlashClass: u32;
}

/** Where the class of each byte stands in an automaton. */
const CLASS_OF: u32 = 28;
const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/** Whether the value's text is one that the automaton accepts. */
export function match(value: u32, dfa: u32): i32 {
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  const count = v.count;
  if (count == 0) return NO;
  let text = v.texts;
  let answer = matchText(changetype<Text>(text).pointer, changetype<Text>(text).length, dfa);
  for (let i: u32 = 1; i < count; i++) {
    text += offsetof<Text>();
    if (matchText(changetype<Text>(text).pointer, changetype<Text>(text).length, dfa) != answer) answer = MAYBE;
  }
  return answer == YES && (v.flags & PERHAPS_NONE) != 0 ? MAYBE : answer;
}

/** Whether one text matches. */
export function matchText(pointer: u32, length: u32, dfa: u32): i32 {
  const automaton = changetype<Automaton>(dfa);
  const classes = automaton.classes;
  const transitions = automaton.transitions;
  const end = pointer + length;
  let state: u32 = 0;
  while (pointer < end) {
    const byte: u32 = load<u8>(pointer);
    if (byte >= BELOW) return matchFrom(end - length, pointer, end, state, automaton);
    state = load<u16>(transitions + ((state * classes + load<u8>(dfa + byte, CLASS_OF)) << 1));
    pointer++;
  }
  return load<u8>(automaton.accepts + state) != 0 ? YES : NO;
}

// A set of states: its members in order of arrival, and for each state where it would stand there. Neither
// array is ever cleared; a state is a member only when both agree.
let members: u32 = 0;
let places: u32 = 0;
let size: u32 = 0;

// @ts-ignore: decorator
@inline
function add(state: u32): void {
  const place: u32 = load<u16>(places + (state << 1));
  if (place < size && load<u16>(members + (place << 1)) == state) return;
  store<u16>(members + (size << 1), <u16>state);
  store<u16>(places + (state << 1), <u16>size);
  size++;
}

function matchFrom(begin: u32, pointer: u32, end: u32, state: u32, automaton: Automaton): i32 {
  const bytes = automaton.states << 1;
  if (heapRoom() < bytes * 4) {
    setOverflow();
    return MAYBE;
  }
  // Working space above the heap's top; nothing here allocates, so it needs no commit.
  let current = heapTop();
  let other = current + bytes * 2;
  const classes = automaton.classes;
  const transitions = automaton.transitions;

  store<u16>(current, <u16>state);
  let count: u32 = 1;
  for (; pointer < end; pointer++) {
    const byte = load<u8>(pointer);
    members = other;
    places = other + bytes;
    size = 0;
    if (byte == SEGMENT && (pointer == begin || load<u8>(pointer - 1) == SLASH)) {
      openComponent(automaton, current, count, pointer + 1 < end ? load<u8>(pointer + 1) : SLASH);
    } else if (byte >= BELOW) {
      for (let i: u32 = 0; i < count; i++) add(load<u16>(current + (i << 1)));
      close(automaton, byte == SEGMENT ? automaton.slashClass : <u32>-1);
    } else {
      const group: u32 = load<u8>(changetype<u32>(automaton) + byte, CLASS_OF);
      for (let i: u32 = 0; i < count; i++) {
        const from: u32 = load<u16>(current + (i << 1));
        add(load<u16>(transitions + ((from * classes + group) << 1)));
      }
    }
    other = current;
    current = members;
    count = size;
  }

  let accepting: u32 = 0;
  for (let i: u32 = 0; i < count; i++) accepting += load<u8>(automaton.accepts + load<u16>(current + (i << 1))) != 0 ? 1 : 0;
  return accepting == 0 ? NO : accepting == count ? YES : MAYBE;
}

/** A segment that begins a component: its name is not empty and does not begin with a dot. `next` is what follows it. */
function openComponent(automaton: Automaton, current: u32, count: u32, next: u8): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = automaton.transitions + ((load<u16>(current + (i << 1)) * automaton.classes) << 1);
    for (let group: u32 = 0; group < automaton.classes; group++) {
      if (group != automaton.dotClass && group != automaton.dotOrSlashClass) add(load<u16>(row + (group << 1)));
    }
  }
  close(automaton, automaton.slashClass);
  if (next == DOT || next == SLASH) return;
  for (let i: u32 = 0; i < count; i++) add(load<u16>(current + (i << 1)));
}

/** Adds every state that the members reach by any bytes but those of the class `without`. */
function close(automaton: Automaton, without: u32): void {
  const classes = automaton.classes;
  for (let i: u32 = 0; i < size; i++) {
    const row = automaton.transitions + ((load<u16>(members + (i << 1)) * classes) << 1);
    for (let group: u32 = 0; group < classes; group++) {
      if (group != without) add(load<u16>(row + (group << 1)));
    }
  }
}

/** The first hole of a text, or its length. */
export function holeAt(pointer: u32, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(pointer + i) >= BELOW) return i;
  return length;
}

/** The length of the value's text when it is one known text, else -1. */
export function knownLength(value: u32): i32 {
  if (value == 0) return -1;
  const v = changetype<Value>(value);
  if (v.count != 1 || (v.flags & PERHAPS_NONE) != 0) return -1;
  const text = changetype<Text>(v.texts);
  return holeAt(text.pointer, text.length) == text.length ? <i32>text.length : -1;
}
