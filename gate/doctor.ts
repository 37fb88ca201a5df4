// Looks whether the gate stands between the agent and the world, by trying it: canaries go through the command that the
// harness's settings name, as the harness would run it.

import { spawnSync } from "node:child_process";
import { openGate, type Gate, type Load } from "./gate.ts";
import { GateError } from "./gate-error.ts";
import { claudeAgent } from "./harnesses/claude-protocol.ts";
import { claudeHookStatus } from "./harnesses/claude-install.ts";
import type { Environment, Installation } from "./installation.ts";
import { hookTimeoutSeconds } from "./limits.ts";
import { withLock } from "./lock.ts";
import { forgetTrial, isKnown } from "./sessions.ts";
import { hasKey } from "./signing-key.ts";
import { readEntries, verifyLedger } from "./verify-ledger.ts";
import { visible } from "./visible-text.ts";

/**
 * `guarded`: agent and human share a user, and the policy's self-protection rules are all that guards the gate's
 * files.
 */
export type ProtectionLevel = "guarded" | "not installed" | "broken";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; null when all is well. */
  readonly remedy: string | null;
}

export interface Examination {
  readonly level: ProtectionLevel;
  readonly checks: readonly Check[];
}

export interface ExamineOptions {
  /** Settings files that the harness reads. */
  readonly settingsPaths: readonly string[];
  readonly load: Load;
  /** A directory that the canaries claim to work in; this process's when left out. */
  readonly cwd?: string;
  /** What the harness would have; this process's environment when left out. */
  readonly env?: Environment;
}

const canarySession = "pawl-doctor";

export function examine(installation: Installation, options: ExamineOptions): Examination {
  const opened = attempt(() => openGate(installation, options.load));
  const gate = opened instanceof GateError ? null : opened;
  const hooks = gate === null ? [] : examineHooks(gate, options);
  const checks: readonly Check[] = [
    gate === null
      ? failed("installation", opened)
      : passed("installation", `${installation.home}, policy \`${gate.policy.info.name}\``),
    ...(gate === null
      ? []
      : [
          examineKey(installation),
          examineLock(installation),
          examineLedger(installation),
          examineSessions(installation),
          ...hooks,
        ]),
  ];
  const isWhole = checks.every(({ ok }) => ok);
  if (gate !== null && hooks.length === 0) {
    const none: Check = {
      name: "hook",
      ok: false,
      detail: "no settings file has the hook",
      remedy: "install it: `pawl hook install claude`",
    };
    return { level: "not installed", checks: [...checks, none] };
  }
  return { level: isWhole ? "guarded" : "broken", checks };
}

function examineKey(installation: Installation): Check {
  const found = attempt(() => hasKey(installation));
  if (found instanceof GateError) return failed("signing key", found);
  return passed(
    "signing key",
    found
      ? installation.key
      : "none yet: the first `pawl approve` makes it, and whoever runs that chooses the passphrase",
  );
}

function examineLock(installation: Installation): Check {
  const held = attempt(() => withLock(installation, () => installation.lock));
  return held instanceof GateError ? failed("lock", held) : passed("lock", held);
}

function examineLedger(installation: Installation): Check {
  const report = attempt(() => verifyLedger(installation));
  if (report instanceof GateError) return failed("ledger", report);
  const [problem] = report.problems;
  return problem === undefined
    ? passed("ledger", `${report.entries} entries, whole`)
    : { name: "ledger", ok: false, detail: problem.what, remedy: "see all of it: `pawl ledger verify`" };
}

/** Every session that the ledger names and nobody ended must still be there: otherwise it was made to forget. */
function examineSessions(installation: Installation): Check {
  const lost = attempt(() => {
    const open = new Set<string>();
    for (const { kind, body } of readEntries(installation)) {
      const session = body["session"];
      if (typeof session !== "string" || session === "") continue;
      if (kind === "decision") open.add(session);
      if (kind === "session-end") open.delete(session);
    }
    return [...open].filter((session) => !isKnown(installation, session));
  });
  if (lost instanceof GateError) return failed("sessions", lost);
  const [first] = lost;
  if (first === undefined) return passed("sessions", "all that the ledger names are there");
  const detail = `the state of \`${visible(first)}\`${lost.length === 1 ? "" : ` and ${lost.length - 1} more`} was removed`;
  return { name: "sessions", ok: false, detail, remedy: "find out who removed it, and restore it from a backup" };
}

/** For each settings file with an entry, its status and, when that is well, the canaries. */
function examineHooks(gate: Gate, options: ExamineOptions): readonly Check[] {
  return options.settingsPaths.flatMap((settingsPath): readonly Check[] => {
    const name = `hook in ${settingsPath}`;
    const status = attempt(() => claudeHookStatus(gate.installation, settingsPath, gate.policy.info.variables));
    if (status instanceof GateError) return [failed(name, status)];
    const { command } = status;
    if (command === null) return [];
    if (status.state === "broken")
      return [
        { name, ok: false, detail: status.problems.join("; "), remedy: "install it again: `pawl hook install claude`" },
      ];
    return [passed(name, "installed"), ...sendCanaries(gate.installation, command, settingsPath, options)];
  });
}

/** One harmless call, some against the gate itself, and bytes that are no call. */
function sendCanaries(
  installation: Installation,
  command: string,
  settingsPath: string,
  options: ExamineOptions,
): readonly Check[] {
  const { cwd = process.cwd() } = options;
  const call = (tool: string, input: object) =>
    JSON.stringify({
      session_id: canarySession,
      transcript_path: "/dev/null",
      cwd,
      permission_mode: "default",
      hook_event_name: "PreToolUse",
      tool_name: tool,
      tool_input: input,
    });
  const write = (path: string) => call("Write", { file_path: path, content: "" });
  const canaries: readonly (readonly [name: string, input: string, expected: "pass" | "stop"])[] = [
    ["a harmless command passes in silence", call("Bash", { command: "true" }), "pass"],
    ["an agent may not approve", call("Bash", { command: "pawl approve 00000000" }), "stop"],
    ["an agent may not write the gate's state", write(installation.policy), "stop"],
    ["an agent may not write the hook's settings", write(settingsPath), "stop"],
    ["what is no call stops", '{"tool_name":', "stop"],
  ];
  try {
    return canaries.map(([name, input, expected]) => judge(`canary: ${name}`, send(command, input, options), expected));
  } finally {
    attempt(() => forgetTrial(installation, `${claudeAgent}:${canarySession}`));
  }
}

interface Heard {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function send(command: string, input: string, { env = process.env, cwd = process.cwd() }: ExamineOptions): Heard {
  const { PAWL_SESSION: _, ...rest } = env;
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", command], {
    input,
    cwd,
    env: rest,
    encoding: "utf8",
    timeout: hookTimeoutSeconds * 1000,
    killSignal: "SIGKILL",
  });
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
}

function judge(name: string, { status, stdout, stderr }: Heard, expected: "pass" | "stop"): Check {
  const isSilent = status === 0 && stdout === "";
  const isDenied = status === 0 && stdout.includes('"permissionDecision":"deny"');
  const isRight = expected === "pass" ? isSilent : isDenied;
  if (isRight) return passed(name, expected === "pass" ? "silent" : "stopped");
  const heard = [`status ${status ?? "none"}`, stdout.trim(), stderr.trim()].filter((text) => text !== "").join("; ");
  return {
    name,
    ok: false,
    detail: heard,
    remedy:
      expected === "pass"
        ? "see why in the answer"
        : "the policy must protect the gate: build it with `use std`, and keep the state where its rules look, in ~/.local/state/pawl or a folder named .pawl",
  };
}

function attempt<Result>(run: () => Result): Result | GateError {
  try {
    return run();
  } catch (error) {
    if (error instanceof GateError) return error;
    throw error;
  }
}

function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

function failed(name: string, error: unknown): Check {
  return error instanceof GateError
    ? { name, ok: false, detail: error.what, remedy: error.remedy }
    : { name, ok: false, detail: String(error), remedy: null };
}
