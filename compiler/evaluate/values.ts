// Values of the evaluator (docs/meaning.md, section 1). A text is a latin-1 byte string; none is `null`.

/** no < maybe < yes. */
export type Answer = 0 | 1 | 2;
export const NO = 0;
export const MAYBE = 1;
export const YES = 2;

/** Stands for any run of bytes. */
export const ANY = "\xff";
/** Stands for a run of bytes without `/`. */
export const SEGMENT = "\xfe";
/** Stands for one or more path components, none of them `.` or `..`. */
export const BELOW = "\xfd";
/** Precedes a path on another host. */
export const REMOTE = "\x01";

/** Where unknown content came from; joined values take the greatest. */
export type Origin = 0 | 1 | 2 | 3 | 4;
export const ORIGIN_NONE = 0;
export const ORIGIN_FILE = 1;
export const ORIGIN_PACKAGE = 2;
export const ORIGIN_COMPUTED = 3;
export const ORIGIN_NETWORK = 4;

/** Alternatives of one value. */
export const TEXTS_MAX = 8;

/** One of its texts holds, or, when `perhapsNone`, it may be absent. */
export interface Value {
  readonly texts: readonly string[];
  readonly perhapsNone: boolean;
  readonly origin: Origin;
  /** Holds no blanks and no glob characters, so it is never split. */
  readonly solid: boolean;
  /** Of an absolute path: how many texts at its end hold only if an unknown name is no ordinary one. */
  readonly elsewhere: number;
  /** What a process substitution prints. */
  readonly carries: Value | null;
}

/** One element of a list or an argument list. */
export interface Item {
  readonly value: Value;
  /** Any number of words, none included. */
  readonly splat: boolean;
  /** Certainly does not begin with a dash. */
  readonly noDash: boolean;
  /** The splat is a glob: at least one word. */
  readonly glob: boolean;
  /** An element that may not be there. */
  readonly unsure: boolean;
}

export function min(a: Answer, b: Answer): Answer {
  return a < b ? a : b;
}

export function max(a: Answer, b: Answer): Answer {
  return a < b ? b : a;
}

export function not(answer: Answer): Answer {
  return answer === YES ? NO : answer === NO ? YES : MAYBE;
}

/** `yes` or `no`. */
export function certain(holds: boolean): Answer {
  return holds ? YES : NO;
}

/** What all alternatives answer, or maybe when they differ; no for none. */
export function agree(answers: readonly Answer[]): Answer {
  const [first] = answers;
  if (first === undefined) return NO;
  return answers.every((answer) => answer === first) ? first : MAYBE;
}

/** What all texts of the value answer; being perhaps none turns yes to maybe. */
export function answerOfTexts(value: Value | null, answer: (text: string) => Answer): Answer {
  if (value === null) return NO;
  const all = agree(value.texts.map(answer));
  return value.perhapsNone ? min(all, MAYBE) : all;
}

export function known(text: string): Value {
  return { texts: [text], perhapsNone: false, origin: ORIGIN_NONE, solid: false, elsewhere: 0, carries: null };
}

export function unknown(origin: Origin = ORIGIN_NONE): Value {
  return { ...known(ANY), origin };
}

/** A number or another unknown without `/` and blanks. */
export function unknownSegment(): Value {
  return { ...known(SEGMENT), solid: true };
}

/** Some absolute path. */
export function unknownPath(): Value {
  return { ...known(`/${ANY}`), solid: true };
}

export function perhapsNone(value: Value): Value {
  return value.perhapsNone ? value : { ...value, perhapsNone: true };
}

export function surelyThere(value: Value): Value {
  return value.perhapsNone ? { ...value, perhapsNone: false } : value;
}

export function hasHole(text: string): boolean {
  return holeIn(text) < text.length;
}

/** Where the first hole stands, or the text's length. */
export function holeIn(text: string): number {
  const at = text.search(/[\xfd-\xff]/);
  return at < 0 ? text.length : at;
}

export function isHole(byte: string | undefined): boolean {
  return byte === ANY || byte === SEGMENT || byte === BELOW;
}

/** The value's text when it is a single one without holes that is certainly there, else null. */
export function knownText(value: Value | null): string | null {
  const text = onlyText(value);
  return text === null || hasHole(text) ? null : text;
}

/** The value's only text, holes allowed, when it is certainly there, else null. */
export function onlyText(value: Value | null): string | null {
  if (value === null || value.perhapsNone || value.texts.length !== 1) return null;
  return value.texts[0] ?? null;
}

export function laterOrigin(a: Origin, b: Origin): Origin {
  return a < b ? b : a;
}

/** Every text of `a` followed by every text of `b`; none counts as the empty text. */
export function concat(a: Value | null, b: Value | null): Value {
  if (a === null) return b ?? known("");
  if (b === null) return a;
  const origin = laterOrigin(a.origin, b.origin);
  if (TEXTS_MAX < a.texts.length * b.texts.length) return unknown(origin);
  const texts = a.texts.flatMap((left) => b.texts.map((right) => left + right));
  return { texts, perhapsNone: false, origin, solid: a.solid && b.solid, elsewhere: 0, carries: null };
}

/** One of the texts of `a` or of `b`; none on one side makes the other perhaps none. */
export function union(a: Value | null, b: Value | null): Value | null {
  if (a === b) return a;
  if (a === null) return b === null ? null : perhapsNone(b);
  if (b === null) return perhapsNone(a);
  return unionOfTwo(a, b);
}

export function unionOfTwo(a: Value, b: Value): Value {
  if (a === b) return a;
  const texts = [...new Set([...a.texts, ...b.texts])];
  const origin = laterOrigin(a.origin, b.origin);
  const either = a.perhapsNone || b.perhapsNone;
  if (TEXTS_MAX < texts.length || texts.includes(ANY)) return { ...unknown(origin), perhapsNone: either };
  return { texts, perhapsNone: either, origin, solid: a.solid && b.solid, elsewhere: 0, carries: null };
}

/** A path without the texts that lead elsewhere. */
export function ordinary(path: Value): Value {
  if (path.elsewhere === 0) return path;
  return { ...path, texts: path.texts.slice(0, path.texts.length - path.elsewhere), elsewhere: 0 };
}

/** One alternative of the value by itself. */
export function alternative(value: Value, text: string): Value {
  return value.texts.length === 1 ? value : { ...value, texts: [text], elsewhere: 0, carries: null };
}

export function item(value: Value, unsure = false): Item {
  return { value, splat: false, noDash: false, glob: false, unsure };
}

/** Not certain to be there; a glob stands for at least one word. */
export function mayBeMissing(element: Item): boolean {
  return element.unsure || (element.splat && !element.glob);
}

export function splat(value: Value): Item {
  return { value, splat: true, noDash: false, glob: false, unsure: false };
}

/** The elements that nobody knows anything about. */
export function unknownWords(): readonly Item[] {
  return [{ ...splat(unknown()), unsure: true }];
}

/** Whether exactly this one word is certainly there. */
export function isOneWord(element: Item): boolean {
  return !element.splat && !element.unsure && !element.noDash;
}

/** The list as one value: an element that may be missing is perhaps none, several are a union. */
export function listValue(items: readonly Item[]): Value | null {
  const values = items.map((element) => (mayBeMissing(element) ? perhapsNone(element.value) : element.value));
  const [first, ...rest] = values;
  return first === undefined ? null : rest.reduce(unionOfTwo, first);
}

/** The elements joined by single blanks; unknown as soon as one may be missing or be several. */
export function joinWords(items: readonly Item[]): Value {
  if (items.some((element) => element.splat || element.unsure)) {
    return unknown(items.reduce<Origin>((origin, element) => laterOrigin(origin, element.value.origin), ORIGIN_NONE));
  }
  const [first, ...rest] = items;
  if (first === undefined) return known("");
  return rest.reduce((joined, element) => concat(concat(joined, known(" ")), element.value), first.value);
}

/** The words that a program gets from a text: exact when it is known and has no quotes. */
export function splitWords(value: Value | null): readonly Item[] {
  if (value === null) return [];
  const text = knownText(value);
  if (text === null || /["'\\]/.test(text)) return [splat(unknown(value.origin))];
  return text
    .split(/[ \t\n\0]+/)
    .filter((word) => word !== "")
    .map((word) => item(known(word)));
}

/** UTF-8 bytes as a latin-1 byte string; a lone surrogate has the bytes of U+FFFD. */
export function bytesOf(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}
