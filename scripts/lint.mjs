// `npm run lint`: lint, format and types; what a tool can check is checked by a tool.

import { checks, runCheck } from "./lib/checks.mjs";

const failed = checks.filter((check) => !runCheck(check));
for (const check of failed) console.error(`failed: ${check.name}`);
process.exit(failed.length === 0 ? 0 : 1);
