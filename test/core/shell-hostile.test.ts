// Texts that are made to break the parser: it may refuse them, and must come back soon.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { debugCore, writeInput } from "./debug-build.ts";
import { garbledScript } from "./scripts.ts";

const core = debugCore();
const SCRIPT_MAX = 64 << 10;

/** Parses bytes both ways; the number of events of the script, -1 when it is refused. */
function parse(text: string | Uint8Array): number {
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  writeInput(core, bytes);
  core.debug_here_document(bytes.length);
  const root = core.debug_parse(bytes.length);
  if (root < 0) expect(core.debug_event_count()).toBe(0);
  else checkTree(core.debug_event_count());
  return root < 0 ? -1 : core.debug_event_count();
}

/** Each node ends behind itself and inside its parent, and the first one holds all. */
function checkTree(count: number): void {
  const view = new DataView(core.memory.buffer, core.debug_events(), count * 16);
  const ends: number[] = [];
  for (let index = 0; index < count; index++) {
    const end = view.getUint32(index * 16 + 12, true);
    while (ends.length !== 0 && (ends.at(-1) ?? 0) <= index) ends.pop();
    if (end <= index || (ends.at(-1) ?? count) < end)
      throw new Error(`event ${index} of ${count} ends at ${end}, its parent at ${ends.at(-1)}`);
    ends.push(end);
  }
  if (count !== 0) expect(view.getUint32(12, true)).toBe(count);
}

function filled(unit: string, before = "", after = ""): string {
  return before + unit.repeat(Math.floor((SCRIPT_MAX - before.length - after.length) / unit.length)) + after;
}

describe("hostile texts", () => {
  test.each([
    "(",
    "((",
    "$(",
    "$((",
    "`",
    "{",
    "{ ",
    "[",
    "[[ ",
    '"',
    '"$(',
    "${x:-",
    "<(",
    "a|",
    "a&&",
    "a;",
    "a&",
    "!",
    "! ",
    "time ",
    "{a,",
    "{a,b}",
    "{{a,b},",
    "}",
    ",",
    "[a",
    "[a]",
    "]",
    "[[:a",
    "*",
    "**",
    "?",
    "~",
    ":~",
    "x=~",
    "\\",
    "\\\n",
    "'",
    "$",
    "$x",
    "$'",
    "${",
    "${x}",
    "$[",
    "$[x[",
    "x[",
    "x=(",
    "[[ a == @(",
    "@(",
    "(a)",
    "((a) ",
    "((a));",
    "<<E ",
    "<<E\n",
    "<<''\n",
    "a<<E;",
    "#",
    "\n",
    "if a;then ",
    "case a in b) ",
    "case a in b|",
    "for x in ",
    "f()",
    "f(){ ",
    "while a;do ",
    "elif a;then b;",
    "function f ",
    "coproc ",
    ">",
    ">a ",
    "2>",
    "{x}>",
    "&>",
    "..",
    "{1..",
    "{1..2}",
    "{..}",
    "{a..}..",
    "$x{",
    "${x[",
    "\"${x:-'",
    "a\\\n",
    "\xff",
    "\x01",
    "((x++)) ",
    "$((x=",
    "a |& b ",
    "a && b || ",
  ])("64 KiB of %j", (unit) => {
    for (const text of [
      filled(unit),
      filled(unit, "a "),
      filled(unit, "a\n"),
      filled(unit, "", "\nE\n"),
      filled(unit, '"', '"'),
    ])
      parse(text);
  });

  test("elif chains", () => {
    expect(parse(`if a; then b; ${"elif a; then b; ".repeat(30)}fi`)).toBeGreaterThan(0);
    expect(parse(filled("elif a; then b; ", "if a; then b; ", "fi"))).toBe(-1);
  });

  test.each([
    ["( ", " )"],
    ["{ ", "; }"],
    ["$( ", " )"],
    ['"$( ', ' )"'],
    ["$(( ", " ))"],
    ["${x:-", "}"],
    ["if a; then ", "; fi"],
    ["while a; do ", "; done"],
    ["case a in b) ", ";; esac"],
    ["f() { ", "; }"],
    ["<( ", " )"],
    ["[[ ( ", " ) ]]"],
    ["$((a) | ", ")"],
    ["((a) ; ", ")"],
    ["x=$( ", " )"],
    ["a && { ", " & } | b & "],
    ["$[ ", " ]"],
  ])("deep nesting of %j %j ends, and 30 levels are fine where they make sense", (before, after) => {
    for (const depth of [10, 38, 41, 100, 2000]) parse(before.repeat(depth) + "a" + after.repeat(depth));
    expect(parse(before.repeat(41) + "a" + after.repeat(41))).toBe(-1);
  });

  test("the densest text fits", () => {
    expect(parse(filled("a;"))).toBe(1 + 3 * (SCRIPT_MAX / 2));
    expect(parse(`${filled("a;")}b`)).toBe(-1);
    expect(parse(filled("a&"))).toBe(-1);
  });

  test("nested backquotes", () => {
    let text = "a";
    for (let depth = 0; depth < 12; depth++) text = `\`${text.replaceAll(/[\\`]/g, "\\$&")} b\``;
    expect(parse(`c ${text}`)).toBeGreaterThan(12);
  });

  test("zero bytes are refused", () => {
    expect(parse("a\0b")).toBe(-1);
    expect(parse("aaaaaaaaaaaaaaa\0")).toBe(-1);
  });

  test("later scripts leave earlier events alone", () => {
    writeInput(core, Buffer.from("a $(b c) da && 'x"));
    expect(core.debug_parse(8)).toBe(0);
    const count = core.debug_event_count();
    const before = Buffer.from(new Uint8Array(core.memory.buffer, core.debug_events(), count * 16)).toString("hex");
    expect(core.debug_parse_more(9, 2)).toBe(count);
    expect(core.debug_parse_more(9, 8)).toBe(-1);
    expect(core.debug_parse_more(0, 8)).toBe(count + 4);
    expect(Buffer.from(new Uint8Array(core.memory.buffer, core.debug_events(), count * 16)).toString("hex")).toBe(
      before,
    );
  });

  test("property: any bytes end without a trap", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        parse(bytes);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.array(garbledScript, { maxLength: 12 }), (texts) => {
        parse(texts.join("").slice(0, SCRIPT_MAX));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab{},.[]~$'\"`\\()<>|&;\n\t #=!*?x1E-:/@+"), maxLength: 200 }),
        (text) => {
          parse(text);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
