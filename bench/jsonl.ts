// How many lines a second does `pawl decide --jsonl` decide?
//
// Method: a file of 100,000 lines (twelve commands of an agent's day in turn, each with an id of its own) is fed to
// `pawl decide --jsonl` as a process of its own, its output counted and thrown away. Wall time holds everything: start
// of the process, loading the policy, reading, deciding, writing. Five runs; the median is reported. The process is
// pinned to one core where `taskset` is there.

import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printTable, quantiles } from "./support/measure.ts";

const LINES = 100_000;
const RUNS = 5;
const COMMANDS = [
  "ls -la",
  "git status --short",
  "cat README.md | head -n 20",
  "npm test",
  "rm -rf node_modules/.cache",
  "git commit -m 'terraform destroy'",
  "cd src && grep -rn TODO . | sort | uniq -c",
  "terraform plan",
  "terraform destroy -auto-approve",
  "curl -s https://example.com/a.json -o a.json",
  'bash -c "cd prod && terraform apply -destroy"',
  'for f in *.ts; do wc -l "$f"; done',
];

const folder = mkdtempSync(join(tmpdir(), "pawl-bench-"));
try {
  const path = join(folder, "actions.jsonl");
  const lines = Array.from({ length: LINES }, (_, index) =>
    JSON.stringify({ id: index, command: COMMANDS[index % COMMANDS.length], cwd: "/srv/project" }),
  );
  writeFileSync(path, `${lines.join("\n")}\n`);
  const seconds = Array.from({ length: RUNS }, () => run(path));
  const { p50 } = quantiles(seconds);
  printTable(["lines", "seconds (median)", "lines a second"], [[LINES, p50.toFixed(2), LINES / p50]]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(path: string): number {
  const pawl = [process.execPath, "dist/cli/main.js", "decide", "--jsonl"];
  const hasTaskset = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
  const [program = "", ...args] = hasTaskset ? ["taskset", "-c", "0", ...pawl] : pawl;
  const input = openSync(path, "r");
  const start = performance.now();
  const result = spawnSync(program, args, { stdio: [input, "pipe", "inherit"], maxBuffer: 1 << 30 });
  const elapsed = (performance.now() - start) / 1000;
  closeSync(input);
  const count = result.stdout.toString("latin1").split("\n").length - 1;
  if (result.status !== 0 || count !== LINES) throw new Error(`${count} lines came back, exit ${result.status}`);
  return elapsed;
}
