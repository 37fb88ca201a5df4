// `on command`: a usage pattern that begins with a program's name becomes an observer of that program, which
// reads options as the program's other declarations do.

import { badPattern } from "../diagnostics/types.ts";
import type { CommandIr, OptionIr, OptionSyntax, Patterns, SubcommandIr, UsageIr } from "../ir/ir.ts";
import type { RuleLine } from "../syntax/ast.ts";
import { expandPatterns, leadingWords, type Expanded } from "./alternatives.ts";
import type { Scope } from "./scope.ts";
import { HoleTable, usageScope, type Reading } from "./reading.ts";
import { lowerLimits, lowerSequences, type LoweredPatterns } from "./usage.ts";

export interface OnCommand {
  readonly holes: HoleTable;
  /** The holes that every pattern binds; only these can be fields of the call. */
  readonly common: readonly number[];
  readonly calls: readonly ObservedCall[];
}

export interface ObservedCall {
  readonly program: string;
  readonly syntax: OptionSyntax;
  readonly assignments: boolean;
  readonly options: readonly OptionIr[];
  /** The declared subcommand that the pattern names, with the pattern's words. */
  readonly subcommand: Omit<SubcommandIr, "usages" | "otherwise"> | null;
  readonly usage: Pick<UsageIr, "patterns" | "without" | "when" | "span">;
}

interface Group {
  readonly program: string;
  readonly readings: readonly CommandIr[];
  readonly subcommand: SubcommandIr | null;
  readonly words: readonly Patterns[];
  readonly sequences: Expanded[];
}

export function expandOnCommand(
  line: Extract<RuleLine, { kind: "onCommand" }>,
  base: Scope,
  commands: readonly CommandIr[],
): OnCommand {
  const groups = new Map<string, Group>();
  for (const sequence of expandPatterns(line.patterns, base.problems)) {
    const [programs, ...words] = leadingWords(sequence);
    if (programs === undefined || programs.some((program) => program.kind !== "literal")) {
      base.problems.report(
        badPattern(sequence.span, "the pattern must begin with the name of a program", "such as `git push --force`"),
      );
      continue;
    }
    for (const program of programs) {
      if (program.kind !== "literal") continue;
      const readings = commands.filter((command) => !command.observer && command.programs.includes(program.text));
      const subcommand = longestSubcommand(readings, words);
      const taken = words.slice(0, subcommand?.words.length ?? 0);
      const key = JSON.stringify([program.text, taken]);
      const group: Group = groups.get(key) ?? {
        program: program.text,
        readings,
        subcommand,
        words: taken,
        sequences: [],
      };
      group.sequences.push({ ...sequence, atoms: sequence.atoms.slice(1 + taken.length) });
      groups.set(key, group);
    }
  }
  const holes = new HoleTable(base.problems);
  const lowered = [...groups.values()].map((group) => observe(group, line, holes, base));
  const bound = lowered.flatMap(({ patterns }) => patterns.bound);
  const common = holes.holes.flatMap((_, index) => (bound.every((one) => one.holes.has(index)) ? [index] : []));
  return { holes, common, calls: lowered.map(({ call }) => call) };
}

function observe(
  group: Group,
  line: Extract<RuleLine, { kind: "onCommand" }>,
  holes: HoleTable,
  base: Scope,
): { readonly call: ObservedCall; readonly patterns: LoweredPatterns } {
  const [first] = group.readings;
  const outer = distinct(group.readings.flatMap((command) => command.options));
  const { subcommand } = group;
  const options = [...(subcommand?.options ?? outer)];
  const reading: Reading = {
    program: group.program,
    syntax: subcommand?.syntax ?? first?.syntax ?? "gnu",
    options,
    implicit: first === undefined,
  };
  const patterns = lowerSequences(group.sequences, line.exactly, reading, holes, base.problems);
  const limits = lowerLimits(line.limits, reading, holes, usageScope(base, reading, holes));
  return {
    patterns,
    call: {
      program: group.program,
      syntax: first?.syntax ?? "gnu",
      assignments: first?.assignments ?? false,
      options: subcommand === null ? options : outer,
      subcommand:
        subcommand === null
          ? null
          : { words: group.words, directory: null, syntax: reading.syntax, options, span: line.span },
      usage: { patterns: patterns.patterns, ...limits, span: line.span },
    },
  };
}

/** The declared subcommand with the most words that the pattern's words begin with. */
function longestSubcommand(readings: readonly CommandIr[], words: readonly Patterns[]): SubcommandIr | null {
  const matching = readings
    .flatMap((command) => command.subcommands)
    .filter(
      (subcommand) =>
        subcommand.words.length <= words.length &&
        subcommand.words.every((patterns, index) => covers(patterns, words[index] ?? [])),
    );
  return matching.toSorted((a, b) => b.words.length - a.words.length)[0] ?? null;
}

function covers(declared: Patterns, written: Patterns): boolean {
  return written.every((word) => declared.some((pattern) => JSON.stringify(pattern) === JSON.stringify(word)));
}

/** Options of several readings, the first of each spelling. */
function distinct(options: readonly OptionIr[]): readonly OptionIr[] {
  const seen = new Set<string>();
  return options.filter((option) => {
    const fresh = option.spellings.every((spelling) => !seen.has(spelling));
    option.spellings.forEach((spelling) => seen.add(spelling));
    return fresh;
  });
}
