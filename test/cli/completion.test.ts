// Completion scripts: each shell accepts its own, and bash completes with it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { pawl } from "./pawl.ts";

test.each(["bash", "zsh", "fish"])("%s parses its script", (shell) => {
  const { exitCode, stdout } = pawl(["completion", shell]);
  expect(exitCode).toBe(0);
  for (const word of ["decide", "ledger", "verify", "jsonl"]) expect(stdout).toContain(word);
  const program = ["/bin", "/usr/bin"].map((folder) => `${folder}/${shell}`).find((path) => existsSync(path));
  // A shell that is not installed cannot judge; the text is checked all the same.
  if (program === undefined) return;
  expect(spawnSync(program, ["-n"], { input: stdout, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

test.each([
  ["pawl led", "ledger"],
  ["pawl ledger ver", "verify"],
  ["pawl ledger verify --js", "--json"],
  ["pawl hook install --set", "--settings"],
])("bash completes `%s` to %s", (line, expected) => {
  const script = `${pawl(["completion", "bash"]).stdout}
    COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _pawl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8", cwd: "/" });
  expect(stdout.split("\n")).toContain(expected);
});

test("another shell is wrong usage", () => {
  expect(pawl(["completion", "tcsh"])).toMatchObject({ exitCode: 2, stdout: "" });
});
