import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** Collects what a check finds, so that it can go on after an error. */
export class Problems {
  readonly #found: Diagnostic[] = [];

  report(diagnostic: Diagnostic): null {
    this.#found.push(diagnostic);
    return null;
  }

  /** In the order of the sources. */
  sorted(): readonly Diagnostic[] {
    return this.#found.toSorted(
      (a, b) => a.span.source - b.span.source || a.span.start - b.span.start || a.span.end - b.span.end,
    );
  }
}
