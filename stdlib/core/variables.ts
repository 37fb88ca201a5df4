// The variables, functions and added arguments that a script made, as chains with the newest first, so that
// leaving a subshell is putting back one pointer and joining two branches is walking to their common tail.

import { allocate, setOverflow } from "./heap";
import { environmentValue, isEnvironment } from "./action";
import { ABSENT, lookupVariable, VariableTable } from "./tables";
import { state } from "./state";
import { sameBytes, union, unknown, unknownPath, unknownSegment, withFlags } from "./text";
import { Origin, PERHAPS_NONE } from "./value";

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
    if (sameBytes(binding.name, binding.length, name, length)) return binding.value;
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

/** What the script itself assigned to the name, 0 when it unset it; ABSENT when it did neither. */
export function boundValue(name: u32, length: u32): u32 {
  if (state().references != 0) return perhapsUnset(unknown(Origin.None));
  let at = state().scope;
  for (let steps: u32 = 0; at != 0; steps++) {
    const binding = changetype<Binding>(at);
    if (steps == WALK_MAX || (binding.flags & BARRIER) != 0) return perhapsUnset(unknown(Origin.None));
    if (sameBytes(binding.name, binding.length, name, length)) return binding.value;
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

/** Adds to `joined` (a chain that ends in `base`) what the chain `branch` assigned since `base`; answers the new chain. */
export function joinScopes(base: u32, joined: u32, branch: u32): u32 {
  const keep = state().scope;
  state().scope = joined;
  let at = branch;
  for (let steps: u32 = 0; at != base && at != 0; steps++) {
    const binding = changetype<Binding>(at);
    if (steps == WALK_MAX || (binding.flags & BARRIER) != 0) {
      forgetAll();
      break;
    }
    if (isNewest(branch, at, binding)) {
      bind(binding.name, binding.length, union(lookupFrom(joined, binding.name, binding.length), binding.value), binding.flags);
    }
    at = binding.next;
  }
  const result = state().scope;
  state().scope = keep;
  return result;
}

/** Whether no newer binding of the chain has this binding's name. */
function isNewest(chain: u32, end: u32, binding: Binding): bool {
  let at = chain;
  while (at != end) {
    const other = changetype<Binding>(at);
    if (sameBytes(other.name, other.length, binding.name, binding.length)) return false;
    at = other.next;
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
