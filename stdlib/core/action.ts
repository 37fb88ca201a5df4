// The action as the host wrote it: its checked top level, its facts, and running it.

import { emitAny, newEffect, resetEffects, setField, Why } from "./effects";
import { resetDisturb } from "./disturb";
import { hasOverflowed, heapTop, release } from "./heap";
import { finish, newBuilder, push } from "./lists";
import { jsonCount, jsonFirst, jsonKeyLength, jsonKeyPointer, jsonKind, JsonKind, jsonLength, jsonMember, jsonNext, jsonPointer, jsonRoot } from "./json/reader";
import { resetEvents } from "./shell/parser";
import { normalise, resultLength, resultPointer } from "./path";
import { tool } from "./policy";
import { runCommand } from "./run";
import { resetStatements, runShell } from "./script";
import { state } from "./state";
import { root, TextTable } from "./tables";
import { sameBytes, unknown } from "./text";
import { known, MAYBE, NO, Origin, Text, YES } from "./value";

// Keys of the top level and of the evidence, as bytes.
const AGENT: u32 = <u32>memory.data<u8>([0x61, 0x67, 0x65, 0x6e, 0x74]);
const SESSION: u32 = <u32>memory.data<u8>([0x73, 0x65, 0x73, 0x73, 0x69, 0x6f, 0x6e]);
const TOOL: u32 = <u32>memory.data<u8>([0x74, 0x6f, 0x6f, 0x6c]);
const INPUT: u32 = <u32>memory.data<u8>([0x69, 0x6e, 0x70, 0x75, 0x74]);
const COMMAND: u32 = <u32>memory.data<u8>([0x63, 0x6f, 0x6d, 0x6d, 0x61, 0x6e, 0x64]);
const ARGV: u32 = <u32>memory.data<u8>([0x61, 0x72, 0x67, 0x76]);
const CWD: u32 = <u32>memory.data<u8>([0x63, 0x77, 0x64]);
const WORKSPACE: u32 = <u32>memory.data<u8>([0x77, 0x6f, 0x72, 0x6b, 0x73, 0x70, 0x61, 0x63, 0x65]);
const ENV: u32 = <u32>memory.data<u8>([0x65, 0x6e, 0x76]);
const EVIDENCE: u32 = <u32>memory.data<u8>([0x65, 0x76, 0x69, 0x64, 0x65, 0x6e, 0x63, 0x65]);
const LINK: u32 = <u32>memory.data<u8>([0x6c, 0x69, 0x6e, 0x6b]);
const SCRIPT: u32 = <u32>memory.data<u8>([0x73, 0x63, 0x72, 0x69, 0x70, 0x74]);
const STATE: u32 = <u32>memory.data<u8>([0x73, 0x74, 0x61, 0x74, 0x65]);
const TRUE_FALSE: u32 = <u32>memory.data<u8>([0x74, 0x72, 0x75, 0x65, 0x66, 0x61, 0x6c, 0x73, 0x65]);
const SLASH: u8 = 0x2f;

/** Members of the action that evaluation comes back to; 0 when they are not there. */
let agent: u32 = 0;
let toolName: u32 = 0;
let input: u32 = 0;
let command: u32 = 0;
let argv: u32 = 0;
let cwd: u32 = 0;
let workspace: u32 = 0;
let env: u32 = 0;
let evidence: u32 = 0;
/** What `for each` looks at: a node, 0 outside, −1 for an item that nobody knows. */
let item: i32 = 0;
let itemIndex: i32 = -1;

/** Checks the top level of what `readJson` read; false when it is malformed. */
export function readAction(): bool {
  agent = toolName = input = command = argv = cwd = workspace = env = evidence = 0;
  forEachLeave();
  const top = jsonRoot();
  if (jsonKind(top) != JsonKind.Object) return false;
  for (let node = jsonFirst(top); node != 0; node = jsonNext(node)) if (!take(node)) return false;
  const ways = (toolName != 0 ? 1 : 0) + (command != 0 ? 1 : 0) + (argv != 0 ? 1 : 0);
  if (ways != 1 || cwd == 0 || (input != 0 && toolName == 0)) return false;
  return isAbsolute(cwd) && (workspace == 0 || isAbsolute(workspace)) && (argv == 0 || isTextList(argv));
}

/** One member of the top level; false when it is unknown or of the wrong kind. */
function take(node: u32): bool {
  const key = jsonKeyPointer(node);
  const length = jsonKeyLength(node);
  const kind = jsonKind(node);
  if (sameBytes(key, length, TOOL, 4)) {
    toolName = node;
    return kind == JsonKind.String && jsonLength(node) > 0;
  }
  if (sameBytes(key, length, INPUT, 5)) {
    input = node;
    return true;
  }
  if (sameBytes(key, length, COMMAND, 7)) {
    command = node;
    return kind == JsonKind.String;
  }
  if (sameBytes(key, length, ARGV, 4)) {
    argv = node;
    return kind == JsonKind.Array;
  }
  if (sameBytes(key, length, CWD, 3)) {
    cwd = node;
    return kind == JsonKind.String;
  }
  if (sameBytes(key, length, WORKSPACE, 9)) {
    workspace = node;
    return kind == JsonKind.String;
  }
  if (sameBytes(key, length, AGENT, 5)) {
    agent = node;
    return kind == JsonKind.String;
  }
  if (sameBytes(key, length, SESSION, 7)) return kind == JsonKind.String;
  if (sameBytes(key, length, ENV, 3)) {
    env = node;
    return kind == JsonKind.Object && isTextList(node);
  }
  if (sameBytes(key, length, EVIDENCE, 8)) {
    evidence = node;
    return kind == JsonKind.Object && isEvidence(node);
  }
  return false;
}

function isAbsolute(node: u32): bool {
  return jsonLength(node) > 0 && load<u8>(jsonPointer(node)) == SLASH;
}

function isTextList(container: u32): bool {
  for (let node = jsonFirst(container); node != 0; node = jsonNext(node)) if (jsonKind(node) != JsonKind.String) return false;
  return true;
}

function isEvidence(container: u32): bool {
  for (let node = jsonFirst(container); node != 0; node = jsonNext(node)) {
    const key = jsonKeyPointer(node);
    const length = jsonKeyLength(node);
    if (!sameBytes(key, length, LINK, 4) && !sameBytes(key, length, SCRIPT, 6) && !sameBytes(key, length, STATE, 5)) return false;
    if (jsonKind(node) != JsonKind.Object || !isTextList(node)) return false;
  }
  return true;
}

/** Runs the action that `readAction` accepted: its effects are in effects.ts afterwards. */
export function evaluateAction(): void {
  const mark = heapTop();
  resetEffects();
  resetEvents();
  resetDisturb();
  resetStatements();
  const s = state();
  s.scope = 0;
  s.references = 0;
  s.functions = 0;
  s.additions = 0;
  s.files = 0;
  s.input = unknown(Origin.Computed);
  s.parameters = 0;
  s.depth = 0;
  s.shells = 0;
  s.conditional = 0;
  s.partial = 0;
  s.remote = 0;
  s.certainty = YES;
  s.start = 0;
  s.end = 0;
  enterAction();
  if (command != 0) runShell(jsonPointer(command), jsonLength(command), s.input);
  else if (argv != 0) runArguments();
  else runTool();
  if (!hasOverflowed()) return;
  // What was found is not the whole truth and may fill the memory: any effect says all of it.
  resetEffects();
  release(mark);
  s.start = 0;
  s.end = 0;
  emitAny(Why.Limit);
}

/** The action's own directory is free of links, so all of it is trusted. */
function enterAction(): void {
  const s = state();
  const pointer = jsonPointer(cwd);
  normalise(pointer, 0, 0, pointer, jsonLength(cwd), true);
  s.directory = resultPointer();
  s.directoryLength = resultLength();
  s.directoryTrusted = resultLength();
}

function runArguments(): void {
  if (jsonCount(argv) == 0) {
    emitAny(Why.Program);
    return;
  }
  const builder = newBuilder();
  for (let node = jsonFirst(argv); node != 0; node = jsonNext(node)) push(builder, known(jsonPointer(node), jsonLength(node)), 0, 0, 0);
  runCommand(finish(builder), state().input, false);
}

/** A tool that nobody recognises is `tool.call(name)`. */
function runTool(): void {
  const answer = tool();
  if (answer == YES) return;
  const effect = newEffect(root().toolCall, answer == NO ? YES : MAYBE);
  setField(effect, 0, toolValue());
}

/** Whether a limit was passed, so that part of the action counts as unknown. */
export function isLimited(): bool {
  return hasOverflowed();
}

/** Whether a pointer lies in the decoded command, so that spans can name it. */
export function isTopLevel(pointer: u32): bool {
  const text = commandText();
  return changetype<u32>(text) != 0 && pointer >= text.pointer && pointer <= text.pointer + text.length;
}

const COMMAND_TEXT: u32 = <u32>memory.data(8, 4);

/** The decoded command that spans are offsets into: the action's own, or the tool's `command`; null when there is none. */
export function commandText(): Text | null {
  let node = command;
  if (node == 0 && input != 0) node = jsonMember(input, COMMAND, 7);
  if (node == 0 || jsonKind(node) != JsonKind.String) return null;
  const text = changetype<Text>(COMMAND_TEXT);
  text.pointer = jsonPointer(node);
  text.length = jsonLength(node);
  return text;
}

// ---- facts

function textValue(node: u32): u32 {
  return node == 0 ? 0 : known(jsonPointer(node), jsonLength(node));
}

export function agentValue(): u32 {
  return textValue(agent);
}

export function toolValue(): u32 {
  return textValue(toolName);
}

export function directoryValue(): u32 {
  return textValue(cwd);
}

/** The workspace, which is the action's directory when the host gave none. */
export function workspaceValue(): u32 {
  return textValue(workspace != 0 ? workspace : cwd);
}

/** What the host says of an environment variable; 0 when it says nothing. */
export function environmentValue(name: u32, length: u32): u32 {
  return env == 0 ? 0 : textValue(jsonMember(env, name, length));
}

export function isEnvironment(name: u32, length: u32): bool {
  return env != 0 && jsonMember(env, name, length) != 0;
}

/** Evidence of a kind (0 link, 1 script, 2 state) about an absolute path; 0 when there is none. */
export function evidenceText(kind: u32, path: u32, length: u32): u32 {
  if (evidence == 0) return 0;
  const members = kind == 0 ? jsonMember(evidence, LINK, 4) : kind == 1 ? jsonMember(evidence, SCRIPT, 6) : jsonMember(evidence, STATE, 5);
  return members == 0 ? 0 : textValue(jsonMember(members, path, length));
}

// ---- the tool's input

/** The node a path of members leads to; 0 when it is missing, −1 when nobody knows. */
export function inputNode(path: u32, count: u32, ofItem: bool): i32 {
  let node: i32 = ofItem ? item : input;
  for (let i: u32 = 0; i < count; i++) {
    if (node <= 0) return node;
    const key = changetype<TextTable>(path + i * offsetof<TextTable>());
    const kind = jsonKind(node);
    if (kind == JsonKind.Null) return 0;
    if (kind != JsonKind.Object) return -1;
    node = jsonMember(node, key.pointer, key.length);
  }
  return node;
}

/** The text of a node: a string, a number or a boolean is its text; an object or a list is unknown. */
export function inputValue(node: i32): u32 {
  if (node < 0) return unknown(Origin.None);
  if (node == 0) return 0;
  switch (jsonKind(node)) {
    case JsonKind.Null:
      return 0;
    case JsonKind.True:
      return known(TRUE_FALSE, 4);
    case JsonKind.False:
      return known(TRUE_FALSE + 4, 5);
    case JsonKind.Number:
    case JsonKind.String:
      return known(jsonPointer(node), jsonLength(node));
    default:
      return unknown(Origin.None);
  }
}

/** How often a `for each` runs: −1 for once over an item that nobody knows. */
export function forEachCount(node: i32): i32 {
  if (node < 0) return -1;
  if (node == 0 || jsonKind(node) == JsonKind.Null) return 0;
  return jsonKind(node) == JsonKind.Array ? <i32>jsonCount(node) : -1;
}

/** Looks at element `index` of a list, or at an unknown item. Going on from the element before is one step. */
export function forEachEnter(node: i32, index: i32): void {
  if (node <= 0 || jsonKind(node) != JsonKind.Array) {
    item = -1;
    return;
  }
  if (index > 0 && index == itemIndex + 1) {
    item = jsonNext(item);
  } else {
    let at: i32 = jsonFirst(node);
    for (let i = 0; i < index && at != 0; i++) at = jsonNext(at);
    item = at;
  }
  itemIndex = index;
}

export function forEachLeave(): void {
  item = 0;
  itemIndex = -1;
}

