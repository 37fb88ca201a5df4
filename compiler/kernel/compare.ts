// "Is A at least as strict as B?" for sandboxes, raw filters and OCI profiles alike.

import type { CallData } from "../../bpfgen/cbpf/interpret.ts";
import { printAction } from "../../bpfgen/seccomp/action.ts";
import { containerSubject, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import type { Comparison, Difference, Subject } from "../../bpfgen/seccomp/prove.ts";
import { compareSubjects, filterSubject, programSubject, stackSubject } from "../../bpfgen/seccomp/prove.ts";
import { readProfile } from "../../bpfgen/seccomp/read-profile.ts";
import type { Abi, Arch } from "../../bpfgen/syscalls/calls.ts";
import { AUDIT_ARCHS, callsOf, X32_BIT } from "../../bpfgen/syscalls/calls.ts";
import type { LoweredSandbox } from "./lower.ts";

/** A sandbox, what an OCI profile can hold of one, or the bytes of a raw filter or an OCI profile. */
export type Comparable =
  | { readonly kind: "sandbox"; readonly lowered: LoweredSandbox }
  | { readonly kind: "sandbox as profile"; readonly lowered: LoweredSandbox }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

export type ReadComparable =
  | { readonly value: Subject; readonly problem: null }
  | { readonly value: null; readonly problem: string };

/** What answers calls on this architecture, or why the bytes are no filter. */
export function readComparable(source: Comparable, arch: Arch): ReadComparable {
  switch (source.kind) {
    case "sandbox":
      return { value: filterSubject(source.lowered.filters[arch]), problem: null };
    case "sandbox as profile":
      return { value: containerSubject(source.lowered.filters[arch]), problem: null };
    case "bytes": {
      const { value, problem } = readProfile(source.bytes);
      if (value === null) return { value, problem };
      const subject = value.kind === "program" ? programSubject(value.program) : profileSubject(value.profile, arch);
      return { value: subject, problem: null };
    }
  }
}

/** What the left side is to the right one, over every call. Each side is a stack of filters, the last installed first. */
export function compareFilters(left: readonly Subject[], right: readonly Subject[]): Comparison {
  return compareSubjects(stackSubject(left), stackSubject(right));
}

/** For a terminal: the relation, and a call for each way in which they differ. */
export function printComparison(comparison: Comparison, left: string, right: string): string {
  const lines = [SENTENCES[comparison.relation](left, right)];
  if (comparison.problem !== null) lines.push(`  ${comparison.problem}`);
  const show = (difference: Difference | null, what: string): void => {
    if (difference === null) return;
    lines.push(`  ${what}: ${printCall(difference.call)}`);
    lines.push(`    ${left}: ${printAction(difference.left)}`, `    ${right}: ${printAction(difference.right)}`);
  };
  show(comparison.stricter, `${left} is stricter`);
  show(comparison.laxer, `${left} is laxer`);
  show(comparison.different, "answered differently");
  return `${lines.join("\n")}\n`;
}

const SENTENCES: Readonly<Record<Comparison["relation"], (left: string, right: string) => string>> = {
  equal: (left, right) => `${left} and ${right} answer every call alike`,
  equivalent: (left, right) => `${left} and ${right} block the same calls, with other answers`,
  stricter: (left, right) => `${left} is stricter than ${right}`,
  laxer: (left, right) => `${left} is laxer than ${right}`,
  neither: (left, right) => `neither ${left} nor ${right} is stricter than the other`,
  unknown: (left, right) => `${left} and ${right} could not be compared`,
};

/** `openat(0x0, 0x0, 0x1, …) on x86_64`. */
export function printCall(call: CallData): string {
  const abi = abiOf(call);
  const number = abi === "x32" ? call.number - X32_BIT : call.number;
  const name = abi === null ? null : (callsOf(abi).find((one) => one.number === number)?.name ?? null);
  const where = abi ?? `architecture 0x${call.arch.toString(16)}`;
  return `${name ?? `call ${call.number}`}(${call.args.map((arg) => `0x${arg.toString(16)}`).join(", ")}) on ${where}`;
}

function abiOf(call: CallData): Abi | null {
  if (call.arch === AUDIT_ARCHS.x86_64) return X32_BIT <= call.number && call.number < 0x80000000 ? "x32" : "x86_64";
  return (["i386", "aarch64", "riscv64"] as const).find((abi) => AUDIT_ARCHS[abi] === call.arch) ?? null;
}
