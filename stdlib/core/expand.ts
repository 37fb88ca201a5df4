// From words of the event tree to items and values: quoting, variables, substitutions, braces, globs
// (docs/meaning.md, section 2).

import { emitAny, Why } from "./effects";
import { allocate, hasOverflowed } from "./heap";
import { BRACES_MAX } from "./limits";
import { Builder, itemAt, joinWords, listCount, push, slice } from "./lists";
import { directoryText } from "./directory";
import { runSubstitution } from "./script";
import { event, Event, GlobKind, Kind, QUOTED, VariableOp } from "./shell/events";
import { state } from "./state";
import { concat, emptyText, hasHoles, isBlank, isGlobCharacter, isHole, isUnknown, knownText, newValue, textAt, union, unknown, unknownPath, unknownSegment } from "./text";
import { assign, boundValue, lookup } from "./variables";
import { ABSENT } from "./tables";
import { ANY, GLOB, known, MAYBE, NO, NO_DASH, Origin, PERHAPS_NONE, SOLID, SPLAT, Text, UNSURE, Value, YES } from "./value";

const HOME: u32 = <u32>memory.data<u8>([0x48, 0x4f, 0x4d, 0x45]);
const IFS: u32 = <u32>memory.data<u8>([0x49, 0x46, 0x53]);
const PWD: u32 = <u32>memory.data<u8>([0x50, 0x57, 0x44]);
const BELOW_TEXT: u32 = <u32>memory.data<u8>([0xfd]);
const SLASH: u8 = 0x2f;
const DASH: u8 = 0x2d;

/** A word on its way: the item that is being built. */
@unmanaged
class Word {
  builder: u32; // Builder
  value: u32;
  /** There is something, if only quotes. */
  started: u32;
  glob: u32;
  /** The whole item may be any words. */
  open: u32;
  origin: u32;
  /** Something stands before what is open, so what is being built is surely there, and those words behind it. */
  begun: u32;
  start: u32;
  end: u32;
}

/** Pieces that follow when the present range is done. */
@unmanaged
class Range {
  from: u32;
  to: u32;
  next: u32;
}

/** Appends the items of the Word event at `index`. */
export function expandWord(index: u32, builder: Builder): void {
  const e = event(index);
  const first = index + 1;
  if (first < e.end) {
    const piece = event(first);
    if (piece.kind == Kind.Text && piece.end == e.end && (piece.b > 0 || (piece.flags & QUOTED) != 0)) {
      push(builder, known(piece.a, piece.b), 0, e.a, e.a + e.b);
      return;
    }
  }
  const before = builder.count;
  const last = builder.last;
  const word = newWord(builder, e);
  expandFrom(first, e.end, 0, word);
  if (builder.count - before <= BRACES_MAX || !hasBrace(index)) return;
  // Too many words of one brace expansion: any words instead.
  builder.count = before;
  builder.last = last;
  push(builder, unknown(Origin.None), SPLAT, e.a, e.a + e.b);
}

function hasBrace(index: u32): bool {
  const end = event(index).end;
  for (let i = index + 1; i < end; i = event(i).end) if (event(i).kind == Kind.Brace) return true;
  return false;
}

function newWord(builder: Builder, e: Event): Word {
  const word = changetype<Word>(allocate(offsetof<Word>()));
  word.builder = changetype<u32>(builder);
  word.start = e.a;
  word.end = e.a + e.b;
  reset(word);
  return word;
}

function reset(word: Word): void {
  word.value = 0;
  word.started = 0;
  word.glob = 0;
  word.open = 0;
  word.origin = Origin.None;
  word.begun = 0;
}

/** Here may be any words; what stands before and behind them in the word is a word with something unknown in it. */
function openUp(word: Word): void {
  if (word.open == 0 && word.value != 0 && isFilledEverywhere(word.value)) word.begun = 1;
  if (word.begun != 0) appendQuoted(word, unknown(Origin.None));
  word.open = 1;
}

function isFilledEverywhere(value: u32): bool {
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) if (textAt(value, i).length == 0) return false;
  return true;
}

/** Expands the pieces [from, to) and then those of `rest`; each brace alternative goes on by itself. */
function expandFrom(from: u32, to: u32, rest: u32, word: Word): void {
  let at = from;
  let end = to;
  let follow = rest;
  while (!hasOverflowed()) {
    if (at == end) {
      if (follow == 0) {
        finishItem(word);
        return;
      }
      const range = changetype<Range>(follow);
      at = range.from;
      end = range.to;
      follow = range.next;
      continue;
    }
    const e = event(at);
    if (e.kind == Kind.Brace) {
      if (e.aux == 1) {
        openUp(word);
        at = e.end;
        continue;
      }
      expandBrace(at, e.end, end, follow, word);
      return;
    }
    append(word, at);
    at = e.end;
  }
}

function expandBrace(brace: u32, after: u32, end: u32, follow: u32, word: Word): void {
  const range = changetype<Range>(allocate(offsetof<Range>()));
  range.from = after;
  range.to = end;
  range.next = follow;
  const builder = changetype<Builder>(word.builder);
  const first = builder.count;
  for (let i = brace + 1; i < after; i = event(i).end) {
    if (builder.count - first > BRACES_MAX || hasOverflowed()) return;
    const copy = changetype<Word>(allocate(offsetof<Word>()));
    memory.copy(changetype<u32>(copy), changetype<u32>(word), offsetof<Word>());
    expandFrom(i + 1, event(i).end, changetype<u32>(range), copy);
  }
}

function finishItem(word: Word): void {
  const builder = changetype<Builder>(word.builder);
  if (word.started != 0 && (word.begun != 0 || word.open == 0)) {
    const value = word.value == 0 ? emptyText() : word.value;
    push(builder, value, word.glob != 0 ? globFlags(value) : 0, word.start, word.end);
  }
  if (word.open != 0) push(builder, unknown(word.origin), SPLAT, word.start, word.end);
  reset(word);
}

/** A glob gives any number of words, which do not begin with a dash unless the pattern does. */
function globFlags(value: u32): u32 {
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    if (text.length > 0 && load<u8>(text.pointer) == DASH) return SPLAT | GLOB;
  }
  return SPLAT | GLOB | NO_DASH;
}

function append(word: Word, index: u32): void {
  const e = event(index);
  switch (<i32>e.kind) {
    case Kind.Text:
      word.value = concat(word.value, known(e.a, e.b));
      if (e.b > 0 || (e.flags & QUOTED) != 0) word.started = 1;
      return;
    case Kind.Glob:
      word.value = concat(word.value, globValue(word.value, e));
      word.started = 1;
      word.glob = 1;
      return;
    case Kind.Variable:
      appendVariable(word, index);
      return;
    case Kind.Substitution: {
      const value = trimmed(runSubstitution(index, e.end));
      if ((e.flags & QUOTED) != 0) appendQuoted(word, value);
      else appendUnquoted(word, value);
      return;
    }
    default:
      appendQuoted(word, pieceValue(index));
  }
}

/** `**` as a whole component goes any depth; every other glob stays within one. */
function globValue(before: u32, e: Event): u32 {
  if (e.aux != GlobKind.DoubleStar) return globSegment();
  if (before != 0) {
    const text = textAt(before, changetype<Value>(before).count - 1);
    if (text.length > 0 && load<u8>(text.pointer + text.length - 1) != SLASH) return globSegment();
  }
  return known(BELOW_TEXT, 1);
}

function globSegment(): u32 {
  const value = unknownSegment();
  changetype<Value>(value).flags = 0;
  return value;
}

function appendQuoted(word: Word, value: u32): void {
  word.started = 1;
  if (word.value == 0) word.value = present(value);
  else word.value = concat(word.value, present(value));
}

/** The value of an expansion in quotes: what may be missing may be empty. */
function present(value: u32): u32 {
  if (value == 0) return emptyText();
  const v = changetype<Value>(value);
  if ((v.flags & PERHAPS_NONE) == 0) return value;
  const copy = changetype<Value>(allocate(offsetof<Value>()));
  memory.copy(changetype<u32>(copy), value, offsetof<Value>());
  copy.flags = v.flags & ~PERHAPS_NONE;
  return isUnknown(value) ? changetype<u32>(copy) : union(changetype<u32>(copy), emptyText());
}

/** The value of an expansion outside quotes: split, and its globs act. */
function appendUnquoted(word: Word, value: u32): void {
  if (value == 0) return;
  const v = changetype<Value>(value);
  word.origin = max(word.origin, v.origin);
  if ((v.flags & SOLID) != 0 && (v.flags & PERHAPS_NONE) == 0) {
    appendQuoted(word, value);
    return;
  }
  const text = knownText(value);
  const bound = boundValue(IFS, 3);
  // An unset IFS splits as the default does.
  const separators = bound == 0 ? ABSENT : bound;
  if (separators != ABSENT && knownText(separators) === null) {
    openUp(word);
    return;
  }
  if (text !== null) {
    splitInto(word, text, separators);
    return;
  }
  if ((v.flags & PERHAPS_NONE) == 0 && bound == ABSENT && isPlain(value)) {
    appendQuoted(word, value);
    // What a glob named acts as the glob does.
    if (hasHoles(value)) word.glob = 1;
    return;
  }
  openUp(word);
}

/** No text of the value is empty or has a blank, a glob or a hole that may be any text. */
function isPlain(value: u32): bool {
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    if (text.length == 0) return false;
    for (let j: u32 = 0; j < text.length; j++) {
      const byte = load<u8>(text.pointer + j);
      if (isBlank(byte) || isGlobCharacter(byte) || byte == ANY) return false;
    }
  }
  return true;
}

/** Splits a known text at blanks, or at the bytes of a known IFS; runs of separators count as one. */
function splitInto(word: Word, text: Text, separators: u32): void {
  let start: u32 = 0;
  for (let i: u32 = 0; i <= text.length && !hasOverflowed(); i++) {
    if (i < text.length && !separates(load<u8>(text.pointer + i), separators)) continue;
    if (i > start) appendField(word, text.pointer + start, i - start);
    if (i < text.length && word.started != 0) finishItem(word);
    start = i + 1;
  }
}

function separates(byte: u8, separators: u32): bool {
  if (separators == ABSENT) return isBlank(byte);
  const text = changetype<Text>(changetype<Value>(separators).texts);
  for (let i: u32 = 0; i < text.length; i++) if (load<u8>(text.pointer + i) == byte) return true;
  return false;
}

/** A field of a split text, its glob characters taken as globs. */
function appendField(word: Word, pointer: u32, length: u32): void {
  word.started = 1;
  let from: u32 = 0;
  for (let i: u32 = 0; i < length && !hasOverflowed(); i++) {
    const byte = load<u8>(pointer + i);
    if (!isGlobCharacter(byte)) continue;
    const end = byte == 0x5b ? bracketEnd(pointer, i, length) : i;
    if (end == length) continue;
    word.value = concat(concat(word.value, known(pointer + from, i - from)), globSegment());
    word.glob = 1;
    from = end + 1;
    i = end;
  }
  word.value = concat(word.value, known(pointer + from, length - from));
}

/** Where the `]` of a bracket glob stands, or `length` when the `[` is a plain one. */
function bracketEnd(pointer: u32, from: u32, length: u32): u32 {
  for (let i = from + 2; i < length; i++) if (load<u8>(pointer + i) == 0x5d) return i;
  return length;
}

/** The text without its final newlines, as `$(…)` has it. */
function trimmed(value: u32): u32 {
  if (value == 0) return emptyText();
  const from = changetype<Value>(value);
  const out = newValue(from.count);
  out.flags = from.flags;
  out.origin = from.origin;
  for (let i: u32 = 0; i < from.count; i++) {
    const text = textAt(value, i);
    let length = text.length;
    while (length > 0 && load<u8>(text.pointer + length - 1) == 0x0a) length--;
    const into = textAt(changetype<u32>(out), i);
    into.pointer = text.pointer;
    into.length = length;
  }
  return changetype<u32>(out);
}

// ---- values without splitting

/** The Word event's value as one text: assignments, redirections, here-documents, `case`. */
export function wordValue(index: u32): u32 {
  return piecesValue(index + 1, event(index).end);
}

function piecesValue(from: u32, to: u32): u32 {
  let value: u32 = 0;
  for (let i = from; i < to && !hasOverflowed(); i = event(i).end) {
    const next = pieceValue(i);
    value = i == from ? present(next) : concat(value, present(next));
  }
  return value == 0 ? emptyText() : value;
}

function pieceValue(index: u32): u32 {
  const e = event(index);
  switch (<i32>e.kind) {
    case Kind.Text:
    case Kind.Glob:
      return known(e.a, e.b);
    case Kind.Tilde:
      return tilde(e);
    case Kind.Variable:
      return isAllParameters(e) ? joinedParameters() : variableValue(index);
    case Kind.Substitution:
      return trimmed(runSubstitution(index, e.end));
    case Kind.Process:
      return processValue(index, e);
    case Kind.Arith:
      calculate(index + 1, e.end);
      return unknownSegment();
    default:
      expandForEffects(index + 1, e.end);
      return unknown(Origin.None);
  }
}

function tilde(e: Event): u32 {
  if (e.b > 0) return unknownPath();
  const home = lookup(HOME, 4);
  return home == 0 ? unknownPath() : home;
}

/** `<( … )` is a file that carries what the script prints. */
function processValue(index: u32, e: Event): u32 {
  const s = state();
  const input = s.input;
  if (e.aux != 0) s.input = unknown(Origin.Computed);
  const printed = runSubstitution(index, e.end);
  s.input = input;
  const value = descriptorPath();
  if (e.aux == 0) changetype<Value>(value).carries = printed == 0 ? emptyText() : printed;
  return value;
}

const DESCRIPTOR: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x66, 0x64, 0x2f, 0xfe]);

function descriptorPath(): u32 {
  const value = known(DESCRIPTOR, 9);
  changetype<Value>(value).flags = SOLID;
  return value;
}

/** Evaluates pieces and nested words only for what they run and assign. */
export function expandForEffects(from: u32, to: u32): void {
  for (let i = from; i < to && !hasOverflowed(); i = event(i).end) {
    const e = event(i);
    if (e.kind == Kind.Word || e.kind == Kind.Alternative) expandForEffects(i + 1, e.end);
    else if (e.kind == Kind.Assign) {
      // In arithmetic: a name that an operator changes.
      expandForEffects(i + 1, e.end);
      assign(e.a, e.b, unknown(Origin.None));
    }
    else if (<i32>e.kind >= Kind.Text) pieceValue(i);
  }
}

/** Arithmetic: what it runs and assigns; a variable whose value is an expression runs the substitutions in it. */
export function calculate(from: u32, to: u32): void {
  expandForEffects(from, to);
  for (let i = from; i < to && !hasOverflowed(); i++) {
    const e = event(i);
    if (e.kind == Kind.Variable && hidesCode(plainValue(e.a, e.b))) emitAny(Why.Code);
  }
}

/** Whether a known text has a substitution behind a bracket or parenthesis, which the shell runs where it wants a number or a name. */
export function hidesCode(value: u32): bool {
  if (value == 0) return false;
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) {
    const text = textAt(value, i);
    let open = false;
    for (let j: u32 = 0; j < text.length; j++) {
      const byte = load<u8>(text.pointer + j);
      if (byte == 0x5b || byte == 0x28) {
        if (open && byte == 0x28 && j > 0 && load<u8>(text.pointer + j - 1) == 0x24) return true;
        open = true;
      } else if (byte == 0x60 && open) return true;
    }
  }
  return false;
}

// ---- variables

function isAllParameters(e: Event): bool {
  return e.b == 1 && e.aux == VariableOp.Plain && (load<u8>(e.a) == 0x40 || load<u8>(e.a) == 0x2a);
}

function appendVariable(word: Word, index: u32): void {
  const e = event(index);
  const quoted = (e.flags & QUOTED) != 0;
  if (isAllParameters(e)) {
    appendParameters(word, quoted, load<u8>(e.a) == 0x2a);
    return;
  }
  const value = variableValue(index);
  if (mayBeSeveral(e)) openUp(word);
  else if (quoted) appendQuoted(word, value);
  else appendUnquoted(word, value);
}

/** Whether the expansion may be several words even in quotes: `${a[@]}`, `${@:2}`, `${!a}`. */
function mayBeSeveral(e: Event): bool {
  if (e.aux == VariableOp.Subscript || e.aux == VariableOp.Indirect) return true;
  return e.b == 1 && (load<u8>(e.a) == 0x40 || load<u8>(e.a) == 0x2a);
}

/** `$@` and `$*`. */
function appendParameters(word: Word, quoted: bool, star: bool): void {
  const parameters = state().parameters;
  if (parameters == 0) {
    if (quoted && star) appendQuoted(word, unknown(Origin.None));
    else openUp(word);
    return;
  }
  if (quoted && star) {
    appendQuoted(word, joinedParameters());
    return;
  }
  for (let i: u32 = 1; i < listCount(parameters) && !hasOverflowed(); i++) {
    const item = itemAt(parameters, i);
    if (i > 1) finishItem(word);
    if ((item.flags & (SPLAT | UNSURE)) != 0) {
      openUp(word);
      word.origin = max(word.origin, changetype<Value>(item.value).origin);
    } else if (quoted) appendQuoted(word, item.value);
    else appendUnquoted(word, item.value);
  }
}

function joinedParameters(): u32 {
  const parameters = state().parameters;
  if (parameters == 0) return unknown(Origin.None);
  return joinWords(slice(parameters, min<u32>(1, listCount(parameters)), listCount(parameters)));
}

/** What `$name` or `${name…}` stands for; 0 when it is certainly nothing. */
function variableValue(index: u32): u32 {
  const e = event(index);
  const value = plainValue(e.a, e.b);
  const op: u32 = e.aux;
  if (op == VariableOp.Plain) return value;
  if (op == VariableOp.Length) {
    expandForEffects(index + 1, e.end);
    return unknownSegment();
  }
  if (<i32>op >= VariableOp.Indirect) {
    expandForEffects(index + 1, e.end);
    return unknown(value == 0 ? <u32>Origin.None : changetype<Value>(value).origin);
  }
  const operand = piecesValue(index + 1, e.end);
  const colon = (op & 1) == 0;
  const counts = isSet(value, colon);
  if (op == VariableOp.Alternate || op == VariableOp.AlternateEmpty) {
    return counts == YES ? operand : counts == NO ? emptyText() : union(operand, emptyText());
  }
  if (op == VariableOp.Error || op == VariableOp.ErrorEmpty) return value == 0 ? emptyText() : present(value);
  const result = counts == YES ? value : counts == NO ? operand : union(present(value), operand);
  if (op == VariableOp.Assign || op == VariableOp.AssignEmpty) assign(e.a, e.b, result);
  return result;
}

/** Whether the variable is set (and, with `colon`, not empty). */
function isSet(value: u32, colon: bool): i32 {
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  const set = (v.flags & PERHAPS_NONE) != 0 ? MAYBE : YES;
  if (!colon) return set;
  let some = NO;
  let every: i32 = YES;
  for (let i: u32 = 0; i < v.count; i++) {
    const filled = isFilled(textAt(value, i));
    some = max(some, filled);
    every = min(every, filled);
  }
  return some == NO ? NO : min(set, every);
}

function isFilled(text: Text): i32 {
  if (text.length == 0) return NO;
  for (let i: u32 = 0; i < text.length; i++) if (!isHole(load<u8>(text.pointer + i))) return YES;
  return MAYBE;
}

function plainValue(name: u32, length: u32): u32 {
  if (length == 0) return unknown(Origin.None);
  const first = load<u8>(name);
  if (first >= 0x30 && first <= 0x39) return parameterValue(name, length);
  if (length == 1 && (first == 0x3f || first == 0x23 || first == 0x24 || first == 0x21 || first == 0x2d)) return unknownSegment();
  if (length == 3 && memory.compare(name, PWD, 3) == 0) {
    const own = boundValue(name, length);
    return own == ABSENT ? directoryText() : own;
  }
  return lookup(name, length);
}

/** `$0`, `$1`, …: known as far as the list of arguments is. */
function parameterValue(name: u32, length: u32): u32 {
  const parameters = state().parameters;
  let index: u32 = 0;
  for (let i: u32 = 0; i < length; i++) index = min<u32>(index * 10 + (load<u8>(name + i) - 0x30), 0xffff);
  if (parameters == 0) {
    const value = unknown(Origin.None);
    changetype<Value>(value).flags = PERHAPS_NONE;
    return value;
  }
  for (let i: u32 = 0; i <= index && i < listCount(parameters); i++) {
    const item = itemAt(parameters, i);
    if ((item.flags & (SPLAT | UNSURE)) != 0) {
      const value = unknown(changetype<Value>(item.value).origin);
      changetype<Value>(value).flags = PERHAPS_NONE;
      return value;
    }
    if (i == index) return item.value;
  }
  return 0;
}

