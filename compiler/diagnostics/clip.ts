// Long source lines, cut down to what stands around the marked part.

/** A line in three parts, the marked one in the middle. */
export interface MarkedLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** A line up to this length is shown whole. */
const LINE_MAX = 160;
const BEFORE_MAX = 60;
const MARKED_MAX = 80;
const AFTER_MAX = 40;

/** The line, or when it is long its marked part with some of what stands before and after it. */
export function clipLine({ before, marked, after }: MarkedLine): MarkedLine {
  if (before.length + marked.length + after.length <= LINE_MAX) return { before, marked, after };
  return { before: lastOf(before, BEFORE_MAX), marked: firstOf(marked, MARKED_MAX), after: firstOf(after, AFTER_MAX) };
}

function firstOf(text: string, length: number): string {
  // Half of a surrogate pair would print as a replacement character.
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function lastOf(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(-length).replace(/^[\uDC00-\uDFFF]/, "")}`;
}
