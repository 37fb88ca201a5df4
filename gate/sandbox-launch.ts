// A sandbox around a program: bubblewrap installs the filter, `setpriv` Landlock's rules inside it.
//
// What is missing or too old is an error, and nothing runs: there is never less than the sandbox asks for. Launchers are
// looked up in the system's own folders alone, because a PATH is what an agent may have changed.

import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { GateError } from "./gate-error.ts";

/** A sandbox for one machine, ready to be put around a program. */
export interface SandboxLaunch {
  /** For messages. */
  readonly name: string;
  /** `struct sock_filter[]` for this machine. */
  readonly filter: Uint8Array;
  /** Landlock's part as arguments of `setpriv`; empty when the sandbox has none. */
  readonly landlock: readonly string[];
  /** The program gets a pid namespace with its own /proc, because the memory of other processes is a file there. */
  readonly ownProcesses: boolean;
}

/** The programs that apply a sandbox here. */
export interface Launchers {
  readonly bubblewrap: string;
  /** bubblewrap 0.9 and later can give a program another name than its file's. */
  readonly hasArgv0: boolean;
  /** Does the same for older ones; null when there is none. */
  readonly bash: string | null;
  /** Null when no Landlock rules are asked for. */
  readonly setpriv: string | null;
}

export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** Where the filter's descriptor is in the launcher. */
const FILTER_DESCRIPTOR = 3;

const SYSTEM_FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin"];

/** The first util-linux whose `setpriv` knows Landlock. */
const SETPRIV_SINCE = [2, 41] as const;

/** The command that runs the program under the sandbox, with the filter on descriptor 3. */
export function launchCommand(
  launch: SandboxLaunch,
  launchers: Launchers,
  program: { readonly path: string; readonly argv: readonly string[] },
): LaunchCommand {
  const [called = program.path, ...rest] = program.argv;
  const isRenamed = basename(called) !== basename(program.path);
  const setpriv = launchers.setpriv === null ? [] : [launchers.setpriv, ...launch.landlock, "--"];
  const isDirect = isRenamed && launchers.hasArgv0 && setpriv.length === 0;
  if (isRenamed && !isDirect && launchers.bash === null) {
    throw new GateError(
      "missing",
      `${program.path} is to run under the name ${called}, which this bubblewrap cannot do`,
      "install bubblewrap 0.9 or later, or bash",
    );
  }
  const inner =
    isRenamed && !isDirect && launchers.bash !== null
      ? [launchers.bash, "-c", 'exec -a "$0" "$@"', called, program.path, ...rest]
      : [program.path, ...rest];
  return {
    file: launchers.bubblewrap,
    args: [
      // Files stay where they are: what may happen to them is the filter's and Landlock's part.
      "--dev-bind",
      "/",
      "/",
      ...(launch.ownProcesses ? ["--unshare-pid", "--proc", "/proc"] : []),
      "--die-with-parent",
      "--seccomp",
      String(FILTER_DESCRIPTOR),
      ...(isDirect ? ["--argv0", called] : []),
      "--",
      ...setpriv,
      ...inner,
    ],
  };
}

/** Finds what the sandbox needs and tries it once; throws a GateError where something is missing. */
export function requireLaunchers(launch: SandboxLaunch, folders: readonly string[] = SYSTEM_FOLDERS): Launchers {
  if (process.platform !== "linux") {
    throw new GateError("missing", "sandboxes need Linux", "run the command in a Linux container or machine");
  }
  const bubblewrap = find("bwrap", folders);
  if (bubblewrap === null) {
    throw new GateError(
      "missing",
      `the sandbox ${launch.name} needs bubblewrap, which is in none of ${folders.join(", ")}`,
      "install the package `bubblewrap`",
    );
  }
  const launchers: Launchers = {
    bubblewrap,
    hasArgv0: isAtLeast(versionOf(bubblewrap), [0, 9]),
    bash: find("bash", folders),
    setpriv: launch.landlock.length === 0 ? null : requireSetpriv(launch, folders),
  };
  tryLaunch(launch, launchers, folders);
  return launchers;
}

/** Runs `use` with a descriptor that gives the filter; the file behind it has no name any more. */
export function withFilter<Value>(filter: Uint8Array, use: (descriptor: number) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), "pawl-filter-"));
  let descriptor: number;
  try {
    const file = join(folder, "filter");
    writeFileSync(file, filter, { mode: 0o600, flag: "wx" });
    descriptor = openSync(file, "r");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requireSetpriv(launch: SandboxLaunch, folders: readonly string[]): string {
  const setpriv = find("setpriv", folders);
  const version = setpriv === null ? null : versionOf(setpriv);
  if (setpriv !== null && isAtLeast(version, SETPRIV_SINCE)) return setpriv;
  const found = setpriv === null ? "there is none" : `${setpriv} is ${version?.join(".") ?? "of an unknown version"}`;
  throw new GateError(
    "missing",
    `the sandbox ${launch.name} has Landlock rules, for which setpriv of util-linux ${SETPRIV_SINCE.join(".")} is needed; ${found}`,
    "install a later util-linux, or write the clauses without `except`",
  );
}

/**
 * bubblewrap may be forbidden to make namespaces, and a kernel may refuse the filter or a place that Landlock's rules
 * name: better known before the command is decided.
 */
function tryLaunch(launch: SandboxLaunch, launchers: Launchers, folders: readonly string[]): void {
  const nothing = find("true", folders);
  if (nothing === null) throw new GateError("missing", "there is no program `true`", "install coreutils");
  const { file, args } = launchCommand(launch, launchers, { path: nothing, argv: [nothing] });
  const { status, stderr } = withFilter(launch.filter, (descriptor) =>
    spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe", descriptor], encoding: "utf8", timeout: 10_000 }),
  );
  if (status === 0) return;
  throw new GateError(
    "missing",
    `bubblewrap cannot start a program under the sandbox ${launch.name}: ${stderr.trim() || endOf(status)}`,
    "allow it to make namespaces, or run as root; a place that a clause excepts must exist",
  );
}

function endOf(status: number | null): string {
  return status === null ? "it did not end within 10 seconds" : `it ended with ${status}`;
}

function find(name: string, folders: readonly string[]): string | null {
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first two numbers that the program says of itself. */
function versionOf(program: string): readonly [number, number] | null {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 10_000 });
  const match = /(\d+)\.(\d+)/.exec(stdout ?? "");
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

function isAtLeast(version: readonly [number, number] | null, wanted: readonly [number, number]): boolean {
  if (version === null) return false;
  return version[0] === wanted[0] ? wanted[1] <= version[1] : wanted[0] < version[0];
}
