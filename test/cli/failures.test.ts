// What goes wrong outside of Pawl: each failure has a sentence and a status, and none a stack trace.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pawl, root, scratchFolder } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);
const cwd = scratch.path;
const file = join(cwd, "file");
writeFileSync(file, "");
mkdirSync(join(cwd, "folder"));
writeFileSync(join(cwd, "whole.pawl"), "policy whole\n");

test.each([
  [["init", "nodir/x.pawl"], "cannot write nodir/x.pawl: there is no such directory"],
  [["check", "absent.pawl"], "cannot read absent.pawl: there is no such file"],
  [["check", "folder"], "cannot read folder: it is a directory"],
  [["check", ""], 'cannot read "": there is no such file'],
  [["inspect", "absent.wasm"], "cannot read absent.wasm: there is no such file"],
  [["build", "whole.pawl", "-o", "folder"], "cannot write folder: it is a directory"],
  [["exec", "--workspace", "/nope", "--", "true"], "there is no directory /nope"],
  [["decide", "--cwd", file, "ls"], `there is no directory ${file}`],
])("%j", (args, message) => {
  const { exitCode, stdout, stderr } = pawl(args, { cwd });
  expect({ exitCode, stdout, stderr: stderr.split("\n")[0] }).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `error: ${message}`,
  });
});

test.each([
  ["/dev/null", "/dev/null"],
  [file, file],
  [join(file, "a/b"), file],
])("PAWL_HOME=%s is no directory", (home, culprit) => {
  for (const command of ["install", "approvals"]) {
    const { exitCode, stderr } = pawl([command, ...(command === "install" ? [join(cwd, "whole.pawl")] : [])], {
      cwd,
      env: { PAWL_HOME: home },
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: ${culprit} is no directory\nhelp: remove it or set PAWL_HOME\n`,
    });
  }
});

describe.skipIf(!existsSync("/dev/full"))("a full standard output", () => {
  test.each([[["decide", "ls"]], [["decide", "--json", "ls"]], [["decide", "--jsonl"]], [["--help"]]])("%j", (args) => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
      input: '{"command":"ls"}\n',
      stdio: ["pipe", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "error: cannot write standard output: no space is left\n",
    });
  });
});

describe("a policy that is empty", () => {
  test.each([
    ["nothing", ""],
    ["a comment", "// soon\n"],
  ])("%s decides nothing", (_name, text) => {
    const policy = join(cwd, "empty.pawl");
    writeFileSync(policy, text);
    expect(pawl(["check", policy])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("error[N212]") });
    expect(pawl(["decide", "--policy", policy, "rm -rf /"])).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("a policy may use a file without a header", () => {
    writeFileSync(join(cwd, "part.pawl"), "command sweep {\n  otherwise  does nothing\n}\n");
    writeFileSync(join(cwd, "entry.pawl"), "use ./part\n");
    writeFileSync(join(cwd, "overlay.pawl"), "policy overlay extends ./entry\n");
    expect(pawl(["check", "entry.pawl", "overlay.pawl"], { cwd })).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

test("a line of JSON that is too long says so", () => {
  const { stdout } = pawl(["decide", "--jsonl"], { cwd, input: `{"command":"${"x".repeat(10_000_000)}"}\n` });
  expect(JSON.parse(stdout)).toMatchObject({
    oversized: true,
    reasons: expect.arrayContaining(["the line is too long"]),
  });
});

test("of a long line the part around the mark is shown", () => {
  writeFileSync(join(cwd, "long.pawl"), `policy long ${" ".repeat(5000)}nonsense ${"x".repeat(5000)}\n`);
  const { stdout } = pawl(["decide", `echo ${"a".repeat(5000)}; terraform destroy; echo ${"b".repeat(5000)}`], { cwd });
  for (const text of [pawl(["check", "long.pawl"], { cwd }).stderr, stdout]) {
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes("^"));
    const carets = lines[at] ?? "";
    expect(lines[at - 1]?.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toMatch(
      /^(nonsense|terraform destroy)/,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250);
  }
});
