// Starts the program that tries ways around a filter: probes.c as the build compiled it, or probes.py.
//
// Both run from a scratch folder of their own, as any user: nobody may not look into the folder that holds Pawl.

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callsOf, type Arch } from "../../bpfgen/syscalls/calls.ts";
import { launchCommand, withFilter, type Launchers, type SandboxLaunch } from "../../gate/sandbox-launch.ts";
import { packageRoot } from "../package-files.ts";

/** What became of a probe; `lost` when it gave no answer. */
export type Fate = "ran" | "blocked" | "killed" | "absent" | "lost";

export interface Probe {
  /** What it needs, by the names of stdlib/kernel.pawl. */
  readonly effects: readonly string[];
  readonly fate: Fate;
}

export type Probes = Readonly<Record<string, Probe>>;

export interface User {
  readonly name: string;
  /** Null for the user who runs this. */
  readonly uid: number | null;
}

/** A program that tries the probes. */
export interface ProbeProgram {
  readonly kind: "c" | "python";
  /** The file that is copied to the scratch folder. */
  readonly file: string;
  /** What runs the copy; null when it runs by itself. */
  readonly interpreter: string | null;
}

/** Where the build puts the compiled program. */
export const BUILT_PROBES: string = join(packageRoot, "dist/cli/probes/probes");
export const PYTHON_PROBES: string = join(packageRoot, "cli/probes/probes.py");

/** The distribution's own: one in a home folder may not be seen by another user. */
export const PYTHONS: readonly string[] = ["/usr/bin/python3", "/bin/python3", "/run/current-system/sw/bin/python3"];

/** The files that probes work on. */
export const SCRATCH_FILES: readonly string[] = ["file", "victim", "victim2"];

/** The programs that there are here, the better first. */
export function probePrograms(): readonly ProbeProgram[] {
  const python = PYTHONS.find((path) => existsSync(path));
  return [
    ...(existsSync(BUILT_PROBES) ? [{ kind: "c" as const, file: BUILT_PROBES, interpreter: null }] : []),
    ...(python === undefined ? [] : [{ kind: "python" as const, file: PYTHON_PROBES, interpreter: python }]),
  ];
}

/** The program's argument with an architecture's system calls. */
export function callNumbers(arch: Arch): string {
  return callsOf(arch)
    .map(({ name, number }) => `${name}=${number}`)
    .join(" ");
}

/** Tries every probe, under the sandbox's filter or without one; null when the program gave no answer. */
export function runProbes(
  program: ProbeProgram,
  arch: Arch,
  { uid }: User,
  under: { readonly launch: SandboxLaunch; readonly launchers: Launchers } | null,
): Probes | null {
  const folder = mkdtempSync(join(tmpdir(), "pawl-probes-"));
  try {
    const copy = join(folder, "probes");
    copyFileSync(program.file, copy);
    chmodSync(copy, 0o755);
    const files = SCRATCH_FILES.map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, "content");
    if (uid !== null) for (const path of [folder, ...files]) chownSync(path, uid, uid);
    const path = program.interpreter ?? copy;
    const argv = [path, ...(program.interpreter === null ? [] : [copy]), folder, callNumbers(arch)];
    const options = {
      encoding: "utf8",
      timeout: 60_000,
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      ...(uid === null ? {} : { uid, gid: uid }),
    } as const;
    const { status, stdout } =
      under === null
        ? spawnSync(path, argv.slice(1), { ...options, stdio: ["ignore", "pipe", "ignore"] })
        : withFilter(under.launch.filter, (descriptor) => {
            const { file, args } = launchCommand(under.launch, under.launchers, { path, argv });
            return spawnSync(file, args, { ...options, stdio: ["ignore", "pipe", "ignore", descriptor] });
          });
    // The shape is that of our own programs.
    return status === 0 ? (JSON.parse(stdout) as Probes) : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
