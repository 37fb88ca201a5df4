// Conditions and values: concrete tree to syntax tree.

import { invariant } from "../source/invariant.ts";
import type { Condition, Evidence, Ident, Json, Operator, SessionOperator, TestPredicate, Value } from "./ast.ts";
import { only, type BuildContext } from "./build-context.ts";
import { child, elements, type Cst } from "./cst.ts";

export function buildCondition(ctx: BuildContext, cst: Cst): Condition {
  const terms = elements(only(cst)).map((term) => buildAnd(ctx, term));
  return joined(ctx, "any", cst, terms);
}

function buildAnd(ctx: BuildContext, cst: Cst): Condition {
  const terms = elements(only(cst)).map((term) => buildNot(ctx, term));
  return joined(ctx, "all", cst, terms);
}

function joined(ctx: BuildContext, kind: "all" | "any", cst: Cst, terms: readonly Condition[]): Condition {
  const [first] = terms;
  invariant(first !== undefined, "a condition has a term");
  return terms.length === 1 ? first : { kind, terms, span: ctx.span(cst) };
}

function buildNot(ctx: BuildContext, cst: Cst): Condition {
  const choice = only(cst);
  switch (choice.rule) {
    case "NotCondition_not":
      return { kind: "not", term: buildNot(ctx, child(choice, 1)), span: ctx.span(cst) };
    case "NotCondition_group":
      return buildCondition(ctx, child(choice, 1));
    default:
      return buildPredicate(ctx, only(choice));
  }
}

function buildPredicate(ctx: BuildContext, cst: Cst): Condition {
  const choice = only(cst);
  const span = ctx.span(cst);
  switch (choice.rule) {
    case "Predicate_sessionHas":
      return { kind: "sessionHas", mark: ctx.ident(child(choice, 2)), span };
    case "Predicate_sessionTier":
      return {
        kind: "sessionTier",
        operator: sessionOperator(ctx, child(choice, 3)),
        tier: ctx.ident(child(choice, 4)),
        span,
      };
    case "Predicate_count":
      return {
        kind: "count",
        mark: ctx.ident(child(choice, 2)),
        operator: sessionOperator(ctx, child(choice, 4)),
        number: Number(ctx.slice(child(choice, 5))),
        span,
      };
    case "Predicate_quantified": {
      const quantifier = ctx.slice(child(choice, 0)) === "any" ? "any" : "every";
      return { ...buildTest(ctx, buildValue(ctx, child(choice, 1)), child(choice, 2)), quantifier, span };
    }
    case "Predicate_test":
      return { ...buildTest(ctx, buildValue(ctx, child(choice, 0)), child(choice, 1)), quantifier: null, span };
    default:
      return { kind: "truth", subject: buildValue(ctx, only(choice)), span };
  }
}

function sessionOperator(ctx: BuildContext, cst: Cst): SessionOperator {
  const text = ctx.slice(cst);
  return text === "<" || text === "<=" || text === ">" || text === ">=" ? text : "is";
}

function buildTest(ctx: BuildContext, subject: Value, cst: Cst): Omit<TestPredicate, "quantifier" | "span"> {
  const choice = only(cst);
  const test = (
    operator: Operator,
    negated: boolean,
    from: Cst,
    to: Cst,
    value: Value,
    upper: Value | null = null,
  ): Omit<TestPredicate, "quantifier" | "span"> => ({
    kind: "test",
    subject,
    negated,
    operator,
    value,
    upper,
    operatorSpan: { source: ctx.source, start: from.start, end: to.end },
  });
  const at = (index: number): Cst => child(choice, index);
  switch (choice.rule) {
    case "Test_isNotIn":
      return test("in", true, at(0), at(2), buildValue(ctx, at(3)));
    case "Test_isIn":
      return test("in", false, at(0), at(1), buildValue(ctx, at(2)));
    case "Test_isNot":
      return test("is", true, at(0), at(1), buildValue(ctx, at(2)));
    case "Test_is":
      return test("is", false, at(0), at(0), buildValue(ctx, at(1)));
    case "Test_between":
      return test("between", at(0).children.length > 0, at(1), at(1), buildLimit(ctx, at(2)), buildLimit(ctx, at(4)));
    case "Test_operator": {
      const operator = ctx.slice(at(1)) as Operator; // The grammar's textOperator lists operators.
      return test(operator, at(0).children.length > 0, at(1), at(1), buildValue(ctx, at(2)));
    }
    default: {
      const operator = ctx.slice(at(0)) as Operator; // The grammar's compareOperator lists operators.
      return test(operator, false, at(0), at(0), buildLimit(ctx, at(1)));
    }
  }
}

function buildLimit(ctx: BuildContext, cst: Cst): Value {
  const choice = only(cst);
  if (choice.rule === "Limit_negative")
    return { kind: "number", text: ctx.slice(choice).replace(/\s/g, ""), span: ctx.span(choice) };
  return buildValue(ctx, only(choice));
}

export function buildValue(ctx: BuildContext, cst: Cst): Value {
  const parts = elements(only(cst)).map((part) => buildPrimary(ctx, part));
  const [first] = parts;
  invariant(first !== undefined, "a value has a part");
  return parts.length === 1 ? first : { kind: "join", parts, span: ctx.span(cst) };
}

function buildPrimary(ctx: BuildContext, cst: Cst): Value {
  const choice = only(cst);
  const span = ctx.span(cst);
  const text = ctx.slice(cst);
  switch (choice.rule) {
    case "Primary_list":
      return { kind: "list", items: elements(child(choice, 1)).map((item) => buildValue(ctx, item)), span };
    case "Primary_regex": {
      const ignoreCase = text.endsWith("i");
      return { kind: "regex", source: text.slice(1, ignoreCase ? -2 : -1), ignoreCase, span };
    }
    case "Primary_duration":
      return { kind: "duration", text, span };
    case "Primary_number":
      return { kind: "number", text, span };
    case "Primary_string":
      return ctx.quoted(only(choice));
    case "Primary_spelling":
      return { kind: "option", spelling: text, span };
    case "Primary_evidence": {
      const evidence = ctx.slice(child(choice, 0)) as Evidence["evidence"]; // One of the grammar's three words.
      return { kind: "evidence", evidence, path: buildPrimary(ctx, child(choice, 2)), span };
    }
    case "Primary_call":
      return { kind: "call", function: ctx.ident(child(choice, 0)), argument: buildValue(ctx, child(choice, 2)), span };
    case "Primary_true":
      return { kind: "bool", value: true, span };
    case "Primary_false":
      return { kind: "bool", value: false, span };
    case "Primary_none":
      return { kind: "none", span };
    default: {
      const members = child(choice, 1).children.map((member): Ident => ctx.word(child(member, 1)));
      return { kind: "name", parts: [ctx.ident(child(choice, 0)), ...members], span };
    }
  }
}

export function buildJson(ctx: BuildContext, cst: Cst): Json {
  const choice = only(cst);
  switch (choice.rule) {
    case "Json_object":
      return Object.fromEntries(
        elements(child(choice, 1)).map((member) => [jsonText(ctx, child(member, 0)), buildJson(ctx, child(member, 2))]),
      );
    case "Json_array":
      return elements(child(choice, 1)).map((item) => buildJson(ctx, item));
    case "Json_string":
      return jsonText(ctx, only(choice));
    default:
      // The grammar admits only JSON's own numbers and words here.
      return JSON.parse(ctx.slice(choice)) as Json;
  }
}

/** A JSON string with JSON's escapes, and those of other texts. */
function jsonText(ctx: BuildContext, cst: Cst): string {
  try {
    return JSON.parse(ctx.slice(cst)) as string; // The text is in quotes.
  } catch {
    return ctx.unquote(cst);
  }
}
