// What a policy would need to know of the world, read for it: bounded in size and number, each piece with its digest.

import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Evidence, EvidenceKind, Report } from "../runtime/types.ts";
import { digestBytes } from "./digest.ts";
import { readRegularFile } from "./durable-file.ts";
import { GateError } from "./gate-error.ts";
import { evidenceItemsMax, scriptBytesMax, stateBytesMax } from "./limits.ts";
import { summariseTerraform } from "./terraform-state.ts";
import { visible } from "./visible-text.ts";

/** One thing that was looked at. */
export interface EvidenceItem {
  readonly kind: EvidenceKind;
  readonly path: string;
  /**
   * SHA-256 of what was found, or `absent`: that there is nothing is evidence too, and must still hold when the
   * action runs.
   */
  readonly digest: string;
  /** What the policy gets; null when there is nothing that it could use. */
  readonly text: string | null;
}

/**
 * Reads what `needs` names and `known` does not hold yet, within the limits and `textBytesMax` for all texts
 * together.
 */
export function gatherEvidence(
  needs: Report["needs"],
  known: readonly EvidenceItem[],
  textBytesMax: number,
): readonly EvidenceItem[] {
  const items = [...known];
  let budget = textBytesMax - items.reduce((sum, { text }) => sum + textBytes(text), 0);
  for (const { kind, path } of needs) {
    if (items.length === evidenceItemsMax) break;
    if (items.some((item) => item.kind === kind && item.path === path)) continue;
    if (!isAbsolute(path) || path.includes("\0")) continue;
    const item = readEvidence(kind, path);
    // Too long to be given: the digest stays, so that a change is still found.
    const given = textBytes(item.text) <= budget ? item : { ...item, text: null };
    budget -= textBytes(given.text);
    items.push(given);
  }
  return items;
}

/** The items in the form of an action. */
export function evidenceOf(items: readonly EvidenceItem[]): Evidence {
  const found: Record<EvidenceKind, Record<string, string>> = { link: {}, script: {}, state: {} };
  for (const { kind, path, text } of items) if (text !== null) found[kind][path] = text;
  return found;
}

/** Reads everything again, just before the action runs; throws when anything is not what it was when it was judged. */
export function requireUnchanged(items: readonly EvidenceItem[]): void {
  for (const { kind, path, digest } of items) {
    if (readEvidence(kind, path).digest !== digest) {
      throw new GateError(
        "changed",
        `${visible(path)} changed after the action was judged; none of the action ran`,
        "try again: the action is then judged with what is there",
      );
    }
  }
}

function readEvidence(kind: EvidenceKind, path: string): EvidenceItem {
  const absent: EvidenceItem = { kind, path, digest: "absent", text: null };
  try {
    switch (kind) {
      case "link": {
        const target = resolveLinks(path);
        return { kind, path, digest: digestBytes(target), text: target };
      }
      case "script": {
        const bytes = readRegularFile(path, scriptBytesMax);
        return { kind, path, digest: digestBytes(bytes), text: decode(bytes) };
      }
      case "state": {
        const bytes = readRegularFile(path, stateBytesMax);
        return { kind, path, digest: digestBytes(bytes), text: summariseTerraform(bytes) };
      }
    }
  } catch {
    // Whatever keeps us from reading keeps the policy from knowing, and what is not known can only raise a tier.
    return absent;
  }
}

/** Where a path leads, links followed; of one that does not exist yet, as far as it exists. */
function resolveLinks(path: string, depth = 0): string {
  if (40 < depth) throw new Error("too many links");
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path) return path;
    const inRealParent = join(resolveLinks(parent, depth + 1), basename(path));
    // A link to something that does not exist yet: writing through it makes the target.
    return isLink(inRealParent)
      ? resolveLinks(resolve(dirname(inRealParent), readlinkSync(inRealParent)), depth + 1)
      : inRealParent;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function decode(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function textBytes(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text);
}
