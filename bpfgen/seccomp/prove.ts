// Proofs about filters: two of them are run symbolically side by side on every class of calls that
// either can tell apart. Equal, stricter, laxer or neither, with a call as counterexample.

import type { JumpOperator, Program } from "../cbpf/insn.ts";
import { SCRATCH_WORDS } from "../cbpf/insn.ts";
import type { CallData } from "../cbpf/interpret.ts";
import { calculate, compare as compareNumbers } from "../cbpf/interpret.ts";
import { AUDIT_ARCHS, SKIPPED_NUMBER, X32_BIT } from "../syscalls/calls.ts";
import type { Action } from "./action.ts";
import { decodeAction, KILL_PROCESS, laxity, sameAction, stackActions } from "./action.ts";
import { decideNumber } from "./decide.ts";
import type { AbiRules, ResolvedFilter, Test } from "./rules.ts";
import { Undecided, World } from "./world.ts";

/** Anything that answers calls: a program, a decision function, a profile under its reader's model. */
export interface Subject {
  /**
   * Numbers at which the answer to an architecture's calls may change (AUDIT_ARCH_*): it is the same for all numbers
   * between two neighbours, or `run` asks.
   */
  readonly cuts: (audit: number) => readonly number[];
  /** Answers the world's call, asking it whatever decides. */
  readonly run: (world: World) => Action;
}

export type Relation =
  /** The same answer to every call. */
  | "equal"
  /** The same calls are blocked, by other errors or signals of the same strictness. */
  | "equivalent"
  /** Never laxer, and stricter somewhere. */
  | "stricter"
  | "laxer"
  | "neither"
  /** The proof could not be finished; `problem` says why. */
  | "unknown";

/** A call, and what each side answers. */
export interface Difference {
  readonly call: CallData;
  readonly left: Action;
  readonly right: Action;
}

/** What the left side is to the right one. */
export interface Comparison {
  readonly relation: Relation;
  /** A call that the left side treats more strictly, if there is one. */
  readonly stricter: Difference | null;
  readonly laxer: Difference | null;
  /** A call that is blocked or allowed alike, but answered differently. */
  readonly different: Difference | null;
  readonly problem: string | null;
  /** How many classes of calls were compared. */
  readonly classes: number;
}

export function compareSubjects(left: Subject, right: Subject): Comparison {
  const found: { stricter: Difference | null; laxer: Difference | null; different: Difference | null } = {
    stricter: null,
    laxer: null,
    different: null,
  };
  const world = new World();
  let classes = 0;
  try {
    for (const [archLow, archHigh] of archRanges()) {
      for (const [low, high] of archLow === archHigh ? numberRanges([left, right], archLow) : WHOLE) {
        world.explore(
          [
            { word: 0, low, high },
            { word: 1, low: archLow, high: archHigh },
          ],
          () => {
            classes++;
            const difference = { left: left.run(world), right: right.run(world) };
            if (sameAction(difference.left, difference.right)) return;
            const kind =
              laxity(difference.left) < laxity(difference.right)
                ? "stricter"
                : laxity(difference.left) === laxity(difference.right)
                  ? "different"
                  : "laxer";
            found[kind] ??= { call: world.witness(), ...difference };
          },
        );
      }
    }
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return { relation: "unknown", ...found, problem: error.message, classes };
  }
  return { relation: relationOf(found), ...found, problem: null, classes };
}

function relationOf({
  stricter,
  laxer,
  different,
}: {
  stricter: Difference | null;
  laxer: Difference | null;
  different: Difference | null;
}): Relation {
  if (stricter !== null && laxer !== null) return "neither";
  if (stricter !== null) return "stricter";
  if (laxer !== null) return "laxer";
  return different === null ? "equal" : "equivalent";
}

const WHOLE = [[0, 0xffffffff]] as const;

/** The known architectures one by one, and then all others between them. */
function archRanges(): readonly (readonly [number, number])[] {
  const known = Object.values(AUDIT_ARCHS);
  const ranges = splitAt(known.flatMap((arch) => [arch, arch + 1]));
  return [...ranges.filter(([low]) => known.includes(low)), ...ranges.filter(([low]) => !known.includes(low))];
}

function numberRanges(sides: readonly Subject[], audit: number): readonly (readonly [number, number])[] {
  return splitAt(sides.flatMap((side) => side.cuts(audit)));
}

function splitAt(cuts: readonly number[]): readonly (readonly [number, number])[] {
  const starts = [...new Set([0, ...cuts.filter((cut) => 0 < cut && cut <= 0xffffffff)])].sort((a, b) => a - b);
  return starts.map((start, index) => [start, (starts[index + 1] ?? 2 ** 32) - 1] as const);
}

// ---------------------------------------------------------------- subjects

/** The decision function of a resolved filter. */
export function filterSubject(filter: ResolvedFilter): Subject {
  const tables = filter.abis.map((rules) => ({ rules, audit: AUDIT_ARCHS[rules.abi], cuts: ruleCuts(rules) }));
  return {
    cuts: (audit) => tables.find((table) => table.audit === audit)?.cuts ?? [],
    run: (world) => {
      const abi = tables.find(({ audit }) => world.equal(1, 0xffffffff, audit))?.rules;
      if (abi === undefined) return KILL_PROCESS;
      return decideNumber(abi, numberOf(world), (test) => testIn(world, test));
    },
  };
}

function ruleCuts(abi: AbiRules): readonly number[] {
  return [X32_BIT, SKIPPED_NUMBER, ...answerCuts(abi.calls.keys(), (number) => decidePlainly(abi, number))];
}

/** The answer to a number that no argument decides; null when one does. */
function decidePlainly(abi: AbiRules, number: number): Action | null {
  const rules = abi.calls.get(number)?.rules ?? [];
  return rules.some((rule) => rule.tests.length > 0) ? null : decideNumber(abi, number, () => true);
}

/** Where the answer changes from one number to the next. Only the named numbers can differ from their neighbours. */
export function answerCuts(numbers: Iterable<number>, answer: (number: number) => Action | null): readonly number[] {
  const borders = [...new Set([...numbers].flatMap((number) => [number, number + 1]))];
  return borders.filter((number) => {
    const [before, after] = [answer(number - 1), answer(number)];
    return before === null || after === null || !sameAction(before, after);
  });
}

/** The number, or one that stands for all of its range. */
function numberOf(world: World): number {
  const constant = world.constant(0);
  if (constant !== null) return constant;
  // Not constant means between two cuts, where all numbers get one answer.
  return world.witness().number;
}

/** A verified program. */
export function programSubject(program: Program): Subject {
  const cuts = new Set<number>();
  for (const insn of program) {
    if (insn.kind !== "jump" || insn.k === null) continue;
    if (insn.operator === "jeq" || insn.operator === "jge") cuts.add(insn.k);
    if (insn.operator === "jeq" || insn.operator === "jgt") cuts.add(insn.k + 1);
  }
  const all = [...cuts];
  return { cuts: () => all, run: (world) => decodeAction(execute(program, world)) };
}

/** Several filters on one process, the last installed first. */
export function stackSubject(subjects: readonly Subject[]): Subject {
  return {
    cuts: (audit) => subjects.flatMap((subject) => subject.cuts(audit)),
    run: (world) => subjects.map((subject) => subject.run(world)).reduce((newer, older) => stackActions(newer, older)),
  };
}

/** Asks the world word by word; the 64-bit comparison of decide.ts in halves. */
export function testIn(world: World, test: Test): boolean {
  const low = 4 + test.argument * 2;
  const { maskHigh, maskLow, valueHigh, valueLow } = halvesOf(test);
  const equal = (): boolean => world.equal(low + 1, maskHigh, valueHigh) && world.equal(low, maskLow, valueLow);
  const greater = (): boolean => {
    if (world.greater(low + 1, maskHigh, valueHigh)) return true;
    return world.equal(low + 1, maskHigh, valueHigh) && world.greater(low, maskLow, valueLow);
  };
  switch (test.operator) {
    case "=":
      return equal();
    case "!=":
      return !equal();
    case ">":
      return greater();
    case "<=":
      return !greater();
    case ">=":
      return greater() || equal();
    case "<":
      return !greater() && !equal();
  }
}

interface Halves {
  readonly maskHigh: number;
  readonly maskLow: number;
  readonly valueHigh: number;
  readonly valueLow: number;
}

/** A proof asks each test many times, and big integers are slow to cut. */
const knownHalves = new WeakMap<Test, Halves>();

function halvesOf(test: Test): Halves {
  const known = knownHalves.get(test);
  if (known !== undefined) return known;
  const low = (value: bigint): number => Number(value & 0xffffffffn);
  const halves = {
    maskHigh: low(test.mask >> 32n),
    maskLow: low(test.mask),
    valueHigh: low(test.value >> 32n),
    valueLow: low(test.value),
  };
  knownHalves.set(test, halves);
  return halves;
}

// ---------------------------------------------------------------- symbolic execution

/** A register: a known number, or a masked word of the call. */
type Value = number | { readonly word: number; readonly mask: number };

function execute(program: Program, world: World): number {
  const scratch: Value[] = Array.from({ length: SCRATCH_WORDS }, () => 0);
  let a: Value = 0;
  let x: Value = 0;
  let pc = 0;
  for (;;) {
    const insn = program[pc];
    if (insn === undefined) throw new Error(`internal error: the filter runs past its end at ${pc}`);
    pc++;
    world.step();
    switch (insn.kind) {
      case "load":
        a = world.constant(insn.offset >> 2) ?? { word: insn.offset >> 2, mask: 0xffffffff };
        break;
      case "load_immediate":
        if (insn.register === "a") a = insn.value;
        else x = insn.value;
        break;
      case "load_scratch":
        if (insn.register === "a") a = scratch[insn.index] ?? 0;
        else x = scratch[insn.index] ?? 0;
        break;
      case "store_scratch":
        scratch[insn.index] = insn.register === "a" ? a : x;
        break;
      case "alu": {
        const right: Value = insn.k ?? x;
        if (insn.operator === "div" && right === 0) return 0;
        if (typeof a === "number" && typeof right === "number") a = calculate(insn.operator, a, right);
        else if (insn.operator === "and" && typeof right === "number" && typeof a !== "number") a = narrow(a, right);
        else if (insn.operator === "and" && typeof a === "number" && typeof right !== "number") a = narrow(right, a);
        else throw new Undecided(`instruction ${pc - 1}: \`${insn.operator}\` on an argument is not followed`);
        break;
      }
      case "negate":
        if (typeof a !== "number") throw new Undecided(`instruction ${pc - 1}: \`neg\` on an argument is not followed`);
        a = -a >>> 0;
        break;
      case "move":
        if (insn.form === "tax") x = a;
        else a = x;
        break;
      case "jump_always":
        pc += insn.k;
        break;
      case "jump": {
        const right: Value = insn.k ?? x;
        if (typeof right !== "number") throw new Undecided(`instruction ${pc - 1}: two arguments are compared`);
        pc += jumps(world, insn.operator, a, right) ? insn.jt : insn.jf;
        break;
      }
      case "return":
        if (insn.value !== null) return insn.value;
        if (typeof a === "number") return a;
        throw new Undecided(`instruction ${pc - 1}: an argument is returned`);
    }
  }
}

function narrow(value: { readonly word: number; readonly mask: number }, mask: number): Value {
  const both = (value.mask & mask) >>> 0;
  return both === 0 ? 0 : { word: value.word, mask: both };
}

function jumps(world: World, operator: JumpOperator, left: Value, k: number): boolean {
  if (typeof left === "number") return compareNumbers(operator, left, k);
  switch (operator) {
    case "jeq":
      return world.equal(left.word, left.mask, k);
    case "jgt":
      return world.greater(left.word, left.mask, k);
    case "jge":
      return k === 0 || world.greater(left.word, left.mask, k - 1);
    case "jset": {
      const mask = (left.mask & k) >>> 0;
      return mask !== 0 && !world.equal(left.word, mask, 0);
    }
  }
}
