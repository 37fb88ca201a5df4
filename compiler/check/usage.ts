// Usage lines: their patterns, and the limits behind them.

import { unboundHole } from "../diagnostics/types.ts";
import type { Cond, UsageIr, UsagePattern } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { UsageLimit, UsagePatternNode, WithoutLimit } from "../syntax/ast.ts";
import { expandPatterns, wordPattern, type Expanded } from "./alternatives.ts";
import { lowerCondition } from "./conditions.ts";
import { operandsOf } from "./operands.ts";
import type { Problems } from "./problems.ts";
import { readSequence } from "./read-sequence.ts";
import { findOption, type HoleTable, type Reading } from "./reading.ts";
import type { Scope } from "./scope.ts";

export interface LoweredPatterns {
  readonly patterns: readonly UsagePattern[];
  /** Per pattern: the holes that it binds, and its place. */
  readonly bound: readonly { readonly holes: ReadonlySet<number>; readonly span: Span }[];
}

/** All patterns of a line. Holes are added to the table. */
export function lowerPatterns(
  nodes: readonly UsagePatternNode[],
  exactly: boolean,
  reading: Reading,
  holes: HoleTable,
  problems: Problems,
): LoweredPatterns {
  return lowerSequences(expandPatterns(nodes, problems), exactly, reading, holes, problems);
}

/** The same, after alternatives were expanded. */
export function lowerSequences(
  sequences: readonly Expanded[],
  exactly: boolean,
  reading: Reading,
  holes: HoleTable,
  problems: Problems,
): LoweredPatterns {
  const lowered = sequences.map((sequence) => readSequence(sequence, exactly, reading, holes, problems));
  return {
    patterns: lowered.map(({ pattern }) => pattern),
    bound: lowered.map(({ bound }, index) => ({
      holes: bound,
      span: sequences[index]?.span ?? { source: 0, start: 0, end: 0 },
    })),
  };
}

/** Reports the holes that are used and not bound by each pattern. */
export function checkBound(lowered: LoweredPatterns, holes: HoleTable, problems: Problems): void {
  for (const [index, span] of holes.used) {
    const missing = lowered.bound.find((bound) => !bound.holes.has(index));
    if (missing !== undefined) problems.report(unboundHole(span, holes.holes[index]?.name ?? "", missing.span));
  }
}

/** The `without` and `when` of a line. */
export function lowerLimits(
  limits: readonly UsageLimit[],
  reading: Reading,
  holes: HoleTable,
  scope: Scope,
): { readonly without: UsageIr["without"]; readonly when: Cond | null } {
  const without = limits
    .filter((limit) => limit.kind === "without")
    .flatMap((limit) => lowerWithout(limit, reading, scope.problems));
  const whens = limits
    .filter((limit) => limit.kind === "when")
    .map((limit) => {
      const when = lowerCondition(limit.condition, scope, "in a usage line");
      for (const operand of when === null ? [] : operandsOf(when)) {
        const hole = operand.kind === "hole" ? holes.holes[operand.hole] : undefined;
        if (hole !== undefined) holes.use(hole.name, limit.span);
      }
      return when;
    });
  const terms = whens.flatMap((when) => when ?? []);
  const [only] = terms;
  return { without, when: only === undefined ? null : terms.length === 1 ? only : { kind: "all", terms } };
}

function lowerWithout(limit: WithoutLimit, reading: Reading, problems: Problems): UsageIr["without"] {
  return limit.options.flatMap((option) => {
    const index = findOption(reading, option.spelling.text, option.spelling.span, problems);
    if (index === null) return [];
    const values =
      option.values === null ? null : option.values.map((value) => wordPattern([{ kind: "plain", text: value.text }]));
    return [{ option: index, values }];
  });
}
