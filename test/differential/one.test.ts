import { test } from "vitest";
import { readFileSync } from "node:fs";
import { policy } from "../arbitrary/ir-parts.ts";
import { VARIABLES, WRAPPERS } from "../arbitrary/policies.ts";
import { FRESH_SESSION } from "../../compiler/evaluate/session.ts";
import { compiled, reference } from "./executors.ts";
test("one", () => {
  const ir = policy({ commands: WRAPPERS, variables: VARIABLES });
  const left = compiled(ir), right = reference(ir);
  for (const line of readFileSync("/tmp/lines.txt", "utf8").split("\n@\n")) {
    const run = (x: any) => { try { const o = x.decide({ command: line.trimEnd(), cwd: "/w" }, FRESH_SESSION); return JSON.stringify({ t: o.tier, e: o.effects.map((e: any) => [e.effect, e.certain, e.fields]), n: o.needs }); } catch (e) { return String((e as Error).cause ?? (e as Error).stack).slice(0, 300); } };
    const [l, r] = [run(left), run(right)];
    console.log((l === r ? "SAME " : "DIFF ") + line + (l === r ? "\n  " + l : "\n  W " + l + "\n  R " + r));
  }
});
