// Every example of docs/language.md is a sentence of the language, and its whole policy is one that compiles.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { checkPolicy } from "../../compiler/check-policy.ts";
import { parse } from "../../compiler/syntax/parse.ts";

const specification = readFileSync(join(import.meta.dirname, "../../docs/language.md"), "utf8");
const examples = [...specification.matchAll(/```pawl\n([^]*?)```/g)].map((match) => match[1] ?? "");

describe("docs/language.md", () => {
  test.each(examples.map((text, index) => [index, text] as const))("example %i can be read", (_, text) => {
    const source = { name: "example", text };
    expect(renderDiagnostics(parse(source, 0).diagnostics, [source])).toBe("");
  });

  test("the first example is a policy that compiles with the standard library", () => {
    const { diagnostics, sources } = checkPolicy({
      entry: { name: "example.pawl", text: examples[0] ?? "" },
      library: loadLibrary(),
      resolve: () => null,
    });
    expect(renderDiagnostics(diagnostics, sources)).toBe("");
  });
});
