// Tools and variables: what a harness's tool call, or an environment variable, does.

import { needsList, nestedForEach, notHere } from "../diagnostics/types.ts";
import type {
  EffectIr,
  HoleType,
  Pattern,
  Patterns,
  ToolIr,
  ToolStatement as ToolStatementIr,
  VariableIr,
} from "../ir/ir.ts";
import type { Text, ToolBody, ToolDecl, ToolForEach, ToolStatement, VariableDecl } from "../syntax/ast.ts";
import { lowerClauses, type ClauseScope } from "./clauses.ts";
import { lowerCondition } from "./conditions.ts";
import { globPattern } from "./patterns.ts";
import type { Problems } from "./problems.ts";
import type { Scope, TypedOperand } from "./scope.ts";
import { HoleTable, usageScope, type Reading } from "./reading.ts";
import { resolveOperand } from "./values.ts";
import { choose, HOLE_TYPES } from "./words.ts";

export function lowerTool(declaration: ToolDecl, base: Scope, effects: ReadonlyMap<string, EffectIr>): ToolIr {
  return {
    names: toolNames(declaration.names, base.problems),
    body: lowerStatements(declaration.body.items, { scope: toolScope(base, null), effects, item: false }),
    observer: false,
    span: declaration.span,
  };
}

export function toolNames(names: readonly Text[], problems: Problems): Patterns {
  return names.flatMap((name): readonly Pattern[] => {
    const pattern = globPattern(name.text, name.span, problems);
    return pattern === null ? [] : [pattern];
  });
}

/** The whole input of a tool call. */
export const INPUT: TypedOperand = {
  operand: { kind: "input", path: [], item: false },
  type: { element: "any", list: false },
};
const ITEM: TypedOperand = { operand: { kind: "input", path: [], item: true }, type: { element: "any", list: false } };

/** Names of a tool: its input, and inside `for each` the item. */
export function toolScope(base: Scope, item: string | null): Scope {
  return {
    ...base,
    find: (name) => (name === item ? ITEM : name === "input" ? INPUT : null),
    names: () => (item === null ? ["input"] : ["input", item]),
    options: null,
  };
}

interface ToolContext {
  readonly scope: Scope;
  readonly effects: ReadonlyMap<string, EffectIr>;
  /** Inside `for each`. */
  readonly item: boolean;
}

function lowerStatements(statements: readonly ToolStatement[], ctx: ToolContext): readonly ToolStatementIr[] {
  const lowered: ToolStatementIr[] = [];
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at];
    if (statement === undefined) break;
    switch (statement.kind) {
      case "clause":
        lowered.push(
          ...lowerClauses([statement.clause], clauseScope(ctx)).map((clause): ToolStatementIr => ({
            kind: "clause",
            clause,
          })),
        );
        break;
      case "forEach":
        lowered.push(...lowerForEach(statement, ctx));
        break;
      case "toolWhen":
      case "toolOtherwise": {
        // A run of `when` and one `otherwise` after them is one choice.
        const choice = [statement];
        for (
          let next = statements[at + 1];
          choice.at(-1)?.kind === "toolWhen" && (next?.kind === "toolWhen" || next?.kind === "toolOtherwise");
          next = statements[at + 1]
        ) {
          choice.push(next);
          at++;
        }
        if (statement.kind === "toolOtherwise")
          ctx.scope.problems.report(notHere(statement.span, "`otherwise`", "a tool without a `when` before it"));
        lowered.push({
          kind: "choose",
          branches: choice.map((branch) => ({
            when: branch.kind === "toolWhen" ? lowerCondition(branch.condition, ctx.scope, "in a tool") : null,
            body: lowerBody(branch.body, ctx),
          })),
        });
      }
    }
  }
  return lowered;
}

function lowerBody(body: ToolBody, ctx: ToolContext): readonly ToolStatementIr[] {
  if (body.kind === "block") return lowerStatements(body.block.items, ctx);
  return lowerClauses(body.clauses, clauseScope(ctx)).map((clause) => ({ kind: "clause", clause }));
}

function lowerForEach(statement: ToolForEach, ctx: ToolContext): readonly ToolStatementIr[] {
  if (ctx.item) {
    ctx.scope.problems.report(nestedForEach(statement.span));
    return [];
  }
  const list = resolveOperand(statement.list, ctx.scope);
  const body = lowerStatements(statement.body.items, {
    ...ctx,
    scope: toolScope(ctx.scope, statement.variable.text),
    item: true,
  });
  if (list === null) return [];
  if (list.kind !== "input") {
    ctx.scope.problems.report(needsList(statement.list.span, "for each"));
    return [];
  }
  return [{ kind: "forEach", path: list.path, body }];
}

function clauseScope(ctx: ToolContext): ClauseScope {
  return { scope: ctx.scope, effects: ctx.effects, holes: null, option: () => null, place: "tool" };
}

// ---------------------------------------------------------------- variables

export function lowerVariable(
  declaration: VariableDecl,
  base: Scope,
  effects: ReadonlyMap<string, EffectIr>,
): VariableIr {
  const { problems } = base;
  const { hole } = declaration;
  const named = hole?.type ?? declaration.type;
  const type: HoleType =
    named === null
      ? (HOLE_TYPES.find((candidate) => candidate === hole?.name) ?? "text")
      : (choose(problems, named, "type of a variable", HOLE_TYPES) ?? "text");
  const holes = new HoleTable(problems);
  if (hole !== null) holes.add({ name: hole.name, type, list: false }, hole.span);
  const reading: Reading = { program: declaration.names[0]?.text ?? "", syntax: "gnu", options: [], implicit: false };
  return {
    names: declaration.names.map((name) => name.text),
    type,
    hole: hole?.name ?? null,
    clauses: lowerClauses(declaration.clauses, {
      scope: { ...usageScope(base, reading, holes), options: null },
      effects,
      holes,
      option: () => null,
      place: "variable",
    }),
    span: declaration.span,
  };
}
