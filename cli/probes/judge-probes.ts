// What the probes of `pawl sandbox verify --live` show of a sandbox.
//
// A probe that the kernel refuses without the sandbox as well is no evidence for the sandbox: it counts only where it
// ran without the sandbox, for one user at least, and did not run under it.

import { blocks } from "../../bpfgen/seccomp/action.ts";
import type { LoweredSandbox } from "../../compiler/kernel/lower.ts";
import type { Fate, Probes } from "./run-probes.ts";

export interface UserRun {
  readonly user: string;
  readonly free: Probes;
  /** Null when the program gave no answer under the sandbox. */
  readonly sandboxed: Probes | null;
}

/** What a probe shows that the clauses deny. `none`: refused without the sandbox too; `absent`: this architecture has no such call. */
export type Evidence = "blocked" | "passed" | "lost" | "none" | "absent";

export interface UserFates {
  readonly user: string;
  readonly free: Fate;
  readonly sandboxed: Fate;
}

export interface ProbeRow {
  readonly probe: string;
  /** The sandbox says so: it denies one of the probe's effects. */
  readonly isDenied: boolean;
  /** Null when the clauses do not deny the probe. */
  readonly evidence: Evidence | null;
  readonly fates: readonly UserFates[];
}

/** One row for each probe, in their order. */
export function judgeProbes(
  lowered: Pick<LoweredSandbox, "sandbox" | "spec" | "sources">,
  runs: readonly UserRun[],
): readonly ProbeRow[] {
  const denied = new Set(
    lowered.sources.filter((_, index) => isBlocking(lowered, index)).map((source) => source.effect),
  );
  return Object.entries(runs[0]?.free ?? {}).map(([probe, { effects }]) => {
    const fates = runs.map(({ user, free, sandboxed }) => ({
      user,
      free: free[probe]?.fate ?? "lost",
      sandboxed: sandboxed?.[probe]?.fate ?? "lost",
    }));
    // A foreign architecture is no effect: without `compat filter` its calls are killed.
    const isDenied =
      probe === "int 0x80" ? lowered.sandbox.compat === "refuse" : effects.some((effect) => denied.has(effect));
    return { probe, isDenied, evidence: isDenied ? evidenceOf(fates) : null, fates };
  });
}

/** True when a denied probe got through, or gave no answer and so proves nothing. */
export function isOpen({ evidence }: ProbeRow): boolean {
  return evidence === "passed" || evidence === "lost";
}

/** How many of all probes ran without the sandbox and did not run under it, whatever its clauses name. */
export function countStopped(rows: readonly ProbeRow[]): number {
  const isStopped = ({ free, sandboxed }: UserFates): boolean =>
    free === "ran" && (sandboxed === "blocked" || sandboxed === "killed");
  return rows.filter(({ fates }) => fates.some(isStopped)).length;
}

/** How many of the denied probes are blocked, and by name those that are not. */
export function summariseProbes(rows: readonly ProbeRow[]): string {
  const denied = rows.filter((row) => row.isDenied);
  const named = (evidence: Evidence): readonly string[] =>
    denied.filter((row) => row.evidence === evidence).map(({ probe }) => probe);
  const blocked = named("blocked").length;
  const others: readonly (readonly [readonly string[], string])[] = [
    [named("none"), "refused here without it too, which shows nothing"],
    [named("absent"), "not calls of this architecture"],
    [named("lost"), "without an answer"],
    [named("passed"), "not blocked"],
  ];
  return [
    `${blocked} of ${denied.length} probes that the clauses deny are blocked by the sandbox`,
    ...others
      .filter(([names]) => names.length > 0)
      .map(([names, what]) => `${names.length} ${what}: ${names.join(", ")}`),
  ].join("; ");
}

function isBlocking({ spec }: Pick<LoweredSandbox, "spec">, index: number): boolean {
  const rule = spec.rules[index];
  return rule !== undefined && blocks(rule.action);
}

function evidenceOf(fates: readonly UserFates[]): Evidence {
  if (fates.some(({ sandboxed }) => sandboxed === "ran")) return "passed";
  if (fates.some(({ sandboxed }) => sandboxed === "lost")) return "lost";
  if (fates.some(({ free }) => free === "ran")) return "blocked";
  return fates.every(({ free }) => free === "absent") ? "absent" : "none";
}
