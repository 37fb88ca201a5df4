// What lowering a sandbox says to the author; codes K501 to K519.

import type { SandboxClauseIr, SourceSpan } from "../ir/ir.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/near.ts";

/** An error, or with `best effort` a warning that stays in the report. */
function unheld(code: string, clause: SandboxClauseIr, message: string, help: string): Diagnostic {
  return {
    code,
    severity: clause.bestEffort ? "warning" : "error",
    message,
    span: clause.span,
    related: [],
    help: clause.bestEffort ? help : `${help}; or write \`best effort\``,
  };
}

/** K501. `needs` names the targets that could hold the exception. */
export function exceptionUnseen(clause: SandboxClauseIr, effects: string, hidden: string, needs: string): Diagnostic {
  return unheld(
    "K501",
    clause,
    `seccomp cannot tell the exception of \`${clause.action} ${effects}\` apart: ${hidden}`,
    `${needs} could hold it; without \`except\` the clause covers every such call`,
  );
}

/** K502. */
export function effectWithoutCalls(clause: SandboxClauseIr, effect: string, known: Iterable<string>): Diagnostic {
  return unheld(
    "K502",
    clause,
    `no system call is known to have the effect \`${effect}\``,
    didYouMean(effect, known) ?? "declare its calls with `kernel`",
  );
}

/** K503. */
export function unknownErrno(span: SourceSpan, errno: string, known: Iterable<string>): Diagnostic {
  return {
    code: "K503",
    severity: "error",
    message: `\`${errno}\` is not an error number that Linux has`,
    span,
    related: [],
    help: didYouMean(errno, known),
  };
}

/** K504. */
export function contradiction(earlier: SandboxClauseIr, later: SandboxClauseIr, effect: string): Diagnostic {
  return {
    code: "K504",
    severity: "error",
    message: `two clauses say different things about \`${effect}\``,
    span: later.span,
    related: [{ span: earlier.span, message: `this one says \`${printClause(earlier)}\`` }],
    help: "keep one of them",
  };
}

/** K505. */
export function launcherNeeds(span: SourceSpan, call: string, why: string, help: string): Diagnostic {
  return {
    code: "K505",
    severity: "error",
    message: `the sandbox denies \`${call}\`, which ${why}`,
    span,
    related: [],
    help,
  };
}

/** K506: a `kernel` declaration names what no architecture has, or a condition that cannot decide. */
export function badKernelCall(span: SourceSpan, effect: string, message: string, near: string | null): Diagnostic {
  return {
    code: "K506",
    severity: "error",
    message: `kernel effect \`${effect}\`: ${message}`,
    span,
    related: [],
    help: near,
  };
}

/** K507. */
export function filterTooLong(
  span: SourceSpan,
  arch: string,
  lengthInsns: number,
  maxInsns: number,
  largest: readonly string[],
): Diagnostic {
  return {
    code: "K507",
    severity: "error",
    message: `the filter for ${arch} has ${lengthInsns} instructions; the kernel takes ${maxInsns}`,
    span,
    related: [],
    help: `most come from ${largest.map((name) => `\`${name}\``).join(", ")}`,
  };
}

/** K508. */
export function observedByLog(clause: SandboxClauseIr): Diagnostic {
  return {
    code: "K508",
    severity: "warning",
    message: "seccomp observes only through the kernel's audit log, without paths or addresses",
    span: clause.span,
    related: [],
    help: "an eBPF target observes exactly",
  };
}

/** K509. */
export function noProfileForm(span: SourceSpan, form: string, problem: string): Diagnostic {
  return {
    code: "K509",
    severity: "error",
    message: `the sandbox has no form as ${form}: ${problem}`,
    span,
    related: [],
    help: "use the raw filter",
  };
}

/** K510. */
export function formUnheld(clause: SandboxClauseIr, form: string, calls: string): Diagnostic {
  return unheld(
    "K510",
    clause,
    `${form} cannot express what decides on ${calls}`,
    "use the raw filter or the OCI profile",
  );
}

/** K511. */
export function launcherPlace(span: SourceSpan, value: string): Diagnostic {
  return {
    code: "K511",
    severity: "error",
    message: `\`${value}\` is not an absolute path, so Landlock has no place for it`,
    span,
    related: [],
    help: "give the workspace when the profile is emitted, or write an absolute path",
  };
}

/** K512. */
export function filterUnproved(span: SourceSpan, arch: string, problem: string): Diagnostic {
  return {
    code: "K512",
    severity: "error",
    message: `the filter for ${arch} cannot be proved equal to the clauses: ${problem}`,
    span,
    related: [],
    help: "name fewer masked values of one argument",
  };
}

/** The clause as its author could have written it. */
export function printClause(clause: SandboxClauseIr): string {
  const except = clause.except.map((one) =>
    one.kind === "loopback" ? "loopback" : `${one.kind} ${one.texts.join(", ")}`,
  );
  return [
    `${clause.action} ${clause.effects.join(", ")}`,
    ...(except.length === 0 ? [] : [`except ${except.join(", ")}`]),
    ...(clause.action === "deny" && clause.errno !== "EPERM" ? [`with ${clause.errno}`] : []),
    ...(clause.bestEffort ? ["best effort"] : []),
  ].join(" ");
}
