// The ready-made profiles, lowered from their policies as the command line does it.

import { readFileSync } from "node:fs";
import { checkPolicy } from "../../../compiler/check-policy.ts";
import type { LoweredSandbox } from "../../../compiler/kernel/lower.ts";
import { lowerSandbox } from "../../../compiler/kernel/lower.ts";
import { loadLibrary } from "../../../compiler/library.ts";

export const PROFILES = ["coding-agent", "read-only", "no-network", "strict", "reference-35"] as const;
export type ProfileName = (typeof PROFILES)[number];

const lowered = new Map<ProfileName, LoweredSandbox>();

export function profile(name: ProfileName): LoweredSandbox {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const file = `${name}.pawl`;
  const text = readFileSync(new URL(`../../../policies/profiles/${file}`, import.meta.url), "utf8");
  const checked = checkPolicy({ entry: { name: file, text }, resolve: () => null, library: loadLibrary() });
  const sandbox = checked.value?.sandboxes[0];
  if (checked.value === null || sandbox === undefined)
    throw new Error(`${file}: ${JSON.stringify(checked.diagnostics)}`);
  const { value, diagnostics } = lowerSandbox(checked.value, sandbox);
  if (value === null) throw new Error(`${file}: ${JSON.stringify(diagnostics)}`);
  lowered.set(name, value);
  return value;
}
