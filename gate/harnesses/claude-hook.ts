// One PreToolUse hook call, from bytes to answer.

import { decideAction, decideMalformed } from "../decide.ts";
import { requireUnchanged } from "../evidence.ts";
import { openGate, type Gate, type Load } from "../gate.ts";
import { findHome, installationAt, type Environment } from "../installation.ts";
import { hookInputBytesMax } from "../limits.ts";
import { failureMessage, stopMessage } from "../stop-message.ts";
import { claudeAgent, parseCall, printDenial, requestOfCall } from "./claude-protocol.ts";
import { passedVariable } from "./launcher.ts";

/** `pass`: no objection. `stop`: the call must not run, and the agent reads the reason. */
export type HookAnswer = { readonly kind: "pass" } | { readonly kind: "stop"; readonly reason: string };

/** What a program that the harness calls without the launcher writes and ends with. */
export interface HookOutput {
  readonly exitCode: 0;
  readonly stdout: string;
  readonly stderr: "";
}

/** Answers the launcher's program. Never throws: whatever fails is a reason to stop. */
export function answerCall(bytes: Uint8Array, env: Environment, load: Load): HookAnswer {
  return answer(bytes, env, load, passedVariable);
}

/** Answers the harness itself, in its own environment: without a launcher, only a program that runs can stop a call. */
export function runHook(bytes: Uint8Array, env: Environment, load: Load): HookOutput {
  const answered = answer(bytes, env, load, (name) => name);
  return { exitCode: 0, stdout: answered.kind === "pass" ? "" : `${printDenial(answered.reason)}\n`, stderr: "" };
}

function answer(bytes: Uint8Array, env: Environment, load: Load, nameOf: (variable: string) => string): HookAnswer {
  try {
    return judge(openGate(installationAt(findHome(env)), load), bytes, env, nameOf);
  } catch (error) {
    return { kind: "stop", reason: failureMessage(error) };
  }
}

function judge(gate: Gate, bytes: Uint8Array, env: Environment, nameOf: (variable: string) => string): HookAnswer {
  const call =
    hookInputBytesMax < bytes.length ? `the tool call is longer than ${hookInputBytesMax} bytes` : parseCall(bytes);
  if (typeof call === "string") return stopMalformed(gate, bytes, call);
  const request = requestOfCall(call, variablesOf(gate, env, nameOf), env);
  if (typeof request === "string") return stopMalformed(gate, bytes, request);
  const decision = decideAction(gate, request);
  if (decision.outcome !== "run") return { kind: "stop", reason: stopMessage(decision) };
  requireUnchanged(decision.evidence);
  return { kind: "pass" };
}

function stopMalformed(gate: Gate, bytes: Uint8Array, why: string): HookAnswer {
  const decision = decideMalformed(gate, bytes, why, { agent: claudeAgent, session: "", cwd: "" });
  return { kind: "stop", reason: stopMessage(decision) };
}

/** The launcher passes the harness's variables under other names, so that none of them acts on Node. */
function variablesOf(
  gate: Gate,
  env: Environment,
  nameOf: (variable: string) => string,
): Readonly<Record<string, string>> {
  const given = gate.policy.info.variables.flatMap((name) => {
    const value = env[nameOf(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
