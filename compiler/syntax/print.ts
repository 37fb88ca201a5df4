// The canonical layout: one declaration, one line of a block per line, columns aligned between neighbours.
// Comments stay with the line that they stand before or behind; of blank lines at most one stays.

import type {
  Block,
  CommandDecl,
  CommandLine,
  Condition,
  Declaration,
  EffectDecl,
  ExceptItem,
  File,
  GateDecl,
  Item,
  RuleLine,
  SandboxLine,
  TestLine,
  ToolBody,
  ToolStatement,
  TypeRef,
  Value,
  VariableDecl,
} from "./ast.ts";
import {
  printBackquoted,
  printClause,
  printCondition,
  printEffects,
  printHole,
  printJson,
  printKernelCondition,
  printLimit,
  printList,
  printPatterns,
  printTerms,
  printText,
  printValue,
  printWord,
} from "./print-value.ts";

/** Longer lines are broken where they can be. */
const WIDTH = 120;

/** A longer cell does not widen its column, and the cells after it follow with two blanks. */
const COLUMN_MAX = 56;

/** The source text of a tree. */
export function print(file: File): string {
  const lines = printItems(file.declarations, printDeclaration, (previous, next) => isBlock(previous) || isBlock(next));
  if (0 < file.closing.length && 0 < lines.length && file.closing[0] !== "") lines.push("");
  lines.push(...(lines.length === 0 ? withoutBlankStart(file.closing) : file.closing));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** How an item is laid out: cells that line up with those of its neighbours, or lines of its own. */
type Layout = { readonly cells: readonly string[] } | { readonly lines: readonly string[] };

function printItems<T extends Item>(
  items: readonly T[],
  layout: (item: T) => Layout,
  apart: (previous: T, next: T) => boolean,
): string[] {
  const layouts = items.map(layout);
  const lines: string[] = [];
  let group: { readonly cells: readonly string[]; readonly item: T }[] = [];
  // Comments between two lines do not end a column, blank lines do.
  const flush = (): void => {
    align(group.map(({ cells }) => cells)).forEach((line, index) => {
      const item = group[index]?.item;
      lines.push(...(item?.trivia.comments ?? []), withTrailing(line, item));
    });
    group = [];
  };
  items.forEach((item, index) => {
    const previous = items[index - 1];
    const found = layouts[index] ?? { lines: [] };
    const blank = previous !== undefined && (item.trivia.blankBefore || apart(previous, item));
    const first = group[0];
    const parted = blank || item.trivia.comments.includes("");
    if (parted || !("cells" in found) || (first !== undefined && first.cells.length !== found.cells.length)) flush();
    if (blank) lines.push("");
    if ("cells" in found) group.push({ cells: found.cells, item });
    else
      lines.push(
        ...item.trivia.comments,
        ...found.lines.map((line, at) => (at === found.lines.length - 1 ? withTrailing(line, item) : line)),
      );
  });
  flush();
  return lines;
}

function withTrailing(line: string, item: Item | undefined): string {
  return item === undefined || item.trivia.trailing === null ? line : `${line}  ${item.trivia.trailing}`;
}

/** Pads the cells of each column but the last; a column that is empty in every row takes no room. */
function align(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => (row[column] ?? "").length).filter((width) => width <= COLUMN_MAX)),
  );
  return rows.map((row) => {
    let line = "";
    row.forEach((cell, column) => {
      const used = rows.some((other) => (other[column] ?? "") !== "");
      if (!used) return;
      line += (line === "" ? "" : "  ") + (column === columns - 1 ? cell : cell.padEnd(widths[column] ?? 0));
    });
    return line.trimEnd();
  });
}

/** A text in backquotes is one line here, whose inner line breaks stay as they are. */
function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}

function printBlock<T extends Item>(head: string, block: Block<T>, layout: (item: T) => Layout): Layout {
  const opening = block.opening === null ? "" : `  ${block.opening}`;
  const items = printItems(block.items, layout, () => false);
  const inner = [...items, ...(items.length === 0 ? withoutBlankStart(block.closing) : block.closing)];
  if (inner.length === 0 && opening === "") return { lines: [`${head} {}`] };
  return { lines: [`${head} {${opening}`, ...indent(inner), "}"] };
}

function withoutBlankStart(comments: readonly string[]): readonly string[] {
  return comments[0] === "" ? comments.slice(1) : comments;
}

function isBlock(declaration: Declaration): boolean {
  switch (declaration.kind) {
    case "command":
    case "tool":
    case "rule":
    case "gate":
    case "sandbox":
    case "kernel":
    case "test":
    case "policy":
      return true;
    case "use":
    case "let":
    case "param":
    case "effect":
    case "variable":
    case "assume":
      return false;
  }
}

function printDeclaration(declaration: Declaration): Layout {
  switch (declaration.kind) {
    case "policy":
      return {
        lines: [
          `policy ${declaration.name.text}${declaration.extends === null ? "" : ` extends ${declaration.extends.text}`}`,
        ],
      };
    case "use":
      return {
        lines: [
          `use ${declaration.target.text}${declaration.without.length === 0 ? "" : ` without ${printList(declaration.without)}`}`,
        ],
      };
    case "let":
      return { lines: printConstant(`let ${declaration.name.text} = `, declaration.value) };
    case "param":
      return {
        lines: printConstant(
          `param ${declaration.name.text}${declaration.type === null ? "" : `: ${printType(declaration.type)}`} = `,
          declaration.value,
        ),
      };
    case "effect":
      return { cells: effectCells(declaration) };
    case "command":
      return printBlock(commandHead(declaration), declaration.body, commandLine);
    case "variable":
      return variable(declaration);
    case "tool":
      return printBlock(
        wrap(
          "tool ",
          declaration.names.map((name) => printText(name.text)),
          "",
          "    ",
        ).join("\n"),
        declaration.body,
        toolStatement,
      );
    case "rule":
      return printBlock(`rule ${declaration.name.text}`, declaration.body, ruleLine);
    case "gate":
      return printBlock(gateHead(declaration), declaration.body, (line) => ({
        cells: [line.subject.text, line.verdict + (line.duration === null ? "" : ` for ${line.duration.text}`)],
      }));
    case "sandbox":
      return printBlock(`sandbox ${declaration.name.text}`, declaration.body, sandboxLine);
    case "kernel":
      return printBlock(`kernel ${printList(declaration.effects)}`, declaration.body, (line) => {
        const when =
          line.conditions.length === 0 ? "" : ` when ${line.conditions.map(printKernelCondition).join(" and ")}`;
        return {
          lines: wrap(
            "call ",
            line.calls.map((call) => call.text),
            `${when}${line.errno === null ? "" : ` with ${line.errno.text}`}`,
          ),
        };
      });
    case "test":
      return printBlock(
        `test ${printText(declaration.name.text)}${declaration.inOrder ? " in order" : ""}`,
        declaration.body,
        testLine,
      );
    case "assume":
      return { lines: [`assume ${declaration.assumption.text}`] };
  }
}

function printType(type: TypeRef): string {
  return type.list ? `list ${type.name}` : type.name;
}

function effectCells(declaration: EffectDecl): readonly string[] {
  const fields =
    declaration.fields === null
      ? ""
      : `(${declaration.fields.map((field) => `${field.name.text}: ${printType(field.type)}`).join(", ")})`;
  return [
    `effect ${declaration.name.text}`,
    fields,
    declaration.floor === null ? "" : `floor ${declaration.floor.text}`,
  ];
}

/** The parts after the head, separated by commas, on as many lines as they need. */
function wrap(head: string, parts: readonly string[], tail = "", continuation = "  "): string[] {
  const lines: string[] = [];
  let line = head;
  parts.forEach((part, index) => {
    const text = `${part}${index < parts.length - 1 ? "," : tail}`;
    if (WIDTH < line.length + text.length + 1 && line !== head && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = continuation;
    }
    line += index === 0 || line === continuation ? text : ` ${text}`;
  });
  return [...lines, line];
}

/** A long list is broken between its elements. */
function printConstant(head: string, value: Value): string[] {
  const text = printValue(value);
  if (value.kind !== "list" || head.length + text.length <= WIDTH) return [head + text];
  return [`${head}[`, ...wrap("  ", value.items.map(printValue)).map((line) => line.replace(/^ +/, "  ")), "]"];
}

// ---------------------------------------------------------------- commands

function commandHead(declaration: CommandDecl): string {
  const words = declaration.words.map((choices) => {
    const spellings = choices.map((choice) => printWord(choice.text));
    return spellings.length === 1 ? spellings.join("") : `(${spellings.join(" | ")})`;
  });
  const tail = `${words.map((word) => ` ${word}`).join("")}${declaration.directory === null ? "" : ` in ${declaration.directory.text}`}`;
  return wrap(
    "command ",
    declaration.programs.map((program) => printWord(program.text)),
    tail,
    "    ",
  ).join("\n");
}

function commandLine(line: CommandLine): Layout {
  switch (line.kind) {
    case "options":
      return { lines: [`options ${line.syntax.text}${line.assignments ? " assignments" : ""}`] };
    case "flag":
      return {
        lines: wrap(
          "flag ",
          line.flags.map((flag) => flag.spellings.map((spelling) => spelling.text).join(" ")),
        ),
      };
    case "option":
      return {
        lines: wrap(
          "option ",
          line.options.map((option) => {
            const spellings = option.spellings.map((spelling) => spelling.text).join(" ");
            if (option.value === null) return spellings;
            const { hole, optional, equals, repeated } = option.value;
            const value = `${equals ? "=" : ""}${printHole(hole)}`;
            const attached = optional || equals || spellings.endsWith("=");
            return `${spellings}${attached ? "" : " "}${optional ? `[${value}]` : value}${repeated ? "..." : ""}`;
          }),
        ),
      };
    case "usage": {
      const patterns = `${printPatterns(line.patterns)}${line.exactly ? " exactly" : ""}`;
      const limits = line.limits.map(printLimit);
      const clauses = line.clauses.map(printClause);
      const cells = [patterns, limits.join(" "), clauses.join("  ")];
      if (cells.reduce((sum, cell) => sum + cell.length + 2, 0) <= WIDTH) return { cells };
      return { lines: [patterns, ...indent([...limits, ...clauses])] };
    }
    case "otherwise":
      return { cells: ["otherwise", "", line.clauses.map(printClause).join("  ")] };
  }
}

function variable(declaration: VariableDecl): Layout {
  const type = declaration.type === null ? "" : `: ${declaration.type.text}`;
  const hole = declaration.hole === null ? "" : ` ${printHole(declaration.hole)}`;
  const clauses = declaration.clauses.map(printClause);
  const lines = wrap(
    "variable ",
    declaration.names.map((name) => name.text),
    `${type}${hole}`,
  );
  const last = lines.at(-1) ?? "";
  const joined = [last, ...clauses].join("  ");
  if (joined.length <= WIDTH) return { lines: [...lines.slice(0, -1), joined] };
  return { lines: [...lines, ...indent(clauses)] };
}

// ---------------------------------------------------------------- tools

function toolStatement(statement: ToolStatement): Layout {
  switch (statement.kind) {
    case "clause":
      return { lines: [printClause(statement.clause)] };
    case "forEach":
      return printBlock(
        `for each ${statement.variable.text} in ${printValue(statement.list)}`,
        statement.body,
        toolStatement,
      );
    case "toolWhen":
      return toolBody(`when ${printCondition(statement.condition)}`, statement.body);
    case "toolOtherwise":
      return toolBody("otherwise", statement.body);
  }
}

function toolBody(head: string, body: ToolBody): Layout {
  if (body.kind === "block") return printBlock(head, body.block, toolStatement);
  const clauses = body.clauses.map(printClause);
  const joined = clauses.join("  ");
  return head.length + joined.length + 2 <= WIDTH ? { cells: [head, joined] } : { lines: [head, ...indent(clauses)] };
}

// ---------------------------------------------------------------- rules, gates, sandboxes, tests

function ruleLine(line: RuleLine): Layout {
  switch (line.kind) {
    case "on":
      return { lines: wrap("on ", printEffects(line.effects).split(", ")) };
    case "onCommand":
      return {
        lines: [
          `on command ${printPatterns(line.patterns)}${line.exactly ? " exactly" : ""}${line.limits.map((limit) => ` ${printLimit(limit)}`).join("")}`,
        ],
      };
    case "onTool":
      return {
        lines: wrap(
          "on tool ",
          line.names.map((name) => printText(name.text)),
        ),
      };
    case "when":
    case "unless":
      return { lines: ruleCondition(line.kind, line.condition) };
    case "raise":
      return { lines: [`raise ${line.tier.text}`] };
    case "deny":
      return { lines: ["deny"] };
    case "mark":
      return { lines: [`mark ${printList(line.marks)}`] };
    case "because":
      return { lines: [`because ${printText(line.text.text)}`] };
    case "assume":
      return { lines: [`assume ${line.assumption.text}`] };
    case "instead":
      return { lines: [`instead ${printBackquoted(line.command.text)}`] };
  }
}

/** A long condition has a line for each of its terms. */
function ruleCondition(keyword: "when" | "unless", condition: Condition): string[] {
  const text = `${keyword} ${printCondition(condition)}`;
  if (text.length <= WIDTH || (condition.kind !== "any" && condition.kind !== "all")) return [text];
  const [first = "", ...rest] = printTerms(condition);
  return [`${keyword} ${first}`, ...rest.map((term) => `  ${condition.kind === "any" ? "or" : "and"} ${term}`)];
}

function gateHead(declaration: GateDecl): string {
  const condition = declaration.for;
  if (condition === null) return "gate";
  if (condition.kind === "condition") return `gate for ${printCondition(condition.condition)}`;
  return `gate for ${condition.kind} ${condition.names.map((name) => printText(name.text)).join(", ")}`;
}

function sandboxLine(line: SandboxLine): Layout {
  switch (line.kind) {
    case "default":
      return { lines: [`default ${line.default}${line.errno === null ? "" : ` with ${line.errno.text}`}`] };
    case "future":
      return { lines: [`future ${line.future}`] };
    case "compat":
      return { lines: [`compat ${line.compat}`] };
    case "clause": {
      const except = line.except.length === 0 ? "" : `except ${line.except.map(printException).join(", ")}`;
      const errno = line.errno === null ? "" : `with ${line.errno.text}`;
      return {
        cells: [`${line.action} ${printEffects(line.effects)}`, errno, except, line.bestEffort ? "best effort" : ""],
      };
    }
  }
}

function printException(item: ExceptItem): string {
  return item.kind === "loopback" ? "loopback" : `${item.kind} ${item.values.map(printValue).join(", ")}`;
}

function testLine(line: TestLine): Layout {
  const action =
    line.action.kind === "command"
      ? printBackquoted(line.action.command.text)
      : `tool ${printText(line.action.name.text)} ${printJson(line.action.input)}`;
  const expect = line.expect.kind === "tier" ? `is ${line.expect.tier.text}` : line.expect.kind;
  const by = line.by.length === 0 ? "" : ` by ${printList(line.by)}`;
  return action.includes("\n") ? { lines: [`${action}  ${expect}${by}`] } : { cells: [action, `${expect}${by}`] };
}
