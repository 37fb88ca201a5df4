// The variables, functions and added arguments that a script made, as chains with the newest first, so that
// leaving a subshell is putting back one pointer and joining two branches is walking to their common tail.

import { forgetDirectory } from "./directory";
import { joinFiles } from "./files";
import { allocate, hasOverflowed, setOverflow } from "./heap";
import { itemAt, joinLists, listCount, newList } from "./lists";
import { environmentValue, isEnvironment } from "./action";
import { ABSENT, lookupVariable, VariableTable } from "./tables";
import { State, state } from "./state";
import { sameBytes, union, unknown, unknownPath, unknownSegment, withFlags } from "./text";
import { Origin, PERHAPS_NONE, SPLAT } from "./value";

@unmanaged
class Binding {
  name: u32;
  length: u32;
  /** A Value, or 0 when it is unset. */
  value: u32;
  flags: u32;
  next: u32;
}

/** Every variable older than this binding is unknown. */
const BARRIER: u32 = 1;
const EXPORTED: u32 = 2;
/** The script has not assigned the variable any more than it had before. */
const UNBOUND: u32 = 4;

/** Bindings that a look-up walks before it gives up: scripts assign some tens of variables. */
const WALK_MAX: u32 = 512;

export function assign(name: u32, length: u32, value: u32): void {
  bind(name, length, value, 0);
}

export function assignExported(name: u32, length: u32, value: u32): void {
  bind(name, length, value, EXPORTED);
}

/** Makes every variable unknown. */
export function forgetAll(): void {
  bind(0, 0, 0, BARRIER);
}

function bind(name: u32, length: u32, value: u32, flags: u32): void {
  const binding = changetype<Binding>(allocate(offsetof<Binding>()));
  binding.name = name;
  binding.length = length;
  binding.value = value;
  binding.flags = flags;
  binding.next = state().scope;
  state().scope = changetype<u32>(binding);
}

/** The value of a variable as this point of the script sees it; 0 when it is certainly unset. */
export function lookup(name: u32, length: u32): u32 {
  return lookupFrom(state().scope, name, length);
}

function lookupFrom(scope: u32, name: u32, length: u32): u32 {
  if (state().references != 0) return perhapsUnset(unknown(Origin.None));
  let at = scope;
  for (let steps: u32 = 0; at != 0; steps++) {
    const binding = changetype<Binding>(at);
    if (steps == WALK_MAX || (binding.flags & BARRIER) != 0) return perhapsUnset(unknown(Origin.None));
    if (sameBytes(binding.name, binding.length, name, length)) {
      if ((binding.flags & UNBOUND) != 0) break;
      return binding.value;
    }
    at = binding.next;
  }
  if (state().remote == 0) {
    const given = environmentValue(name, length);
    if (given != 0) return given;
  }
  const declared = lookupVariable(name, length);
  if (declared != 0) {
    const type = changetype<VariableTable>(declared).type;
    if (type == HoleType.Path || type == HoleType.Dir) return unknownPath();
    if (type == HoleType.Int) return unknownSegment();
  }
  return perhapsUnset(unknown(Origin.None));
}

/** Makes the variable what it was in the older chain `scope`. */
export function restoreVariable(scope: u32, name: u32, length: u32): void {
  const now = state().scope;
  state().scope = scope;
  const before = boundValue(name, length);
  state().scope = now;
  bind(name, length, before == ABSENT ? 0 : before, before == ABSENT ? UNBOUND : 0);
}

/** What the script itself assigned to the name, 0 when it unset it; ABSENT when it did neither. */
export function boundValue(name: u32, length: u32): u32 {
  if (state().references != 0) return perhapsUnset(unknown(Origin.None));
  let at = state().scope;
  for (let steps: u32 = 0; at != 0; steps++) {
    const binding = changetype<Binding>(at);
    if (steps == WALK_MAX || (binding.flags & BARRIER) != 0) return perhapsUnset(unknown(Origin.None));
    if (sameBytes(binding.name, binding.length, name, length)) return (binding.flags & UNBOUND) != 0 ? ABSENT : binding.value;
    at = binding.next;
  }
  return ABSENT;
}

function perhapsUnset(value: u32): u32 {
  return withFlags(value, PERHAPS_NONE);
}

/** Types of holes, options and variables, in the order that the tables use. */
export const enum HoleType { Text = 0, Path = 1, Dir = 2, Url = 3, Int = 4, Host = 5, Shell = 6, Sql = 7, Words = 8, Code = 9 }

/** Whether the script assigned or exported this variable so that programs see it. */
export function isExported(name: u32, length: u32): bool {
  let at = state().scope;
  for (let steps: u32 = 0; at != 0 && steps < WALK_MAX; steps++) {
    const binding = changetype<Binding>(at);
    if ((binding.flags & EXPORTED) != 0 && sameBytes(binding.name, binding.length, name, length)) return true;
    at = binding.next;
  }
  return isEnvironment(name, length);
}

/**
 * Makes the state, which a part of the script left that began in `base`, the union of itself and of `left`, what other
 * ways that began there have left.
 */
export function joinStates(left: State, base: State): void {
  const s = state();
  joinScopes(left.scope, base.scope);
  s.references |= left.references;
  if (s.functions != left.functions) s.functions = joinFunctions(s.functions, left.functions);
  if (s.additions != left.additions) s.additions = joinAdditions(s.additions, left.additions);
  if (s.files != left.files) joinFiles(left.files);
  if (!sameBytes(s.directory, s.directoryLength, left.directory, left.directoryLength)) forgetDirectory();
  if (s.parameters != left.parameters) s.parameters = 0;
}

/** The chain `left`, with every variable that the present chain assigned since `base` bound to the union of both values. */
function joinScopes(left: u32, base: u32): void {
  const own = state().scope;
  let joined = left;
  if (forgotSince(own, base)) {
    // What this way forgot is unknown; what it assigned since is not.
    state().scope = left;
    forgetAll();
    joined = state().scope;
  }
  let at = own;
  for (let steps: u32 = 0; at != base && at != 0 && !hasOverflowed(); steps++) {
    const binding = changetype<Binding>(at);
    if ((binding.flags & BARRIER) != 0) break;
    if (steps == WALK_MAX) {
      state().scope = joined;
      forgetAll();
      return;
    }
    if (isNewest(own, at, binding)) {
      const value = union(lookupFrom(left, binding.name, binding.length), lookupFrom(own, binding.name, binding.length));
      state().scope = joined;
      bind(binding.name, binding.length, value, binding.flags & EXPORTED);
      joined = state().scope;
    }
    at = binding.next;
  }
  state().scope = joined;
}

/** Whether every variable was forgotten between the chain's newest binding and `base`. */
function forgotSince(chain: u32, base: u32): bool {
  let at = chain;
  for (let steps: u32 = 0; at != base && at != 0; steps++) {
    if (steps == WALK_MAX || (changetype<Binding>(at).flags & BARRIER) != 0) return true;
    at = changetype<Binding>(at).next;
  }
  return false;
}

/** Whether no newer binding of the chain has this binding's name. */
function isNewest(chain: u32, end: u32, binding: Binding): bool {
  for (let at = chain; at != end; at = changetype<Binding>(at).next) {
    const other = changetype<Binding>(at);
    if (sameBytes(other.name, other.length, binding.name, binding.length)) return false;
  }
  return true;
}

// ---- functions

/** A function that the script defined. */
@unmanaged
export class FunctionName {
  name: u32;
  length: u32;
  /** The Function event. */
  body: u32;
  /** Whether the definition may not have run. */
  conditional: u32;
  /** The shell that it was defined in. */
  shells: u32;
  next: u32;
}

export function defineFunction(name: u32, length: u32, body: u32): void {
  const entry = changetype<FunctionName>(allocate(offsetof<FunctionName>()));
  entry.name = name;
  entry.length = length;
  entry.body = body;
  entry.conditional = state().conditional;
  entry.shells = state().shells;
  entry.next = state().functions;
  state().functions = changetype<u32>(entry);
}

/** The newest function of this name in the chain from `from` on, or 0. */
export function findFunction(from: u32, name: u32, length: u32): u32 {
  let at = from;
  for (let steps: u32 = 0; at != 0; steps++) {
    const entry = changetype<FunctionName>(at);
    if (steps == WALK_MAX) {
      setOverflow();
      return 0;
    }
    if (sameBytes(entry.name, entry.length, name, length)) return at;
    at = entry.next;
  }
  return 0;
}

/** Forgets every function of this name, or all when the name is not known. */
export function removeFunctions(name: u32, length: u32): void {
  if (name == 0) {
    state().functions = 0;
    return;
  }
  let kept: u32 = 0;
  for (let at = state().functions; at != 0 && !hasOverflowed(); at = changetype<FunctionName>(at).next) {
    const entry = changetype<FunctionName>(at);
    if (sameBytes(entry.name, entry.length, name, length)) continue;
    kept = prepend(kept, entry);
  }
  // Walking turned the order round; the newest stands first again.
  let ordered: u32 = 0;
  for (let at = kept; at != 0 && !hasOverflowed(); at = changetype<FunctionName>(at).next) ordered = prepend(ordered, changetype<FunctionName>(at));
  state().functions = ordered;
}

function prepend(chain: u32, entry: FunctionName): u32 {
  const copy = changetype<FunctionName>(allocate(offsetof<FunctionName>()));
  memory.copy(changetype<u32>(copy), changetype<u32>(entry), offsetof<FunctionName>());
  copy.next = chain;
  return changetype<u32>(copy);
}

/** All functions of either chain, those of `other` that the own one lacks standing first. */
function joinFunctions(own: u32, other: u32): u32 {
  let joined = own;
  for (let at = other; at != 0 && !hasOverflowed(); at = changetype<FunctionName>(at).next) {
    const entry = changetype<FunctionName>(at);
    let found = false;
    for (let b = own; b != 0 && !found; b = changetype<FunctionName>(b).next) found = changetype<FunctionName>(b).body == entry.body;
    if (!found) joined = prepend(joined, entry);
  }
  return joined;
}

// ---- arguments that variables add to programs

@unmanaged
export class Addition {
  program: u32;
  programLength: u32;
  afterWords: u32;
  /** A List. */
  words: u32;
  next: u32;
}

export function addArguments(program: u32, programLength: u32, afterWords: u32, words: u32): void {
  const addition = changetype<Addition>(allocate(offsetof<Addition>()));
  addition.program = program;
  addition.programLength = programLength;
  addition.afterWords = afterWords;
  addition.words = words;
  addition.next = state().additions;
  state().additions = changetype<u32>(addition);
}

/** Words that only one way adds are perhaps there. */
function joinAdditions(own: u32, other: u32): u32 {
  let joined: u32 = 0;
  for (let side = 0; side < 2; side++) {
    const chain = side == 0 ? own : other;
    const against = side == 0 ? other : own;
    for (let at = chain; at != 0 && !hasOverflowed(); at = changetype<Addition>(at).next) {
      const shared = holdsAddition(against, at);
      if (side == 1 && shared) continue;
      const copy = changetype<Addition>(allocate(offsetof<Addition>()));
      memory.copy(changetype<u32>(copy), at, offsetof<Addition>());
      if (!shared) copy.words = perhapsItems(copy.words);
      copy.next = joined;
      joined = changetype<u32>(copy);
    }
  }
  return joined;
}

function holdsAddition(chain: u32, addition: u32): bool {
  const words = changetype<Addition>(addition).words;
  for (let at = chain; at != 0; at = changetype<Addition>(at).next) if (changetype<Addition>(at).words == words) return true;
  return false;
}

function perhapsItems(list: u32): u32 {
  const copy = joinLists(list, newList(0));
  for (let i: u32 = 0; i < listCount(copy); i++) itemAt(copy, i).flags |= SPLAT;
  return copy;
}
