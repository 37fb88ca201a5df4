// The forms that a sandbox can be written in, for `sandbox emit` and `build --target`.

import { disassemble } from "../../bpfgen/cbpf/disassemble.ts";
import { ARCHS, type Arch } from "../../bpfgen/syscalls/calls.ts";
import { hasErrors, type Checked } from "../../compiler/diagnostics/diagnostic.ts";
import type { PolicyIr, SandboxIr } from "../../compiler/ir/ir.ts";
import {
  emitCHeader,
  emitKubernetes,
  emitLandlockJson,
  emitOciJson,
  emitSetpriv,
  ociConditions,
  printRules,
  seccompFilter,
} from "../../compiler/kernel/emit.ts";
import { emitSystemd } from "../../compiler/kernel/systemd.ts";
import { lowerLandlock, type LandlockRuleset } from "../../compiler/kernel/landlock.ts";
import { lowerSandbox, type LoweredSandbox } from "../../compiler/kernel/lower.ts";
import { CommandError } from "../exit.ts";
import type { SandboxForm } from "../program.ts";

/** What the command line says about a form. */
export interface FormFlags {
  readonly target: SandboxForm;
  /** Every architecture of the form when left out; x86_64 where a form has one. */
  readonly arch?: string;
  /** Stands for `workspace` in Landlock's rules. */
  readonly workspace?: string;
  /** The launcher applies Landlock's part too, so clauses may be held there. */
  readonly withLandlock?: true;
}

export interface Emitted extends Checked<string | Uint8Array> {
  /** What the form needs of whoever reads it. */
  readonly conditions: readonly string[];
}

/** The sandbox in one form; `value` is null when the form cannot hold it. */
export function emitForm(ir: PolicyIr, sandbox: SandboxIr, flags: FormFlags): Emitted {
  const form = FORMS[flags.target];
  const archs = archsOf(flags);
  const isLandlock = form.mechanism === "landlock" || flags.withLandlock === true;
  const lowered = lowerSandbox(ir, sandbox, isLandlock ? ["seccomp", "landlock"] : ["seccomp"]);
  if (lowered.value === null) return { ...lowered, value: null, conditions: [] };
  const emitted =
    form.mechanism === "seccomp"
      ? form.emit(lowered.value, archs)
      : emitLandlock(lowered.value, flags.workspace ?? null, form.emit);
  const diagnostics = [...lowered.diagnostics, ...emitted.diagnostics];
  return {
    value: hasErrors(diagnostics) ? null : emitted.value,
    diagnostics,
    conditions: form.isOci === true ? ociConditions(lowered.value) : [],
  };
}

/** How a file in this form is called, after the policy's and the sandbox's name. */
export function formSuffix({ target, arch }: FormFlags): string {
  return FORMS[target].mechanism === "seccomp" && FORMS[target].hasOneArch === true
    ? `${arch ?? "x86_64"}.${FORMS[target].suffix}`
    : FORMS[target].suffix;
}

/** True for bytes that are no text. */
export function isBinaryForm(form: SandboxForm): boolean {
  return form === "raw";
}

/** The architectures of `--arch`, separated by commas. */
export function parseArchs(text: string): readonly Arch[] {
  const archs = text.split(",").map((word) => {
    const arch = ARCHS.find((one) => one === word);
    if (arch === undefined)
      throw new CommandError(`no filters for \`${word}\``, { help: `one of ${ARCHS.join(", ")}` });
    return arch;
  });
  return [...new Set(archs)];
}

interface SeccompForm {
  readonly mechanism: "seccomp";
  readonly suffix: string;
  readonly hasOneArch?: true;
  readonly isOci?: true;
  readonly emit: (lowered: LoweredSandbox, archs: readonly Arch[]) => Checked<string | Uint8Array>;
}

interface LandlockForm {
  readonly mechanism: "landlock";
  readonly suffix: string;
  readonly isOci?: never;
  readonly emit: (lowered: LoweredSandbox, ruleset: LandlockRuleset) => string;
}

const oci = (suffix: string): SeccompForm => ({ mechanism: "seccomp", suffix, isOci: true, emit: emitOciJson });

const FORMS: Readonly<Record<SandboxForm, SeccompForm | LandlockForm>> = {
  oci: oci("seccomp.json"),
  docker: oci("docker.json"),
  podman: oci("podman.json"),
  kubernetes: oci("kubernetes.json"),
  "kubernetes-resource": { mechanism: "seccomp", suffix: "yaml", isOci: true, emit: emitKubernetes },
  systemd: { mechanism: "seccomp", suffix: "conf", emit: (lowered) => emitSystemd(lowered) },
  "c-header": { mechanism: "seccomp", suffix: "h", emit: (lowered, archs) => done(emitCHeader(lowered, archs)) },
  raw: oneArch("bpf", seccompFilter),
  disassembly: oneArch("asm", (lowered, arch) => `${disassemble(lowered.programs[arch])}\n`),
  rules: oneArch("rules.txt", printRules),
  landlock: { mechanism: "landlock", suffix: "landlock.json", emit: emitLandlockJson },
  setpriv: { mechanism: "landlock", suffix: "setpriv.sh", emit: emitSetpriv },
};

function oneArch(suffix: string, emit: (lowered: LoweredSandbox, arch: Arch) => string | Uint8Array): SeccompForm {
  return {
    mechanism: "seccomp",
    suffix,
    hasOneArch: true,
    emit: (lowered, [arch]) => done(emit(lowered, arch ?? "x86_64")),
  };
}

function emitLandlock(lowered: LoweredSandbox, workspace: string | null, emit: LandlockForm["emit"]): Checked<string> {
  const { value, diagnostics } = lowerLandlock(lowered.sandbox, workspace);
  return { value: value === null ? null : emit(lowered, value), diagnostics };
}

function archsOf({ target, arch }: FormFlags): readonly Arch[] {
  const form = FORMS[target];
  const hasOne = form.mechanism === "seccomp" && form.hasOneArch === true;
  if (arch === undefined) return hasOne ? ["x86_64"] : ARCHS;
  const archs = parseArchs(arch);
  if (hasOne && archs.length !== 1) throw new CommandError(`\`${target}\` is for one architecture`);
  return archs;
}

function done(value: string | Uint8Array): Checked<string | Uint8Array> {
  return { value, diagnostics: [] };
}
