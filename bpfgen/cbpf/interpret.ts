// The exact meaning of a verified program on one call, as the kernel runs it
// (kernel/bpf/core.c after the conversion in net/core/filter.c).

import type { AluOperator, JumpOperator, Program } from "./insn.ts";
import { SCRATCH_WORDS } from "./insn.ts";

/** `struct seccomp_data`: what a filter sees of a call. */
export interface CallData {
  readonly number: number;
  readonly arch: number;
  readonly instructionPointer: bigint;
  /** Six 64-bit values. */
  readonly args: readonly bigint[];
}

export interface Outcome {
  /** The 32-bit return value, unsigned. */
  readonly value: number;
  /** How many instructions ran. */
  readonly steps: number;
}

/** Runs a program that `verify` has passed. */
export function interpret(program: Program, call: CallData): Outcome {
  const words = dataWords(call);
  const scratch = new Uint32Array(SCRATCH_WORDS);
  let a = 0;
  let x = 0;
  let pc = 0;
  for (let steps = 1; ; steps++) {
    const insn = program[pc];
    if (insn === undefined) throw new Error(`internal error: the filter runs past its end at ${pc}`);
    pc++;
    switch (insn.kind) {
      case "load":
        a = words[insn.offset >> 2] ?? 0;
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
      case "alu":
        // A division by an X of zero ends the program with 0.
        if (insn.operator === "div" && (insn.k ?? x) === 0) return { value: 0, steps };
        a = calculate(insn.operator, a, insn.k ?? x);
        break;
      case "negate":
        a = -a >>> 0;
        break;
      case "move":
        if (insn.form === "tax") x = a;
        else a = x;
        break;
      case "jump_always":
        pc += insn.k;
        break;
      case "jump":
        pc += compare(insn.operator, a, insn.k ?? x) ? insn.jt : insn.jf;
        break;
      case "return":
        return { value: (insn.value ?? a) >>> 0, steps };
    }
  }
}

/** The sixteen 32-bit words of `struct seccomp_data` on a little-endian machine. */
function dataWords(call: CallData): Uint32Array {
  const words = new Uint32Array(16);
  words[0] = call.number;
  words[1] = call.arch;
  const put = (index: number, value: bigint): void => {
    words[index] = Number(value & 0xffffffffn);
    words[index + 1] = Number((value >> 32n) & 0xffffffffn);
  };
  put(2, call.instructionPointer);
  for (let index = 0; index < 6; index++) put(4 + index * 2, call.args[index] ?? 0n);
  return words;
}

/** 32-bit unsigned arithmetic; a shift by X counts modulo 32. */
export function calculate(operator: AluOperator, left: number, right: number): number {
  switch (operator) {
    case "add":
      return (left + right) >>> 0;
    case "sub":
      return (left - right) >>> 0;
    case "mul":
      return Math.imul(left, right) >>> 0;
    case "div":
      return Math.floor(left / right) >>> 0;
    case "or":
      return (left | right) >>> 0;
    case "and":
      return (left & right) >>> 0;
    case "lsh":
      return (left << right) >>> 0;
    case "rsh":
      return left >>> right;
    case "xor":
      return (left ^ right) >>> 0;
  }
}

export function compare(operator: JumpOperator, left: number, right: number): boolean {
  switch (operator) {
    case "jeq":
      return left === right;
    case "jgt":
      return right < left;
    case "jge":
      return right <= left;
    case "jset":
      return (left & right) !== 0;
  }
}
