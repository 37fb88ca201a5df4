// Generated filters and calls that are interesting to them.

import fc from "fast-check";
import type { CallData } from "../../bpfgen/cbpf/interpret.ts";
import type { Action } from "../../bpfgen/seccomp/action.ts";
import { ALLOW, errnoAction, KILL_PROCESS, LOG } from "../../bpfgen/seccomp/action.ts";
import type { Comparison, Condition, FilterSpec, ResolvedFilter, Rule } from "../../bpfgen/seccomp/rules.ts";
import { argumentWidth, AUDIT_ARCHS, callsOf, X32_BIT } from "../../bpfgen/syscalls/calls.ts";

const CALLS = callsOf("x86_64").map((call) => call.name);
/** Calls with arguments of every width that can decide. */
const WITH_ARGUMENTS = [
  "openat",
  "socket",
  "clone",
  "ioctl",
  "mmap",
  "prctl",
  "fchmodat",
  "fallocate",
  "unshare",
  "renameat2",
  "personality",
];

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom(ALLOW, LOG, KILL_PROCESS, errnoAction(38)),
  fc.integer({ min: 1, max: 133 }).map(errnoAction),
);

const OPERATORS: readonly Comparison[] = ["=", "!=", "<", "<=", ">", ">="];

function condition(call: string): fc.Arbitrary<Condition> {
  const indices = [0, 1, 2, 3, 4, 5].filter((index) => typeof argumentWidth("x86_64", call, index) === "number");
  return fc.constantFrom(...indices).chain((argument) => {
    const width = argumentWidth("x86_64", call, argument);
    const max = (1n << BigInt(typeof width === "number" ? width : 0)) - 1n;
    const number = fc.oneof(
      fc.bigInt({ min: 0n, max }),
      fc.bigInt({ min: 0n, max: 255n }),
      fc.constantFrom(0n, max, max >> 1n, (max >> 1n) + 1n),
    );
    return fc
      .record({ mask: fc.option(number), operator: fc.constantFrom(...OPERATORS), value: number })
      .map(({ mask, operator, value }) => ({
        argument,
        mask: mask === null ? null : String(mask),
        operator,
        value: String(mask !== null && operator === "=" ? value & mask : value),
      }));
  });
}

const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ call: fc.constantFrom(...CALLS), conditions: fc.constant([]), action }),
  fc.constantFrom(...WITH_ARGUMENTS).chain((call) =>
    fc.record({
      call: fc.constant(call),
      conditions: fc.array(condition(call), { minLength: 1, maxLength: 3 }),
      action,
    }),
  ),
);

export const filterSpec: fc.Arbitrary<FilterSpec> = fc.record({
  rules: fc.array(rule, { maxLength: 40 }),
  default: action,
  future: fc.option(action),
  compat: fc.constantFrom("refuse" as const, "filter" as const),
});

/** Arguments at and around each constant of the filter, in each 32-bit half, and all ones. */
export function interestingValues(filter: ResolvedFilter): readonly bigint[] {
  const values = new Set<bigint>([0n, 1n, 0xffffffffn, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn]);
  for (const abi of filter.abis) {
    for (const { rules } of abi.calls.values()) {
      for (const test of rules.flatMap((one) => one.tests)) {
        for (const value of [
          test.value,
          test.value - 1n,
          test.value + 1n,
          test.mask,
          test.value | (1n << 32n),
          test.value ^ test.mask,
        ]) {
          values.add(BigInt.asUintN(64, value));
        }
      }
    }
  }
  return [...values];
}

export function call(filter: ResolvedFilter): fc.Arbitrary<CallData> {
  const values = interestingValues(filter);
  const ruled = filter.abis.flatMap((abi) =>
    [...abi.calls].filter(([, one]) => one.rules.length > 0).map(([number]) => number),
  );
  const number = fc.oneof(
    fc.constantFrom(0, X32_BIT - 1, X32_BIT, 0xfffffffe, 0xffffffff, ...ruled),
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  const arg = fc.oneof(fc.constantFrom(...values), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
  return fc.record({
    number,
    arch: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(AUDIT_ARCHS[filter.arch], AUDIT_ARCHS.i386) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
    ),
    instructionPointer: fc.constant(0x7f00_1234_5678n),
    args: fc.array(arg, { minLength: 6, maxLength: 6 }),
  });
}
