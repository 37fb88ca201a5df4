// Digests over several fields: each is preceded by its length, so that no two lists of fields give the same bytes.

import { createHash } from "node:crypto";

/** SHA-256 in hex over the domain and the fields, each after its length as a 64-bit big-endian number. */
export function digestFields(domain: string, fields: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const field of [domain, ...fields]) {
    const bytes = typeof field === "string" ? Buffer.from(field, "utf8") : field;
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest("hex");
}

/** SHA-256 in hex of bytes as they are. */
export function digestBytes(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
