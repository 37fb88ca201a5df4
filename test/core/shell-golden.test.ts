// The tree of each kind of text, in shell.golden.txt. `UPDATE_GOLDEN=1` writes the trees anew.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { printShell, shellParser } from "../../stdlib/shell-tree.ts";
import { bytesOf } from "./bash.ts";
import { debugModule } from "./debug-build.ts";

const file = join(dirname(fileURLToPath(import.meta.url)), "shell.golden.txt");
const parser = shellParser(debugModule());
/** Stands before each script, which is written as a JSON string. */
const MARK = "=== ";

const cases = readFileSync(file, "utf8")
  .split(/^=== /m)
  .slice(1)
  .map((block) => {
    const end = block.indexOf("\n");
    return { script: String(JSON.parse(block.slice(0, end))), tree: block.slice(end + 1).trimEnd() };
  });

if (process.env["UPDATE_GOLDEN"] === "1") {
  writeFileSync(file, cases.map(({ script }) => `${MARK}${JSON.stringify(script)}\n${treeOf(script)}\n`).join("\n"));
}

test.each(cases)("$script", ({ script, tree }) => {
  expect(treeOf(script)).toBe(tree);
});

test("spans are where texts stand in what was parsed", () => {
  const text = 'a "b$c" <<E\nd\nE\n';
  const script = parser.parseScript(text);
  const seen: string[] = [];
  const visit = (node: NonNullable<typeof script>): void => {
    if (node.span !== null) {
      expect(text.slice(...node.span)).toBe(node.text);
      seen.push(`${node.kind} ${node.span.join("-")}`);
    }
    node.children.forEach(visit);
  };
  if (script !== null) visit(script);
  expect(seen).toEqual([
    "script 0-16",
    "command 0-11",
    "word 0-1",
    "text 0-1",
    "word 2-7",
    "text 3-4",
    "variable 5-6",
    "hereDocument 12-14",
  ]);
});

function treeOf(script: string): string {
  const node = parser.parseScript(bytesOf(script));
  return node === null ? "refused" : printShell(node);
}
