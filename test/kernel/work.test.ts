// Ordinary work under `coding-agent` and `strict`, each step green; what the filters denied on the way, as strace sees it
// from outside; and that the work is not green under less than strict allows.

import { describe, expect, test } from "vitest";
import { seccompFilter } from "../../compiler/kernel/emit.ts";
import { because, withFolder } from "./support/host.ts";
import { profile, type ProfileName } from "./support/profiles.ts";
import { isGreenUnder } from "./support/needed-effects.ts";
import { needsTrace, needsWork, STEPS, traceWork, work } from "./support/work.ts";

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
        const { calls, green } = traceWork(seccompFilter(profile(name), "x86_64"));
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

describe.skipIf(skip !== null)(`strict is as small as it can be${because(skip)}`, () => {
  const allowed = profile("strict").sandbox.clauses.flatMap((clause) => clause.effects);

  test.each(allowed)("the work is not green without %s", (effect) => {
    expect(isGreenUnder(allowed.filter((one) => one !== effect))).toBe(false);
  });
});
