/** Patterns whose automaton would pass a limit; the checker reports it where they stand. */
export class PatternTooLarge extends Error {
  override readonly name = "PatternTooLarge";
  constructor() {
    super("the automaton of these patterns would be too large");
  }
}
