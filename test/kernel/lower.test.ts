// Sandboxes against their filters and profiles, by proof and by sampling, and what lowering says.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpret } from "../../bpfgen/cbpf/interpret.ts";
import { decodeAction, sameAction } from "../../bpfgen/seccomp/action.ts";
import { decide } from "../../bpfgen/seccomp/decide.ts";
import { ARCHS, AUDIT_ARCHS, callNumber } from "../../bpfgen/syscalls/calls.ts";
import { emitCHeader, emitKubernetes, emitOciJson, ociProfile, seccompFilter } from "../../compiler/kernel/emit.ts";
import { emitSystemd } from "../../compiler/kernel/systemd.ts";
import { lowerSandbox } from "../../compiler/kernel/lower.ts";
import { printReport } from "../../compiler/kernel/report.ts";
import { call as anyCall } from "../bpfgen/arbitrary.ts";
import { anySandbox, clause, KERNEL_EFFECTS, lowered, policyWith, sandbox } from "./support/sandboxes.ts";

const READ_ONLY = sandbox({ name: "read_only", clauses: [clause("deny", ["file.delete"])] });

test("500 generated sandboxes: each filter is proved equal to its source", () => {
  // Lowering proves the filters of all architectures, and throws when it cannot.
  fc.assert(
    fc.property(anySandbox, (box) => {
      expect(lowered(box).programs.x86_64.length).toBeGreaterThan(4);
    }),
    { numRuns: 500 },
  );
}, 300_000);

test("generated sandboxes: each OCI profile is proved equal to its source", () => {
  fc.assert(
    fc.property(anySandbox, (box) => {
      const { value, diagnostics } = ociProfile(lowered(box));
      expect(diagnostics).toEqual([]);
      expect(value).not.toBeNull();
    }),
    { numRuns: 40 },
  );
}, 300_000);

test("filter = decision on sampled calls", () => {
  fc.assert(
    fc.property(
      anySandbox.chain((box) =>
        fc.tuple(fc.constant(box), fc.array(anyCall(lowered(box).filters.x86_64), { minLength: 30, maxLength: 30 })),
      ),
      ([box, calls]) => {
        const { programs, filters } = lowered(box);
        for (const one of calls) {
          const answer = decodeAction(interpret(programs.x86_64, one).value);
          expect(sameAction(answer, decide(filters.x86_64, one))).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

describe("what a call gets", () => {
  const box = lowered(
    sandbox({
      future: "deny",
      clauses: [
        clause("deny", ["file.delete", "privilege.raise", "terminal.inject", "net.connect"]),
        clause("kill", ["kernel.change"]),
        clause("log", ["process.inspect"]),
      ],
    }),
  );
  const answers: readonly (readonly [string, readonly bigint[], string])[] = [
    ["unlinkat", [], "errno 1"],
    ["renameat2", [0n, 0n, 0n, 0n, 0n], "errno 1"],
    ["renameat2", [0n, 0n, 0n, 0n, 1n], "allow"],
    ["io_uring_setup", [], "errno 38"],
    ["clone", [0x11n], "allow"],
    ["clone", [0x10000011n], "errno 1"],
    ["clone3", [], "errno 38"],
    ["socket", [1n, 1n, 0n], "allow"],
    ["socket", [2n, 1n, 0n], "errno 1"],
    // The kernel reads only the low half of an `int`: bit 32 must not walk past the comparison.
    ["socket", [0x1_0000_0001n, 1n, 0n], "allow"],
    ["socket", [0x1_0000_0002n, 1n, 0n], "errno 1"],
    ["ioctl", [0n, 0x5412n], "errno 1"],
    ["ioctl", [0n, 0x1_0000_5412n], "errno 1"],
    ["ioctl", [0n, 0x5413n], "allow"],
    ["personality", [0xffffffffn], "allow"],
    ["personality", [0x40000n], "errno 1"],
    ["bpf", [], "kill_process"],
    ["ptrace", [], "log"],
    ["read", [], "allow"],
  ];
  test.each(answers)("%s %s: %s", (name, args, expected) => {
    for (const arch of ARCHS) {
      const number = callNumber(arch, name);
      if (number === null) continue;
      const data = { number, arch: AUDIT_ARCHS[arch], instructionPointer: 0n, args };
      const action = decodeAction(interpret(box.programs[arch], data).value);
      expect(action.kind === "errno" ? `errno ${action.errno}` : action.kind).toBe(expected);
    }
  });

  test("numbers that no table has fail, x32 too; what a tracer skipped passes", () => {
    const answer = (number: number, arch = AUDIT_ARCHS.x86_64): unknown =>
      decodeAction(interpret(box.programs.x86_64, { number, arch, instructionPointer: 0n, args: [] }).value);
    expect(answer(100_000)).toEqual({ kind: "errno", errno: 38 });
    expect(answer(0x40000000)).toEqual({ kind: "errno", errno: 38 });
    expect(answer(0xffffffff)).toEqual({ kind: "allow" });
    expect(answer(0, AUDIT_ARCHS.i386)).toEqual({ kind: "kill_process" });
    expect(answer(0, 0x40000028)).toEqual({ kind: "kill_process" });
  });
});

describe("what lowering refuses", () => {
  const codes = (
    box: Parameters<typeof lowerSandbox>[1],
    effects = KERNEL_EFFECTS,
    ...targets: Parameters<typeof lowerSandbox>[2][]
  ): unknown =>
    lowerSandbox(policyWith(effects, box), box, ...targets).diagnostics.map((one) => `${one.severity} ${one.code}`);
  const under = { except: [{ kind: "under" as const, texts: ["workspace", "/tmp"] }] };

  test.each([
    ["a path behind a pointer", codes(sandbox({ clauses: [clause("deny", ["file.delete"], under)] })), ["error K501"]],
    [
      "best effort turns it into a warning",
      codes(sandbox({ clauses: [clause("deny", ["file.delete"], { ...under, bestEffort: true })] })),
      ["warning K501"],
    ],
    [
      "Landlock holds it",
      codes(sandbox({ clauses: [clause("deny", ["file.delete"], under)] }), KERNEL_EFFECTS, ["seccomp", "landlock"]),
      [],
    ],
    ["an effect without calls", codes(sandbox({ clauses: [clause("deny", ["infra.destroy"])] })), ["error K502"]],
    [
      "an unknown errno",
      codes(sandbox({ clauses: [clause("deny", ["file.delete"], { errno: "EPREM" })] })),
      ["error K503"],
    ],
    [
      "a contradiction",
      codes(sandbox({ clauses: [clause("deny", ["file.delete"]), clause("allow", ["file.delete"])] })),
      ["error K504"],
    ],
    ["what the launcher needs", codes(sandbox({ clauses: [clause("deny", ["process.exec"])] })), ["error K505"]],
    [
      "an allow-list that cannot start anything",
      codes(sandbox({ default: "deny", clauses: [] })),
      ["error K505", "error K505"],
    ],
    [
      "a call that no architecture has",
      codes(sandbox({ clauses: [clause("deny", ["x.y"])] }), [kernel("unlinkatt", [])]),
      ["error K506"],
    ],
    [
      "a pointer that would decide",
      codes(sandbox({ clauses: [clause("deny", ["x.y"])] }), [
        kernel("openat", [{ argument: 1, mask: null, operator: "=" as const, value: "0" }]),
      ]),
      ["error K506"],
    ],
    [
      "an unknown constant",
      codes(sandbox({ clauses: [clause("deny", ["x.y"])] }), [
        kernel("openat", [{ argument: 2, mask: "O_CREATE", operator: "=" as const, value: "0" }]),
      ]),
      ["error K506"],
    ],
    ["observation is partial", codes(sandbox({ clauses: [clause("observe", ["process.exec"])] })), ["warning K508"]],
  ])("%s", (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  function kernel(
    name: string,
    conditions: (typeof KERNEL_EFFECTS)[number]["calls"][number]["conditions"],
  ): (typeof KERNEL_EFFECTS)[number] {
    return { effect: "x.y", calls: [{ name, conditions, errno: null }], span: { source: 0, start: 0, end: 0 } };
  }
});

test("the report says what holds each clause, and how exactly", () => {
  const { report } = lowered(
    sandbox({
      clauses: [
        clause("deny", ["file.delete"]),
        clause("deny", ["namespace.create"]),
        clause("observe", ["process.exec"]),
      ],
    }),
  );
  expect(report.clauses.map((one) => [one.clause, one.mechanism, one.exactness])).toEqual([
    ["deny file.delete", "seccomp", "exact"],
    ["deny namespace.create", "seccomp", "coarser"],
    ["observe process.exec", "seccomp", "partial"],
  ]);
  expect(report.clauses[1]?.witness).toMatch(/^clone3: /);
  expect(printReport(report)).toContain("  C  deny namespace.create\n");
});

test("every form names its policy in the first lines", () => {
  const value = lowered(READ_ONLY);
  const forms = [emitOciJson(value).value, emitKubernetes(value).value, emitCHeader(value)];
  for (const form of forms)
    expect(form?.split("\n").slice(0, 2).join("\n")).toContain(
      "Made by Pawl from sandbox read_only of policy test, sha256 ",
    );
  expect(seccompFilter(value, "x86_64").length % 8).toBe(0);
});

test("systemd's form says what it cannot hold", () => {
  // renameat2 is decided by its flags, which a drop-in cannot see.
  expect(emitSystemd(lowered(READ_ONLY)).diagnostics.map((one) => one.code)).toEqual(["K510"]);
  const { value } = emitSystemd(
    lowered(sandbox({ clauses: [clause("deny", ["namespace.create", "process.inspect"])] })),
  );
  expect(value).toContain("RestrictNamespaces=yes\n");
  expect(value).toMatch(/^SystemCallFilter=~.*ptrace:EPERM/m);
});

test("systemd's form names what runs where calls of later kernels are denied, and what is blocked, by its answer", () => {
  const box = sandbox({
    future: "deny",
    clauses: [clause("deny", ["process.inspect"]), clause("log", ["process.signal"])],
  });
  const { value } = emitSystemd(lowered(box));
  expect(value).toMatch(/^SystemCallErrorNumber=ENOSYS\nSystemCallFilter=(\w+ )*openat (\w+ )*\w+$/m);
  expect(value).toMatch(/^SystemCallFilter=[^~\n]*\bkill\b/m);
  expect(value).not.toMatch(/^SystemCallFilter=[^~\n]*\bptrace\b/m);
  expect(value).toMatch(/^SystemCallFilter=~.*ptrace:EPERM/m);
  expect(value).toMatch(/^SystemCallLog=.*\bkill\b/m);
});

test("a filter that the proof cannot follow is an error, not a filter", () => {
  const conditions = Array.from({ length: 40 }, (_, value) => ({
    argument: 1,
    mask: "0xff00",
    operator: "=" as const,
    value: String(value * 256),
  }));
  const calls = conditions.map((condition) => ({ name: "ioctl", conditions: [condition], errno: null }));
  const box = sandbox({ clauses: [clause("deny", ["many.masks"])] });
  const effect = { effect: "many.masks", calls, span: box.span };
  const { value, diagnostics } = lowerSandbox(policyWith([...KERNEL_EFFECTS, effect], box), box);
  expect(value).toBeNull();
  expect(diagnostics.map((one) => one.code)).toEqual(["K512"]);
});

test("a Kubernetes resource has a name that Kubernetes takes", () => {
  const { value } = emitKubernetes(
    lowered(sandbox({ name: "_My_box_", clauses: [clause("deny", ["process.inspect"])] })),
  );
  expect(value).toContain("name: pawl--my-box\n");
});

test("three architectures with their proofs, profile included, take well under a second", () => {
  lowered(READ_ONLY);
  const box = sandbox({
    future: "deny",
    clauses: [
      clause(
        "deny",
        KERNEL_EFFECTS.map((one) => one.effect).filter(
          (name) => !name.startsWith("process.") && !name.startsWith("file."),
        ),
      ),
    ],
  });
  const start = performance.now();
  ociProfile(lowered(box));
  expect(performance.now() - start).toBeLessThan(1000);
});
