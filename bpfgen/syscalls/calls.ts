// Look-ups in the generated call tables: architectures, numbers, and what the kernel reads of an argument.

import { CALL_ARGUMENTS } from "./tables/arguments.ts";
import {
  AARCH64_NUMBERS,
  CALL_SINCE,
  I386_NUMBERS,
  RISCV64_NUMBERS,
  X32_NUMBERS,
  X86_64_NUMBERS,
} from "./tables/numbers.ts";

/** An architecture that a filter is made for. */
export type Arch = "x86_64" | "aarch64" | "riscv64";
/** A way of calling the kernel: an x86_64 kernel also takes calls of i386 and of x32. */
export type Abi = Arch | "i386" | "x32";

export const ARCHS: readonly Arch[] = ["x86_64", "aarch64", "riscv64"];
export const ABIS: readonly Abi[] = ["x86_64", "i386", "x32", "aarch64", "riscv64"];

/** Set in the number of every x32 call (asm/unistd.h); such calls carry x86_64's audit value. */
export const X32_BIT = 0x40000000;
/** The number of a call that a tracer has told the kernel to skip. */
export const SKIPPED_NUMBER = 0xffffffff;

/** AUDIT_ARCH_* of linux/audit.h: what `seccomp_data.arch` holds. x32 shares x86_64's. */
export const AUDIT_ARCHS: Readonly<Record<Exclude<Abi, "x32">, number>> = {
  x86_64: 0xc000003e,
  i386: 0x40000003,
  aarch64: 0xc00000b7,
  riscv64: 0xc00000f3,
};

const NUMBERS: Readonly<Record<Abi, Readonly<Record<string, number>>>> = {
  x86_64: X86_64_NUMBERS,
  i386: I386_NUMBERS,
  x32: X32_NUMBERS,
  aarch64: AARCH64_NUMBERS,
  riscv64: RISCV64_NUMBERS,
};

/** The call's number, or null where the architecture has no such call. */
export function callNumber(abi: Abi, name: string): number | null {
  return Object.hasOwn(NUMBERS[abi], name) ? (NUMBERS[abi][name] ?? null) : null;
}

/** All calls of one architecture, by number. */
export function callsOf(abi: Abi): readonly { readonly name: string; readonly number: number }[] {
  return Object.entries(NUMBERS[abi]).map(([name, number]) => ({ name, number }));
}

/** The greatest number that the tables know; a kernel newer than they are may have more. */
export function lastNumber(abi: Abi): number {
  let last = 0;
  for (const number of Object.values(NUMBERS[abi])) last = Math.max(last, number);
  return last;
}

/** True when some architecture has the call. */
export function isCall(name: string): boolean {
  return ABIS.some((abi) => callNumber(abi, name) !== null);
}

/** The first kernel version with the call, or null when it is older than 5.1. */
export function callSince(name: string): string | null {
  return Object.hasOwn(CALL_SINCE, name) ? (CALL_SINCE[name] ?? null) : null;
}

/** Every call name, sorted; for suggestions. */
export function allCallNames(): readonly string[] {
  return [...new Set(ABIS.flatMap((abi) => Object.keys(NUMBERS[abi])))].sort();
}

/**
 * How many low bits of an argument the kernel reads, 16, 32 or 64; `pointer` when it is an address,
 * which can never decide; null when it is not known (or there is no such argument), which must not decide either.
 *
 * i386 has 32-bit arguments, and some of its calls take theirs in another shape than the call of
 * the same name elsewhere: a pointer to a block, or a 64-bit value in two registers.
 */
export function argumentWidth(abi: Abi, name: string, index: number): 16 | 32 | 64 | "pointer" | null {
  if (abi === "i386" && index >= firstForeignI386Argument(name)) return null;
  const base = abi === "i386" ? (I386_SAME_AS[name] ?? name) : name;
  const letters = Object.hasOwn(CALL_ARGUMENTS, base) ? (CALL_ARGUMENTS[base] ?? "") : "";
  switch (letters[index]) {
    case "h":
      return 16;
    case "i":
      return 32;
    case "l":
      return abi === "i386" ? 32 : 64;
    case "p":
      return "pointer";
    default:
      return null;
  }
}

/** i386 calls whose arguments are those of the call beside them (arch/x86/entry/syscalls/syscall_32.tbl). */
const I386_SAME_AS: Readonly<Record<string, string>> = {
  chown32: "chown",
  lchown32: "lchown",
  fchown32: "fchown",
  setuid32: "setuid",
  setgid32: "setgid",
  setreuid32: "setreuid",
  setregid32: "setregid",
  setresuid32: "setresuid",
  setresgid32: "setresgid",
  setfsuid32: "setfsuid",
  setfsgid32: "setfsgid",
  setgroups32: "setgroups",
  sendfile64: "sendfile",
  fcntl64: "fcntl",
  utimensat_time64: "utimensat",
  clock_settime64: "clock_settime",
  clock_adjtime64: "clock_adjtime",
  fstatat64: "newfstatat",
};

/** The first argument of an i386 call from which on it differs from the call of that name on x86_64. */
function firstForeignI386Argument(name: string): number {
  return Object.hasOwn(I386_FOREIGN_FROM, name) ? (I386_FOREIGN_FROM[name] ?? 6) : 6;
}

const I386_FOREIGN_FROM: Readonly<Record<string, number>> = {
  mmap: 0, // A pointer to a block of six.
  select: 0, // The same, of five.
  fallocate: 2,
  fadvise64: 1,
  sync_file_range: 1,
  readahead: 1,
  pread64: 3,
  pwrite64: 3,
  preadv: 3,
  pwritev: 3,
  preadv2: 3,
  pwritev2: 3,
  fanotify_mark: 2,
  // 16-bit identifiers.
  chown: 1,
  lchown: 1,
  fchown: 1,
  setuid: 0,
  setgid: 0,
  setreuid: 0,
  setregid: 0,
  setresuid: 0,
  setresgid: 0,
  setfsuid: 0,
  setfsgid: 0,
};
