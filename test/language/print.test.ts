// The formatter: what it prints is read back as the same tree, with the same comments, and printed the same again.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import { formatPolicy } from "../../compiler/format-policy.ts";
import type { File } from "../../compiler/syntax/ast.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { print } from "../../compiler/syntax/print.ts";
import { arbitraryFile } from "./support/arbitrary-ast.ts";

const root = join(import.meta.dirname, "../..");

test("parse(print(ast)) = ast", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const text = print(file);
      expect(bare(read(text)), text).toEqual(bare(file));
    }),
    { numRuns: 100 },
  );
});

test("print(parse(print(ast))) = print(ast)", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const text = print(file);
      expect(print(read(text))).toBe(text);
    }),
    { numRuns: 40 },
  );
});

describe.each(policies(root).map((path) => [relative(root, path), path] as const))("%s", (name, path) => {
  const text = readFileSync(path, "utf8");

  test("formatting keeps the tree and every comment, and once is enough", () => {
    const once = formatPolicy({ name, text }).value ?? "";
    expect(bare(read(once))).toEqual(bare(read(text)));
    expect(comments(once)).toEqual(comments(text));
    expect(formatPolicy({ name, text: once }).value).toBe(once);
  });
});

function read(text: string): File {
  const source = { name: "generated", text };
  const { value, diagnostics } = parse(source, 0);
  if (value === null) throw new Error(`${renderDiagnostics(diagnostics, [source])}\n${text}`);
  return value;
}

/** The tree without places, and without blank lines, which are the formatter's own. */
function bare(file: File): unknown {
  return JSON.parse(
    JSON.stringify(file, (key, value: unknown) => {
      if (key === "span" || key === "operatorSpan" || key === "blankBefore") return undefined;
      if ((key === "comments" || key === "closing") && Array.isArray(value)) return value.filter((line) => line !== "");
      return value;
    }),
  );
}

function comments(text: string): readonly string[] {
  return text
    .split("\n")
    .flatMap((line) => /(?:^|\s)\/\/.*$/.exec(line)?.[0].trim() ?? [])
    .toSorted();
}

function policies(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === "node_modules" || entry.name.startsWith(".") || entry.name === "dist" ? [] : policies(path);
    return entry.name.endsWith(".pawl") && !path.includes("/golden/") ? [path] : [];
  });
}
