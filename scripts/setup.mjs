// Set-up from a fresh clone: the packages of package-lock.json, everything that is generated, and `npx pawl`.
// `npm start` and `npm test` call it themselves; it starts with nothing but Node and npm.

import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inRoot, must, run, runNode } from "./lib/project.mjs";

/** Installs and builds what is missing or stale. */
export function setUp() {
  requireNode();
  if (!isInstalled()) install();
  must(runNode("scripts/build.mjs"), "the build");
  linkCommand();
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (20 < major || (major === 20 && 19 <= minor)) return;
  console.error(`Pawl needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(2);
}

/** Every package of the lock file stands in node_modules in its version (those for other platforms aside). */
function isInstalled() {
  const { packages } = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8"));
  return Object.entries(packages).every(([place, entry]) => {
    if (!place.startsWith("node_modules/") || entry.optional === true) return true;
    if (entry.link === true) return existsSync(inRoot(place));
    const path = inRoot(place, "package.json");
    return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).version === entry.version;
  });
}

function install() {
  console.error("installing the packages of package-lock.json");
  // npm says where its own program is when it runs a script; `npm` on PATH serves a direct call.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  must(npm === undefined ? run("npm", args) : run(process.execPath, [npm, ...args]), "npm ci");
}

/** npm links the commands of a project's dependencies, not its own. */
function linkCommand() {
  const link = inRoot("node_modules/.bin/pawl");
  const target = "../../dist/cli/main.js";
  const existing = lstatSync(link, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink() === true && readlinkSync(link) === target) return;
  rmSync(link, { force: true });
  mkdirSync(inRoot("node_modules/.bin"), { recursive: true });
  symlinkSync(target, link);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) setUp();
