// The generated tables and the constants, against the authorities that this host has.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Abi } from "../../bpfgen/syscalls/calls.ts";
import {
  ABIS,
  argumentWidth,
  callNumber,
  callSince,
  callsOf,
  isCall,
  lastNumber,
} from "../../bpfgen/syscalls/calls.ts";
import { constantNames, constantValue, errnoName, errnoNumber } from "../../bpfgen/syscalls/constants.ts";
import { HEADERS_VERSION } from "../../bpfgen/syscalls/tables/numbers.ts";

test.each<readonly [Abi, string, number | null]>([
  ["x86_64", "read", 0],
  ["x86_64", "unlinkat", 263],
  ["i386", "unlinkat", 301],
  ["x32", "execve", 520],
  ["aarch64", "unlinkat", 35],
  ["riscv64", "riscv_flush_icache", 259],
  ["aarch64", "open", null],
  ["x86_64", "file_setattr", 469],
])("%s %s is %s", (abi, name, number) => {
  expect(callNumber(abi, name)).toBe(number);
});

test("numbers are unique, and names are names", () => {
  for (const abi of ABIS) {
    const calls = callsOf(abi);
    expect(new Set(calls.map((call) => call.number)).size, abi).toBe(calls.length);
    expect(lastNumber(abi)).toBeLessThan(1000);
  }
  expect(isCall("toString")).toBe(false);
  expect(callSince("openat2")).toBe("5.6");
  expect(callSince("read")).toBeNull();
});

test.each<readonly [Abi, string, number, ReturnType<typeof argumentWidth>]>([
  ["x86_64", "openat", 0, 32],
  ["x86_64", "openat", 1, "pointer"],
  ["x86_64", "openat", 3, 16],
  ["x86_64", "mmap", 2, 64],
  ["i386", "mmap", 2, null],
  ["i386", "mmap2", 2, 32],
  ["i386", "setuid", 0, null],
  ["i386", "setuid32", 0, 32],
  ["x86_64", "openat", 5, null],
  ["x86_64", "no_such_call", 0, null],
])("%s: the width of %s's argument %i is %s", (abi, name, index, width) => {
  expect(argumentWidth(abi, name, index)).toBe(width);
});

test("constants", () => {
  expect(constantValue("x86_64", "O_CREAT|O_TRUNC")).toBe(0x240n);
  expect(constantValue("x86_64", "0x10")).toBe(16n);
  expect(constantValue("aarch64", "O_DIRECTORY")).toBe(0x4000n);
  expect(constantValue("x86_64", "0x1ffffffffffffffff")).toBeNull();
  expect(constantValue("x86_64", "O_CREATE")).toBeNull();
  expect([errnoNumber("EPERM"), errnoNumber("ENOTSUP"), errnoName(11)]).toEqual([1, null, "EAGAIN"]);
});

const compiler = spawnSync("sh", ["-c", "command -v cc"]).status === 0;
test.skipIf(!compiler)("constants are those of the C headers (skipped without a C compiler)", () => {
  const headers = [
    "fcntl.h",
    "sys/ioctl.h",
    "sys/mman.h",
    "sys/socket.h",
    "sched.h",
    "linux/fs.h",
    "linux/falloc.h",
    "linux/fsverity.h",
    "linux/btrfs.h",
    "linux/msdos_fs.h",
    "linux/sched.h",
    "linux/personality.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/keyctl.h",
    "linux/userfaultfd.h",
    "asm/ioctls.h",
  ];
  // What is our own, what only 32-bit code has, and what these headers may not have yet.
  const names = constantNames().filter(
    (name) =>
      !["CLONE_NEW", "SOCK_TYPE_MASK", "PTRACE_TRACEME"].includes(name) &&
      !/^(FS_IOC32_|FS_IOC_(UN)?RESVSP|FS_IOC_ZERO_RANGE)/.test(name),
  );
  const lines = names.map(
    (name) => `#ifdef ${name}\nprintf("${name} %llu\\n", (unsigned long long)(unsigned)(${name}));\n#endif`,
  );
  const program = `#define _GNU_SOURCE\n#include <stdio.h>\n${headers.map((name) => `#include <${name}>\n`).join("")}int main(void) {\n${lines.join("\n")}\nreturn 0; }\n`;
  const folder = mkdtempSync(join(tmpdir(), "pawl-constants-"));
  try {
    writeFileSync(join(folder, "print.c"), program);
    execFileSync("cc", ["-w", "-o", join(folder, "print"), join(folder, "print.c")]);
    const printed = execFileSync(join(folder, "print"), { encoding: "utf8" }).trim().split("\n");
    expect(printed.length).toBeGreaterThan(60);
    // O_TMPFILE has O_DIRECTORY in it there; ours is the bit that is its own.
    for (const line of printed.filter((one) => !one.startsWith("O_TMPFILE "))) {
      const [name = "", value = ""] = line.split(" ");
      expect([name, constantValue("x86_64", name)]).toEqual([name, BigInt(value)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const resolver = spawnSync("sh", ["-c", "command -v scmp_sys_resolver"]).status === 0;
describe.skipIf(!resolver)(
  "numbers are libseccomp's where it knows the call (skipped without scmp_sys_resolver)",
  () => {
    test.each<readonly [Abi, string]>([
      ["x86_64", "x86_64"],
      ["i386", "x86"],
      ["aarch64", "aarch64"],
      ["riscv64", "riscv64"],
    ])("%s", (abi, theirs) => {
      const calls = callsOf(abi).filter((_, index) => index % 8 === 0);
      const script = 'for name in $2; do echo "$name $(timeout 5 scmp_sys_resolver -a "$1" "$name")"; done';
      const printed = execFileSync("sh", ["-c", script, "sh", theirs, calls.map((call) => call.name).join(" ")], {
        encoding: "utf8",
      });
      const known = new Map(
        printed
          .trim()
          .split("\n")
          .map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]),
      );
      const differing = calls.filter(({ name, number }) => {
        const other = known.get(name) ?? -1;
        // Negative: libseccomp's own number for a call that it does not know on this architecture.
        return 0 <= other && other !== number;
      });
      expect(differing).toEqual([]);
    });
  },
);

/** An unpacked linux-libc-dev of the version that the tables name, and a tracefs; see scripts/syscall-tables. */
const headers = process.env["PAWL_LINUX_HEADERS"] ?? "/";
const tracefs = process.env["PAWL_TRACEFS"] ?? "/sys/kernel/tracing";
const missing = regenerationProblem();
const SCRIPT = new URL("../../scripts/syscall-tables/generate.mjs", import.meta.url).href;
test.skipIf(missing !== null)(
  `the script gives the committed tables${missing === null ? "" : ` (skipped: ${missing})`}`,
  async () => {
    const script: { generate: (from: { headers: string; tracefs: string }) => Record<string, string> } = await import(
      SCRIPT
    );
    for (const [name, text] of Object.entries(script.generate({ headers, tracefs }))) {
      expect(text, name).toBe(readFileSync(new URL(`../../bpfgen/syscalls/tables/${name}`, import.meta.url), "utf8"));
    }
  },
);

function regenerationProblem(): string | null {
  const file = join(headers, "usr/include/linux/version.h");
  if (!existsSync(file) || !existsSync(join(headers, "usr/lib/linux/uapi/arm64")))
    return "PAWL_LINUX_HEADERS names no unpacked linux-libc-dev with every architecture";
  const text = readFileSync(file, "utf8");
  const version = `${/MAJOR (\d+)/.exec(text)?.[1]}.${/PATCHLEVEL (\d+)/.exec(text)?.[1]}`;
  if (version !== HEADERS_VERSION) return `the headers are of Linux ${version}, the tables of ${HEADERS_VERSION}`;
  return existsSync(join(tracefs, "events/syscalls")) ? null : `no tracefs at ${tracefs}`;
}
