// Requests to a human, and answers to them.
//
// A request is a file `approvals/pending/<subject>.json`, made when an action stops. Approving it signs one exact
// action together with the tier and the rules that were shown, and moves it to `signed/`. The next try of exactly this
// action spends it: rename to `used/`, fsync, ledger entry, fsync, and only then may the action run. A crash loses an
// approval and never doubles it. Denying moves the request to `denied/` with a text for the agent.

import { randomBytes, sign, verify, type KeyObject } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Tier } from "../runtime/types.ts";
import { digestFields } from "./digest.ts";
import { moveDurably, readStateFile, removeDurably, writeDurably } from "./durable-file.ts";
import { GateError } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import { appendEntry, signCheckpoint } from "./ledger.ts";
import { pendingMax, pendingSeconds, reviewedBytesMax } from "./limits.ts";
import { withLock } from "./lock.ts";
import { digestSubject, type Subject } from "./request.ts";
import { readPublicKey, unlockKey } from "./signing-key.ts";
import { tierRank } from "./tiers.ts";
import { readEntries } from "./verify-ledger.ts";
import { visible } from "./visible-text.ts";

/** A rule as the human sees it. */
export interface ShownRule {
  readonly rule: string;
  readonly certain: boolean;
  readonly reason: string;
  readonly instead: string | null;
}

/** What is asked: everything that an approver sees, and everything that the signature covers. */
export interface Pending {
  /** 8 letters and digits, drawn at random, so that no agent can choose one. */
  readonly id: string;
  /** SHA-256 of `subject`. */
  readonly digest: string;
  readonly subject: Subject;
  readonly tier: Tier;
  readonly rules: readonly ShownRule[];
  readonly effects: readonly string[];
  /** Milliseconds since 1970. */
  readonly asked: number;
  /** How long an approval will hold. */
  readonly approvalSeconds: number;
}

export interface Approval {
  readonly pending: Pending;
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Ed25519, base64. */
  readonly signature: string;
}

export interface Denial {
  readonly pending: Pending;
  readonly because: string;
  /** Milliseconds since 1970: until then every try gets the text. */
  readonly until: number;
  /** The text has reached the agent at least once. */
  readonly delivered: boolean;
}

/** Asks a human, or returns the request that is there already. Called with the lock held. */
export function ask(installation: Installation, asked: Omit<Pending, "id" | "digest" | "asked">, now: number): Pending {
  const digest = digestSubject(asked.subject);
  const path = fileIn(installation.pending, digest);
  const waiting = readPending(path);
  if (waiting !== null && isSameShown(waiting, asked) && now < waiting.asked + pendingSeconds * 1000) return waiting;
  const others = readAll(installation.pending).filter((pending) => pending.digest !== digest);
  for (const old of others)
    if (old.asked + pendingSeconds * 1000 <= now) removeDurably(fileIn(installation.pending, old.digest));
  if (pendingMax <= others.filter((pending) => now < pending.asked + pendingSeconds * 1000).length) {
    throw new GateError(
      "limit",
      `${pendingMax} requests wait for a human already`,
      "answer some of them first: `pawl approvals`",
    );
  }
  const pending: Pending = { ...asked, id: freshId(others), digest, asked: now };
  const text = `${JSON.stringify({ version: 1, ...pending })}\n`;
  if (reviewedBytesMax < Buffer.byteLength(text)) {
    throw new GateError(
      "limit",
      "the action is too long for a human to review, so it cannot be approved",
      "split it into shorter ones",
    );
  }
  writeDurably(path, text);
  return pending;
}

/** Every request that waits, oldest first. */
export function listPending(installation: Installation, now = Date.now()): readonly Pending[] {
  return readAll(installation.pending)
    .filter((pending) => now < pending.asked + pendingSeconds * 1000)
    .sort((left, right) => left.asked - right.asked || (left.id < right.id ? -1 : 1));
}

/** The request with that id, in any case of letters. */
export function findPending(installation: Installation, id: string, now = Date.now()): Pending {
  const wanted = id.toUpperCase();
  const found = listPending(installation, now).filter((pending) => pending.id === wanted);
  const [only] = found;
  if (only === undefined || found.length !== 1) {
    throw new GateError("unknown-id", `no request \`${visible(id)}\` waits for an answer`, "see `pawl approvals`");
  }
  return only;
}

/** Signs the request that the human saw, once the passphrase opens the key. */
export function approve(installation: Installation, shown: Pending, passphrase: string, now = Date.now()): Approval {
  const key = unlockKey(installation, passphrase);
  return withLock(installation, () => {
    const pending = findPending(installation, shown.id, now);
    if (pending.digest !== shown.digest || !isSameShown(pending, shown)) {
      throw new GateError(
        "changed",
        `request ${shown.id} changed while it was shown`,
        "find out who changed it; nothing was approved",
      );
    }
    const nonce = randomBytes(16).toString("hex");
    const expires = now + pending.approvalSeconds * 1000;
    const signature = sign(null, statement(pending, nonce, expires), key).toString("base64");
    const approval: Approval = { pending, nonce, expires, signature };
    writeDurably(fileIn(installation.signed, pending.digest), `${JSON.stringify({ version: 1, ...approval })}\n`);
    removeDurably(fileIn(installation.pending, pending.digest));
    const entry = appendEntry(installation, "approved", {
      id: pending.id,
      subject: pending.digest,
      nonce,
      expires: new Date(expires).toISOString(),
      signature,
    });
    signCheckpoint(installation, entry, key);
    return approval;
  });
}

/** Refuses the request; the agent's next try gets the text, and so does every try while an approval would have held. */
export function deny(installation: Installation, id: string, because: string, now = Date.now()): void {
  withLock(installation, () => {
    const pending = findPending(installation, id, now);
    writeDenial(installation, { pending, because, until: now + pending.approvalSeconds * 1000, delivered: false });
    removeDurably(fileIn(installation.pending, pending.digest));
    appendEntry(installation, "denied", { id: pending.id, subject: pending.digest, because });
  });
}

/** The text of a denial that still holds, marked as delivered; null when there is none. Called with the lock held. */
export function takeDenial(installation: Installation, digest: string, now: number): string | null {
  const path = fileIn(installation.denied, digest);
  const denial = readDenial(path);
  if (denial === null) return null;
  if (denial.delivered && denial.until <= now) {
    removeDurably(path);
    return null;
  }
  if (!denial.delivered) writeDenial(installation, { ...denial, delivered: true });
  return denial.because;
}

/**
 * An approval of exactly this subject, its signature checked; an expired one is put away. Called with the lock held.
 */
export function findApproval(installation: Installation, digest: string, now: number): Approval | null {
  const path = fileIn(installation.signed, digest);
  const approval = readApproval(path);
  if (approval === null) return null;
  if (approval.expires <= now) {
    putAway(installation, approval, "expired");
    return null;
  }
  if (approval.pending.digest !== digest || !isSigned(approval, readPublicKey(installation))) {
    throw new GateError(
      "corrupt",
      `${path} is not an approval that a human gave`,
      "find out who made it, and remove it",
    );
  }
  return approval;
}

/** Whether an action that is decided now is what the human saw: no higher tier and no rule that was not shown. */
export function isAsShown(
  approval: Approval,
  now: { readonly tier: Tier; readonly rules: readonly ShownRule[] },
): boolean {
  const shown = new Set(approval.pending.rules.map(({ rule }) => rule));
  return tierRank(now.tier) <= tierRank(approval.pending.tier) && now.rules.every(({ rule }) => shown.has(rule));
}

/** Spends an approval before its action runs. Called with the lock held. */
export function spend(installation: Installation, approval: Approval): void {
  // A signed file that was copied aside and put back is known by its nonce.
  for (const entry of readEntries(installation)) {
    if (entry.kind === "spent" && entry.body["nonce"] === approval.nonce) {
      throw new GateError(
        "corrupt",
        `approval ${approval.pending.id} was used before`,
        "find out who put it back, and remove it",
      );
    }
  }
  putAway(installation, approval, "used");
  appendEntry(installation, "spent", {
    id: approval.pending.id,
    subject: approval.pending.digest,
    nonce: approval.nonce,
  });
}

/** Puts an approval away that does not fit what was decided. Called with the lock held. */
export function voidApproval(installation: Installation, approval: Approval): void {
  putAway(installation, approval, "void");
}

function putAway(installation: Installation, approval: Approval, how: "used" | "void" | "expired"): void {
  const { digest } = approval.pending;
  moveDurably(fileIn(installation.signed, digest), join(installation.used, `${digest}-${approval.nonce}.${how}.json`));
}

/** What the signature covers. */
function statement(pending: Pending, nonce: string, expires: number): Buffer {
  const rules = pending.rules.map(({ rule, certain, reason, instead }) =>
    digestFields("pawl-rule-1", [rule, String(certain), reason, instead ?? ""]),
  );
  return Buffer.from(
    digestFields("pawl-approval-1", [digestSubject(pending.subject), pending.tier, nonce, String(expires), ...rules]),
    "hex",
  );
}

function isSigned(approval: Approval, key: KeyObject): boolean {
  const { pending, nonce, expires, signature } = approval;
  // The subject is digested anew: a file whose parts do not fit together was never signed.
  return (
    digestSubject(pending.subject) === pending.digest &&
    verify(null, statement(pending, nonce, expires), key, Buffer.from(signature, "base64"))
  );
}

function isSameShown(waiting: Pending, asked: Omit<Pending, "id" | "digest" | "asked">): boolean {
  const shown = ({ tier, rules, effects, approvalSeconds }: typeof asked) =>
    JSON.stringify([tier, rules, effects, approvalSeconds]);
  return shown(waiting) === shown(asked);
}

/** Crockford's 32 letters and digits, none of which is taken for another; drawn until no other request has the id. */
function freshId(others: readonly Pending[]): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (;;) {
    const id = [...randomBytes(8)].map((byte) => alphabet[byte % alphabet.length]).join("");
    if (!others.some((pending) => pending.id === id)) return id;
  }
}

function fileIn(directory: string, digest: string): string {
  return join(directory, `${digest}.json`);
}

function writeDenial(installation: Installation, denial: Denial): void {
  writeDurably(fileIn(installation.denied, denial.pending.digest), `${JSON.stringify({ version: 1, ...denial })}\n`);
}

function readAll(directory: string): readonly Pending[] {
  return readdirSync(directory)
    .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
    .map((name) => readPendingOrNone(join(directory, name)))
    .filter((pending) => pending !== null);
}

/** One broken file must not hide the other requests; it can never be approved. */
function readPendingOrNone(path: string): Pending | null {
  try {
    return readPending(path);
  } catch (error) {
    if (error instanceof GateError && error.code === "corrupt") return null;
    throw error;
  }
}

function readPending(path: string): Pending | null {
  const value = readObject(path);
  return value === null ? null : pendingOf(value, path);
}

function readApproval(path: string): Approval | null {
  const value = readObject(path);
  if (value === null) return null;
  const { pending, nonce, expires, signature } = value;
  if (
    typeof nonce !== "string" ||
    !/^[0-9a-f]{32}$/.test(nonce) ||
    typeof expires !== "number" ||
    typeof signature !== "string"
  )
    throw corruptFile(path);
  return { pending: pendingOf(pending, path), nonce, expires, signature };
}

function readDenial(path: string): Denial | null {
  const value = readObject(path);
  if (value === null) return null;
  const { pending, because, until, delivered } = value;
  if (typeof because !== "string" || typeof until !== "number" || typeof delivered !== "boolean")
    throw corruptFile(path);
  return { pending: pendingOf(pending, path), because, until, delivered };
}

/** A stored request whose digest fits its content: then it has the shape that this file wrote. */
function pendingOf(value: unknown, path: string): Pending {
  try {
    // A foreign value: a wrong shape either throws here or gives another digest.
    const { id, digest, subject, tier, rules, effects, asked, approvalSeconds } = value as Pending;
    const isShaped =
      /^[0-9A-Z]{8}$/.test(id) &&
      digestSubject(subject) === digest &&
      Number.isInteger(tierRank(tier)) &&
      rules.every(({ rule, reason }) => typeof rule === "string" && typeof reason === "string") &&
      effects.every((effect) => typeof effect === "string") &&
      Number.isFinite(asked) &&
      Number.isFinite(approvalSeconds);
    if (isShaped) return { id, digest, subject, tier, rules, effects, asked, approvalSeconds };
  } catch {
    // Told below, with the path.
  }
  throw corruptFile(path);
}

function readObject(path: string): Readonly<Record<string, unknown>> | null {
  const bytes = readStateFile(path);
  if (bytes === null) return null;
  try {
    // A foreign value: its members are checked by the caller.
    const value = JSON.parse(bytes.toString("utf8")) as Readonly<Record<string, unknown>>;
    if (value["version"] === 1) return value;
  } catch {
    // Told below, with the path.
  }
  throw corruptFile(path);
}

function corruptFile(path: string): GateError {
  return new GateError(
    "corrupt",
    `${path} is not a file that the gate wrote`,
    "find out who changed it, and remove it",
  );
}
