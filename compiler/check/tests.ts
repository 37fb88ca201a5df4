// Tests of a policy.

import { unknownRule } from "../diagnostics/names.ts";
import type { TestIr, TestLine as TestLineIr } from "../ir/ir.ts";
import type { TestDecl, TestLine } from "../syntax/ast.ts";
import type { Problems } from "./problems.ts";
import { chooseTier } from "./words.ts";

export function lowerTest(declaration: TestDecl, rules: ReadonlySet<string>, problems: Problems): TestIr {
  return {
    name: declaration.name.text,
    inOrder: declaration.inOrder,
    lines: declaration.body.items.map((line) => lowerLine(line, rules, problems)),
    span: declaration.span,
  };
}

function lowerLine(line: TestLine, rules: ReadonlySet<string>, problems: Problems): TestLineIr {
  for (const rule of line.by) if (!rules.has(rule.text)) problems.report(unknownRule(rule.span, rule.text, rules));
  return {
    action:
      line.action.kind === "command"
        ? { kind: "command", text: line.action.command.text }
        : { kind: "tool", name: line.action.name.text, input: line.action.input },
    expect:
      line.expect.kind === "tier"
        ? { kind: "tier", tier: chooseTier(problems, line.expect.tier) ?? "irreversible" }
        : { kind: line.expect.kind },
    by: line.by.map((rule) => rule.text),
    span: line.span,
  };
}
