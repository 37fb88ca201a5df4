import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  claudeHookStatus,
  claudeSettingsPath,
  installClaudeHook,
  removeClaudeHook,
} from "../../gate/harnesses/claude-install.ts";
import { expectGateError, install, scratch } from "./helper.ts";

function setting(text: string | null) {
  const directory = scratch();
  const installation = install(directory);
  const settingsPath = claudeSettingsPath("project", { home: "/none", project: directory });
  const bundle = join(directory, "hook.mjs");
  writeFileSync(bundle, "// program");
  mkdirSync(dirname(settingsPath));
  if (text !== null) writeFileSync(settingsPath, text, { mode: 0o640 });
  const add = () =>
    installClaudeHook(installation, { settingsPath, node: process.execPath, bundle, variables: ["HOME"] });
  const remove = () => removeClaudeHook(installation, settingsPath);
  const read = () => readFileSync(settingsPath, "utf8");
  // The test's own file.
  const parsed = () =>
    JSON.parse(read()) as { hooks: { PreToolUse: { matcher: string; hooks: Record<string, unknown>[] }[] } };
  return {
    directory,
    installation,
    settingsPath,
    add,
    remove,
    read,
    parsed,
    status: (variables?: readonly string[]) => claudeHookStatus(installation, settingsPath, variables),
  };
}

const texts: Readonly<Record<string, string>> = {
  empty: "{}\n",
  "with something else": '{\n  "model": "opus",\n  "permissions": { "allow": ["Bash(ls)"] }\n}\n',
  "with other hooks": '{\n\t"hooks": {\n\t\t"PostToolUse": [ { "hooks": [] } ]\n\t},\n\t"x": 1e2\n}',
  "with another PreToolUse hook":
    '{\n  "hooks": {\n    "PreToolUse": [\n      {\n        "matcher": "Bash",\n        "hooks": [{ "type": "command", "command": "echo \\"a\\"" }]\n      }\n    ]\n  }\n}\n',
  "on one line": '{"a":[1,2],"hooks":{"PreToolUse":[{"matcher":"X","hooks":[]}]},"b":"\\u00e9"}',
};

describe("settings", () => {
  for (const [name, text] of Object.entries(texts)) {
    test(`${name}: installing adds one entry and removing restores every byte`, () => {
      const { add, remove, read, parsed, status, settingsPath } = setting(text);
      add();
      const entry = parsed().hooks.PreToolUse.at(-1);
      expect(entry).toMatchObject({ matcher: "*", hooks: [{ type: "command", timeout: 30, onFailure: "block" }] });
      expect(status(["HOME"])).toMatchObject({ state: "installed", problems: [] });
      expect(statSync(settingsPath).mode & 0o777).toBe(0o640);
      const once = read();
      add();
      expect(read()).toBe(once);
      expect(remove()).toBe(true);
      expect(read()).toBe(text);
      expect(remove()).toBe(false);
      expect(status().state).toBe("absent");
    });
  }

  test("that are not there are made", () => {
    const { add, parsed, status, remove } = setting(null);
    expect(remove()).toBe(false);
    expect(status().state).toBe("absent");
    add();
    expect(parsed().hooks.PreToolUse).toHaveLength(1);
  });

  test("behind a link are changed there", () => {
    const it = setting(null);
    const real = join(it.directory, "dotfiles.json");
    writeFileSync(real, "{}");
    symlinkSync(real, it.settingsPath);
    it.add();
    expect(lstatSync(it.settingsPath).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toContain("PreToolUse");
  });

  const malformed: Readonly<Record<string, string>> = {
    "not JSON": "{ // comment\n}",
    "a list": "[]",
    "hooks of the wrong type": '{"hooks":[]}',
    "PreToolUse of the wrong type": '{"hooks":{"PreToolUse":{}}}',
    "an entry of the wrong type": '{"hooks":{"PreToolUse":["x"]}}',
    "hooks twice": '{"hooks":{},"hooks":{}}',
    "too deep": `{"a":${"[".repeat(1000)}${"]".repeat(1000)}}`,
    "not UTF-8": "\u0000",
    empty: "",
  };
  for (const [name, text] of Object.entries(malformed)) {
    test(`${name}: refused and left as they are`, () => {
      const { add, remove, read } = setting(text);
      expectGateError("malformed-settings", add);
      expectGateError("malformed-settings", remove);
      expect(read()).toBe(text);
    });
  }
});

describe("the status says when", () => {
  const changes: Readonly<Record<string, readonly [(text: string) => string, string]>> = {
    "the matcher is narrower": [(text) => text.replace('"*"', '"Bash"'), "matcher"],
    "failures do not block": [(text) => text.replace('"onFailure": "block"', '"onFailure": "continue"'), "onFailure"],
    "the hook runs asynchronously": [
      (text) => text.replace('"type": "command"', '"type": "command", "async": true'),
      "`async`",
    ],
    "the harness waits too short": [(text) => text.replace('"timeout": 30', '"timeout": 1'), "timeout"],
    "the command goes on": [(text) => text.replace("exit 2; }", "exit 2; } ; true"), "command"],
    "all hooks are off": [(text) => text.replace("{", '{ "disableAllHooks": true,'), "disableAllHooks"],
  };
  for (const [name, [change, problem]] of Object.entries(changes)) {
    test(name, () => {
      const { add, read, settingsPath, status } = setting("{}");
      add();
      writeFileSync(settingsPath, change(read()));
      expect(status()).toMatchObject({ state: "broken", problems: [expect.stringContaining(problem)] });
    });
  }

  test("the launcher or the program was changed, or other variables are read", () => {
    const { add, installation, status } = setting("{}");
    add();
    expect(status(["HOME", "PATH"]).problems).toEqual([expect.stringContaining("install the hook again")]);
    writeFileSync(join(installation.hook, "claude-launch"), "#!/bin/sh\nexit 0\n");
    writeFileSync(join(installation.hook, "hook.mjs"), "");
    expect(status()).toMatchObject({
      state: "broken",
      problems: [expect.stringContaining("claude-launch was changed"), expect.stringContaining("hook.mjs was changed")],
    });
  });
});
