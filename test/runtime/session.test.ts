// Sessions: they only grow, joining them is a least upper bound, another build carries marks over by name, and bytes
// that cannot be read are the largest session.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Session } from "../../runtime/index.ts";
import type { Policy, Report, Tier } from "../../runtime/index.ts";
import { compiled, probe } from "../wasm/decide.ts";
import { field, is, policy, PROBE, rule } from "../wasm/policy-ir.ts";

const MARKS = ["blue", "green", "red"];
const TIERS: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];

/** A policy that sets a mark for each color, and whose rules read every mark, count and the tier. */
function colors(marks: readonly string[]): Policy {
  return compiled(
    policy({
      tools: [PROBE],
      marks,
      rules: [
        ...marks.map((mark) => rule(`a_${mark}`, ["probe.value"], { when: [is(field("text"), mark)], marks: [mark] })),
        ...marks.map((mark) =>
          rule(`b_${mark}`, ["probe.value"], {
            when: [is(field("text"), "look"), { kind: "sessionHas", mark }],
            raise: "sensitive",
          }),
        ),
        ...marks.map((mark) =>
          rule(`c_${mark}`, ["probe.value"], {
            when: [is(field("text"), "look"), { kind: "count", mark, atLeast: 2 }],
            raise: "commitment",
          }),
        ),
        rule("d", ["probe.value"], {
          when: [is(field("text"), "look"), { kind: "sessionTier", atLeast: "irreversible" }],
          raise: "irreversible",
        }),
        rule("e", ["probe.value"], { when: [is(field("text"), "stop")], raise: "irreversible" }),
      ],
    }),
  );
}

const loaded = colors(MARKS);

/** Which rules fire for a look at the session, which is left as it was. */
function look(session: Session, at: Policy = loaded): Report {
  at.decide(probe({ text: "look" }), new Session(session.bytes));
  return at.report();
}

function seen(session: Session, at: Policy = loaded): readonly string[] {
  return look(session, at).rules.map((one) => one.rule);
}

function after(texts: readonly string[], session = loaded.newSession(), approved = false): Session {
  for (const text of texts) loaded.decide(probe({ text }), session, { approved });
  return session;
}

test("a fresh session has seen nothing", () => {
  expect(seen(loaded.newSession())).toEqual([]);
});

test("marks and counts stay", () => {
  expect(seen(after(["red", "look", "look"]))).toEqual(["b_red"]);
  expect(seen(after(["red", "red", "blue"]))).toEqual(["b_blue", "b_red", "c_red"]);
});

test("a decision that changes nothing keeps the bytes", () => {
  const session = after(["red", "look"]);
  const { bytes } = session;
  loaded.decide(probe({ text: "nothing" }), session);
  expect(session.bytes).toBe(bytes);
});

test("an action that is stopped leaves the session as it was; an approved one joins it", () => {
  const session = after(["stop"]);
  expect(look(session).session.before).toBe("safe");
  expect(look(after(["stop"], session, true)).session.before).toBe("irreversible");
  expect(seen(session)).toEqual(["d"]);
});

test("a session outlives its policy's instance", () => {
  const session = after(["red", "blue"]);
  loaded.decide(probe({ text: "green" }));
  const again = new Session(session.bytes.slice());
  expect(seen(again, colors(MARKS))).toEqual(["b_blue", "b_red"]);
});

test("sessions of one policy do not mix", () => {
  const [red, blue] = [loaded.newSession(), loaded.newSession()];
  for (const [session, text] of [
    [red, "red"],
    [blue, "blue"],
    [red, "look"],
    [blue, "look"],
    [red, "look"],
  ] as const) {
    loaded.decide(probe({ text }), session);
  }
  expect([seen(red), seen(blue)]).toEqual([["b_red"], ["b_blue"]]);
});

test("another build carries marks over by name, and back", () => {
  const other = colors(["amber", "red"]);
  const session = after(["red", "red", "blue", "look"]);
  expect(seen(session, other)).toEqual(["b_red", "c_red"]);
  other.decide(probe({ text: "amber" }), session);
  other.decide(probe({ text: "red" }), session);
  const back = new Session(session.bytes.slice());
  expect(seen(back)).toEqual(["b_blue", "b_red", "c_red"]);
  expect(seen(back, other)).toEqual(["b_amber", "b_red", "c_red"]);
});

const all = ["b_blue", "b_green", "b_red", "c_blue", "c_green", "c_red", "d"];
const broken = after(["red"]).bytes.slice();
broken[36] = 9;

test.each([
  ["none", new Uint8Array()],
  ["zeros", new Uint8Array(4096)],
  ["noise", Uint8Array.from({ length: 3000 }, (_, index) => (index * 37) & 255)],
  ["a cut one", after(["red"]).bytes.slice(0, 1000)],
  ["one without names", after(["red"]).bytes.slice(0, 2052)],
  ["one with an impossible tier", broken],
])("bytes that cannot be read are the largest session: %s", (_, bytes) => {
  const session = new Session(bytes);
  expect(seen(session)).toEqual(all);
  loaded.decide(probe({ text: "nothing" }), session);
  // And it stays so, in another build as well.
  expect(seen(new Session(session.bytes.slice()))).toEqual(all);
  expect(seen(session, colors(["amber"]))).toEqual(["b_amber", "c_amber", "d"]);
  expect(seen(loaded.join(loaded.newSession(), new Session(bytes)))).toEqual(all);
});

const texts = fc.array(fc.constantFrom("red", "green", "blue", "stop", "nothing"), { maxLength: 5 });
const session = texts.map((list) => after(list, loaded.newSession(), true));

/** What a look at the session gives, as numbers that must not fall. */
function size(of: Session): readonly number[] {
  const report = look(of);
  const rules = new Set(report.rules.map((one) => one.rule));
  return [
    TIERS.indexOf(report.session.before),
    TIERS.indexOf(report.tier),
    ...all.map((name) => (rules.has(name) ? 1 : 0)),
  ];
}

function isAtLeast(a: Session, b: Session): boolean {
  const least = size(b);
  return size(a).every((value, index) => (least[index] ?? 0) <= value);
}

test("law: a session only grows", () => {
  fc.assert(
    fc.property(session, texts, (before, list) => {
      const copy = new Session(before.bytes.slice());
      expect(isAtLeast(after(list, copy), before)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("law: a larger session never gives a smaller decision", () => {
  fc.assert(
    fc.property(session, session, fc.constantFrom("red", "stop", "look"), (a, b, text) => {
      const tier = (of: Session): number =>
        TIERS.indexOf(loaded.decide(probe({ text }), new Session(of.bytes.slice())).tier);
      const joined = loaded.join(a, b);
      expect(Math.max(tier(a), tier(b))).toBeLessThanOrEqual(tier(joined));
    }),
    { numRuns: 50 },
  );
});

test("law: a join is the least that is at least both, in any order", () => {
  fc.assert(
    fc.property(session, session, session, (a, b, c) => {
      const joined = loaded.join(a, b);
      expect(isAtLeast(joined, a) && isAtLeast(joined, b)).toBe(true);
      expect(loaded.join(b, a).bytes).toEqual(joined.bytes);
      expect(loaded.join(a, a).bytes).toEqual(a.bytes);
      expect(loaded.join(joined, c).bytes).toEqual(loaded.join(a, loaded.join(b, c)).bytes);
    }),
    { numRuns: 50 },
  );
});
