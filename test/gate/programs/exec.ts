// `pawl exec` as the command line has it, without its parsing: HOME-DIRECTORY shell TEXT, or HOME-DIRECTORY argv
// WORDS….

import { execGuarded } from "../../../gate/exec.ts";
import { openGate } from "../../../gate/gate.ts";
import { installationAt } from "../../../gate/installation.ts";
import { load } from "../fake-policy.ts";

const [, , home = "", kind = "", ...words] = process.argv;
const target =
  kind === "shell" ? { kind: "shell" as const, text: words[0] ?? "" } : { kind: "argv" as const, argv: words };
const result = await execGuarded(openGate(installationAt(home), load), {
  target,
  cwd: process.cwd(),
  env: process.env,
});
if (result.kind !== "ran") process.stderr.write(`${result.message}\n`);
process.exitCode = result.exitCode;
