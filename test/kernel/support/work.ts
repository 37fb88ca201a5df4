// A coding agent's ordinary work as a list of steps, run under bubblewrap with a filter, traced or not.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../../cli/package-files.ts";
import { needs, needsBubblewrap, PYTHON, withFolder, type Skip } from "./host.ts";

/** Each line is a step that must end with 0. */
export const STEPS: Readonly<Record<string, string>> = {
  "git clone": "git clone -q origin work && cd work && git config user.name a && git config user.email a@example.org",
  "git add, commit, diff":
    "echo two >> notes && git diff --quiet || git commit -q -am second && git diff --stat HEAD~1",
  "git stash": "echo three >> notes && git stash -q && git stash pop -q && git checkout -q notes",
  "git rebase":
    "git checkout -q -b topic HEAD~1 && echo new > topic && git add topic && git commit -q -m topic && git rebase -q master",
  "git gc": "git gc -q",
  "npm ci": "npm ci --offline --no-audit --no-fund --silent && test -e node_modules/dep/index.js",
  "TypeScript build": 'node "$TSC" -p . && test -e out/sum.js',
  "test suite": "node --test out >/dev/null",
  "mkdir, mv, sed -i, rm":
    "mkdir -p a/b && cp notes a/b/n && sed -i s/one/1/ a/b/n && mv a/b/n a/m && grep -q 1 a/m && rm -r a && chmod 600 notes",
  "background job": "sleep 60 >/dev/null 2>&1 & kill $! && ! wait $!",
  gcc: 'gcc -O1 -o hello hello.c -lpthread && test "$(./hello)" = hello',
  "Python with tempfile and subprocess": `${PYTHON} script.py`,
};

/** Runs the steps in order under a filter, null for none, and names those that were green. */
export function work(folder: string, bytes: Uint8Array | null, tracer: readonly string[] = []): readonly string[] {
  prepare(folder);
  const filter = join(folder, "filter");
  writeFileSync(filter, bytes ?? "");
  const script = Object.entries(STEPS).map(([name, step]) => `{ ${step}; } || exit\necho "green: ${name}"`);
  const inner = `export HOME=$PWD npm_config_cache=$PWD/.npm GIT_CONFIG_NOSYSTEM=1\n${script.join("\n")}\n`;
  writeFileSync(join(folder, "script.sh"), inner);
  const { stdout, stderr } = spawnSync(
    "sh",
    [
      "-c",
      'exec 9<"$1"; shift; exec "$@"',
      "sh",
      filter,
      ...tracer,
      "bwrap",
      "--dev-bind",
      "/",
      "/",
      ...(bytes === null ? [] : ["--seccomp", "9"]),
      "sh",
      join(folder, "script.sh"),
    ],
    { cwd: folder, encoding: "utf8", timeout: 290_000, env: environment() },
  );
  const green = [...stdout.matchAll(/^green: (.*)$/gm)].map(([, name]) => name ?? "");
  return green.length === Object.keys(STEPS).length ? green : [...green, `then: ${stderr}`];
}

function environment(): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    TSC: join(packageRoot, "node_modules/typescript/bin/tsc"),
    LC_ALL: "C",
  };
}

/** A repository with a package that has one dependency in a folder beside it. */
function prepare(folder: string): void {
  const origin = join(folder, "origin");
  mkdirSync(join(origin, "dep"), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    notes: "one\n",
    "dep/package.json": '{"name":"dep","version":"1.0.0","main":"index.js"}',
    "dep/index.js": "module.exports = 1;\n",
    "package.json": '{"name":"work","version":"1.0.0","private":true,"dependencies":{"dep":"file:dep"}}',
    "package-lock.json": JSON.stringify({
      name: "work",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: {
        "": { name: "work", version: "1.0.0", dependencies: { dep: "file:dep" } },
        dep: { version: "1.0.0" },
        "node_modules/dep": { resolved: "dep", link: true },
      },
    }),
    "tsconfig.json":
      '{"compilerOptions":{"target":"es2022","module":"commonjs","outDir":"out","rootDir":"src","strict":true,"types":[],"noCheck":true},"include":["src"]}',
    "src/sum.ts": "export const sum = (a: number, b: number): number => a + b;\n",
    "src/sum.test.ts":
      'import test from "node:test";\nimport assert from "node:assert";\nimport { sum } from "./sum";\ntest("sum", () => assert.equal(sum(1, 2), 3));\n',
    "hello.c":
      '#include <pthread.h>\n#include <stdio.h>\nstatic void *say(void *p) { puts("hello"); return p; }\nint main(void) { pthread_t t; pthread_create(&t, 0, say, 0); return pthread_join(t, 0); }\n',
    "script.py":
      "import subprocess, sys, tempfile\nwith tempfile.NamedTemporaryFile() as file:\n    file.write(b'x')\nwith tempfile.TemporaryDirectory() as name:\n    subprocess.check_call([sys.executable, '-c', 'open(%r, \"w\").close()' % (name + '/f')])\n",
    ".gitignore": "node_modules\nout\nhello\n.npm\n",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(origin, name)), { recursive: true });
    writeFileSync(join(origin, name), content);
  }
  const git =
    "git init -q -b master . && git add . && git -c user.name=a -c user.email=a@example.org commit -q -m first";
  spawnSync("sh", ["-c", git], { cwd: origin, env: { ...environment(), HOME: folder, GIT_CONFIG_NOSYSTEM: "1" } });
}

export interface TracedCall {
  readonly name: string;
  /** As the kernel got them; those that strace does not show are zero. */
  readonly args: readonly bigint[];
  /** It failed as filters make calls fail; a kernel's own check may have said so too. */
  readonly isDenied: boolean;
}

/** Runs the steps under a filter, null for none, and lists every call that a process made. */
export function traceWork(filter: Uint8Array | null): {
  readonly calls: readonly TracedCall[];
  readonly green: readonly string[];
} {
  return withFolder((folder) => {
    const trace = join(folder, "trace");
    const green = work(folder, filter, [...STRACE, trace]);
    return { calls: readTrace(readFileSync(trace, "utf8")), green };
  });
}

const STRACE = ["strace", "-f", "-qq", "-e", "signal=none", "-e", "raw=all", "-o"];

/** `PID name(0x1, 0x2) = 0x3`; a call that another process interrupts stands in two lines, its arguments in the first. */
function readTrace(text: string): readonly TracedCall[] {
  const lines = text.matchAll(/^\d+ +(?:<\.\.\. )?(\w+)(?:\(([^)<]*)| resumed)(.*)$/gm);
  return [...lines].flatMap(([, name = "", args, rest = ""]) => {
    // It returns what the interrupted call was to return.
    if (name === "rt_sigreturn") return [];
    const numbers = args?.match(/0x[0-9a-f]+|\b\d+\b/g)?.map(BigInt) ?? [];
    return [
      {
        name,
        args: Array.from({ length: 6 }, (_, index) => numbers[index] ?? 0n),
        isDenied: / = -1 (EPERM|ENOSYS) /.test(rest),
      },
    ];
  });
}

export function needsWork(): Skip {
  return needsBubblewrap() ?? needs("git", "npm", "gcc");
}

/** strace needs to be another process's parent, which some containers forbid. */
export function needsTrace(): Skip {
  const missing = needsWork() ?? needs("strace");
  if (missing !== null) return missing;
  const tried = spawnSync("strace", ["-o", "/dev/null", "true"], { encoding: "utf8" });
  return tried.status === 0 ? null : "skipped: strace may not trace here";
}
