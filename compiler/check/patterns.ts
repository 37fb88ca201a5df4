// Text patterns: what a glob, a regular expression or a network may be.

import { parseRegex } from "../automata/parse-regex.ts";
import { badGlob, badNetwork, badRegex } from "../diagnostics/types.ts";
import type { Pattern } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Problems } from "./problems.ts";

const GLOB_CHARACTERS = /[*?[\]{}\\]/;

export function isGlob(text: string): boolean {
  return GLOB_CHARACTERS.test(text);
}

/** The glob as a pattern; text without special characters is a literal. Null after a diagnostic. */
export function globPattern(text: string, span: Span, problems: Problems): Pattern | null {
  if (!isGlob(text)) return { kind: "literal", text };
  const problem = globProblem(text);
  return problem === null ? { kind: "glob", text } : problems.report(badGlob(span, text, problem));
}

/** Text that stands for itself inside a glob. */
export function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]{}\\]/g, (character) => `\\${character}`);
}

/** An escaped character, a class (whose first member may be a `]`), or a bracket or brace by itself. */
const GLOB_TOKEN = /\\[^]?|\[[!^]?[^][^\]]*\]|[[\]{}]/g;

function globProblem(text: string): string | null {
  let braces = 0;
  for (const [token] of text.matchAll(GLOB_TOKEN)) {
    if (token === "[") return "a `[` is not closed";
    if (token === "]") return "a `]` has no `[` before it";
    if (token === "{") braces++;
    if (token === "}" && braces-- === 0) return "a `}` has no `{` before it";
  }
  return braces === 0 ? null : "a `{` is not closed";
}

/** Regular expressions are linear-time: no back-reference and no look-around; they match the whole text. */
export function regexPattern(source: string, ignoreCase: boolean, span: Span, problems: Problems): Pattern | null {
  const { error } = parseRegex(source, ignoreCase);
  return error === null ? { kind: "regex", source, ignoreCase } : problems.report(badRegex(span, error.message));
}

/** True for text that is meant as a network, such as `10.0.0.0/8` or a single address. */
export function looksLikeNetwork(text: string): boolean {
  return /^[0-9.]+(?:\/\d+)?$/.test(text) || /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:\/\d+)?$/.test(text);
}

/** The network in CIDR notation, or null after a diagnostic. */
export function network(text: string, span: Span, problems: Problems): string | null {
  const [address = "", length, ...rest] = text.split("/");
  const six = address.includes(":");
  const bits = six ? 128 : 32;
  const lengthFits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
  if (rest.length === 0 && lengthFits && (six ? isAddress6(address) : isAddress4(address)))
    return length === undefined ? `${address}/${bits}` : text;
  return problems.report(badNetwork(span, text));
}

function isAddress4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isAddress6(text: string): boolean {
  const halves = text.split("::");
  if (2 < halves.length) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const size = groups.length + (last.includes(".") ? 1 : 0);
  const fits = halves.length === 2 ? size < 8 : size === 8;
  return (
    fits &&
    groups.every(
      (group, index) => /^[0-9a-fA-F]{1,4}$/.test(group) || (index === groups.length - 1 && isAddress4(group)),
    )
  );
}
