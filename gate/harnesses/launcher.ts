// The launcher of an installed hook: a POSIX shell script that turns every end of the hook's program but a well-formed
// one into the harness's blocking answer, status 2.
//
// The program must say `pawl pass` or `pawl stop` and the harness's answer. Silence is never taken for a pass: a
// program file that was cut to nothing ends with status 0 and without a word.

import { existsSync } from "node:fs";
import { GateError } from "../gate-error.ts";
import { hookDeadlineSeconds } from "../limits.ts";

export interface LauncherOptions {
  /** The state directory. */
  readonly home: string;
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of the hook's program, one file. */
  readonly program: string;
  /** Where the program's standard error goes. */
  readonly errors: string;
  /** Variables that the policy reads. */
  readonly variables: readonly string[];
  readonly deadlineSeconds?: number;
}

export const passLine = "pawl pass";
export const stopLine = "pawl stop";

/** The name under which the launcher passes a variable that the policy reads. */
export function passedVariable(name: string): string {
  return `PAWL_ENV_${name}`;
}

/** The text of the launcher. */
export function printLauncher(options: LauncherOptions): string {
  const { home, node, program, errors, variables, deadlineSeconds = hookDeadlineSeconds } = options;
  const kept = ["CLAUDE_PROJECT_DIR", "PAWL_SESSION"].map((name) => passAs(name, name));
  const read = variables.filter(isVariableName).map((name) => passAs(name, passedVariable(name)));
  const command = [
    `${quote(systemProgram("timeout"))} -s KILL ${deadlineSeconds}`,
    `${quote(systemProgram("env"))} -i PAWL_HOME=${quote(home)}`,
    ...kept,
    ...read,
    `${quote(node)} ${quote(program)}`,
    `2>${quote(errors)}`,
  ];
  return `#!/bin/sh
# Written by \`pawl hook install claude\`: asks Pawl about one tool call of Claude Code.
# Status 0 and silence: no objection. Everything that is not a whole answer stops the call (status 2).
umask 077

stop_call() {
  printf '%s\\n' "Pawl stopped this call, because its gate failed: $1." 'None of this call ran.' 'What to do: run \`pawl doctor\`.' >&2
  exit 2
}

answer=$(${command.join(" \\\n  ")})
status=$?
newline='
'
case $status:$answer in
  '0:${passLine}')
    exit 0
    ;;
  "0:${stopLine}$newline{"*'}')
    printf '%s\\n' "\${answer#*"$newline"}" || stop_call 'its answer could not be written'
    exit 0
    ;;
esac
case $status in
  0) stop_call 'its answer is not whole' ;;
  124 | 137) stop_call 'it was killed, or took longer than ${deadlineSeconds} seconds' ;;
  126 | 127) stop_call "Node or another program that it needs is missing (status $status)" ;;
  134) stop_call 'it ran out of memory or crashed' ;;
  *) stop_call "it ended with status $status" ;;
esac
`;
}

/** A text as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word of the command when the variable is set, none otherwise. */
function passAs(name: string, passed: string): string {
  return `\${${name}+"${passed}=$${name}"}`;
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function systemProgram(name: string): string {
  const found = [`/usr/bin/${name}`, `/bin/${name}`].find((path) => existsSync(path));
  if (found === undefined)
    throw new GateError("missing", `the program \`${name}\` is missing`, "install coreutils or busybox");
  return found;
}
