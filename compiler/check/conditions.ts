// Conditions: syntax tree to typed IR.

import { sessionDownward, sessionNotDirect } from "../diagnostics/laws.ts";
import {
  homePath,
  needsList,
  neverMatches,
  notBool,
  relativePath,
  wrongOperand,
  wrongValue,
} from "../diagnostics/types.ts";
import { TIERS, type Cond, type Operand, type Pattern } from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Condition, Operator, SessionOperator, TestPredicate, Value } from "../syntax/ast.ts";
import { globPattern, looksLikeNetwork, network, regexPattern } from "./patterns.ts";
import { partOf, type Scope, type TypedOperand } from "./scope.ts";
import { describeResolved, describeType, type ElementType, type Resolved } from "./types.ts";
import { operandOf, resolveValue } from "./values.ts";
import { chooseTier } from "./words.ts";

/**
 * The condition with names resolved, or null after a diagnostic.
 * `session` says why the session cannot be read here, or is null where it can (law 1).
 */
export function lowerCondition(condition: Condition, scope: Scope, session: string | null): Cond | null {
  switch (condition.kind) {
    case "all":
    case "any": {
      const terms = condition.terms.map((term) => lowerCondition(term, scope, session));
      return terms.some((term) => term === null)
        ? null
        : { kind: condition.kind, terms: terms.flatMap((term) => term ?? []) };
    }
    case "not": {
      const term = lowerCondition(condition.term, scope, session ?? "under `not`");
      return term === null ? null : { kind: "not", term };
    }
    case "sessionHas":
      if (session !== null) return scope.problems.report(sessionNotDirect(condition.span, session));
      return { kind: "sessionHas", mark: condition.mark.text };
    case "sessionTier": {
      const tier = chooseTier(scope.problems, condition.tier);
      const least = atLeast(condition.operator);
      if (session !== null) return scope.problems.report(sessionNotDirect(condition.span, session));
      if (least === null) return scope.problems.report(sessionDownward(condition.span, condition.operator));
      if (tier === null) return null;
      // Above the highest tier there is nothing: the empty disjunction is never true.
      const wanted = TIERS[TIERS.indexOf(tier) + least];
      return wanted === undefined ? { kind: "any", terms: [] } : { kind: "sessionTier", atLeast: wanted };
    }
    case "count": {
      const least = atLeast(condition.operator);
      if (session !== null) return scope.problems.report(sessionNotDirect(condition.span, session));
      if (least === null) return scope.problems.report(sessionDownward(condition.span, condition.operator));
      return { kind: "count", mark: condition.mark.text, atLeast: condition.number + least };
    }
    case "truth":
      return lowerTruth(condition.subject, scope);
    case "test":
      return lowerTest(condition, scope);
  }
}

/** What `>=` or `>` adds to the least value, or null for an operator that looks downward. */
function atLeast(operator: SessionOperator): 0 | 1 | null {
  switch (operator) {
    case ">=":
      return 0;
    case ">":
      return 1;
    case "<":
    case "<=":
    case "is":
      return null;
  }
}

function lowerTruth(subject: Value, scope: Scope): Cond | null {
  const resolved = resolveValue(subject, scope);
  if (resolved === null) return null;
  if (resolved.kind === "bool") return resolved.value ? { kind: "all", terms: [] } : { kind: "any", terms: [] };
  if (
    resolved.kind === "operand" &&
    !resolved.type.list &&
    (resolved.type.element === "bool" || resolved.type.element === "any")
  ) {
    return { kind: "truth", subject: resolved.operand };
  }
  return scope.problems.report(notBool(subject.span, describeResolved(resolved).replace(/^an? /, "")));
}

function lowerTest(test: TestPredicate, scope: Scope): Cond | null {
  const resolved = resolveValue(test.subject, scope);
  const value = resolveValue(test.value, scope);
  const upper = test.upper === null ? null : resolveValue(test.upper, scope);
  if (resolved === null || value === null || (test.upper !== null && upper === null)) return null;
  const operand = operandOf(resolved);
  if (operand === null)
    return scope.problems.report(
      wrongValue(test.subject.span, describeResolved(resolved), "a value that can be tested"),
    );
  const subject: TypedOperand = {
    operand,
    type: resolved.kind === "operand" ? resolved.type : { element: "any", list: false },
  };

  if (test.quantifier !== null) {
    if (!subject.type.list && subject.type.element !== "any")
      return scope.problems.report(needsList(test.subject.span, test.quantifier));
    const element: TypedOperand = { operand: { kind: "element" }, type: { ...subject.type, list: false } };
    const body = signed(test, applyOperator(test, element, value, upper, scope));
    return body === null ? null : { kind: test.quantifier === "any" ? "some" : "every", list: operand, body };
  }
  if (subject.type.list && value.kind !== "none") {
    return scope.problems.report(
      wrongOperand(
        test.operatorSpan,
        test.operator,
        describeType(subject.type),
        `single values; write \`any … ${test.operator} …\` or \`every … ${test.operator} …\``,
      ),
    );
  }
  return signed(test, applyOperator(test, subject, value, upper, scope));
}

function signed(test: TestPredicate, condition: Cond | null): Cond | null {
  return condition !== null && test.negated ? { kind: "not", term: condition } : condition;
}

const OPERANDS: Readonly<Record<Operator, readonly ElementType[] | null>> = {
  is: null,
  in: null,
  like: ["text", "path", "host", "url", "address", "int", "decimal", "time"],
  matches: ["text", "path", "host", "url", "address", "int", "decimal", "time"],
  contains: ["text", "path", "host", "url", "address"],
  under: ["path"],
  covers: ["path"],
  within: ["host", "url", "address"],
  between: ["int", "decimal", "time"],
  "<": ["int", "decimal", "time"],
  "<=": ["int", "decimal", "time"],
  ">": ["int", "decimal", "time"],
  ">=": ["int", "decimal", "time"],
};

function applyOperator(
  test: TestPredicate,
  subject: TypedOperand,
  value: Resolved,
  upper: Resolved | null,
  scope: Scope,
): Cond | null {
  const allowed = OPERANDS[test.operator];
  const { element } = subject.type;
  if (allowed !== null && element !== "any" && !allowed.includes(element)) {
    return scope.problems.report(
      wrongOperand(
        test.operatorSpan,
        test.operator,
        describeType(subject.type),
        allowed.map((type) => `\`${type}\``).join(", "),
      ),
    );
  }
  const at = test.value.span;
  switch (test.operator) {
    case "is":
      return is(subject, value, at, scope);
    case "in":
      return isIn(subject, value, at, scope);
    case "like":
      return matching(
        subject,
        texts(value, at, scope),
        (text) => pathPattern(subject, text, at, scope) && globPattern(text, at, scope.problems),
      );
    case "matches":
      if (value.kind === "regex")
        return matching(subject, [value.source], (source) =>
          regexPattern(source, value.ignoreCase, at, scope.problems),
        );
      return matching(subject, texts(value, at, scope), (source) => regexPattern(source, false, at, scope.problems));
    case "contains":
      return matching(subject, texts(value, at, scope), (text) => ({ kind: "contains", text }));
    case "under": {
      const bases = paths(value, at, scope);
      return bases === null ? null : { kind: "under", subject: subject.operand, bases };
    }
    case "covers": {
      const targets = paths(value, at, scope);
      return targets === null ? null : { kind: "covers", subject: subject.operand, targets };
    }
    case "within": {
      const host = element === "url" ? partOf(subject, "host") : subject;
      return matching(host, texts(value, at, scope), (text) => ({
        kind: "domain",
        text: text.replace(/^\*?\./, "").toLowerCase(),
      }));
    }
    case "between": {
      const low = number(value, at, scope);
      const high = number(upper ?? value, test.upper?.span ?? at, scope);
      if (low === null || high === null) return null;
      const compare = (operator: "<=" | ">=", limit: string): Cond => ({
        kind: "compare",
        subject: subject.operand,
        operator,
        number: limit,
      });
      return { kind: "all", terms: [compare(">=", low), compare("<=", high)] };
    }
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const limit = number(value, at, scope);
      return limit === null
        ? null
        : { kind: "compare", subject: subject.operand, operator: test.operator, number: limit };
    }
  }
}

const NUMERIC: readonly ElementType[] = ["int", "decimal", "time"];

function is(subject: TypedOperand, value: Resolved, at: Span, scope: Scope): Cond | null {
  const { element } = subject.type;
  switch (value.kind) {
    case "none":
      return { kind: "absent", subject: subject.operand };
    case "bool": {
      if (element !== "bool" && element !== "any")
        return scope.problems.report(wrongValue(at, describeResolved(value), `a ${element}`));
      const truth: Cond = { kind: "truth", subject: subject.operand };
      return value.value ? truth : { kind: "not", term: truth };
    }
    case "regex":
      return scope.problems.report(wrongValue(at, describeResolved(value), "a value, or `matches` before it,"));
    case "list":
      return isIn(subject, value, at, scope);
    case "operand":
      if (element === "bool" || value.type.element === "bool")
        return scope.problems.report(wrongValue(at, describeResolved(value), "a value that is no bool"));
      if (value.type.list) return isIn(subject, value, at, scope);
      return { kind: "same", left: subject.operand, right: value.operand };
    case "text":
      if (element === "bool")
        return scope.problems.report(wrongValue(at, describeResolved(value), "`true` or `false`"));
      if (!pathPattern(subject, value.text, at, scope)) return null;
      if (element === "time") return compareEqual(subject, number(value, at, scope));
      return { kind: "match", subject: subject.operand, patterns: [literal(subject, value.text)] };
    case "number":
    case "duration":
      if (element === "bool")
        return scope.problems.report(wrongValue(at, describeResolved(value), "`true` or `false`"));
      if (NUMERIC.includes(element)) return compareEqual(subject, number(value, at, scope));
      return {
        kind: "match",
        subject: subject.operand,
        patterns: [{ kind: "literal", text: value.kind === "number" ? value.text : String(value.seconds) }],
      };
  }
}

function compareEqual(subject: TypedOperand, limit: string | null): Cond | null {
  return limit === null ? null : { kind: "compare", subject: subject.operand, operator: "=", number: limit };
}

/** Hosts are compared without regard to case, so their literals are lower case. */
function literal(subject: TypedOperand, text: string): Pattern {
  return { kind: "literal", text: subject.type.element === "host" ? text.toLowerCase() : text };
}

function isIn(subject: TypedOperand, value: Resolved, at: Span, scope: Scope): Cond | null {
  if (value.kind === "operand") {
    if (!value.type.list && value.type.element !== "any")
      return scope.problems.report(wrongValue(at, describeResolved(value), "a list"));
    if (subject.operand.kind === "element")
      return scope.problems.report(wrongValue(at, describeResolved(value), "a list of constants"));
    return {
      kind: "some",
      list: value.operand,
      body: { kind: "same", left: subject.operand, right: { kind: "element" } },
    };
  }
  const { element } = subject.type;
  const networked = element === "host" || element === "address" || element === "url" || element === "any";
  const items = value.kind === "list" ? value.items : [value];
  if (value.kind !== "list" && !(value.kind === "text" && networked && looksLikeNetwork(value.text))) {
    return scope.problems.report(wrongValue(at, describeResolved(value), networked ? "a list or a network" : "a list"));
  }
  const networks: string[] = [];
  const patterns: Pattern[] = [];
  const terms: Cond[] = [];
  for (const item of items) {
    if (item.kind === "text" && networked && looksLikeNetwork(item.text)) {
      const written = network(item.text, at, scope.problems);
      if (written === null) return null;
      networks.push(written);
      // A member of the input may be meant as text, too.
      if (element === "any") patterns.push({ kind: "literal", text: item.text });
      continue;
    }
    const term = is(subject, item, at, scope);
    if (term === null) return null;
    if (term.kind === "match") patterns.push(...term.patterns);
    else terms.push(term);
  }
  const host = element === "url" ? partOf(subject, "host") : subject;
  if (0 < networks.length) terms.unshift({ kind: "inNetwork", subject: host.operand, networks });
  if (0 < patterns.length) terms.unshift({ kind: "match", subject: subject.operand, patterns });
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { kind: "any", terms };
}

function matching(
  subject: TypedOperand,
  values: readonly string[] | null,
  toPattern: (text: string) => Pattern | null | false,
): Cond | null {
  if (values === null) return null;
  const patterns: Pattern[] = [];
  for (const text of values) {
    const pattern = toPattern(text);
    if (pattern === null || pattern === false) return null;
    patterns.push(pattern);
  }
  return { kind: "match", subject: subject.operand, patterns };
}

/** The texts of a text or a list of texts. */
function texts(value: Resolved, at: Span, scope: Scope): readonly string[] | null {
  const items = value.kind === "list" ? value.items : [value];
  const found: string[] = [];
  for (const item of items) {
    if (item.kind !== "text" && item.kind !== "number")
      return scope.problems.report(wrongValue(at, describeResolved(item), "a text"));
    found.push(item.text);
  }
  return found;
}

/** False, after a diagnostic, for a `~`; a warning where a relative pattern can never match. */
function pathPattern(subject: TypedOperand, text: string, at: Span, scope: Scope): boolean {
  if (subject.type.element !== "path" || subject.operand.kind === "hole" || subject.operand.kind === "option")
    return true;
  if (/^~(?:\/|$)/.test(text)) {
    scope.problems.report(homePath(at));
    return false;
  }
  if (text !== "" && !/^[/*?[{]/.test(text)) scope.problems.report(neverMatches(at, text));
  return true;
}

/** Directories for `under` and `covers`. */
function paths(value: Resolved, at: Span, scope: Scope): readonly Operand[] | null {
  const items = value.kind === "list" ? value.items : [value];
  const found: Operand[] = [];
  for (const item of items) {
    if (item.kind === "text") {
      if (/^~(?:\/|$)/.test(item.text)) return scope.problems.report(homePath(at));
      if (!item.text.startsWith("/")) return scope.problems.report(relativePath(at, item.text));
      found.push({ kind: "literal", text: item.text });
    } else if (item.kind === "operand" && (item.type.element === "path" || item.type.element === "any")) {
      found.push(item.operand);
    } else {
      return scope.problems.report(wrongValue(at, describeResolved(item), "a path"));
    }
  }
  return found;
}

/** An exact decimal; a duration is its seconds, a date and time in quotes the seconds since 1970. */
function number(value: Resolved, at: Span, scope: Scope): string | null {
  if (value.kind === "number") return value.text;
  if (value.kind === "duration") return String(value.seconds);
  if (value.kind === "text" && /^-?\d+(?:\.\d+)?$/.test(value.text)) return value.text;
  if (value.kind === "text" && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/.test(value.text)) {
    const milliseconds = Date.parse(value.text);
    if (!Number.isNaN(milliseconds)) return String(milliseconds / 1000);
  }
  return scope.problems.report(wrongValue(at, describeResolved(value), "a number"));
}
