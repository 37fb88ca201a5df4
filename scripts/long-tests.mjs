// The tests that take too long for every run: 10,000 generated sandboxes, each proved equal to its filters and profiles.
//
//   node scripts/long-tests.mjs [RUNS [SEED]]
//
// A failure prints the seed that repeats it.

import { runNode } from "./lib/project.mjs";

const [runs = "10000", seed] = process.argv.slice(2);
const env = { ...process.env, PAWL_LONG_RUNS: runs, ...(seed === undefined ? {} : { PAWL_LONG_SEED: seed }) };
process.exitCode = runNode("node_modules/vitest/vitest.mjs", ["run", "test/kernel/generated.test.ts"], { env });
