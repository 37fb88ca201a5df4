// The two programs of `pawl sandbox verify --live`, in C and in Python, say the same; and a probe's effects are those that
// stop it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PYTHON_PROBES, runProbes, type ProbeProgram, type Probes, type User } from "../../cli/probes/run-probes.ts";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import type { LoweredSandbox } from "../../compiler/kernel/lower.ts";
import { requireLaunchers, type Launchers } from "../../gate/sandbox-launch.ts";
import { because, needs, needsBubblewrap, probeCommand, PYTHON, underBubblewrap, withFolder } from "./support/host.ts";
import { profile, PROFILES } from "./support/profiles.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

const SOURCE = fileURLToPath(new URL("../../cli/probes/probes.c", import.meta.url));

const ME: User = { name: "this user", uid: null };
const USERS: readonly User[] = process.getuid?.() === 0 ? [ME, { name: "nobody", uid: 65534 }] : [ME];

const PYTHON_PROGRAM: ProbeProgram = { kind: "python", file: PYTHON_PROBES, interpreter: PYTHON };
const folder = mkdtempSync(join(tmpdir(), "pawl-probes-test-"));
const C_PROGRAM: ProbeProgram = { kind: "c", file: join(folder, "probes"), interpreter: null };

const skip = needs("cc") ?? needsBubblewrap();

describe.skipIf(skip !== null)(`the probes in C and in Python${because(skip)}`, () => {
  beforeAll(() => {
    const args = ["-O2", "-Wall", "-Wextra", "-Werror", "-o", C_PROGRAM.file, SOURCE];
    const { status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  describe.each(USERS)("as $name", (user) => {
    test.each(["no filter", ...PROFILES] as const)("%s: they agree on every probe", (name) => {
      const box = name === "no filter" ? null : profile(name);
      const built = probe(C_PROGRAM, user, box);
      expect(Object.keys(built).length).toBeGreaterThan(90);
      expect(built).toEqual(probe(PYTHON_PROGRAM, user, box));
    });
  });

  let free: Probes | undefined;
  // A program cannot start without reading files and executing.
  test.each([
    "file.attributes",
    "file.create",
    "file.delete",
    "file.move",
    "file.truncate",
    "file.write",
    "kernel.change",
    "mount.change",
    "namespace.create",
    "net.connect",
    "net.listen",
    "net.raw",
    "privilege.raise",
    "process.inspect",
    "terminal.inject",
  ])("deny %s blocks the probes that have this effect, and no others", (effect) => {
    free ??= probe(C_PROGRAM, ME, null);
    const expected = Object.entries(free).map(([name, { effects, fate }]) => {
      if (name === "int 0x80") return [name, "killed"];
      return [name, effects.includes(effect) ? "blocked" : fate];
    });
    const denied = probe(C_PROGRAM, ME, lowered(sandbox({ clauses: [clause("deny", [effect])] })));
    expect(Object.entries(denied).map(([name, { fate }]) => [name, fate])).toEqual(expected);
  });

  test.each([
    ["C", [C_PROGRAM.file]],
    ["Python", [PYTHON, PYTHON_PROBES]],
  ] as const)("a sandbox without new processes: the program in %s tries them itself", (_, program) => {
    const box = lowered(sandbox({ clauses: [clause("deny", ["process.spawn"])] }));
    const names = ["clone3", "mount namespace by clone, bit 32", "bpf", "user namespace"];
    expect(fatesInside(box, program, names)).toEqual({
      clone3: "blocked",
      "mount namespace by clone, bit 32": "blocked",
      bpf: "ran",
      "user namespace": "ran",
    });
  });

  test("a sandbox that kills whoever starts a process: no answer, and no waiting", () => {
    const box = lowered(sandbox({ clauses: [clause("kill", ["process.spawn"])] }));
    for (const program of [C_PROGRAM, PYTHON_PROGRAM]) expect(tryProbes(program, ME, box)).toBe(null);
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function probe(program: ProbeProgram, user: User, box: LoweredSandbox | null): Probes {
  const probes = tryProbes(program, user, box);
  if (probes === null) throw new Error(`the probes in ${program.kind} gave no answer as ${user.name}`);
  return probes;
}

let launchers: Launchers | undefined;

function tryProbes(program: ProbeProgram, user: User, box: LoweredSandbox | null): Probes | null {
  if (box === null) return runProbes(program, "x86_64", user, null);
  const launch = { name: box.sandbox.name, filter: seccompFilter(box, "x86_64"), landlock: [], ownProcesses: false };
  launchers ??= requireLaunchers(launch);
  return runProbes(program, "x86_64", user, { launch, launchers });
}

function fatesInside(
  box: LoweredSandbox,
  program: readonly [string, ...string[]],
  names: readonly string[],
): Readonly<Record<string, string>> {
  return withFolder((scratch) => {
    const filter = join(scratch, "filter");
    writeFileSync(filter, seccompFilter(box, "x86_64"));
    const probes: Probes = JSON.parse(underBubblewrap(filter, probeCommand(scratch, names, program)).stdout);
    return Object.fromEntries(Object.entries(probes).map(([name, { fate }]) => [name, fate]));
  });
}
