// From an argument list to options and positionals (docs/meaning.md, section 3): one pass from left to right over
// sets of reader states, so that every way to read an unclear word counts.

import type { OptionIr, OptionSyntax } from "../ir/ir.ts";
import type { Answer, Item, Value } from "./values.ts";
import {
  bytesOf,
  holeIn,
  isHole,
  item,
  known,
  MAYBE,
  NO,
  perhapsNone,
  SEGMENT,
  BELOW,
  union,
  unionOfTwo,
  unknown,
  unknownWords,
  YES,
} from "./values.ts";

/** How many positionals there may have been so far; 31 stands for 31 and more. */
type Counts = ReadonlySet<number>;

const COUNT_MAX = 31;

/** How a program reads its arguments. */
export interface Grammar {
  readonly syntax: OptionSyntax;
  readonly options: readonly OptionIr[];
  readonly unknownWordsMayBeOptions: boolean;
}

/** An option that was given, or perhaps. */
export interface Occurrence {
  readonly option: number;
  readonly sure: boolean;
  readonly negated: boolean;
  /** In full spelling, not abbreviated. */
  readonly full: boolean;
  /** Null for a flag, and for an option whose value never came. */
  value: Value | null;
  /** Find syntax: the words up to the terminator. */
  argv: { readonly items: readonly Item[]; readonly terminator: ";" | "+" | null } | null;
}

/** Which positional an item may be. */
export interface Place {
  readonly counts: Counts;
  /** The counts of its first word, when it stands for several. */
  readonly starts: Counts;
  /** Whether it is certainly positional. */
  readonly sure: boolean;
}

const NOTHING: Counts = new Set();
const NO_PLACE: Place = { counts: NOTHING, starts: NOTHING, sure: false };

/** An argument list as a program reads it. */
export interface Reading {
  readonly grammar: Grammar;
  readonly items: readonly Item[];
  /** Per item, which positional it may be. */
  readonly places: readonly Place[];
  readonly occurrences: readonly Occurrence[];
  /** How many positionals there may be in all. */
  readonly finals: Counts;
}

/** Reads what stands after the program. The first `words` positionals are the subcommand's own, which end no options. */
export function read(grammar: Grammar, items: readonly Item[], words: number): Reading {
  const reader = new Reader(grammar, items, words);
  return reader.read();
}

/** What an option word leads to, beside having been read. */
type After = "normal" | "value" | "skip";

/** Where the reader may stand before an item. */
interface Places {
  normal: Counts;
  /** Options are over. */
  ended: Counts;
  /** The next word is the value of the first of `waiting`. */
  value: Counts;
  /** The next word may be the value of an option that nobody declared. */
  skip: Counts;
}

const NOWHERE: Places = { normal: NOTHING, ended: NOTHING, value: NOTHING, skip: NOTHING };

class Reader {
  readonly #grammar: Grammar;
  readonly #items: readonly Item[];
  readonly #words: number;
  readonly #places: { counts: Counts; starts: Counts; sure: boolean }[] = [];
  readonly #occurrences: Occurrence[] = [];
  #waiting: Occurrence[] = [];
  #now: Places = { normal: new Set([0]), ended: NOTHING, value: NOTHING, skip: NOTHING };

  constructor(grammar: Grammar, items: readonly Item[], words: number) {
    this.#grammar = grammar;
    this.#items = items;
    this.#words = words;
  }

  read(): Reading {
    for (let index = 0; index < this.#items.length; index = this.#step(index) + 1);
    const { normal, ended, value, skip } = this.#now;
    return {
      grammar: this.#grammar,
      items: this.#items,
      places: this.#items.map((_, index) => this.#places[index] ?? NO_PLACE),
      occurrences: this.#occurrences,
      finals: join(normal, ended, value, skip),
    };
  }

  /** Reads one item and answers the index of the last one that it took. */
  #step(index: number): number {
    const element = this.#items[index] ?? item(known(""));
    const before = this.#now;
    const sets = [before.normal, before.ended, before.value, before.skip].filter((counts) => counts.size !== 0);
    const sure = !element.splat && sets.length === 1;
    const sureWord = (sure || element.glob) && sets.length === 1;
    const waited = this.#waiting;
    this.#now = { normal: NOTHING, ended: NOTHING, value: NOTHING, skip: NOTHING };
    this.#places[index] = { counts: NOTHING, starts: NOTHING, sure: false };
    let last = index;
    if (before.value.size !== 0) this.#takeValue(element, before.value, sure);
    if (before.skip.size !== 0) this.#goto("normal", before.skip);
    if (before.ended.size !== 0) this.#positional(index, before.ended, "ended", sureWord);
    if (before.normal.size !== 0) last = this.#stepNormal(index, element, before.normal, sure, sureWord);
    if (element.splat) this.#stay(index, element, before, waited);
    return last;
  }

  #goto(place: keyof Places, counts: Counts): void {
    this.#now[place] = join(this.#now[place], counts);
  }

  #positional(index: number, counts: Counts, then: "normal" | "ended", sure: boolean): void {
    const place = this.#places[index];
    if (place === undefined) return;
    place.counts = join(place.counts, counts);
    place.starts = join(place.starts, counts);
    place.sure = sure;
    this.#goto(then, new Set([...counts].map((count) => Math.min(count + 1, COUNT_MAX))));
  }

  /** A positional from the state `normal`, where a program may stop looking for options. */
  #plainPositional(index: number, counts: Counts, sure: boolean): void {
    if (this.#grammar.syntax !== "posix") {
      this.#positional(index, counts, "normal", sure);
      return;
    }
    const own = new Set([...counts].filter((count) => count < this.#words));
    const others = new Set([...counts].filter((count) => this.#words <= count));
    if (own.size !== 0) this.#positional(index, own, "normal", sure);
    if (others.size !== 0) this.#positional(index, others, "ended", sure);
  }

  /** The item is the value of the option that waits for one. */
  #takeValue(element: Item, counts: Counts, sure: boolean): void {
    const [occurrence, ...rest] = this.#waiting;
    if (occurrence === undefined) return;
    const value = sure ? element.value : perhapsNone(element.value);
    // After a splat, the option may have had its value already.
    occurrence.value = occurrence.value === null ? value : unionOfTwo(occurrence.value, value);
    this.#waiting = rest;
    this.#goto(rest.length === 0 ? "normal" : "value", counts);
  }

  /** A splat may be no word at all, or any number of them. */
  #stay(index: number, element: Item, before: Places, waited: readonly Occurrence[]): void {
    const place = this.#places[index];
    if (place !== undefined) place.counts = fromLeast(place.counts);
    // A glob is at least one word.
    const stays = element.glob && !this.#mayBeOption(element) ? NOWHERE : before;
    if (stays.value.size !== 0 && this.#now.value.size === 0) this.#waiting = [...waited];
    this.#goto("normal", stays.normal);
    this.#goto("ended", stays.ended);
    this.#goto("value", stays.value);
    this.#goto("skip", stays.skip);
    const { normal, ended, value, skip } = this.#now;
    if (this.#mayBeOption(element)) {
      const all = fromLeast(join(normal, ended, value, skip));
      this.#now = { normal: all, ended: all, skip: all, value };
    } else {
      this.#now = {
        normal: fromLeast(normal),
        ended: fromLeast(ended),
        value: fromLeast(value),
        skip: fromLeast(skip),
      };
    }
  }

  #mayBeOption(element: Item): boolean {
    if (element.noDash) return false;
    return element.value.texts.some(
      (text) => text.startsWith("-") || (startsOpen(text) && this.#grammar.unknownWordsMayBeOptions),
    );
  }

  #stepNormal(index: number, element: Item, counts: Counts, sure: boolean, sureWord: boolean): number {
    const [text = "", ...others] = element.value.texts;
    if (others.length !== 0) {
      const mayBeOption = element.value.texts.some((one) => one.startsWith("-") || startsOpen(one));
      if (!mayBeOption || element.noDash) this.#plainPositional(index, counts, sureWord);
      else this.#unclear(index, counts, true, false);
      return index;
    }
    if (startsOpen(text) && !element.noDash) {
      this.#unclear(index, counts, this.#grammar.unknownWordsMayBeOptions, sure);
      return index;
    }
    if (this.#grammar.syntax === "bundled" && index === 0 && !text.startsWith("-") && !isHole(text[0])) {
      this.#readBundle(text, counts, sure);
      return index;
    }
    return text.startsWith("-")
      ? this.#stepDash(index, text, counts, sure)
      : this.#stepPlain(index, text, counts, sure, sureWord);
  }

  /** A word that may be anything; without `options` it is positional, though its text is open. */
  #unclear(index: number, counts: Counts, options: boolean, sure: boolean): void {
    this.#plainPositional(index, counts, sure && !options);
    if (!options) return;
    this.#perhapsWhere(() => true);
    this.#goto("normal", counts);
    this.#goto("skip", counts);
    this.#goto("ended", counts);
  }

  /** A word that does not begin with a dash. */
  #stepPlain(index: number, text: string, counts: Counts, sure: boolean, sureWord: boolean): number {
    if (this.#grammar.syntax === "find" && ["(", ")", "!", ","].includes(text)) {
      this.#goto("normal", counts);
      return index;
    }
    if (this.#grammar.syntax === "dd" && text.includes("=")) {
      const end = text.indexOf("=") + 1;
      const option = this.#spelled(text.slice(0, end));
      if (option !== null) {
        this.#record(option, sure, { value: known(text.slice(end)) });
        this.#goto("normal", counts);
        return index;
      }
    }
    this.#plainPositional(index, counts, sureWord);
    return index;
  }

  /** A word that begins with a dash, perhaps with a hole further in. */
  #stepDash(index: number, text: string, counts: Counts, sure: boolean): number {
    const { syntax } = this.#grammar;
    const noEnd = syntax === "find" || syntax === "go" || syntax === "dd";
    if (text === "-" || (text === "--" && noEnd)) {
      this.#plainPositional(index, counts, sure);
      return index;
    }
    if (text === "--") {
      this.#goto("ended", counts);
      return index;
    }
    if (syntax === "find") return this.#stepFind(index, text, counts, sure);
    if (this.#now.value.size === 0) this.#waiting = [];
    const after =
      syntax === "go" || syntax === "dd"
        ? this.#readGo(text, sure)
        : text.startsWith("--")
          ? this.#readLong(text, sure)
          : this.#readShort(text, sure);
    this.#goto(after === "value" ? "value" : "normal", counts);
    if (after === "skip") this.#goto("skip", counts);
    return index;
  }

  #stepFind(index: number, text: string, counts: Counts, sure: boolean): number {
    const number = this.#spelled(text);
    if (number === null) {
      const hole = holeIn(text);
      if (hole < text.length) {
        this.#perhapsBeginning(text.slice(0, hole));
        this.#goto("skip", counts);
      }
      this.#goto("normal", counts);
      return index;
    }
    const option = this.#grammar.options[number];
    const occurrence = this.#record(number, sure);
    if (option?.argv === true) {
      this.#goto("normal", counts);
      return this.#readArgv(occurrence, index);
    }
    if (option?.value === "required") {
      if (this.#now.value.size === 0) this.#waiting = [];
      this.#waiting.push(occurrence);
      this.#goto("value", counts);
    } else {
      this.#goto("normal", counts);
    }
    return index;
  }

  /** `-exec`: takes the items up to `;`, or to `{}` and `+`, or all. */
  #readArgv(occurrence: Occurrence, start: number): number {
    const isWord = (index: number, word: string): boolean => {
      const element = this.#items[index];
      return (
        element !== undefined && !element.splat && element.value.texts.length === 1 && element.value.texts[0] === word
      );
    };
    const first = start + 1;
    for (let index = first; index < this.#items.length; index += 1) {
      if (isWord(index, ";")) {
        occurrence.argv = { items: this.#items.slice(first, index), terminator: ";" };
        return index;
      }
      if (first < index && isWord(index, "+") && isWord(index - 1, "{}")) {
        occurrence.argv = { items: this.#items.slice(first, index - 1), terminator: "+" };
        return index;
      }
    }
    occurrence.argv = { items: this.#items.slice(first), terminator: ";" };
    return this.#items.length - 1;
  }

  #readLong(text: string, sure: boolean): After {
    const equals = indexOf(text, "=");
    const hole = holeIn(text);
    if (hole < equals) {
      this.#perhapsBeginning(text.slice(0, hole));
      return "skip";
    }
    const name = text.slice(0, equals);
    const exact = this.#spelled(name);
    if (exact !== null) return this.#longOption(exact, text, equals, sure, true);
    if (this.#grammar.syntax === "git" && name.startsWith("--no-")) {
      const positive = this.#spelled(`--${name.slice(5)}`);
      if (positive !== null && 5 < name.length) {
        this.#record(positive, sure, { negated: true });
        return "normal";
      }
    }
    return this.#abbreviation(text, name, sure);
  }

  /** A long word that is no spelling: the one option it abbreviates, several perhaps, or none. */
  #abbreviation(text: string, name: string, sure: boolean): After {
    const abbreviated = (option: OptionIr): boolean =>
      spellings(option).some((spelling) => isLong(spelling) && spelling.startsWith(name));
    const [only, ...others] = this.#grammar.options.flatMap((option, index) => (abbreviated(option) ? [index] : []));
    if (only !== undefined && others.length === 0) return this.#longOption(only, text, name.length, sure, false);
    this.#perhapsWhere(abbreviated);
    return name.length < text.length ? "normal" : "skip";
  }

  #longOption(number: number, text: string, equals: number, sure: boolean, full: boolean): After {
    const option = this.#grammar.options[number];
    const occurrence = this.#record(number, sure, { full });
    if (option?.value === "none") return "normal";
    if (equals < text.length) occurrence.value = known(text.slice(equals + 1));
    else if (option?.value === "optional") occurrence.value = known("");
    else return this.#wait(occurrence);
    return "normal";
  }

  #wait(occurrence: Occurrence): After {
    this.#waiting.push(occurrence);
    return "value";
  }

  /** `-abc`: letters from left to right, unless the whole word is a spelling. */
  #readShort(text: string, sure: boolean): After {
    const equals = indexOf(text, "=");
    const whole = 2 < equals ? this.#spelled(text.slice(0, equals)) : null;
    if (whole !== null) return this.#longOption(whole, text, equals, sure, true);
    for (let at = 1; at < text.length; at += 1) {
      const letter = text[at] ?? "";
      if (isHole(letter)) {
        this.#perhapsWhere((option) =>
          spellings(option).some((spelling) => spelling.length === 2 && spelling.startsWith("-")),
        );
        return "skip";
      }
      const number = this.#spelled(`-${letter}`);
      if (number === null) return "skip";
      const takes = this.#grammar.options[number]?.value;
      const occurrence = this.#record(number, sure);
      if (takes === "none") continue;
      if (at + 1 < text.length) occurrence.value = known(text.slice(at + 1));
      else if (takes === "optional") occurrence.value = known("");
      else return this.#wait(occurrence);
      return "normal";
    }
    return "normal";
  }

  /** The first word of `tar xzf`: every letter that takes a value takes one of the next words, in order. */
  #readBundle(text: string, counts: Counts, sure: boolean): void {
    this.#waiting = [];
    let undeclared = false;
    for (const letter of text) {
      const number = isHole(letter) ? null : this.#spelled(`-${letter}`);
      if (number === null) {
        undeclared = true;
        continue;
      }
      const occurrence = this.#record(number, sure);
      if (this.#grammar.options[number]?.value === "required") this.#waiting.push(occurrence);
    }
    this.#goto(this.#waiting.length === 0 ? "normal" : "value", counts);
    if (undeclared) this.#goto("skip", counts);
  }

  /** `-name`, `--name`, `-name=value`; never bundled. */
  #readGo(text: string, sure: boolean): After {
    const equals = indexOf(text, "=");
    const hole = holeIn(text);
    if (hole < equals) {
      this.#perhapsBeginning(text.slice(0, hole));
      return "skip";
    }
    const name = text.slice(0, equals);
    const number = this.#spelled(name) ?? (name.startsWith("--") ? this.#spelled(name.slice(1)) : null);
    if (number === null) return equals < text.length ? "normal" : "skip";
    if (this.#grammar.options[number]?.value !== "none") return this.#longOption(number, text, equals, sure, true);
    this.#record(number, sure, { negated: text.slice(equals) === "=false" });
    return "normal";
  }

  /** Records as perhaps every option with a spelling that begins like this. */
  #perhapsBeginning(prefix: string): void {
    this.#perhapsWhere((option) =>
      spellings(option).some(
        (spelling) =>
          spelling.startsWith(prefix) ||
          (this.#grammar.syntax === "go" && prefix.startsWith("--") && spelling.startsWith(prefix.slice(1))),
      ),
    );
  }

  #perhapsWhere(holds: (option: OptionIr) => boolean): void {
    this.#grammar.options.forEach((option, index) => {
      if (!holds(option)) return;
      this.#record(index, false, { full: false, value: option.value === "none" ? null : perhapsNone(unknown()) });
    });
  }

  #record(
    option: number,
    sure: boolean,
    more: Partial<Pick<Occurrence, "full" | "negated" | "value">> = {},
  ): Occurrence {
    const occurrence: Occurrence = { option, sure, negated: false, full: true, value: null, argv: null, ...more };
    this.#occurrences.push(occurrence);
    return occurrence;
  }

  #spelled(spelling: string): number | null {
    const index = this.#grammar.options.findIndex((option) => spellings(option).includes(spelling));
    return index < 0 ? null : index;
  }
}

function spellings(option: OptionIr): readonly string[] {
  return option.spellings.map(bytesOf);
}

function isLong(spelling: string): boolean {
  return 2 < spelling.length && spelling.startsWith("--");
}

/** Whether the text begins with a hole that may be a dash. */
function startsOpen(text: string): boolean {
  return isHole(text[0]) && text[0] !== SEGMENT && text[0] !== BELOW;
}

function indexOf(text: string, byte: string): number {
  const at = text.indexOf(byte);
  return at < 0 ? text.length : at;
}

function join(...sets: readonly Counts[]): Counts {
  return new Set(sets.flatMap((set) => [...set]));
}

/** All counts from the least of these up. */
function fromLeast(counts: Counts): Counts {
  if (counts.size === 0) return NOTHING;
  const least = Math.min(...counts);
  return new Set(Array.from({ length: COUNT_MAX + 1 - least }, (_, index) => least + index));
}

// What a reading answers.

/** Whether the option is given and in force. */
export function presence(reading: Reading, option: number): Answer {
  let answer: Answer = NO;
  for (const occurrence of occurrencesOf(reading, option)) {
    const says = occurrence.negated ? NO : YES;
    if (occurrence.sure) answer = says;
    else if (answer !== says) answer = MAYBE;
  }
  return answer;
}

export function occurrencesOf(reading: Reading, option: number): readonly Occurrence[] {
  return reading.occurrences.filter((occurrence) => occurrence.option === option);
}

/** The option's value as one value; null when it is certainly not given. */
export function optionValue(reading: Reading, option: number): Value | null {
  const repeated = reading.grammar.options[option]?.repeated === true;
  let value: Value | null = null;
  let isCertain = false;
  for (const occurrence of occurrencesOf(reading, option)) {
    if (occurrence.negated) continue;
    if (occurrence.sure) isCertain = true;
    if (value === null || (occurrence.sure && !repeated)) value = occurrence.value;
    else value = union(value, occurrence.value);
  }
  return value === null || isCertain ? value : perhapsNone(value);
}

/** The values of a repeated option, in order. */
export function optionValues(reading: Reading, option: number): readonly Item[] {
  return occurrencesOf(reading, option).flatMap((occurrence) => {
    if (occurrence.negated || occurrence.value === null) return [];
    return [item(occurrence.value, !occurrence.sure)];
  });
}

/** The words of find's `-exec`; what one that is only perhaps there takes is open. */
export function argvOf(occurrence: Occurrence): readonly Item[] {
  return occurrence.sure && occurrence.argv !== null ? occurrence.argv.items : unknownWords();
}

/** Whether there is a positional number `index`. */
export function exists(reading: Reading, index: number): Answer {
  const count = Math.min(index, COUNT_MAX);
  if (!reading.places.some((place) => place.counts.has(count))) return NO;
  return index < Math.min(...reading.finals) ? YES : MAYBE;
}

/** What may stand at the positionals from `from` up to but not including `to`. */
export function positionals(reading: Reading, from: number, to: number): readonly Item[] {
  const inside = (count: number): boolean => Math.min(from, COUNT_MAX) <= count && (count < to || COUNT_MAX < to);
  return reading.items.flatMap((element, index) => {
    const { counts, starts, sure } = reading.places[index] ?? NO_PLACE;
    if (![...counts].some(inside)) return [];
    return [sure && [...starts].every(inside) ? element : { ...element, unsure: true }];
  });
}

/** How many positionals there are, when each stands at one place only; else null. */
export function exactCount(reading: Reading): number | null {
  const [count, ...others] = reading.finals;
  if (count === undefined || others.length !== 0 || count === COUNT_MAX) return null;
  const isExact = reading.places.every((place) => place.counts.size === 0 || (place.sure && place.counts.size === 1));
  return isExact ? count : null;
}

/** Whether every word that may be positional is: then their order is certain, though globs leave their places open. */
export function isOrdered(reading: Reading): boolean {
  return reading.places.every((place) => place.counts.size === 0 || place.sure);
}

/** Whether there are exactly so many positionals. */
export function endsAt(reading: Reading, count: number): Answer {
  if (!reading.finals.has(Math.min(count, COUNT_MAX))) return NO;
  return reading.finals.size === 1 && count < COUNT_MAX ? YES : MAYBE;
}
