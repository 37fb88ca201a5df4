// What a stage says about a policy. The functions beside this file make diagnostics, one each.

import type { Span } from "../source/source.ts";

export type Severity = "error" | "warning";

export interface Diagnostic {
  /** `S1xx` syntax, `N2xx` names, `T3xx` types, `L4xx` laws, `K5xx` kernel, `W6xx` WebAssembly, `Q7xx` lint. */
  readonly code: string;
  readonly severity: Severity;
  /** One line, in lower case, without a final period. */
  readonly message: string;
  readonly span: Span;
  /** Other places that belong to the problem, such as an earlier declaration. */
  readonly related: readonly Related[];
  /** What to do next, or null when that is not known. */
  readonly help: string | null;
}

export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** What a stage hands on: its value, or null when it has none, and everything there is to say. */
export interface Checked<Value> {
  readonly value: Value | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** An error without related places; the shape that most diagnostics have. */
export function error(
  code: string,
  span: Span,
  message: string,
  help: string | null = null,
  related: readonly Related[] = [],
): Diagnostic {
  return { code, severity: "error", message, span, related, help };
}
