// Syntax trees of all shapes that a source can have, for properties of the reader and the formatter.

import fc from "fast-check";
import type {
  Arg,
  Block,
  Clause,
  CommandLine,
  Condition,
  Declaration,
  EffectRef,
  ExceptItem,
  File,
  Hole,
  Ident,
  Item,
  Json,
  KernelCall,
  OptionValue,
  PatternGroup,
  PatternItem,
  PatternPiece,
  PatternWord,
  RuleLine,
  RunsTail,
  SandboxLine,
  Sequence,
  Supply,
  TestLine,
  Text,
  ToolBody,
  ToolStatement,
  Trivia,
  UsageLimit,
  UsagePatternNode,
  Value,
  WithoutLimit,
} from "../../../compiler/syntax/ast.ts";

const span = { source: 0, start: 0, end: 0 };
const plainTrivia: Trivia = { blankBefore: false, comments: [], trailing: null };

/** Words that begin what follows a name, or are values by themselves. */
const RESERVED = new Set([
  "and",
  "or",
  "not",
  "is",
  "in",
  "like",
  "matches",
  "contains",
  "under",
  "covers",
  "between",
  "within",
  "has",
  "when",
  "unless",
  "raise",
  "deny",
  "because",
  "instead",
  "does",
  "runs",
  "prints",
  "adds",
  "otherwise",
  "without",
  "true",
  "false",
  "none",
  "any",
  "every",
]);

const word = fc.stringMatching(/^[a-z_][a-z0-9_]{0,7}$/).filter((text) => !RESERVED.has(text));
/** Names after which the grammar would read on: a call, evidence, the session. */
const AMBIGUOUS = new Set([
  "session",
  "count",
  "state",
  "script",
  "link",
  "stdin",
  "file",
  "http",
  "loopback",
  "each",
  "list",
  "from",
  "format",
  "nothing",
  "to",
  "std",
  "remote",
]);
const name = word.filter((text) => !AMBIGUOUS.has(text));
const ident: fc.Arbitrary<Ident> = name.map((text) => ({ text, span }));
const idents = fc.array(ident, { minLength: 1, maxLength: 3 });
const content = fc.string({
  unit: fc.constantFrom("a", "b", "/", " ", '"', "\\", "\n", "\t", "{", "}", "*", "`", "é", "😀", "\u0000", "\u202e"),
  maxLength: 8,
});
const text: fc.Arbitrary<Text> = content.map((value) => ({ kind: "text", text: value, span }));
const texts = fc.array(text, { minLength: 1, maxLength: 3 });
const effectName: fc.Arbitrary<Ident> = fc
  .tuple(name, name)
  .map(([family, verb]) => ({ text: `${family}.${verb}`, span }));
const spellingText = fc.oneof(
  fc.stringMatching(/^--?[a-z][a-z0-9-]{0,6}$/),
  fc.stringMatching(/^-[0-9?#@]$/),
  fc.stringMatching(/^\+[a-z]$/),
);
const spelling: fc.Arbitrary<Ident> = spellingText.map((value) => ({ text: value, span }));
const program: fc.Arbitrary<Ident> = fc
  .oneof(fc.stringMatching(/^[a-z][a-z0-9.+_-]{0,6}$/), fc.constantFrom("[", ".", "a b", "x//y", "g++"))
  .map((value) => ({ text: value, span }));
const piece: fc.Arbitrary<Ident> = fc
  .oneof(fc.stringMatching(/^[a-z*-]{1,6}$/), fc.constantFrom("in", "a|b"))
  .map((value) => ({ text: value, span }));
const duration = fc.tuple(fc.nat(99), fc.constantFrom("s", "m", "h", "d")).map(([count, unit]) => `${count}${unit}`);
const number = fc
  .tuple(fc.nat(999), fc.option(fc.nat(99)))
  .map(([whole, fraction]) => (fraction === null ? String(whole) : `${whole}.${fraction}`));

function nullable<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { nil: null });
}

function some<T>(arbitrary: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength: 1, maxLength });
}

// ---------------------------------------------------------------- values and conditions

const regexSource = fc.constantFrom("a+", "[a/b]*", "x\\/y", "(a|b)?", "\\d{2}");

const leafValue: fc.Arbitrary<Value> = fc.oneof(
  text,
  number.map((value): Value => ({ kind: "number", text: value, span })),
  duration.map((value): Value => ({ kind: "duration", text: value, span })),
  fc
    .tuple(regexSource, fc.boolean())
    .map(([source, ignoreCase]): Value => ({ kind: "regex", source, ignoreCase, span })),
  fc.boolean().map((value): Value => ({ kind: "bool", value, span })),
  fc.constant<Value>({ kind: "none", span }),
  // `-0` as a value is a number.
  spellingText.filter((text) => !/^-\d/.test(text)).map((value): Value => ({ kind: "option", spelling: value, span })),
  fc
    .tuple(ident, fc.array(fc.oneof(ident, fc.constant<Ident>({ text: "a-b", span })), { maxLength: 2 }))
    .map(([first, rest]): Value => ({ kind: "name", parts: [first, ...rest], span })),
);

const primary: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    leafValue,
    fc.array(tie("value"), { maxLength: 3 }).map((items): Value => ({ kind: "list", items, span })),
    fc
      .tuple(ident, tie("value"))
      .map(([called, argument]): Value => ({ kind: "call", function: called, argument, span })),
    fc
      .tuple(fc.constantFrom("state" as const, "script" as const, "link" as const), tie("value"))
      .map(([evidence, path]): Value => ({ kind: "evidence", evidence, path, span })),
  ),
})).value;

/** A spelling after `+` or before it would be read differently, so joins are of lists and names. */
const joined: fc.Arbitrary<Value> = fc
  .array(
    primary.filter((value) => value.kind === "list" || value.kind === "name" || value.kind === "text"),
    { minLength: 2, maxLength: 3 },
  )
  .map((parts): Value => ({ kind: "join", parts, span }));
const value: fc.Arbitrary<Value> = fc.oneof({ weight: 5, arbitrary: primary }, { weight: 1, arbitrary: joined });

const limit: fc.Arbitrary<Value> = fc.oneof(
  number.map((found): Value => ({ kind: "number", text: `-${found}`, span })),
  value,
);

const predicate: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant("test" as const),
    quantifier: fc.constantFrom(null, "any" as const, "every" as const),
    subject: value,
    negated: fc.boolean(),
    operator: fc.constantFrom(
      "is" as const,
      "in" as const,
      "like" as const,
      "matches" as const,
      "contains" as const,
      "under" as const,
      "covers" as const,
      "within" as const,
    ),
    operatorSpan: fc.constant(span),
    value,
    upper: fc.constant(null),
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant("test" as const),
    quantifier: fc.constant(null),
    subject: value,
    negated: fc.boolean(),
    operator: fc.constant("between" as const),
    operatorSpan: fc.constant(span),
    value: limit,
    upper: limit,
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant("test" as const),
    quantifier: fc.constant(null),
    subject: value,
    negated: fc.constant(false),
    operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
    operatorSpan: fc.constant(span),
    value: limit,
    upper: fc.constant(null),
    span: fc.constant(span),
  }),
  value.map((subject): Condition => ({ kind: "truth", subject, span })),
  ident.map((mark): Condition => ({ kind: "sessionHas", mark, span })),
  fc
    .tuple(fc.constantFrom("<" as const, ">=" as const, "is" as const), ident)
    .map(([operator, tier]): Condition => ({ kind: "sessionTier", operator, tier, span })),
  fc
    .tuple(ident, fc.constantFrom(">" as const, ">=" as const), fc.nat(99))
    .map(([mark, operator, count]): Condition => ({ kind: "count", mark, operator, number: count, span })),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    predicate,
    fc
      .tuple(
        fc.constantFrom("all" as const, "any" as const),
        fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
      )
      .map(([kind, terms]): Condition => ({ kind, terms, span })),
    tie("condition").map((term): Condition => ({ kind: "not", term, span })),
  ),
})).condition;

// ---------------------------------------------------------------- items and blocks

const comment = fc.constantFrom("// a", "//", '// "quoted` text', "// rule x { }");

const trivia: fc.Arbitrary<Trivia> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(plainTrivia) },
  {
    weight: 1,
    arbitrary: fc.record({
      blankBefore: fc.boolean(),
      comments: fc.array(comment, { maxLength: 2 }),
      trailing: nullable(comment),
    }),
  },
);

/** Lines of a block, in the form that the formatter gives them: no blank line before the first. */
function block<T extends Item>(item: fc.Arbitrary<T>): fc.Arbitrary<Block<T>> {
  return fc.record({
    opening: nullable(comment),
    items: fc
      .array(item, { maxLength: 4 })
      .map((items) =>
        items.map((one, index) => (index === 0 ? { ...one, trivia: { ...one.trivia, blankBefore: false } } : one)),
      ),
    closing: fc.array(comment, { maxLength: 1 }),
    span: fc.constant(span),
  });
}

// ---------------------------------------------------------------- patterns and clauses

const patternHole: fc.Arbitrary<Hole> = fc.record({
  name,
  list: fc.boolean(),
  type: nullable(ident),
  span: fc.constant(span),
});
const plainPiece: fc.Arbitrary<PatternPiece> = fc
  .stringMatching(/^[a-z0-9*][a-z0-9*/=!+:-]{0,5}$/)
  .map((found) => ({ kind: "plain", text: found }));
const patternPiece: fc.Arbitrary<PatternPiece> = fc.oneof(
  plainPiece,
  patternHole.map((hole): PatternPiece => ({ kind: "hole", hole })),
  content.filter((found) => !found.includes("`")).map((found): PatternPiece => ({ kind: "quoted", text: found })),
);
const patternWord: fc.Arbitrary<PatternWord> = some(patternPiece)
  // Two plain pieces in a row are read as one.
  .filter((pieces) => pieces.every((found, index) => found.kind !== "plain" || pieces[index + 1]?.kind !== "plain"))
  .map((pieces) => ({ kind: "word", pieces, span }));

const patternItems = fc.letrec<{ item: PatternItem; group: PatternGroup; sequence: Sequence }>((tie) => ({
  sequence: some(tie("item")).map((items) => ({ items, span })),
  group: some(tie("sequence")).map((alternatives) => ({ kind: "group", alternatives, span })),
  item: fc.oneof(
    { maxDepth: 2 },
    patternWord,
    fc
      .tuple(fc.stringMatching(/^--?[a-z][a-z0-9-]{0,6}$/), nullable(patternWord))
      .map(([found, attached]): PatternItem => ({
        kind: "option",
        spelling: found,
        value: attached,
        attached: false,
        span,
      })),
    fc.tuple(fc.stringMatching(/^-[a-z]$/), patternHole).map(([found, hole]): PatternItem => ({
      kind: "option",
      spelling: found,
      value: { kind: "word", pieces: [{ kind: "hole", hole }], span },
      attached: true,
      span,
    })),
    tie("group"),
  ),
}));
const pattern: fc.Arbitrary<UsagePatternNode> = some(patternItems.sequence).map((alternatives) => ({
  alternatives,
  span,
}));

const withoutLimit: fc.Arbitrary<WithoutLimit> = some(
  fc.record({
    spelling: spelling.filter((found) => !found.text.startsWith("+")),
    values: nullable(some(piece)),
    span: fc.constant(span),
  }),
).map((options) => ({ kind: "without", options, span }));
const usageLimit: fc.Arbitrary<UsageLimit> = fc.oneof(
  withoutLimit,
  condition.map((found): UsageLimit => ({ kind: "when", condition: found, span })),
);

const arg: fc.Arbitrary<Arg> = fc.record({ name: ident, each: fc.boolean(), value, span: fc.constant(span) });
const supply: fc.Arbitrary<Supply> = fc.oneof(
  ident.map((hole): Supply => ({ kind: "under", hole })),
  fc.constant<Supply>({ kind: "unknown" }),
  fc.constant<Supply>({ kind: "stdin" }),
);
const tail: fc.Arbitrary<RunsTail> = fc.oneof(
  fc
    .tuple(
      fc.oneof(
        text,
        spellingText.map((found) => ({ kind: "option" as const, spelling: found, span })),
      ),
      supply,
    )
    .map(([token, by]): RunsTail => ({ kind: "substitute", token, by, span })),
  ident.map((hole): RunsTail => ({ kind: "args", hole, span })),
  supply.map((found): RunsTail => ({ kind: "more", supply: found, span })),
  value.map((directory): RunsTail => ({ kind: "in", directory, span })),
  ident.map((host): RunsTail => ({ kind: "on", host, span })),
);

const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.constant<Clause>({ kind: "nothing", span }),
  fc
    .tuple(effectName, fc.array(arg, { maxLength: 3 }))
    .map(([effect, args]): Clause => ({ kind: "does", effect, args, span })),
  fc
    .array(arg, { maxLength: 2 })
    .map((args): Clause => ({ kind: "runs", what: { kind: "http", args }, tails: [], span })),
  fc
    .tuple(ident, fc.array(tail, { maxLength: 2 }))
    .map(([language, tails]): Clause => ({ kind: "runs", what: { kind: "stdin", language }, tails, span })),
  fc
    .tuple(value, ident, fc.array(tail, { maxLength: 2 }))
    .map(([path, language, tails]): Clause => ({ kind: "runs", what: { kind: "file", path, language }, tails, span })),
  fc.tuple(value, nullable(ident), fc.array(tail, { maxLength: 2 })).map(([found, language, tails]): Clause => ({
    kind: "runs",
    what: { kind: "value", value: found, language },
    tails,
    span,
  })),
  ident.map((origin): Clause => ({ kind: "prints", what: { kind: "from", origin }, span })),
  fc
    .tuple(ident, ident)
    .map(([format, args]): Clause => ({ kind: "prints", what: { kind: "format", format, args }, span })),
  fc.tuple(ident, fc.boolean(), fc.boolean()).map(([found, newline, escapes]): Clause => ({
    kind: "prints",
    what: { kind: "words", name: found, newline, escapes },
    span,
  })),
  fc
    .tuple(ident, some(program), fc.boolean())
    .map(([hole, programs, afterSubcommand]): Clause => ({ kind: "adds", hole, programs, afterSubcommand, span })),
);
const clauses = some(clause, 2);

// ---------------------------------------------------------------- declarations

const base = { trivia, span: fc.constant(span) };
const effectRef: fc.Arbitrary<EffectRef> = fc
  .tuple(effectName, fc.boolean())
  .map(([found, family]) => ({ name: family ? (found.text.split(".")[0] ?? "") : found.text, family, span }));
const type = fc.record({ list: fc.boolean(), name, span: fc.constant(span) });

const optionValue: fc.Arbitrary<OptionValue> = fc.record({
  optional: fc.boolean(),
  equals: fc.boolean(),
  hole: patternHole.map((hole) => ({ ...hole, list: false })),
  repeated: fc.boolean(),
  span: fc.constant(span),
});
const flagSpec = fc.record({ spellings: some(spelling), span: fc.constant(span) });
const optionSpec = fc.record({ spellings: some(spelling), value: nullable(optionValue), span: fc.constant(span) });

const commandLine: fc.Arbitrary<CommandLine> = fc.oneof(
  fc.record({ kind: fc.constant("options" as const), syntax: ident, assignments: fc.boolean(), ...base }),
  fc.record({ kind: fc.constant("flag" as const), flags: some(flagSpec), ...base }),
  fc.record({ kind: fc.constant("option" as const), options: some(optionSpec), ...base }),
  fc.record({
    kind: fc.constant("usage" as const),
    patterns: some(pattern, 2),
    exactly: fc.boolean(),
    limits: fc.array(usageLimit, { maxLength: 2 }),
    clauses,
    ...base,
  }),
  fc.record({ kind: fc.constant("otherwise" as const), clauses, ...base }),
);

const toolStatement: fc.Arbitrary<ToolStatement> = fc.letrec<{ statement: ToolStatement; body: ToolBody }>((tie) => ({
  body: fc.oneof(
    clauses.map((found): ToolBody => ({ kind: "clauses", clauses: found })),
    block(tie("statement")).map((found): ToolBody => ({ kind: "block", block: found })),
  ),
  statement: fc.oneof(
    { maxDepth: 2 },
    fc.record({ kind: fc.constant("clause" as const), clause, ...base }),
    fc.record({ kind: fc.constant("toolWhen" as const), condition, body: tie("body"), ...base }),
    fc.record({ kind: fc.constant("toolOtherwise" as const), body: tie("body"), ...base }),
    fc.record({
      kind: fc.constant("forEach" as const),
      variable: ident,
      list: value,
      body: block(tie("statement")),
      ...base,
    }),
  ),
})).statement;

/** A clause after the clauses of a `when` would be read as one of them. */
const toolBlock = block(toolStatement).map(separateClauses);

function separateClauses(found: Block<ToolStatement>): Block<ToolStatement> {
  const inner = (body: ToolBody): ToolBody =>
    body.kind === "block" ? { ...body, block: separateClauses(body.block) } : body;
  const items = found.items.map((item): ToolStatement => {
    if (item.kind === "forEach") return { ...item, body: separateClauses(item.body) };
    return item.kind === "toolWhen" || item.kind === "toolOtherwise" ? { ...item, body: inner(item.body) } : item;
  });
  return {
    ...found,
    items: items.filter((item, index) => {
      const before = items[index - 1];
      return item.kind !== "clause" || before === undefined || before.kind === "forEach";
    }),
  };
}

const command: fc.Arbitrary<Ident> = fc
  .constantFrom("ls", "echo `date`", "``x``", "cat <<E\n a\nE", "a // b", '"x')
  .map((found) => ({ text: found, span }));

const ruleLine: fc.Arbitrary<RuleLine> = fc.oneof(
  fc.record({ kind: fc.constant("on" as const), effects: some(effectRef), ...base }),
  fc.record({
    kind: fc.constant("onCommand" as const),
    patterns: some(pattern, 2),
    exactly: fc.boolean(),
    limits: fc.array(withoutLimit, { maxLength: 1 }),
    ...base,
  }),
  fc.record({ kind: fc.constant("onTool" as const), names: texts, ...base }),
  fc.record({ kind: fc.constant("when" as const), condition, ...base }),
  fc.record({ kind: fc.constant("unless" as const), condition, ...base }),
  fc.record({ kind: fc.constant("raise" as const), tier: ident, ...base }),
  fc.record({ kind: fc.constant("deny" as const), ...base }),
  fc.record({ kind: fc.constant("mark" as const), marks: idents, ...base }),
  fc.record({ kind: fc.constant("because" as const), text, ...base }),
  fc.record({ kind: fc.constant("instead" as const), command, ...base }),
);

const except: fc.Arbitrary<ExceptItem> = fc.oneof(
  fc.constant<ExceptItem>({ kind: "loopback", span }),
  fc
    .tuple(fc.constantFrom("under" as const, "in" as const), some(value))
    .map(([kind, values]): ExceptItem => ({ kind, values, span })),
);
const sandboxLine: fc.Arbitrary<SandboxLine> = fc.oneof(
  fc.record({
    kind: fc.constant("default" as const),
    default: fc.constantFrom("allow" as const, "deny" as const),
    errno: nullable(ident),
    ...base,
  }),
  fc.record({
    kind: fc.constant("future" as const),
    future: fc.constantFrom("allow" as const, "deny" as const),
    ...base,
  }),
  fc.record({
    kind: fc.constant("compat" as const),
    compat: fc.constantFrom("refuse" as const, "filter" as const),
    ...base,
  }),
  fc.record({
    kind: fc.constant("clause" as const),
    action: fc.constantFrom("allow" as const, "deny" as const, "kill" as const, "log" as const, "observe" as const),
    effects: some(effectRef),
    errno: nullable(ident),
    except: fc.array(except, { maxLength: 2 }),
    bestEffort: fc.boolean(),
    ...base,
  }),
);

const kernelValue = fc.oneof(
  fc.constantFrom("0", "12", "0xfffffffe").map((found) => ({ kind: "number" as const, text: found, span })),
  fc.constantFrom("O_TRUNC", "A|B").map((found) => ({ kind: "constant" as const, text: found, span })),
);
const kernelCall: fc.Arbitrary<KernelCall> = fc.record({
  calls: idents,
  conditions: fc.array(
    fc.record({
      argument: fc.nat(5),
      mask: nullable(kernelValue),
      operator: fc.constantFrom("=" as const, "!=" as const, "<" as const, ">=" as const),
      value: kernelValue,
      span: fc.constant(span),
    }),
    { maxLength: 2 },
  ),
  errno: nullable(ident),
  ...base,
});

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>; // What fast-check calls a JSON value is one.

const testLine: fc.Arbitrary<TestLine> = fc.record({
  action: fc.oneof(
    command.map((found) => ({ kind: "command" as const, command: found })),
    fc.tuple(text, json).map(([tool, input]) => ({ kind: "tool" as const, name: tool, input })),
  ),
  expect: fc.oneof(
    ident.map((tier) => ({ kind: "tier" as const, tier })),
    fc.constant({ kind: "stops" as const }),
    fc.constant({ kind: "passes" as const }),
  ),
  by: fc.array(ident, { maxLength: 2 }),
  ...base,
});

const relative = fc.constantFrom("./base", "../a/b.pawl").map((found): Ident => ({ text: found, span }));

const declaration: fc.Arbitrary<Declaration> = fc.oneof(
  fc.record({
    kind: fc.constant("policy" as const),
    name: ident,
    extends: nullable(fc.oneof(ident, relative)),
    ...base,
  }),
  fc.record({
    kind: fc.constant("use" as const),
    target: fc.oneof(fc.constant<Ident>({ text: "std", span }), relative),
    without: fc.array(ident, { maxLength: 2 }),
    ...base,
  }),
  fc.record({ kind: fc.constant("let" as const), name: ident, value, ...base }),
  fc.record({ kind: fc.constant("param" as const), name: ident, type: nullable(type), value, ...base }),
  fc.record({
    kind: fc.constant("effect" as const),
    name: effectName,
    fields: nullable(fc.array(fc.record({ name: ident, type, span: fc.constant(span) }), { maxLength: 3 })),
    floor: nullable(ident),
    ...base,
  }),
  fc.record({
    kind: fc.constant("command" as const),
    programs: some(program),
    words: fc.array(some(piece, 2), { maxLength: 2 }),
    directory: nullable(spelling),
    body: block(commandLine),
    ...base,
  }),
  fc.record({
    kind: fc.constant("variable" as const),
    names: idents,
    type: nullable(ident),
    hole: nullable(patternHole),
    clauses: fc.array(clause, { maxLength: 2 }),
    ...base,
  }),
  fc.record({ kind: fc.constant("tool" as const), names: texts, body: toolBlock, ...base }),
  fc.record({ kind: fc.constant("rule" as const), name: ident, body: block(ruleLine), ...base }),
  fc.record({
    kind: fc.constant("gate" as const),
    for: nullable(
      fc.oneof(
        fc.tuple(fc.constantFrom("agent" as const, "tool" as const), texts).map(([kind, names]) => ({ kind, names })),
        condition.map((found) => ({ kind: "condition" as const, condition: found })),
      ),
    ),
    body: block(
      fc
        .record({
          subject: ident,
          verdict: fc.constantFrom("allow" as const, "deny" as const, "require approval" as const),
          duration: nullable(duration.map((found) => ({ kind: "duration" as const, text: found, span }))),
          ...base,
        })
        .map((line) => (line.verdict === "require approval" ? line : { ...line, duration: null })),
    ),
    ...base,
  }),
  fc.record({ kind: fc.constant("sandbox" as const), name: ident, body: block(sandboxLine), ...base }),
  fc.record({ kind: fc.constant("kernel" as const), effects: some(effectName), body: block(kernelCall), ...base }),
  fc.record({ kind: fc.constant("test" as const), name: text, inOrder: fc.boolean(), body: block(testLine), ...base }),
  fc.record({ kind: fc.constant("assume" as const), assumption: ident, ...base }),
);

export const arbitraryFile: fc.Arbitrary<File> = fc.record({
  declarations: fc.array(declaration, { minLength: 1, maxLength: 3 }),
  closing: fc.array(comment, { maxLength: 1 }),
});
