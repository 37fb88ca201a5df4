// `pawl inspect`: what a compiled policy says about itself.

import { createHash } from "node:crypto";
import { OK } from "../exit.ts";
import { loadBytes, loadPolicyBytes } from "../load-policy.ts";
import { print, printJson } from "../terminal.ts";

/** Prints the policy's own description; a module that the runtime refuses is an error. */
export async function inspect(file: string, options: { readonly json?: true }): Promise<number> {
  const wasm = await loadPolicyBytes(file);
  const { info } = loadBytes(wasm, file);
  const sha256 = createHash("sha256").update(wasm).digest("hex");
  if (options.json === true) {
    printJson({ ...info, sha256, bytes: wasm.length });
    return OK;
  }
  const facts: Readonly<Record<string, string | number>> = {
    policy: info.name,
    interface: info.abi,
    compiler: info.compiler,
    sources: info.sourceDigest,
    module: sha256,
    size: `${wasm.length} bytes`,
    memory: `${info.memoryBytes} bytes, fixed`,
    "longest action": `${info.inputBytesMax} bytes`,
    marks: info.marks.join(", ") || "none",
    variables: info.variables.join(", ") || "none",
    rules: info.rules.length,
  };
  for (const [name, value] of Object.entries(facts)) print(`${name.padEnd(15)} ${value}`);
  for (const { name, source, line, column } of info.rules) print(`  ${name}  ${source}:${line}:${column}`);
  return OK;
}
