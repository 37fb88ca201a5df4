// Short ways to write pieces of a policy IR by hand: what the generators and the laws' examples are made of.

import type {
  ArgIr,
  ClauseIr,
  CommandIr,
  EffectIr,
  GateIr,
  OptionIr,
  Patterns,
  PolicyIr,
  RuleIr,
  SourceSpan,
  UsageIr,
  UsagePattern,
  ValueType,
  WhereIr,
} from "../../compiler/ir/ir.ts";

export const SPAN: SourceSpan = { source: 0, start: 0, end: 0 };
export const HERE: WhereIr = { remote: false, directory: null };

export function literals(...texts: readonly string[]): Patterns {
  return texts.map((text) => ({ kind: "literal", text }));
}

export function globs(...texts: readonly string[]): Patterns {
  return texts.map((text) => ({ kind: "glob", text }));
}

/** A hole as an argument. */
export function hole(index: number): ArgIr {
  return { kind: "value", operand: { kind: "hole", hole: index } };
}

export function eachOf(index: number): ArgIr {
  return { kind: "each", operand: { kind: "hole", hole: index } };
}

export function does(effect: string, ...args: readonly (ArgIr | null)[]): ClauseIr {
  return { kind: "does", effect, args, span: SPAN };
}

export function option(spellings: readonly string[], more: Partial<OptionIr> = {}): OptionIr {
  return { spellings, value: "none", type: "text", hole: null, repeated: false, argv: false, ...more };
}

export function pattern(more: Partial<UsagePattern> = {}): UsagePattern {
  return { words: [], options: [], positionals: [], form: null, exactly: false, ...more };
}

export function usage(
  holes: readonly string[],
  patterns: readonly UsagePattern[],
  clauses: readonly ClauseIr[],
  more: Partial<UsageIr> = {},
): UsageIr {
  return {
    holes: holes.map((name) => ({ name, type: "text" })),
    patterns,
    without: [],
    when: null,
    clauses,
    span: SPAN,
    ...more,
  };
}

export function command(
  programs: readonly string[],
  usages: readonly UsageIr[],
  more: Partial<CommandIr> = {},
): CommandIr {
  return {
    programs,
    syntax: "gnu",
    assignments: false,
    options: [],
    usages,
    otherwise: null,
    subcommands: [],
    observer: false,
    span: SPAN,
    ...more,
  };
}

export function rule(name: string, effects: readonly string[], more: Partial<RuleIr> = {}): RuleIr {
  return {
    name,
    effects,
    when: [],
    unless: [],
    raise: null,
    deny: false,
    marks: [],
    ordinaryNames: false,
    because: [name],
    instead: null,
    span: SPAN,
    ...more,
  };
}

export function gate(verdicts: GateIr["verdicts"], more: Partial<GateIr> = {}): GateIr {
  return {
    when: [],
    verdicts,
    malformed: "require_approval",
    oversized: "require_approval",
    approvalSeconds: 600,
    span: SPAN,
    ...more,
  };
}

function effect(name: string, floor: EffectIr["floor"], fields: Readonly<Record<string, ValueType>>): EffectIr {
  return { name, floor, fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })), span: SPAN };
}

/** The effects that the evaluator gives by itself, and some that only policies name. Sorted by name. */
export const EFFECTS: readonly EffectIr[] = [
  effect("code.run", "commitment", { language: "text", source: "text", path: "path", text: "text" }),
  effect("file.delete", "commitment", { path: "path", recursive: "bool" }),
  effect("file.read", "safe", { path: "path" }),
  effect("file.write", "sensitive", { path: "path", append: "bool" }),
  effect("item.change", "safe", { name: "text", amount: "int", words: "list", forced: "bool" }),
  effect("item.destroy", "irreversible", { name: "text" }),
  effect("net.send", "sensitive", { host: "host", port: "text" }),
  effect("process.exec", "sensitive", { program: "text" }),
  effect("tool.call", "sensitive", { name: "text" }),
  effect("web.request", "safe", { url: "url", method: "text" }),
];

export function policy(more: Partial<PolicyIr>): PolicyIr {
  const rules = [...(more.rules ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const commands = [...(more.commands ?? [])].sort((a, b) => ((a.programs[0] ?? "") < (b.programs[0] ?? "") ? -1 : 1));
  const marks = [...new Set(rules.flatMap((one) => one.marks))].sort();
  return {
    name: "generated",
    sources: [{ name: "generated.pawl", digest: "0".repeat(64), lines: [0] }],
    effects: EFFECTS,
    variables: [],
    tools: [],
    gates: [],
    sandboxes: [],
    kernelEffects: [],
    tests: [],
    unknownWordsMayBeOptions: true,
    ...more,
    rules,
    commands,
    marks: more.marks ?? marks,
  };
}
