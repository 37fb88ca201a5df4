// The key that signs approvals: Ed25519, its private half encrypted under a passphrase that only a human knows.

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  scryptSync,
  type KeyObject,
} from "node:crypto";
import { readStateFile, writeDurably } from "./durable-file.ts";
import { GateError } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import { appendEntry } from "./ledger.ts";
import { withLock } from "./lock.ts";
import { digestBytes } from "./digest.ts";

/** What opening the key costs, as scrypt counts it. */
export interface KeyCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and some 0.4 s a guess: what one approval may cost, and dear for whoever tries a list of words. */
const usualCost: KeyCost = { N: 1 << 17, r: 8, p: 1 };

/** A key file that asks for more is none of ours. */
const costMax: KeyCost = { N: 1 << 20, r: 16, p: 4 };

export const passphraseLengthMin = 8;

interface KeyFile {
  readonly version: 1;
  readonly cost: KeyCost;
  /** All base64. */
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
  readonly key: string;
}

export function hasKey(installation: Installation): boolean {
  return readStateFile(installation.key) !== null;
}

/** Makes the key pair; refuses when there is one, since its approvals would be void without a word. */
export function createKey(installation: Installation, passphrase: string, cost = usualCost): void {
  if (passphrase.length < passphraseLengthMin) {
    throw new GateError(
      "wrong-passphrase",
      `the passphrase is shorter than ${passphraseLengthMin} characters`,
      "choose a longer one",
    );
  }
  withLock(installation, () => {
    if (hasKey(installation))
      throw new GateError(
        "corrupt",
        `there is a signing key already: ${installation.key}`,
        "use it, or move it away first",
      );
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const salt = randomBytes(16);
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", stretch(passphrase, salt, cost), nonce);
    const encrypted = Buffer.concat([
      cipher.update(privateKey.export({ type: "pkcs8", format: "der" })),
      cipher.final(),
    ]);
    const base64 = (bytes: Buffer) => bytes.toString("base64");
    const file: KeyFile = {
      version: 1,
      cost,
      salt: base64(salt),
      nonce: base64(nonce),
      tag: base64(cipher.getAuthTag()),
      key: base64(encrypted),
    };
    const publicText = publicKey.export({ type: "spki", format: "pem" });
    writeDurably(installation.publicKey, publicText);
    writeDurably(installation.key, `${JSON.stringify(file)}\n`);
    appendEntry(installation, "key", { public: digestBytes(publicText) });
  });
}

/**
 * The private key. A wrong passphrase is the only way in which a human's part fails; everything else says what is
 * broken.
 */
export function unlockKey(installation: Installation, passphrase: string): KeyObject {
  const bytes = readStateFile(installation.key);
  if (bytes === null)
    throw new GateError(
      "no-key",
      `there is no signing key: ${installation.key}`,
      "make one with `pawl install`, or restore it from a backup",
    );
  const file = parseKeyFile(bytes, installation);
  const decode = (text: string) => Buffer.from(text, "base64");
  const secret = stretch(passphrase, decode(file.salt), file.cost);
  let opened: Buffer;
  try {
    const decipher = createDecipheriv("aes-256-gcm", secret, decode(file.nonce), { authTagLength: 16 });
    decipher.setAuthTag(decode(file.tag));
    opened = Buffer.concat([decipher.update(decode(file.key)), decipher.final()]);
  } catch {
    throw new GateError("wrong-passphrase", "the passphrase does not open the signing key", "try again");
  }
  const key = createPrivateKey({ key: opened, format: "der", type: "pkcs8" });
  const own = createPublicKey(key).export({ type: "spki", format: "pem" });
  if (own !== readPublicKeyText(installation)) {
    throw new GateError(
      "corrupt",
      `${installation.publicKey} does not belong to the signing key`,
      "find out who changed it, then restore it from a backup",
    );
  }
  return key;
}

/** What approvals are checked with. */
export function readPublicKey(installation: Installation): KeyObject {
  try {
    return createPublicKey(readPublicKeyText(installation));
  } catch (error) {
    if (error instanceof GateError) throw error;
    throw new GateError("corrupt", `${installation.publicKey} is not a public key`, "restore it from a backup");
  }
}

function stretch(passphrase: string, salt: Buffer, cost: KeyCost): Buffer {
  // scrypt needs 128 * N * r bytes; Node refuses without room above that.
  return scryptSync(passphrase.normalize("NFC"), salt, 32, { ...cost, maxmem: 256 * cost.N * cost.r });
}

function readPublicKeyText(installation: Installation): string {
  const bytes = readStateFile(installation.publicKey);
  if (bytes === null)
    throw new GateError("missing", `the public key is missing: ${installation.publicKey}`, "restore it from a backup");
  return bytes.toString("utf8");
}

function parseKeyFile(bytes: Buffer, installation: Installation): KeyFile {
  const corrupt = () =>
    new GateError("corrupt", `${installation.key} is not a signing key`, "restore it from a backup");
  let value: Readonly<Record<string, unknown>>;
  try {
    // A foreign value: each member is checked before the type is claimed.
    value = JSON.parse(bytes.toString("utf8")) as Readonly<Record<string, unknown>>;
  } catch {
    throw corrupt();
  }
  const { version, cost, salt, nonce, tag, key } = value;
  if (version !== 1 && typeof version === "number") {
    throw new GateError("other-version", `${installation.key} is of version ${version}`, "use the Pawl that made it");
  }
  if (
    version !== 1 ||
    !isCost(cost) ||
    typeof salt !== "string" ||
    typeof nonce !== "string" ||
    typeof tag !== "string" ||
    typeof key !== "string"
  )
    throw corrupt();
  return { version, cost, salt, nonce, tag, key };
}

function isCost(value: unknown): value is KeyCost {
  if (typeof value !== "object" || value === null) return false;
  // A foreign value: each member is checked before the type is claimed.
  const { N, r, p } = value as Readonly<Record<string, unknown>>;
  const within = (number: unknown, max: number) =>
    typeof number === "number" && Number.isInteger(number) && 1 <= number && number <= max;
  return within(N, costMax.N) && within(r, costMax.r) && within(p, costMax.p);
}
