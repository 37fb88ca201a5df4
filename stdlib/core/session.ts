// The session: what earlier actions of the same agent left behind. It only ever grows.
//
//     0   digest of the mark table (32 bytes): bytes with another one cannot be read
//    32   tier
//    36   one bit per mark, lowest first (32 bytes)
//    68   how often each mark was set, a u32 each (256)
//
// Bytes that cannot be read count as the largest session: the highest tier, every mark, the highest counts.

import { SESSION } from "./layout";
import { strings } from "./policy";
import { Strings } from "./strings";
import { NO, YES } from "./value";

/** Marks that a policy may have. */
export const MARKS_MAX: u32 = 256;

const TIER_MAX: u32 = 3;
const COUNT_MAX: u32 = 0xffffffff;
const TIER_AT: u32 = 32;
const MARKS_AT: u32 = 36;
const COUNTS_AT: u32 = 68;

/** How many effects of this action set each mark, as the rules see it. */
const ADDED: u32 = <u32>memory.data(4 * 256, 8);

function markCount(): u32 {
  return changetype<Strings>(strings()).markCount;
}

/** Whether the bytes at `session` are of this policy's mark table. */
function isReadable(session: u32): bool {
  return memory.compare(session, changetype<Strings>(strings()).digest, 32) == 0 && load<u32>(session, TIER_AT) <= TIER_MAX;
}

/** Prepares the session for a decision; true when it had to become the largest one. */
export function openSession(): bool {
  const marks = markCount();
  for (let mark: u32 = 0; mark < marks; mark++) store<u32>(ADDED + (mark << 2), 0);
  if (isReadable(SESSION)) return false;
  memory.copy(SESSION, changetype<Strings>(strings()).digest, 32);
  store<u32>(SESSION, TIER_MAX, TIER_AT);
  memory.fill(SESSION + MARKS_AT, 0, 32);
  for (let mark: u32 = 0; mark < marks; mark++) {
    setBit(mark);
    store<u32>(SESSION + (mark << 2), COUNT_MAX, COUNTS_AT);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function setBit(mark: u32): void {
  const at = SESSION + MARKS_AT + (mark >> 3);
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(mark & 7)));
}

// @ts-ignore: decorator
@inline
function hasBit(session: u32, mark: u32): bool {
  return (load<u8>(session + MARKS_AT + (mark >> 3)) & (<u8>1 << <u8>(mark & 7))) != 0;
}

/** The session's tier before this action. */
export function sessionTier(): i32 {
  return load<u32>(SESSION, TIER_AT);
}

/** Whether the mark is set, by an earlier action or by this one. */
export function sessionHas(mark: u32): i32 {
  return hasBit(SESSION, mark) || load<u32>(ADDED + (mark << 2)) != 0 ? YES : NO;
}

/** Whether the mark was set at least so often, this action included. */
export function sessionCount(mark: u32, atLeast: u32): i32 {
  return sum(load<u32>(SESSION + (mark << 2), COUNTS_AT), load<u32>(ADDED + (mark << 2))) >= atLeast ? YES : NO;
}

function sum(a: u32, b: u32): u32 {
  return a > COUNT_MAX - b ? COUNT_MAX : a + b;
}

/** Sets how many effects of this action set the mark; true when that is news to the rules. */
export function setAdded(mark: u32, effects: u32): bool {
  const at = ADDED + (mark << 2);
  if (load<u32>(at) == effects) return false;
  store<u32>(at, effects);
  return true;
}

/** Joins this action into the session; true when that changed it. */
export function joinAction(tier: u32): bool {
  let changed = false;
  if (tier > load<u32>(SESSION, TIER_AT)) {
    store<u32>(SESSION, tier, TIER_AT);
    changed = true;
  }
  const marks = markCount();
  for (let mark: u32 = 0; mark < marks; mark++) {
    const added = load<u32>(ADDED + (mark << 2));
    if (added == 0) continue;
    setBit(mark);
    const at = SESSION + (mark << 2);
    store<u32>(at, sum(load<u32>(at, COUNTS_AT), added), COUNTS_AT);
    changed = true;
  }
  return changed;
}

/** Joins a copy of the session: the greater tier, both's marks, the greater counts. */
export function joinSession(other: u32): void {
  openSession();
  const readable = isReadable(other);
  const tier = readable ? load<u32>(other, TIER_AT) : TIER_MAX;
  store<u32>(SESSION, max(tier, load<u32>(SESSION, TIER_AT)), TIER_AT);
  const marks = markCount();
  for (let mark: u32 = 0; mark < marks; mark++) {
    if (!readable || hasBit(other, mark)) setBit(mark);
    const at = SESSION + (mark << 2);
    const count = readable ? load<u32>(other + (mark << 2), COUNTS_AT) : COUNT_MAX;
    store<u32>(at, max(count, load<u32>(at, COUNTS_AT)), COUNTS_AT);
  }
}
