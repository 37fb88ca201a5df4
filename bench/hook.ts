// What does a hook cost, beside a process that does nothing?
//
// Method: one PreToolUse call for `git status` goes through (1) `node -e 0`, (2) the hook's bundle and (3) the installed
// launcher, 40 times each and in turn, against an installation in a scratch folder. Wall time of the whole process.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printTable, quantiles } from "./support/measure.ts";

const RUNS = 40;

const folder = mkdtempSync(join(tmpdir(), "pawl-bench-"));
try {
  const home = join(folder, "home");
  const project = join(folder, "project");
  for (const path of [home, project]) mkdirSync(path);
  const settings = join(home, "settings.json");
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, PAWL_HOME: join(home, "gate") };
  const installed = spawnSync(
    process.execPath,
    ["dist/cli/main.js", "hook", "install", "claude", "--settings", settings],
    {
      env,
      encoding: "utf8",
    },
  );
  if (installed.status !== 0) throw new Error(`hook install failed: ${installed.stderr}`);
  const input = JSON.stringify({
    session_id: "bench",
    transcript_path: join(home, "transcript.jsonl"),
    cwd: project,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command: "git status", description: "Show the state of the work tree" },
  });
  const time = (program: string, args: readonly string[]): number => {
    const start = performance.now();
    const result = spawnSync(program, args, { input, env, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`${program} ended with ${result.status}: ${result.stderr}`);
    return performance.now() - start;
  };
  const launcher = launcherOf(settings);
  const cases = {
    "node -e 0": () => time(process.execPath, ["-e", "0"]),
    "the bundle": () => time(process.execPath, ["dist/hook.mjs"]),
    "the launcher": () => time("/bin/sh", ["-c", launcher]),
  };
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (let run = 0; run < RUNS; run++)
    for (const [name, measure] of Object.entries(cases)) times.get(name)?.push(measure());
  printTable(
    ["process", "p50 ms", "p99 ms"],
    [...times].map(([name, samples]) => {
      const { p50, p99 } = quantiles(samples);
      return [name, p50.toFixed(1), p99.toFixed(1)];
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The command that the harness's settings name. */
function launcherOf(settings: string): string {
  const command = /"command":\s*("(?:[^"\\]|\\.)*")/.exec(readFileSync(settings, "utf8"))?.[1];
  if (command === undefined) throw new Error("the settings name no command");
  return String(JSON.parse(command));
}
