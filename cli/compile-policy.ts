// Policies in files, compiled to WebAssembly.

import type { CheckedPolicy } from "../compiler/check-policy.ts";
import { libraryTests, loadLibrary } from "../compiler/library.ts";
import { compileWasm } from "../compiler/wasm/compile.ts";
import { checkPolicyFile, checkSource } from "./check-policy-file.ts";
import { withProgress } from "./terminal.ts";

/** A policy that was checked and, without errors, compiled. */
export interface CompiledPolicy extends CheckedPolicy {
  /** Null when there are errors. */
  readonly wasm: Uint8Array<ArrayBuffer> | null;
}

/** Checks and compiles the policy in a file. */
export function compilePolicyFile(path: string, params: readonly string[] = []): CompiledPolicy {
  return withProgress(`compiling ${path}`, () => compileChecked(checkPolicyFile(path, params)));
}

/** A policy that only uses the standard library, with the library's own tests. */
export function compileLibrary(): CompiledPolicy {
  return withProgress("compiling the standard library", () => {
    const checked = checkSource({ name: "library.pawl", text: "policy library\n\nuse std\n" }, "", []);
    const value = checked.value === null ? null : { ...checked.value, tests: libraryTests(loadLibrary()) };
    return compileChecked({ ...checked, value });
  });
}

function compileChecked(checked: CheckedPolicy): CompiledPolicy {
  return { ...checked, wasm: checked.value === null ? null : new Uint8Array(compileWasm(checked.value)) };
}
