// A policy to decide with: the ready-made default, a .wasm file, or a .pawl file that is compiled first.
//
// The compiler is loaded only when something must be compiled: it costs more than a decision.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, PolicyError, type Policy } from "../runtime/index.ts";
import { CommandError, PROBLEMS } from "./exit.ts";
import { packageRoot, readyPolicy } from "./package-files.ts";
import { readInput } from "./system-files.ts";
import { printDiagnostics } from "./terminal.ts";

/** The bytes of a compiled policy, as the runtime takes them. */
export type PolicyBytes = Uint8Array<ArrayBuffer>;

/** Loads the policy in a file, or the default one. */
export async function loadPolicy(path: string | undefined): Promise<Policy> {
  const bytes = await loadPolicyBytes(path);
  return loadBytes(bytes, path ?? readyPolicy("agent").wasm);
}

/** The bytes of the policy in a file, or of the default one; source is compiled. */
export async function loadPolicyBytes(path: string | undefined): Promise<PolicyBytes> {
  if (path === undefined) return defaultPolicy();
  if (path.endsWith(".pawl")) return compile(path);
  return readModule(path);
}

/** Loads a module; one that the runtime refuses is wrong usage, with its reason. */
export function loadBytes(bytes: PolicyBytes, name: string): Policy {
  try {
    return load(bytes);
  } catch (error) {
    if (error instanceof PolicyError) throw new CommandError(`${name} cannot be used: ${error.message}`);
    throw error;
  }
}

/** The largest ready-made module has some two megabytes. */
const MODULE_BYTES_MAX = 64 << 20;

function readModule(path: string): PolicyBytes {
  return new Uint8Array(readInput(path, MODULE_BYTES_MAX));
}

/** policies/agent.pawl as the build compiled it, or compiled anew when it was changed since. */
async function defaultPolicy(): Promise<PolicyBytes> {
  const { source, wasm } = readyPolicy("agent");
  return isFresh(wasm) ? readModule(wasm) : compile(source);
}

function isFresh(wasm: string): boolean {
  const record = join(packageRoot, "dist/policies/prebuilt.json");
  if (!existsSync(wasm) || !existsSync(record)) return false;
  // scripts/build.mjs writes exactly this.
  const { agent } = JSON.parse(readFileSync(record, "utf8")) as { agent?: Readonly<Record<string, string>> };
  return (
    agent !== undefined && Object.entries(agent).every(([name, digest]) => digestOf(join(packageRoot, name)) === digest)
  );
}

/** SHA-256 of a file; null when it is not there. */
function digestOf(path: string): string | null {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : null;
}

async function compile(path: string): Promise<PolicyBytes> {
  const { compilePolicyFile } = await import("./compile-policy.ts");
  const { wasm, diagnostics, sources } = compilePolicyFile(path);
  printDiagnostics(diagnostics, sources);
  if (wasm === null) throw new CommandError(`${path} has errors`, { exitCode: PROBLEMS });
  return wasm;
}
