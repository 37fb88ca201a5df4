// The ready-made sandbox profiles, for benchmarks.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { checkPolicyFile } from "../../cli/check-policy-file.ts";
import { packageRoot } from "../../cli/package-files.ts";
import type { PolicyIr, SandboxIr } from "../../compiler/ir/ir.ts";

const FOLDER = join(packageRoot, "policies/profiles");

export const PROFILES: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".pawl"))
  .map((name) => basename(name, ".pawl"));

/** The policy of a profile and its only sandbox. */
export function checkProfile(name: string): { readonly ir: PolicyIr; readonly sandbox: SandboxIr } {
  const { value: ir } = checkPolicyFile(join(FOLDER, `${name}.pawl`));
  const sandbox = ir?.sandboxes[0];
  if (ir === null || sandbox === undefined) throw new Error(`${name} has errors`);
  return { ir, sandbox };
}
