import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { expect, test } from "vitest";
import { visible, visibleLines } from "../../gate/visible-text.ts";
import { bundle } from "./helper.ts";

const hasScript = existsSync("/usr/bin/script");

/** Types into a pseudo-terminal of its own and returns what it showed. */
async function type(keys: string): Promise<string> {
  const program = await bundle("programs/ask.ts");
  const child = spawn("/usr/bin/script", ["-qec", `'${process.execPath}' '${program}'`, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    if (!shown.includes("passphrase: ") && (shown + chunk).includes("passphrase: ")) child.stdin.write(keys);
    shown += chunk;
  });
  await once(child, "close");
  return shown;
}

test.runIf(hasScript)("a passphrase is read from the terminal and never shown", async () => {
  expect(await type("sesqm\u007f\u007fäme\r")).toMatch(/^passphrase: \r\nread \["s","e","s","ä","m","e"\]\r\n$/);
  expect(await type("all wrong\u0015ok\n")).toContain('read ["o","k"]');
  expect(await type("half\u0003")).toContain("nothing was entered");
});

test("without a terminal there is nobody to ask", async () => {
  const { stdout } = spawnSync("/usr/bin/setsid", ["--wait", process.execPath, await bundle("programs/ask.ts")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(stdout).toContain("there is no terminal to ask a human on");
});

test("hidden characters are shown as what they are", () => {
  expect(visible("a\u202eb\u0000\u001b[1m\u00a0\u200b\u2028\ufeff\ud800e\u0301 ü漢")).toBe(
    "a\\u{202e}b\\u{0}\\e[1m\\u{a0}\\u{200b}\\u{2028}\\u{feff}\\u{d800}e\\u{301} ü漢",
  );
  expect(visibleLines("a\nb\r\n")).toEqual(["a", "b\\r", ""]);
  expect(visibleLines("x\n".repeat(1000)).at(-1)).toBe("… and 601 more lines");
});
