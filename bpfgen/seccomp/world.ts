// Symbolic calls: what is known so far about the sixteen words of `struct seccomp_data`, and the
// questions that split it.
//
// `explore` runs a function once per way through its questions. What is known of a word is an
// interval (comparisons of the whole word, or of its top bits), bits that are fixed, and a list of
// other masked comparisons. Whether all that can hold at once is decided exactly, bit by bit from
// the top, which also yields a witness.

import type { CallData } from "../cbpf/interpret.ts";

/** Thrown when a proof would leave what this can decide; the answer is then "not proved". */
export class Undecided extends Error {}

/**
 * Steps of one proof before it gives up: instructions, questions, and constraints that a digit is tried on. This is some
 * seconds; the ready-made profiles and generated sandboxes take up to 250,000, a sandbox of 5,000 clauses 1,300,000.
 */
const STEPS_MAX = 20_000_000;
/** Masked comparisons of one word on one way: each is a bit of a 32-bit set. */
const CONSTRAINTS_MAX = 28;

/** `(word & mask) relation k`. */
interface Constraint {
  readonly mask: number;
  readonly relation: "eq" | "ne" | "gt" | "le";
  readonly k: number;
}

interface WordState {
  readonly low: number;
  readonly high: number;
  /** Bits that are known, and what they are. */
  readonly fixed: number;
  readonly bits: number;
  /** None of them about fixed bits alone. */
  readonly constraints: readonly Constraint[];
}

/** An interval that a word starts with. */
export interface Start {
  readonly word: number;
  readonly low: number;
  readonly high: number;
}

const ANYTHING: WordState = { low: 0, high: 0xffffffff, fixed: 0, bits: 0, constraints: [] };

export class World {
  readonly #words: WordState[] = Array.from({ length: 16 }, () => ANYTHING);
  #choices: boolean[] = [];
  #asked = 0;
  #steps = 0;
  readonly #solved = new Map<string, number | null>();

  /** Calls `visit` for each way through the questions that it asks about calls within the intervals. */
  explore(start: readonly Start[], visit: () => void): void {
    this.#choices = [];
    for (;;) {
      for (let word = 0; word < this.#words.length; word++) this.#words[word] = ANYTHING;
      for (const { word, low, high } of start) this.#words[word] = { ...ANYTHING, low, high };
      this.#asked = 0;
      visit();
      while (this.#choices.at(-1) === false) this.#choices.pop();
      if (this.#choices.length === 0) return;
      this.#choices[this.#choices.length - 1] = false;
    }
  }

  /** Counts work, so that every proof ends. */
  step(count = 1): void {
    this.#steps += count;
    if (STEPS_MAX < this.#steps) throw new Undecided("the proof takes too many steps");
  }

  /** The word's only possible value, when its interval is one. */
  constant(word: number): number | null {
    const state = this.#state(word);
    return state.low === state.high ? state.low : null;
  }

  equal(word: number, mask: number, k: number): boolean {
    const masked = mask >>> 0;
    if ((k & ~masked) !== 0) return false;
    const { fixed, bits } = this.#state(word);
    if (((bits ^ k) & masked & fixed) !== 0) return false;
    if ((masked & ~fixed) === 0) return true;
    if (!isPrefix(masked))
      return this.#askMasked(word, { mask: masked, relation: "eq", k }, { mask: masked, relation: "ne", k });
    // The top bits are k's: the word lies between k and k with all lower bits set.
    const last = (k | ~masked) >>> 0;
    return (k === 0 || this.#askAbove(word, k - 1)) && (last === 0xffffffff || !this.#askAbove(word, last));
  }

  greater(word: number, mask: number, k: number): boolean {
    const masked = mask >>> 0;
    if (masked <= k) return false;
    if (!isPrefix(masked))
      return this.#askMasked(word, { mask: masked, relation: "gt", k }, { mask: masked, relation: "le", k });
    // Bits of k below the mask only count where the word's top bits equal k's, and there the word is not greater.
    return this.#askAbove(word, ((k & masked) | ~masked) >>> 0);
  }

  /** A call that goes this way. */
  witness(): CallData {
    const words = this.#words.map((state) => {
      const value = this.#solve(state);
      if (value === null) throw new Error("internal error: a way that no call goes");
      return value;
    });
    const long = (index: number): bigint => BigInt(words[index] ?? 0) | (BigInt(words[index + 1] ?? 0) << 32n);
    return {
      number: words[0] ?? 0,
      arch: words[1] ?? 0,
      instructionPointer: long(2),
      args: [0, 1, 2, 3, 4, 5].map((index) => long(4 + index * 2)),
    };
  }

  #state(word: number): WordState {
    this.step();
    const state = this.#words[word];
    if (state === undefined) throw new Error(`internal error: no word ${word}`);
    return state;
  }

  /** Whether the whole word is greater than k. */
  #askAbove(word: number, k: number): boolean {
    const state = this.#state(word);
    if (state.high <= k) return false;
    if (k < state.low) return true;
    const isPlain = state.fixed === 0 && state.constraints.length === 0;
    const isChosen = isPlain ? this.#split() : this.#choose({ ...state, low: k + 1 }, { ...state, high: k });
    const { low, high, fixed, bits, constraints } = state;
    this.#words[word] = isChosen
      ? { low: k + 1, high, fixed, bits, constraints }
      : { low, high: k, fixed, bits, constraints };
    return isChosen;
  }

  #askMasked(word: number, yes: Constraint, no: Constraint): boolean {
    const state = this.#state(word);
    const ifYes = constrain(state, yes);
    const ifNo = constrain(state, no);
    const isChosen = this.#choose(ifYes, ifNo);
    const next = isChosen ? ifYes : ifNo;
    if (next !== null) this.#words[word] = next;
    return isChosen;
  }

  /** Null stands for a state that cannot be. */
  #choose(yes: WordState | null, no: WordState | null): boolean {
    const canYes = yes !== null && this.#solve(yes) !== null;
    const canNo = no !== null && this.#solve(no) !== null;
    return canYes === canNo ? this.#split() : canYes;
  }

  /** Both answers are possible: this way's is chosen, the other one's turn comes later. */
  #split(): boolean {
    const at = this.#asked++;
    const chosen = this.#choices[at];
    if (chosen !== undefined) return chosen;
    this.#choices.push(true);
    return true;
  }

  /** The least value that satisfies the state, or null. */
  #solve(state: WordState): number | null {
    if (state.constraints.length === 0 && state.fixed === 0) return state.low <= state.high ? state.low : null;
    this.step(state.constraints.length);
    const key = `${state.low} ${state.high} ${state.fixed} ${state.bits} ${state.constraints.map((one) => `${one.mask}${one.relation}${one.k}`).join(" ")}`;
    const known = this.#solved.get(key);
    if (known !== undefined) return known;
    const value = solve(state, (count) => this.step(count));
    this.#solved.set(key, value);
    return value;
  }
}

/** True for masks of the top bits, all 32 included. */
function isPrefix(mask: number): boolean {
  const rest = ~mask >>> 0;
  return (rest & (rest + 1)) === 0;
}

/** The state with one more constraint, or null when the fixed bits contradict it. */
function constrain(state: WordState, added: Constraint): WordState | null {
  let { fixed, bits } = state;
  let open: readonly Constraint[] = [...state.constraints, added];
  // A constraint that fixes bits can settle others.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    const kept: Constraint[] = [];
    for (const one of open) {
      const rest = settle(one, fixed, bits);
      if (rest === false) return null;
      if (rest === true) continue;
      if (rest.relation === "eq") {
        fixed = (fixed | rest.mask) >>> 0;
        bits = (bits | rest.k) >>> 0;
        isSettled = false;
      } else {
        kept.push(rest);
      }
    }
    open = kept;
  }
  if (CONSTRAINTS_MAX < open.length) throw new Undecided("more masked comparisons of one word than can be followed");
  return { ...state, fixed, bits, constraints: open };
}

/** What is left to demand when some bits are fixed: everything (false), nothing (true), or a smaller constraint. */
function settle(one: Constraint, fixed: number, bits: number): Constraint | boolean {
  if (one.relation === "gt" || one.relation === "le") {
    if ((one.mask & ~fixed) !== 0) return one;
    const isGreater = one.k < (one.mask & bits) >>> 0;
    return one.relation === "gt" ? isGreater : !isGreater;
  }
  const differs = ((bits ^ one.k) & one.mask & fixed) !== 0;
  const mask = (one.mask & ~fixed) >>> 0;
  if (differs || mask === 0) return differs === (one.relation === "ne");
  const k = (one.k & mask) >>> 0;
  // One bit that differs from k's is known.
  if (one.relation === "ne" && (mask & (mask - 1)) === 0) return { mask, relation: "eq", k: (mask ^ k) >>> 0 };
  return { mask, relation: one.relation, k };
}

/** Digits from the top: of each constraint only "still equal to k so far" or "settled" matters. */
function solve(state: WordState, spend: (count: number) => void): number | null {
  const all: readonly Constraint[] = [
    ...state.constraints,
    { mask: state.fixed, relation: "eq", k: state.bits },
    { mask: 0xffffffff, relation: "le", k: state.high },
    ...(state.low === 0 ? [] : [{ mask: 0xffffffff, relation: "gt", k: state.low - 1 } as const]),
  ];
  const failed = new Set<string>();
  const search = (bit: number, pending: number): number | null => {
    spend(all.length);
    if (bit < 0) {
      const isMet = all.every(
        (one, index) => (pending & (1 << index)) === 0 || one.relation === "eq" || one.relation === "le",
      );
      return isMet ? 0 : null;
    }
    const key = `${bit} ${pending}`;
    if (failed.has(key)) return null;
    for (const digit of [0, 1]) {
      const next = step(all, bit, digit, pending);
      const rest = next === null ? null : search(bit - 1, next);
      if (rest !== null) return ((digit << bit) | rest) >>> 0;
    }
    failed.add(key);
    return null;
  };
  return search(31, 2 ** all.length - 1);
}

/** The constraints still pending after this digit, or null when one has failed. */
function step(all: readonly Constraint[], bit: number, digit: number, pending: number): number | null {
  let next = pending;
  for (let index = 0; index < all.length; index++) {
    const one = all[index];
    if (one === undefined || (pending & (1 << index)) === 0) continue;
    const left = (one.mask >>> bit) & digit;
    const right = (one.k >>> bit) & 1;
    if (left === right) continue;
    const isMet =
      one.relation === "ne" || (one.relation === "gt" ? right < left : one.relation === "le" && left < right);
    if (!isMet) return null;
    next &= ~(1 << index);
  }
  return next;
}
