// Lays out what the recognisers know as tables that the core interprets: programs, readings, usage lines, clauses.
//
// Rules, gates, tools and conditions become code; what a program's arguments mean becomes data, because a policy knows
// hundreds of programs and a decision looks at one. Each function here writes one record type of stdlib/core/tables.ts,
// members in the same order, all of them 32 bits.

import type {
  ArgIr,
  ClauseIr,
  CommandIr,
  Form,
  HoleType,
  Language,
  Operand,
  OptionIr,
  OptionSyntax,
  Origin,
  Part,
  Patterns,
  PolicyIr,
  PositionalItem,
  PrintsIr,
  RequiredOption,
  SubcommandIr,
  UsageIr,
  UsagePattern,
  ValueType,
  Cond,
  EvidenceKind,
  WhereIr,
  FieldIr,
} from "../ir/ir.ts";
import { invariant } from "../source/invariant.ts";
import type { Data } from "./data.ts";

const ABSENT = 0xffff_ffff;
/** Literals that are compared one by one; more are an automaton. */
const LITERALS_MAX = 24;

const SYNTAXES: Record<OptionSyntax, number> = { gnu: 0, posix: 1, go: 2, git: 3, find: 4, dd: 5, bundled: 6 };
const HOLE_TYPES: Record<HoleType, number> = {
  text: 0,
  path: 1,
  dir: 2,
  url: 3,
  int: 4,
  host: 5,
  shell: 6,
  sql: 7,
  words: 8,
  code: 9,
};
const FIELD_TYPES: Record<ValueType, number> = {
  text: 0,
  path: 1,
  host: 2,
  url: 3,
  address: 4,
  int: 5,
  decimal: 6,
  time: 7,
  bool: 8,
  list: 9,
};
const TAKES: Record<OptionIr["value"], number> = { none: 0, required: 1, optional: 2 };
const PARTS: Record<Part, number> = { name: 0, dir: 1, extension: 2, scheme: 3, host: 4, port: 5, path: 6, query: 7 };
const ACTION_KEYS: Record<"agent" | "tool" | "cwd" | "workspace", number> = { agent: 0, tool: 1, cwd: 2, workspace: 3 };
const EVIDENCE: Record<EvidenceKind, number> = { link: 0, script: 1, state: 2 };
const PRINTED_TYPES: Record<Extract<PrintsIr, { kind: "typed" }>["type"], number> = {
  path: 0,
  int: 1,
  text: 2,
  temporary: 3,
  ref: 4,
};
const ORIGINS: Record<Origin, number> = { file: 1, package: 2, computed: 3, network: 4 };

/** The fields that the core fills in effects of its own, in the order it fills them. */
const CORE_EFFECTS = [
  { name: "file.read", fields: ["path"] },
  { name: "file.write", fields: ["path", "append"] },
  { name: "process.exec", fields: ["program"] },
  { name: "code.run", fields: ["language", "source", "path", "text"] },
  { name: "tool.call", fields: ["name"] },
  { name: "net.send", fields: ["host", "port"] },
] as const;

/** Lays out every table of the policy; `condition` compiles a usage line's condition and numbers it. Answers the root's address. */
export function layoutTables(ir: PolicyIr, data: Data, condition: (cond: Cond) => number): number {
  const layout: Layout = { ir, data, condition };
  const programs = layoutHash(data, programEntries(layout));
  const variables = layoutHash(
    data,
    ir.variables.flatMap((variable) => {
      const address = words(data, [HOLE_TYPES[variable.type], layoutClauses(variable.clauses, layout)]);
      return variable.names.map((name): HashEntry => [name, address]);
    }),
  );
  const effects = array(
    data,
    ir.effects.map((effect) => [effect.fields.length, fieldTypes(data, effect.fields)]),
  );
  return words(data, [
    ...programs,
    ...variables,
    ir.unknownWordsMayBeOptions ? 1 : 0,
    ...CORE_EFFECTS.map((core) => coreEffect(ir, core)),
    ir.effects.length,
    effects,
  ]);
}

/** An operand of a condition that generated code asks the core for. */
export function layoutOperand(operand: Operand, data: Data): number {
  return words(data, operandWords(operand, data));
}

/** A clause of a tool. */
export function layoutClause(clause: ClauseIr, ir: PolicyIr, data: Data): number {
  return layoutOneClause(clause, { ir, data, condition: noCondition });
}

function noCondition(): number {
  return ABSENT;
}

interface Layout {
  readonly ir: PolicyIr;
  readonly data: Data;
  readonly condition: (cond: Cond) => number;
}

/** The number of an effect that the core gives, which must have the core's fields first. */
function coreEffect(ir: PolicyIr, core: (typeof CORE_EFFECTS)[number]): number {
  const index = ir.effects.findIndex((effect) => effect.name === core.name);
  invariant(index >= 0, `the policy declares no effect ${core.name}`);
  const fields = ir.effects[index]?.fields ?? [];
  core.fields.forEach((name, i) => invariant(fields[i]?.name === name, `field ${i} of ${core.name} must be ${name}`));
  return index;
}

function fieldTypes(data: Data, fields: readonly FieldIr[]): number {
  return data.bytes(Uint8Array.from(fields, (field) => FIELD_TYPES[field.type]));
}

// ---------------------------------------------------------------- programs and readings

function programEntries(layout: Layout): HashEntry[] {
  const readings = new Map<string, number[]>();
  for (const command of layout.ir.commands) {
    const address = layoutCommand(command, layout);
    for (const program of command.programs) readings.set(program, [...(readings.get(program) ?? []), address]);
  }
  return [...readings].map(([name, addresses]): HashEntry => [
    name,
    words(layout.data, [addresses.length, pointers(layout.data, addresses)]),
  ]);
}

function layoutCommand(command: CommandIr, layout: Layout): number {
  const subcommands = command.subcommands.map((sub) => layoutSubcommand(sub, layout));
  return layoutReading(command, layout, {
    assignments: command.assignments,
    observer: command.observer,
    subcommands,
    words: [],
    directory: null,
  });
}

function layoutSubcommand(sub: SubcommandIr, layout: Layout): number {
  return layoutReading(sub, layout, {
    assignments: false,
    observer: false,
    subcommands: [],
    words: sub.words.map((patterns) => layoutWords(patterns, layout.data)),
    directory: sub.directory,
  });
}

interface ReadingParts {
  readonly assignments: boolean;
  readonly observer: boolean;
  readonly subcommands: readonly number[];
  readonly words: readonly number[];
  readonly directory: number | null;
}

function layoutReading(reading: CommandIr | SubcommandIr, layout: Layout, parts: ReadingParts): number {
  const { data } = layout;
  const usages = reading.usages.map((usage) => layoutUsage(usage, layout));
  const spellings = reading.options.flatMap((option, index) =>
    option.spellings.map((spelling): HashEntry => [spelling, index + 1]),
  );
  return words(data, [
    SYNTAXES[reading.syntax],
    parts.assignments ? 1 : 0,
    parts.observer ? 1 : 0,
    pointers(
      data,
      reading.options.map((option) => words(data, optionWords(option, data))),
    ),
    reading.options.length,
    ...layoutHash(data, spellings),
    pointers(data, usages),
    usages.length,
    reading.otherwise === null ? 0 : layoutClauses(reading.otherwise, layout),
    pointers(data, parts.subcommands),
    parts.subcommands.length,
    pointers(data, parts.words),
    parts.words.length,
    parts.directory ?? ABSENT,
  ]);
}

function optionWords(option: OptionIr, data: Data): number[] {
  return [
    TAKES[option.value],
    HOLE_TYPES[option.type],
    option.repeated ? 1 : 0,
    option.argv ? 1 : 0,
    array(
      data,
      option.spellings.map((spelling) => textWords(spelling, data)),
    ),
    option.spellings.length,
  ];
}

// ---------------------------------------------------------------- usage lines

function layoutUsage(usage: UsageIr, layout: Layout): number {
  const { data } = layout;
  return words(data, [
    usage.holes.length,
    pointers(
      data,
      usage.patterns.map((pattern) => layoutPattern(pattern, data)),
    ),
    usage.patterns.length,
    array(
      data,
      usage.without.map((without) => [without.option, without.values === null ? 0 : layoutWords(without.values, data)]),
    ),
    usage.without.length,
    usage.when === null ? ABSENT : layout.condition(usage.when),
    layoutClauses(usage.clauses, layout),
  ]);
}

function layoutPattern(pattern: UsagePattern, data: Data): number {
  return words(data, [
    pointers(
      data,
      pattern.words.map((patterns) => layoutWords(patterns, data)),
    ),
    pattern.words.length,
    array(
      data,
      pattern.options.map((required) => requiredWords(required, data)),
    ),
    pattern.options.length,
    array(
      data,
      pattern.positionals.map((item) => positionalWords(item, data)),
    ),
    pattern.positionals.length,
    pattern.form === null ? 0 : layoutForm(pattern.form, data),
    pattern.exactly ? 1 : 0,
  ]);
}

function requiredWords(required: RequiredOption, data: Data): number[] {
  const { value } = required;
  return [
    required.option,
    value?.kind === "patterns" ? layoutWords(value.patterns, data) : 0,
    value?.kind === "form" ? layoutForm(value.form, data) : 0,
    required.hole ?? ABSENT,
    required.argv?.hole ?? ABSENT,
    required.argv?.terminator === "+" ? 1 : 0,
  ];
}

function positionalWords(item: PositionalItem, data: Data): number[] {
  switch (item.kind) {
    case "one":
      return [0, item.hole, 0];
    case "rest":
      return [1, item.hole, 0];
    case "word":
      return [2, ABSENT, layoutWords(item.patterns, data)];
  }
}

function layoutForm(form: Form, data: Data): number {
  const parts = form.map((part) => (typeof part === "string" ? [ABSENT, ...textWords(part, data)] : [part.hole, 0, 0]));
  return words(data, [parts.length, array(data, parts)]);
}

/**
 * What a word must match. Most words are one of a few literals, which need no automaton:
 * 0, count, then pointer and length of each literal; or 1, an automaton.
 */
function layoutWords(patterns: Patterns, data: Data): number {
  const literals = patterns.flatMap((pattern) => (pattern.kind === "literal" ? [pattern.text] : []));
  if (literals.length < patterns.length || literals.length > LITERALS_MAX) return words(data, [1, data.dfa(patterns)]);
  return words(data, [0, literals.length, ...literals.flatMap((text) => textWords(text, data))]);
}

// ---------------------------------------------------------------- clauses

function layoutClauses(clauses: readonly ClauseIr[], layout: Layout): number {
  return words(layout.data, [
    clauses.length,
    pointers(
      layout.data,
      clauses.map((clause) => layoutOneClause(clause, layout)),
    ),
  ]);
}

/** Kind, seven facts that depend on it, and where an inner action runs. */
function layoutOneClause(clause: ClauseIr, layout: Layout): number {
  const { data } = layout;
  switch (clause.kind) {
    case "nothing":
      return clauseWords(data, 0, [], null);
    case "does": {
      const effect = layout.ir.effects.findIndex((candidate) => candidate.name === clause.effect);
      invariant(effect >= 0, `no effect ${clause.effect}`);
      return clauseWords(
        data,
        1,
        [
          effect,
          clause.args.length,
          array(
            data,
            clause.args.map((arg) => argWords(arg, data)),
          ),
        ],
        null,
      );
    }
    case "runsArgv": {
      const by = clause.with?.by;
      const how = by === undefined ? 0 : by === "unknown" ? 1 : by === "stdin" ? 2 : 3;
      const token = clause.with?.token;
      const spelled = typeof token === "string" ? textWords(token, data) : [0, 0];
      return clauseWords(
        data,
        2,
        [
          holeOperand(clause.argv, data),
          how,
          ...spelled,
          token !== undefined && typeof token !== "string" ? token.option : ABSENT,
          typeof by === "object" ? holeOperand(by.under, data) : 0,
          clause.more === null ? 0 : clause.more === "unknown" ? 1 : 2,
        ],
        clause.where,
      );
    }
    case "runsScript":
      return clauseWords(data, 3, [layoutOperand(clause.script, data), ...codeWords(clause, data)], clause.where);
    case "runsStdin":
      return clauseWords(data, 4, [0, ...codeWords({ ...clause, args: null }, data)], clause.where);
    case "runsFile":
      return clauseWords(data, 5, [layoutOperand(clause.path, data), ...codeWords(clause, data)], clause.where);
    case "prints":
      return clauseWords(data, 6, printsWords(clause.what, data), null);
    case "adds":
      return clauseWords(
        data,
        7,
        [...textWords(clause.program, data), clause.afterWords ? 1 : 0, holeOperand(0, data)],
        null,
      );
  }
}

/** The language as a value, whether it is the shell, and the operand of the script's arguments. */
function codeWords(clause: { readonly language: Language; readonly args: number | null }, data: Data): number[] {
  return [
    data.value([clause.language]),
    clause.language === "shell" ? 1 : 0,
    clause.args === null ? 0 : holeOperand(clause.args, data),
  ];
}

function clauseWords(data: Data, kind: number, facts: readonly number[], where: WhereIr | null): number {
  const padded = [...facts, 0, 0, 0, 0, 0, 0, 0].slice(0, 7);
  const directory = where?.directory ?? null;
  return words(data, [
    kind,
    ...padded,
    where?.remote === true ? 1 : 0,
    directory === null ? 0 : layoutOperand(directory, data),
  ]);
}

function argWords(arg: ArgIr | null, data: Data): number[] {
  if (arg === null) return [0, 0];
  switch (arg.kind) {
    case "value":
      return [1, layoutOperand(arg.operand, data)];
    case "each":
      return [2, layoutOperand(arg.operand, data)];
    case "bool":
      return [3, arg.value ? 2 : 0];
    case "none":
      return [4, 0];
  }
}

function printsWords(prints: PrintsIr, data: Data): number[] {
  switch (prints.kind) {
    case "words":
      return [0, holeOperand(prints.hole, data), prints.escapes ? 1 : 0, prints.newline ? 1 : 0];
    case "format":
      return [1, holeOperand(prints.format, data), holeOperand(prints.args, data)];
    case "stdin":
      return [2];
    case "from":
      return [3, ORIGINS[prints.origin]];
    case "typed":
      return [4, PRINTED_TYPES[prints.type]];
  }
}

// ---------------------------------------------------------------- operands

function holeOperand(hole: number, data: Data): number {
  return layoutOperand({ kind: "hole", hole }, data);
}

function operandWords(operand: Operand, data: Data): number[] {
  switch (operand.kind) {
    case "literal":
      return [0, data.value([operand.text]), 0, 0];
    case "literals":
      return [0, data.value(operand.texts), 0, 0];
    case "hole":
      return [1, operand.hole, 0, 0];
    case "option":
      return [2, operand.option, 0, 0];
    case "action":
      return [3, ACTION_KEYS[operand.key], 0, 0];
    case "env":
      return [4, ...textWords(operand.name, data), 0];
    case "part":
      return [5, layoutOperand(operand.of, data), PARTS[operand.part], 0];
    case "input":
      return [
        6,
        array(
          data,
          operand.path.map((key) => textWords(key, data)),
        ),
        operand.path.length,
        operand.item ? 1 : 0,
      ];
    case "evidence":
      return [7, EVIDENCE[operand.evidence], layoutOperand(operand.path, data), 0];
    case "field":
    case "element":
      invariant(false, `${operand.kind} is read by generated code`);
  }
}

// ---------------------------------------------------------------- records

/** One record of 32-bit words; equal records share their place, since nothing writes to them. */
function words(data: Data, values: readonly number[]): number {
  const key = values.join();
  const records = interned(data);
  const stored = records.get(key);
  if (stored !== undefined) return stored;
  const address = data.allocate(values.length * 4);
  values.forEach((value, i) => data.setU32(address + i * 4, value));
  records.set(key, address);
  return address;
}

const internedByData = new WeakMap<Data, Map<string, number>>();

function interned(data: Data): Map<string, number> {
  const known = internedByData.get(data);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  internedByData.set(data, made);
  return made;
}

/** Records of equal size, one after another; 0 for none. */
function array(data: Data, records: readonly (readonly number[])[]): number {
  return records.length === 0 ? 0 : words(data, records.flat());
}

function pointers(data: Data, addresses: readonly number[]): number {
  return addresses.length === 0 ? 0 : words(data, addresses);
}

function textWords(text: string, data: Data): number[] {
  const stored = data.text(text);
  return [stored.pointer, stored.length];
}

// ---------------------------------------------------------------- hash tables

type HashEntry = readonly [name: string, value: number];

/** A table with open addressing, at most four fifths full: its address and mask; later entries of one name are dropped. */
function layoutHash(data: Data, entries: readonly HashEntry[]): [address: number, mask: number] {
  const unique = new Map<string, number>();
  for (const [name, value] of entries) if (!unique.has(name)) unique.set(name, value);
  if (unique.size === 0) return [0, 0];
  let size = 2;
  while (size * 4 < unique.size * 5) size *= 2;
  const slots: (readonly number[] | null)[] = Array.from({ length: size }, () => null);
  for (const [name, value] of unique) {
    let at = hash(name) & (size - 1);
    while (slots[at] !== null) at = (at + 1) & (size - 1);
    slots[at] = [...textWords(name, data), value];
  }
  return [
    array(
      data,
      slots.map((slot) => slot ?? [0, 0, 0]),
    ),
    size - 1,
  ];
}

/** FNV-1a over UTF-8 bytes; stdlib/core/tables.ts computes the same. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
