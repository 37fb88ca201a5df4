// What words become, compared with bash: quotes, escapes, `$'…'`, braces and tildes, where nothing is unknown.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ShellNode, shellParser } from "../../stdlib/shell-tree.ts";
import { HOME, askBash, bashMissing, bytesOf } from "./bash.ts";
import { debugModule } from "./debug-build.ts";

const parser = shellParser(debugModule());
const missing = bashMissing();
const given = process.env["SEED"] ?? "20251125";
const SEED = given === "random" ? Date.now() : Number(given);

/** Words one by one, each the only argument of a command. */
const WORDS = [
  "a",
  "'a b'",
  '"a b"',
  "a\\ b",
  "''",
  '""',
  "a''",
  "'a'\"b\"c",
  "\\a\\'\\\"\\\\",
  "'\\n'",
  '"\\n\\$\\`\\"\\\\\\a"',
  '"a\\\nb"',
  "a\\\nb",
  "'a\nb'",
  "$'a\\nb'",
  "$'\\a\\b\\e\\E\\f\\n\\r\\t\\v\\\\\\'\\\"\\?'",
  "$'\\x41\\x4\\x{42}\\xg\\x'",
  "$'\\101\\1012\\60\\8'",
  "$'\\u41\\u00e9\\u20ac\\U1F600\\u'",
  "$'\\cA\\c?\\ca\\c\\\\x'",
  "$'a\\0b'c",
  "$'\\400'd",
  "$'\\z\\-'",
  "$'it\\'s'",
  '$"a b"',
  '"$"',
  "$",
  "a$",
  "$.",
  "\"$'a'\"",
  "'$x'",
  "\\$x",
  "a#b",
  "a=b",
  "=",
  "-",
  "--x=y",
  "é'ü'\"ö\"",
  "{a,b}",
  "x{a,b}y",
  "{a,b}{c,d}",
  "{a,{b,c}d}",
  "{{a,b},c}",
  "{a,b",
  "a,b}",
  "{a}",
  "{}",
  "a{}b",
  "{},b}",
  "{a},b}",
  "{{a},b}",
  "{{},a}",
  "{a,b}}",
  "{{a,b}",
  "{a,{b,c}",
  "{,a}",
  "{a,}",
  "{,}",
  "x{,y}",
  "{,,}x",
  "{'a,b',c}",
  '{"a,b",c}',
  "{a\\,b,c}",
  "\\{a,b}",
  "{a,b\\}",
  "{a,'b'}",
  "'{a,b}'",
  '"{a,b}"',
  "{a,b}'{c,d}'",
  "{a,,b}",
  "{1..3}",
  "{3..1}",
  "{1..10..3}",
  "{10..1..3}",
  "{1..3..0}",
  "{1..5..-2}",
  "{01..3}",
  "{1..010..4}",
  "{-01..2}",
  "{-2..2}",
  "{+1..2}",
  "{a..e}",
  "{e..a..2}",
  "{A..C}",
  "{a..a}",
  "{a..1}",
  "{1..a}",
  "{1...3}",
  "{..3}",
  "{1..}",
  "{a..c..}",
  "{1..2.5}",
  "{1..3}{a,b}",
  "x{1..3}y{a..b}",
  "{{1..3},a}",
  "{1..3,a}",
  "{a..c,d}",
  "{a,b..d}",
  "{1..}",
  "{'1'..3}",
  "~",
  "~/a",
  "~/{a,b}",
  "\\~",
  "'~'",
  "~'/a'",
  "a~",
  "~:",
  "~:~",
  "a=~",
  "a=~/b",
  "a=b:~/c",
  "a=~:~",
  "--a=~",
  "1a=~",
  "a+=~",
  "a:~",
  "a='~'",
  "a=\\~",
  "a[1]=~/x",
  "a=b~",
  "{~,a}/b",
  'a"b":~',
  "a=~\\\n/b",
  "~\\\n/c",
  "{a,~}",
  "{a,b~}",
  "a={b,c}",
  "a\\ {b,c}",
  "%@^+_.:-/",
  "!",
  "!a",
  "]",
  "[",
  "[a",
  "a]b",
  "~,a",
  "~}",
];

/** Parts of generated words. */
const PARTS = [
  "a",
  "b",
  "{",
  "}",
  "{",
  "}",
  ",",
  ",",
  "..",
  "1",
  "3",
  "'x y'",
  '"q"',
  "\\,",
  "\\{",
  "\\}",
  "$'\\n'",
  "$'\\x41'",
  "''",
  '""',
  "~",
  "/",
  "=",
  "x=",
  ":",
  "-",
  "01",
  "$'a\\'b'",
  "é",
  "\\\n",
  "\\\\",
  '"{a,b}"',
];

const generated = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 9 }).map((parts) => parts.join(""));

describe("words", { timeout: 600_000 }, () => {
  test.skipIf(missing !== null)(
    `hand-made words are what bash makes of them${missing === null ? "" : ` (skipped: ${missing})`}`,
    () => {
      const words = WORDS.map(bytesOf);
      expect(words.filter((word) => valuesOf(word) === null)).toEqual([]);
      expect(differences(words)).toEqual([]);
    },
  );

  test.skipIf(missing !== null)("generated words are what bash makes of them", () => {
    const words = fc.sample(generated, { numRuns: 600, seed: SEED }).map(bytesOf);
    expect(words.length * 0.8 < words.filter((word) => valuesOf(word) !== null).length).toBe(true);
    expect(differences(words)).toEqual([]);
  });

  test.skipIf(missing !== null)("generated assignments are what bash makes of them", () => {
    const words = fc.sample(generated, { numRuns: 300, seed: SEED + 1 }).map(bytesOf);
    const known = words.filter((word) => assignedBy(word) !== null);
    const answers = askBash('eval "v=$text; printf \'<%s>\' \\"\\$v\\""', known);
    expect(
      known.flatMap((word, index) =>
        answers[index] === `<${assignedBy(word)}>`
          ? []
          : [`${JSON.stringify(word)} is ${answers[index]}, not ${assignedBy(word)}`],
      ),
    ).toEqual([]);
  });

  test.skipIf(missing !== null)("here-documents are what bash makes of them", () => {
    const body = fc
      .array(fc.constantFrom("a", "'", '"', "\\", "\\$", "\\`", "\\\n", "\n", "E", "\t", "~", "*", "{a,b}", " "), {
        maxLength: 10,
      })
      .map((parts) => parts.join(""));
    const texts = fc
      .sample(fc.tuple(body, fc.constantFrom("<<E", "<<-E", "<<'E'", "<<-'E'", '<<"E"', "<<\\E")), {
        numRuns: 300,
        seed: SEED,
      })
      .map(([text, operator]) => `cat ${operator}; echo x\n${text}\nE\nEND=1`);
    const answers = askBash('cd / && eval "$text" 2>/dev/null', texts);
    const wrong = texts.flatMap((text, index) => {
      const document = parser.parseScript(text);
      // An earlier delimiter leaves part of the body as commands, which may be malformed.
      if (document === null) return /^\t*E$[^]*^\t*E$/m.test(text) ? [] : [`${JSON.stringify(text)} is not parsed`];
      const body = bodyOf(document);
      if (body === null) return [];
      const expected = `${body}x\n`;
      // What follows the body may be commands that bash cannot find.
      return answers[index]?.startsWith(expected) === true
        ? []
        : [`${JSON.stringify(text)} is ${JSON.stringify(answers[index])}, not ${JSON.stringify(expected)}`];
    });
    expect(wrong).toEqual([]);
  });

  test("the values of what bash expands first are refused where they would join", () => {
    for (const word of ["$x{a,b}", "{a,$x}b", "{$,a}b", "~{a,b}", "{~,a}b", "a=~/{b,c}", "{[a,b]}", "[{a,b}]", "{a,[}"])
      expect(valuesOf(word)).toBe(null);
  });

  test("many alternatives are not listed", () => {
    const brace = (word: string) => parser.parseScript(`a ${word}`)?.children[0]?.children[1]?.children[0];
    expect(brace("{1..64}")?.children.length).toBe(64);
    expect(brace("{1..65}")).toMatchObject({ kind: "brace", aux: 1, children: [] });
    expect(brace(`{${"a,".repeat(64)}a}`)).toMatchObject({ kind: "brace", aux: 1, children: [] });
    expect(brace("{1..999999999999999}")).toMatchObject({ kind: "brace", aux: 1, children: [] });
    expect(parser.parseScript(`a {${"a,".repeat(64)}$(b)}`)).toBe(null);
  });
});

/** The words that bash makes of one word in an argument list, or null when it is refused. */
function valuesOf(word: string): string[] | null {
  const command = parser.parseScript(`a ${word}`)?.children[0];
  const node = command?.children[1];
  if (command === undefined || node === undefined) return command === undefined ? null : [];
  return alternativesOf(node.children)
    .filter((pieces) => pieces.some((piece) => piece.quoted) || pieces.map(valueOf).join("") !== "")
    .map((pieces) => pieces.map(valueOf).join(""));
}

/** Each choice of one alternative per brace, in order. */
function alternativesOf(pieces: readonly ShellNode[]): ShellNode[][] {
  let words: ShellNode[][] = [[]];
  for (const piece of pieces) {
    const choices =
      piece.kind === "brace"
        ? piece.children.flatMap((alternative) => alternativesOf(alternative.children))
        : [[piece]];
    words = words.flatMap((word) => choices.map((choice) => [...word, ...choice]));
  }
  return words;
}

function valueOf(piece: ShellNode): string {
  if (piece.kind === "text" || piece.kind === "glob") return piece.text;
  if (piece.kind !== "tilde") throw new Error(`a ${piece.kind} has no known value`);
  return piece.text === "" ? HOME : `~${piece.text}`;
}

function assignedBy(word: string): string | null {
  const assign = parser.parseScript(`v=${word}`)?.children[0]?.children[0];
  if (assign === undefined) return null;
  return (assign.children[0]?.children ?? []).map(valueOf).join("");
}

/** What the first command's here-document holds where no variable is set. */
function bodyOf(script: ShellNode): string | null {
  const document = script.children[0]?.children[1];
  if (document?.kind !== "hereDocument") throw new Error("the script begins with no here-document");
  if (document.quoted) return document.text;
  const word = parser.parseHereDocument(document.text);
  // What is left of an escape can open a backquote that nothing closes.
  if (word === null) return null;
  return word.children.map((piece) => (piece.kind === "variable" ? "" : valueOf(piece))).join("");
}

function differences(words: readonly string[]): string[] {
  const known = words.filter((word) => valuesOf(word) !== null);
  const answers = askBash("set -f; eval \"printf '<%s>' . $text\"", known);
  return known.flatMap((word, index) => {
    const expected = [".", ...(valuesOf(word) ?? [])].map((value) => `<${value}>`).join("");
    return answers[index] === expected ? [] : [`${JSON.stringify(word)} is ${answers[index]}, not ${expected}`];
  });
}
