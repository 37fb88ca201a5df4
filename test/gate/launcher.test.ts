// Each way in which an installed hook can end, tried with the command that stands in the settings.

import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { claudeHookStatus, installClaudeHook } from "../../gate/harnesses/claude-install.ts";
import { printLauncher } from "../../gate/harnesses/launcher.ts";
import { examine } from "../../gate/doctor.ts";
import { listSessions } from "../../gate/sessions.ts";
import { load } from "./fake-policy.ts";
import { bundle, giveKey, install, scratch } from "./helper.ts";

const call = (command: string) =>
  JSON.stringify({
    session_id: "abc",
    cwd: "/",
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command },
  });

let program = "";
beforeAll(async () => {
  program = await bundle("../../gate/harnesses/hook-main.ts");
});

function setting() {
  // A quote in the path must not end the word in the shell.
  const directory = join(scratch(), "it's");
  const installation = install(directory);
  const settingsPath = join(directory, ".claude", "settings.json");
  installClaudeHook(installation, {
    settingsPath,
    node: process.execPath,
    bundle: program,
    variables: ["HOME", "TF_CLI_ARGS", "NODE_OPTIONS"],
  });
  const { command } = claudeHookStatus(installation, settingsPath);
  const send = (input: string, env: Readonly<Record<string, string>> = {}) =>
    spawnSync("/bin/sh", ["-c", command ?? ""], {
      input,
      encoding: "utf8",
      cwd: directory,
      env: { PATH: "/usr/bin:/bin", ...env },
    });
  return {
    directory,
    installation,
    settingsPath,
    send,
    launcher: join(installation.hook, "claude-launch"),
    bundled: join(installation.hook, "hook.mjs"),
  };
}

const blocked = { status: 2, stdout: "", stderr: expect.stringContaining("None of this call ran") };

describe("the launcher ends", () => {
  test("in silence when there is no objection", () => {
    expect(setting().send(call("ls"))).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("with a denial when there is one", () => {
    const { status, stdout, stderr } = setting().send(call("terraform destroy"));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: "deny",
        permissionDecisionReason: expect.stringContaining("pawl approve"),
      },
    });
  });

  test("with a denial for every bad input", () => {
    const { send } = setting();
    for (const input of ["", "{", "[]", `"${"x".repeat(20_000_000)}"`])
      expect(send(input)).toMatchObject({ status: 0, stdout: expect.stringContaining('"deny"') });
  });

  test("with a denial when the state is gone", () => {
    const { send, installation } = setting();
    rmSync(installation.ledger, { recursive: true });
    expect(send(call("ls")).stdout).toContain('"deny"');
  });

  test("blocking when Node is killed", () => {
    expect(setting().send(call("crash"))).toMatchObject(blocked);
  });

  const endings: Readonly<Record<string, string>> = {
    "when the program throws": 'throw new Error("x")',
    "when the program ends with another status": "process.exit(7)",
    "when the program's status 2 is without a word": "process.exit(2)",
    "when the program says nothing": "",
    "when the program says something else": 'console.log("ok")',
    "when the program says more than its answer": 'console.log("pawl pass"); console.log("x")',
    "when the program says to stop and not why": 'console.log("pawl stop")',
    "when the program's answer is cut": 'process.stdout.write("pawl stop\\n{\\"hookSpecific")',
    "when the program says its answer and fails": 'console.log("pawl pass"); process.exitCode = 1',
    "when the program aborts": "process.abort()",
    "when the program runs out of memory": "const all = []; for (;;) all.push(new Array(1e6).fill(1.5))",
  };
  for (const [name, text] of Object.entries(endings)) {
    test(`blocking ${name}`, () => {
      const { send, bundled, launcher } = setting();
      writeFileSync(bundled, text);
      // A small heap reaches its end soon.
      writeFileSync(
        launcher,
        readFileSync(launcher, "utf8").replace(
          `'${process.execPath}'`,
          `'${process.execPath}' --max-old-space-size=30`,
        ),
      );
      expect(send(call("ls"))).toMatchObject(blocked);
    });
  }

  test("blocking when the program takes too long", () => {
    const { send, installation, launcher, bundled } = setting();
    writeFileSync(bundled, "setInterval(() => 0, 1000)");
    writeFileSync(
      launcher,
      printLauncher({
        home: installation.home,
        node: process.execPath,
        program: bundled,
        errors: "/dev/null",
        variables: [],
        deadlineSeconds: 1,
      }),
    );
    expect(send(call("ls"))).toMatchObject({ ...blocked, stderr: expect.stringContaining("longer than 1 seconds") });
  });

  test("blocking when the program is missing", () => {
    const { send, bundled } = setting();
    rmSync(bundled);
    expect(send(call("ls"))).toMatchObject(blocked);
  });

  test("blocking when Node is missing or may not run", () => {
    for (const node of ["/not/there/node", "/etc/passwd"]) {
      const { send, installation, launcher, bundled } = setting();
      writeFileSync(
        launcher,
        printLauncher({ home: installation.home, node, program: bundled, errors: "/dev/null", variables: [] }),
      );
      expect(send(call("ls"))).toMatchObject({ ...blocked, stderr: expect.stringContaining("missing") });
    }
  });

  test("blocking when its errors have no place to go", () => {
    const { send, installation, launcher, bundled } = setting();
    writeFileSync(
      launcher,
      printLauncher({
        home: installation.home,
        node: process.execPath,
        program: bundled,
        errors: "/not/there",
        variables: [],
      }),
    );
    expect(send(call("ls"))).toMatchObject({ status: 2, stdout: "" });
  });

  test("blocking when the launcher itself is missing, not executable, or no script", () => {
    const spoilers: readonly ((path: string) => void)[] = [
      (path) => rmSync(path),
      (path) => chmodSync(path, 0o600),
      (path) => writeFileSync(path, "#!/not/there\n"),
      (path) => writeFileSync(path, "if"),
    ];
    for (const spoil of spoilers) {
      const { send, launcher } = setting();
      spoil(launcher);
      // As root a file without the bit cannot be run either.
      expect(send(call("ls"))).toMatchObject({ status: 2, stdout: "" });
    }
  });

  test("as ever when the environment is hostile to Node", () => {
    const { send, directory } = setting();
    const evil = join(directory, "evil.cjs");
    writeFileSync(evil, 'console.log("pawl pass"); process.exit(0)');
    const env = {
      NODE_OPTIONS: `--require ${JSON.stringify(evil)}`,
      NODE_PATH: directory,
      TF_CLI_ARGS: "a 'b' $(id) \n c",
    };
    expect(send(call("terraform destroy"), env).stdout).toContain('"deny"');
    expect(send(call("ls"), env)).toMatchObject({ status: 0, stdout: "" });
  });
});

describe("the doctor", () => {
  const settings = (it: ReturnType<typeof setting>) => ({
    settingsPaths: [it.settingsPath, join(it.directory, "none.json")],
    cwd: it.directory,
    env: { PATH: "/usr/bin:/bin", PAWL_SESSION: "x" },
    load,
  });

  test("says what is guarded, and leaves no session behind", () => {
    const it = setting();
    giveKey(it.installation);
    const { level, checks } = examine(it.installation, settings(it));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(level).toBe("guarded");
    expect(checks.filter(({ name }) => name.startsWith("canary"))).toHaveLength(5);
    expect(listSessions(it.installation)).toEqual([]);
  });

  test("says what is not installed", () => {
    const it = setting();
    rmSync(it.settingsPath);
    expect(examine(it.installation, settings(it))).toMatchObject({ level: "not installed" });
  });

  test("says when a session was made to forget", () => {
    const it = setting();
    it.send(call("cat secret"));
    const [{ file } = { file: "" }] = listSessions(it.installation);
    rmSync(join(it.installation.sessions, file));
    rmSync(join(it.installation.known, file));
    const { checks } = examine(it.installation, settings(it));
    expect(checks.find(({ name }) => name === "sessions")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("claude-code:abc"),
    });
  });

  test("says what is broken", () => {
    const it = setting();
    giveKey(it.installation);
    writeFileSync(it.bundled, 'console.log("pawl pass")');
    const { level, checks } = examine(it.installation, settings(it));
    expect(level).toBe("broken");
    expect(checks.find(({ ok }) => !ok)).toMatchObject({
      detail: expect.stringContaining("was changed after it was installed"),
    });
    rmSync(it.installation.policy);
    expect(examine(it.installation, settings(it))).toMatchObject({
      level: "broken",
      checks: [{ name: "installation", ok: false, remedy: expect.stringContaining("pawl install") }],
    });
  });
});
