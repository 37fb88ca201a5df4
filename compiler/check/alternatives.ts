// Alternatives of usage patterns: every choice of them is a sequence of words and options.

import { tooManyPatterns } from "../diagnostics/types.ts";
import type { Pattern, Patterns } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type {
  PatternItem,
  PatternOption,
  PatternPiece,
  PatternWord,
  Sequence,
  UsagePatternNode,
} from "../syntax/ast.ts";
import { PATTERNS_MAX } from "./limits.ts";
import { escapeGlob, isGlob } from "./patterns.ts";
import type { Problems } from "./problems.ts";

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

/** A piece of a word that is no name. */
type Literal = Exclude<PatternPiece, { kind: "hole" }>;

export function isPlain(pieces: readonly PatternPiece[]): pieces is readonly Literal[] {
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

export function literalText(pieces: readonly Literal[]): string {
  return pieces
    .map((piece) => (piece.kind === "quoted" ? piece.text : piece.text.replaceAll(/\\([^])/g, "$1")))
    .join("");
}
