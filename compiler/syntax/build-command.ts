// Command declarations, usage patterns and clauses: concrete tree to syntax tree.

import type {
  Arg,
  Clause,
  CommandDecl,
  CommandLine,
  FlagSpec,
  Hole,
  Ident,
  OptionSpec,
  OptionValue,
  PatternGroup,
  PatternItem,
  PatternPiece,
  PatternWord,
  Prints,
  RunsTail,
  RunsWhat,
  Sequence,
  Supply,
  UsageLimit,
  UsagePatternNode,
  WithoutLimit,
  WithoutOption,
} from "./ast.ts";
import { only, type BuildContext } from "./build-context.ts";
import { buildCondition, buildValue } from "./build-value.ts";
import { child, elements, optional, type Cst } from "./cst.ts";

export function buildCommand(ctx: BuildContext, cst: Cst): CommandDecl {
  return ctx.item<CommandDecl>(cst, () => {
    const inPart = optional(child(cst, 3));
    return {
      kind: "command",
      programs: elements(child(cst, 1)).map((program) => ctx.word(program)),
      words: child(cst, 2).children.map((word) => subWord(ctx, only(word))),
      directory: inPart === null ? null : ctx.ident(child(inPart, 1)),
      body: ctx.block(child(cst, 4), child(cst, 5), child(cst, 6), (line) => buildLine(ctx, only(line))),
    };
  });
}

function subWord(ctx: BuildContext, cst: Cst): readonly Ident[] {
  if (cst.rule === "ParenSubWord") return elements(child(cst, 1)).map((piece) => ctx.word(piece));
  return [child(cst, 0), ...child(cst, 2).children].map((piece) => ctx.word(piece));
}

function buildLine(ctx: BuildContext, cst: Cst): CommandLine {
  return ctx.item<CommandLine>(cst, () => {
    switch (cst.rule) {
      case "OptionsLine":
        return { kind: "options", syntax: ctx.ident(child(cst, 1)), assignments: optional(child(cst, 2)) !== null };
      case "FlagLine":
        return {
          kind: "flag",
          flags: elements(child(cst, 1)).map((spec): FlagSpec => ({
            spellings: spellings(ctx, only(spec)),
            span: ctx.span(spec),
          })),
        };
      case "OptionLine":
        return { kind: "option", options: elements(child(cst, 1)).map((spec) => optionSpec(ctx, spec)) };
      case "OtherwiseLine":
        return { kind: "otherwise", clauses: buildClauses(ctx, child(cst, 1)) };
      default:
        return {
          kind: "usage",
          ...buildPatterns(ctx, child(cst, 0), child(cst, 1)),
          limits: child(cst, 2).children.map((limit) => buildLimit(ctx, only(limit))),
          clauses: buildClauses(ctx, child(cst, 3)),
        };
    }
  });
}

/** Patterns and `exactly` after them; also of `on command`. */
export function buildPatterns(
  ctx: BuildContext,
  patterns: Cst,
  exactly: Cst,
): { readonly patterns: readonly UsagePatternNode[]; readonly exactly: boolean } {
  return {
    patterns: elements(patterns).map((pattern) => buildPattern(ctx, pattern)),
    exactly: optional(exactly) !== null,
  };
}

function spellings(ctx: BuildContext, cst: Cst): readonly Ident[] {
  return cst.children.map((spelling) => ctx.ident(spelling));
}

function optionSpec(ctx: BuildContext, cst: Cst): OptionSpec {
  const value = optional(child(cst, 1));
  return {
    spellings: spellings(ctx, only(cst)),
    value: value === null ? null : optionValue(ctx, value),
    span: ctx.span(cst),
  };
}

function optionValue(ctx: BuildContext, cst: Cst): OptionValue {
  const choice = only(cst);
  const span = ctx.span(cst);
  if (choice.rule === "OptionValue_optional") {
    return {
      optional: true,
      equals: optional(child(choice, 1)) !== null,
      hole: declaredHole(ctx, child(choice, 2)),
      repeated: optional(child(choice, 4)) !== null,
      span,
    };
  }
  const hole = declaredHole(ctx, child(choice, 1));
  return {
    optional: false,
    equals: optional(child(choice, 0)) !== null,
    hole: { ...hole, list: false },
    repeated: hole.list || optional(child(choice, 2)) !== null,
    span,
  };
}

/** A hole of a declaration, where blanks and comments may stand between its parts. */
export function declaredHole(ctx: BuildContext, cst: Cst): Hole {
  const type = optional(child(cst, 3));
  return {
    name: ctx.slice(child(cst, 1)),
    list: optional(child(cst, 2)) !== null,
    type: type === null ? null : ctx.ident(child(type, 1)),
    span: ctx.span(cst),
  };
}

function buildLimit(ctx: BuildContext, cst: Cst): UsageLimit {
  if (cst.rule === "WithoutLimit") return buildWithout(ctx, cst);
  return { kind: "when", condition: buildCondition(ctx, child(cst, 1)), span: ctx.span(cst) };
}

export function buildWithout(ctx: BuildContext, cst: Cst): WithoutLimit {
  const options = elements(child(cst, 1)).flatMap((group) =>
    group.children.map((option) => withoutOption(ctx, option)),
  );
  return { kind: "without", options, span: ctx.span(cst) };
}

function withoutOption(ctx: BuildContext, cst: Cst): WithoutOption {
  const values = optional(child(cst, 1));
  return {
    spelling: ctx.ident(child(cst, 0)),
    values: values === null ? null : withoutValues(ctx, only(values)),
    span: ctx.span(cst),
  };
}

function withoutValues(ctx: BuildContext, cst: Cst): readonly Ident[] {
  if (cst.rule === "WithoutValues_one") return [ctx.word(child(cst, 1))];
  return elements(child(cst, 2)).map((piece) => ctx.word(piece));
}

// ---------------------------------------------------------------- patterns

function buildPattern(ctx: BuildContext, cst: Cst): UsagePatternNode {
  return { alternatives: alternatives(ctx, child(cst, 2)), span: ctx.span(cst) };
}

function alternatives(ctx: BuildContext, cst: Cst): readonly Sequence[] {
  return [child(cst, 0), ...child(cst, 4).children].map((sequence) => ({
    items: [child(sequence, 0), ...child(sequence, 2).children].map((item) => patternItem(ctx, only(item))),
    span: ctx.span(sequence),
  }));
}

function patternItem(ctx: BuildContext, cst: Cst): PatternItem {
  switch (cst.rule) {
    case "group":
      return patternGroup(ctx, cst);
    case "optionWord":
      return patternOption(ctx, cst);
    default:
      return patternWord(ctx, child(cst, 0).children, cst);
  }
}

function patternGroup(ctx: BuildContext, cst: Cst): PatternGroup {
  return { kind: "group", alternatives: alternatives(ctx, child(cst, 2)), span: ctx.span(cst) };
}

function patternOption(ctx: BuildContext, cst: Cst): PatternItem {
  const span = ctx.span(cst);
  const spelling = ctx.text.slice(cst.start, child(cst, 1).end);
  const value = optional(child(cst, 2));
  if (value === null) return { kind: "option", spelling, value: null, attached: false, span };
  const choice = only(value);
  switch (choice.rule) {
    case "optionWordValue_group":
      return { kind: "option", spelling, value: patternGroup(ctx, child(choice, 1)), attached: false, span };
    case "optionWordValue_pieces":
      return {
        kind: "option",
        spelling,
        value: patternWord(ctx, child(choice, 1).children, child(choice, 1)),
        attached: false,
        span,
      };
    default:
      return {
        kind: "option",
        spelling,
        value: { kind: "word", pieces: [piece(ctx, child(choice, 0))], span: ctx.span(choice) },
        attached: true,
        span,
      };
  }
}

function patternWord(ctx: BuildContext, pieces: readonly Cst[], cst: Cst): PatternWord {
  return { kind: "word", pieces: pieces.map((part) => piece(ctx, only(part))), span: ctx.span(cst) };
}

function piece(ctx: BuildContext, cst: Cst): PatternPiece {
  switch (cst.rule) {
    case "hole":
      return { kind: "hole", hole: patternHole(ctx, cst) };
    case "string":
      return { kind: "quoted", text: ctx.unquote(cst) };
    default:
      return { kind: "plain", text: ctx.slice(cst) };
  }
}

/** A hole in a pattern, whose parts the grammar reads as one token. */
function patternHole(ctx: BuildContext, cst: Cst): Hole {
  const text = ctx.slice(cst);
  const name = /^<\s*([^\s.:>]+)/.exec(text)?.[1] ?? "";
  const type = /:\s*([^\s>]+)/d.exec(text);
  const [start, end] = type?.indices?.[1] ?? [0, 0];
  return {
    name,
    list: text.includes("..."),
    type:
      type === null
        ? null
        : { text: type[1] ?? "", span: { source: ctx.source, start: cst.start + start, end: cst.start + end } },
    span: ctx.span(cst),
  };
}

// ---------------------------------------------------------------- clauses

export function buildClauses(ctx: BuildContext, cst: Cst): readonly Clause[] {
  return cst.children.map((clause) => buildClause(ctx, clause));
}

export function buildClause(ctx: BuildContext, cst: Cst): Clause {
  const clause = only(cst);
  const span = ctx.span(cst);
  switch (clause.rule) {
    case "DoesClause": {
      const choice = only(clause);
      if (choice.rule === "DoesClause_nothing") return { kind: "nothing", span };
      const args = optional(child(choice, 2));
      return {
        kind: "does",
        effect: ctx.ident(child(choice, 1)),
        args: args === null ? [] : buildArgs(ctx, args),
        span,
      };
    }
    case "RunsClause": {
      const { what, tails } = runs(ctx, only(clause));
      return { kind: "runs", what, tails, span };
    }
    case "PrintsClause":
      return { kind: "prints", what: prints(ctx, only(clause)), span };
    default:
      return {
        kind: "adds",
        hole: ctx.ident(child(clause, 1)),
        programs: elements(child(clause, 3)).map((program) => ctx.word(program)),
        afterSubcommand: optional(child(clause, 4)) !== null,
        span,
      };
  }
}

function buildArgs(ctx: BuildContext, cst: Cst): readonly Arg[] {
  return elements(child(cst, 1)).map((arg) => {
    const value = only(child(arg, 2));
    const each = value.rule === "ArgValue_each";
    return {
      name: ctx.ident(child(arg, 0)),
      each,
      value: buildValue(ctx, child(value, each ? 1 : 0)),
      span: ctx.span(arg),
    };
  });
}

function runs(ctx: BuildContext, cst: Cst): { readonly what: RunsWhat; readonly tails: readonly RunsTail[] } {
  const tails = (at: number): readonly RunsTail[] => child(cst, at).children.map((tail) => runsTail(ctx, only(tail)));
  switch (cst.rule) {
    case "RunsClause_http":
      return { what: { kind: "http", args: buildArgs(ctx, child(cst, 2)) }, tails: [] };
    case "RunsClause_stdin":
      return { what: { kind: "stdin", language: language(ctx, child(cst, 2)) }, tails: tails(3) };
    case "RunsClause_file":
      return {
        what: { kind: "file", path: buildValue(ctx, child(cst, 2)), language: language(ctx, child(cst, 3)) },
        tails: tails(4),
      };
    default: {
      const as = optional(child(cst, 2));
      return {
        what: {
          kind: "value",
          value: buildValue(ctx, child(cst, 1)),
          language: as === null ? null : language(ctx, as),
        },
        tails: tails(3),
      };
    }
  }
}

function language(ctx: BuildContext, cst: Cst): Ident {
  return ctx.ident(child(cst, 1));
}

function runsTail(ctx: BuildContext, cst: Cst): RunsTail {
  const span = ctx.span(cst);
  const second = child(cst, 1);
  switch (cst.rule) {
    case "RunsTail_substitute":
      return {
        kind: "substitute",
        token:
          second.rule === "string"
            ? ctx.quoted(second)
            : { kind: "option", spelling: ctx.slice(second), span: ctx.span(second) },
        by: supply(ctx, only(child(cst, 2))),
        span,
      };
    case "RunsTail_args":
      return { kind: "args", hole: ctx.ident(second), span };
    case "RunsTail_more":
      return { kind: "more", supply: supply(ctx, only(second)), span };
    case "RunsTail_in":
      return { kind: "in", directory: buildValue(ctx, second), span };
    default:
      return { kind: "on", host: ctx.ident(second), span };
  }
}

function supply(ctx: BuildContext, cst: Cst): Supply {
  switch (cst.rule) {
    case "Supply_under":
      return { kind: "under", hole: ctx.ident(child(cst, 2)) };
    case "Supply_unknown":
      return { kind: "unknown" };
    default:
      return { kind: "stdin" };
  }
}

function prints(ctx: BuildContext, cst: Cst): Prints["what"] {
  switch (cst.rule) {
    case "PrintsClause_from":
      return { kind: "from", origin: ctx.ident(child(cst, 2)) };
    case "PrintsClause_format":
      return { kind: "format", format: ctx.ident(child(cst, 2)), args: ctx.ident(child(cst, 4)) };
    default: {
      const tails = child(cst, 2).children.map((tail) => only(tail).rule);
      return {
        kind: "words",
        name: ctx.ident(child(cst, 1)),
        newline: !tails.includes("PrintsTail_noNewline"),
        escapes: tails.includes("PrintsTail_escapes"),
      };
    }
  }
}
