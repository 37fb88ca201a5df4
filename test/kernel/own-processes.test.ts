// The memory of other processes is a file below /proc: what a filter cannot tell, the launcher's pid namespace holds.

import { spawn, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import { needsOwnProcesses } from "../../compiler/kernel/own-processes.ts";
import { launchCommand, requireLaunchers, withFilter } from "../../gate/sandbox-launch.ts";
import { because, needsBubblewrap, PYTHON } from "./support/host.ts";
import { profile, PROFILES } from "./support/profiles.ts";

const skip = needsBubblewrap();

test("profiles that deny looking into other processes ask for a pid namespace", () => {
  expect(PROFILES.filter((name) => needsOwnProcesses(profile(name)))).toEqual(["coding-agent", "read-only", "strict"]);
});

test.skipIf(skip !== null)(`coding-agent keeps the memory of a process outside out of reach${because(skip)}`, () => {
  const victim = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    const code = `open("/proc/${victim.pid}/mem", "r+b")`;
    // The filter alone lets it through, as the report says.
    expect(runPython(code, false)).toBe("");
    expect(runPython(code, true)).toContain("FileNotFoundError");
  } finally {
    victim.kill("SIGKILL");
  }
});

/** What Python says of it. */
function runPython(code: string, ownProcesses: boolean): string {
  const box = profile("coding-agent");
  const launch = { name: "coding-agent", filter: seccompFilter(box, "x86_64"), landlock: [], ownProcesses };
  const program = { path: PYTHON, argv: [PYTHON, "-c", code] };
  const { file, args } = launchCommand(launch, requireLaunchers(launch), program);
  return withFilter(launch.filter, (descriptor) =>
    spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe", descriptor], encoding: "utf8", timeout: 60_000 }),
  ).stderr;
}
