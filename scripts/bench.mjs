// `npm run bench [-- NAME…]`: runs the benchmarks of bench/, each in a process of its own.

import { bundle } from "./lib/bundle.mjs";
import { listFiles, runNode } from "./lib/project.mjs";
import { setUp } from "./setup.mjs";

setUp();
const wanted = process.argv.slice(2);
const names = listFiles(["bench"], (name) => /^bench\/[a-z-]+\.ts$/.test(name))
  .map((name) => name.slice("bench/".length, -".ts".length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`no benchmark named ${wanted.join(", ")}`);
  process.exit(2);
}
for (const name of names) {
  const outfile = `.cache/bench/${name}.mjs`;
  await bundle(`bench/${name}.ts`, outfile);
  console.log(`\n# ${name}`);
  if (runNode(outfile) !== 0) process.exitCode = 1;
}
