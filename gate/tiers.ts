// The orders of tiers and verdicts.

import type { Tier, Verdict } from "../runtime/types.ts";

const tiers: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];
const verdicts: readonly Verdict[] = ["allow", "require_approval", "deny"];

/** 0 is the lowest; NaN for what is no tier, such as a text from a file. */
export function tierRank(tier: Tier): number {
  const rank = tiers.indexOf(tier);
  return rank === -1 ? Number.NaN : rank;
}

/** 0 is the mildest. A verdict that nobody knows is the strictest. */
export function verdictRank(verdict: Verdict): number {
  const rank = verdicts.indexOf(verdict);
  return rank === -1 ? verdicts.length : rank;
}
