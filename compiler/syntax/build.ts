// Declarations: concrete tree to syntax tree.

import type {
  Block,
  Declaration,
  EffectRef,
  ExceptItem,
  File,
  GateFor,
  GateLine,
  Ident,
  KernelCall,
  KernelCondition,
  KernelValue,
  RuleLine,
  SandboxLine,
  TestLine,
  Text,
  ToolBody,
  ToolStatement,
  TypeRef,
} from "./ast.ts";
import { only, type BuildContext } from "./build-context.ts";
import { buildClause, buildClauses, buildCommand, buildPatterns, buildWithout, declaredHole } from "./build-command.ts";
import { buildCondition, buildJson, buildValue } from "./build-value.ts";
import { child, elements, optional, type Cst } from "./cst.ts";

/** The tree of a whole source, of which each match holds some declarations. */
export function buildFile(ctx: BuildContext, files: readonly Cst[]): File {
  const declarations = files.flatMap((cst) =>
    child(cst, 0).children.map((declaration) => buildDeclaration(ctx, only(declaration))),
  );
  return { declarations, closing: ctx.trivia.closing(ctx.text.length + 1) };
}

function buildDeclaration(ctx: BuildContext, cst: Cst): Declaration {
  if (cst.rule === "CommandDecl") return buildCommand(ctx, cst);
  return ctx.item<Declaration>(cst, () => {
    switch (cst.rule) {
      case "PolicyDecl": {
        const base = optional(child(cst, 2));
        return {
          kind: "policy",
          name: ctx.ident(child(cst, 1)),
          extends: base === null ? null : ctx.ident(child(base, 1)),
        };
      }
      case "UseDecl": {
        const without = optional(child(cst, 2));
        return {
          kind: "use",
          target: ctx.ident(child(cst, 1)),
          without: without === null ? [] : idents(ctx, child(without, 1)),
        };
      }
      case "LetDecl":
        return { kind: "let", name: ctx.ident(child(cst, 1)), value: buildValue(ctx, child(cst, 3)) };
      case "ParamDecl": {
        const type = optional(child(cst, 2));
        return {
          kind: "param",
          name: ctx.ident(child(cst, 1)),
          type: type === null ? null : typeRef(ctx, child(type, 1)),
          value: buildValue(ctx, child(cst, 4)),
        };
      }
      case "EffectDecl": {
        const fields = optional(child(cst, 2));
        const floor = optional(child(cst, 3));
        return {
          kind: "effect",
          name: ctx.ident(child(cst, 1)),
          fields:
            fields === null
              ? null
              : elements(child(fields, 1)).map((field) => ({
                  name: ctx.ident(child(field, 0)),
                  type: typeRef(ctx, child(field, 2)),
                  span: ctx.span(field),
                })),
          floor: floor === null ? null : ctx.ident(child(floor, 1)),
        };
      }
      case "VariableDecl": {
        const type = optional(child(cst, 2));
        const hole = optional(child(cst, 3));
        return {
          kind: "variable",
          names: idents(ctx, child(cst, 1)),
          type: type === null ? null : ctx.ident(child(type, 1)),
          hole: hole === null ? null : declaredHole(ctx, hole),
          clauses: buildClauses(ctx, child(cst, 4)),
        };
      }
      case "ToolDecl":
        return { kind: "tool", names: texts(ctx, child(cst, 1)), body: toolBlock(ctx, cst, 2) };
      case "RuleDecl":
        return {
          kind: "rule",
          name: ctx.ident(child(cst, 1)),
          body: ctx.block(child(cst, 2), child(cst, 3), child(cst, 4), (line) => ruleLine(ctx, only(line))),
        };
      case "GateDecl": {
        const condition = optional(child(cst, 1));
        return {
          kind: "gate",
          for: condition === null ? null : gateFor(ctx, only(condition)),
          body: ctx.block(child(cst, 2), child(cst, 3), child(cst, 4), (line) => gateLine(ctx, line)),
        };
      }
      case "SandboxDecl":
        return {
          kind: "sandbox",
          name: ctx.ident(child(cst, 1)),
          body: ctx.block(child(cst, 2), child(cst, 3), child(cst, 4), (line) => sandboxLine(ctx, only(line))),
        };
      case "KernelDecl":
        return {
          kind: "kernel",
          effects: idents(ctx, child(cst, 1)),
          body: ctx.block(child(cst, 2), child(cst, 3), child(cst, 4), (line) => kernelCall(ctx, line)),
        };
      case "TestDecl":
        return {
          kind: "test",
          name: ctx.quoted(child(cst, 1)),
          inOrder: optional(child(cst, 2)) !== null,
          body: ctx.block(child(cst, 3), child(cst, 4), child(cst, 5), (line) => testLine(ctx, line)),
        };
      default:
        return { kind: "assume", assumption: ctx.ident(child(cst, 1)) };
    }
  });
}

function idents(ctx: BuildContext, list: Cst): readonly Ident[] {
  return elements(list).map((element) => ctx.ident(element));
}

function texts(ctx: BuildContext, list: Cst): readonly Text[] {
  return elements(list).map((element) => ctx.quoted(element));
}

function typeRef(ctx: BuildContext, cst: Cst): TypeRef {
  const choice = only(cst);
  const list = choice.rule === "Type_list";
  return { list, name: ctx.slice(child(choice, list ? 1 : 0)), span: ctx.span(cst) };
}

// ---------------------------------------------------------------- tools

function toolBlock(ctx: BuildContext, cst: Cst, open: number): Block<ToolStatement> {
  return ctx.block(child(cst, open), child(cst, open + 1), child(cst, open + 2), (line) =>
    toolStatement(ctx, only(line)),
  );
}

function toolStatement(ctx: BuildContext, cst: Cst): ToolStatement {
  return ctx.item<ToolStatement>(cst, () => {
    switch (cst.rule) {
      case "ForEach":
        return {
          kind: "forEach",
          variable: ctx.ident(child(cst, 2)),
          list: buildValue(ctx, child(cst, 4)),
          body: toolBlock(ctx, cst, 5),
        };
      case "ToolWhen":
        return { kind: "toolWhen", condition: buildCondition(ctx, child(cst, 1)), body: toolBody(ctx, child(cst, 2)) };
      case "ToolOtherwise":
        return { kind: "toolOtherwise", body: toolBody(ctx, child(cst, 1)) };
      default:
        return { kind: "clause", clause: buildClause(ctx, cst) };
    }
  });
}

function toolBody(ctx: BuildContext, cst: Cst): ToolBody {
  const choice = only(cst);
  if (choice.rule === "ToolBody_block") return { kind: "block", block: toolBlock(ctx, choice, 0) };
  return { kind: "clauses", clauses: buildClauses(ctx, only(choice)) };
}

// ---------------------------------------------------------------- rules and gates

function ruleLine(ctx: BuildContext, cst: Cst): RuleLine {
  return ctx.item<RuleLine>(cst, () => {
    switch (cst.rule) {
      case "RuleLine_command":
        return {
          kind: "onCommand",
          ...buildPatterns(ctx, child(cst, 2), child(cst, 3)),
          limits: child(cst, 4).children.map((limit) => buildWithout(ctx, limit)),
        };
      case "RuleLine_tool":
        return { kind: "onTool", names: texts(ctx, child(cst, 2)) };
      case "RuleLine_on":
        return { kind: "on", effects: effectRefs(ctx, child(cst, 1)) };
      case "RuleLine_when":
        return { kind: "when", condition: buildCondition(ctx, child(cst, 1)) };
      case "RuleLine_unless":
        return { kind: "unless", condition: buildCondition(ctx, child(cst, 1)) };
      case "RuleLine_raise":
        return { kind: "raise", tier: ctx.ident(child(cst, 2)) };
      case "RuleLine_deny":
        return { kind: "deny" };
      case "RuleLine_mark":
        return { kind: "mark", marks: idents(ctx, child(cst, 1)) };
      case "RuleLine_because":
        return { kind: "because", text: ctx.quoted(child(cst, 1)) };
      case "RuleLine_assume":
        return { kind: "assume", assumption: ctx.ident(child(cst, 1)) };
      default:
        return { kind: "instead", command: ctx.backquoted(child(cst, 1)) };
    }
  });
}

function effectRefs(ctx: BuildContext, list: Cst): readonly EffectRef[] {
  return elements(list).map((element) => {
    const text = ctx.slice(element);
    const family = text.endsWith(".*");
    return { name: family ? text.slice(0, -2) : text, family, span: ctx.span(element) };
  });
}

function gateFor(ctx: BuildContext, cst: Cst): GateFor {
  switch (cst.rule) {
    case "GateFor_agent":
      return { kind: "agent", names: texts(ctx, child(cst, 2)) };
    case "GateFor_tool":
      return { kind: "tool", names: texts(ctx, child(cst, 2)) };
    default:
      return { kind: "condition", condition: buildCondition(ctx, child(cst, 1)) };
  }
}

function gateLine(ctx: BuildContext, cst: Cst): GateLine {
  return ctx.item<GateLine>(cst, () => {
    const subject = ctx.ident(child(cst, 0));
    const verdict = only(child(cst, 1));
    switch (verdict.rule) {
      case "Verdict_allow":
        return { subject, verdict: "allow", duration: null };
      case "Verdict_deny":
        return { subject, verdict: "deny", duration: null };
      default: {
        const time = optional(child(verdict, 2));
        const duration = time === null ? null : child(time, 1);
        return {
          subject,
          verdict: "require approval",
          duration:
            duration === null ? null : { kind: "duration", text: ctx.slice(duration), span: ctx.span(duration) },
        };
      }
    }
  });
}

// ---------------------------------------------------------------- sandboxes and kernel effects

function sandboxLine(ctx: BuildContext, cst: Cst): SandboxLine {
  return ctx.item<SandboxLine>(cst, () => {
    const allowOrDeny = (): "allow" | "deny" => (ctx.slice(child(cst, 1)) === "allow" ? "allow" : "deny");
    switch (cst.rule) {
      case "SandboxLine_default": {
        const errno = optional(child(cst, 2));
        return { kind: "default", default: allowOrDeny(), errno: errno === null ? null : ctx.ident(child(errno, 1)) };
      }
      case "SandboxLine_future":
        return { kind: "future", future: allowOrDeny() };
      case "SandboxLine_compat":
        return { kind: "compat", compat: ctx.slice(child(cst, 1)) === "refuse" ? "refuse" : "filter" };
      default:
        return sandboxClause(ctx, cst);
    }
  });
}

function sandboxClause(ctx: BuildContext, cst: Cst): Omit<Extract<SandboxLine, { kind: "clause" }>, "span" | "trivia"> {
  const tails = child(cst, 2).children.map((tail) => only(tail));
  const errno = tails.findLast((tail) => tail.rule === "SandboxTail_errno");
  return {
    kind: "clause",
    // The grammar's SandboxAction lists exactly these words.
    action: ctx.slice(child(cst, 0)) as "allow" | "deny" | "kill" | "log" | "observe",
    effects: effectRefs(ctx, child(cst, 1)),
    errno: errno === undefined ? null : ctx.ident(child(only(errno), 1)),
    except: tails
      .filter((tail) => tail.rule === "SandboxTail_except")
      .flatMap((tail) => elements(child(tail, 1)).map((item) => exceptItem(ctx, item))),
    bestEffort: tails.some((tail) => tail.rule === "SandboxTail_bestEffort"),
  };
}

function exceptItem(ctx: BuildContext, cst: Cst): ExceptItem {
  const choice = only(cst);
  const span = ctx.span(cst);
  if (choice.rule === "ExceptItem_loopback") return { kind: "loopback", span };
  const values = elements(child(choice, 1)).map((value) => buildValue(ctx, only(value)));
  return { kind: choice.rule === "ExceptItem_under" ? "under" : "in", values, span };
}

function kernelCall(ctx: BuildContext, cst: Cst): KernelCall {
  return ctx.item<KernelCall>(cst, () => {
    const when = optional(child(cst, 2));
    const errno = optional(child(cst, 3));
    return {
      calls: idents(ctx, child(cst, 1)),
      conditions: when === null ? [] : elements(child(when, 1)).map((condition) => kernelCondition(ctx, condition)),
      errno: errno === null ? null : ctx.ident(child(errno, 1)),
    };
  });
}

function kernelCondition(ctx: BuildContext, cst: Cst): KernelCondition {
  const mask = optional(child(cst, 2));
  return {
    argument: Number(ctx.slice(child(cst, 1))),
    mask: mask === null ? null : kernelValue(ctx, child(mask, 1)),
    operator: kernelOperator(ctx, only(child(cst, 3))),
    value: kernelValue(ctx, child(cst, 4)),
    span: ctx.span(cst),
  };
}

function kernelOperator(ctx: BuildContext, cst: Cst): KernelCondition["operator"] {
  switch (cst.rule) {
    case "KernelOperator_isNot":
      return "!=";
    case "KernelOperator_is":
      return "=";
    default:
      // The grammar's compareOperator lists exactly these.
      return ctx.slice(cst) as "<" | "<=" | ">" | ">=";
  }
}

function kernelValue(ctx: BuildContext, cst: Cst): KernelValue {
  const text = ctx.slice(cst);
  const constant = text.startsWith('"');
  return { kind: constant ? "constant" : "number", text: constant ? ctx.unquote(cst) : text, span: ctx.span(cst) };
}

// ---------------------------------------------------------------- tests

function testLine(ctx: BuildContext, cst: Cst): TestLine {
  return ctx.item<TestLine>(cst, () => {
    const action = only(child(cst, 0));
    const expect = only(child(cst, 1));
    const by = optional(child(cst, 2));
    return {
      action:
        action.rule === "TestAction_tool"
          ? { kind: "tool", name: ctx.quoted(child(action, 1)), input: buildJson(ctx, child(action, 2)) }
          : { kind: "command", command: ctx.backquoted(child(action, 0)) },
      expect:
        expect.rule === "TestExpect_tier"
          ? { kind: "tier", tier: ctx.ident(child(expect, 1)) }
          : { kind: expect.rule === "TestExpect_stops" ? "stops" : "passes" },
      by: by === null ? [] : idents(ctx, child(by, 1)),
    };
  });
}
