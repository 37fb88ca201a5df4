// The standard library as a value, and the digest that decides whether its shipped form is up to date.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPolicy } from "../../compiler/check-policy.ts";
import { checkLibrary, libraryTests, loadLibrary, readLibrary, serialiseLibrary } from "../../compiler/library.ts";
import { sha256Hex } from "../../compiler/source/sha256.ts";
import { miniLibrary } from "./support/mini-library.ts";

describe("sha256Hex", () => {
  test("is SHA-256", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        expect(sha256Hex(text)).toBe(createHash("sha256").update(text).digest("hex"));
      }),
    );
  });

  // One block holds 55 bytes beside the padding, two hold 119.
  test.each([0, 55, 56, 63, 64, 119, 120, 1000])("at the edges of a block: %i bytes", (length) => {
    const text = "x".repeat(length);
    expect(sha256Hex(text)).toBe(createHash("sha256").update(text).digest("hex"));
  });
});

describe("the library", () => {
  const library = miniLibrary();

  test("readLibrary(serialiseLibrary(library)) = library, without the texts", () => {
    const read = readLibrary(serialiseLibrary(library));
    expect({ ...read, texts: [] }).toEqual({ ...library, texts: [] });
    expect(serialiseLibrary(read)).toBe(serialiseLibrary(library));
  });

  test("the order of its sources does not matter", () => {
    const sources = library.texts.toReversed();
    const again = checkLibrary(sources).value;
    expect(again === null ? null : serialiseLibrary(again)).toBe(serialiseLibrary(library));
  });

  test("the serialised form is enough to check a policy", () => {
    const entry = { name: "p.pawl", text: "policy p\n\nuse std\n\nrule far {\n  on file.delete\n  deny\n}\n" };
    const resolve = (): null => null;
    const from = (one: typeof library): unknown => checkPolicy({ entry, resolve, library: one }).value;
    expect(from(readLibrary(serialiseLibrary(library)))).toEqual(from(library));
  });

  test("its rules on a family hold for what a policy adds to the family", () => {
    const text = "effect file.read (path: path)\n\nrule r {\n  on file.*\n  when path under workspace\n  deny\n}\n";
    const { value: own } = checkLibrary([{ name: "x.pawl", text }]);
    const effectsOf = (policy: string): readonly string[] | undefined =>
      own === null
        ? []
        : checkPolicy({ entry: { name: "p.pawl", text: policy }, library: own, resolve: () => null }).value?.rules[0]
            ?.effects;
    expect(effectsOf("use std\n\neffect file.shred (path: path)\n")).toEqual(["file.read", "file.shred"]);
    expect(effectsOf("use std\n\neffect file.shred\n")).toBe(undefined);
  });

  test("its tests come out", () => {
    expect(libraryTests(library).map((found) => found.name)).toEqual(["baseline"]);
  });

  test("it declares nothing that a policy decides", () => {
    const { value, diagnostics } = checkLibrary([{ name: "x.pawl", text: "gate {\n  safe deny\n}\n" }]);
    expect([value, diagnostics.map((diagnostic) => diagnostic.code)]).toEqual([null, ["T322"]]);
  });

  test("the one that ships has no errors", () => {
    expect(loadLibrary().rules.length).toBeGreaterThan(0);
  });
});
