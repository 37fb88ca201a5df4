// Every diagnostic has one code, one page whose examples behave as it says, and that page in docs/diagnostics/.
// `npx vitest run test/tidy/diagnostics.test.ts -u` writes the pages.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPolicy, type CheckedPolicy } from "../../compiler/check-policy.ts";
import { explain } from "../../compiler/diagnostics/explain.ts";
import { pages, type Page } from "../../compiler/diagnostics/pages.ts";
import { renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import { lowerSandbox } from "../../compiler/kernel/lower.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { check } from "../language/support/mini-library.ts";

const root = join(import.meta.dirname, "../..");
const files = [
  ...readdirSync(join(root, "compiler/diagnostics"))
    .filter((name) => name !== "pages.ts")
    .map((name) => `compiler/diagnostics/${name}`),
  "compiler/kernel/diagnostics.ts",
];
const codes = files.flatMap((name) =>
  [...readFileSync(join(root, name), "utf8").matchAll(/(?:error\(|unheld\(|code:)\s*"([A-Z]\d{3})"/g)].map(
    (match) => match[1] ?? "",
  ),
);

test("each code has one page", () => {
  expect(pages.map((page) => page.code)).toEqual([...new Set(codes)].toSorted(byStage));
});

test("each code has one function", () => {
  // A rule can be incomplete in two ways, which are one problem with two messages.
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual(["T308"]);
});

test("an unknown code has no page", () => {
  expect(explain("T000")).toBe(null);
});

describe.each(pages.map((page) => [page.code, page] as const))("%s", (code, page) => {
  // A source that is too long is no readable example.
  const failing = code === "S103" ? " ".repeat((1 << 20) + 1) : page.failing;

  // Some need more than a policy: another form of output, or a sandbox that no page could hold.
  if (failing !== "") {
    test("the failing example has it", () => {
      const { diagnostics, sources } = run(page, failing);
      const found = diagnostics.map((diagnostic) => diagnostic.code);
      expect(found, renderDiagnostics(diagnostics, sources)).toContain(code);
    });
  }

  test("the fixed example is clean", () => {
    const { diagnostics, sources } = run(code === "N210" ? page : { ...page, set: {} }, page.fixed);
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error" || diagnostic.code === code);
    expect(renderDiagnostics(errors, sources)).toBe("");
  });

  test("the documentation has the page, with what is printed", async () => {
    const { diagnostics, sources } = run(page, page.failing);
    const text = renderDiagnostics(diagnostics, sources).trimEnd();
    const printed = page.failing === "" ? "" : `\nPrinted:\n\n\`\`\`text\n${text}\n\`\`\`\n`;
    await expect(`${explain(code) ?? ""}${printed}`).toMatchFileSnapshot(join(root, `docs/diagnostics/${code}.md`));
  });
});

/** What the page's stage says about a policy. */
function run(page: Page, text: string): Pick<CheckedPolicy, "diagnostics" | "sources"> {
  if (page.stage === undefined) return check(text, page.files, page.set ?? {});
  const checked = checkPolicy({ entry: { name: "policy.pawl", text }, library: loadLibrary(), resolve: () => null });
  const { value, diagnostics, sources } = checked;
  if (value === null) return checked;
  return {
    diagnostics: [...diagnostics, ...value.sandboxes.flatMap((sandbox) => lowerSandbox(value, sandbox).diagnostics)],
    sources,
  };
}

/** S, N, T, L, K: the order of the stages. */
function byStage(a: string, b: string): number {
  const stage = (code: string): number => "SNTLK".indexOf(code[0] ?? "");
  return stage(a) - stage(b) || (a < b ? -1 : 1);
}
