// Tool declarations → `policy.tool`: reads the action's tool call by every declaration whose names match.

import type { ClauseIr, Cond, ToolIr, ToolStatement } from "../ir/ir.ts";
import type { Expression } from "./binaryen.ts";
import type { Code, Target } from "./code.ts";
import { MAYBE, NO, YES } from "./code.ts";
import { condition } from "./conditions.ts";
import { layoutClause, layoutOperand } from "./tables.ts";

/** What `forEachCount` gives for something that is no list, and the index of its unknown element. */
const NO_LIST = -1;

/** Defines `name()`, which answers whether a declaration that is no observer matched. */
export function defineTools(target: Target, name: string): void {
  const readers = target.ir.tools.map((tool, index) =>
    target.define(`tool_${index}`, 1, false, (code) => statements(tool.body, 0, code)),
  );
  target.define(name, 0, true, (code) => {
    const m = code.module;
    const subject = code.local();
    const length = code.local();
    const answer = code.local();
    const found = code.local();
    const asked = target.ir.tools.map((tool, index) => {
      const match = target.call("match", m.get(subject), m.constant(target.data.dfa(tool.names)));
      const run = m.callVoid(readers[index] ?? "", [m.get(answer)]);
      const note = m.set(found, code.greatest(m.get(found), m.get(answer)));
      return m.if(
        mayMatch(tool, length, code),
        m.block(null, [m.set(answer, match), m.if(m.get(answer), m.block(null, tool.observer ? [run] : [run, note]))]),
      );
    });
    return m.sequence(
      [
        m.set(subject, target.call("toolName")),
        m.set(length, target.call("knownLength", m.get(subject))),
        m.set(found, m.constant(NO)),
        ...asked,
      ],
      m.get(found),
    );
  });
}

/** A quick no for names that are all literal: the length of a known name tells most of them apart. */
function mayMatch(tool: ToolIr, length: number, code: Code): Expression {
  const m = code.module;
  const lengths = new Set<number>([NO_LIST]);
  for (const pattern of tool.names) {
    if (pattern.kind !== "literal") return m.constant(1);
    lengths.add(new TextEncoder().encode(pattern.text).length);
  }
  return [...lengths]
    .sort((a, b) => a - b)
    .map((known) => m.equal(m.get(length), m.constant(known)))
    .reduce((left, right) => m.add(left, right));
}

function statements(body: readonly ToolStatement[], certainty: number, code: Code): Expression {
  return code.module.block(
    null,
    body.map((statement) => toolStatement(statement, certainty, code)),
  );
}

function toolStatement(statement: ToolStatement, certainty: number, code: Code): Expression {
  switch (statement.kind) {
    case "clause":
      return runClause(statement.clause, certainty, code);
    case "choose":
      return choose(statement.branches, certainty, code);
    case "forEach":
      return forEach(statement.path, statement.body, certainty, code);
  }
}

function runClause(clause: ClauseIr, certainty: number, code: Code): Expression {
  const { target, module: m } = code;
  return target.callVoid("runToolClause", m.constant(layoutClause(clause, target.ir, target.data)), m.get(certainty));
}

/** Branches in order: one that is yes ends the choice, one that is maybe applies as perhaps. */
function choose(
  branches: readonly { readonly when: Cond | null; readonly body: readonly ToolStatement[] }[],
  certainty: number,
  code: Code,
): Expression {
  const m = code.module;
  const end = code.label();
  return m.block(
    end,
    branches.flatMap(({ when, body }) => {
      if (when === null) return [statements(body, certainty, code), m.branch(end)];
      const answer = code.local();
      const branch = code.local();
      return [
        m.set(answer, condition(when, { code, effect: null, element: null })),
        m.set(branch, code.least(m.get(certainty), m.get(answer))),
        m.if(m.get(branch), statements(body, branch, code)),
        m.branch(end, m.equal(m.get(answer), m.constant(YES))),
      ];
    }),
  );
}

/** The body for each element of a list; once, perhaps, for something that is none. */
function forEach(path: readonly string[], body: readonly ToolStatement[], certainty: number, code: Code): Expression {
  const { target, module: m } = code;
  const list = m.constant(layoutOperand({ kind: "input", path, item: false }, target.data));
  const address = code.local();
  const count = code.local();
  const index = code.local();
  const inner = code.local();
  const isList = code.local();
  const again = code.label();
  const step = m.block(null, [
    target.callVoid("forEachEnter", m.get(address), m.get(index)),
    statements(body, inner, code),
    target.callVoid("forEachLeave"),
    m.set(index, m.add(m.get(index), m.constant(1))),
    m.branch(again, m.less(m.get(index), m.get(count))),
  ]);
  return m.block(null, [
    m.set(address, list),
    m.set(count, target.call("forEachCount", m.get(address))),
    m.set(isList, m.isZero(m.equal(m.get(count), m.constant(NO_LIST)))),
    m.set(inner, m.select(m.get(isList), m.get(certainty), code.least(m.get(certainty), m.constant(MAYBE)))),
    // Something that is no list has one unknown element, at index -1; the loop ends after it, since 0 is not below 0.
    m.if(m.isZero(m.get(isList)), m.set(count, m.constant(0))),
    m.set(index, m.select(m.get(isList), m.constant(0), m.constant(NO_LIST))),
    m.if(m.isZero(m.and(m.get(isList), m.isZero(m.get(count)))), m.loop(again, step)),
  ]);
}
