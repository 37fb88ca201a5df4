// The kernel itself as an oracle: every number natively and through `int 0x80`, and the arguments that
// matter to each condition, must get the answer that our interpreter gives.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Program } from "../../bpfgen/cbpf/insn.ts";
import type { CallData } from "../../bpfgen/cbpf/interpret.ts";
import { interpret } from "../../bpfgen/cbpf/interpret.ts";
import { encode } from "../../bpfgen/cbpf/encode.ts";
import { generateProgram } from "../../bpfgen/seccomp/layout.ts";
import type { ResolvedFilter } from "../../bpfgen/seccomp/rules.ts";
import { resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { AUDIT_ARCHS } from "../../bpfgen/syscalls/calls.ts";
import { filterSpec, interestingValues } from "../bpfgen/arbitrary.ts";
import { because, needs, needs32BitCalls, ORACLE, PYTHON, withFolder } from "./support/host.ts";
import { profile, PROFILES } from "./support/profiles.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

const skip = needs(PYTHON);

const skip32 = needs32BitCalls();

/** uretprobe and uprobe: the kernel passes them before the filter. */
const BEFORE_THE_FILTER = [335, 336];

describe.skipIf(skip !== null)(`kernel = interpreter${because(skip)}`, () => {
  test.each(PROFILES)("%s", (name) => {
    const { programs, filters } = profile(name);
    expectAgreement(programs.x86_64, callsFor(filters.x86_64));
  });

  test.skipIf(skip32 !== null)(`32-bit calls with rules of their own${because(skip32)}`, () => {
    const { programs, filters } = lowered(
      sandbox({
        compat: "filter",
        future: "deny",
        clauses: [
          clause("deny", ["net.connect", "file.delete", "privilege.raise", "file.truncate"]),
          clause("kill", ["kernel.change"]),
        ],
      }),
    );
    expectAgreement(programs.x86_64, callsFor(filters.x86_64));
  });

  test("generated filters", () => {
    fc.assert(
      fc.property(filterSpec, (spec) => {
        const filter = resolveFilter(spec, "x86_64");
        expectAgreement(generateProgram(filter), callsFor(filter));
      }),
      { numRuns: 10 },
    );
  });
});

/** All numbers with arguments of zero, and calls with conditions under every combination of two interesting values. */
function callsFor(filter: ResolvedFilter): readonly CallData[] {
  const calls: CallData[] = [];
  const add = (abi: "x86_64" | "i386", number: number, args: readonly bigint[]): void => {
    if (abi === "i386" && skip32 !== null) return;
    const isPassed = abi === "x86_64" && BEFORE_THE_FILTER.includes(number);
    // int 0x80 passes the low halves of the registers.
    if (!isPassed)
      calls.push({
        number,
        arch: AUDIT_ARCHS[abi],
        instructionPointer: 0n,
        args: abi === "i386" ? args.map((arg) => arg & 0xffffffffn) : args,
      });
  };
  for (let number = 0; number < 600; number++) for (const abi of ["x86_64", "i386"] as const) add(abi, number, ZEROS);
  for (const number of [0x3fffffff, 0x40000000, 0x40000001, 0x400001ff, 0x7fffffff, 0x80000000, 0xfffffffe])
    add("x86_64", number, ZEROS);
  for (const abi of filter.abis) {
    if (abi.abi !== "x86_64" && abi.abi !== "i386") continue;
    for (const [number, call] of abi.calls) {
      const tests = call.rules.flatMap((rule) => rule.tests);
      const indices = [...new Set(tests.map((one) => one.argument))];
      const values = interestingValues({ ...filter, abis: [{ ...abi, calls: new Map([[number, call]]) }] });
      for (const index of indices) {
        for (const value of values) {
          for (const other of values)
            add(
              abi.abi,
              number,
              ZEROS.map((_, at) => (at === index ? value : indices.includes(at) ? other : 0n)),
            );
        }
      }
    }
  }
  return calls;
}

const ZEROS: readonly bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];

function expectAgreement(program: Program, calls: readonly CallData[]): void {
  const answers = askKernel(program, calls);
  const wrong = calls.flatMap((call, index) => {
    const expected = interpret(program, call).value;
    return answers[index] === expected
      ? []
      : [
          `${call.number} on 0x${call.arch.toString(16)} (${call.args.map((arg) => arg.toString(16)).join(", ")}): kernel ${answers[index]?.toString(16)}, interpreter ${expected.toString(16)}`,
        ];
  });
  expect(wrong).toEqual([]);
}

function askKernel(program: Program, calls: readonly CallData[]): readonly number[] {
  return withFolder((folder) => {
    const [filterFile, callsFile] = [join(folder, "filter"), join(folder, "calls")];
    writeFileSync(filterFile, encode(program));
    const words = new BigUint64Array(
      calls.flatMap((call) => [call.arch === AUDIT_ARCHS.i386 ? 1n : 0n, BigInt(call.number), ...call.args]),
    );
    writeFileSync(callsFile, new Uint8Array(words.buffer));
    const answers: unknown = JSON.parse(execFileSync(PYTHON, [ORACLE, filterFile, callsFile], { encoding: "utf8" }));
    if (!Array.isArray(answers)) throw new Error("the oracle printed no list");
    return answers.map(Number);
  });
}
