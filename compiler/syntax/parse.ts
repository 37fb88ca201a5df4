// Text to syntax tree. A source with syntax errors has no tree, but every declaration that stands at
// the start of a line is tried by itself, so that one run reports errors in several of them.

import type { Checked, Diagnostic } from "../diagnostics/diagnostic.ts";
import { nestedTooDeep, sourceTooLong, unexpected } from "../diagnostics/syntax.ts";
import type { SourceText } from "../source/source.ts";
import type { File } from "./ast.ts";
import { BuildContext } from "./build-context.ts";
import { buildFile } from "./build.ts";
import { matchGrammar, type Cst, type SyntaxFailure } from "./cst.ts";
import { NESTING_DEPTH_MAX, SOURCE_CHARACTERS_MAX } from "./limits.ts";

/** The tree of a source, or what is wrong with it. `index` is the source's number in spans. */
export function parse(source: SourceText, index: number): Checked<File> {
  const bound = checkBounds(source.text, index);
  if (bound !== null) return { value: null, diagnostics: [bound] };
  const matched = matchParts(source.text) ?? matchWhole(source.text);
  if ("failure" in matched) return { value: null, diagnostics: syntaxErrors(source.text, index, matched.failure) };
  const ctx = new BuildContext(source.text, index);
  const value = buildFile(ctx, matched.files);
  return { value: ctx.diagnostics.length === 0 ? value : null, diagnostics: ctx.diagnostics };
}

/**
 * Matches declaration by declaration, so that Ohm's memory of what it tried stays as small as the longest of them.
 * Null when a part does not match; it may be that a keyword at the start of a line begins no declaration.
 */
function matchParts(text: string): { readonly files: readonly Cst[] } | null {
  const files: Cst[] = [];
  for (const { start, end } of splitDeclarations(text)) {
    const match = matchGrammar(text.slice(start, end), "File", start);
    if ("failure" in match) return null;
    files.push(match.cst);
  }
  return { files };
}

function matchWhole(text: string): { readonly files: readonly Cst[] } | { readonly failure: SyntaxFailure } {
  const match = matchGrammar(text, "File");
  return "failure" in match ? match : { files: [match.cst] };
}

function checkBounds(text: string, source: number): Diagnostic | null {
  if (SOURCE_CHARACTERS_MAX < text.length) return sourceTooLong({ source, start: 0, end: 0 }, SOURCE_CHARACTERS_MAX);
  const deep = deepestAt(text);
  return deep === null ? null : nestedTooDeep({ source, start: deep, end: deep + 1 }, NESTING_DEPTH_MAX);
}

/** Texts, comments, regular expressions, text in backquotes, and what nests: brackets, and runs of prefix words. */
const NESTING =
  /"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|(?<==|matches)\s*\/(?!\/)(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n[\\])+\/|(`+)[^]*?\1|[([{]|[)\]}]|(?:\b(?:not|(?:state|script|link)\s+of)\s+){64,}/g;

/** Where the text nests deeper than the parser, which is recursive, can follow; or null. */
function deepestAt(text: string): number | null {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(NESTING)) {
    if (/^[([{]$/.test(token)) depth++;
    else if (/^[)\]}]$/.test(token)) depth = Math.max(0, depth - 1);
    else if (/^[nsl]/.test(token)) return index;
    else if (token.startsWith("`") && NESTING_DEPTH_MAX < parenthesesDepth(token)) return index;
    if (NESTING_DEPTH_MAX < depth) return index;
  }
  return null;
}

/** A command in backquotes may have brackets without partners, which must not count for what comes after it. */
function parenthesesDepth(token: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of token) {
    if (character === "(") deepest = Math.max(deepest, ++depth);
    else if (character === ")") depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** A line that begins a declaration; `\b` keeps longer words out. */
const DECLARATION = /^(?:policy|use|let|param|effect|command|variable|tool|rule|gate|sandbox|kernel|test|assume)\b/gm;

/** What stands before the first declaration, and each from its start to the next one's. */
function splitDeclarations(text: string): readonly { readonly start: number; readonly end: number }[] {
  const starts = [0, ...[...text.matchAll(DECLARATION)].map((match) => match.index).filter((start) => 0 < start)];
  return starts.map((start, number) => ({ start, end: starts[number + 1] ?? text.length }));
}

/** The first error, and those of the declarations that begin after it. */
function syntaxErrors(text: string, source: number, failure: SyntaxFailure): readonly Diagnostic[] {
  const diagnostics = [describe(text, source, failure)];
  for (const { start, end } of splitDeclarations(text)) {
    if (start < failure.offset) continue;
    const match = matchGrammar(text.slice(start, end), "File", start);
    if ("failure" in match) diagnostics.push(describe(text, source, match.failure));
  }
  return diagnostics;
}

function describe(text: string, source: number, failure: SyntaxFailure): Diagnostic {
  const found = /^(?:[\p{L}\p{N}_]+|[^])/u.exec(text.slice(failure.offset))?.[0].trim() ?? "";
  const start = found === "" ? lastSolid(text, failure.offset) : failure.offset;
  const span = { source, start, end: start + Math.max(1, found.length) };
  return unexpected(span, found, summarise(failure.expected));
}

/** The end of the text before the blanks at its end, where something is missing. */
function lastSolid(text: string, offset: number): number {
  return Math.max(0, text.slice(0, offset).trimEnd().length - 1);
}

const EXPECTED_MAX = 8;

/** Kinds of text that have many beginnings: all of them together are called by the kind's name. */
const KINDS: readonly {
  readonly name: string;
  readonly signs: readonly string[];
  readonly beginnings: ReadonlySet<string>;
}[] = [
  {
    name: "a value",
    signs: ["a number", "a text in quotes", "`none`"],
    beginnings: new Set([
      "`[`",
      "`-`",
      "a regular expression",
      "a duration such as 10m",
      "a number",
      "a negative number",
      "a text in quotes",
      "an option such as -f or --force",
      "`state`",
      "`script`",
      "`link`",
      "an identifier",
      "`true`",
      "`false`",
      "`none`",
      "a name",
    ]),
  },
  {
    name: "a condition",
    signs: ["a value", "`session`", "`not`"],
    beginnings: new Set(["a value", "`session`", "`not`", "`count`", "`any`", "`every`", "`(`"]),
  },
  { name: "a clause", signs: ["`does`", "`runs`"], beginnings: new Set(["`does`", "`runs`", "`prints`", "`adds`"]) },
];

/** What people would name: terminals in backquotes, kinds of words as the grammar describes them. */
function summarise(expected: readonly string[]): readonly string[] {
  let words = new Set(
    expected
      .filter((word) => !/^(?:not |a comment|a space|blank|digit|letter|identPart|end of input)/.test(word))
      .map((word) => (word.startsWith('"') ? `\`${JSON.parse(word) as string}\`` : word)),
  );
  for (const { name, signs, beginnings } of KINDS) {
    if (signs.every((sign) => words.has(sign)))
      words = new Set([name, ...[...words].filter((word) => !beginnings.has(word))]);
  }
  const found = [...words];
  return found.length <= EXPECTED_MAX ? found : [...found.slice(0, EXPECTED_MAX), "more"];
}
