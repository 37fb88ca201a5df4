// Generated sessions, and pairs of which the second is at least the first.

import fc from "fast-check";
import type { SessionState } from "../../compiler/evaluate/session.ts";
import { MARKS } from "./policies.ts";

const counts = fc.record(Object.fromEntries(MARKS.map((mark) => [mark, fc.nat(3)])));

function sessionOf(tier: number, of: Readonly<Record<string, number>>): SessionState {
  const set = Object.entries(of).filter(([, count]) => 0 < count);
  return { tier, marks: new Set(set.map(([mark]) => mark)), counts: new Map(set) };
}

export const sessions: fc.Arbitrary<SessionState> = fc
  .tuple(fc.nat(3), counts)
  .map(([tier, of]) => sessionOf(tier, of));

/** Two sessions, the second with at least the first's tier, marks and counts. */
export const risingSessions: fc.Arbitrary<readonly [SessionState, SessionState]> = fc
  .tuple(fc.nat(3), counts, fc.nat(3), counts)
  .map(([tier, of, more, added]) => {
    const greater = Object.fromEntries(Object.entries(of).map(([mark, count]) => [mark, count + (added[mark] ?? 0)]));
    return [sessionOf(tier, of), sessionOf(Math.min(3, tier + more), greater)];
  });

/** Whether `b` has everything that `a` has. */
export function isAtLeast(b: SessionState, a: SessionState): boolean {
  return (
    a.tier <= b.tier &&
    [...a.marks].every((mark) => b.marks.has(mark)) &&
    [...a.counts].every(([mark, count]) => count <= (b.counts.get(mark) ?? 0))
  );
}
