// `pawl check`: every problem of a policy, with its place and a remedy.

import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { diagnosticsJson } from "../../compiler/diagnostics/render.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { checkPolicyFile, filesOrDefault } from "../check-policy-file.ts";
import { print, printDiagnostics, printJson } from "../terminal.ts";

/** Checks each file; exit 1 when one has errors. */
export function check(files: readonly string[], options: { readonly json?: true }): number {
  const results = filesOrDefault(files).map((file) => ({ file, ...checkPolicyFile(file) }));
  const ok = results.every(({ diagnostics }) => !hasErrors(diagnostics));
  if (options.json === true) {
    printJson({
      ok,
      files: results.map(({ file, diagnostics, sources }) => ({
        file,
        diagnostics: diagnosticsJson(diagnostics, sources),
      })),
    });
  } else {
    for (const { file, diagnostics, sources } of results) {
      printDiagnostics(diagnostics, sources);
      if (!hasErrors(diagnostics)) print(`${file}: no errors`);
    }
  }
  return ok ? OK : PROBLEMS;
}
