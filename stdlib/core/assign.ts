// Assignments that stand as words (`export A=b`, `env A=b`), and what a policy says of variables that programs see.

import { runClauses } from "./clause";
import { listOf } from "./lists";
import { ClauseList, lookupVariable, VariableTable } from "./tables";

import { newFrame, setFrame } from "./usage";
import { assign, assignExported, isExported, lookup } from "./variables";
import { Item, known, SPLAT, Text, UNSURE, Value, YES } from "./value";
import { state } from "./state";

/** Assigns and, when programs see the variable, does what the policy says of it. */
export function setVariable(name: u32, length: u32, value: u32, exported: bool): void {
  const visible = exported || isExported(name, length);
  if (exported) assignExported(name, length, value);
  else assign(name, length, value);
  if (visible) announce(name, length, value);
}

/** Runs the clauses of the variable's declaration with its value in hole 0. */
function announce(name: u32, length: u32, value: u32): void {
  const declared = lookupVariable(name, length);
  if (declared == 0 || value == 0) return;
  const frame = newFrame(0, 1, state().input);
  store<u32>(frame.holes, listOf(value));
  const before = setFrame(changetype<u32>(frame));
  runClauses(changetype<ClauseList>(changetype<VariableTable>(declared).clauses), YES, frame);
  setFrame(before);
}

/** Exports a variable that was assigned before. */
export function exportVariable(name: u32, length: u32): void {
  setVariable(name, length, lookup(name, length), true);
}

/** Bytes of NAME when the item is NAME=…, else 0. */
export function assignmentLength(item: Item): u32 {
  const value = changetype<Value>(item.value);
  if (value.count != 1 || (item.flags & SPLAT) != 0) return 0;
  const text = changetype<Text>(value.texts);
  let i: u32 = 0;
  while (i < text.length && isNameByte(load<u8>(text.pointer + i), i)) i++;
  return i > 0 && i < text.length && load<u8>(text.pointer + i) == 0x3d ? i : 0;
}

/** A letter or `_`, or a digit behind the first place. */
export function isNameByte(byte: u8, index: u32): bool {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte == 0x5f || (index > 0 && byte >= 0x30 && byte <= 0x39);
}

/** Assigns what an item NAME=value says. */
export function assignFromWord(item: Item, exported: bool): void {
  const length = assignmentLength(item);
  const from = changetype<Value>(item.value);
  const text = changetype<Text>(from.texts);
  const value = known(text.pointer + length + 1, text.length - length - 1);
  changetype<Value>(value).origin = from.origin;
  setVariable(text.pointer, length, value, exported);
}

/** The name that an item is, known and whole, or null. */
export function nameOf(item: Item): Text | null {
  const value = changetype<Value>(item.value);
  if (value.count != 1 || (item.flags & (SPLAT | UNSURE)) != 0) return null;
  const text = changetype<Text>(value.texts);
  if (text.length == 0) return null;
  for (let i: u32 = 0; i < text.length; i++) if (!isNameByte(load<u8>(text.pointer + i), i)) return null;
  return text;
}

