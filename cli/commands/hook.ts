// `pawl hook …`: the adapter for coding agents, and its installation.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { openGate } from "../../gate/gate.ts";
import { runHook } from "../../gate/harnesses/claude-hook.ts";
import {
  claudeHookStatus,
  claudeSettingsPath,
  installClaudeHook,
  removeClaudeHook,
} from "../../gate/harnesses/claude-install.ts";
import { load } from "../../runtime/index.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import { userInstallation } from "../gate-access.ts";
import { hookBundle } from "../package-files.ts";
import type { HookFlags } from "../program.ts";
import { print, printJson, writeAll } from "../terminal.ts";
import { installInto } from "./install.ts";

/** Answers one call of the harness on standard input. */
export function hookClaude(): number {
  const { exitCode, stdout, stderr } = runHook(readFileSync(0), process.env, load);
  writeAll(1, stdout);
  writeAll(2, stderr);
  return exitCode;
}

/** Writes the launcher and the harness's settings. */
export async function hookInstall(harness: string, options: HookFlags): Promise<number> {
  const settingsPath = settingsOf(harness, options);
  const installation = userInstallation();
  if (options.policy !== undefined || !existsSync(installation.policy)) {
    print(await installInto(installation, options.policy));
  }
  const { variables } = openGate(installation, load).policy.info;
  installClaudeHook(installation, { settingsPath, node: process.execPath, bundle: hookBundle, variables });
  print(`Installed the hook in ${settingsPath}. \`pawl doctor\` sends a canary through it.`);
  return OK;
}

/** Removes the hook from the harness's settings. */
export function hookRemove(harness: string, options: HookFlags): number {
  const settingsPath = settingsOf(harness, options);
  const wasThere = removeClaudeHook(userInstallation(), settingsPath);
  print(wasThere ? `Removed the hook from ${settingsPath}.` : `There is no hook in ${settingsPath}.`);
  return OK;
}

/** Says whether the hook is installed and whole; exit 1 when it is not. */
export function hookStatus(harness: string, options: HookFlags): number {
  const settingsPath = settingsOf(harness, options);
  const status = claudeHookStatus(userInstallation(), settingsPath);
  if (options.json === true) {
    printJson({ settings: settingsPath, state: status.state, problems: status.problems });
  } else {
    print(`${status.state}: ${settingsPath}`);
    for (const problem of status.problems) print(`  ${problem}`);
  }
  return status.state === "installed" ? OK : PROBLEMS;
}

function settingsOf(harness: string, options: HookFlags): string {
  if (harness !== "claude") throw new CommandError(`no adapter for \`${harness}\``, { help: "one of claude" });
  if (options.settings !== undefined) return resolve(options.settings);
  return claudeSettingsPath(options.scope, { home: homedir(), project: process.cwd() });
}
