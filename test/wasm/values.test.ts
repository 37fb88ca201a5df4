// The core's questions about values against the reference evaluator's, and both against answers known from elsewhere.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Part, Patterns } from "../../compiler/ir/ir.ts";
import { matchValue } from "../../compiler/evaluate/matching.ts";
import { inNetwork } from "../../compiler/evaluate/networks.ts";
import { compareNumber } from "../../compiler/evaluate/numbers.ts";
import { partOf } from "../../compiler/evaluate/parts.ts";
import { covers, normalise, same, under } from "../../compiler/evaluate/paths.ts";
import { known } from "../../compiler/evaluate/values.ts";
import type { Value } from "../../compiler/evaluate/values.ts";
import { layoutNetworks, parseNetwork } from "../../compiler/wasm/networks.ts";
import { Core } from "./core.ts";

const core = new Core();
const RUNS = { numRuns: 300 };
const OPERATORS = ["<", "<=", ">", ">=", "="] as const;
const PARTS: readonly Part[] = ["name", "dir", "extension", "scheme", "host", "port", "path", "query"];

/** Texts that begin, end and collide in interesting ways, with holes. */
function textOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 7 }).map((parts) => parts.join(""));
}

function valueOf(text: fc.Arbitrary<string>): fc.Arbitrary<Value> {
  return fc
    .record({ texts: fc.array(text, { minLength: 1, maxLength: 3 }), perhapsNone: fc.boolean() })
    .map((parts) => ({ ...known(""), ...parts }));
}

const path = valueOf(textOf("/", "a", "b", "/a", "/b", "..", ".", "/..", "\xff", "\xfe", "\xfd", "/\xfd", "\x01/"));
const url = valueOf(
  textOf(
    "http://",
    "https://",
    "ssh://",
    "file:///",
    "mailto:",
    "Host.example",
    "user@",
    ":",
    "80",
    "8080",
    "/",
    "a",
    "/../",
    "%2e",
    "%61",
    "?",
    "#",
    "\\",
    ".",
    "[::1]",
    "0x7f.1",
    "\xff",
    "\xfe",
    " ",
  ),
);
const number = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("", "-", "+"),
      textOf("0", "1", "9", ".", "00", "123456789"),
      fc.constantFrom("", "e2", "E-3", "e+1", "e99999999999999"),
    )
    .map((parts) => parts.join("")),
  textOf("1", "\xff", "x", "-"),
);
const address = textOf(
  "10.",
  "0.",
  "1",
  "255",
  "256",
  "0x",
  "012",
  ".",
  "::",
  ":",
  "ffff",
  "fe80",
  "[",
  "]",
  "%eth0",
  "1.2.3.4",
  "\xfe",
);

const PATTERNS: readonly Patterns[] = [
  [{ kind: "glob", text: "/a/**" }],
  [
    { kind: "glob", text: "**/b" },
    { kind: "literal", text: "/a" },
  ],
  [{ kind: "glob", text: "*a?" }],
  [{ kind: "contains", text: "ab" }],
  [{ kind: "regex", source: "(/a|b)*", ignoreCase: false }],
  [{ kind: "regex", source: "[^/]*", ignoreCase: true }],
];

test("match as the reference does", () => {
  fc.assert(
    fc.property(path, fc.constantFrom(...PATTERNS), (value, patterns) => {
      core.reset();
      const dfa = core.data((data) => data.dfa(patterns));
      expect(core.call("match", core.value(value), dfa)).toBe(matchValue(value, patterns));
    }),
    RUNS,
  );
});

test("under, covers, same as the reference does", () => {
  fc.assert(
    fc.property(path, path, (left, right) => {
      core.reset();
      const [a, b] = [core.value(left), core.value(right)];
      expect(core.call("under", a, b)).toBe(under(left, right));
      expect(core.call("covers", a, b)).toBe(covers(left, right));
      expect(core.call("same", a, b)).toBe(same(left, right));
    }),
    RUNS,
  );
});

test("normalise as the reference does", () => {
  const directory = fc.constantFrom("/w", "/w/x", "/", "/\xff", "\x01/w", "/w/\xfd", "/w/a\xfe");
  const text = textOf("/", "a", "b", "..", "../", "./", ".\xfe", "...", "\xff", "\xfe", "\xfd", "\x01/");
  fc.assert(
    fc.property(directory, fc.nat(5), text, fc.boolean(), (at, bytes, relative, byText) => {
      core.reset();
      const trusted = Math.min(bytes, at.length);
      core.call("normalise", core.bytes(at), at.length, trusted, core.bytes(relative), relative.length, byText ? 1 : 0);
      const result = core.text(core.call("resultPointer"), core.call("resultLength"));
      expect({ path: result, trusted: core.call("resultTrusted") }).toEqual(
        normalise({ path: at, trusted }, relative, byText),
      );
    }),
    { numRuns: 1000 },
  );
});

test("compare as the reference does", () => {
  fc.assert(
    fc.property(
      valueOf(number),
      fc.constantFrom(...OPERATORS),
      fc.constantFrom("0", "1", "-10.5", "99", "0.001", "1e3"),
      (value, operator, bound) => {
        core.reset();
        const index = OPERATORS.indexOf(operator);
        expect(core.call("compare", core.value(value), index, core.bytes(bound), bound.length)).toBe(
          compareNumber(value, operator, bound),
        );
      },
    ),
    RUNS,
  );
});

test("compare as exact integers do", () => {
  const decimal = fc.tuple(fc.bigInt(-10_000_000n, 10_000_000n), fc.nat(6));
  const scaled = (digits: bigint, places: number): bigint => digits * 10n ** BigInt(6 - places);
  const written = (digits: bigint, places: number): string => {
    const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
    const point = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    return digits < 0n ? `-${point}` : point;
  };
  fc.assert(
    fc.property(decimal, decimal, ([a, aPlaces], [b, bPlaces]) => {
      core.reset();
      const [x, y] = [scaled(a, aPlaces), scaled(b, bPlaces)];
      const bound = written(b, bPlaces);
      const answers = OPERATORS.map(
        (_, index) =>
          core.call("compare", core.value(known(written(a, aPlaces))), index, core.bytes(bound), bound.length) === 2,
      );
      expect(answers).toEqual([x < y, x <= y, x > y, x >= y, x === y]);
    }),
    RUNS,
  );
});

test("inNetwork as the reference does", () => {
  const networks = ["10.0.0.0/8", "127.0.0.1", "fe80::/10", "::1/128", "0.0.0.0/1", "::ffff:1.2.3.4/120"];
  fc.assert(
    fc.property(valueOf(address), fc.subarray(networks), (value, chosen) => {
      core.reset();
      const table = core.data((data) => layoutNetworks(chosen, data));
      expect(core.call("inNetwork", core.value(value), table)).toBe(inNetwork(value, chosen));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["127.0.0.1", "127.0.0.0/8", 2],
  ["127.1", "127.0.0.0/8", 2],
  ["2130706433", "127.0.0.0/8", 2],
  ["0x7f000001", "127.0.0.0/8", 2],
  ["0177.0.0.1", "127.0.0.0/8", 2],
  ["128.0.0.1", "127.0.0.0/8", 0],
  ["10.255.255.255", "10.0.0.0/8", 2],
  ["11.0.0.0", "10.0.0.0/8", 0],
  ["172.31.255.255", "172.16.0.0/12", 2],
  ["172.32.0.0", "172.16.0.0/12", 0],
  ["256.0.0.1", "0.0.0.0/0", 0],
  ["1.2.3.4.5", "0.0.0.0/0", 0],
  ["::1", "::1/128", 2],
  ["0:0:0:0:0:0:0:1", "::1", 2],
  ["[fe80::1%eth0]", "fe80::/10", 2],
  ["fec0::1", "fe80::/10", 0],
  ["::ffff:10.0.0.1", "10.0.0.0/8", 2],
  ["2001:db8:::1", "::/0", 0],
  ["1:2:3:4:5:6:7:8:9", "::/0", 0],
  ["example.com", "0.0.0.0/0", 0],
  ["10.0.0.\xfe", "10.0.0.0/8", 1],
  ["", "0.0.0.0/0", 0],
])("%s in %s is %i", (text, network, answer) => {
  core.reset();
  expect(
    core.call(
      "inNetwork",
      core.value(known(text)),
      core.data((data) => layoutNetworks([network], data)),
    ),
  ).toBe(answer);
});

test.each(["10.0.0.0/33", "10.0.0/8", "::1/129", "1::2::3/8", "10.0.0.0/08", "x", ""])("%s is no network", (text) => {
  expect(parseNetwork(text)).toBe(null);
});

test.each(PARTS.map((part, index) => [part, index] as const))("%s as the reference does", (part, index) => {
  fc.assert(
    fc.property(index < 3 ? path : url, (value) => {
      core.reset();
      const expected = partOf(value, part);
      const shown = expected === null ? null : { texts: expected.texts, perhapsNone: expected.perhapsNone };
      expect(core.read(core.call("part", core.value(value), index))).toEqual(shown);
    }),
    RUNS,
  );
});

test("the parts of ordinary URLs as the WHATWG URL Standard splits them", () => {
  const host = fc.constantFrom("example.com", "API.Example.com", "10.0.0.1", "0x7f.1", "[::1]", "localhost");
  const segment = fc.constantFrom("a", "b", "..", ".", "c.d", "%7e", "");
  const parts = fc.record({
    scheme: fc.constantFrom("http", "https", "HTTPS"),
    user: fc.constantFrom("", "u@", "u:p@"),
    host,
    port: fc.constantFrom("", ":8080", ":81"),
    segments: fc.array(segment, { maxLength: 5 }),
    query: fc.constantFrom("", "?q", "?a=b&c", "#f", "?x#y"),
  });
  fc.assert(
    fc.property(parts, ({ scheme, user, host: name, port, segments, query }) => {
      const written = `${scheme}://${user}${name}${port}${segments.map((one) => `/${one}`).join("")}${query}`;
      const standard = new URL(written);
      core.reset();
      const value = core.value(known(written));
      const part = (which: Part): string => core.read(core.call("part", value, PARTS.indexOf(which)))?.texts[0] ?? "";
      expect({
        scheme: part("scheme"),
        host: part("host"),
        port: part("port"),
        path: part("path"),
        query: part("query"),
      }).toEqual({
        scheme: standard.protocol.slice(0, -1),
        host: standard.hostname.replace(/^\[|\]$/g, ""),
        port: standard.port || (standard.protocol === "http:" ? "80" : "443"),
        // Escapes of unreserved characters are decoded, as RFC 3986, section 6.2.2.2, has it; the standard keeps them.
        path: standard.pathname.replaceAll("%7e", "~"),
        query: standard.search.replace(/^\?/, ""),
      });
    }),
    RUNS,
  );
});
