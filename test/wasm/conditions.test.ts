// What each kind of condition answers, as compiled code, for effects with known, unknown and missing fields.

import { expect, test } from "vitest";
import type { Cond, Operand } from "../../compiler/ir/ir.ts";
import { answers } from "./decide.ts";
import { field, is } from "./policy-ir.ts";

const text = field("text");
const flag: Cond = { kind: "truth", subject: field("flag") };
const list = field("list");
const UNKNOWN = { text: {}, flag: "?", list: {} };
const element: Operand = { kind: "element" };
const isA = is(text, "a");
const all = (...terms: readonly Cond[]): Cond => ({ kind: "all", terms });
const any = (...terms: readonly Cond[]): Cond => ({ kind: "any", terms });
const not = (term: Cond): Cond => ({ kind: "not", term });
const some = (body: Cond): Cond => ({ kind: "some", list, body });
const every = (body: Cond): Cond => ({ kind: "every", list, body });
const literal = (value: string): Operand => ({ kind: "literal", text: value });
const literals = (...texts: readonly string[]): Operand => ({ kind: "literals", texts });

const cases: readonly (readonly [string, Cond, unknown, string])[] = [
  ["a match", isA, { text: "a" }, "yes"],
  ["a match of another text", isA, { text: "b" }, "no"],
  ["a match of an unknown text", isA, UNKNOWN, "maybe"],
  ["a match of none", isA, {}, "no"],
  ["a number as its text", is(text, "1.50"), { text: 1.5 }, "no"],
  ["one of several", is(text, "x", "a"), { text: "a" }, "yes"],

  ["not yes", not(isA), { text: "a" }, "no"],
  ["not maybe", not(isA), UNKNOWN, "maybe"],
  ["not no", not(isA), { text: "b" }, "yes"],

  ["all of nothing", all(), {}, "yes"],
  ["any of nothing", any(), {}, "no"],
  ["all: yes and no", all(isA, flag), { text: "a", flag: false }, "no"],
  ["all: no and maybe", all(isA, flag), { text: "b", flag: "?" }, "no"],
  ["all: maybe and yes", all(isA, flag), { text: {}, flag: true }, "maybe"],
  ["all: yes and yes", all(isA, flag), { text: "a", flag: true }, "yes"],
  ["any: no and maybe", any(isA, flag), { text: "b", flag: "?" }, "maybe"],
  ["any: maybe and yes", any(isA, flag), { text: {}, flag: true }, "yes"],
  ["any: no and no", any(isA, flag), { text: "b", flag: false }, "no"],
  ["three terms", all(isA, any(flag, isA), not(flag)), { text: "a", flag: false }, "yes"],

  ["truth of a missing bool", flag, {}, "no"],
  ["truth of true", flag, { flag: true }, "yes"],
  ["truth of an unknown bool", flag, UNKNOWN, "maybe"],
  ["truth of a text", { kind: "truth", subject: text }, { text: "true" }, "yes"],
  ["truth of another text", { kind: "truth", subject: text }, { text: "yes" }, "no"],

  ["none is absent", { kind: "absent", subject: text }, {}, "yes"],
  ["null is absent", { kind: "absent", subject: text }, { text: null }, "yes"],
  ["the empty text is not", { kind: "absent", subject: text }, { text: "" }, "no"],
  ["a bool that is no", { kind: "absent", subject: field("flag") }, {}, "yes"],
  ["an empty list", { kind: "absent", subject: list }, { list: [] }, "yes"],
  ["a list", { kind: "absent", subject: list }, { list: ["a"] }, "no"],

  ["under", { kind: "under", subject: text, bases: [literal("/w")] }, { text: "/w/a" }, "yes"],
  ["under, the base itself", { kind: "under", subject: text, bases: [literal("/w")] }, { text: "/w" }, "no"],
  [
    "under one of several",
    { kind: "under", subject: text, bases: [literals("/x", "/y"), literal("/w")] },
    { text: "/y/a" },
    "yes",
  ],
  [
    "under none of several",
    { kind: "under", subject: text, bases: [literals("/x", "/y"), literal("/w")] },
    { text: "/z/a" },
    "no",
  ],
  ["under, unknown", { kind: "under", subject: text, bases: [literal("/w")] }, UNKNOWN, "maybe"],
  [
    "under the workspace",
    { kind: "under", subject: text, bases: [{ kind: "action", key: "workspace" }] },
    { text: "/w/a" },
    "yes",
  ],
  [
    "under a variable",
    { kind: "under", subject: text, bases: [{ kind: "env", name: "HOME" }] },
    { text: "/home/t/.ssh" },
    "yes",
  ],
  [
    "under a variable that nobody gave",
    { kind: "under", subject: text, bases: [{ kind: "env", name: "OTHER" }] },
    { text: "/home/t" },
    "maybe",
  ],
  ["covers", { kind: "covers", subject: text, targets: [literal("/w/.git/config")] }, { text: "/w/.git" }, "yes"],
  [
    "covers, something else",
    { kind: "covers", subject: text, targets: [literal("/w/.git/config")] },
    { text: "/w/.github" },
    "no",
  ],

  ["same as a literal", { kind: "same", left: text, right: literal("a") }, { text: "a" }, "yes"],
  ["same as one of several", { kind: "same", left: text, right: literals("b", "a") }, { text: "a" }, "yes"],
  [
    "same as the agent",
    { kind: "same", left: text, right: { kind: "action", key: "agent" } },
    { text: "tester" },
    "yes",
  ],

  ["a part", is({ kind: "part", of: text, part: "name" }, "c"), { text: "/a/b/c" }, "yes"],
  [
    "a part of a part",
    is({ kind: "part", of: { kind: "part", of: text, part: "dir" }, part: "name" }, "b"),
    { text: "/a/b/c" },
    "yes",
  ],
  [
    "a part on both sides",
    { kind: "same", left: { kind: "part", of: text, part: "name" }, right: { kind: "part", of: text, part: "dir" } },
    { text: "x/x" },
    "yes",
  ],
  [
    "a host in a network",
    { kind: "inNetwork", subject: { kind: "part", of: text, part: "host" }, networks: ["10.0.0.0/8"] },
    { text: "http://10.1.2.3/x" },
    "yes",
  ],
  [
    "a port",
    { kind: "compare", subject: { kind: "part", of: text, part: "port" }, operator: "<", number: "1024" },
    { text: "https://h/" },
    "yes",
  ],
  ["a number", { kind: "compare", subject: text, operator: ">=", number: "100" }, { text: 99.99 }, "no"],
  [
    "a number with an exponent",
    { kind: "compare", subject: text, operator: ">", number: "1000" },
    { text: 1e21 },
    "yes",
  ],
  ["a word as a number", { kind: "compare", subject: text, operator: ">", number: "1" }, { text: "many" }, "no"],

  ["some of an empty list", some(is(element, "a")), { list: [] }, "no"],
  ["some of a missing list", some(is(element, "a")), {}, "no"],
  ["some", some(is(element, "a")), { list: ["b", "a"] }, "yes"],
  ["some, none of them", some(is(element, "a")), { list: ["b", "c"] }, "no"],
  ["some, one unknown", some(is(element, "a")), { list: ["b", {}] }, "maybe"],
  ["some of an unknown list", some(is(element, "a")), { list: {} }, "maybe"],
  ["every of an empty list", every(is(element, "a")), { list: [] }, "no"],
  ["every", every(is(element, "a", "b")), { list: ["b", "a"] }, "yes"],
  ["every, not all of them", every(is(element, "a")), { list: ["a", "b"] }, "no"],
  ["every, one unknown", every(is(element, "a")), { list: ["a", {}] }, "maybe"],
  ["a quantifier in another", some(every(is(element, "a"))), { list: ["a", "a"] }, "yes"],
  [
    "a field inside a quantifier",
    some({ kind: "same", left: element, right: text }),
    { text: "b", list: ["a", "b"] },
    "yes",
  ],
];

const answer = answers(cases.map(([, cond]) => cond));

test.each(cases.map((one, index) => [one[0], index, one[2], one[3]] as const))("%s", (_, index, input, expected) => {
  expect(answer(index, input)).toBe(expected);
});
