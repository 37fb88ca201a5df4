// `pawl fmt`: policies in the one canonical layout.

import { writeFileSync } from "node:fs";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { formatSource, readSource } from "../check-policy-file.ts";
import { cannotWrite } from "../system-files.ts";
import { print, printDiagnostics, writeAll } from "../terminal.ts";

/** Formats each file in place; `-` goes from standard input to standard output. */
export function fmt(files: readonly string[], options: { readonly check?: true }): number {
  let exitCode = OK;
  for (const file of files) {
    const source = file === "-" ? readSource("<stdin>", 0) : readSource(file);
    const { value, diagnostics } = formatSource(source);
    printDiagnostics(diagnostics, [source]);
    if (value === null || hasErrors(diagnostics)) {
      exitCode = PROBLEMS;
    } else if (file === "-") {
      writeAll(1, value);
    } else if (value !== source.text) {
      if (options.check === true) exitCode = PROBLEMS;
      else rewrite(file, value);
      print(`${file}: ${options.check === true ? "is laid out differently" : "formatted"}`);
    }
  }
  return exitCode;
}

function rewrite(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}
