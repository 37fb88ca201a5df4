// What is refused, with which reason, and that whatever a caller gives is decided.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WasmModule } from "../../compiler/wasm/binaryen.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { load, PolicyError } from "../../runtime/index.ts";
import type { Action } from "../../runtime/index.ts";
import { probe } from "../wasm/decide.ts";
import { policy, PROBE } from "../wasm/policy-ir.ts";

const bytes = compileWasm(policy({ tools: [PROBE] }));

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof PolicyError ? error.reason : String(error);
  }
  return "loaded";
}

/** A module of these sections, each an id and its bytes. */
function moduleOf(...sections: readonly (readonly [number, readonly number[]])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...sections.flatMap(([id, body]) => [id, ...leb(body.length), ...body]),
  ]);
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

function custom(name: string, text: string): readonly [number, readonly number[]] {
  const [label, contents] = [name, text].map((part) => [...new TextEncoder().encode(part)]);
  return [0, [...leb(name.length), ...(label ?? []), ...(contents ?? [])]];
}

const HEAD = {
  format: 1,
  abi: 1,
  name: "x",
  compiler: "x",
  sourceDigest: "x",
  sections: ["pawl.rules", "pawl.reads", "pawl.limits"],
};
const OTHERS = [
  custom("pawl.rules", "[]"),
  custom("pawl.reads", '{"variables":[],"marks":[]}'),
  custom("pawl.limits", '{"memoryBytes":65536,"inputBytesMax":10,"sessionBytes":10}'),
];

function withHead(head: unknown): Uint8Array<ArrayBuffer> {
  return moduleOf(custom("pawl.policy", typeof head === "string" ? head : JSON.stringify(head)), ...OTHERS);
}

test("bytes and modules load", () => {
  expect(load(bytes).info.name).toBe("test");
  expect(load(bytes.buffer).info.name).toBe("test");
  expect(load(new WebAssembly.Module(bytes)).info.name).toBe("test");
});

test.each([
  ["nothing", new Uint8Array(), "not-wasm"],
  ["text", new TextEncoder().encode("policy x"), "not-wasm"],
  ["a cut module", bytes.slice(0, bytes.length / 2), "not-wasm"],
  ["an empty module", moduleOf(), "not-a-policy"],
  ["a module that wants a function", moduleOf([1, [1, 0x60, 0, 0]], [2, [1, 1, 0x65, 1, 0x66, 0, 0]]), "imports"],
  ["another interface", withHead({ ...HEAD, abi: 2 }), "abi"],
  ["no interface", withHead({ ...HEAD, abi: undefined }), "abi"],
  ["another format", withHead({ ...HEAD, format: 2 }), "sections"],
  ["an unknown section", withHead({ ...HEAD, sections: [...HEAD.sections, "pawl.new"] }), "sections"],
  ["sections that are no JSON", withHead("{"), "sections"],
  ["sections without a name", withHead({ ...HEAD, name: 1 }), "sections"],
  ["a missing section", moduleOf(custom("pawl.policy", JSON.stringify(HEAD))), "sections"],
  ["sections alone", withHead(HEAD), "exports"],
])("%s is refused", (_, module, reason) => {
  expect(reasonOf(() => load(module))).toBe(reason);
});

test("a policy without an export, or with a memory of another size, is refused", () => {
  const changed = (change: (module: WasmModule) => void): Uint8Array<ArrayBuffer> => {
    const module = WasmModule.read(bytes);
    change(module);
    return module.emit();
  };
  expect(reasonOf(() => load(changed((module) => module.removeExport("pawl_join"))))).toBe("exports");
  expect(
    reasonOf(() =>
      load(
        changed((module) => {
          module.removeExport("memory");
          module.setMemory(300, module.segments());
        }),
      ),
    ),
  ).toBe("sections");
});

test("there is no report before a decision", () => {
  expect(reasonOf(() => load(bytes).report())).toBe("no-report");
});

test("what is no action is decided all the same", () => {
  const loaded = load(bytes);
  const cyclic: { cwd: string; input?: unknown } = { cwd: "/w" };
  cyclic.input = cyclic;
  const given: readonly unknown[] = [
    undefined,
    null,
    1,
    "text",
    [],
    {},
    cyclic,
    { cwd: "/w" },
    { cwd: "/w", tool: "t", input: 1n },
    () => 1,
  ];
  for (const action of given) {
    // The cast stands for a caller without types.
    expect(loaded.decide(action as Action), String(action)).toMatchObject({
      tier: "irreversible",
      verdict: "require_approval",
      malformed: true,
    });
  }
});

test("an action that is too long is oversized, as text and as bytes, to the byte", () => {
  const loaded = load(bytes);
  const room = loaded.info.inputBytesMax - JSON.stringify(probe({ text: "" })).length;
  expect(loaded.decide(probe({ text: "x".repeat(room) }))).toMatchObject({
    oversized: false,
    malformed: false,
    verdict: "allow",
  });
  expect(loaded.decide(probe({ text: "x".repeat(room + 1) }))).toMatchObject({
    oversized: true,
    verdict: "require_approval",
  });
  expect(loaded.decide(probe({ text: "é".repeat(room - 10) }))).toMatchObject({ oversized: true });
  expect(loaded.decide(new Uint8Array(10 << 20))).toMatchObject({ oversized: true });
});

test("a lone surrogate is malformed", () => {
  expect(load(bytes).decide(probe({ text: "\ud800" }))).toMatchObject({ malformed: true, verdict: "require_approval" });
});

test("the runtime imports nothing from outside its folder", () => {
  const folder = new URL("../../runtime/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    const source = readFileSync(new URL(file, folder), "utf8");
    expect(
      [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from).filter((from) => !from?.startsWith("./")),
    ).toEqual([]);
  }
});
