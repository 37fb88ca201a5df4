// The common tree of globs, regular expressions and literals, before it becomes an automaton.

/** Inclusive ranges, sorted, apart from one another. */
export type Ranges = readonly (readonly [number, number])[];

/** These bytes, one after another; a latin-1 byte string. */
export interface Text {
  readonly kind: "text";
  readonly bytes: string;
}

/** One UTF-8 character whose code point is in one of the ranges. */
export interface Character {
  readonly kind: "character";
  readonly codePoints: Ranges;
}

/** One byte in one of the ranges, whether or not it is part of a valid character. */
export interface Byte {
  readonly kind: "byte";
  readonly bytes: Ranges;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly parts: readonly PatternNode[];
}

/** One of the choices; no choice matches nothing at all. */
export interface Choice {
  readonly kind: "choice";
  readonly choices: readonly PatternNode[];
}

export interface Repeat {
  readonly kind: "repeat";
  readonly part: PatternNode;
  readonly least: number;
  /** Null is without end. */
  readonly most: number | null;
}

export type PatternNode = Text | Character | Byte | Sequence | Choice | Repeat;

export const CODE_POINT_MAX = 0x10ffff;
/** Any run of bytes. */
export const ANY_BYTES: PatternNode = {
  kind: "repeat",
  part: { kind: "byte", bytes: [[0, 255]] },
  least: 0,
  most: null,
};
/** Any run of bytes without `/`. */
export const SEGMENT_BYTES: PatternNode = {
  kind: "repeat",
  part: {
    kind: "byte",
    bytes: [
      [0, 0x2e],
      [0x30, 255],
    ],
  },
  least: 0,
  most: null,
};

/** The text's UTF-8 bytes as a latin-1 byte string. */
export function utf8Bytes(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

export function textNode(text: string): PatternNode {
  return { kind: "text", bytes: utf8Bytes(text) };
}

/** Sorts ranges and joins those that touch. */
export function normaliseRanges(ranges: Ranges): Ranges {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}

/** Everything from 0 to `max` that is in none of the ranges. */
export function complementRanges(ranges: Ranges, max: number): Ranges {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of normaliseRanges(ranges)) {
    if (from < low) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= max) rest.push([from, max]);
  return rest;
}

/** Adds the other case of each ASCII letter. */
export function foldAscii(ranges: Ranges): Ranges {
  const folded: [number, number][] = ranges.map(([low, high]) => [low, high]);
  for (const [low, high] of ranges) {
    const upperLow = Math.max(low, 0x41);
    const upperHigh = Math.min(high, 0x5a);
    if (upperLow <= upperHigh) folded.push([upperLow + 32, upperHigh + 32]);
    const lowerLow = Math.max(low, 0x61);
    const lowerHigh = Math.min(high, 0x7a);
    if (lowerLow <= lowerHigh) folded.push([lowerLow - 32, lowerHigh - 32]);
  }
  return normaliseRanges(folded);
}
