// What an automaton answers for a text that may hold unknown parts (docs/meaning.md, sections 1 and 6).

import type { Dfa } from "./dfa.ts";

const ANY = 0xff;
const SEGMENT = 0xfe;
const BELOW = 0xfd;
const SLASH = 0x2f;
const DOT = 0x2e;

/** 2 when every text that `bytes` stands for matches, 0 when none does, else 1. `bytes` is a latin-1 byte string. */
export function matchText(dfa: Dfa, bytes: string): 0 | 1 | 2 {
  let states = new Set([0]);
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes.charCodeAt(index);
    if (byte === ANY || byte === BELOW) states = reach(dfa, states, -1);
    else if (byte === SEGMENT && (index === 0 || bytes.charCodeAt(index - 1) === SLASH))
      states = openComponent(dfa, states, bytes.charCodeAt(index + 1));
    else if (byte === SEGMENT) states = reach(dfa, states, SLASH);
    else states = new Set([...states].map((state) => step(dfa, state, byte)));
  }
  const accepting = [...states].filter((state) => dfa.accepts[state] === 1).length;
  if (accepting === 0) return 0;
  return accepting === states.size ? 2 : 1;
}

function step(dfa: Dfa, state: number, byte: number): number {
  return dfa.next[state * dfa.classes + (dfa.classOf[byte] ?? 0)] ?? 0;
}

/** A segment that begins a component: its name is not empty and does not begin with a dot. `next` is what follows it. */
function openComponent(dfa: Dfa, from: ReadonlySet<number>, next: number): Set<number> {
  const first = new Set<number>();
  for (const state of from) {
    for (let byte = 0; byte < 256; byte += 1) if (byte !== DOT && byte !== SLASH) first.add(step(dfa, state, byte));
  }
  const states = reach(dfa, first, SLASH);
  const mayBeEmpty = !Number.isNaN(next) && next !== DOT && next !== SLASH;
  return mayBeEmpty ? new Set([...states, ...from]) : states;
}

/** Every state that some run of bytes without `except` leads to, the empty run included. */
function reach(dfa: Dfa, from: ReadonlySet<number>, except: number): Set<number> {
  const classes = new Set<number>();
  dfa.classOf.forEach((number, byte) => {
    if (byte !== except) classes.add(number);
  });
  const seen = new Set(from);
  // A Set is walked in the order of insertion, additions included.
  for (const state of seen) {
    for (const number of classes) seen.add(dfa.next[state * dfa.classes + number] ?? 0);
  }
  return seen;
}
