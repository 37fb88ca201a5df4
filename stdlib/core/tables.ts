// The policy's recogniser tables, as compiler/wasm/tables.ts lays them out: one record type per row of that file.
// All members are u32; pointers are absolute, counts stand before or beside them, 0 is "there is none".

import { table } from "./policy";
import { sameBytes } from "./text";

export const ABSENT: u32 = 0xffffffff;

@unmanaged
export class Root {
  programs: u32; // hash table: name → ProgramTable
  programsMask: u32;
  variables: u32; // hash table: name → VariableTable
  variablesMask: u32;
  unknownWordsMayBeOptions: u32;
  fileRead: u32; // numbers of the effects that the core itself gives
  fileWrite: u32;
  processExec: u32;
  codeRun: u32;
  toolCall: u32;
  netSend: u32;
  effectCount: u32;
  effects: u32; // EffectTable[effectCount]
}

@unmanaged
export class EffectTable {
  fieldCount: u32;
  types: u32; // u8[fieldCount], FieldType
}

export const enum FieldType { Text = 0, Path = 1, Host = 2, Url = 3, Address = 4, Int = 5, Decimal = 6, Time = 7, Bool = 8, List = 9 }

/** A slot of a hash table with open addressing; `name` 0 is free. */
@unmanaged
class Slot {
  name: u32;
  length: u32;
  value: u32;
}

@unmanaged
export class ProgramTable {
  count: u32;
  readings: u32; // ReadingTable*[count]
}

export const enum Syntax { Gnu = 0, Posix = 1, Go = 2, Git = 3, Find = 4, Dd = 5, Bundled = 6 }

@unmanaged
export class ReadingTable {
  syntax: u32;
  assignments: u32;
  observer: u32;
  options: u32; // OptionTable*[optionCount]
  optionCount: u32;
  spellings: u32; // hash table: spelling → option number + 1
  spellingsMask: u32;
  usages: u32; // UsageTable*[usageCount]
  usageCount: u32;
  otherwise: u32; // ClauseList, or 0
  subcommands: u32; // ReadingTable*[subcommandCount]
  subcommandCount: u32;
  words: u32; // WordsTable*[wordCount], of a subcommand
  wordCount: u32;
  directory: u32; // the outer reading's option, or ABSENT
}

export const enum Takes { Nothing = 0, Required = 1, Optional = 2 }

@unmanaged
export class OptionTable {
  takes: u32;
  type: u32;
  repeated: u32;
  argv: u32;
  spellings: u32; // TextTable[spellingCount]
  spellingCount: u32;
}

@unmanaged
export class TextTable {
  pointer: u32;
  length: u32;
}

@unmanaged
export class UsageTable {
  holeCount: u32;
  patterns: u32; // PatternTable*[patternCount]
  patternCount: u32;
  withouts: u32; // WithoutTable[withoutCount]
  withoutCount: u32;
  condition: u32; // number, or ABSENT
  clauses: u32; // ClauseList
}

@unmanaged
export class WithoutTable {
  option: u32;
  values: u32; // WordsTable, or 0
}

@unmanaged
export class PatternTable {
  words: u32; // WordsTable*[wordCount]
  wordCount: u32;
  options: u32; // RequiredTable[optionCount]
  optionCount: u32;
  positionals: u32; // PositionalTable[positionalCount]
  positionalCount: u32;
  form: u32; // FormTable, or 0
  exactly: u32;
}

@unmanaged
export class RequiredTable {
  option: u32;
  values: u32; // WordsTable, or 0
  form: u32; // FormTable, or 0
  hole: u32; // ABSENT
  argvHole: u32; // ABSENT
  terminator: u32; // 0 `;`, 1 `+`
}

/** What a word must match: `literals` TextTables behind this record, or an automaton. */
@unmanaged
export class WordsTable {
  isAutomaton: u32;
  /** The number of literals, or the automaton. */
  what: u32;
}

export const enum PositionalKind { One = 0, Rest = 1, Word = 2 }

@unmanaged
export class PositionalTable {
  kind: u32;
  hole: u32;
  words: u32; // WordsTable
}

@unmanaged
export class FormTable {
  count: u32;
  parts: u32; // FormPart[count]
}

@unmanaged
export class FormPart {
  hole: u32; // ABSENT for literal text
  pointer: u32;
  length: u32;
}

@unmanaged
export class ClauseList {
  count: u32;
  clauses: u32; // ClauseTable*[count]
}

export const enum ClauseKind { Nothing = 0, Does = 1, RunsArgv = 2, RunsScript = 3, RunsStdin = 4, RunsFile = 5, Prints = 6, Adds = 7 }

/** What a clause holds depends on its kind; compiler/wasm/tables.ts has the list. */
@unmanaged
export class ClauseTable {
  kind: u32;
  a: u32;
  b: u32;
  c: u32;
  d: u32;
  e: u32;
  f: u32;
  g: u32;
  /** WhereIr.remote. */
  remote: u32;
  /** Operand of the directory, or 0. */
  directory: u32;
}

export const enum ArgKind { Missing = 0, Value = 1, Each = 2, Bool = 3, None = 4 }

@unmanaged
export class ArgTable {
  kind: u32;
  operand: u32; // an OperandTable; of a Bool 0 or 2
}

export const enum OperandKind { Literal = 0, Hole = 1, Option = 2, Action = 3, Environment = 4, Part = 5, Input = 6, Evidence = 7 }

@unmanaged
export class OperandTable {
  kind: u32;
  a: u32;
  b: u32;
  c: u32;
}

@unmanaged
export class VariableTable {
  type: u32;
  clauses: u32; // ClauseList
}

// @ts-ignore: decorator
@inline
export function root(): Root {
  return changetype<Root>(table());
}

/** The `index`th of an array of pointers. */
// @ts-ignore: decorator
@inline
export function pointerAt(array: u32, index: u32): u32 {
  return load<u32>(array + (index << 2));
}

/** FNV-1a; compiler/wasm/tables.ts computes the same. */
function hash(pointer: u32, length: u32): u32 {
  let value: u32 = 0x811c9dc5;
  for (let i: u32 = 0; i < length; i++) value = (value ^ load<u8>(pointer + i)) * 0x01000193;
  return value;
}

export function find(slots: u32, mask: u32, name: u32, length: u32): u32 {
  if (slots == 0) return 0;
  let at = hash(name, length) & mask;
  while (true) {
    const slot = changetype<Slot>(slots + at * offsetof<Slot>());
    if (slot.name == 0) return 0;
    if (sameBytes(slot.name, slot.length, name, length)) return slot.value;
    at = (at + 1) & mask;
  }
}

export function lookupProgram(name: u32, length: u32): u32 {
  return find(root().programs, root().programsMask, name, length);
}

export function lookupVariable(name: u32, length: u32): u32 {
  return find(root().variables, root().variablesMask, name, length);
}
