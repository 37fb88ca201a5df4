// `prints`: what a clause says that its command writes to standard output (docs/meaning.md, section 4).

import { joinWords } from "./lists";
import { operand, operandList } from "./operand";
import { decodeEscapes, formatText } from "./print";
import { ClauseTable } from "./tables";
import { concat, newline, unknown, unknownPath, unknownRef, unknownSegment, unknownTemporary } from "./text";
import { Frame } from "./usage";
import { Origin } from "./value";

const enum Prints { Words = 0, Format = 1, Stdin = 2, From = 3, Typed = 4 }
const enum PrintedType { Path = 0, Int = 1, Text = 2, Temporary = 3, Ref = 4 }

/** Prints: a what, b c d its facts. */
export function printed(clause: ClauseTable, made: Frame): u32 {
  switch (clause.a) {
    case Prints.Words: {
      // b operand of the words, c escapes, d newline
      let text = joinWords(operandList(clause.b));
      if (clause.c != 0) text = decodeEscapes(text);
      return clause.d != 0 ? concat(text, newline()) : text;
    }
    case Prints.Format:
      return formatText(operand(clause.b), operandList(clause.c));
    case Prints.Stdin:
      return made.input == 0 ? unknown(Origin.Computed) : made.input;
    case Prints.From:
      return clause.b == Origin.File && made.read != 0 ? made.read : unknown(clause.b);
    default:
      return typed(clause.b);
  }
}

function typed(type: u32): u32 {
  switch (type) {
    case PrintedType.Path:
      return unknownPath();
    case PrintedType.Int:
      return unknownSegment();
    case PrintedType.Temporary:
      return unknownTemporary();
    case PrintedType.Ref:
      return unknownRef();
    default:
      return unknown(Origin.None);
  }
}
