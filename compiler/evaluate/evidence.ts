// What the host read from the world because an earlier report asked for it.

import type { EvidenceKind } from "../ir/ir.ts";
import type { Context } from "./context.ts";

/** Pieces of evidence that one report may ask for. */
const NEEDS_MAX = 64;

/** The evidence about an absolute path; without it the report asks for it. */
export function evidenceOf(ctx: Context, kind: EvidenceKind, path: string): string | null {
  const found = ctx.facts.evidence[kind].get(path) ?? null;
  const isAsked = ctx.needs.some((need) => need.kind === kind && need.path === path);
  if (found === null && !isAsked && ctx.needs.length < NEEDS_MAX) ctx.needs.push({ kind, path });
  return found;
}
