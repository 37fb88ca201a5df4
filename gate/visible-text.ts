// Text from an agent, made safe to look at: nothing in it can move the cursor, hide a part or turn the order around.

import { shownLinesMax } from "./limits.ts";

/**
 * Escapes everything that is not plainly visible: control characters, bidirectional and zero-width ones, other line
 * ends, unassigned and private characters, lone surrogates, and blanks that only look like one. Newlines and tabs too.
 */
export function visible(text: string): string {
  return text.replace(/[\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]/gu, (character) =>
    character === " " ? " " : escape(character),
  );
}

/** As `visible`, with the text's own lines kept apart: for scripts. Cut after `shownLinesMax`. */
export function visibleLines(text: string): readonly string[] {
  const lines = text.split("\n");
  const shown = lines.slice(0, shownLinesMax).map(visible);
  return lines.length <= shownLinesMax ? shown : [...shown, `… and ${lines.length - shownLinesMax} more lines`];
}

/** Cuts a text to `lengthMax` UTF-16 units and says so. */
export function clip(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}… (${text.length - lengthMax} more)`;
}

function escape(character: string): string {
  const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\e" };
  return named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
