// `struct sock_filter` (linux/filter.h), the only place that knows how an instruction's bytes look:
//
//   0       2    3    4               8
//   | code  | jt | jf | k             |      little-endian
//
// and the code's bits (linux/bpf_common.h):
//
//   7     5 4 3 2   0
//   | mode | s | class |   loads and stores: s = size, always W = 0 here
//   | op      | x | class |   ALU and jumps: x = 1 compares with X

import type { AluOperator, Insn, JumpOperator, Program } from "./insn.ts";
import { PROGRAM_MAX_INSNS } from "./insn.ts";

const INSN_BYTES = 8;

/** The fields of one `struct sock_filter`. */
export interface RawInsn {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, ret: 6, misc: 7 } as const;
const MODE = { imm: 0x00, abs: 0x20, mem: 0x60, len: 0x80 } as const;
const ALU: Readonly<Record<AluOperator, number>> = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  xor: 0xa0,
};
const NEGATE = 0x80;
const JUMP: Readonly<Record<JumpOperator, number>> = { jeq: 0x10, jgt: 0x20, jge: 0x30, jset: 0x40 };
const SOURCE_X = 0x08;
const RETURN_A = 0x10;
const TXA = 0x80;

export function encode(program: Program): Uint8Array {
  const bytes = new Uint8Array(program.length * INSN_BYTES);
  const view = new DataView(bytes.buffer);
  program.forEach((insn, pc) => {
    const raw = encodeInsn(insn);
    view.setUint16(pc * INSN_BYTES, raw.code, true);
    view.setUint8(pc * INSN_BYTES + 2, raw.jt);
    view.setUint8(pc * INSN_BYTES + 3, raw.jf);
    view.setUint32(pc * INSN_BYTES + 4, raw.k, true);
  });
  return bytes;
}

/** The program of a raw filter, or what is wrong with the bytes. Jumps are checked by `verify`, not here. */
export function decode(bytes: Uint8Array): { readonly program: Program | null; readonly problem: string | null } {
  const fail = (problem: string): { program: null; problem: string } => ({ program: null, problem });
  if (bytes.length === 0) return fail("the filter is empty");
  if (bytes.length % INSN_BYTES !== 0)
    return fail(`${bytes.length} bytes are not whole instructions of ${INSN_BYTES} bytes`);
  if (bytes.length / INSN_BYTES > PROGRAM_MAX_INSNS) return fail(`more than ${PROGRAM_MAX_INSNS} instructions`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const program: Insn[] = [];
  for (let at = 0; at < bytes.length; at += INSN_BYTES) {
    const raw = {
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    };
    const insn = decodeInsn(raw);
    if (insn === null)
      return fail(`instruction ${at / INSN_BYTES}: code 0x${raw.code.toString(16)} is not one that seccomp accepts`);
    program.push(insn);
  }
  return { program, problem: null };
}

export function encodeInsn(insn: Insn): RawInsn {
  const plain = (code: number, k: number): RawInsn => ({ code, jt: 0, jf: 0, k: k >>> 0 });
  switch (insn.kind) {
    case "load":
      return plain(CLASS.ld | MODE.abs, insn.offset);
    case "load_immediate":
      return plain(
        (insn.register === "a" ? CLASS.ld : CLASS.ldx) | (insn.length ? MODE.len : MODE.imm),
        insn.length ? 0 : insn.value,
      );
    case "load_scratch":
      return plain((insn.register === "a" ? CLASS.ld : CLASS.ldx) | MODE.mem, insn.index);
    case "store_scratch":
      return plain(insn.register === "a" ? CLASS.st : CLASS.stx, insn.index);
    case "alu":
      return plain(CLASS.alu | ALU[insn.operator] | (insn.k === null ? SOURCE_X : 0), insn.k ?? 0);
    case "negate":
      return plain(CLASS.alu | NEGATE, 0);
    case "move":
      return plain(CLASS.misc | (insn.form === "txa" ? TXA : 0), 0);
    case "jump_always":
      return plain(CLASS.jmp, insn.k);
    case "jump":
      return {
        code: CLASS.jmp | JUMP[insn.operator] | (insn.k === null ? SOURCE_X : 0),
        jt: insn.jt,
        jf: insn.jf,
        k: (insn.k ?? 0) >>> 0,
      };
    case "return":
      return plain(CLASS.ret | (insn.value === null ? RETURN_A : 0), insn.value ?? 0);
  }
}

/** Null for a code that seccomp refuses. */
function decodeInsn({ code, jt, jf, k }: RawInsn): Insn | null {
  const register = (code & 7) === CLASS.ld || (code & 7) === CLASS.st ? "a" : "x";
  switch (code) {
    case CLASS.ld | MODE.abs:
      return { kind: "load", offset: k };
    case CLASS.ld | MODE.imm:
    case CLASS.ldx | MODE.imm:
      return { kind: "load_immediate", register, value: k, length: false };
    case CLASS.ld | MODE.len:
    case CLASS.ldx | MODE.len:
      return { kind: "load_immediate", register, value: 64, length: true };
    case CLASS.ld | MODE.mem:
    case CLASS.ldx | MODE.mem:
      return { kind: "load_scratch", register, index: k };
    case CLASS.st:
    case CLASS.stx:
      return { kind: "store_scratch", register, index: k };
    case CLASS.alu | NEGATE:
      return { kind: "negate" };
    case CLASS.misc:
      return { kind: "move", form: "tax" };
    case CLASS.misc | TXA:
      return { kind: "move", form: "txa" };
    case CLASS.ret:
      return { kind: "return", value: k };
    case CLASS.ret | RETURN_A:
      return { kind: "return", value: null };
    case CLASS.jmp:
      return { kind: "jump_always", k };
  }
  const source = (code & SOURCE_X) === 0 ? k : null;
  if ((code & 7) === CLASS.alu && code < 0x100) {
    const operator = keyOf(ALU, code & 0xf0);
    return operator === null ? null : { kind: "alu", operator, k: source };
  }
  if ((code & 7) === CLASS.jmp && code < 0x100) {
    const operator = keyOf(JUMP, code & 0xf0);
    return operator === null ? null : { kind: "jump", operator, k: source, jt, jf };
  }
  return null;
}

function keyOf<Key extends string>(table: Readonly<Record<Key, number>>, value: number): Key | null {
  // Object.keys loses the key's type; the table has exactly these keys.
  for (const key of Object.keys(table) as Key[]) if (table[key] === value) return key;
  return null;
}
