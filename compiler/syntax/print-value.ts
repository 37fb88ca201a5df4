// Values, conditions, patterns and clauses in canonical form.

import type {
  All,
  Any,
  Arg,
  Clause,
  Condition,
  EffectRef,
  Hole,
  Ident,
  Json,
  KernelCondition,
  KernelValue,
  PatternItem,
  PatternPiece,
  PatternWord,
  Prints,
  Runs,
  RunsTail,
  Sequence,
  Supply,
  TestPredicate,
  UsageLimit,
  UsagePatternNode,
  Value,
  WithoutOption,
} from "./ast.ts";

export function printValue(value: Value): string {
  switch (value.kind) {
    case "join":
      return value.parts.map(printValue).join(" + ");
    case "list":
      return `[${value.items.map(printValue).join(", ")}]`;
    case "text":
      return printText(value.text);
    case "number":
    case "duration":
      return value.text;
    case "regex":
      return `/${value.source}/${value.ignoreCase ? "i" : ""}`;
    case "bool":
      return String(value.value);
    case "none":
      return "none";
    case "option":
      return value.spelling;
    case "call":
      return `${value.function.text}(${printValue(value.argument)})`;
    case "evidence":
      return `${value.evidence} of ${printValue(value.path)}`;
    case "name":
      return value.parts
        .map((part, index) => (index === 0 || isIdent(part.text) ? part.text : printText(part.text)))
        .join(".");
  }
}

export function printText(text: string): string {
  const escaped = text.replaceAll(/["\\\n\t\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    switch (character) {
      case '"':
      case "\\":
        return `\\${character}`;
      case "\n":
        return "\\n";
      case "\t":
        return "\\t";
      default:
        return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    }
  });
  return `"${escaped}"`;
}

function isIdent(text: string): boolean {
  return /^[\p{L}_][\p{L}\d_]*$/u.test(text);
}

/** A program's name or a word of a subcommand, in quotes when it would not be read back as it is. */
export function printWord(text: string): string {
  return text === "in" || text.includes("//") || !/^[^\s,{}|<>()`";]+$/.test(text) ? printText(text) : text;
}

/** A command in as many backquotes as it needs. */
export function printBackquoted(text: string): string {
  if (!text.includes("`")) return `\`${text}\``;
  const ticks = text.includes("``") ? "```" : "``";
  return `${ticks} ${text} ${ticks}`;
}

export function printJson(json: Json): string {
  if (Array.isArray(json)) return `[${json.map((item: Json) => printJson(item)).join(", ")}]`;
  if (typeof json === "object" && json !== null)
    return `{${Object.entries(json)
      .map(([key, value]) => `${JSON.stringify(key)}: ${printJson(value)}`)
      .join(", ")}}`;
  return JSON.stringify(json);
}

export function printList(names: readonly Ident[]): string {
  return names.map((name) => name.text).join(", ");
}

export function printEffects(effects: readonly EffectRef[]): string {
  return effects.map((effect) => (effect.family ? `${effect.name}.*` : effect.name)).join(", ");
}

// ---------------------------------------------------------------- conditions

export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case "any":
      return printTerms(condition).join(" or ");
    case "all":
      return printTerms(condition).join(" and ");
    case "not":
      return `not ${grouped(condition.term, condition.term.kind === "any" || condition.term.kind === "all")}`;
    case "sessionHas":
      return `session has ${condition.mark.text}`;
    case "sessionTier":
      return `session.tier ${condition.operator} ${condition.tier.text}`;
    case "count":
      return `count(${condition.mark.text}) ${condition.operator} ${condition.number}`;
    case "truth":
      return printValue(condition.subject);
    case "test":
      return printTest(condition);
  }
}

/** The terms of `and` or `or`, in parentheses where the grammar needs them. */
export function printTerms(condition: All | Any): readonly string[] {
  return condition.terms.map((term) =>
    grouped(term, term.kind === "any" || (condition.kind === "all" && term.kind === "all")),
  );
}

function grouped(condition: Condition, parentheses: boolean): string {
  return parentheses ? `(${printCondition(condition)})` : printCondition(condition);
}

function printTest(test: TestPredicate): string {
  const operator = test.negated ? (test.operator === "is" ? "is not" : `not ${test.operator}`) : test.operator;
  const upper = test.upper === null ? "" : ` and ${printValue(test.upper)}`;
  const quantifier = test.quantifier === null ? "" : `${test.quantifier} `;
  return `${quantifier}${printValue(test.subject)} ${operator} ${printValue(test.value)}${upper}`;
}

// ---------------------------------------------------------------- patterns

export function printPatterns(patterns: readonly UsagePatternNode[]): string {
  return patterns.map((pattern) => `\`${printAlternatives(pattern.alternatives)}\``).join(", ");
}

function printAlternatives(alternatives: readonly Sequence[]): string {
  return alternatives.map((sequence) => sequence.items.map(printItem).join(" ")).join(" | ");
}

function printItem(item: PatternItem): string {
  switch (item.kind) {
    case "group":
      return `(${printAlternatives(item.alternatives)})`;
    case "word":
      return printPatternWord(item);
    case "option":
      return item.spelling + (item.value === null ? "" : (item.attached ? "" : "=") + printItem(item.value));
  }
}

function printPatternWord(word: PatternWord): string {
  return word.pieces.map(printPiece).join("");
}

function printPiece(piece: PatternPiece): string {
  switch (piece.kind) {
    case "hole":
      return printHole(piece.hole);
    case "quoted":
      return printText(piece.text);
    case "plain":
      return piece.text;
  }
}

export function printHole(hole: Hole): string {
  return `<${hole.name}${hole.list ? "..." : ""}${hole.type === null ? "" : `: ${hole.type.text}`}>`;
}

export function printLimit(limit: UsageLimit): string {
  if (limit.kind === "when") return `when ${printCondition(limit.condition)}`;
  return `without ${limit.options.map(printWithout).join(" ")}`;
}

function printWithout(option: WithoutOption): string {
  if (option.values === null) return option.spelling.text;
  const values = option.values.map((value) => printWord(value.text));
  return `${option.spelling.text}=${values.length === 1 ? values.join("") : `(${values.join(" | ")})`}`;
}

// ---------------------------------------------------------------- clauses

export function printClause(clause: Clause): string {
  switch (clause.kind) {
    case "nothing":
      return "does nothing";
    case "does":
      return `does ${clause.effect.text}${clause.args.length === 0 ? "" : printArgs(clause.args)}`;
    case "runs":
      return printRuns(clause);
    case "prints":
      return `prints ${printPrints(clause.what)}`;
    case "adds":
      return `adds ${clause.hole.text} to ${clause.programs.map((program) => printWord(program.text)).join(", ")}${clause.afterSubcommand ? " after subcommand" : ""}`;
  }
}

function printArgs(args: readonly Arg[]): string {
  return `(${args.map((arg) => `${arg.name.text}: ${arg.each ? "each " : ""}${printValue(arg.value)}`).join(", ")})`;
}

function printRuns({ what, tails }: Runs): string {
  const end = tails.map((tail) => ` ${printTail(tail)}`).join("");
  switch (what.kind) {
    case "http":
      return `runs http${printArgs(what.args)}`;
    case "stdin":
      return `runs stdin as ${what.language.text}${end}`;
    case "file":
      return `runs file ${printValue(what.path)} as ${what.language.text}${end}`;
    case "value":
      return `runs ${printValue(what.value)}${what.language === null ? "" : ` as ${what.language.text}`}${end}`;
  }
}

function printTail(tail: RunsTail): string {
  switch (tail.kind) {
    case "substitute":
      return `with ${tail.token.kind === "text" ? printText(tail.token.text) : tail.token.spelling} ${printSupply(tail.by)}`;
    case "args":
      return `with ${tail.hole.text}`;
    case "more":
      return `more ${printSupply(tail.supply)}`;
    case "in":
      return `in ${printValue(tail.directory)}`;
    case "on":
      return `on ${tail.host.text}`;
  }
}

function printSupply(supply: Supply): string {
  return supply.kind === "under" ? `any under ${supply.hole.text}` : supply.kind;
}

function printPrints(what: Prints["what"]): string {
  switch (what.kind) {
    case "from":
      return `from ${what.origin.text}`;
    case "format":
      return `format ${what.format.text} with ${what.args.text}`;
    case "words":
      return `${what.name.text}${what.newline ? "" : " without newline"}${what.escapes ? " with escapes" : ""}`;
  }
}

// ---------------------------------------------------------------- kernel

export function printKernelCondition(condition: KernelCondition): string {
  const operator = condition.operator === "=" ? "is" : condition.operator === "!=" ? "is not" : condition.operator;
  const mask = condition.mask === null ? "" : ` & ${printKernelValue(condition.mask)}`;
  return `arg ${condition.argument}${mask} ${operator} ${printKernelValue(condition.value)}`;
}

function printKernelValue(value: KernelValue): string {
  return value.kind === "constant" ? printText(value.text) : value.text;
}
