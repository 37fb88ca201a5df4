// What does a filter cost per system call: none, ours, libseccomp's for the same rules, and the containers' default?
//
// Method: a C program (built here with the machine's compiler) installs a filter and calls getppid in a loop, which no
// profile denies. The kernel remembers numbers whose answer reads nothing but the number: that is the cached cost, of the
// whole call. A first instruction that reads the instruction pointer keeps the kernel from remembering; with the filter
// installed eight times over, an eighth of what the call then costs more is the filter's own cost. ioctl with a descriptor
// that is not open asks for an argument wherever a profile restricts it. All filters take turns in 15 rounds; the least of
// the rounds counts, because other work on the machine can only add. libseccomp's filters are those that crun has made from
// our OCI profiles: it keeps each in its state folder. The containers' default is that of Podman and Docker, for a process
// without capabilities.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { emitOciJson, seccompFilter } from "../compiler/kernel/emit.ts";
import { lowerSandbox } from "../compiler/kernel/lower.ts";
import { printTable } from "./support/measure.ts";
import { checkProfile } from "./support/profiles.ts";

const ROUNDS = 15;
const CALLS = 100_000;
/** How often a filter is installed to measure it alone. */
const STACK = 8;
const PROFILES = ["coding-agent", "strict", "reference-35"];
const CONTAINERS_DEFAULT = "/usr/share/containers/seccomp.json";

const SOURCE = `
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct sock_filter insns[4097];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  long count = atol(argv[1]);
  if (argc > 3) {
    int copies = atoi(argv[3]), first = copies > 1;
    insns[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
    FILE *file = fopen(argv[2], "rb");
    size_t length = fread(insns + first, sizeof *insns, 4096, file);
    struct sock_fprog prog = { length + first, insns };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 9;
    while (copies--) if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) return 9;
  }
  double start = now();
  for (long i = 0; i < count; i++) syscall(SYS_getppid);
  double middle = now();
  for (long i = 0; i < count; i++) syscall(SYS_ioctl, -1, 1, 0);
  double end = now();
  printf("%.2f %.2f\\n", (middle - start) / count, (end - middle) / count);
}
`;

interface Filter {
  readonly name: string;
  readonly bytes: Uint8Array | null;
}

const folder = mkdtempSync(join(tmpdir(), "pawl-bench-"));
try {
  const program = join(folder, "cost");
  writeFileSync(`${program}.c`, SOURCE);
  execFileSync("cc", ["-O2", "-o", program, `${program}.c`]);
  measure(program, [{ name: "no filter", bytes: null }, ...PROFILES.flatMap(filtersOf), ...containersDefault()]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Cost {
  getppid: number;
  ioctl: number;
}

function measure(program: string, filters: readonly Filter[]): void {
  const subjects = filters.map(({ name, bytes }, index) => {
    const file = join(folder, `filter-${index}`);
    if (bytes !== null) writeFileSync(file, bytes);
    const variants = bytes === null ? [[]] : [1, STACK].map((copies) => [file, String(copies)]);
    const runs = variants.map((args) => ({ args, least: { getppid: Infinity, ioctl: Infinity } }));
    return { name, length: (bytes?.length ?? 0) / 8, runs };
  });
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, runs } of subjects) for (const { args, least } of runs) run(program, name, args, least);
  const [free] = subjects[0]?.runs ?? [];
  const alone = (run: { least: Cost } | undefined, call: keyof Cost): number | string =>
    run === undefined ? "" : Math.max(0, (run.least[call] - (free?.least[call] ?? Number.NaN)) / STACK);
  printTable(
    ["filter", "instructions", "getppid ns, cached", "ioctl ns", "filter alone: getppid ns", "filter alone: ioctl ns"],
    subjects.map(({ name, length, runs: [once, stacked] }) => [
      name,
      length,
      once?.least.getppid ?? "",
      once?.least.ioctl ?? "",
      alone(stacked, "getppid"),
      alone(stacked, "ioctl"),
    ]),
  );
  console.log(`\nload ${loadavg()[0]?.toFixed(1) ?? ""}, least of ${ROUNDS} rounds of ${CALLS} calls`);
}

function run(program: string, name: string, args: readonly string[], least: Cost): void {
  const { status, stdout } = spawnSync(program, [String(CALLS), ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the kernel refuses the filter ${name} (status ${status})`);
  const [getppid = Infinity, ioctl = Infinity] = stdout.trim().split(" ").map(Number);
  least.getppid = Math.min(least.getppid, getppid);
  least.ioctl = Math.min(least.ioctl, ioctl);
}

function filtersOf(name: string): readonly Filter[] {
  const { ir, sandbox } = checkProfile(name);
  const { value: lowered } = lowerSandbox(ir, sandbox);
  const profile = lowered === null ? null : emitOciJson(lowered, ["x86_64"]).value;
  if (lowered === null || profile === null) throw new Error(`${name} has no OCI profile`);
  return [
    { name: `${name}, Pawl`, bytes: seccompFilter(lowered, "x86_64") },
    { name: `${name}, libseccomp`, bytes: throughCrun(profile) },
  ];
}

/** The filter that crun installs for a profile. */
function throughCrun(profile: string): Uint8Array {
  const id = `pawl-bench-${process.pid}`;
  const bundle = join(folder, "bundle");
  const state = join(folder, "state");
  for (const name of ["dev", "proc"]) mkdirSync(join(bundle, "rootfs", name), { recursive: true });
  copyFileSync(join(folder, "cost"), join(bundle, "rootfs/cost"));
  const config = JSON.stringify({
    ociVersion: "1.0.2",
    process: { user: { uid: 0, gid: 0 }, args: ["/cost"], cwd: "/", noNewPrivileges: true },
    root: { path: "rootfs" },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    linux: { namespaces: ["pid", "mount", "ipc", "uts"].map((type) => ({ type })), seccomp: "PROFILE" },
  });
  // The profile has numbers that JSON.parse would round.
  writeFileSync(
    join(bundle, "config.json"),
    config.replace('"PROFILE"', () => profile),
  );
  // On hosts with both cgroup versions the second hierarchy confuses crun.
  const create = `umount /sys/fs/cgroup/unified 2>/dev/null; exec crun --root ${state} create --no-pivot ${id}`;
  try {
    execFileSync("unshare", ["-m", "sh", "-c", create], {
      cwd: bundle,
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 60_000,
    });
    return readFileSync(join(state, id, "seccomp.bpf"));
  } finally {
    spawnSync("crun", ["--root", state, "delete", "-f", id]);
  }
}

interface ContainerRule {
  readonly action: string;
  readonly errnoRet?: number;
  readonly includes?: { readonly caps?: readonly string[]; readonly arches?: readonly string[] };
  readonly excludes?: { readonly arches?: readonly string[] };
}

/** The rules that are left for x86_64 without capabilities. */
function containersDefault(): readonly Filter[] {
  if (!existsSync(CONTAINERS_DEFAULT)) return [];
  const { syscalls, ...rest }: { syscalls: readonly ContainerRule[] } = JSON.parse(
    readFileSync(CONTAINERS_DEFAULT, "utf8"),
  );
  const kept = syscalls.filter(
    ({ includes, excludes }) =>
      includes?.caps === undefined &&
      (includes?.arches === undefined || includes.arches.includes("amd64")) &&
      excludes?.arches?.includes("amd64") !== true,
  );
  return [{ name: "containers' default, libseccomp", bytes: throughCrun(JSON.stringify({ ...rest, syscalls: kept })) }];
}
