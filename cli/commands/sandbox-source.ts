// Where a sandbox comes from: a ready-made profile by its name, or a policy's file.

import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../../compiler/diagnostics/near.ts";
import type { PolicyIr, SandboxIr } from "../../compiler/ir/ir.ts";
import { lowerSandbox, type KernelTarget, type LoweredSandbox } from "../../compiler/kernel/lower.ts";
import type { SourceText } from "../../compiler/source/source.ts";
import { checkPolicyFile } from "../check-policy-file.ts";
import { CommandError } from "../exit.ts";
import { packageRoot } from "../package-files.ts";
import { printDiagnostics } from "../terminal.ts";

/** The policy behind a reference, with the sandboxes that the reference means. */
export interface LoadedSandboxes {
  readonly file: string;
  readonly ir: PolicyIr;
  readonly sources: readonly SourceText[];
  /** Never empty. */
  readonly sandboxes: readonly SandboxIr[];
}

/** True for what names a sandbox: a profile, a policy's file, or `FILE#SANDBOX`. */
export function isSandboxReference(reference: string): boolean {
  return isProfileName(reference) || reference.includes("#") || reference.endsWith(".pawl");
}

/**
 * The sandboxes of `PROFILE`, `FILE` or `FILE#SANDBOX`, or the one that `name` names.
 * Null after the policy's own errors, which are printed.
 */
export function loadSandboxes(
  reference: string,
  name?: string,
  params: readonly string[] = [],
): LoadedSandboxes | null {
  const { file, sandbox: wanted } = parseReference(reference, name);
  const { value: ir, diagnostics, sources } = checkPolicyFile(file, params);
  printDiagnostics(diagnostics, sources);
  if (ir === null) return null;
  const sandboxes = ir.sandboxes.filter((sandbox) => wanted === null || sandbox.name === wanted);
  if (sandboxes.length === 0) {
    const names = ir.sandboxes.map((sandbox) => sandbox.name).join(", ");
    throw new CommandError(
      wanted === null ? `${file} has no sandbox` : `${file} has no sandbox \`${wanted}\``,
      names === "" ? {} : { help: `one of ${names}` },
    );
  }
  return { file, ir, sources, sandboxes };
}

/** Exactly one sandbox of a reference. */
export interface OneSandbox extends LoadedSandboxes {
  readonly sandbox: SandboxIr;
}

/** As `loadSandboxes`, for commands that work on one. */
export function loadSandbox(reference: string, name?: string): OneSandbox | null {
  const loaded = loadSandboxes(reference, name);
  if (loaded === null) return null;
  const [sandbox, second] = loaded.sandboxes;
  if (sandbox === undefined || second !== undefined) {
    const names = loaded.sandboxes.map((one) => one.name).join(", ");
    throw new CommandError(`name one sandbox of ${loaded.file}`, {
      help: `one of ${names}, as \`${loaded.file}#NAME\``,
    });
  }
  return { ...loaded, sandbox };
}

/** Loads and lowers; null after errors, which are printed. Warnings are printed too. */
export function lowerReference(
  reference: string,
  targets: readonly KernelTarget[],
): { readonly loaded: OneSandbox; readonly lowered: LoweredSandbox } | null {
  const loaded = loadSandbox(reference);
  if (loaded === null) return null;
  const { value, diagnostics } = lowerSandbox(loaded.ir, loaded.sandbox, targets);
  printDiagnostics(diagnostics, loaded.sources);
  return value === null || hasErrors(diagnostics) ? null : { loaded, lowered: value };
}

function parseReference(
  reference: string,
  name: string | undefined,
): { readonly file: string; readonly sandbox: string | null } {
  if (isProfileName(reference)) return { file: profileFile(reference), sandbox: name ?? null };
  const at = reference.lastIndexOf("#");
  if (at !== -1) {
    if (name !== undefined) throw new CommandError(`\`${reference}\` names its sandbox already`);
    return { file: reference.slice(0, at), sandbox: reference.slice(at + 1) };
  }
  if (!reference.includes("/") && !reference.includes(".") && !existsSync(reference)) {
    const near = didYouMean(reference, profileNames());
    throw new CommandError(`there is no profile \`${reference}\``, {
      help: near ?? `one of ${profileNames().join(", ")}, or a policy as \`FILE.pawl#SANDBOX\``,
    });
  }
  return { file: reference, sandbox: name ?? null };
}

/** A bare word is a profile before it is a file: a folder's content cannot change what `coding-agent` means. */
function isProfileName(reference: string): boolean {
  return /^[a-z0-9-]+$/.test(reference) && existsSync(profileFile(reference));
}

function profileFile(name: string): string {
  return join(packageRoot, "policies/profiles", `${name}.pawl`);
}

function profileNames(): readonly string[] {
  return readdirSync(join(packageRoot, "policies/profiles"))
    .filter((name) => name.endsWith(".pawl"))
    .map((name) => basename(name, ".pawl"))
    .sort();
}
