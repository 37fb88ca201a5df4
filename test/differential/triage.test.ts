import fc from "fast-check";
import { test, vi } from "vitest";
vi.mock("../../stdlib/generated/core.ts", async (original) => process.env.CORE ? ({ coreBase64: (await import("node:fs")).readFileSync(process.env.CORE).toString("base64") }) : original());
import { actions } from "../arbitrary/actions.ts";
import { policies } from "../arbitrary/policies.ts";
import { sessions } from "../arbitrary/sessions.ts";
import { compiled, reference } from "./executors.ts";
test("triage", () => {
  const seed = Number(process.env.SEED ?? "1");
  const irs = fc.sample(policies, { numRuns: Number(process.env.N ?? "10"), seed });
  let total = 0, bad = 0, shown = 0;
  const t0 = performance.now(); let tc = 0;
  for (const [i, ir] of irs.entries()) {
    const a = performance.now();
    const left = compiled(ir), right = reference(ir);
    tc += performance.now() - a;
    for (const [action, session] of fc.sample(fc.tuple(actions, sessions), { numRuns: 40, seed: seed * 1000 + i })) {
      total++;
      let l: unknown, r: unknown;
      try { l = left.decide(action, session); } catch (e) { l = String(e) + String((e as Error).cause ?? ""); }
      try { r = right.decide(action, session); } catch (e) { r = String((e as Error).stack); }
      if (JSON.stringify(l) !== JSON.stringify(r)) {
        bad++;
        if (process.env.IR) console.log("IR " + JSON.stringify(ir.commands.filter((c) => ["aa","bb"].includes(c.programs[0] ?? "")), (k, v) => (k === "span" ? undefined : v), 1).replace(/\s+/g, " "));
        if (shown++ < Number(process.env.SHOW ?? "12")) {
          const trim = (x: any) => typeof x === "string" ? x : JSON.stringify({ t: x.tier, v: x.verdict, f: x.fired.length, e: x.effects.map((e: any) => [e.effect, e.certain, e.fields]), n: x.needs, s: x.session });
          console.log(JSON.stringify(action) + "\n  W " + trim(l) + "\n  R " + trim(r));
        }
      }
    }
  }
  console.log({ total, bad, compile: tc, ms: performance.now() - t0 });
});
