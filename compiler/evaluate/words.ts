// From words of the shell to items and values: quoting, variables, substitutions, braces, globs
// (docs/meaning.md, section 2).

import type { ShellNode } from "../../stdlib/shell-tree.ts";
import type { Context, State } from "./context.ts";
import { leaveCopy } from "./context.ts";
import { emitAny } from "./effects.ts";
import {
  ALTERNATE,
  ALTERNATE_EMPTY,
  ASSIGN,
  ASSIGN_EMPTY,
  DOUBLE_STAR,
  ERROR,
  ERROR_EMPTY,
  INDIRECT,
  LENGTH,
  PLAIN,
  SUBSCRIPT,
  UNLISTED,
  WRITES,
} from "./shell-operators.ts";
import type { Answer, Item, Origin, Value } from "./values.ts";
import {
  BELOW,
  concat,
  hasHole,
  item,
  joinWords,
  known,
  knownText,
  laterOrigin,
  max,
  MAYBE,
  min,
  NO,
  ORIGIN_COMPUTED,
  ORIGIN_NONE,
  perhapsNone,
  SEGMENT,
  splat,
  surelyThere,
  unionOfTwo,
  unknown,
  unknownPath,
  unknownSegment,
  YES,
} from "./values.ts";
import { assign, assignedValue, lookup } from "./variables.ts";

/** Words that one brace expansion may give. */
const BRACES_MAX = 64;

/** Where words are expanded: `input` is the standard input of what substitutions run. */
export interface Expansion {
  readonly ctx: Context;
  readonly state: State;
  readonly input: Value | null;
}

/** The items that a Word gives. */
export function expandWord(node: ShellNode, at: Expansion): readonly Item[] {
  const [only, ...others] = node.children;
  if (only?.kind === "text" && others.length === 0 && (only.quoted || only.text !== ""))
    return [item(known(only.text))];
  const items: Item[] = [];
  new Word(at, items).expand(node.children);
  const hasBrace = node.children.some((piece) => piece.kind === "brace");
  return BRACES_MAX < items.length && hasBrace ? [splat(unknown())] : items;
}

/** A word on its way: the item that is being built. */
class Word {
  readonly #at: Expansion;
  readonly #items: Item[];
  #value: Value | null = null;
  /** There is something, if only quotes. */
  #started = false;
  #glob = false;
  /** The whole item may be any words. */
  #open = false;
  #origin: Origin = ORIGIN_NONE;
  /** Something stands before what is open, so what is being built is surely there, and those words behind it. */
  #begun = false;

  constructor(at: Expansion, items: Item[]) {
    this.#at = at;
    this.#items = items;
  }

  /** Expands the pieces and ends the item; each alternative of a brace goes on by itself. */
  expand(pieces: readonly ShellNode[]): void {
    for (const [index, piece] of pieces.entries()) {
      if (piece.kind === "brace" && piece.aux !== UNLISTED) {
        const rest = pieces.slice(index + 1);
        const before = this.#items.length;
        for (const alternative of piece.children) {
          if (BRACES_MAX < this.#items.length - before) return;
          this.#copy().expand([...alternative.children, ...rest]);
        }
        return;
      }
      this.#append(piece);
    }
    this.#finish();
  }

  #copy(): Word {
    const copy = new Word(this.#at, this.#items);
    copy.#value = this.#value;
    copy.#started = this.#started;
    copy.#glob = this.#glob;
    copy.#open = this.#open;
    copy.#origin = this.#origin;
    copy.#begun = this.#begun;
    return copy;
  }

  /** Here may be any words; what stands before and behind them in the word is a word with something unknown in it. */
  #openUp(): void {
    if (!this.#open) this.#begun = this.#value?.texts.every((text) => text !== "") === true;
    if (this.#begun) this.#appendQuoted(unknown());
    this.#open = true;
  }

  #finish(): void {
    if (this.#started && (this.#begun || !this.#open)) {
      const value = this.#value ?? known("");
      // A glob gives any number of words, which do not begin with a dash unless the pattern does.
      const noDash = this.#glob && !value.texts.some((text) => text.startsWith("-"));
      this.#items.push({ value, splat: this.#glob, noDash, glob: this.#glob, unsure: false });
    }
    if (this.#open) this.#items.push(splat(unknown(this.#origin)));
    this.#value = null;
    this.#started = false;
    this.#glob = false;
    this.#open = false;
    this.#origin = ORIGIN_NONE;
    this.#begun = false;
  }

  #append(piece: ShellNode): void {
    switch (piece.kind) {
      case "text":
        this.#value = concat(this.#value, known(piece.text));
        // A word of nothing but unquoted emptiness (`{a,}`) is none.
        if (piece.quoted || piece.text !== "") this.#started = true;
        return;
      case "glob":
        this.#appendGlob(
          piece.aux === DOUBLE_STAR && (this.#value === null || this.#value.texts.at(-1)?.endsWith("/") !== false)
            ? BELOW
            : SEGMENT,
        );
        return;
      case "brace":
        this.#openUp();
        return;
      case "variable":
        this.#appendVariable(piece);
        return;
      case "substitution": {
        const value = substitution(piece, this.#at);
        if (piece.quoted) this.#appendQuoted(value);
        else this.#appendUnquoted(value);
        return;
      }
      default:
        this.#appendQuoted(pieceValue(piece, this.#at));
    }
  }

  #appendGlob(hole: string): void {
    this.#value = concat(this.#value, known(hole));
    this.#started = true;
    this.#glob = true;
  }

  #appendQuoted(value: Value | null): void {
    this.#started = true;
    this.#value = concat(this.#value, present(value));
  }

  /** An expansion outside quotes: it is split, and its globs act. */
  #appendUnquoted(value: Value | null): void {
    if (value === null) return;
    this.#origin = laterOrigin(this.#origin, value.origin);
    if (value.solid && !value.perhapsNone) {
      this.#appendQuoted(value);
      return;
    }
    const own = assignedValue(this.#at.state, "IFS");
    const separators = own === undefined || own === null ? " \t\n" : knownText(own);
    const text = knownText(value);
    if (separators === null) this.#openUp();
    else if (text !== null) this.#split(text, separators);
    else if (own === undefined && !value.perhapsNone && value.texts.every(isPlain)) this.#appendPlain(value);
    else this.#openUp();
  }

  /** A value without blanks; what a glob named acts as the glob does. */
  #appendPlain(value: Value): void {
    this.#appendQuoted(value);
    if (value.texts.some(hasHole)) this.#glob = true;
  }

  /** Splits a known text; runs of separators count as one. */
  #split(text: string, separators: string): void {
    let field = "";
    const endField = (): void => {
      if (field !== "") this.#appendField(field);
      field = "";
    };
    for (const byte of text) {
      if (!separators.includes(byte)) {
        field += byte;
        continue;
      }
      endField();
      if (this.#started) this.#finish();
    }
    endField();
  }

  /** A field of a split text, its glob characters taken as globs. */
  #appendField(field: string): void {
    this.#started = true;
    for (const piece of field.split(/(\*|\?|\[[^\]]+\])/)) {
      if (/^(?:[*?]|\[.+\])$/s.test(piece)) this.#appendGlob(SEGMENT);
      else this.#value = concat(this.#value, known(piece));
    }
  }

  #appendVariable(piece: ShellNode): void {
    if (isAllParameters(piece)) {
      this.#appendParameters(piece.quoted, piece.text === "*");
      return;
    }
    const value = variableValue(piece, this.#at);
    if (mayBeSeveral(piece)) this.#openUp();
    else if (piece.quoted) this.#appendQuoted(value);
    else this.#appendUnquoted(value);
  }

  /** `$@` and `$*`. */
  #appendParameters(quoted: boolean, star: boolean): void {
    const { parameters } = this.#at.state;
    if (quoted && star) {
      this.#appendQuoted(joinedParameters(this.#at.state));
      return;
    }
    if (parameters === null) {
      this.#openUp();
      return;
    }
    parameters.slice(1).forEach((parameter, index) => {
      if (0 < index) this.#finish();
      if (parameter.splat || parameter.unsure) {
        this.#openUp();
        this.#origin = laterOrigin(this.#origin, parameter.value.origin);
      } else if (quoted) {
        this.#appendQuoted(parameter.value);
      } else {
        this.#appendUnquoted(parameter.value);
      }
    });
  }
}

/** The value of an expansion in quotes: what may be missing may be empty. */
function present(value: Value | null): Value {
  if (value === null) return known("");
  const there = surelyThere(value);
  return value.perhapsNone && !isUnknown(value) ? unionOfTwo(there, known("")) : there;
}

function isUnknown(value: Value): boolean {
  return value.texts.length === 1 && value.texts[0] === "\xff";
}

/** Not empty, and without blanks, globs and what may be any text. */
function isPlain(text: string): boolean {
  return text !== "" && !/[ \t\n*?[\xff]/.test(text);
}

/** A Word's value as one text: assignments, redirections, here-documents. */
export function wordValue(node: ShellNode, at: Expansion): Value {
  return piecesValue(node.children, at);
}

function piecesValue(pieces: readonly ShellNode[], at: Expansion): Value {
  const [first, ...rest] = pieces.map((piece) => present(pieceValue(piece, at)));
  return first === undefined ? known("") : rest.reduce<Value>(concat, first);
}

function pieceValue(piece: ShellNode, at: Expansion): Value | null {
  switch (piece.kind) {
    case "text":
    case "glob":
      return known(piece.text);
    case "tilde":
      return piece.text === "" ? (lookup(at.ctx, at.state, "HOME") ?? unknownPath()) : unknownPath();
    case "variable":
      return isAllParameters(piece) ? joinedParameters(at.state) : variableValue(piece, at);
    case "substitution":
      return substitution(piece, at);
    case "process": {
      const printed = runApart(piece, { ...at, input: piece.aux === WRITES ? unknown(ORIGIN_COMPUTED) : at.input });
      const path: Value = { ...known("/dev/fd/\xfe"), solid: true };
      return piece.aux === WRITES ? path : { ...path, carries: printed ?? known("") };
    }
    case "arith":
      calculate(piece.children, at);
      return unknownSegment();
    default:
      expandForEffects(piece.children, at);
      return unknown();
  }
}

/** Evaluates pieces and nested words only for what they run and assign. */
export function expandForEffects(nodes: readonly ShellNode[], at: Expansion): void {
  for (const node of nodes) {
    if (node.kind === "word" || node.kind === "alternative") expandForEffects(node.children, at);
    else if (node.kind === "assign") {
      // In arithmetic: a name that an operator changes.
      expandForEffects(node.children, at);
      assign(at.state, node.text, unknown());
    } else if (PIECES.has(node.kind)) pieceValue(node, at);
  }
}

/** Arithmetic: what it runs and assigns; a variable whose value is an expression runs the substitutions in it. */
export function calculate(nodes: readonly ShellNode[], at: Expansion): void {
  expandForEffects(nodes, at);
  for (const node of allNodes(nodes)) {
    if (node.kind === "variable" && hidesCode(plainValue(node.text, at))) emitAny(at.ctx);
  }
}

function allNodes(nodes: readonly ShellNode[]): readonly ShellNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}

/** Whether a text has a substitution behind a bracket or parenthesis, which the shell runs where it wants a number or a name. */
export function hidesCode(value: Value | null): boolean {
  return value?.texts.some((text) => /[[(].*(?:\$\(|`)/s.test(text)) ?? false;
}

const PIECES: ReadonlySet<string> = new Set([
  "text",
  "glob",
  "tilde",
  "variable",
  "substitution",
  "process",
  "arith",
  "brace",
]);

/** What `$(…)` stands for: final newlines do not count. */
function substitution(piece: ShellNode, at: Expansion): Value {
  const printed = runApart(piece, at);
  if (printed === null) return known("");
  return { ...printed, texts: printed.texts.map((text) => text.replace(/\n+$/, "")), carries: null };
}

/** Runs the statements below a node as a subshell does. */
function runApart(node: ShellNode, at: Expansion): Value | null {
  const own = { ...at.state };
  const printed = at.ctx.runStatements(at.ctx, own, node.children, at.input);
  leaveCopy(at.state, own);
  return printed;
}

function isAllParameters(piece: ShellNode): boolean {
  return piece.aux === PLAIN && (piece.text === "@" || piece.text === "*");
}

/** Whether the expansion may be several words even in quotes: `${a[@]}`, `${@:2}`, `${!a}`. */
function mayBeSeveral(piece: ShellNode): boolean {
  return piece.aux === SUBSCRIPT || piece.aux === INDIRECT || piece.text === "@" || piece.text === "*";
}

function joinedParameters(state: State): Value {
  return state.parameters === null ? unknown() : joinWords(state.parameters.slice(1));
}

/** What `$name` or `${name…}` stands for; null when it is certainly nothing. */
function variableValue(piece: ShellNode, at: Expansion): Value | null {
  const value = plainValue(piece.text, at);
  if (piece.aux === PLAIN) return value;
  if (piece.aux === LENGTH || INDIRECT <= piece.aux) {
    expandForEffects(piece.children, at);
    return piece.aux === LENGTH ? unknownSegment() : unknown(value?.origin ?? ORIGIN_NONE);
  }
  const operand = piecesValue(piece.children, at);
  const set = isSet(value, piece.aux % 2 === 0);
  if (piece.aux === ALTERNATE || piece.aux === ALTERNATE_EMPTY) {
    return set === YES ? operand : set === NO ? known("") : unionOfTwo(operand, known(""));
  }
  if (piece.aux === ERROR || piece.aux === ERROR_EMPTY) return present(value);
  const result = set === YES ? value : set === NO ? operand : unionOfTwo(present(value), operand);
  if (piece.aux === ASSIGN || piece.aux === ASSIGN_EMPTY) assign(at.state, piece.text, result);
  return result;
}

/** Whether the variable is set and, where an empty one counts as unset, not empty. */
function isSet(value: Value | null, emptyIsUnset: boolean): Answer {
  if (value === null) return NO;
  const set = value.perhapsNone ? MAYBE : YES;
  if (!emptyIsUnset) return set;
  const filled = value.texts.map((text): Answer => (text === "" ? NO : /^[\xfd-\xff]*$/.test(text) ? MAYBE : YES));
  return filled.reduce(max, NO) === NO ? NO : min(set, filled.reduce(min, YES));
}

function plainValue(name: string, at: Expansion): Value | null {
  if (/^\d/.test(name)) return parameterValue(Number(name), at.state);
  if (/^[?#$!-]$/.test(name)) return unknownSegment();
  if (name === "PWD") {
    const own = assignedValue(at.state, name);
    return own === undefined ? directoryValue(at.state) : own;
  }
  return name === "" ? unknown() : lookup(at.ctx, at.state, name);
}

/** The directory as a value: what `$PWD` and `pwd` give. */
export function directoryValue(state: State): Value {
  if (state.remote) return unknownPath();
  return { ...known(state.directory.path), solid: hasHole(state.directory.path) };
}

/** `$0`, `$1`, …: known as far as the list of arguments is. */
function parameterValue(index: number, state: State): Value | null {
  if (state.parameters === null) return perhapsNone(unknown());
  const open = state.parameters.slice(0, index + 1).find((parameter) => parameter.splat || parameter.unsure);
  if (open !== undefined) return perhapsNone(unknown(open.value.origin));
  return state.parameters[index]?.value ?? null;
}
