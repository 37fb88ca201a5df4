// Session bytes by the session's name. What a policy remembers of an agent is here, and only ever grows.
//
// All functions that take a stored session are called with the gate's lock held: one lock spans load, decide and store,
// so that two calls at the same time can never lower one another's tier or lose a count.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { digestBytes, digestFields } from "./digest.ts";
import { readStateFile, removeDurably, writeDurably } from "./durable-file.ts";
import { GateError } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import { appendEntry } from "./ledger.ts";
import { sessionNameMax } from "./limits.ts";
import { withLock } from "./lock.ts";
import { unlockKey } from "./signing-key.ts";

export interface SessionState {
  /** The name that the harness gave. */
  readonly session: string;
  /** Who opened it. */
  readonly agent: string;
  /** Fixed by the first call. */
  readonly workspace: string;
  readonly bytes: Uint8Array;
}

export interface SessionInfo extends SessionState {
  /** 8 hex digits: enough to name it on the command line. */
  readonly id: string;
  /** Its file in `sessions/`, and its mark in `ledger/sessions/`. */
  readonly file: string;
}

/** Null for a session that never was; a file of a known one that is missing or unreadable stops everything in it. */
export function loadSession(installation: Installation, session: string): SessionState | null {
  if (sessionNameMax < session.length) {
    throw new GateError(
      "limit",
      `the name of a session is longer than ${sessionNameMax} characters`,
      "give a shorter one",
    );
  }
  const bytes = readStateFile(join(installation.sessions, fileOf(session)));
  if (bytes === null) {
    if (isKnown(installation, session)) throw unreadable(installation, session);
    return null;
  }
  const stored = parseSession(bytes);
  if (stored === null || stored.session !== session) throw unreadable(installation, session);
  return stored;
}

/** Writes the session. The file comes before the mark: a crash between leaves a session that is known by its file. */
export function storeSession(installation: Installation, state: SessionState): void {
  const { session, agent, workspace, bytes } = state;
  const digest = digestFields("pawl-session-1", [session, agent, workspace, bytes]);
  const text = JSON.stringify({
    version: 1,
    session,
    agent,
    workspace,
    bytes: Buffer.from(bytes).toString("base64"),
    digest,
  });
  writeDurably(join(installation.sessions, fileOf(session)), `${text}\n`);
  if (!isKnown(installation, session)) writeDurably(join(installation.known, fileOf(session)), "");
}

/** Every stored session, by name. A broken file is in the list with an empty workspace and no bytes. */
export function listSessions(installation: Installation): readonly SessionInfo[] {
  const files = new Set(
    [...readdirSync(installation.sessions), ...readdirSync(installation.known)].filter((name) =>
      /^[0-9a-f]{32}$/.test(name),
    ),
  );
  return [...files]
    .map((file): SessionInfo => {
      const bytes = readStateFile(join(installation.sessions, file));
      const stored = bytes === null ? null : parseSession(bytes);
      return (
        stored ?? {
          id: file.slice(0, 8),
          file,
          session: `(unreadable ${file})`,
          agent: "",
          workspace: "",
          bytes: new Uint8Array(),
        }
      );
    })
    .sort((left, right) => (left.session < right.session ? -1 : 1));
}

/** The session with that id or name. */
export function showSession(installation: Installation, idOrName: string): SessionInfo {
  const found = listSessions(installation).filter(({ id, session }) => id === idOrName || session === idOrName);
  const [only] = found;
  if (only === undefined || found.length !== 1) {
    throw new GateError(
      "unknown-id",
      `there is ${only === undefined ? "no session" : "more than one session"} \`${idOrName}\``,
      "see `pawl session list`",
    );
  }
  return only;
}

/** Forgets a session, so that its name starts anew. Only a human may: it takes the passphrase. */
export function endSession(installation: Installation, idOrName: string, passphrase: string): void {
  unlockKey(installation, passphrase);
  const { file, session } = showSession(installation, idOrName);
  withLock(installation, () => {
    appendEntry(installation, "session-end", { session });
    forget(installation, file);
  });
}

/** Whether a session has been stored and was not ended since. */
export function isKnown(installation: Installation, session: string): boolean {
  return readStateFile(join(installation.known, fileOf(session))) !== null;
}

/** Ends a session of the gate's own trials, which needs no human. */
export function forgetTrial(installation: Installation, session: string): void {
  withLock(installation, () => {
    appendEntry(installation, "session-end", { session });
    forget(installation, fileOf(session));
  });
}

/** File before mark: after a crash the session is known and missing, which stops until it is ended again. */
function forget(installation: Installation, file: string): void {
  removeDurably(join(installation.sessions, file));
  removeDurably(join(installation.known, file));
}

function fileOf(session: string): string {
  return digestBytes(session).slice(0, 32);
}

function unreadable(installation: Installation, session: string): GateError {
  return new GateError(
    "corrupt",
    `the state of session \`${session}\` is missing or unreadable (${join(installation.sessions, fileOf(session))})`,
    `restore it, or let a human end the session: \`pawl session end ${fileOf(session).slice(0, 8)}\``,
  );
}

function parseSession(text: Buffer): SessionInfo | null {
  try {
    // A foreign value: each member is checked before the type is claimed.
    const { version, session, agent, workspace, bytes, digest } = JSON.parse(text.toString("utf8")) as Readonly<
      Record<string, unknown>
    >;
    if (
      version !== 1 ||
      typeof session !== "string" ||
      typeof agent !== "string" ||
      typeof workspace !== "string" ||
      typeof bytes !== "string"
    )
      return null;
    const decoded = new Uint8Array(Buffer.from(bytes, "base64"));
    if (digest !== digestFields("pawl-session-1", [session, agent, workspace, decoded])) return null;
    const file = fileOf(session);
    return { id: file.slice(0, 8), file, session, agent, workspace, bytes: decoded };
  } catch {
    return null;
  }
}
