// What the agent, and whoever watches it, reads when a call was stopped, and what an approver reads before saying yes.

import type { Pending, ShownRule } from "./approvals.ts";
import type { ReportedEffect } from "../runtime/types.ts";
import { anything } from "./decide.ts";
import type { GateDecision } from "./decide.ts";
import type { EvidenceItem } from "./evidence.ts";
import { GateError } from "./gate-error.ts";
import type { RunTarget } from "./request.ts";
import { clip, visible, visibleLines } from "./visible-text.ts";

/** Rules that a stop names; the rest is counted. */
const rulesShownMax = 8;

/** Several lines, safe to print: the verdict, the reasons, what would be lost, what to do, and that nothing ran. */
export function stopMessage(decision: GateDecision): string {
  return [
    ...verdictLines(decision),
    ...ruleLines(decision.rules, decision.report.effects.flatMap(whyAnything)),
    ...stateLines(decision.evidence),
    "None of this call ran.",
    ...remedyLines(decision),
  ].join("\n");
}

/** A gate that failed stops too; the message says what to do about it. */
export function failureMessage(error: unknown): string {
  const [what, remedy] =
    error instanceof GateError
      ? [error.what, error.remedy]
      : [`the gate failed: ${error instanceof Error ? error.message : String(error)}`, "run `pawl doctor`"];
  return [
    `Pawl stopped this call, because it cannot be judged: ${visible(what)}.`,
    "None of this call ran.",
    `What to do: ${visible(remedy)}.`,
  ].join("\n");
}

/** Everything that the approval will cover, from the stored request. */
export function describePending(pending: Pending): string {
  const { id, subject, tier, rules, effects, approvalSeconds } = pending;
  const variables = Object.entries(subject.variables);
  return [
    `request    ${id}`,
    `agent      ${visible(subject.agent)}`,
    `session    ${visible(subject.session)}`,
    `directory  ${visible(subject.cwd)}`,
    ...(subject.workspace === subject.cwd ? [] : [`workspace  ${visible(subject.workspace)}`]),
    `tier       ${tier}`,
    "would run:",
    ...runLines(subject.run).map((line) => `  ${line}`),
    ...(effects.length === 0 ? [] : ["effects:", ...effects.map((effect) => `  ${visible(effect)}`)]),
    ...ruleLines(
      rules,
      effects.filter((effect) => effect.startsWith(anything)),
    ),
    ...stateLines(subject.evidence),
    ...(subject.evidence.length === 0 ? [] : ["read for it:", ...subject.evidence.flatMap(evidenceLines)]),
    ...(variables.length === 0
      ? []
      : ["variables:", ...variables.map(([name, value]) => `  ${visible(name)}=${visible(clip(value, 400))}`)]),
    `An approval lets exactly this through once, within ${duration(approvalSeconds)}.`,
  ].join("\n");
}

function verdictLines({ outcome, tier, denial, unaskable }: GateDecision): readonly string[] {
  if (denial !== null)
    return [
      "Pawl stopped this call: a human refused it.",
      ...visibleLines(denial).map((line) => `  they say: ${line}`),
    ];
  if (unaskable !== null)
    return [`Pawl stopped this call: it is ${tier}, and no human can be asked: ${visible(unaskable)}.`];
  return [
    outcome === "denied"
      ? "Pawl stopped this call: the policy forbids it."
      : `Pawl stopped this call: it is ${tier} and waits for a human.`,
  ];
}

/** For the effect that may be any effect: what is not known. */
function whyAnything({ effect, fields }: ReportedEffect): readonly string[] {
  const { why } = fields;
  return effect === "*" && Array.isArray(why) ? [`${anything} ${why.map(String).join(", ")}`] : [];
}

/** Where an action may do anything nearly every rule may hold, and naming them all would say nothing. */
function ruleLines(rules: readonly ShownRule[], reasons: readonly string[]): readonly string[] {
  if (reasons.length !== 0) {
    const open = rules.filter(({ certain }) => !certain).length;
    const sure = ruleLines(
      rules.filter(({ certain }) => certain),
      [],
    );
    return [...sure, ...new Set(reasons.map((reason) => `  it ${visible(reason)}`)), `  (${open} rules may hold)`];
  }
  const lines = rules
    .slice(0, rulesShownMax)
    .map(({ rule, certain, reason }) => `  ${rule}: ${certain ? "" : "perhaps "}${visible(reason)}`);
  return rules.length <= rulesShownMax ? lines : [...lines, `  and ${rules.length - rulesShownMax} more rules`];
}

function stateLines(evidence: readonly EvidenceItem[]): readonly string[] {
  return evidence.flatMap(({ kind, path, text }) =>
    kind === "state" && text !== null ? [`  targets ${visible(text)}, by ${visible(path)}`] : [],
  );
}

function remedyLines({ pending, report, rules }: GateDecision): readonly string[] {
  const isOpen = report.effects.some(({ effect }) => effect === "*");
  const advice = [
    ...new Set(
      rules.filter(({ certain }) => certain || !isOpen).flatMap(({ instead }) => (instead === null ? [] : [instead])),
    ),
  ].map((text) => `Instead: ${visible(text)}`);
  if (pending === null) return advice;
  return [
    ...advice,
    `To let exactly this through once, a human runs: pawl approve ${pending.id}`,
    `The approval holds for ${duration(pending.approvalSeconds)}; then try the same call again.`,
  ];
}

function evidenceLines({ kind, path, digest, text }: EvidenceItem): readonly string[] {
  switch (kind) {
    case "link":
      return [`  ${visible(path)} ${text === null ? "is not there" : `leads to ${visible(text)}`}`];
    case "state":
      return [`  ${visible(path)} (${digest === "absent" ? "not there" : `SHA-256 ${digest}`})`];
    case "script":
      return [
        `  ${visible(path)} ${digest === "absent" ? "is not there" : "holds:"}`,
        ...(text === null ? [] : visibleLines(text).map((line) => `    ${line}`)),
      ];
  }
}

function runLines(run: RunTarget): readonly string[] {
  switch (run.kind) {
    case "argv":
      return [
        run.program,
        `  called as ${quote(run.argv[0] ?? "")}`,
        ...run.argv.slice(1).map((word) => `  ${quote(word)}`),
      ].map(visible);
    case "shell":
      return visibleLines(run.text);
    case "tool":
      return [`tool ${visible(run.tool)}`, ...inputLines(run.input)];
  }
}

/** The members of a tool's input, one below the other; what is no object as it is. */
function inputLines(input: string): readonly string[] {
  const value: unknown = JSON.parse(input);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return visibleLines(input);
  return Object.entries(value).flatMap(([name, member]) => {
    const lines = visibleLines(typeof member === "string" ? member : JSON.stringify(member));
    return lines.length === 1
      ? [`${visible(name)}: ${lines[0] ?? ""}`]
      : [`${visible(name)}:`, ...lines.map((line) => `  ${line}`)];
  });
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function duration(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, "minute"] : [seconds, "second"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
