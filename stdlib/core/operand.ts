// What conditions and clauses look at: the value of an operand of the policy's tables.

import { agentValue, directoryValue, evidenceText, inputNode, inputValue, toolValue, workspaceValue, environmentValue } from "./action";
import { absolute } from "./directory";
import { truth } from "./compare";
import { addNeed } from "./effects";
import { jsonFirst, jsonKind, JsonKind, jsonNext } from "./json/reader";
import { finish, itemAt, listOf, listValue, newBuilder, newList, push } from "./lists";
import { part } from "./parts";
import { optionAt, Reading } from "./reading";
import { optionValue, optionValues, presence } from "./reading-answers";
import { OperandKind, OperandTable, ReadingTable, Takes } from "./tables";
import { knownText, single, unknown, withFlags } from "./text";
import { frame } from "./usage";
import { MAYBE, NO, Origin, PERHAPS_NONE, SPLAT, UNSURE, Value, YES } from "./value";

const enum ActionKey { Agent = 0, Tool = 1, Cwd = 2, Workspace = 3 }

/** The operand as one Value; 0 when it is certainly not there. */
export function operand(address: u32): u32 {
  const table = changetype<OperandTable>(address);
  switch (table.kind) {
    case OperandKind.Literal:
      return table.a;
    case OperandKind.Hole:
      return listValue(holeList(table.a));
    case OperandKind.Option:
      return frame().reading == 0 ? 0 : optionValue(changetype<Reading>(frame().reading), table.a);
    case OperandKind.Action:
      return actionValue(table.a);
    case OperandKind.Environment: {
      const value = environmentValue(table.a, table.b);
      return value != 0 ? value : withFlags(unknown(Origin.None), PERHAPS_NONE);
    }
    case OperandKind.Part:
      return part(operand(table.a), table.b);
    case OperandKind.Input:
      return inputValue(inputNode(table.a, table.b, table.c != 0));
    default:
      return evidence(table.a, operand(table.b));
  }
}

function actionValue(key: u32): u32 {
  switch (key) {
    case ActionKey.Agent:
      return agentValue();
    case ActionKey.Tool:
      return toolValue();
    case ActionKey.Cwd:
      return directoryValue();
    default:
      return workspaceValue();
  }
}

/** The evidence about a path; without it unknown, and the report asks for it. */
export function evidence(kind: u32, path: u32): u32 {
  if (path == 0) return unknown(Origin.None);
  const text = knownText(absolute(path));
  if (text === null) return unknown(Origin.None);
  const found = evidenceText(kind, text.pointer, text.length);
  if (found == 0) addNeed(kind, text.pointer, text.length);
  return found == 0 ? unknown(Origin.None) : found;
}

function holeList(hole: u32): u32 {
  const f = frame();
  return hole < f.holeCount ? load<u32>(f.holes + (hole << 2)) : 0;
}

/** The operand as a List; an empty one when it is certainly not there. */
export function operandList(address: u32): u32 {
  const table = changetype<OperandTable>(address);
  let list: u32 = 0;
  if (table.kind == OperandKind.Hole) list = holeList(table.a);
  else if (table.kind == OperandKind.Option && frame().reading != 0) list = optionValues(changetype<Reading>(frame().reading), table.a);
  else if (table.kind == OperandKind.Literal) list = literalList(table.a);
  else if (table.kind == OperandKind.Input) list = inputList(inputNode(table.a, table.b, table.c != 0));
  else {
    const value = operand(address);
    list = value == 0 ? 0 : listOf(value);
    if (value != 0 && (changetype<Value>(value).flags & PERHAPS_NONE) != 0) itemAt(list, 0).flags |= UNSURE;
  }
  return list == 0 ? newList(0) : list;
}

/** Several literals are a list of one element each. */
function literalList(value: u32): u32 {
  const builder = newBuilder();
  for (let i: u32 = 0; i < changetype<Value>(value).count; i++) push(builder, single(value, i), 0, 0, 0);
  return finish(builder);
}

/** A JSON array's elements; anything else that is there is one element. */
function inputList(node: i32): u32 {
  if (node < 0) {
    const list = listOf(unknown(Origin.None));
    itemAt(list, 0).flags = SPLAT | UNSURE;
    return list;
  }
  if (node == 0 || jsonKind(node) == JsonKind.Null) return 0;
  if (jsonKind(node) != JsonKind.Array) return listOf(inputValue(node));
  const builder = newBuilder();
  for (let at = jsonFirst(node); at != 0; at = jsonNext(at)) {
    const value = inputValue(at);
    if (value != 0) push(builder, value, 0, 0, 0);
  }
  return finish(builder);
}

/** The operand as an answer: a flag's presence, a JSON boolean, or the truth of its text. */
export function operandTruth(address: u32): i32 {
  const table = changetype<OperandTable>(address);
  if (table.kind == OperandKind.Option && frame().reading != 0) {
    const reading = changetype<Reading>(frame().reading);
    const option = optionAt(changetype<ReadingTable>(reading.table), table.a);
    if (option.takes == Takes.Nothing) return presence(reading, table.a);
  }
  if (table.kind == OperandKind.Input) {
    const node = inputNode(table.a, table.b, table.c != 0);
    if (node < 0) return MAYBE;
    if (node == 0) return NO;
    const kind = jsonKind(node);
    if (kind == JsonKind.True) return YES;
    if (kind == JsonKind.False || kind == JsonKind.Null) return NO;
    return MAYBE;
  }
  return truth(operand(address));
}

