// A `setpriv` that knows Landlock (util-linux 2.41 or later), for the tests of what Landlock holds. Where the machine's own
// is older, a later one is unpacked into `.cache/setpriv/`; it runs through the libraries that came with it.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openArchive } from "./debian-archive.mjs";
import { inRoot } from "./project.mjs";

const FOLDER = inRoot(".cache/setpriv");
/** Why there is none, for the tests to say. */
const REASON = inRoot(".cache/setpriv-missing");
const DAY_MS = 86_400_000;

/** Never fails: the tests that need it are skipped with the reason. What failed is not tried again for a day. */
export function fetchSetpriv() {
  const isWanted = process.platform === "linux" && process.arch === "x64" && process.env.PAWL_SYSTEM_PACKAGES !== "no";
  if (!isWanted || ["/usr/bin/setpriv", join(FOLDER, "bin/setpriv")].some(knowsLandlock)) return;
  const failedAt = statSync(REASON, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - failedAt < DAY_MS) return;
  console.error("fetching a setpriv that knows Landlock for the kernel tests (PAWL_SYSTEM_PACKAGES=no leaves it out)");
  const folder = mkdtempSync(join(tmpdir(), "pawl-setpriv-"));
  try {
    const archive = openArchive({ folder, architecture: "amd64", releases: ["trixie", "sid"] });
    install(archive.unpack(["util-linux", "libc6", "libcap-ng0"]));
    rmSync(REASON, { force: true });
  } catch (error) {
    const [reason] = error.message.split("\n");
    console.error(`there is none, so the tests that need it are skipped: ${reason}`);
    mkdirSync(inRoot(".cache"), { recursive: true });
    writeFileSync(REASON, reason);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function knowsLandlock(program) {
  const { status, stdout } = spawnSync(program, ["--help"], { encoding: "utf8" });
  return status === 0 && stdout.includes("--landlock-access");
}

/** Copies the program with the libraries that its own loader finds for it, and writes the script that starts it there. */
function install(root) {
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  const program = join(root, "usr/bin/setpriv");
  const list = execFileSync(loader, ["--library-path", libraries, "--list", program], { encoding: "utf8" });
  const found = [...list.matchAll(/=> (\S+)/g)].map(([, path]) => path);
  rmSync(FOLDER, { recursive: true, force: true });
  const lib = join(FOLDER, "lib");
  mkdirSync(lib, { recursive: true });
  for (const path of [program, loader, ...found]) copyFileSync(path, join(lib, basename(path)));
  const words = [join(lib, basename(loader)), "--library-path", lib, join(lib, "setpriv")];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  mkdirSync(join(FOLDER, "bin"));
  writeFileSync(join(FOLDER, "bin/setpriv"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  if (!knowsLandlock(join(FOLDER, "bin/setpriv"))) throw new Error("the setpriv of the archive does not run here");
}
