// The smallest automaton of the same language, by Hopcroft's partition refinement, in one fixed numbering.

import type { RawDfa } from "./determinise.ts";
import type { Dfa } from "./dfa.ts";

/** States are numbered in the order in which classes reach them from the start, classes by their least byte. */
export function minimise(raw: RawDfa): Dfa {
  const blockOf = refine(raw);
  const order: number[] = [];
  const numberOf = new Map<number, number>();
  const visit = (state: number): number => {
    const block = blockOf[state] ?? 0;
    const known = numberOf.get(block);
    if (known !== undefined) return known;
    numberOf.set(block, order.length);
    order.push(state);
    return order.length - 1;
  };
  visit(0);
  const next: number[] = [];
  for (let index = 0; index < order.length; index += 1) {
    const row = (order[index] ?? 0) * raw.classes;
    for (let column = 0; column < raw.classes; column += 1) next.push(visit(raw.next[row + column] ?? 0));
  }
  const accepts = Uint8Array.from(order, (state) => raw.accepts[state] ?? 0);
  return joinClasses(order.length, raw.classes, raw.classOf, next, accepts);
}

/** Gives bytes whose columns are equal one class. */
function joinClasses(
  states: number,
  columns: number,
  classOf: Uint8Array,
  next: readonly number[],
  accepts: Uint8Array,
): Dfa {
  const byColumn = new Map<string, number>();
  const kept: number[] = [];
  const renamed: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cells: number[] = [];
    for (let state = 0; state < states; state += 1) cells.push(next[state * columns + column] ?? 0);
    const key = cells.join(",");
    const known = byColumn.get(key);
    renamed.push(known ?? kept.length);
    if (known !== undefined) continue;
    byColumn.set(key, kept.length);
    kept.push(column);
  }
  const joined = new Uint16Array(states * kept.length);
  for (let state = 0; state < states; state += 1) {
    kept.forEach((column, index) => {
      joined[state * kept.length + index] = next[state * columns + column] ?? 0;
    });
  }
  return {
    states,
    classes: kept.length,
    classOf: classOf.map((column) => renamed[column] ?? 0),
    next: joined,
    accepts,
  };
}

/** The block of equivalent states that each state belongs to. */
function refine(raw: RawDfa): Uint32Array {
  const { states, classes } = raw;
  const predecessors = invert(raw);
  // The states of block b are members[first[b] .. first[b] + size[b]); the marked ones stand in front.
  const members = new Uint32Array(states);
  const place = new Uint32Array(states);
  const blockOf = new Uint32Array(states);
  const first: number[] = [];
  const size: number[] = [];
  const marked: number[] = [];
  let filled = 0;
  for (const accepting of [0, 1]) {
    const from = filled;
    for (let state = 0; state < states; state += 1) {
      if (raw.accepts[state] !== accepting) continue;
      members[filled] = state;
      place[state] = filled;
      blockOf[state] = first.length;
      filled += 1;
    }
    if (from === filled) continue;
    first.push(from);
    size.push(filled - from);
    marked.push(0);
  }
  const work = new Set<number>(first.keys());
  for (const splitter of work) {
    work.delete(splitter);
    const from = first[splitter] ?? 0;
    const splitterStates = members.slice(from, from + (size[splitter] ?? 0));
    for (let column = 0; column < classes; column += 1) {
      const touched: number[] = [];
      for (const target of splitterStates) {
        const cell = target * classes + column;
        for (let at = predecessors.start[cell] ?? 0; at < (predecessors.start[cell + 1] ?? 0); at += 1) {
          const state = predecessors.states[at] ?? 0;
          const block = blockOf[state] ?? 0;
          const front = (first[block] ?? 0) + (marked[block] ?? 0);
          const here = place[state] ?? 0;
          if (here < front) continue;
          if (marked[block] === 0) touched.push(block);
          const other = members[front] ?? 0;
          members[front] = state;
          members[here] = other;
          place[state] = front;
          place[other] = here;
          marked[block] = (marked[block] ?? 0) + 1;
        }
      }
      for (const block of touched) {
        const count = marked[block] ?? 0;
        marked[block] = 0;
        const total = size[block] ?? 0;
        if (count === total) continue;
        const made = first.length;
        const start = first[block] ?? 0;
        // The smaller part becomes the new block, so that each state is moved only logarithmically often.
        const smallInFront = count <= total - count;
        const madeSize = smallInFront ? count : total - count;
        first.push(smallInFront ? start : start + count);
        size.push(madeSize);
        marked.push(0);
        if (smallInFront) first[block] = start + count;
        size[block] = total - madeSize;
        const madeFirst = first[made] ?? 0;
        for (let at = madeFirst; at < madeFirst + madeSize; at += 1) blockOf[members[at] ?? 0] = made;
        work.add(made);
      }
    }
  }
  return blockOf;
}

/** For each cell `target * classes + class`, the states that go there: `states[start[cell] .. start[cell + 1])`. */
function invert(raw: RawDfa): { start: Uint32Array; states: Uint32Array } {
  const { states, classes } = raw;
  const start = new Uint32Array(states * classes + 1);
  const cellOf = (state: number, column: number): number =>
    (raw.next[state * classes + column] ?? 0) * classes + column;
  for (let state = 0; state < states; state += 1) {
    for (let column = 0; column < classes; column += 1) {
      const cell = cellOf(state, column) + 1;
      start[cell] = (start[cell] ?? 0) + 1;
    }
  }
  for (let cell = 1; cell < start.length; cell += 1) start[cell] = (start[cell] ?? 0) + (start[cell - 1] ?? 0);
  const fill = start.slice();
  const sources = new Uint32Array(states * classes);
  for (let state = 0; state < states; state += 1) {
    for (let column = 0; column < classes; column += 1) {
      const cell = cellOf(state, column);
      const at = fill[cell] ?? 0;
      sources[at] = state;
      fill[cell] = at + 1;
    }
  }
  return { start, states: sources };
}
