// The longer page behind a diagnostic's code.

import { pages } from "./pages.ts";

/** The page of a code as Markdown, or null when there is no such code. */
export function explain(code: string): string | null {
  const page = pages.find((candidate) => candidate.code === code.toUpperCase());
  if (page === undefined) return null;
  const parts = [`# ${page.code}: ${page.title}`, page.text];
  if (page.failing !== "") {
    const set = Object.entries(page.set ?? {})
      .map(([name, value]) => ` when it is built with \`--set ${name}=${value}\``)
      .join("");
    parts.push(`This policy has the problem${set}:`, fenced(page.failing));
  }
  parts.push("This one does not:", fenced(page.fixed));
  for (const [name, text] of Object.entries(page.files ?? {})) parts.push(`\`${name}\`:`, fenced(text));
  return `${parts.join("\n\n")}\n`;
}

function fenced(text: string): string {
  return `\`\`\`pawl\n${text.trimEnd()}\n\`\`\``;
}
