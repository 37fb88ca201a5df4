// Generated actions: shell scripts over the programs of the generated policies, argument lists, tool calls.
//
// The variables U1 and U2 are never assigned and never in the environment: they are what is unknown.

import fc from "fast-check";
import type { Action } from "../../runtime/types.ts";
import { PROGRAMS, WORDS } from "./policies.ts";

const PLAIN = [
  ...WORDS,
  "a",
  "b",
  "x",
  "-f",
  "--force",
  "--forc",
  "--fo",
  "-n",
  "--dry-run",
  "--no-force",
  "-fn",
  "-o",
  "-oa",
  "--output=a",
  "--output",
  "--log",
  "--log=x",
  "-l",
  "-C",
  "-t",
  "-force",
  "-force=false",
  "-chdir=/tmp",
  "-delete",
  "-name",
  "if=/w/a",
  "of=b",
  "xf",
  "xfC",
  "--",
  "-",
  "-z",
  "--zz",
  "--zz=1",
  "k=v!",
  "+x",
  "a:b",
  "a=1",
  "5",
  "10",
  "/tmp/a",
  "/w/a",
  "../b",
  "./a/../b",
  "..",
  "a/./b",
  "/w/",
  "http://example.com/x?q",
  "10.1.2.3",
  "{}",
  ";",
  "+",
];

/** A word that holds nothing unknown. */
export const knownWord: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PLAIN.filter((word) => !/[;{}]/.test(word))) },
  { weight: 1, arbitrary: fc.constantFrom("'a b'", '"put"', "p'u't", "\\put", "''", "$'a\\n'", "'{}'", "';'", "\\;") },
  { weight: 1, arbitrary: fc.constantFrom("{put,get}", "{a,b}x", "{1..3}", "x{,y}") },
);

const openWord = fc.constantFrom(
  "$U1",
  '"$U1"',
  '"a$U1"',
  "-$U2",
  '"-$U1"',
  '"--$U1"',
  '"--out$U1"',
  "--output=$U1",
  '"/tmp/$U1"',
  "/w/$U2/c",
  "*",
  "/tmp/*",
  "a*.c",
  "**",
  "-*",
  "[ab]c",
  "~",
  "~/a",
  "~root",
  "$V",
  '"$V"',
  "${V}x",
  "$V/b",
  "$HOME/x",
  '"$TMPDIR/a"',
  "$COUNT",
  "a$COUNT",
  "${U1:-put}",
  "${V:-get}",
  "${V:+x}",
  "${#V}",
  "${V%.c}",
  '"${U1-a}"',
  "$1",
  '"$@"',
  "$*",
  "$0",
  "$?",
  "$PWD",
  "$((1+2))",
  "$(ref)",
  '"$(ref)"',
  '"+$(ref)"',
  "$SET",
  "${SET:-put}",
);

const SHALLOW = { depthSize: "small", withCrossShrink: true } as const;

interface Scripts {
  readonly word: string;
  readonly simple: string;
  readonly statement: string;
  readonly script: string;
}

const { script, word } = fc.letrec<Scripts>((tie: fc.LetrecTypedTie<Scripts>) => ({
  word: fc.oneof(
    SHALLOW,
    { weight: 9, arbitrary: knownWord },
    { weight: 5, arbitrary: openWord },
    { weight: 1, arbitrary: tie("simple").map((inner) => `$(${inner})`) },
    { weight: 1, arbitrary: tie("simple").map((inner) => `"$(${inner})"`) },
    { weight: 1, arbitrary: tie("simple").map((inner) => `<(${inner})`) },
  ),
  simple: fc
    .tuple(
      fc.oneof(
        { weight: 12, arbitrary: fc.constant("") },
        { weight: 1, arbitrary: fc.constantFrom("V=put ", "IFS=: ", "EDITOR='aa get' ", "AA_ARGS=-f ", "SET=b ") },
      ),
      fc.oneof(
        { weight: 10, arbitrary: fc.constantFrom(...PROGRAMS, "aa", "bb") },
        {
          weight: 5,
          arbitrary: fc.constantFrom(
            "echo",
            "cat",
            "wrap aa",
            "wrap -n 5 bb",
            "env A=1 aa",
            "env -u x bb",
            "xargs aa",
            "xargs -I % aa %",
            "find /w -exec aa",
            "inside -C /tmp aa",
            "remote h aa",
            "fetch",
            "printf %s",
            "eval",
            "sh -c",
            "bash -ec",
            "sh",
            "sh /w/s.sh",
          ),
        },
        {
          weight: 2,
          arbitrary: fc.constantFrom(
            "/usr/bin/aa",
            "./aa",
            "BB",
            "aa.exe",
            "nothing",
            "$V",
            "$U1",
            '"a"a',
            "cd",
            "set --",
            "export V=put",
            "export",
            "read V",
            "unset V",
            "shift",
            "f",
            "$(echo aa)",
          ),
        },
      ),
      fc.array(tie("word"), { maxLength: 4 }),
      fc.oneof(
        { weight: 8, arbitrary: fc.constant("") },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "> a",
            ">> /tmp/o",
            "2>&1",
            "> /dev/null",
            "< b",
            "&> x",
            "<<< put",
            '<<< "$U1"',
            "< /dev/tcp/h/80",
            "2> err",
            "> $U1",
            '> "$V"',
          ),
        },
      ),
    )
    .map(([before, program, words, redirect]) =>
      [`${before}${program}`, ...words, redirect].filter((part) => part !== "").join(" "),
    ),
  statement: fc.oneof(
    SHALLOW,
    { weight: 8, arbitrary: tie("simple") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "V=put",
        "V='a b'",
        "V=$U1",
        "V=$V.c",
        "V+=x",
        "V=",
        "V=/tmp",
        "cd /tmp",
        "cd a",
        "cd ..",
        "cd",
        'cd "$U1"',
        "export EDITOR='aa get'",
        "export AA_ARGS='-f put'",
        "set -- put a",
        'f() { aa "$1"; }',
        "IFS=:",
        "unset V",
        "read V",
        "declare -x V=get",
        "V=(a b)",
      ),
    },
    { weight: 2, arbitrary: fc.tuple(tie("simple"), tie("simple")).map(([a, b]) => `${a} | ${b}`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie("statement"), fc.constantFrom("&&", "||", ";"), tie("statement"))
        .map(([a, op, b]) => (op === ";" ? `${a}; ${b}` : `${group(a)} ${op} ${group(b)}`)),
    },
    { weight: 1, arbitrary: tie("statement").map((a) => `( ${a} )`) },
    { weight: 1, arbitrary: tie("statement").map((a) => `{ ${a}; }`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("statement"), tie("statement"), tie("statement"))
        .map(([a, b, c]) => `if ${a}; then ${b}; else ${c}; fi`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(tie("word"), { minLength: 1, maxLength: 2 }), tie("statement"))
        .map(([words, a]) => `for V in ${words.join(" ")}; do ${a}; done`),
    },
    { weight: 1, arbitrary: fc.tuple(tie("simple"), tie("statement")).map(([a, b]) => `while ${a}; do ${b}; done`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("word"), tie("statement"))
        .map(([subject, a]) => `case ${subject} in a) ${a};; *) echo x;; esac`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom("sh", "cat", "xargs aa", "bash -s"),
          fc.constantFrom("put", "aa put $V", 'aa "$U1"', "echo x"),
        )
        .map(([a, body]) => `${a} <<E\n${body}\nE\n`),
    },
    { weight: 1, arbitrary: tie("simple").map((a) => `sh -c '${a.replaceAll("'", "")}' put a`) },
    { weight: 1, arbitrary: tie("simple").map((a) => `echo '${a.replaceAll("'", "")}' | sh`) },
    { weight: 3, arbitrary: tie("simple").chain((a) => fileStatement(a.replaceAll("'", ""))) },
  ),
  script: fc.array(tie("statement"), { minLength: 1, maxLength: 3 }).map((statements) => statements.join("\n")),
}));

/** Something that writes one of a few files, or runs or reads one. */
function fileStatement(text: string): fc.Arbitrary<string> {
  const file = fc.constantFrom("f1", "./f1", "/w/f1", "d/f2", '"$U1/f3"', "$V", "'d'", "f?");
  const write = fc.constantFrom(
    `echo '${text}' > FILE`,
    `echo '${text}' >> FILE`,
    `cat > FILE <<'E'\n${text}\nE\n`,
    `echo "$U1" > FILE`,
    "fetch u > FILE",
    "cat f1 d/f2 > FILE",
    "printf '#!/usr/bin/env python\\nput' > FILE",
    "keep FILE",
    "keep -a FILE",
    "edit FILE",
    "nothing 2> FILE",
  );
  const run = fc.constantFrom(
    "sh FILE a",
    "./f1 a",
    "sh < FILE",
    "cat FILE | sh",
    ". FILE",
    "code FILE",
    "keep FILE < f1",
  );
  return fc.tuple(fc.oneof(write, run), file).map(([pattern, name]) => pattern.replace("FILE", () => name));
}

/** A list would bind the operator to its last command alone. */
function group(statement: string): string {
  return /[;\n]/.test(statement) ? `{ ${statement}; }` : statement;
}

export const scripts: fc.Arbitrary<string> = script;
export const words: fc.Arbitrary<string> = word;

const path = fc.constantFrom("/w/a", "a", "../x", "/etc/passwd", "");
const inputValue = fc.oneof(
  path,
  fc.constantFrom<unknown>(null, 5, true, false, [], { a: 1 }, "delete", ["a", "/w/b"], [null, 1]),
);

const input = fc.record(
  {
    path: inputValue,
    paths: inputValue,
    mode: inputValue,
    amount: fc.constantFrom<unknown>(1, -2.5, 1e21, "10", null),
    command: fc.oneof(script, fc.constantFrom<unknown>(null, 5, "")),
    deep: fc.constantFrom<unknown>({ flag: true }, { flag: false }, { flag: "x" }, 3, null, {}),
    operations: fc.oneof(
      fc.array(
        fc.record(
          { path: inputValue, recursive: fc.constantFrom<unknown>(true, false, 1, null) },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
      fc.constantFrom<unknown>("x", null, 3),
    ),
  },
  { requiredKeys: [] },
);

/** What stands beside the call itself. */
const surroundings = fc.record(
  {
    agent: fc.constantFrom("a1", "b"),
    workspace: fc.constantFrom("/w", "/w/a"),
    env: fc.constantFrom<Readonly<Record<string, string>>>(
      { SET: "a" },
      { SET: "get put", HOME: "/home/u" },
      { V: "put" },
      { SET: "" },
    ),
    evidence: fc.constantFrom(
      { link: { "/w/a": "/etc/a" } },
      { script: { "/w/s.sh": 'aa "$1"' } },
      { link: { "/w/d/b": "/b" }, script: {} },
    ),
  },
  { requiredKeys: [] },
);

const call = fc.oneof(
  { weight: 8, arbitrary: script.map((text): Partial<Action> => ({ command: text })) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom("aa", "bb", "sh", "-c", "echo", "env", "A=1", ...PLAIN), { maxLength: 5 })
      .map((argv): Partial<Action> => ({ argv })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("T", "U", "mcp__x", "other"), fc.option(input, { nil: undefined }))
      .map(([tool, of]): Partial<Action> => (of === undefined ? { tool } : { tool, input: of })),
  },
);

export const actions: fc.Arbitrary<Action> = fc
  .tuple(call, surroundings, fc.constantFrom("/w/d", "/w", "/"))
  .map(([one, around, cwd]) => ({ cwd, ...around, ...one }));
