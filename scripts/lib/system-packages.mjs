// Distribution packages that the kernel tests use. They are optional: a test that misses one is skipped and says so.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeIfChanged } from "./project.mjs";

/** Each program that a kernel test runs, with the Debian package that has it. */
const programs = [
  { program: "bwrap", package: "bubblewrap" },
  { program: "crun", package: "crun" },
  { program: "runc", package: "runc" },
  { program: "python3", package: "python3-minimal" },
  { program: "bash", package: "bash" },
  { program: "flock", package: "util-linux" },
];

/**
 * Installs the missing ones where that is possible without asking (root, apt-get), and records what is still
 * missing and why in .cache/system-packages.json, for the reasons that skipped tests give.
 */
export function installSystemPackages() {
  const wanted = missing();
  const reason = wanted.length === 0 ? null : install(wanted);
  writeIfChanged(
    ".cache/system-packages.json",
    `${JSON.stringify({ missing: missing().map((entry) => entry.program), reason }, null, 2)}\n`,
  );
}

function install(wanted) {
  if (process.env.PAWL_SYSTEM_PACKAGES === "no") return "PAWL_SYSTEM_PACKAGES=no";
  if (process.getuid?.() !== 0) return "installing packages needs root";
  if (find("apt-get") === null) return "there is no apt-get";
  const packages = wanted.map((entry) => entry.package);
  console.error(`installing ${packages.join(", ")} for the kernel tests (PAWL_SYSTEM_PACKAGES=no leaves them out)`);
  const options = {
    stdio: "ignore",
    timeout: 180_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["update", "-qq"], options);
  const { status } = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
  return status === 0 ? null : `apt-get could not install ${packages.join(", ")}`;
}

function missing() {
  return programs.filter((entry) => find(entry.program) === null);
}

function find(program) {
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  return folders.map((folder) => `${folder}/${program}`).find((path) => existsSync(path)) ?? null;
}
