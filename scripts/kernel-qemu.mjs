// The filters for aarch64 and riscv64 on real kernels, under QEMU without acceleration. Run by hand: it takes a minute or
// two and the network:
//
//   node scripts/kernel-qemu.mjs [aarch64|riscv64]
//
// It needs qemu-system-arm, qemu-system-misc, gcc-aarch64-linux-gnu and gcc-riscv64-linux-gnu, and takes the
// kernels from the archive that this machine's own apt sources name. A program without a C library is the whole user space:
// it installs the filter in a child, with every answer turned into an errno of its own, makes each call, and prints the
// answers, which must be those of our interpreter.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot } from "./lib/project.mjs";

const MACHINES = {
  aarch64: {
    debian: "arm64",
    // Releases with a kernel for it; null: this machine's own. The next one where an archive is between two states.
    suites: [null],
    // Later releases keep the kernel itself in a package of its own.
    kernel: /^linux-(image|binary)-\d[\w.+-]*-cloud-arm64$/,
    compiler: "aarch64-linux-gnu-gcc",
    qemu: ["qemu-system-aarch64", "-machine", "virt", "-cpu", "max,pauth-impdef=on"],
    console: "ttyAMA0",
  },
  riscv64: {
    debian: "riscv64",
    suites: ["trixie", "sid"],
    kernel: /^linux-(image|binary)-\d[\w.+-]*-riscv64$/,
    compiler: "riscv64-linux-gnu-gcc",
    qemu: ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64"],
    console: "ttyS0",
  },
};

const PROFILES = ["coding-agent", "strict", "no-network"];
const FIRST_ERRNO = 1000;
const RET_CODE = 6;

const { checkPolicyFile } = await load("cli/check-policy-file.js");
const { lowerSandbox } = await load("compiler/kernel/lower.js");
const { encode } = await load("bpfgen/cbpf/encode.js");
const { interpret } = await load("bpfgen/cbpf/interpret.js");
const { AUDIT_ARCHS } = await load("bpfgen/syscalls/calls.js");

const wanted = process.argv.slice(2);
for (const arch of Object.keys(MACHINES)) {
  if (wanted.length > 0 && !wanted.includes(arch)) continue;
  const folder = mkdtempSync(join(tmpdir(), "pawl-qemu-"));
  try {
    checkMachine(arch, MACHINES[arch], folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function load(name) {
  return import(pathToFileURL(inRoot("dist", name)).href);
}

function checkMachine(arch, machine, folder) {
  const kernel = fetchKernel(machine, folder);
  for (const name of PROFILES) {
    const { value: ir } = checkPolicyFile(inRoot("policies/profiles", `${name}.pawl`));
    const lowered = lowerSandbox(ir, ir.sandboxes[0]).value;
    const program = lowered.programs[arch];
    const calls = callsFor(lowered.filters[arch], program, AUDIT_ARCHS[arch]);
    const start = performance.now();
    const { answers, release } = askKernel(machine, folder, kernel.path, encode(program), calls);
    const wrong = calls.filter((call, index) => answers[index] !== interpret(program, call).value);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const denied = answers.filter((answer) => answer !== 0x7fff0000).length;
    console.log(
      `${arch} ${name}: ${calls.length - wrong.length} of ${calls.length} answers are the interpreter's, ` +
        `${denied} of them denials; Linux ${release}, ${seconds} s`,
    );
    if (wrong.length > 0 || answers.length !== calls.length) {
      console.error(wrong.slice(0, 5));
      process.exitCode = 1;
    }
  }
}

/** Every number without arguments; calls with conditions with each constant of the program in each of their arguments. */
function callsFor(filter, program, audit) {
  const zeros = [0n, 0n, 0n, 0n, 0n, 0n];
  const call = (number, args) => ({ number, arch: audit, instructionPointer: 0n, args });
  const calls = Array.from({ length: 600 }, (_, number) => call(number, zeros));
  const constants = program.flatMap((insn) => (insn.kind === "jump" && insn.k !== null ? [BigInt(insn.k)] : []));
  const values = [...new Set(constants.flatMap((k) => [k, k + 1n, k | (1n << 32n)]))];
  for (const [number, { rules }] of filter.abis[0].calls) {
    const indices = new Set(rules.flatMap((rule) => rule.tests.map((one) => one.argument)));
    for (const index of indices) {
      for (const value of values)
        calls.push(
          call(
            number,
            zeros.map((zero, at) => (at === index ? value : zero)),
          ),
        );
    }
  }
  return calls;
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
  const words = new BigUint64Array(calls.flatMap((call) => [BigInt(call.number), ...call.args]));
  const files = { calls: Buffer.from(words.buffer), filter, init: readFileSync(join(folder, "init")) };
  writeFileSync(join(folder, "initrd"), archiveOf(files));
  const [program, ...args] = machine.qemu;
  args.push(..."-accel tcg -m 512 -nographic -no-reboot -nic none".split(" "));
  args.push("-kernel", kernel, "-initrd", join(folder, "initrd"));
  args.push("-append", `console=${machine.console} quiet panic=-1 cryptomgr.notests rdinit=/init`);
  const run = spawnSync(program, args, { timeout: 180_000, maxBuffer: 1 << 28, input: "" });
  const stdout = run.stdout.toString("latin1");
  const text = /PAWL-BEGIN (\S+)\s+([^]*?)PAWL-END/.exec(stdout);
  if (text === null) throw new Error(`the machine printed no answers:\n${stdout.slice(-2000)}`);
  // One character for each call: `0` is the first return of the filter, `?` no return at all.
  const answers = [...text[2].replaceAll(/\s/g, "")].map((one) => returns[one.codePointAt(0) - 0x30] ?? -1);
  return { answers, release: text[1] };
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

/** Unpacks the newest kernel, by a package index of its own. */
function fetchKernel({ debian, suites, kernel }, folder) {
  const apt = join(folder, "apt");
  for (const name of ["lists/partial", "cache/archives/partial", "root"])
    mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, "status"), "");
  const options = [
    `Dir::State::Lists=${apt}/lists`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}/cache`,
    `Dir::Etc::SourceList=${apt}/sources.list`,
    "Dir::Etc::SourceParts=-",
    `APT::Architecture=${debian}`,
    `APT::Architectures=${debian}`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  const run = (program, ...args) =>
    spawnSync(program, [...options, ...args], { cwd: apt, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const isUpdated = suites.some((suite) => {
    writeFileSync(join(apt, "sources.list"), sourceLines(debian, suite));
    return run("apt-get", "-qq", "update").status === 0;
  });
  if (!isUpdated) throw new Error(`the archive has no index for ${debian} that apt accepts`);
  const names = run("apt-cache", "pkgnames", "linux-").stdout.split("\n");
  const found = names.filter((name) => kernel.test(name));
  const newest = found.toSorted((a, b) => versionOf(a).localeCompare(versionOf(b), "en", { numeric: true })).at(-1);
  if (newest === undefined) throw new Error(`the archive has no kernel for ${debian}`);
  run("apt-get", "-qq", "download", ...found.filter((name) => versionOf(name) === versionOf(newest)));
  for (const name of readdirSync(apt).filter((file) => file.endsWith(".deb")))
    execFileSync("dpkg-deb", ["-x", join(apt, name), join(apt, "root")]);
  const file = readdirSync(join(apt, "root"), { recursive: true }).find((name) => /(^|\/)vmlinu[xz][^/]*$/.test(name));
  if (file === undefined) throw new Error(`${newest} holds no kernel`);
  return { path: join(apt, "root", file) };
}

function versionOf(name) {
  return name.replace(/^linux-(image|binary)-/, "");
}

/** This machine's own Debian archive, for another architecture and perhaps another release. */
function sourceLines(debian, suite) {
  const path = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"].find((name) => {
    try {
      return /debian/.test(readFileSync(name, "utf8"));
    } catch {
      return false;
    }
  });
  if (path === undefined) throw new Error("no Debian archive among this machine's apt sources");
  const text = readFileSync(path, "utf8");
  const [, uri] = /^(?:URIs:|deb(?: \[[^\]]*\])?) +(\S+)/m.exec(text) ?? [];
  const [, own] = /^Suites: +(\S+)/m.exec(text) ?? /^deb(?: \[[^\]]*\])? +\S+ +(\S+)/m.exec(text) ?? [];
  const [, key] = /^Signed-By: +(\S+)/m.exec(text) ?? [];
  const signed = key === undefined ? "" : ` signed-by=${key}`;
  return `deb [arch=${debian}${signed}] ${uri} ${suite ?? own} main\n`;
}
