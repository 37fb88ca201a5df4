// What does one decision cost, and does it grow with rules that have nothing to do with the action?
//
// Method: policies of 10, 100 and 1,000 rules over the standard library, each rule about other paths, are compiled in
// this process (compile time: from text to bytes, the median of three). One simple command (`git status --short`) and one
// longer line are decided from bytes that are there already, from an object (which the runtime turns into bytes), and
// with the full report written and parsed. Batches of 100 calls, 500 batches; p50 and p99 are over batches, so the p99
// is one of means. A fresh session for each call would measure an allocation, so one session serves all: neither
// command changes it.

import { compileSource } from "./support/compile-source.ts";
import { nanosecondsPerCall, printTable, quantiles } from "./support/measure.ts";
import { load, type Policy } from "../runtime/index.ts";
import type { Action } from "../runtime/types.ts";

const COUNTS = [10, 100, 1_000];
const COMMANDS = {
  simple: "git status --short",
  line: "cd src && grep -rn TODO . | sort | uniq -c > todo.txt",
};

const sizes: (string | number)[][] = [];
const times: (string | number)[][] = [];
for (const count of COUNTS) {
  const text = policyOf(count);
  const seconds: number[] = [];
  let wasm = new Uint8Array();
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    wasm = compileSource("bench.pawl", text);
    seconds.push(performance.now() - start);
  }
  sizes.push([count, wasm.length, quantiles(seconds).p50]);
  const policy = load(wasm);
  for (const [name, command] of Object.entries(COMMANDS)) {
    for (const [form, call] of Object.entries(callsOf(policy, { command, cwd: "/srv/project" }))) {
      const { p50, p99 } = nanosecondsPerCall(call, { batches: 500, batch: 100 });
      times.push([count, name, form, p50, p99]);
    }
  }
}
printTable(["rules", "bytes of .wasm", "compile ms"], sizes);
console.log("");
printTable(["rules", "command", "from", "p50 ns", "p99 ns"], times);

function callsOf(policy: Policy, action: Action): Readonly<Record<string, () => void>> {
  const session = policy.newSession();
  const bytes = new TextEncoder().encode(JSON.stringify(action));
  return {
    bytes: () => void policy.decide(bytes, session),
    object: () => void policy.decide(action, session),
    "bytes, with report": () => {
      policy.decide(bytes, session);
      policy.report();
    },
  };
}

function policyOf(count: number): string {
  const rules = Array.from({ length: count }, (_, index) => {
    const effect = ["file.delete", "file.write", "infra.change", "net.send"][index % 4] ?? "";
    const condition = {
      "file.delete": `path like "/data/${index}/**"`,
      "file.write": `path under "/etc/service-${index}"`,
      "infra.change": `tool is "tool-${index}"`,
      "net.send": `host within "host-${index}.example.com"`,
    }[effect];
    return `rule rule_${index} {\n  on ${effect}\n  when ${condition}\n  raise irreversible\n  because "rule ${index}"\n}\n`;
  });
  return `policy bench\n\nuse std\n\n${rules.join("\n")}`;
}
