// `pawl sandbox verify --live`: the known ways around a filter, tried on this machine's kernel, with the
// sandbox and without it, as this user and, for root, as nobody too. cli/probes/probes.py makes the calls.

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callsOf, type Arch } from "../../bpfgen/syscalls/calls.ts";
import type { SandboxIr } from "../../compiler/ir/ir.ts";
import { GateError } from "../../gate/gate-error.ts";
import { launchCommand, requireLaunchers, withFilter, type Launchers } from "../../gate/sandbox-launch.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import { packageRoot } from "../package-files.ts";
import { print, printJson } from "../terminal.ts";
import { prepareSandbox, type PreparedSandbox } from "./sandbox-launch.ts";

/** The distribution's own: one in a home folder may not be seen by another user. */
const PYTHONS = ["/usr/bin/python3", "/bin/python3", "/run/current-system/sw/bin/python3"];

const NOBODY = 65534;

/** What became of a probe; `lost` when the program that tries them said nothing. */
type Fate = "ran" | "blocked" | "killed" | "absent" | "lost";

interface Probe {
  readonly effects: readonly string[];
  readonly fate: Fate;
}

interface User {
  readonly name: string;
  readonly uid: number | null;
}

interface Row {
  readonly probe: string;
  /** The sandbox says so: it denies one of the probe's effects. */
  readonly isDenied: boolean;
  readonly fates: readonly { readonly user: string; readonly free: Fate; readonly sandboxed: Fate }[];
}

/** Exit 1 when something that the sandbox denies got through. */
export function sandboxVerify(reference: string, options: { readonly json?: true }): number {
  const python = PYTHONS.find((path) => existsSync(path));
  if (python === undefined) {
    throw new CommandError("the probes need the distribution's Python", { help: `one of ${PYTHONS.join(", ")}` });
  }
  // Landlock's rules would need a workspace; the probes are about the filter.
  const prepared = prepareSandbox(reference, "/");
  if (prepared === null) return PROBLEMS;
  const launchers = launchersFor(prepared);
  const users = usersHere();
  const runs = users.map((user) => ({
    user,
    free: runProbes(python, prepared.arch, user, null),
    sandboxed: runProbes(python, prepared.arch, user, { prepared, launchers }),
  }));
  const rows = Object.entries(runs[0]?.free ?? {}).map(([probe, { effects }]): Row => {
    const fates = runs.map(({ user, free, sandboxed }) => ({
      user: user.name,
      free: free[probe]?.fate ?? "lost",
      sandboxed: sandboxed[probe]?.fate ?? "lost",
    }));
    return { probe, isDenied: isDenied(prepared.lowered.sandbox, probe, effects), fates };
  });
  const passed = rows.filter(({ isDenied, fates }) => isDenied && fates.some(({ sandboxed }) => isOpen(sandboxed)));
  if (options.json === true) {
    printJson({ ok: passed.length === 0, sandbox: prepared.launch.name, arch: prepared.arch, probes: rows });
  } else {
    print(printTable(rows, users));
    print(summary(rows, passed));
  }
  return passed.length === 0 ? OK : PROBLEMS;
}

function launchersFor({ launch }: PreparedSandbox): Launchers {
  try {
    return requireLaunchers({ ...launch, landlock: [] });
  } catch (error) {
    if (error instanceof GateError) throw new CommandError(error.message);
    throw error;
  }
}

/** root passes checks of the kernel that stop others, so both views matter. */
function usersHere(): readonly User[] {
  if (process.getuid?.() !== 0) return [{ name: "this user", uid: null }];
  return [
    { name: "root", uid: null },
    { name: "nobody", uid: NOBODY },
  ];
}

function runProbes(
  python: string,
  arch: Arch,
  { uid }: User,
  under: { readonly prepared: PreparedSandbox; readonly launchers: Launchers } | null,
): Readonly<Record<string, Probe>> {
  const folder = mkdtempSync(join(tmpdir(), "pawl-probes-"));
  try {
    const script = join(folder, "probes.py");
    copyFileSync(join(packageRoot, "cli/probes/probes.py"), script);
    const files = ["file", "victim", "victim2"].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, "content");
    chmodSync(script, 0o644);
    if (uid !== null) for (const path of [folder, ...files]) chownSync(path, uid, uid);
    const numbers = JSON.stringify(Object.fromEntries(callsOf(arch).map(({ name, number }) => [name, number])));
    const argv = [python, script, folder, numbers];
    const options = {
      encoding: "utf8",
      timeout: 60_000,
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      ...(uid === null ? {} : { uid, gid: uid }),
    } as const;
    const { stdout } =
      under === null
        ? spawnSync(python, argv.slice(1), options)
        : withFilter(under.prepared.launch.filter, (descriptor) => {
            const launch = { ...under.prepared.launch, landlock: [] };
            const { file, args } = launchCommand(launch, under.launchers, { path: python, argv });
            return spawnSync(file, args, { ...options, stdio: ["ignore", "pipe", "ignore", descriptor] });
          });
    return readProbes(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing, where the program could not even print under the sandbox. */
function readProbes(stdout: string): Readonly<Record<string, Probe>> {
  try {
    // The shape is that of our own probes.py.
    return JSON.parse(stdout) as Record<string, Probe>;
  } catch {
    return {};
  }
}

function isDenied(sandbox: SandboxIr, probe: string, effects: readonly string[]): boolean {
  // A foreign architecture is no effect: without `compat filter` its calls are killed.
  if (probe === "int 0x80") return sandbox.compat === "refuse";
  const named = (...actions: readonly string[]): boolean =>
    sandbox.clauses.some(
      (clause) =>
        actions.includes(clause.action) &&
        clause.except.length === 0 &&
        clause.effects.some((one) => effects.includes(one)),
    );
  return named("deny", "kill") || (sandbox.default === "deny" && !named("allow", "log"));
}

/** A probe that reported nothing proves nothing. */
function isOpen(fate: Fate): boolean {
  return fate === "ran" || fate === "lost";
}

function printTable(rows: readonly Row[], users: readonly User[]): string {
  const head = ["probe", "clauses", ...users.map((user) => `as ${user.name}`)];
  const cells = rows.map(({ probe, isDenied, fates }) => [
    probe,
    isDenied ? "deny" : "–",
    ...fates.map(({ free, sandboxed }) =>
      free === sandboxed && !isOpen(free) ? `${sandboxed} (without too)` : sandboxed,
    ),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function summary(rows: readonly Row[], passed: readonly Row[]): string {
  const denied = rows.filter((row) => row.isDenied);
  const blocked = denied.length - passed.length;
  const line = `${blocked} of ${denied.length} probes that the clauses deny are blocked, of ${rows.length} in all`;
  return passed.length === 0 ? line : `${line}; got through: ${passed.map(({ probe }) => probe).join(", ")}`;
}
