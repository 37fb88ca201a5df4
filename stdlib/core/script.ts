// Walks the event tree of a script: statements, their redirections, and what flows from one to the next
// (docs/meaning.md, section 2). Every command counts as executed.

import { isTopLevel } from "./action";
import { setVariable } from "./assign";
import { absolute } from "./directory";
import { disturb } from "./disturb";
import { emitAny, newEffect, setField, Why } from "./effects";
import { calculate, expandForEffects, expandWord, wordValue } from "./expand";
import { allocate, hasOverflowed, setOverflow } from "./heap";
import { SCRIPT_MAX } from "./limits";
import { finish, itemAt, listCount, newBuilder } from "./lists";
import { runCommand } from "./run";
import { event, Event, Kind, QUOTED, RedirectOp, ARRAY, APPEND } from "./shell/events";
import { PARSE_FAILED, parseHereDocument, parseScript } from "./shell/parser";
import { leaveCopy, restoreState, saveState, State, state, STATE_BYTES } from "./state";
import { root } from "./tables";
import { concat, emptyText, newline, sameBytes, single, startsWith, textAt, union, unknown } from "./text";
import { assign, defineFunction, joinStates, restoreVariable } from "./variables";
import { followLinksOf } from "./clause-does";
import { readFile, writeFile } from "./files";
import { GLOB, known, NO, Origin, SPLAT, Text, Value, YES } from "./value";

const NOT_WRITTEN: u32 = 0xffffffff;
/** "/dev/tcp/", "/dev/udp/", "/dev/fd/", then whole names: null, stdout, stderr, tty, stdin behind "/dev/". */
const DEV_TCP: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x74, 0x63, 0x70, 0x2f]);
const DEV_UDP: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x75, 0x64, 0x70, 0x2f]);
const DEV_FD: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x66, 0x64, 0x2f]);
const DEV_NULL: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x6e, 0x75, 0x6c, 0x6c]);
const DEV_STDOUT: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x73, 0x74, 0x64, 0x6f, 0x75, 0x74]);
const DEV_STDERR: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x73, 0x74, 0x64, 0x65, 0x72, 0x72]);
const DEV_STDIN: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x73, 0x74, 0x64, 0x69, 0x6e]);
const DEV_TTY: u32 = <u32>memory.data<u8>([0x2f, 0x64, 0x65, 0x76, 0x2f, 0x74, 0x74, 0x79]);

/** Statements that one decision walks: functions that call one another must not multiply. */
const STATEMENTS_MAX: u32 = 64 << 10;

let statements: u32 = 0;

export function resetStatements(): void {
  statements = 0;
}

/** Runs the body of a Function event. */
export function runBody(index: u32, input: u32): u32 {
  return runStatements(index + 1, event(index).end, input);
}

/** Parses and runs a shell text; answers what it prints, 0 for nothing. */
export function runShell(pointer: u32, length: u32, input: u32): u32 {
  if (length > SCRIPT_MAX) {
    emitAny(Why.Limit);
    return unknown(Origin.Computed);
  }
  const script = parseScript(pointer, length);
  if (script == PARSE_FAILED) {
    emitAny(Why.Syntax);
    return unknown(Origin.Computed);
  }
  return runStatements(script + 1, event(script).end, input);
}

/** Runs the statements below a Substitution or Process event, as a subshell does. */
export function runSubstitution(index: u32, end: u32): u32 {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  const printed = runStatements(index + 1, end, state().input);
  leaveCopy(saved);
  return printed;
}

function runStatements(from: u32, to: u32, input: u32): u32 {
  let printed: u32 = 0;
  for (let i = from; i < to; i = event(i).end) {
    if (!isRedirection(event(i).kind)) printed = both(printed, runStatement(i, input));
  }
  return printed;
}

/** What two commands one after the other print: known only when one of them prints nothing. */
function both(a: u32, b: u32): u32 {
  if (a == 0) return b;
  if (b == 0) return a;
  return unknown(max<u32>(Origin.Computed, max(changetype<Value>(a).origin, changetype<Value>(b).origin)));
}

function isRedirection(kind: u8): bool {
  return kind == Kind.Redirect || kind == Kind.HereDocument;
}

function runStatement(index: u32, input: u32): u32 {
  if (hasOverflowed()) return 0;
  if (++statements > STATEMENTS_MAX) {
    setOverflow();
    return 0;
  }
  const e = event(index);
  switch (<i32>e.kind) {
    case Kind.Command:
      return runSimple(index, e, input);
    case Kind.Pipe:
      return runPipe(index, e, input);
    case Kind.AndOr:
      return runAndOr(index, e, input);
    case Kind.Function:
      defineFunction(e.a, e.b, index);
      return 0;
    default: {
      const own = redirected(index, e, input);
      const written = targets;
      const printed = runCompound(index, e, own);
      if (written != 0) writeTargets(written, printed);
      return printed;
    }
  }
}

/** A compound command whose redirections are applied. */
function runCompound(index: u32, e: Event, input: u32): u32 {
  switch (<i32>e.kind) {
    case Kind.Background:
    case Kind.Subshell:
      return runApart(index, e, input);
    case Kind.Group:
      return runStatements(index + 1, e.end, input);
    case Kind.If:
    case Kind.Case:
    case Kind.Branch:
      return runBranches(index, e, input);
    case Kind.Loop:
    case Kind.For:
      return runLoop(index, e, input);
    default:
      // Test, ArithCommand: only what they run and assign counts.
      if (e.kind == Kind.ArithCommand) calculate(index + 1, e.end);
      else expandForEffects(index + 1, e.end);
      return 0;
  }
}

// ---- simple commands

function runSimple(index: u32, e: Event, input: u32): u32 {
  const s = state();
  s.input = input;
  if (isTopLevel(e.a)) {
    s.start = e.a;
    s.end = e.a + e.b;
  }
  const builder = newBuilder();
  let assigns = false;
  for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) {
    const kind = event(i).kind;
    if (kind == Kind.Word) expandWord(i, builder);
    else if (kind == Kind.Assign) assigns = true;
  }
  const hasWords = hasWord(index, e);
  const own = redirected(index, e, input);
  const written = targets;
  if (!hasWords) {
    if (assigns) assignAll(index, e, false);
    if (written != 0) writeTargets(written, 0);
    return own != input && own != 0 && !assigns ? own : 0;
  }
  if (!assigns) {
    const output = runCommand(finish(builder), own, true);
    if (written != 0) writeTargets(written, output);
    return output;
  }
  const scope = s.scope;
  const additions = s.additions;
  assignAll(index, e, true);
  const assigned = s.scope;
  const printed = runCommand(finish(builder), own, true);
  if (written != 0) writeTargets(written, printed);
  s.additions = additions;
  if (s.scope == assigned) s.scope = scope;
  else restoreAssigned(index, e, scope);
  assignDeclared(index, e);
  return printed;
}

/** An array that a declaration assigns (`declare x=(…)`) stands behind the words and stays. */
function assignDeclared(index: u32, e: Event): void {
  let behind = false;
  for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) {
    const child = event(i);
    if (child.kind == Kind.Word) behind = true;
    else if (child.kind == Kind.Assign && behind) assign(child.a, child.b, unknown(Origin.None));
  }
}

/** The command itself assigned variables (`IFS= read x`): only those that stood before it are as they were. */
function restoreAssigned(index: u32, e: Event, scope: u32): void {
  for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) {
    const assignment = event(i);
    if (assignment.kind == Kind.Assign) restoreVariable(scope, assignment.a, assignment.b);
  }
}

function hasWord(index: u32, e: Event): bool {
  for (let i = index + 1; i < e.end; i = event(i).end) if (event(i).kind == Kind.Word) return true;
  return false;
}

function assignAll(index: u32, e: Event, exported: bool): void {
  for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) {
    const assignment = event(i);
    if (assignment.kind != Kind.Assign) continue;
    if ((assignment.flags & (APPEND | ARRAY)) != 0) {
      expandForEffects(i + 1, assignment.end);
      setVariable(assignment.a, assignment.b, unknown(Origin.None), exported);
    } else {
      const value = i + 1 < assignment.end ? wordValue(i + 1) : known(assignment.a, 0);
      setVariable(assignment.a, assignment.b, value, exported);
    }
  }
}

// ---- redirections

/** A file that a redirection writes. */
@unmanaged
class Target {
  path: u32;
  append: u32;
  /** Whether standard output goes there, and nothing that nobody follows. */
  output: u32;
  next: u32;
}

/** The files that the node of the last `redirected` writes, the newest first, or 0. */
let targets: u32 = 0;

function addTarget(path: u32, e: Event, append: i32): void {
  const target = changetype<Target>(allocate(offsetof<Target>()));
  target.path = path;
  target.append = append;
  target.output = (e.a == NOT_WRITTEN || e.a == 1) && e.aux != RedirectOp.ReadWrite ? 1 : 0;
  target.next = targets;
  targets = changetype<u32>(target);
}

/** Remembers what went into the files of redirections, the oldest first. */
function writeTargets(chain: u32, printed: u32): void {
  const target = changetype<Target>(chain);
  if (target.next != 0) writeTargets(target.next, printed);
  const content = target.output == 0 ? unknown(Origin.Computed) : printed == 0 ? emptyText() : printed;
  writeFile(target.path, content, target.append, YES);
}

/** Applies the redirections that stand directly below a node; answers its standard input, and sets `targets`. */
function redirected(index: u32, e: Event, input: u32): u32 {
  let own = input;
  let written: u32 = 0;
  for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) {
    const child = event(i);
    if (child.kind == Kind.HereDocument) {
      const text = hereDocument(child);
      if (child.aux == 0) own = text;
    } else if (child.kind == Kind.Redirect) {
      targets = written;
      const given = redirect(i, child);
      written = targets;
      if (given != 0 && (child.a == NOT_WRITTEN || child.a == 0)) own = given;
    }
  }
  targets = written;
  return own;
}

function hereDocument(e: Event): u32 {
  if ((e.flags & QUOTED) != 0) return known(e.a, e.b);
  const body = parseHereDocument(e.a, e.b);
  if (body == PARSE_FAILED) {
    emitAny(Why.Syntax);
    return unknown(Origin.Computed);
  }
  return wordValue(body);
}

/** One redirection; answers the standard input that it gives, 0 for none. */
function redirect(index: u32, e: Event): u32 {
  const op: u32 = e.aux;
  const word = index + 1;
  if (word >= e.end) return 0;
  if (op == RedirectOp.HereString) return concat(wordValue(word), newline());
  if (op == RedirectOp.DuplicateOut) {
    wordValue(word);
    return 0;
  }
  if (op == RedirectOp.DuplicateIn) {
    wordValue(word);
    return unknown(Origin.Computed);
  }
  const before = targets;
  const target = targetValue(word);
  // What a substitution in the word redirects is its own.
  targets = before;
  const v = changetype<Value>(target);
  if (v.carries != 0) return v.carries;
  const reads = op == RedirectOp.Read || op == RedirectOp.ReadWrite;
  for (let i: u32 = 0; i < v.count; i++) redirectTo(e, textAt(target, i), single(target, i));
  if (!reads) return 0;
  return isSocket(target) ? unknown(Origin.Network) : readFile(absolute(target));
}

/** The file of a redirection. Several words are an error in bash, so words that may be there are not; what certainly are several is unknown here. */
function targetValue(word: u32): u32 {
  const builder = newBuilder();
  expandWord(word, builder);
  const list = finish(builder);
  if (listCount(list) == 0) return unknown(Origin.None);
  for (let i: u32 = 1; i < listCount(list); i++) {
    if ((itemAt(list, i).flags & (SPLAT | GLOB)) != SPLAT) return unknown(Origin.None);
  }
  return itemAt(list, 0).value;
}

function isSocket(target: u32): bool {
  const text = textAt(target, 0);
  return startsWith(text.pointer, text.length, DEV_TCP, 9) || startsWith(text.pointer, text.length, DEV_UDP, 9);
}

function redirectTo(e: Event, text: Text, value: u32): void {
  if (startsWith(text.pointer, text.length, DEV_TCP, 9) || startsWith(text.pointer, text.length, DEV_UDP, 9)) {
    connect(text);
    return;
  }
  if (isHarmlessDevice(text)) return;
  const path = absolute(value);
  if (e.aux == RedirectOp.Read) {
    const effect = newEffect(root().fileRead, YES);
    setField(effect, 0, path);
    followLinksOf(effect);
    return;
  }
  const effect = newEffect(root().fileWrite, YES);
  setField(effect, 0, path);
  const append = e.aux == RedirectOp.Append || e.aux == RedirectOp.AppendBoth ? YES : NO;
  setField(effect, 1, append);
  followLinksOf(effect);
  addTarget(path, e, append);
}

function isHarmlessDevice(text: Text): bool {
  return (
    sameBytes(text.pointer, text.length, DEV_NULL, 9) ||
    sameBytes(text.pointer, text.length, DEV_STDOUT, 11) ||
    sameBytes(text.pointer, text.length, DEV_STDERR, 11) ||
    sameBytes(text.pointer, text.length, DEV_STDIN, 10) ||
    sameBytes(text.pointer, text.length, DEV_TTY, 8) ||
    startsWith(text.pointer, text.length, DEV_FD, 8)
  );
}

/** `/dev/tcp/HOST/PORT`: `net.send(host, port)`. */
function connect(text: Text): void {
  const effect = newEffect(root().netSend, YES);
  let slash: u32 = 9;
  while (slash < text.length && load<u8>(text.pointer + slash) != 0x2f) slash++;
  setField(effect, 0, known(text.pointer + 9, slash - 9));
  setField(effect, 1, slash < text.length ? known(text.pointer + slash + 1, text.length - slash - 1) : unknown(Origin.None));
}

// ---- compound commands

/** `|`: each part on its own copy, its output the next one's input. */
function runPipe(index: u32, e: Event, input: u32): u32 {
  let flowing = input;
  for (let i = index + 1; i < e.end; i = event(i).end) {
    const saved = allocate(STATE_BYTES);
    saveState(saved);
    flowing = runStatement(i, flowing);
    leaveCopy(saved);
    if (flowing == 0 && event(i).end < e.end) flowing = known(e.a, 0);
  }
  return flowing;
}

/** The first part surely runs; each later one sees what the ones before it may have left. */
function runAndOr(index: u32, e: Event, input: u32): u32 {
  const first = index + 1;
  const s = state();
  const conditional = s.conditional;
  let printed = runStatement(first, input);
  // What the parts so far may have left, whichever of them was the last to run.
  const left = allocate(STATE_BYTES);
  const base = allocate(STATE_BYTES);
  const after = allocate(STATE_BYTES);
  saveState(left);
  for (let i = event(first).end; i < e.end && !hasOverflowed(); i = event(i).end) {
    // Behind `||` a part sees what any of those before it left; behind `&&` all of them have run.
    if (e.aux == 1) restoreState(left);
    saveState(base);
    s.conditional = 1;
    printed = both(printed, runStatement(i, input));
    saveState(after);
    joinStates(changetype<State>(left), changetype<State>(base));
    saveState(left);
    if (e.aux != 1) restoreState(after);
  }
  restoreState(left);
  s.conditional = conditional;
  return printed;
}

function runApart(index: u32, e: Event, input: u32): u32 {
  const saved = allocate(STATE_BYTES);
  saveState(saved);
  const printed = runStatements(index + 1, e.end, input);
  leaveCopy(saved);
  return printed;
}

/** `if` and `case`: conditions and words run in order, each Branch from there; what follows sees the union. */
function runBranches(index: u32, e: Event, input: u32): u32 {
  const s = state();
  let printed: u32 = 0;
  // The union of what no branch and each branch so far left; 0 before the first.
  let left: u32 = 0;
  for (let i = index + 1; i < e.end; i = event(i).end) {
    const child = event(i);
    if (isRedirection(child.kind)) continue;
    if (child.kind == Kind.Word) {
      expandForEffects(i + 1, child.end);
      continue;
    }
    if (child.kind != Kind.Branch) {
      printed = both(printed, runStatement(i, input));
      continue;
    }
    if (left == 0) {
      left = allocate(STATE_BYTES);
      saveState(left);
    }
    const before = allocate(STATE_BYTES);
    saveState(before);
    const conditional = s.conditional;
    s.conditional = 1;
    printed = both(printed, runBranches(i, child, input));
    s.conditional = conditional;
    joinStates(changetype<State>(left), changetype<State>(before));
    saveState(left);
    restoreState(before);
  }
  if (left != 0) restoreState(left);
  return printed;
}

/** Loops: what the body assigns is unknown when it starts, and joined when it is done. */
function runLoop(index: u32, e: Event, input: u32): u32 {
  let items: u32 = 0;
  if (e.kind == Kind.For) {
    const builder = newBuilder();
    for (let i = index + 1; i < e.end && !hasOverflowed(); i = event(i).end) if (event(i).kind == Kind.Word) expandWord(i, builder);
    items = finish(builder);
  }
  const kept = allocate(STATE_BYTES);
  saveState(kept);
  disturb(index + 1, e.end);
  if (e.kind == Kind.For) assign(e.a, e.b, loopValue(items, e));
  state().conditional = 1;
  let printed: u32 = 0;
  for (let i = index + 1; i < e.end; i = event(i).end) {
    const child = event(i);
    if (child.kind == Kind.Word || isRedirection(child.kind)) continue;
    const next = child.kind == Kind.Body ? runStatements(i + 1, child.end, input) : runStatement(i, input);
    printed = both(printed, next);
  }
  const base = changetype<State>(kept);
  joinStates(base, base);
  state().conditional = base.conditional;
  return printed == 0 ? 0 : unknown(max<u32>(Origin.Computed, changetype<Value>(printed).origin));
}

/** What `for` gives its variable: one of the words. */
function loopValue(items: u32, e: Event): u32 {
  if (e.aux != 1) return unknown(Origin.None);
  let value: u32 = 0;
  for (let i: u32 = 0; i < listCount(items); i++) {
    const item = itemAt(items, i);
    value = i == 0 ? item.value : union(value, item.value);
  }
  return value;
}
