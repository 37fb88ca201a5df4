// One sequence of a usage pattern becomes demands on words, options and positionals.

import { badPattern, repeatedLine } from "../diagnostics/types.ts";
import type { Form, HoleType, OptionIr, Patterns, PositionalItem, RequiredOption, UsagePattern } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Hole, PatternGroup, PatternOption, PatternWord } from "../syntax/ast.ts";
import { isPlain, literalText, wordPattern, type Atom, type Expanded, type WordSet } from "./alternatives.ts";
import type { Problems } from "./problems.ts";
import { findOption, type HoleTable, type Reading, type UsageHole } from "./reading.ts";
import { choose, HOLE_TYPES } from "./words.ts";

/** A pattern, and the holes that it binds. */
export interface ReadSequence {
  readonly pattern: UsagePattern;
  readonly bound: ReadonlySet<number>;
}

/** Reads one choice of alternatives. Holes are added to the table. */
export function readSequence(
  sequence: Expanded,
  exactly: boolean,
  reading: Reading,
  holes: HoleTable,
  problems: Problems,
): ReadSequence {
  return new SequenceReader(sequence, reading, holes, problems).read(exactly);
}

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

  read(exactly: boolean): ReadSequence {
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
    if (patterns.length === 1 && only?.kind === "literal" && only.text === "--" && this.#endsOptions()) return;
    if (this.#positionals.length === 0) this.#words.push(patterns);
    else this.#positionals.push({ kind: "word", patterns });
  }

  /** Whether `--` at this place of the pattern only ends the options and is no word. */
  #endsOptions(): boolean {
    switch (this.#reading.syntax) {
      case "find":
      case "go":
      case "dd":
        return false;
      case "posix":
        // The first positional has ended them.
        return this.#words.length + this.#positionals.length === 0;
      case "gnu":
      case "git":
      case "bundled":
        return true;
    }
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
