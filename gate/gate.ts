// An installation with its policy loaded: what decides.

import type { Policy } from "../runtime/index.ts";
import type { PolicyInfo } from "../runtime/types.ts";
import { digestBytes } from "./digest.ts";
import { readStateFile, writeDurably } from "./durable-file.ts";
import { GateError } from "./gate-error.ts";
import { checkInstallation, type Installation } from "./installation.ts";
import { appendEntry } from "./ledger.ts";
import { policyBytesMax } from "./limits.ts";
import { withLock } from "./lock.ts";

/** The runtime's `load`. It is passed in, so that a test can bring a policy of its own. */
export type Load = (bytes: Uint8Array<ArrayBuffer>) => Policy;

export interface Gate {
  readonly installation: Installation;
  readonly policy: Policy;
  /** SHA-256 of the module's bytes: approvals name it. */
  readonly moduleDigest: string;
  /** Milliseconds since 1970. Approvals have an end; no decision depends on it. */
  readonly now: () => number;
}

/** Checks the installation and loads its policy. */
export function openGate(installation: Installation, load: Load, now: () => number = Date.now): Gate {
  checkInstallation(installation);
  const bytes = readStateFile(installation.policy, policyBytesMax);
  if (bytes === null)
    throw new GateError("missing", `the policy is missing: ${installation.policy}`, "install one with `pawl install`");
  return { installation, policy: loadPolicy(bytes, installation.policy, load), moduleDigest: digestBytes(bytes), now };
}

/** Puts a compiled policy in its place; one that does not load is refused. Recorded in the ledger. */
export function installPolicy(installation: Installation, wasm: Uint8Array, load: Load): PolicyInfo {
  const { info } = loadPolicy(new Uint8Array(wasm), "the given module", load);
  withLock(installation, () => {
    appendEntry(installation, "policy", { name: info.name, module: digestBytes(wasm), sources: info.sourceDigest });
    writeDurably(installation.policy, wasm);
  });
  return info;
}

function loadPolicy(bytes: Uint8Array<ArrayBuffer>, from: string, load: Load): Policy {
  try {
    return load(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GateError(
      "corrupt",
      `${from} cannot be used: ${reason}`,
      "build it anew with `pawl build`, and install it with `pawl install`",
    );
  }
}
