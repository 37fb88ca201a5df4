// What this action wrote into files before it runs or reads them (docs/meaning.md, section 2).

import type { State, Written } from "./context.ts";
import { covers } from "./paths.ts";
import type { Answer, Origin, Value } from "./values.ts";
import {
  ANY,
  concat,
  hasHole,
  known,
  knownText,
  laterOrigin,
  min,
  NO,
  onlyText,
  ordinary,
  ORIGIN_COMPUTED,
  ORIGIN_FILE,
  REMOTE,
  unionOfTwo,
  unknown,
  YES,
} from "./values.ts";

/** What a path may hold. */
export interface Content {
  /** What the action wrote; null for nothing that anybody knows. */
  readonly value: Value | null;
  /** Something else wrote it as well. */
  readonly edited: boolean;
  /** What was there before the action may be there. */
  readonly old: boolean;
}

/** Files that one action is followed through. */
const FILES_MAX = 64;
/** Longest content that is put together from pieces, in bytes. */
const CONTENT_MAX = 64 * 1024;

/** What is left when there are too many files: any of them may hold anything. */
const LOST: Written = { path: "/", content: unknown(ORIGIN_COMPUTED), beside: true };

/** Remembers that `content` went to each text of an absolute path; null is what nobody knows. */
export function writeFile(state: State, path: Value, content: Value | null, append: Answer, certainty: Answer): void {
  const { texts, perhapsNone } = ordinary(path);
  const isSure = min(certainty, state.certainty) === YES && texts.length === 1 && !perhapsNone;
  for (const text of texts) {
    const beside = !isSure || hasHole(text) || text.startsWith(REMOTE);
    // A path of which nothing is known may be any log file: only a text that is known is followed through it.
    if (text.endsWith(`/${ANY}`) && knownText(content) === null) continue;
    push(state, written(state, text, isForeign(content) ? null : content, append, beside));
  }
}

/** Whether it is what a file held that the action did not write. */
function isForeign(content: Value | null): boolean {
  return content?.origin === ORIGIN_FILE && onlyText(content) === ANY;
}

function written(state: State, path: string, content: Value | null, append: Answer, beside: boolean): Written {
  if (append === NO) return { path, content, beside };
  const before = contentOf(state, path);
  if (content === null) {
    // What the action wrote itself and then changed is no longer known; any other file is as it was.
    return { path, content: before.value === null ? null : unknown(ORIGIN_COMPUTED), beside };
  }
  if (append !== YES || before.value === null || before.edited || before.old || beside)
    return { path, content, beside: true };
  return { path, content: together(before.value, content), beside: false };
}

/** One content behind the other. */
function together(first: Value, second: Value): Value {
  const joined = concat(first, second);
  return joined.texts.some((text) => CONTENT_MAX < text.length) ? unknown(ORIGIN_COMPUTED) : joined;
}

function push(state: State, entry: Written): void {
  if (state.files[0] === LOST) return;
  state.files = [state.files.length < FILES_MAX ? entry : LOST, ...state.files];
}

/** What the action wrote to an absolute path, or to a folder above it. */
export function contentOf(state: State, path: string): Content {
  let value: Value | null = null;
  let edited = false;
  for (const entry of state.files) {
    if (!concerns(entry, path)) continue;
    if (entry.content === null) edited = true;
    else value = value === null ? entry.content : unionOfTwo(value, entry.content);
    if (entry.path === path && !entry.beside) return { value, edited, old: false };
  }
  return { value, edited, old: true };
}

/** Whether what was written may be what lies at the path. */
function concerns(entry: Written, path: string): boolean {
  if (entry.path === path || path.startsWith(entry.path === "/" ? "/" : `${entry.path}/`)) return true;
  return hasHole(path) && !path.includes(ANY) && covers(known(path), known(entry.path)) !== NO;
}

/** What reading a path gives: exact when the action surely wrote all of it. */
export function readFile(state: State, path: Value): Value {
  const contents = ordinary(path).texts.map((text) => contentOf(state, text));
  const values = contents.flatMap(({ value }) => (value === null ? [] : [value]));
  const [first, ...rest] = values;
  if (first === undefined) return unknown(ORIGIN_FILE);
  const isExact = !path.perhapsNone && contents.every(({ value, edited, old }) => value !== null && !edited && !old);
  if (isExact) return rest.reduce(unionOfTwo, first);
  return unknown(values.reduce<Origin>((origin, value) => laterOrigin(origin, value.origin), ORIGIN_COMPUTED));
}

/** What a program prints that read `next` after what it printed before; null before the first. */
export function readBehind(before: Value | null, next: Value): Value {
  if (before === null) return next;
  if (knownText(before) !== null && knownText(next) !== null) return together(before, next);
  if (before.origin === ORIGIN_FILE && next.origin === ORIGIN_FILE) return unknown(ORIGIN_FILE);
  return unknown(laterOrigin(ORIGIN_COMPUTED, laterOrigin(before.origin, next.origin)));
}

/** Makes the files of `state` those of either way: what only one of them wrote may not have been written. */
export function joinFiles(state: State, other: State): void {
  if (state.files === other.files) return;
  const shared = sharedTail(state.files, other.files);
  const own = state.files.slice(0, state.files.length - shared);
  const others = other.files.slice(0, other.files.length - shared);
  state.files = state.files.slice(state.files.length - shared);
  for (const entry of [...others.toReversed(), ...own.toReversed()])
    push(state, entry === LOST ? LOST : { ...entry, beside: true });
}

function sharedTail(a: readonly Written[], b: readonly Written[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}
