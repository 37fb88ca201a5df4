// The input of this folder: rules on calls. `resolveFilter` gives them numbers, widths and constants
// for one architecture; what it returns has one meaning, `decide` in decide.ts.

import type { Abi, Arch } from "../syscalls/calls.ts";
import { argumentWidth, callNumber, callsOf, isCall, lastNumber } from "../syscalls/calls.ts";
import { constantValue } from "../syscalls/constants.ts";
import { SUBCALLS } from "../syscalls/multiplexers.ts";
import type { Action } from "./action.ts";
import { blocks, NO_SUCH_CALL } from "./action.ts";

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** `argument & mask  operator  value`; unsigned. Texts are numbers or names that bpfgen/syscalls/constants.ts knows. */
export interface Condition {
  readonly argument: number;
  /** Null: the whole argument, as wide as the kernel reads it. */
  readonly mask: string | null;
  readonly operator: Comparison;
  readonly value: string;
}

/** When all conditions hold, the call gets the action. Several matching rules join: the strictest blocks. */
export interface Rule {
  readonly call: string;
  readonly conditions: readonly Condition[];
  readonly action: Action;
}

/** One filter, for any architecture. Rules are a set: their order means nothing. */
export interface FilterSpec {
  readonly rules: readonly Rule[];
  /** For calls that no rule matches. */
  readonly default: Action;
  /** For numbers that the tables do not know; null: the default. */
  readonly future: Action | null;
  /** i386 calls on x86_64: `refuse` kills, `filter` gives them the same rules. */
  readonly compat: "refuse" | "filter";
}

/** `(args[argument] & mask) operator value`, with the mask already cut to what the kernel reads. */
export interface Test {
  readonly argument: number;
  readonly mask: bigint;
  readonly operator: Comparison;
  readonly value: bigint;
}

export interface ResolvedRule {
  readonly tests: readonly Test[];
  readonly action: Action;
}

/** The rules of one way of calling the kernel, by number. */
export interface AbiRules {
  readonly abi: Exclude<Abi, "x32">;
  /** Every number of the table, also those without rules. */
  readonly calls: ReadonlyMap<number, { readonly name: string; readonly rules: readonly ResolvedRule[] }>;
  readonly default: Action;
  /** For numbers that are not in `calls`. */
  readonly unknown: Action;
  readonly lastNumber: number;
}

/** A filter for one architecture. Calls of an ABI that is not listed are killed. */
export interface ResolvedFilter {
  readonly arch: Arch;
  readonly abis: readonly AbiRules[];
}

export interface RuleProblem {
  /** Index into `FilterSpec.rules`. */
  readonly rule: number;
  readonly message: string;
}

/** Everything in the rules that has no meaning on this architecture, or on any. */
export function checkRules(spec: FilterSpec, arch: Arch): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  spec.rules.forEach((rule, index) => {
    const problem = isCall(rule.call) ? conditionProblem(rule, arch) : `there is no system call \`${rule.call}\``;
    if (problem !== null) problems.push({ rule: index, message: problem });
  });
  return problems;
}

function conditionProblem(rule: Rule, arch: Arch): string | null {
  if (callNumber(arch, rule.call) === null) return null;
  for (const condition of rule.conditions) {
    const where = `argument ${condition.argument} of \`${rule.call}\``;
    const width = argumentWidth(arch, rule.call, condition.argument);
    if (width === "pointer")
      return `${where} is a pointer; what it points to can change after the check, so it never decides`;
    if (width === null) return `${where} has no known width, so it must not decide`;
    const mask = condition.mask === null ? null : constantValue(arch, condition.mask);
    const value = constantValue(arch, condition.value);
    if (condition.mask !== null && mask === null) return `\`${condition.mask}\` is not a number or a known constant`;
    if (value === null) return `\`${condition.value}\` is not a number or a known constant`;
    const readable = (1n << BigInt(width)) - 1n;
    if (readable < value || (mask !== null && readable < mask))
      return `the kernel reads only ${width} bits of ${where}`;
    if (condition.operator === "=" && mask !== null && (value & ~mask) !== 0n)
      return `\`${condition.value}\` has bits outside the mask \`${condition.mask}\`, so it is never equal`;
  }
  return null;
}

/** Requires: `checkRules` found nothing. */
export function resolveFilter(spec: FilterSpec, arch: Arch): ResolvedFilter {
  const abis = [resolveAbi(spec, arch)];
  if (arch === "x86_64" && spec.compat === "filter") abis.push(withMultiplexers(resolveAbi(spec, "i386"), spec));
  return { arch, abis };
}

function resolveAbi(spec: FilterSpec, abi: Exclude<Abi, "x32">): AbiRules {
  const calls = new Map<number, { name: string; rules: ResolvedRule[] }>();
  for (const { name, number } of callsOf(abi)) calls.set(number, { name, rules: [] });
  for (const rule of spec.rules) {
    const number = callNumber(abi, rule.call);
    const resolved = number === null ? null : resolveRule(rule, abi);
    if (number !== null && resolved !== null) calls.get(number)?.rules.push(resolved);
  }
  return { abi, calls, default: spec.default, unknown: spec.future ?? spec.default, lastNumber: lastNumber(abi) };
}

/** Null: an allowance that cannot be told apart here is none. */
function resolveRule(rule: Rule, abi: Abi): ResolvedRule | null {
  const tests: Test[] = [];
  for (const condition of rule.conditions) {
    const width = argumentWidth(abi, rule.call, condition.argument);
    const value = constantValue(abi, condition.value);
    if (width === null || width === "pointer" || value === null) {
      // The call takes this argument in another shape here (i386), so its rule is all or nothing.
      if (rule.action.kind === "allow") return null;
      return { tests: [], action: blocks(rule.action) ? NO_SUCH_CALL : rule.action };
    }
    const readable = (1n << BigInt(width)) - 1n;
    const mask = condition.mask === null ? readable : (constantValue(abi, condition.mask) ?? 0n) & readable;
    tests.push({ argument: condition.argument, mask, operator: condition.operator, value });
  }
  return { tests, action: rule.action };
}

/** Fails a multiplexer as soon as one call behind it is not simply allowed, whether or not it also has a number of its own. */
function withMultiplexers(rules: AbiRules, spec: FilterSpec): AbiRules {
  const calls = new Map(rules.calls);
  const isRestricted = (name: string): boolean => {
    const own = spec.rules.filter((rule) => rule.call === name);
    return (
      own.some((rule) => blocks(rule.action)) ||
      (blocks(spec.default) && !own.some((rule) => rule.conditions.length === 0))
    );
  };
  for (const [multiplexer, subcalls] of Object.entries(SUBCALLS)) {
    const number = callNumber("i386", multiplexer);
    if (number === null || !Object.keys(subcalls).some(isRestricted)) continue;
    const own = calls.get(number)?.rules ?? [];
    calls.set(number, { name: multiplexer, rules: [...own, { tests: [], action: NO_SUCH_CALL }] });
  }
  return { ...rules, calls };
}
