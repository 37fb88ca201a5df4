// The kernel's part: the policy's read_only sandbox as a seccomp profile, and a child that runs under it.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The profile as OCI JSON, parsed. */
export function emitProfile(stage, policy) {
  const { status, stdout, stderr } = stage.pawl(["sandbox", "emit", policy, "read_only", "--target", "oci"]);
  if (status !== 0) throw new Error(`pawl sandbox emit failed: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Runs `rm` on a file under the profile with bubblewrap.
 * Null where bubblewrap is missing or may not run here, with the reason.
 */
export function deleteUnderProfile(stage, policy) {
  const probe = bubblewrap(["true"], "ignore");
  if (probe.error !== undefined) return { reason: "bubblewrap is not installed" };
  if (probe.status !== 0) return { reason: `bubblewrap may not run here: ${probe.stderr.trim()}` };

  const filter = join(stage.scratch, "read_only.bpf");
  const emitted = stage.pawl(["sandbox", "emit", policy, "read_only", "--target", "raw", "-o", filter]);
  if (emitted.status !== 0) throw new Error(`pawl sandbox emit failed: ${emitted.stderr}`);
  const victim = join(stage.project, "victim.txt");
  writeFileSync(victim, "still here\n");
  const descriptor = openSync(filter, "r");
  const run = bubblewrap(["rm", "-f", victim], descriptor);
  closeSync(descriptor);
  return {
    bytes: readFileSync(filter).length,
    status: run.status,
    stderr: run.stderr.trim(),
    survived: existsSync(victim),
  };
}

function bubblewrap(argv, filter) {
  const seccomp = filter === "ignore" ? [] : ["--seccomp", "3"];
  return spawnSync("bwrap", ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", ...seccomp, "--", ...argv], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe", filter],
    timeout: 10_000,
  });
}
