// Usage lines: which ones a reading matches, and with what in their holes (docs/meaning.md, section 3).

import { allocate, hasOverflowed } from "./heap";
import { itemAt, listCount, listOf, listValue, newList, setItem, slice } from "./lists";
import { matchWords } from "./match-words";
import { condition } from "./policy";
import { Occurrence, oneBit, optionAt, placed, Reading } from "./reading";
import { exists, isOrdered, lastSure, optionValue, optionValues, positionals, presence } from "./reading-answers";
import { ABSENT, ClauseList, FormPart, FormTable, PatternTable, pointerAt, PositionalKind, PositionalTable, ReadingTable, RequiredTable, Takes, UsageTable, WithoutTable } from "./tables";
import { isHole, sameBytes, textAt, unknown } from "./text";
import { BELOW, known, MAYBE, NO, Origin, PERHAPS_NONE, SPLAT, Text, UNSURE, Value, YES } from "./value";
import { joinFrame, runClauses } from "./clause";

/** What a usage line's clauses and condition look at. */
@unmanaged
export class Frame {
  /** A Reading, or 0 in a tool's or variable's clauses. */
  reading: u32;
  /** Per hole a List, or 0. */
  holes: u32;
  holeCount: u32;
  /** Standard input of the command: a Value. */
  input: u32;
  /** What the command prints, as its clauses have said so far: a Value, 0 for nothing, ABSENT while unsaid. */
  printed: u32;
  /** What the files hold that the line's clauses have read, one after the other; 0 while it is what it was before the action. */
  read: u32;
  /** The files that they have written, the newest first (clause.ts), or 0; what the command prints went into them. */
  writes: u32;
  /** Source range of the command. */
  start: u32;
  end: u32;
}

let current: u32 = 0;

/** The frame whose condition is being asked. */
export function frame(): Frame {
  return changetype<Frame>(current);
}

export function setFrame(pointer: u32): u32 {
  const before = current;
  current = pointer;
  return before;
}

export function newFrame(reading: u32, holeCount: u32, input: u32): Frame {
  const made = changetype<Frame>(allocate(offsetof<Frame>()));
  made.reading = reading;
  made.holes = allocate(holeCount << 2);
  made.holeCount = holeCount;
  made.input = input;
  made.printed = ABSENT;
  made.read = 0;
  made.writes = 0;
  made.start = 0;
  made.end = 0;
  memory.fill(made.holes, 0, holeCount << 2);
  return made;
}

/** Runs what the lines of a reading say, at most with `certainty`, and answers the greatest answer of a line. `words` positionals belong to the subcommand. */
export function runUsages(table: ReadingTable, reading: Reading, words: u32, certainty: i32, command: Frame): i32 {
  let best = NO;
  for (let i: u32 = 0; i < table.usageCount && !hasOverflowed(); i++) {
    const usage = changetype<UsageTable>(pointerAt(table.usages, i));
    const answer = runUsage(usage, reading, words, certainty, command);
    if (answer > best) best = answer;
  }
  return best;
}

function runUsage(usage: UsageTable, reading: Reading, words: u32, certainty: i32, command: Frame): i32 {
  if (isExcluded(usage, reading)) return NO;
  let best = NO;
  for (let i: u32 = 0; i < usage.patternCount && !hasOverflowed(); i++) {
    const pattern = changetype<PatternTable>(pointerAt(usage.patterns, i));
    const answer = runPattern(usage, pattern, reading, words, certainty, command);
    if (answer > best) best = answer;
  }
  return best;
}

function isExcluded(usage: UsageTable, reading: Reading): bool {
  for (let i: u32 = 0; i < usage.withoutCount; i++) {
    const without = changetype<WithoutTable>(usage.withouts + i * offsetof<WithoutTable>());
    if (presence(reading, without.option) != YES) continue;
    const occurrence = lastSure(reading, without.option);
    if (occurrence === null || occurrence.full == 0) continue;
    if (without.values == 0 || matchWords(occurrence.value, without.values) == YES) return true;
  }
  return false;
}

function runPattern(usage: UsageTable, pattern: PatternTable, reading: Reading, words: u32, certainty: i32, command: Frame): i32 {
  let answer: i32 = YES;
  for (let k: u32 = 0; k < pattern.wordCount; k++) {
    answer = min(answer, wordAnswer(reading, words + k, pointerAt(pattern.words, k)));
    if (answer == NO) return NO;
  }
  const first = words + pattern.wordCount;
  const made = newFrame(changetype<u32>(reading), usage.holeCount, command.input);
  made.start = command.start;
  made.end = command.end;
  let iterated: u32 = 0;
  for (let i: u32 = 0; i < pattern.optionCount; i++) {
    const required = changetype<RequiredTable>(pattern.options + i * offsetof<RequiredTable>());
    answer = min(answer, requiredAnswer(reading, required, made));
    if (answer == NO) return NO;
    if (required.form != 0 || required.argvHole != ABSENT) iterated = changetype<u32>(required);
  }
  answer = min(answer, bindPositionals(reading, pattern, first, made));
  if (answer == NO) return NO;
  if (pattern.form != 0) return runForms(usage, pattern.form, reading, first, answer, certainty, command, made);
  if (iterated != 0) return runOccurrences(usage, changetype<RequiredTable>(iterated), reading, answer, certainty, command, made);
  return apply(usage, answer, certainty, command, made);
}

/** Asks the line's condition and runs its clauses; answers what the line answers. */
function apply(usage: UsageTable, answer: i32, certainty: i32, command: Frame, made: Frame): i32 {
  if (usage.condition != ABSENT) {
    const before = setFrame(changetype<u32>(made));
    answer = min(answer, condition(usage.condition));
    setFrame(before);
    if (answer == NO) return NO;
  }
  // The line may have applied before, to another of its words.
  made.printed = ABSENT;
  made.read = 0;
  made.writes = 0;
  runClauses(changetype<ClauseList>(usage.clauses), min(answer, certainty), made);
  joinFrame(command, made);
  return answer;
}

/** Whether positional `index` is there and matches. */
export function wordAnswer(reading: Reading, index: u32, words: u32): i32 {
  if (reading.exact != 0) return index < reading.count ? matchWords(placed(reading, index).value, words) : NO;
  const there = exists(reading, index);
  if (there == NO) return NO;
  const list = positionals(reading, index, index + 1);
  let some = NO;
  let every: i32 = YES;
  for (let i: u32 = 0; i < listCount(list); i++) {
    const answer = matchWords(itemAt(list, i).value, words);
    some = max(some, answer);
    every = min(every, answer);
  }
  if (some == NO) return NO;
  return min(there, every == YES ? YES : MAYBE);
}

function requiredAnswer(reading: Reading, required: RequiredTable, made: Frame): i32 {
  let answer = presence(reading, required.option);
  if (answer == NO) return NO;
  const option = optionAt(changetype<ReadingTable>(reading.table), required.option);
  if (required.values != 0) answer = min(answer, matchWords(optionValue(reading, required.option), required.values));
  if (required.hole != ABSENT && option.takes != Takes.Nothing) {
    bind(made, required.hole, option.repeated != 0 ? optionValues(reading, required.option) : listOfPerhaps(optionValue(reading, required.option)));
  }
  return answer;
}

function listOfPerhaps(value: u32): u32 {
  return value == 0 ? newList(0) : listOf(value);
}

function bind(made: Frame, hole: u32, list: u32): void {
  if (hole < made.holeCount) store<u32>(made.holes + (hole << 2), list);
}

/** Binds the positionals from `first` on; answers whether the pattern's demands on them hold. */
function bindPositionals(reading: Reading, pattern: PatternTable, first: u32, made: Frame): i32 {
  const count = pattern.positionalCount;
  let answer: i32 = YES;
  let rest: u32 = ABSENT;
  let singles: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (positionalAt(pattern, i).kind == PositionalKind.Rest) rest = i;
    else singles++;
  }
  if (pattern.exactly != 0 && rest == ABSENT) answer = min(answer, endsAt(reading, first + singles));
  const back: u32 = rest == ABSENT ? 0 : count - rest - 1;
  const front: u32 = rest == ABSENT ? count : rest;
  if (singles > 0) answer = min(answer, exists(reading, first + singles - 1));
  if (answer == NO) return NO;
  for (let i: u32 = 0; i < front; i++) {
    answer = min(answer, bindOne(reading, positionalAt(pattern, i), positionals(reading, first + i, first + i + 1), made));
    if (answer == NO) return NO;
  }
  if (rest == ABSENT) return answer;
  if (reading.exact != 0) {
    const total = reading.count;
    bind(made, positionalAt(pattern, rest).hole, positionals(reading, first + front, total - back));
    for (let i: u32 = 0; i < back; i++) {
      const at = total - back + i;
      answer = min(answer, bindOne(reading, positionalAt(pattern, rest + 1 + i), positionals(reading, at, at + 1), made));
      if (answer == NO) return NO;
    }
    return answer;
  }
  const from = positionals(reading, first + front, 0xffff);
  if (back > 0 && endsInWords(reading, from, back)) {
    // The last words are certain, whatever the globs before them stand for.
    const split = listCount(from) - back;
    bind(made, positionalAt(pattern, rest).hole, slice(from, 0, split));
    for (let i: u32 = 0; i < back; i++) {
      answer = min(answer, bindOne(reading, positionalAt(pattern, rest + 1 + i), slice(from, split + i, split + i + 1), made));
      if (answer == NO) return NO;
    }
    return answer;
  }
  bind(made, positionalAt(pattern, rest).hole, from);
  for (let i: u32 = 0; i < back; i++) {
    answer = min(answer, bindOne(reading, positionalAt(pattern, rest + 1 + i), from, made));
    if (answer == NO) return NO;
  }
  return answer;
}

/** Whether the positionals come in a certain order and the last `back` are single words. */
function endsInWords(reading: Reading, list: u32, back: u32): bool {
  const count = listCount(list);
  if (count < back || !isOrdered(reading)) return false;
  for (let i = count - back; i < count; i++) if ((itemAt(list, i).flags & SPLAT) != 0) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function positionalAt(pattern: PatternTable, index: u32): PositionalTable {
  return changetype<PositionalTable>(pattern.positionals + index * offsetof<PositionalTable>());
}

function bindOne(reading: Reading, positional: PositionalTable, list: u32, made: Frame): i32 {
  if (positional.kind == PositionalKind.Word) {
    let some = NO;
    let every: i32 = YES;
    for (let i: u32 = 0; i < listCount(list); i++) {
      const answer = matchWords(itemAt(list, i).value, positional.words);
      some = max(some, answer);
      every = min(every, answer);
    }
    return some == NO ? NO : every == YES ? YES : MAYBE;
  }
  if (listCount(list) == 1) bind(made, positional.hole, list);
  else bind(made, positional.hole, listOfPerhaps(unionOf(list)));
  return YES;
}

/** The union of the items, not perhaps none: the pattern's answer says whether there is one. */
function unionOf(list: u32): u32 {
  const value = listValue(list);
  if (value != 0) {
    const copy = changetype<Value>(allocate(offsetof<Value>()));
    memory.copy(changetype<u32>(copy), value, offsetof<Value>());
    copy.flags &= ~PERHAPS_NONE;
    return changetype<u32>(copy);
  }
  return value;
}

function endsAt(reading: Reading, count: u32): i32 {
  const bit: u32 = count >= 31 ? <u32>1 << 31 : <u32>1 << count;
  if ((reading.finals & bit) == 0) return NO;
  return oneBit(reading.finals) && count < 31 ? YES : MAYBE;
}

// ---- forms

/** Each positional from `first` on that matches the form, by itself. */
function runForms(usage: UsageTable, form: u32, reading: Reading, first: u32, answer: i32, certainty: i32, command: Frame, made: Frame): i32 {
  let best = NO;
  const list = positionals(reading, first, 0xffff);
  for (let i: u32 = 0; i < listCount(list) && !hasOverflowed(); i++) {
    const item = itemAt(list, i);
    let here = min(answer, formAnswer(changetype<FormTable>(form), item.value, made));
    if ((item.flags & (UNSURE | SPLAT)) != 0) here = min(here, MAYBE);
    if (here == NO) continue;
    best = max(best, apply(usage, here, certainty, command, made));
  }
  return best;
}

/** Each occurrence of the option whose value matches its form, or whose argument list ends as demanded. */
function runOccurrences(usage: UsageTable, required: RequiredTable, reading: Reading, answer: i32, certainty: i32, command: Frame, made: Frame): i32 {
  let best = NO;
  for (let at = reading.first; at != 0 && !hasOverflowed(); at = changetype<Occurrence>(at).next) {
    const occurrence = changetype<Occurrence>(at);
    if (occurrence.option != required.option || occurrence.negated != 0) continue;
    let here = occurrence.sure != 0 ? answer : min(answer, MAYBE);
    if (required.argvHole != ABSENT) {
      if (occurrence.sure == 0) {
        bind(made, required.argvHole, unknownWords());
      } else {
        if (occurrence.plus != required.terminator) continue;
        bind(made, required.argvHole, slice(reading.items, occurrence.argvStart, occurrence.argvEnd));
      }
    } else {
      if (occurrence.value == 0) continue;
      here = min(here, formAnswer(changetype<FormTable>(required.form), occurrence.value, made));
    }
    if (here == NO) continue;
    best = max(best, apply(usage, here, certainty, command, made));
  }
  return best;
}

/** A list of any words. */
export function unknownWords(): u32 {
  const list = newList(1);
  setItem(itemAt(list, 0), unknown(Origin.None), SPLAT | UNSURE);
  return list;
}

/** Whether a value has the form; binds its holes. */
function formAnswer(form: FormTable, value: u32, made: Frame): i32 {
  const v = changetype<Value>(value);
  if (v.count == 1) {
    const text = changetype<Text>(v.texts);
    const answer = formText(form, text, made);
    return (v.flags & PERHAPS_NONE) != 0 ? min(answer, MAYBE) : answer;
  }
  let some = NO;
  let every: i32 = YES;
  for (let i: u32 = 0; i < v.count; i++) {
    const answer = formText(form, textAt(value, i), made);
    some = max(some, answer);
    every = min(every, answer);
  }
  if (some == NO) return NO;
  bindUnknown(form, made);
  return every == YES && (v.flags & PERHAPS_NONE) == 0 ? YES : MAYBE;
}

function bindUnknown(form: FormTable, made: Frame): void {
  for (let i: u32 = 0; i < form.count; i++) {
    const part = partAt(form, i);
    if (part.hole != ABSENT) bind(made, part.hole, listOf(unknown(Origin.None)));
  }
}

// @ts-ignore: decorator
@inline
function partAt(form: FormTable, index: u32): FormPart {
  return changetype<FormPart>(form.parts + index * offsetof<FormPart>());
}

function formText(form: FormTable, text: Text, made: Frame): i32 {
  for (let i: u32 = 0; i < text.length; i++) {
    if (isHole(load<u8>(text.pointer + i))) return formOpenText(form, text, i, made);
  }
  let at: u32 = 0;
  let hole: u32 = ABSENT;
  for (let i: u32 = 0; i < form.count; i++) {
    const part = partAt(form, i);
    if (part.hole != ABSENT) {
      hole = part.hole;
      continue;
    }
    const last = i + 1 == form.count;
    const found = hole == ABSENT ? (startsAt(text, at, part) ? at : ABSENT) : last ? endsWith(text, at, part) : search(text, at, part);
    if (found == ABSENT) return NO;
    if (hole != ABSENT) bind(made, hole, listOf(known(text.pointer + at, found - at)));
    hole = ABSENT;
    at = found + part.length;
  }
  if (hole != ABSENT) bind(made, hole, listOf(known(text.pointer + at, text.length - at)));
  else if (at != text.length) return NO;
  return YES;
}

/** A text with its first hole at `open`: no when what stands before it contradicts the form's first literal; exact when a hole is all that follows that. */
function formOpenText(form: FormTable, text: Text, open: u32, made: Frame): i32 {
  if (form.count > 0 && form.count <= 2) {
    const last = partAt(form, form.count - 1);
    const literal: u32 = form.count == 2 ? partAt(form, 0).length : 0;
    const begins = form.count == 1 || (partAt(form, 0).hole == ABSENT && startsAt(text, 0, partAt(form, 0)));
    if (last.hole != ABSENT && begins && literal <= open) {
      bind(made, last.hole, listOf(known(text.pointer + literal, text.length - literal)));
      return YES;
    }
  }
  if (form.count > 0) {
    const part = partAt(form, 0);
    if (part.hole == ABSENT && !sameBytes(text.pointer, min(open, part.length), part.pointer, min(open, part.length))) return NO;
    // What git and `find` name begins with no sign that programs give a meaning.
    if (part.hole == ABSENT && part.length > 0 && load<u8>(text.pointer) == BELOW && isSign(load<u8>(part.pointer))) return NO;
  }
  bindUnknown(form, made);
  return MAYBE;
}

/** Neither a letter, a digit, `_`, `.` nor `/`. */
function isSign(byte: u8): bool {
  const lower = byte | 0x20;
  const isWord = (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f;
  return !isWord && byte != 0x2e && byte != 0x2f;
}

function startsAt(text: Text, at: u32, part: FormPart): bool {
  return at + part.length <= text.length && memory.compare(text.pointer + at, part.pointer, part.length) == 0;
}

function endsWith(text: Text, from: u32, part: FormPart): u32 {
  if (text.length < part.length || text.length - part.length < from) return ABSENT;
  return startsAt(text, text.length - part.length, part) ? text.length - part.length : ABSENT;
}

function search(text: Text, from: u32, part: FormPart): u32 {
  for (let i = from; i + part.length <= text.length; i++) if (startsAt(text, i, part)) return i;
  return ABSENT;
}

