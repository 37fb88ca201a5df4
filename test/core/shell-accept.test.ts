// What the parser accepts, and the structure that it sees, compared with bash itself: `bash -n` says what is
// well-formed, and `declare -f` prints how bash groups it.

import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type ShellNode, printShell, shellParser } from "../../stdlib/shell-tree.ts";
import { bashAccepts, bashMissing, bashPrints, bytesOf } from "./bash.ts";
import { debugModule } from "./debug-build.ts";
import { garbledScript, script } from "./scripts.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const parser = shellParser(debugModule());
const missing = bashMissing();
/** Repeats a run: change it to search elsewhere. */
const given = process.env["SEED"] ?? "20251125";
const SEED = given === "random" ? Date.now() : Number(given);

const lines = readFileSync(join(folder, "scripts-lines.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map(bytesOf);
const blocks = readFileSync(join(folder, "scripts-blocks.txt"), "utf8").slice(0, -1).split("\n%%\n").map(bytesOf);

/** Texts that bash accepts and the parser refuses on purpose: nobody needs them, and all of them hide something. */
const STRICTER = [
  // An escaped newline inside a name, a reserved word or behind a dollar.
  "ec\\\nho a",
  "x\\\n=1",
  "a $x\\\ny",
  "a $\\\nx",
  "a $(\\\n(1))",
  // A name that bash refuses only when it runs.
  '"f"() { :; }',
  "$x() { :; }",
  "for 1 in a; do :; done",
  "a ${a b}",
  "a ${}",
  "a ${x@P}",
  "a ${!x:=y}",
  "a ${x!}",
  // Array assignments where bash makes text of them again.
  "eval a=(1)",
  "alias a=(1)",
  "let a=(1)",
  "x=(a)b",
  "x[1]=(a)",
  // A command whose name looks like an array element.
  "a[1 2] b",
  "a[1] b",
  // Bodies that begin behind the substitution they belong to: older versions run them as commands.
  "a $(b <<E)\nc\nE",
  "a <(b <<E)\nc\nE",
  "a $(b <<E\nc\nE d)",
  // Delimiters that versions read differently.
  "a <<$x\nb\n$x",
  "a <<`x`\nb\n`x`",
  "a <<$'E'\nb\nE",
  // Brace expansion that would join its text to a variable, a tilde or a pattern.
  "a $x{b,c}",
  "a {b,$x}c",
  "a {b,$}c",
  "a ~{b,c}",
  "a {~,b}c",
  "a x=~/{b,c}",
  "a {[b,c]}",
  "a [{b,c}]",
  'a {1..3","}',
  "a {A..c}",
  // Arithmetic in which a quick look cannot find the end.
  "a $(( 1 + $(case b in b) c;; esac) ))",
  // Descriptors with too many digits.
  "99999>a",
  // What is not known to be arithmetic from its parentheses alone.
  '((a "$(b)") )',
];

describe("what is accepted", { timeout: 600_000 }, () => {
  test.skipIf(missing !== null)(
    `hand-made texts, as bash accepts them${missing === null ? "" : ` (skipped: ${missing})`}`,
    () => {
      const texts = [...lines, ...blocks].filter((text) => !STRICTER.includes(text) && !text.startsWith("a\\\nb"));
      expect(600 < texts.length).toBe(true);
      expect(differences(texts)).toEqual([]);
    },
  );

  test.skipIf(missing !== null)("the parser is stricter than bash only where it means to be", () => {
    expect(STRICTER.filter((text) => parser.parseScript(text) !== null)).toEqual([]);
    const accepted = bashAccepts(STRICTER);
    expect(STRICTER.filter((_, index) => !accepted[index])).toEqual([]);
  });

  const corpus = join(folder, "../../../shared/corpus/commands.jsonl");
  test.skipIf(missing !== null || !existsSync(corpus))(
    `the corpus of commands${existsSync(corpus) ? "" : " (skipped: it is not beside the repository)"}`,
    () => {
      const texts = readFileSync(corpus, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => bytesOf(commandOf(line)));
      expect(differences(texts)).toEqual([]);
      expect(structureDifferences(texts)).toEqual([]);
    },
  );

  test.skipIf(missing !== null)("generated scripts", () => {
    const texts = fc.sample(script, { numRuns: 300, seed: SEED }).map(bytesOf);
    expect(differences(texts)).toEqual([]);
  });

  test.skipIf(missing !== null)("garbled scripts: never more than bash", () => {
    const texts = fc
      .sample(garbledScript, { numRuns: 600, seed: SEED })
      .map(bytesOf)
      .filter((text) => parser.parseScript(text) !== null);
    const accepted = bashAccepts(texts);
    expect(texts.filter((_, index) => !accepted[index])).toEqual([]);
    expect(50 < texts.length).toBe(true);
  });
});

/** Texts that `declare -f` does not print as they were: it rewrites or breaks them. */
const REWRITTEN = [
  /\|&/,
  /\(esac\)/,
  /^>b if$/,
  /^!( !)?$/,
  /^time/,
  /^x=1 if$/,
  /"`b/,
  /E\\$/m,
  /! time/,
  /^coproc (?![X({]|while)/,
  /^coproc X( a|;)/,
  /<&-/,
];

describe("structure", { timeout: 600_000 }, () => {
  test.skipIf(missing !== null)("hand-made texts are grouped as bash groups them", () => {
    expect(
      structureDifferences([...lines, ...blocks].filter((text) => !REWRITTEN.some((pattern) => pattern.test(text)))),
    ).toEqual([]);
  });

  test.skipIf(missing !== null)("generated scripts are grouped as bash groups them", () => {
    expect(structureDifferences(fc.sample(script, { numRuns: 300, seed: SEED + 1 }).map(bytesOf))).toEqual([]);
  });
});

function commandOf(line: string): string {
  const entry: unknown = JSON.parse(line);
  if (typeof entry === "object" && entry !== null && "command" in entry && typeof entry.command === "string")
    return entry.command;
  throw new Error(`a line of the corpus has no command: ${line}`);
}

/** Texts about which the parser and bash disagree. */
function differences(texts: readonly string[]): string[] {
  const accepted = bashAccepts(texts);
  return texts.flatMap((text, index) => {
    const ours = parser.parseScript(text) !== null;
    return ours === accepted[index]
      ? []
      : [`${accepted[index] ? "bash accepts" : "bash rejects"}: ${JSON.stringify(text)}`];
  });
}

/** Texts whose tree differs from the tree of bash's own normal form. */
function structureDifferences(texts: readonly string[]): string[] {
  const known = texts.filter((text) => parser.parseScript(text) !== null);
  const printed = bashPrints(known);
  return known.flatMap((text, index) => {
    const normal = printed[index];
    if (normal === undefined || normal.trim() === "") return [];
    const expected = parser.parseScript(normal);
    const found = parser.parseScript(`f() {\n${text}\n}`);
    if (expected !== null && found !== null && printShell(normalise(expected)) === printShell(normalise(found)))
      return [];
    return [`${JSON.stringify(text)} is for bash ${normal}`];
  });
}

/** Undoes what `declare -f` changes without changing the meaning. */
function normalise(node: ShellNode): ShellNode {
  const children = mergeTexts(node.children.map(normalise));
  switch (node.kind) {
    case "if":
      // It prints `elif` as `else if`.
      return { ...node, children: children.map((child) => elseIf(child, node)) };
    case "for":
      // It prints the words that a `for` without `in` runs over.
      return node.aux === 1 ? { ...node, children } : { ...node, aux: 1, children: [allArguments(node), ...children] };
    case "function":
      // It prints every body in braces.
      return {
        ...node,
        children: children.map((child) =>
          child.kind === "group" ? child : { ...child, kind: "group", flags: 0, aux: 0, children: [child] },
        ),
      };
    case "command": {
      // It prints redirections last.
      const isRedirection = (child: ShellNode) => child.kind === "redirect" || child.kind === "hereDocument";
      return {
        ...node,
        children: [...children.filter((child) => !isRedirection(child)), ...children.filter(isRedirection)],
      };
    }
    case "redirect":
      // It prints the usual descriptor of a duplication.
      return node.descriptor === 0xffffffff && [3, 7, 8].includes(node.aux)
        ? { ...node, descriptor: node.aux === 8 ? 1 : 0, children }
        : { ...node, children };
    case "hereDocument":
      return { ...node, text: node.quoted ? node.text : node.text.replaceAll("\\\n", "") };
    default:
      return { ...node, children };
  }
}

/** The branch of an `elif` as that of an `else` which holds an `if`. */
function elseIf(branch: ShellNode, node: ShellNode): ShellNode {
  if (branch.kind !== "branch" || !branch.children.some((child) => child.kind === "branch")) return branch;
  return { ...branch, children: [{ ...node, children: branch.children.map((child) => elseIf(child, node)) }] };
}

function allArguments(node: ShellNode): ShellNode {
  const variable: ShellNode = { ...node, kind: "variable", quoted: true, flags: 1, aux: 0, text: "@", children: [] };
  return { ...node, kind: "word", flags: 0, aux: 0, children: [variable] };
}

/** Literals that stand side by side, as one. */
function mergeTexts(children: readonly ShellNode[]): ShellNode[] {
  const merged: ShellNode[] = [];
  for (const child of children) {
    const last = merged.at(-1);
    if (last !== undefined && last.kind === "text" && child.kind === "text" && last.flags === child.flags)
      merged[merged.length - 1] = { ...last, text: last.text + child.text };
    else merged.push(child);
  }
  return merged;
}
