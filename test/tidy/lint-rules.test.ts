// The linter really refuses what ARCHITECTURE.md says it refuses: planted violations, each in a project of its own.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./repository-files.ts";

const CLEAN = "export const x = 1;\n";

test("clean files pass", () => {
  expect(lint({ "compiler/a.ts": CLEAN, "gate/b.ts": `export { readFileSync } from "node:fs";\n` })).toEqual([]);
});

test.each([
  ["node: in the compiler", "compiler/a.ts", `export { readFileSync } from "node:fs";`, "no-restricted-imports"],
  ["node: in bpfgen", "bpfgen/a.ts", `export { readFileSync } from "node:fs";`, "no-restricted-imports"],
  ["node: in the runtime", "runtime/a.ts", `export { readFileSync } from "node:fs";`, "no-restricted-imports"],
  ["process in the runtime", "runtime/a.ts", `export const x = process.argv;`, "no-restricted-globals"],
  ["Buffer in the compiler", "compiler/a.ts", `export const x = Buffer.from("");`, "no-restricted-globals"],
  [
    "the gate from the compiler",
    "compiler/check/a.ts",
    `export { x } from "../../gate/x.ts";`,
    "no-restricted-imports",
  ],
  [
    "the compiler from the gate",
    "gate/harnesses/a.ts",
    `export { x } from "../../compiler/x.ts";`,
    "no-restricted-imports",
  ],
  ["the compiler from the runtime", "runtime/a.ts", `export { x } from "../compiler/x.ts";`, "no-restricted-imports"],
  ["the compiler from bpfgen", "bpfgen/cbpf/a.ts", `export { x } from "../../compiler/x.ts";`, "no-restricted-imports"],
  [
    "binaryen outside its file",
    "compiler/check/a.ts",
    `export { default as x } from "binaryen";`,
    "no-restricted-imports",
  ],
  ["a package in the gate", "gate/a.ts", `export { Command } from "commander";`, "no-restricted-imports"],
  ["any", "cli/a.ts", `export const x = (y: any): unknown => y;`, "no-explicit-any"],
  ["a non-null assertion", "cli/a.ts", `export const x = (y: string | null): string => y!;`, "no-non-null-assertion"],
])("%s is refused", (_name, file, text, rule) => {
  expect(lint({ [file]: `${text}\n` })).toContain(rule);
});

test("a cycle is refused", () => {
  const files = {
    "compiler/a.ts": `import { b } from "./b.ts";\nexport const a = (): unknown => b;\n`,
    "compiler/b.ts": `import { a } from "./a.ts";\nexport const b = (): unknown => a;\n`,
  };
  expect(lint(files)).toContain("no-cycle");
});

/** The rules that the project's configuration reports for these files. */
function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "pawl-lint-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    for (const name of [".oxlintrc.json", "tsconfig.json"]) copyFileSync(join(root, name), join(folder, name));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const linter = join(root, "node_modules/oxlint/bin/oxlint");
    const args = [linter, "--deny-warnings", "--format=json", ...Object.keys(files)];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const report = JSON.parse(stdout) as { diagnostics: readonly { code?: string }[] };
    return report.diagnostics.map((diagnostic) => /\(([^)]*)\)/.exec(diagnostic.code ?? "")?.[1] ?? "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
