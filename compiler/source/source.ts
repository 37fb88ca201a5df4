// Source files and places in them.

import type { SourceSpan } from "../ir/ir.ts";

/** A source file as text; `name` is what diagnostics print. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets into the source with that index. */
export type Span = SourceSpan;

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offset of the first character of each line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column of an offset. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
