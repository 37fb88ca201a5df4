// A decision as text: a short verdict for `decide`, every effect and rule for `explain`.

import { visible } from "../../gate/visible-text.ts";
import type { Report, ReportedEffect, ReportedRule, Tier, Verdict } from "../../runtime/types.ts";
import type { Paint, Style } from "../terminal.ts";
import { excerpt } from "./excerpt.ts";

const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  allow: "allowed",
  require_approval: "stopped: a human must approve it",
  deny: "denied: no approval lets it through",
};
const VERDICT_STYLE: Readonly<Record<Verdict, Style>> = { allow: "green", require_approval: "yellow", deny: "red" };
const TIER_ORDER: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];

/** A few lines: the verdict, what decided it with its place in the command, and what to do in its place. */
export function renderVerdict(report: Report, command: string | null, paint: Paint): string {
  const lines = [headline(report, paint)];
  const decisive = report.effects
    .map((effect, index) => ({ effect, rules: report.rules.filter((rule) => rule.effect === index) }))
    .filter(({ effect, rules }) => isDecisive(effect, rules, report));
  // Several effects of one place often read the same here; `explain` tells them apart by their fields.
  for (const text of unique(decisive.map(({ effect, rules }) => effectLines(effect, rules, command, paint).join("\n"))))
    lines.push("", text);
  const problem = problemOf(report);
  if (problem !== null) lines.push("", `  ${problem}`);
  const advice = unique(
    report.rules.flatMap((rule) =>
      rule.instead === null || report.effects[rule.effect]?.effect === "*" ? [] : [rule.instead],
    ),
  );
  if (report.verdict !== "allow" && 0 < advice.length) {
    lines.push("", ...advice.map((text) => `instead: ${visible(text)}`));
  }
  return lines.join("\n");
}

/** Everything there is to say about the decision. */
export function renderExplanation(report: Report, command: string | null, paint: Paint): string {
  const lines = [headline(report, paint)];
  const problem = problemOf(report);
  if (problem !== null) lines.push("", `  ${problem}`);
  if (report.effects.length === 0 && problem === null) lines.push("", "  It has no effect that the policy knows of.");
  for (const [index, effect] of report.effects.entries()) {
    const rules = report.rules.filter((rule) => rule.effect === index);
    lines.push("", ...effectLines(effect, rules, command, paint));
    for (const [name, value] of Object.entries(effect.fields))
      lines.push(paint("dim", `      ${name}: ${fieldText(value)}`));
  }
  if (0 < report.needs.length) {
    lines.push("", "  The gate would also read:");
    for (const need of report.needs) lines.push(`    ${need.kind} of ${visible(need.path)}`);
  }
  if (report.cut) lines.push("", "  The report was too long and ends here.");
  return lines.join("\n");
}

function headline(report: Report, paint: Paint): string {
  return `${paint(VERDICT_STYLE[report.verdict], VERDICT_TEXT[report.verdict])} (${report.tier})`;
}

/** Shown in the short form: what reached the decision's tier above safe, and what was denied. */
function isDecisive(effect: ReportedEffect, rules: readonly ReportedRule[], report: Report): boolean {
  if (rules.some((rule) => rule.deny)) return true;
  const tier = rules.reduce(
    (most, rule) => Math.max(most, rule.raise === null ? 0 : TIER_ORDER.indexOf(rule.raise)),
    TIER_ORDER.indexOf(effect.tier),
  );
  return 0 < tier && tier === TIER_ORDER.indexOf(report.tier);
}

function effectLines(
  effect: ReportedEffect,
  rules: readonly ReportedRule[],
  command: string | null,
  paint: Paint,
): readonly string[] {
  const lines =
    command === null || effect.span === null ? [] : excerpt(command, effect.span, paint).map((line) => `  ${line}`);
  if (effect.effect === "*") {
    // Nearly every rule may hold for it; naming them all would say nothing.
    lines.push(
      `  ${paint("bold", "it may do anything")}: ${whyOf(effect)}`,
      paint("dim", `    (${rules.length} rules may hold)`),
    );
    return lines;
  }
  const certainty = effect.certain ? "" : " (perhaps)";
  lines.push(`  ${paint("bold", effect.effect)}${certainty}: ${effect.tier}`);
  for (const rule of rules) {
    const reason = rule.reason === "" ? "" : `${visible(rule.reason)} `;
    lines.push(`    ${reason}${paint("dim", `[${rule.rule}${rule.certain ? "" : ", perhaps"}]`)}`);
  }
  return lines;
}

function whyOf(effect: ReportedEffect): string {
  const { why } = effect.fields;
  return Array.isArray(why) ? why.map(String).join(", ") : "what it does is not known";
}

function problemOf(report: Report): string | null {
  if (report.malformed) return "It is not an action that the policy can read, so it counts as irreversible.";
  if (report.oversized) return "It is longer than the policy reads, so it counts as irreversible.";
  if (report.limited) return "It passes a limit, so the rest of it counts as anything.";
  return null;
}

function fieldText(value: readonly string[] | string | null): string {
  if (value === null) return "none";
  if (typeof value === "string") return value;
  return value.map((text) => JSON.stringify(text)).join(" or ");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
