// Generated shell texts.

import fc from "fast-check";

const NAMES = ["a", "b", "ls", "x", "rm", "f1", "./g", "if1", "in", "é"];

/** Longer ones show nothing new. */
const LENGTH_MAX = 300;

interface Scripts {
  word: string;
  piece: string;
  simple: string;
  compound: string;
  command: string;
  pipeline: string;
  list: string;
}

const { word: anyWord, list } = fc.letrec<Scripts>((tie: fc.LetrecTypedTie<Scripts>) => ({
  piece: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      ...NAMES,
      "'q r'",
      '"s t"',
      "\\ ",
      "\\$",
      "$x",
      "${y}",
      '"$z"',
      "*",
      "?",
      "[cd]",
      "~/",
      "-{e,f}",
      "={1..3}",
      "$'\\n'",
      "''",
      "=",
      "-k",
      "#",
      "$1",
      '"$@"',
      "$((1+2))",
      ":",
    ),
    tie("list").map((inner) => `$( ${inner} )`),
    tie("list").map((inner) => `"$( ${inner} )"`),
    tie("list").map((inner) => `<( ${inner} )`),
    tie("word").map((inner) => `\${u:-${inner}}`),
    tie("word").map((inner) => `"\${v-${inner.replaceAll(/["'\\$`{}]|<\(|\)|\(/g, "")}}"`),
  ),
  word: fc
    .tuple(fc.constantFrom(...NAMES), fc.array(tie("piece"), { maxLength: 2 }))
    .map(([first, rest]) => first + rest.join("")),
  simple: fc
    .tuple(
      fc.array(fc.constantFrom("x=1 ", "y='a b' ", "z=$(b) ", "w= ", "v+=c ", "u[1]=d ", "t=(e f) "), { maxLength: 1 }),
      fc.constantFrom("a", "b", "ls", "rm", "./g"),
      fc.array(
        fc.oneof(
          tie("word").map((word) => ` ${word}`),
          fc.constantFrom(
            " >f",
            " 2>&1",
            " <g",
            " >>h",
            " &>i",
            " <<<j",
            " 3>k",
            " >|l",
            " 2>/dev/null",
            " {m}>n",
            " \\\n",
            " o{p,q}r",
          ),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([assignments, name, words]) => assignments.join("") + name + words.join("")),
  compound: fc.oneof(
    { maxDepth: 2 },
    tie("simple"),
    tie("list").map((inner) => `( ${inner} )`),
    tie("list").map((inner) => `{ ${inner}\n}`),
    fc.tuple(tie("list"), tie("list")).map(([condition, body]) => `if ${condition}\nthen ${body}\nfi`),
    fc
      .tuple(tie("list"), tie("list"), tie("list"))
      .map(([condition, body, other]) => `if ${condition}\nthen ${body}\nelif ${other}\nthen c\nelse ${body}\nfi`),
    fc.tuple(tie("list"), tie("list")).map(([condition, body]) => `while ${condition}\ndo ${body}\ndone`),
    fc.tuple(tie("word"), tie("list")).map(([word, body]) => `for i in ${word}\ndo ${body}\ndone >o`),
    fc.tuple(tie("word"), tie("list")).map(([word, body]) => `case ${word} in (p|q*) ${body}\n;; *) d;; esac`),
    tie("list").map((body) => `g() { ${body}\n}`),
    fc.constantFrom(
      "[[ -f a && ( b == c* || ! d =~ ^(e|f)$ ) ]]",
      "(( x += 1 ))",
      "cat <<E\n$x `b` $(c)\nE\n",
      "cat <<'E' | d\n$x\nE\n",
      "for ((i=0;i<2;i++)); do a; done",
    ),
  ),
  command: fc.oneof(
    { maxDepth: 2 },
    { arbitrary: tie("simple"), weight: 3 },
    { arbitrary: tie("compound"), weight: 2 },
  ),
  pipeline: fc
    .tuple(fc.constantFrom("", "", "", "! ", "time "), fc.array(tie("command"), { minLength: 1, maxLength: 2 }))
    .map(
      ([prefix, commands]) =>
        prefix + commands.map((command) => (command.endsWith("E\n") ? `{ ${command}}` : command)).join(" | "),
    ),
  list: fc
    .array(fc.tuple(tie("pipeline"), fc.constantFrom(" && ", " || ", "; ", " & ", "\n", ";\n", " &&\n")), {
      minLength: 1,
      maxLength: 2,
    })
    .map((parts) =>
      parts
        .map(([pipeline, operator], index) => (index + 1 === parts.length ? pipeline : pipeline + operator))
        .join(""),
    ),
}));

/** A script that bash accepts. */
export const script: fc.Arbitrary<string> = list.filter((text) => text.length < LENGTH_MAX);

/** A word of such a script. */
export const word: fc.Arbitrary<string> = anyWord;

const TOKENS = [
  "a",
  "b",
  "x=1",
  "$x",
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "while",
  "do",
  "done",
  "for",
  "in",
  "case",
  "esac",
  "function",
  "{",
  "}",
  "(",
  ")",
  "((",
  "))",
  "[[",
  "]]",
  ";",
  ";;",
  "&",
  "&&",
  "|",
  "||",
  "|&",
  "!",
  "time",
  "coproc",
  "\n",
  " ",
  "'",
  '"',
  "`",
  "\\",
  "\\\n",
  "$(",
  "${",
  "}",
  "$((",
  "<<E",
  "\nE\n",
  "<<-E",
  ">",
  "<",
  ">>",
  "2>",
  "&>",
  ">&",
  "<(",
  "#",
  "*",
  "~",
  "=",
  "[",
  "]",
  ",",
  "..",
  "$",
  "$'",
  "x=(",
  "f()",
  "@(",
  "==",
  "=~",
  "-f",
  "<<<",
  "x[",
  ":-",
  "é",
];

/** Tokens in any order, half of them behind blanks. */
export const garbledScript: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom(...TOKENS), fc.constantFrom("", " ")), { maxLength: 12 })
    .map((parts) => parts.map((part) => part.join("")).join("")),
  fc.tuple(script, fc.nat(), fc.constantFrom(...TOKENS, ""), fc.nat({ max: 3 })).map(([text, at, token, cut]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + token + text.slice(place + cut);
  }),
);
