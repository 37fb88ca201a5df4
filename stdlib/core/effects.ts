// The effects of the action and the evidence that would make them more exact.

import { allocate, setOverflow } from "./heap";
import { EFFECTS_MAX } from "./limits";
import { state } from "./state";
import { sameBytes } from "./text";
import { Effect, EFFECT_BYTES, FIELDS_MAX, MAYBE, Text } from "./value";

/** The kind of the effect that may be any effect. */
export const ANY_EFFECT: u32 = 0xffff;

@unmanaged
class Need {
  kind: u32;
  pointer: u32;
  length: u32;
  next: u32;
}

/** Pieces of evidence that one report may ask for: the gate reads at most this many. */
const NEEDS_MAX: u32 = 64;

const EFFECT_POINTERS: u32 = <u32>memory.data(4 * 4096, 8);

let count: u32 = 0;
let any: bool = false;
let reason: u32 = Why.Limit;
let firstNeed: u32 = 0;
let needs: u32 = 0;

export function resetEffects(): void {
  count = 0;
  any = false;
  reason = Why.Limit;
  firstNeed = 0;
  needs = 0;
}

export function effectCount(): u32 {
  return count;
}

export function effectAt(index: u32): u32 {
  return load<u32>(EFFECT_POINTERS + (index << 2));
}

/** A new effect with its fields zeroed, which is *none*. */
export function newEffect(kind: u32, certainty: i32): Effect {
  const effect = changetype<Effect>(allocate(EFFECT_BYTES));
  effect.kind = kind;
  effect.certainty = min(<u32>certainty, state().certainty);
  effect.start = state().start;
  effect.end = state().end;
  effect.tier = 0;
  memory.fill(changetype<u32>(effect) + offsetof<Effect>("fields"), 0, 4 * FIELDS_MAX);
  if (count == EFFECTS_MAX) {
    setOverflow();
  } else {
    store<u32>(EFFECT_POINTERS + (count << 2), changetype<u32>(effect));
    count++;
  }
  return effect;
}

// @ts-ignore: decorator
@inline
export function setField(effect: Effect, index: u32, value: u32): void {
  store<u32>(changetype<u32>(effect) + offsetof<Effect>("fields") + (index << 2), value);
}

/** Why nobody knows what something does; the report's words for it are in report.ts, in this order. */
export const enum Why { Syntax = 0, Program = 1, Code = 2, Depth = 3, Limit = 4 }

/** The effect that may be any effect; one is enough for an action. */
export function emitAny(why: u32): void {
  if (any) return;
  any = true;
  reason = why;
  newEffect(ANY_EFFECT, MAYBE);
}

/** Why there is the effect that may be any effect. */
export function whyAny(): u32 {
  return reason;
}

/** Asks the host for a piece of evidence, once. */
export function addNeed(kind: u32, pointer: u32, length: u32): void {
  let at = firstNeed;
  while (at != 0) {
    const need = changetype<Need>(at);
    if (need.kind == kind && sameBytes(need.pointer, need.length, pointer, length)) return;
    at = need.next;
  }
  if (needs == NEEDS_MAX) return;
  needs++;
  const need = changetype<Need>(allocate(offsetof<Need>()));
  need.kind = kind;
  need.pointer = pointer;
  need.length = length;
  need.next = firstNeed;
  firstNeed = changetype<u32>(need);
}

export function needCount(): u32 {
  return needs;
}

function needAt(index: u32): Need {
  // The chain has the newest first; the report gives them in the order they came.
  let at = firstNeed;
  for (let i = needs - 1; i > index; i--) at = changetype<Need>(at).next;
  return changetype<Need>(at);
}

export function needKind(index: u32): u32 {
  return needAt(index).kind;
}

export function needPath(index: u32): Text {
  return changetype<Text>(changetype<u32>(needAt(index)) + offsetof<Need>("pointer"));
}
