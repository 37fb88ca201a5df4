// Where this installation of Pawl keeps its own files.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with `package.json`, `policies/` and `dist/`. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The hook's inner program, one file. */
export const hookBundle: string = join(packageRoot, "dist/hook.mjs");

/** A ready-made policy, such as `agent`. */
export function readyPolicy(name: string): { readonly source: string; readonly wasm: string } {
  return {
    source: join(packageRoot, "policies", `${name}.pawl`),
    wasm: join(packageRoot, "dist/policies", `${name}.wasm`),
  };
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, "policies")) && existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("the installation of Pawl is incomplete: its policies/ folder is missing");
  return findRoot(parent);
}
