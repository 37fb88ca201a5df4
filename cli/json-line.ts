// One line of `pawl decide --jsonl`: an action, or the reason why it is none.

import type { Action } from "../runtime/types.ts";

/** What tells one line's decision from another's. */
export type Id = string | number | boolean | null;

/** What a line says. */
export type Line = ActionLine | BadLine;

export interface ActionLine {
  readonly id: Id;
  readonly session: string | null;
  readonly action: Action;
  readonly problem: null;
}

export interface BadLine {
  readonly id: Id;
  readonly session: null;
  readonly action: null;
  readonly problem: string;
}

const KEYS: ReadonlySet<string> = new Set(["id", "tool", "command", "argv", "cwd", "input", "session"]);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a line; `cwd` is for lines that name none. */
export function parseLine(bytes: Uint8Array, cwd: string): Line {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return bad(null, "the line is not UTF-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad(null, "the line is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return bad(null, "the line is not a JSON object");
  return readObject({ ...value }, cwd);
}

function readObject(object: Readonly<Record<string, unknown>>, defaultCwd: string): Line {
  const { id = null, tool, command, argv, cwd = defaultCwd, input, session = null } = object;
  if (!isId(id)) return bad(null, "`id` is not a text, a number or a bool");
  const unknown = Object.keys(object).find((key) => !KEYS.has(key));
  if (unknown !== undefined) return bad(id, `the key ${JSON.stringify(unknown)} is not known`);
  if (typeof cwd !== "string" || !cwd.startsWith("/")) return bad(id, "`cwd` is not an absolute path");
  if (session !== null && typeof session !== "string") return bad(id, "`session` is not a text");
  if (tool !== undefined && typeof tool !== "string") return bad(id, "`tool` is not a text");
  if (command !== undefined && typeof command !== "string") return bad(id, "`command` is not a text");
  if (argv !== undefined && !isTexts(argv)) return bad(id, "`argv` is not a list of texts");
  if (tool === undefined && input !== undefined) return bad(id, "`input` stands without a `tool`");
  if (argv !== undefined && (tool !== undefined || command !== undefined))
    return bad(id, "`argv` stands beside another action");

  if (tool !== undefined) {
    if (command === undefined) return good(id, session, { tool, input: input ?? {}, cwd });
    if (input !== undefined) return bad(id, "`command` and `input` stand beside each other");
    return good(id, session, { tool, input: { command }, cwd });
  }
  if (argv !== undefined) return good(id, session, { argv, cwd });
  if (command !== undefined) return good(id, session, { command, cwd });
  return bad(id, "the line has no `command`, `tool` or `argv`");
}

function good(id: Id, session: string | null, action: Action): ActionLine {
  return { id, session, action, problem: null };
}

function bad(id: Id, problem: string): BadLine {
  return { id, session: null, action: null, problem };
}

function isId(value: unknown): value is Id {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
