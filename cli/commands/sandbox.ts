// `pawl sandbox emit`, `pawl sandbox report` and `pawl build --target`: kernel filters from sandbox clauses.

import { writeFileSync } from "node:fs";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { diagnosticsJson } from "../../compiler/diagnostics/render.ts";
import { lowerSandbox } from "../../compiler/kernel/lower.ts";
import { printReport } from "../../compiler/kernel/report.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import type { SandboxFlags } from "../program.ts";
import { print, printDiagnostics, printJson, writeAll } from "../terminal.ts";
import { emitForm, formSuffix, isBinaryForm } from "./sandbox-forms.ts";
import { loadSandbox, loadSandboxes } from "./sandbox-source.ts";

/** Prints or writes one sandbox in one form; exit 1 when it cannot be held as written. */
export function sandboxEmit(reference: string, name: string | undefined, options: SandboxFlags): number {
  const isPrinted = options.output === undefined && options.json === undefined;
  if (isBinaryForm(options.target) && isPrinted && process.stdout.isTTY) {
    throw new CommandError("a raw filter is not for a terminal", { help: "name a file with `-o FILE`" });
  }
  const loaded = loadSandbox(reference, name);
  if (loaded === null) return PROBLEMS;
  const { value, diagnostics, conditions } = emitForm(loaded.ir, loaded.sandbox, options);
  if (value !== null && options.output !== undefined) write(options.output, value);
  if (options.json === true) {
    const isText = typeof value === "string";
    printJson({
      ok: value !== null,
      sandbox: loaded.sandbox.name,
      target: options.target,
      output: value === null ? null : (options.output ?? null),
      encoding: value === null ? null : isText ? "utf8" : "base64",
      content: value === null || isText ? value : Buffer.from(value).toString("base64"),
      conditions,
      diagnostics: diagnosticsJson(diagnostics, loaded.sources),
    });
  } else {
    printDiagnostics(diagnostics, loaded.sources);
    if (value !== null && options.output === undefined) writeAll(1, value);
  }
  return value === null ? PROBLEMS : OK;
}

/** Says clause by clause what holds the sandboxes, and how exactly; exit 1 when one cannot be held. */
export function sandboxReport(
  reference: string,
  name: string | undefined,
  options: { readonly withLandlock?: true; readonly json?: true },
): number {
  const loaded = loadSandboxes(reference, name);
  if (loaded === null) return PROBLEMS;
  const targets = options.withLandlock === true ? (["seccomp", "landlock"] as const) : (["seccomp"] as const);
  const results = loaded.sandboxes.map((sandbox) => ({
    sandbox: sandbox.name,
    ...lowerSandbox(loaded.ir, sandbox, targets),
  }));
  if (options.json === true) {
    printJson(
      results.map(({ sandbox, value, diagnostics }) => ({
        sandbox,
        report: value === null ? null : value.report,
        diagnostics: diagnosticsJson(diagnostics, loaded.sources),
      })),
    );
  } else {
    for (const { value, diagnostics } of results) {
      printDiagnostics(diagnostics, loaded.sources);
      if (value !== null) print(printReport(value.report).trimEnd());
    }
  }
  return results.some(({ diagnostics }) => hasErrors(diagnostics)) ? PROBLEMS : OK;
}

/** `pawl build --target`: writes every sandbox of the policy in one form; with errors nothing is written. */
export function sandboxBuild(file: string, options: SandboxFlags & { readonly set?: readonly string[] }): number {
  const loaded = loadSandboxes(file, undefined, options.set);
  if (loaded === null) return PROBLEMS;
  if (options.output !== undefined && 1 < loaded.sandboxes.length) {
    throw new CommandError(`${file} has ${loaded.sandboxes.length} sandboxes, and \`-o\` names one file`);
  }
  const base = loaded.file.replace(/\.pawl$/, "");
  const built = loaded.sandboxes.map((sandbox) => {
    const { value, diagnostics } = emitForm(loaded.ir, sandbox, options);
    const output = options.output ?? `${base}.${sandbox.name}.${formSuffix(options)}`;
    return { sandbox: sandbox.name, output, value, diagnostics };
  });
  const isOk = built.every(({ value }) => value !== null);
  if (isOk) for (const { output, value } of built) write(output, value ?? "");
  const diagnostics = built.flatMap((one) => one.diagnostics);
  if (options.json === true) {
    printJson({
      ok: isOk,
      file,
      target: options.target,
      outputs: isOk ? built.map(({ sandbox, output, value }) => ({ sandbox, output, bytes: lengthOf(value) })) : [],
      diagnostics: diagnosticsJson(diagnostics, loaded.sources),
    });
  } else {
    printDiagnostics(diagnostics, loaded.sources);
    if (isOk) for (const { output, value } of built) print(`${output}: ${lengthOf(value)} bytes`);
  }
  return isOk ? OK : PROBLEMS;
}

function write(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function lengthOf(content: string | Uint8Array | null): number {
  return content === null ? 0 : Buffer.byteLength(content);
}
