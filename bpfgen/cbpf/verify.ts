// What the kernel demands of a seccomp filter before it takes it: bpf_check_classic in
// net/core/filter.c and seccomp_check_filter in kernel/seccomp.c. In one list:
//
//   1 to 4,096 instructions; the last one returns.
//   Jumps go forward and stay inside.
//   Loads of seccomp_data are aligned to four bytes and below its size.
//   Scratch indices are below 16, and no word is read that some way here has not written.
//   No division by a constant zero, no shift by a constant of 32 or more.

import type { Insn, Program } from "./insn.ts";
import { DATA_BYTES, PROGRAM_MAX_INSNS, SCRATCH_WORDS } from "./insn.ts";

/** What the kernel would refuse, one line each; empty when it would take the program. */
export function verify(program: Program): readonly string[] {
  if (program.length === 0) return ["the filter is empty"];
  if (program.length > PROGRAM_MAX_INSNS)
    return [`the filter has ${program.length} instructions; the kernel takes ${PROGRAM_MAX_INSNS}`];
  const problems: string[] = [];
  program.forEach((insn, pc) => {
    const problem = insnProblem(insn, pc, program.length);
    if (problem !== null) problems.push(`instruction ${pc}: ${problem}`);
  });
  if (program.at(-1)?.kind !== "return") problems.push("the last instruction does not return");
  return problems.length === 0 ? scratchProblems(program) : problems;
}

function insnProblem(insn: Insn, pc: number, length: number): string | null {
  switch (insn.kind) {
    case "load":
      return insn.offset % 4 === 0 && insn.offset < DATA_BYTES
        ? null
        : `reads offset ${insn.offset} of the call's ${DATA_BYTES} bytes`;
    case "load_scratch":
    case "store_scratch":
      return insn.index < SCRATCH_WORDS ? null : `there is no scratch word ${insn.index}`;
    case "alu":
      if (insn.operator === "div" && insn.k === 0) return "divides by zero";
      if ((insn.operator === "lsh" || insn.operator === "rsh") && insn.k !== null && insn.k >= 32)
        return `shifts by ${insn.k}`;
      return null;
    case "jump_always":
      return pc + 1 + insn.k < length ? null : "jumps past the end";
    case "jump":
      return pc + 1 + Math.max(insn.jt, insn.jf) < length ? null : "jumps past the end";
    case "load_immediate":
    case "negate":
    case "move":
    case "return":
      return null;
  }
}

/** The kernel's check_load_and_stores: a word counts as written only where every way wrote it. */
function scratchProblems(program: Program): readonly string[] {
  const incoming = new Int32Array(program.length).fill(-1);
  let written = 0;
  const problems: string[] = [];
  program.forEach((insn, pc) => {
    written &= incoming[pc] ?? -1;
    const merge = (target: number): void => {
      incoming[target] = (incoming[target] ?? -1) & written;
    };
    switch (insn.kind) {
      case "store_scratch":
        written |= 1 << insn.index;
        break;
      case "load_scratch":
        if ((written & (1 << insn.index)) === 0)
          problems.push(`instruction ${pc}: reads scratch word ${insn.index} before it is written`);
        break;
      case "jump_always":
        merge(pc + 1 + insn.k);
        written = -1;
        break;
      case "jump":
        merge(pc + 1 + insn.jt);
        merge(pc + 1 + insn.jf);
        written = -1;
        break;
      case "load":
      case "load_immediate":
      case "alu":
      case "negate":
      case "move":
      case "return":
        break;
    }
  });
  return problems;
}
