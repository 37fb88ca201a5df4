// Paths of an action made absolute, with what the host knows of links (docs/meaning.md, section 7).

import type { Context, State } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import { normalise } from "./paths.ts";
import type { Value } from "./values.ts";
import { ANY, hasHole, SEGMENT, TEXTS_MAX } from "./values.ts";

/** The value with each text made absolute against the current directory. */
export function absolute(ctx: Context, state: State, value: Value): Value {
  const places = value.texts.map((text) => absoluteText(ctx, state, text));
  const whole = { ...value, texts: places, elsewhere: 0 };
  const open = value.texts.filter((text) => text.includes(ANY));
  // What begins with something unknown leads anywhere; behind a known beginning it is mostly an ordinary name.
  if (open.length === 0 || TEXTS_MAX < places.length + open.length) return whole;
  if (open.some((text) => /^\/?\xff/.test(text))) return whole;
  const ordinary = value.texts.map((text, index) => {
    const named = text.replaceAll(ANY, SEGMENT);
    return named === text ? (places[index] ?? "") : normalise(state.directory, named, false).path;
  });
  const isLost = value.texts.some((text, index) => text.includes(ANY) && /^\x01?\/\xff/.test(ordinary[index] ?? ""));
  if (isLost) return whole;
  const elsewhere = places.filter((_, index) => value.texts[index]?.includes(ANY));
  return { ...whole, texts: [...ordinary, ...elsewhere], elsewhere: elsewhere.length };
}

function absoluteText(ctx: Context, state: State, text: string): string {
  const { path } = normalise(state.directory, text, false);
  if (!hasHole(path) || hasHole(text) || state.remote) return path;
  // A known path that `..` behind a name made unknown is where the evidence says that it leads.
  if (!text.startsWith("/") && hasHole(state.directory.path)) return path;
  const written = text.startsWith("/") ? text : `${state.directory.path}/${text}`;
  return evidenceOf(ctx, "link", written) ?? path;
}
