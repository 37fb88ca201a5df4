// The checks that are not tests: lint, format, types.

import { runNode } from "./project.mjs";

export const checks = [
  { name: "lint", script: "node_modules/oxlint/bin/oxlint", args: ["--deny-warnings", "--quiet"] },
  { name: "format", script: "node_modules/oxfmt/bin/oxfmt", args: ["--check"] },
  { name: "types", script: "node_modules/typescript/bin/tsc", args: ["-p", "tsconfig.json"] },
];

/** Runs one check with its output on the terminal; true when it passed. */
export function runCheck({ script, args }) {
  return runNode(script, args) === 0;
}
