// Command declarations to readings. A subcommand hangs on the declaration of its program: the one of the same
// policy, else the standard library's.

import { unknownOption } from "../diagnostics/names.ts";
import { badPattern, repeatedLine, spellingTwice } from "../diagnostics/types.ts";
import type {
  ClauseIr,
  CommandIr,
  EffectIr,
  OptionIr,
  OptionSyntax,
  Patterns,
  SubcommandIr,
  UsageIr,
} from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { CommandDecl, FlagSpec, Ident, OptionSpec, UsageLine } from "../syntax/ast.ts";
import { lowerClauses, type ClauseScope } from "./clauses.ts";
import { globPattern, isGlob } from "./patterns.ts";
import { Problems } from "./problems.ts";
import type { Scope } from "./scope.ts";
import { HoleTable, usageScope, type Reading } from "./reading.ts";
import { checkBound, lowerLimits, lowerPatterns } from "./usage.ts";
import { choose, HOLE_TYPES, OPTION_SYNTAXES } from "./words.ts";

/** A program's declaration with the subcommands that each of its programs has. */
interface Outer {
  readonly command: CommandIr;
  readonly added: Map<string, SubcommandIr[]>;
}

/** All readings: the known ones, which may gain subcommands, and those of the declarations. */
export function lowerCommands(
  declarations: readonly CommandDecl[],
  known: readonly CommandIr[],
  base: Scope,
  effects: ReadonlyMap<string, EffectIr>,
): readonly CommandIr[] {
  const checker = new CommandChecker(base, effects);
  const own: Outer[] = declarations
    .filter((declaration) => declaration.words.length === 0)
    .map((declaration) => outer(checker.command(declaration)));
  const outers = [...own, ...known.map(outer)];
  // Shorter names first: `docker compose up` also reads the options of `docker compose`.
  const subcommands = declarations
    .filter((declaration) => 0 < declaration.words.length)
    .toSorted((a, b) => a.words.length - b.words.length);
  for (const declaration of subcommands) addSubcommand(declaration, outers, checker);
  return outers.flatMap(finish);
}

function outer(command: CommandIr): Outer {
  return { command, added: new Map() };
}

/** Lowers the subcommand once for each declaration that has one of its programs. */
function addSubcommand(declaration: CommandDecl, outers: Outer[], checker: CommandChecker): void {
  const groups = new Map<Outer, string[]>();
  for (const program of declaration.programs) {
    let home = outers.find(({ command }) => !command.observer && command.programs.includes(program.text));
    if (home === undefined) {
      home = outer(impliedCommand([program.text], declaration.span));
      outers.push(home);
    }
    groups.set(home, [...(groups.get(home) ?? []), program.text]);
  }
  let first = true;
  for (const [home, programs] of groups) {
    const before = programs.flatMap((program) => home.added.get(program) ?? []);
    const subcommand = checker.subcommand(declaration, home.command, [...home.command.subcommands, ...before], first);
    for (const program of programs) home.added.set(program, [...(home.added.get(program) ?? []), subcommand]);
    first = false;
  }
}

/** A program of which only subcommands are declared. */
function impliedCommand(programs: readonly string[], span: Span): CommandIr {
  return {
    programs,
    syntax: "gnu",
    assignments: false,
    options: [],
    usages: [],
    otherwise: null,
    subcommands: [],
    observer: false,
    span,
  };
}

/** Programs with the same subcommands stay one declaration. */
function finish({ command, added }: Outer): readonly CommandIr[] {
  if (added.size === 0) return [command];
  const groups: { readonly programs: string[]; readonly subcommands: readonly SubcommandIr[] }[] = [];
  for (const program of command.programs) {
    const subcommands = added.get(program) ?? [];
    const group = groups.find(
      (candidate) =>
        candidate.subcommands.length === subcommands.length &&
        candidate.subcommands.every((subcommand, index) => subcommand === subcommands[index]),
    );
    if (group === undefined) groups.push({ programs: [program], subcommands });
    else group.programs.push(program);
  }
  return groups.map((group) => ({
    ...command,
    programs: group.programs,
    subcommands: [...command.subcommands, ...group.subcommands],
  }));
}

class CommandChecker {
  readonly #base: Scope;
  readonly #effects: ReadonlyMap<string, EffectIr>;
  readonly #problems: Problems;

  constructor(base: Scope, effects: ReadonlyMap<string, EffectIr>) {
    this.#base = base;
    this.#effects = effects;
    this.#problems = base.problems;
  }

  command(declaration: CommandDecl): CommandIr {
    for (const program of declaration.programs) {
      if (isGlob(program.text) && program.text !== "[" && program.text !== "[[")
        this.#problems.report(badPattern(program.span, "a program's name cannot be a pattern", "list the names"));
    }
    const { syntax, assignments } = this.#syntax(declaration, "gnu");
    const reading: Reading = {
      program: programName(declaration),
      syntax,
      options: [...this.#options(declaration)],
      implicit: false,
    };
    const { usages, otherwise } = this.#lines(declaration, reading);
    return {
      programs: declaration.programs.map((program) => program.text),
      syntax,
      assignments,
      options: reading.options,
      usages,
      otherwise,
      subcommands: [],
      observer: false,
      span: declaration.span,
    };
  }

  /** `before` are subcommands of the same program; the diagnostics are reported only the first time. */
  subcommand(declaration: CommandDecl, home: CommandIr, before: readonly SubcommandIr[], first: boolean): SubcommandIr {
    const checker = first ? this : new CommandChecker({ ...this.#base, problems: new Problems() }, this.#effects);
    return checker.#subcommand(declaration, home, before);
  }

  #subcommand(declaration: CommandDecl, home: CommandIr, before: readonly SubcommandIr[]): SubcommandIr {
    const words = declaration.words.map((word) =>
      word.flatMap((piece) => globPattern(piece.text, piece.span, this.#problems) ?? []),
    );
    const { syntax } = this.#syntax(declaration, home.syntax);
    const own = this.#options(declaration);
    const outside = before
      .filter((candidate) => isPrefix(candidate.words, words))
      .toSorted((a, b) => b.words.length - a.words.length)[0];
    const options = [...own, ...inherited(outside?.options ?? home.options, own)];
    const directory = declaration.directory === null ? null : this.#directory(declaration.directory, home);
    const reading: Reading = { program: programName(declaration), syntax, options, implicit: false };
    const { usages, otherwise } = this.#lines(declaration, reading);
    return { words, directory, syntax, options: reading.options, usages, otherwise, span: declaration.span };
  }

  #directory(spelling: Ident, home: CommandIr): number | null {
    const index = home.options.findIndex((option) => option.spellings.includes(spelling.text));
    if (index !== -1) return index;
    return this.#problems.report(
      unknownOption(
        spelling.span,
        spelling.text,
        home.programs.join(", "),
        home.options.flatMap((option) => option.spellings),
      ),
    );
  }

  #syntax(
    declaration: CommandDecl,
    fallback: OptionSyntax,
  ): { readonly syntax: OptionSyntax; readonly assignments: boolean } {
    const [line, second] = declaration.body.items.filter((item) => item.kind === "options");
    if (line === undefined) return { syntax: fallback, assignments: false };
    if (second !== undefined) this.#problems.report(repeatedLine(second.span, "options", line.span));
    return {
      syntax: choose(this.#problems, line.syntax, "way to read options", OPTION_SYNTAXES) ?? fallback,
      assignments: line.assignments,
    };
  }

  #options(declaration: CommandDecl): readonly OptionIr[] {
    const seen = new Map<string, Span>();
    return declaration.body.items.flatMap((item): readonly OptionIr[] => {
      if (item.kind === "flag") return item.flags.map((spec) => this.#option(spec, null, seen));
      if (item.kind === "option") return item.options.map((spec) => this.#option(spec, spec, seen));
      return [];
    });
  }

  #option(flag: FlagSpec, option: OptionSpec | null, seen: Map<string, Span>): OptionIr {
    for (const { text, span } of flag.spellings) {
      const earlier = seen.get(text);
      if (earlier !== undefined) this.#problems.report(spellingTwice(span, text, earlier));
      seen.set(text, span);
    }
    const spellings = flag.spellings.map((spelling) => spelling.text);
    if (option === null) return { spellings, value: "none", type: "text", hole: null, repeated: false, argv: false };
    if (option.value === null)
      return { spellings, value: "required", type: "text", hole: null, repeated: false, argv: false };
    const { hole, optional, repeated } = option.value;
    // `<text>` alone is a type, `<file>` alone a name.
    const type =
      hole.type === null
        ? HOLE_TYPES.find((candidate) => candidate === hole.name)
        : (choose(this.#problems, hole.type, "type of a value", HOLE_TYPES) ?? "text");
    const name = hole.type === null && type !== undefined ? null : hole.name;
    return {
      spellings,
      value: optional ? "optional" : "required",
      type: type ?? "text",
      hole: name,
      repeated,
      argv: false,
    };
  }

  #lines(
    declaration: CommandDecl,
    reading: Reading,
  ): { readonly usages: readonly UsageIr[]; readonly otherwise: readonly ClauseIr[] | null } {
    const usages = declaration.body.items.flatMap((item) =>
      item.kind === "usage" ? [this.#usage(item, reading)] : [],
    );
    const [line, second] = declaration.body.items.filter((item) => item.kind === "otherwise");
    if (line !== undefined && second !== undefined)
      this.#problems.report(repeatedLine(second.span, "otherwise", line.span));
    const otherwise =
      line === undefined ? null : lowerClauses(line.clauses, this.#clauseScope(reading, new HoleTable(this.#problems)));
    return { usages, otherwise };
  }

  #usage(line: UsageLine, reading: Reading): UsageIr {
    const holes = new HoleTable(this.#problems);
    const lowered = lowerPatterns(line.patterns, line.exactly, reading, holes, this.#problems);
    const { without, when } = lowerLimits(line.limits, reading, holes, usageScope(this.#base, reading, holes));
    const clauses = lowerClauses(line.clauses, this.#clauseScope(reading, holes));
    checkBound(lowered, holes, this.#problems);
    return {
      holes: holes.holes.map(({ name, type }) => ({ name, type })),
      patterns: lowered.patterns,
      without,
      when,
      clauses,
      span: line.span,
    };
  }

  #clauseScope(reading: Reading, holes: HoleTable): ClauseScope {
    return {
      scope: usageScope(this.#base, reading, holes),
      effects: this.#effects,
      holes,
      option: (spelling) => {
        const index = reading.options.findIndex((option) => option.spellings.includes(spelling));
        const option = reading.options[index];
        return option === undefined ? null : { index, type: option.type, list: option.repeated };
      },
      place: "command",
    };
  }
}

function programName(declaration: CommandDecl): string {
  return [
    declaration.programs[0]?.text ?? "",
    ...declaration.words.map((word) => word.map((piece) => piece.text).join("|")),
  ].join(" ");
}

/** The outer options, less the spellings that an inner one has. */
function inherited(outside: readonly OptionIr[], own: readonly OptionIr[]): readonly OptionIr[] {
  const taken = new Set(own.flatMap((option) => option.spellings));
  return outside.flatMap((option) => {
    const spellings = option.spellings.filter((spelling) => !taken.has(spelling));
    return spellings.length === 0 ? [] : [{ ...option, spellings }];
  });
}

/** True when the words of one subcommand begin the words of a longer one. */
function isPrefix(shorter: readonly Patterns[], longer: readonly Patterns[]): boolean {
  if (longer.length <= shorter.length) return false;
  return shorter.every((patterns, index) => {
    const words = longer[index] ?? [];
    return words.every((word) => patterns.some((pattern) => JSON.stringify(pattern) === JSON.stringify(word)));
  });
}
