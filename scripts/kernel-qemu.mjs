// The filters on real kernels of each architecture, under QEMU without acceleration. Run by hand: it takes a few
// minutes and the network:
//
//   node scripts/kernel-qemu.mjs [x86_64|aarch64|riscv64]…
//
// It needs qemu-system-x86, qemu-system-arm, qemu-system-misc, gcc, gcc-aarch64-linux-gnu and gcc-riscv64-linux-gnu, and
// takes the kernels from the archive that this machine's own apt sources name. A program without a C library is the whole
// user space: it installs the filter in a child, with every answer turned into an errno of its own, so that nothing is
// killed, makes each call, and prints the answers, which must be those of our interpreter.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { openArchive } from "./lib/debian-archive.mjs";
import { inRoot, listFiles } from "./lib/project.mjs";

const MACHINES = {
  x86_64: {
    debian: "amd64",
    // For each kernel the releases that may have it; null: this machine's own. The next one where an archive is between
    // two states.
    kernels: [[null], ["trixie", "sid"]],
    // Later releases keep the kernel itself in a package of its own.
    kernel: /^linux-(image|binary)-\d[\w.+-]*-cloud-amd64$/,
    compiler: "x86_64-linux-gnu-gcc",
    qemu: ["qemu-system-x86_64", "-cpu", "max"],
    console: "ttyS0",
  },
  aarch64: {
    debian: "arm64",
    kernels: [[null]],
    kernel: /^linux-(image|binary)-\d[\w.+-]*-cloud-arm64$/,
    compiler: "aarch64-linux-gnu-gcc",
    qemu: ["qemu-system-aarch64", "-machine", "virt", "-cpu", "max,pauth-impdef=on"],
    console: "ttyAMA0",
  },
  riscv64: {
    debian: "riscv64",
    kernels: [["trixie", "sid"]],
    kernel: /^linux-(image|binary)-\d[\w.+-]*-riscv64$/,
    compiler: "riscv64-linux-gnu-gcc",
    qemu: ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64"],
    console: "ttyS0",
  },
};

const POLICIES = [
  ...listFiles(["policies/profiles"], (name) => /^policies\/profiles\/[^/]+\.pawl$/.test(name)),
  "scripts/kernel-qemu/compat.pawl",
];
const FIRST_ERRNO = 1000;
const RET_CODE = 6;
/** x86_64's uretprobe and uprobe: later kernels pass them before the filter. */
const BEFORE_THE_FILTER = [335, 336];

const { checkPolicyFile } = await load("cli/check-policy-file.js");
const { lowerSandbox } = await load("compiler/kernel/lower.js");
const { encode } = await load("bpfgen/cbpf/encode.js");
const { interpret } = await load("bpfgen/cbpf/interpret.js");
const { AUDIT_ARCHS, X32_BIT } = await load("bpfgen/syscalls/calls.js");

const wanted = process.argv.slice(2);
for (const [arch, machine] of Object.entries(MACHINES)) {
  if (wanted.length > 0 && !wanted.includes(arch)) continue;
  for (const releases of machine.kernels) {
    const folder = mkdtempSync(join(tmpdir(), "pawl-qemu-"));
    try {
      checkMachine(arch, machine, fetchKernel(machine, releases, folder), folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function load(name) {
  return import(pathToFileURL(inRoot("dist", name)).href);
}

function checkMachine(arch, machine, kernel, folder) {
  for (const policy of POLICIES) {
    const { value: ir } = checkPolicyFile(inRoot(policy));
    const lowered = lowerSandbox(ir, ir.sandboxes[0]).value;
    const program = lowered.programs[arch];
    const calls = callsFor(arch, lowered.filters[arch]);
    const start = performance.now();
    const { answers, release } = askKernel(machine, folder, kernel, encode(program), calls);
    const wrong = calls.flatMap((call, index) => {
      const expected = interpret(program, call).value;
      return answers[index] === expected ? [] : [{ ...call, expected, answer: answers[index] }];
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const denied = answers.filter((answer) => answer !== 0x7fff0000).length;
    const foreign = calls.filter((call) => call.arch !== AUDIT_ARCHS[arch]).length;
    console.log(
      `${arch} ${basename(policy, ".pawl")}: ${calls.length - wrong.length} of ${calls.length} answers are the interpreter's, ` +
        `${denied} of them denials${foreign === 0 ? "" : `, ${foreign} by int 0x80`}; Linux ${release}, ${seconds} s`,
    );
    if (wrong.length > 0) {
      console.error(wrong.slice(0, 5));
      process.exitCode = 1;
    }
  }
}

/** Every number without arguments, and calls with conditions with what matters to these in each two arguments. */
function callsFor(arch, filter) {
  const calls = [];
  const add = (abi, number, args) => {
    if (abi === "x86_64" && BEFORE_THE_FILTER.includes(number)) return;
    // `int 0x80` passes the low halves of the registers.
    const passed = abi === "i386" ? args.map((arg) => arg & 0xffffffffn) : args;
    calls.push({ number, arch: AUDIT_ARCHS[abi], instructionPointer: 0n, args: passed });
  };
  const zeros = [0n, 0n, 0n, 0n, 0n, 0n];
  const numbers = Array.from({ length: 600 }, (_, number) => number);
  for (const number of numbers) add(arch, number, zeros);
  if (arch === "x86_64") {
    for (const number of numbers) add("i386", number, zeros);
    for (const number of numbers) add("x86_64", X32_BIT + number, zeros);
    for (const number of [X32_BIT - 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff])
      for (const abi of ["x86_64", "i386"]) add(abi, number, zeros);
  }
  for (const { abi, calls: table } of filter.abis) {
    for (const [number, { rules }] of table) {
      const tests = rules.flatMap((rule) => rule.tests);
      const indices = [...new Set(tests.map((test) => test.argument))];
      const values = valuesFor(tests);
      for (const index of indices) {
        for (const value of values) {
          for (const other of indices.length === 1 ? [0n] : values)
            add(
              abi,
              number,
              zeros.map((_, at) => (at === index ? value : indices.includes(at) ? other : 0n)),
            );
        }
      }
    }
  }
  return calls;
}

/** On each side of what a test compares with, and the same with bits that are not to count. */
function valuesFor(tests) {
  const values = tests.flatMap(({ mask, value }) => [
    value,
    value - 1n,
    value + 1n,
    mask,
    value ^ mask,
    value | (1n << 32n),
  ]);
  return [...new Set([0n, ...values].map((value) => BigInt.asUintN(64, value)))];
}

function askKernel(machine, folder, kernel, bytes, calls) {
  const returns = [];
  const filter = Buffer.from(bytes);
  for (let at = 0; at < filter.length; at += 8) {
    if (filter.readUInt16LE(at) !== RET_CODE) continue;
    const value = filter.readUInt32LE(at + 4);
    if (!returns.includes(value)) returns.push(value);
    filter.writeUInt32LE((0x00050000 | (FIRST_ERRNO + returns.indexOf(value))) >>> 0, at + 4);
  }
  const flags = "-O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-builtin".split(" ");
  execFileSync(machine.compiler, [...flags, "-o", join(folder, "init"), inRoot("scripts/kernel-qemu/init.c")]);
  const words = new BigUint64Array(
    calls.flatMap((call) => [call.arch === AUDIT_ARCHS.i386 ? 1n : 0n, BigInt(call.number), ...call.args]),
  );
  const files = { calls: Buffer.from(words.buffer), filter, init: readFileSync(join(folder, "init")) };
  writeFileSync(join(folder, "initrd"), archiveOf(files));
  const [program, ...args] = machine.qemu;
  args.push(..."-accel tcg -m 512 -nographic -no-reboot -nic none".split(" "));
  args.push("-kernel", kernel, "-initrd", join(folder, "initrd"));
  // 32-bit calls can be switched off; kernels of other architectures do not know the parameter.
  const append = "loglevel=1 panic=-1 cryptomgr.notests ia32_emulation=1 rdinit=/init";
  args.push("-append", `console=${machine.console} ${append}`);
  const output = outputOf(program, args, calls.length) ?? outputOf(program, args, calls.length);
  if (output === null) throw new Error("the machine printed no answers, twice");
  // `0` is the first return of the filter, `?` no return at all.
  const answers = [...output.text].map((one) => returns[one.codePointAt(0) - 0x30] ?? -1);
  return { answers, release: output.release };
}

/**
 * The release, and one character for each call; or null: without acceleration a kernel now and then stops in its own
 * start, and whatever it says meanwhile stands among the answers.
 */
function outputOf(program, args, count) {
  const { stdout } = spawnSync(program, args, { timeout: 180_000, maxBuffer: 1 << 28, input: "" });
  const output = stdout.toString("latin1");
  const [, release, lines = ""] = /PAWL-BEGIN (\S+)\s+([^]*?)PAWL-END/.exec(output) ?? [];
  const text = lines.replaceAll(/\s/g, "");
  if (text.length === count) return { release, text };
  console.error(`the machine printed ${text.length} of ${count} answers:\n${output.slice(-2000)}`);
  return null;
}

/** A cpio archive in the "new ASCII" format, as the kernel's buffer-format document has it. */
function archiveOf(files) {
  const entries = Object.entries({ ...files, "TRAILER!!!": Buffer.alloc(0) });
  const parts = entries.flatMap(([name, content], index) => {
    // inode, mode, uid, gid, links, time, size, two devices, length of the name, checksum.
    const fields = [index + 1, 0o100755, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
    const head = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return [padded(Buffer.from(head)), padded(content)];
  });
  return Buffer.concat(parts);
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** The path of the newest kernel of the first release that the archive has. */
function fetchKernel({ debian, kernel }, releases, folder) {
  const archiveFolder = join(folder, "archive");
  mkdirSync(archiveFolder);
  const archive = openArchive({ folder: archiveFolder, architecture: debian, releases });
  const found = archive.names("linux-").filter((name) => kernel.test(name));
  const newest = found.toSorted((a, b) => versionOf(a).localeCompare(versionOf(b), "en", { numeric: true })).at(-1);
  if (newest === undefined) throw new Error(`the archive has no kernel for ${debian}`);
  const root = archive.unpack(found.filter((name) => versionOf(name) === versionOf(newest)));
  const file = readdirSync(root, { recursive: true }).find((name) => /(^|\/)vmlinu[xz][^/]*$/.test(name));
  if (file === undefined) throw new Error(`${newest} holds no kernel`);
  return join(root, file);
}

function versionOf(name) {
  return name.replace(/^linux-(image|binary)-/, "");
}
