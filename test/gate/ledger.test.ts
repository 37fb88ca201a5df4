import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { decideAction } from "../../gate/decide.ts";
import type { Installation } from "../../gate/installation.ts";
import { appendEntry, ledgerHead, parseHead, repairLedger } from "../../gate/ledger.ts";
import { withLock } from "../../gate/lock.ts";
import { verifyLedger } from "../../gate/verify-ledger.ts";
import { bundle, expectGateError, install, open, scratch, shell } from "./helper.ts";

function append(installation: Installation, count: number): void {
  withLock(installation, () => {
    for (let index = 0; index < count; index++) appendEntry(installation, "decision", { index, text: "ü\u2028 'x'" });
  });
}

/** An installation whose ledger has 10 entries. */
function filled(): Installation {
  const installation = install();
  append(installation, 9);
  return installation;
}

/** Rewrites the lines of a ledger. */
function edit(installation: Installation, change: (lines: string[]) => readonly string[]): void {
  const lines = readFileSync(installation.entries, "utf8").split("\n").slice(0, -1);
  writeFileSync(
    installation.entries,
    change(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

function problems(installation: Installation, head?: string): readonly string[] {
  return verifyLedger(installation, head).problems.map(({ what }) => what);
}

describe("verify", () => {
  test("finds nothing in a whole ledger", () => {
    const installation = filled();
    const report = verifyLedger(installation, ledgerHead(installation));
    expect(report).toMatchObject({ ok: true, entries: 10, problems: [] });
    expect(parseHead(report.head)?.sequence).toBe(10);
  });

  test("finds an edited entry", () => {
    const installation = filled();
    edit(installation, (lines) => lines.map((line, at) => (at === 4 ? line.replace('"index":3', '"index":7') : line)));
    expect(problems(installation)).toContain("line 5 was changed: its hash does not fit");
  });

  test("finds an entry that is written otherwise", () => {
    const installation = filled();
    edit(installation, (lines) => lines.map((line, at) => (at === 4 ? line.replace(/^{/, "{ ") : line)));
    expect(problems(installation)[0]).toContain("not written as the ledger writes");
  });

  test("finds entries that change places", () => {
    const installation = filled();
    edit(installation, (lines) => [...lines.slice(0, 4), lines[5] ?? "", lines[4] ?? "", ...lines.slice(6)]);
    expect(problems(installation).join()).toContain("reordered");
  });

  test("finds a dropped entry, at the start too", () => {
    for (const dropped of [0, 4]) {
      const installation = filled();
      edit(installation, (lines) => lines.filter((_, at) => at !== dropped));
      expect(problems(installation).join()).toContain("dropped");
    }
  });

  test("finds a cut tail with the exported head", () => {
    const installation = filled();
    const head = ledgerHead(installation);
    edit(installation, (lines) => lines.slice(0, -1));
    expect(problems(installation)).toEqual([]);
    expect(problems(installation, head).join()).toContain("cut off");
  });

  test("finds a rewritten ledger with the exported head", () => {
    const installation = filled();
    const head = ledgerHead(installation);
    writeFileSync(installation.entries, "");
    append(installation, 12);
    expect(problems(installation)).toEqual([]);
    expect(problems(installation, head).join()).toContain("rewritten");
  });

  test("finds a cut tail by its own checkpoints", () => {
    const installation = install();
    append(installation, 260);
    edit(installation, (lines) => lines.slice(0, 200));
    expect(problems(installation).join()).toContain("cut off");
  });

  test("says when the given head is none", () => {
    expect(problems(filled(), "nonsense").join()).toContain("not a line that");
  });
});

describe("a torn last line", () => {
  test("is reported, set aside and recorded, and nothing else is lost", () => {
    const installation = filled();
    appendFileSync(installation.entries, '{"sequence":11,"prev');
    expect(problems(installation).join()).toContain("torn");
    expect(repairLedger(installation)).toEqual({ setAside: 20 });
    expect(verifyLedger(installation)).toMatchObject({ ok: true, entries: 11 });
    const [file = ""] = readdirSync(installation.torn);
    expect(readFileSync(join(installation.torn, file), "utf8")).toBe('{"sequence":11,"prev');
    expect(readFileSync(installation.entries, "utf8")).toContain('"kind":"repair"');
    expect(repairLedger(installation)).toEqual({ setAside: 0 });
  });

  test("does not keep the next entry from being written", () => {
    const installation = filled();
    appendFileSync(installation.entries, "x".repeat(50_000));
    append(installation, 1);
    expect(verifyLedger(installation)).toMatchObject({ ok: true, entries: 12 });
  });

  test("that a crash left between setting aside and recording is recorded later", () => {
    const installation = filled();
    writeFileSync(join(installation.torn, "5-abc.pending"), "torn");
    expect(problems(installation).join()).toContain("not recorded");
    append(installation, 1);
    expect(verifyLedger(installation)).toMatchObject({ ok: true, entries: 12 });
  });
});

test("nothing is appended behind a changed entry", () => {
  const installation = filled();
  edit(installation, (lines) => lines.map((line, at) => (at === 9 ? line.replace('"index":8', '"index":9') : line)));
  expectGateError("corrupt", () => append(installation, 1));
});

describe("an action does not run when the ledger", () => {
  test("is missing", () => {
    const gate = open();
    rmSync(gate.installation.entries);
    expectGateError("missing", () => decideAction(gate, shell("ls")));
  });

  test("is a link, wherever it leads", () => {
    const gate = open();
    rmSync(gate.installation.entries);
    symlinkSync("/dev/full", gate.installation.entries);
    expectGateError("unwritable", () => decideAction(gate, shell("ls")));
  });

  const isMountable = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;

  test.runIf(isMountable)("is a full device", () => {
    const gate = open();
    if (spawnSync("mount", ["--bind", "/dev/full", gate.installation.entries]).status !== 0)
      throw new Error("cannot mount");
    try {
      expectGateError("unwritable", () => decideAction(gate, shell("ls")));
    } finally {
      spawnSync("umount", [gate.installation.entries]);
    }
  });

  test.runIf(isMountable)("lies on a full disk, whose last line is then whole again", () => {
    const directory = scratch();
    const disk = join(directory, "disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", disk]).status !== 0)
      throw new Error("cannot mount");
    try {
      const gate = open(install(disk));
      let decided = 0;
      expectGateError("unwritable", () => {
        for (; ; decided++) decideAction(gate, shell(`echo ${"x".repeat(3000)}`));
      });
      expect(decided).toBeGreaterThan(5);
      // The room that the failed one took is free again, so what is short still fits or fails, and nothing is torn.
      expect(verifyLedger(gate.installation).ok).toBe(true);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});

test("kill -9 of eight writers at random points loses no acknowledged entry", async () => {
  const installation = install();
  const program = await bundle("programs/write-ledger.ts");
  const acknowledged = new Map<number, string>();
  const start = (name: string) =>
    new Promise<void>((resolve) => {
      const child = spawn(process.execPath, [program, installation.home, name], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const killSoon = (milliseconds: number) => setTimeout(() => child.kill("SIGKILL"), Math.random() * milliseconds);
      // Some before their first entry, the others in the middle of many, however fast the machine is.
      if (name.endsWith("0")) killSoon(300);
      createInterface({ input: child.stdout })
        .once("line", () => killSoon(1200))
        .on("line", (line) => {
          const [sequence = "", hash = ""] = line.split(" ");
          if (hash.length === 64) acknowledged.set(Number(sequence), hash);
        });
      child.on("close", () => resolve());
    });
  for (let round = 0; round < 2; round++)
    await Promise.all(Array.from({ length: 8 }, (_, index) => start(`${round}-${index}`)));
  repairLedger(installation);
  expect(verifyLedger(installation)).toMatchObject({ ok: true });
  const hashes = new Map(
    readFileSync(installation.entries, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        // Lines that were just verified.
        const entry = JSON.parse(line) as { sequence: number; hash: string };
        return [entry.sequence, entry.hash] as const;
      }),
  );
  expect(acknowledged.size).toBeGreaterThan(8);
  for (const [sequence, hash] of acknowledged) expect(hashes.get(sequence)).toBe(hash);
});

test("a ledger that moved away while a gate was open is not made anew", () => {
  const gate = open();
  renameSync(gate.installation.entries, `${gate.installation.entries}.old`);
  expectGateError("missing", () => decideAction(gate, shell("ls")));
});

test("an entry whose length was cut to nothing in the file counts as torn", () => {
  const installation = filled();
  truncateSync(installation.entries, readFileSync(installation.entries).length - 1);
  append(installation, 1);
  expect(verifyLedger(installation).ok).toBe(true);
});
