// The ready-made profiles, lowered from their policies as the command line does it.

import { join } from "node:path";
import { checkPolicyFile } from "../../../cli/check-policy-file.ts";
import { packageRoot } from "../../../cli/package-files.ts";
import type { LoweredSandbox } from "../../../compiler/kernel/lower.ts";
import { lowerSandbox } from "../../../compiler/kernel/lower.ts";

export const PROFILES = ["coding-agent", "read-only", "no-network", "strict", "reference-35", "reference-44"] as const;
export type ProfileName = (typeof PROFILES)[number];

const lowered = new Map<ProfileName, LoweredSandbox>();

export function profile(name: ProfileName): LoweredSandbox {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const checked = checkPolicyFile(join(packageRoot, "policies/profiles", `${name}.pawl`));
  const sandbox = checked.value?.sandboxes[0];
  if (checked.value === null || sandbox === undefined)
    throw new Error(`${name}: ${JSON.stringify(checked.diagnostics)}`);
  const { value, diagnostics } = lowerSandbox(checked.value, sandbox);
  if (value === null) throw new Error(`${name}: ${JSON.stringify(diagnostics)}`);
  lowered.set(name, value);
  return value;
}
