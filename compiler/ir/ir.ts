// The typed intermediate representation of a policy: everything is resolved by name and typed.
//
// `compiler/check` makes it from the AST; `compiler/evaluate` says what it means; `compiler/wasm`
// and `compiler/kernel` compile it. It is plain JSON data, so that the standard library is
// checked once and shipped as serialised IR. docs/meaning.md is the prose of its meaning.

export type Tier = "safe" | "sensitive" | "commitment" | "irreversible";
export type Verdict = "allow" | "require_approval" | "deny";

/** The tiers from lowest to highest; a tier's index is its number in the decision word. */
export const TIERS: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];
/** The verdicts from lowest to highest. */
export const VERDICTS: readonly Verdict[] = ["allow", "require_approval", "deny"];

/** A half-open range of UTF-16 offsets into `PolicyIr.sources[source]`. */
export interface SourceSpan {
  readonly source: number;
  readonly start: number;
  readonly end: number;
}

/** A source file that the policy was made from; only its name and digest outlive checking. */
export interface SourceIr {
  readonly name: string;
  /** SHA-256 of the UTF-8 text, in hex. */
  readonly digest: string;
  /** Offset of each line's start, for lines and columns of spans. */
  readonly lines: readonly number[];
}

/** A whole policy, standard library included, ready to be compiled or evaluated. */
export interface PolicyIr {
  readonly name: string;
  readonly sources: readonly SourceIr[];
  /** Sorted by name; the index is the effect's number in the module. */
  readonly effects: readonly EffectIr[];
  /** Sorted by first program name. */
  readonly commands: readonly CommandIr[];
  readonly variables: readonly VariableIr[];
  readonly tools: readonly ToolIr[];
  /** Sorted by name; the index is the rule's number in the module. */
  readonly rules: readonly RuleIr[];
  /** Sorted. Every mark that a rule sets; each also counts how often it was set. */
  readonly marks: readonly string[];
  /** Gates join: each that applies tightens. A policy without one gets the default gate. */
  readonly gates: readonly GateIr[];
  readonly sandboxes: readonly SandboxIr[];
  readonly kernelEffects: readonly KernelEffectIr[];
  readonly tests: readonly TestIr[];
  /** Whether an unknown word may be an option or `--`; `true` unless the policy says otherwise. */
  readonly unknownWordsMayBeOptions: boolean;
}

// ---------------------------------------------------------------- types and effects

export type ValueType = "text" | "path" | "host" | "url" | "address" | "int" | "decimal" | "time" | "bool" | "list"; // a list of texts

export interface FieldIr {
  readonly name: string;
  readonly type: ValueType;
}

/** A kind of effect, such as `file.delete`. Its name is `family.verb`. */
export interface EffectIr {
  readonly name: string;
  readonly fields: readonly FieldIr[];
  readonly floor: Tier;
  readonly span: SourceSpan;
}

// ---------------------------------------------------------------- text patterns

/** One text pattern; a text matches a `Patterns` when it matches one of them, whole. */
export type Pattern =
  | { readonly kind: "literal"; readonly text: string }
  // `*` any run without `/`, `**` any run, `?` one character but `/`, `[a-z]`, `{a,b}`; `**/` also matches nothing.
  | { readonly kind: "glob"; readonly text: string }
  /** Regular expression without back-references and look-around; matches the whole text. */
  | { readonly kind: "regex"; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: "contains"; readonly text: string }
  /** The domain itself and its subdomains, ASCII case folded. */
  | { readonly kind: "domain"; readonly text: string };

export type Patterns = readonly Pattern[];

// ---------------------------------------------------------------- conditions

/** What a condition looks at. */
export type Operand =
  /** A field of the effect that the rule is deciding. */
  | { readonly kind: "field"; readonly name: string }
  /** A fact of the action that the host wrote. */
  | { readonly kind: "action"; readonly key: "agent" | "tool" | "cwd" | "workspace" }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "literal"; readonly text: string }
  /** Several literals; only as the right side of `under`, `covers`, `same`. */
  | { readonly kind: "literals"; readonly texts: readonly string[] }
  /** A hole of the usage line, by its index in `UsageIr.holes`. */
  | { readonly kind: "hole"; readonly hole: number }
  /** An option by its index in the reading's options: the values given to it, or a bool when it is a flag. */
  | { readonly kind: "option"; readonly option: number }
  | { readonly kind: "part"; readonly of: Operand; readonly part: Part }
  /** The element that the enclosing quantifier looks at. */
  | { readonly kind: "element" }
  /** A member of the tool's input; `[]` is the whole input. Inside `forEach`, relative to the item when `item`. */
  | { readonly kind: "input"; readonly path: readonly string[]; readonly item: boolean }
  /** The text of a piece of evidence (see `EvidenceKind`); unknown until the host gives it. */
  | { readonly kind: "evidence"; readonly evidence: EvidenceKind; readonly path: Operand };

export type Part = "name" | "dir" | "extension" | "scheme" | "host" | "port" | "path" | "query";

/** `link`: a path's real target. `script`: a file's text. `state`: what a Terraform state or plan file holds, summarised. */
export type EvidenceKind = "link" | "script" | "state";

/** A three-valued condition: no < maybe < yes. */
export type Cond =
  | { readonly kind: "all"; readonly terms: readonly Cond[] }
  | { readonly kind: "any"; readonly terms: readonly Cond[] }
  | { readonly kind: "not"; readonly term: Cond }
  | { readonly kind: "match"; readonly subject: Operand; readonly patterns: Patterns }
  /** Strictly below one of the bases. */
  | { readonly kind: "under"; readonly subject: Operand; readonly bases: readonly Operand[] }
  /** The subject is one of the targets, or an ancestor of one, or a glob that reaches one. */
  | { readonly kind: "covers"; readonly subject: Operand; readonly targets: readonly Operand[] }
  /** IP address in one of the networks, in CIDR notation. */
  | { readonly kind: "inNetwork"; readonly subject: Operand; readonly networks: readonly string[] }
  /** Exact decimal comparison; text that is no number is a maybe when unknown, else no. */
  | {
      readonly kind: "compare";
      readonly subject: Operand;
      readonly operator: "<" | "<=" | ">" | ">=" | "=";
      readonly number: string;
    }
  /** A bool operand holds. */
  | { readonly kind: "truth"; readonly subject: Operand }
  /** `x is none`. */
  | { readonly kind: "absent"; readonly subject: Operand }
  /** Two texts are equal. */
  | { readonly kind: "same"; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "some"; readonly list: Operand; readonly body: Cond }
  | { readonly kind: "every"; readonly list: Operand; readonly body: Cond }
  | { readonly kind: "sessionHas"; readonly mark: string }
  | { readonly kind: "sessionTier"; readonly atLeast: Tier }
  | { readonly kind: "count"; readonly mark: string; readonly atLeast: number };

// ---------------------------------------------------------------- commands

export type OptionSyntax = "gnu" | "posix" | "go" | "git" | "find" | "dd" | "bundled";

/** What a hole, an option's value or a variable holds. */
export type HoleType = "text" | "path" | "dir" | "url" | "int" | "host" | "shell" | "sql" | "words" | "code";

export interface OptionIr {
  /** Every spelling, with its dashes, exactly as typed: `-f`, `--force`, `-chdir`. */
  readonly spellings: readonly string[];
  readonly value: "none" | "required" | "optional";
  readonly type: HoleType;
  /** The name that its value binds in a usage line that mentions the option, or null. */
  readonly hole: string | null;
  readonly repeated: boolean;
  /** Only in `find` syntax: the option takes the words up to `;` or to `{} +`. */
  readonly argv: boolean;
}

/** One declaration of a program: a reading. Two declarations of one program are two readings, and their effects join. */
export interface CommandIr {
  readonly programs: readonly string[];
  readonly syntax: OptionSyntax;
  /** Leading positionals of the form NAME=value are assignments to the inner command's environment (`env`, `sudo`). */
  readonly assignments: boolean;
  readonly options: readonly OptionIr[];
  readonly usages: readonly UsageIr[];
  /** Null: `process.exec`. */
  readonly otherwise: readonly ClauseIr[] | null;
  readonly subcommands: readonly SubcommandIr[];
  /** Made from a rule on the call itself (`on command`): it does not count as knowing the program. */
  readonly observer: boolean;
  readonly span: SourceSpan;
}

/** `command git push in -C { … }`. */
export interface SubcommandIr {
  /** The words after the program, each a set of spellings. */
  readonly words: readonly Patterns[];
  /** An option of the outer command that says where it works; an index into `outer.options`. */
  readonly directory: number | null;
  readonly syntax: OptionSyntax;
  /** The inner options first, then the outer command's, less the outer's spellings that an inner one has. */
  readonly options: readonly OptionIr[];
  readonly usages: readonly UsageIr[];
  readonly otherwise: readonly ClauseIr[] | null;
  readonly span: SourceSpan;
}

/** One line of a command: the line matches when one of its patterns does. */
export interface UsageIr {
  readonly holes: readonly { readonly name: string; readonly type: HoleType }[];
  readonly patterns: readonly UsagePattern[];
  /** The line does not apply when one of these options is certainly given, in full spelling, and in force. */
  readonly without: readonly { readonly option: number; readonly values: Patterns | null }[];
  readonly when: Cond | null;
  readonly clauses: readonly ClauseIr[];
  readonly span: SourceSpan;
}

/** A conjunction of demands on one argument list. */
export interface UsagePattern {
  /** The first positionals, in order. */
  readonly words: readonly Patterns[];
  readonly options: readonly RequiredOption[];
  /** What follows the words, in order. At most one `rest`. */
  readonly positionals: readonly PositionalItem[];
  /** Words with text around a hole (`+<ref>`): each matching positional after `words` gives its effects. At most one. */
  readonly form: Form | null;
  readonly exactly: boolean;
}

export interface RequiredOption {
  readonly option: number;
  /** The value's demand: any (null), one of the patterns, or a form that binds holes. */
  readonly value:
    | null
    | { readonly kind: "patterns"; readonly patterns: Patterns }
    | { readonly kind: "form"; readonly form: Form };
  /** The hole that the value binds, from the option's own declaration, or null. */
  readonly hole: number | null;
  /** Find syntax: the hole that takes the words up to the terminator, which must be this one. */
  readonly argv: null | { readonly hole: number; readonly terminator: ";" | "+" };
}

export type PositionalItem =
  | { readonly kind: "one"; readonly hole: number }
  /** All that is left between the `one`s before and after it; may be empty. */
  | { readonly kind: "rest"; readonly hole: number }
  /** One positional that matches. */
  | { readonly kind: "word"; readonly patterns: Patterns };

/** Literal text and holes alternately, such as `alias.` name `=!` script. Each inner literal is found at its first place. */
export type Form = readonly (string | { readonly hole: number })[];

export type ClauseIr =
  | DoesClause
  /** `does nothing`: known and harmless. */
  | { readonly kind: "nothing" }
  /** An argument list handed back to the recognisers. */
  | {
      readonly kind: "runsArgv";
      readonly argv: number;
      readonly with: {
        readonly token: string | { readonly option: number };
        readonly by: "unknown" | "stdin" | { readonly under: number };
      } | null;
      readonly more: null | "unknown" | "stdin";
      readonly where: WhereIr;
    }
  /** Code of a known language. With several words (`eval`), they are joined by blanks. */
  | {
      readonly kind: "runsScript";
      readonly script: Operand;
      readonly language: Language;
      readonly args: number | null;
      readonly where: WhereIr;
    }
  /** The command's standard input is code. */
  | { readonly kind: "runsStdin"; readonly language: Language; readonly where: WhereIr }
  /** A script file: with evidence its text is run as `language`, without it is opaque (`code.run`). */
  | {
      readonly kind: "runsFile";
      readonly path: Operand;
      readonly language: Language;
      readonly args: number | null;
      readonly where: WhereIr;
    }
  | { readonly kind: "prints"; readonly what: PrintsIr }
  /** Only of a variable: its words are added to the program's arguments (after the subcommand when `afterWords`). */
  | { readonly kind: "adds"; readonly program: string; readonly afterWords: boolean };

/** Where an inner action runs: on another host or in a container (its paths are never local), in a directory. */
export interface WhereIr {
  readonly remote: boolean;
  readonly directory: Operand | null;
}

export type Language = "shell" | "sql" | "python" | "javascript" | "perl" | "ruby" | "awk" | "other";

export interface DoesClause {
  readonly kind: "does";
  readonly effect: string;
  /** One per field of the effect, in its order; null is "left out", which is unknown. */
  readonly args: readonly (ArgIr | null)[];
  readonly span: SourceSpan;
}

export type ArgIr =
  | { readonly kind: "value"; readonly operand: Operand }
  /** One effect for each element. At most one in a clause. */
  | { readonly kind: "each"; readonly operand: Operand }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" };

/** What `$(…)` or the next command of a pipeline gets. */
export type PrintsIr =
  /** The words of a hole joined by blanks (`echo`), escapes kept unless `escapes`. */
  | { readonly kind: "words"; readonly hole: number; readonly escapes: boolean; readonly newline: boolean }
  /** `printf FORMAT ARGS…`. */
  | { readonly kind: "format"; readonly format: number; readonly args: number }
  /** What it reads (`cat`, `tee`). */
  | { readonly kind: "stdin" }
  /** Unknown content that comes from there; decides `code.run`'s source when it is run. */
  | { readonly kind: "from"; readonly origin: Origin }
  /** Unknown text of this type. */
  | { readonly kind: "typed"; readonly type: "path" | "temporary" | "ref" | "int" | "text" };

/** Where code that the action does not hold comes from. */
export type Origin = "file" | "package" | "computed" | "network";

export interface VariableIr {
  readonly names: readonly string[];
  /** What an unknown value can be: `path` is absolute. */
  readonly type: HoleType;
  readonly hole: string | null;
  /** What happens when a command runs with the variable set by the action. Hole 0 is its value. */
  readonly clauses: readonly ClauseIr[];
  readonly span: SourceSpan;
}

// ---------------------------------------------------------------- tools

export interface ToolIr {
  /** Names or globs (`mcp__*`). */
  readonly names: Patterns;
  readonly body: readonly ToolStatement[];
  /** Made from a rule on the call itself (`on tool`): it does not count as knowing the tool. */
  readonly observer: boolean;
  readonly span: SourceSpan;
}

export type ToolStatement =
  | { readonly kind: "clause"; readonly clause: ClauseIr }
  /** The first branch whose condition is yes ends the choice; every maybe before it applies as maybe. */
  | {
      readonly kind: "choose";
      readonly branches: readonly { readonly when: Cond | null; readonly body: readonly ToolStatement[] }[];
    }
  | { readonly kind: "forEach"; readonly path: readonly string[]; readonly body: readonly ToolStatement[] };

// ---------------------------------------------------------------- rules and gates

export interface RuleIr {
  readonly name: string;
  /** Names of effects, families already spread out. */
  readonly effects: readonly string[];
  readonly when: readonly Cond[];
  readonly unless: readonly Cond[];
  readonly raise: Tier | null;
  readonly deny: boolean;
  readonly marks: readonly string[];
  /**
   * `assume unknown_names_are_ordinary`: an unknown part of a path behind a known beginning leads nowhere else; for an
   * effect with such a path field, or one whose last component begins with something unknown in each of its texts, the
   * rule fires only when the effect is certain and its `when`s answer yes.
   */
  readonly ordinaryNames: boolean;
  /** Literal text and operands alternately. */
  readonly because: readonly (string | Operand)[];
  readonly instead: string | null;
  readonly span: SourceSpan;
}

export interface GateIr {
  /** All must hold for the gate to apply; a maybe applies. Empty: always. */
  readonly when: readonly Cond[];
  /** Filled up: one verdict per tier, rising. */
  readonly verdicts: readonly [Verdict, Verdict, Verdict, Verdict];
  readonly malformed: Verdict;
  readonly oversized: Verdict;
  /** Seconds an approval holds. */
  readonly approvalSeconds: number;
  readonly span: SourceSpan | null;
}

// ---------------------------------------------------------------- sandboxes

export interface SandboxIr {
  readonly name: string;
  readonly default: "allow" | "deny";
  /** Errno name of a default `deny`; `EPERM` when the sandbox names none. */
  readonly defaultErrno: string;
  readonly clauses: readonly SandboxClauseIr[];
  readonly future: "allow" | "deny";
  readonly compat: "refuse" | "filter";
  readonly span: SourceSpan;
}

export interface SandboxClauseIr {
  readonly action: "allow" | "deny" | "kill" | "log" | "observe";
  /** Names of kernel effects, families spread out. */
  readonly effects: readonly string[];
  /** The text `workspace` (without a slash) is the workspace of the action. */
  readonly except: readonly { readonly kind: "loopback" | "under" | "in"; readonly texts: readonly string[] }[];
  /** Errno name, `EPERM` when the clause names none. */
  readonly errno: string;
  readonly bestEffort: boolean;
  readonly span: SourceSpan;
}

/** The system calls that a kernel effect has; `kernel file.delete { … }` in stdlib/kernel.pawl. */
export interface KernelEffectIr {
  readonly effect: string;
  readonly calls: readonly KernelCallIr[];
  readonly span: SourceSpan;
}

export interface KernelCallIr {
  readonly name: string;
  /** All must hold for the call to have the effect. */
  readonly conditions: readonly KernelConditionIr[];
  /** `ENOSYS` where libc falls back to an older call, else null: the clause's own. */
  readonly errno: string | null;
}

export interface KernelConditionIr {
  readonly argument: number;
  readonly mask: string | null;
  readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
  /** An unsigned decimal number or one of the constants that bpfgen knows. */
  readonly value: string;
}

// ---------------------------------------------------------------- tests

export interface TestIr {
  readonly name: string;
  /** One session for all lines, in order; otherwise each line has its own. */
  readonly inOrder: boolean;
  readonly lines: readonly TestLine[];
  readonly span: SourceSpan;
}

export interface TestLine {
  readonly action:
    | { readonly kind: "command"; readonly text: string }
    | { readonly kind: "tool"; readonly name: string; readonly input: unknown };
  readonly expect:
    | { readonly kind: "tier"; readonly tier: Tier }
    | { readonly kind: "stops" }
    | { readonly kind: "passes" };
  /** Rules that must have fired. */
  readonly by: readonly string[];
  readonly span: SourceSpan;
}
