// Values of the evaluator (docs/meaning.md, section 1). A pointer of 0 is *none*.

import { allocate } from "./heap";

/** A run of unknown bytes. */
export const ANY: u8 = 0xff;
/** A run of unknown bytes without `/`. */
export const SEGMENT: u8 = 0xfe;
/** One or more unknown path components, none of them `.` or `..`. */
export const BELOW: u8 = 0xfd;
/** Precedes a path on another host. */
export const REMOTE: u8 = 0x01;

export const NO: i32 = 0;
export const MAYBE: i32 = 1;
export const YES: i32 = 2;

export const enum Origin { None = 0, File = 1, Package = 2, Computed = 3, Network = 4 }

export const PERHAPS_NONE: u32 = 1;
export const SOLID: u32 = 2;
/** From this bit on in the flags of an absolute path: how many texts at its end hold only if an unknown name is no ordinary one. */
export const ELSEWHERE_SHIFT: u32 = 8;

/** One alternative: `length` bytes at `pointer`. */
@unmanaged
export class Text {
  pointer: u32;
  length: u32;
}

/** One of `count` texts, stored one after another at `texts`. */
@unmanaged
export class Value {
  count: u32;
  /** PERHAPS_NONE, SOLID, and from ELSEWHERE_SHIFT on a count. */
  flags: u32;
  origin: u32;
  texts: u32;
  /** What a process substitution carries: a Value, or 0. */
  carries: u32;
}

/** How many of a path's texts hold when every unknown name is an ordinary one. */
export function ordinaryCount(value: u32): u32 {
  const v = changetype<Value>(value);
  return v.count - (v.flags >> ELSEWHERE_SHIFT);
}

/** One element of a list or an argument list. */
@unmanaged
export class Item {
  /** A Value. */
  value: u32;
  /** SPLAT, NO_DASH, GLOB, UNSURE. */
  flags: u32;
  /** Where it stands in the action's decoded text, or 0 when it does not. */
  start: u32;
  end: u32;
}

/** Any number of words, none included. */
export const SPLAT: u32 = 1;
/** Certainly does not begin with a dash. */
export const NO_DASH: u32 = 2;
/** The splat is a glob: at least one word, which the glob's text describes. */
export const GLOB: u32 = 8;
/** An element that may not be there. */
export const UNSURE: u32 = 4;

/** `count` items, stored one after another at `items`. */
@unmanaged
export class List {
  count: u32;
  items: u32;
}

/** Something that the action does to the world. At most FIELDS_MAX fields: a Value, a List, or an answer for a bool. */
@unmanaged
export class Effect {
  kind: u32;
  certainty: u32;
  start: u32;
  end: u32;
  /** Tier after its floor and rules. */
  tier: u32;
  fields: u32; // the first of FIELDS_MAX words
}

export const FIELDS_MAX: u32 = 8;
export const EFFECT_BYTES: u32 = 20 + 4 * 8;

export function known(pointer: u32, length: u32): u32 {
  const value = changetype<Value>(allocate(offsetof<Value>() + offsetof<Text>()));
  const text = changetype<Text>(changetype<u32>(value) + offsetof<Value>());
  value.count = 1;
  value.flags = 0;
  value.origin = Origin.None;
  value.texts = changetype<u32>(text);
  value.carries = 0;
  text.pointer = pointer;
  text.length = length;
  return changetype<u32>(value);
}
