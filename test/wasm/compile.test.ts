// The module itself: the same bytes each time, nothing imported, exactly the interface exported, and true sections.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { INPUT_BYTES_MAX, SESSION_BYTES } from "../../compiler/wasm/core-limits.ts";
import { readSections } from "../../compiler/wasm/sections.ts";
import { COMPILER_VERSION } from "../../compiler/wasm/version.ts";
import { load } from "../../runtime/index.ts";
import { field, is, policy, PROBE, rule } from "./policy-ir.ts";

const ir = policy({
  tools: [PROBE],
  marks: ["m"],
  sources: [{ name: "a.pawl", digest: "1".repeat(64), lines: [0, 10, 30] }],
  rules: [
    rule("r", ["probe.value"], {
      when: [is(field("text"), "a"), is({ kind: "env", name: "STAGE" }, "x")],
      marks: ["m"],
      span: { source: 0, start: 14, end: 20 },
    }),
  ],
});
const bytes = compileWasm(ir);
const module = new WebAssembly.Module(bytes);

test("the same policy gives the same bytes", () => {
  expect(compileWasm(structuredClone(ir))).toEqual(bytes);
});

test("a policy without rules, tools or gates compiles", () => {
  expect(load(compileWasm(policy({}))).info.rules).toEqual([]);
});

test("nothing is imported and the interface is what is exported", () => {
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "memory",
    "pawl_abi",
    "pawl_decide",
    "pawl_input",
    "pawl_join",
    "pawl_report",
    "pawl_report_length",
    "pawl_session",
  ]);
});

test("the sections say what the policy is", () => {
  const { info } = load(module);
  expect(info).toMatchObject({
    name: "test",
    abi: 1,
    compiler: `pawl ${COMPILER_VERSION}`,
    rules: [{ name: "r", source: "a.pawl", line: 2, column: 5 }],
    marks: ["m"],
    variables: ["HOME", "STAGE"],
    inputBytesMax: INPUT_BYTES_MAX,
  });
  expect(info.sourceDigest).toMatch(/^[0-9a-f]{64}$/);
  const sections = readSections(bytes);
  expect(sections).toMatchObject({
    name: info.name,
    rules: info.rules,
    variables: info.variables,
    limits: { sessionBytes: SESSION_BYTES },
  });
  expect(readSections(Uint8Array.of(0, 1, 2))).toBe(null);
});

test("the numbers that a module tells its host are those of the core", () => {
  const limits = readFileSync(new URL("../../stdlib/core/limits.ts", import.meta.url), "utf8");
  expect(limits).toContain("INPUT_MAX: u32 = 1 << 20;");
  expect(limits).toContain(`SESSION_BYTES: u32 = ${SESSION_BYTES};`);
  expect(INPUT_BYTES_MAX).toBe(1 << 20);
  const version: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(version).toMatchObject({ version: COMPILER_VERSION });
});
