// The event stream between the shell parser and the evaluator: a tree in preorder, 16 bytes a node.
//
//   byte 0  kind      1  flags     2-3  aux      4-7  a      8-11  b      12-15  end
//
// `end` is the index of the first event after the node and all below it. `a`, `b` are a pointer and a
// length, into the source or the heap. docs/meaning.md, section 2, says what each node means.
//
// In arithmetic (Arith, ArithCommand, the subscript of an Assign) a bare name is a Variable, and one that an
// operator changes (`x=`, `x+=`, `x++`) is an Assign with APPEND and no Word. The subscript of an Assign is
// a Word before its value, when it has pieces. An unquoted `[…]` or `@(…)` that has expansions inside is a
// Variable with VariableOp.Other and an empty name: any text, its pieces below it.

import { EVENTS } from "../layout";

export const enum Kind {
  /** Statements one after another. a, b: the source. */
  Script = 1,
  /** `&&` and `||`: the first child always runs, the rest perhaps. aux 1: there is a `||` among them. */
  AndOr = 2,
  /** `|` and `|&`: two or more commands. */
  Pipe = 3,
  /** Ended by `&`, or a coprocess (aux 1). */
  Background = 4,
  /** A simple command: Assign, Word and Redirect in source order. a, b: the source slice. */
  Command = 5,
  /** `{ … }`: statements, then Redirects. */
  Group = 6,
  /** `( … )`: statements, then Redirects. */
  Subshell = 7,
  /** `if`: conditions as statements, each part that may run in a Branch; then Redirects. */
  If = 8,
  /** `then`, `elif` with what follows, `else`, or an arm of `case`: statements. */
  Branch = 9,
  /** `while`, `until`, `for ((…))`: condition and body as statements; then Redirects. */
  Loop = 10,
  /** `for`, `select`. a, b: the variable. Words (aux 1: there was an `in`), one Body, Redirects. */
  For = 11,
  Body = 12,
  /** `case`: a Word, then per arm its pattern Words and a Branch; then Redirects. */
  Case = 13,
  /** A function definition. a, b: its name. One compound command. */
  Function = 14,
  /** `[[ … ]]`: its operands as Words; then Redirects. */
  Test = 15,
  /** `(( … ))`: pieces whose side effects count; then Redirects. */
  ArithCommand = 16,

  /** NAME=value. a, b: the name; flags APPEND, ARRAY; one Word, or none for an empty value or an array. */
  Assign = 20,
  /** a, b: its source slice; below it its pieces. */
  Word = 21,
  /** aux: a RedirectOp; a: the descriptor, 0xffffffff when not written, 0xfffffffe for {name}; one Word. */
  Redirect = 22,
  /** A here-document. aux: the descriptor (0 by default); a, b: the body, tabs stripped where asked; flags QUOTED: literal. */
  HereDocument = 23,

  /** Literal bytes, unescaped. flags QUOTED. */
  Text = 30,
  /** An unquoted glob. a, b: its source. aux: a GlobKind. */
  Glob = 31,
  /** Leading `~` or `~user`. a, b: the user. */
  Tilde = 32,
  /** a, b: the name (`x`, `1`, `@`, `?`). flags QUOTED. aux: a VariableOp. Below it the pieces of the operand. */
  Variable = 33,
  /** `$( … )` or backquotes: statements. flags QUOTED. */
  Substitution = 34,
  /** `<( … )` (aux 0) or `>( … )` (aux 1): statements. */
  Process = 35,
  /** `$(( … ))`: pieces whose side effects count. flags QUOTED. */
  Arith = 36,
  /** `{a,b}` as Alternatives; aux 1: too many to list, no children. */
  Brace = 37,
  /** Pieces. */
  Alternative = 38,
}

export const QUOTED: u8 = 1;
export const APPEND: u8 = 2;
export const ARRAY: u8 = 4;

export const enum RedirectOp {
  /** `<` */ Read = 0,
  /** `>` `>|` */ Write = 1,
  /** `>>` */ Append = 2,
  /** `<>` */ ReadWrite = 3,
  /** `&>` `>&` to a file */ WriteBoth = 4,
  /** `&>>` */ AppendBoth = 5,
  /** `<<<` */ HereString = 6,
  /** `<&` to a number, a word or `-` */ DuplicateIn = 7,
  /** `>&` to a number, a word or `-` */ DuplicateOut = 8,
}

export const enum GlobKind {
  /** `*` */ Star = 1,
  /** `?` */ Question = 2,
  /** `[…]` */ Bracket = 3,
  /** `**` */ DoubleStar = 4,
  /** `@(…)` and its like */ Extended = 5,
}

export const enum VariableOp {
  Plain = 0,
  /** `-` `:-` `=` `:=` `+` `:+` `?` `:?`, in this order from 1; the even ones have the colon. */
  Default = 1, DefaultEmpty = 2, Assign = 3, AssignEmpty = 4, Alternate = 5, AlternateEmpty = 6, Error = 7, ErrorEmpty = 8,
  Length = 9,
  Indirect = 10,
  /** Trimming, replacing, slices, case, transformations. */
  Other = 11,
  /** An array element or all of them. */
  Subscript = 12,
}

/** A node of the tree. */
@unmanaged
export class Event {
  kind: u8;
  flags: u8;
  aux: u16;
  a: u32;
  b: u32;
  end: u32;
}

/** The event at an index. */
// @ts-ignore: decorator
@inline
export function event(index: u32): Event {
  return changetype<Event>(EVENTS + (index << 4));
}
