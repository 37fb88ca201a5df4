// Actions that use up every arena: each gets a decision that stops, never a trap, and in bounded time.

import { expect, test } from "vitest";
import { compiled } from "./decide.ts";
import { field, input, is, policy, PROBE, rule } from "./policy-ir.ts";

const loaded = compiled(
  policy({
    tools: [
      PROBE,
      {
        ...PROBE,
        names: [{ kind: "literal", text: "run" }],
        body: [
          {
            kind: "clause",
            clause: {
              kind: "runsScript",
              script: input("command"),
              language: "shell",
              args: null,
              where: { remote: false, directory: null },
            },
          },
        ],
      },
    ],
    marks: ["m"],
    rules: [
      rule("a", ["process.exec"], {
        when: [is(field("program"), "rm")],
        raise: "irreversible",
        marks: ["m"],
        because: ["runs ", field("program")],
      }),
      rule("b", ["file.read", "file.write"], {
        when: [
          {
            kind: "under",
            subject: { kind: "part", of: field("path"), part: "dir" },
            bases: [{ kind: "env", name: "HOME" }],
          },
        ],
        raise: "sensitive",
        because: [{ kind: "part", of: field("path"), part: "name" }],
      }),
    ],
  }),
);

const scripts: readonly (readonly [string, string])[] = [
  ["brackets", "(".repeat(30_000)],
  ["substitutions", "$(".repeat(30_000)],
  ["backquotes", "`".repeat(30_001)],
  ["commands", "a;".repeat(32_000)],
  ["words", "a ".repeat(32_000)],
  ["redirections", ">a".repeat(20_000)],
  ["braces", "{a,b}".repeat(2_000)],
  ["assignments that double", "x=$x$x;".repeat(9_000)],
  ["assignments of long texts", `x=${"y".repeat(30_000)};${"z=$x$x;".repeat(4_000)}`],
  ["words of variables", `x=${"y".repeat(3_000)};echo ${"$x".repeat(20_000)}`],
  ["words of long variables", `x=${"y".repeat(3_000)};echo ${'"$x$x$x$x" '.repeat(4_000)}`],
  ["pipes", `${"a|".repeat(30_000)}a`],
  ["lists", `${"a&&".repeat(20_000)}a`],
  ["quotes", "'".repeat(65_001)],
  ["here-documents", "<<a ".repeat(9_000)],
  ["a long word", "a".repeat(65_000)],
  ["a text that is too long", "a".repeat(500_000)],
  ["directories", "cd a;".repeat(10_000)],
  ["conditions", "if ".repeat(20_000)],
  ["branches", `${"if a;then b;else ".repeat(39)}c${";fi".repeat(39)}`],
  ["paths", "cd a/..;ls>../b;".repeat(4_000)],
  ["functions", "f(){ a; };".repeat(6_000)],
  ["loops", "for i in a b c;do x=$i;done;".repeat(2_000)],
  ["globs", `ls ${"*/".repeat(20_000)}`],
];

test.each(scripts)("a script of %s", (_, command) => {
  const started = performance.now();
  const decision = loaded.decide({ command, cwd: "/w" });
  expect(decision.malformed).toBe(false);
  expect(!decision.limited || decision.tier === "irreversible").toBe(true);
  expect(loaded.report().tier).toBe(decision.tier);
  expect(loaded.decide({ tool: "run", input: { command }, cwd: "/w" }).tier).toBe(decision.tier);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test.each([
  ["nested lists", "[".repeat(10_000)],
  ["nested objects", '{"a":'.repeat(10_000)],
  ["a long list", `{"tool":"probe","cwd":"/w","input":{"list":[${"1,".repeat(30_000)}1]}}`],
  ["a long argument list", `{"argv":[${'"a",'.repeat(60_000)}"a"],"cwd":"/w"}`],
  [
    "many keys",
    `{"tool":"probe","cwd":"/w","input":{${Array.from({ length: 40_000 }, (_, index) => `"k${index}":0`).join()}}}`,
  ],
  ["many more", `{"tool":"probe","cwd":"/w","input":[${"[],".repeat(100_000)}0]}`],
  ["escapes", `{"tool":"probe","cwd":"/w","input":{"text":"${"\\u00e9".repeat(150_000)}"}}`],
])("an action of %s", (_, json) => {
  const decision = loaded.decide(new TextEncoder().encode(json));
  expect(!decision.malformed || decision.tier === "irreversible").toBe(true);
  expect(!decision.limited || decision.tier === "irreversible").toBe(true);
  expect(loaded.report().verdict).toBe(decision.verdict);
});

test("a decision after one that used up everything is as before", () => {
  const before = loaded.decide({ command: "ls", cwd: "/w" });
  for (const [, command] of scripts.slice(0, 8)) loaded.decide({ command, cwd: "/w" });
  expect(loaded.decide({ command: "ls", cwd: "/w" })).toEqual(before);
});
