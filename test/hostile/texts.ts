// Shell texts that are dense, deep or long in one way each: none may trap, hang or be taken for harmless by being too much.

const LONG = 60_000;

function repeat(text: string, bytes: number): string {
  return text.repeat(Math.floor(bytes / text.length));
}

/** `stops` when a limit must be what answers. */
export interface HostileText {
  readonly name: string;
  readonly command: string;
  readonly stops: boolean;
}

export const HOSTILE_TEXTS: readonly HostileText[] = [
  { name: "commands", command: repeat("a;", LONG), stops: true },
  { name: "nested substitutions", command: "$(".repeat(200) + ")".repeat(200), stops: true },
  { name: "words", command: `rm ${repeat("a ", LONG)}`, stops: true },
  { name: "assignments", command: repeat("a=b;", LONG), stops: false },
  { name: "unset variables as commands", command: repeat("$a;", LONG), stops: true },
  { name: "assignments that grow", command: repeat("a=$a$a;", LONG), stops: true },
  { name: "brace products", command: `rm ${"{a,b}".repeat(20)}`, stops: true },
  { name: "nested braces", command: `rm ${"{a,".repeat(30)}${"}".repeat(30)}`, stops: false },
  { name: "pipes", command: `cat${repeat("|cat", LONG)}`, stops: false },
  { name: "lists", command: `a${repeat("&&a", LONG)}`, stops: true },
  { name: "functions and calls", command: repeat("f(){ x=1; };f;", LONG), stops: false },
  { name: "calls of a long function", command: `f(){ ${"x=1;".repeat(5000)} }; ${"f;".repeat(15_000)}`, stops: true },
  { name: "nested loops", command: `${"while a;do ".repeat(30)}x=1${";done".repeat(30)}`, stops: false },
  { name: "nested functions", command: `${"f(){ ".repeat(30)}a${"; }".repeat(30)}`, stops: false },
  { name: "options", command: `git ${repeat("-x ", LONG)}`, stops: true },
  { name: "unknown words", command: `git ${repeat("$x ", LONG)}`, stops: true },
  { name: "empty quotes", command: `echo ${repeat("''", LONG)}`, stops: false },
  { name: "substitutions", command: repeat("$(a)", LONG), stops: true },
  { name: "backquotes", command: repeat("`a`", LONG), stops: true },
  { name: "here-documents", command: repeat("cat <<E\nx\nE\n", LONG), stops: false },
  { name: "globs", command: `rm ${repeat("*/", LONG)}`, stops: true },
  { name: "steps up", command: `rm ${repeat("../", LONG)}`, stops: true },
  { name: "words through xargs", command: `echo ${repeat("a ", LONG)}| xargs rm`, stops: true },
  { name: "printf arguments", command: `printf '%s' ${repeat("a ", LONG)}`, stops: true },
  { name: "eval words", command: `eval ${repeat("a ", LONG)}`, stops: true },
  { name: "flags", command: `rm -${repeat("r", LONG)}`, stops: false },
  { name: "find actions", command: `find . ${repeat("-exec rm {} \\; ", LONG)}`, stops: true },
  { name: "replacements in one word", command: `find . -exec rm ${repeat("{}", 50_000)} \\;`, stops: true },
  { name: "redirections", command: `a ${repeat(">b ", LONG)}`, stops: true },
  { name: "too long", command: `echo ${"a".repeat(70_000)}`, stops: true },
];
