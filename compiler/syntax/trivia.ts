// Comments and blank lines: found by one scan of the text, handed out in the order of the source.

import type { Trivia } from "./ast.ts";

interface Comment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Gives each line of the tree its comments; must be asked in the order of the source. */
export class TriviaCursor {
  readonly #text: string;
  readonly #comments: readonly Comment[];
  #next = 0;
  /** Where the last line or opening brace ended. */
  #last = 0;

  constructor(text: string) {
    this.#text = text;
    this.#comments = findComments(text);
  }

  /** Comments and blank lines before a line that starts at the offset. */
  leading(start: number): Pick<Trivia, "blankBefore" | "comments"> {
    const first = this.#comments[this.#next];
    const blankBefore = this.#blank(first !== undefined && first.start < start ? first.start : start);
    const comments = this.#take(start);
    return { blankBefore, comments: 0 < comments.length && this.#blank(start) ? [...comments, ""] : comments };
  }

  /** Comments that stand inside a line that ends at the offset. */
  inside(end: number): readonly string[] {
    return this.#take(end).filter((text) => text !== "");
  }

  /** Comments before the end of a block, with a blank line before them when there is one. */
  closing(end: number): readonly string[] {
    const first = this.#comments[this.#next];
    const blank = first !== undefined && first.start < end && this.#blank(first.start);
    const comments = this.#take(end);
    return blank ? ["", ...comments] : comments;
  }

  /** The comment on the same line after an offset, with nothing but separators between. */
  trailing(end: number): string | null {
    this.#last = end;
    const comment = this.#comments[this.#next];
    if (comment === undefined || comment.start < end || !/^[ \t,;]*$/.test(this.#text.slice(end, comment.start)))
      return null;
    this.#next++;
    this.#last = comment.end;
    return comment.text;
  }

  /** True when a blank line stands between what was read last and the offset. */
  #blank(offset: number): boolean {
    return /\n[ \t\r]*\n/.test(this.#text.slice(this.#last, offset));
  }

  /** Comments up to an offset; an empty text stands for the blank line between two of them. */
  #take(before: number): string[] {
    const texts: string[] = [];
    for (;;) {
      const comment = this.#comments[this.#next];
      if (comment === undefined || before <= comment.start) return texts;
      if (0 < texts.length && this.#blank(comment.start)) texts.push("");
      texts.push(comment.text);
      this.#last = comment.end;
      this.#next++;
    }
  }
}

/** Strings, backquoted text and regular expressions may hold `//`, so they are stepped over. */
const TOKEN =
  /"(?:\\.|[^"\\\n])*"|```[^]*?```|``[^]*?``|`[^`]*`|(?<==|matches)\s*\/(?!\/)(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n[\\])+\/|\/\/[^\n]*/g;

function findComments(text: string): Comment[] {
  const comments: Comment[] = [];
  for (const match of text.matchAll(TOKEN)) {
    if (match[0].startsWith("//"))
      comments.push({ start: match.index, end: match.index + match[0].length, text: match[0].trimEnd() });
  }
  return comments;
}
