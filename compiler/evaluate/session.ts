// What earlier actions of the same agent left behind. It only ever grows.

/** A session as the reference evaluator sees it. */
export interface SessionState {
  /** Index into `TIERS`. */
  readonly tier: number;
  readonly marks: ReadonlySet<string>;
  readonly counts: ReadonlyMap<string, number>;
}

export const FRESH_SESSION: SessionState = { tier: 0, marks: new Set(), counts: new Map() };

/** The session with an action of this tier joined into it that set each mark so often. */
export function joinSession(session: SessionState, tier: number, added: ReadonlyMap<string, number>): SessionState {
  const counts = new Map(session.counts);
  for (const [mark, count] of added) counts.set(mark, Math.min(0xffff_ffff, (counts.get(mark) ?? 0) + count));
  return { tier: Math.max(session.tier, tier), marks: new Set([...session.marks, ...added.keys()]), counts };
}
