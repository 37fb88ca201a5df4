// TypeScript that is not part of `dist/`, as one file that Node runs.

import { inRoot } from "./project.mjs";

/** Bundles a file of the repository; its packages stay outside. Needs an installation. */
export async function bundle(entry, outfile) {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [inRoot(entry)],
    outfile: inRoot(outfile),
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
}
