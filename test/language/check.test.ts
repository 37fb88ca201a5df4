// What names, files, constants and laws come to; the messages are in docs/diagnostics/ and test/golden/.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cond, PolicyIr } from "../../compiler/ir/ir.ts";
import { nearest } from "../../compiler/diagnostics/near.ts";
import { diagnosticsJson, renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import { print } from "../../compiler/syntax/print.ts";
import { arbitraryFile } from "./support/arbitrary-ast.ts";
import { check, codes } from "./support/mini-library.ts";

/** The IR of a policy without problems. */
function ir(text: string, files?: Readonly<Record<string, string>>, set?: Readonly<Record<string, string>>): PolicyIr {
  const { value, diagnostics, sources } = check(text, files, set);
  expect(renderDiagnostics(diagnostics, sources)).toBe("");
  if (value === null) throw new Error("a policy without problems has IR");
  return value;
}

/** The condition of a rule, on `http.request` unless it says otherwise. */
function condition(text: string, on = "http.request", before = ""): Cond | undefined {
  return ir(`policy p\n${before}\nrule r {\n  on ${on}\n  when ${text}\n  deny\n}\n`).rules.find(
    (rule) => rule.name === "r",
  )?.when[0];
}

function conditionCodes(text: string, on = "http.request"): readonly string[] {
  return codes(`policy p\nrule m {\n  on file.read\n  mark seen\n}\nrule r {\n  on ${on}\n  ${text}\n  deny\n}\n`);
}

describe("files", () => {
  test("a policy without a header has the name of its file", () => {
    expect(ir("use std\n").name).toBe("policy");
  });

  test("used files are read once, and only the entry's tests count", () => {
    const found = ir('policy p\nuse ./a\nuse ./b\ntest "own" {\n  `ls`  passes\n}\n', {
      "./a.pawl": 'use ./b\nlet a = b + ["x"]\ntest "other" {\n  `ls`  passes\n}\n',
      "./b.pawl": 'use ./a\nlet b = ["y"]\n',
    });
    expect(found.tests.map((one) => one.name)).toEqual(["own"]);
    expect(found.sources.slice(-3).map((source) => source.name)).toEqual(["policy.pawl", "./a.pawl", "./b.pawl"]);
  });

  test("an overlay has what its base has, and its gates join", () => {
    const found = ir("policy p extends base\nrule more {\n  on file.read\n  deny\n}\ngate {\n  safe  deny\n}\n", {
      "./base.pawl": "policy base\nuse std\nrule one {\n  on file.read\n  mark seen\n}\n",
    });
    expect(found.rules.map((rule) => rule.name)).toEqual(["deletes_far_away", "forces", "more", "one"]);
    expect(found.gates).toHaveLength(1);
  });

  test("effects are there without `use std`, the rest is not", () => {
    const found = ir("policy p\n");
    expect(found.effects.map((effect) => effect.name)).toContain("file.delete");
    expect([found.commands, found.rules, found.effects.filter((effect) => effect.name.startsWith("call."))]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test("`without` takes a rule with its observers", () => {
    const found = ir("policy p\nuse std without forces\n");
    expect(found.rules.map((rule) => rule.name)).toEqual(["deletes_far_away"]);
    expect(found.commands.filter((command) => command.observer)).toEqual([]);
    expect(found.effects.map((effect) => effect.name)).not.toContain("call.forces");
  });

  test("everything is sorted, so the order of declarations never matters", () => {
    const rules = ["b", "a", "c"].map((name) => `rule ${name} {\n  on file.read\n  mark m_${name}\n}\n`);
    const names = (texts: readonly string[]): unknown => {
      const found = ir(`policy p\n${texts.join("")}`);
      return [found.rules.map((rule) => rule.name), found.marks];
    };
    expect(names(rules)).toEqual(names(rules.toReversed()));
  });
});

describe("constants", () => {
  test("a policy may hide a constant of the standard library", () => {
    expect(condition("name(path) in regenerable", "file.delete", 'use std\nlet regenerable = ["mine"]')).toMatchObject({
      patterns: [{ kind: "literal", text: "mine" }],
    });
  });

  test.each([
    ["int", "7", "7"],
    ["decimal", "-1.50", "-1.50"],
    ["time", "2h", "7200"],
  ])("param of type %s", (type, given, wanted) => {
    const text = `policy p\nparam limit: ${type} = 5${type === "time" ? "m" : ""}\nrule r {\n  on net.send\n  when port > limit\n  deny\n}\n`;
    expect(ir(text, {}, { limit: given }).rules[0]?.when).toMatchObject([{ number: wanted }]);
    expect(codes(text, {}, { limit: "x" })).toEqual(["T310"]);
  });

  test("a list is set with commas, a bool by its word", () => {
    const found = ir(
      "policy p\nparam names: list text = []\nparam strict = false\nrule r {\n  on http.request\n  when method in names and strict\n  deny\n}\n",
      {},
      { names: "PUT, DELETE", strict: "true" },
    );
    expect(found.rules[0]?.when).toMatchObject([
      { kind: "all", terms: [{ patterns: [{ text: "PUT" }, { text: "DELETE" }] }, { kind: "all", terms: [] }] },
    ]);
  });
});

describe("operators", () => {
  test.each([
    ["method is 5", { kind: "match", patterns: [{ kind: "literal", text: "5" }] }],
    ["not method is none", { kind: "not", term: { kind: "absent" } }],
    ['method is ["a", "b"]', { kind: "match", patterns: [{ text: "a" }, { text: "b" }] }],
    ["method is agent", { kind: "same", right: { kind: "action", key: "agent" } }],
    ['method like ["a", "b*"]', { patterns: [{ kind: "literal" }, { kind: "glob" }] }],
    [
      "method in headers",
      { kind: "some", list: { name: "headers" }, body: { kind: "same", right: { kind: "element" } } },
    ],
    ['every headers contains "x"', { kind: "every", body: { patterns: [{ kind: "contains" }] } }],
    [
      'url within ["*.Example.com"]',
      { subject: { kind: "part", part: "host" }, patterns: [{ kind: "domain", text: "example.com" }] },
    ],
    ['url in "10.0.0.0/8"', { kind: "inNetwork", networks: ["10.0.0.0/8"] }],
    ['url.host in ["::1"]', { kind: "inNetwork", networks: ["::1/128"] }],
    ['env.HOME is "/root"', { subject: { kind: "env", name: "HOME" } }],
    ['state of "x" contains "y"', { subject: { kind: "evidence", evidence: "state" } }],
    ["session.tier > irreversible", { kind: "any", terms: [] }],
  ])("%s", (text, wanted) => {
    expect(condition(text)).toMatchObject(wanted);
  });

  test.each([
    ["a date", 'at >= "1970-01-02"', "86400"],
    ["a duration", "at < 2m", "120"],
  ])("time compared with %s", (_, text, number) => {
    expect(condition(text, "clock.read", "effect clock.read (at: time)")).toMatchObject({ number });
  });

  test.each([
    ['when headers is "x"', ["T301"]],
    ['when method under "/x"', ["T301"]],
    ["when method is true", ["T304"]],
    ["when method like 5 or method like none", ["T304"]],
    ['when session has seen and method is "a"', []],
    ['when not (session has seen and method is "a")', ["L401"]],
    ["when session has seen or count(seen) > 3", []],
    ["unless count(seen) >= 3", ["L401"]],
    ["when session.tier is commitment", ["L402"]],
    ["when session.tier >= high", ["N205"]],
  ])("%s", (line, wanted) => {
    expect(conditionCodes(line)).toEqual(wanted);
  });

  test("a pattern on a path that never matches is a warning, and the policy compiles", () => {
    const { value, diagnostics } = check('policy p\nrule r {\n  on file.read\n  when path like "src/*"\n  deny\n}\n');
    expect([value === null, diagnostics.map(({ code, severity }) => [code, severity])]).toEqual([
      false,
      [["T327", "warning"]],
    ]);
  });
});

describe("gates", () => {
  test.each([
    [
      "gate {\n  commitment require approval for 1h\n}",
      [["allow", "allow", "require_approval", "require_approval", 3600]],
    ],
    [
      'gate for tool "x" {\n  sensitive deny\n}',
      [
        ["allow", "allow", "allow", "require_approval", 600],
        ["allow", "deny", "deny", "deny", 600],
      ],
    ],
    [
      'gate {\n  irreversible require approval for 1h\n}\ngate for agent "x" {\n  commitment require approval\n}',
      [
        ["allow", "allow", "allow", "require_approval", 3600],
        ["allow", "allow", "require_approval", "require_approval", 3600],
      ],
    ],
    [
      'gate for agent "x" {\n  safe allow\n}',
      [
        ["allow", "allow", "allow", "require_approval", 600],
        ["allow", "allow", "allow", "require_approval", 600],
      ],
    ],
  ])("%s", (text, wanted) => {
    expect(ir(`policy p\n${text}\n`).gates.map((gate) => [...gate.verdicts, gate.approvalSeconds])).toEqual(wanted);
  });

  test("a gate that always applies must stop what is irreversible", () => {
    expect(codes("policy p\ngate {\n  safe allow\n}\n")).toEqual(["L403"]);
    expect(codes('policy p\ngate for agent "x" {\n  irreversible allow\n}\n')).toEqual(["L403"]);
  });

  test("the session cannot decide whether a gate applies", () => {
    expect(
      codes("policy p\nrule r {\n  on file.read\n  mark m\n}\ngate for session has m {\n  safe deny\n}\n"),
    ).toEqual(["L401"]);
  });
});

describe("effects", () => {
  test("two floors join, whatever their order", () => {
    const floor = (text: string): unknown =>
      ir(`policy p\n${text}`).effects.find((effect) => effect.name === "a.b")?.floor;
    expect(floor("effect a.b floor irreversible\neffect a.b (x: text) floor sensitive\n")).toBe("irreversible");
    expect(floor("effect a.b (x: text) floor sensitive\neffect a.b\n")).toBe("sensitive");
  });
});

describe("diagnostics", () => {
  test("JSON has lines and columns", () => {
    const { diagnostics, sources } = check("policy p\n\nrule r {\n  on file.delet\n  deny\n}\n");
    expect(diagnosticsJson(diagnostics, sources)).toEqual([
      {
        code: "N201",
        severity: "error",
        message: "there is no effect `file.delet`",
        place: {
          file: "policy.pawl",
          start: { line: 4, column: 6, offset: 24 },
          end: { line: 4, column: 16, offset: 34 },
        },
        related: [],
        help: "did you mean `file.delete`?",
      },
    ]);
  });

  test("colour changes nothing but escape sequences", () => {
    const { diagnostics, sources } = check("policy p\nlet a = 1\nlet a = 2\n");
    const colored = renderDiagnostics(diagnostics, sources, { color: true });
    // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for.
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(renderDiagnostics(diagnostics, sources));
  });

  test.each([
    ["methd", ["method", "path"], "method"],
    ["ab", ["ba", "a"], null],
    ["recusrive", ["recursive"], "recursive"],
    ["xyz", ["abc"], null],
  ])("the word nearest to %s", (word, candidates, wanted) => {
    expect(nearest(word, candidates)).toBe(wanted);
  });
});

test("no policy makes the checker throw", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const { value, diagnostics } = check(print(file), { "./base.pawl": "policy base\n" });
      expect(value !== null || diagnostics.some((diagnostic) => diagnostic.severity === "error")).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["brackets", (count: number) => `let a = ${"[".repeat(count)}${"]".repeat(count)}\n`],
  [
    "parentheses",
    (count: number) =>
      `rule r {\n  on file.read\n  when ${"(".repeat(count)}path is none${")".repeat(count)}\n  deny\n}\n`,
  ],
  ["`not`", (count: number) => `rule r {\n  on file.read\n  when ${"not ".repeat(count)}path is none\n  deny\n}\n`],
  ["groups", (count: number) => `command x {\n  \`${"(".repeat(count)}a${")".repeat(count)}\`  does nothing\n}\n`],
  [
    "`state of`",
    (count: number) => `rule r {\n  on file.read\n  when ${"state of ".repeat(count)}path is none\n  deny\n}\n`,
  ],
])("%s nest as deep as the limit, and a thousand times deeper is an error", (_, text) => {
  expect(codes(text(60))).toEqual([]);
  expect(codes(text(60_000))).toEqual(["S104"]);
});

test("brackets in commands of tests are not counted", () => {
  expect(codes(`test "t" {\n${"  `echo \\\\(`  passes\n".repeat(100)}}\n`)).toEqual([]);
});

test("no text makes the reader throw", () => {
  const piece = fc.constantFrom(
    "rule r {",
    "}",
    "\n",
    '"',
    "`",
    "on ",
    "file.",
    "when ",
    "(",
    "not ",
    "/",
    "<a...>",
    "test ",
    "let a = ",
    "[",
    "//",
    "\\",
    "é",
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      check(pieces.join(""));
    }),
    { numRuns: 150 },
  );
});
