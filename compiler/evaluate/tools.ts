// Tool calls: which declarations read them, and what they say (docs/meaning.md, section 8).

import type { ToolStatement } from "../ir/ir.ts";
import { runClause } from "./clauses.ts";
import { conditionAnswer, NO_SESSION } from "./conditions.ts";
import type { Context, State } from "./context.ts";
import { newFrame } from "./context.ts";
import { emit, value } from "./effects.ts";
import { matchValue } from "./matching.ts";
import type { Member, Scope } from "./operands.ts";
import { memberAt, scopeOf } from "./operands.ts";
import type { Answer } from "./values.ts";
import { known, max, MAYBE, min, NO, not, YES } from "./values.ts";

/** Reads the tool call by every declaration whose names match; one that nobody knows is `tool.call(name)`. */
export function runTool(ctx: Context, state: State, name: string): void {
  let found: Answer = NO;
  for (const tool of ctx.ir.tools) {
    const matches = matchValue(known(name), tool.names);
    if (matches === NO) continue;
    runBody(tool.body, matches, scopeOf(ctx, state));
    if (!tool.observer) found = max(found, matches);
  }
  if (found !== YES) emit(ctx, state, "tool.call", not(found), { name: value(known(name)) });
}

function runBody(body: readonly ToolStatement[], certainty: Answer, scope: Scope): void {
  for (const statement of body) runStatement(statement, certainty, scope);
}

function runStatement(statement: ToolStatement, certainty: Answer, scope: Scope): void {
  switch (statement.kind) {
    case "clause": {
      const frame = newFrame([], scope.state.input, false);
      runClause(statement.clause, certainty, { ...scope, frame }, frame);
      return;
    }
    case "choose":
      for (const { when, body } of statement.branches) {
        const answer = when === null ? YES : conditionAnswer(when, scope, NO_SESSION);
        if (answer !== NO) runBody(body, min(certainty, answer), scope);
        if (answer === YES) return;
      }
      return;
    case "forEach":
      forEach(memberAt(statement.path, false, scope), statement.body, certainty, scope);
      return;
  }
}

/** The body for each element of a list; once, perhaps, for something that is none. */
function forEach(member: Member, body: readonly ToolStatement[], certainty: Answer, scope: Scope): void {
  if (member.kind === "missing" || (member.kind === "json" && member.json === null)) return;
  if (member.kind === "json" && Array.isArray(member.json)) {
    const elements: readonly unknown[] = member.json;
    for (const json of elements) runBody(body, certainty, { ...scope, member: { kind: "json", json } });
    return;
  }
  runBody(body, min(certainty, MAYBE), { ...scope, member: { kind: "unknown" } });
}
