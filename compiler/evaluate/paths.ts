// Paths: making them absolute, and comparing them component by component (docs/meaning.md, section 7).

import type { Answer, Value } from "./values.ts";
import { agree, ANY, BELOW, MAYBE, min, NO, onlyText, REMOTE, SEGMENT, YES } from "./values.ts";

/** A directory: an absolute path, of which the first `trusted` bytes are free of links. */
export interface Directory {
  readonly path: string;
  readonly trusted: number;
}

export function unknownDirectory(remote: boolean): Directory {
  return { path: `${remote ? REMOTE : ""}/${ANY}`, trusted: 0 };
}

/** Where `cd` (by text) or a program that is started elsewhere stands: unknown unless the place is one text. */
export function changeDirectory(directory: Directory, place: Value | null, byText: boolean): Directory {
  const text = onlyText(place);
  return text === null ? unknownDirectory(directory.path.startsWith(REMOTE)) : normalise(directory, text, byText);
}

/** Makes `path` absolute. `byText` takes `..` by text, as `cd` does. */
export function normalise(directory: Directory, path: string, byText: boolean): Directory {
  const isRemote = path.startsWith(REMOTE);
  const remote = isRemote || directory.path.startsWith(REMOTE);
  const rest = isRemote ? path.slice(1) : path;
  const walk = rest.startsWith("/") ? start() : enter(isRemote ? "" : directory.path, remote ? 0 : directory.trusted);
  for (const component of rest.split("/")) step(walk, component, byText);
  return { path: (remote ? REMOTE : "") + (walk.path === "" ? "/" : walk.path), trusted: walk.trusted };
}

/** The path under construction: components, each after a `/`; the first `trusted` bytes are free of links. */
interface Walk {
  path: string;
  trusted: number;
}

function start(): Walk {
  return { path: "", trusted: 0 };
}

function enter(directory: string, trusted: number): Walk {
  const path = directory.startsWith(REMOTE) ? directory.slice(1) : directory;
  if (!path.startsWith("/")) return { path: `/${ANY}`, trusted: 0 };
  return path === "/" ? start() : { path, trusted: Math.min(trusted, path.length) };
}

function step(walk: Walk, component: string, byText: boolean): void {
  if (component === "" || component === ".") return;
  const any = component.lastIndexOf(ANY);
  if (0 <= any) {
    forget(walk);
    walk.path += component.slice(any + 1);
  } else if (component === "..") {
    leave(walk, byText);
  } else if (/^\.[.\xfe]*\xfe[.\xfe]*$/.test(component)) {
    // It may be `.` or `..`.
    forget(walk);
  } else {
    walk.path += `/${component}`;
  }
}

/** Everything so far becomes `/FF`. */
function forget(walk: Walk): void {
  walk.path = `/${ANY}`;
  walk.trusted = 0;
}

function leave(walk: Walk, byText: boolean): void {
  if (walk.path === "") return;
  const from = walk.path.lastIndexOf("/");
  const last = walk.path.slice(from);
  // After a component that may be a link, or several components, nothing is sure.
  if ((!byText && walk.trusted < walk.path.length) || last.includes(ANY) || last.includes(BELOW)) {
    forget(walk);
    return;
  }
  walk.path = walk.path.slice(0, from);
  walk.trusted = Math.min(walk.trusted, walk.path.length);
}

/** Whether the path lies strictly below the base. */
export function under(path: Value | null, base: Value | null): Answer {
  return compareTexts(path, base, underText);
}

/** Whether the path is the target, an ancestor of it, or a glob that reaches it. */
export function covers(path: Value | null, target: Value | null): Answer {
  return compareTexts(path, target, coversText);
}

/** Whether both texts are equal. */
export function same(left: Value | null, right: Value | null): Answer {
  return compareTexts(left, right, sameText);
}

function compareTexts(left: Value | null, right: Value | null, compare: (a: string, b: string) => Answer): Answer {
  if (left === null || right === null) return NO;
  const all = agree(left.texts.flatMap((a) => right.texts.map((b) => compare(a, b))));
  return left.perhapsNone || right.perhapsNone ? min(all, MAYBE) : all;
}

/** Yes when their components can be compared; no or maybe when that is all there is to say. */
function comparable(a: string, b: string): Answer {
  if (a.startsWith(REMOTE) !== b.startsWith(REMOTE)) return NO;
  if (/^[\xfd-\xff]/.test(a) || /^[\xfd-\xff]/.test(b)) return MAYBE;
  if (a.startsWith(REMOTE)) return YES;
  return a.startsWith("/") === b.startsWith("/") ? YES : NO;
}

function componentsOf(path: string): readonly string[] {
  const local = path.startsWith(REMOTE) ? path.slice(1) : path;
  return local.split("/").filter((component) => component !== "" && component !== ".");
}

function underText(path: string, base: string): Answer {
  const start = comparable(path, base);
  if (start !== YES) return start;
  const inner = componentsOf(path);
  const outer = componentsOf(base);
  let answer: Answer = YES;
  for (const [index, component] of outer.entries()) {
    const other = inner[index];
    if (other === undefined) return NO;
    const one = sameComponent(other, component);
    if (one === "wide") return MAYBE;
    if (one === NO) return NO;
    answer = min(answer, one);
  }
  const next = inner[outer.length];
  if (next === undefined) return NO;
  // What follows may be nothing, or lead out again.
  return mayLeave(next) ? MAYBE : answer;
}

function coversText(path: string, target: string): Answer {
  const start = comparable(path, target);
  if (start !== YES) return start;
  const inside = componentsOf(target);
  let answer: Answer = YES;
  for (const [index, component] of componentsOf(path).entries()) {
    if (mayLeave(component)) return MAYBE;
    const other = inside[index];
    if (other === undefined) return NO;
    if (isWide(other)) return MAYBE;
    // What `find` names below a directory reaches everything in it.
    if (isWide(component)) return answer;
    const one = sameComponent(component, other);
    if (one === NO) return NO;
    // A glob reaches every name that fits it; an unknown name in the target may be another.
    if (other.includes(SEGMENT)) answer = MAYBE;
  }
  return answer;
}

/** True for a component that may be several that lead anywhere. */
function mayLeave(component: string): boolean {
  return component === ".." || component.includes(ANY);
}

/** True for a component that may be several. */
function isWide(component: string): boolean {
  return mayLeave(component) || component.includes(BELOW);
}

/** Whether two components are equal; `wide` when one of them may be several. */
function sameComponent(a: string, b: string): Answer | "wide" {
  if (isWide(a) || isWide(b)) return "wide";
  if (a.includes(SEGMENT) && b.includes(SEGMENT)) return MAYBE;
  if (a.includes(SEGMENT)) return segmentFits(a, b) ? MAYBE : NO;
  if (b.includes(SEGMENT)) return segmentFits(b, a) ? MAYBE : NO;
  return a === b ? YES : NO;
}

/** Whether a component with segment holes can be the known one. */
function segmentFits(open: string, closed: string): boolean {
  // A name that a glob begins does not begin with a dot.
  if (open.startsWith(SEGMENT) && closed.startsWith(".")) return false;
  const parts = open.split(SEGMENT).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(closed);
}

function sameText(a: string, b: string): Answer {
  const holeA = a.search(/[\xfd-\xff]/);
  const holeB = b.search(/[\xfd-\xff]/);
  if (holeA < 0 && holeB < 0) return a === b ? YES : NO;
  return fitsEnds(a, b) ? MAYBE : NO;
}

/** Whether the texts agree from both ends up to the nearest hole of either. */
function fitsEnds(a: string, b: string): boolean {
  const walks = [
    [a, b],
    [a.split("").toReversed().join(""), b.split("").toReversed().join("")],
  ] as const;
  return walks.every(([left, right]) => {
    for (let index = 0; ; index += 1) {
      const x = left[index];
      const y = right[index];
      if (isHoleByte(x) || isHoleByte(y)) return true;
      if (x !== y) return false;
    }
  });
}

function isHoleByte(byte: string | undefined): boolean {
  return byte === ANY || byte === SEGMENT || byte === BELOW;
}
