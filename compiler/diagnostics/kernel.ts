// Diagnostics about sandboxes and kernel effects that the checker can see by itself (K52x); those of the back end are in compiler/kernel.

import type { Span } from "../source/source.ts";
import { error, type Diagnostic } from "./diagnostic.ts";
import { didYouMean } from "./near.ts";

export function noKernelCalls(span: Span, effect: string, standardLibrary: boolean): Diagnostic {
  const help = standardLibrary
    ? "a sandbox names effects that stand in a `kernel` declaration"
    : "`use std` brings the kernel effects";
  return error("K521", span, `the kernel does not know \`${effect}\``, help);
}

export function unknownErrno(span: Span, name: string, names: Iterable<string>): Diagnostic {
  return error("K522", span, `\`${name}\` is no error number`, didYouMean(name, names));
}

export function badArgument(span: Span, argument: number): Diagnostic {
  return error("K523", span, `a system call has no argument ${argument}`, "arguments are counted from 0 to 5");
}

export function badKernelNumber(span: Span, text: string): Diagnostic {
  return error("K524", span, `\`${text}\` does not fit into 64 bits`);
}
