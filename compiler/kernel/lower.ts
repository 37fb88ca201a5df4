// From a sandbox to rules on system calls, and from those to filters that are proved equal to them.
//
// `deny`, `kill` and `log` become rules for every call that has one of their effects. With
// `default deny`, a call runs when an allowed effect has it and no effect that is not allowed has
// it: every other effect that the policy knows is denied as if a clause said so.

import { disassemble } from "../../bpfgen/cbpf/disassemble.ts";
import type { Program } from "../../bpfgen/cbpf/insn.ts";
import { PROGRAM_MAX_INSNS } from "../../bpfgen/cbpf/insn.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import type { Action } from "../../bpfgen/seccomp/action.ts";
import { ALLOW, blocks, errnoAction, KILL_PROCESS, LOG, NO_SUCH_CALL } from "../../bpfgen/seccomp/action.ts";
import { decide } from "../../bpfgen/seccomp/decide.ts";
import { generateProgram } from "../../bpfgen/seccomp/layout.ts";
import { compareSubjects, filterSubject, programSubject } from "../../bpfgen/seccomp/prove.ts";
import type { FilterSpec, ResolvedFilter, Rule } from "../../bpfgen/seccomp/rules.ts";
import { checkRules, resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import type { Arch } from "../../bpfgen/syscalls/calls.ts";
import { allCallNames, ARCHS, AUDIT_ARCHS, callNumber } from "../../bpfgen/syscalls/calls.ts";
import { constantNames, errnoNumber } from "../../bpfgen/syscalls/constants.ts";
import { ERRNOS } from "../../bpfgen/syscalls/tables/errnos.ts";
import type { Checked, Diagnostic } from "../diagnostics/diagnostic.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/near.ts";
import type { KernelCallIr, KernelEffectIr, PolicyIr, SandboxClauseIr, SandboxIr } from "../ir/ir.ts";
import { invariant } from "../source/invariant.ts";
import { sha256Hex } from "../source/sha256.ts";
import {
  badKernelCall,
  contradiction,
  effectWithoutCalls,
  exceptionUnseen,
  filterTooLong,
  filterUnproved,
  launcherNeeds,
  observedByLog,
  unknownErrno,
} from "./diagnostics.ts";
import { isHeldByLandlock } from "./landlock.ts";
import type { Holding, SandboxReport } from "./report.ts";
import { reportSandbox } from "./report.ts";

/** What a build enforces with. A clause must be held by one of them. */
export type KernelTarget = "seccomp" | "landlock";

/** A sandbox that can be written out in any form. */
export interface LoweredSandbox {
  readonly policy: string;
  /** SHA-256 over the policy's sources, in hex. */
  readonly digest: string;
  readonly sandbox: SandboxIr;
  readonly spec: FilterSpec;
  /** Where each rule of `spec` comes from. */
  readonly sources: readonly RuleSource[];
  readonly filters: Readonly<Record<Arch, ResolvedFilter>>;
  /** Each proved equal to its filter. */
  readonly programs: Readonly<Record<Arch, Program>>;
  readonly report: SandboxReport;
}

/** What a rule stands for. */
export interface RuleSource {
  /** Null for `default deny`. */
  readonly clause: SandboxClauseIr | null;
  readonly effect: string;
}

/** `value` is null when there are errors. */
export function lowerSandbox(
  ir: PolicyIr,
  sandbox: SandboxIr,
  targets: readonly KernelTarget[] = ["seccomp"],
): Checked<LoweredSandbox> {
  const lowering = new Lowering(ir, sandbox, targets);
  const diagnostics: Diagnostic[] = [...lowering.run()];
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  const { spec } = lowering;
  const filters = byArch((arch) => resolveFilter(spec, arch));
  const programs = byArch((arch) => generateProgram(filters[arch]));
  diagnostics.push(...launcherProblems(sandbox, filters.x86_64, lowering));
  for (const arch of ARCHS) {
    if (PROGRAM_MAX_INSNS < programs[arch].length) {
      diagnostics.push(filterTooLong(sandbox.span, arch, programs[arch].length, PROGRAM_MAX_INSNS, largestCalls(spec)));
    }
  }
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  for (const arch of ARCHS) {
    const problem = proveProgram(programs[arch], filters[arch]);
    if (problem !== null)
      return { value: null, diagnostics: [...diagnostics, filterUnproved(sandbox.span, arch, problem)] };
  }
  const digest = policyDigest(ir);
  const report = reportSandbox(ir, sandbox, digest, lowering.held, programs);
  const lowered = {
    policy: ir.name,
    digest,
    sandbox,
    spec,
    sources: lowering.sources,
    filters,
    programs,
    report,
  };
  return { value: lowered, diagnostics };
}

/** The same for the same texts under the same names. */
export function policyDigest(ir: PolicyIr): string {
  return sha256Hex(
    [...ir.sources]
      .map(({ name, digest }) => `${digest} ${name}\n`)
      .sort()
      .join(""),
  );
}

/** Why there is no proof, or null. A program that is not its filter is a bug here, so it never leaves. */
function proveProgram(program: Program, filter: ResolvedFilter): string | null {
  const [problem] = verify(program);
  invariant(problem === undefined, `the kernel would refuse the filter for ${filter.arch}: ${problem}`);
  const { relation, problem: open } = compareSubjects(programSubject(program), filterSubject(filter));
  if (open !== null) return open;
  invariant(relation === "equal", `the filter for ${filter.arch} is ${relation}:\n${disassemble(program)}`);
  return null;
}

function byArch<Value>(make: (arch: Arch) => Value): Readonly<Record<Arch, Value>> {
  return { x86_64: make("x86_64"), aarch64: make("aarch64"), riscv64: make("riscv64") };
}

function largestCalls(spec: FilterSpec): readonly string[] {
  const weights = new Map<string, number>();
  for (const rule of spec.rules) weights.set(rule.call, (weights.get(rule.call) ?? 0) + rule.conditions.length);
  return [...weights]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([name]) => name);
}

/** The launcher installs the filter and then starts the program: without execve nothing runs. */
function launcherProblems(sandbox: SandboxIr, filter: ResolvedFilter, lowering: Lowering): readonly Diagnostic[] {
  const needs = [
    { call: "execve", why: "the launcher needs to start the program", effect: "process.exec" },
    { call: "exit_group", why: "every program needs to end", effect: "process.compute" },
  ];
  return needs.flatMap(({ call, why, effect }) => {
    const number = callNumber(filter.arch, call) ?? 0;
    const action = decide(filter, { number, arch: AUDIT_ARCHS[filter.arch], instructionPointer: 0n, args: [] });
    if (!blocks(action)) return [];
    const clause = lowering.spec.rules
      .map((rule, index) => (rule.call === call && blocks(rule.action) ? lowering.sources[index]?.clause : null))
      .find((one) => one !== null && one !== undefined);
    const help = clause === undefined ? `add \`allow ${effect}\`` : "deny it inside, with Landlock or an LSM target";
    return [launcherNeeds(clause?.span ?? sandbox.span, call, why, help)];
  });
}

class Lowering {
  readonly #ir: PolicyIr;
  readonly #sandbox: SandboxIr;
  readonly #targets: readonly KernelTarget[];
  readonly #kernel: ReadonlyMap<string, readonly KernelEffectIr[]>;
  readonly #rules: Rule[] = [];
  readonly sources: RuleSource[] = [];
  readonly held = new Map<SandboxClauseIr, Holding>();
  spec: FilterSpec;

  constructor(ir: PolicyIr, sandbox: SandboxIr, targets: readonly KernelTarget[]) {
    this.#ir = ir;
    this.#sandbox = sandbox;
    this.#targets = targets;
    this.#kernel = groupByEffect(ir.kernelEffects);
    this.spec = { rules: [], default: ALLOW, future: null, compat: sandbox.compat };
  }

  run(): readonly Diagnostic[] {
    const diagnostics: Diagnostic[] = [...contradictions(this.#sandbox)];
    for (const clause of this.#sandbox.clauses) diagnostics.push(...this.#clause(clause));
    const fallback = this.#fallback(diagnostics);
    if (this.#sandbox.default === "deny") this.#denyRest(fallback);
    this.spec = {
      rules: this.#rules,
      default: fallback,
      future: this.#sandbox.future === "deny" ? NO_SUCH_CALL : null,
      compat: this.#sandbox.compat,
    };
    diagnostics.push(...this.#ruleProblems());
    return diagnostics;
  }

  #fallback(diagnostics: Diagnostic[]): Action {
    if (this.#sandbox.default === "allow") return ALLOW;
    const errno = errnoNumber(this.#sandbox.defaultErrno);
    if (errno === null)
      diagnostics.push(unknownErrno(this.#sandbox.span, this.#sandbox.defaultErrno, Object.keys(ERRNOS)));
    return errnoAction(errno ?? 1);
  }

  #clause(clause: SandboxClauseIr): readonly Diagnostic[] {
    const diagnostics: Diagnostic[] = [];
    const effects = clause.effects.join(", ");
    if (clause.except.length > 0) {
      const byLandlock = this.#targets.includes("landlock") && isHeldByLandlock(clause);
      this.held.set(clause, byLandlock ? "landlock" : "not held");
      if (!byLandlock) diagnostics.push(exceptionUnseen(clause, effects, hiddenBy(clause), neededFor(clause)));
      // An allowance that cannot be cut down is none; a denial that cannot be is not made wider than it was written.
      return diagnostics;
    }
    const action = this.#action(clause, diagnostics);
    this.held.set(clause, clause.action === "observe" ? "observed" : "held");
    for (const effect of clause.effects) {
      const calls = this.#callsOf(effect);
      if (calls.length === 0) {
        diagnostics.push(effectWithoutCalls(clause, effect, this.#kernel.keys()));
        this.held.set(clause, "not held");
      }
      for (const call of calls) this.#add({ clause, effect }, call, action);
    }
    if (clause.action === "observe") diagnostics.push(observedByLog(clause));
    return diagnostics;
  }

  #action(clause: SandboxClauseIr, diagnostics: Diagnostic[]): Action {
    switch (clause.action) {
      case "allow":
        return ALLOW;
      case "kill":
        return KILL_PROCESS;
      case "log":
      case "observe":
        return LOG;
      case "deny": {
        const errno = errnoNumber(clause.errno);
        if (errno === null) diagnostics.push(unknownErrno(clause.span, clause.errno, Object.keys(ERRNOS)));
        return errnoAction(errno ?? 1);
      }
    }
  }

  #callsOf(effect: string): readonly KernelCallIr[] {
    return (this.#kernel.get(effect) ?? []).flatMap((one) => one.calls);
  }

  #add(source: RuleSource, call: KernelCallIr, action: Action): void {
    // A call that is all or nothing fails so that its caller goes on with another, whatever the clause does.
    const errno = call.errno === null || !blocks(action) ? null : errnoNumber(call.errno);
    this.#rules.push({
      call: call.name,
      conditions: call.conditions,
      action: errno === null ? action : errnoAction(errno),
    });
    this.sources.push(source);
  }

  #denyRest(fallback: Action): void {
    const granted = new Set(
      this.#sandbox.clauses
        .filter((one) => (one.action === "allow" || one.action === "log") && one.except.length === 0)
        .flatMap((one) => one.effects),
    );
    for (const effect of this.#kernel.keys()) {
      if (granted.has(effect)) continue;
      for (const call of this.#callsOf(effect)) this.#add({ clause: null, effect }, call, fallback);
    }
  }

  #ruleProblems(): readonly Diagnostic[] {
    const seen = new Set<string>();
    return ARCHS.flatMap((arch) => checkRules(this.spec, arch)).flatMap(({ rule, message }) => {
      const effect = this.sources[rule]?.effect ?? "";
      if (seen.has(`${effect} ${message}`)) return [];
      seen.add(`${effect} ${message}`);
      const span = this.#ir.kernelEffects.find((one) => one.effect === effect)?.span ?? this.#sandbox.span;
      const word = /`([^`]+)`/.exec(message)?.[1] ?? "";
      const names = [...allCallNames(), ...constantNames()];
      return [badKernelCall(span, effect, message, names.includes(word) ? null : didYouMean(word, names))];
    });
  }
}

function groupByEffect(effects: readonly KernelEffectIr[]): ReadonlyMap<string, readonly KernelEffectIr[]> {
  const groups = new Map<string, KernelEffectIr[]>();
  for (const one of effects) groups.set(one.effect, [...(groups.get(one.effect) ?? []), one]);
  return groups;
}

/** Two clauses without exceptions that give one effect different answers. Logging goes with anything. */
function contradictions(sandbox: SandboxIr): readonly Diagnostic[] {
  const answer = (clause: SandboxClauseIr): string | null =>
    clause.action === "log" || clause.action === "observe"
      ? null
      : clause.action === "deny"
        ? `deny ${clause.errno}`
        : clause.action;
  const diagnostics: Diagnostic[] = [];
  const first = new Map<string, SandboxClauseIr>();
  for (const clause of sandbox.clauses) {
    if (answer(clause) === null || clause.except.length > 0) continue;
    for (const effect of clause.effects) {
      const earlier = first.get(effect);
      if (earlier === undefined) first.set(effect, clause);
      else if (answer(earlier) !== answer(clause)) diagnostics.push(contradiction(earlier, clause, effect));
    }
  }
  return diagnostics;
}

function hiddenBy(clause: SandboxClauseIr): string {
  return clause.effects.some((effect) => effect.startsWith("net."))
    ? "the address stands behind a pointer"
    : "the path stands behind a pointer";
}

function neededFor(clause: SandboxClauseIr): string {
  if (clause.effects.some((effect) => effect.startsWith("net."))) return "a cgroup or BPF LSM target";
  return isHeldByLandlock(clause) ? "a Landlock or BPF LSM target" : "a BPF LSM target";
}
