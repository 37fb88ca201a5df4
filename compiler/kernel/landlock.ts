// The part of a sandbox that Landlock holds: file effects, denied everywhere but under some places
// (kernel documentation, userspace-api/landlock.rst).

import type { Checked, Diagnostic } from "../diagnostics/diagnostic.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import type { SandboxClauseIr, SandboxIr } from "../ir/ir.ts";
import { launcherPlace } from "./diagnostics.ts";

/** Names of rights as util-linux's setpriv spells them. */
export interface LandlockRuleset {
  /** Denied wherever no rule grants them. */
  readonly handled: readonly string[];
  readonly rules: readonly LandlockRule[];
}

export interface LandlockRule {
  readonly path: string;
  readonly rights: readonly string[];
}

/** Which rights an effect is. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  "file.delete": ["remove-file", "remove-dir"],
  "file.create": ["make-reg", "make-dir", "make-sym", "make-sock", "make-fifo", "make-char", "make-block"],
  "file.write": ["write-file", "truncate"],
  "file.truncate": ["write-file", "truncate"],
  "process.exec": ["execute"],
};

/** True when Landlock tells exactly what the clause's exceptions tell. */
export function isHeldByLandlock(clause: SandboxClauseIr): boolean {
  // Landlock answers EACCES; EPERM is what a clause has that names no errno.
  const isErrnoFree = clause.errno === "EACCES" || clause.errno === "EPERM";
  return (
    clause.action === "deny" &&
    isErrnoFree &&
    clause.effects.every((effect) => Object.hasOwn(RIGHTS, effect)) &&
    clause.except.every((one) => one.kind === "under")
  );
}

/** `workspace` stands for the text `workspace` in exceptions; null when it is not known. */
export function lowerLandlock(sandbox: SandboxIr, workspace: string | null): Checked<LandlockRuleset> {
  const diagnostics: Diagnostic[] = [];
  const granted = new Map<string, Set<string>>();
  const handled = new Set<string>();
  for (const clause of sandbox.clauses) {
    if (clause.except.length === 0 || !isHeldByLandlock(clause)) continue;
    const rights = clause.effects.flatMap((effect) => RIGHTS[effect] ?? []);
    for (const right of rights) handled.add(right);
    for (const text of clause.except.flatMap((one) => one.texts)) {
      const path = text === "workspace" ? (workspace ?? text) : text;
      if (!path.startsWith("/")) {
        diagnostics.push(launcherPlace(clause.span, text));
        continue;
      }
      const rule = granted.get(path) ?? new Set();
      for (const right of rights) rule.add(right);
      granted.set(path, rule);
    }
  }
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  if (handled.size > 0) {
    // Every ruleset denies moves and links between directories where it does not grant them. No clause means that: what
    // they remove and make is decided by rights of its own, and a file never gains rights by them whatever is granted.
    handled.add("refer");
    granted.set("/", new Set(granted.get("/")).add("refer"));
  }
  const rules = [...granted]
    .map(([path, rights]) => ({ path, rights: [...rights].sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { value: { handled: [...handled].sort(), rules }, diagnostics };
}

/** Arguments of `setpriv` from util-linux 2.41 on; none when nothing is handled. */
export function setprivArguments(ruleset: LandlockRuleset): readonly string[] {
  if (ruleset.handled.length === 0) return [];
  return [
    "--no-new-privs",
    "--landlock-access",
    `fs:${ruleset.handled.join(",")}`,
    ...ruleset.rules.flatMap(({ path, rights }) => ["--landlock-rule", `path-beneath:${rights.join(",")}:${path}`]),
  ];
}
