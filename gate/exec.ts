// `pawl exec`: judges a program's run and, when it may, runs exactly what was judged.

import { spawn, type ChildProcess } from "node:child_process";
import { realpathSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { decideAction } from "./decide.ts";
import { requireUnchanged } from "./evidence.ts";
import type { Gate } from "./gate.ts";
import { systemCode } from "./gate-error.ts";
import type { Environment } from "./installation.ts";
import type { GateRequest } from "./request.ts";
import { resolveProgram, type Program } from "./resolve-program.ts";
import { launchCommand, requireLaunchers, withFilter, type Launchers, type SandboxLaunch } from "./sandbox-launch.ts";
import { failureMessage, stopMessage } from "./stop-message.ts";
import { visible } from "./visible-text.ts";

export interface ExecOptions {
  readonly target:
    | { readonly kind: "argv"; readonly argv: readonly string[] }
    | { readonly kind: "shell"; readonly text: string };
  readonly cwd: string;
  /** Judged and given to the child. */
  readonly env: Environment;
  readonly agent?: string;
  /** `$PAWL_SESSION` when left out, so that what an agent's command starts stays in the agent's session. */
  readonly session?: string;
  readonly workspace?: string;
  /** The kernel's part: the program runs under it or not at all. */
  readonly sandbox?: SandboxLaunch;
}

export type ExecResult =
  | { readonly kind: "ran"; readonly exitCode: number }
  /** 77: waits for an approval; 78: denied. */
  | { readonly kind: "stopped"; readonly exitCode: 77 | 78; readonly message: string }
  /** 79: the gate failed; 126 and 127: there is no such program to run, as shells say. */
  | { readonly kind: "failed"; readonly exitCode: 79 | 126 | 127; readonly message: string };

export const exitStopped = 77;
export const exitDenied = 78;
export const exitFailed = 79;

/** Decides and, when released, runs the child with this process's standard streams; resolves when it has ended. */
export async function execGuarded(gate: Gate, options: ExecOptions): Promise<ExecResult> {
  const program = programOf(options);
  if (typeof program === "number") return notRunnable(options, program);
  try {
    // Before the decision: an approval must not be used up by a command that cannot be started.
    const launchers = options.sandbox === undefined ? null : requireLaunchers(options.sandbox);
    const request = requestOf(gate, options, program);
    const decision = decideAction(gate, request);
    if (decision.outcome !== "run") {
      return {
        kind: "stopped",
        exitCode: decision.outcome === "approval" ? exitStopped : exitDenied,
        message: stopMessage(decision),
      };
    }
    requireUnchanged(decision.evidence);
    return await run(options, program, request, launchers);
  } catch (error) {
    return { kind: "failed", exitCode: exitFailed, message: failureMessage(error) };
  }
}

function programOf({ target, env, cwd }: ExecOptions): Program | 126 | 127 {
  switch (target.kind) {
    case "argv":
      return resolveProgram(target.argv[0] ?? "", env, cwd);
    case "shell":
      return resolveProgram("/bin/sh", env, cwd);
  }
}

function requestOf(gate: Gate, options: ExecOptions, program: Program): GateRequest {
  const { target, env } = options;
  const cwd = realpathSync(options.cwd);
  const base = {
    agent: options.agent ?? "exec",
    session: sessionOf(options),
    cwd,
    workspace: options.workspace === undefined ? cwd : realpathSync(options.workspace),
    variables: readVariables(gate, env),
  };
  switch (target.kind) {
    case "argv":
      return {
        ...base,
        run: { kind: "argv", program: program.path, argv: target.argv },
        readings: namesOf(program).map((name) => ({ argv: [name, ...target.argv.slice(1)] })),
      };
    case "shell":
      return { ...base, run: { kind: "shell", text: target.text }, readings: [{ command: target.text }] };
  }
}

/** A link may give a program another name than its file has: it is judged by both. */
function namesOf({ path, calledAs }: Program): readonly string[] {
  return calledAs === basename(path) ? [path] : [path, join(dirname(path), calledAs)];
}

function readVariables(gate: Gate, env: Environment): Readonly<Record<string, string>> {
  const given = gate.policy.info.variables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

function sessionOf({ session, env }: ExecOptions): string {
  return session ?? env["PAWL_SESSION"] ?? "exec";
}

async function run(
  options: ExecOptions,
  program: Program,
  request: GateRequest,
  launchers: Launchers | null,
): Promise<ExecResult> {
  let child: ChildProcess | null = null;
  // Before the child starts: it can answer so soon that a signal comes while `spawn` has not returned.
  const stopForwarding = forwardSignals((signal) => child?.kill(signal));
  try {
    child = start(options, program, request, launchers);
    return await endOf(child, program);
  } finally {
    stopForwarding();
  }
}

function start(
  { target, env, sandbox }: ExecOptions,
  program: Program,
  request: GateRequest,
  launchers: Launchers | null,
): ChildProcess {
  // The first word as it was written: a program may find its own parts by the path that it was called by.
  const argv = target.kind === "argv" ? target.argv : ["sh", "-c", target.text];
  const common = { cwd: request.cwd, env: { ...env, PAWL_SESSION: request.session } };
  if (sandbox === undefined || launchers === null) {
    return spawn(program.path, argv.slice(1), { ...common, argv0: argv[0] ?? "", stdio: "inherit" });
  }
  const { file, args } = launchCommand(sandbox, launchers, { path: program.path, argv });
  return withFilter(sandbox.filter, (descriptor) =>
    spawn(file, args, { ...common, stdio: ["inherit", "inherit", "inherit", descriptor] }),
  );
}

function endOf(child: ChildProcess, program: Program): Promise<ExecResult> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      const reason = systemCode(error) ?? error.message;
      resolve({ kind: "failed", exitCode: 126, message: `pawl: ${visible(program.path)} cannot be run (${reason})` });
    });
    child.on("exit", (code, signal) => {
      resolve({ kind: "ran", exitCode: signal === null ? (code ?? 1) : 128 + constants.signals[signal] });
    });
  });
}

/** Passes signals on to the child; the child's end is then this process's end. */
function forwardSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  // A terminal sends these two to the whole foreground group, so the child has them already.
  const fromTerminal: readonly NodeJS.Signals[] = process.stdin.isTTY ? [] : ["SIGINT", "SIGQUIT"];
  const signals: readonly NodeJS.Signals[] = [...fromTerminal, "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT"];
  const ignored: readonly NodeJS.Signals[] = process.stdin.isTTY ? ["SIGINT", "SIGQUIT"] : [];
  const ignore = () => undefined;
  for (const signal of signals) process.on(signal, forward);
  for (const signal of ignored) process.on(signal, ignore);
  return () => {
    for (const signal of signals) process.off(signal, forward);
    for (const signal of ignored) process.off(signal, ignore);
  };
}

function notRunnable({ target }: ExecOptions, exitCode: 126 | 127): ExecResult {
  const name = target.kind === "argv" ? (target.argv[0] ?? "") : "/bin/sh";
  return {
    kind: "failed",
    exitCode,
    message: `pawl: ${visible(name)}: ${exitCode === 127 ? "not found" : "may not be run"}`,
  };
}
