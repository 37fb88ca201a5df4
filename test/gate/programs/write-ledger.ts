// Appends to a ledger until it is killed, and says each sequence number only once its entry is acknowledged.

import { writeSync } from "node:fs";
import { installationAt } from "../../../gate/installation.ts";
import { appendEntry } from "../../../gate/ledger.ts";
import { withLock } from "../../../gate/lock.ts";

const [, , home = "", name = ""] = process.argv;
const installation = installationAt(home);
for (let count = 0; ; count++) {
  // Several pages, so that a kill can come in the middle of a write.
  const body = { writer: name, count, text: "x".repeat(count % 3 === 0 ? 20_000 : 50) };
  const entry = withLock(installation, () => appendEntry(installation, "decision", body), 60);
  writeSync(1, `${entry.sequence} ${entry.hash}\n`);
}
