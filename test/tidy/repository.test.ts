// Facts about the files of the repository.

import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { exists, read, repositoryFiles, root } from "./repository-files.ts";

const files = repositoryFiles();
const texts = files.filter((name) => !/\.(wasm|bpf|bin|png)$/.test(name));
const markdown = files.filter((name) => name.endsWith(".md"));

describe("what may not be in a file", () => {
  test("a host of a package registry", () => {
    // Put together here, so that this file does not hold one either.
    const hosts = [
      ["registry", "npmjs", "org"],
      ["registry", "yarnpkg", "com"],
      ["deb", "debian", "org"],
      ["security", "debian", "org"],
    ].map((parts) => parts.join("."));
    expect(texts.filter((name) => hosts.some((host) => read(name).includes(host)))).toEqual([]);
    expect(read("package-lock.json")).not.toMatch(/"resolved": "http/);
  });

  test("a path of the machine that it was written on", () => {
    const parent = `${dirname(root)}/`;
    // Below `/` and `/tmp` every path would count.
    const places = parent === "/" || parent.startsWith("/tmp/") ? [root] : [root, parent];
    const found = texts.filter(
      (name) => name !== "package-lock.json" && places.some((place) => read(name).includes(place)),
    );
    expect(found).toEqual([]);
  });

  test("a test that is switched off without its reason, or alone", () => {
    const pattern = new RegExp(String.raw`\b(test|it|describe)\.(only|todo)\(|@ts-(ignore|nocheck)`);
    // The core is AssemblyScript: `asc` judges its types, and an editor's TypeScript is told to look away.
    const sources = files.filter((name) => name.endsWith(".ts") && !name.startsWith("stdlib/core/"));
    expect(sources.filter((name) => pattern.test(read(name)))).toEqual([]);
  });
});

describe("documents", () => {
  test("every link to a file resolves, with its anchor", () => {
    const broken = markdown.flatMap((name) =>
      linksOf(read(name))
        .filter((link) => !isResolved(name, link))
        .map((link) => `${name}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test("every npm script is documented", () => {
    const text = read("README.md") + read("CONTRIBUTING.md");
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const missing = Object.keys(scripts).filter(
      (name) => !text.includes(`npm run ${name}`) && !text.includes(`npm ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("every run-time dependency has its reason in ARCHITECTURE.md", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const text = read("ARCHITECTURE.md");
    expect(Object.keys(dependencies).filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
  });

  test("the map of ARCHITECTURE.md names every folder at the top, and no other", () => {
    const map = /## Map\n\n```text\n([^]*?)```/.exec(read("ARCHITECTURE.md"))?.[1] ?? "";
    const named = [...map.matchAll(/^(\w+)\//gm)].map((match) => match[1] ?? "").toSorted();
    const folders = files
      .filter((name) => name.includes("/") && !name.startsWith("."))
      .map((name) => name.slice(0, name.indexOf("/")));
    expect(named).toEqual([...new Set(folders)].toSorted());
  });
});

describe("packages", () => {
  test("versions are exact", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    const versions = Object.values({ ...dependencies, ...devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("the runtime has no dependencies", () => {
    const manifest = JSON.parse(read("runtime/package.json")) as Record<string, unknown>;
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  });
});

describe("source", () => {
  test("every file is imported, or is an entry", () => {
    const sources = files.filter((name) => /^(cli|compiler|bpfgen|gate|runtime|bench|test)\/.*\.ts$/.test(name));
    const imported = new Set(sources.flatMap((name) => importsOf(name)));
    const isEntry = (name: string) =>
      /\.test\.ts$|^bench\//.test(name) ||
      ["cli/main.ts", "runtime/index.ts", "gate/harnesses/hook-main.ts"].includes(name) ||
      // vitest.config.ts names it.
      name === "test/support/seed.ts" ||
      // Programs that tests start as processes of their own.
      /^test\/.*\/programs\//.test(name);
    expect(sources.filter((name) => !imported.has(name) && !isEntry(name))).toEqual([]);
  });
});

function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^```[^]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

function isResolved(from: string, link: string): boolean {
  if (/^https?:/.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from : posix.join(posix.dirname(from), path);
  if (!exists(target)) return false;
  if (anchor === undefined) return true;
  const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1] ?? ""));
  return headings.includes(anchor);
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}

function importsOf(name: string): readonly string[] {
  const matches = read(name).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...matches].map((match) => posix.normalize(join(posix.dirname(name), match[1] ?? "")));
}
