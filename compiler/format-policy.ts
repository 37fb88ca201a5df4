// `pawl fmt`: the one canonical layout of a source.

import type { Checked } from "./diagnostics/diagnostic.ts";
import type { SourceText } from "./source/source.ts";
import { parse } from "./syntax/parse.ts";
import { print } from "./syntax/print.ts";

/** The source in canonical layout, or null and what is wrong with its syntax. Spans refer to source 0. */
export function formatPolicy(source: SourceText): Checked<string> {
  const { value, diagnostics } = parse(source, 0);
  return { value: value === null ? null : print(value), diagnostics };
}
