// What does a profile cost to make: three architectures with their proofs, and the OCI profile with its own?
//
// Method: a process of its own for each profile, five times over. It checks the policy (its text, the standard library
// ready made), lowers the sandbox from clauses to three filters, each verified and proved equal to it, and makes the OCI
// profile with its proof for each architecture; that is `first`, before anything is optimised. Ten more times give the
// median `warm`. Of the five processes the least counts, because other work on the machine can only add. Wall time.

import { execFileSync } from "node:child_process";
import { ociProfile } from "../compiler/kernel/emit.ts";
import { lowerSandbox, type LoweredSandbox } from "../compiler/kernel/lower.ts";
import { printTable, quantiles } from "./support/measure.ts";
import { checkProfile, PROFILES } from "./support/profiles.ts";

const PROCESSES = 5;
const RUNS = 10;

/** Milliseconds, in the order of the table. */
interface Costs {
  readonly check: number;
  readonly first: Made;
  readonly warm: Made;
  readonly insns: readonly number[];
}

interface Made {
  readonly filters: number;
  readonly oci: number;
}

const [, program = "", profile] = process.argv;
if (profile === undefined) printAll();
else console.log(JSON.stringify(measure(profile)));

function printAll(): void {
  const rows = PROFILES.map((name) => {
    const runs = Array.from({ length: PROCESSES }, (): Costs => {
      return JSON.parse(execFileSync(process.execPath, [program, name], { encoding: "utf8" }));
    });
    const least = (cost: (run: Costs) => number): number => Math.min(...runs.map(cost));
    return [
      name,
      least((run) => run.check),
      least((run) => run.first.filters),
      least((run) => run.first.oci),
      least((run) => run.first.filters + run.first.oci),
      least((run) => run.warm.filters),
      least((run) => run.warm.oci),
      runs[0]?.insns.join(" / ") ?? "",
    ];
  });
  printTable(
    [
      "profile",
      "check ms",
      "first: filters",
      "first: OCI",
      "first: both",
      "warm: filters",
      "warm: OCI",
      "instructions",
    ],
    rows,
  );
}

function measure(name: string): Costs {
  const start = performance.now();
  const { ir, sandbox } = checkProfile(name);
  const check = performance.now() - start;
  const make = (): Made & { readonly lowered: LoweredSandbox } => {
    const before = performance.now();
    const { value: lowered } = lowerSandbox(ir, sandbox);
    const between = performance.now();
    if (lowered === null || ociProfile(lowered).value === null) throw new Error(`${name} cannot be made`);
    return { filters: between - before, oci: performance.now() - between, lowered };
  };
  const { lowered, ...first } = make();
  const runs = Array.from({ length: RUNS }, make);
  const median = (cost: (made: Made) => number): number => quantiles(runs.map(cost)).p50;
  return {
    check,
    first,
    warm: { filters: median((made) => made.filters), oci: median((made) => made.oci) },
    insns: Object.values(lowered.programs).map((insns) => insns.length),
  };
}
