// Every executor of a policy decides these cases as written (shell.json).

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FRESH_SESSION } from "../../compiler/evaluate/session.ts";
import { command, does, hole, pattern, policy, usage } from "../arbitrary/ir-parts.ts";
import { VARIABLES, WRAPPERS } from "../arbitrary/policies.ts";
import type { Answer, Executor } from "../differential/executors.ts";
import { compiled, reference } from "../differential/executors.ts";

interface Case {
  readonly command: string;
  readonly effects: readonly string[];
  readonly tier: string;
}

// The file is checked by the tests that read it.
const { cases } = JSON.parse(readFileSync(new URL("shell.json", import.meta.url), "utf8")) as { readonly cases: readonly Case[] };

/** The wrappers of the generated policies, and `zap NAME`, which destroys. */
const ir = policy({
  variables: VARIABLES,
  commands: [...WRAPPERS, command(["zap"], [usage(["name"], [pattern({ positionals: [{ kind: "one", hole: 0 }] })], [does("item.destroy", hole(0))])])],
});

const EXECUTORS: readonly (readonly [string, () => Executor])[] = [
  ["reference", () => reference(ir)],
  ["compiled", () => compiled(ir)],
];

describe.each(EXECUTORS)("%s", (_, make) => {
  const executor = make();
  test.each(cases)("$command", ({ command: text, effects, tier }) => {
    const answer = executor.decide({ command: text, cwd: "/w" }, FRESH_SESSION);
    expect({ effects: answer.effects.map(short), tier: answer.tier }).toEqual({ effects, tier });
  });
});

/** The field that tells what an effect is about. */
const TELLING: Readonly<Record<string, string>> = {
  "code.run": "source", "file.delete": "path", "file.read": "path", "file.write": "path", "item.destroy": "name", "net.send": "host", "process.exec": "program", "web.request": "url",
};

function short({ effect, certain, fields }: Answer["effects"][number]): string {
  const field = fields[TELLING[effect] ?? ""];
  const shown = field === undefined || field === null ? "" : ` ${String(field)}`;
  return `${certain ? "" : "?"}${effect}${shown}`;
}
