// What does a profile cost to make: three architectures with their proofs, and the OCI profile with its own?
//
// Method: every ready-made profile is checked once (the policy's text, the standard library ready made) and then lowered
// ten times in this process: from clauses to three filters, each verified and proved equal to its sandbox. Median of the
// processor time of this process, which other work on the machine disturbs less than the clock; `cold` is the first run
// of all, before anything is optimised. The OCI profile's proof runs over all three architectures.

import { readdirSync, readFileSync } from "node:fs";
import { checkPolicy } from "../compiler/check-policy.ts";
import { ociProfile } from "../compiler/kernel/emit.ts";
import { lowerSandbox, type LoweredSandbox } from "../compiler/kernel/lower.ts";
import { loadLibrary } from "../compiler/library.ts";
import { printTable, quantiles } from "./support/measure.ts";

const RUNS = 10;
// The benchmark is bundled elsewhere and runs in the root of the repository.
const folder = "policies/profiles";

const rows = readdirSync(folder)
  .filter((name) => name.endsWith(".pawl"))
  .map((name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const { value: ir } = checkPolicy({ entry: { name, text }, resolve: () => null, library: loadLibrary() });
    const sandbox = ir?.sandboxes[0];
    if (ir === null || sandbox === undefined) throw new Error(`${name} has errors`);
    let lowered: LoweredSandbox | null = null;
    const lower = measure(() => {
      lowered = lowerSandbox(ir, sandbox).value;
    });
    const made = requireLowered(lowered, name);
    const oci = measure(() => void ociProfile(made));
    const insns = Object.values(made.programs).map((program) => program.length);
    return [name.replace(".pawl", ""), lower.cold, lower.warm, oci.cold, oci.warm, insns.join(" / ")];
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
