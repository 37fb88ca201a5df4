// The JSON form of a decision: docs/cli.md documents it.

import type { Report, Tier, Verdict } from "../../runtime/types.ts";

export interface DecisionJson {
  readonly tier: Tier;
  readonly verdict: Verdict;
  /** Sorted, each once. */
  readonly rules: readonly string[];
  /** Sorted, each once. */
  readonly effects: readonly string[];
  readonly reasons: readonly string[];
  readonly malformed?: true;
  readonly oversized?: true;
  readonly limited?: true;
}

/** The short form of a report. */
export function summarise(report: Report): DecisionJson {
  return {
    tier: report.tier,
    verdict: report.verdict,
    rules: sortedOnce(report.rules.map((rule) => rule.rule)),
    effects: sortedOnce(report.effects.map((effect) => effect.effect)),
    reasons: [...new Set(report.rules.map((rule) => rule.reason).filter((reason) => reason !== ""))],
    ...(report.malformed ? { malformed: true } : {}),
    ...(report.oversized ? { oversized: true } : {}),
    ...(report.limited ? { limited: true } : {}),
  };
}

function sortedOnce(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted((left, right) => (left < right ? -1 : 1));
}
