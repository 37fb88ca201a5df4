// The closed lists of words that declarations choose from.

import { ERRNOS } from "../../bpfgen/syscalls/tables/errnos.ts";
import {
  TIERS,
  type EvidenceKind,
  type HoleType,
  type Language,
  type OptionSyntax,
  type Origin,
  type Part,
  type Tier,
  type ValueType,
} from "../ir/ir.ts";
import { unknownWord } from "../diagnostics/names.ts";
import type { Ident } from "../syntax/ast.ts";
import type { Problems } from "./problems.ts";

export const HOLE_TYPES: readonly HoleType[] = [
  "text",
  "path",
  "dir",
  "url",
  "int",
  "host",
  "shell",
  "sql",
  "words",
  "code",
];
export const FIELD_TYPES: readonly ValueType[] = [
  "text",
  "path",
  "host",
  "url",
  "address",
  "int",
  "decimal",
  "time",
  "bool",
  "list",
];
export const OPTION_SYNTAXES: readonly OptionSyntax[] = ["gnu", "posix", "go", "git", "find", "dd", "bundled"];
export const LANGUAGES: readonly Language[] = ["shell", "sql", "python", "javascript", "perl", "ruby", "awk", "other"];
export const ORIGINS: readonly Origin[] = ["file", "package", "computed", "network"];
export const PARTS: readonly Part[] = ["name", "dir", "extension", "scheme", "host", "port", "path", "query"];
export const EVIDENCE: readonly EvidenceKind[] = ["link", "script", "state"];

/** Names of Linux error numbers. */
export const ERRNO_NAMES: readonly string[] = Object.keys(ERRNOS);

/** The word as one of the choices, or null after a diagnostic. */
export function choose<T extends string>(
  problems: Problems,
  word: Ident,
  kind: string,
  choices: readonly T[],
): T | null {
  const found = choices.find((choice) => choice === word.text);
  if (found === undefined) problems.report(unknownWord(word.span, kind, word.text, choices));
  return found ?? null;
}

export function chooseTier(problems: Problems, word: Ident): Tier | null {
  return choose(problems, word, "tier", TIERS);
}
