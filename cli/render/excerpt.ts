// The line of a command with a part of it underlined.

import { clipLine } from "../../compiler/diagnostics/clip.ts";
import { visible } from "../../gate/visible-text.ts";
import type { Paint } from "../terminal.ts";

/**
 * Two lines: the command's line that holds the part, and carets below it. The range is one of UTF-8 bytes, half-open,
 * and is cut at the end of its first line. Of a long line only what stands around the part is shown.
 */
export function excerpt(text: string, range: readonly [number, number], paint: Paint): readonly string[] {
  const bytes = Buffer.from(text);
  const [start, end] = range;
  const lineStart = start === 0 ? 0 : bytes.lastIndexOf(0x0a, start - 1) + 1;
  const newline = bytes.indexOf(0x0a, start);
  const lineEnd = newline === -1 ? bytes.length : newline;
  const { before, marked, after } = clipLine({
    before: shown(bytes.subarray(lineStart, start)),
    marked: shown(bytes.subarray(start, Math.min(end, lineEnd))),
    after: shown(bytes.subarray(Math.min(end, lineEnd), lineEnd)),
  });
  const carets = "^".repeat(Math.max(1, width(marked)));
  return [`${before}${paint("bold", marked)}${after}`, `${" ".repeat(width(before))}${paint("red", carets)}`];
}

function shown(bytes: Uint8Array): string {
  return visible(Buffer.from(bytes).toString("utf8").replaceAll("\t", " "));
}

/** Columns on a terminal, near enough: wide East Asian characters and emoji count two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    const isWide =
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]|\p{Extended_Pictographic}/u;
    columns += isWide.test(character) ? 2 : 1;
  }
  return columns;
}
