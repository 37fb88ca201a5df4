// Diagnostics about names (N2xx).

import type { Span } from "../source/source.ts";
import { error, type Diagnostic } from "./diagnostic.ts";
import { didYouMean } from "./near.ts";

export function unknownEffect(span: Span, name: string, effects: Iterable<string>): Diagnostic {
  return error("N201", span, `there is no effect \`${name}\``, didYouMean(name, effects) ?? "declare it with `effect`");
}

export function unknownName(span: Span, name: string, names: Iterable<string>): Diagnostic {
  return error("N202", span, `nothing here is called \`${name}\``, didYouMean(name, names));
}

export function unknownRule(span: Span, name: string, rules: Iterable<string>): Diagnostic {
  return error("N203", span, `there is no rule \`${name}\``, didYouMean(name, rules));
}

export function unknownOption(span: Span, spelling: string, program: string, spellings: Iterable<string>): Diagnostic {
  const help = didYouMean(spelling, spellings) ?? "declare it with `flag` or `option`";
  return error("N204", span, `\`${program}\` declares no option \`${spelling}\``, help);
}

export function unknownWord(span: Span, kind: string, word: string, choices: readonly string[]): Diagnostic {
  const help = didYouMean(word, choices) ?? `one of ${choices.map((choice) => `\`${choice}\``).join(", ")}`;
  return error("N205", span, `\`${word}\` is no ${kind}`, help);
}

export function duplicate(span: Span, kind: string, name: string, earlier: Span): Diagnostic {
  return error("N206", span, `${kind} \`${name}\` is declared twice`, null, [
    { span: earlier, message: "first declared here" },
  ]);
}

export function fileNotFound(span: Span, specifier: string): Diagnostic {
  return error(
    "N207",
    span,
    `cannot read \`${specifier}\``,
    "a used file is named by its path from this file, such as `./team`",
  );
}

export function circularExtends(span: Span, name: string): Diagnostic {
  return error("N208", span, `\`${name}\` extends itself`);
}

export function unknownMark(span: Span, mark: string, marks: Iterable<string>): Diagnostic {
  return error(
    "N209",
    span,
    `no rule sets the mark \`${mark}\``,
    didYouMean(mark, marks) ?? "a rule sets it with `mark`",
  );
}

export function unknownParam(span: Span, name: string, params: Iterable<string>): Diagnostic {
  return error("N210", span, `the policy has no \`param ${name}\` to set`, didYouMean(name, params));
}

export function reservedEffect(span: Span, name: string): Diagnostic {
  return error(
    "N211",
    span,
    `\`${name}\` cannot be declared: the family \`call\` is kept for rules on calls`,
    "choose another family",
  );
}

/** `span` is the beginning of the file. */
export function emptyPolicy(span: Span): Diagnostic {
  return error("N212", span, "the file declares nothing", "write `policy NAME` and `use std`");
}
