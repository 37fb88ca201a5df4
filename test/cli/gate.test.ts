// The gate's commands, each as a process of its own, against an installation in a scratch folder.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pawl as run, scratchFolder, type RunOptions } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);
const project = join(scratch.path, "project");
const bin = join(scratch.path, "bin");
const env = { HOME: scratch.path, PAWL_HOME: join(scratch.path, "gate"), PATH: `${bin}:${process.env["PATH"] ?? ""}` };
const pawl = (args: readonly string[], options: RunOptions = {}) => run(args, { cwd: project, env, ...options });

beforeAll(() => {
  for (const folder of [project, bin]) mkdirSync(folder);
  for (const program of ["terraform", "pawl"]) {
    writeFileSync(join(bin, program), "#!/bin/sh\necho ran\n");
    chmodSync(join(bin, program), 0o755);
  }
});

describe("before anything is installed", () => {
  test("exec runs nothing and says what to do", () => {
    const { exitCode, stdout, stderr } = pawl(["exec", "--", "touch", "ran"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 79, stdout: "" });
    expect(stderr).toMatch(/pawl install/);
    expect(existsSync(join(project, "ran"))).toBe(false);
  });

  test.each([["approvals"], ["ledger verify"], ["ledger head"], ["session list"]])("%s ends with 2", (words) => {
    expect(pawl(words.split(" "))).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

describe("with the default policy", () => {
  beforeAll(() => {
    expect(pawl(["install"])).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("exec runs the very argument list, with its status and streams", () => {
    expect(pawl(["exec", "--", "printf", "%s|", "a b", "$HOME", ";"])).toMatchObject({
      exitCode: 0,
      stdout: "a b|$HOME|;|",
      stderr: "",
    });
    expect(pawl(["exec", "--shell", "echo out; echo err >&2; exit 3"])).toMatchObject({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(pawl(["exec", "--", "cat"], { input: "through" }).stdout).toBe("through");
  });

  test("a stop exits 77, runs nothing and names the request", () => {
    const { exitCode, stdout, stderr } = pawl(["exec", "--shell", "touch ran; terraform destroy"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 77, stdout: "" });
    expect(stderr).toMatch(/None of this call ran/);
    expect(stderr).toMatch(/pawl approve [A-Z0-9]+/);
    expect(existsSync(join(project, "ran"))).toBe(false);
  });

  test("approvals lists it, deny answers it, and the next try gets the text", () => {
    const listed = JSON.parse(pawl(["approvals", "--json"]).stdout) as { id: string }[];
    expect(listed).toHaveLength(1);
    const id = listed[0]?.id ?? "";
    expect(pawl(["approvals"]).stdout).toContain(id);
    expect(pawl(["deny", id, "--because", "use staging"]).exitCode).toBe(0);
    const again = pawl(["exec", "--shell", "touch ran; terraform destroy"]);
    expect(again.exitCode).toBe(78);
    expect(again.stderr).toContain("use staging");
    expect(pawl(["deny", id, "--because", "x"])).toMatchObject({ exitCode: 2 });
  });

  test("approve without a terminal is refused", () => {
    pawl(["exec", "--shell", "terraform destroy"]);
    const [pending] = JSON.parse(pawl(["approvals", "--json"]).stdout) as { id: string }[];
    const { exitCode, stderr } = pawl(["approve", pending?.id ?? ""], { input: "correct horse battery staple\n" });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/terminal/);
  });

  test("the agent itself cannot approve", () => {
    expect(pawl(["exec", "--", "pawl", "approve", "ABCD1234"]).exitCode).toBe(78);
  });

  test("a program that is not there is 127", () => {
    expect(pawl(["exec", "--", "no-such-program-here"]).exitCode).toBe(127);
  });

  test("sessions are listed and shown", () => {
    pawl(["exec", "--agent", "someone", "--session", "the-session", "--", "true"]);
    const sessions = JSON.parse(pawl(["session", "list", "--json"]).stdout) as {
      id: string;
      session: string;
      workspace: string;
    }[];
    const one = sessions.find(({ session }) => session === "the-session");
    expect(one?.workspace).toBe(project);
    expect(pawl(["session", "show", one?.id ?? ""]).stdout).toContain("the-session");
    expect(pawl(["session", "show", "no-such-session"]).exitCode).toBe(2);
  });

  test("the ledger verifies, against its own head too, and finds an edit", () => {
    expect(pawl(["ledger", "verify"])).toMatchObject({ exitCode: 0, stderr: "" });
    const head = pawl(["ledger", "head"]).stdout.trim();
    expect(head).toMatch(/^pawl-head 1 \d+ [0-9a-f]{64}$/);
    expect(pawl(["ledger", "verify", "--head", head]).exitCode).toBe(0);
    const entries = join(env.PAWL_HOME, "ledger/entries.jsonl");
    const before = readFileSync(entries, "utf8");
    writeFileSync(entries, before.replace("no-such-session", "x").replace('"outcome":"run"', '"outcome":"ran"'));
    expect(pawl(["ledger", "verify"]).exitCode).toBe(1);
    expect(JSON.parse(pawl(["ledger", "verify", "--json"]).stdout)).toMatchObject({ ok: false });
    writeFileSync(entries, before);
    expect(pawl(["ledger", "repair"])).toMatchObject({ exitCode: 0, stdout: "Nothing to repair.\n" });
  });

  test("a truncated policy stops everything", () => {
    const path = join(env.PAWL_HOME, "policy.wasm");
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 100));
    expect(pawl(["exec", "--", "true"])).toMatchObject({ exitCode: 79, stdout: "" });
    writeFileSync(path, whole);
    expect(pawl(["exec", "--", "true"]).exitCode).toBe(0);
  });
});

describe("the hook", () => {
  const settings = join(scratch.path, "settings.json");
  const call = (command: string) =>
    JSON.stringify({
      session_id: "s1",
      transcript_path: join(scratch.path, "t.jsonl"),
      cwd: project,
      permission_mode: "default",
      hook_event_name: "PreToolUse",
      tool_name: "Bash",
      tool_input: { command },
    });

  test("status, install, status, remove", () => {
    const options = ["--settings", settings];
    expect(pawl(["hook", "status", "claude", ...options]).exitCode).toBe(1);
    expect(pawl(["hook", "install", "claude", ...options])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(pawl(["hook", "status", "claude", ...options])).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(pawl(["hook", "status", "claude", "--json", ...options]).stdout)).toMatchObject({
      state: "installed",
      problems: [],
    });
    expect(pawl(["hook", "remove", "claude", ...options]).exitCode).toBe(0);
    expect(pawl(["hook", "status", "claude", ...options]).exitCode).toBe(1);
    expect(pawl(["hook", "install", "codename", ...options])).toMatchObject({ exitCode: 2 });
  });

  test("silence when there is no objection, a denial that says how to approve otherwise", () => {
    expect(pawl(["hook", "claude"], { input: call("git status") })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const { exitCode, stdout } = pawl(["hook", "claude"], { input: call("terraform destroy") });
    expect(exitCode).toBe(0);
    const { hookSpecificOutput } = JSON.parse(stdout) as {
      hookSpecificOutput: { permissionDecision: string; permissionDecisionReason: string };
    };
    expect(hookSpecificOutput.permissionDecision).toBe("deny");
    expect(hookSpecificOutput.permissionDecisionReason).toMatch(/pawl approve [A-Z0-9]+/);
  });
});
