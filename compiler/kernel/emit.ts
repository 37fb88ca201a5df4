// A lowered sandbox in every form that launchers take. Each function is pure and gives the whole
// file; each form says in its first line what made it, from which policy.

import { encode, encodeInsn } from "../../bpfgen/cbpf/encode.ts";
import { disassembleInsn } from "../../bpfgen/cbpf/disassemble.ts";
import { blocks, printAction } from "../../bpfgen/seccomp/action.ts";
import { orderCases } from "../../bpfgen/seccomp/cases.ts";
import type { OciProfile } from "../../bpfgen/seccomp/oci.ts";
import { containerSubject, emitOci, printOci, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import { compareSubjects } from "../../bpfgen/seccomp/prove.ts";
import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import { ARCHS, callSince } from "../../bpfgen/syscalls/calls.ts";
import type { Checked } from "../diagnostics/diagnostic.ts";
import { invariant } from "../source/invariant.ts";
import { noProfileForm } from "./diagnostics.ts";
import type { LandlockRuleset } from "./landlock.ts";
import { setprivArguments } from "./landlock.ts";
import type { LoweredSandbox } from "./lower.ts";

/** The line that every form begins with, without a comment sign. */
export function formHeader(lowered: LoweredSandbox): string {
  return `Made by Pawl from sandbox ${lowered.sandbox.name} of policy ${lowered.policy}, sha256 ${lowered.digest}; do not edit.`;
}

/** `struct sock_filter[]` as bytes, for `bwrap --seccomp` and `seccomp(2)`. */
export function seccompFilter(lowered: LoweredSandbox, arch: Arch): Uint8Array {
  return encode(lowered.programs[arch]);
}

/**
 * The profile of OCI runtimes, Docker and Podman, proved under the model of its readers: for every call it is
 * equal to what a profile can hold of the sandbox (`containerSubject`).
 */
export function ociProfile(lowered: LoweredSandbox, archs: readonly Arch[] = ARCHS): Checked<OciProfile> {
  const { profile, problem } = emitOci(archs.map((arch) => lowered.filters[arch]));
  if (profile === null)
    return { value: null, diagnostics: [noProfileForm(lowered.sandbox.span, "OCI profile", problem ?? "it is empty")] };
  for (const arch of archs) {
    const proof = compareSubjects(profileSubject(profile, arch), containerSubject(lowered.filters[arch]));
    if (proof.problem !== null)
      return { value: null, diagnostics: [noProfileForm(lowered.sandbox.span, "OCI profile", proof.problem)] };
    invariant(proof.relation === "equal", `the OCI profile is ${proof.relation} on ${arch}`);
  }
  return { value: profile, diagnostics: [] };
}

/** The profile as a file. JSON has no comments; readers ignore the field. */
export function emitOciJson(lowered: LoweredSandbox, archs: readonly Arch[] = ARCHS): Checked<string> {
  const { value, diagnostics } = ociProfile(lowered, archs);
  return { value: value === null ? null : printOci({ comment: formHeader(lowered), ...value }), diagnostics };
}

/**
 * What an OCI profile needs of its reader: an old libseccomp skips calls that it does not know, and
 * its default then answers them.
 */
export function ociConditions(lowered: LoweredSandbox): readonly string[] {
  const { spec } = lowered;
  const fallback = spec.future ?? spec.default;
  const names = blocks(fallback)
    ? []
    : [
        ...new Set(
          spec.rules.filter((rule) => blocks(rule.action) && callSince(rule.call) !== null).map((rule) => rule.call),
        ),
      ].sort();
  return [
    "the runtime sets no_new_privs: `--security-opt no-new-privileges`, or `noNewPrivileges` of the process",
    ...(names.length === 0
      ? []
      : [`the runtime's libseccomp knows ${names.join(", ")}; \`future deny\` removes this condition`]),
    ...(spec.compat === "filter" ? ["32-bit x86 programs are killed"] : []),
  ];
}

/** A SeccompProfile resource of the Security Profiles Operator; YAML whose values are JSON. */
export function emitKubernetes(lowered: LoweredSandbox, archs: readonly Arch[] = ARCHS): Checked<string> {
  const { value, diagnostics } = ociProfile(lowered, archs);
  if (value === null) return { value: null, diagnostics };
  const lines = [
    `# ${formHeader(lowered)}`,
    "# The file for localhostProfile is the OCI form. Set allowPrivilegeEscalation: false in the container.",
    ...(value.defaultErrnoRet === undefined || value.defaultErrnoRet === 1
      ? []
      : ["# The resource has no default errno: calls that no rule names fail with EPERM here."]),
    "apiVersion: security-profiles-operator.x-k8s.io/v1beta1",
    "kind: SeccompProfile",
    "metadata:",
    `  name: ${resourceName(lowered.sandbox.name)}`,
    "spec:",
    `  defaultAction: ${value.defaultAction}`,
    `  architectures: ${JSON.stringify(value.architectures)}`,
    "  syscalls:",
  ];
  for (const rule of value.syscalls) {
    lines.push(`    - action: ${rule.action}`);
    if (rule.errnoRet !== undefined) lines.push(`      errnoRet: ${rule.errnoRet}`);
    lines.push(`      names: ${JSON.stringify(rule.names)}`);
    if (rule.args !== undefined) {
      const args = rule.args.map(
        ({ index, value: mask, valueTwo, op }) =>
          `{"index": ${index}, "value": ${mask}, "valueTwo": ${valueTwo ?? 0}, "op": "${op}"}`,
      );
      lines.push(`      args: [${args.join(", ")}]`);
    }
  }
  return { value: `${lines.join("\n")}\n`, diagnostics };
}

/** A DNS label (RFC 1123), as Kubernetes wants names: a sandbox's is letters, digits and `_`. */
function resourceName(name: string): string {
  return `pawl-${name.toLowerCase().replaceAll("_", "-")}`.slice(0, 63).replace(/-+$/, "");
}

/** A header with one `struct sock_filter` array per architecture. */
export function emitCHeader(lowered: LoweredSandbox, archs: readonly Arch[] = ARCHS): string {
  const macros: Readonly<Record<Arch, string>> = {
    x86_64: "defined(__x86_64__) && !defined(__ILP32__)",
    aarch64: "defined(__aarch64__)",
    riscv64: "defined(__riscv) && __riscv_xlen == 64",
  };
  const name = `pawl_${lowered.sandbox.name}`;
  const guard = `${name.toUpperCase()}_H`;
  const lines = [
    `/* ${formHeader(lowered)}`,
    "   Set no_new_privs with prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), then install it with",
    "   seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog). */",
    `#ifndef ${guard}`,
    `#define ${guard}`,
    "#include <linux/filter.h>",
    "",
  ];
  archs.forEach((arch, index) => {
    lines.push(`#${index === 0 ? "if" : "elif"} ${macros[arch]}`, `static const struct sock_filter ${name}[] = {`);
    lowered.programs[arch].forEach((insn, pc) => {
      const { code, jt, jf, k } = encodeInsn(insn);
      lines.push(
        `  { 0x${code.toString(16).padStart(2, "0")}, ${jt}, ${jf}, 0x${k.toString(16).padStart(8, "0")} }, /* ${pc}: ${disassembleInsn(insn, pc)} */`,
      );
    });
    lines.push("};");
  });
  lines.push(
    "#else",
    '#error "the sandbox has no filter for this architecture"',
    "#endif",
    `#define ${name}_length (sizeof ${name} / sizeof ${name}[0])`,
    "#endif",
  );
  return `${lines.join("\n")}\n`;
}

/** Landlock's part as the arguments of `setpriv`, one command line. */
export function emitSetpriv(lowered: LoweredSandbox, ruleset: LandlockRuleset): string {
  return `# ${formHeader(lowered)}\n${["setpriv", ...setprivArguments(ruleset)].map(quoteShell).join(" ")}\n`;
}

/** Landlock's part as JSON. */
export function emitLandlockJson(lowered: LoweredSandbox, ruleset: LandlockRuleset): string {
  return `${JSON.stringify({ comment: formHeader(lowered), handled_access_fs: ruleset.handled, path_beneath: ruleset.rules }, null, 2)}\n`;
}

function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The answer to every call as text, one line for each group of calls with the same answer. */
export function printRules(lowered: LoweredSandbox, arch: Arch): string {
  const native = lowered.filters[arch].abis[0];
  invariant(native !== undefined, "a filter without its own architecture");
  const groups = new Map<string, string[]>();
  for (const { name, rules } of native.calls.values()) {
    const { cases, otherwise } = orderCases(rules, native.default);
    const test = (one: (typeof cases)[number]): string =>
      one.tests
        .map((t) => `arg${t.argument} & 0x${t.mask.toString(16)} ${t.operator} 0x${t.value.toString(16)}`)
        .join(" and ");
    const key = [...cases.map((one) => `${printAction(one.action)} when ${test(one)}`), printAction(otherwise)].join(
      "; else ",
    );
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const lines = [...groups].map(([key, names]) => `${key}: ${names.sort().join(" ")}`).sort();
  lines.push(`unknown numbers: ${printAction(native.unknown)}`);
  return `${lines.join("\n")}\n`;
}
