// Where the gate keeps what outlives a process, and the checks that all of it belongs to the user who runs it.
//
// Every file is private: directories are 0700, files 0600. A missing or foreign part stops every action; nothing is
// made anew on the way, because an empty ledger or session would forget what happened.

import { chmodSync, lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readStateFile, writeDurably } from "./durable-file.ts";
import { GateError, systemCode } from "./gate-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Absolute paths of everything in a state directory. */
export interface Installation {
  readonly home: string;
  /** Names the layout's version. */
  readonly format: string;
  readonly policy: string;
  readonly sessions: string;
  readonly pending: string;
  readonly signed: string;
  readonly used: string;
  readonly denied: string;
  readonly ledger: string;
  readonly entries: string;
  readonly checkpoints: string;
  /** Torn last lines of the ledger, set aside. */
  readonly torn: string;
  /** One empty file per session that has been stored: what makes a session known. */
  readonly known: string;
  readonly key: string;
  readonly publicKey: string;
  readonly lock: string;
  /** The launcher and the program of installed hooks. */
  readonly hook: string;
}

const formatText = "pawl-state 1\n";

/** The state directory: `$PAWL_HOME`, else `$XDG_STATE_HOME/pawl`, else `~/.local/state/pawl`. */
export function findHome(env: Environment): string {
  const own = env["PAWL_HOME"];
  if (own !== undefined && own !== "") return resolve(own);
  const state = env["XDG_STATE_HOME"];
  // The XDG specification says that a relative path there is to be ignored.
  if (state !== undefined && state.startsWith("/")) return join(state, "pawl");
  const home = env["HOME"];
  if (home === undefined || !home.startsWith("/")) {
    throw new GateError(
      "missing",
      "there is no HOME to keep the gate's state in",
      "set HOME or PAWL_HOME to an absolute path",
    );
  }
  return join(home, ".local", "state", "pawl");
}

export function installationAt(home: string): Installation {
  const at = (...parts: string[]) => join(home, ...parts);
  return {
    home,
    format: at("format"),
    policy: at("policy.wasm"),
    sessions: at("sessions"),
    pending: at("approvals", "pending"),
    signed: at("approvals", "signed"),
    used: at("approvals", "used"),
    denied: at("approvals", "denied"),
    ledger: at("ledger"),
    entries: at("ledger", "entries.jsonl"),
    checkpoints: at("ledger", "checkpoints"),
    torn: at("ledger", "torn"),
    known: at("ledger", "sessions"),
    key: at("key"),
    publicKey: at("key.pub"),
    lock: at("lock"),
    hook: at("hook"),
  };
}

/**
 * Makes a state directory. An existing one is only checked: a part that was lost is never made anew in passing. Safe to
 * repeat after a crash, since `format` is written last.
 */
export function createInstallation(installation: Installation): void {
  if (!exists(installation.format)) make(installation);
  checkState(installation);
}

function make(installation: Installation): void {
  try {
    mkdirSync(installation.home, { recursive: true, mode: 0o700 });
    // The directory may have been there before, and open to others.
    if ((lstatSync(installation.home).mode & 0o077) !== 0) chmodSync(installation.home, 0o700);
    for (const directory of directoriesOf(installation)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new GateError(
      "unwritable",
      `cannot make ${installation.home} (${systemCode(error) ?? "failed"})`,
      "correct the owner and permissions of its parent, or set PAWL_HOME",
    );
  }
  for (const path of [installation.lock, installation.entries]) if (!exists(path)) writeDurably(path, "");
  writeDurably(installation.format, formatText);
}

/**
 * Throws when a part is missing, foreign, open to others, or of another version. The policy's own content is not
 * read.
 */
export function checkInstallation(installation: Installation): void {
  checkState(installation);
  requireOwn(installation.policy, "the policy", "install one with `pawl install`", (stat) => stat.isFile());
}

function checkState(installation: Installation): void {
  const make = "make one with `pawl install`";
  const stat = statOf(installation.home, "the gate's state directory", make);
  if (!stat.isDirectory() && !stat.isSymbolicLink()) throw noDirectory(installation.home);
  requireOwn(installation.home, "the gate's state directory", make, (stat) => stat.isDirectory());
  requireSafeAncestors(installation.home);
  const restore = `restore it from a backup, or move ${installation.home} away and run \`pawl install\``;
  for (const directory of directoriesOf(installation))
    requireOwn(directory, "a directory of the gate", restore, (stat) => stat.isDirectory());
  for (const file of [installation.format, installation.entries, installation.lock])
    requireOwn(file, "a file of the gate", restore, (stat) => stat.isFile());
  const format = readStateFile(installation.format)?.toString("utf8");
  if (format !== formatText) {
    throw new GateError(
      "other-version",
      `${installation.format} names another version of the gate's state`,
      "use the Pawl that made it, or move the directory away and run `pawl install`",
    );
  }
  for (const file of [installation.key, installation.publicKey]) {
    if (exists(file)) requireOwn(file, "the signing key", "restore it from a backup", (stat) => stat.isFile());
  }
}

function directoriesOf(installation: Installation): readonly string[] {
  const { sessions, pending, signed, used, denied, ledger, checkpoints, torn, known, hook } = installation;
  return [sessions, dirname(pending), pending, signed, used, denied, ledger, checkpoints, torn, known, hook];
}

/** What stands at the path is of the right kind, is ours, and nobody else can change or read it. */
function requireOwn(path: string, name: string, remedy: string, isRightKind: (stat: Stats) => boolean): void {
  const stat = statOf(path, name, remedy);
  if (!isRightKind(stat)) throw new GateError("corrupt", `${path} is not what it should be (${name})`, remedy);
  const user = process.getuid?.();
  if (stat.uid !== user) {
    throw new GateError(
      "foreign-owner",
      `${path} belongs to user ${stat.uid}, and the gate runs as user ${user}`,
      `find out who changed it; then give it back with \`chown ${user} ${path}\``,
    );
  }
  if ((stat.mode & 0o077) !== 0) {
    throw new GateError(
      "loose-permissions",
      `${path} is open to other users`,
      `find out why; then close it with \`chmod go= ${path}\``,
    );
  }
}

function statOf(path: string, name: string, remedy: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw new GateError("missing", `${name} is missing: ${path}`, remedy);
    throw cannotReach(path, name, error);
  }
}

/** Whoever can write a parent directory can put another state directory in the place of this one. */
function requireSafeAncestors(home: string): void {
  let directory = dirname(realpathSync(home));
  for (;;) {
    const stat = statOf(directory, "a parent of the gate's state directory", "make it readable");
    const sticky = (stat.mode & 0o1000) !== 0;
    if ((stat.mode & 0o002) !== 0 && !sticky) {
      throw new GateError(
        "loose-permissions",
        `${directory} can be written by every user, so the gate's state can be replaced`,
        `close it with \`chmod o-w ${directory}\``,
      );
    }
    if (stat.uid !== 0 && stat.uid !== process.getuid?.()) {
      throw new GateError(
        "foreign-owner",
        `${directory} belongs to user ${stat.uid}, who can replace the gate's state`,
        "keep the state in a directory of your own: set PAWL_HOME",
      );
    }
    if (directory === "/") return;
    directory = dirname(directory);
  }
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw cannotReach(path, "a part of the gate's state", error);
  }
}

/** The error of a path that cannot be looked at, though something may stand there. */
function cannotReach(path: string, name: string, error: unknown): GateError {
  const code = systemCode(error);
  if (code === "ENOTDIR") return noDirectory(nonDirectoryAbove(path));
  return new GateError(
    "unreadable",
    `${name} cannot be read: ${path} (${code ?? "failed"})`,
    "correct the owner and permissions",
  );
}

function noDirectory(path: string): GateError {
  return new GateError("corrupt", `${path} is no directory`, "remove it or set PAWL_HOME");
}

/** What stands where the path needs a directory: the nearest parent that can be looked at. */
function nonDirectoryAbove(path: string): string {
  const parent = dirname(path);
  try {
    lstatSync(parent);
    return parent;
  } catch {
    return parent === "/" ? parent : nonDirectoryAbove(parent);
  }
}
