// Small policies and exactly what comes of them: diagnostics, or IR without the standard library's part.
// `npx vitest run test/language/golden.test.ts -u` writes the outputs.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CheckedPolicy } from "../../compiler/check-policy.ts";
import { renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import type { PolicyIr, SourceSpan } from "../../compiler/ir/ir.ts";
import { check, miniLibrary } from "./support/mini-library.ts";

const golden = join(import.meta.dirname, "../golden");
const librarySources = miniLibrary().sources.length;

describe("diagnostics", () => {
  test.each(readdirSync(join(golden, "diagnostics")))("%s", async (name) => {
    const { diagnostics, sources } = checkCase("diagnostics", name);
    await expect(renderDiagnostics(diagnostics, sources)).toMatchFileSnapshot(
      join(golden, "diagnostics", name, "diagnostics.txt"),
    );
  });
});

describe("ir", () => {
  test.each(readdirSync(join(golden, "ir")))("%s", async (name) => {
    const { value, diagnostics, sources } = checkCase("ir", name);
    expect(renderDiagnostics(diagnostics, sources)).toBe("");
    await expect(value === null ? "" : printOwn(value)).toMatchFileSnapshot(join(golden, "ir", name, "ir.txt"));
  });
});

function checkCase(area: string, name: string): CheckedPolicy {
  const folder = join(golden, area, name);
  const base = join(folder, "base.pawl");
  return check(
    readFileSync(join(folder, "input.pawl"), "utf8"),
    existsSync(base) ? { "./base.pawl": readFileSync(base, "utf8") } : {},
  );
}

/** What the policy itself declares, one part a line, without spans. */
function printOwn(ir: PolicyIr): string {
  const lines: string[] = [];
  const own = (span: SourceSpan | null): boolean => span === null || librarySources <= span.source;
  const show = (value: unknown): string =>
    JSON.stringify(value, (key, inner: unknown) =>
      key === "span" || inner === null || (Array.isArray(inner) && inner.length === 0) ? undefined : inner,
    );
  for (const effect of ir.effects) if (own(effect.span)) lines.push(`effect ${show(effect)}`);
  for (const command of ir.commands) {
    const subcommands = command.subcommands.filter((subcommand) => own(subcommand.span));
    if (!own(command.span) && subcommands.length === 0) continue;
    lines.push(
      `command ${command.programs.join(", ")} ${own(command.span) ? show({ ...command, programs: undefined, options: undefined, usages: undefined, subcommands: undefined }) : ""}`.trim(),
    );
    if (own(command.span)) {
      lines.push(...command.options.map((option, index) => `  option ${index} ${show(option)}`));
      lines.push(...command.usages.flatMap(printUsage).map((line) => `  ${line}`));
    }
    for (const subcommand of subcommands) {
      lines.push(`  subcommand ${show({ ...subcommand, options: undefined, usages: undefined })}`);
      lines.push(...subcommand.options.map((option, index) => `    option ${index} ${show(option)}`));
      lines.push(...subcommand.usages.flatMap(printUsage).map((line) => `    ${line}`));
    }
  }
  for (const [kind, parts] of Object.entries({
    variable: ir.variables,
    tool: ir.tools,
    gate: ir.gates,
    sandbox: ir.sandboxes,
    kernel: ir.kernelEffects,
    test: ir.tests,
  })) {
    for (const part of parts) if (own(part.span)) lines.push(`${kind} ${show(part)}`);
  }
  for (const rule of ir.rules.filter((found) => own(found.span))) {
    lines.push(`rule ${show({ ...rule, when: undefined, unless: undefined })}`);
    lines.push(
      ...rule.when.map((condition) => `  when ${show(condition)}`),
      ...rule.unless.map((condition) => `  unless ${show(condition)}`),
    );
  }
  lines.push(`marks ${ir.marks.join(", ")}`, `unknown words may be options: ${String(ir.unknownWordsMayBeOptions)}`);
  return `${lines.join("\n")}\n`;

  function printUsage(usage: PolicyIr["commands"][number]["usages"][number]): readonly string[] {
    const { patterns, ...rest } = usage;
    return [`usage ${show(rest)}`, ...patterns.map((pattern) => `  pattern ${show(pattern)}`)];
  }
}
