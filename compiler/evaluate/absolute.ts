// Paths of an action made absolute, with what the host knows of links (docs/meaning.md, section 7).

import type { Context, State } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import { normalise } from "./paths.ts";
import type { Value } from "./values.ts";
import { hasHole } from "./values.ts";

/** The value with each text made absolute against the current directory. */
export function absolute(ctx: Context, state: State, value: Value): Value {
  return { ...value, texts: value.texts.map((text) => absoluteText(ctx, state, text)) };
}

function absoluteText(ctx: Context, state: State, text: string): string {
  const { path } = normalise(state.directory, text, false);
  if (!hasHole(path) || hasHole(text) || state.remote) return path;
  // A known path that `..` behind a name made unknown is where the evidence says that it leads.
  if (!text.startsWith("/") && hasHole(state.directory.path)) return path;
  const written = text.startsWith("/") ? text : `${state.directory.path}/${text}`;
  return evidenceOf(ctx, "link", written) ?? path;
}
