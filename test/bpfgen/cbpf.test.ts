// The cBPF machine: every instruction form, what the kernel refuses, and bytes that are no filter.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disassemble } from "../../bpfgen/cbpf/disassemble.ts";
import { decode, encode } from "../../bpfgen/cbpf/encode.ts";
import type { Insn, Program } from "../../bpfgen/cbpf/insn.ts";
import { interpret } from "../../bpfgen/cbpf/interpret.ts";
import { verify } from "../../bpfgen/cbpf/verify.ts";
import { parseJson, type Json } from "../../bpfgen/seccomp/read-json.ts";
import { readProfile } from "../../bpfgen/seccomp/read-profile.ts";

const CALL = {
  number: 7,
  arch: 0xc000003e,
  instructionPointer: 0x1122334455667788n,
  args: [0xffff_ffff_0000_0001n, 2n, 3n, 4n, 5n, 0x8000_0000_0000_0000n],
};

const ALL_FORMS: Program = [
  { kind: "load", offset: 16 },
  { kind: "store_scratch", register: "a", index: 3 },
  { kind: "load_immediate", register: "a", value: 0xdeadbeef, length: false },
  { kind: "load_immediate", register: "x", value: 64, length: true },
  { kind: "store_scratch", register: "x", index: 15 },
  { kind: "load_scratch", register: "x", index: 3 },
  { kind: "load_scratch", register: "a", index: 15 },
  ...(["add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "xor"] as const).flatMap((operator): Insn[] => [
    { kind: "alu", operator, k: 5 },
    { kind: "alu", operator, k: null },
  ]),
  { kind: "negate" },
  { kind: "move", form: "tax" },
  { kind: "move", form: "txa" },
  { kind: "jump_always", k: 0 },
  ...(["jeq", "jgt", "jge", "jset"] as const).flatMap((operator): Insn[] => [
    { kind: "jump", operator, k: 1, jt: 0, jf: 0 },
    { kind: "jump", operator, k: null, jt: 0, jf: 0 },
  ]),
  { kind: "return", value: null },
  { kind: "return", value: 0x7fff0000 },
];

test("all forms survive encoding, and the kernel's check", () => {
  expect(decode(encode(ALL_FORMS)).program).toEqual(ALL_FORMS);
  expect(verify(ALL_FORMS)).toEqual([]);
  expect(disassemble(ALL_FORMS).split("\n")).toHaveLength(ALL_FORMS.length + 1);
});

test("codes are those of linux/filter.h", () => {
  // gcc -E of: BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 4), BPF_JUMP(BPF_JMP|BPF_JEQ|BPF_K, 0xc000003e, 1, 2), BPF_STMT(BPF_RET|BPF_K, 0x7fff0000)
  const bytes = encode([
    { kind: "load", offset: 4 },
    { kind: "jump", operator: "jeq", k: 0xc000003e, jt: 1, jf: 2 },
    { kind: "return", value: 0x7fff0000 },
  ]);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    ["2000000004000000", "150001023e0000c0", "060000000000ff7f"].join(""),
  );
});

describe("arithmetic is 32 bits wide and unsigned", () => {
  const cases: readonly (readonly [string, readonly Insn[], number])[] = [
    ["words are little-endian halves", [{ kind: "load", offset: 20 }], 0xffffffff],
    ["the instruction pointer", [{ kind: "load", offset: 12 }], 0x11223344],
    ["0 - 1", [...set(0), { kind: "alu", operator: "sub", k: 1 }], 0xffffffff],
    ["0x10000 * 0x10001", [...set(0x10000), { kind: "alu", operator: "mul", k: 0x10001 }], 0x10000],
    ["0xffffffff / 2", [...set(0xffffffff), { kind: "alu", operator: "div", k: 2 }], 0x7fffffff],
    ["division by an X of zero returns 0", [...set(9), { kind: "alu", operator: "div", k: null }, ...set(5)], 0],
    [
      "1 << 33 counts modulo 32",
      [
        { kind: "load_immediate", register: "x", value: 33, length: false },
        ...set(1),
        { kind: "alu", operator: "lsh", k: null },
      ],
      2,
    ],
    ["-5", [...set(5), { kind: "negate" }], 0xfffffffb],
  ];
  test.each(cases)("%s", (_, insns, value) => {
    expect(interpret([...insns, { kind: "return", value: null }], CALL).value).toBe(value);
  });

  function set(value: number): readonly Insn[] {
    return [{ kind: "load_immediate", register: "a", value, length: false }];
  }
});

describe("what the kernel refuses", () => {
  const end: Insn = { kind: "return", value: 0 };
  test.each<readonly [string, Program]>([
    ["an empty filter", []],
    ["4,097 instructions", Array.from({ length: 4097 }, () => end)],
    ["no return at the end", [{ kind: "load", offset: 0 }]],
    ["a jump past the end", [{ kind: "jump", operator: "jeq", k: 0, jt: 0, jf: 1 }, end]],
    ["an unaligned load", [{ kind: "load", offset: 2 }, end]],
    ["a load past the data", [{ kind: "load", offset: 64 }, end]],
    ["a division by zero", [{ kind: "alu", operator: "div", k: 0 }, end]],
    ["a shift by 32", [{ kind: "alu", operator: "lsh", k: 32 }, end]],
    ["scratch word 16", [{ kind: "store_scratch", register: "a", index: 16 }, end]],
    [
      "scratch that one way has not written",
      [
        { kind: "jump", operator: "jeq", k: 0, jt: 0, jf: 1 },
        { kind: "store_scratch", register: "a", index: 0 },
        { kind: "load_scratch", register: "a", index: 0 },
        end,
      ],
    ],
  ])("%s", (_, program) => {
    expect(verify(program)).not.toEqual([]);
  });
});

/** A profile with a condition on this value. */
function withValue(value: string): string {
  return `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": ${value}, "op": "SCMP_CMP_EQ"}]}]}`;
}

describe("foreign bytes", () => {
  test("any bytes are read or refused with a reason", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          const { value, problem } = readProfile(bytes);
          expect(value === null).toBe(problem !== null);
        },
      ),
      { numRuns: 500 },
    );
  });

  const backward = encode([
    { kind: "jump_always", k: 0xffffffff },
    { kind: "return", value: 0 },
  ]);
  test.each<readonly [string, Uint8Array | string, RegExp]>([
    ["half an instruction", new Uint8Array(12), /12 bytes are not whole instructions/],
    ["a backward jump", backward, /jumps past the end/],
    ["an unknown code", new Uint8Array([0xff, 0xff, 0, 0, 0, 0, 0, 0]), /code 0xffff/],
    ["cut JSON", '{"defaultAction": "SCMP_ACT_ALL', /not JSON/],
    ["no default", '{"syscalls": []}', /defaultAction is not a text/],
    ["an unknown action", '{"defaultAction": "SCMP_ACT_MAYBE"}', /SCMP_ACT_MAYBE/],
    [
      "a field that could change the meaning",
      '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO", "includes": {}}]}',
      /includes/,
    ],
    [
      "argument 6",
      '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}]}',
      /index is not 0 to 5/,
    ],
    ["65 bits", withValue("18446744073709551616"), /64 bits/],
    ["a value as text", withValue('"#5"'), /value is not a number of 64 bits/],
    ["a value with leading zeros", withValue("0000000000000000001"), /not JSON/],
    ["a value with an exponent", withValue("1e0"), /value is not a number of 64 bits/],
    [
      "a key that stands twice",
      '{"defaultAction": "SCMP_ACT_ERRNO", "defaultAction": "SCMP_ACT_ALLOW"}',
      /`defaultAction`/,
    ],
    ["a byte order mark", '\uFEFF{"defaultAction": "SCMP_ACT_ALLOW"}', /byte order mark/],
    ["text behind the profile", '{"defaultAction": "SCMP_ACT_ALLOW"} {}', /more stands behind it/],
    ["deep nesting", `{"a":${"[".repeat(100_000)}`, /nested more than/],
    [
      "an architecture that nobody knows",
      '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_FOO"]}',
      /SCMP_ARCH_FOO/,
    ],
    [
      "two lists of names",
      '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"name": "read", "names": [], "action": "SCMP_ACT_ERRNO"}]}',
      /both `name` and `names`/,
    ],
  ])("%s", (_, bytes, reason) => {
    expect(readProfile(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes).problem).toMatch(reason);
  });

  test("64-bit values keep every bit", () => {
    const { value } = readProfile(new TextEncoder().encode(withValue("18446744073709551615")));
    expect(value?.kind === "oci" && value.profile.syscalls[0]?.args?.[0]?.value).toBe(0xffff_ffff_ffff_ffffn);
  });

  test("strings and numbers are those of JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/[{,]\s*"__proto__"/.test(text));
        const plain = (json: Json): unknown =>
          json instanceof Map
            ? Object.fromEntries([...json].map(([key, one]) => [key, plain(one)]))
            : Array.isArray(json)
              ? json.map(plain)
              : typeof json === "bigint"
                ? Number(json)
                : json;
        expect(plain(parseJson(text))).toEqual(JSON.parse(text.replace(/-0(?![.\deE])/g, "0")));
      }),
    );
  });
});
