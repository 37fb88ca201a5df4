// Policies in files: reading, checking, formatting. Nothing here loads what makes WebAssembly, which takes long to start.

import { existsSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { checkPolicy, type CheckedPolicy } from "../compiler/check-policy.ts";
import type { Checked } from "../compiler/diagnostics/diagnostic.ts";
import { loadLibrary } from "../compiler/library.ts";
import type { SourceText } from "../compiler/source/source.ts";
import { SOURCE_CHARACTERS_MAX } from "../compiler/syntax/limits.ts";
import { parse } from "../compiler/syntax/parse.ts";
import { print as printPolicy } from "../compiler/syntax/print.ts";
import { CommandError } from "./exit.ts";
import { readyPolicy } from "./package-files.ts";
import { readInput } from "./system-files.ts";

/** The files to work on; the default policy when none is named. */
export function filesOrDefault(files: readonly string[]): readonly string[] {
  return 0 < files.length ? files : [readyPolicy("agent").source];
}

/**
 * Checks the policy in a file. In the IR, and so in the module, files are named from the policy's own folder, so that
 * the same policy gives the same bytes wherever it lies; diagnostics name them as the user did.
 */
export function checkPolicyFile(path: string, params: readonly string[] = []): CheckedPolicy {
  return checkSource({ name: basename(path), text: readSource(path).text }, dirname(path), params);
}

/** Checks a text whose uses are files of the folder. */
export function checkSource(entry: SourceText, folder: string, params: readonly string[]): CheckedPolicy {
  const library = loadLibrary();
  const checked = checkPolicy({
    entry,
    resolve: (specifier, from) => {
      const name = posix.join(posix.dirname(from), specifier);
      const file = join(folder, name);
      return existsSync(file) ? { name, text: readSource(file).text } : null;
    },
    library,
    set: parseParams(params),
  });
  const sources = checked.sources.map((source, index) =>
    index < library.sources.length ? source : { ...source, name: join(folder, source.name) },
  );
  return { ...checked, sources };
}

/** The source in the canonical layout, or null with the syntax errors. */
export function formatSource(source: SourceText): Checked<string> {
  const { value, diagnostics } = parse(source, 0);
  return { value: value === null ? null : printPolicy(value), diagnostics };
}

/** A UTF-16 unit, which the compiler counts, has at most three bytes in UTF-8. */
const SOURCE_BYTES_MAX = 3 * SOURCE_CHARACTERS_MAX;

/** Reads a policy's source, from a descriptor when one is given. */
export function readSource(path: string, descriptor?: number): SourceText {
  const bytes = readInput(path, SOURCE_BYTES_MAX, descriptor === undefined ? {} : { descriptor });
  try {
    return { name: path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw new CommandError(`cannot read ${path}: it is not UTF-8`);
  }
}

/** `--set NAME=VALUE…`. */
function parseParams(params: readonly string[]): Readonly<Record<string, string>> {
  const entries = params.map((param) => {
    const at = param.indexOf("=");
    if (at < 1) throw new CommandError(`\`--set ${param}\` is not of the form NAME=VALUE`);
    return [param.slice(0, at), param.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}
