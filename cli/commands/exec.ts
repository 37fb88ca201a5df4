// `pawl exec`: decides a command and runs it when it is allowed, under a sandbox when one is named.

import { execGuarded } from "../../gate/exec.ts";
import { openGate } from "../../gate/gate.ts";
import type { SandboxLaunch } from "../../gate/sandbox-launch.ts";
import { failureMessage } from "../../gate/stop-message.ts";
import { load } from "../../runtime/index.ts";
import { CommandError } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import type { ExecFlags } from "../program.ts";
import { requireDirectory } from "../system-files.ts";
import { warn } from "../terminal.ts";

/** The gate itself failed: nothing ran. */
const GATE_FAILED = 79;

/** Runs the command, or says why not; resolves to the exit status. */
export async function exec(argv: readonly string[], options: ExecFlags): Promise<number> {
  if ((options.shell === undefined) === (argv.length === 0)) {
    throw new CommandError("give either an argument list after `--` or `--shell TEXT`");
  }
  if (options.workspace !== undefined) requireDirectory(options.workspace);
  const sandbox = options.sandbox === undefined ? undefined : await sandboxOf(options.sandbox, options);
  if (sandbox === null) return GATE_FAILED;
  try {
    const gate = openGate(requireInstallation(), load);
    const result = await execGuarded(gate, {
      target: options.shell === undefined ? { kind: "argv", argv } : { kind: "shell", text: options.shell },
      ...(options.agent === undefined ? {} : { agent: options.agent }),
      ...(options.session === undefined ? {} : { session: options.session }),
      ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      ...(sandbox === undefined ? {} : { sandbox }),
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

/** The compiler is loaded only here: without a sandbox, `exec` starts without it. Null after printed errors. */
async function sandboxOf(reference: string, { workspace }: ExecFlags): Promise<SandboxLaunch | null> {
  const { prepareSandbox } = await import("./sandbox-launch.ts");
  const prepared = prepareSandbox(reference, workspace ?? process.cwd());
  if (prepared === null) warn("pawl: the sandbox cannot be held as it is written, so nothing ran");
  return prepared?.launch ?? null;
}
