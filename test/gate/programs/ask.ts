// Asks for a passphrase on the terminal and shows which characters came.

import { readPassphrase } from "../../../gate/terminal.ts";

try {
  process.stdout.write(`read ${JSON.stringify([...(await readPassphrase("passphrase: "))])}\n`);
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
}
