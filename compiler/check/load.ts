// The files of a policy: the entry, what it uses, and the chain of policies that it extends.

import { hasErrors, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { overlayCannot } from "../diagnostics/laws.ts";
import { circularExtends, duplicate, emptyPolicy, fileNotFound } from "../diagnostics/names.ts";
import type { SourceText } from "../source/source.ts";
import type { Declaration, File, Ident, PolicyDecl } from "../syntax/ast.ts";
import { parse } from "../syntax/parse.ts";

/** Finds a source by the specifier that a source names it with; null when there is none. */
export type Resolve = (specifier: string, from: string) => SourceText | null;

export interface Loaded {
  /** The entry first. */
  readonly sources: readonly SourceText[];
  /** Every declaration of the policy, those of bases and used files included. */
  readonly declarations: readonly Declaration[];
  /** The entry's own declarations, whose tests are the policy's tests. */
  readonly entry: readonly Declaration[];
  readonly header: PolicyDecl | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and parses everything that the entry needs. `firstIndex` is the entry's number in spans. */
export function loadPolicy(entry: SourceText, resolve: Resolve, firstIndex: number): Loaded {
  const loader = new Loader(resolve, firstIndex);
  const file = loader.read(entry);
  const header = file?.declarations.find((declaration) => declaration.kind === "policy") ?? null;
  if (file !== null) loader.follow(file, entry.name, [entry.name]);
  // After a syntax error nobody knows what the file would have declared.
  if (file !== null && !hasErrors(loader.diagnostics) && file.declarations.length === 0)
    loader.diagnostics.push(emptyPolicy({ source: firstIndex, start: 0, end: 0 }));
  return {
    sources: loader.sources,
    declarations: loader.declarations,
    entry: file?.declarations ?? [],
    header,
    diagnostics: loader.diagnostics,
  };
}

/** What an overlay may have beside its header: nothing that could lower a tier. */
const OVERLAY: ReadonlySet<Declaration["kind"]> = new Set(["policy", "rule", "gate", "let", "test"]);

class Loader {
  readonly sources: SourceText[] = [];
  readonly declarations: Declaration[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #resolve: Resolve;
  readonly #firstIndex: number;

  constructor(resolve: Resolve, firstIndex: number) {
    this.#resolve = resolve;
    this.#firstIndex = firstIndex;
  }

  read(source: SourceText): File | null {
    const index = this.#firstIndex + this.sources.push(source) - 1;
    const { value, diagnostics } = parse(source, index);
    this.diagnostics.push(...diagnostics);
    return value;
  }

  /** Takes over a file's declarations and goes on to what it names. `chain`: the policies that extend it. */
  follow(file: File, name: string, chain: readonly string[]): void {
    const [header, second] = file.declarations.filter((declaration) => declaration.kind === "policy");
    if (header !== undefined && second !== undefined)
      this.diagnostics.push(duplicate(second.span, "policy", second.name.text, header.span));
    const base = header?.extends ?? null;
    if (base !== null) this.#checkOverlay(file);
    this.declarations.push(...file.declarations);
    for (const declaration of file.declarations) {
      if (declaration.kind === "use" && declaration.target.text !== "std" && base === null)
        this.#use(declaration.target, name, chain);
    }
    if (base !== null) this.#extend(base, name, chain);
  }

  #checkOverlay(file: File): void {
    for (const declaration of file.declarations) {
      if (!OVERLAY.has(declaration.kind)) {
        const start = declaration.span.start;
        this.diagnostics.push(
          overlayCannot({ ...declaration.span, end: start + declaration.kind.length }, declaration.kind),
        );
      }
    }
  }

  #use(target: Ident, from: string, chain: readonly string[]): void {
    const source = this.#find(target, from);
    // A file that is named twice, or names one that names it, is read once.
    if (source === null || this.sources.some((known) => known.name === source.name)) return;
    const file = this.read(source);
    if (file !== null) this.follow(file, source.name, chain);
  }

  #extend(target: Ident, from: string, chain: readonly string[]): void {
    const source = this.#find(target, from);
    if (source === null) return;
    if (chain.includes(source.name)) {
      this.diagnostics.push(circularExtends(target.span, source.name));
      return;
    }
    const file = this.read(source);
    if (file !== null) this.follow(file, source.name, [...chain, source.name]);
  }

  /** `./team` and `team` both mean `./team.pawl`. */
  #find(target: Ident, from: string): SourceText | null {
    const relative = target.text.startsWith(".") ? target.text : `./${target.text}`;
    const specifier = relative.endsWith(".pawl") ? relative : `${relative}.pawl`;
    const source = this.#resolve(specifier, from);
    if (source === null) this.diagnostics.push(fileNotFound(target.span, specifier));
    return source;
  }
}
