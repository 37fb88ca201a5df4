// Usage lines: patterns are expanded to sequences without alternatives, and each sequence becomes demands on
// words, options and positionals.

import { unknownOption } from "../diagnostics/names.ts";
import { badPattern, repeatedLine, tooManyPatterns, unboundHole } from "../diagnostics/types.ts";
import type {
  Cond,
  Form,
  HoleType,
  OptionIr,
  OptionSyntax,
  Pattern,
  Patterns,
  PositionalItem,
  RequiredOption,
  UsageIr,
  UsagePattern,
} from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type {
  Hole,
  PatternGroup,
  PatternItem,
  PatternOption,
  PatternPiece,
  PatternWord,
  Sequence,
  UsageLimit,
  UsagePatternNode,
  WithoutLimit,
} from "../syntax/ast.ts";
import { lowerCondition } from "./conditions.ts";
import { operandsOf } from "./operands.ts";
import { PATTERNS_MAX } from "./limits.ts";
import { escapeGlob, isGlob } from "./patterns.ts";
import type { Problems } from "./problems.ts";
import type { Scope, TypedOperand } from "./scope.ts";
import { holeElement } from "./types.ts";
import { choose, HOLE_TYPES } from "./words.ts";

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

export interface LoweredPatterns {
  readonly patterns: readonly UsagePattern[];
  /** Per pattern: the holes that it binds, and its place. */
  readonly bound: readonly { readonly holes: ReadonlySet<number>; readonly span: Span }[];
}

/** All patterns of a line. Holes are added to the table. */
export function lowerPatterns(
  nodes: readonly UsagePatternNode[],
  exactly: boolean,
  reading: Reading,
  holes: HoleTable,
  problems: Problems,
): LoweredPatterns {
  return lowerSequences(expandPatterns(nodes, problems), exactly, reading, holes, problems);
}

/** The same, after alternatives were expanded. */
export function lowerSequences(
  sequences: readonly Expanded[],
  exactly: boolean,
  reading: Reading,
  holes: HoleTable,
  problems: Problems,
): LoweredPatterns {
  const lowered = sequences.map((sequence) => new SequenceReader(sequence, reading, holes, problems).read(exactly));
  return {
    patterns: lowered.map(({ pattern }) => pattern),
    bound: lowered.map(({ bound }, index) => ({
      holes: bound,
      span: sequences[index]?.span ?? { source: 0, start: 0, end: 0 },
    })),
  };
}

/** Reports the holes that are used and not bound by each pattern. */
export function checkBound(lowered: LoweredPatterns, holes: HoleTable, problems: Problems): void {
  for (const [index, span] of holes.used) {
    const missing = lowered.bound.find((bound) => !bound.holes.has(index));
    if (missing !== undefined) problems.report(unboundHole(span, holes.holes[index]?.name ?? "", missing.span));
  }
}

/** The `without` and `when` of a line. */
export function lowerLimits(
  limits: readonly UsageLimit[],
  reading: Reading,
  holes: HoleTable,
  scope: Scope,
): { readonly without: UsageIr["without"]; readonly when: Cond | null } {
  const without = limits
    .filter((limit) => limit.kind === "without")
    .flatMap((limit) => lowerWithout(limit, reading, scope.problems));
  const whens = limits
    .filter((limit) => limit.kind === "when")
    .map((limit) => {
      const when = lowerCondition(limit.condition, scope, "in a usage line");
      for (const operand of when === null ? [] : operandsOf(when)) {
        const hole = operand.kind === "hole" ? holes.holes[operand.hole] : undefined;
        if (hole !== undefined) holes.use(hole.name, limit.span);
      }
      return when;
    });
  const terms = whens.flatMap((when) => when ?? []);
  const [only] = terms;
  return { without, when: only === undefined ? null : terms.length === 1 ? only : { kind: "all", terms } };
}

function lowerWithout(limit: WithoutLimit, reading: Reading, problems: Problems): UsageIr["without"] {
  return limit.options.flatMap((option) => {
    const index = findOption(reading, option.spelling.text, option.spelling.span, problems);
    if (index === null) return [];
    const values =
      option.values === null ? null : option.values.map((value) => wordPattern([{ kind: "plain", text: value.text }]));
    return [{ option: index, values }];
  });
}

/** The option's number, or null after a diagnostic. */
function findOption(reading: Reading, spelling: string, span: Span, problems: Problems): number | null {
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

// ---------------------------------------------------------------- alternatives

/** A word of a sequence after expansion: alternatives that are single words stay one demand. */
export interface WordSet {
  readonly kind: "set";
  readonly patterns: Patterns;
  readonly span: Span;
}

export type Atom = PatternOption | PatternWord | WordSet;

/** One choice of all alternatives. */
export interface Expanded {
  readonly atoms: readonly Atom[];
  readonly span: Span;
}

/** Every choice of alternatives; too many are an error and give none. */
export function expandPatterns(nodes: readonly UsagePatternNode[], problems: Problems): readonly Expanded[] {
  const expanded: Expanded[] = [];
  for (const node of nodes) {
    const count = countAlternatives(node.alternatives);
    if (PATTERNS_MAX < expanded.length + count) {
      problems.report(tooManyPatterns(node.span, expanded.length + count, PATTERNS_MAX));
      return [];
    }
    expanded.push(...expandAlternatives(node.alternatives).map((atoms) => ({ atoms, span: node.span })));
  }
  return expanded;
}

/** The plain words that a sequence begins with. */
export function leadingWords(sequence: Expanded): readonly Patterns[] {
  const words: Patterns[] = [];
  for (const atom of sequence.atoms) {
    if (atom.kind === "set") words.push(atom.patterns);
    else if (atom.kind === "word" && isPlain(atom.pieces)) words.push([wordPattern(atom.pieces)]);
    else break;
  }
  return words;
}

function countAlternatives(alternatives: readonly Sequence[]): number {
  if (wordSet(alternatives) !== null) return 1;
  return alternatives.reduce(
    (sum, sequence) => sum + sequence.items.reduce((product, item) => product * countItem(item), 1),
    0,
  );
}

function countItem(item: PatternItem): number {
  if (item.kind === "group") return countAlternatives(item.alternatives);
  return item.kind === "option" && item.value?.kind === "group" ? countAlternatives(item.value.alternatives) : 1;
}

function expandAlternatives(alternatives: readonly Sequence[]): readonly (readonly Atom[])[] {
  const set = wordSet(alternatives);
  if (set !== null) return [[set]];
  return alternatives.flatMap((sequence) => {
    let prefixes: readonly (readonly Atom[])[] = [[]];
    for (const item of sequence.items) {
      const choices = item.kind === "group" ? expandAlternatives(item.alternatives) : [[item]];
      prefixes = prefixes.flatMap((prefix) => choices.map((choice) => [...prefix, ...choice]));
    }
    return prefixes;
  });
}

/** Alternatives of one plain word each, as one set of words. */
function wordSet(alternatives: readonly Sequence[]): WordSet | null {
  const patterns: Pattern[] = [];
  for (const { items } of alternatives) {
    const [item] = items;
    if (items.length !== 1 || item?.kind !== "word" || !isPlain(item.pieces)) return null;
    patterns.push(wordPattern(item.pieces));
  }
  const [first] = alternatives;
  const last = alternatives.at(-1);
  if (first === undefined || last === undefined || alternatives.length === 1) return null;
  return { kind: "set", patterns, span: { ...first.span, end: last.span.end } };
}

// ---------------------------------------------------------------- words

type Literal = Exclude<PatternPiece, { kind: "hole" }>;

function isPlain(pieces: readonly PatternPiece[]): pieces is readonly Literal[] {
  return pieces.every((piece) => piece.kind !== "hole");
}

/** Quoted text stands for itself, plain text may be a glob. */
export function wordPattern(pieces: readonly Literal[]): Pattern {
  const glob = pieces.some((piece) => piece.kind === "plain" && isGlob(piece.text.replaceAll(/\\[^]/g, "")));
  if (!glob) return { kind: "literal", text: literalText(pieces) };
  return {
    kind: "glob",
    text: pieces.map((piece) => (piece.kind === "quoted" ? escapeGlob(piece.text) : piece.text)).join(""),
  };
}

function literalText(pieces: readonly Literal[]): string {
  return pieces
    .map((piece) => (piece.kind === "quoted" ? piece.text : piece.text.replaceAll(/\\([^])/g, "$1")))
    .join("");
}

// ---------------------------------------------------------------- sequences

/** Reads the atoms of one sequence from left to right. */
class SequenceReader {
  readonly #atoms: readonly Atom[];
  readonly #span: Span;
  readonly #reading: Reading;
  readonly #holes: HoleTable;
  readonly #problems: Problems;
  readonly #bound = new Set<number>();
  readonly #words: Patterns[] = [];
  readonly #options: RequiredOption[] = [];
  readonly #positionals: PositionalItem[] = [];
  #form: Form | null = null;
  #exactly = false;

  constructor(sequence: Expanded, reading: Reading, holes: HoleTable, problems: Problems) {
    this.#atoms = sequence.atoms;
    this.#span = sequence.span;
    this.#reading = reading;
    this.#holes = holes;
    this.#problems = problems;
  }

  read(exactly: boolean): { readonly pattern: UsagePattern; readonly bound: ReadonlySet<number> } {
    for (let at = 0; at < this.#atoms.length;) at = this.#step(at);
    if (1 < this.#positionals.filter((item) => item.kind === "rest").length) {
      this.#problems.report(
        badPattern(this.#span, "a pattern can have one list of words", "give the other places a name without `...`"),
      );
    }
    const pattern: UsagePattern = {
      words: this.#words,
      options: this.#options,
      positionals: this.#positionals,
      form: this.#form,
      exactly: exactly || this.#exactly,
    };
    return { pattern, bound: this.#bound };
  }

  /** Reads the atom at an index and says where the next one is. */
  #step(at: number): number {
    const atom = this.#atoms[at];
    if (atom === undefined) return at + 1;
    switch (atom.kind) {
      case "option":
        return this.#option(atom, at);
      case "set":
        this.#word(atom.patterns);
        return at + 1;
      case "word":
        return this.#wordAtom(atom, at);
    }
  }

  #wordAtom(atom: PatternWord, at: number): number {
    const [only] = atom.pieces;
    if (isPlain(atom.pieces)) {
      const text = literalText(atom.pieces);
      if (text === "exactly" && at === this.#atoms.length - 1 && 0 < at && only?.kind === "plain") this.#exactly = true;
      else if (text.startsWith("+") && this.#reading.options.some((option) => option.spellings.includes(text))) {
        return this.#option({ kind: "option", spelling: text, value: null, attached: false, span: atom.span }, at);
      } else this.#word([wordPattern(atom.pieces)]);
      return at + 1;
    }
    if (atom.pieces.length === 1 && only?.kind === "hole") {
      this.#positionals.push({ kind: only.hole.list ? "rest" : "one", hole: this.#hole(only.hole) });
      return at + 1;
    }
    const assignment = this.#assignment(atom);
    if (assignment !== null) {
      this.#options.push(assignment);
      return at + 1;
    }
    if (this.#form !== null)
      this.#problems.report(badPattern(atom.span, "a pattern can have one word with text around a name"));
    this.#form = this.#formOf(atom);
    return at + 1;
  }

  /** `of=<file>` where the program declares the option `of=`. */
  #assignment(atom: PatternWord): RequiredOption | null {
    const [head, ...rest] = atom.pieces;
    if (this.#reading.syntax !== "dd" || head === undefined || head.kind !== "plain" || !head.text.endsWith("="))
      return null;
    const option = this.#reading.options.findIndex((candidate) => candidate.spellings.includes(head.text));
    if (option === -1) return null;
    return { option, value: { kind: "form", form: this.#formOf({ ...atom, pieces: rest }) }, hole: null, argv: null };
  }

  #word(patterns: Patterns): void {
    const [only] = patterns;
    // In these syntaxes `--` only ends the options and is no word.
    if (
      patterns.length === 1 &&
      only?.kind === "literal" &&
      only.text === "--" &&
      !["find", "go", "dd"].includes(this.#reading.syntax)
    )
      return;
    if (this.#positionals.length === 0) this.#words.push(patterns);
    else this.#positionals.push({ kind: "word", patterns });
  }

  #option(atom: PatternOption, at: number): number {
    if (atom.spelling === "--" && atom.value === null) {
      this.#word([{ kind: "literal", text: "--" }]);
      return at + 1;
    }
    const argv = this.#argv(atom, at);
    if (argv !== null) return argv;
    const option = findOption(this.#reading, atom.spelling, atom.span, this.#problems);
    if (option === null) return at + 1;
    const declared = this.#reading.options[option];
    if (atom.value !== null) {
      if (declared?.value === "none")
        this.#problems.report(badPattern(atom.span, `\`${atom.spelling}\` is a flag and has no value`));
      this.#options.push({ option, value: this.#value(atom.value, declared), hole: null, argv: null });
      return at + 1;
    }
    const next = this.#atoms[at + 1];
    if (declared?.value === "required" && next !== undefined && isValue(next)) {
      this.#options.push({ option, value: this.#value(next, declared), hole: null, argv: null });
      return at + 2;
    }
    const hole =
      declared?.hole === null || declared === undefined
        ? null
        : this.#bind({ name: declared.hole, type: declared.type, list: declared.repeated }, atom.span);
    this.#options.push({ option, value: null, hole, argv: null });
    return at + 1;
  }

  /** `-exec <argv...> ";"` and `-exec <argv...> "{}" "+"` of find's syntax. */
  #argv(atom: PatternOption, at: number): number | null {
    const hole = listHole(this.#atoms[at + 1]);
    if (this.#reading.syntax !== "find" || hole === null) return null;
    const end = literalOf(this.#atoms[at + 2]);
    const terminator =
      end === ";" ? ";" : end === "+" || (end === "{}" && literalOf(this.#atoms[at + 3]) === "+") ? "+" : null;
    if (terminator === null) return null;
    let option = this.#reading.options.findIndex((candidate) => candidate.spellings.includes(atom.spelling));
    if (option === -1) {
      option =
        this.#reading.options.push({
          spellings: [atom.spelling],
          value: "none",
          type: "words",
          hole: null,
          repeated: true,
          argv: true,
        }) - 1;
    } else if (this.#reading.options[option]?.argv === false) {
      const declared = this.#reading.options[option];
      if (declared !== undefined)
        this.#reading.options[option] = {
          ...declared,
          value: "none",
          type: "words",
          hole: null,
          repeated: true,
          argv: true,
        };
    }
    this.#options.push({ option, value: null, hole: null, argv: { hole: this.#hole(hole), terminator } });
    return at + (end === "{}" ? 4 : 3);
  }

  #value(value: PatternGroup | PatternWord | WordSet, declared: OptionIr | undefined): RequiredOption["value"] {
    if (value.kind === "set") return { kind: "patterns", patterns: value.patterns };
    if (value.kind === "group") {
      const set = value.alternatives.map(({ items }) => {
        const [item] = items;
        if (items.length === 1 && item?.kind === "word" && isPlain(item.pieces)) return wordPattern(item.pieces);
        return this.#problems.report(badPattern(value.span, "the values of an option are plain words"));
      });
      return { kind: "patterns", patterns: set.flatMap((pattern) => pattern ?? []) };
    }
    if (isPlain(value.pieces)) return { kind: "patterns", patterns: [wordPattern(value.pieces)] };
    return { kind: "form", form: this.#formOf(value, declared?.type ?? "text") };
  }

  #formOf(word: PatternWord, type: HoleType = "text"): Form {
    const form: (string | { readonly hole: number })[] = [];
    for (const piece of word.pieces) {
      const last = form.at(-1);
      if (piece.kind === "hole") {
        if (typeof last === "object") this.#problems.report(badPattern(word.span, "two names need text between them"));
        if (piece.hole.list)
          this.#problems.report(badPattern(piece.hole.span, "a name with text around it stands for one word"));
        form.push({ hole: this.#hole({ ...piece.hole, list: false }, type) });
        continue;
      }
      if (piece.kind === "plain" && /[*?]/.test(piece.text.replaceAll(/\\[^]/g, ""))) {
        this.#problems.report(badPattern(word.span, "text around a name is taken as it is, and cannot be a glob"));
      }
      const text = literalText([piece]);
      if (typeof last === "string") form[form.length - 1] = last + text;
      else form.push(text);
    }
    return form;
  }

  #hole(hole: Hole, fallback: HoleType = "text"): number {
    const named = HOLE_TYPES.find((type) => type === hole.name);
    const type =
      hole.type === null
        ? (named ?? fallback)
        : (choose(this.#problems, hole.type, "type of a name", HOLE_TYPES) ?? fallback);
    return this.#bind({ name: hole.name, type, list: hole.list }, hole.span);
  }

  #bind(hole: UsageHole, span: Span): number {
    const index = this.#holes.add(hole, span);
    if (this.#bound.has(index)) this.#problems.report(repeatedLine(span, `<${hole.name}>`, this.#span));
    this.#bound.add(index);
    return index;
  }
}

/** A word that can be an option's value: not a list, which stands for positionals. */
function isValue(atom: Atom): atom is PatternWord | WordSet {
  if (atom.kind === "set") return true;
  return atom.kind === "word" && atom.pieces.every((piece) => piece.kind !== "hole" || !piece.hole.list);
}

function listHole(atom: Atom | undefined): Hole | null {
  if (atom?.kind !== "word" || atom.pieces.length !== 1) return null;
  const [piece] = atom.pieces;
  return piece?.kind === "hole" && piece.hole.list ? piece.hole : null;
}

function literalOf(atom: Atom | undefined): string | null {
  return atom?.kind === "word" && isPlain(atom.pieces) ? literalText(atom.pieces) : null;
}
