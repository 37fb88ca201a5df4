// `does`: the effects of a clause, and where evidence says that their paths lead (docs/meaning.md, section 4).

import { evidenceText } from "./action";
import { addWrite } from "./clause";
import { OTHER, runWrittenCode, SOURCES } from "./clause-runs";
import { absolute } from "./directory";
import { addNeed, newEffect, setField } from "./effects";
import { readBehind, readFile } from "./files";
import { allocate, hasOverflowed } from "./heap";
import { itemAt, listCount, mayBeMissing } from "./lists";
import { operand, operandList, operandTruth } from "./operand";
import { state } from "./state";
import { ABSENT, ArgKind, ArgTable, ClauseTable, EffectTable, FieldType, root } from "./tables";
import { hasHole, knownText, ordinary, sameBytes, textAt, unknown, unknownPath, withFlags } from "./text";
import { Frame, unknownWords } from "./usage";
import { Effect, EFFECT_BYTES, known, MAYBE, ordinaryCount, Origin, PERHAPS_NONE, Text, Value, YES } from "./value";

/** The kind of evidence, in the order of the report. */
const LINK_EVIDENCE: u32 = 0;

/** `does`: a kind, b count of arguments, c ArgTable[]. */
export function does(clause: ClauseTable, certainty: i32, made: Frame): void {
  for (let i: u32 = 0; i < clause.b; i++) {
    const arg = argAt(clause, i);
    if (arg.kind != ArgKind.Each) continue;
    const list = operandList(arg.operand);
    for (let j: u32 = 0; j < listCount(list) && !hasOverflowed(); j++) {
      const item = itemAt(list, j);
      if (item.value == 0) continue;
      const answer = mayBeMissing(item) ? min(certainty, MAYBE) : certainty;
      emit(clause, answer, i, item.value, made);
    }
    return;
  }
  emit(clause, certainty, ABSENT, 0, made);
}

// @ts-ignore: decorator
@inline
function argAt(clause: ClauseTable, index: u32): ArgTable {
  return changetype<ArgTable>(clause.c + index * offsetof<ArgTable>());
}

/** One effect; field `each` is `element`. */
function emit(clause: ClauseTable, certainty: i32, each: u32, element: u32, made: Frame): void {
  const table = effectTable(clause.a);
  const effect = newEffect(clause.a, certainty);
  for (let i: u32 = 0; i < table.fieldCount; i++) {
    const type = load<u8>(table.types + i);
    if (i == each) setField(effect, i, fieldOf(type, element));
    else if (i < clause.b) setField(effect, i, argument(argAt(clause, i), type));
    else setField(effect, i, missing(type));
  }
  followLinks(effect, table);
  follow(effect, certainty, made);
}

/** Remembers what an effect reads and writes, and runs what the action wrote into a file of code. */
function follow(effect: Effect, certainty: i32, made: Frame): void {
  const kind = effect.kind;
  if (kind == root().fileWrite) {
    const path = fieldAt(effect, 0);
    if (path != 0) addWrite(made, path, fieldAt(effect, 1), certainty);
  } else if (state().files == 0) {
    return;
  } else if (kind == root().fileRead) {
    const path = fieldAt(effect, 0);
    if (path != 0) made.read = readBehind(made.read, readFile(certainty == YES ? path : withFlags(path, PERHAPS_NONE)));
  } else if (kind == root().codeRun) {
    const source = knownText(fieldAt(effect, 1));
    const path = fieldAt(effect, 2);
    if (path == 0 || source === null || !sameBytes(source.pointer, source.length, SOURCES + 6, 4)) return;
    const language = fieldAt(effect, 0);
    runWrittenCode(path, knownText(language) === null ? known(OTHER, 5) : language, 0, made.input, certainty);
  }
}

function fieldAt(effect: Effect, index: u32): u32 {
  return load<u32>(changetype<u32>(effect) + offsetof<Effect>("fields") + (index << 2));
}

export function effectTable(kind: u32): EffectTable {
  return changetype<EffectTable>(root().effects + kind * offsetof<EffectTable>());
}

function fieldOf(type: u8, value: u32): u32 {
  return type == FieldType.Path ? absolute(value) : value;
}

function argument(arg: ArgTable, type: u8): u32 {
  if (arg.kind == ArgKind.Missing) return missing(type);
  if (arg.kind == ArgKind.None) return 0;
  if (arg.kind == ArgKind.Bool) return arg.operand;
  if (type == FieldType.Bool) return operandTruth(arg.operand);
  if (type == FieldType.List) return operandList(arg.operand);
  return fieldOf(type, operand(arg.operand));
}

/** A field that nobody filled. */
export function missing(type: u8): u32 {
  if (type == FieldType.Bool) return MAYBE;
  if (type == FieldType.List) return unknownWords();
  if (type == FieldType.Path) return unknownPath();
  return unknown(Origin.None);
}

/** The effect as it is when every unknown name in its paths is an ordinary one: what leads elsewhere is left out. */
export function ordinaryEffect(address: u32): u32 {
  const effect = changetype<Effect>(address);
  const table = effectTable(effect.kind);
  let copy: u32 = 0;
  for (let i: u32 = 0; i < table.fieldCount; i++) {
    if (load<u8>(table.types + i) != FieldType.Path) continue;
    const value = fieldAt(effect, i);
    if (value == 0 || ordinaryCount(value) == changetype<Value>(value).count) continue;
    if (copy == 0) {
      copy = allocate(EFFECT_BYTES);
      memory.copy(copy, address, EFFECT_BYTES);
    }
    setField(changetype<Effect>(copy), i, ordinary(value));
  }
  return copy == 0 ? address : copy;
}

/** The same for an effect that the core itself gives. */
export function followLinksOf(effect: Effect): void {
  followLinks(effect, effectTable(effect.kind));
}

/** A known local path is judged as the link evidence resolves it too, as an effect of its own; without evidence the report asks for it. */
function followLinks(effect: Effect, table: EffectTable): void {
  if (state().remote != 0) return;
  for (let i: u32 = 0; i < table.fieldCount; i++) {
    if (load<u8>(table.types + i) != FieldType.Path) continue;
    const value = load<u32>(changetype<u32>(effect) + offsetof<Effect>("fields") + (i << 2));
    if (value == 0) continue;
    for (let t: u32 = 0; t < changetype<Value>(value).count; t++) followLink(effect, table, i, textAt(value, t));
  }
}

function followLink(effect: Effect, table: EffectTable, field: u32, text: Text): void {
  if (hasHole(text.pointer, text.length)) return;
  const target = evidenceText(LINK_EVIDENCE, text.pointer, text.length);
  if (target == 0) {
    addNeed(LINK_EVIDENCE, text.pointer, text.length);
    return;
  }
  const resolved = changetype<Text>(changetype<Value>(target).texts);
  if (sameBytes(resolved.pointer, resolved.length, text.pointer, text.length)) return;
  const copy = newEffect(effect.kind, effect.certainty);
  for (let i: u32 = 0; i < table.fieldCount; i++) {
    setField(copy, i, i == field ? target : load<u32>(changetype<u32>(effect) + offsetof<Effect>("fields") + (i << 2)));
  }
}
