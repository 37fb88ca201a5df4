// Clauses: what a usage, a variable or a tool does.

import { unknownEffect, unknownName, unknownOption } from "../diagnostics/names.ts";
import {
  badPattern,
  needsEach,
  needsLanguage,
  needsList,
  notHere,
  repeatedLine,
  twoEach,
  unknownField,
  wrongValue,
} from "../diagnostics/types.ts";
import type { ArgIr, ClauseIr, EffectIr, HoleType, Language, Operand, PrintsIr, WhereIr } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Adds, Arg, Clause, Ident, Prints, Runs, RunsTail, Supply, Value } from "../syntax/ast.ts";
import type { Scope } from "./scope.ts";
import { describeResolved, fieldType, type Resolved } from "./types.ts";
import type { HoleTable } from "./reading.ts";
import { operandOf, resolveValue } from "./values.ts";
import { choose, LANGUAGES, ORIGINS } from "./words.ts";

export interface ClauseScope {
  readonly scope: Scope;
  readonly effects: ReadonlyMap<string, EffectIr>;
  /** Null in a tool, which has no holes. */
  readonly holes: HoleTable | null;
  /** How an option's value is typed, and its number; null where there are no options. */
  readonly option: (
    spelling: string,
  ) => { readonly index: number; readonly type: HoleType; readonly list: boolean } | null;
  readonly place: "command" | "variable" | "tool";
}

/** The clauses with names resolved; a clause with an error is left out. */
export function lowerClauses(clauses: readonly Clause[], ctx: ClauseScope): readonly ClauseIr[] {
  return clauses.flatMap((clause) => lowerClause(clause, ctx) ?? []);
}

function lowerClause(clause: Clause, ctx: ClauseScope): ClauseIr | readonly ClauseIr[] | null {
  switch (clause.kind) {
    case "nothing":
      return { kind: "nothing" };
    case "does":
      return lowerDoes(clause.effect, clause.args, clause.span, ctx);
    case "runs":
      return lowerRuns(clause, ctx);
    case "prints": {
      if (ctx.place !== "command") return ctx.scope.problems.report(notHere(clause.span, "`prints`", `a ${ctx.place}`));
      const what = lowerPrints(clause.what, ctx);
      return what === null ? null : { kind: "prints", what };
    }
    case "adds":
      return lowerAdds(clause, ctx);
  }
}

// ---------------------------------------------------------------- does

function lowerDoes(name: Ident, args: readonly Arg[], span: Span, ctx: ClauseScope): ClauseIr | null {
  const { problems } = ctx.scope;
  const effect = ctx.effects.get(name.text);
  if (effect === undefined) return problems.report(unknownEffect(name.span, name.text, ctx.effects.keys()));
  const found: (ArgIr | null)[] = effect.fields.map(() => null);
  const seen = new Map<string, Span>();
  for (const arg of args) {
    const index = effect.fields.findIndex((field) => field.name === arg.name.text);
    const field = effect.fields[index];
    if (field === undefined) {
      problems.report(
        unknownField(
          arg.name.span,
          arg.name.text,
          effect.name,
          effect.fields.map((known) => known.name),
        ),
      );
      continue;
    }
    const earlier = seen.get(arg.name.text);
    if (earlier !== undefined) problems.report(repeatedLine(arg.name.span, arg.name.text, earlier));
    seen.set(arg.name.text, arg.name.span);
    found[index] = lowerArg(arg, field.type === "bool", fieldType(field.type).list, ctx);
  }
  if (1 < found.filter((arg) => arg?.kind === "each").length) problems.report(twoEach(span));
  return { kind: "does", effect: effect.name, args: found, span };
}

function lowerArg(arg: Arg, bool: boolean, list: boolean, ctx: ClauseScope): ArgIr | null {
  const { problems } = ctx.scope;
  const resolved = resolveUsed(arg.value, ctx);
  if (resolved === null) return null;
  switch (resolved.kind) {
    case "none":
      return { kind: "none" };
    case "bool":
      return bool
        ? { kind: "bool", value: resolved.value }
        : problems.report(wrongValue(arg.value.span, describeResolved(resolved), "a value"));
    case "operand": {
      const isBool = resolved.type.element === "bool";
      if (resolved.type.element !== "any" && isBool !== bool) {
        return problems.report(
          wrongValue(arg.value.span, describeResolved(resolved), bool ? "a flag or a bool" : "a value"),
        );
      }
      if (arg.each) {
        const many = resolved.type.list || resolved.type.element === "any" || resolved.operand.kind === "option";
        return many ? { kind: "each", operand: resolved.operand } : problems.report(needsList(arg.value.span, "each"));
      }
      // An option that may be repeated is one value with several possible texts; a list of words is not.
      if (resolved.type.list && !list && resolved.operand.kind !== "option") {
        return problems.report(needsEach(arg.value.span, nameOf(arg.value)));
      }
      return { kind: "value", operand: resolved.operand };
    }
    case "text":
    case "number":
    case "duration":
    case "regex":
    case "list": {
      const operand = operandOf(resolved);
      if (operand === null || bool || arg.each) {
        return problems.report(
          wrongValue(
            arg.value.span,
            describeResolved(resolved),
            bool ? "a flag or a bool" : arg.each ? "a list of the action" : "a single value",
          ),
        );
      }
      return { kind: "value", operand };
    }
  }
}

function nameOf(value: Value): string {
  return value.kind === "name" ? value.parts.map((part) => part.text).join(".") : "it";
}

/** Resolves a value and notes the hole that it uses. */
function resolveUsed(value: Value, ctx: ClauseScope): Resolved | null {
  const resolved = resolveValue(value, ctx.scope);
  if (resolved?.kind === "operand") noteHoles(resolved.operand, value.span, ctx);
  return resolved;
}

function noteHoles(operand: Operand, span: Span, ctx: ClauseScope): void {
  if (operand.kind === "part") noteHoles(operand.of, span, ctx);
  else if (operand.kind === "evidence") noteHoles(operand.path, span, ctx);
  else if (operand.kind === "hole") {
    const hole = ctx.holes?.holes[operand.hole];
    if (hole !== undefined) ctx.holes?.use(hole.name, span);
  }
}

function useHole(
  name: Ident,
  ctx: ClauseScope,
): { readonly index: number; readonly type: HoleType; readonly list: boolean } | null {
  const used = ctx.holes?.use(name.text, name.span) ?? null;
  if (used !== null) return { index: used.index, type: used.hole.type, list: used.hole.list };
  return ctx.scope.problems.report(unknownName(name.span, name.text, ctx.scope.names()));
}

// ---------------------------------------------------------------- runs

function lowerRuns(runs: Runs, ctx: ClauseScope): ClauseIr | null {
  const tails = lowerTails(runs.tails, ctx);
  const { what } = runs;
  switch (what.kind) {
    case "http":
      return lowerDoes({ text: "http.request", span: runs.span }, what.args, runs.span, ctx);
    case "stdin": {
      const language = lowerLanguage(what.language, ctx);
      rejectTails(runs.tails, ["in", "on"], ctx);
      return language === null ? null : { kind: "runsStdin", language, where: tails.where };
    }
    case "file": {
      const language = lowerLanguage(what.language, ctx);
      const path = resolveUsed(what.path, ctx);
      if (language === null || path === null) return null;
      const operand = operandOf(path);
      if (operand === null)
        return ctx.scope.problems.report(wrongValue(what.path.span, describeResolved(path), "a path"));
      rejectTails(runs.tails, ["in", "on", "args"], ctx);
      return { kind: "runsFile", path: operand, language, args: tails.args, where: tails.where };
    }
    case "value":
      return lowerRunsValue(runs, what.value, what.language, tails, ctx);
  }
}

function lowerRunsValue(runs: Runs, value: Value, as: Ident | null, tails: Tails, ctx: ClauseScope): ClauseIr | null {
  const { problems } = ctx.scope;
  const resolved = resolveUsed(value, ctx);
  if (resolved === null) return null;
  const script = operandOf(resolved);
  if (script === null)
    return problems.report(wrongValue(value.span, describeResolved(resolved), "code or an argument list"));
  const hole = holeTypeOf(value, script, ctx);
  const language = as === null ? languageOf(hole?.type ?? null) : lowerLanguage(as, ctx);
  if (as !== null && language === null) return null;
  if (language !== null) {
    rejectTails(runs.tails, ["in", "on", "args"], ctx);
    return { kind: "runsScript", script, language, args: tails.args, where: tails.where };
  }
  if (script.kind === "hole" && hole?.list === true) {
    rejectTails(runs.tails, ["in", "on", "substitute", "more"], ctx);
    return { kind: "runsArgv", argv: script.hole, with: tails.with, more: tails.more, where: tails.where };
  }
  return problems.report(needsLanguage(value.span));
}

function holeTypeOf(
  value: Value,
  operand: Operand,
  ctx: ClauseScope,
): { readonly type: HoleType; readonly list: boolean } | null {
  if (operand.kind === "hole") return ctx.holes?.holes[operand.hole] ?? null;
  return value.kind === "option" ? ctx.option(value.spelling) : null;
}

/** A hole of type `words` is a text that a program splits at blanks: read as a script, which is stricter. */
function languageOf(type: HoleType | null): Language | null {
  switch (type) {
    case "shell":
    case "words":
      return "shell";
    case "sql":
      return "sql";
    default:
      return null;
  }
}

function lowerLanguage(language: Ident, ctx: ClauseScope): Language | null {
  return choose(ctx.scope.problems, language, "language", LANGUAGES);
}

type RunsArgv = Extract<ClauseIr, { kind: "runsArgv" }>;

interface Tails {
  readonly with: RunsArgv["with"];
  readonly args: number | null;
  readonly more: RunsArgv["more"];
  readonly where: WhereIr;
}

function lowerTails(tails: readonly RunsTail[], ctx: ClauseScope): Tails {
  let lowered: Tails = { with: null, args: null, more: null, where: { remote: false, directory: null } };
  const seen = new Map<string, Span>();
  for (const tail of tails) {
    const earlier = seen.get(tail.kind);
    if (earlier !== undefined) ctx.scope.problems.report(repeatedLine(tail.span, TAILS[tail.kind], earlier));
    seen.set(tail.kind, tail.span);
    switch (tail.kind) {
      case "substitute":
        lowered = { ...lowered, with: lowerSubstitute(tail, ctx) };
        break;
      case "args":
        lowered = { ...lowered, args: argsHole(tail.hole, ctx) };
        break;
      case "more":
        // What lies under a hole is known to be no less than unknown.
        if (tail.supply.kind === "under") useHole(tail.supply.hole, ctx);
        lowered = { ...lowered, more: tail.supply.kind === "stdin" ? "stdin" : "unknown" };
        break;
      case "in": {
        const directory = resolveUsed(tail.directory, ctx);
        const operand = directory === null ? null : operandOf(directory);
        if (directory !== null && operand === null)
          ctx.scope.problems.report(wrongValue(tail.directory.span, describeResolved(directory), "a directory"));
        lowered = { ...lowered, where: { ...lowered.where, directory: operand } };
        break;
      }
      case "on":
        if (tail.host.text !== "remote") useHole(tail.host, ctx);
        lowered = { ...lowered, where: { ...lowered.where, remote: true } };
        break;
    }
  }
  return lowered;
}

const TAILS: Readonly<Record<RunsTail["kind"], string>> = {
  substitute: "with … …",
  args: "with",
  more: "more",
  in: "in",
  on: "on",
};

function rejectTails(tails: readonly RunsTail[], allowed: readonly RunsTail["kind"][], ctx: ClauseScope): void {
  for (const tail of tails) {
    if (!allowed.includes(tail.kind))
      ctx.scope.problems.report(notHere(tail.span, `\`${TAILS[tail.kind]}\``, "this `runs`"));
  }
}

function lowerSubstitute(tail: Extract<RunsTail, { kind: "substitute" }>, ctx: ClauseScope): RunsArgv["with"] {
  const by = lowerSupply(tail.by, ctx);
  if (by === null) return null;
  if (tail.token.kind === "text") {
    if (tail.token.text === "")
      return ctx.scope.problems.report(badPattern(tail.token.span, "an empty text cannot be replaced"));
    return { token: tail.token.text, by };
  }
  const option = ctx.option(tail.token.spelling);
  if (option !== null) return { token: { option: option.index }, by };
  return ctx.scope.problems.report(
    unknownOption(
      tail.token.span,
      tail.token.spelling,
      ctx.scope.options?.program ?? "",
      ctx.scope.options?.spellings() ?? [],
    ),
  );
}

function lowerSupply(supply: Supply, ctx: ClauseScope): "unknown" | "stdin" | { readonly under: number } | null {
  if (supply.kind !== "under") return supply.kind;
  const hole = useHole(supply.hole, ctx);
  return hole === null ? null : { under: hole.index };
}

function argsHole(name: Ident, ctx: ClauseScope): number | null {
  const hole = useHole(name, ctx);
  if (hole !== null && !hole.list) return ctx.scope.problems.report(needsList(name.span, "with"));
  return hole?.index ?? null;
}

// ---------------------------------------------------------------- prints and adds

function lowerPrints(what: Prints["what"], ctx: ClauseScope): PrintsIr | null {
  switch (what.kind) {
    case "from": {
      const origin = choose(ctx.scope.problems, what.origin, "origin", ORIGINS);
      return origin === null ? null : { kind: "from", origin };
    }
    case "format": {
      const format = useHole(what.format, ctx);
      const args = argsHole(what.args, ctx);
      return format === null || args === null ? null : { kind: "format", format: format.index, args };
    }
    case "words": {
      const name = what.name.text;
      if (ctx.holes?.index(name) === null) {
        if (name === "stdin") return { kind: "stdin" };
        if (name === "path" || name === "temporary" || name === "ref" || name === "int" || name === "text")
          return { kind: "typed", type: name };
      }
      const hole = useHole(what.name, ctx);
      return hole === null ? null : { kind: "words", hole: hole.index, escapes: what.escapes, newline: what.newline };
    }
  }
}

function lowerAdds(adds: Adds, ctx: ClauseScope): readonly ClauseIr[] | null {
  if (ctx.place !== "variable") return ctx.scope.problems.report(notHere(adds.span, "`adds`", `a ${ctx.place}`));
  useHole(adds.hole, ctx);
  return adds.programs.map((program) => ({ kind: "adds", program: program.text, afterWords: adds.afterSubcommand }));
}
