// Walks the tree of a script: statements, their redirections, and what flows from one to the next
// (docs/meaning.md, section 2). Every command counts as executed.

import type { ShellNode } from "../../stdlib/shell-tree.ts";
import { setVariable } from "./assignments.ts";
import { disturb } from "./builtins.ts";
import type { Context, State } from "./context.ts";
import { leaveCopy, replaceState } from "./context.ts";
import { absolute } from "./absolute.ts";
import { answer, emit, emitAny, value } from "./effects.ts";
import { readFile, writeFile } from "./files.ts";
import {
  APPEND,
  APPEND_BOTH,
  APPENDS,
  DUPLICATE_IN,
  DUPLICATE_OUT,
  HAS_IN,
  HAS_OR_MASK,
  HERE_STRING,
  IS_ARRAY,
  READ,
  READ_WRITE,
} from "./shell-operators.ts";
import type { Answer, Item, Origin, Value } from "./values.ts";
import {
  alternative,
  certain,
  concat,
  known,
  laterOrigin,
  ORIGIN_COMPUTED,
  ORIGIN_NETWORK,
  union,
  unknown,
  YES,
} from "./values.ts";
import { assign, joinLater, joinStates, restoreVariable } from "./variables.ts";
import { calculate, expandForEffects, expandWord, wordValue } from "./words.ts";

/** The descriptor of a redirection that names none. */
const NOT_WRITTEN = 0xffff_ffff;
/** Longest shell text in bytes: Linux's own limit for one argument is 128 KiB. */
const SCRIPT_MAX = 64 * 1024;

/** Parses and runs a shell text; answers what it prints, null for nothing. */
export function runShell(ctx: Context, state: State, text: string, input: Value | null): Value | null {
  const script = text.length <= SCRIPT_MAX ? ctx.parser.parseScript(text) : null;
  if (script === null) {
    emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  return runStatements(ctx, state, script.children, input);
}

/** Runs statements one after another; redirections among them are the surrounding command's. */
export function runStatements(
  ctx: Context,
  state: State,
  statements: readonly ShellNode[],
  input: Value | null,
): Value | null {
  return statements
    .filter((node) => !isRedirection(node))
    .map((node) => runStatement(ctx, state, node, input))
    .reduce(both, null);
}

/** What two commands one after the other print: known only when one of them prints nothing. */
function both(a: Value | null, b: Value | null): Value | null {
  if (a === null) return b;
  return b === null ? a : unknown(laterOrigin(ORIGIN_COMPUTED, laterOrigin(a.origin, b.origin)));
}

function isRedirection(node: ShellNode): boolean {
  return node.kind === "redirect" || node.kind === "hereDocument";
}

function runStatement(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  switch (node.kind) {
    case "command":
      return runSimple(ctx, state, node, input);
    case "pipe":
      return runPipe(ctx, state, node, input);
    case "andOr":
      return runAndOr(ctx, state, node, input);
    case "function":
      state.functions = [
        { name: node.text, body: node.children, conditional: state.conditional, shells: state.shells },
        ...state.functions,
      ];
      return null;
    default: {
      const { input: own, targets } = redirected(ctx, state, node, input);
      const printed = runCompound(ctx, state, node, own);
      writeTargets(state, targets, printed);
      return printed;
    }
  }
}

/** A compound command whose redirections are applied. */
function runCompound(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  switch (node.kind) {
    case "background":
    case "subshell": {
      const own = { ...state };
      const printed = runStatements(ctx, own, node.children, input);
      leaveCopy(state, own);
      return printed;
    }
    case "group":
      return runStatements(ctx, state, node.children, input);
    case "if":
    case "case":
    case "branch":
      return runBranches(ctx, state, node, input);
    case "loop":
    case "for":
      return runLoop(ctx, state, node, input);
    default:
      // `[[ … ]]` and `(( … ))`: only what they run and assign counts.
      if (node.kind === "arithCommand") calculate(node.children, { ctx, state, input });
      else expandForEffects(node.children, { ctx, state, input });
      return null;
  }
}

// Simple commands.

function runSimple(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  const words = node.children.filter((child) => child.kind === "word");
  const assignments = node.children.filter((child) => child.kind === "assign");
  const items = words.flatMap((word) => expandWord(word, { ctx, state, input }));
  const { input: own, targets } = redirected(ctx, state, node, input);
  if (words.length === 0) {
    for (const assignment of assignments) runAssignment(ctx, state, assignment, own, false);
    writeTargets(state, targets, null);
    // `< file` alone prints the file.
    return own !== input && assignments.length === 0 ? own : null;
  }
  const before = { ...state };
  for (const assignment of assignments) runAssignment(ctx, state, assignment, own, true);
  const printed = ctx.runCommand(ctx, state, items, own, true);
  writeTargets(state, targets, printed);
  for (const assignment of assignments) restoreVariable(state, before, assignment.text);
  // An array that a declaration assigns (`declare x=(…)`) stands behind the words and stays.
  const behind = node.children.slice(node.children.findIndex((child) => child.kind === "word"));
  for (const child of behind) if (child.kind === "assign") assign(state, child.text, unknown());
  return printed;
}

function runAssignment(ctx: Context, state: State, node: ShellNode, input: Value | null, exported: boolean): void {
  const at = { ctx, state, input };
  if ((node.flags & (APPENDS | IS_ARRAY)) !== 0) {
    expandForEffects(node.children, at);
    setVariable(ctx, state, node.text, unknown(), exported);
    return;
  }
  const [word] = node.children;
  setVariable(ctx, state, node.text, word === undefined ? known("") : wordValue(word, at), exported);
}

// Redirections.

/** A file that a redirection writes. */
interface Target {
  readonly path: Value;
  readonly append: Answer;
  /** Whether standard output goes there, and nothing that nobody follows. */
  readonly isOutput: boolean;
}

/** Applies the redirections directly below a node; answers its standard input, and the files that it writes. */
function redirected(
  ctx: Context,
  state: State,
  node: ShellNode,
  input: Value | null,
): { readonly input: Value | null; readonly targets: readonly Target[] } {
  let own = input;
  const targets: Target[] = [];
  for (const child of node.children) {
    if (child.kind === "hereDocument") {
      const text = hereDocument(ctx, state, child, input);
      if (child.descriptor === 0) own = text;
    } else if (child.kind === "redirect") {
      const given = redirect(ctx, state, child, input, targets);
      if (given !== null && (child.descriptor === NOT_WRITTEN || child.descriptor === 0)) own = given;
    }
  }
  return { input: own, targets };
}

/** Remembers what went into the files of redirections. */
function writeTargets(state: State, targets: readonly Target[], printed: Value | null): void {
  for (const { path, append, isOutput } of targets)
    writeFile(state, path, isOutput ? (printed ?? known("")) : unknown(ORIGIN_COMPUTED), append, YES);
}

function hereDocument(ctx: Context, state: State, node: ShellNode, input: Value | null): Value {
  if (node.quoted) return known(node.text);
  const body = ctx.parser.parseHereDocument(node.text);
  if (body === null) {
    emitAny(ctx);
    return unknown(ORIGIN_COMPUTED);
  }
  return wordValue(body, { ctx, state, input });
}

/** One redirection; answers the standard input that it gives, null for none. */
function redirect(ctx: Context, state: State, node: ShellNode, input: Value | null, targets: Target[]): Value | null {
  const [word] = node.children;
  if (word === undefined) return null;
  const at = { ctx, state, input };
  if (node.aux === HERE_STRING) return concat(wordValue(word, at), known("\n"));
  if (node.aux === DUPLICATE_OUT || node.aux === DUPLICATE_IN) {
    wordValue(word, at);
    return node.aux === DUPLICATE_IN ? unknown(ORIGIN_COMPUTED) : null;
  }
  const [only, ...others] = expandWord(word, at);
  // Several words are an error in bash, so words that may be there are not; what certainly are several is unknown here.
  const isOne = only !== undefined && others.every((other) => other.splat && !other.glob);
  const target = isOne ? only.value : unknown();
  if (target.carries !== null) return target.carries;
  for (const text of target.texts) redirectTo(ctx, state, node, alternative(target, text), text, targets);
  if (node.aux !== READ && node.aux !== READ_WRITE) return null;
  return SOCKET.test(target.texts[0] ?? "") ? unknown(ORIGIN_NETWORK) : readFile(state, absolute(ctx, state, target));
}

const SOCKET = /^\/dev\/(?:tcp|udp)\//;
const HARMLESS = /^\/dev\/(?:null|stdout|stderr|stdin|tty|fd\/.*)$/s;

function redirectTo(ctx: Context, state: State, node: ShellNode, target: Value, text: string, targets: Target[]): void {
  if (SOCKET.test(text)) {
    const [host = "", ...port] = text.replace(SOCKET, "").split("/");
    emit(ctx, state, "net.send", YES, {
      host: value(known(host)),
      port: value(port.length === 0 ? unknown() : known(port.join("/"))),
    });
    return;
  }
  if (HARMLESS.test(text)) return;
  const path = absolute(ctx, state, target);
  if (node.aux === READ) {
    emit(ctx, state, "file.read", YES, { path: value(path) });
    return;
  }
  const append = certain(node.aux === APPEND || node.aux === APPEND_BOTH);
  emit(ctx, state, "file.write", YES, { path: value(path), append: answer(append) });
  const isOutput = (node.descriptor === NOT_WRITTEN || node.descriptor === 1) && node.aux !== READ_WRITE;
  targets.push({ path, append, isOutput });
}

// Compound commands.

/** `|`: each part on its own copy, its output the next one's input. */
function runPipe(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  let flowing = input;
  node.children.forEach((part, index) => {
    const own = { ...state };
    const printed = runStatement(ctx, own, part, flowing);
    leaveCopy(state, own);
    flowing = printed === null && index + 1 < node.children.length ? known("") : printed;
  });
  return flowing;
}

/** The first part surely runs; what follows may have stopped after any of them. */
function runAndOr(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  const hasOr = (node.aux & HAS_OR_MASK) !== 0;
  const { conditional } = state;
  let left: State | null = null;
  const printed = node.children.map((part) => {
    // Behind `||` a part sees what any of those before it left; behind `&&` all of them have run.
    if (hasOr && left !== null) replaceState(state, { ...left });
    const output = runStatement(ctx, state, part, input);
    const after = { ...state };
    if (left !== null) joinStates(ctx, after, left);
    left = after;
    state.conditional = true;
    return output;
  });
  if (left !== null) replaceState(state, left);
  state.conditional = conditional;
  return printed.reduce(both, null);
}

/** `if` and `case`: conditions and words run in order, each branch from there; what follows sees the union. */
function runBranches(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  const ends: State[] = [];
  const printed = node.children
    .filter((child) => !isRedirection(child))
    .map((child) => {
      if (child.kind === "word") {
        expandForEffects(child.children, { ctx, state, input });
        return null;
      }
      if (child.kind !== "branch") return runStatement(ctx, state, child, input);
      const own = { ...state, conditional: true };
      const output = runBranches(ctx, own, child, input);
      ends.push(own);
      return output;
    });
  for (const end of ends) joinLater(ctx, state, end);
  return printed.reduce(both, null);
}

/** What a loop's body assigns is unknown when it starts, and joined when it is done. */
function runLoop(ctx: Context, state: State, node: ShellNode, input: Value | null): Value | null {
  const at = { ctx, state, input };
  const words = node.children.filter((child) => child.kind === "word");
  const items = node.kind === "for" ? words.flatMap((word) => expandWord(word, at)) : [];
  const before = { ...state };
  disturb(state, node.children);
  state.conditional = true;
  if (node.kind === "for") assign(state, node.text, loopValue(items, node.aux === HAS_IN));
  const printed = node.children
    .filter((child) => child.kind !== "word" && !isRedirection(child))
    .map((child) =>
      child.kind === "body" ? runStatements(ctx, state, child.children, input) : runStatement(ctx, state, child, input),
    )
    .reduce(both, null);
  joinStates(ctx, state, before);
  state.conditional = before.conditional;
  const origin: Origin = laterOrigin(ORIGIN_COMPUTED, printed?.origin ?? ORIGIN_COMPUTED);
  return printed === null ? null : unknown(origin);
}

/** What `for` gives its variable: one of the words. */
function loopValue(items: readonly Item[], hasWords: boolean): Value | null {
  if (!hasWords) return unknown();
  const [first = null, ...rest] = items.map((element) => element.value);
  return rest.reduce<Value | null>(union, first);
}
