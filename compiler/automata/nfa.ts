// The automaton with choices: states joined by free steps and by steps over byte ranges (Thompson's construction).

import { NFA_STATES_MAX } from "./limits.ts";
import { PatternTooLarge } from "./pattern-too-large.ts";
import type { PatternNode } from "./pattern-node.ts";
import { utf8Sequences } from "./utf8-sequences.ts";

export interface ByteStep {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

export interface Nfa {
  readonly start: number;
  readonly accept: number;
  /** Per state, where it may go without reading. */
  readonly free: readonly (readonly number[])[];
  /** Per state, where it may go over a byte. */
  readonly steps: readonly (readonly ByteStep[])[];
}

export function buildNfa(node: PatternNode): Nfa {
  const builder = new NfaBuilder();
  const start = builder.state();
  const accept = builder.state();
  builder.connect(node, start, accept);
  return { start, accept, free: builder.free, steps: builder.steps };
}

class NfaBuilder {
  readonly free: number[][] = [];
  readonly steps: ByteStep[][] = [];

  state(): number {
    if (NFA_STATES_MAX <= this.free.length) throw new PatternTooLarge();
    this.free.push([]);
    this.steps.push([]);
    return this.free.length - 1;
  }

  /** Makes the ways from `from` to `to` that read what the node matches. */
  connect(node: PatternNode, from: number, to: number): void {
    switch (node.kind) {
      case "text":
        this.#chain(
          [...node.bytes].map((byte) => [byte.charCodeAt(0), byte.charCodeAt(0)]),
          from,
          to,
        );
        return;
      case "byte":
        for (const range of node.bytes) this.#chain([range], from, to);
        return;
      case "character":
        for (const sequence of utf8Sequences(node.codePoints)) this.#chain(sequence, from, to);
        return;
      case "sequence": {
        let here = from;
        for (const part of node.parts) {
          const next = this.state();
          this.connect(part, here, next);
          here = next;
        }
        this.#freeStep(here, to);
        return;
      }
      case "choice":
        for (const choice of node.choices) this.connect(choice, from, to);
        return;
      case "repeat":
        this.#repeat(node.part, node.least, node.most, from, to);
        return;
    }
  }

  #repeat(part: PatternNode, least: number, most: number | null, from: number, to: number): void {
    let here = this.state();
    this.#freeStep(from, here);
    for (let count = 0; count < least; count += 1) here = this.#after(part, here);
    if (most === null) {
      const loop = this.state();
      this.#freeStep(here, loop);
      this.#freeStep(this.#after(part, loop), loop);
      this.#freeStep(loop, to);
      return;
    }
    for (let count = least; count < most; count += 1) {
      this.#freeStep(here, to);
      here = this.#after(part, here);
    }
    this.#freeStep(here, to);
  }

  #after(part: PatternNode, from: number): number {
    const to = this.state();
    this.connect(part, from, to);
    return to;
  }

  #chain(ranges: readonly (readonly [number, number])[], from: number, to: number): void {
    let here = from;
    ranges.forEach(([low, high], index) => {
      const next = index === ranges.length - 1 ? to : this.state();
      this.steps[here]?.push({ low, high, to: next });
      here = next;
    });
    if (ranges.length === 0) this.#freeStep(from, to);
  }

  #freeStep(from: number, to: number): void {
    this.free[from]?.push(to);
  }
}
