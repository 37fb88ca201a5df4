// Diagnostics of the reader (S1xx).

import type { Span } from "../source/source.ts";
import { error, type Diagnostic } from "./diagnostic.ts";

export function unexpected(span: Span, found: string, expected: readonly string[]): Diagnostic {
  const message = found === "" ? "the source ends too soon" : `unexpected \`${found}\``;
  return error("S101", span, message, expected.length === 0 ? null : `expected ${alternatives(expected)}`);
}

export function badEscape(span: Span, escape: string): Diagnostic {
  return error("S102", span, `\`${escape}\` is no escape`, 'a text has `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`');
}

export function sourceTooLong(span: Span, charactersMax: number): Diagnostic {
  return error(
    "S103",
    span,
    `the source is longer than ${charactersMax} characters`,
    "split it into files and join them with `use`",
  );
}

export function nestedTooDeep(span: Span, depthMax: number): Diagnostic {
  return error("S104", span, `brackets are nested deeper than ${depthMax}`, "take the expression apart with `let`");
}

function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
