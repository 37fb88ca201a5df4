// What a reading answers about options and positionals (docs/meaning.md, section 3).

import { itemAt, newList, setItem } from "./lists";
import { COUNT_MAX, Occurrence, Reading, optionAt, placed, rowAt } from "./reading";
import { ReadingTable } from "./tables";
import { union, withFlags } from "./text";
import { Item, List, MAYBE, NO, PERHAPS_NONE, UNSURE, YES } from "./value";

/** Whether the option is given and in force. */
export function presence(reading: Reading, option: u32): i32 {
  let answer = NO;
  let at = reading.first;
  while (at != 0) {
    const occurrence = changetype<Occurrence>(at);
    if (occurrence.option == option) {
      if (occurrence.sure != 0) answer = occurrence.negated != 0 ? NO : YES;
      else if (answer == NO ? occurrence.negated == 0 : occurrence.negated != 0) answer = MAYBE;
    }
    at = occurrence.next;
  }
  return answer;
}

/** The last sure occurrence of the option, or null. */
export function lastSure(reading: Reading, option: u32): Occurrence | null {
  let found: u32 = 0;
  let at = reading.first;
  while (at != 0) {
    const occurrence = changetype<Occurrence>(at);
    if (occurrence.option == option && occurrence.sure != 0) found = at;
    at = occurrence.next;
  }
  return found == 0 ? null : changetype<Occurrence>(found);
}

/** The option's value as one value: 0 when it is certainly not given. */
export function optionValue(reading: Reading, option: u32): u32 {
  let value: u32 = 0;
  let certain = false;
  let at = reading.first;
  while (at != 0) {
    const occurrence = changetype<Occurrence>(at);
    if (occurrence.option == option && occurrence.negated == 0) {
      const repeated = optionAt(changetype<ReadingTable>(reading.table), option).repeated != 0;
      if (occurrence.sure != 0 && !repeated) {
        value = occurrence.value;
        certain = true;
      } else {
        value = value == 0 ? occurrence.value : union(value, occurrence.value);
        if (occurrence.sure != 0) certain = true;
      }
    }
    at = occurrence.next;
  }
  return value == 0 || certain ? value : withFlags(value, PERHAPS_NONE);
}

/** The values of a repeated option, in order. */
export function optionValues(reading: Reading, option: u32): u32 {
  let count: u32 = 0;
  for (let at = reading.first; at != 0; at = changetype<Occurrence>(at).next) {
    if (counts(changetype<Occurrence>(at), option)) count++;
  }
  const list = newList(count);
  let i: u32 = 0;
  for (let at = reading.first; at != 0; at = changetype<Occurrence>(at).next) {
    const occurrence = changetype<Occurrence>(at);
    if (!counts(occurrence, option)) continue;
    setItem(itemAt(list, i++), occurrence.value, occurrence.sure != 0 ? 0 : UNSURE);
  }
  return list;
}

// @ts-ignore: decorator
@inline
function counts(occurrence: Occurrence, option: u32): bool {
  return occurrence.option == option && occurrence.negated == 0 && occurrence.value != 0;
}

/** Whether there is a positional `index`. */
export function exists(reading: Reading, index: u32): i32 {
  if (reading.exact != 0) return index < reading.count ? YES : NO;
  const bit: u32 = index >= COUNT_MAX ? <u32>1 << COUNT_MAX : <u32>1 << index;
  let some = false;
  const count = changetype<List>(reading.items).count;
  for (let i: u32 = 0; i < count; i++) {
    if ((rowAt(reading, i).counts & bit) != 0) {
      some = true;
      break;
    }
  }
  if (!some) return NO;
  const least = ctz(reading.finals);
  return least > index ? YES : MAYBE;
}

/** Whether every word that may be positional is: then their order is certain, though globs leave their places open. */
export function isOrdered(reading: Reading): bool {
  for (let i: u32 = 0; i < changetype<List>(reading.items).count; i++) {
    const row = rowAt(reading, i);
    if (row.counts != 0 && row.sure == 0) return false;
  }
  return true;
}

/** What may stand at positional `index`, as a list of items. */
export function positionals(reading: Reading, from: u32, to: u32): u32 {
  if (reading.exact != 0) return placedList(reading, from, min(to, reading.count));
  const mask = maskBetween(from, to);
  const count = changetype<List>(reading.items).count;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if ((rowAt(reading, i).counts & mask) != 0) found++;
  const list = newList(found);
  let at: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = rowAt(reading, i);
    if ((row.counts & mask) == 0) continue;
    const into = itemAt(list, at++);
    memory.copy(changetype<u32>(into), changetype<u32>(itemAt(reading.items, i)), offsetof<Item>());
    if (row.sure == 0 || (row.starts & ~mask) != 0) into.flags |= UNSURE;
  }
  return list;
}

function placedList(reading: Reading, from: u32, to: u32): u32 {
  const list = newList(from < to ? to - from : 0);
  for (let i = from; i < to; i++) memory.copy(changetype<u32>(itemAt(list, i - from)), changetype<u32>(placed(reading, i)), offsetof<Item>());
  return list;
}

/** The counts from `from` up to but not including `to`. */
function maskBetween(from: u32, to: u32): u32 {
  const low: u32 = from >= COUNT_MAX ? <u32>1 << COUNT_MAX : <u32>(-1) << from;
  const high: u32 = to > COUNT_MAX ? 0 : <u32>(-1) << to;
  return low & ~high;
}
