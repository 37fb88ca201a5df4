// Generated policies: a small universe of programs with options in every syntax, and rules over what they do.

import fc from "fast-check";
import type {
  ArgIr,
  ClauseIr,
  CommandIr,
  Cond,
  GateIr,
  Operand,
  OptionIr,
  OptionSyntax,
  PolicyIr,
  PositionalItem,
  RuleIr,
  Tier,
  ToolIr,
  UsageIr,
  UsagePattern,
  VariableIr,
  Verdict,
} from "../../compiler/ir/ir.ts";
import {
  command,
  does,
  eachOf,
  EFFECTS,
  gate,
  globs,
  HERE,
  hole,
  literals,
  option,
  pattern,
  policy,
  rule,
  SPAN,
  usage,
} from "./ir-parts.ts";

/** Programs that every policy knows alike: what prints, what runs other programs, what changes where they run. */
export const WRAPPERS: readonly CommandIr[] = [
  command(
    ["cat"],
    [
      usage(
        ["files"],
        [pattern({ positionals: [{ kind: "one", hole: 0 }] })],
        [does("file.read", eachOf(0)), { kind: "prints", what: { kind: "from", origin: "file" } }],
      ),
    ],
    {
      otherwise: [{ kind: "prints", what: { kind: "stdin" } }],
    },
  ),
  command(
    ["echo"],
    [
      usage(
        ["words"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [{ kind: "nothing" }, { kind: "prints", what: { kind: "words", hole: 0, escapes: false, newline: true } }],
      ),
    ],
  ),
  command(["code"], [usage(["file"], [pattern({ positionals: [{ kind: "one", hole: 0 }] })], [codeFile()])], {
    otherwise: [{ kind: "nothing" }],
  }),
  command(
    ["edit"],
    [
      usage(
        ["file"],
        [pattern({ positionals: [{ kind: "one", hole: 0 }] })],
        [does("file.write", hole(0), { kind: "bool", value: true })],
      ),
    ],
  ),
  command(
    ["env"],
    [
      usage(
        ["argv"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [{ kind: "runsArgv", argv: 0, with: null, more: null, where: HERE }],
      ),
    ],
    {
      syntax: "posix",
      assignments: true,
      options: [option(["-i"]), option(["-u"], { value: "required", repeated: true })],
    },
  ),
  command(
    ["eval"],
    [
      usage(
        ["words"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [{ kind: "runsScript", script: { kind: "hole", hole: 0 }, language: "shell", args: null, where: HERE }],
      ),
    ],
    {
      syntax: "posix",
    },
  ),
  command(
    ["fetch"],
    [
      usage(
        ["url"],
        [pattern({ positionals: [{ kind: "one", hole: 0 }] })],
        [does("web.request", hole(0), null), { kind: "prints", what: { kind: "from", origin: "network" } }],
      ),
    ],
    {
      otherwise: [{ kind: "nothing" }],
    },
  ),
  command(
    ["find"],
    [
      usage(
        ["starts", "argv"],
        [
          pattern({
            options: [{ option: 2, value: null, hole: null, argv: { hole: 1, terminator: ";" } }],
            positionals: [{ kind: "rest", hole: 0 }],
          }),
        ],
        [{ kind: "runsArgv", argv: 1, with: { token: "{}", by: { under: 0 } }, more: null, where: HERE }],
      ),
      usage(
        ["starts"],
        [
          pattern({
            options: [{ option: 0, value: null, hole: null, argv: null }],
            positionals: [{ kind: "rest", hole: 0 }],
          }),
        ],
        [does("file.delete", eachOf(0), { kind: "bool", value: true })],
      ),
    ],
    {
      syntax: "find",
      otherwise: [{ kind: "nothing" }],
      options: [
        option(["-delete"]),
        option(["-name"], { value: "required" }),
        option(["-exec"], { value: "required", argv: true }),
      ],
    },
  ),
  command(
    ["inside"],
    [
      usage(
        ["argv"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [
          {
            kind: "runsArgv",
            argv: 0,
            with: null,
            more: null,
            where: { remote: false, directory: { kind: "option", option: 0 } },
          },
        ],
      ),
    ],
    {
      syntax: "posix",
      options: [option(["-C", "--directory"], { value: "required", type: "dir" })],
    },
  ),
  command(
    ["keep"],
    [
      usage(
        ["files"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [
          does("file.write", eachOf(0), { kind: "value", operand: { kind: "option", option: 0 } }),
          { kind: "prints", what: { kind: "stdin" } },
        ],
      ),
    ],
    { options: [option(["-a"])] },
  ),
  command(
    ["printf"],
    [
      usage(
        ["format", "args"],
        [
          pattern({
            positionals: [
              { kind: "one", hole: 0 },
              { kind: "rest", hole: 1 },
            ],
          }),
        ],
        [{ kind: "nothing" }, { kind: "prints", what: { kind: "format", format: 0, args: 1 } }],
      ),
    ],
    { syntax: "posix" },
  ),
  command(["ref"], [], { otherwise: [{ kind: "prints", what: { kind: "typed", type: "ref" } }] }),
  command(
    ["remote"],
    [
      usage(
        ["host", "words"],
        [
          pattern({
            positionals: [
              { kind: "one", hole: 0 },
              { kind: "rest", hole: 1 },
            ],
          }),
        ],
        [
          does("net.send", hole(0), null),
          {
            kind: "runsScript",
            script: { kind: "hole", hole: 1 },
            language: "shell",
            args: null,
            where: { remote: true, directory: null },
          },
        ],
      ),
    ],
    {
      syntax: "posix",
      otherwise: [{ kind: "nothing" }],
    },
  ),
  command(
    ["sh", "bash"],
    [
      usage(
        ["script", "args"],
        [
          pattern({
            options: [{ option: 0, value: null, hole: null, argv: null }],
            positionals: [
              { kind: "one", hole: 0 },
              { kind: "rest", hole: 1 },
            ],
          }),
        ],
        [{ kind: "runsScript", script: { kind: "hole", hole: 0 }, language: "shell", args: 1, where: HERE }],
      ),
      usage(
        ["file", "args"],
        [
          pattern({
            positionals: [
              { kind: "one", hole: 0 },
              { kind: "rest", hole: 1 },
            ],
          }),
        ],
        [{ kind: "runsFile", path: { kind: "hole", hole: 0 }, language: "shell", args: 1, where: HERE }],
        {
          without: [{ option: 0, values: null }],
        },
      ),
    ],
    {
      syntax: "posix",
      options: [option(["-c"]), option(["-e"]), option(["-x"])],
      otherwise: [{ kind: "runsStdin", language: "shell", where: HERE }],
    },
  ),
  command(
    ["wrap"],
    [
      usage(
        ["argv"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [{ kind: "runsArgv", argv: 0, with: null, more: null, where: HERE }],
      ),
    ],
    {
      syntax: "posix",
      options: [option(["-n"], { value: "required", type: "int" })],
    },
  ),
  command(
    ["xargs"],
    [
      usage(
        ["argv"],
        [
          pattern({
            options: [{ option: 0, value: null, hole: null, argv: null }],
            positionals: [{ kind: "rest", hole: 0 }],
          }),
        ],
        [{ kind: "runsArgv", argv: 0, with: { token: { option: 0 }, by: "stdin" }, more: null, where: HERE }],
      ),
      usage(
        ["argv"],
        [pattern({ positionals: [{ kind: "rest", hole: 0 }] })],
        [{ kind: "runsArgv", argv: 0, with: null, more: "stdin", where: HERE }],
        { without: [{ option: 0, values: null }] },
      ),
    ],
    { syntax: "posix", options: [option(["-I"], { value: "required" })] },
  ),
];

/** `code.run` of a file that a declaration names as code. */
function codeFile(): ClauseIr {
  const text = (of: string): ArgIr => ({ kind: "value", operand: { kind: "literal", text: of } });
  return does("code.run", text("other"), text("file"), hole(0), null);
}

/** The programs that are generated, and their words. */
export const PROGRAMS = ["aa", "bb", "cc"] as const;
export const WORDS = ["put", "get", "drop", "dry", "all"] as const;

const OPTIONS: Readonly<Record<OptionSyntax, readonly OptionIr[]>> = {
  gnu: [
    option(["-f", "--force"]),
    option(["-n", "--dry-run"]),
    option(["-o", "--output"], { value: "required", type: "path" }),
    option(["-l", "--log"], { value: "optional" }),
    option(["--format"], { value: "required" }),
    option(["-t"], { value: "required", repeated: true }),
  ],
  git: [
    option(["-f", "--force"]),
    option(["--dry-run"]),
    option(["-C"], { value: "required", type: "dir" }),
    option(["--force-with"], { value: "optional" }),
  ],
  posix: [option(["-f"]), option(["-u"], { value: "required" }), option(["--long"], { value: "required" })],
  go: [option(["-force"]), option(["-chdir"], { value: "required", type: "dir" }), option(["-f"])],
  find: [option(["-delete"]), option(["-name"], { value: "required" })],
  dd: [option(["if="], { value: "required", type: "path" }), option(["of="], { value: "required", type: "path" })],
  bundled: [
    option(["-x", "--extract"]),
    option(["-f", "--file"], { value: "required", type: "path" }),
    option(["-C"], { value: "required", type: "dir" }),
    option(["-v"]),
  ],
};

const syntax = fc.constantFrom<OptionSyntax>("gnu", "gnu", "git", "posix", "go", "find", "dd", "bundled");
const text = fc.constantFrom("/w", "/w/a", "/tmp", "a", "b", "x", "-f", "put");
const glob = fc.constantFrom("**", "/w/**", "/tmp/*", "a*", "*", "*.c", "[a-m]*", "{a,b}", "?");
const wordPatterns = fc.oneof(
  fc.constantFrom(...WORDS).map((word) => literals(word)),
  fc.subarray([...WORDS], { minLength: 2, maxLength: 3 }).map((words) => literals(...words)),
  fc.constantFrom("d*", "*t", "?et").map((one) => globs(one)),
);
const patterns = fc.oneof(
  text.map((one) => literals(one)),
  glob.map((one) => globs(one)),
  fc.constant([{ kind: "regex", source: "[a-p]+|/w/.*", ignoreCase: false }] as const),
  fc.constantFrom("a", "/").map((one) => [{ kind: "contains", text: one }] as const),
);

// ---- commands

const HOLES = ["one", "rest", "value"];

function pickOption(options: readonly OptionIr[]): fc.Arbitrary<number> {
  return fc.nat(options.length - 1);
}

function usagePattern(options: readonly OptionIr[]): fc.Arbitrary<UsagePattern> {
  const positionals = fc.oneof(
    fc.constant<readonly PositionalItem[]>([]),
    fc.constant<readonly PositionalItem[]>([{ kind: "one", hole: 0 }]),
    fc.constant<readonly PositionalItem[]>([{ kind: "rest", hole: 1 }]),
    fc.constant<readonly PositionalItem[]>([
      { kind: "rest", hole: 1 },
      { kind: "one", hole: 0 },
    ]),
    fc.constant<readonly PositionalItem[]>([
      { kind: "one", hole: 0 },
      { kind: "rest", hole: 1 },
    ]),
    wordPatterns.map((one): readonly PositionalItem[] => [{ kind: "word", patterns: one }]),
  );
  const required = pickOption(options).chain((index) => {
    const takesValue = options[index]?.value !== "none";
    const value = takesValue
      ? fc.oneof(
          fc.constant(null),
          patterns.map((one) => ({ kind: "patterns", patterns: one }) as const),
          fc.constant({ kind: "form", form: ["a=", { hole: 2 }] } as const),
        )
      : fc.constant(null);
    return fc.record({
      option: fc.constant(index),
      value,
      hole: fc.constant(takesValue ? 2 : null),
      argv: fc.constant(null),
    });
  });
  return fc.record({
    words: fc.array(wordPatterns, { maxLength: 2 }),
    options: fc.array(required, { maxLength: 2 }),
    positionals,
    form: fc.option(fc.constantFrom(["+", { hole: 2 }], [{ hole: 2 }, ":", { hole: 0 }], ["k=", { hole: 2 }, "!"]), {
      freq: 6,
    }),
    exactly: fc.boolean(),
  });
}

function operandOfUsage(options: readonly OptionIr[]): fc.Arbitrary<Operand> {
  return fc.oneof(
    fc.nat(2).map((index): Operand => ({ kind: "hole", hole: index })),
    pickOption(options).map((index): Operand => ({ kind: "option", option: index })),
    fc.constantFrom<Operand>(
      { kind: "literal", text: "a" },
      { kind: "action", key: "cwd" },
      { kind: "env", name: "SET" },
    ),
    fc.nat(2).map((index): Operand => ({ kind: "part", of: { kind: "hole", hole: index }, part: "name" })),
  );
}

function argument(options: readonly OptionIr[], isBool: boolean): fc.Arbitrary<ArgIr | null> {
  if (isBool) {
    return fc.oneof(
      fc.constant(null),
      fc.boolean().map((value): ArgIr => ({ kind: "bool", value })),
      pickOption(options).map((index): ArgIr => ({ kind: "value", operand: { kind: "option", option: index } })),
    );
  }
  return fc.oneof(
    { weight: 5, arbitrary: operandOfUsage(options).map((operand): ArgIr => ({ kind: "value", operand })) },
    { weight: 1, arbitrary: fc.constantFrom<ArgIr | null>(null, { kind: "none" }) },
  );
}

function doesClause(options: readonly OptionIr[]): fc.Arbitrary<ClauseIr> {
  return fc
    .constantFrom(...EFFECTS.filter((effect) => effect.name !== "code.run" && effect.name !== "tool.call"))
    .chain((effect) => {
      const args = fc.tuple(...effect.fields.map((field) => argument(options, field.type === "bool")));
      const each = fc.constantFrom<Operand>({ kind: "hole", hole: 1 }, { kind: "hole", hole: 2 });
      return fc.tuple(args, fc.option(each, { freq: 2 })).map(([given, operand]) => {
        const first: ArgIr | null = operand === null ? (given[0] ?? null) : { kind: "each", operand };
        return does(effect.name, first, ...given.slice(1));
      });
    });
}

function clause(options: readonly OptionIr[]): fc.Arbitrary<ClauseIr> {
  return fc.oneof(
    { weight: 8, arbitrary: doesClause(options) },
    { weight: 1, arbitrary: fc.constant<ClauseIr>({ kind: "nothing" }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<ClauseIr>(
        { kind: "prints", what: { kind: "typed", type: "path" } },
        { kind: "prints", what: { kind: "from", origin: "package" } },
        { kind: "prints", what: { kind: "stdin" } },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constant<ClauseIr>({ kind: "runsArgv", argv: 1, with: null, more: "unknown", where: HERE }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<ClauseIr>(
        { kind: "runsScript", script: { kind: "hole", hole: 2 }, language: "sql", args: null, where: HERE },
        { kind: "runsFile", path: { kind: "hole", hole: 0 }, language: "python", args: null, where: HERE },
      ),
    },
  );
}

function usageLine(options: readonly OptionIr[]): fc.Arbitrary<UsageIr> {
  const without = pickOption(options).chain((index) =>
    fc.record({
      option: fc.constant(index),
      values: options[index]?.value === "none" ? fc.constant(null) : fc.option(patterns),
    }),
  );
  return fc
    .record({
      patterns: fc.array(usagePattern(options), { minLength: 1, maxLength: 2 }),
      without: fc.array(without, { maxLength: 1 }),
      when: fc.option(usageCondition(options), { freq: 2 }),
      clauses: fc.array(clause(options), { minLength: 1, maxLength: 2 }),
    })
    .map(({ patterns: lines, clauses, ...more }) => usage(HOLES, lines, clauses, more));
}

function usageCondition(options: readonly OptionIr[]): fc.Arbitrary<Cond> {
  const subject = operandOfUsage(options);
  return fc.oneof(
    fc.record({ kind: fc.constant("match" as const), subject, patterns }),
    subject.map((operand): Cond => ({
      kind: "not",
      term: { kind: "match", subject: operand, patterns: literals("a") },
    })),
    subject.map((operand): Cond => ({ kind: "absent", subject: operand })),
    pickOption(options).map((index): Cond => ({ kind: "truth", subject: { kind: "option", option: index } })),
    subject.map((operand): Cond => ({ kind: "compare", subject: operand, operator: "<", number: "10" })),
  );
}

const otherwise = (options: readonly OptionIr[]): fc.Arbitrary<readonly ClauseIr[] | null> =>
  fc.oneof(
    fc.constant(null),
    fc.constant<readonly ClauseIr[]>([{ kind: "nothing" }]),
    doesClause(options).map((one) => [one]),
  );

/** One reading of one of the programs. */
const generatedCommand = syntax.chain((one) => {
  const options = OPTIONS[one];
  const subcommand = fc.record({
    words: fc.array(wordPatterns, { minLength: 1, maxLength: 2 }),
    directory: fc.constant(one === "git" ? 2 : null),
    syntax: fc.constant(one),
    options: fc.constant(one === "gnu" ? [option(["-q", "--quiet"]), ...options] : options),
    usages: fc.array(usageLine(options), { minLength: 1, maxLength: 2 }),
    otherwise: otherwise(options),
    span: fc.constant(SPAN),
  });
  return fc
    .record({
      usages: fc.array(usageLine(options), { minLength: 1, maxLength: 3 }),
      otherwise: otherwise(options),
      subcommands: fc.array(subcommand, { maxLength: 1 }),
      observer: fc.boolean().map((yes) => yes),
      assignments: fc.constant(false),
    })
    .map(({ usages, ...more }) => ({ usages, more: { ...more, syntax: one, options } }));
});

const commands = fc
  .tuple(generatedCommand, generatedCommand, fc.option(generatedCommand, { freq: 2 }))
  .map(([first, second, third]): readonly CommandIr[] => [
    ...WRAPPERS,
    command(["aa"], first.usages, { ...first.more, observer: false }),
    command(["bb", "BB"], second.usages, { ...second.more, observer: false }),
    ...(third === null ? [] : [command(["aa"], third.usages, third.more)]),
  ]);

// ---- rules

export const MARKS = ["m1", "m2"] as const;
const tier = fc.constantFrom<Tier>("safe", "sensitive", "commitment", "irreversible");

/** Effects whose rules look at the same fields. */
const FAMILIES = [
  { effects: ["file.delete", "file.read", "file.write"], values: ["path"], bools: [] },
  { effects: ["file.delete"], values: ["path"], bools: ["recursive"] },
  { effects: ["item.change", "item.destroy"], values: ["name"], bools: [] },
  { effects: ["item.change"], values: ["name", "amount"], bools: ["forced"] },
  { effects: ["code.run"], values: ["language", "source", "path", "text"], bools: [] },
  { effects: ["net.send"], values: ["host", "port"], bools: [] },
  { effects: ["process.exec"], values: ["program"], bools: [] },
  { effects: ["web.request"], values: ["url", "method"], bools: [] },
  { effects: ["tool.call"], values: ["name"], bools: [] },
] as const;

type Family = (typeof FAMILIES)[number];

function fieldOperand(family: Family): fc.Arbitrary<Operand> {
  const field = fc.constantFrom<string>(...family.values).map((name): Operand => ({ kind: "field", name }));
  return fc.oneof(
    { weight: 4, arbitrary: field },
    {
      weight: 1,
      arbitrary: fc
        .tuple(field, fc.constantFrom("name", "dir", "extension", "host", "scheme", "port", "path", "query"))
        .map(([of, part]): Operand => ({ kind: "part", of, part: part as "name" })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Operand>(
        { kind: "action", key: "agent" },
        { kind: "action", key: "tool" },
        { kind: "env", name: "SET" },
      ),
    },
  );
}

/** A condition without the session: it may stand under `not` and in `unless`. */
function plainCondition(family: Family, depth: number): fc.Arbitrary<Cond> {
  const subject = fieldOperand(family);
  const base = fc.constantFrom<Operand>(
    { kind: "action", key: "workspace" },
    { kind: "literals", texts: ["/tmp", "/w/a"] },
    { kind: "literal", text: "/w" },
    { kind: "action", key: "cwd" },
  );
  const simple: fc.Arbitrary<Cond>[] = [
    fc.record({ kind: fc.constant("match" as const), subject, patterns }),
    fc.tuple(subject, base).map(([operand, other]): Cond => ({ kind: "under", subject: operand, bases: [other] })),
    fc.tuple(subject, base).map(([operand, other]): Cond => ({ kind: "covers", subject: operand, targets: [other] })),
    fc.tuple(subject, base).map(([left, right]): Cond => ({ kind: "same", left, right })),
    subject.map((operand): Cond => ({ kind: "absent", subject: operand })),
    fc
      .tuple(
        subject,
        fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const, "=" as const),
        fc.constantFrom("10", "0", "-1.50", "2e1"),
      )
      .map(([operand, operator, number]): Cond => ({ kind: "compare", subject: operand, operator, number })),
    subject.map((operand): Cond => ({ kind: "inNetwork", subject: operand, networks: ["10.0.0.0/8", "::1/128"] })),
    subject.map((operand): Cond => ({
      kind: "match",
      subject: operand,
      patterns: [{ kind: "domain", text: "example.com" }],
    })),
    ...family.bools.map((name) => fc.constant<Cond>({ kind: "truth", subject: { kind: "field", name } })),
  ];
  if (family.effects.length === 1 && family.effects[0] === "item.change") {
    const list: Operand = { kind: "field", name: "words" };
    simple.push(
      fc
        .tuple(fc.constantFrom("some" as const, "every" as const), patterns, fc.boolean())
        .map(([kind, one, negated]): Cond => {
          const body: Cond = { kind: "match", subject: { kind: "element" }, patterns: one };
          return { kind, list, body: negated ? { kind: "not", term: body } : body };
        }),
      fc.constant<Cond>({ kind: "absent", subject: list }),
    );
  }
  if (depth === 0) return fc.oneof(...simple);
  const inner = plainCondition(family, depth - 1);
  return fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...simple) },
    { weight: 1, arbitrary: inner.map((term): Cond => ({ kind: "not", term })) },
    {
      weight: 1,
      arbitrary: fc.array(inner, { minLength: 1, maxLength: 2 }).map((terms): Cond => ({ kind: "all", terms })),
    },
    {
      weight: 1,
      arbitrary: fc.array(inner, { minLength: 1, maxLength: 2 }).map((terms): Cond => ({ kind: "any", terms })),
    },
  );
}

const sessionCondition = fc.oneof(
  fc.constantFrom(...MARKS).map((mark): Cond => ({ kind: "sessionHas", mark })),
  tier.map((atLeast): Cond => ({ kind: "sessionTier", atLeast })),
  fc
    .tuple(fc.constantFrom(...MARKS), fc.integer({ min: 1, max: 3 }))
    .map(([mark, atLeast]): Cond => ({ kind: "count", mark, atLeast })),
);

/** A condition that reads the session only where a greater one can but raise the answer. */
function condition(family: Family): fc.Arbitrary<Cond> {
  const plain = plainCondition(family, 1);
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: sessionCondition },
    { weight: 1, arbitrary: fc.tuple(plain, sessionCondition).map(([a, b]): Cond => ({ kind: "any", terms: [a, b] })) },
  );
}

/** A rule of this name. */
export function ruleNamed(name: string): fc.Arbitrary<RuleIr> {
  return fc.constantFrom<Family>(...FAMILIES).chain((family) =>
    fc
      .record({
        when: fc.array(condition(family), { maxLength: 2 }),
        unless: fc.array(plainCondition(family, 1), { maxLength: 1 }),
        raise: fc.option(tier, { freq: 4 }),
        deny: fc.boolean().chain((yes) => (yes ? fc.boolean() : fc.constant(false))),
        marks: fc.subarray([...MARKS], { maxLength: 1 }),
        ordinaryNames: fc.boolean(),
      })
      .map((more) => rule(name, family.effects, more)),
  );
}

// ---- gates, variables, tools

const LEVELS: readonly Verdict[] = ["allow", "require_approval", "deny"];

/** Verdicts that rise, and stop what is irreversible. */
const rising = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.integer({ min: 1, max: 2 }))
  .map((levels): GateIr["verdicts"] => {
    const sorted = [...levels].sort((a, b) => a - b);
    const at = (index: number): Verdict => LEVELS[sorted[index] ?? 2] ?? "deny";
    return [at(0), at(1), at(2), at(3)];
  });

/** A gate for everything (`when` empty), or for an agent or a tool. */
export const anyGate: fc.Arbitrary<GateIr> = fc
  .record({
    verdicts: rising,
    when: fc.oneof(
      fc.constant<readonly Cond[]>([]),
      fc.constantFrom<readonly Cond[]>(
        [{ kind: "match", subject: { kind: "action", key: "agent" }, patterns: globs("a*") }],
        [{ kind: "match", subject: { kind: "action", key: "tool" }, patterns: literals("T") }],
        [{ kind: "match", subject: { kind: "env", name: "SET" }, patterns: literals("a") }],
      ),
    ),
    malformed: fc.constantFrom<Verdict>("require_approval", "deny"),
    oversized: fc.constantFrom<Verdict>("require_approval", "deny"),
    approvalSeconds: fc.constantFrom(60, 600),
  })
  .map(({ verdicts, ...more }) => gate(verdicts, more));

const MAIN_GATE = gate(["allow", "allow", "allow", "require_approval"]);
const gates = fc.oneof(
  fc.constant<readonly GateIr[]>([]),
  fc.constant<readonly GateIr[]>([MAIN_GATE]),
  fc.array(anyGate, { maxLength: 1 }).map((more): readonly GateIr[] => [MAIN_GATE, ...more]),
);

export const VARIABLES: readonly VariableIr[] = [
  { names: ["HOME", "TMPDIR"], type: "path", hole: null, clauses: [], span: SPAN },
  { names: ["COUNT"], type: "int", hole: null, clauses: [], span: SPAN },
  {
    names: ["EDITOR"],
    type: "shell",
    hole: "script",
    clauses: [{ kind: "runsScript", script: { kind: "hole", hole: 0 }, language: "shell", args: null, where: HERE }],
    span: SPAN,
  },
  {
    names: ["AA_ARGS"],
    type: "words",
    hole: "args",
    clauses: [{ kind: "adds", program: "aa", afterWords: true }],
    span: SPAN,
  },
];

const inputCondition = fc.constantFrom<Cond>(
  { kind: "match", subject: { kind: "input", path: ["mode"], item: false }, patterns: literals("delete") },
  { kind: "truth", subject: { kind: "input", path: ["deep", "flag"], item: false } },
  { kind: "absent", subject: { kind: "input", path: ["path"], item: false } },
);

const toolClause = fc.constantFrom<ClauseIr>(
  does("file.write", { kind: "value", operand: { kind: "input", path: ["path"], item: false } }, null),
  does(
    "file.delete",
    { kind: "each", operand: { kind: "input", path: ["paths"], item: false } },
    { kind: "value", operand: { kind: "input", path: ["deep", "flag"], item: false } },
  ),
  does(
    "item.change",
    { kind: "value", operand: { kind: "action", key: "tool" } },
    { kind: "value", operand: { kind: "input", path: ["amount"], item: false } },
    { kind: "value", operand: { kind: "input", path: ["paths"], item: false } },
    null,
  ),
  {
    kind: "runsScript",
    script: { kind: "input", path: ["command"], item: false },
    language: "shell",
    args: null,
    where: HERE,
  },
  { kind: "nothing" },
);

const tool: fc.Arbitrary<ToolIr> = fc
  .record({
    names: fc.constantFrom(literals("T", "U"), globs("mcp__*"), literals("T")),
    first: toolClause,
    branches: fc.array(fc.record({ when: fc.option(inputCondition), clause: toolClause }), { maxLength: 2 }),
    loops: fc.boolean(),
    observer: fc.constant(false),
  })
  .map(({ names, first, branches, loops, observer }) => ({
    names,
    observer,
    span: SPAN,
    body: [
      { kind: "clause", clause: first },
      {
        kind: "choose",
        branches: branches.map(({ when, clause: inner }) => ({ when, body: [{ kind: "clause", clause: inner }] })),
      },
      ...(loops
        ? [
            {
              kind: "forEach",
              path: ["operations"],
              body: [
                {
                  kind: "clause",
                  clause: does(
                    "file.delete",
                    { kind: "value", operand: { kind: "input", path: ["path"], item: true } },
                    { kind: "value", operand: { kind: "input", path: ["recursive"], item: true } },
                  ),
                },
              ],
            } as const,
          ]
        : []),
    ],
  }));

/** A whole policy. Its first gate stops what is irreversible, as the checker demands of every policy. */
export const policies: fc.Arbitrary<PolicyIr> = fc
  .record({
    commands,
    rules: fc
      .array(fc.constant(null), { minLength: 1, maxLength: 4 })
      .chain((places) => fc.tuple(...places.map((_, index) => ruleNamed(`r${index}`)))),
    gates,
    tools: fc.array(tool, { maxLength: 2 }),
    unknownWordsMayBeOptions: fc.boolean(),
  })
  .map((parts) => policy({ ...parts, variables: VARIABLES, marks: [...MARKS] }));
