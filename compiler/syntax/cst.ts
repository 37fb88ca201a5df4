// Runs the Ohm grammar and turns its nodes into plain, typed trees, so that nothing else depends
// on Ohm's untyped ones.

import * as ohm from "ohm-js";
import { invariant } from "../source/invariant.ts";
import { pawlGrammar } from "./pawl-grammar.ts";

/** A node of the concrete tree: a rule's name, `_terminal` or `_iter`, and the text that it covers. */
export interface Cst {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly children: readonly Cst[];
}

/** Why a text is no sentence of the grammar: the furthest place reached, and what could stand there. */
export interface SyntaxFailure {
  readonly offset: number;
  readonly expected: readonly string[];
}

/** Matches a text against a rule of the grammar. The text starts at `offset` of its source, which places count from. */
export function matchGrammar(
  text: string,
  rule: string,
  offset = 0,
): { readonly cst: Cst } | { readonly failure: SyntaxFailure } {
  const result = grammar.match(text, rule);
  if (result.succeeded()) {
    // The operation is the one added below, which gives a Cst.
    return { cst: semantics(result)["cst"](offset) as Cst };
  }
  // Ohm's types do not list what every failed match has.
  const failed = result as unknown as {
    getRightmostFailurePosition(): number;
    getRightmostFailures(): readonly { isFluffy(): boolean; toString(): string }[];
  };
  const expected = new Set<string>();
  for (const failure of failed.getRightmostFailures()) if (!failure.isFluffy()) expected.add(failure.toString());
  return { failure: { offset: offset + failed.getRightmostFailurePosition(), expected: [...expected] } };
}

export const grammar: ohm.Grammar = ohm.grammar(pawlGrammar);

/** Rules of which only the text matters: their characters get no nodes. */
const TOKENS: ReadonlySet<string> = new Set([
  "kw",
  "ident",
  "name",
  "effectName",
  "effectRef",
  "relativePath",
  "programName",
  "subPiece",
  "spelling",
  "literalText",
  "patternOptionChar",
  "hole",
  "string",
  "jsonString",
  "jsonNumber",
  "backquoted",
  "regex",
  "duration",
  "number",
  "negative",
  "natural",
  "hexadecimal",
  "compareOperator",
  "blank",
]);

const semantics = grammar.createSemantics().addOperation<Cst>("cst(offset)", {
  _terminal() {
    return leaf("_terminal", this.source, offsetOf(this));
  },
  _nonterminal(...children) {
    if (TOKENS.has(this.ctorName)) return leaf(this.ctorName, this.source, offsetOf(this));
    return branch(this.ctorName, this.source, children, offsetOf(this));
  },
  _iter(...children) {
    return branch("_iter", this.source, children, offsetOf(this));
  },
});

/** The operation's argument, which Ohm does not type. */
function offsetOf(node: ohm.Node): number {
  return node["args"].offset as number;
}

function leaf(rule: string, interval: ohm.Interval, offset: number): Cst {
  return { rule, start: offset + interval.startIdx, end: offset + interval.endIdx, children: [] };
}

/** Covers what its children cover, so that blanks and comments at either end are left out. */
function branch(rule: string, interval: ohm.Interval, nodes: readonly ohm.Node[], offset: number): Cst {
  // The operation is the one added above, which gives a Cst.
  const children = nodes.map((node) => node["cst"](offset) as Cst);
  const solid = children.filter((child) => child.start < child.end);
  const first = solid[0];
  const last = solid.at(-1);
  if (first === undefined || last === undefined)
    return { rule, start: offset + interval.startIdx, end: offset + interval.startIdx, children };
  return { rule, start: first.start, end: last.end, children };
}

/** The child at an index; the grammar says that it is there. */
export function child(cst: Cst, index: number): Cst {
  const found = cst.children[index];
  invariant(found !== undefined, `${cst.rule} has no part ${index}`);
  return found;
}

/** What an optional part holds, or null. */
export function optional(cst: Cst): Cst | null {
  invariant(cst.rule === "_iter", `${cst.rule} is no optional part`);
  return cst.children[0] ?? null;
}

/** The elements of `ListOf` and `NonemptyListOf`, without separators. */
export function elements(cst: Cst): readonly Cst[] {
  switch (cst.rule) {
    case "ListOf":
      return elements(child(cst, 0));
    case "EmptyListOf":
      return [];
    default:
      invariant(cst.rule === "NonemptyListOf", `${cst.rule} is no list`);
      return [child(cst, 0), ...child(cst, 2).children];
  }
}
