// init, check, fmt, build, test and inspect, as a policy's author uses them.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pawl, scratchFolder } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);
const cwd = scratch.path;

/** A policy that brings its own recogniser: it compiles in a fraction of the standard library's time. */
const SMALL = `policy small

command terraform {
  \`destroy\`  does infra.destroy(tool: "terraform")
  otherwise  does nothing
}
`;

const BROKEN = `policy broken

use std

rule deletes {
  on file.delte
  raise irreversible
  because "gone"
}

rule deletes {
  on file.delete
  when paht under workspace
  raise commitment
}
`;

describe("pawl init", () => {
  test("writes a policy that checks, is formatted and passes its own tests", () => {
    expect(pawl(["init", "mine.pawl"], { cwd }).exitCode).toBe(0);
    expect(pawl(["check", "mine.pawl"], { cwd })).toMatchObject({ exitCode: 0, stderr: "" });
    expect(pawl(["fmt", "--check", "mine.pawl"], { cwd })).toMatchObject({ exitCode: 0, stdout: "" });
    const tested = pawl(["test", "mine.pawl"], { cwd });
    expect(tested).toMatchObject({ exitCode: 0, stderr: "" });
    expect(tested.stdout).toMatch(/^\d+ passed, 0 failed$/m);
  });

  test("never overwrites", () => {
    writeFileSync(join(cwd, "kept.pawl"), "policy kept\n");
    expect(pawl(["init", "kept.pawl"], { cwd }).exitCode).toBe(2);
    expect(readFileSync(join(cwd, "kept.pawl"), "utf8")).toBe("policy kept\n");
  });
});

describe("a policy with errors", () => {
  writeFileSync(join(cwd, "broken.pawl"), BROKEN);

  test("check reports each with its place and a remedy", () => {
    const { exitCode, stdout, stderr } = pawl(["check", "broken.pawl"], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("broken.pawl:6:6");
    expect(stderr).toContain("broken.pawl:13:8");
    expect(stderr).toMatch(/help: .*file\.delete/);
    expect(stderr).not.toContain("\u001B[");
  });

  test("check --json has the documented shape", () => {
    const { exitCode, stdout } = pawl(["check", "--json", "broken.pawl"], { cwd });
    expect(exitCode).toBe(1);
    const { ok, files } = JSON.parse(stdout) as { ok: boolean; files: { file: string; diagnostics: object[] }[] };
    expect(ok).toBe(false);
    expect(files.map(({ file }) => file)).toEqual(["broken.pawl"]);
    expect(files[0]?.diagnostics.length).toBeGreaterThanOrEqual(3);
    for (const diagnostic of files[0]?.diagnostics ?? []) {
      expect(diagnostic).toMatchObject({
        code: expect.stringMatching(/^[A-Z]\d{3}$/),
        severity: "error",
        place: { file: "broken.pawl", start: { line: expect.any(Number), column: expect.any(Number) } },
      });
    }
  });

  test("build writes nothing", () => {
    expect(pawl(["build", "broken.pawl", "-o", "broken.wasm"], { cwd }).exitCode).toBe(1);
    expect(existsSync(join(cwd, "broken.wasm"))).toBe(false);
  });

  test("decide refuses it", () => {
    expect(pawl(["decide", "--policy", "broken.pawl", "ls"], { cwd })).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("a file that is not there is wrong usage", () => {
    const { exitCode, stderr } = pawl(["check", "nowhere.pawl"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("nowhere.pawl");
  });
});

describe("pawl build", () => {
  writeFileSync(join(cwd, "small.pawl"), SMALL);

  test("gives the same bytes twice, and its digest", () => {
    const first = pawl(["build", "small.pawl", "-o", "one.wasm", "--json"], { cwd });
    const second = pawl(["build", "small.pawl", "-o", "two.wasm", "--json"], { cwd });
    const read = (result: { stdout: string }) =>
      JSON.parse(result.stdout) as { ok: boolean; sha256: string; bytes: number };
    expect(read(first)).toMatchObject({ ok: true, bytes: readFileSync(join(cwd, "one.wasm")).length });
    expect(read(second).sha256).toBe(read(first).sha256);
    expect(readFileSync(join(cwd, "two.wasm")).equals(readFileSync(join(cwd, "one.wasm")))).toBe(true);
  });

  test("the module says what it is", () => {
    const { exitCode, stdout } = pawl(["inspect", "one.wasm", "--json"], { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "small",
      abi: expect.any(Number),
      sourceDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("a truncated or foreign module is refused with the reason", () => {
    const wasm = readFileSync(join(cwd, "one.wasm"));
    writeFileSync(join(cwd, "cut.wasm"), wasm.subarray(0, wasm.length / 2));
    writeFileSync(join(cwd, "foreign.wasm"), Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    writeFileSync(join(cwd, "text.wasm"), "hello");
    for (const file of ["cut.wasm", "foreign.wasm", "text.wasm"]) {
      const { exitCode, stderr, stdout } = pawl(["decide", "--policy", file, "ls"], { cwd });
      expect({ file, exitCode, stdout }).toEqual({ file, exitCode: 2, stdout: "" });
      expect(stderr).toContain(file);
      expect(stderr).not.toContain("internal error");
    }
  });

  test("an output that cannot be written is an error", () => {
    expect(pawl(["build", "small.pawl", "-o", "no/such/folder.wasm"], { cwd }).exitCode).toBe(2);
  });
});

describe("pawl test", () => {
  test("shows what a failing line expected and got", () => {
    writeFileSync(join(cwd, "wrong.pawl"), `${SMALL}\ntest "wrong on purpose" {\n  \`terraform destroy\` passes\n}\n`);
    const { exitCode, stdout, stderr } = pawl(["test", "wrong.pawl"], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toBe("0 passed, 1 failed\n");
    expect(stderr).toContain("wrong on purpose");
    expect(stderr).toContain("wrong.pawl:9");
    expect(stderr).toMatch(/expected +passes/);
    expect(stderr).toMatch(/actual +irreversible, require_approval/);
  });

  test("decides advice", () => {
    const rule = `rule r {\n  on infra.destroy\n  raise irreversible\n  because "x"\n  instead \`terraform -auto-approve destroy\`\n}\n`;
    writeFileSync(join(cwd, "advice.pawl"), `${SMALL}\n${rule}`);
    const { exitCode, stderr } = pawl(["test", "advice.pawl"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("advice of rule r");
  });
});

describe("pawl fmt", () => {
  test("formats in place, and twice is once", () => {
    writeFileSync(
      join(cwd, "ugly.pawl"),
      `policy ugly\nuse   std\nrule r { on file.delete raise irreversible because "x" }\n`,
    );
    expect(pawl(["fmt", "--check", "ugly.pawl"], { cwd }).exitCode).toBe(1);
    expect(pawl(["fmt", "ugly.pawl"], { cwd }).exitCode).toBe(0);
    const once = readFileSync(join(cwd, "ugly.pawl"), "utf8");
    expect(pawl(["fmt", "ugly.pawl"], { cwd }).exitCode).toBe(0);
    expect(readFileSync(join(cwd, "ugly.pawl"), "utf8")).toBe(once);
    expect(pawl(["fmt", "-"], { cwd, input: once }).stdout).toBe(once);
  });

  test("leaves a file with syntax errors alone", () => {
    writeFileSync(join(cwd, "syntax.pawl"), "rule {\n");
    expect(pawl(["fmt", "syntax.pawl"], { cwd }).exitCode).toBe(1);
    expect(readFileSync(join(cwd, "syntax.pawl"), "utf8")).toBe("rule {\n");
  });
});
