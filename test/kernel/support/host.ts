// What this host can run of the kernel tests, and why not.

import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callNumbers, PYTHON_PROBES } from "../../../cli/probes/run-probes.ts";

/** A reason to skip, or null when the host can. */
export type Skip = string | null;

export const ORACLE = fileURLToPath(new URL("oracle.py", import.meta.url));
export const LANDLOCK_TRIES = fileURLToPath(new URL("landlock.py", import.meta.url));

/** The command that tries probes in a folder: all, or those that are named. */
export function probeCommand(
  folder: string,
  names: readonly string[] = [],
  program: readonly [string, ...string[]] = [PYTHON, PYTHON_PROBES],
): readonly [string, ...string[]] {
  return [...program, folder, callNumbers("x86_64"), ...names];
}

/** For the title of what is skipped. */
export function because(skip: Skip): string {
  return skip === null ? "" : ` (${skip})`;
}

export function needs(...programs: readonly string[]): Skip {
  if (process.platform !== "linux") return "skipped: not Linux";
  if (process.arch !== "x64") return "skipped: not x86_64";
  for (const program of programs) {
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `skipped: ${program} is not installed`;
  }
  return null;
}

/** bubblewrap, where it is installed and may make its namespaces. */
export function needsBubblewrap(): Skip {
  const missing = needs("bwrap", PYTHON);
  if (missing !== null) return missing;
  const tried = spawnSync("bwrap", ["--bind", "/", "/", "true"], { encoding: "utf8" });
  return tried.status === 0 ? null : `skipped: bubblewrap may not run here: ${tried.stderr.trim()}`;
}

/** 32-bit calls from 64-bit code; a kernel can be built, or started, without them. */
export function needs32BitCalls(): Skip {
  const missing = needs(PYTHON);
  if (missing !== null) return missing;
  const tried = withFolder((folder) => {
    const [program, ...args] = probeCommand(folder, ["int 0x80"]);
    return spawnSync(program, args, { encoding: "utf8" });
  });
  return tried.stdout.includes('"ran"') ? null : "skipped: this kernel takes no 32-bit calls (`int 0x80` faults)";
}

/** Where the launchers are for tests of Landlock; `npm test` fetches a later setpriv where the system's is too old. */
export const LANDLOCK_FOLDERS = [
  fileURLToPath(new URL("../../../.cache/setpriv/bin", import.meta.url)),
  "/usr/bin",
  "/bin",
];

/** A setpriv that knows Landlock, on a kernel that does. */
export function needsLandlock(): Skip {
  const missing = needsBubblewrap();
  if (missing !== null) return missing;
  const setpriv = landlockSetpriv();
  if (setpriv === null) {
    const reason = fileURLToPath(new URL("../../../.cache/setpriv-missing", import.meta.url));
    const why = existsSync(reason) ? readFileSync(reason, "utf8") : "`npm test` fetches one where it can";
    return `skipped: there is no setpriv of util-linux 2.41: ${why}`;
  }
  const rights = ["--no-new-privs", "--landlock-access", "fs:refer,truncate", "true"];
  const { status, stderr } = spawnSync(setpriv, rights, { encoding: "utf8" });
  return status === 0 ? null : `skipped: this kernel has no Landlock, or an older one: ${stderr.trim()}`;
}

/** The path of a setpriv that knows Landlock. */
export function landlockSetpriv(): string | null {
  const setpriv = LANDLOCK_FOLDERS.map((folder) => join(folder, "setpriv")).find((path) => existsSync(path));
  if (setpriv === undefined) return null;
  return spawnSync(setpriv, ["--help"], { encoding: "utf8" }).stdout.includes("--landlock-access") ? setpriv : null;
}

/** The distribution's own: one in a home folder may not be seen by another user. */
export const PYTHON = "/usr/bin/python3";

export function withFolder<Value>(use: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), "pawl-kernel-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command under bubblewrap with a filter from a file on descriptor 9. */
export function underBubblewrap(
  filter: string | null,
  command: readonly string[],
  input = "",
): SpawnSyncReturns<string> {
  const seccomp = filter === null ? [] : ["--seccomp", "9"];
  const script = 'filter=$1; shift; if [ -n "$filter" ]; then exec 9<"$filter"; fi; exec "$@"';
  const bwrap = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", ...seccomp, ...command];
  return spawnSync("sh", ["-c", script, "sh", filter ?? "", ...bwrap], { encoding: "utf8", input, timeout: 60_000 });
}
