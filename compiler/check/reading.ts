// How a declaration reads a program's arguments, and the names that one usage line binds.

import { unknownOption } from "../diagnostics/names.ts";
import { badPattern } from "../diagnostics/types.ts";
import type { HoleType, OptionIr, OptionSyntax } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Problems } from "./problems.ts";
import type { Scope, TypedOperand } from "./scope.ts";
import { holeElement } from "./types.ts";

/** How one declaration reads a program's arguments. */
export interface Reading {
  readonly program: string;
  readonly syntax: OptionSyntax;
  /** Grows by what patterns declare by themselves: find's `-exec`, flags of programs that nobody declared. */
  readonly options: OptionIr[];
  /** Options that no declaration names are flags. */
  readonly implicit: boolean;
}

export interface UsageHole {
  readonly name: string;
  readonly type: HoleType;
  readonly list: boolean;
}

/** The holes of one usage line, shared by its patterns. */
export class HoleTable {
  readonly holes: UsageHole[] = [];
  /** The holes that clauses and conditions use, with the first place of each. */
  readonly used = new Map<number, Span>();
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  index(name: string): number | null {
    const index = this.holes.findIndex((hole) => hole.name === name);
    return index === -1 ? null : index;
  }

  /** The hole's number; alternatives that bind it must agree. */
  add(hole: UsageHole, span: Span): number {
    const index = this.index(hole.name);
    if (index === null) return this.holes.push(hole) - 1;
    const known = this.holes[index];
    if (known !== undefined && (known.list !== hole.list || holeElement(known.type) !== holeElement(hole.type))) {
      this.#problems.report(
        badPattern(span, `\`${hole.name}\` is bound with different types`, "give it one type, or two names"),
      );
    }
    return index;
  }

  use(name: string, span: Span): { readonly index: number; readonly hole: UsageHole } | null {
    const index = this.index(name);
    const hole = index === null ? undefined : this.holes[index];
    if (index === null || hole === undefined) return null;
    if (!this.used.has(index)) this.used.set(index, span);
    return { index, hole };
  }
}

/** The option's number, or null after a diagnostic. */
export function findOption(reading: Reading, spelling: string, span: Span, problems: Problems): number | null {
  const index = reading.options.findIndex((option) => option.spellings.includes(spelling));
  if (index !== -1) return index;
  if (reading.implicit)
    return (
      reading.options.push({
        spellings: [spelling],
        value: "none",
        type: "text",
        hole: null,
        repeated: false,
        argv: false,
      }) - 1
    );
  return problems.report(
    unknownOption(
      span,
      spelling,
      reading.program,
      reading.options.flatMap((option) => option.spellings),
    ),
  );
}

/** Names of a usage line: its holes and the reading's options. */
export function usageScope(base: Scope, reading: Reading, holes: HoleTable): Scope {
  return {
    ...base,
    find: (name) => holeOperand(holes, name),
    names: () => holes.holes.map((hole) => hole.name),
    options: {
      program: reading.program,
      find: (spelling) => optionOperand(reading, spelling),
      spellings: () => reading.options.flatMap((option) => option.spellings),
    },
  };
}

function holeOperand(holes: HoleTable, name: string): TypedOperand | null {
  const index = holes.index(name);
  const hole = index === null ? undefined : holes.holes[index];
  if (index === null || hole === undefined) return null;
  return { operand: { kind: "hole", hole: index }, type: { element: holeElement(hole.type), list: hole.list } };
}

function optionOperand(reading: Reading, spelling: string): TypedOperand | null {
  const index = reading.options.findIndex((option) => option.spellings.includes(spelling));
  const option = reading.options[index];
  if (option === undefined) return null;
  const type =
    option.value === "none" && !option.argv
      ? { element: "bool" as const, list: false }
      : { element: holeElement(option.type), list: option.repeated || option.argv };
  return { operand: { kind: "option", option: index }, type };
}
