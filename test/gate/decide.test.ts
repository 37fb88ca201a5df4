import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { approve, deny, findPending, listPending } from "../../gate/approvals.ts";
import { decideAction, decideMalformed } from "../../gate/decide.ts";
import { requireUnchanged } from "../../gate/evidence.ts";
import { openGate, type Gate } from "../../gate/gate.ts";
import { evidenceItemsMax } from "../../gate/limits.ts";
import { endSession, listSessions, showSession } from "../../gate/sessions.ts";
import { describePending, stopMessage } from "../../gate/stop-message.ts";
import { readEntries, verifyLedger } from "../../gate/verify-ledger.ts";
import { countOf, load } from "./fake-policy.ts";
import { bundle, expectGateError, install, open, passphrase, scratch, shell, writeState, giveKey } from "./helper.ts";

function lastEntry(gate: Gate) {
  return [...readEntries(gate.installation)].at(-1);
}

describe("a decision", () => {
  test("lets a harmless action run, and records it", () => {
    const gate = open();
    expect(decideAction(gate, shell("ls"))).toMatchObject({ outcome: "run", tier: "safe", pending: null });
    expect(lastEntry(gate)).toMatchObject({ kind: "decision", body: { action: "ls", outcome: "run", session: "one" } });
  });

  test("stops what must not run, and says that none of it ran", () => {
    const gate = open();
    const decision = decideAction(gate, shell("forbidden"));
    expect(decision).toMatchObject({ outcome: "denied", pending: null });
    expect(stopMessage(decision)).toMatch(/the policy forbids it[\s\S]*None of this call ran/);
  });

  test("counts the strictest reading", () => {
    const decision = decideAction(
      open(),
      shell("x", { readings: [{ argv: ["ls"] }, { argv: ["terraform", "destroy"] }] }),
    );
    expect(decision).toMatchObject({ outcome: "approval", tier: "irreversible" });
  });

  test("about bytes that are no call stops and names the reason", () => {
    const gate = open();
    const decision = decideMalformed(gate, Buffer.from("{"), "the tool call is not JSON", {
      agent: "a",
      session: "",
      cwd: "",
    });
    expect(decision).toMatchObject({ outcome: "denied", tier: "irreversible", report: { malformed: true } });
    expect(stopMessage(decision)).toContain("the tool call is not JSON");
    expect(lastEntry(gate)).toMatchObject({ body: { malformed: true, outcome: "denied" } });
  });

  test("about an oversized call stops, and no human is asked", () => {
    const gate = open();
    const decision = decideAction(gate, shell("x".repeat(2 * 1024 * 1024)));
    expect(decision).toMatchObject({
      outcome: "denied",
      pending: null,
      unaskable: "the call is too long to be judged",
    });
  });

  test("about a call too long to review stops, and no human is asked", () => {
    expect(decideAction(open(), shell(`destroy ${"x".repeat(300_000)}`)).unaskable).toContain(
      "too long for a human to review",
    );
  });
});

describe("a session", () => {
  test("remembers what ran and nothing of what was stopped", () => {
    const gate = open();
    decideAction(gate, shell("ls"));
    decideAction(gate, shell("destroy"));
    decideAction(gate, shell("forbidden"));
    expect(countOf(showSession(gate.installation, "one").bytes)).toBe(1);
    decideAction(gate, shell("cat secret"));
    expect(decideAction(gate, shell("send")).outcome).toBe("approval");
    expect(decideAction(gate, shell("send", { session: "two" })).outcome).toBe("run");
  });

  test("keeps the workspace of its first call", () => {
    const gate = open();
    decideAction(gate, shell("ls", { cwd: "/usr", workspace: "/usr" }));
    decideAction(gate, shell("ls", { cwd: "/etc", workspace: "/etc" }));
    expect(showSession(gate.installation, "one").workspace).toBe("/usr");
  });

  test("whose file is missing or changed stops until a human ends it", () => {
    const gate = open();
    giveKey(gate.installation);
    for (const spoil of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("one", "two")),
    ]) {
      decideAction(gate, shell("ls"));
      const { file, id } = showSession(gate.installation, "one");
      spoil(join(gate.installation.sessions, file));
      expectGateError("corrupt", () => decideAction(gate, shell("ls")));
      expect(decideAction(gate, shell("ls", { session: "another" })).outcome).toBe("run");
      expectGateError("wrong-passphrase", () => endSession(gate.installation, id, "not the passphrase"));
      endSession(gate.installation, id, passphrase);
      expect(decideAction(gate, shell("ls")).outcome).toBe("run");
    }
    expect([...readEntries(gate.installation)].filter(({ kind }) => kind === "session-end")).toHaveLength(2);
  });

  test("loses no count when four processes decide at the same time", async () => {
    const installation = install();
    const program = await bundle("programs/decide-many.ts");
    const children = Array.from({ length: 4 }, (_, index) =>
      spawn(process.execPath, [program, installation.home, "10", index === 2 ? "cat secret" : "ls"], {
        stdio: "ignore",
      }),
    );
    await Promise.all(children.map((child) => once(child, "exit")));
    const { bytes } = showSession(installation, "shared");
    expect([countOf(bytes), bytes[1]]).toEqual([40, 1]);
    expect(verifyLedger(installation)).toMatchObject({ ok: true, entries: 41 });
  });

  test("is listed by name", () => {
    const gate = open();
    decideAction(gate, shell("ls", { session: "b" }));
    decideAction(gate, shell("ls", { session: "a" }));
    expect(listSessions(gate.installation).map(({ session }) => session)).toEqual(["a", "b"]);
    expectGateError("unknown-id", () => showSession(gate.installation, "c"));
  });
});

/** A gate with a key, and a request that stops. */
function stopped(clock = { now: 1_000_000 }) {
  const gate = open(install(), clock);
  giveKey(gate.installation);
  const request = shell("terraform destroy");
  const { pending } = decideAction(gate, request);
  if (pending === null) throw new Error("it was not stopped");
  return { gate, request, pending, clock };
}

describe("an approval", () => {
  test("lets exactly one run of exactly this action through", () => {
    const { gate, request, pending, clock } = stopped();
    expect(decideAction(gate, shell("ls")).outcome).toBe("run");
    approve(
      gate.installation,
      findPending(gate.installation, pending.id.toLowerCase(), clock.now),
      passphrase,
      clock.now,
    );
    for (const other of [
      shell("terraform destroy "),
      shell("terraform destroy", { cwd: "/usr" }),
      shell("terraform destroy", { session: "two" }),
      shell("terraform destroy", { agent: "other" }),
      shell("terraform destroy", { variables: { TF_CLI_ARGS: "-x" } }),
    ]) {
      expect(decideAction(gate, other).outcome).toBe("approval");
    }
    expect(decideAction(gate, request)).toMatchObject({ outcome: "run", approval: { pending: { id: pending.id } } });
    expect(decideAction(gate, request)).toMatchObject({ outcome: "approval", approval: null });
    const kinds = [...readEntries(gate.installation)].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "approved" || kind === "spent")).toEqual(["approved", "spent"]);
    expect(verifyLedger(gate.installation).ok).toBe(true);
    expect(showSession(gate.installation, "one").bytes[0]).toBe(3);
  });

  test("needs the passphrase and a known id", () => {
    const { gate, pending, clock } = stopped();
    expectGateError("wrong-passphrase", () => approve(gate.installation, pending, "not the passphrase", clock.now));
    expectGateError("unknown-id", () => findPending(gate.installation, "00000000", clock.now));
    expectGateError("unknown-id", () =>
      approve(gate.installation, { ...pending, id: "00000000" }, passphrase, clock.now),
    );
  });

  test("ends by itself", () => {
    const { gate, request, pending, clock } = stopped();
    approve(gate.installation, pending, passphrase, clock.now);
    clock.now += 600_000;
    expect(decideAction(gate, request).outcome).toBe("approval");
  });

  test("is void when a rule fires that was not shown", () => {
    const { gate, request, pending, clock } = stopped();
    decideAction(gate, shell("cat secret"));
    approve(gate.installation, pending, passphrase, clock.now);
    const again = decideAction(gate, request);
    expect(again).toMatchObject({ outcome: "approval", approval: null });
    expect(again.pending?.id).not.toBe(pending.id);
    expect(again.rules.map(({ rule }) => rule)).toEqual(["destroys", "after_secret"]);
  });

  test("of another policy is of no use", () => {
    const { gate, request, pending, clock } = stopped();
    approve(gate.installation, pending, passphrase, clock.now);
    writeFileSync(gate.installation.policy, "fake policy, version 2");
    expect(decideAction(openGate(gate.installation, load, gate.now), request).outcome).toBe("approval");
  });

  test("that was changed, or signed by someone else, stops everything until it is looked at", () => {
    for (const change of [
      (text: string) => text.replace(/"expires":\d+/, '"expires":9999999999999'),
      (text: string) => text.replace(/"signature":"..../, '"signature":"AAAA'),
      (text: string) =>
        text.replace('"rules":[', '"rules":[{"rule":"after_secret","certain":true,"reason":"","instead":null},'),
    ]) {
      const { gate, request, pending, clock } = stopped();
      approve(gate.installation, pending, passphrase, clock.now);
      const path = join(gate.installation.signed, `${pending.digest}.json`);
      writeFileSync(path, change(readFileSync(path, "utf8")));
      expectGateError("corrupt", () => decideAction(gate, request));
    }
  });

  test("that was used and put back is known by its nonce", () => {
    const { gate, request, pending, clock } = stopped();
    approve(gate.installation, pending, passphrase, clock.now);
    const path = join(gate.installation.signed, `${pending.digest}.json`);
    const copy = readFileSync(path);
    expect(decideAction(gate, request).outcome).toBe("run");
    rmSync(gate.installation.used, { recursive: true });
    symlinkSync("/tmp", gate.installation.used);
    writeFileSync(path, copy, { mode: 0o600 });
    expectGateError("corrupt", () => decideAction(gate, request));
  });

  test("is of what was shown: a request that changed meanwhile is not signed", () => {
    const { gate, request, pending, clock } = stopped();
    decideAction(gate, shell("cat secret"));
    decideAction(gate, request);
    expectGateError("unknown-id", () => approve(gate.installation, pending, passphrase, clock.now));
    const [now] = listPending(gate.installation, clock.now);
    if (now === undefined) throw new Error("no request waits");
    expectGateError("changed", () => approve(gate.installation, { ...now, tier: "safe" }, passphrase, clock.now));
  });

  test("signs where the ledger stands, so that a rewritten past shows", () => {
    const { gate, pending, clock } = stopped();
    approve(gate.installation, pending, passphrase, clock.now);
    const { sequence } = lastEntry(gate) ?? { sequence: 0 };
    const path = join(gate.installation.checkpoints, `${sequence}.json`);
    writeFileSync(path, readFileSync(path, "utf8").replace(/"signature":"..../, '"signature":"AAAA'));
    expect(verifyLedger(gate.installation).problems[0]?.what).toContain("false signature");
  });
});

describe("a request", () => {
  test("is the same for every try until it is answered", () => {
    const { gate, request, pending, clock } = stopped();
    expect(decideAction(gate, request).pending?.id).toBe(pending.id);
    expect(listPending(gate.installation, clock.now)).toHaveLength(1);
  });

  test("is forgotten after a day", () => {
    const { gate, clock } = stopped();
    clock.now += 24 * 60 * 60 * 1000;
    expect(listPending(gate.installation, clock.now)).toEqual([]);
  });

  test("that is denied gives the agent the text, at once and for as long as an approval would have held", () => {
    const { gate, request, pending, clock } = stopped();
    deny(gate.installation, pending.id, "use the staging account\u001b[2J", clock.now);
    clock.now += 3_600_000;
    const first = decideAction(gate, request);
    expect(first).toMatchObject({ outcome: "denied", pending: null });
    expect(stopMessage(first)).toMatch(
      /a human refused it[\s\S]*use the staging account\\e\[2J[\s\S]*None of this call ran/,
    );
    expect(decideAction(gate, request).outcome).toBe("approval");
  });

  test("whose file was changed cannot be approved and hides no other", () => {
    const { gate, pending, clock } = stopped();
    const other = decideAction(gate, shell("destroy other")).pending;
    const path = join(gate.installation.pending, `${pending.digest}.json`);
    writeFileSync(path, readFileSync(path, "utf8").replace("terraform destroy", "terraform plan"));
    expect(listPending(gate.installation, clock.now).map(({ id }) => id)).toEqual([other?.id]);
    expectGateError("unknown-id", () => findPending(gate.installation, pending.id, clock.now));
  });

  test("shows the stored bytes with nothing hidden", () => {
    const gate = open();
    const { pending } = decideAction(
      gate,
      shell("destroy \u202egnp.exe\u0007 \u200b\r\nsecond line", {
        session: "s\u001b]0;x",
        variables: { HOME: "/h\nx" },
      }),
    );
    if (pending === null) throw new Error("it was not stopped");
    const shown = describePending(pending);
    expect(shown).toContain("destroy \\u{202e}gnp.exe\\u{7} \\u{200b}\\r\n  second line");
    expect(shown).toContain("HOME=/h\\nx");
    expect(shown).toContain("s\\e]0;x");
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("evidence", () => {
  test("shows what a destroy would take, most frequent first", () => {
    const cwd = scratch();
    writeState(cwd, { aws_vpc: 1, aws_subnet: 3, aws_instance: 3, aws_s3_bucket: 2, aws_iam_role: 1 });
    const gate = open();
    const decision = decideAction(gate, shell("terraform destroy", { cwd }));
    const summary =
      "targets 5 resource types: aws_instance (3), aws_subnet (3), aws_s3_bucket (2), aws_iam_role (1), aws_vpc (1)";
    expect(stopMessage(decision)).toContain(summary);
    if (decision.pending === null) throw new Error("it was not stopped");
    expect(describePending(decision.pending)).toContain(summary);
  });

  test("belongs to the approval: another state asks again", () => {
    const cwd = scratch();
    writeState(cwd, { aws_vpc: 1 });
    const gate = open();
    giveKey(gate.installation);
    const request = shell("terraform destroy", { cwd });
    const { pending } = decideAction(gate, request);
    if (pending === null) throw new Error("it was not stopped");
    approve(gate.installation, pending, passphrase, 1_000_000);
    writeState(cwd, { aws_vpc: 2 });
    expect(decideAction(gate, request)).toMatchObject({ outcome: "approval" });
    writeState(cwd, { aws_vpc: 1 });
    expect(decideAction(gate, request)).toMatchObject({ outcome: "run" });
  });

  test("is read again just before the run", () => {
    const cwd = scratch();
    const script = join(cwd, "build.sh");
    writeFileSync(script, "echo hello");
    const { outcome, evidence } = decideAction(open(), shell(`script ${script}`));
    expect([outcome, evidence.length]).toEqual(["run", 1]);
    requireUnchanged(evidence);
    writeFileSync(script, "terraform destroy");
    expectGateError("changed", () => requireUnchanged(evidence));
    rmSync(script);
    expectGateError("changed", () => requireUnchanged(evidence));
  });

  test("that is absent must stay absent", () => {
    const cwd = scratch();
    const { evidence } = decideAction(open(), shell(`script ${cwd}/later.sh`));
    requireUnchanged(evidence);
    writeFileSync(join(cwd, "later.sh"), "x");
    expectGateError("changed", () => requireUnchanged(evidence));
  });

  test("is followed for three rounds and no further", () => {
    const cwd = scratch();
    for (const [index, next] of [2, 3, 4, 5].entries())
      writeFileSync(join(cwd, `${index + 1}.sh`), `script ${cwd}/${next}.sh`);
    writeFileSync(join(cwd, "5.sh"), "destroy");
    expect(decideAction(open(), shell(`script ${cwd}/1.sh`)).evidence).toHaveLength(3);
    expect(decideAction(open(), shell(`script ${cwd}/3.sh`)).outcome).toBe("approval");
  });

  test("is bounded in number and size, and reads no pipe and no device", () => {
    const cwd = scratch();
    const many = Array.from({ length: 100 }, (_, index) => `script ${cwd}/${index}`).join(" ");
    expect(decideAction(open(), shell(many)).evidence).toHaveLength(evidenceItemsMax);
    writeFileSync(join(cwd, "long.sh"), "x".repeat(65 * 1024));
    writeFileSync(join(cwd, "binary.sh"), Buffer.from([0x7f, 0xff, 0x00]));
    for (const path of [join(cwd, "long.sh"), join(cwd, "binary.sh"), "/dev/zero", "/dev/tty", cwd]) {
      expect(decideAction(open(), shell(`script ${path}`)).evidence[0]?.text).toBeNull();
    }
  });

  test("of a path is its real target, of a file that does not exist yet too", () => {
    const cwd = scratch();
    symlinkSync("/usr", join(cwd, "to-usr"));
    symlinkSync("/usr/not-there", join(cwd, "dangling"));
    const target = (path: string) => decideAction(open(), shell(`link ${path}`)).evidence[0]?.text;
    expect(target(join(cwd, "to-usr/bin"))).toBe("/usr/bin");
    expect(target(join(cwd, "to-usr/none/x"))).toBe("/usr/none/x");
    expect(target(join(cwd, "dangling"))).toBe("/usr/not-there");
  });
});
