// `pawl sandbox`, `pawl build --target` and `pawl exec --sandbox`, as a user runs them.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pawl, root, scratchFolder } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);
const cwd = scratch.path;

const POLICY = `policy boxes

use std

sandbox closed {
  default allow
  future deny
  deny net.connect, net.raw
}

sandbox files {
  default allow
  deny file.delete except under workspace, "/tmp"
}
`;

beforeAll(() => {
  writeFileSync(join(cwd, "boxes.pawl"), POLICY);
  writeFileSync(join(cwd, "one.pawl"), POLICY.replace(/sandbox files[^]*/, ""));
});

describe("sandbox emit", () => {
  test.each(["oci", "docker", "podman", "kubernetes"])("%s is one JSON profile", (target) => {
    const { exitCode, stdout, stderr } = pawl(["sandbox", "emit", "boxes.pawl#closed", "--target", target], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ comment: expect.stringContaining("Made by Pawl from sandbox closed") });
  });

  test("--arch picks the architectures", () => {
    const { stdout } = pawl(["sandbox", "emit", "no-network", "--arch", "aarch64,riscv64"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ architectures: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_RISCV64"] });
    expect(pawl(["sandbox", "emit", "no-network", "--arch", "sparc"], { cwd })).toMatchObject({ exitCode: 2 });
    expect(pawl(["sandbox", "emit", "no-network", "--target", "raw", "--arch", "x86_64,aarch64"])).toMatchObject({
      exitCode: 2,
    });
  });

  test("--json gives the form, and bytes as base64", () => {
    const text = pawl(["sandbox", "emit", "no-network", "--target", "c-header", "--json"], { cwd });
    expect(JSON.parse(text.stdout)).toMatchObject({
      ok: true,
      sandbox: "no_network",
      target: "c-header",
      encoding: "utf8",
      content: expect.stringContaining("struct sock_filter"),
    });
    const raw = JSON.parse(pawl(["sandbox", "emit", "no-network", "--target", "raw", "--json"], { cwd }).stdout) as {
      encoding: string;
      content: string;
    };
    expect(raw.encoding).toBe("base64");
    expect(Buffer.from(raw.content, "base64").length % 8).toBe(0);
  });

  test("a clause that seccomp cannot tell is an error, and Landlock's part names the workspace", () => {
    expect(pawl(["sandbox", "emit", "boxes.pawl", "files", "--target", "raw"], { cwd })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("K501"),
    });
    const setpriv = ["sandbox", "emit", "boxes.pawl#files", "--target", "setpriv"];
    expect(pawl(setpriv, { cwd })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("K511") });
    const { stdout } = pawl([...setpriv, "--workspace", "/srv/work"], { cwd });
    expect(stdout).toMatch(/^# Made by Pawl .*\nsetpriv --no-new-privs --landlock-access .*:\/srv\/work /);
    const json = pawl(["sandbox", "emit", "boxes.pawl#files", "--target", "landlock", "--workspace", "/w"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ path_beneath: [{ path: "/" }, { path: "/tmp" }, { path: "/w" }] });
    const beside = ["sandbox", "emit", "boxes.pawl#files", "--target", "raw", "--with-landlock", "--json"];
    expect(pawl(beside, { cwd }).exitCode).toBe(0);
  });

  test("an unknown sandbox or profile is named, with what there is", () => {
    expect(pawl(["sandbox", "emit", "boxes.pawl"], { cwd }).stderr).toContain("name one sandbox");
    expect(pawl(["sandbox", "emit", "boxes.pawl#close"], { cwd }).stderr).toContain("one of closed, files");
    expect(pawl(["sandbox", "emit", "codin-agent"], { cwd })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("did you mean `coding-agent`?"),
    });
  });
});

describe("build --target", () => {
  test("writes every sandbox beside the policy", () => {
    const { exitCode, stdout } = pawl(["build", "one.pawl", "--target", "raw", "--arch", "riscv64", "--json"], { cwd });
    expect(exitCode).toBe(0);
    const { outputs } = JSON.parse(stdout) as { outputs: { output: string; bytes: number }[] };
    expect(outputs.map(({ output }) => output)).toEqual(["one.closed.riscv64.bpf"]);
    expect(readFileSync(join(cwd, "one.closed.riscv64.bpf")).length).toBe(outputs[0]?.bytes);
    expect(pawl(["build", "one.pawl", "--target", "kubernetes-resource"], { cwd }).exitCode).toBe(0);
    expect(readFileSync(join(cwd, "one.closed.yaml"), "utf8")).toContain("kind: SeccompProfile");
  });

  test("writes nothing when one of them cannot be held", () => {
    expect(pawl(["build", "boxes.pawl", "--target", "oci"], { cwd })).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(cwd, "boxes.closed.seccomp.json"))).toBe(false);
  });
});

describe("sandbox report", () => {
  test("--with-landlock says which mechanism holds what", () => {
    const { exitCode, stdout } = pawl(["sandbox", "report", "boxes.pawl", "--with-landlock", "--json"], { cwd });
    expect(exitCode).toBe(0);
    const reports = JSON.parse(stdout) as { report: { clauses: { mechanism: string; exactness: string }[] } }[];
    expect(reports.map(({ report }) => report.clauses[0])).toMatchObject([
      { mechanism: "seccomp", exactness: "exact" },
      { mechanism: "landlock", exactness: "exact" },
    ]);
    expect(pawl(["sandbox", "report", "boxes.pawl"], { cwd }).exitCode).toBe(1);
  });
});

describe("sandbox compare", () => {
  test("exit 0 only for at least as strict; --json has a counterexample for each direction", () => {
    const same = pawl(["sandbox", "compare", "boxes.pawl#closed", "no-network", "--json"], { cwd });
    expect(same.exitCode).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ ok: true, relation: "equal" });
    expect(pawl(["sandbox", "compare", "strict", "no-network"], { cwd }).exitCode).toBe(0);
    const laxer = pawl(["sandbox", "compare", "no-network", "strict", "--json", "--arch", "x86_64"], { cwd });
    expect(laxer.exitCode).toBe(1);
    expect(JSON.parse(laxer.stdout)).toMatchObject({
      ok: false,
      relation: "laxer",
      archs: [{ arch: "x86_64", stricter: null, laxer: { call: expect.stringContaining("("), left: "allow" } }],
    });
  });

  test("reads raw filters and OCI profiles", () => {
    for (const [target, file] of [
      ["raw", "closed.bpf"],
      ["oci", "closed.json"],
    ] as const) {
      pawl(["sandbox", "emit", "no-network", "--target", target, "-o", file], { cwd });
      expect(pawl(["sandbox", "compare", "no-network", file], { cwd }).exitCode, file).toBe(0);
      expect(pawl(["sandbox", "compare", file, "no-network"], { cwd }).stdout, file).toMatch(/^x86_64: /);
    }
  });

  test.each([
    ["truncated.bpf", Uint8Array.from([6, 0, 0, 0, 0])],
    // ja -2: backward jumps do not exist, so it leaves the program.
    ["backward.bpf", Uint8Array.from([5, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 6, 0, 0, 0, 0, 0, 0xff, 0x7f])],
    ["cut.json", new TextEncoder().encode('{"defaultAction": "SCMP_ACT_ALLOW", "sysca')],
    ["unknown.json", new TextEncoder().encode('{"defaultAction": "SCMP_ACT_WHATEVER"}')],
    ["empty.bpf", new Uint8Array()],
    ["foo.json", new TextEncoder().encode('{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_FOO"]}')],
    ["twice.json", new TextEncoder().encode('{"defaultAction": "SCMP_ACT_ERRNO", "defaultAction": "SCMP_ACT_ALLOW"}')],
  ])("%s is a message, not a crash", (file, bytes) => {
    writeFileSync(join(cwd, file), bytes);
    const { exitCode, stderr } = pawl(["sandbox", "compare", file, "no-network"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: ${file} is neither a filter nor an OCI profile: `));
  });
});

describe("sandbox compare with profiles of others", () => {
  const compare = (left: unknown, right: unknown, ...options: readonly string[]): ReturnType<typeof pawl> => {
    writeFileSync(join(cwd, "left.json"), JSON.stringify(left));
    writeFileSync(join(cwd, "right.json"), JSON.stringify(right));
    return pawl(["sandbox", "compare", "left.json", "right.json", ...options], { cwd });
  };
  const deny = (names: readonly string[], architectures?: readonly string[]): unknown => ({
    defaultAction: "SCMP_ACT_ALLOW",
    architectures,
    syscalls: [{ names, action: "SCMP_ACT_ERRNO" }],
  });

  test("x32 is open where it is listed", () => {
    expect(compare(deny(["mount"], ["SCMP_ARCH_X32"]), deny(["mount"]))).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("on x32"),
    });
  });

  test("a profile that is taken in pieces is unknown, with the reason", () => {
    const ordered = (op: string, value: number): unknown => ({ index: 1, value, op });
    const both = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [
        {
          names: ["ioctl"],
          action: "SCMP_ACT_ERRNO",
          args: [ordered("SCMP_CMP_LT", 2), ordered("SCMP_CMP_LE", 4_294_967_297)],
        },
      ],
    };
    expect(compare(both, both, "--json")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("two rules of `ioctl` overlap"),
    });
  });

  test("names that no architecture has are told", () => {
    const unknown = ["a1", "b1", "c1", "d1", "e1", "f1"];
    const { exitCode, stdout } = compare(deny(["mount", ...unknown]), deny(["mount"]));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "note: left.json names `a1`, `b1`, `c1`, `d1`, `e1` and 1 more: no such call is known here",
    );
    const json = compare(deny(["mount", ...unknown]), deny(["mount"]), "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ unknownCalls: { left: unknown, right: [] } });
  });

  test.each([
    ["sandbox", "compare", "/dev/zero", "no-network"],
    ["sandbox", "emit", "/dev/zero", "--target", "raw"],
    ["decide", "--policy", "/dev/zero", "ls"],
  ])("%s %s %s ends", (...args) => {
    expect(pawl(args, { cwd })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("cannot read /dev/zero: it has more than"),
    });
  });

  test("a pipe is read", () => {
    const command = `"$0" "$1" sandbox compare <(printf '%s' '{"defaultAction": "SCMP_ACT_ALLOW"}') no-network`;
    const main = join(root, "dist/cli/main.js");
    const { status } = spawnSync("bash", ["-c", command, process.execPath, main]);
    expect(status).toBe(1);
  });
});

const noBubblewrap = spawnSync("bwrap", ["--dev-bind", "/", "/", "true"]).status !== 0;
describe.skipIf(noBubblewrap)(`live${noBubblewrap ? " (skipped: bubblewrap does not run here)" : ""}`, () => {
  test("sandbox verify --live: every probe that coding-agent's clauses deny is blocked, as root and as nobody", () => {
    const { exitCode, stdout } = pawl(["sandbox", "verify", "coding-agent", "--live", "--json"], { cwd });
    expect(exitCode).toBe(0);
    const { ok, program, probes } = JSON.parse(stdout) as {
      ok: boolean;
      program: string;
      probes: { probe: string; evidence: string | null; fates: { free: string; sandboxed: string }[] }[];
    };
    expect(ok).toBe(true);
    expect(program).toMatch(/^(?:c|python)$/);
    const denied = probes.filter(({ evidence }) => evidence !== null);
    expect(denied.length).toBeGreaterThanOrEqual(44);
    // Some probes need root, a later kernel or an old architecture to run at all.
    expect(denied.filter(({ evidence }) => evidence === "blocked").length).toBeGreaterThanOrEqual(25);
    expect(denied.flatMap(({ fates }) => fates).filter(({ sandboxed }) => sandboxed === "ran")).toEqual([]);
    expect(probes.find(({ probe }) => probe === "unlinkat")).toMatchObject({
      evidence: null,
      fates: expect.arrayContaining([expect.objectContaining({ free: "ran", sandboxed: "ran" })]),
    });
  });

  test("sandbox verify --live ends with what was shown and what made the probes", () => {
    const { exitCode, stdout } = pawl(["sandbox", "verify", "boxes.pawl#closed", "--live"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n\d+ of \d+ probes that the clauses deny are blocked by the sandbox.*\n/);
    expect(stdout).toMatch(/\n\d+ of all \d+ probes are stopped; made by (?:the compiled program|Python) \(.*\)\n$/);
  });

  test.skipIf(process.getuid?.() !== 0)("sandbox verify --live where nobody can run either program names both", () => {
    // The scratch folder is root's alone.
    const { exitCode, stderr } = pawl(["sandbox", "verify", "no-network", "--live"], { cwd, env: { TMPDIR: cwd } });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/nothing makes the probes here as root and nobody: neither .*\/probes\/probes, .*python3/);
  });

  test("exec --sandbox: the gate decides, then the kernel holds", () => {
    const env = { PAWL_HOME: join(cwd, "state"), PATH: "/usr/bin:/bin" };
    expect(pawl(["install"], { cwd, env }).exitCode).toBe(0);
    const exec = (sandbox: string, shell: string): ReturnType<typeof pawl> =>
      pawl(["exec", "--sandbox", sandbox, "--shell", shell], { cwd, env });
    expect(exec("coding-agent", "echo one > made; cat made; exit 7")).toMatchObject({ exitCode: 7, stdout: "one\n" });
    expect(exec("read-only", "mkdir kept")).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(cwd, "kept"))).toBe(false);
    // The gate's no comes first, and the sandbox does not soften it.
    expect(exec("read-only", "terraform destroy").exitCode).toBe(77);
    expect(exec("boxes.pawl#closd", "true").exitCode).toBe(2);
    // The system's setpriv may know Landlock or not: it holds, or nothing runs.
    const files = exec("boxes.pawl#files", "rm made");
    expect([0, 79]).toContain(files.exitCode);
    if (files.exitCode === 79) expect(files.stderr).toMatch(/util-linux 2\.41 is needed/);
  });
});
