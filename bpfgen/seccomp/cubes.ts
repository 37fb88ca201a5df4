// Conditions of OCI profiles know equality under a mask, but neither its negation nor an order
// under a mask. Every test is a union of such equalities: a cube fixes some bits of each argument.
//
// The cubes of one test are disjoint, and so are those of `subtractCase`, so that no call meets
// two rules with different actions, whatever order a reader gives them.

import type { Case } from "./cases.ts";
import type { Test } from "./rules.ts";

/** Arguments by index: `argument & mask == value`. An argument that is not there is free. */
export type Cube = ReadonlyMap<number, { readonly mask: bigint; readonly value: bigint }>;

/** Thrown when a region falls into more cubes than any profile should hold. */
export class TooManyCubes extends Error {}

/** A call that takes more rules than this has conditions that a profile cannot hold sensibly. */
const CUBES_MAX = 512;

/** Every call. */
export const WHOLE: Cube = new Map();

/** What a cube says of an argument that is not there. */
const FREE = { mask: 0n, value: 0n };

/** The calls in `cubes` that meet all tests. */
export function intersectTests(cubes: readonly Cube[], tests: readonly Test[]): readonly Cube[] {
  return tests.reduce((left, test) => intersect(left, testCubes(test)), cubes);
}

/** The calls in `cubes` that do not meet all tests of the case. */
export function subtractCase(cubes: readonly Cube[], { tests }: Case): readonly Cube[] {
  let left = cubes;
  for (const taken of intersectTests([WHOLE], tests)) {
    left = left.flatMap((cube) => subtract(cube, taken));
    if (CUBES_MAX < left.length) throw new TooManyCubes();
  }
  return left;
}

/** True when some value meets both tests, which are on one argument; equalities have no value bits outside their mask. */
export function canMeet(left: Test, right: Test): boolean {
  if (left.operator === "=" && right.operator === "=")
    return (left.mask & right.mask & (left.value ^ right.value)) === 0n;
  const others = testCubes(right);
  return testCubes(left).some((cube) => others.some((other) => meet(cube, other) !== null));
}

/** One cube for each bit that `taken` fixes and `cube` does not: equal to `taken` before that bit, and there the opposite. */
function subtract(cube: Cube, taken: Cube): readonly Cube[] {
  if (meet(cube, taken) === null) return [cube];
  const parts: Cube[] = [];
  let before = cube;
  for (const [argument, { mask, value }] of taken) {
    for (const bit of bitsFromTop(mask & ~(cube.get(argument)?.mask ?? 0n))) {
      const { mask: fixed, value: bits } = before.get(argument) ?? FREE;
      const part = (set: bigint): Cube => new Map(before).set(argument, { mask: fixed | bit, value: bits | set });
      parts.push(part(~value & bit));
      before = part(value & bit);
    }
  }
  return parts;
}

function intersect(left: readonly Cube[], right: readonly Cube[]): readonly Cube[] {
  const both: Cube[] = [];
  for (const a of left) {
    for (const b of right) {
      const met = meet(a, b);
      if (met === null) continue;
      both.push(met);
      if (CUBES_MAX < both.length) throw new TooManyCubes();
    }
  }
  return both;
}

/** Null: they have no call in common. */
function meet(left: Cube, right: Cube): Cube | null {
  for (const [argument, b] of right) {
    const a = left.get(argument);
    if (a !== undefined && (a.mask & b.mask & (a.value ^ b.value)) !== 0n) return null;
  }
  const met = new Map(left);
  for (const [argument, b] of right) {
    const a = left.get(argument);
    met.set(argument, a === undefined ? b : { mask: a.mask | b.mask, value: a.value | b.value });
  }
  return met;
}

function testCubes(test: Test): readonly Cube[] {
  const one = (mask: bigint, value: bigint): Cube => new Map([[test.argument, { mask, value }]]);
  const bits = bitsFromTop(test.mask);
  /** Equal to the value above the bit, and there the opposite, where the value's bit is as wanted. */
  const differing = (wanted: bigint): readonly Cube[] => {
    const cubes: Cube[] = [];
    let above = 0n;
    for (const bit of bits) {
      if ((test.value & bit) === (wanted === 0n ? 0n : bit))
        cubes.push(one(above | bit, (test.value & above) | (wanted === 0n ? bit : 0n)));
      above |= bit;
    }
    return cubes;
  };
  const equal = (test.value & ~test.mask) === 0n ? [one(test.mask, test.value)] : [];
  switch (test.operator) {
    case "=":
      return equal;
    case "!=":
      return [...differing(0n), ...differing(1n)];
    case ">":
      return orderedCubes(test, differing(0n), "greater");
    case ">=":
      return [...orderedCubes(test, differing(0n), "greater"), ...equal];
    case "<":
      return orderedCubes(test, differing(1n), "less");
    case "<=":
      return [...orderedCubes(test, differing(1n), "less"), ...equal];
  }
}

/** With value bits outside the mask the masked argument cannot follow the value there, which settles the order at that bit. */
function orderedCubes(test: Test, inside: readonly Cube[], side: "greater" | "less"): readonly Cube[] {
  const outside = bitsFromTop(test.value & ~test.mask)[0];
  if (outside === undefined) return inside;
  const above = test.mask & ~(outside * 2n - 1n);
  const value = test.value & above;
  const kept = inside.filter((cube) => {
    const term = cube.get(test.argument);
    return term !== undefined && (term.mask & ~above) === 0n;
  });
  // Equal above the outside bit, where the value has a one and the argument cannot: less.
  return side === "greater"
    ? kept
    : [...kept, above === 0n ? WHOLE : new Map([[test.argument, { mask: above, value }]])];
}

function bitsFromTop(mask: bigint): readonly bigint[] {
  const bits: bigint[] = [];
  for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) if ((mask & bit) !== 0n) bits.push(bit);
  return bits;
}
