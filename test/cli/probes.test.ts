// What `pawl sandbox verify --live` concludes from the fates of probes.

import { expect, test } from "vitest";
import { countStopped, judgeProbes, summariseProbes, type Evidence } from "../../cli/probes/judge-probes.ts";
import type { Fate, Probes } from "../../cli/probes/run-probes.ts";
import { clause, lowered, sandbox } from "../kernel/support/sandboxes.ts";

const box = lowered(sandbox({ clauses: [clause("deny", ["kernel.change"]), clause("log", ["file.delete"])] }));

type Fates = readonly [free: Fate, sandboxed: Fate];

test.each<readonly [string, readonly Fates[], Evidence]>([
  [
    "blocked for one user, refused to the other anyway",
    [
      ["ran", "blocked"],
      ["blocked", "blocked"],
    ],
    "blocked",
  ],
  ["killed", [["ran", "killed"]], "blocked"],
  [
    "refused without the sandbox too",
    [
      ["blocked", "blocked"],
      ["killed", "killed"],
    ],
    "none",
  ],
  ["no such call", [["absent", "absent"]], "absent"],
  [
    "through for one user",
    [
      ["ran", "blocked"],
      ["ran", "ran"],
    ],
    "passed",
  ],
  [
    "no answer for one user",
    [
      ["ran", "blocked"],
      ["ran", "lost"],
    ],
    "lost",
  ],
])("%s", (_, fates, expected) => {
  const [row] = judgeProbes(
    box,
    fates.map(([free, sandboxed], index) => ({
      user: `user ${index}`,
      free: probes({ bpf: free }),
      sandboxed: probes({ bpf: sandboxed }),
    })),
  );
  expect(row).toMatchObject({ probe: "bpf", isDenied: true, evidence: expected });
});

test("what the clauses do not deny is no evidence, and `int 0x80` is denied without `compat filter`", () => {
  const judge = (compat: "refuse" | "filter"): unknown =>
    judgeProbes(lowered(sandbox({ clauses: [clause("log", ["file.delete"])], compat })), [
      { user: "me", free: probes({ unlink: "ran", "int 0x80": "ran" }), sandboxed: null },
    ]).map(({ probe, evidence }) => [probe, evidence]);
  expect(judge("refuse")).toEqual([
    ["unlink", null],
    ["int 0x80", "lost"],
  ]);
  expect(judge("filter")).toEqual([
    ["unlink", null],
    ["int 0x80", null],
  ]);
});

test("with `default deny`, a probe is denied unless all of its effects are allowed", () => {
  const allows = (...effects: readonly string[]): boolean | undefined =>
    judgeProbes(
      lowered(
        sandbox({
          default: "deny",
          clauses: [clause("allow", ["process.exec", "process.compute", "file.read", ...effects])],
        }),
      ),
      [{ user: "me", free: { rename: { effects: ["file.delete", "file.move"], fate: "ran" } }, sandboxed: null }],
    )[0]?.isDenied;
  expect(allows("file.delete")).toBe(true);
  expect(allows("file.delete", "file.move")).toBe(false);
});

test("the summary counts what was shown, and names the rest", () => {
  const free = probes({ bpf: "ran", userfaultfd: "blocked", creat: "absent", kexec: "ran", acct: "ran" });
  const sandboxed = probes({ bpf: "blocked", userfaultfd: "blocked", creat: "absent", kexec: "ran", acct: "lost" });
  expect(summariseProbes(judgeProbes(box, [{ user: "me", free, sandboxed }]))).toBe(
    "1 of 5 probes that the clauses deny are blocked by the sandbox; " +
      "1 refused here without it too, which shows nothing: userfaultfd; " +
      "1 not calls of this architecture: creat; 1 without an answer: acct; 1 not blocked: kexec",
  );
});

test("what is stopped is counted beside what the clauses name", () => {
  const free = probes({ bpf: "ran", unlink: "ran", creat: "blocked", acct: "ran" });
  const sandboxed = probes({ bpf: "killed", unlink: "blocked", creat: "blocked", acct: "lost" });
  expect(countStopped(judgeProbes(box, [{ user: "me", free, sandboxed }]))).toBe(2);
});

function probes(fates: Readonly<Record<string, Fate>>): Probes {
  return Object.fromEntries(
    Object.entries(fates).map(([name, fate]) => [
      name,
      { effects: [name === "unlink" ? "file.delete" : "kernel.change"], fate },
    ]),
  );
}
