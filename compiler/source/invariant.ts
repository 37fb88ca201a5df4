/** Throws when something that this code base promises does not hold: a bug here, never the author's fault. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}
