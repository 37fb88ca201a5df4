// Gates: filled up, rising, and never letting an irreversible action pass without a human (laws 3 and 5).

import { allowsIrreversible, approvalTooLong, gateFalls, gateLoosens } from "../diagnostics/laws.ts";
import { unknownWord } from "../diagnostics/names.ts";
import { repeatedLine } from "../diagnostics/types.ts";
import { TIERS, VERDICTS, type Cond, type GateIr, type Pattern, type Tier, type Verdict } from "../ir/ir.ts";
import type { GateDecl, GateFor, GateLine, Text } from "../syntax/ast.ts";
import { lowerCondition } from "./conditions.ts";
import { APPROVAL_SECONDS_DEFAULT, APPROVAL_SECONDS_MAX } from "./limits.ts";
import { globPattern } from "./patterns.ts";
import type { Problems } from "./problems.ts";
import type { Scope } from "./scope.ts";
import { durationSeconds } from "./values.ts";

/** All gates of a policy; one that always applies is added when none does. */
export function lowerGates(declarations: readonly GateDecl[], scope: Scope): readonly GateIr[] {
  const gates = declarations.map((declaration) => lowerGate(declaration, scope));
  const always = gates.filter((gate) => gate.when.length === 0);
  const longest =
    Math.max(...always.map((gate) => gate.approvalSeconds ?? APPROVAL_SECONDS_DEFAULT), 0) || APPROVAL_SECONDS_DEFAULT;
  // A gate that names no time must not shorten the one that another names.
  const filled = gates.map((gate): GateIr => ({ ...gate, approvalSeconds: gate.approvalSeconds ?? longest }));
  return 0 < always.length ? filled : [DEFAULT_GATE, ...filled];
}

const DEFAULT_GATE: GateIr = {
  when: [],
  verdicts: ["allow", "allow", "allow", "require_approval"],
  malformed: "require_approval",
  oversized: "require_approval",
  approvalSeconds: APPROVAL_SECONDS_DEFAULT,
  span: null,
};

type OpenGate = Omit<GateIr, "approvalSeconds"> & { readonly approvalSeconds: number | null };

function lowerGate(declaration: GateDecl, scope: Scope): OpenGate {
  const { problems } = scope;
  const lines = new Map<string, GateLine>();
  for (const line of declaration.body.items) {
    const subject = line.subject.text;
    const earlier = lines.get(subject);
    if (earlier !== undefined) problems.report(repeatedLine(line.span, subject, earlier.span));
    if (!isSubject(subject))
      problems.report(unknownWord(line.subject.span, "tier", subject, [...TIERS, "malformed", "oversized"]));
    else lines.set(subject, line);
  }
  const verdicts = fill(declaration, lines, problems);
  const [, , , irreversible] = verdicts;
  const unreadable = (subject: "malformed" | "oversized"): Verdict => {
    const line = lines.get(subject);
    if (line === undefined) return irreversible;
    const verdict = verdictOf(line);
    if (VERDICTS.indexOf(verdict) < VERDICTS.indexOf(irreversible)) problems.report(gateLoosens(line.span, subject));
    return verdict;
  };
  return {
    when: declaration.for === null ? [] : lowerFor(declaration.for, scope),
    verdicts,
    malformed: unreadable("malformed"),
    oversized: unreadable("oversized"),
    approvalSeconds: shortest(declaration, problems),
    span: declaration.span,
  };
}

function isSubject(text: string): boolean {
  return text === "malformed" || text === "oversized" || TIERS.some((tier) => tier === text);
}

function verdictOf(line: GateLine): Verdict {
  return line.verdict === "require approval" ? "require_approval" : line.verdict;
}

/** A tier without a line takes the verdict of the nearest lower tier that has one. */
function fill(declaration: GateDecl, lines: ReadonlyMap<string, GateLine>, problems: Problems): GateIr["verdicts"] {
  let before: { readonly verdict: Verdict; readonly line: GateLine | null } = { verdict: "allow", line: null };
  const at = (tier: Tier): Verdict => {
    const line = lines.get(tier);
    if (line === undefined) return before.verdict;
    const verdict = verdictOf(line);
    const unattended = tier === "irreversible" && verdict === "allow";
    if (VERDICTS.indexOf(verdict) < VERDICTS.indexOf(before.verdict) && before.line !== null && !unattended) {
      problems.report(gateFalls(line.span, tier, line.verdict, before.line.span));
    }
    before = { verdict, line };
    return verdict;
  };
  const safe = at("safe");
  const sensitive = at("sensitive");
  const commitment = at("commitment");
  const irreversible = at("irreversible");
  const line = lines.get("irreversible");
  if (irreversible === "allow" && (line !== undefined || declaration.for === null)) {
    problems.report(
      allowsIrreversible(line?.span ?? { ...declaration.span, end: declaration.span.start + "gate".length }),
    );
  }
  // A gate with a condition joins the one that always applies, which stops here already.
  return [safe, sensitive, commitment, irreversible === "allow" ? "require_approval" : irreversible];
}

function shortest(declaration: GateDecl, problems: Problems): number | null {
  const seconds = declaration.body.items.flatMap((line) => {
    if (line.duration === null) return [];
    const time = durationSeconds(line.duration.text);
    if (time < 1 || APPROVAL_SECONDS_MAX < time)
      problems.report(approvalTooLong(line.duration.span, APPROVAL_SECONDS_MAX));
    return [time];
  });
  return seconds.length === 0 ? null : Math.min(...seconds);
}

function lowerFor(condition: GateFor, scope: Scope): readonly Cond[] {
  switch (condition.kind) {
    case "agent":
    case "tool":
      return [
        {
          kind: "match",
          subject: { kind: "action", key: condition.kind },
          patterns: globs(condition.names, scope.problems),
        },
      ];
    case "condition": {
      const lowered = lowerCondition(condition.condition, scope, "in a gate");
      return lowered === null ? [] : [lowered];
    }
  }
}

function globs(names: readonly Text[], problems: Problems): readonly Pattern[] {
  return names.flatMap((name) => globPattern(name.text, name.span, problems) ?? []);
}
