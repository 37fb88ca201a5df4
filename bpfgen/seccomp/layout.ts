// From a resolved filter to assembly. The number decides first, before any argument is loaded;
// equal answers share one block; ranges of numbers are searched one after another or as a tree.
//
// Blocks end in a jump, so control enters a block only at its label. `Emitter` keeps what the
// accumulator holds on every way to a label: a comparison may only trust what all ways agree on.

import type { Item } from "../cbpf/assemble.ts";
import { assemble } from "../cbpf/assemble.ts";
import type { JumpOperator, Program } from "../cbpf/insn.ts";
import { alu, ARCH_OFFSET, argumentOffset, load, NUMBER_OFFSET, PROGRAM_MAX_INSNS, ret } from "../cbpf/insn.ts";
import { interpret } from "../cbpf/interpret.ts";
import { AUDIT_ARCHS, SKIPPED_NUMBER, X32_BIT } from "../syscalls/calls.ts";
import { ALLOW, decodeAction, encodeAction, KILL_PROCESS, NO_SUCH_CALL } from "./action.ts";
import type { Cases } from "./cases.ts";
import { casesKey, orderCases } from "./cases.ts";
import type { AbiRules, ResolvedFilter, Test } from "./rules.ts";

/** How numbers are searched. */
export type Layout = "linear" | "tree";

/** The program with the layout that costs less per call; the kernel's limit is the caller's to check. */
export function generateProgram(filter: ResolvedFilter): Program {
  const candidates = (["tree", "linear"] as const).map((layout) => assemble(layoutFilter(filter, layout)));
  const costs = candidates.map((program) =>
    program.length <= PROGRAM_MAX_INSNS ? meanSteps(program, filter) : Infinity,
  );
  const [tree, linear] = candidates;
  if (tree === undefined || linear === undefined) throw new Error("internal error: two layouts");
  return (costs[0] ?? 0) <= (costs[1] ?? 0) ? tree : linear;
}

/** Instructions per call, as the mean over every native call with arguments of zero. */
function meanSteps(program: Program, filter: ResolvedFilter): number {
  const native = filter.abis[0];
  if (native === undefined) return 0;
  let steps = 0;
  for (const number of native.calls.keys()) {
    steps += interpret(program, { number, arch: AUDIT_ARCHS[native.abi], instructionPointer: 0n, args: [] }).steps;
  }
  return steps / native.calls.size;
}

export function layoutFilter(filter: ResolvedFilter, layout: Layout): readonly Item[] {
  const emitter = new Emitter();
  const leaves = new Leaves();
  const abis = filter.abis.map((abi) => ({ abi, entry: emitter.fresh(abi.abi) }));
  abis.forEach(({ abi, entry }, index) => {
    const next = index === abis.length - 1 ? leaves.returnLabel(encodeAction(KILL_PROCESS)) : emitter.fresh("arch");
    emitter.ensure(ARCH_OFFSET, 0xffffffff);
    emitter.branch("jeq", AUDIT_ARCHS[abi.abi], entry, next);
    if (index < abis.length - 1) emitter.label(next);
  });
  for (const { abi, entry } of abis) {
    emitter.label(entry);
    emitter.ensure(NUMBER_OFFSET, 0xffffffff);
    const ranges = rangesOf(abi).map((range) => ({ ...range, leaf: leaves.labelOf(range.cases) }));
    if (layout === "tree") emitTree(emitter, ranges);
    else emitLinear(emitter, ranges);
  }
  leaves.emit(emitter);
  return emitter.items;
}

// ---------------------------------------------------------------- numbers

interface Range {
  readonly low: number;
  readonly high: number;
  /** How many calls of the table lie in it. */
  readonly weight: number;
  readonly cases: Cases;
}

interface LeafRange extends Range {
  readonly leaf: string;
}

/** All 32-bit numbers, in order, neighbours with equal answers merged. */
function rangesOf(abi: AbiRules): readonly Range[] {
  const ranges: Range[] = [];
  const unknown: Cases = { cases: [], otherwise: abi.unknown };
  const add = (low: number, high: number, weight: number, cases: Cases): void => {
    if (high < low) return;
    const last = ranges.at(-1);
    if (last !== undefined && casesKey(last.cases) === casesKey(cases))
      ranges[ranges.length - 1] = { ...last, high, weight: last.weight + weight };
    else ranges.push({ low, high, weight, cases });
  };
  const isX86 = abi.abi === "x86_64";
  let next = 0;
  for (const [number, { rules }] of [...abi.calls].sort(([a], [b]) => a - b)) {
    add(next, number - 1, 0, unknown);
    add(number, number, 1, orderCases(rules, abi.default));
    next = number + 1;
  }
  add(next, isX86 ? X32_BIT - 1 : SKIPPED_NUMBER - 1, 0, unknown);
  if (isX86) add(X32_BIT, SKIPPED_NUMBER - 1, 0, { cases: [], otherwise: NO_SUCH_CALL });
  add(SKIPPED_NUMBER, SKIPPED_NUMBER, 0, { cases: [], otherwise: ALLOW });
  return ranges;
}

/** A binary search, split where both sides hold about as many calls. */
function emitTree(emitter: Emitter, ranges: readonly LeafRange[]): void {
  const [first] = ranges;
  if (first === undefined) return;
  if (ranges.length === 1) return emitter.goto(first.leaf);
  const middle = ranges[1];
  if (ranges.length === 3 && middle !== undefined && first.leaf === ranges[2]?.leaf && middle.low === middle.high) {
    return emitter.branch("jeq", middle.low, middle.leaf, first.leaf);
  }
  const at = splitPoint(ranges);
  const left = ranges.slice(0, at);
  const right = ranges.slice(at);
  const pivot = right[0];
  if (pivot === undefined) return;
  const labelOf = (part: readonly LeafRange[]): string =>
    part.length === 1 ? (part[0]?.leaf ?? "") : emitter.fresh("numbers");
  const leftLabel = labelOf(left);
  const rightLabel = labelOf(right);
  emitter.branch("jge", pivot.low, rightLabel, leftLabel);
  for (const [part, label] of [
    [left, leftLabel],
    [right, rightLabel],
  ] as const) {
    if (part.length === 1) continue;
    emitter.label(label);
    emitTree(emitter, part);
  }
}

function splitPoint(ranges: readonly LeafRange[]): number {
  // Ranges without calls weigh a little, so that the depth stays logarithmic among them too.
  const weights = ranges.map((range) => range.weight + 0.01);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let best = 1;
  let bestGap = Infinity;
  let before = 0;
  for (let at = 1; at < ranges.length; at++) {
    before += weights[at - 1] ?? 0;
    const gap = Math.abs(total - 2 * before);
    if (gap < bestGap) {
      best = at;
      bestGap = gap;
    }
  }
  return best;
}

/** One range after another; what most calls get comes last and needs no comparison. */
function emitLinear(emitter: Emitter, ranges: readonly LeafRange[]): void {
  const weights = new Map<string, number>();
  for (const range of ranges) weights.set(range.leaf, (weights.get(range.leaf) ?? 0) + range.weight);
  let common = ranges[0]?.leaf ?? "";
  for (const [leaf, weight] of weights) if ((weights.get(common) ?? 0) < weight) common = leaf;
  for (const range of ranges) {
    if (range.leaf === common) continue;
    const next = emitter.fresh("numbers");
    if (range.low === range.high) {
      emitter.branch("jeq", range.low, range.leaf, next);
    } else if (range.high === 0xffffffff) {
      emitter.branch("jge", range.low, range.leaf, next);
    } else if (range.low === 0) {
      emitter.branch("jgt", range.high, next, range.leaf);
    } else {
      const upper = emitter.fresh("numbers");
      emitter.branch("jge", range.low, upper, next);
      emitter.label(upper);
      emitter.branch("jgt", range.high, next, range.leaf);
    }
    emitter.label(next);
  }
  emitter.goto(common);
}

// ---------------------------------------------------------------- answers

/** The blocks behind the search, each once. */
class Leaves {
  readonly #blocks = new Map<string, { label: string; cases: Cases }>();
  readonly #returns = new Set<number>();

  labelOf(cases: Cases): string {
    if (cases.cases.length === 0) return this.returnLabel(encodeAction(cases.otherwise));
    const key = casesKey(cases);
    const known = this.#blocks.get(key);
    if (known !== undefined) return known.label;
    const label = `arguments ${this.#blocks.size}`;
    this.#blocks.set(key, { label, cases });
    return label;
  }

  returnLabel(value: number): string {
    this.#returns.add(value);
    return `return 0x${value.toString(16)}`;
  }

  emit(emitter: Emitter): void {
    for (const { label, cases } of this.#blocks.values()) {
      emitter.label(label);
      cases.cases.forEach((one, index) => {
        const isLast = index === cases.cases.length - 1;
        const fail = isLast ? this.returnLabel(encodeAction(cases.otherwise)) : emitter.fresh(label);
        one.tests.forEach((test, position) => {
          const isDone = position === one.tests.length - 1;
          const pass = isDone ? this.returnLabel(encodeAction(one.action)) : emitter.fresh(label);
          emitTest(emitter, test, pass, fail);
          if (!isDone) emitter.label(pass);
        });
        if (!isLast) emitter.label(fail);
      });
    }
    for (const value of [...this.#returns].sort((a, b) => order(a) - order(b))) {
      emitter.label(`return 0x${value.toString(16)}`);
      emitter.push({ kind: "insn", insn: ret(value) });
    }
    function order(value: number): number {
      // Allowed calls are the many: their return stands first, within reach of most jumps.
      return decodeAction(value).kind === "allow" ? -1 : value;
    }
  }
}

/** Requires: the test depends on its argument (`orderCases` has removed the others). */
function emitTest(emitter: Emitter, test: Test, pass: string, fail: string): void {
  switch (test.operator) {
    case "=":
      return emitEqual(emitter, test, test.value, pass, fail);
    case "!=":
      return emitEqual(emitter, test, test.value, fail, pass);
    case ">":
      return emitGreater(emitter, test, test.value, pass, fail);
    case ">=":
      return emitGreater(emitter, test, test.value - 1n, pass, fail);
    case "<=":
      return emitGreater(emitter, test, test.value, fail, pass);
    case "<":
      return emitGreater(emitter, test, test.value - 1n, fail, pass);
  }
}

function emitEqual(emitter: Emitter, test: Test, value: bigint, pass: string, fail: string): void {
  const halves = (["low", "high"] as const).map((half) => halfOf(test, value, half)).filter((half) => half.mask !== 0);
  halves.forEach((half, index) => {
    const isLast = index === halves.length - 1;
    const then = isLast ? pass : emitter.fresh("half");
    if (half.value === 0 && half.mask !== 0xffffffff) {
      emitter.ensure(half.offset, 0xffffffff);
      emitter.branch("jset", half.mask, fail, then);
    } else if (half.value === half.mask && (half.mask & (half.mask - 1)) === 0) {
      emitter.ensure(half.offset, 0xffffffff);
      emitter.branch("jset", half.mask, then, fail);
    } else {
      emitter.ensure(half.offset, half.mask);
      emitter.branch("jeq", half.value, then, fail);
    }
    if (!isLast) emitter.label(then);
  });
}

function emitGreater(emitter: Emitter, test: Test, value: bigint, pass: string, fail: string): void {
  const high = halfOf(test, value, "high");
  const low = halfOf(test, value, "low");
  const isLowOpen = low.value < low.mask;
  if (high.mask !== 0) {
    emitter.ensure(high.offset, high.mask);
    if (!isLowOpen) return emitter.branch("jgt", high.value, pass, fail);
    const notGreater = emitter.fresh("half");
    const equal = emitter.fresh("half");
    emitter.branch("jgt", high.value, pass, notGreater);
    emitter.label(notGreater);
    emitter.branch("jeq", high.value, equal, fail);
    emitter.label(equal);
  }
  emitter.ensure(low.offset, low.mask);
  emitter.branch("jgt", low.value, pass, fail);
}

function halfOf(test: Test, value: bigint, half: "low" | "high"): { offset: number; mask: number; value: number } {
  const cut = (whole: bigint): number => Number((half === "high" ? whole >> 32n : whole) & 0xffffffffn);
  return { offset: argumentOffset(test.argument, half), mask: cut(test.mask), value: cut(value) };
}

// ---------------------------------------------------------------- emission

/** `A` holds the word at `offset` after `and mask`. */
interface Accumulator {
  readonly offset: number;
  readonly mask: number;
}

class Emitter {
  readonly items: Item[] = [];
  #labels = 0;
  /** Null: nothing is known about A. */
  #accumulator: Accumulator | null = null;
  /** What A holds on every jump to a label so far. */
  readonly #incoming = new Map<string, Accumulator | null>();

  fresh(prefix: string): string {
    return `${prefix} .${this.#labels++}`;
  }

  push(item: Item): void {
    this.items.push(item);
  }

  /** Makes A hold the masked word, with as few instructions as what it holds allows. */
  ensure(offset: number, mask: number): void {
    const now = this.#accumulator;
    if (now?.offset !== offset || (now.mask !== mask && now.mask !== 0xffffffff))
      this.push({ kind: "insn", insn: load(offset) });
    if (mask !== 0xffffffff && !(now?.offset === offset && now.mask === mask))
      this.push({ kind: "insn", insn: alu("and", mask) });
    this.#accumulator = { offset, mask };
  }

  branch(operator: JumpOperator, k: number, then: string, otherwise: string): void {
    this.push({ kind: "branch", operator, k, then, otherwise });
    this.#enter(then);
    this.#enter(otherwise);
  }

  goto(label: string): void {
    this.push({ kind: "goto", label });
    this.#enter(label);
  }

  label(label: string): void {
    this.push({ kind: "label", label });
    this.#accumulator = this.#incoming.get(label) ?? null;
  }

  #enter(label: string): void {
    const now = this.#accumulator;
    const before = this.#incoming.get(label);
    const agrees =
      before === undefined || (before !== null && before.offset === now?.offset && before.mask === now.mask);
    this.#incoming.set(label, agrees ? now : null);
  }
}
