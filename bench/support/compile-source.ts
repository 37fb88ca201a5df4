// A policy from text to bytes, for benchmarks.

import { checkPolicy } from "../../compiler/check-policy.ts";
import { renderDiagnostics } from "../../compiler/diagnostics/render.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";

/** Compiles the policy; throws when it has errors. */
export function compileSource(name: string, text: string): Uint8Array<ArrayBuffer> {
  const { value, diagnostics, sources } = checkPolicy({
    entry: { name, text },
    resolve: () => null,
    library: loadLibrary(),
  });
  if (value === null) throw new Error(renderDiagnostics(diagnostics, sources, { color: false }));
  return new Uint8Array(compileWasm(value));
}
