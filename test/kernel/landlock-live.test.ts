// Landlock's part at work: what a clause denies is tried inside its exception and outside of it, under the launchers of
// `pawl exec --sandbox`.

import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { SandboxClauseIr } from "../../compiler/ir/ir.ts";
import { emitSetpriv, seccompFilter } from "../../compiler/kernel/emit.ts";
import { lowerLandlock, setprivArguments, type LandlockRuleset } from "../../compiler/kernel/landlock.ts";
import type { LoweredSandbox } from "../../compiler/kernel/lower.ts";
import { launchCommand, requireLaunchers, withFilter } from "../../gate/sandbox-launch.ts";
import {
  because,
  LANDLOCK_FOLDERS,
  LANDLOCK_TRIES,
  landlockSetpriv,
  needs,
  needsLandlock,
  PYTHON,
  withFolder,
} from "./support/host.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

/** Built by `npm test`. */
const PAWL = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

const skip = needsLandlock();

const LEAD_OUT = ["a link that leads out: remove", "a path that leads out: remove"];
const BETWEEN_FOLDERS = ["move between folders", "link between folders"];
const BOTH_WAYS = ["workspace to outside", "outside to workspace"];
const STARTS = ["start a program", "start a script"];
/** A file that comes from outside; an exchange brings one, whichever side asks for it. */
const GAINS = [
  "outside to workspace: move",
  "outside to workspace: link",
  "outside to workspace: exchange",
  "workspace to outside: exchange",
];

describe.skipIf(skip !== null)(`Landlock under bubblewrap${because(skip)}`, () => {
  test("file.delete except under the workspace", () => {
    const removals = ["remove", "remove by a descriptor", "remove in a child", "remove a folder"];
    expect(tryAll([under("file.delete", ["workspace"])])).toEqual({
      ...answer("EACCES", [...LEAD_OUT, "outside to workspace: move", ...each(BOTH_WAYS, ["exchange"])]),
      ...answer("EACCES", each(["outside"], ["rename", "rename over a file", "move between folders", ...removals])),
    });
  });

  test("file.create except under the workspace", () => {
    const kinds = ["file", "folder", "symbolic link", "hard link", "pipe", "socket"].map((kind) => `make a ${kind}`);
    expect(tryAll([under("file.create", ["workspace"])])).toEqual({
      ...answer("EACCES", each(["outside"], [...kinds, ...BETWEEN_FOLDERS, "rename", "rename over a file"])),
      ...answer("EACCES", [...each(["workspace to outside"], ["move", "link"]), ...each(BOTH_WAYS, ["exchange"])]),
    });
  });

  test("file.write except under the workspace", () => {
    const writes = ["open for writing", "open for appending", "truncate by open", "truncate"];
    expect(tryAll([under("file.write", ["workspace"])])).toEqual({
      ...answer("EACCES", [
        ...each(["outside"], writes),
        "a link that leads out: truncate",
        "/dev/null: open for writing",
      ]),
      // What could be written afterwards could not before.
      ...answer("EXDEV", GAINS),
    });
    expect(tryAll([under("file.write", ["workspace", "/dev"])])).not.toHaveProperty("/dev/null: open for writing");
  });

  test("process.exec except under the workspace and the system's programs", () => {
    expect(tryAll([under("process.exec", ["workspace", "/usr"])])).toEqual({
      // A loader and a shell that may be started read what they run as they read any file.
      ...answer("EACCES", each(["outside"], STARTS)),
      ...answer("EXDEV", GAINS),
    });
  });

  test("clauses add up", () => {
    const denied = tryAll([under("file.delete", ["workspace"]), under("file.write", ["/dev"])]);
    expect(denied).toMatchObject(answer("EACCES", each(["workspace", "outside"], ["truncate"])));
    expect(denied).toMatchObject(answer("EACCES", ["outside: remove"]));
    expect(Object.keys(denied)).not.toContain("workspace: remove");
    expect(Object.keys(denied)).not.toContain("/dev/null: open for writing");
  });

  test("the emitted command does the same", () => {
    withFolder((folder) => {
      fill(folder);
      const box = boxOf([under("file.delete", ["workspace"])]);
      const command = emitSetpriv(box, rulesetOf(box, folder)).trim();
      const env = { PATH: LANDLOCK_FOLDERS.join(":") };
      const script = `cd "$0"\n${command} rm workspace/removed outside/removed`;
      const { status, stderr } = spawnSync("sh", ["-c", script, folder], { encoding: "utf8", env });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: "rm: cannot remove 'outside/removed': Permission denied\n",
      });
      expect(existsSync(join(folder, "workspace/removed"))).toBe(false);
    });
  });
});

const noMount = skip ?? (process.getuid?.() === 0 ? needs("unshare") : "skipped: not root");
test.skipIf(noMount !== null)(`pawl exec --sandbox holds what the gate cannot see${because(noMount)}`, () => {
  withFolder((folder) => {
    fill(folder);
    const workspace = join(folder, "workspace");
    const clauseText = "deny file.delete except under workspace";
    writeFileSync(
      join(folder, "box.pawl"),
      `policy box\nuse std\nsandbox files {\n  default allow\n  ${clauseText}\n}\n`,
    );
    writeFileSync(join(workspace, "program.py"), "import os, sys\nfor name in sys.argv[1:]: os.unlink(name)\n");
    const env = { PAWL_HOME: join(folder, "state"), HOME: folder, PATH: "/usr/bin:/bin" };
    const pawl = (...args: readonly string[]): SpawnSyncReturns<string> =>
      spawnSync(
        "unshare",
        [
          "-m",
          "sh",
          "-c",
          'mount --bind "$0" /usr/bin/setpriv && exec "$@"',
          landlockSetpriv() ?? "",
          process.execPath,
        ].concat(PAWL, args),
        { cwd: workspace, encoding: "utf8", env },
      );
    expect(pawl("install").status).toBe(0);
    const program = ["exec", "--sandbox", "../box.pawl#files", "--", PYTHON, "program.py"];
    expect(pawl(...program, "removed")).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(join(workspace, "removed"))).toBe(false);
    const { status, stderr } = pawl(...program, "../outside/removed");
    expect(status).toBe(1);
    expect(stderr).toContain("PermissionError: [Errno 13]");
    expect(existsSync(join(folder, "outside/removed"))).toBe(true);
  });
});

type Tries = Readonly<Record<string, string>>;

function answer(errno: string, names: readonly string[]): Tries {
  return Object.fromEntries(names.map((name) => [name, errno]));
}

function each(places: readonly string[], names: readonly string[]): readonly string[] {
  return places.flatMap((place) => names.map((name) => `${place}: ${name}`));
}

function under(effect: string, texts: readonly string[]): SandboxClauseIr {
  return clause("deny", [effect], { except: [{ kind: "under", texts }] });
}

/** What is denied, with the error. */
function tryAll(clauses: readonly SandboxClauseIr[]): Tries {
  return withFolder((folder) => {
    fill(folder);
    const { stdout, stderr } = run(clauses, folder);
    try {
      const tries: Tries = JSON.parse(stdout);
      return Object.fromEntries(Object.entries(tries).filter(([, answer]) => answer !== "ran"));
    } catch {
      throw new Error(`the tries printed \`${stdout}\`: ${stderr}`);
    }
  });
}

function run(clauses: readonly SandboxClauseIr[], folder: string): SpawnSyncReturns<string> {
  const box = boxOf(clauses);
  const landlock = setprivArguments(rulesetOf(box, folder));
  const launch = { name: "box", filter: seccompFilter(box, "x86_64"), landlock, ownProcesses: false };
  const argv = [PYTHON, LANDLOCK_TRIES, folder];
  const { file, args } = launchCommand(launch, requireLaunchers(launch, LANDLOCK_FOLDERS), { path: PYTHON, argv });
  const open = openSync(join(folder, "outside/open-before"), "w");
  try {
    return withFilter(launch.filter, (filter) =>
      spawnSync(file, args, { stdio: ["ignore", "pipe", "pipe", filter, open], encoding: "utf8", timeout: 60_000 }),
    );
  } finally {
    closeSync(open);
  }
}

function boxOf(clauses: readonly SandboxClauseIr[]): LoweredSandbox {
  return lowered(sandbox({ clauses }), ["seccomp", "landlock"]);
}

function rulesetOf(box: LoweredSandbox, folder: string): LandlockRuleset {
  const { value } = lowerLandlock(box.sandbox, join(folder, "workspace"));
  if (value === null) throw new Error("no ruleset");
  return value;
}

/** The two folders that support/landlock.py works on. */
function fill(folder: string): void {
  const removed = ["removed", "removed-too", "removed-in-child", "led-to", "led-to-too"];
  for (const place of ["workspace", "outside"].map((name) => join(folder, name))) {
    mkdirSync(join(place, "empty"), { recursive: true });
    mkdirSync(join(place, "full"));
    for (const name of ["file", "moved", "linked", "swapped", "moved-inside", "renamed", "replacing", ...removed])
      writeFileSync(join(place, name), "content");
    copyFileSync("/usr/bin/true", join(place, "program"));
    writeFileSync(join(place, "script"), "#!/bin/sh\nexit 0\n");
    chmodSync(join(place, "script"), 0o755);
  }
  symlinkSync("../outside", join(folder, "workspace/way-out"));
}
