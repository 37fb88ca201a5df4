// The seccomp generator against the decision function: by proof, and by sampling with the interpreter.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "../../bpfgen/cbpf/assemble.ts";
import { decode, encode } from "../../bpfgen/cbpf/encode.ts";
import { alu, jump, load, ret } from "../../bpfgen/cbpf/insn.ts";
import { interpret } from "../../bpfgen/cbpf/interpret.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import { decodeAction, sameAction } from "../../bpfgen/seccomp/action.ts";
import { decide } from "../../bpfgen/seccomp/decide.ts";
import { generateProgram, layoutFilter } from "../../bpfgen/seccomp/layout.ts";
import { compareSubjects, filterSubject, programSubject } from "../../bpfgen/seccomp/prove.ts";
import { checkRules, resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { ARCHS } from "../../bpfgen/syscalls/calls.ts";
import { call, filterSpec } from "./arbitrary.ts";

const RUNS = { numRuns: 200 };

describe("filter = decision function", () => {
  test("by proof, in both layouts, on every architecture", () => {
    fc.assert(
      fc.property(filterSpec, fc.constantFrom(...ARCHS), (spec, arch) => {
        expect(checkRules(spec, arch)).toEqual([]);
        const filter = resolveFilter(spec, arch);
        for (const layout of ["tree", "linear"] as const) {
          const program = assemble(layoutFilter(filter, layout));
          expect(verify(program)).toEqual([]);
          expect(compareSubjects(programSubject(program), filterSubject(filter))).toMatchObject({ relation: "equal" });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("by sampling, with the interpreter", () => {
    fc.assert(
      fc.property(
        fc.tuple(filterSpec, fc.constantFrom(...ARCHS)).chain(([spec, arch]) => {
          const filter = resolveFilter(spec, arch);
          return fc.tuple(fc.constant(filter), fc.array(call(filter), { minLength: 20, maxLength: 60 }));
        }),
        ([filter, calls]) => {
          const program = generateProgram(filter);
          for (const one of calls) {
            const answer = decodeAction(interpret(program, one).value);
            expect(
              sameAction(answer, decide(filter, one)),
              JSON.stringify(one, (_, v) => (typeof v === "bigint" ? v.toString(16) : v)),
            ).toBe(true);
          }
        },
      ),
      RUNS,
    );
  });
});

test("decode(encode(program)) = program", () => {
  fc.assert(
    fc.property(filterSpec, (spec) => {
      const program = generateProgram(resolveFilter(spec, "x86_64"));
      expect(decode(encode(program)).program).toEqual(program);
    }),
    RUNS,
  );
});

test("a counterexample is one: two filters that the proof tells apart answer its call differently", () => {
  fc.assert(
    fc.property(filterSpec, filterSpec, (left, right) => {
      const [a, b] = [resolveFilter(left, "x86_64"), resolveFilter(right, "x86_64")];
      const comparison = compareSubjects(filterSubject(a), programSubject(generateProgram(b)));
      for (const difference of [comparison.stricter, comparison.laxer, comparison.different]) {
        if (difference === null) continue;
        expect(decide(a, difference.call)).toEqual(difference.left);
        expect(decide(b, difference.call)).toEqual(difference.right);
      }
    }),
    RUNS,
  );
});

describe("every proof ends", () => {
  /** Asks about bits of all arguments, and answers the same whatever they are. */
  const everyBit = Array.from({ length: 12 * 32 }, (_, index) => [
    load(16 + 4 * (index % 12)),
    jump("jset", 2 ** Math.floor(index / 12), 0, 0),
  ]).flat();
  /** Asks whether parts of a word are greater than something, each part in the way of the others. */
  const orders = Array.from({ length: 12 * 25 }, (_, index) => [
    load(16 + 4 * (index % 12)),
    alu("and", (0x5bd1e995 * (index + 1)) >>> 0),
    jump("jgt", (0x1b873593 * (index + 1)) >>> 0, 0, 0),
  ]).flat();
  test.each([
    ["many bits", everyBit],
    ["many orders under masks", orders],
  ])("%s", { timeout: 30_000 }, (_, insns) => {
    const program = [...insns, ret(0x7fff0000)];
    expect(verify(program)).toEqual([]);
    const subject = programSubject(program);
    expect(compareSubjects(subject, subject).relation).toBe("unknown");
  });
});
