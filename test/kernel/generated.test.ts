// Generated sandboxes: every filter, read back from its bytes, is proved equal to its sandbox on every architecture, and
// every OCI profile is proved under the model of its readers. `node scripts/long-tests.mjs` runs 10,000 of them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { ARCHS } from "../../bpfgen/syscalls/calls.ts";
import { compareFilters, readComparable, type Comparable } from "../../compiler/kernel/compare.ts";
import { ociProfile, seccompFilter } from "../../compiler/kernel/emit.ts";
import type { Subject } from "../../bpfgen/seccomp/prove.ts";
import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import { anySandbox, lowered } from "./support/sandboxes.ts";

const RUNS = Number(process.env["PAWL_LONG_RUNS"] ?? "20");
const SEED = process.env["PAWL_LONG_SEED"];

test(
  `${RUNS} generated sandboxes = their filters and profiles`,
  () => {
    fc.assert(
      fc.property(anySandbox, (box) => {
        // Lowering proves the programs before they are bytes, and `ociProfile` the profile.
        const made = lowered(box);
        for (const arch of ARCHS) {
          const bytes = subject({ kind: "bytes", bytes: seccompFilter(made, arch) }, arch);
          expect(compareFilters([bytes], [subject({ kind: "sandbox", lowered: made }, arch)]).relation).toBe("equal");
        }
        expect(ociProfile(made).diagnostics).toEqual([]);
      }),
      { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
  },
  3 * 3_600_000,
);

function subject(source: Comparable, arch: Arch): Subject {
  const { value, problem } = readComparable(source, arch);
  if (value === null) throw new Error(problem);
  return value;
}
