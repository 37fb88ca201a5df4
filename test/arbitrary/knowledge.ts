// Generated actions with unknowns, and what they may turn out to be.
//
// The variables U1 and U2 stand for what nobody knows. The same script with values for them in the environment is
// one that is known; `$(unknown …)` and `"$U1"` may also be replaced in the text.

import fc from "fast-check";
import type { Action } from "../../runtime/types.ts";
import { scripts } from "./actions.ts";

/** An action, and the same with its unknowns made concrete. */
export interface Knowing {
  readonly open: Action;
  readonly closed: Action;
}

const value = fc.oneof(
  fc.constantFrom(
    "put",
    "get",
    "-f",
    "--force",
    "--dry-run",
    "-n",
    "--",
    "/w/a",
    "/tmp/x",
    "a",
    "x y",
    "-o /tmp/a",
    "put -f a",
    "",
    "*.c",
    "aa put -f",
    "../..",
    "--output=/etc/a",
    "a=1",
    "+x",
    "k=v!",
    "echo put",
    "-c",
  ),
  fc.string({ unit: fc.constantFrom("a", "/", "-", "f", " ", ".", "=", "p", "*", "'"), maxLength: 6 }),
);

/** Values of the environment. */
const byEnvironment = fc.tuple(scripts, value, fc.option(value)).map(([command, first, second]): Knowing => ({
  open: { command, cwd: "/w/d", workspace: "/w" },
  closed: { command, cwd: "/w/d", workspace: "/w", env: { U1: first, ...(second === null ? {} : { U2: second }) } },
}));

/** A word of the text itself: a variable in quotes is one word, outside quotes any number of them. */
const byText = fc
  .tuple(scripts, fc.array(value, { maxLength: 3 }), fc.boolean())
  .map(([command, words, quoted]): Knowing => {
    const literal = (word: string): string => `'${word.replaceAll("'", "")}'`;
    const place = quoted ? '"$UNKNOWN"' : "$UNKNOWN";
    const given = quoted ? literal(words[0] ?? "") : words.map(literal).join(" ");
    const [before, after] = [
      `aa ${place} x; bb put ${place}\n${command}`,
      `aa ${given} x; bb put ${given}\n${command}`,
    ];
    return { open: { command: before, cwd: "/w" }, closed: { command: after, cwd: "/w" } };
  });

/** A member of a tool's input that is not what it should be, and one that is. */
const byInput = fc
  .record({
    path: fc.constantFrom("/etc/a", "a", "/w/b"),
    flag: fc.boolean(),
    mode: fc.constantFrom("delete", "read"),
    tool: fc.constantFrom("T", "mcp__x"),
  })
  .map(({ path, flag, mode, tool }): Knowing => ({
    open: {
      tool,
      input: {
        path: { text: path },
        paths: { text: path },
        deep: { flag: [flag] },
        mode: [mode],
        command: [mode],
        operations: { list: path },
      },
      cwd: "/w",
    },
    closed: {
      tool,
      input: {
        path,
        paths: [path],
        deep: { flag },
        mode,
        command: `echo ${mode}`,
        operations: [{ path, recursive: flag }],
      },
      cwd: "/w",
    },
  }));

export const knowing: fc.Arbitrary<Knowing> = fc.oneof(
  { weight: 4, arbitrary: byEnvironment },
  { weight: 3, arbitrary: byText },
  { weight: 1, arbitrary: byInput },
);
