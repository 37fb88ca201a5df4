// Globs of policies. Every text is a glob: a bracket or brace that is never closed stands for itself.
//
//   *        any run of bytes without `/`
//   **       any run of bytes; `**/` at the start of a component also matches nothing
//   ?        one character but `/`
//   [a-z]    one of these characters, [!a-z] and [^a-z] one of the others; never `/`
//   {a,b}    one of these globs; without a comma the braces stand for themselves
//   \x       x itself

import { NESTING_MAX } from "./limits.ts";
import type { PatternNode, Ranges } from "./pattern-node.ts";
import {
  ANY_BYTES,
  CODE_POINT_MAX,
  complementRanges,
  normaliseRanges,
  SEGMENT_BYTES,
  textNode,
} from "./pattern-node.ts";

const SLASH: Ranges = [[0x2f, 0x2f]];
const NOT_SLASH: PatternNode = { kind: "character", codePoints: complementRanges(SLASH, CODE_POINT_MAX) };

export function parseGlob(glob: string): PatternNode {
  return parseParts([...glob], 0, true);
}

/** `points` is a glob or one alternative of braces; `fresh`: a path component starts before it. */
function parseParts(points: readonly string[], depth: number, fresh: boolean): PatternNode {
  const parts: PatternNode[] = [];
  let at = 0;
  while (at < points.length) {
    const point = points[at] ?? "";
    const startsComponent = at === 0 ? fresh : points[at - 1] === "/";
    if (point === "*") {
      const run = countStars(points, at);
      at += run;
      if (run === 1) {
        parts.push(SEGMENT_BYTES);
      } else if (startsComponent && points[at] === "/") {
        at += 1;
        parts.push(optional({ kind: "sequence", parts: [ANY_BYTES, textNode("/")] }));
      } else {
        parts.push(ANY_BYTES);
      }
      continue;
    }
    if (point === "?") {
      at += 1;
      parts.push(NOT_SLASH);
      continue;
    }
    const special =
      point === "[" ? parseBracket(points, at) : point === "{" ? parseBraces(points, at, depth, startsComponent) : null;
    if (special !== null) {
      parts.push(special.node);
      at = special.end;
      continue;
    }
    if (point === "\\" && at + 1 < points.length) at += 1;
    parts.push(textNode(points[at] ?? ""));
    at += 1;
  }
  return { kind: "sequence", parts };
}

interface Parsed {
  readonly node: PatternNode;
  readonly end: number;
}

function countStars(points: readonly string[], from: number): number {
  let at = from;
  while (points[at] === "*") at += 1;
  return at - from;
}

function optional(part: PatternNode): PatternNode {
  return { kind: "repeat", part, least: 0, most: 1 };
}

function parseBracket(points: readonly string[], start: number): Parsed | null {
  let at = start + 1;
  const negated = points[at] === "!" || points[at] === "^";
  if (negated) at += 1;
  const ranges: (readonly [number, number])[] = [];
  for (let first = true; ; first = false) {
    const member = points[at];
    if (member === undefined) return null;
    if (member === "]" && !first) break;
    const low = escapedAt(points, at);
    if (low === null) return null;
    at = low.end;
    const after = points[at + 1];
    if (points[at] !== "-" || after === undefined || after === "]") {
      ranges.push([low.point, low.point]);
      continue;
    }
    const high = escapedAt(points, at + 1);
    if (high === null) return null;
    at = high.end;
    // A range that falls holds nothing, as in a shell.
    if (low.point <= high.point) ranges.push([low.point, high.point]);
  }
  const apart = complementRanges(negated ? [...ranges, ...SLASH] : ranges, CODE_POINT_MAX);
  const codePoints = negated ? apart : complementRanges(normaliseRanges([...apart, ...SLASH]), CODE_POINT_MAX);
  return { node: { kind: "character", codePoints }, end: at + 1 };
}

function escapedAt(points: readonly string[], at: number): { readonly point: number; readonly end: number } | null {
  const here = points[at] === "\\" ? at + 1 : at;
  const point = points[here]?.codePointAt(0);
  return point === undefined ? null : { point, end: here + 1 };
}

function parseBraces(points: readonly string[], start: number, depth: number, fresh: boolean): Parsed | null {
  if (NESTING_MAX <= depth) return null;
  const alternatives: string[][] = [[]];
  let open = 1;
  for (let at = start + 1; at < points.length; at += 1) {
    const point = points[at] ?? "";
    if (point === "\\" && at + 1 < points.length) {
      alternatives.at(-1)?.push(point, points[at + 1] ?? "");
      at += 1;
      continue;
    }
    if (point === "{") open += 1;
    if (point === "}") open -= 1;
    if (open === 0) {
      if (alternatives.length === 1) return null;
      const choices = alternatives.map((alternative) => parseParts(alternative, depth + 1, fresh));
      return { node: { kind: "choice", choices }, end: at + 1 };
    }
    if (point === "," && open === 1) alternatives.push([]);
    else alternatives.at(-1)?.push(point);
  }
  return null;
}
