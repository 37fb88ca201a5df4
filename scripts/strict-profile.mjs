// Writes policies/profiles/strict.pawl from the traced workload of test/kernel/support/work.ts. Run by hand where strace
// and bubblewrap work, after a change to the workload or to stdlib/kernel.pawl; it takes a minute or two:
//
//   node scripts/strict-profile.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundle } from "./lib/bundle.mjs";
import { inRoot, must, runNode } from "./lib/project.mjs";
import { setUp } from "./setup.mjs";

const PROFILE = "policies/profiles/strict.pawl";
const BUNDLE = ".cache/strict-profile.mjs";

setUp();
await bundle("test/kernel/support/needed-effects.ts", BUNDLE);
const { needsTrace, neededEffects } = await import(pathToFileURL(inRoot(BUNDLE)).href);
const reason = needsTrace();
if (reason !== null) {
  console.error(`the workload cannot be traced here: ${reason}`);
  process.exit(1);
}
const effects = neededEffects((line) => console.error(line));
// The order of the standard library puts what concerns files first.
const groups = ["process", "file"].map((group) => effects.filter((effect) => effect.startsWith(`${group}.`)));
const rest = effects.filter((effect) => !groups.flat().includes(effect));
const allowed = [...groups, rest].filter((group) => group.length > 0).map((group) => `  allow ${group.join(", ")}`);
const before = readFileSync(inRoot(PROFILE), "utf8");
const start = before.indexOf("  allow ");
const end = before.lastIndexOf("}\n");
writeFileSync(inRoot(PROFILE), `${before.slice(0, start)}${allowed.join("\n")}\n${before.slice(end)}`);
must(runNode("dist/cli/main.js", ["fmt", PROFILE]), "formatting the profile");
