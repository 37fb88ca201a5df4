// `pawl doctor`: is the gate in place, and what does it protect from?

import { homedir } from "node:os";
import { examine } from "../../gate/doctor.ts";
import { claudeSettingsPath } from "../../gate/harnesses/claude-install.ts";
import { load } from "../../runtime/index.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { userInstallation } from "../gate-access.ts";
import { paintFor, print, printJson } from "../terminal.ts";

/** Prints every check and the protection level; exit 1 when a check fails. */
export function doctor(options: { readonly json?: true }): number {
  const where = { home: homedir(), project: process.cwd() };
  const settingsPaths = [claudeSettingsPath("user", where), claudeSettingsPath("project", where)];
  const { level, checks } = examine(userInstallation(), { settingsPaths, load });
  if (options.json === true) {
    printJson({ level, checks });
  } else {
    const paint = paintFor(process.stdout);
    for (const { name, ok, detail, remedy } of checks) {
      print(`${ok ? paint("green", "ok  ") : paint("red", "FAIL")}  ${name}: ${detail}`);
      if (!ok && remedy !== null) print(`      help: ${remedy}`);
    }
    print(`Protection level: ${level}`);
  }
  return checks.every((check) => check.ok) ? OK : PROBLEMS;
}
