// The ready-made policy for coding agents, compiled once per test file from its sources.

import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { checkPolicy } from "../../compiler/check-policy.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { load } from "../../runtime/index.ts";
import type { Policy } from "../../runtime/index.ts";

const policies = new URL("../../policies/", import.meta.url);

let bytes: Uint8Array | null = null;
let policy: Policy | null = null;

/** The bytes of policies/agent.pawl's module. */
export function agentPolicyBytes(): Uint8Array {
  if (bytes !== null) return bytes;
  const source = (name: string) => ({ name, text: readFileSync(new URL(name, policies), "utf8") });
  const { value, diagnostics } = checkPolicy({
    entry: source("agent.pawl"),
    resolve: (specifier, from) => source(posix.join(posix.dirname(from), specifier)),
    library: loadLibrary(),
  });
  if (value === null) throw new Error(JSON.stringify(diagnostics));
  bytes = compileWasm(value);
  return bytes;
}

/** policies/agent.pawl, loaded. */
export function agentPolicy(): Policy {
  policy ??= load(agentPolicyBytes());
  return policy;
}
