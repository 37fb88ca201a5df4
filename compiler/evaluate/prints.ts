// Texts that commands print: `echo -e` and `printf` on known arguments (docs/meaning.md, section 5).

import type { Item, Value } from "./values.ts";
import { known, knownText, laterOrigin, ORIGIN_COMPUTED, unknown } from "./values.ts";

/** Backslash escapes of `echo -e` and `%b`; an unknown text stays unknown. */
export function decodeEscapes(value: Value): Value {
  const text = knownText(value);
  return text === null ? unknown(value.origin) : known(decodeText(text));
}

const ESCAPE = /\\(?:x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[1-7][0-7]{0,2}|[^])/g;
const LETTERS: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  e: "\x1b",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

function decodeText(text: string): string {
  return text.replace(ESCAPE, (escape) => {
    const body = escape.slice(1);
    if (/^x./.test(body)) return byte(Number.parseInt(body.slice(1), 16));
    if (/^[0-7]/.test(body)) return byte(Number.parseInt(body, 8));
    return LETTERS[body] ?? escape;
  });
}

function byte(code: number): string {
  return String.fromCharCode(code & 255);
}

/** `printf FORMAT ARGS…`: exact for %s, %b, %d, %% of known texts, the format used again while arguments are left. */
export function formatText(format: Value | null, args: readonly Item[]): Value {
  const text = knownText(format);
  const words = args.map((arg) => (arg.splat || arg.unsure || arg.noDash ? null : knownText(arg.value)));
  if (text === null) return unknown(laterOrigin(format?.origin ?? ORIGIN_COMPUTED, ORIGIN_COMPUTED));
  if (words.includes(null)) return unknown(laterOrigin(format?.origin ?? ORIGIN_COMPUTED, ORIGIN_COMPUTED));
  const left = words.flatMap((word) => (word === null ? [] : [word]));
  let out = "";
  for (;;) {
    const before = left.length;
    const once = formatOnce(text, left);
    if (once === null) return unknown(ORIGIN_COMPUTED);
    out += once;
    if (left.length === 0 || left.length === before) return known(out);
  }
}

/** Takes the arguments that it uses; null for a conversion that is not known here. */
function formatOnce(format: string, left: string[]): string | null {
  let out = "";
  for (const piece of format.match(new RegExp(`${ESCAPE.source}|%[^]|[^]`, "g")) ?? []) {
    if (piece.startsWith("\\") && 1 < piece.length) {
      out += decodeText(piece);
    } else if (piece === "%%") {
      out += "%";
    } else if (piece === "%s" || piece === "%d") {
      out += left.shift() ?? "";
    } else if (piece === "%b") {
      out += decodeText(left.shift() ?? "");
    } else if (piece.startsWith("%") && 1 < piece.length) {
      return null;
    } else {
      out += piece;
    }
  }
  return out;
}
