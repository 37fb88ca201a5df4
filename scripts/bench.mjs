// `npm run bench [-- NAME…]`: runs the benchmarks of bench/, each in a process of its own.

import { mkdirSync } from "node:fs";
import { inRoot, listFiles, runNode } from "./lib/project.mjs";
import { setUp } from "./setup.mjs";

setUp();
const { build } = await import("esbuild");
const wanted = process.argv.slice(2);
const names = listFiles(["bench"], (name) => /^bench\/[a-z-]+\.ts$/.test(name))
  .map((name) => name.slice("bench/".length, -".ts".length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`no benchmark named ${wanted.join(", ")}`);
  process.exit(2);
}
mkdirSync(inRoot(".cache/bench"), { recursive: true });
for (const name of names) {
  const outfile = inRoot(`.cache/bench/${name}.mjs`);
  await build({
    entryPoints: [inRoot(`bench/${name}.ts`)],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
  console.log(`\n# ${name}`);
  const status = runNode(`.cache/bench/${name}.mjs`);
  if (status !== 0) process.exitCode = 1;
}
