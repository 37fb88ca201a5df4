// OCI profiles under the model of their readers, against the decision function.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { OciProfile } from "../../bpfgen/seccomp/oci.ts";
import { containerSubject, emitOci, printOci, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import type { Comparison } from "../../bpfgen/seccomp/prove.ts";
import { compareSubjects } from "../../bpfgen/seccomp/prove.ts";
import { readProfile } from "../../bpfgen/seccomp/read-profile.ts";
import { resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { ARCHS } from "../../bpfgen/syscalls/calls.ts";
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
