// The forms for launchers, judged by those who read them: libseccomp's own filter for our OCI profile is
// proved equal to our model of it, and crun, runc and systemd take what we write.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../../bpfgen/cbpf/encode.ts";
import type { Program } from "../../bpfgen/cbpf/insn.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import type { OciArgument, OciProfile, OciRule } from "../../bpfgen/seccomp/oci.ts";
import { printOci, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import { compareSubjects, programSubject } from "../../bpfgen/seccomp/prove.ts";
import { allCallNames, callSince } from "../../bpfgen/syscalls/calls.ts";
import { printComparison } from "../../compiler/kernel/compare.ts";
import { emitOciJson, ociProfile, seccompFilter } from "../../compiler/kernel/emit.ts";
import { emitSystemd } from "../../compiler/kernel/systemd.ts";
import { because, needs, PYTHON, withFolder, type Skip } from "./support/host.ts";
import { profile, PROFILES } from "./support/profiles.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

const LIBSECCOMP = fileURLToPath(new URL("support/libseccomp.py", import.meta.url));

/** What runs in containers. */
const SCRIPT = "busybox touch /tmp/f; busybox rm /tmp/f; echo rm $?";

const noLibrary = needsLibseccomp();
describe.skipIf(noLibrary !== null)(`libseccomp's filter = our model of the profile${because(noLibrary)}`, () => {
  test.each(PROFILES)("%s", (name) => {
    const { value } = ociProfile(profile(name), ["x86_64"]);
    if (value === null) throw new Error("no profile");
    expect(againstLibseccomp(value)).toBe("equal");
  });

  const X86 = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"];
  const rule = (names: string, action = "SCMP_ACT_ERRNO", ...args: OciArgument[]): OciRule => ({
    names: names.split(" "),
    action,
    args,
  });
  const arg = (index: number, op: OciArgument["op"], value: number, valueTwo = 0): OciArgument => ({
    index,
    op,
    value,
    valueTwo,
  });

  test.each([
    ["x32 calls get the rules", ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"], [rule("mount openat execve ioctl")]],
    ["the native architecture is always there", ["SCMP_ARCH_X86"], [rule("mount")]],
    ["without a list it is alone", [], [rule("mount")]],
    ["architectures of other machines add nothing", ["SCMP_ARCH_MIPS", "SCMP_ARCH_AARCH64"], [rule("mount")]],
    ["multiplexers of i386", X86, [rule("socket accept shmget semop getpid mount")]],
    ["a multiplexer by name", X86, [rule("socketcall ipc socket"), rule("shmget", "SCMP_ACT_KILL_PROCESS")]],
    ["32-bit arguments", X86, [rule("mount"), rule("ioctl", "SCMP_ACT_ERRNO", arg(1, "SCMP_CMP_EQ", 0x1_0000_0001))]],
    [
      "a rule without conditions loads the number",
      X86,
      [rule("mmap2 getpid"), rule("ioctl", "SCMP_ACT_LOG", arg(0, "SCMP_CMP_NE", 0))],
    ],
    ["a mask of nothing", X86, [rule("ioctl", "SCMP_ACT_ERRNO", arg(1, "SCMP_CMP_MASKED_EQ", 0, 1))]],
    ["the first rule without conditions", X86, [rule("mount"), rule("mount", "SCMP_ACT_KILL_PROCESS")]],
    [
      "a rule without conditions stands alone",
      X86,
      [rule("ioctl", "SCMP_ACT_LOG", arg(1, "SCMP_CMP_EQ", 1)), rule("ioctl")],
    ],
  ] satisfies (readonly [string, readonly string[], readonly OciRule[]])[])("%s", (_, architectures, syscalls) => {
    expect(againstLibseccomp({ defaultAction: "SCMP_ACT_ALLOW", architectures, syscalls })).toBe("equal");
  });

  test.each([
    [
      "conditions that overlap",
      [rule("ioctl", "SCMP_ACT_ERRNO", arg(1, "SCMP_CMP_LT", 2), arg(1, "SCMP_CMP_LE", 0x1_0000_0001))],
    ],
    ["conditions behind a multiplexer", [rule("getpid"), rule("socket", "SCMP_ACT_ERRNO", arg(0, "SCMP_CMP_EQ", 2))]],
    [
      "`<=` behind another condition",
      [rule("getpid"), rule("ioctl", "SCMP_ACT_ERRNO", arg(0, "SCMP_CMP_EQ", 2), arg(1, "SCMP_CMP_LE", 7))],
    ],
    ["no call that i386 has", [rule("accept")]],
  ] satisfies (readonly [string, readonly OciRule[]])[])(
    "%s: libseccomp does otherwise, and nothing is claimed",
    (_, syscalls) => {
      expect(againstLibseccomp({ defaultAction: "SCMP_ACT_ALLOW", architectures: X86, syscalls })).toBe("unknown");
    },
  );

  test("a profile like Docker's is answered for every call", () => {
    const conditional = ["clone", "clone3", "personality", "socket", "mount", "ptrace"];
    const allow = (names: string, ...args: OciArgument[]): OciRule => rule(names, "SCMP_ACT_ALLOW", ...args);
    // libseccomp may know a newer call on some architectures only.
    const old = allCallNames().filter((name) => callSince(name) === null && !conditional.includes(name));
    const syscalls = [
      allow(old.join(" ")),
      ...[0, 8, 0x20000, 0x20008, 0xffffffff].map((value) => allow("personality", arg(0, "SCMP_CMP_EQ", value))),
      allow("clone", arg(0, "SCMP_CMP_MASKED_EQ", 0x7e020000)),
      allow("socket", arg(0, "SCMP_CMP_NE", 40)),
      { ...rule("clone3"), errnoRet: 38 },
    ];
    expect(againstLibseccomp({ defaultAction: "SCMP_ACT_ERRNO", architectures: X86, syscalls })).toBe("equal");
  });

  test("generated profiles: where the model has an answer, it is libseccomp's", () => {
    const value = fc.constantFrom(0, 1, 2, 3, 7, 0xffffffff, 0x1_0000_0001, 0x2_0000_0000);
    const argument: fc.Arbitrary<OciArgument> = fc.record({
      index: fc.integer({ min: 0, max: 2 }),
      op: fc.constantFrom(
        "SCMP_CMP_NE",
        "SCMP_CMP_LT",
        "SCMP_CMP_LE",
        "SCMP_CMP_EQ",
        "SCMP_CMP_GE",
        "SCMP_CMP_GT",
        "SCMP_CMP_MASKED_EQ",
      ),
      value,
      valueTwo: value,
    });
    const name = fc.constantFrom(
      "ioctl",
      "openat",
      "socket",
      "accept",
      "shmget",
      "socketcall",
      "mmap2",
      "readv",
      "open",
    );
    const action = fc.constantFrom("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_LOG");
    const anyRule: fc.Arbitrary<OciRule> = fc.record({
      names: fc.array(name, { minLength: 1, maxLength: 2 }),
      action,
      args: fc.array(argument, { maxLength: 3 }),
    });
    const anyProfile: fc.Arbitrary<OciProfile> = fc.record({
      defaultAction: action,
      architectures: fc.subarray(X86),
      syscalls: fc.array(anyRule, { minLength: 1, maxLength: 4 }),
    });
    let answered = 0;
    fc.assert(
      fc.property(anyProfile, (one) => {
        const relation = againstLibseccomp(one);
        if (relation === "unknown") return;
        answered++;
        expect(relation).toBe("equal");
      }),
      { numRuns: Number(process.env["PAWL_LONG_RUNS"] ?? "100") },
    );
    expect(answered).toBeGreaterThan(30);
  });
});

/** What libseccomp's filter is to our model: `equal`, `unknown`, or how they differ. */
function againstLibseccomp(value: OciProfile): string {
  const { program, unknown } = throughLibseccomp(value);
  const known: OciProfile = {
    ...value,
    syscalls: value.syscalls.map((rule) => ({ ...rule, names: rule.names.filter((one) => !unknown.has(one)) })),
  };
  const model = profileSubject(known, "x86_64");
  // A container with such a profile does not start.
  if (program === null)
    return compareSubjects(model, model).relation === "unknown" ? "unknown" : "libseccomp refuses it";
  expect(verify(program)).toEqual([]);
  const comparison = compareSubjects(programSubject(program), model);
  const isAlike = comparison.stricter === null && comparison.laxer === null && comparison.different === null;
  return comparison.relation === "equal" || (comparison.relation === "unknown" && isAlike)
    ? comparison.relation
    : printComparison(comparison, "libseccomp", "the model");
}

const BOX = lowered(
  sandbox({
    name: "box",
    future: "deny",
    clauses: [clause("deny", ["file.delete", "net.connect", "terminal.inject"])],
  }),
);

describe.each(["crun", "runc"])("%s", (runtime) => {
  const skip = needsRuntime(runtime);
  test.skipIf(skip !== null)(`denies by the OCI profile${because(skip)}`, () => {
    expect(runContainer(runtime, { seccomp: JSON.parse(emitOciJson(BOX, ["x86_64"]).value ?? "") })).toContain(
      "rm: can't remove '/tmp/f': Operation not permitted",
    );
  });
  // runc has no such annotation.
  test.skipIf(skip !== null || runtime === "runc")(`denies by the raw filter${because(skip)}`, () => {
    const filter = Buffer.from(seccompFilter(BOX, "x86_64")).toString("base64");
    expect(runContainer(runtime, { annotations: { "run.oci.seccomp_bpf_data": filter } })).toContain(
      "rm: can't remove '/tmp/f': Operation not permitted",
    );
  });
  test.skipIf(skip !== null)(`without a profile the file goes${because(skip)}`, () => {
    expect(runContainer(runtime, {})).not.toContain("not permitted");
  });
});

const noPodman = needsPodman();
describe.skipIf(noPodman !== null)(`podman${because(noPodman)}`, () => {
  test("denies by the profile, and without it the file goes", () => {
    withFolder((folder) => {
      const file = join(folder, "profile.json");
      writeFileSync(file, emitOciJson(BOX, ["x86_64"]).value ?? "");
      expect(runPodman(file)).toContain("rm: can't remove '/tmp/f': Operation not permitted");
      expect(runPodman("unconfined")).toContain("rm 0");
    });
  });
});

const noSystemd = needs("systemd-analyze");
test.skipIf(noSystemd !== null)(`systemd takes the drop-in${because(noSystemd)}`, () => {
  const box = lowered(
    sandbox({
      clauses: [
        clause("deny", ["namespace.create", "process.inspect", "mount.change"]),
        clause("log", ["process.signal"]),
      ],
    }),
  );
  const { value } = emitSystemd(box);
  if (value === null) throw new Error("no drop-in");
  withFolder((folder) => {
    const unit = join(folder, "pawl-test.service");
    writeFileSync(unit, `${value}Type=oneshot\nExecStart=/bin/true\n`);
    const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" });
    // A systemd that is older than a call does not know its name, and says so.
    const complaints = `${stdout}${stderr}`
      .split("\n")
      .filter(
        (line) =>
          line.includes("pawl-test") &&
          !/System call \w+ is not known|Failed to parse system call, ignoring|Unknown system call/i.test(line),
      );
    expect(complaints).toEqual([]);
  });
});

function needsLibseccomp(): Skip {
  const missing = needs(PYTHON);
  if (missing !== null) return missing;
  const tried = spawnSync(PYTHON, ["-c", 'import ctypes; ctypes.CDLL("libseccomp.so.2")']);
  return tried.status === 0 ? null : "skipped: libseccomp.so.2 is not installed";
}

/** libseccomp can take very long over conditions, so it runs in a child with a time limit. No program: it refuses a rule. */
function throughLibseccomp(value: OciProfile): {
  readonly program: Program | null;
  readonly unknown: ReadonlySet<string>;
} {
  return withFolder((folder) => {
    const file = join(folder, "profile.json");
    writeFileSync(file, printOci(value));
    const { status, stdout, stderr } = spawnSync(PYTHON, [LIBSECCOMP, file], { timeout: 30_000, maxBuffer: 1 << 20 });
    const lines = stderr.toString().trim().split("\n");
    const isRefused = lines.at(-1)?.startsWith("libseccomp refuses a rule ") ?? false;
    if (status !== 0 && !isRefused) throw new Error(stderr.toString());
    const { program, problem } = isRefused ? { program: null, problem: null } : decode(stdout);
    if (problem !== null) throw new Error(problem);
    return { program, unknown: new Set(lines) };
  });
}

function needsRuntime(runtime: string): Skip {
  const missing = needs(runtime, "unshare", "busybox");
  if (missing !== null) return missing;
  if (process.getuid?.() !== 0) return "skipped: not root";
  const output = runContainer(runtime, {});
  return output.includes("rm 0") ? null : `skipped: ${runtime} runs no container here: ${output.split("\n")[0] ?? ""}`;
}

function needsPodman(): Skip {
  const missing = needs("podman", "runc", "unshare", "busybox");
  if (missing !== null) return missing;
  if (process.getuid?.() !== 0) return "skipped: not root";
  const output = runPodman("unconfined");
  return output.includes("rm 0") ? null : `skipped: podman runs no container here: ${output.split("\n")[0] ?? ""}`;
}

/** Removes a file in a container of podman, without an image, a network or a cgroup of systemd's. */
function runPodman(seccomp: string): string {
  return withFolder((folder) => {
    makeRoot(folder);
    const options = [
      `--root=${join(folder, "storage")} --runroot=${join(folder, "run")} --storage-driver=vfs`,
      "--cgroup-manager=cgroupfs --runtime=runc run --rm --network=none",
      "--ulimit=nofile=1024:1024 --ulimit=nproc=1000:1000 --security-opt=no-new-privileges",
      `--security-opt=seccomp=${seccomp} --tmpfs=/tmp --rootfs ${join(folder, "rootfs")}`,
    ];
    const podman = ["podman", ...options.join(" ").split(" "), "/bin/busybox", "sh", "-c", SCRIPT];
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["-m", "sh", "-c", 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"', "sh", ...podman],
      { encoding: "utf8", timeout: 60_000 },
    );
    return `${stdout}${stderr}`;
  });
}

function makeRoot(folder: string): void {
  for (const name of ["bin", "dev", "proc", "tmp", "sys", "etc", "run"])
    mkdirSync(join(folder, "rootfs", name), { recursive: true });
  const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  copyFileSync(busybox, join(folder, "rootfs/bin/busybox"));
}

let containers = 0;

/** Removes a file in a container; the output of both streams. */
function runContainer(runtime: string, fields: { readonly seccomp?: unknown; readonly annotations?: unknown }): string {
  return withFolder((folder) => {
    makeRoot(folder);
    const config = {
      ociVersion: "1.0.2",
      process: {
        terminal: false,
        user: { uid: 0, gid: 0 },
        args: ["/bin/busybox", "sh", "-c", SCRIPT],
        env: ["PATH=/bin"],
        cwd: "/",
        noNewPrivileges: true,
      },
      root: { path: "rootfs" },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
      ],
      linux: {
        namespaces: ["pid", "mount", "ipc", "uts"].map((type) => ({ type })),
        ...(fields.seccomp === undefined ? {} : { seccomp: fields.seccomp }),
      },
      ...(fields.annotations === undefined ? {} : { annotations: fields.annotations }),
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const id = `pawl-test-${process.pid}-${containers++}`;
    // On hosts with both cgroup versions the second hierarchy confuses the runtimes.
    const command = `umount /sys/fs/cgroup/unified 2>/dev/null; exec ${runtime} run --no-pivot ${id}`;
    const { stdout, stderr } = spawnSync("unshare", ["-m", "sh", "-c", command], {
      cwd: folder,
      encoding: "utf8",
      timeout: 30_000,
    });
    spawnSync(runtime, ["delete", "-f", id]);
    return `${stdout}${stderr}`;
  });
}
