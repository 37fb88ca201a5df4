// The forms for launchers, judged by those who read them: libseccomp's own filter for our OCI profile is
// proved equal to our model of it, and crun, runc and systemd take what we write.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decode } from "../../bpfgen/cbpf/encode.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import type { OciProfile } from "../../bpfgen/seccomp/oci.ts";
import { printOci, profileSubject } from "../../bpfgen/seccomp/oci.ts";
import { compareSubjects, programSubject } from "../../bpfgen/seccomp/prove.ts";
import { AUDIT_ARCHS } from "../../bpfgen/syscalls/calls.ts";
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
    const { program, unknown } = throughLibseccomp(value);
    expect(verify(program)).toEqual([]);
    const known: OciProfile = {
      ...value,
      syscalls: value.syscalls.map((rule) => ({ ...rule, names: rule.names.filter((one) => !unknown.has(one)) })),
    };
    const comparison = compareSubjects(programSubject(program), profileSubject(known, "x86_64"), {
      archs: [AUDIT_ARCHS.x86_64, AUDIT_ARCHS.i386, 0],
      numberMax: 0xffffffff,
    });
    expect(comparison.relation, printComparison(comparison, "libseccomp", "the model")).toBe("equal");
  });
});

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

/** libseccomp can take very long over conditions, so it runs in a child with a time limit. */
function throughLibseccomp(value: OciProfile): {
  readonly program: NonNullable<ReturnType<typeof decode>["program"]>;
  readonly unknown: ReadonlySet<string>;
} {
  return withFolder((folder) => {
    const file = join(folder, "profile.json");
    writeFileSync(file, printOci(value));
    const { status, stdout, stderr } = spawnSync(PYTHON, [LIBSECCOMP, file], { timeout: 30_000, maxBuffer: 1 << 20 });
    if (status !== 0) throw new Error(stderr.toString());
    const { program, problem } = decode(stdout);
    if (program === null) throw new Error(problem ?? "no filter");
    return { program, unknown: new Set(stderr.toString().trim().split("\n")) };
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
