// The ledger: one JSON object per line, each bound to the one before by SHA-256, only ever appended to.
//
// An entry is acknowledged when `appendEntry` returns: it is then on the disk. Whoever wants an action to run appends
// first. A line that a crash cut was never acknowledged; it is set aside in `torn/`, and an entry records that. Every
// `checkpointEvery` entries, and whenever a human approves (then signed), a file in `checkpoints/` names the last
// entry, so that dropping a tail or rewriting it shows even without an exported head.
//
// All functions that write are called with the gate's lock held.

import { sign, type KeyObject } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { digestBytes, digestFields } from "./digest.ts";
import { moveDurably, readStateFile, writeDurably } from "./durable-file.ts";
import { GateError, systemCode } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import { checkpointEvery, ledgerLineBytesMax } from "./limits.ts";
import { withLock } from "./lock.ts";

export type EntryKind =
  | "policy"
  | "key"
  | "decision"
  | "spent"
  | "approved"
  | "denied"
  | "session-end"
  | "failed"
  | "repair";

export interface Entry {
  readonly sequence: number;
  /** Hash of the entry before; of the first, 64 zeros. */
  readonly previous: string;
  /** UTC, ISO 8601. */
  readonly time: string;
  readonly kind: EntryKind;
  readonly body: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** The last entry: where a chain stands. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** What a checkpoint file holds. */
export interface Checkpoint extends Head {
  /** Ed25519, base64; null in one that nobody signed. */
  readonly signature: string | null;
}

export const emptyHead: Head = { sequence: 0, hash: "0".repeat(64) };

/**
 * Appends one entry and returns it when it is on the disk. On any failure nothing is acknowledged and GateError
 * thrown.
 */
export function appendEntry(installation: Installation, kind: EntryKind, body: Entry["body"]): Entry {
  const descriptor = openEntries(installation);
  try {
    setAsideTornLine(installation, descriptor);
    recordTornFiles(installation, descriptor);
    const entry = append(descriptor, installation, kind, body);
    if (entry.sequence % checkpointEvery === 0) writeCheckpoint(installation, entry, null);
    return entry;
  } finally {
    closeSync(descriptor);
  }
}

/** Signs where the ledger stands, so that nobody without the key can rewrite what lies before. */
export function signCheckpoint(installation: Installation, head: Head, key: KeyObject): void {
  writeCheckpoint(installation, head, sign(null, checkpointBytes(head), key).toString("base64"));
}

/** What a checkpoint's signature covers. */
export function checkpointBytes(head: Head): Buffer {
  return Buffer.from(digestFields("pawl-checkpoint-1", [String(head.sequence), head.hash]), "hex");
}

/** One line that names the last entry; whoever keeps it elsewhere finds truncation and rewriting. */
export function ledgerHead(installation: Installation): string {
  return withLock(installation, () => {
    const descriptor = openEntries(installation);
    try {
      return printHead(readHead(descriptor, installation));
    } finally {
      closeSync(descriptor);
    }
  });
}

export function printHead(head: Head): string {
  return `pawl-head 1 ${head.sequence} ${head.hash}`;
}

/** The head that a line of `ledgerHead` names, or null. */
export function parseHead(text: string): Head | null {
  const match = /^pawl-head 1 (0|[1-9][0-9]{0,14}) ([0-9a-f]{64})$/.exec(text.trim());
  const [, sequence, hash] = match ?? [];
  return sequence === undefined || hash === undefined ? null : { sequence: Number(sequence), hash };
}

/** Sets a torn last line aside and records it; does nothing to a whole ledger. Appending does the same by itself. */
export function repairLedger(installation: Installation): { readonly setAside: number } {
  return withLock(installation, () => {
    const descriptor = openEntries(installation);
    try {
      const setAside = setAsideTornLine(installation, descriptor);
      recordTornFiles(installation, descriptor);
      return { setAside };
    } finally {
      closeSync(descriptor);
    }
  });
}

/** The line of an entry, without its newline. A line that is no entry in exactly this form is no line of a ledger. */
export function printEntry(entry: Entry): string {
  const { sequence, previous, time, kind, body, hash } = entry;
  return JSON.stringify({ sequence, previous, time, kind, body, hash });
}

/** The entry of a line, or why it is none. Covers form and own hash, not the chain. */
export function parseEntry(line: string): Entry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  if (!isEntryShaped(value)) return "is not an entry";
  if (hashOf(value) !== value.hash) return "was changed: its hash does not fit";
  if (printEntry(value) !== line) return "was changed: it is not written as the ledger writes";
  return value;
}

function isEntryShaped(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  // A foreign value: each member is checked before the type is claimed.
  const { sequence, previous, time, kind, body, hash } = value as Readonly<Record<string, unknown>>;
  return (
    typeof sequence === "number" &&
    Number.isSafeInteger(sequence) &&
    typeof previous === "string" &&
    typeof time === "string" &&
    typeof kind === "string" &&
    typeof body === "object" &&
    body !== null &&
    typeof hash === "string"
  );
}

function hashOf(entry: Omit<Entry, "hash">): string {
  return digestFields("pawl-ledger-1", [
    entry.previous,
    String(entry.sequence),
    entry.time,
    entry.kind,
    JSON.stringify(entry.body),
  ]);
}

function append(descriptor: number, installation: Installation, kind: EntryKind, body: Entry["body"]): Entry {
  const head = readHead(descriptor, installation);
  const unhashed = { sequence: head.sequence + 1, previous: head.hash, time: new Date().toISOString(), kind, body };
  const entry = { ...unhashed, hash: hashOf(unhashed) };
  const line = Buffer.from(`${printEntry(entry)}\n`, "utf8");
  if (ledgerLineBytesMax < line.length)
    throw new GateError("limit", "an entry for the ledger is too long", "report this as a fault of Pawl");
  writeLine(descriptor, installation, line);
  return entry;
}

function writeLine(descriptor: number, installation: Installation, line: Buffer): void {
  const size = fstatSync(descriptor).size;
  let failure = "short write";
  try {
    if (writeSync(descriptor, line) === line.length) {
      fsyncSync(descriptor);
      return;
    }
  } catch (error) {
    failure = systemCode(error) ?? "failed";
  }
  try {
    // Nobody has been told of this line. If it cannot be taken back either, the next writer sets it aside.
    ftruncateSync(descriptor, size);
  } catch {
    // The failure to write is the one to report.
  }
  throw new GateError(
    "unwritable",
    `the ledger cannot be written: ${installation.entries} (${failure})`,
    "free some space or correct the permissions; until then no action runs",
  );
}

function openEntries(installation: Installation): number {
  try {
    return openSync(installation.entries, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error) ?? "failed";
    if (code === "ENOENT")
      throw new GateError(
        "missing",
        `the ledger is missing: ${installation.entries}`,
        "restore it from a backup, or start anew with `pawl install`",
      );
    throw new GateError(
      "unwritable",
      `the ledger cannot be opened: ${installation.entries} (${code})`,
      "correct its owner and permissions; until then no action runs",
    );
  }
}

/** The last entry. Requires that the file ends with a whole line. */
function readHead(descriptor: number, installation: Installation): Head {
  const size = fstatSync(descriptor).size;
  if (size === 0) return emptyHead;
  const start = lineStartBefore(descriptor, size - 1, installation);
  const entry = parseEntry(readRange(descriptor, start, size - 1).toString("utf8"));
  if (typeof entry === "string") {
    throw new GateError(
      "corrupt",
      `the last line of the ledger ${entry}: ${installation.entries}`,
      "see `pawl ledger verify`, and find out who changed it; no action runs until it is restored",
    );
  }
  return entry;
}

/** Moves bytes after the last newline to a file of their own and returns their number. */
function setAsideTornLine(installation: Installation, descriptor: number): number {
  const size = fstatSync(descriptor).size;
  if (size === 0 || readRange(descriptor, size - 1, size)[0] === 0x0a) return 0;
  const start = lineStartBefore(descriptor, size, installation);
  const bytes = readRange(descriptor, start, size);
  writeDurably(join(installation.torn, `${start}-${digestBytes(bytes).slice(0, 16)}.pending`), bytes);
  try {
    ftruncateSync(descriptor, start);
    fsyncSync(descriptor);
  } catch (error) {
    throw new GateError(
      "unwritable",
      `the ledger cannot be repaired: ${installation.entries} (${systemCode(error) ?? "failed"})`,
      "free some space or correct the permissions",
    );
  }
  return bytes.length;
}

/** A crash may come between setting aside and recording, so what waits for its entry is found by its name. */
function recordTornFiles(installation: Installation, descriptor: number): void {
  for (const name of readdirSync(installation.torn)
    .filter((file) => file.endsWith(".pending"))
    .sort()) {
    const path = join(installation.torn, name);
    const bytes = readStateFile(path) ?? Buffer.alloc(0);
    const kept = name.replace(/\.pending$/, ".torn");
    append(descriptor, installation, "repair", { file: kept, bytes: bytes.length, sha256: digestBytes(bytes) });
    moveDurably(path, join(installation.torn, kept));
  }
}

/** Where the line that ends at `end` starts. */
function lineStartBefore(descriptor: number, end: number, installation: Installation): number {
  const chunkBytes = 16 * 1024;
  for (let stop = end; 0 < stop;) {
    const start = Math.max(0, stop - chunkBytes);
    const newline = readRange(descriptor, start, stop).lastIndexOf(0x0a);
    if (newline !== -1) return start + newline + 1;
    if (ledgerLineBytesMax < end - start) {
      throw new GateError(
        "corrupt",
        `the last line of the ledger is too long: ${installation.entries}`,
        "see `pawl ledger verify`, and find out who changed it",
      );
    }
    stop = start;
  }
  return 0;
}

function readRange(descriptor: number, start: number, end: number): Buffer {
  const buffer = Buffer.alloc(end - start);
  let done = 0;
  while (done < buffer.length) {
    const length = readSync(descriptor, buffer, done, buffer.length - done, start + done);
    if (length === 0) break;
    done += length;
  }
  return buffer.subarray(0, done);
}

function writeCheckpoint(installation: Installation, head: Head, signature: string | null): void {
  const checkpoint: Checkpoint = { sequence: head.sequence, hash: head.hash, signature };
  writeDurably(join(installation.checkpoints, `${head.sequence}.json`), `${JSON.stringify(checkpoint)}\n`);
}
