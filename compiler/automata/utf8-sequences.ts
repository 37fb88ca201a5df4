// Ranges of code points as sequences of byte ranges, for automata that read UTF-8 byte by byte.
// The encoding is that of RFC 3629, section 3: shortest forms only, no surrogates.

import type { Ranges } from "./pattern-node.ts";

/** One byte range per byte of a character. */
export type ByteSequence = readonly (readonly [number, number])[];

/** The valid characters in the ranges, each in exactly one of the sequences. */
export function utf8Sequences(codePoints: Ranges): readonly ByteSequence[] {
  const sequences: ByteSequence[] = [];
  for (const [low, high] of codePoints) {
    for (const [from, to] of LENGTHS) {
      const start = Math.max(low, from);
      const end = Math.min(high, to);
      if (start <= end) split(encode(start), encode(end), [], sequences);
    }
  }
  return sequences;
}

/** Code points of equal encoded length, without the surrogates. */
const LENGTHS: Ranges = [
  [0, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, 0x10ffff],
];

function encode(point: number): readonly number[] {
  if (point <= 0x7f) return [point];
  if (point <= 0x7ff) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
  if (point <= 0xffff) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
}

/** Cuts `low..high`, two encodings of one length, where a byte does not run through all its continuation values. */
function split(low: readonly number[], high: readonly number[], prefix: ByteSequence, out: ByteSequence[]): void {
  const [lowHead, ...lowRest] = low;
  const [highHead, ...highRest] = high;
  if (lowHead === undefined || highHead === undefined) {
    out.push(prefix);
    return;
  }
  if (lowHead === highHead) {
    split(lowRest, highRest, [...prefix, [lowHead, lowHead]], out);
    return;
  }
  const first = lowRest.some((byte) => byte !== 0x80) ? 1 : 0;
  const last = highRest.some((byte) => byte !== 0xbf) ? 1 : 0;
  const fullLow = lowRest.map(() => 0x80);
  const fullHigh = highRest.map(() => 0xbf);
  if (first === 1) split(lowRest, fullHigh, [...prefix, [lowHead, lowHead]], out);
  if (lowHead + first <= highHead - last) {
    split(fullLow, fullHigh, [...prefix, [lowHead + first, highHead - last]], out);
  }
  if (last === 1) split(fullLow, highRest, [...prefix, [highHead, highHead]], out);
}
