// Deciding the effects of an action with the policy's rules (docs/meaning.md, section 6).

import { ANY_EFFECT, effectAt, effectCount, needCount } from "./effects";
import { heapTop, release } from "./heap";
import { REPORT, SESSION } from "./layout";
import { rules, strings } from "./policy";
import { MARKS_MAX, setAdded } from "./session";
import { EffectNames, NO_TIER, RuleRecord, Strings } from "./strings";
import { Effect, EFFECT_BYTES, MAYBE, YES } from "./value";

/** A rule that fired for an effect. */
@unmanaged
export class Firing {
  rule: u32;
  answer: u32;
  /** The Effect that its conditions looked at. */
  effect: u32;
  /** Its index among the action's effects. */
  index: u32;
}

/** Firings grow downwards from the end of the report's memory, which is written later, and take at most half of it. */
const FIRINGS_END: u32 = SESSION;
const FIRINGS_START: u32 = REPORT + (SESSION - REPORT) / 2;

/** Denials: none, one that needs an approval, one that cannot be approved; as verdicts. */
let denied: u32 = 0;
let actionTier: u32 = 0;
let firingsAt: u32 = 0;
let firingsLost: bool = false;

let currentTier: u32 = 0;
let currentIndex: u32 = 0;

/** Per mark, in this round: how many effects set it, and the last of them plus one. */
const SETS: u32 = <u32>memory.data(4 * 256, 8);
const LAST: u32 = <u32>memory.data(4 * 256, 8);

export function tierOfAction(): u32 {
  return actionTier;
}

/** The verdict that the rules' denials alone ask for. */
export function verdictOfDenials(): u32 {
  return denied;
}

export function firingCount(): u32 {
  return (FIRINGS_END - firingsAt) / offsetof<Firing>();
}

/** Firings in the order they came. */
export function firingAt(index: u32): Firing {
  return changetype<Firing>(FIRINGS_END - (index + 1) * offsetof<Firing>());
}

/** One after the last byte that a report may use while the firings are needed. */
export function firingsStart(): u32 {
  return firingsAt;
}

/** True when there were more firings than the report can list. */
export function lostFirings(): bool {
  return firingsLost;
}

export function resetRules(): void {
  denied = 0;
  actionTier = 0;
  firingsAt = FIRINGS_END;
  firingsLost = false;
}

/**
 * Makes sure that one effect may be any effect, for an action of which a part is unknown. Where there is no room for
 * one more, it takes the place of the last one, which it includes.
 */
export function includeAny(): void {
  const count = effectCount();
  for (let index: u32 = 0; index < count; index++) if (changetype<Effect>(effectAt(index)).kind == ANY_EFFECT) return;
  if (count == 0) return;
  const last = changetype<Effect>(effectAt(count - 1));
  last.kind = ANY_EFFECT;
  last.certainty = MAYBE;
}

/** Decides every effect, again as long as marks that the action itself sets are news to the rules. */
export function decideEffects(): void {
  const marks = min(changetype<Strings>(strings()).markCount, MARKS_MAX);
  let again = true;
  while (again) {
    resetRules();
    for (let mark: u32 = 0; mark < marks; mark++) {
      store<u32>(SETS + (mark << 2), 0);
      store<u32>(LAST + (mark << 2), 0);
    }
    const count = effectCount();
    for (let index: u32 = 0; index < count; index++) decideEffect(index);
    // Rules read the session only positively, so each round's answers are at least the last one's and this ends.
    again = false;
    for (let mark: u32 = 0; mark < marks; mark++) if (setAdded(mark, load<u32>(SETS + (mark << 2)))) again = true;
  }
}

function decideEffect(index: u32): void {
  const effect = changetype<Effect>(effectAt(index));
  const all = changetype<Strings>(strings());
  currentIndex = index;
  if (effect.kind == ANY_EFFECT) {
    currentTier = 0;
    for (let kind: u32 = 0; kind < all.effectCount; kind++) {
      currentTier = max(currentTier, floorOf(all, kind));
      decideInstance(kind, all.anyEffects + kind * EFFECT_BYTES);
    }
  } else {
    currentTier = floorOf(all, effect.kind);
    decideInstance(effect.kind, changetype<u32>(effect));
  }
  effect.tier = currentTier;
  actionTier = max(actionTier, currentTier);
}

/** Rules that share an automaton fire together; here their firings are put in the rules' order. */
function decideInstance(kind: u32, effect: u32): void {
  const first = firingsAt;
  const mark = heapTop();
  const needs = needCount();
  rules(kind, effect);
  // What conditions made is of no more use, unless one of them asked for evidence.
  if (needCount() == needs) release(mark);
  const bytes: u32 = offsetof<Firing>();
  for (let at = first - bytes; at >= firingsAt; at -= bytes) {
    for (let place = at; place + bytes < first; place += bytes) {
      const later = changetype<Firing>(place);
      const earlier = changetype<Firing>(place + bytes);
      if (earlier.rule < later.rule) break;
      const rule = later.rule;
      const answer = later.answer;
      later.rule = earlier.rule;
      later.answer = earlier.answer;
      earlier.rule = rule;
      earlier.answer = answer;
    }
  }
}

// @ts-ignore: decorator
@inline
function floorOf(all: Strings, kind: u32): u32 {
  return changetype<EffectNames>(all.effects + kind * offsetof<EffectNames>()).floor;
}

/** A rule answers maybe or yes for the effect that is being decided. */
export function fire(rule: u32, answer: i32, effect: u32): void {
  const record = changetype<RuleRecord>(changetype<Strings>(strings()).rules + rule * offsetof<RuleRecord>());
  if (record.raise != NO_TIER) currentTier = max(currentTier, record.raise);
  // A denial that is only perhaps needs an approval.
  if (record.deny != 0) denied = max(denied, answer == YES ? <u32>2 : 1);
  for (let i: u32 = 0; i < record.markCount; i++) {
    const mark = load<u32>(record.marks + (i << 2)) << 2;
    if (load<u32>(LAST + mark) == currentIndex + 1) continue;
    store<u32>(LAST + mark, currentIndex + 1);
    store<u32>(SETS + mark, load<u32>(SETS + mark) + 1);
  }
  if (firingsAt - offsetof<Firing>() < FIRINGS_START) {
    firingsLost = true;
    return;
  }
  firingsAt -= offsetof<Firing>();
  const firing = changetype<Firing>(firingsAt);
  firing.rule = rule;
  firing.answer = answer;
  firing.effect = effect;
  firing.index = currentIndex;
}
