// The only place that writes to the terminal: results on stdout, diagnostics and progress on stderr.
// Colour appears only on a terminal, never with NO_COLOR or TERM=dumb.

import { writeSync } from "node:fs";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../compiler/diagnostics/render.ts";
import type { SourceText } from "../compiler/source/source.ts";
import { CommandError } from "./exit.ts";
import { reasonOf } from "./system-files.ts";

export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "blue";

/** Paints a text, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  blue: [34, 39],
};

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => `\u001B[${CODES[style][0]}m${text}\u001B[${CODES[style][1]}m`;

/** How to paint text for this stream. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const { NO_COLOR: noColor, TERM: terminal } = process.env;
  const isPlain = !stream.isTTY || (noColor !== undefined && noColor !== "") || terminal === "dumb";
  return isPlain ? plain : coloured;
}

/** Writes a result. A reader that closed the pipe (`| head`) is no error. */
export function print(text: string): void {
  writeAll(1, `${text}\n`);
}

/** Writes a result as JSON, one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Writes to stderr. */
export function warn(text: string): void {
  writeAll(2, `${text}\n`);
}

/**
 * Writes every byte before it returns, so that an exit right after cuts nothing off. Where standard error cannot be
 * written nobody can be told, and the exit status says what there is to say.
 */
export function writeAll(descriptor: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "EPIPE") process.exit(0);
      // A pipe in non-blocking mode is full for a moment.
      if (code !== "EAGAIN") {
        if (descriptor === 2) return;
        throw new CommandError(`cannot write standard output: ${reasonOf(error)}`);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Shows what is going on while slow work runs; only on a terminal, and gone when the work is done. */
export function withProgress<T>(label: string, work: () => T): T {
  if (!process.stderr.isTTY) return work();
  writeAll(2, `${label} …`);
  try {
    return work();
  } finally {
    writeAll(2, "\r\u001B[K");
  }
}

/** Writes diagnostics to stderr, in colour where that is right. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], sources: readonly SourceText[]): void {
  if (diagnostics.length === 0) return;
  warn(renderDiagnostics(diagnostics, sources, { color: paintFor(process.stderr) !== plain }));
}
