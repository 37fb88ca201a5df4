// The part of a sandbox that Landlock holds.

import { expect, test } from "vitest";
import { emitLandlockJson, emitSetpriv } from "../../compiler/kernel/emit.ts";
import { lowerLandlock } from "../../compiler/kernel/landlock.ts";
import { clause, lowered, sandbox } from "./support/sandboxes.ts";

const BOX = sandbox({
  clauses: [
    clause("deny", ["file.delete"], { except: [{ kind: "under", texts: ["workspace", "/tmp"] }], bestEffort: true }),
    clause("deny", ["file.write"], { except: [{ kind: "under", texts: ["workspace"] }], bestEffort: true }),
  ],
});

test("exceptions become places with rights, one rule for each place", () => {
  expect(lowerLandlock(BOX, "/srv/work").value).toEqual({
    handled: ["refer", "remove-dir", "remove-file", "truncate", "write-file"],
    rules: [
      { path: "/", rights: ["refer"] },
      { path: "/srv/work", rights: ["remove-dir", "remove-file", "truncate", "write-file"] },
      { path: "/tmp", rights: ["remove-dir", "remove-file"] },
    ],
  });
});

test("a workspace that nobody named is an error", () => {
  const { value, diagnostics } = lowerLandlock(BOX, null);
  expect(value).toBeNull();
  expect(diagnostics.map((one) => one.code)).toEqual(["K511", "K511"]);
});

test("setpriv's arguments and the JSON say where they come from", () => {
  const ruleset = lowerLandlock(BOX, "/srv/it's work").value;
  if (ruleset === null) throw new Error("no ruleset");
  const box = lowered(BOX);
  const [header, command] = emitSetpriv(box, ruleset).split("\n");
  expect(header).toMatch(/^# Made by Pawl from sandbox box of policy test, sha256 /);
  expect(command).toBe(
    "setpriv --no-new-privs --landlock-access fs:refer,remove-dir,remove-file,truncate,write-file" +
      " --landlock-rule path-beneath:refer:/" +
      " --landlock-rule 'path-beneath:remove-dir,remove-file,truncate,write-file:/srv/it'\\''s work'" +
      " --landlock-rule path-beneath:remove-dir,remove-file:/tmp",
  );
  expect(JSON.parse(emitLandlockJson(box, ruleset))).toMatchObject({ handled_access_fs: ruleset.handled });
});
