import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createKey, hasKey, unlockKey } from "../../gate/signing-key.ts";
import { expectGateError, giveKey, install, passphrase } from "./helper.ts";

test("a key opens with its passphrase alone, however that is typed", () => {
  const installation = install();
  expect(hasKey(installation)).toBe(false);
  createKey(installation, "schl\u00fcssel");
  expect(hasKey(installation)).toBe(true);
  expect(unlockKey(installation, "schlu\u0308ssel").asymmetricKeyType).toBe("ed25519");
  expectGateError("wrong-passphrase", () => unlockKey(installation, "schlussel"));
  expect(readFileSync(installation.key, "utf8")).toContain('"N":131072');
});

test("a key is made once, with a passphrase that is not too short", () => {
  const installation = install();
  expectGateError("wrong-passphrase", () => createKey(installation, "short"));
  expectGateError("no-key", () => unlockKey(installation, passphrase));
  giveKey(installation);
  expectGateError("corrupt", () => giveKey(installation));
});

test("a key file that is not ours is refused", () => {
  const changes: readonly (readonly [Parameters<typeof expectGateError>[0], (text: string) => string])[] = [
    ["corrupt", () => "nonsense"],
    ["corrupt", (text) => text.replace('"N":1024', '"N":1073741824')],
    ["corrupt", (text) => text.replace('"r":8', '"r":"8"')],
    ["other-version", (text) => text.replace('"version":1', '"version":2')],
    ["wrong-passphrase", (text) => text.replace(/"key":"..../, '"key":"AAAA')],
  ];
  for (const [code, change] of changes) {
    const installation = install();
    giveKey(installation);
    writeFileSync(installation.key, change(readFileSync(installation.key, "utf8")));
    expectGateError(code, () => unlockKey(installation, passphrase));
  }
});

test("a public key that was put in the place of ours is found", () => {
  const [own, foreign] = [install(), install()];
  giveKey(own);
  giveKey(foreign);
  writeFileSync(own.publicKey, readFileSync(foreign.publicKey));
  expectGateError("corrupt", () => unlockKey(own, passphrase));
  rmSync(own.publicKey);
  expectGateError("missing", () => unlockKey(own, passphrase));
});
