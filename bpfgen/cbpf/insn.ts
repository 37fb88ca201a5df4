// Classic BPF instructions as data, in the subset that seccomp accepts
// (kernel/seccomp.c, seccomp_check_filter; linux/bpf_common.h, linux/filter.h).
//
// The machine has an accumulator A, an index register X, sixteen 32-bit scratch words M[], and
// reads 32-bit words of `struct seccomp_data` by byte offset.

/** BPF_MAXINSNS in linux/bpf_common.h. */
export const PROGRAM_MAX_INSNS = 4096;
/** BPF_MEMWORDS in linux/filter.h. */
export const SCRATCH_WORDS = 16;
/** sizeof(struct seccomp_data) in linux/seccomp.h. */
export const DATA_BYTES = 64;

/** Byte offsets in `struct seccomp_data`. */
export const NUMBER_OFFSET = 0;
export const ARCH_OFFSET = 4;

/** Byte offset of the low or high half of an argument, on a little-endian machine. */
export function argumentOffset(index: number, half: "low" | "high"): number {
  return 16 + index * 8 + (half === "high" ? 4 : 0);
}

export type AluOperator = "add" | "sub" | "mul" | "div" | "or" | "and" | "lsh" | "rsh" | "xor";
export type JumpOperator = "jeq" | "jgt" | "jge" | "jset";

/** A = the word of seccomp_data at byte `offset`. */
export interface Load {
  readonly kind: "load";
  readonly offset: number;
}

/** A or X = a constant. `length` is the size of seccomp_data, written in its own form. */
export interface LoadImmediate {
  readonly kind: "load_immediate";
  readonly register: "a" | "x";
  readonly value: number;
  readonly length: boolean;
}

/** A or X = M[index]. */
export interface LoadScratch {
  readonly kind: "load_scratch";
  readonly register: "a" | "x";
  readonly index: number;
}

/** M[index] = A or X. */
export interface StoreScratch {
  readonly kind: "store_scratch";
  readonly register: "a" | "x";
  readonly index: number;
}

/** A = A op k, or A op X when `k` is null. */
export interface Alu {
  readonly kind: "alu";
  readonly operator: AluOperator;
  readonly k: number | null;
}

/** A = -A. */
export interface Negate {
  readonly kind: "negate";
}

/** X = A (`tax`) or A = X (`txa`). */
export interface Move {
  readonly kind: "move";
  readonly form: "tax" | "txa";
}

/** Goes `k` instructions past the next one. */
export interface JumpAlways {
  readonly kind: "jump_always";
  readonly k: number;
}

/** Compares A with k, or with X when `k` is null; goes `jt` or `jf` instructions past the next one. Unsigned. */
export interface Jump {
  readonly kind: "jump";
  readonly operator: JumpOperator;
  readonly k: number | null;
  readonly jt: number;
  readonly jf: number;
}

/** Ends with `value`, or with A when it is null. */
export interface Return {
  readonly kind: "return";
  readonly value: number | null;
}

export type Insn = Load | LoadImmediate | LoadScratch | StoreScratch | Alu | Negate | Move | JumpAlways | Jump | Return;

export type Program = readonly Insn[];

export const load = (offset: number): Load => ({ kind: "load", offset });
export const alu = (operator: AluOperator, k: number | null): Alu => ({ kind: "alu", operator, k });
export const ret = (value: number | null): Return => ({ kind: "return", value });
export const jump = (operator: JumpOperator, k: number | null, jt: number, jf: number): Jump => ({
  kind: "jump",
  operator,
  k,
  jt,
  jf,
});
