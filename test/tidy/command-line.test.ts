// docs/cli.md describes the command line that there is.

import type { Command } from "commander";
import { expect, test } from "vitest";
import { COMPILER_VERSION } from "../../compiler/wasm/version.ts";
import { createProgram } from "../../cli/program.ts";
import { exists, read } from "./repository-files.ts";

const text = read("docs/cli.md");
const commands = createProgram().commands.flatMap((command) => withSubcommands(command, [command.name()]));

test("every command is documented", () => {
  const missing = commands.filter(({ words: [first = "", second] }) => {
    const lines = text.split("\n").filter((line) => line.includes(`pawl ${first}`));
    return !lines.some((line) => second === undefined || new RegExp(String.raw`\b${second}\b`).test(line));
  });
  expect(missing.map(({ words }) => words.join(" "))).toEqual([]);
});

test("every option is documented", () => {
  const flags = commands.flatMap(({ command }) => command.options.map((option) => option.long ?? ""));
  expect([...new Set(flags)].filter((flag) => !text.includes(flag))).toEqual([]);
});

test("every command has a file of its own, named after it", () => {
  const names = createProgram().commands.map((command) => command.name());
  expect(names.filter((name) => !exists(`cli/commands/${name}.ts`))).toEqual([]);
});

test("the version is the package's", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(createProgram().version()).toBe(version);
  expect(COMPILER_VERSION).toBe(version);
  expect(JSON.parse(read("runtime/package.json"))).toMatchObject({ version });
});

function withSubcommands(
  command: Command,
  words: readonly string[],
): readonly { command: Command; words: readonly string[] }[] {
  const inner = command.commands.flatMap((sub) => withSubcommands(sub, [...words, sub.name()]));
  return [{ command, words }, ...inner];
}
