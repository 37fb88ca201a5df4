import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { debugCore, writeInput } from "./debug-build.ts";

const core = debugCore();
const KIND_NAMES = ["null", "false", "true", "number", "string", "array", "object"];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function reads(text: string | Uint8Array): boolean {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  writeInput(core, bytes);
  return core.debug_json(bytes.length) === 1;
}

function textAt(pointer: number, length: number): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    new Uint8Array(core.memory.buffer, pointer, length),
  );
}

/** The value of a node, walked through the exported functions. */
function valueOf(node: number): Json {
  const kind = KIND_NAMES[core.debug_json_kind(node)];
  if (kind === "null") return null;
  if (kind === "false" || kind === "true") return kind === "true";
  const text = () => textAt(core.debug_json_pointer(node), core.debug_json_length(node));
  if (kind === "number") return Number(text());
  if (kind === "string") return text();
  const elements: [string, Json][] = [];
  for (let child = core.debug_json_first(node); child !== 0; child = core.debug_json_next(child)) {
    elements.push([textAt(core.debug_json_key_pointer(child), core.debug_json_key_length(child)), valueOf(child)]);
  }
  expect(core.debug_json_count(node)).toBe(elements.length);
  return kind === "array" ? elements.map(([, value]) => value) : Object.fromEntries(elements);
}

function check(text: string, expected: Json): void {
  expect(reads(text)).toBe(true);
  expect(valueOf(core.debug_json_root())).toEqual(expected);
}

/** Texts that JSON.parse and this reader take or refuse alike. */
const TEXTS = [
  "",
  " ",
  "null",
  "nul",
  "nulll",
  "true",
  "false",
  "fals",
  "truex",
  "True",
  "0",
  "-0",
  "-",
  "00",
  "01",
  "1.",
  "1.0",
  ".5",
  "1e5",
  "1E+5",
  "1e-05",
  "1e",
  "1e+",
  "+1",
  "0x1",
  "1 2",
  "--1",
  "1.5e3.2",
  "NaN",
  "Infinity",
  "123456789012345678901234567890",
  "-1.25e-300",
  '""',
  '"',
  '"a',
  '"a\\',
  '"a\\"',
  '"\\q"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\u0000"',
  '"\\u00e9\\n\\t\\b\\f\\r\\/\\\\\\""',
  "'a'",
  '"\n"',
  '"\t"',
  '"\u007f"',
  '"é€😀"',
  '"\\ud83d\\ude00"',
  "[]",
  "[ ]",
  "[1]",
  "[1,]",
  "[,1]",
  "[1 2]",
  "[1,2",
  "[",
  "]",
  "[[]]",
  "[}",
  "{}",
  "{ }",
  '{"a":1}',
  '{"a":1,}',
  '{"a"}',
  '{"a":}',
  "{a:1}",
  '{"a":1 "b":2}',
  '{"a":1,"b":[true,null,{"c":""}]}',
  '{"":0}',
  "{1:2}",
  '{"a":1}}',
  '{"a":1}x',
  " \t\r\n[ 1 , 2 ] \n",
  "\u00a0[]",
  "\ufeff[]",
  "\v1",
  "1\f",
  "[1]\u0000",
  "//x\n1",
  "/**/1",
  '"\\u0022"',
  '"\\\\u0022"',
  '["\\ud83d\\ude00x","\\u00df"]',
];

describe("JSON", () => {
  test.each(TEXTS)("is read as JSON.parse reads it: %j", (text) => {
    let expected: Json;
    try {
      expected = JSON.parse(text) as Json;
    } catch {
      expect(reads(text)).toBe(false);
      return;
    }
    check(text, expected);
  });

  test.each([
    ["a lone high surrogate", '"\\ud83d"'],
    ["a lone low surrogate", '"\\ude00"'],
    ["two high surrogates", '"\\ud83d\\ud83d"'],
    ["a high surrogate before text", '"\\ud83dx"'],
    ["a high surrogate before another escape", '"\\ud83d\\n0000"'],
    ["a key twice", '{"a":1,"a":1}'],
    ["a key twice, once escaped", '{"a":1,"\\u0061":2}'],
    ["a key twice in an inner object", '[{"b":{"x":1,"y":2,"x":3}}]'],
    ["a key twice among many", `{${Array.from({ length: 30 }, (_, index) => `"k${index % 29}":0`).join(",")}}`],
    ["an empty key twice", '{"":1,"":2}'],
  ])("refuses what two readers take differently: %s", (_, text) => {
    expect(reads(text)).toBe(false);
  });

  test("many distinct keys are no duplicates", () => {
    check(
      `{${Array.from({ length: 30 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, index])),
    );
  });

  test.each([
    [[0x22, 0xff, 0x22]],
    [[0x22, 0x80, 0x22]],
    [[0x22, 0xc3, 0x22]],
    [[0x22, 0xc0, 0x80, 0x22]],
    [[0x22, 0xe0, 0x80, 0x80, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    [[0x22, 0xf0, 0x8f, 0x80, 0x80, 0x22]],
    [[0x22, 0xe2, 0x82, 0x22]],
    [[0x22, 0xf0, 0x9f, 0x98, 0x22]],
    [[0x22, 0xf8, 0x88, 0x80, 0x80, 0x80, 0x22]],
    [[0x22, 0xf0, 0x9f]],
    [[0xc3, 0xa9]],
    [[0x22, 0x5c, 0xc3, 0xa9, 0x22]],
  ])("refuses bytes that are not UTF-8: %j", (bytes) => {
    expect(reads(Uint8Array.from(bytes))).toBe(false);
  });

  test("finds members by their decoded name", () => {
    expect(reads('{"a\\u0062":1,"c":{"ab":2}}')).toBe(true);
    const root = core.debug_json_root();
    const key = core.debug_input() + 1000;
    new Uint8Array(core.memory.buffer).set([0x61, 0x62], key);
    const member = core.debug_json_member(root, key, 2);
    expect(valueOf(member)).toBe(1);
    expect(core.debug_json_member(root, key, 1)).toBe(0);
    expect(core.debug_json_member(member, key, 2)).toBe(0);
  });

  test("property: a generated value is read as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        check(text, JSON.parse(text) as Json);
      }),
      { numRuns: 300 },
    );
  });

  test("property: a damaged text is refused when JSON.parse refuses it", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom("", "}", "]", '"', ",", "\\", "1", "e", "\u0001"),
        (value, at, insert) => {
          const text = JSON.stringify(value);
          const place = at % (text.length + 1);
          const damaged = text.slice(0, place) + insert + text.slice(place + (insert === "" ? 1 : 0));
          let fine = true;
          try {
            JSON.parse(damaged);
          } catch {
            fine = false;
          }
          if (reads(damaged)) expect(fine).toBe(true);
          // What JSON.parse takes is refused only for lone surrogates and duplicate keys, which damage can make.
          else if (fine) expect(damaged).toMatch(/\\u[dD]|[{]/);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("hostile texts end", () => {
    const limit = 1 << 20;
    for (const text of [
      "[".repeat(limit),
      '{"a":'.repeat(limit / 5),
      "[".repeat(65) + "]".repeat(65),
      `"${"\\u0061".repeat(limit / 6 - 1)}`,
      "1".repeat(limit),
      `"${"a".repeat(limit - 1)}`,
      `[${"0,".repeat(limit / 2 - 2)}0]`,
      `{${Array.from({ length: 60_000 }, (_, index) => `"${index}":0`).join(",")},"7":0}`,
    ]) {
      expect(reads(text) && text[0] !== "1").toBe(false);
    }
    check(`${"[".repeat(64)}${"]".repeat(64)}`, JSON.parse(`${"[".repeat(64)}${"]".repeat(64)}`) as Json);
    check(`"${"a\\n".repeat(300_000)}"`, "a\n".repeat(300_000));
    expect(reads(`{${Array.from({ length: 60_000 }, (_, index) => `"${index}":0`).join(",")}}`)).toBe(true);
  });

  test("property: any bytes end without a trap", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        reads(bytes);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "\\u", "d800", "1", "null", " ", "é"), {
          maxLength: 400,
        }),
        (parts) => {
          reads(parts.join(""));
        },
      ),
      { numRuns: 300 },
    );
  });
});
