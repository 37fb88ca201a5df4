// Bash itself, asked about many texts in one process. Texts are byte strings without zero bytes.

import { execFileSync } from "node:child_process";

/** The version of bash that the expectations are about: older ones read some texts differently. */
const VERSION = "5.2";

/** Why tests that ask bash are skipped, or null. */
export function bashMissing(): string | null {
  try {
    const version = execFileSync("bash", ["-c", "printf %s ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"]).toString();
    return version === VERSION ? null : `needs bash ${VERSION}, found ${version}`;
  } catch {
    return "needs bash";
  }
}

/** What each text makes a script print that gets it as `$text`, in a process of its own. Its output must have no zero byte. */
export function askBash(script: string, texts: readonly string[]): string[] {
  const loop = `while IFS= read -r -d '' text; do (\n${script}\n) 2>&1; printf '\\0'; done`;
  const input = Buffer.from(texts.map((text) => `${text}\0`).join(""), "latin1");
  const output = execFileSync("bash", ["--norc", "-c", loop], {
    input,
    maxBuffer: 1 << 28,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME, SHLVL: "2" },
  });
  return output.toString("latin1").split("\0").slice(0, texts.length);
}

/** What `~` is for `askBash`. */
export const HOME = "/home/h";

/** Whether bash parses each text without an error. It exits with 0 after errors in `[[`, so its message counts too. */
export function bashAccepts(texts: readonly string[]): boolean[] {
  // Behind `set -n` all is parsed and nothing runs.
  const script = `if error=$(eval "set -n\n$text" 2>&1); then case $error in *conditional*|*'unexpected token'*) printf no;; *) printf yes;; esac; else printf no; fi`;
  return askBash(script, texts).map((answer) => answer === "yes");
}

/** Bash's own normal form of each text as the body of a function; empty when it rejects the text. */
export function bashPrints(texts: readonly string[]): string[] {
  return askBash(`eval "f() {\n$text\n}" 2>/dev/null && declare -f f`, texts);
}

/** A text as the byte string that the parser takes. */
export function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
