// Filters at work: ways around them are tried under bubblewrap, and ordinary work goes on.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SCRATCH_FILES } from "../../cli/probes/run-probes.ts";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import type { LoweredSandbox } from "../../compiler/kernel/lower.ts";
import { because, needsBubblewrap, probeCommand, PYTHON, underBubblewrap, withFolder } from "./support/host.ts";
import { profile } from "./support/profiles.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

const skip = needsBubblewrap();

type Fate = "ran" | "blocked" | "killed";

const FILES = [
  "open for truncation",
  "open read-only for truncation",
  "open for truncation, bit 32",
  "open for writing",
  "open for writing, bit 32",
  "open and pwrite",
  "open and ftruncate",
  "create by open",
  "create by open, bit 32",
  "unnamed file",
  "unnamed file, bit 32",
  "old open for truncation",
  "old open for truncation, bit 32",
  "old open for writing, bit 32",
  "create by old open, bit 32",
  "creat",
  "openat2",
  "truncate",
  "fallocate a hole",
  "fallocate a hole, bit 32",
  "copy_file_range",
  "sendfile",
  "splice",
  "map a file for writing",
  "map a file for writing, bit 32 of prot",
  "map a file for writing, bit 32 of flags",
  "FICLONE",
  "FICLONE, bit 32",
  "unlink",
  "unlinkat",
  "rename",
  "rename over a file",
  "rename over a file, bit 32",
  "mkdir",
  "link",
  "symlink",
  "mknod",
  "chmod",
  "fchmodat2",
  "chown",
  "utimensat",
  "setxattr",
  "setxattrat",
  "file_setattr",
  "FS_IOC_SETFLAGS",
  "FS_IOC_SETFLAGS, bit 32",
];
const MACHINE = [
  "mount namespace by clone",
  "mount namespace by clone, bit 32",
  "clone3",
  "join a namespace",
  "mount",
  "fsopen",
  "fsconfig",
  "fsmount",
  "fspick",
  "open_tree",
  "open_tree_attr",
  "move_mount",
  "mount_setattr",
  "name to handle",
  "open by handle",
  "open by handle for truncation, bit 32",
  "bpf",
  "userfaultfd",
  "userfaultfd, bit 32",
  "perf_event_open",
  "ptrace",
  "process_vm_writev",
  "pidfd_getfd",
  "TIOCSTI",
  "TIOCSTI, bit 32",
  "TIOCLINUX, bit 32",
  "setgroups",
  "keep capabilities",
  "keep capabilities, bit 32",
  "memfd_create and execveat",
  "execveat of a descriptor",
  "execveat of a descriptor, bit 32",
  "personality",
  "personality, bit 32",
  "user namespace, bit 32",
  "user namespace",
];
const RING = ["io_uring: unlink", "io_uring: rename", "io_uring: socket", "io_uring: connect"];
const RAW = ["raw socket", "raw socket, bit 32", "packet socket, bit 32"];
const NETWORK = [
  "socketpair on the network",
  "socketpair on the network, bit 32",
  "internet socket",
  "internet socket, bit 32",
];

describe.skipIf(skip !== null)(`probes under bubblewrap${because(skip)}`, () => {
  const isFree = skip === null ? probe(null) : {};

  test.each<readonly [string, LoweredSandbox, readonly string[]]>([
    ["coding-agent", profile("coding-agent"), [...MACHINE, ...RING, ...RAW]],
    ["read-only", profile("read-only"), [...FILES, ...MACHINE, ...RING]],
    ["no-network", profile("no-network"), [...NETWORK, ...RAW, ...RING]],
    [
      "deny file.delete with EPERM",
      lowered(sandbox({ clauses: [clause("deny", ["file.delete"])] })),
      ["unlink", "unlinkat", "rename", "rename over a file", "rename over a file, bit 32", ...RING],
    ],
  ])("%s blocks what its clauses name, and nothing else", (_, box, blocked) => {
    const fates = probe(seccompFilter(box, "x86_64"));
    const expected = Object.keys(fates).map((name): [string, Fate | undefined] => {
      // 32-bit calls are killed by every profile without `compat filter`.
      if (name === "int 0x80") return [name, "killed"];
      return [name, blocked.includes(name) ? "blocked" : isFree[name]];
    });
    expect(fates).toEqual(Object.fromEntries(expected));
  });

  test("reference-35 blocks what it lists, and lets its known holes pass", () => {
    const fates = probe(seccompFilter(profile("reference-35"), "x86_64"));
    for (const name of ["unlink", "rename", "mkdir", "truncate", "chmod", "internet socket", "ptrace"])
      expect(fates[name], name).toBe("blocked");
    for (const name of [
      "open for truncation",
      "open for writing",
      "fallocate a hole",
      "link",
      "symlink",
      "mknod",
      "setxattr",
      ...RING,
      "user namespace",
      "fsopen",
    ])
      expect(fates[name], name).toBe(isFree[name]);
  });

  test("a killed call ends its process", () => {
    const box = lowered(sandbox({ clauses: [clause("kill", ["file.delete"])] }));
    expect(probe(seccompFilter(box, "x86_64"))["unlink"]).toBe("killed");
  });
});

describe.skipIf(skip !== null)(`work under bubblewrap${because(skip)}`, () => {
  const script = `
    set -e
    cd "$1"; mkdir work; cd work
    git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first
    echo one > a; echo two >> a; sed -i s/one/1/ a; cp a b; mv b c; rm c
    git add a && git -c user.name=a -c user.email=a@b commit -q -m second && git stash list && git log --oneline | wc -l
    ${PYTHON} -c 'import subprocess, tempfile; tempfile.NamedTemporaryFile().write(b"x"); print(subprocess.check_output(["echo", "child"]))'
    echo done`;

  test("git, sed, mv, rm and Python under coding-agent", () => {
    expect(run(profile("coding-agent"), ["sh", "-c", script, "sh"])).toMatchObject({ status: 0, stderr: "" });
  });

  test("shell, coreutils and Python under strict; its network is closed", () => {
    const work =
      'set -e; cd "$1"; mkdir -p d; echo x > d/f; cp d/f d/g; cat d/g; mv d/g d/h; rm d/h; ls -l d | sort | head -1 >/dev/null';
    expect(run(profile("strict"), ["sh", "-c", work, "sh"])).toMatchObject({ status: 0, stdout: "x\n", stderr: "" });
    const socket = "import socket\ntry: socket.socket()\nexcept PermissionError as e: print(e.errno)";
    expect(run(profile("strict"), [PYTHON, "-c", socket])).toMatchObject({ status: 0, stdout: "1\n" });
  });
});

function run(
  box: LoweredSandbox,
  command: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return withFolder((folder) => {
    const filter = join(folder, "filter");
    writeFileSync(filter, seccompFilter(box, "x86_64"));
    const { status, stdout, stderr } = underBubblewrap(filter, [...command, folder]);
    return { status, stdout, stderr };
  });
}

function probe(bytes: Uint8Array | null): Record<string, Fate> {
  return withFolder((folder) => {
    const filter = join(folder, "filter");
    if (bytes !== null) writeFileSync(filter, bytes);
    for (const name of SCRATCH_FILES) writeFileSync(join(folder, name), "content");
    const { stdout, stderr } = underBubblewrap(bytes === null ? null : filter, probeCommand(folder));
    try {
      const probes: Record<string, { fate: Fate }> = JSON.parse(stdout);
      return Object.fromEntries(Object.entries(probes).map(([name, { fate }]) => [name, fate]));
    } catch {
      throw new Error(`the probes printed \`${stdout}\`: ${stderr}`);
    }
  });
}
