// The automaton without choices: each of its states is a set of states of the other (subset construction).

import { DFA_STATES_MAX } from "./limits.ts";
import type { Nfa } from "./nfa.ts";
import { PatternTooLarge } from "./pattern-too-large.ts";

/** Total; state 0 is the start. Not minimal. */
export interface RawDfa {
  readonly states: number;
  readonly classes: number;
  readonly classOf: Uint8Array;
  readonly next: Uint32Array;
  readonly accepts: Uint8Array;
}

export function determinise(nfa: Nfa): RawDfa {
  const { classOf, representatives } = splitBytes(nfa);
  const classes = representatives.length;
  const sets: (readonly number[])[] = [];
  const numbers = new Map<string, number>();
  const close = closer(nfa);
  const numberOf = (set: readonly number[]): number => {
    const key = set.join(",");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (DFA_STATES_MAX <= sets.length) throw new PatternTooLarge();
    numbers.set(key, sets.length);
    sets.push(set);
    return sets.length - 1;
  };
  numberOf(close([nfa.start]));
  const next: number[] = [];
  for (let state = 0; state < sets.length; state += 1) {
    for (const byte of representatives) {
      const targets: number[] = [];
      for (const member of sets[state] ?? []) {
        for (const step of nfa.steps[member] ?? []) {
          if (step.low <= byte && byte <= step.high) targets.push(step.to);
        }
      }
      next.push(numberOf(close(targets)));
    }
  }
  const accepts = Uint8Array.from(sets, (set) => (set.includes(nfa.accept) ? 1 : 0));
  return { states: sets.length, classes, classOf, next: Uint32Array.from(next), accepts };
}

/** Bytes that no step of the automaton tells apart, and one byte of each such class. */
function splitBytes(nfa: Nfa): { classOf: Uint8Array; representatives: readonly number[] } {
  const starts = new Uint8Array(257);
  for (const steps of nfa.steps) {
    for (const step of steps) {
      starts[step.low] = 1;
      starts[step.high + 1] = 1;
    }
  }
  const classOf = new Uint8Array(256);
  const representatives = [0];
  for (let byte = 1; byte < 256; byte += 1) {
    if (starts[byte] === 1) representatives.push(byte);
    classOf[byte] = representatives.length - 1;
  }
  return { classOf, representatives };
}

/** Everything reachable by free steps that reads a byte or accepts, sorted. */
function closer(nfa: Nfa): (from: readonly number[]) => readonly number[] {
  const seenAt = new Uint32Array(nfa.free.length);
  let round = 0;
  return (from) => {
    round += 1;
    const stack = [...from];
    const kept: number[] = [];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      if (seenAt[state] === round) continue;
      seenAt[state] = round;
      if (state === nfa.accept || nfa.steps[state]?.length !== 0) kept.push(state);
      stack.push(...(nfa.free[state] ?? []));
    }
    return kept.sort((a, b) => a - b);
  };
}
