// `pawl sandbox verify --live`: the known ways around a filter, tried on this machine's kernel, with the
// sandbox and without it, as this user and, for root, as nobody too. cli/probes/ makes the calls.

import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import { GateError } from "../../gate/gate-error.ts";
import { requireLaunchers, type Launchers, type SandboxLaunch } from "../../gate/sandbox-launch.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import {
  countStopped,
  isOpen,
  judgeProbes,
  summariseProbes,
  type ProbeRow,
  type UserFates,
} from "../probes/judge-probes.ts";
import {
  BUILT_PROBES,
  probePrograms,
  PYTHONS,
  runProbes,
  type ProbeProgram,
  type Probes,
  type User,
} from "../probes/run-probes.ts";
import { print, printJson } from "../terminal.ts";
import { prepareSandbox } from "./sandbox-launch.ts";

const NOBODY = 65534;

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
    user: user.name,
    free: free[index] ?? {},
    sandboxed: runProbes(program, arch, user, { launch, launchers }),
  }));
  const rows = judgeProbes(lowered, runs);
  const ok = !rows.some(isOpen);
  if (options.json === true) {
    printJson({ ok, sandbox: launch.name, arch, program: program.kind, probes: rows });
  } else {
    print(printTable(rows, users));
    print(summariseProbes(rows));
    print(`${countStopped(rows)} of all ${rows.length} probes are stopped; made by ${describeProgram(program)}`);
  }
  return ok ? OK : PROBLEMS;
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

function printTable(rows: readonly ProbeRow[], users: readonly User[]): string {
  const head = ["probe", "clauses", ...users.map((user) => `as ${user.name}`)];
  const cells = rows.map(({ probe, isDenied, fates }) => [probe, isDenied ? "deny" : "–", ...fates.map(printFate)]);
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

function printFate({ free, sandboxed }: UserFates): string {
  const isRefusedAnyway = free === sandboxed && (free === "blocked" || free === "killed");
  return isRefusedAnyway ? `${sandboxed} (without too)` : sandboxed;
}
