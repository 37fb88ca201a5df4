// What the evaluator holds while it walks an action.

import type { EffectIr, EvidenceKind, PolicyIr } from "../ir/ir.ts";
import type { ShellNode, ShellParser } from "../../stdlib/shell-tree.ts";
import type { Directory } from "./paths.ts";
import type { Answer, Item, Value } from "./values.ts";

/** A field of an effect; null is none. */
export type Field =
  | { readonly kind: "value"; readonly value: Value | null }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  | { readonly kind: "answer"; readonly answer: Answer };

/** Something that the action does to the world. */
export interface Effect {
  /** Null is the effect that may be any effect. */
  readonly type: EffectIr | null;
  readonly certainty: Answer;
  readonly fields: ReadonlyMap<string, Field>;
}

/** Evidence that would make the decision more exact. */
export interface Need {
  readonly kind: EvidenceKind;
  readonly path: string;
}

/** The action, its texts as byte strings. */
export interface Facts {
  readonly agent: string | null;
  readonly tool: string | null;
  /** As JSON has it; undefined when it is missing. */
  readonly input: unknown;
  readonly cwd: string;
  readonly workspace: string;
  readonly env: ReadonlyMap<string, string>;
  readonly evidence: Readonly<Record<EvidenceKind, ReadonlyMap<string, string>>>;
}

/** One evaluation of one action: what does not change, and what it has found so far. */
export interface Context {
  readonly ir: PolicyIr;
  readonly facts: Facts;
  readonly parser: ShellParser;
  readonly effects: Effect[];
  readonly needs: Need[];
  /** Parses and runs a shell text; answers what it prints, null for nothing. */
  readonly runShell: (ctx: Context, state: State, text: string, input: Value | null) => Value | null;
  /** Runs statements one after another; answers what they print. */
  readonly runStatements: (
    ctx: Context,
    state: State,
    statements: readonly ShellNode[],
    input: Value | null,
  ) => Value | null;
  /** Runs an argument list, the program first; answers what it prints. `direct`: it stands in a script, and may call a function. */
  readonly runCommand: (
    ctx: Context,
    state: State,
    items: readonly Item[],
    input: Value | null,
    direct: boolean,
  ) => Value | null;
}

/** Where the evaluator stands; a subshell is a copy of it. */
export interface State {
  /** What the script assigned; null is certainly unset. */
  variables: ReadonlyMap<string, Value | null>;
  /** Every variable that the script did not assign since is unknown, whatever the environment has. */
  allUnknown: boolean;
  /** Whether some variable is a reference to another (`declare -n`): then no value is sure any more. */
  references: boolean;
  /** Names that programs see because the script exported them. */
  exported: ReadonlySet<string>;
  /** The newest first. */
  functions: readonly DefinedFunction[];
  additions: readonly Addition[];
  /** What the action wrote into files, the newest first; a subshell writes the same files. */
  files: readonly Written[];
  directory: Directory;
  /** The script's arguments, `$0` first; null when they are unknown. */
  parameters: readonly Item[] | null;
  /** Standard input of what runs here. */
  input: Value | null;
  /** Levels of `runs` that are open. */
  depth: number;
  /** Whether everything here is on another host. */
  remote: boolean;
  /** How many shells are open one inside the other. */
  shells: number;
  /** Whether what is walked may not run: behind `&&`, in a branch or a loop. */
  conditional: boolean;
  /** Whether the script is the known part of a text that counts as unknown code besides. */
  partial: boolean;
  /** The certainty of what is running; no effect has a greater one. */
  certainty: Answer;
}

export interface DefinedFunction {
  readonly name: string;
  readonly body: readonly ShellNode[];
  /** It stands behind `&&` or `||`, in a branch or a loop, and so may not have been defined. */
  readonly conditional: boolean;
  /** The shell that it was defined in. */
  readonly shells: number;
}

/** Words that a variable adds to a program's arguments. */
export interface Addition {
  readonly program: string;
  readonly afterWords: boolean;
  readonly words: readonly Item[];
}

/** One file, or folder, that the action wrote. */
export interface Written {
  /** Absolute; a hole is the same unknown wherever the same text stands. */
  readonly path: string;
  /** Null for what nobody knows, as of a file that the action did not write. */
  readonly content: Value | null;
  /** What was there before may be there as well: before it, or instead of it. */
  readonly beside: boolean;
}

/** Leaves a copy of the state: what it wrote into files stays written. */
export function leaveCopy(state: State, copy: State): void {
  state.files = copy.files;
}

/** Puts `from` in the place of `state`. */
export function replaceState(state: State, from: State): void {
  Object.assign(state, from);
}

/** What a command's clauses and conditions look at beside the action. */
export interface Frame {
  /** Per hole of the usage line its elements; null while it is not bound. */
  readonly holes: (readonly Item[] | null)[];
  /** Standard input of the command. */
  readonly input: Value | null;
  /** Whether what it runs shares the script's variables (`eval`, `source`, `.`). */
  readonly shares: boolean;
  /** What the command prints, as its clauses have said so far: null for nothing, undefined while unsaid. */
  printed: Value | null | undefined;
  /** What the files hold that the line's clauses have read, one after the other; null while it is what it was before the action. */
  read: Value | null;
  /** The files that they have written; what the command prints is what went into them. */
  readonly writes: { readonly path: Value; readonly append: Answer; readonly certainty: Answer }[];
}

/** Adds to a command's frame what the clauses of one line have said. */
export function joinFrame(frame: Frame, line: Frame): void {
  if (line.printed !== undefined) frame.printed = line.printed;
  frame.writes.push(...line.writes);
}

/** The frame of a command, or of one line's clauses. */
export function newFrame(holes: Frame["holes"], input: Value | null, shares: boolean): Frame {
  return { holes, input, shares, printed: undefined, read: null, writes: [] };
}
