// OCI profiles under the model of their readers, against the decision function.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { OciArgument, OciProfile } from "../../bpfgen/seccomp/oci.ts";
import { containerSubject, emitOci, printOci, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import type { Comparison } from "../../bpfgen/seccomp/prove.ts";
import { compareSubjects } from "../../bpfgen/seccomp/prove.ts";
import { readProfile } from "../../bpfgen/seccomp/read-profile.ts";
import { resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { ARCHS, X32_BIT } from "../../bpfgen/syscalls/calls.ts";
import { filterSpec } from "./arbitrary.ts";

test("profile = what a profile can hold of the decision function, for every call", () => {
  let proved = 0;
  fc.assert(
    fc.property(filterSpec, fc.constantFrom(...ARCHS), (spec, arch) => {
      const filter = resolveFilter(spec, arch);
      const { profile } = emitOci([filter]);
      if (profile === null) return;
      const comparison = compareSubjects(profileSubject(profile, arch), containerSubject(filter));
      // Order under a mask can give more cases than a proof follows; it then says so.
      if (comparison.relation === "unknown") return;
      proved++;
      expect(relation(comparison)).toBe("equal");
    }),
    { numRuns: 120 },
  );
  expect(proved).toBeGreaterThan(50);
});

test("readProfile(printOci(profile)) = profile", () => {
  fc.assert(
    fc.property(filterSpec, (spec) => {
      const filter = resolveFilter(spec, "x86_64");
      const { profile } = emitOci([filter]);
      if (profile === null) return;
      const read = readProfile(new TextEncoder().encode(printOci(profile)));
      if (read.value?.kind !== "oci") throw new Error(read.problem ?? "not a profile");
      expect(printOci(read.value.profile).replaceAll(/\s+/g, "")).toBe(
        printOci(normal(profile)).replaceAll(/\s+/g, ""),
      );
    }),
    { numRuns: 60 },
  );
});

test("the native architecture is always there, and alone when none is listed", () => {
  for (const arch of ARCHS) {
    const syscalls = [{ names: ["mount"], action: "SCMP_ACT_ERRNO" }];
    const alone = profileSubject({ defaultAction: "SCMP_ACT_ALLOW", architectures: [], syscalls }, arch);
    for (const architectures of [["SCMP_ARCH_X86_64"], ["SCMP_ARCH_RISCV64"], ["SCMP_ARCH_S390X"]]) {
      const listed = profileSubject({ defaultAction: "SCMP_ACT_ALLOW", architectures, syscalls }, arch);
      expect(relation(compareSubjects(alone, listed))).toBe("equal");
    }
  }
});

test("x32 is killed unless it is listed", () => {
  const profile = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] };
  const without = profileSubject({ ...profile, architectures: ["SCMP_ARCH_X86_64"] }, "x86_64");
  const listed = profileSubject({ ...profile, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"] }, "x86_64");
  const { relation, laxer } = compareSubjects(listed, without);
  expect(relation).toBe("laxer");
  expect(laxer?.call.number).toBe(X32_BIT);
});

test("nothing is claimed of 32-bit ARM's calls when the profile is for them", () => {
  const profile = { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_ARM"], syscalls: [] };
  const onArm = profileSubject(profile, "aarch64");
  expect(compareSubjects(onArm, onArm)).toMatchObject({ relation: "unknown", problem: expect.stringContaining("ARM") });
  const onX86 = profileSubject(profile, "x86_64");
  expect(compareSubjects(onX86, onX86).relation).toBe("equal");
});

test("one name many times takes no longer than it must", () => {
  const rules = (count: number, args: readonly OciArgument[]): OciProfile => ({
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: [],
    syscalls: [
      { names: Array.from({ length: count }, () => "ioctl"), action: "SCMP_ACT_ERRNO" },
      ...Array.from({ length: count }, (_, value) => ({
        names: ["mount"],
        action: "SCMP_ACT_ERRNO",
        args: args.map((one) => ({ ...one, value })),
      })),
    ],
  });
  const compared = (profile: OciProfile): string => {
    const subject = profileSubject(profile, "x86_64");
    return compareSubjects(subject, subject).relation;
  };
  expect(compared(rules(100_000, []))).toBe("equal");
  // More conditions than can be told apart in a second or two.
  expect(compared(rules(20_000, [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }]))).toBe("unknown");
  expect(compared(rules(20_000, [{ index: 0, value: 0, op: "SCMP_CMP_NE" }]))).toBe("unknown");
}, 10_000);

/** With the fields that reading fills in. */
function normal(profile: OciProfile): OciProfile {
  return { ...profile, syscalls: profile.syscalls.map(({ args, ...rule }) => ({ ...rule, args: args ?? [] })) };
}

function relation(comparison: Comparison): string {
  if (comparison.relation === "equal") return "equal";
  return JSON.stringify(comparison, (_, value: unknown) =>
    typeof value === "bigint" ? `0x${value.toString(16)}` : value,
  );
}
