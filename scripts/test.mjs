// `npm test`: set-up, lint, format, types, and all tests. Its last line is `N passed, N failed, N skipped`.
// With arguments (`npm test -- test/cli`) only those tests run.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { checks, runCheck } from "./lib/checks.mjs";
import { inRoot, runNode } from "./lib/project.mjs";
import { fetchSetpriv } from "./lib/setpriv.mjs";
import { installSystemPackages } from "./lib/system-packages.mjs";
import { setUp } from "./setup.mjs";

const filters = process.argv.slice(2);
setUp();
installSystemPackages();
fetchSetpriv();
const counts = { passed: 0, failed: 0, skipped: 0 };
if (filters.length === 0) for (const check of checks) countCheck(check);
countTests(filters);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 && 0 < counts.passed ? 0 : 1);

function countCheck(check) {
  console.log(`\n# ${check.name}`);
  if (runCheck(check)) counts.passed += 1;
  else counts.failed += 1;
}

function countTests(args) {
  console.log("\n# tests");
  const output = inRoot(".cache/vitest.json");
  rmSync(output, { force: true });
  const status = runNode("node_modules/vitest/vitest.mjs", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${output}`,
    ...args,
  ]);
  const result = existsSync(output) ? JSON.parse(readFileSync(output, "utf8")) : null;
  counts.passed += result?.numPassedTests ?? 0;
  counts.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  const failed = result?.numFailedTests ?? 0;
  // A file that cannot be loaded has no test that failed, yet the run did.
  counts.failed += status !== 0 && failed === 0 ? 1 : failed;
}
