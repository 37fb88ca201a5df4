// What somebody wants to run, as the gate takes it, and the bytes that an approval of it names.

import type { Action } from "../runtime/types.ts";
import { digestFields } from "./digest.ts";
import type { EvidenceItem } from "./evidence.ts";

/** What really runs. It is kept apart from the action, which says how a policy reads it. */
export type RunTarget =
  /** `program` is the absolute real path; `argv` starts with the name that the program is called by. */
  | { readonly kind: "argv"; readonly program: string; readonly argv: readonly string[] }
  /** A text for `/bin/sh -c`. */
  | { readonly kind: "shell"; readonly text: string }
  /** A harness's tool; `input` is its JSON, less what does not change what runs (a description, a timeout). */
  | { readonly kind: "tool"; readonly tool: string; readonly input: string };

export interface GateRequest {
  readonly agent: string;
  /** The session's name. A sub-agent gives its parent's. */
  readonly session: string;
  /** Absolute, free of links. */
  readonly cwd: string;
  /** For a session that is not stored yet; later calls keep the first one. */
  readonly workspace: string;
  /** Values of the variables that the policy reads, as the run would see them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly run: RunTarget;
  /** How the run reads: at least one way; the strictest decision counts. */
  readonly readings: readonly Reading[];
}

export type Reading = Pick<Action, "tool" | "input" | "command" | "argv">;

/** What an approval is about, apart from what was shown to the human. */
export interface Subject {
  /** SHA-256 of the policy's module. */
  readonly module: string;
  readonly agent: string;
  readonly session: string;
  readonly cwd: string;
  readonly workspace: string;
  readonly run: RunTarget;
  readonly variables: Readonly<Record<string, string>>;
  readonly evidence: readonly EvidenceItem[];
}

/** SHA-256 that names exactly one action. */
export function digestSubject(subject: Subject): string {
  const { module, agent, session, cwd, workspace, run, variables, evidence } = subject;
  const runs = fieldsOfRun(run);
  const names = Object.keys(variables).sort();
  const pieces = evidence.map(({ kind, path, digest }) => digestFields("pawl-evidence-1", [kind, path, digest])).sort();
  return digestFields("pawl-subject-1", [
    module,
    agent,
    session,
    cwd,
    workspace,
    String(runs.length),
    ...runs,
    String(names.length),
    ...names.flatMap((name) => [name, variables[name] ?? ""]),
    String(pieces.length),
    ...pieces,
  ]);
}

/** The exact bytes that will run. */
function fieldsOfRun(run: RunTarget): readonly string[] {
  switch (run.kind) {
    case "argv":
      return ["argv", run.program, ...run.argv];
    case "shell":
      return ["shell", run.text];
    case "tool":
      return ["tool", run.tool, run.input];
  }
}
