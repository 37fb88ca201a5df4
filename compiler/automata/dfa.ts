// A deterministic automaton over bytes, as the evaluators run it and the linker stores it.

/** Total and minimal: every state has a successor for every class, and no two states mean the same. */
export interface Dfa {
  readonly states: number;
  /** Bytes that no state tells apart share a class. */
  readonly classes: number;
  /** The class of each of the 256 bytes. */
  readonly classOf: Uint8Array;
  /** `next[state * classes + class]`; state 0 is the start. */
  readonly next: Uint16Array;
  /** 1 for each state in which the whole text matches. */
  readonly accepts: Uint8Array;
}
