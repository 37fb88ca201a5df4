// A sandbox, lowered for the machine that it is to run on.

import { resolve } from "node:path";
import { ARCHS, type Arch } from "../../bpfgen/syscalls/calls.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import { needsOwnProcesses } from "../../compiler/kernel/own-processes.ts";
import { lowerLandlock, setprivArguments } from "../../compiler/kernel/landlock.ts";
import type { LoweredSandbox } from "../../compiler/kernel/lower.ts";
import type { SandboxLaunch } from "../../gate/sandbox-launch.ts";
import { CommandError } from "../exit.ts";
import { printDiagnostics } from "../terminal.ts";
import { lowerReference } from "./sandbox-source.ts";

/** What Node calls the architectures that there are filters for. */
const NODE_ARCHS: Readonly<Record<string, Arch>> = { x64: "x86_64", arm64: "aarch64", riscv64: "riscv64" };

export interface PreparedSandbox {
  readonly launch: SandboxLaunch;
  readonly lowered: LoweredSandbox;
  readonly arch: Arch;
}

/** Null after errors of the policy or its sandbox, which are printed. */
export function prepareSandbox(reference: string, workspace: string): PreparedSandbox | null {
  const arch = Object.hasOwn(NODE_ARCHS, process.arch) ? NODE_ARCHS[process.arch] : undefined;
  if (arch === undefined) {
    throw new CommandError(`there are no filters for ${process.arch}`, { help: `only for ${ARCHS.join(", ")}` });
  }
  const found = lowerReference(reference, ["seccomp", "landlock"]);
  if (found === null) return null;
  const { lowered, loaded } = found;
  const { value: ruleset, diagnostics } = lowerLandlock(lowered.sandbox, resolve(workspace));
  printDiagnostics(diagnostics, loaded.sources);
  if (ruleset === null || hasErrors(diagnostics)) return null;
  const launch = {
    name: lowered.sandbox.name,
    filter: seccompFilter(lowered, arch),
    landlock: setprivArguments(ruleset),
    ownProcesses: needsOwnProcesses(lowered),
  };
  return { launch, lowered, arch };
}
