// A program as text, one instruction a line, jumps with the absolute index they go to.

import type { Insn, Program } from "./insn.ts";

export function disassemble(program: Program): string {
  const width = String(Math.max(0, program.length - 1)).length;
  return program.map((insn, pc) => `${String(pc).padStart(width)}: ${disassembleInsn(insn, pc)}\n`).join("");
}

export function disassembleInsn(insn: Insn, pc: number): string {
  switch (insn.kind) {
    case "load":
      return `ld [${DATA_NAMES[insn.offset] ?? insn.offset}]`;
    case "load_immediate":
      return `${insn.register === "a" ? "ld" : "ldx"} ${insn.length ? "len" : `#${hex(insn.value)}`}`;
    case "load_scratch":
      return `${insn.register === "a" ? "ld" : "ldx"} M[${insn.index}]`;
    case "store_scratch":
      return `${insn.register === "a" ? "st" : "stx"} M[${insn.index}]`;
    case "alu":
      return `${insn.operator} ${operand(insn.k)}`;
    case "negate":
      return "neg";
    case "move":
      return insn.form;
    case "jump_always":
      return `ja ${pc + 1 + insn.k}`;
    case "jump":
      return `${insn.operator} ${operand(insn.k)}, ${pc + 1 + insn.jt}, ${pc + 1 + insn.jf}`;
    case "return":
      return `ret ${insn.value === null ? "a" : `#${hex(insn.value)}`}`;
  }
}

const operand = (k: number | null): string => (k === null ? "x" : `#${hex(k)}`);
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Names of the words of `struct seccomp_data` by byte offset. */
const DATA_NAMES: Readonly<Record<number, string>> = {
  0: "nr",
  4: "arch",
  8: "ip.low",
  12: "ip.high",
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 5].flatMap((index) => [
      [16 + index * 8, `arg${index}.low`],
      [20 + index * 8, `arg${index}.high`],
    ]),
  ),
};
