// `pawl sandbox …`: kernel filters from the policy's sandbox clauses.

import { writeFileSync } from "node:fs";
import { disassemble } from "../../bpfgen/cbpf/disassemble.ts";
import { ARCHS, type Arch } from "../../bpfgen/syscalls/calls.ts";
import { hasErrors, type Checked, type Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { diagnosticsJson } from "../../compiler/diagnostics/render.ts";
import type { PolicyIr, SandboxIr } from "../../compiler/ir/ir.ts";
import {
  emitCHeader,
  emitKubernetes,
  emitOciJson,
  emitSystemd,
  printRules,
  seccompFilter,
} from "../../compiler/kernel/emit.ts";
import { lowerSandbox, type LoweredSandbox } from "../../compiler/kernel/lower.ts";
import { printReport } from "../../compiler/kernel/report.ts";
import type { SourceText } from "../../compiler/source/source.ts";
import { checkPolicyFile } from "../compile-policy.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import type { SandboxFlags, SandboxForm } from "../program.ts";
import { print, printDiagnostics, printJson, writeAll } from "../terminal.ts";

/** Prints or writes one sandbox in one form; exit 1 when it cannot be held as written. */
export function sandboxEmit(file: string, name: string | undefined, options: SandboxFlags): number {
  const loaded = loadSandboxes(file, name);
  if (loaded === null) return PROBLEMS;
  const [sandbox, second] = loaded.sandboxes;
  if (sandbox === undefined || second !== undefined) {
    const names = loaded.sandboxes.map((one) => one.name).join(", ");
    throw new CommandError(`name one sandbox of ${file}`, { help: names === "" ? "it has none" : `one of ${names}` });
  }
  const arch = ARCHS.find((one) => one === options.arch);
  if (arch === undefined)
    throw new CommandError(`no filters for \`${options.arch}\``, { help: `one of ${ARCHS.join(", ")}` });
  if (options.target === "cbpf" && options.output === undefined && process.stdout.isTTY) {
    throw new CommandError("a raw filter is not for a terminal", { help: "name a file with `-o FILE`" });
  }
  const lowered = lowerSandbox(loaded.ir, sandbox);
  const emitted = lowered.value === null ? null : EMIT[options.target](lowered.value, arch);
  printDiagnostics([...lowered.diagnostics, ...(emitted?.diagnostics ?? [])], loaded.sources);
  if (emitted === null || emitted.value === null) return PROBLEMS;
  if (options.output === undefined) writeAll(1, emitted.value);
  else writeFileSync(options.output, emitted.value);
  return OK;
}

/** Says clause by clause what holds the sandboxes, and how exactly; exit 1 when one cannot be held. */
export function sandboxReport(file: string, name: string | undefined, options: { readonly json?: true }): number {
  const loaded = loadSandboxes(file, name);
  if (loaded === null) return PROBLEMS;
  const results = loaded.sandboxes.map((sandbox) => ({ sandbox: sandbox.name, ...lowerSandbox(loaded.ir, sandbox) }));
  if (options.json === true) {
    printJson(
      results.map(({ sandbox, value, diagnostics }) => ({
        sandbox,
        report: value === null ? null : value.report,
        diagnostics: diagnosticsJson(diagnostics, loaded.sources),
      })),
    );
  } else {
    for (const { value, diagnostics } of results) {
      printDiagnostics(diagnostics, loaded.sources);
      if (value !== null) print(printReport(value.report).trimEnd());
    }
  }
  return results.some(({ diagnostics }) => hasErrors(diagnostics)) ? PROBLEMS : OK;
}

type Emit = (lowered: LoweredSandbox, arch: Arch) => Checked<string | Uint8Array>;

const EMIT: Readonly<Record<SandboxForm, Emit>> = {
  oci: (lowered) => emitOciJson(lowered),
  cbpf: (lowered, arch) => done(seccompFilter(lowered, arch)),
  disassembly: (lowered, arch) => done(`${disassemble(lowered.programs[arch])}\n`),
  rules: (lowered, arch) => done(printRules(lowered, arch)),
  kubernetes: (lowered) => emitKubernetes(lowered),
  systemd: (lowered) => emitSystemd(lowered),
  c: (lowered) => done(emitCHeader(lowered)),
};

function done(value: string | Uint8Array): Checked<string | Uint8Array> {
  const diagnostics: readonly Diagnostic[] = [];
  return { value, diagnostics };
}

interface LoadedSandboxes {
  readonly ir: PolicyIr;
  readonly sources: readonly SourceText[];
  readonly sandboxes: readonly SandboxIr[];
}

/** The sandboxes of a policy, or the one that is named; null after the policy's own errors. */
function loadSandboxes(file: string, name: string | undefined): LoadedSandboxes | null {
  const { value: ir, diagnostics, sources } = checkPolicyFile(file);
  printDiagnostics(diagnostics, sources);
  if (ir === null) return null;
  const sandboxes = ir.sandboxes.filter((sandbox) => name === undefined || sandbox.name === name);
  if (sandboxes.length === 0) {
    const names = ir.sandboxes.map((sandbox) => sandbox.name).join(", ");
    throw new CommandError(
      name === undefined ? `${file} has no sandbox` : `${file} has no sandbox \`${name}\``,
      names === "" ? {} : { help: `one of ${names}` },
    );
  }
  return { ir, sources, sandboxes };
}
