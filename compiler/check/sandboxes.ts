// Sandboxes and the kernel effects that they are written in.

import { badArgument, badKernelNumber, noKernelCalls, unknownErrno } from "../diagnostics/kernel.ts";
import { unknownEffect } from "../diagnostics/names.ts";
import { relativePath, repeatedLine, wrongValue } from "../diagnostics/types.ts";
import type { EffectIr, KernelCallIr, KernelEffectIr, SandboxClauseIr, SandboxIr } from "../ir/ir.ts";
import type {
  EffectRef,
  ExceptItem,
  Ident,
  KernelDecl,
  KernelValue,
  SandboxClause,
  SandboxDecl,
  SandboxLine,
  Value,
} from "../syntax/ast.ts";
import { network } from "./patterns.ts";
import type { Scope } from "./scope.ts";
import { describeResolved } from "./types.ts";
import { resolveValue } from "./values.ts";
import { ERRNO_NAMES } from "./words.ts";

/** The kernel effects of declarations; several of one effect join. */
export function lowerKernel(
  declarations: readonly KernelDecl[],
  effects: ReadonlyMap<string, EffectIr>,
  scope: Scope,
): readonly KernelEffectIr[] {
  const found = new Map<string, KernelEffectIr>();
  for (const declaration of declarations) {
    const calls = declaration.body.items.flatMap((line) => {
      const conditions = line.conditions.map((condition) => {
        if (5 < condition.argument) scope.problems.report(badArgument(condition.span, condition.argument));
        return {
          argument: condition.argument,
          mask: condition.mask === null ? null : kernelValue(condition.mask, scope),
          operator: condition.operator,
          value: kernelValue(condition.value, scope),
        };
      });
      const errno = line.errno === null ? null : errnoName(line.errno, scope);
      return line.calls.map((call): KernelCallIr => ({ name: call.text, conditions, errno }));
    });
    for (const effect of declaration.effects) {
      if (!effects.has(effect.text)) scope.problems.report(unknownEffect(effect.span, effect.text, effects.keys()));
      const known = found.get(effect.text);
      found.set(effect.text, {
        effect: effect.text,
        calls: [...(known?.calls ?? []), ...calls],
        span: known?.span ?? declaration.span,
      });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.effect < b.effect ? -1 : 1));
}

/** A decimal number, or a constant's name. */
function kernelValue(value: KernelValue, scope: Scope): string {
  if (value.kind === "constant") return value.text;
  const number = BigInt(value.text);
  if (1n << 64n <= number) scope.problems.report(badKernelNumber(value.span, value.text));
  return number.toString();
}

function errnoName(name: Ident, scope: Scope): string {
  if (!ERRNO_NAMES.includes(name.text)) scope.problems.report(unknownErrno(name.span, name.text, ERRNO_NAMES));
  return name.text;
}

function clauseErrno(name: Ident | null, scope: Scope): string {
  return name === null ? "EPERM" : errnoName(name, scope);
}

export interface SandboxContext {
  readonly effects: ReadonlyMap<string, EffectIr>;
  readonly kernelEffects: ReadonlySet<string>;
  readonly usesStandardLibrary: boolean;
}

export function lowerSandbox(declaration: SandboxDecl, ctx: SandboxContext, scope: Scope): SandboxIr {
  const one = <Kind extends "default" | "future" | "compat">(
    kind: Kind,
  ): Extract<SandboxLine, { kind: Kind }> | null => {
    const [first, second] = declaration.body.items.filter((line) => line.kind === kind);
    if (first !== undefined && second !== undefined) scope.problems.report(repeatedLine(second.span, kind, first.span));
    // The filter keeps only lines of this kind.
    return (first as Extract<SandboxLine, { kind: Kind }> | undefined) ?? null;
  };
  const standard = one("default");
  return {
    name: declaration.name.text,
    default: standard?.default ?? "allow",
    defaultErrno: clauseErrno(standard?.errno ?? null, scope),
    clauses: declaration.body.items.flatMap((line) => (line.kind === "clause" ? [lowerClause(line, ctx, scope)] : [])),
    // A list of what is denied ages with the kernel, a list of what is allowed does not.
    future: one("future")?.future ?? standard?.default ?? "allow",
    compat: one("compat")?.compat ?? "refuse",
    span: declaration.span,
  };
}

function lowerClause(clause: SandboxClause, ctx: SandboxContext, scope: Scope): SandboxClauseIr {
  return {
    action: clause.action,
    effects: [...new Set(clause.effects.flatMap((ref) => kernelEffects(ref, ctx, scope)))].toSorted(),
    except: clause.except.map((item) => lowerException(item, scope)),
    errno: clauseErrno(clause.errno, scope),
    bestEffort: clause.bestEffort,
    span: clause.span,
  };
}

/** The kernel effects of a name or a family. */
function kernelEffects(ref: EffectRef, ctx: SandboxContext, scope: Scope): readonly string[] {
  const names = ref.family
    ? [...ctx.kernelEffects].filter((name) => name.startsWith(`${ref.name}.`))
    : ctx.kernelEffects.has(ref.name)
      ? [ref.name]
      : [];
  if (0 < names.length) return names;
  const written = ref.family ? `${ref.name}.*` : ref.name;
  const known = ref.family
    ? [...ctx.effects.keys()].some((name) => name.startsWith(`${ref.name}.`))
    : ctx.effects.has(ref.name);
  scope.problems.report(
    known
      ? noKernelCalls(ref.span, written, ctx.usesStandardLibrary)
      : unknownEffect(ref.span, written, ctx.kernelEffects),
  );
  return [];
}

function lowerException(item: ExceptItem, scope: Scope): SandboxClauseIr["except"][number] {
  if (item.kind === "loopback") return { kind: "loopback", texts: [] };
  const { kind } = item;
  return { kind, texts: item.values.flatMap((value) => exceptionTexts(kind, value, scope)) };
}

function exceptionTexts(kind: "under" | "in", value: Value, scope: Scope): readonly string[] {
  const resolved = resolveValue(value, scope);
  if (resolved === null) return [];
  const items = resolved.kind === "list" ? resolved.items : [resolved];
  return items.flatMap((item): readonly string[] => {
    if (
      kind === "under" &&
      item.kind === "operand" &&
      item.operand.kind === "action" &&
      item.operand.key === "workspace"
    )
      return ["workspace"];
    if (item.kind !== "text") {
      scope.problems.report(
        wrongValue(value.span, describeResolved(item), kind === "under" ? "a path or `workspace`" : "a network"),
      );
      return [];
    }
    if (kind === "in") {
      const written = network(item.text, value.span, scope.problems);
      return written === null ? [] : [written];
    }
    if (!item.text.startsWith("/")) scope.problems.report(relativePath(value.span, item.text));
    return [item.text];
  });
}
