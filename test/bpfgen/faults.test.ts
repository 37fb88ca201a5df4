// Each fault that a generator of filters is known for, planted on purpose: the proof must find it, and
// the call that it shows must really be answered wrongly.

import { describe, expect, test } from "vitest";
import type { Item } from "../../bpfgen/cbpf/assemble.ts";
import { assemble } from "../../bpfgen/cbpf/assemble.ts";
import type { Insn, Program } from "../../bpfgen/cbpf/insn.ts";
import { argumentOffset } from "../../bpfgen/cbpf/insn.ts";
import { interpret } from "../../bpfgen/cbpf/interpret.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import { ALLOW, decodeAction, errnoAction, KILL_PROCESS } from "../../bpfgen/seccomp/action.ts";
import { decide } from "../../bpfgen/seccomp/decide.ts";
import { layoutFilter } from "../../bpfgen/seccomp/layout.ts";
import { compareSubjects, filterSubject, programSubject } from "../../bpfgen/seccomp/prove.ts";
import type { AbiRules, Condition, FilterSpec, ResolvedFilter, Rule } from "../../bpfgen/seccomp/rules.ts";
import { resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { callsOf, X32_BIT } from "../../bpfgen/syscalls/calls.ts";

const EPERM = errnoAction(1);
const SPEC: FilterSpec = {
  rules: [
    rule("socket", [{ argument: 0, mask: null, operator: "!=", value: "AF_UNIX" }]),
    // Two words whose comparisons meet again before the next argument is loaded.
    rule("mmap", [
      { argument: 2, mask: null, operator: ">", value: "0x100000002" },
      { argument: 3, mask: null, operator: "=", value: "7" },
    ]),
    rule("mmap", [{ argument: 2, mask: null, operator: "=", value: "9" }]),
    rule("bpf", []),
  ],
  default: ALLOW,
  future: errnoAction(38),
  compat: "refuse",
};
const FILTER = resolveFilter(SPEC, "x86_64");
const ITEMS = layoutFilter(FILTER, "tree");

describe("planted faults", () => {
  test("none: the generator's own program passes", () => {
    expect(compareSubjects(programSubject(assemble(ITEMS)), filterSubject(FILTER)).relation).toBe("equal");
  });

  test("the wrong half after a join", () => {
    // Trusts what the accumulator held on one of two ways to a label: the load behind the label is gone.
    const faulty = ITEMS.flatMap((item, index): Item[] => {
      const isLoad = item.kind === "insn" && item.insn.kind === "load" && 16 <= item.insn.offset;
      return isLoad &&
        ITEMS[index - 1]?.kind === "label" &&
        item.insn.kind === "load" &&
        item.insn.offset === argumentOffset(2, "low")
        ? []
        : [item];
    });
    expect(faulty.length).toBeLessThan(ITEMS.length);
    expectCaught(assemble(faulty), FILTER);
  });

  test("a 64-bit comparison of an int", () => {
    const widened = mapTests(FILTER, (mask) => (mask === 0xffffffffn ? 0xffff_ffff_ffff_ffffn : mask));
    expectCaught(assemble(layoutFilter(widened, "tree")), FILTER);
  });

  test("a missing x32 gate", () => {
    // Without `future` the unknown numbers below x32's are allowed, so the gate is a comparison of its own.
    const filter = resolveFilter({ ...SPEC, future: null }, "x86_64");
    const items = layoutFilter(filter, "tree");
    const faulty = items.map((item): Item =>
      item.kind === "branch" && item.k === X32_BIT ? { kind: "goto", label: item.otherwise } : item,
    );
    expect(faulty).not.toEqual(items);
    expectCaught(assemble(faulty), filter);
  });

  test("a missing architecture gate", () => {
    let isFirst = true;
    const faulty = ITEMS.map((item): Item => {
      if (item.kind !== "branch" || !isFirst) return item;
      isFirst = false;
      return { kind: "goto", label: item.then };
    });
    expectCaught(assemble(faulty), FILTER);
  });

  test.each(
    ITEMS.flatMap((item, index) => (item.kind === "branch" && item.operator === "jge" ? [[index, item.k]] : [])),
  )("off by one in the range of item %i, %i", (at) => {
    expectCaught(
      assemble(
        ITEMS.map((item, index) => (index === at && item.kind === "branch" ? { ...item, k: item.k + 1 } : item)),
      ),
      FILTER,
    );
  });

  test("a dropped rule that equals the default", () => {
    // With default deny, a denial still cuts a hole into an allowance.
    const spec: FilterSpec = {
      ...SPEC,
      default: EPERM,
      rules: [
        { ...rule("openat", []), action: ALLOW },
        rule("openat", [{ argument: 2, mask: "O_ACCMODE", operator: "!=", value: "O_RDONLY" }]),
      ],
    };
    const dropped = { ...spec, rules: spec.rules.filter((one) => one.action !== spec.default) };
    expectCaught(assemble(layoutFilter(resolveFilter(dropped, "x86_64"), "tree")), resolveFilter(spec, "x86_64"));
  });

  test("a jump over 255 instructions", () => {
    const spec: FilterSpec = {
      ...SPEC,
      rules: callsOf("x86_64").map(({ name }, index) => ({
        ...rule(name, []),
        action: index % 4 === 0 ? KILL_PROCESS : errnoAction(index % 4),
      })),
    };
    const filter = resolveFilter(spec, "x86_64");
    const items = layoutFilter(filter, "linear");
    expect(compareSubjects(programSubject(assemble(items)), filterSubject(filter)).relation).toBe("equal");
    expectCaught(assembleWithoutTrampolines(items), filter);
  });
});

function rule(call: string, conditions: readonly Condition[]): Rule {
  return { call, conditions, action: EPERM };
}

function expectCaught(program: Program, filter: ResolvedFilter): void {
  expect(verify(program)).toEqual([]);
  const proof = compareSubjects(programSubject(program), filterSubject(filter));
  expect(["equal", "unknown"]).not.toContain(proof.relation);
  for (const difference of [proof.stricter, proof.laxer, proof.different]) {
    if (difference === null) continue;
    expect(decodeAction(interpret(program, difference.call).value)).toEqual(difference.left);
    expect(decide(filter, difference.call)).toEqual(difference.right);
    expect(difference.left).not.toEqual(difference.right);
  }
}

function mapTests(filter: ResolvedFilter, mask: (before: bigint) => bigint): ResolvedFilter {
  const abis = filter.abis.map((abi): AbiRules => ({
    ...abi,
    calls: new Map(
      [...abi.calls].map(([number, call]) => [
        number,
        {
          ...call,
          rules: call.rules.map((one) => ({ ...one, tests: one.tests.map((t) => ({ ...t, mask: mask(t.mask) })) })),
        },
      ]),
    ),
  }));
  return { ...filter, abis };
}

/** What an assembler makes that only cuts distances to a byte. */
function assembleWithoutTrampolines(items: readonly Item[]): Program {
  const labels = new Map<string, number>();
  let pc = 0;
  for (const item of items) {
    if (item.kind === "label") labels.set(item.label, pc);
    else pc++;
  }
  const program: Insn[] = [];
  for (const item of items) {
    const distance = (label: string): number => (labels.get(label) ?? 0) - program.length - 1;
    if (item.kind === "insn") program.push(item.insn);
    else if (item.kind === "goto") program.push({ kind: "jump_always", k: distance(item.label) });
    else if (item.kind === "branch")
      program.push({
        kind: "jump",
        operator: item.operator,
        k: item.k,
        jt: distance(item.then) & 255,
        jf: distance(item.otherwise) & 255,
      });
  }
  return program;
}
