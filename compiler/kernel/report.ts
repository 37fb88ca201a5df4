// Clause by clause: what holds it, how exactly, under which conditions, and where it is not exact, a
// call whose outcome the mechanism cannot tell.

import type { Program } from "../../bpfgen/cbpf/insn.ts";
import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import { ARCHS, lastNumber } from "../../bpfgen/syscalls/calls.ts";
import { HEADERS_VERSION } from "../../bpfgen/syscalls/tables/numbers.ts";
import type { PolicyIr, SandboxClauseIr, SandboxIr, SourceSpan } from "../ir/ir.ts";
import { positionAt } from "../source/source.ts";
import { printClause } from "./diagnostics.ts";

/** `exact`; `coarser`: blocks more than written; `partial`: only under the conditions; `none`: cannot. */
export type Exactness = "exact" | "coarser" | "partial" | "none";

/** What lowering has made of a clause. */
export type Holding = "held" | "observed" | "landlock" | "not held";

export interface ClauseReport {
  /** The clause as written. */
  readonly clause: string;
  /** `file:line`. */
  readonly place: string;
  readonly span: SourceSpan;
  readonly mechanism: "seccomp" | "landlock" | "nothing";
  readonly exactness: Exactness;
  readonly conditions: readonly string[];
  /** A call that the mechanism cannot tell, or null when it is exact. */
  readonly witness: string | null;
  /** The system calls that it is about, sorted. */
  readonly calls: readonly string[];
}

export interface SandboxReport {
  readonly policy: string;
  readonly sandbox: string;
  readonly digest: string;
  readonly default: "allow" | "deny";
  readonly clauses: readonly ClauseReport[];
  /** What holds for every clause. */
  readonly conditions: readonly string[];
  /** Instructions of each filter. */
  readonly lengthInsns: Readonly<Record<Arch, number>>;
}

export function reportSandbox(
  ir: PolicyIr,
  sandbox: SandboxIr,
  digest: string,
  held: ReadonlyMap<SandboxClauseIr, Holding>,
  programs: Readonly<Record<Arch, Program>>,
): SandboxReport {
  return {
    policy: ir.name,
    sandbox: sandbox.name,
    digest,
    default: sandbox.default,
    clauses: sandbox.clauses.map((clause) => reportClause(ir, clause, held.get(clause) ?? "not held")),
    conditions: commonConditions(sandbox),
    lengthInsns: { x86_64: programs.x86_64.length, aarch64: programs.aarch64.length, riscv64: programs.riscv64.length },
  };
}

/** Calls whose effect stands behind a pointer, and what their callers do without them. */
const ALL_OR_NOTHING: Readonly<Record<string, string>> = {
  clone3: "its flags stand behind a pointer, so every clone3 fails with ENOSYS; C libraries then use clone",
  openat2: "its flags stand behind a pointer, so every openat2 fails with ENOSYS; callers then use openat",
};

function reportClause(ir: PolicyIr, clause: SandboxClauseIr, holding: Holding): ClauseReport {
  const calls = callsOf(ir, clause);
  const source = ir.sources[clause.span.source];
  const common = {
    clause: printClause(clause),
    place: source === undefined ? "" : `${source.name}:${positionAt(source.lines, clause.span.start).line}`,
    span: clause.span,
    calls,
  };
  const [first] = calls;
  switch (holding) {
    case "landlock":
      return { ...common, mechanism: "landlock", ...landlockHolding(clause) };
    case "not held":
      return {
        ...common,
        mechanism: "nothing",
        exactness: "none",
        conditions: [],
        witness: first === undefined ? null : `${first}: a call inside the exception looks like one outside`,
      };
    case "observed":
      return {
        ...common,
        mechanism: "seccomp",
        exactness: "partial",
        conditions: ["Linux 4.14 or later, and `log` in kernel.seccomp.actions_logged", ...conditionsOf(clause, calls)],
        witness: first === undefined ? null : `${first}: the log has its number and no path or address`,
      };
    case "held":
      return {
        ...common,
        mechanism: "seccomp",
        conditions: conditionsOf(clause, calls),
        ...exactnessOf(clause, calls),
      };
  }
}

/** What a clause blocks that it does not name, or does not block that it names. Allowing and logging change no call. */
function exactnessOf(clause: SandboxClauseIr, calls: readonly string[]): Pick<ClauseReport, "exactness" | "witness"> {
  if (!isBlocking(clause)) return { exactness: "exact", witness: null };
  if (clause.effects.includes(INSPECT))
    return { exactness: "partial", witness: "openat: the memory of another process is the file /proc/PID/mem" };
  const coarse = calls.find((name) => Object.hasOwn(ALL_OR_NOTHING, name));
  return coarse === undefined
    ? { exactness: "exact", witness: null }
    : { exactness: "coarser", witness: `${coarse}: ${ALL_OR_NOTHING[coarse] ?? ""}` };
}

const INSPECT = "process.inspect";

const isBlocking = ({ action }: SandboxClauseIr): boolean => action === "deny" || action === "kill";

/** A file that a move or a link brings to where it may be changed or started has gained a right, which Landlock never grants. */
function landlockHolding({ effects }: SandboxClauseIr): Pick<ClauseReport, "exactness" | "conditions" | "witness"> {
  const gained = effects.find((effect) => !["file.delete", "file.create"].includes(effect));
  const conditions = [
    "Linux 6.2 (Landlock ABI 3) or later",
    "Landlock is in the kernel's LSM list",
    "the error is EACCES",
    ...(effects.includes("process.exec") ? ["a shell or a loader that may start runs what it can read"] : []),
  ];
  return gained === undefined
    ? { exactness: "exact", conditions, witness: null }
    : {
        exactness: "coarser",
        conditions,
        witness: `renameat2: a move or a link from outside into the exception fails with EXDEV, since it would gain ${gained}`,
      };
}

function callsOf(ir: PolicyIr, clause: SandboxClauseIr): readonly string[] {
  const names = ir.kernelEffects
    .filter((one) => clause.effects.includes(one.effect))
    .flatMap((one) => one.calls.map((call) => call.name));
  return [...new Set(names)].sort();
}

function conditionsOf(clause: SandboxClauseIr, calls: readonly string[]): readonly string[] {
  if (!isBlocking(clause)) return [];
  const has = (...effects: readonly string[]): boolean => effects.some((effect) => clause.effects.includes(effect));
  return [
    ...(calls.includes("io_uring_enter") ? ["io_uring is closed whole"] : []),
    ...(has("file.truncate", "file.write", "net.connect", "net.raw")
      ? ["what was open before the filter stays usable"]
      : []),
    ...(has(INSPECT)
      ? [
          "the program has a pid namespace with its own /proc, as `pawl exec --sandbox` and containers give it, or Yama's ptrace_scope is 1 or more",
        ]
      : []),
    ...(has("privilege.raise") ? ["set-user-ID programs gain nothing only because of no_new_privs"] : []),
  ];
}

function commonConditions(sandbox: SandboxIr): readonly string[] {
  const last = lastNumber("x86_64");
  return [
    "the launcher sets no_new_privs before it installs the filter (Docker and Podman: `--security-opt no-new-privileges`)",
    "another process that acts on request is not held",
    "Linux passes the x86_64 numbers 335 and 336 (uretprobe, uprobe) before any filter",
    ...(sandbox.future === "deny" || sandbox.default === "deny"
      ? []
      : [`calls newer than Linux ${HEADERS_VERSION} (numbers above ${last}) are allowed; \`future deny\` fails them`]),
    sandbox.compat === "refuse"
      ? "32-bit x86 programs are killed"
      : "32-bit x86 programs get the same rules in raw filters, and are killed under OCI profiles",
  ];
}

const LETTERS: Readonly<Record<Exactness, string>> = { exact: "E", coarser: "C", partial: "P", none: "–" };

/** For a terminal. */
export function printReport(report: SandboxReport): string {
  const lines = [`sandbox ${report.sandbox} of ${report.policy}: default ${report.default}`];
  for (const clause of report.clauses) {
    lines.push(`  ${LETTERS[clause.exactness]}  ${clause.clause}`);
    lines.push(
      `     ${clause.mechanism === "nothing" ? "not held" : `held by ${clause.mechanism}`}, ${clause.calls.length} calls  [${clause.place}]`,
    );
    for (const condition of clause.conditions) lines.push(`     if ${condition}`);
    if (clause.witness !== null) lines.push(`     cannot tell ${clause.witness}`);
  }
  lines.push("everywhere:");
  for (const condition of report.conditions) lines.push(`  ${condition}`);
  lines.push(
    `filters: ${ARCHS.map((arch) => `${arch} ${report.lengthInsns[arch]} instructions`).join(", ")}, each proved equal to the clauses`,
  );
  lines.push("E exact, C coarser, P partial, – cannot");
  return `${lines.join("\n")}\n`;
}
