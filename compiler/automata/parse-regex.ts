// Regular expressions of policies: the part that an automaton can run in linear time.
//
//   characters      any but  \ ^ $ . | ? * + ( ) [ ] { }  ; those with \ before them
//   .               any character, line feeds included: a text must not slip past a pattern by a line feed
//   \d \w \s        ASCII digits, word characters, blanks; \D \W \S everything else
//   \t \n \r \f \v \0 \xHH \uHHHH \u{H…}
//   [a-z\d] [^…]    a set and its opposite
//   (…) (?:…) |     groups (nothing is captured) and alternatives
//   * + ? {m} {m,} {m,n}, each with a `?` behind, which changes nothing when a whole text is matched
//   ^ $             at the ends of an alternative outside groups, where they change nothing
//
// Back-references, look-around and word boundaries are errors. `i` folds ASCII letters only.

import { NESTING_MAX, REPEAT_MAX } from "./limits.ts";
import type { PatternNode, Ranges } from "./pattern-node.ts";
import { CODE_POINT_MAX, complementRanges, foldAscii, normaliseRanges } from "./pattern-node.ts";

export interface RegexError {
  readonly message: string;
  /** UTF-16 offset into the source. */
  readonly position: number;
}

/** Exactly one of the two is null. */
export type ParsedRegex =
  | { readonly value: PatternNode; readonly error: null }
  | { readonly value: null; readonly error: RegexError };

export function parseRegex(source: string, ignoreCase = false): ParsedRegex {
  const parser = new RegexParser(source, ignoreCase);
  try {
    return { value: parser.whole(), error: null };
  } catch (thrown) {
    if (thrown instanceof Stop) return { value: null, error: { message: thrown.message, position: thrown.position } };
    throw thrown;
  }
}

/** Leaves the recursive descent; never seen outside this file. */
class Stop extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const DIGIT: Ranges = [[0x30, 0x39]];
const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const BLANK: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const SETS: Readonly<Record<string, Ranges>> = {
  d: DIGIT,
  D: complementRanges(DIGIT, CODE_POINT_MAX),
  w: WORD,
  W: complementRanges(WORD, CODE_POINT_MAX),
  s: BLANK,
  S: complementRanges(BLANK, CODE_POINT_MAX),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

class RegexParser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  whole(): PatternNode {
    const node = this.#alternatives();
    if (this.#at < this.#source.length) throw new Stop("`)` closes no group", this.#at);
    return node;
  }

  #alternatives(): PatternNode {
    const choices = [this.#sequence()];
    while (this.#take("|")) choices.push(this.#sequence());
    const [only] = choices;
    return choices.length === 1 && only !== undefined ? only : { kind: "choice", choices };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    if (this.#depth === 0) this.#take("^");
    for (;;) {
      const next = this.#peek();
      if (next === "" || next === "|" || next === ")") break;
      if (next === "$" && this.#depth === 0 && this.#endsAlternative(this.#at + 1)) {
        this.#at += 1;
        break;
      }
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: "sequence", parts };
  }

  #endsAlternative(at: number): boolean {
    return at === this.#source.length || this.#source[at] === "|";
  }

  #atom(): PatternNode {
    const start = this.#at;
    const next = this.#peek();
    switch (next) {
      case "(":
        return this.#group();
      case "[":
        return this.#set();
      case ".":
        this.#at += 1;
        return { kind: "character", codePoints: [[0, CODE_POINT_MAX]] };
      case "\\":
        return this.#characters(this.#escape(false));
      case "*":
      case "+":
      case "?":
        throw new Stop(`\`${next}\` has nothing to repeat`, start);
      case "{":
      case "}":
      case "]":
        throw new Stop(`\`${next}\` stands for itself only as \`\\${next}\``, start);
      case "^":
      case "$":
        throw new Stop(
          `\`${next}\` may only stand at the ${next === "^" ? "start" : "end"}: a pattern matches the whole text`,
          start,
        );
      default: {
        const point = this.#point();
        return this.#characters([[point, point]]);
      }
    }
  }

  #characters(codePoints: Ranges): PatternNode {
    return { kind: "character", codePoints: this.#ignoreCase ? foldAscii(codePoints) : codePoints };
  }

  #group(): PatternNode {
    const start = this.#at;
    this.#at += 1;
    if (this.#take("?") && !this.#take(":")) {
      const rest = this.#source.slice(this.#at);
      if (/^<?[=!]/.test(rest)) throw new Stop("look-around is not supported: a pattern runs in linear time", start);
      throw new Stop("only groups `(…)` and `(?:…)` are supported", start);
    }
    this.#depth += 1;
    if (NESTING_MAX < this.#depth) throw new Stop("groups are nested too deeply", start);
    const node = this.#alternatives();
    this.#depth -= 1;
    if (!this.#take(")")) throw new Stop("this group is never closed", start);
    return node;
  }

  #repeated(part: PatternNode): PatternNode {
    const start = this.#at;
    const bounds = this.#bounds();
    if (bounds === null) return part;
    this.#take("?");
    const after = this.#peek();
    if (after === "*" || after === "+" || after === "?" || after === "{") {
      throw new Stop(`\`${after}\` has nothing to repeat`, this.#at);
    }
    const [least, most] = bounds;
    if (most !== null && most < least) throw new Stop("the counts of a repetition must rise", start);
    if (REPEAT_MAX < Math.max(least, most ?? 0)) throw new Stop(`a repetition goes up to ${REPEAT_MAX}`, start);
    return { kind: "repeat", part: most === null && least <= 1 ? asBytes(part) : part, least, most };
  }

  #bounds(): [number, number | null] | null {
    if (this.#take("*")) return [0, null];
    if (this.#take("+")) return [1, null];
    if (this.#take("?")) return [0, 1];
    if (this.#peek() !== "{") return null;
    const counts = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (counts === null) throw new Stop("`{` stands for itself only as `\\{`", this.#at);
    this.#at += counts[0].length;
    const least = Number(counts[1]);
    if (counts[2] === undefined) return [least, least];
    return [least, counts[3] === undefined ? null : Number(counts[3])];
  }

  #set(): PatternNode {
    const start = this.#at;
    this.#at += 1;
    const negated = this.#take("^");
    const ranges: (readonly [number, number])[] = [];
    for (;;) {
      if (this.#peek() === "") throw new Stop("this set is never closed", start);
      if (this.#take("]")) break;
      ranges.push(...this.#setRange());
    }
    const folded = this.#ignoreCase ? foldAscii(ranges) : normaliseRanges(ranges);
    return { kind: "character", codePoints: negated ? complementRanges(folded, CODE_POINT_MAX) : folded };
  }

  #setRange(): Ranges {
    const start = this.#at;
    const low = this.#setMember();
    if (this.#peek() !== "-" || this.#source[this.#at + 1] === "]") return low;
    this.#at += 1;
    if (this.#peek() === "") throw new Stop("this set is never closed", start);
    const high = this.#setMember();
    const from = singlePoint(low);
    const to = singlePoint(high);
    if (from === null || to === null) throw new Stop("a range runs from one character to another", start);
    if (to < from) throw new Stop("the ends of a range must rise", start);
    return [[from, to]];
  }

  #setMember(): Ranges {
    if (this.#peek() === "\\") return this.#escape(true);
    const point = this.#point();
    return [[point, point]];
  }

  #escape(inSet: boolean): Ranges {
    const start = this.#at;
    this.#at += 1;
    const letter = this.#peek();
    if (letter === "") throw new Stop("`\\` stands before nothing", start);
    const set = SETS[letter];
    if (set !== undefined) {
      this.#at += 1;
      return set;
    }
    const point = this.#escapedPoint(letter, start, inSet);
    return [[point, point]];
  }

  #escapedPoint(letter: string, start: number, inSet: boolean): number {
    const control = CONTROLS[letter];
    if (control !== undefined) {
      this.#at += 1;
      return control;
    }
    const rest = this.#source.slice(this.#at, this.#at + 10);
    const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/.exec(rest);
    if (hex !== null) {
      const point = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16);
      if (CODE_POINT_MAX < point || (0xd800 <= point && point <= 0xdfff)) throw new Stop("this is no character", start);
      this.#at += hex[0].length;
      return point;
    }
    if (/^0(?!\d)/.test(rest)) {
      this.#at += 1;
      return 0;
    }
    if (/^[0-9k]/.test(rest)) throw new Stop("back-references are not supported: a pattern runs in linear time", start);
    if (!inSet && /^[bB]/.test(rest)) throw new Stop("word boundaries are not supported", start);
    if (/^[a-zA-Z]/.test(rest)) throw new Stop(`\`\\${letter}\` is not supported`, start);
    return this.#point();
  }

  /** The code point here; half a surrogate pair is no character. */
  #point(): number {
    const point = this.#source.codePointAt(this.#at) ?? 0;
    if (0xd800 <= point && point <= 0xdfff) throw new Stop("this is no character", this.#at);
    this.#at += 0xffff < point ? 2 : 1;
    return point;
  }

  #peek(): string {
    return this.#source[this.#at] ?? "";
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

function singlePoint(ranges: Ranges): number | null {
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined && only[0] === only[1] ? only[0] : null;
}

/**
 * A run of characters of any kind beyond ASCII is a run of bytes, as far as valid text goes. As bytes it takes fewer
 * states, and a hole in a text certainly matches it.
 */
function asBytes(part: PatternNode): PatternNode {
  if (part.kind !== "character") return part;
  const beyond = part.codePoints.some(([low, high]) => low <= 0x80 && high === CODE_POINT_MAX);
  if (!beyond) return part;
  const ascii = part.codePoints.flatMap(([low, high]): Ranges => (low < 0x80 ? [[low, Math.min(high, 0x7f)]] : []));
  return { kind: "byte", bytes: normaliseRanges([...ascii, [0x80, 0xff]]) };
}
