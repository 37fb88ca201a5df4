// Packages of another architecture or a later release, from the archive that this machine's own apt sources name.
//
// They come through an index of apt's in a folder of its own and are unpacked there; nothing is installed, and the
// machine's own package lists stay as they are. No root is needed.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Fetches the index of the first release that apt accepts: an archive may lack one, or be between two states.
 * `architecture` is Debian's name; a release of null is this machine's own. Throws an Error with one line when
 * there is none.
 */
export function openArchive({ folder, architecture, releases }) {
  for (const name of ["lists/partial", "cache/archives/partial", "packages", "root"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "status"), "");
  const options = [
    `Dir::State::Lists=${folder}/lists`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    `Dir::Etc::SourceList=${folder}/sources.list`,
    "Dir::Etc::SourceParts=-",
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    "APT::Sandbox::User=root",
    "Acquire::Languages=none",
    "Acquire::http::Timeout=30",
    "Acquire::Retries=1",
  ].flatMap((option) => ["-o", option]);
  const apt = (program, ...args) =>
    spawnSync(program, [...options, ...args], { cwd: join(folder, "packages"), encoding: "utf8", timeout: 600_000 });
  const isOpen = releases.some((release) => {
    writeFileSync(join(folder, "sources.list"), sourceLine(architecture, release));
    return apt("apt-get", "-qq", "--error-on=any", "update").status === 0;
  });
  if (!isOpen) throw new Error(`apt can fetch no index for ${architecture} from the archive`);
  return {
    /** The names of packages that begin with `prefix`. */
    names: (prefix) => apt("apt-cache", "pkgnames", prefix).stdout.split("\n").filter(Boolean),
    /** Unpacks packages into one folder and returns its path. */
    unpack: (names) => {
      if (apt("apt-get", "-qq", "download", ...names).status !== 0)
        throw new Error(`apt cannot fetch ${names.join(", ")}`);
      const root = join(folder, "root");
      for (const name of readdirSync(join(folder, "packages")))
        execFileSync("dpkg-deb", ["-x", join(folder, "packages", name), root]);
      return root;
    },
  };
}

/** This machine's own Debian archive, for another architecture and perhaps another release. */
function sourceLine(architecture, release) {
  const path = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"].find((name) => {
    try {
      return readFileSync(name, "utf8").includes("debian");
    } catch {
      return false;
    }
  });
  if (path === undefined) throw new Error("no Debian archive is among this machine's apt sources");
  const text = readFileSync(path, "utf8");
  const [, uri] = /^(?:URIs:|deb(?: \[[^\]]*\])?) +(\S+)/m.exec(text) ?? [];
  const [, own] = /^Suites: +(\S+)/m.exec(text) ?? /^deb(?: \[[^\]]*\])? +\S+ +(\S+)/m.exec(text) ?? [];
  const [, key] = /^Signed-By: +(\S+)/m.exec(text) ?? [];
  const signed = key === undefined ? "" : ` signed-by=${key}`;
  return `deb [arch=${architecture}${signed}] ${uri} ${release ?? own} main\n`;
}
