// What the functions that build the tree share.

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { badEscape } from "../diagnostics/syntax.ts";
import type { Span } from "../source/source.ts";
import type { Block, Ident, Item, Text, Trivia } from "./ast.ts";
import { child, type Cst } from "./cst.ts";
import { TriviaCursor } from "./trivia.ts";

/** One source while it is turned into a tree. */
export class BuildContext {
  readonly text: string;
  readonly source: number;
  readonly diagnostics: Diagnostic[] = [];
  readonly trivia: TriviaCursor;

  constructor(text: string, source: number) {
    this.text = text;
    this.source = source;
    this.trivia = new TriviaCursor(text);
  }

  span(cst: Cst): Span {
    return { source: this.source, start: cst.start, end: cst.end };
  }

  slice(cst: Cst): string {
    return this.text.slice(cst.start, cst.end);
  }

  ident(cst: Cst): Ident {
    return { text: this.slice(cst), span: this.span(cst) };
  }

  /** A word that may be written in quotes. */
  word(cst: Cst): Ident {
    const text = this.slice(cst);
    return { text: text.startsWith('"') ? this.unquote(cst) : text, span: this.span(cst) };
  }

  quoted(cst: Cst): Text {
    return { kind: "text", text: this.unquote(cst), span: this.span(cst) };
  }

  /** The text between quotes with its escapes replaced. */
  unquote(cst: Cst): string {
    return this.slice(cst)
      .slice(1, -1)
      .replaceAll(/\\(u\{[0-9a-fA-F]+\}|[^])/g, (escape: string, code: string, at: number) => {
        const text = unescape(code);
        if (text !== null) return text;
        const start = cst.start + 1 + at;
        this.diagnostics.push(badEscape({ source: this.source, start, end: start + escape.length }, escape));
        return "";
      });
  }

  /** The text of a command in backquotes; with two or three, one blank at either end is dropped. */
  backquoted(cst: Cst): Ident {
    const text = this.slice(cst);
    const ticks = text.startsWith("```") ? 3 : text.startsWith("``") ? 2 : 1;
    const inner = text.slice(ticks, -ticks);
    return { text: ticks === 1 ? inner : inner.replace(/^ /, "").replace(/ $/, ""), span: this.span(cst) };
  }

  /** A node that has a line of its own: its comments are taken in the order of the source. */
  item<T extends Item>(cst: Cst, build: () => Omit<T, "span" | "trivia">): T {
    const leading = this.trivia.leading(cst.start);
    const node = build();
    const inside = this.trivia.inside(cst.end);
    const trivia: Trivia = {
      blankBefore: leading.blankBefore,
      comments: [...leading.comments, ...inside],
      trailing: this.trivia.trailing(cst.end),
    };
    // `Omit` of a union's member plus the two fields is that member again.
    return { ...node, trivia, span: this.span(cst) } as T;
  }

  /** `{ items }`. */
  block<T extends Item>(open: Cst, items: Cst, close: Cst, build: (cst: Cst) => T): Block<T> {
    const opening = this.trivia.trailing(open.end);
    const built = items.children.map(build);
    return {
      opening,
      items: built,
      closing: this.trivia.closing(close.start),
      span: { source: this.source, start: open.start, end: close.end },
    };
  }
}

function unescape(code: string): string | null {
  switch (code) {
    case "n":
      return "\n";
    case "t":
      return "\t";
    case '"':
    case "\\":
      return code;
  }
  if (!code.startsWith("u{")) return null;
  const point = Number.parseInt(code.slice(2, -1), 16);
  return point <= 0x10ffff && (point < 0xd800 || 0xdfff < point) ? String.fromCodePoint(point) : null;
}

/** The only child of a rule that is a choice. */
export function only(cst: Cst): Cst {
  return child(cst, 0);
}
