// `pawl build`: one policy to one .wasm file. With errors nothing is written.

import { createHash } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { diagnosticsJson } from "../../compiler/diagnostics/render.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { compilePolicyFile } from "../compile-policy.ts";
import { cannotWrite } from "../system-files.ts";
import { print, printDiagnostics, printJson } from "../terminal.ts";

/** Compiles the policy; exit 1 when it has errors. */
export function build(
  file: string,
  options: { readonly output?: string; readonly set?: readonly string[]; readonly json?: true },
): number {
  const { wasm, diagnostics, sources } = compilePolicyFile(file, options.set ?? []);
  const output = options.output ?? `${file.replace(/\.pawl$/, "")}.wasm`;
  if (wasm !== null) writeWhole(output, wasm);
  const sha256 = wasm === null ? null : createHash("sha256").update(wasm).digest("hex");
  if (options.json === true) {
    printJson({
      ok: wasm !== null,
      file,
      output: wasm === null ? null : output,
      bytes: wasm?.length ?? null,
      sha256,
      diagnostics: diagnosticsJson(diagnostics, sources),
    });
  } else {
    printDiagnostics(diagnostics, sources);
    if (wasm !== null) print(`${output}: ${wasm.length} bytes, SHA-256 ${sha256 ?? ""}`);
  }
  return wasm === null ? PROBLEMS : OK;
}

/** Writes beside the target and renames, so that a full disk leaves no half a policy. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw cannotWrite(path, error);
  }
}
