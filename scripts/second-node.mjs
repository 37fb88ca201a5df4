// `npm run second-node`: builds the ready-made policies with this Node and with another major version, and compares
// the bytes. The other one comes from the registry's `node` package, into a folder that is removed afterwards.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot, listFiles } from "./lib/project.mjs";
import { setUp } from "./setup.mjs";

const VERSION = "24.11.0";

setUp();
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "pawl-second-node-")));
try {
  compare(installNode());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function installNode() {
  writeFileSync(join(scratch, "package.json"), '{"private":true}\n');
  // The package itself only holds a script that links the binary; the binary is a package per platform.
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${VERSION}`], {
    cwd: scratch,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const binary = join(scratch, "node_modules", name, "bin/node");
  if (!existsSync(binary)) throw new Error(`${name} has no bin/node`);
  return binary;
}

function compare(other) {
  const policies = listFiles(["policies"], (name) => name.endsWith(".pawl") && !name.startsWith("policies/profiles/"));
  let differing = 0;
  for (const policy of policies) {
    const digests = [process.execPath, process.execPath, other].map((node, run) => digestOf(node, policy, run));
    const isSame = digests.every((digest) => digest === digests[0]);
    console.log(`${isSame ? "same     " : "DIFFERENT"} ${digests[0]} ${policy}`);
    if (!isSame) differing += 1;
  }
  const versions = [process.execPath, other].map((node) =>
    execFileSync(node, ["--version"], { encoding: "utf8" }).trim(),
  );
  console.log(
    `${policies.length} policies, built twice on ${versions[0]} and once on ${versions[1]}: ${differing} differ`,
  );
  process.exitCode = differing === 0 && 0 < policies.length ? 0 : 1;
}

function digestOf(node, policy, run) {
  const output = join(scratch, `${run}.wasm`);
  const { status, stderr } = spawnSync(node, [inRoot("dist/cli/main.js"), "build", inRoot(policy), "-o", output], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`building ${policy} failed: ${stderr}`);
  return createHash("sha256").update(readFileSync(output)).digest("hex");
}
