import { test, vi } from "vitest";
vi.mock("../../stdlib/generated/core.ts", async () => ({ coreBase64: (await import("node:fs")).readFileSync(process.env.CORE ?? "/tmp/core-o0.wasm").toString("base64") }));
import { command, does, option, pattern, policy, usage, hole } from "../arbitrary/ir-parts.ts";
import { FRESH_SESSION } from "../../compiler/evaluate/session.ts";
import { compiled, reference } from "./executors.ts";
test("two", () => {
  const rx = [{ kind: "regex", source: "[a-p]+|/w/.*", ignoreCase: false }] as const;
  for (const n of [0]) {
  const ir = policy({ commands: [command(["aa"], [
    usage(["a", "b"], [pattern({ options: [{ option: 0, value: n === 1 ? { kind: "patterns", patterns: rx } : null, hole: 1, argv: null }], positionals: n === 2 ? [{ kind: "rest", hole: 0 }] : [] })], [does("item.destroy", hole(1))]),
    usage(["a", "b"], [pattern({ options: [{ option: 1, value: null, hole: null, argv: null }], positionals: [{ kind: "rest", hole: 0 }] })], [does("item.change", hole(0), null, null, null)]),
    ], { options: [option(["-l", "--log"], { value: "optional" }), option(["-f"])], syntax: "git", otherwise: [] })] });
  const left = compiled(ir), right = reference(ir);
  for (const line of ["aa -z -f", "aa -z x -f", "aa \"$U\" -f", "aa \"$U\" x -f", "aa \"$U\" -f -f", "aa -z=1 -f"]) {
    const run = (x: any) => { try { const o = x.decide({ command: line.trimEnd(), cwd: "/w" }, FRESH_SESSION); return JSON.stringify({ t: o.tier, e: o.effects.map((e: any) => [e.effect, e.certain, e.fields.name]), n: o.needs }); } catch (e) { return String((e as Error).cause ?? (e as Error).stack).slice(0, 300); } };
    const [l, r] = [run(left), run(right)];
    console.log((l === r ? "SAME " : "DIFF ") + line + (l === r ? "\n  " + l : "\n  W " + l + "\n  R " + r));
  }}
});
