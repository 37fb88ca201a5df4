// `pawl decide --jsonl`: one JSON action per line in, one JSON decision per line out, in order and as they come.

import type { Policy, Session } from "../runtime/index.ts";
import { OK } from "./exit.ts";
import { parseLine, type BadLine } from "./json-line.ts";
import { summarise, type DecisionJson } from "./render/decision-json.ts";
import { writeAll } from "./terminal.ts";

/** What is written at a time; fewer writes are most of the speed. */
const BATCH_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** Decides every line of the stream; resolves to the exit status when it ends. */
export async function decideLines(policy: Policy, input: AsyncIterable<Uint8Array | string>): Promise<number> {
  const sessions = new Map<string, Session>();
  const cwd = process.cwd();
  const bytesMax = lineBytesMax(policy);
  let batch = "";
  let rest: Uint8Array[] = [];
  let restBytes = 0;

  const take = (chunk: Uint8Array): void => {
    // Of a line that is too long, the beginning is enough to see that.
    if (restBytes <= bytesMax) rest.push(chunk);
    restBytes += chunk.length;
  };
  const finishLine = (): void => {
    const [only] = rest;
    const bytes = rest.length === 1 && only !== undefined ? only : Buffer.concat(rest);
    if (0 < bytes.length && !isBlank(bytes)) batch += decideLine(policy, bytes, cwd, sessions);
    rest = [];
    restBytes = 0;
    if (BATCH_BYTES < batch.length) flush();
  };
  const flush = (): void => {
    if (batch !== "") writeAll(1, batch);
    batch = "";
  };

  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes.subarray(start, end));
      finishLine();
      start = end + 1;
    }
    if (start < bytes.length) take(bytes.slice(start));
    // Whoever writes one line and waits gets its answer.
    flush();
  }
  finishLine();
  flush();
  return OK;
}

const TOO_LONG: BadLine = { id: null, session: null, action: null, problem: "the line is too long" };

/** A longer line cannot be decided, so it need not be kept. */
function lineBytesMax(policy: Policy): number {
  return 2 * policy.info.inputBytesMax;
}

function decideLine(policy: Policy, bytes: Uint8Array, cwd: string, sessions: Map<string, Session>): string {
  const line = lineBytesMax(policy) < bytes.length ? TOO_LONG : parseLine(bytes, cwd);
  // Without a session the policy decides in a fresh one.
  const session = line.session === null ? undefined : sessionNamed(policy, sessions, line.session);
  if (line.problem === null) policy.decide(line.action, session);
  // Bytes that are no action let the policy say how strictly malformed and oversized ones count.
  else policy.decide(policy.info.inputBytesMax < bytes.length ? bytes : NO_ACTION, session);
  const summary = summarise(policy.report());
  const problem = line.problem ?? problemOf(summary, policy);
  const reasons = problem === null ? summary.reasons : [problem, ...summary.reasons];
  return `${JSON.stringify({ id: line.id, ...summary, reasons })}\n`;
}

function problemOf(summary: DecisionJson, policy: Policy): string | null {
  if (summary.oversized === true) return `the action is longer than ${policy.info.inputBytesMax} bytes`;
  return summary.malformed === true ? "the action is not one that the policy can read" : null;
}

const NO_ACTION: Uint8Array = Buffer.from("{}");

function sessionNamed(policy: Policy, sessions: Map<string, Session>, name: string): Session {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const session = policy.newSession();
  sessions.set(name, session);
  return session;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
