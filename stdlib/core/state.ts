// What the evaluator holds while it walks an action, as one record, so that a subshell is a copy of it.

/** Where the evaluator stands. */
@unmanaged
export class State {
  /** Newest binding of a variable (variables.ts), or 0. */
  scope: u32;
  /** Whether some variable is a reference to another (`declare -n`): then no value is sure any more. */
  references: u32;
  /** Newest function name (variables.ts), or 0. */
  functions: u32;
  /** Newest addition to a program's arguments (variables.ts), or 0. */
  additions: u32;
  /** Newest file that the action wrote (files.ts), or 0. */
  files: u32;
  /** The current directory: bytes, length, and how many of them are free of links. */
  directory: u32;
  directoryLength: u32;
  directoryTrusted: u32;
  /** Standard input: a Value. */
  input: u32;
  /** The script's arguments, `$0` first: a List, or 0 when unknown. */
  parameters: u32;
  /** Levels of `runs` that are open. */
  depth: u32;
  /** How many shells are open one inside the other: a function is certain to be called only in its own. */
  shells: u32;
  /** Whether what is walked may not run (behind `&&`, in a branch or a loop). */
  conditional: u32;
  /** Whether everything here is on another host. */
  remote: u32;
  /** Whether the script is the known part of a text that counts as unknown code besides. */
  partial: u32;
  /** No effect is more certain than this. */
  certainty: u32;
  /** Source range of the command that is being run. */
  start: u32;
  end: u32;
}

/** As many bytes as the record has. */
const STATE: u32 = <u32>memory.data(72, 8);

// @ts-ignore: decorator
@inline
export function state(): State {
  return changetype<State>(STATE);
}

export const STATE_BYTES: u32 = offsetof<State>();

/** Copies the state to `to`, which has STATE_BYTES. */
export function saveState(to: u32): void {
  memory.copy(to, STATE, STATE_BYTES);
}

/** Puts back what `saveState` kept. */
export function restoreState(from: u32): void {
  memory.copy(STATE, from, STATE_BYTES);
}

/** Puts back what `saveState` kept, but for what was written into files, which stays. */
export function leaveCopy(saved: u32): void {
  const files = state().files;
  restoreState(saved);
  state().files = files;
}
