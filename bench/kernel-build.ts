// What does a profile cost to make: three architectures with their proofs, and the OCI profile with its own?
//
// Method: every ready-made profile is checked once (the policy's text, the standard library ready made) and then lowered
// ten times in this process: from clauses to three filters, each verified and proved equal to its sandbox. Median of the
// processor time of this process, which other work on the machine disturbs less than the clock; `cold` is the first run
// of all, before anything is optimised. The OCI profile's proof runs over all three architectures.

import { ociProfile } from "../compiler/kernel/emit.ts";
import { lowerSandbox, type LoweredSandbox } from "../compiler/kernel/lower.ts";
import { printTable, quantiles } from "./support/measure.ts";
import { checkProfile, PROFILES } from "./support/profiles.ts";

const RUNS = 10;

const rows = PROFILES.map((name) => {
  const { ir, sandbox } = checkProfile(name);
  let lowered: LoweredSandbox | null = null;
  const lower = measure(() => {
    lowered = lowerSandbox(ir, sandbox).value;
  });
  const made = requireLowered(lowered, name);
  const oci = measure(() => void ociProfile(made));
  const insns = Object.values(made.programs).map((program) => program.length);
  return [name, lower.cold, lower.warm, oci.cold, oci.warm, insns.join(" / ")];
});

printTable(["profile", "cold ms", "warm ms", "OCI cold ms", "OCI warm ms", "instructions"], rows);

function requireLowered(lowered: LoweredSandbox | null, name: string): LoweredSandbox {
  if (lowered === null) throw new Error(`${name} cannot be lowered`);
  return lowered;
}

/** Milliseconds of processor time. */
function measure(work: () => void): { readonly cold: number; readonly warm: number } {
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return { cold: times[0] ?? Number.NaN, warm: quantiles(times.slice(1)).p50 };
}
