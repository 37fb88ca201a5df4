// Ordinary work under `coding-agent` and `strict`, each step green; what the filters denied on the way, as strace sees it
// from outside; and that strict allows nothing that the work does not need.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import { because, withFolder } from "./support/host.ts";
import { profile, type ProfileName } from "./support/profiles.ts";
import { KERNEL_EFFECTS } from "./support/sandboxes.ts";
import { needsTrace, needsWork, STEPS, work } from "./support/work.ts";

/** What programs try first, or in passing, and go on without. Which of them a run shows depends on their versions. */
const MAY_FAIL: Readonly<Record<string, string>> = {
  clone3: "glibc's way to start threads and programs, which then uses clone",
  io_uring_setup: "Node's file functions, which then use threads",
  fanotify_init: "TypeScript's compiler looks for a way to watch files",
  epoll_ctl: "the kernel's own answer to a file that cannot be waited for",
  socket: "git and Node look for a network (under strict)",
  prctl: "bubblewrap itself, as root, before it installs the filter (PR_CAP_AMBIENT_RAISE)",
};

const skip = needsWork();
const noTrace = needsTrace();
const STRACE = ["strace", "-f", "-qq", "-e", "signal=none", "-o"];

describe.skipIf(skip !== null).each<ProfileName>(["coding-agent", "strict"])(
  `work under %s${because(skip)}`,
  (name) => {
    test("every step is green", () => {
      withFolder((folder) => {
        expect(work(folder, seccompFilter(profile(name), "x86_64"))).toEqual(Object.keys(STEPS));
      });
    });

    test.skipIf(noTrace !== null)(
      `only what may fail is denied on the way${because(noTrace)}`,
      () => {
        const { calls, green } = traced(seccompFilter(profile(name), "x86_64"));
        expect(green).toEqual(Object.keys(STEPS));
        const restricted = new Set(profile(name).spec.rules.map((rule) => rule.call));
        const denied = calls.filter((call) => call.isDenied && restricted.has(call.name)).map((call) => call.name);
        expect(denied).toContain("clone3");
        expect([...new Set(denied)].filter((call) => !Object.hasOwn(MAY_FAIL, call))).toEqual([]);
      },
      300_000,
    );
  },
);

test.skipIf(noTrace !== null)(
  `strict allows no effect that the work does not have${because(noTrace)}`,
  () => {
    const used = new Set(traced(null).calls.map((call) => call.name));
    const allowed = profile("strict").sandbox.clauses.flatMap((clause) => clause.effects);
    const unused = allowed.filter((effect) =>
      KERNEL_EFFECTS.filter((one) => one.effect === effect).every((one) =>
        one.calls.every(({ name }) => !used.has(name)),
      ),
    );
    expect(unused).toEqual([]);
  },
  300_000,
);

interface TracedCall {
  readonly name: string;
  /** It failed as filters make calls fail; a kernel's own check may have said so too. */
  readonly isDenied: boolean;
}

function traced(filter: Uint8Array | null): {
  readonly calls: readonly TracedCall[];
  readonly green: readonly string[];
} {
  return withFolder((folder) => {
    const trace = join(folder, "trace");
    const green = work(folder, filter, [...STRACE, trace]);
    const lines = readFileSync(trace, "utf8").matchAll(/^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)(.*)$/gm);
    const calls = [...lines].map(([, name = "", rest = ""]) => ({
      name,
      isDenied: / = -1 (EPERM|ENOSYS) /.test(rest),
    }));
    return { calls, green };
  });
}
