// A sandbox as a drop-in for a systemd service (systemd.exec(5), version 247 or later), which filters by name. Of what
// arguments decide it knows namespaces, personality and socket families; anything else is K510.

import type { Action } from "../../bpfgen/seccomp/action.ts";
import { blocks } from "../../bpfgen/seccomp/action.ts";
import { orderCases } from "../../bpfgen/seccomp/cases.ts";
import type { ResolvedRule } from "../../bpfgen/seccomp/rules.ts";
import { errnoName } from "../../bpfgen/syscalls/constants.ts";
import type { Checked, Diagnostic } from "../diagnostics/diagnostic.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import type { SandboxClauseIr } from "../ir/ir.ts";
import { invariant } from "../source/invariant.ts";
import { formUnheld, noProfileForm } from "./diagnostics.ts";
import { formHeader } from "./emit.ts";
import type { LoweredSandbox } from "./lower.ts";

export function emitSystemd(lowered: LoweredSandbox): Checked<string> {
  const native = lowered.filters.x86_64.abis[0];
  invariant(native !== undefined, "a filter without its own architecture");
  const settings = new Set<string>();
  const answers: Answer[] = [];
  const unheld = new Map<SandboxClauseIr | null, string[]>();
  for (const { name, rules } of native.calls.values()) {
    const { cases, otherwise } = orderCases(rules, native.default);
    // The kernel's own answer is then stricter than the sandbox's, or the same: only blocked calls may be left out.
    if (cases.length > 0) {
      const setting = systemdSetting(name, rules);
      if (setting === null) addTo(unheld, originOf(lowered, name), name);
      else settings.add(setting);
    }
    answers.push({ name, action: otherwise });
  }
  const diagnostics: Diagnostic[] = [...unheld].map(([clause, names]) =>
    clause === null
      ? noProfileForm(lowered.sandbox.span, "a systemd drop-in", `arguments decide on ${names.join(", ")}`)
      : formUnheld(clause, "a systemd drop-in", names.map((name) => `\`${name}\``).join(", ")),
  );
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  const lines = [
    `# ${formHeader(lowered)}`,
    ...[...unheld.values()].flat().map((name) => `# Not held: ${name}, by its arguments.`),
    "[Service]",
    "NoNewPrivileges=yes",
    "SystemCallArchitectures=native",
    ...[...settings].sort(),
    ...filterLines(answers, native.unknown),
  ];
  return { value: `${lines.join("\n")}\n`, diagnostics };
}

interface Answer {
  readonly name: string;
  readonly action: Action;
}

/**
 * The first list decides what calls get that no list names, those of later kernels included: where these are blocked,
 * it is the list of all calls that run. systemd adds its group @default to that list, so blocked calls are named too.
 */
function filterLines(answers: readonly Answer[], unknown: Action): readonly string[] {
  const running = answers.filter(({ action }) => !blocks(action)).map(({ name }) => name);
  const logged = answers.filter(({ action }) => action.kind === "log").map(({ name }) => name);
  const blocked = new Map<string, string[]>();
  for (const { name, action } of answers) if (blocks(action)) addTo(blocked, systemdAction(action), name);
  return [
    ...(unknown.kind === "errno" ? [`SystemCallErrorNumber=${systemdAction(unknown)}`] : []),
    ...(blocks(unknown) ? [`SystemCallFilter=${running.sort().join(" ")}`] : []),
    ...[...blocked]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([answer, names]) =>
          `SystemCallFilter=~${names
            .map((name) => `${name}:${answer}`)
            .sort()
            .join(" ")}`,
      ),
    ...(logged.length === 0 ? [] : [`SystemCallLog=${logged.sort().join(" ")}`]),
  ];
}

function addTo<Key>(groups: Map<Key, string[]>, key: Key, name: string): void {
  groups.set(key, [...(groups.get(key) ?? []), name]);
}

/** The clause behind the conditional rules of a call. */
function originOf(lowered: LoweredSandbox, call: string): SandboxClauseIr | null {
  const index = lowered.spec.rules.findIndex(
    (rule) => rule.call === call && rule.conditions.length > 0 && blocks(rule.action),
  );
  return lowered.sources[index]?.clause ?? null;
}

/**
 * A setting that blocks at least what the rules block of this call and is meant for it, or null. Time namespaces are
 * among RestrictNamespaces from systemd 258 on; of the families that have socketpair none but AF_UNIX is left to it.
 */
function systemdSetting(name: string, rules: readonly ResolvedRule[]): string | null {
  const families = rules.filter((rule) => blocks(rule.action) && rule.tests.length > 0).flatMap((rule) => rule.tests);
  const isUnixOnly =
    families.length > 0 && families.every((test) => test.argument === 0 && test.operator === "!=" && test.value === 1n);
  switch (name) {
    case "clone":
    case "unshare":
      return "RestrictNamespaces=yes";
    case "personality":
      return "LockPersonality=yes";
    case "socket":
    case "socketpair":
      return isUnixOnly ? "RestrictAddressFamilies=AF_UNIX" : null;
    default:
      return null;
  }
}

function systemdAction(action: Action): string {
  return action.kind === "errno" ? (errnoName(action.errno) ?? String(action.errno)) : "kill";
}
