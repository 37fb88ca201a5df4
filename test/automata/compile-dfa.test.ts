// Automata against two authorities: JavaScript's own regular expressions, and a glob matcher written naively.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileDfa } from "../../compiler/automata/compile-dfa.ts";
import type { Dfa } from "../../compiler/automata/dfa.ts";
import { matchText } from "../../compiler/automata/match-dfa.ts";
import { parseRegex } from "../../compiler/automata/parse-regex.ts";
import { utf8Bytes } from "../../compiler/automata/pattern-node.ts";
import { PatternTooLarge } from "../../compiler/automata/pattern-too-large.ts";
import type { Pattern, Patterns } from "../../compiler/ir/ir.ts";
import { naiveGlob } from "./naive-glob.ts";

const glob = (text: string): Pattern => ({ kind: "glob", text });
const literal = (text: string): Pattern => ({ kind: "literal", text });
const domain = (text: string): Pattern => ({ kind: "domain", text });
const regex = (source: string, ignoreCase = false): Pattern => ({ kind: "regex", source, ignoreCase });

function matches(patterns: Patterns, text: string): boolean {
  return matchText(compileDfa(patterns), utf8Bytes(text)) === 2;
}

/** Null for the rare generated expression whose automaton is too large. */
function compileWithinLimits(pattern: Pattern): Dfa | null {
  try {
    return compileDfa([pattern]);
  } catch (thrown) {
    if (thrown instanceof PatternTooLarge) return null;
    throw thrown;
  }
}

const character = fc.constantFrom("a", "b", "c", "/", ".", "-", "é", "€", "😀", "\n", "]", "*");
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(""));

describe("globs", () => {
  test.each<[string, string, boolean]>([
    ["*.ts", "a.ts", true],
    ["*.ts", "a/b.ts", false],
    ["**.ts", "a/b.ts", true],
    ["**/.env", ".env", true],
    ["**/.env", "a/b/.env", true],
    ["**/.env", "a.env", false],
    ["/a/**/b", "/a/b", true],
    ["/a/**/b", "/a/x/y/b", true],
    ["/a/**", "/a/", true],
    ["/a/**", "/a", false],
    ["x**/b", "x/b", true],
    ["x**/b", "xb", false],
    ["{a,b/**/c}d", "b/cd", true],
    ["{a,{b,c}}", "c", true],
    ["{a}", "{a}", true],
    ["{a,b", "{a,b", true],
    ["?", "é", true],
    ["?", "/", false],
    ["[!a]", "b", true],
    ["[!a]", "/", false],
    ["[]a]", "]", true],
    ["[a-c]x", "bx", true],
    ["[a-", "[a-", true],
    ["[a-]", "-", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["", "", true],
  ])("%s and %s: %s", (pattern, subject, expected) => {
    expect(matches([glob(pattern)], subject)).toBe(expected);
    expect(naiveGlob(pattern, subject)).toBe(expected);
  });

  const piece = fc.constantFrom(
    "a",
    "b",
    "c",
    "/",
    ".",
    "é",
    "*",
    "**",
    "**/",
    "?",
    "[ab]",
    "[!a]",
    "[a-c]",
    "[",
    "{a,b}",
    "{a/,}",
    "{*,b/**/c}",
    "{",
    "}",
    "\\*",
  );
  test("compiled = naive", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }).map((parts) => parts.join("")),
        text,
        (pattern, subject) => {
          expect(matches([glob(pattern)], subject)).toBe(naiveGlob(pattern, subject));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("regular expressions", () => {
  const { regexSource } = fc.letrec((tie) => ({
    atom: fc.oneof(
      { maxDepth: 2, depthSize: "xsmall" },
      fc.constantFrom(
        "a",
        "b",
        "c",
        "/",
        "é",
        "😀",
        ".",
        "\\.",
        "\\d",
        "\\w",
        "\\W",
        "\\S",
        "[a-c]",
        "[^a]",
        "[é-€]",
        "[\\d.-]",
        "\\x61",
        "\\u{1F600}",
        "\\n",
      ),
      (tie("regexSource") as fc.Arbitrary<string>).map((inner) => `(${inner})`),
      (tie("regexSource") as fc.Arbitrary<string>).map((inner) => `(?:${inner})`),
    ),
    repeated: fc
      .tuple(tie("atom") as fc.Arbitrary<string>, fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"))
      .map((parts) => parts.join("")),
    sequence: fc.array(tie("repeated") as fc.Arbitrary<string>, { maxLength: 3 }).map((parts) => parts.join("")),
    regexSource: fc
      .array(tie("sequence") as fc.Arbitrary<string>, { minLength: 1, maxLength: 2 })
      .map((parts) => parts.join("|")),
  }));

  test("compiled = RegExp", () => {
    fc.assert(
      fc.property(regexSource, fc.array(text, { minLength: 1, maxLength: 5 }), (source, subjects) => {
        const dfa = compileWithinLimits(regex(source));
        fc.pre(dfa !== null);
        const expected = new RegExp(`^(?:${source})$`, "us");
        for (const subject of subjects) {
          expect(matchText(dfa, utf8Bytes(subject)) === 2, `${source} on ${JSON.stringify(subject)}`).toBe(
            expected.test(subject),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, string, boolean]>([
    ["^a|b$", "a", true],
    ["^a|b$", "b", true],
    ["^$", "", true],
    ["a.c", "a\nc", true],
    ["[\\]]", "]", true],
    ["a{2,3}", "aaaa", false],
    ["\\s+", " \t", true],
    ["\\/x", "/x", true],
  ])("%s on %j: %s", (source, subject, expected) => {
    expect(matches([regex(source)], subject)).toBe(expected);
  });

  test("i folds ASCII letters", () => {
    expect(matches([regex("ab[c-d]", true)], "AbD")).toBe(true);
    expect(matches([regex("[^a]", true)], "A")).toBe(false);
  });

  test.each<[string, number]>([
    ["a(b", 1],
    ["ab)", 2],
    ["[ab", 0],
    ["*a", 0],
    ["a**", 2],
    ["(a)\\1", 3],
    ["a(?=b)", 1],
    ["(?<!b)a", 0],
    ["(?<x>a)", 0],
    ["\\bx", 0],
    ["\\q", 0],
    ["a\\", 1],
    ["a{3,2}", 1],
    ["a{9999}", 1],
    ["a{", 1],
    ["x^a", 1],
    ["(a$)", 2],
    ["[b-a]", 1],
    ["[\\d-z]", 1],
    ["(".repeat(100), 64],
  ])("%s is rejected at %i", (source, position) => {
    expect(parseRegex(source).error?.position).toBe(position);
  });
});

describe("other patterns", () => {
  test.each<[string, string, boolean]>([
    ["example.com", "example.com", true],
    ["example.com", "EXAMPLE.com.", true],
    ["Example.com", "a.b.example.com", true],
    ["example.com", "badexample.com", false],
    ["example.com", "example.com.evil", false],
    ["example.com", ".example.com", false],
  ])("domain %s and %s: %s", (pattern, subject, expected) => {
    expect(matches([domain(pattern)], subject)).toBe(expected);
  });

  test("literal and contains take no letter as special", () => {
    expect(matches([literal("a*é")], "a*é")).toBe(true);
    expect(matches([literal("a*")], "ab")).toBe(false);
    expect(matches([{ kind: "contains", text: "*.*" }], "x*.*y")).toBe(true);
    expect(matches([{ kind: "contains", text: "*.*" }], "x.y")).toBe(false);
    expect(matches([], "")).toBe(false);
  });

  test("the size is bounded", () => {
    expect(() => compileDfa([regex("(a|b)*a(a|b){30}")])).toThrow(PatternTooLarge);
    expect(() => compileDfa([regex("((a{1000}){1000}){1000}")])).toThrow(PatternTooLarge);
  });
});

describe("the automaton", () => {
  test("is minimal: equal languages give equal automata", () => {
    expect(compileDfa([regex("a(b|c)")])).toEqual(compileDfa([literal("ab"), literal("ac")]));
    expect(compileDfa([glob("{a,b}*")])).toEqual(compileDfa([glob("a*"), glob("b*")]));
    expect(compileDfa([regex("(ab)*")]).states).toBe(3);
  });

  test("many literals stay small", () => {
    const words = Array.from({ length: 400 }, (_, index) => literal(`word-${index * 7919}`));
    const dfa = compileDfa(words);
    expect(matchText(dfa, "word-7919")).toBe(2);
    expect(matchText(dfa, "word-7918")).toBe(0);
    expect(dfa.states).toBeLessThan(1000);
  });
});

describe("texts with holes", () => {
  test.each<[Pattern, string, 0 | 1 | 2]>([
    [glob("/a/**"), "/a/\xff", 2],
    [glob("/a/*"), "/a/\xff", 1],
    [glob("/a/*"), "/a/\xfe", 2],
    [glob("/b/*"), "/a/\xff", 0],
    [literal("ab"), "a\xfe", 1],
    [literal("ab"), "a\xfec", 0],
    [glob("/a/*"), "/a/b\xfe/c", 0],
    [glob("/a/**"), "/a/\xfd", 2],
    [{ kind: "contains", text: "x" }, "\xffx\xff", 2],
    [regex("a*"), "\xff", 1],
  ])("%j on %j: %i", (pattern, subject, expected) => {
    expect(matchText(compileDfa([pattern]), subject)).toBe(expected);
  });

  test("a hole covers every text that may stand there", () => {
    const filled = fc.tuple(text, text, text, fc.constantFrom("\xff", "\xfe"));
    const pattern = fc.constantFrom(
      glob("*"),
      glob("a*"),
      glob("**/b"),
      glob("?b"),
      regex("[ab]*"),
      regex("a.*|b"),
      literal("ab"),
    );
    fc.assert(
      fc.property(pattern, filled, (one, [before, middle, after, hole]) => {
        fc.pre(hole === "\xff" || !middle.includes("/"));
        const dfa = compileDfa([one]);
        const open = matchText(dfa, utf8Bytes(before) + hole + utf8Bytes(after));
        const closed = matchText(dfa, utf8Bytes(before + middle + after));
        expect(open === 1 || open === closed).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
