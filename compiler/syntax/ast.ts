// The syntax tree: what was written, before any name is resolved.

import type { Span } from "../source/source.ts";

export interface Node {
  readonly span: Span;
}

/** Comments and blank lines around a line of the source, so that the formatter keeps them. */
export interface Trivia {
  /** A blank line stands before the line's comments, or before the line itself. */
  readonly blankBefore: boolean;
  /** Comments before the line, each with its `//`; an empty text is a blank line after a comment. */
  readonly comments: readonly string[];
  /** A comment at the end of the line. */
  readonly trailing: string | null;
}

/** What stands on a line of its own in the canonical layout. */
export interface Item extends Node {
  readonly trivia: Trivia;
}

/** Items between braces. */
export interface Block<T extends Item> extends Node {
  /** A comment on the line of the opening brace. */
  readonly opening: string | null;
  readonly items: readonly T[];
  /** Comments after the last item; an empty text is a blank line before or between them. */
  readonly closing: readonly string[];
}

export interface Ident extends Node {
  readonly text: string;
}

export interface File {
  readonly declarations: readonly Declaration[];
  /** Comments after the last declaration. */
  readonly closing: readonly string[];
}

export type Declaration =
  | PolicyDecl
  | UseDecl
  | LetDecl
  | ParamDecl
  | EffectDecl
  | CommandDecl
  | VariableDecl
  | ToolDecl
  | RuleDecl
  | GateDecl
  | SandboxDecl
  | KernelDecl
  | TestDecl
  | AssumeDecl;

export interface PolicyDecl extends Item {
  readonly kind: "policy";
  readonly name: Ident;
  /** A relative path, or a bare name, which stands for `./name`. */
  readonly extends: Ident | null;
}

export interface UseDecl extends Item {
  readonly kind: "use";
  /** `std` or a relative path. */
  readonly target: Ident;
  readonly without: readonly Ident[];
}

export interface LetDecl extends Item {
  readonly kind: "let";
  readonly name: Ident;
  readonly value: Value;
}

export interface ParamDecl extends Item {
  readonly kind: "param";
  readonly name: Ident;
  readonly type: TypeRef | null;
  readonly value: Value;
}

export interface TypeRef extends Node {
  readonly list: boolean;
  readonly name: string;
}

export interface EffectDecl extends Item {
  readonly kind: "effect";
  readonly name: Ident;
  /** Null when the declaration only adds a floor to an effect declared elsewhere. */
  readonly fields: readonly FieldDecl[] | null;
  readonly floor: Ident | null;
}

export interface FieldDecl extends Node {
  readonly name: Ident;
  readonly type: TypeRef;
}

// ---------------------------------------------------------------- commands

export interface CommandDecl extends Item {
  readonly kind: "command";
  readonly programs: readonly Ident[];
  /** The words of a subcommand, each a choice of spellings; none for the program itself. */
  readonly words: readonly (readonly Ident[])[];
  readonly directory: Ident | null;
  readonly body: Block<CommandLine>;
}

export type CommandLine = OptionsLine | FlagLine | OptionLine | UsageLine | OtherwiseLine;

export interface OptionsLine extends Item {
  readonly kind: "options";
  readonly syntax: Ident;
  readonly assignments: boolean;
}

export interface FlagLine extends Item {
  readonly kind: "flag";
  readonly flags: readonly FlagSpec[];
}

export interface FlagSpec extends Node {
  readonly spellings: readonly Ident[];
}

export interface OptionLine extends Item {
  readonly kind: "option";
  readonly options: readonly OptionSpec[];
}

export interface OptionSpec extends Node {
  readonly spellings: readonly Ident[];
  readonly value: OptionValue | null;
}

export interface OptionValue extends Node {
  readonly optional: boolean;
  /** Written with `=`, as in `--lease[=<text>]`. */
  readonly equals: boolean;
  readonly hole: Hole;
  readonly repeated: boolean;
}

/** `<name>`, `<name...>`, `<name: type>`. */
export interface Hole extends Node {
  readonly name: string;
  readonly list: boolean;
  readonly type: Ident | null;
}

export interface UsageLine extends Item {
  readonly kind: "usage";
  readonly patterns: readonly UsagePatternNode[];
  readonly exactly: boolean;
  readonly limits: readonly UsageLimit[];
  readonly clauses: readonly Clause[];
}

export type UsageLimit = WithoutLimit | WhenLimit;

export interface WithoutLimit extends Node {
  readonly kind: "without";
  readonly options: readonly WithoutOption[];
}

export interface WithoutOption extends Node {
  readonly spelling: Ident;
  readonly values: readonly Ident[] | null;
}

export interface WhenLimit extends Node {
  readonly kind: "when";
  readonly condition: Condition;
}

export interface OtherwiseLine extends Item {
  readonly kind: "otherwise";
  readonly clauses: readonly Clause[];
}

/** What stands between backquotes in a usage line. */
export interface UsagePatternNode extends Node {
  readonly alternatives: readonly Sequence[];
}

export interface Sequence extends Node {
  readonly items: readonly PatternItem[];
}

export type PatternItem = PatternGroup | PatternOption | PatternWord;

export interface PatternGroup extends Node {
  readonly kind: "group";
  readonly alternatives: readonly Sequence[];
}

export interface PatternOption extends Node {
  readonly kind: "option";
  readonly spelling: string;
  readonly value: PatternGroup | PatternWord | null;
  /** The value follows without `=`, as in `-o<file>`. */
  readonly attached: boolean;
}

export interface PatternWord extends Node {
  readonly kind: "word";
  readonly pieces: readonly PatternPiece[];
}

export type PatternPiece =
  | { readonly kind: "hole"; readonly hole: Hole }
  /** Quoted text stands for itself. */
  | { readonly kind: "quoted"; readonly text: string }
  /** Plain text may hold glob characters; `\` keeps the character after it. */
  | { readonly kind: "plain"; readonly text: string };

// ---------------------------------------------------------------- clauses

export type Clause = DoesNothing | Does | Runs | Prints | Adds;

export interface DoesNothing extends Node {
  readonly kind: "nothing";
}

export interface Does extends Node {
  readonly kind: "does";
  readonly effect: Ident;
  readonly args: readonly Arg[];
}

export interface Arg extends Node {
  readonly name: Ident;
  readonly each: boolean;
  readonly value: Value;
}

export interface Runs extends Node {
  readonly kind: "runs";
  readonly what: RunsWhat;
  readonly tails: readonly RunsTail[];
}

export type RunsWhat =
  | { readonly kind: "http"; readonly args: readonly Arg[] }
  | { readonly kind: "stdin"; readonly language: Ident }
  | { readonly kind: "file"; readonly path: Value; readonly language: Ident }
  | { readonly kind: "value"; readonly value: Value; readonly language: Ident | null };

export type RunsTail =
  | (Node & { readonly kind: "substitute"; readonly token: Text | OptionRef; readonly by: Supply })
  | (Node & { readonly kind: "args"; readonly hole: Ident })
  | (Node & { readonly kind: "more"; readonly supply: Supply })
  | (Node & { readonly kind: "in"; readonly directory: Value })
  | (Node & { readonly kind: "on"; readonly host: Ident });

export type Supply =
  | { readonly kind: "under"; readonly hole: Ident }
  | { readonly kind: "unknown" }
  | { readonly kind: "stdin" };

export interface Prints extends Node {
  readonly kind: "prints";
  readonly what:
    | { readonly kind: "from"; readonly origin: Ident }
    | { readonly kind: "format"; readonly format: Ident; readonly args: Ident }
    /** A hole, `stdin`, or a type. */
    | { readonly kind: "words"; readonly name: Ident; readonly newline: boolean; readonly escapes: boolean };
}

export interface Adds extends Node {
  readonly kind: "adds";
  readonly hole: Ident;
  readonly programs: readonly Ident[];
  readonly afterSubcommand: boolean;
}

// ---------------------------------------------------------------- variables and tools

export interface VariableDecl extends Item {
  readonly kind: "variable";
  readonly names: readonly Ident[];
  readonly type: Ident | null;
  readonly hole: Hole | null;
  readonly clauses: readonly Clause[];
}

export interface ToolDecl extends Item {
  readonly kind: "tool";
  readonly names: readonly Text[];
  readonly body: Block<ToolStatement>;
}

export type ToolStatement = ToolClauses | ToolForEach | ToolWhen | ToolOtherwise;

/** One clause of a tool. */
export interface ToolClauses extends Item {
  readonly kind: "clause";
  readonly clause: Clause;
}

export interface ToolForEach extends Item {
  readonly kind: "forEach";
  readonly variable: Ident;
  readonly list: Value;
  readonly body: Block<ToolStatement>;
}

export interface ToolWhen extends Item {
  readonly kind: "toolWhen";
  readonly condition: Condition;
  readonly body: ToolBody;
}

export interface ToolOtherwise extends Item {
  readonly kind: "toolOtherwise";
  readonly body: ToolBody;
}

export type ToolBody =
  | { readonly kind: "clauses"; readonly clauses: readonly Clause[] }
  | { readonly kind: "block"; readonly block: Block<ToolStatement> };

// ---------------------------------------------------------------- rules and gates

export interface RuleDecl extends Item {
  readonly kind: "rule";
  readonly name: Ident;
  readonly body: Block<RuleLine>;
}

export type RuleLine =
  | (Item & { readonly kind: "on"; readonly effects: readonly EffectRef[] })
  | (Item & {
      readonly kind: "onCommand";
      readonly patterns: readonly UsagePatternNode[];
      readonly exactly: boolean;
      readonly limits: readonly WithoutLimit[];
    })
  | (Item & { readonly kind: "onTool"; readonly names: readonly Text[] })
  | (Item & { readonly kind: "when"; readonly condition: Condition })
  | (Item & { readonly kind: "unless"; readonly condition: Condition })
  | (Item & { readonly kind: "raise"; readonly tier: Ident })
  | (Item & { readonly kind: "deny" })
  | (Item & { readonly kind: "mark"; readonly marks: readonly Ident[] })
  | (Item & { readonly kind: "because"; readonly text: Text })
  | (Item & { readonly kind: "assume"; readonly assumption: Ident })
  | (Item & { readonly kind: "instead"; readonly command: Ident });

/** `file.delete`, or `file.*`, whose name is then `file`. */
export interface EffectRef extends Node {
  readonly name: string;
  readonly family: boolean;
}

export interface GateDecl extends Item {
  readonly kind: "gate";
  readonly for: GateFor | null;
  readonly body: Block<GateLine>;
}

export type GateFor =
  | { readonly kind: "agent"; readonly names: readonly Text[] }
  | { readonly kind: "tool"; readonly names: readonly Text[] }
  | { readonly kind: "condition"; readonly condition: Condition };

export interface GateLine extends Item {
  /** A tier, `malformed` or `oversized`. */
  readonly subject: Ident;
  readonly verdict: "allow" | "deny" | "require approval";
  readonly duration: Duration | null;
}

// ---------------------------------------------------------------- sandboxes and kernel effects

export interface SandboxDecl extends Item {
  readonly kind: "sandbox";
  readonly name: Ident;
  readonly body: Block<SandboxLine>;
}

export type SandboxLine =
  | (Item & { readonly kind: "default"; readonly default: "allow" | "deny"; readonly errno: Ident | null })
  | (Item & { readonly kind: "future"; readonly future: "allow" | "deny" })
  | (Item & { readonly kind: "compat"; readonly compat: "refuse" | "filter" })
  | SandboxClause;

export interface SandboxClause extends Item {
  readonly kind: "clause";
  readonly action: "allow" | "deny" | "kill" | "log" | "observe";
  readonly effects: readonly EffectRef[];
  readonly errno: Ident | null;
  readonly except: readonly ExceptItem[];
  readonly bestEffort: boolean;
}

export type ExceptItem =
  | (Node & { readonly kind: "loopback" })
  | (Node & { readonly kind: "under" | "in"; readonly values: readonly Value[] });

export interface KernelDecl extends Item {
  readonly kind: "kernel";
  readonly effects: readonly Ident[];
  readonly body: Block<KernelCall>;
}

export interface KernelCall extends Item {
  readonly calls: readonly Ident[];
  readonly conditions: readonly KernelCondition[];
  readonly errno: Ident | null;
}

export interface KernelCondition extends Node {
  readonly argument: number;
  readonly mask: KernelValue | null;
  readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
  readonly value: KernelValue;
}

/** A number as written, or the name of a constant. */
export interface KernelValue extends Node {
  readonly kind: "number" | "constant";
  readonly text: string;
}

// ---------------------------------------------------------------- tests

export interface TestDecl extends Item {
  readonly kind: "test";
  readonly name: Text;
  readonly inOrder: boolean;
  readonly body: Block<TestLine>;
}

export interface TestLine extends Item {
  readonly action:
    | { readonly kind: "command"; readonly command: Ident }
    | { readonly kind: "tool"; readonly name: Text; readonly input: Json };
  readonly expect:
    | { readonly kind: "tier"; readonly tier: Ident }
    | { readonly kind: "stops" }
    | { readonly kind: "passes" };
  readonly by: readonly Ident[];
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface AssumeDecl extends Item {
  readonly kind: "assume";
  readonly assumption: Ident;
}

// ---------------------------------------------------------------- conditions and values

export type Condition = All | Any | Not | Predicate;

export interface All extends Node {
  readonly kind: "all";
  readonly terms: readonly Condition[];
}

export interface Any extends Node {
  readonly kind: "any";
  readonly terms: readonly Condition[];
}

export interface Not extends Node {
  readonly kind: "not";
  readonly term: Condition;
}

export type Predicate = TestPredicate | Truth | SessionHas | SessionTier | Count;

export interface TestPredicate extends Node {
  readonly kind: "test";
  readonly quantifier: "any" | "every" | null;
  readonly subject: Value;
  readonly negated: boolean;
  readonly operator: Operator;
  readonly operatorSpan: Span;
  readonly value: Value;
  /** The second limit of `between`. */
  readonly upper: Value | null;
}

export type Operator =
  | "is"
  | "in"
  | "like"
  | "matches"
  | "contains"
  | "under"
  | "covers"
  | "within"
  | "between"
  | "<"
  | "<="
  | ">"
  | ">=";

/** A bool by itself. */
export interface Truth extends Node {
  readonly kind: "truth";
  readonly subject: Value;
}

export interface SessionHas extends Node {
  readonly kind: "sessionHas";
  readonly mark: Ident;
}

export type SessionOperator = "<" | "<=" | ">" | ">=" | "is";

export interface SessionTier extends Node {
  readonly kind: "sessionTier";
  readonly operator: SessionOperator;
  readonly tier: Ident;
}

export interface Count extends Node {
  readonly kind: "count";
  readonly mark: Ident;
  readonly operator: SessionOperator;
  readonly number: number;
}

export type Value =
  | Join
  | List
  | Text
  | NumberValue
  | Duration
  | Regex
  | Bool
  | None
  | OptionRef
  | Call
  | Evidence
  | Name;

/** `a + b`: lists, one after another. */
export interface Join extends Node {
  readonly kind: "join";
  readonly parts: readonly Value[];
}

export interface List extends Node {
  readonly kind: "list";
  readonly items: readonly Value[];
}

export interface Text extends Node {
  readonly kind: "text";
  readonly text: string;
}

/** Exact decimal, as written. */
export interface NumberValue extends Node {
  readonly kind: "number";
  readonly text: string;
}

export interface Duration extends Node {
  readonly kind: "duration";
  readonly text: string;
}

export interface Regex extends Node {
  readonly kind: "regex";
  readonly source: string;
  readonly ignoreCase: boolean;
}

export interface Bool extends Node {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface None extends Node {
  readonly kind: "none";
}

export interface OptionRef extends Node {
  readonly kind: "option";
  readonly spelling: string;
}

export interface Call extends Node {
  readonly kind: "call";
  readonly function: Ident;
  readonly argument: Value;
}

export interface Evidence extends Node {
  readonly kind: "evidence";
  readonly evidence: "state" | "script" | "link";
  readonly path: Value;
}

/** A name and the members after it: `path`, `url.host`, `input.operations`. */
export interface Name extends Node {
  readonly kind: "name";
  readonly parts: readonly Ident[];
}
