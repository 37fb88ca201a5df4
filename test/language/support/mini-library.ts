// A small standard library, so that these tests do not change with the real one.

import { checkPolicy, type CheckedPolicy } from "../../../compiler/check-policy.ts";
import { renderDiagnostics } from "../../../compiler/diagnostics/render.ts";
import { checkLibrary, type Library } from "../../../compiler/library.ts";

const sources = [
  {
    name: "stdlib/effects.pawl",
    text: `
effect file.read      (path: path)                   floor safe
effect file.write     (path: path, append: bool)     floor sensitive
effect file.delete    (path: path, recursive: bool)  floor commitment
effect file.move      (path: path, to: path)         floor sensitive
effect process.exec   (program: text)                floor sensitive
effect code.run       (language: text, source: text, path: path, text: text)  floor commitment
effect tool.call      (name: text)                   floor sensitive
effect net.send       (host: host, port: int)        floor sensitive
effect http.request   (method: text, url: url, body: text, headers: list text)  floor sensitive
effect infra.destroy  (tool: text, target: text)     floor irreversible
effect repo.change                                   floor sensitive
`,
  },
  {
    name: "stdlib/baseline.pawl",
    text: `
let regenerable = ["node_modules", "dist"]

rule deletes_far_away {
  on file.delete
  when not path under workspace
  raise irreversible
}

rule forces {
  on command \`git push (-f | --force)\`
  raise commitment
}

test "baseline" {
  \`rm -rf /srv\`  stops by deletes_far_away
}
`,
  },
  {
    name: "stdlib/commands.pawl",
    text: `
command rm {
  flag -r -R --recursive, -f --force
  \`<paths...>\`  does file.delete(path: each paths, recursive: -r)
}

command git {
  options git
  option -C <dir: path>, -c <text>...
  \`status | log\`  does nothing
  otherwise         does repo.change
}

command git push in -C {
  flag -f --force, -n --dry-run
  otherwise  does repo.change
}
`,
  },
  { name: "stdlib/kernel.pawl", text: "kernel file.delete {\n  call unlink, unlinkat\n}\n" },
];

export function miniLibrary(): Library {
  const { value, diagnostics } = checkLibrary(sources);
  if (value === null) throw new Error(renderDiagnostics(diagnostics, sources));
  return value;
}

const library = miniLibrary();

/** Checks a policy whose other files are given by name. */
export function check(
  text: string,
  files: Readonly<Record<string, string>> = {},
  set: Readonly<Record<string, string>> = {},
): CheckedPolicy {
  return checkPolicy({
    entry: { name: "policy.pawl", text },
    library,
    set,
    resolve: (specifier) => {
      const found = files[specifier];
      return found === undefined ? null : { name: specifier, text: found };
    },
  });
}

/** The codes of what is wrong, in order. */
export function codes(
  text: string,
  files?: Readonly<Record<string, string>>,
  set?: Readonly<Record<string, string>>,
): readonly string[] {
  return check(text, files, set).diagnostics.map((diagnostic) => diagnostic.code);
}
