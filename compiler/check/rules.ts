// Rules: conditions over the fields of their effects, and rules on the call itself, which become an effect of
// their own and an observer that gives it.

import { unknownEffect, unknownWord } from "../diagnostics/names.ts";
import { badReason, fieldTypesDiffer, incompleteRule, repeatedLine, unknownField } from "../diagnostics/types.ts";
import type {
  CommandIr,
  Cond,
  DoesClause,
  EffectIr,
  FieldIr,
  Operand,
  RuleIr,
  SubcommandIr,
  Tier,
  ToolIr,
  UsageIr,
} from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Condition, EffectRef, Ident, Name, RuleDecl, RuleLine, Value } from "../syntax/ast.ts";
import { BuildContext } from "../syntax/build-context.ts";
import { buildValue } from "../syntax/build-value.ts";
import { matchGrammar } from "../syntax/cst.ts";
import { lowerCondition } from "./conditions.ts";
import type { Problems } from "./problems.ts";
import { expandOnCommand, type OnCommand } from "./on-command.ts";
import { INPUT, toolNames } from "./tools.ts";
import type { Scope } from "./scope.ts";
import { fieldType, holeElement } from "./types.ts";
import { HoleTable, type UsageHole } from "./reading.ts";
import { operandOf, resolveValue } from "./values.ts";
import { chooseTier } from "./words.ts";

/** A rule, and what it needs beside itself. */
export interface LoweredRule {
  readonly rule: RuleIr;
  /** Families that it names, for effects that a policy adds to them. */
  readonly families: readonly string[];
  readonly effect: EffectIr | null;
  readonly commands: readonly CommandIr[];
  readonly tool: ToolIr | null;
}

type Line<Kind extends RuleLine["kind"]> = Extract<RuleLine, { kind: Kind }>;

export function lowerRule(
  declaration: RuleDecl,
  base: Scope,
  effects: ReadonlyMap<string, EffectIr>,
  commands: readonly CommandIr[],
): LoweredRule {
  const { problems } = base;
  const lines = <Kind extends RuleLine["kind"]>(kind: Kind): readonly Line<Kind>[] =>
    declaration.body.items.filter((line): line is Line<Kind> => line.kind === kind);
  const one = <Kind extends RuleLine["kind"]>(kind: Kind, what: string): Line<Kind> | null => {
    const [first, second] = lines(kind);
    if (first !== undefined && second !== undefined) problems.report(repeatedLine(second.span, what, first.span));
    return first ?? null;
  };

  const call = lowerCall(declaration, one("onCommand", "on command"), one("onTool", "on tool"), base, commands);
  const named = lines("on").flatMap((line) => line.effects);
  const effectNames = [
    ...new Set([
      ...named.flatMap((ref) => spreadFamily(ref, effects, base)),
      ...(call === null ? [] : [call.effect.name]),
    ]),
  ].toSorted();
  if (named.length === 0 && call === null)
    problems.report(incompleteRule(declaration.name.span, declaration.name.text, "on"));

  const scope = ruleScope(
    base,
    effectNames.flatMap((name) => effects.get(name) ?? (call?.effect.name === name ? call.effect : [])),
  );
  const conditions = (found: readonly (Line<"when"> | Line<"unless">)[], session: string | null): readonly Cond[] =>
    found.flatMap((line) => lowerCondition(line.condition, scope, session) ?? []);
  const when = conditions(lines("when"), null);
  const unless = conditions(lines("unless"), "in `unless`");

  const raiseLine = one("raise", "raise");
  const raise: Tier | null = raiseLine === null ? null : chooseTier(problems, raiseLine.tier);
  const deny = one("deny", "deny") !== null;
  const marks = lines("mark").flatMap((line) => line.marks.map((mark) => mark.text));
  if (raiseLine === null && !deny && marks.length === 0)
    problems.report(incompleteRule(declaration.name.span, declaration.name.text, "consequence"));

  const because = one("because", "because");
  const rule: RuleIr = {
    name: declaration.name.text,
    effects: effectNames,
    when,
    unless,
    raise,
    deny,
    marks: [...new Set(marks)].toSorted(),
    ordinaryNames: assumesOrdinaryNames(
      lines("assume").map((line) => line.assumption),
      problems,
    ),
    because: because === null ? [] : lowerReason(because.text.text, because.text.span, scope),
    instead: one("instead", "instead")?.command.text ?? null,
    span: declaration.span,
  };
  return {
    rule,
    families: named.filter((ref) => ref.family).map((ref) => ref.name),
    effect: call?.effect ?? null,
    commands: call?.commands ?? [],
    tool: call?.tool ?? null,
  };
}

/** The one assumption that a rule can state. */
const UNKNOWN_NAMES = "unknown_names_are_ordinary";

function assumesOrdinaryNames(assumptions: readonly Ident[], problems: Problems): boolean {
  for (const assumption of assumptions) {
    if (assumption.text !== UNKNOWN_NAMES)
      problems.report(unknownWord(assumption.span, "assumption", assumption.text, [UNKNOWN_NAMES]));
  }
  return assumptions.some((assumption) => assumption.text === UNKNOWN_NAMES);
}

/** The effects that a name or a family stands for. */
export function spreadFamily(ref: EffectRef, effects: ReadonlyMap<string, EffectIr>, scope: Scope): readonly string[] {
  if (!ref.family) {
    if (effects.has(ref.name)) return [ref.name];
    scope.problems.report(unknownEffect(ref.span, ref.name, effects.keys()));
    return [];
  }
  const members = [...effects.keys()].filter((name) => name.startsWith(`${ref.name}.`));
  if (members.length === 0) {
    const families = new Set([...effects.keys()].map((name) => `${name.slice(0, name.lastIndexOf("."))}.*`));
    scope.problems.report(unknownEffect(ref.span, `${ref.name}.*`, families));
  }
  return members;
}

// ---------------------------------------------------------------- names of a rule

/** A bare name is a field that each of the rule's effects has, with one type. */
function ruleScope(base: Scope, effects: readonly EffectIr[]): Scope {
  const [first] = effects;
  const ownInput =
    effects.length === 1 && first !== undefined && first.fields.some((field) => field.name.startsWith("input."));
  return {
    ...base,
    find: (name) => {
      if (name === "input" && ownInput) return INPUT;
      const types = new Set(effects.map((effect) => effect.fields.find((field) => field.name === name)?.type));
      const [type] = types;
      return types.size === 1 && type !== undefined
        ? { operand: { kind: "field", name }, type: fieldType(type) }
        : null;
    },
    names: () => first?.fields.map((field) => field.name) ?? [],
    missing: (name, span) => {
      const without = effects.find((effect) => effect.fields.every((field) => field.name !== name));
      if (without === undefined)
        return 0 < effects.length
          ? fieldTypesDiffer(span, name, effects.map((effect) => effect.name).slice(0, 2))
          : null;
      if (1 < effects.length && effects.every((effect) => effect.fields.every((field) => field.name !== name)))
        return null;
      return unknownField(span, name, without.name, [
        ...without.fields.map((field) => field.name),
        ...base.constantNames(),
      ]);
    },
    inputIsField: ownInput,
    options: null,
  };
}

// ---------------------------------------------------------------- reasons

/** `"{path} lies outside"`: text and operands alternately; `{{` and `}}` are braces. */
function lowerReason(text: string, span: Span, scope: Scope): RuleIr["because"] {
  const parts: (string | Operand)[] = [];
  const literal = (piece: string): void => {
    const last = parts.at(-1);
    if (typeof last === "string") parts[parts.length - 1] = last + piece;
    else parts.push(piece);
  };
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (token === "{{" || token === "}}") literal(token[0] ?? "");
    else if (!/^[{}]/.test(token)) literal(token);
    else {
      const operand = reasonOperand(token.slice(1, -1), span, scope);
      if (operand !== null) parts.push(operand);
    }
  }
  return parts;
}

function reasonOperand(text: string, span: Span, scope: Scope): Operand | null {
  const match = matchGrammar(text, "Value");
  if ("failure" in match) return scope.problems.report(badReason(span, text));
  const value = atSpan(buildValue(new BuildContext(text, span.source), match.cst), span);
  const resolved = resolveValue(value, scope);
  if (resolved === null) return null;
  return operandOf(resolved) ?? scope.problems.report(badReason(span, text));
}

/** The value as if all of it stood at the reason's place. */
function atSpan(value: Value, span: Span): Value {
  switch (value.kind) {
    case "name":
      return { ...value, span, parts: value.parts.map((part) => ({ ...part, span })) };
    case "call":
      return { ...value, span, function: { ...value.function, span }, argument: atSpan(value.argument, span) };
    case "evidence":
      return { ...value, span, path: atSpan(value.path, span) };
    case "join":
      return { ...value, span, parts: value.parts.map((part) => atSpan(part, span)) };
    case "list":
      return { ...value, span, items: value.items.map((item) => atSpan(item, span)) };
    case "text":
    case "number":
    case "duration":
    case "regex":
    case "bool":
    case "none":
    case "option":
      return { ...value, span };
  }
}

// ---------------------------------------------------------------- rules on the call itself

interface Call {
  readonly effect: EffectIr;
  readonly commands: readonly CommandIr[];
  readonly tool: ToolIr | null;
}

function lowerCall(
  declaration: RuleDecl,
  command: Line<"onCommand"> | null,
  tool: Line<"onTool"> | null,
  base: Scope,
  commands: readonly CommandIr[],
): Call | null {
  if (command === null && tool === null) return null;
  const name = `call.${declaration.name.text}`;
  const on: OnCommand =
    command === null
      ? { holes: new HoleTable(base.problems), common: [], calls: [] }
      : expandOnCommand(command, base, commands);
  const inputs = tool === null ? [] : inputPaths(declaration);
  const fields: FieldIr[] = [
    ...on.common.flatMap((index) => holeField(on.holes.holes[index])),
    ...inputs.map((path): FieldIr => ({ name: ["input", ...path].join("."), type: "text" })),
  ];
  const does = (args: DoesClause["args"]): DoesClause => ({ kind: "does", effect: name, args, span: declaration.span });
  const usage = (found: Omit<UsageIr, "clauses" | "holes">): UsageIr => ({
    ...found,
    holes: on.holes.holes.map((hole) => ({ name: hole.name, type: hole.type })),
    clauses: [
      does([
        ...on.common.map((hole) => ({ kind: "value" as const, operand: { kind: "hole" as const, hole } })),
        ...inputs.map(() => null),
      ]),
    ],
  });
  return {
    effect: { name, fields, floor: "safe", span: declaration.name.span },
    commands: on.calls.map((call): CommandIr => {
      const usages = call.subcommand === null ? [usage(call.usage)] : [];
      const subcommands: readonly SubcommandIr[] =
        call.subcommand === null
          ? []
          : [{ ...call.subcommand, usages: [usage(call.usage)], otherwise: [{ kind: "nothing" }] }];
      return {
        programs: [call.program],
        syntax: call.syntax,
        assignments: call.assignments,
        options: call.options,
        usages,
        otherwise: [{ kind: "nothing" }],
        subcommands,
        observer: true,
        span: declaration.span,
      };
    }),
    tool:
      tool === null
        ? null
        : {
            names: toolNames(tool.names, base.problems),
            body: [
              {
                kind: "clause",
                clause: does([
                  ...on.common.map(() => null),
                  ...inputs.map((path) => ({
                    kind: "value" as const,
                    operand: { kind: "input" as const, path, item: false },
                  })),
                ]),
              },
            ],
            observer: true,
            span: declaration.span,
          },
  };
}

function holeField(hole: UsageHole | undefined): readonly FieldIr[] {
  if (hole === undefined) return [];
  const element = holeElement(hole.type);
  return [{ name: hole.name, type: hole.list ? "list" : element === "any" ? "text" : element }];
}

/** The members of the input that the rule's conditions and reason name. */
function inputPaths(declaration: RuleDecl): readonly (readonly string[])[] {
  const paths = new Map<string, readonly string[]>();
  const note = (name: Name): void => {
    const [first, ...rest] = name.parts.map((part) => part.text);
    if (first === "input" && 0 < rest.length) paths.set(rest.join("."), rest);
  };
  for (const line of declaration.body.items) {
    if (line.kind === "when" || line.kind === "unless") visitNames(line.condition, note);
    if (line.kind === "because") {
      for (const [, path = ""] of line.text.text.matchAll(/\{\s*input\.([\w.]+)\s*\}/g))
        paths.set(path, path.split("."));
    }
  }
  return [...paths.values()].toSorted((a, b) => (a.join(".") < b.join(".") ? -1 : 1));
}

function visitNames(condition: Condition, visit: (name: Name) => void): void {
  switch (condition.kind) {
    case "all":
    case "any":
      condition.terms.forEach((term) => visitNames(term, visit));
      break;
    case "not":
      visitNames(condition.term, visit);
      break;
    case "truth":
      visitValue(condition.subject, visit);
      break;
    case "test":
      for (const value of [condition.subject, condition.value, ...(condition.upper === null ? [] : [condition.upper])])
        visitValue(value, visit);
      break;
    case "sessionHas":
    case "sessionTier":
    case "count":
      break;
  }
}

function visitValue(value: Value, visit: (name: Name) => void): void {
  switch (value.kind) {
    case "name":
      visit(value);
      break;
    case "call":
      visitValue(value.argument, visit);
      break;
    case "evidence":
      visitValue(value.path, visit);
      break;
    case "join":
      value.parts.forEach((part) => visitValue(part, visit));
      break;
    case "list":
      value.items.forEach((item) => visitValue(item, visit));
      break;
    case "text":
    case "number":
    case "duration":
    case "regex":
    case "bool":
    case "none":
    case "option":
      break;
  }
}
