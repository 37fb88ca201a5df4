// `pawl sandbox verify --live`: the known ways around a filter, tried on this machine's kernel, with the
// sandbox and without it, as this user and, for root, as nobody too. cli/probes/ makes the calls.

import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import type { SandboxIr } from "../../compiler/ir/ir.ts";
import { GateError } from "../../gate/gate-error.ts";
import { requireLaunchers, type Launchers, type SandboxLaunch } from "../../gate/sandbox-launch.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import {
  BUILT_PROBES,
  probePrograms,
  PYTHONS,
  runProbes,
  type Fate,
  type ProbeProgram,
  type Probes,
  type User,
} from "../probes/run-probes.ts";
import { print, printJson } from "../terminal.ts";
import { prepareSandbox } from "./sandbox-launch.ts";

const NOBODY = 65534;

interface Row {
  readonly probe: string;
  /** The sandbox says so: it denies one of the probe's effects. */
  readonly isDenied: boolean;
  readonly fates: readonly { readonly user: string; readonly free: Fate; readonly sandboxed: Fate }[];
}

/** Exit 1 when something that the sandbox denies got through. */
export function sandboxVerify(reference: string, options: { readonly json?: true }): number {
  // Landlock's rules would need a workspace; the probes are about the filter.
  const prepared = prepareSandbox(reference, "/");
  if (prepared === null) return PROBLEMS;
  const { lowered, arch } = prepared;
  const launch = { ...prepared.launch, landlock: [] };
  const launchers = launchersFor(launch);
  const users = usersHere();
  const { program, free } = tryWithoutSandbox(users, arch);
  const runs = users.map((user, index) => ({
    user,
    free: free[index] ?? {},
    sandboxed: runProbes(program, arch, user, { launch, launchers }),
  }));
  const rows = Object.entries(runs[0]?.free ?? {}).map(([probe, { effects }]): Row => {
    const fates = runs.map(({ user, free, sandboxed }) => ({
      user: user.name,
      free: free[probe]?.fate ?? "lost",
      sandboxed: sandboxed?.[probe]?.fate ?? "lost",
    }));
    return { probe, isDenied: isDenied(lowered.sandbox, probe, effects), fates };
  });
  const passed = rows.filter(({ isDenied, fates }) => isDenied && fates.some(({ sandboxed }) => isOpen(sandboxed)));
  if (options.json === true) {
    printJson({ ok: passed.length === 0, sandbox: launch.name, arch, program: program.kind, probes: rows });
  } else {
    print(printTable(rows, users));
    print(summary(rows, passed));
    print(`${rows.length} probes, made by ${describeProgram(program)}`);
  }
  return passed.length === 0 ? OK : PROBLEMS;
}

function launchersFor(launch: SandboxLaunch): Launchers {
  try {
    return requireLaunchers(launch);
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

/** The first program that runs here for every user, and what it found without a sandbox, in their order. */
function tryWithoutSandbox(
  users: readonly User[],
  arch: Arch,
): { readonly program: ProbeProgram; readonly free: readonly Probes[] } {
  for (const program of probePrograms()) {
    const free = users.map((user) => runProbes(program, arch, user, null)).filter((probes) => probes !== null);
    if (free.length === users.length) return { program, free };
  }
  const names = users.map(({ name }) => name).join(" and ");
  throw new CommandError(
    `nothing makes the probes here as ${names}: neither ${BUILT_PROBES}, which the build compiles, nor the distribution's Python (${PYTHONS.join(", ")}) runs in the folder for temporary files`,
    { help: "install a C compiler (`cc`) and build again, or install the package `python3`" },
  );
}

function describeProgram({ file, interpreter }: ProbeProgram): string {
  return interpreter === null ? `the compiled program (${file})` : `Python (${interpreter} ${file})`;
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
  const line = `${blocked} of ${denied.length} probes that the clauses deny are blocked`;
  return passed.length === 0 ? line : `${line}; got through: ${passed.map(({ probe }) => probe).join(", ")}`;
}
