// Decides one harmless action of one session several times, as hooks that run at the same time do.

import { decideAction } from "../../../gate/decide.ts";
import { openGate } from "../../../gate/gate.ts";
import { installationAt } from "../../../gate/installation.ts";
import { load } from "../fake-policy.ts";

const [, , home = "", times = "0", text = ""] = process.argv;
for (let count = 0; count < Number(times); count++) {
  const gate = openGate(installationAt(home), load);
  const decision = decideAction(gate, {
    agent: "tester",
    session: "shared",
    cwd: "/",
    workspace: "/",
    variables: {},
    run: { kind: "shell", text },
    readings: [{ command: text }],
  });
  process.stdout.write(`${decision.outcome}\n`);
}
