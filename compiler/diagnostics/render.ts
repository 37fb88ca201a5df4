// The only place that turns diagnostics into text or JSON.

import { lineStarts, positionAt, type SourceText, type Span } from "../source/source.ts";
import { clipLine } from "./clip.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";

/** Diagnostics as text with the source line and a caret line, separated by blank lines. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceText[],
  options: { readonly color: boolean } = { color: false },
): string {
  const paint = options.color ? colored : plain;
  return diagnostics.map((diagnostic) => renderOne(diagnostic, sources, paint)).join("\n");
}

/** The documented JSON form: places are 1-based lines and columns, `end` is exclusive. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: PlaceJson;
  readonly related: readonly { readonly message: string; readonly place: PlaceJson }[];
  readonly help: string | null;
}

export interface PlaceJson {
  readonly file: string;
  readonly start: { readonly line: number; readonly column: number; readonly offset: number };
  readonly end: { readonly line: number; readonly column: number; readonly offset: number };
}

export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceText[],
): readonly DiagnosticJson[] {
  return diagnostics.map((diagnostic) => ({
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    place: place(diagnostic.span, sources),
    related: diagnostic.related.map((related) => ({ message: related.message, place: place(related.span, sources) })),
    help: diagnostic.help,
  }));
}

type Style = "error" | "warning" | "frame" | "bold" | "help";
type Paint = (text: string, style: Style) => string;

const SGR: Record<Style, string> = { error: "1;31", warning: "1;33", frame: "1;34", bold: "1", help: "1;36" };

function plain(text: string): string {
  return text;
}

function colored(text: string, style: Style): string {
  return `\u001b[${SGR[style]}m${text}\u001b[0m`;
}

function renderOne(diagnostic: Diagnostic, sources: readonly SourceText[], paint: Paint): string {
  const head = paint(`${diagnostic.severity}[${diagnostic.code}]`, diagnostic.severity);
  const lines = [`${head}${paint(`: ${diagnostic.message}`, "bold")}`];
  lines.push(...excerpt(diagnostic.span, sources, diagnostic.severity, paint));
  for (const related of diagnostic.related) {
    lines.push(`${paint("note", "bold")}: ${related.message}`);
    lines.push(...excerpt(related.span, sources, "frame", paint));
  }
  if (diagnostic.help !== null) lines.push(`${paint("help", "help")}: ${diagnostic.help}`);
  return `${lines.join("\n")}\n`;
}

/** Place, source line and carets; a source whose text is not at hand gives its name alone. */
function excerpt(span: Span, sources: readonly SourceText[], style: Style, paint: Paint): string[] {
  const source = sources[span.source];
  if (source === undefined) return [];
  if (source.text === "") return [`  ${paint("-->", "frame")} ${source.name}`];
  const starts = lineStarts(source.text);
  const { line, column } = positionAt(starts, span.start);
  const start = starts[line - 1] ?? 0;
  const full = source.text.slice(start, (starts[line] ?? source.text.length + 1) - 1);
  // Tabs count one column, in the source line as in the caret line.
  const text = full.replaceAll("\t", " ").trimEnd();
  const length = Math.max(1, Math.min(span.end, start + text.length) - span.start);
  const { before, marked, after } = clipLine({
    before: text.slice(0, column - 1).padEnd(column - 1),
    marked: text.slice(column - 1, column - 1 + length),
    after: text.slice(column - 1 + length),
  });
  const gutter = " ".repeat(String(line).length);
  return [
    `${gutter}${paint("-->", "frame")} ${source.name}:${line}:${column}`,
    `${gutter} ${paint("|", "frame")}`,
    `${paint(`${line} |`, "frame")} ${`${before}${marked}${after}`.trimEnd()}`,
    `${gutter} ${paint("|", "frame")} ${" ".repeat(before.length)}${paint("^".repeat(Math.max(1, marked.length)), style)}`,
  ];
}

function place(span: Span, sources: readonly SourceText[]): PlaceJson {
  const source = sources[span.source];
  const starts = lineStarts(source?.text ?? "");
  return {
    file: source?.name ?? "",
    start: { ...positionAt(starts, span.start), offset: span.start },
    end: { ...positionAt(starts, span.end), offset: span.end },
  };
}
