// Rules, marks, gates and the report, as compiled code.

import { expect, test } from "vitest";
import { compiled, decide, probe } from "./decide.ts";
import { field, gate, is, policy, PROBE, rule, SPAN } from "./policy-ir.ts";

const unknown = { text: {} };
const isA = is(field("text"), "a");

test("the floor of an effect holds without a rule", () => {
  const report = decide(compiled(policy({})), { tool: "other", cwd: "/w" });
  expect(report.effects).toEqual([
    { effect: "tool.call", certain: true, tier: "sensitive", fields: { name: ["other"] }, span: null },
  ]);
  expect(report.tier).toBe("sensitive");
});

test("a rule raises its effect and says why", () => {
  const because = [
    "",
    field("text"),
    ", ",
    field("flag"),
    ", ",
    field("list"),
    ", ",
    { kind: "action", key: "tool" },
  ] as const;
  const loaded = compiled(
    policy({
      tools: [PROBE],
      rules: [rule("r", ["probe.value"], { when: [isA], raise: "irreversible", because, instead: "ask\n" })],
    }),
  );
  expect(decide(loaded, probe({ text: "a", flag: true, list: ["x", "y"] })).rules).toEqual([
    {
      rule: "r",
      certain: true,
      effect: 0,
      raise: "irreversible",
      deny: false,
      reason: "a, yes, x, y, probe",
      instead: "ask\n",
    },
  ]);
  expect(decide(loaded, probe(unknown)).rules).toMatchObject([{ certain: false, reason: "…, no, , probe" }]);
  expect(decide(loaded, probe({ text: "b" }))).toMatchObject({ tier: "safe", verdict: "allow", rules: [] });
});

test("unless excuses on a certain yes alone", () => {
  const loaded = compiled(
    policy({ tools: [PROBE], rules: [rule("r", ["probe.value"], { unless: [isA], raise: "commitment" })] }),
  );
  expect(decide(loaded, probe({ text: "a" })).tier).toBe("safe");
  expect(decide(loaded, probe(unknown))).toMatchObject({ tier: "commitment", rules: [{ certain: false }] });
  expect(decide(loaded, probe({ text: "b" }))).toMatchObject({ tier: "commitment", rules: [{ certain: true }] });
});

test("deny denies certainly and asks when unsure", () => {
  const loaded = compiled(policy({ tools: [PROBE], rules: [rule("r", ["probe.value"], { when: [isA], deny: true })] }));
  expect(decide(loaded, probe({ text: "a" }))).toMatchObject({ tier: "safe", verdict: "deny" });
  expect(decide(loaded, probe(unknown))).toMatchObject({ tier: "safe", verdict: "require_approval" });
});

test("a rule on several kinds finds the fields of each", () => {
  const clause = (effect: string, count: number) => ({
    kind: "clause" as const,
    clause: {
      kind: "does" as const,
      effect,
      args: Array.from({ length: count }, (_, index) =>
        index === (effect === "code.run" ? 2 : 0)
          ? { kind: "value" as const, operand: { kind: "literal" as const, text: `/${effect}` } }
          : null,
      ),
      span: SPAN,
    },
  });
  const two = {
    names: [{ kind: "literal" as const, text: "two" }],
    body: [clause("file.delete", 2), clause("code.run", 4)],
    observer: false,
    span: SPAN,
  };
  const loaded = compiled(
    policy({
      tools: [two],
      rules: [
        rule("r", ["code.run", "file.delete"], {
          when: [is(field("path"), "/code.run", "/file.delete")],
          raise: "sensitive",
          because: [field("path")],
        }),
      ],
    }),
  );
  expect(decide(loaded, { tool: "two", cwd: "/w" }).rules.map(({ effect, reason }) => [effect, reason])).toEqual([
    [0, "/file.delete"],
    [1, "/code.run"],
  ]);
});

test("marks of an action are visible to its own rules until nothing changes", () => {
  const loaded = compiled(
    policy({
      tools: [PROBE],
      marks: ["one", "three", "two"],
      rules: [
        rule("a", ["probe.value"], { when: [{ kind: "sessionHas", mark: "two" }], marks: ["three"] }),
        rule("b", ["probe.value"], { when: [{ kind: "sessionHas", mark: "one" }], marks: ["two"] }),
        rule("c", ["probe.value"], { when: [isA], marks: ["one"] }),
        rule("d", ["probe.value"], { when: [{ kind: "sessionHas", mark: "three" }], raise: "irreversible" }),
      ],
    }),
  );
  expect(decide(loaded, probe({ text: "a" }))).toMatchObject({ tier: "irreversible" });
  expect(decide(loaded, probe({ text: "a" })).rules.map((one) => one.rule)).toEqual(["a", "b", "c", "d"]);
  expect(decide(loaded, probe({ text: "b" }))).toMatchObject({ tier: "safe", rules: [] });
});

test("counters rise once per effect and are read with this action's", () => {
  const each = {
    ...PROBE,
    names: [{ kind: "literal" as const, text: "each" }],
    body: [{ kind: "forEach" as const, path: ["texts"], body: PROBE.body }],
  };
  const loaded = compiled(
    policy({
      tools: [each, PROBE],
      marks: ["seen"],
      rules: [
        rule("again", ["probe.value"], { marks: ["seen"] }),
        rule("count", ["probe.value"], { marks: ["seen"] }),
        rule("many", ["probe.value"], { when: [{ kind: "count", mark: "seen", atLeast: 3 }], raise: "irreversible" }),
      ],
    }),
  );
  const session = loaded.newSession();
  expect(loaded.decide(probe({}), session).tier).toBe("safe");
  expect(loaded.decide(probe({}), session).tier).toBe("safe");
  expect(loaded.decide(probe({}), session).tier).toBe("irreversible");
  expect(loaded.decide({ tool: "each", input: { texts: [1, 2, 3] }, cwd: "/w" }).tier).toBe("irreversible");
  expect(loaded.decide({ tool: "each", input: { texts: [1, 2] }, cwd: "/w" }).tier).toBe("safe");
});

test("what cannot be read may be any effect", () => {
  const loaded = compiled(
    policy({
      rules: [
        rule("a", ["file.delete"], { raise: "irreversible", because: ["deletes ", field("path")] }),
        rule("b", ["net.send"], { when: [is(field("host"), "h")], deny: true }),
      ],
    }),
  );
  const report = decide(loaded, { argv: [], cwd: "/w" });
  expect(report.effects).toEqual([
    { effect: "*", certain: false, tier: "irreversible", fields: { why: [expect.any(String)] }, span: null },
  ]);
  expect(report).toMatchObject({
    verdict: "require_approval",
    rules: [{ rule: "a", certain: false, effect: 0, reason: "deletes …" }, { rule: "b" }],
  });
});

test("gates join and a maybe applies", () => {
  const agent = (name: string) => is({ kind: "action", key: "agent" }, name);
  const loaded = compiled(
    policy({
      tools: [PROBE],
      rules: [rule("r", ["probe.value"], { when: [isA], raise: "commitment" })],
      gates: [
        gate({}),
        gate({ when: [agent("strict")], verdicts: ["allow", "allow", "deny", "deny"], approvalSeconds: 60 }),
        gate({
          when: [is({ kind: "env", name: "STAGE" }, "prod")],
          verdicts: ["allow", "allow", "require_approval", "require_approval"],
          approvalSeconds: 300,
        }),
      ],
    }),
  );
  const action = probe({ text: "a" });
  expect(decide(loaded, { ...action, env: { STAGE: "dev" } })).toMatchObject({
    verdict: "allow",
    approvalSeconds: 600,
  });
  expect(decide(loaded, { ...action, env: { STAGE: "prod" } })).toMatchObject({
    verdict: "require_approval",
    approvalSeconds: 300,
  });
  expect(decide(loaded, { ...action, env: {} })).toMatchObject({ verdict: "require_approval", approvalSeconds: 300 });
  expect(decide(loaded, { ...action, agent: "strict", env: { STAGE: "dev" } })).toMatchObject({
    verdict: "deny",
    approvalSeconds: 60,
  });
});

test("malformed and oversized actions stop as the gates say", () => {
  const loaded = compiled(
    policy({ gates: [gate({ malformed: "deny" }), gate({ oversized: "deny", approvalSeconds: 5 })] }),
  );
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const text of [
    "",
    "{",
    "[]",
    "{}",
    '{"tool":"t"}',
    '{"tool":"t","cwd":"w"}',
    '{"tool":"t","cwd":"/w","x":1}',
    '{"tool":"t","tool":"u","cwd":"/w"}',
    '{"tool":1,"cwd":"/w"}',
  ]) {
    expect(loaded.decide(bytes(text)), text).toMatchObject({ tier: "irreversible", verdict: "deny", malformed: true });
  }
  expect(loaded.decide(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ malformed: true });
  expect(loaded.decide(new Uint8Array((1 << 20) + 1))).toMatchObject({
    tier: "irreversible",
    verdict: "deny",
    oversized: true,
    malformed: false,
  });
  expect(loaded.report()).toMatchObject({ oversized: true, effects: [], rules: [], approvalSeconds: 5 });
});

test("tools: choices, lists and names", () => {
  const says = (text: string) => ({
    kind: "clause" as const,
    clause: {
      kind: "does" as const,
      effect: "probe.value",
      args: [{ kind: "value" as const, operand: { kind: "literal" as const, text } }, null, null],
      span: SPAN,
    },
  });
  const input = (...path: string[]) => ({ kind: "input" as const, path, item: true });
  const loaded = compiled(
    policy({
      tools: [
        {
          names: [{ kind: "glob", text: "mcp__*" }],
          body: [
            {
              kind: "forEach",
              path: ["operations"],
              body: [
                {
                  kind: "choose",
                  branches: [
                    { when: is(input("type"), "delete"), body: [says("delete")] },
                    { when: is(input("type"), "write"), body: [says("write")] },
                    { when: null, body: [says("other")] },
                  ],
                },
              ],
            },
          ],
          observer: false,
          span: SPAN,
        },
      ],
    }),
  );
  const seen = (operations: unknown) =>
    decide(loaded, { tool: "mcp__files", input: { operations }, cwd: "/w" }).effects.map(({ fields, certain }) => [
      fields["text"]?.[0],
      certain,
    ]);
  expect(seen([{ type: "write" }, { type: "delete" }, {}])).toEqual([
    ["write", true],
    ["delete", true],
    ["other", true],
  ]);
  expect(seen([{ type: {} }])).toEqual([
    ["delete", false],
    ["write", false],
    ["other", true],
  ]);
  expect(seen("?")).toEqual([
    ["delete", false],
    ["write", false],
    ["other", false],
  ]);
  expect(seen([])).toEqual([]);
  expect(seen(undefined)).toEqual([]);
});

test("texts of the report are valid whatever the action holds", () => {
  const loaded = compiled(policy({ tools: [PROBE] }));
  const text = 'a"b\\c\u0000\u001f\u007f\u2028é\u{1f600}';
  expect(decide(loaded, probe({ text })).effects[0]?.fields["text"]).toEqual([text]);
  const long = "é".repeat(5000);
  expect(decide(loaded, probe({ text: long })).effects[0]?.fields["text"]).toEqual([`${"é".repeat(2048)}…`]);
});

test("a report that is too long says so and is still whole", () => {
  const each = { ...PROBE, body: [{ kind: "forEach" as const, path: ["texts"], body: PROBE.body }] };
  const loaded = compiled(
    policy({
      tools: [each],
      rules: [
        rule("r", ["probe.value"], {
          raise: "irreversible",
          because: ["\u0001".repeat(4000)],
          instead: "\u0002".repeat(4000),
        }),
      ],
    }),
  );
  const report = decide(loaded, probe({ texts: Array.from({ length: 4000 }, () => "x") }));
  expect(report).toMatchObject({ tier: "irreversible", cut: true });
  expect(report.rules.every(({ effect }) => effect < report.effects.length)).toBe(true);
});

test("rules that share an automaton fire as each would alone, in the policy's order", () => {
  const texts = ["a", "b", "c", "d", "e", "f"];
  const other = (text: string) => ({
    kind: "match" as const,
    subject: field("text"),
    patterns: [{ kind: "contains" as const, text }],
  });
  const rules = texts.flatMap((text, index) => [
    rule(`r${index}0`, ["probe.value"], {
      when: [{ kind: "any", terms: [is(field("text"), text, "all"), other(`${text}!`)] }],
      raise: "sensitive",
    }),
    rule(`r${index}1`, ["probe.value"], { unless: [is(field("text"), text)], raise: "sensitive" }),
    rule(`r${index}2`, ["probe.value"], {
      when: [{ kind: "all", terms: [{ kind: "truth", subject: field("flag") }, other(text)] }],
      raise: "sensitive",
    }),
  ]);
  const loaded = compiled(policy({ tools: [PROBE], rules }));
  const fired = (input: unknown) => decide(loaded, probe(input)).rules.map((one) => one.rule);
  const excused = (...but: readonly number[]) =>
    texts.flatMap((_, index) => (but.includes(index) ? [] : [`r${index}1`]));
  const inOrder = (...names: readonly string[]) => names.toSorted();
  expect(fired({ text: "c" })).toEqual(inOrder("r20", ...excused(2)));
  expect(fired({ text: "c", flag: true })).toEqual(inOrder("r20", "r22", ...excused(2)));
  expect(fired({ text: "b!e!", flag: true })).toEqual(inOrder("r10", "r12", "r40", "r42", ...excused()));
  expect(fired({ text: "all" })).toEqual(inOrder("r00", "r10", "r20", "r30", "r40", "r50", ...excused()));
  expect(fired({ text: {}, flag: true })).toEqual(rules.map((one) => one.name));
  expect(fired({ text: "z", flag: true })).toEqual(excused());
});
