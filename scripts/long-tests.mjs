// The tests that take too long for every run: 10,000 generated sandboxes, each proved equal to its filters and profiles.
//
//   node scripts/long-tests.mjs [RUNS [SEED]]
//
// They run in batches of 1,000 with seeds that follow one another, so that a run that is stopped has said what it did.

import { runNode } from "./lib/project.mjs";

const BATCH = 1_000;

const [runs = "10000", firstSeed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
for (let done = 0, seed = Number(firstSeed); done < Number(runs); done += BATCH, seed++) {
  const count = Math.min(BATCH, Number(runs) - done);
  const env = { ...process.env, PAWL_LONG_RUNS: String(count), PAWL_LONG_SEED: String(seed) };
  console.log(`\n# ${done + 1} to ${done + count}, seed ${seed}`);
  if (runNode("node_modules/vitest/vitest.mjs", ["run", "test/kernel/generated.test.ts"], { env }) !== 0) {
    process.exitCode = 1;
    break;
  }
}
