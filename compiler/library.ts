// The standard library: checked once, shipped as serialised IR. `stdlib/effects.pawl` is in scope of every policy,
// all of it in those that `use std`.

import { hasErrors, type Checked, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { renderDiagnostics } from "./diagnostics/render.ts";
import { notHere } from "./diagnostics/types.ts";
import type { SourceIr, TestIr } from "./ir/ir.ts";
import { lowerDeclarations, type Known } from "./check/lower.ts";
import { Problems } from "./check/problems.ts";
import { sha256Hex } from "./source/sha256.ts";
import { lineStarts, type SourceText } from "./source/source.ts";
import type { Declaration } from "./syntax/ast.ts";
import { parse } from "./syntax/parse.ts";
import { libraryJson } from "../stdlib/generated/library.ts";
import { stdlibSources } from "../stdlib/generated/sources.ts";

/** The standard library after checking; plain JSON data, but for `texts`. */
export interface Library extends Known {
  /** SHA-256 over the names and texts of the sources. */
  readonly digest: string;
  readonly sources: readonly SourceIr[];
  /** The sources for diagnostics; empty texts when only the serialised form is at hand. */
  readonly texts: readonly SourceText[];
  readonly tests: readonly TestIr[];
}

/** Checks the sources of a standard library. Their order does not matter. */
export function checkLibrary(sources: readonly SourceText[]): Checked<Library> {
  const texts = sources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const problems = new Problems();
  const declarations: Declaration[] = [];
  const syntaxErrors: Diagnostic[] = [];
  texts.forEach((source, index) => {
    const { value, diagnostics } = parse(source, index);
    syntaxErrors.push(...diagnostics);
    declarations.push(...(value?.declarations ?? []));
  });
  if (hasErrors(syntaxErrors)) return { value: null, diagnostics: syntaxErrors };
  for (const declaration of declarations) {
    if (!ALLOWED.has(declaration.kind))
      problems.report(notHere(declaration.span, `\`${declaration.kind}\``, "the standard library"));
  }
  const lowered = lowerDeclarations(declarations, { known: EMPTY, set: {}, testsOf: declarations, problems });
  const diagnostics = problems.sorted();
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  const { effects, commands, variables, tools, rules, kernelEffects, constants, tests } = lowered;
  return {
    value: {
      digest: digestOf(texts),
      sources: texts.map(sourceIr),
      texts,
      effects,
      commands,
      variables,
      tools,
      rules,
      kernelEffects,
      constants,
      tests,
      complete: true,
    },
    diagnostics,
  };
}

/** The serialised form that the build ships; the same library gives the same text. */
export function serialiseLibrary(library: Library): string {
  const { texts: _texts, ...data } = library;
  return JSON.stringify(data);
}

/** Reads what `serialiseLibrary` wrote. */
export function readLibrary(json: string): Library {
  // The build wrote the text with `serialiseLibrary`.
  const data = JSON.parse(json) as Omit<Library, "texts">;
  return { ...data, texts: data.sources.map((source) => ({ name: source.name, text: "" })) };
}

/** The standard library that this build ships: as serialised when that is up to date, else checked from its sources. */
export function loadLibrary(): Library {
  loaded ??= loadGenerated();
  return loaded;
}

/** The tests that stand beside the declarations; they run against a policy that only uses the standard library. */
export function libraryTests(library: Library): readonly TestIr[] {
  return library.tests;
}

let loaded: Library | null = null;

function loadGenerated(): Library {
  const texts = Object.entries(stdlibSources)
    .map(([name, text]) => ({ name, text }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const shipped = libraryJson === "" ? null : readLibrary(libraryJson);
  if (shipped !== null && shipped.digest === digestOf(texts)) return { ...shipped, texts };
  const { value, diagnostics } = checkLibrary(texts);
  if (value === null)
    throw new Error(`the standard library has errors\n${renderDiagnostics(diagnostics, texts, { color: false })}`);
  return value;
}

const EMPTY: Known = {
  effects: [],
  commands: [],
  variables: [],
  tools: [],
  rules: [],
  kernelEffects: [],
  constants: {},
  complete: true,
};

/** What the standard library may declare: knowledge, rules and tests, and nothing that a policy decides. */
const ALLOWED: ReadonlySet<Declaration["kind"]> = new Set([
  "let",
  "effect",
  "command",
  "variable",
  "tool",
  "rule",
  "kernel",
  "test",
]);

function digestOf(texts: readonly SourceText[]): string {
  return sha256Hex(JSON.stringify(texts.map(({ name, text }) => [name, text])));
}

export function sourceIr(source: SourceText): SourceIr {
  return { name: source.name, digest: sha256Hex(source.text), lines: lineStarts(source.text) };
}
