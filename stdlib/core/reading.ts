// From an argument list to options and positionals (docs/meaning.md, section 3): one pass from left to right over
// sets of reader states, so that every way to read an unclear word counts and the pass stays linear.

import { allocate, hasOverflowed, setOverflow } from "./heap";
import { itemAt } from "./lists";
import { find, OptionTable, pointerAt, ReadingTable, root, Syntax, Takes, TextTable } from "./tables";
import { emptyText, isHole, sameBytes, startsWith, textAt, union, unknown, withFlags } from "./text";
import { BELOW, GLOB, Item, known, List, NO_DASH, Origin, PERHAPS_NONE, SEGMENT, SPLAT, Text, Value } from "./value";

/** The last count stands for itself and everything above. */
export const COUNT_MAX: u32 = 31;
/** Options of one word, or of the first word of `tar xzf`, that wait for their values. */
const PENDING_MAX: u32 = 8;

@unmanaged
export class Reading {
  table: u32; // ReadingTable
  items: u32; // List
  /** Per item a PositionRow. */
  rows: u32;
  /** First and last Occurrence. */
  first: u32;
  last: u32;
  /** The counts of positionals that the list may end with. */
  finals: u32;
  /** Every positional stands at one place only, and how many there are is certain. */
  exact: u32;
  /** When exact: the item of each positional, u32[count]. */
  places: u32;
  count: u32;
}

@unmanaged
export class PositionRow {
  /** Bit k: it may be positional k. */
  counts: u32;
  /** The counts of its first word, when it stands for several. */
  starts: u32;
  /** Whether it is certainly positional. */
  sure: u32;
}

@unmanaged
export class Occurrence {
  option: u32;
  value: u32;
  sure: u32;
  negated: u32;
  full: u32;
  /** Find: the items [argvStart, argvEnd) and whether `+` ended them. */
  argvStart: u32;
  argvEnd: u32;
  plus: u32;
  next: u32;
}

/** The reader's states as sets of counts, and the options whose values come next. */
@unmanaged
class Sets {
  normal: u32;
  ended: u32;
  value: u32;
  skip: u32;
  /** The counts at which a positional is one of the subcommand's words. */
  words: u32;
  pending: u32; // u32[PENDING_MAX] of Occurrence pointers
  pendingFirst: u32;
  pendingCount: u32;
}

const SETS: u32 = <u32>memory.data(64, 8);
const PENDING: u32 = <u32>memory.data(4 * 8, 8);
const SLASH: u8 = 0x2f;
const DASH: u8 = 0x2d;
const EQUALS: u8 = 0x3d;
const DASHES_NO: u32 = <u32>memory.data<u8>([0x2d, 0x2d, 0x6e, 0x6f, 0x2d]);
const FALSE: u32 = <u32>memory.data<u8>([0x66, 0x61, 0x6c, 0x73, 0x65]);

// @ts-ignore: decorator
@inline
function sets(): Sets {
  return changetype<Sets>(SETS);
}

/** What an option word leads to. */
const enum After { Normal, Value, Skip }

/**
 * Reads `items` (a List of what stands after the program) as the reading's options say. The first `words` positionals
 * are the subcommand's own, which end no options.
 */
export function read(table: u32, items: u32, words: u32): Reading {
  const reading = changetype<Reading>(allocate(offsetof<Reading>()));
  const count = changetype<List>(items).count;
  reading.table = table;
  reading.items = items;
  reading.rows = allocate(count * offsetof<PositionRow>());
  reading.first = 0;
  reading.last = 0;
  reading.exact = 1;
  const s = sets();
  s.words = ((<u32>1) << words) - 1;
  s.normal = 1;
  s.ended = 0;
  s.value = 0;
  s.skip = 0;
  s.pending = PENDING;
  s.pendingFirst = 0;
  s.pendingCount = 0;
  // An evaluation that ran out leaves no positionals behind.
  memory.fill(reading.rows, 0, count * offsetof<PositionRow>());
  for (let i: u32 = 0; i < count && !hasOverflowed(); i++) i = step(reading, i);
  reading.finals = s.normal | s.ended | s.value | s.skip;
  if (reading.exact != 0 && oneBit(reading.finals) && reading.finals != <u32>1 << COUNT_MAX) findPlaces(reading, count);
  else reading.exact = 0;
  return reading;
}

/** Every positional is sure and stands at one place: which item it is. */
function findPlaces(reading: Reading, items: u32): void {
  reading.count = ctz(reading.finals);
  reading.places = allocate(reading.count << 2);
  for (let i: u32 = 0; i < items; i++) {
    const counts = rowAt(reading, i).counts;
    if (counts != 0) store<u32>(reading.places + (ctz(counts) << 2), i);
  }
}

/** When the reading is exact: the item at positional `index`, which is below `count`. */
// @ts-ignore: decorator
@inline
export function placed(reading: Reading, index: u32): Item {
  return itemAt(reading.items, load<u32>(reading.places + (index << 2)));
}

// @ts-ignore: decorator
@inline
export function rowAt(reading: Reading, index: u32): PositionRow {
  return changetype<PositionRow>(reading.rows + index * offsetof<PositionRow>());
}

/** One item; answers the index of the last item that it took (more than its own only for find's `-exec`). */
function step(reading: Reading, index: u32): u32 {
  const s = sets();
  const item = itemAt(reading.items, index);
  const row = rowAt(reading, index);
  const splat = (item.flags & SPLAT) != 0;
  const one = onlyOne(s);
  const sure = !splat && one;
  const sureWord = one && (!splat || (item.flags & GLOB) != 0);
  const normal = s.normal;
  const ended = s.ended;
  const value = s.value;
  const skip = s.skip;
  let last = index;
  row.counts = 0;
  row.starts = 0;
  row.sure = 0;
  s.normal = 0;
  s.ended = 0;
  s.value = 0;
  s.skip = 0;
  if (value != 0) takeValue(item, value, sure);
  if (skip != 0) s.normal |= skip;
  if (ended != 0) {
    row.counts |= ended;
    s.ended |= up(ended);
    row.sure = sureWord ? 1 : 0;
  }
  if (normal != 0) last = stepNormal(reading, index, item, row, normal, sure, sureWord);
  row.starts = row.counts;
  if (splat) closeSplat(item, row, normal, ended, value, skip);
  if (row.counts != 0 && (row.sure == 0 || !oneBit(row.counts))) reading.exact = 0;
  return last;
}

function onlyOne(s: Sets): bool {
  // The sum has a variable of its own: inside a condition asc takes it for a truth value.
  const states: i32 = (s.normal != 0 ? 1 : 0) + (s.ended != 0 ? 1 : 0) + (s.value != 0 ? 1 : 0) + (s.skip != 0 ? 1 : 0);
  return states == 1;
}

// @ts-ignore: decorator
@inline
export function oneBit(counts: u32): bool {
  return counts != 0 && (counts & (counts - 1)) == 0;
}

/** Every count one higher; the highest stays. */
// @ts-ignore: decorator
@inline
function up(counts: u32): u32 {
  return (counts << 1) | (counts & (1 << COUNT_MAX));
}

/** All counts from the least of `counts` up. */
// @ts-ignore: decorator
@inline
function fromLeast(counts: u32): u32 {
  return counts == 0 ? 0 : <u32>(-1) << ctz(counts);
}

/** The item is the value of the option that waits for one. */
function takeValue(item: Item, counts: u32, sure: bool): void {
  const s = sets();
  const occurrence = changetype<Occurrence>(load<u32>(s.pending + (s.pendingFirst << 2)));
  const value = sure ? item.value : withFlags(item.value, PERHAPS_NONE);
  // After a splat the same option may already have taken a word.
  occurrence.value = occurrence.value == 0 ? value : union(occurrence.value, value);
  s.pendingFirst++;
  if (s.pendingFirst < s.pendingCount) s.value |= counts;
  else s.normal |= counts;
}

/** A splat stays where it was too, and may have been any number of words. */
function closeSplat(item: Item, row: PositionRow, normal: u32, ended: u32, value: u32, skip: u32): void {
  const s = sets();
  const positionalOnly = !mayBeOption(item);
  row.counts = fromLeast(row.counts);
  // A glob is at least one word.
  if (!positionalOnly || (item.flags & GLOB) == 0) {
    s.normal |= normal;
    s.ended |= ended;
    if (value != 0 && s.value == 0) s.pendingFirst--;
    s.value |= value;
    s.skip |= skip;
  }
  if (positionalOnly) {
    s.normal = fromLeast(s.normal);
    s.ended = fromLeast(s.ended);
    s.value = fromLeast(s.value);
    s.skip = fromLeast(s.skip);
    return;
  }
  const all = fromLeast(s.normal | s.ended | s.value | s.skip);
  s.normal = all;
  s.skip = all;
  s.ended = all;
}

function mayBeOption(item: Item): bool {
  if ((item.flags & NO_DASH) != 0) return false;
  const value = changetype<Value>(item.value);
  for (let i: u32 = 0; i < value.count; i++) {
    const text = textAt(item.value, i);
    if (text.length == 0) continue;
    const first = load<u8>(text.pointer);
    if (first == DASH) return true;
    if (isHole(first) && first != SEGMENT && first != BELOW && root().unknownWordsMayBeOptions != 0) return true;
  }
  return false;
}

function stepNormal(
  reading: Reading,
  index: u32,
  item: Item,
  row: PositionRow,
  normal: u32,
  sure: bool,
  sureWord: bool,
): u32 {
  const s = sets();
  const table = changetype<ReadingTable>(reading.table);
  const value = changetype<Value>(item.value);
  if (value.count == 1) {
    const text = changetype<Text>(value.texts);
    const first: u8 = text.length == 0 ? 0 : load<u8>(text.pointer);
    if (!isHole(first) || first == SEGMENT || first == BELOW || (item.flags & NO_DASH) != 0) {
      if (table.syntax == Syntax.Bundled && index == 0 && first != DASH && !isHole(first)) {
        readBundle(reading, text, normal, sure);
        return index;
      }
      if (first != DASH) return stepPlain(reading, index, text, row, normal, sure, sureWord);
      return stepDash(reading, index, text, row, normal, sure);
    }
    unclear(reading, row, normal, item, root().unknownWordsMayBeOptions != 0, sure);
    return index;
  }
  let dashes = false;
  let holes = false;
  for (let i: u32 = 0; i < value.count; i++) {
    const text = textAt(item.value, i);
    if (text.length == 0) continue;
    const first = load<u8>(text.pointer);
    if (first == DASH) dashes = true;
    else if (isHole(first) && first != SEGMENT && first != BELOW) holes = true;
  }
  if ((!dashes && !holes) || (item.flags & NO_DASH) != 0) positional(table.syntax, row, normal, sureWord);
  else unclear(reading, row, normal, item, true, false);
  return index;
}

/** A word that does not begin with a dash. */
function stepPlain(
  reading: Reading,
  index: u32,
  text: Text,
  row: PositionRow,
  normal: u32,
  sure: bool,
  sureWord: bool,
): u32 {
  const table = changetype<ReadingTable>(reading.table);
  if (table.syntax == Syntax.Find && text.length == 1) {
    const c = load<u8>(text.pointer);
    if (c == 0x28 || c == 0x29 || c == 0x21 || c == 0x2c) {
      sets().normal |= normal;
      return index;
    }
  }
  if (table.syntax == Syntax.Dd) {
    const equals = indexOf(text, EQUALS);
    if (equals < text.length) {
      const option = spelled(table, text.pointer, equals + 1);
      if (option != 0) {
        const occurrence = record(reading, option - 1, sure, true);
        occurrence.value = known(text.pointer + equals + 1, text.length - equals - 1);
        sets().normal |= normal;
        return index;
      }
    }
  }
  positional(table.syntax, row, normal, sureWord);
  return index;
}

/** `posix`: the first positional behind the subcommand's words ends the options. */
function positional(syntax: u32, row: PositionRow, normal: u32, sure: bool): void {
  row.counts |= normal;
  if (sure) row.sure = 1;
  const s = sets();
  if (syntax == Syntax.Posix) {
    s.normal |= up(normal & s.words);
    s.ended |= up(normal & ~s.words);
  } else s.normal |= up(normal);
}

/** A word that may be anything; without `options` it is positional, though its text is open. */
function unclear(reading: Reading, row: PositionRow, normal: u32, item: Item, options: bool, sure: bool): void {
  const s = sets();
  const certain = !options || (item.flags & NO_DASH) != 0;
  positional(changetype<ReadingTable>(reading.table).syntax, row, normal, certain && sure);
  if (certain) return;
  perhapsEveryOption(reading, 0, 0);
  s.normal |= normal;
  s.skip |= normal;
  s.ended |= normal;
}

/** Records every option with a spelling that begins with `prefix` as perhaps given. */
function perhapsEveryOption(reading: Reading, prefix: u32, length: u32): void {
  const table = changetype<ReadingTable>(reading.table);
  for (let i: u32 = 0; i < table.optionCount; i++) {
    const option = optionAt(table, i);
    let fits = length == 0;
    for (let j: u32 = 0; j < option.spellingCount && !fits; j++) {
      const spelling = spellingAt(option, j);
      fits = startsWith(spelling.pointer, spelling.length, prefix, length);
    }
    if (fits) perhaps(reading, i);
  }
}

function perhaps(reading: Reading, option: u32): void {
  const occurrence = record(reading, option, false, false);
  if (optionAt(changetype<ReadingTable>(reading.table), option).takes != Takes.Nothing) {
    occurrence.value = withFlags(unknown(Origin.None), PERHAPS_NONE);
  }
}

/** A known word that begins with a dash, perhaps with a hole further in. */
function stepDash(reading: Reading, index: u32, text: Text, row: PositionRow, normal: u32, sure: bool): u32 {
  const table = changetype<ReadingTable>(reading.table);
  const syntax = table.syntax;
  const s = sets();
  const isEnd = text.length == 2 && load<u8>(text.pointer + 1) == DASH;
  if (text.length == 1 || (isEnd && (syntax == Syntax.Find || syntax == Syntax.Go || syntax == Syntax.Dd))) {
    positional(syntax, row, normal, sure);
    return index;
  }
  if (isEnd) {
    s.ended |= normal;
    return index;
  }
  if (syntax == Syntax.Find) return stepFind(reading, index, text, normal, sure);
  const pendingBefore = s.value;
  if (pendingBefore == 0) {
    s.pendingFirst = 0;
    s.pendingCount = 0;
  }
  const after = syntax == Syntax.Go || syntax == Syntax.Dd
    ? readGo(reading, text, sure)
    : load<u8>(text.pointer + 1) == DASH ? readLong(reading, text, sure) : readShort(reading, text, sure);
  if (after == After.Value) s.value |= normal;
  else s.normal |= normal;
  if (after == After.Skip) s.skip |= normal;
  return index;
}

function stepFind(reading: Reading, index: u32, text: Text, normal: u32, sure: bool): u32 {
  const table = changetype<ReadingTable>(reading.table);
  const s = sets();
  const number = spelled(table, text.pointer, text.length);
  if (number == 0) {
    const hole = holeIn(text);
    if (hole < text.length) {
      perhapsEveryOption(reading, text.pointer, hole);
      s.skip |= normal;
    }
    s.normal |= normal;
    return index;
  }
  const option = optionAt(table, number - 1);
  const occurrence = record(reading, number - 1, sure, true);
  if (option.argv != 0) {
    s.normal |= normal;
    return readArgv(reading, occurrence, index);
  }
  if (option.takes == Takes.Required) {
    if (s.value == 0) {
      s.pendingFirst = 0;
      s.pendingCount = 0;
    }
    wait(occurrence);
    s.value |= normal;
  } else s.normal |= normal;
  return index;
}

/** `-exec`: takes the items up to `;`, or to `{}` and `+`, or all. */
function readArgv(reading: Reading, occurrence: Occurrence, index: u32): u32 {
  const count = changetype<List>(reading.items).count;
  occurrence.argvStart = index + 1;
  let end = index + 1;
  for (; end < count; end++) {
    clearRow(reading, end);
    const item = itemAt(reading.items, end);
    const value = changetype<Value>(item.value);
    if (value.count != 1 || (item.flags & SPLAT) != 0) continue;
    const text = changetype<Text>(value.texts);
    if (text.length != 1) continue;
    const c = load<u8>(text.pointer);
    if (c == 0x3b) break;
    if (c == 0x2b && end > index + 1 && isBraces(itemAt(reading.items, end - 1))) {
      occurrence.plus = 1;
      occurrence.argvEnd = end - 1;
      return end;
    }
  }
  occurrence.argvEnd = end;
  return end < count ? end : count - 1;
}

function clearRow(reading: Reading, index: u32): void {
  const row = rowAt(reading, index);
  row.counts = 0;
  row.sure = 0;
}

function isBraces(item: Item): bool {
  const text = changetype<Text>(changetype<Value>(item.value).texts);
  return text.length == 2 && load<u8>(text.pointer) == 0x7b && load<u8>(text.pointer + 1) == 0x7d;
}

function readLong(reading: Reading, text: Text, sure: bool): After {
  const table = changetype<ReadingTable>(reading.table);
  const equals = indexOf(text, EQUALS);
  const hole = holeIn(text);
  if (hole < equals && hole < text.length) {
    perhapsEveryOption(reading, text.pointer, hole);
    return After.Skip;
  }
  const number = spelled(table, text.pointer, equals);
  if (number != 0) return longOption(reading, number - 1, text, equals, sure, true);
  if (table.syntax == Syntax.Git && equals > 5 && memory.compare(text.pointer, DASHES_NO, 5) == 0) {
    const positive = spelledWithout(table, text.pointer + 5, equals - 5);
    if (positive != 0) {
      record(reading, positive - 1, sure, true).negated = 1;
      return After.Normal;
    }
  }
  return abbreviation(reading, text, equals, sure);
}

/** The option number + 1 of `--NAME` where only NAME is at hand. */
function spelledWithout(table: ReadingTable, name: u32, length: u32): u32 {
  for (let i: u32 = 0; i < table.optionCount; i++) {
    const option = optionAt(table, i);
    for (let j: u32 = 0; j < option.spellingCount; j++) {
      const spelling = spellingAt(option, j);
      if (spelling.length == length + 2 && isLong(spelling) && sameBytes(spelling.pointer + 2, length, name, length)) return i + 1;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isLong(spelling: TextTable): bool {
  return spelling.length > 2 && load<u8>(spelling.pointer) == DASH && load<u8>(spelling.pointer + 1) == DASH;
}

/** A long word that is no spelling: the one option it abbreviates, several perhaps, or none. */
function abbreviation(reading: Reading, text: Text, length: u32, sure: bool): After {
  const table = changetype<ReadingTable>(reading.table);
  let found: u32 = 0;
  let several = false;
  for (let i: u32 = 0; i < table.optionCount && !several; i++) {
    if (!abbreviates(optionAt(table, i), text, length)) continue;
    if (found != 0) several = true;
    else found = i + 1;
  }
  if (several) {
    for (let i: u32 = 0; i < table.optionCount; i++) {
      if (abbreviates(optionAt(table, i), text, length)) perhaps(reading, i);
    }
    return length < text.length ? After.Normal : After.Skip;
  }
  if (found != 0) return longOption(reading, found - 1, text, length, sure, false);
  return length < text.length ? After.Normal : After.Skip;
}

function abbreviates(option: OptionTable, text: Text, length: u32): bool {
  for (let j: u32 = 0; j < option.spellingCount; j++) {
    const spelling = spellingAt(option, j);
    if (isLong(spelling) && startsWith(spelling.pointer, spelling.length, text.pointer, length)) return true;
  }
  return false;
}

function longOption(reading: Reading, number: u32, text: Text, equals: u32, sure: bool, full: bool): After {
  const option = optionAt(changetype<ReadingTable>(reading.table), number);
  const occurrence = record(reading, number, sure, full);
  if (option.takes == Takes.Nothing) return After.Normal;
  if (equals < text.length) {
    occurrence.value = known(text.pointer + equals + 1, text.length - equals - 1);
    return After.Normal;
  }
  if (option.takes == Takes.Optional) {
    occurrence.value = emptyText();
    return After.Normal;
  }
  wait(occurrence);
  return After.Value;
}

/** `-abc`: letters from left to right, unless the whole word is a spelling. */
function readShort(reading: Reading, text: Text, sure: bool): After {
  const table = changetype<ReadingTable>(reading.table);
  if (text.length > 2) {
    const equals = indexOf(text, EQUALS);
    const whole = spelled(table, text.pointer, equals);
    if (whole != 0 && equals > 2) return longOption(reading, whole - 1, text, equals, sure, true);
  }
  return readLetters(reading, text, 1, sure);
}

function readLetters(reading: Reading, text: Text, from: u32, sure: bool): After {
  const table = changetype<ReadingTable>(reading.table);
  for (let i = from; i < text.length; i++) {
    const letter = load<u8>(text.pointer + i);
    if (isHole(letter)) {
      for (let o: u32 = 0; o < table.optionCount; o++) if (hasLetter(optionAt(table, o))) perhaps(reading, o);
      return After.Skip;
    }
    const number = letterOption(table, letter);
    if (number == 0) return After.Skip;
    const option = optionAt(table, number - 1);
    const occurrence = record(reading, number - 1, sure, true);
    if (option.takes == Takes.Nothing) continue;
    if (i + 1 < text.length) {
      occurrence.value = known(text.pointer + i + 1, text.length - i - 1);
      return After.Normal;
    }
    if (option.takes == Takes.Optional) {
      occurrence.value = emptyText();
      return After.Normal;
    }
    wait(occurrence);
    return After.Value;
  }
  return After.Normal;
}

function hasLetter(option: OptionTable): bool {
  for (let j: u32 = 0; j < option.spellingCount; j++) {
    const spelling = spellingAt(option, j);
    if (spelling.length == 2 && load<u8>(spelling.pointer) == DASH) return true;
  }
  return false;
}

const LETTER: u32 = <u32>memory.data<u8>([0x2d, 0x00]);

function letterOption(table: ReadingTable, letter: u8): u32 {
  store<u8>(LETTER + 1, letter);
  return spelled(table, LETTER, 2);
}

/** The first word of `tar xzf`: every letter that takes a value takes one of the next words, in order. */
function readBundle(reading: Reading, text: Text, normal: u32, sure: bool): void {
  const table = changetype<ReadingTable>(reading.table);
  const s = sets();
  s.pendingFirst = 0;
  s.pendingCount = 0;
  let after = After.Normal;
  for (let i: u32 = 0; i < text.length; i++) {
    const letter = load<u8>(text.pointer + i);
    const number = isHole(letter) ? 0 : letterOption(table, letter);
    if (number == 0) {
      after = After.Skip;
      continue;
    }
    const occurrence = record(reading, number - 1, sure, true);
    if (optionAt(table, number - 1).takes == Takes.Required) wait(occurrence);
  }
  if (s.pendingCount != 0) s.value |= normal;
  else s.normal |= normal;
  if (after == After.Skip) s.skip |= normal;
}

/** `-name`, `--name`, `-name=value`; never bundled. */
function readGo(reading: Reading, text: Text, sure: bool): After {
  const table = changetype<ReadingTable>(reading.table);
  const equals = indexOf(text, EQUALS);
  const hole = holeIn(text);
  if (hole < equals && hole < text.length) {
    perhapsEveryOption(reading, text.pointer, hole);
    if (hole > 1 && load<u8>(text.pointer + 1) == DASH) perhapsEveryOption(reading, text.pointer + 1, hole - 1);
    return After.Skip;
  }
  let number = spelled(table, text.pointer, equals);
  if (number == 0 && load<u8>(text.pointer + 1) == DASH) number = spelled(table, text.pointer + 1, equals - 1);
  if (number == 0) return equals < text.length ? After.Normal : After.Skip;
  const option = optionAt(table, number - 1);
  if (option.takes != Takes.Nothing) return longOption(reading, number - 1, text, equals, sure, true);
  const occurrence = record(reading, number - 1, sure, true);
  if (equals < text.length && sameBytes(text.pointer + equals + 1, text.length - equals - 1, FALSE, 5)) occurrence.negated = 1;
  return After.Normal;
}

/** Puts the option among those whose values come next. */
function wait(occurrence: Occurrence): void {
  const s = sets();
  if (s.pendingCount == PENDING_MAX) {
    setOverflow();
    return;
  }
  store<u32>(s.pending + (s.pendingCount << 2), changetype<u32>(occurrence));
  s.pendingCount++;
}

function record(reading: Reading, option: u32, sure: bool, full: bool): Occurrence {
  const occurrence = changetype<Occurrence>(allocate(offsetof<Occurrence>()));
  occurrence.option = option;
  occurrence.value = 0;
  occurrence.sure = sure ? 1 : 0;
  occurrence.negated = 0;
  occurrence.full = full ? 1 : 0;
  occurrence.argvStart = 0;
  occurrence.argvEnd = 0;
  occurrence.plus = 0;
  occurrence.next = 0;
  if (reading.first == 0) reading.first = changetype<u32>(occurrence);
  else changetype<Occurrence>(reading.last).next = changetype<u32>(occurrence);
  reading.last = changetype<u32>(occurrence);
  return occurrence;
}

// @ts-ignore: decorator
@inline
export function optionAt(table: ReadingTable, index: u32): OptionTable {
  return changetype<OptionTable>(pointerAt(table.options, index));
}

// @ts-ignore: decorator
@inline
function spellingAt(option: OptionTable, index: u32): TextTable {
  return changetype<TextTable>(option.spellings + index * offsetof<TextTable>());
}

/** The number + 1 of the option with this spelling, or 0. */
function spelled(table: ReadingTable, pointer: u32, length: u32): u32 {
  return find(table.spellings, table.spellingsMask, pointer, length);
}

/** Where `byte` first stands in the text, or its length. */
function indexOf(text: Text, byte: u8): u32 {
  for (let i: u32 = 0; i < text.length; i++) if (load<u8>(text.pointer + i) == byte) return i;
  return text.length;
}

function holeIn(text: Text): u32 {
  for (let i: u32 = 0; i < text.length; i++) if (isHole(load<u8>(text.pointer + i))) return i;
  return text.length;
}
