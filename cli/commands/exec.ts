// `pawl exec`: decides a command and runs it when it is allowed.

import { execGuarded } from "../../gate/exec.ts";
import { openGate } from "../../gate/gate.ts";
import { failureMessage } from "../../gate/stop-message.ts";
import { load } from "../../runtime/index.ts";
import { CommandError } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { warn } from "../terminal.ts";

/** The gate itself failed: nothing ran. */
const GATE_FAILED = 79;

/** Runs the command, or says why not; resolves to the exit status. */
export async function exec(
  argv: readonly string[],
  options: { readonly shell?: string; readonly agent?: string; readonly session?: string; readonly workspace?: string },
): Promise<number> {
  if ((options.shell === undefined) === (argv.length === 0)) {
    throw new CommandError("give either an argument list after `--` or `--shell TEXT`");
  }
  try {
    const gate = openGate(requireInstallation(), load);
    const result = await execGuarded(gate, {
      target: options.shell === undefined ? { kind: "argv", argv } : { kind: "shell", text: options.shell },
      ...(options.agent === undefined ? {} : { agent: options.agent }),
      ...(options.session === undefined ? {} : { session: options.session }),
      ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      cwd: process.cwd(),
      env: process.env,
    });
    if (result.kind !== "ran") warn(result.message);
    return result.exitCode;
  } catch (error) {
    warn(failureMessage(error));
    return GATE_FAILED;
  }
}
