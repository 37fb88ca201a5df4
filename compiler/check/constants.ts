// Constants: `let` and `param`. A constant may use others; their order does not matter.

import { badParameter, circularLet, wrongValue } from "../diagnostics/types.ts";
import type { LetDecl, ParamDecl } from "../syntax/ast.ts";
import type { Problems } from "./problems.ts";
import type { Scope } from "./scope.ts";
import { describeResolved, type Resolved } from "./types.ts";
import { durationSeconds, resolveValue } from "./values.ts";
import { choose, FIELD_TYPES } from "./words.ts";

export class Constants {
  readonly #declarations: ReadonlyMap<string, LetDecl | ParamDecl>;
  /** Constants of the standard library, which a policy may hide by its own. */
  readonly #outer: Readonly<Record<string, Resolved>>;
  readonly #set: Readonly<Record<string, string>>;
  readonly #problems: Problems;
  readonly #values = new Map<string, Resolved | null>();
  readonly #open = new Set<string>();

  constructor(
    declarations: readonly (LetDecl | ParamDecl)[],
    outer: Readonly<Record<string, Resolved>>,
    set: Readonly<Record<string, string>>,
    problems: Problems,
  ) {
    this.#declarations = new Map(declarations.map((declaration) => [declaration.name.text, declaration]));
    this.#outer = outer;
    this.#set = set;
    this.#problems = problems;
  }

  /** The names that the policy itself declares. */
  names(): readonly string[] {
    return [...this.#declarations.keys()];
  }

  /** The place where only constants and facts of the action have names. */
  scope(): Scope {
    return {
      problems: this.#problems,
      constant: (name) => this.value(name),
      constantNames: () => [...this.#declarations.keys(), ...Object.keys(this.#outer)],
      find: () => null,
      names: () => [],
      missing: () => null,
      inputIsField: false,
      options: null,
    };
  }

  /** The value, null when it has an error, undefined when there is no such constant. */
  value(name: string): Resolved | null | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const declaration = this.#declarations.get(name);
    if (declaration === undefined) return Object.hasOwn(this.#outer, name) ? this.#outer[name] : undefined;
    if (this.#open.has(name)) return this.#problems.report(circularLet(declaration.name.span, name));
    this.#open.add(name);
    const value = declaration.kind === "let" ? resolveValue(declaration.value, this.scope()) : this.#param(declaration);
    this.#open.delete(name);
    this.#values.set(name, value);
    return value;
  }

  #param(declaration: ParamDecl): Resolved | null {
    const standard = resolveValue(declaration.value, this.scope());
    if (standard === null) return null;
    const type = declaration.type === null ? inferType(standard) : this.#type(declaration);
    if (type === null) return null;
    const checked = ofType(standard, type);
    if (checked === null)
      return this.#problems.report(wrongValue(declaration.value.span, describeResolved(standard), `a ${type}`));
    const name = declaration.name.text;
    if (!Object.hasOwn(this.#set, name)) return checked;
    const text = this.#set[name] ?? "";
    const given = parseParameter(text, type);
    return given ?? this.#problems.report(badParameter(declaration.name.span, name, type, text));
  }

  #type(declaration: ParamDecl): ParamType | null {
    const { type } = declaration;
    if (type === null) return null;
    if (type.list) return "list";
    return choose(this.#problems, { text: type.name, span: type.span }, "type", FIELD_TYPES);
  }
}

type ParamType = (typeof FIELD_TYPES)[number];

function inferType(value: Resolved): ParamType {
  switch (value.kind) {
    case "number":
      return "decimal";
    case "duration":
      return "time";
    case "bool":
      return "bool";
    case "list":
      return "list";
    case "operand":
    case "text":
    case "none":
    case "regex":
      return "text";
  }
}

/** The value when it has the type, else null. */
function ofType(value: Resolved, type: ParamType): Resolved | null {
  switch (type) {
    case "int":
      return value.kind === "number" && /^-?\d+$/.test(value.text) ? value : null;
    case "decimal":
      return value.kind === "number" ? value : null;
    case "time":
      return value.kind === "duration" || value.kind === "number" || value.kind === "text" ? value : null;
    case "bool":
      return value.kind === "bool" ? value : null;
    case "list":
      return value.kind === "list" ? value : null;
    case "text":
    case "path":
    case "host":
    case "url":
    case "address":
      return value.kind === "text" || value.kind === "operand" ? value : null;
  }
}

/** What `--set name=text` gives; a list is separated by commas. */
function parseParameter(text: string, type: ParamType): Resolved | null {
  switch (type) {
    case "int":
      return /^-?\d+$/.test(text) ? { kind: "number", text } : null;
    case "decimal":
      return /^-?\d+(?:\.\d+)?$/.test(text) ? { kind: "number", text } : null;
    case "time":
      return /^\d+[smhd]$/.test(text) ? { kind: "duration", seconds: durationSeconds(text) } : null;
    case "bool":
      return text === "true" || text === "false" ? { kind: "bool", value: text === "true" } : null;
    case "list":
      return {
        kind: "list",
        items: text === "" ? [] : text.split(",").map((item) => ({ kind: "text", text: item.trim() })),
      };
    case "text":
    case "path":
    case "host":
    case "url":
    case "address":
      return { kind: "text", text };
  }
}
