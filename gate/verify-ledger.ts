// Reads a ledger from its first line to its last and finds what was edited, reordered, dropped, cut off or rewritten.

import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { readStateFile } from "./durable-file.ts";
import { GateError, systemCode } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import {
  checkpointBytes,
  emptyHead,
  parseEntry,
  parseHead,
  printHead,
  type Checkpoint,
  type Entry,
  type Head,
} from "./ledger.ts";
import { ledgerLineBytesMax } from "./limits.ts";
import { withLock } from "./lock.ts";
import { visible } from "./visible-text.ts";

export interface LedgerProblem {
  /** 1-based; null when the problem has no line. */
  readonly line: number | null;
  /** A sentence of its own, which names the line or entry it is about. */
  readonly what: string;
}

export interface LedgerReport {
  readonly ok: boolean;
  readonly entries: number;
  /** As `ledgerHead` prints it. */
  readonly head: string;
  readonly problems: readonly LedgerProblem[];
}

/** Problems beyond this number are not listed; one is enough to distrust a ledger. */
const problemsMax = 50;

/** Verifies the chain, the checkpoints and, when given, a head that was exported before. */
export function verifyLedger(installation: Installation, exported?: string): LedgerReport {
  const problems: LedgerProblem[] = [];
  const report = (line: number | null, what: string) => {
    if (problems.length < problemsMax) problems.push({ line, what });
  };
  // What is there now never changes, so the gate need not wait while all of it is read.
  const { size, expected } = withLock(installation, () => {
    for (const file of readdirSync(installation.torn).filter((name) => name.endsWith(".pending"))) {
      report(null, `a torn line was set aside and not recorded (${visible(file)}): run \`pawl ledger repair\``);
    }
    return { size: sizeOf(installation), expected: expectedHashes(installation, exported, report) };
  });
  let head: Head = emptyHead;
  let line = 0;
  for (const text of linesOf(installation, size)) {
    line += 1;
    if (text.torn) {
      report(line, `line ${line}, the last one, is torn: run \`pawl ledger repair\``);
      break;
    }
    const entry = parseEntry(text.line);
    if (typeof entry === "string") {
      report(line, `line ${line} ${entry}`);
      continue;
    }
    checkChain(entry, head, line, report);
    for (const what of expected.get(entry.sequence)?.filter(({ hash }) => hash !== entry.hash) ?? []) {
      report(
        line,
        `line ${line}: entry ${entry.sequence} is not the one that ${what.from} names: the ledger was rewritten`,
      );
    }
    expected.delete(entry.sequence);
    head = entry;
  }
  for (const [sequence, claims] of expected) {
    for (const { from } of claims)
      report(null, `entry ${sequence}, which ${from} names, is not there: the ledger was cut off`);
  }
  return { ok: problems.length === 0, entries: line, head: printHead(head), problems };
}

/** Every entry of a whole ledger, oldest first; lines that are none are left out. For lists, not for trust. */
export function* readEntries(installation: Installation): Generator<Entry> {
  for (const { line, torn } of linesOf(installation, sizeOf(installation))) {
    const entry = torn ? "" : parseEntry(line);
    if (typeof entry !== "string") yield entry;
  }
}

function checkChain(entry: Entry, before: Head, line: number, report: (line: number, what: string) => void): void {
  if (entry.sequence !== before.sequence + 1) {
    report(
      line,
      `line ${line}: entry ${entry.sequence} follows entry ${before.sequence}: entries were dropped, repeated or reordered`,
    );
  } else if (entry.previous !== before.hash) {
    report(line, `line ${line}: entry ${entry.sequence} does not follow from the one before it: entries were replaced`);
  }
}

type Claims = Map<number, { readonly hash: string; readonly from: string }[]>;

/** What checkpoints and the exported head say about single entries. */
function expectedHashes(
  installation: Installation,
  exported: string | undefined,
  report: (line: null, what: string) => void,
): Claims {
  const claims: Claims = new Map();
  const claim = (head: Head, from: string) =>
    claims.set(head.sequence, [...(claims.get(head.sequence) ?? []), { hash: head.hash, from }]);
  if (exported !== undefined) {
    const head = parseHead(exported);
    if (head === null) report(null, "the given head is not a line that `pawl ledger head` printed");
    else if (head.sequence !== 0) claim(head, "the exported head");
  }
  const key = readPublicKey(installation);
  for (const name of readdirSync(installation.checkpoints).filter((file) => file.endsWith(".json"))) {
    const checkpoint = parseCheckpoint(readStateFile(join(installation.checkpoints, name)));
    const from = `checkpoint ${visible(name)}`;
    if (checkpoint === null) report(null, `${from} cannot be read`);
    else if (checkpoint.signature !== null && !isSigned(checkpoint, key)) report(null, `${from} has a false signature`);
    else claim(checkpoint, from);
  }
  return claims;
}

function isSigned(checkpoint: Checkpoint, key: KeyObject | null): boolean {
  return (
    key !== null &&
    checkpoint.signature !== null &&
    verify(null, checkpointBytes(checkpoint), key, Buffer.from(checkpoint.signature, "base64"))
  );
}

function parseCheckpoint(bytes: Buffer | null): Checkpoint | null {
  try {
    // A foreign value: each member is checked before the type is claimed.
    const { sequence, hash, signature } = JSON.parse(bytes?.toString("utf8") ?? "") as Readonly<
      Record<string, unknown>
    >;
    if (typeof sequence !== "number" || typeof hash !== "string") return null;
    return typeof signature === "string" || signature === null ? { sequence, hash, signature } : null;
  } catch {
    return null;
  }
}

function readPublicKey(installation: Installation): KeyObject | null {
  const text = readStateFile(installation.publicKey);
  try {
    return text === null ? null : createPublicKey(text);
  } catch {
    return null;
  }
}

/** The lines in the first `size` bytes. */
function* linesOf(
  installation: Installation,
  size: number,
): Generator<{ readonly line: string; readonly torn: boolean }> {
  const descriptor = openForReading(installation);
  try {
    let rest = Buffer.alloc(0);
    const chunk = Buffer.alloc(256 * 1024);
    for (let at = 0; at < size;) {
      const length = readSync(descriptor, chunk, 0, Math.min(chunk.length, size - at), at);
      if (length === 0) break;
      at += length;
      rest = Buffer.concat([rest, chunk.subarray(0, length)]);
      for (let newline = rest.indexOf(0x0a); newline !== -1; newline = rest.indexOf(0x0a)) {
        yield { line: rest.subarray(0, newline).toString("utf8"), torn: false };
        rest = rest.subarray(newline + 1);
      }
      if (ledgerLineBytesMax < rest.length) break;
    }
    if (0 < rest.length) yield { line: "", torn: true };
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(installation: Installation): number {
  const descriptor = openForReading(installation);
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(installation: Installation): number {
  try {
    return openSync(installation.entries, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw new GateError(
      "unreadable",
      `the ledger cannot be read: ${installation.entries} (${systemCode(error) ?? "failed"})`,
      "restore it from a backup",
    );
  }
}
