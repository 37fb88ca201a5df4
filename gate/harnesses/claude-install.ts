// Puts the hook into Claude Code's settings, takes it out, and says whether it is there and whole.

import { accessSync, chmodSync, constants, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestBytes } from "../digest.ts";
import { readStateFile, writeDurably } from "../durable-file.ts";
import { GateError, systemCode } from "../gate-error.ts";
import { checkInstallation, type Installation } from "../installation.ts";
import { hookDeadlineSeconds, hookTimeoutSeconds } from "../limits.ts";
import { appendTo, removeFrom, scanJson, type JsonArray, type JsonNode, type JsonObject } from "./json-edit.ts";
import { printLauncher, quote } from "./launcher.ts";

export interface InstallOptions {
  readonly settingsPath: string;
  /** Absolute path of the Node that runs the hook. */
  readonly node: string;
  /** The hook's program, one file; it is copied into the installation. */
  readonly bundle: string;
  /** `PolicyInfo.variables` of the installed policy. */
  readonly variables: readonly string[];
}

export interface HookStatus {
  readonly state: "installed" | "absent" | "broken";
  /** What is wrong, when it is broken. */
  readonly problems: readonly string[];
  /** What the harness runs, when there is an entry. */
  readonly command: string | null;
}

/** What was installed, so that a change is seen later. */
interface Receipt {
  readonly node: string;
  readonly variables: readonly string[];
  readonly launcher: string;
  readonly program: string;
}

export function claudeSettingsPath(
  scope: "user" | "project",
  where: { readonly home: string; readonly project: string },
): string {
  return join(scope === "user" ? where.home : where.project, ".claude", "settings.json");
}

/**
 * Writes launcher and program into the installation and the entry into the settings. Safe to repeat: it renews both.
 */
export function installClaudeHook(installation: Installation, options: InstallOptions): void {
  checkInstallation(installation);
  const settings = readSettings(options.settingsPath);
  const paths = pathsOf(installation);
  const program = readBundle(options.bundle);
  const launcher = printLauncher({
    home: installation.home,
    node: options.node,
    program: paths.program,
    errors: paths.errors,
    variables: options.variables,
  });
  const receipt: Receipt = {
    node: options.node,
    variables: options.variables,
    launcher: digestBytes(launcher),
    program: digestBytes(program),
  };
  writeDurably(paths.program, program);
  writeDurably(paths.launcher, launcher, 0o700);
  writeDurably(paths.receipt, `${JSON.stringify(receipt)}\n`);
  const cleared = settings === null ? "{}\n" : withoutEntries(settings, options.settingsPath, paths.launcher);
  writeSettings(options.settingsPath, withEntry(cleared, options.settingsPath, commandOf(paths.launcher)));
}

/** Takes the entry out; false when there was none. The launcher stays: a running harness may still call it. */
export function removeClaudeHook(installation: Installation, settingsPath: string): boolean {
  const settings = readSettings(settingsPath);
  if (settings === null) return false;
  const cleared = withoutEntries(settings, settingsPath, pathsOf(installation).launcher);
  if (cleared === settings) return false;
  writeSettings(settingsPath, cleared);
  return true;
}

/** Looks at settings, launcher, program and Node; runs nothing (see `examine`). */
export function claudeHookStatus(
  installation: Installation,
  settingsPath: string,
  variables?: readonly string[],
): HookStatus {
  const settings = readSettings(settingsPath);
  const paths = pathsOf(installation);
  const entries =
    settings === null
      ? []
      : entriesOf(settings, settingsPath).filter(({ command }) => command.includes(quote(paths.launcher)));
  const [entry] = entries;
  if (settings === null || entry === undefined) return { state: "absent", problems: [], command: null };
  const problems = [
    ...entryProblems(entry, paths.launcher),
    ...settingsProblems(settings),
    ...fileProblems(paths, variables),
  ];
  return { state: problems.length === 0 ? "installed" : "broken", problems, command: entry.command };
}

/** A missing launcher must stop the call too, and a harness that does not know `onFailure` lets other ends pass. */
function commandOf(launcher: string): string {
  return `${quote(launcher)} || { [ $? = 2 ] || echo "Pawl stopped this call, because its hook cannot start. None of this call ran. What to do: run pawl doctor." >&2; exit 2; }`;
}

function pathsOf(installation: Installation) {
  const at = (name: string) => join(installation.hook, name);
  return {
    launcher: at("claude-launch"),
    program: at("hook.mjs"),
    errors: at("last-error"),
    receipt: at("claude.json"),
  };
}

interface HookEntry {
  readonly command: string;
  readonly matcher: unknown;
  readonly handler: Readonly<Record<string, unknown>>;
}

function entryProblems({ command, matcher, handler }: HookEntry, launcher: string): readonly string[] {
  const wrong = (isWrong: boolean, problem: string) => (isWrong ? [problem] : []);
  const known = new Set(["type", "command", "timeout", "onFailure"]);
  const { timeout } = handler;
  return [
    ...wrong(command !== commandOf(launcher), "the command of the entry was changed"),
    ...wrong(matcher !== "*", 'the matcher of the entry is not "*", so some tools are not judged'),
    ...wrong(handler["type"] !== "command", 'the type of the entry is not "command"'),
    ...wrong(handler["onFailure"] !== "block", 'the entry lacks `"onFailure": "block"`'),
    ...wrong(
      timeout !== undefined && (typeof timeout !== "number" || timeout <= hookDeadlineSeconds),
      `the timeout of the entry is not above ${hookDeadlineSeconds} seconds`,
    ),
    ...Object.keys(handler)
      .filter((name) => !known.has(name))
      .map((name) => `the entry has \`${name}\`, which can keep the hook from judging`),
  ];
}

function settingsProblems(settings: string): readonly string[] {
  const value: unknown = JSON.parse(settings);
  return isObject(value) && value["disableAllHooks"] === true ? ["`disableAllHooks` switches every hook off"] : [];
}

function fileProblems(paths: ReturnType<typeof pathsOf>, variables: readonly string[] | undefined): readonly string[] {
  const receipt = readReceipt(paths.receipt);
  if (receipt === null) return [`the receipt of the installation is missing or unreadable: ${paths.receipt}`];
  const problems: string[] = [];
  for (const [path, digest] of [
    [paths.launcher, receipt.launcher],
    [paths.program, receipt.program],
  ] as const) {
    const bytes = readStateFile(path);
    if (bytes === null) problems.push(`${path} is missing`);
    else if (digestBytes(bytes) !== digest) problems.push(`${path} was changed after it was installed`);
  }
  for (const path of [paths.launcher, receipt.node]) if (!isExecutable(path)) problems.push(`${path} cannot be run`);
  if (variables !== undefined && JSON.stringify(variables) !== JSON.stringify(receipt.variables)) {
    problems.push("the policy reads other variables than the launcher passes: install the hook again");
  }
  return problems;
}

function readReceipt(path: string): Receipt | null {
  const bytes = readStateFile(path);
  if (bytes === null) return null;
  try {
    // A foreign value: each member is checked before the type is claimed.
    const { node, variables, launcher, program } = JSON.parse(bytes.toString("utf8")) as Readonly<
      Record<string, unknown>
    >;
    if (
      typeof node !== "string" ||
      !Array.isArray(variables) ||
      typeof launcher !== "string" ||
      typeof program !== "string"
    )
      return null;
    return { node, variables: variables.map(String), launcher, program };
  } catch {
    return null;
  }
}

function readBundle(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new GateError(
      "missing",
      `the hook's program cannot be read: ${path} (${systemCode(error) ?? "failed"})`,
      "build Pawl again",
    );
  }
  if (bytes.length === 0) throw new GateError("corrupt", `the hook's program is empty: ${path}`, "build Pawl again");
  return bytes;
}

// ---------------------------------------------------------------- the settings' text

/**
 * The text, or null when there is no file. Refuses what is no settings file, since an edit of it could lose
 * something.
 */
function readSettings(path: string): string | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw malformed(path, systemCode(error) ?? "not UTF-8");
  }
  try {
    if (!isObject(JSON.parse(text))) throw malformed(path, "not an object");
  } catch (error) {
    throw error instanceof GateError ? error : malformed(path, "not JSON");
  }
  return text;
}

function writeSettings(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new GateError(
      "unwritable",
      `cannot make ${dirname(path)} (${systemCode(error) ?? "failed"})`,
      "correct the permissions",
    );
  }
  // Settings are often a link into a folder of dotfiles: the file is replaced, not the link.
  const { target, mode } = existing(path);
  writeDurably(target, text, mode);
  chmodSync(target, mode);
}

function existing(path: string): { readonly target: string; readonly mode: number } {
  try {
    const target = realpathSync(path);
    return { target, mode: statSync(target).mode & 0o777 };
  } catch {
    return { target: path, mode: 0o644 };
  }
}

function withEntry(text: string, path: string, command: string): string {
  const group = {
    matcher: "*",
    hooks: [{ type: "command", command, timeout: hookTimeoutSeconds, onFailure: "block" }],
  };
  const { root, hooks, preToolUse } = findParts(text, path);
  const printed = JSON.stringify(group, null, 2);
  if (preToolUse !== null) return appendTo(text, preToolUse, printed);
  if (hooks !== null) return appendTo(text, hooks, `"PreToolUse": ${JSON.stringify([group], null, 2)}`);
  return appendTo(text, root, `"hooks": ${JSON.stringify({ PreToolUse: [group] }, null, 2)}`);
}

/** Takes every handler out that calls the launcher, and the containers that are empty then. */
function withoutEntries(text: string, path: string, launcher: string): string {
  const { preToolUse } = findParts(text, path);
  for (const [index, group] of preToolUse?.items.entries() ?? []) {
    const handlers = arrayIn(group, "hooks");
    if (preToolUse === null || handlers === null) continue;
    const found = handlers.items.findIndex((handler) => commandIn(text, handler)?.includes(quote(launcher)) === true);
    if (found === -1) continue;
    const next = handlers.items.length === 1 ? removeFrom(text, preToolUse, index) : removeFrom(text, handlers, found);
    return withoutEntries(withoutEmpty(next, path), path, launcher);
  }
  return text;
}

function withoutEmpty(text: string, path: string): string {
  const { root, hooks, preToolUse } = findParts(text, path);
  if (hooks !== null && preToolUse?.items.length === 0)
    return withoutEmpty(removeFrom(text, hooks, indexOf(hooks, "PreToolUse")), path);
  if (hooks?.members.length === 0) return removeFrom(text, root, indexOf(root, "hooks"));
  return text;
}

interface Parts {
  readonly root: JsonObject;
  readonly hooks: JsonObject | null;
  readonly preToolUse: JsonArray | null;
}

/** The parts that an edit touches; throws when they have another shape than the harness gives them. */
function findParts(text: string, path: string): Parts {
  const root = scanJson(text);
  if (root === null || root.kind !== "object") throw malformed(path, "it nests too deep");
  const hooks = memberOf(root, "hooks", path);
  if (hooks === null) return { root, hooks: null, preToolUse: null };
  if (hooks.kind !== "object") throw malformed(path, "`hooks` is not an object");
  const preToolUse = memberOf(hooks, "PreToolUse", path);
  if (preToolUse === null) return { root, hooks, preToolUse: null };
  if (preToolUse.kind !== "array") throw malformed(path, "`hooks.PreToolUse` is not a list");
  for (const group of preToolUse.items) {
    if (arrayIn(group, "hooks") === null) throw malformed(path, "an entry of `hooks.PreToolUse` has no list `hooks`");
  }
  return { root, hooks, preToolUse };
}

function memberOf(object: JsonObject, key: string, path: string): JsonNode | null {
  const found = object.members.filter((member) => member.key === key);
  if (1 < found.length) throw malformed(path, `\`${key}\` is there twice`);
  return found[0]?.value ?? null;
}

function indexOf(object: JsonObject, key: string): number {
  return object.members.findIndex((member) => member.key === key);
}

function arrayIn(node: JsonNode, key: string): JsonArray | null {
  if (node.kind !== "object") return null;
  const value = node.members.find((member) => member.key === key)?.value;
  return value?.kind === "array" ? value : null;
}

function commandIn(text: string, handler: JsonNode): string | null {
  const value: unknown = JSON.parse(text.slice(handler.start, handler.end));
  return isObject(value) && typeof value["command"] === "string" ? value["command"] : null;
}

function entriesOf(text: string, path: string): readonly HookEntry[] {
  const { preToolUse } = findParts(text, path);
  return (preToolUse?.items ?? []).flatMap((group) => {
    const value: unknown = JSON.parse(text.slice(group.start, group.end));
    if (!isObject(value) || !Array.isArray(value["hooks"])) return [];
    const handlers: readonly unknown[] = value["hooks"];
    return handlers.flatMap((handler) =>
      isObject(handler) && typeof handler["command"] === "string"
        ? [{ command: handler["command"], matcher: value["matcher"], handler }]
        : [],
    );
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(path: string, reason: string): GateError {
  return new GateError(
    "malformed-settings",
    `${path} is no settings file of Claude Code: ${reason}`,
    "correct it by hand; it was left as it is",
  );
}
