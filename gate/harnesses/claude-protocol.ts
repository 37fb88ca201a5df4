// PreToolUse of Claude Code: the call that comes on standard input, and the answer that goes out.
//
// https://code.claude.com/docs/en/hooks: the input is one JSON object; silence with status 0 is no objection and leaves
// the harness's own permissions as they are; `permissionDecision: "deny"` stops the call and shows the reason to the
// agent. Pawl never answers `allow`, which would skip those permissions, nor `ask`, which a mode may answer by itself.

import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Environment } from "../installation.ts";
import type { GateRequest } from "../request.ts";

export interface ClaudeCall {
  readonly session: string;
  readonly cwd: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export const claudeAgent = "claude-code";

/** Input of known tools that does not change what runs, so that another wording does not ask for another approval. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  Bash: ["description", "timeout", "run_in_background"],
};

/** The call, or why the bytes are none. */
export function parseCall(bytes: Uint8Array): ClaudeCall | string {
  if (bytes.length === 0) return "the tool call is empty";
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return error instanceof TypeError ? "the tool call is not UTF-8" : "the tool call is not JSON";
  }
  if (!isObject(value)) return "the tool call is not a JSON object";
  const { hook_event_name: event, session_id: session, cwd, tool_name: tool, tool_input: input } = value;
  if (event !== "PreToolUse") return "`hook_event_name` of the tool call is not `PreToolUse`";
  if (typeof session !== "string" || session === "") return "`session_id` of the tool call is not a text";
  if (typeof cwd !== "string" || !isAbsolute(cwd)) return "`cwd` of the tool call is not an absolute path";
  if (typeof tool !== "string" || tool === "") return "`tool_name` of the tool call is not a text";
  if (!isObject(input)) return "`tool_input` of the tool call is not an object";
  return { session, cwd, tool, input };
}

/** The call as the gate takes it, or why it cannot be judged. A sub-agent's call carries its parent's `session_id`. */
export function requestOfCall(
  call: ClaudeCall,
  variables: Readonly<Record<string, string>>,
  env: Environment,
): GateRequest | string {
  const cwd = realPathOrNull(call.cwd);
  if (cwd === null) return "the directory of the tool call does not exist";
  const unchanging = leftOut[call.tool] ?? [];
  const input = Object.fromEntries(Object.entries(call.input).filter(([name]) => !unchanging.includes(name)));
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch {
    return "the tool call nests too deep";
  }
  const project = env["CLAUDE_PROJECT_DIR"];
  return {
    agent: claudeAgent,
    session: sessionName(call, env),
    cwd,
    workspace: (project === undefined ? null : realPathOrNull(project)) ?? cwd,
    variables,
    run: { kind: "tool", tool: call.tool, input: text },
    readings: [{ tool: call.tool, input }],
  };
}

/** An agent that another agent's command started stays in that agent's session. */
function sessionName(call: ClaudeCall, env: Environment): string {
  const parent = env["PAWL_SESSION"];
  return parent === undefined || parent === "" ? `${claudeAgent}:${call.session}` : parent;
}

/** The answer that stops a call: plain ASCII, so that no locale on its way changes it. */
export function printDenial(reason: string): string {
  const answer = {
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason },
  };
  return JSON.stringify(answer).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
