// `pawl install [POLICY]`: gives `exec` and the hooks their policy, and makes the gate's folder on first use.

import { installPolicy } from "../../gate/gate.ts";
import { createInstallation, type Installation } from "../../gate/installation.ts";
import { hasKey } from "../../gate/signing-key.ts";
import { load } from "../../runtime/index.ts";
import { OK } from "../exit.ts";
import { userInstallation } from "../gate-access.ts";
import { loadPolicyBytes } from "../load-policy.ts";
import { print } from "../terminal.ts";

/** Installs the policy and says what is installed. */
export async function install(policy: string | undefined): Promise<number> {
  const installation = userInstallation();
  print(await installInto(installation, policy));
  if (!hasKey(installation)) print("The first `pawl approve` asks for a passphrase and makes the approval key.");
  return OK;
}

/** Installs a policy, compiling it when it is source; returns a sentence that says so. */
export async function installInto(installation: Installation, policy: string | undefined): Promise<string> {
  const wasm = await loadPolicyBytes(policy);
  createInstallation(installation);
  const info = installPolicy(installation, wasm, load);
  return `Installed policy ${info.name} (${info.rules.length} rules, sources ${info.sourceDigest.slice(0, 12)}).`;
}
