// What every script shares: the project's root, running a program, and content stamps.
//
// The scripts start with nothing but Node: no module of this folder imports a package.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The absolute path of a file of the project. */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/** The POSIX path from the root of a file in it. */
export function relativeToRoot(path) {
  return relative(root, path).split(sep).join("/");
}

/** All files below the given files and folders, as sorted POSIX paths from the root. */
export function listFiles(paths, accepts = () => true) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path)) if (name !== "node_modules" && name !== "dist") visit(join(path, name));
      return;
    }
    const name = relativeToRoot(path);
    if (accepts(name)) found.push(name);
  };
  for (const path of paths) visit(inRoot(path));
  return found.toSorted((left, right) => (left < right ? -1 : 1));
}

/** Writes the file when its content differs, in one step, so that a reader never sees half of it. */
export function writeIfChanged(name, content) {
  const path = inRoot(name);
  if (existsSync(path) && readFileSync(path, "utf8") === content) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
  return true;
}

/** SHA-256 over the names and contents of files, and over `extra`. */
export function digestFiles(names, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const name of names) {
    const content = readFileSync(inRoot(name));
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * Runs `work` unless the inputs are those of its last success and all outputs are there.
 * The stamp is written only after success, so a broken step is tried again.
 */
export async function step(title, { inputs, extra = "", outputs }, work) {
  const stamp = stampOf(title);
  const digest = digestFiles(inputs, extra);
  const isFresh =
    existsSync(stamp) && readFileSync(stamp, "utf8") === digest && outputs.every((name) => existsSync(inRoot(name)));
  if (isFresh) return false;
  const start = performance.now();
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  console.error(`${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return true;
}

/** Makes the step run next time whatever its inputs are. */
export function forgetStep(title) {
  rmSync(stampOf(title), { force: true });
}

function stampOf(title) {
  return inRoot(".cache/stamps", title);
}

/** The version of an installed package; an empty text when it is not installed. */
export function installedVersion(name) {
  const path = inRoot("node_modules", name, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : "";
}

/** Runs a Node script of a package or of the project with this Node; returns its exit status. */
export function runNode(script, args = [], options = {}) {
  return run(process.execPath, [inRoot(script), ...args], options);
}

/** Runs a program in the project's root; returns its exit status, 1 when a signal ended it. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}

/** Ends the script with a message when a needed program failed. */
export function must(status, what) {
  if (status === 0) return;
  console.error(`${what} failed (exit ${status})`);
  process.exit(status);
}
