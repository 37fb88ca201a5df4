// What `pawl explain CODE` says: for each diagnostic why it exists, a policy that has it and one that does not.
// test/tidy/diagnostics.test.ts compiles every example and keeps docs/diagnostics/ equal to these pages.

export interface Page {
  readonly code: string;
  readonly title: string;
  /** One sentence per line. */
  readonly text: string;
  readonly failing: string;
  readonly fixed: string;
  /** The stage that reports it, when it is not the checker. */
  readonly stage?: "sandbox";
  /** Other files that the examples name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Values of `--set` that the failing example is built with. */
  readonly set?: Readonly<Record<string, string>>;
}

export const pages: readonly Page[] = [
  {
    code: "S101",
    title: "Unexpected text",
    text: "The text is no sentence of the language at this place.\nThe message says what could stand there.\nReading goes on at the next declaration that begins a line, so one run shows the errors of several declarations.",
    failing: "policy p\n\nrule r {\n  on file.delete\n  raise\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  raise irreversible\n}\n",
  },
  {
    code: "S102",
    title: "Unknown escape",
    text: 'A text in quotes knows the escapes `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}` with the number of a character.\nA backslash that is meant as itself is written twice.',
    failing: 'policy p\n\nlet pattern = "C:\\dir"\n',
    fixed: 'policy p\n\nlet pattern = "C:\\\\dir"\n',
  },
  {
    code: "S103",
    title: "The source is too long",
    text: "A source has at most 1048576 characters.\nA longer policy is split into files that `use` joins.",
    failing: "",
    fixed: "policy p\n",
  },
  {
    code: "S104",
    title: "Nested too deep",
    text: "Brackets, and `not`, nest at most 64 deep.\nA part of the expression can get a name with `let`.",
    failing: `policy p\n\nlet deep = ${"[".repeat(70)}${"]".repeat(70)}\n`,
    fixed: 'policy p\n\nlet flat = ["a", "b"]\n',
  },
  {
    code: "N201",
    title: "Unknown effect",
    text: "A rule, a recogniser or a sandbox names an effect that nothing declares.\nThe effects of the standard library are always there; `effect` declares others.",
    failing: "policy p\n\nrule r {\n  on file.delet\n  deny\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  deny\n}\n",
  },
  {
    code: "N202",
    title: "Unknown name",
    text: "A bare name is a field of the rule's effects, a name that the usage line binds, a `let`, a `param`, or one of `agent`, `tool`, `cwd`, `workspace` and `env.NAME`.\nThis one is none of them.",
    failing: 'policy p\n\nlet kept = ["dist"]\n\ngate for agnt like "x" {\n  safe deny\n}\n',
    fixed: 'policy p\n\nlet kept = ["dist"]\n\ngate for agent like "x" {\n  safe deny\n}\n',
  },
  {
    code: "N203",
    title: "Unknown rule",
    text: "`without` and `by` name rules of the policy or of the standard library.",
    failing:
      'policy p\n\nrule keeps_files {\n  on file.delete\n  deny\n}\n\ntest "t" {\n  `rm x`  stops by keeps_file\n}\n',
    fixed:
      'policy p\n\nrule keeps_files {\n  on file.delete\n  deny\n}\n\ntest "t" {\n  `rm x`  stops by keeps_files\n}\n',
  },
  {
    code: "N204",
    title: "Unknown option",
    text: "A usage line or an argument names an option that the program's declaration does not have.\nEvery spelling is declared with `flag` or `option`; a subcommand also has the options of its program.",
    failing: "policy p\n\ncommand sweep {\n  flag -f --force\n  `--forse`  does nothing\n}\n",
    fixed: "policy p\n\ncommand sweep {\n  flag -f --force\n  `--force`  does nothing\n}\n",
  },
  {
    code: "N205",
    title: "Unknown word",
    text: "At this place the language has a fixed list of words: tiers, types, languages, ways to read options, origins, parts, assumptions.",
    failing: "policy p\n\nrule r {\n  on file.delete\n  raise irreversable\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  raise irreversible\n}\n",
  },
  {
    code: "N206",
    title: "Declared twice",
    text: "A rule, a `let` or `param`, a sandbox or a test is declared a second time.\nA policy has one declaration of each name, the files that it uses included.",
    failing: 'policy p\n\nlet kept = ["dist"]\nlet kept = ["target"]\n',
    fixed: 'policy p\n\nlet kept = ["dist", "target"]\n',
  },
  {
    code: "N207",
    title: "File not found",
    text: "`use` and `extends` name another source by its path from the source that they stand in.\n`.pawl` may be left out.",
    failing: "policy p\n\nuse ./taem\n",
    fixed: "policy p\n\nuse ./team\n",
    files: { "./team.pawl": 'let kept = ["dist"]\n' },
  },
  {
    code: "N208",
    title: "Circular extends",
    text: "The chain of `extends` leads back to a policy that is already in it.",
    failing: "policy p extends ./base\n",
    fixed: "policy p extends ./sound\n",
    files: { "./base.pawl": "policy base extends ./base\n", "./sound.pawl": "policy sound\n" },
  },
  {
    code: "N209",
    title: "Unknown mark",
    text: "A condition reads a mark that no rule of the policy sets, so it could never hold.",
    failing:
      "policy p\n\nrule reads {\n  on file.read\n  mark secret\n}\n\nrule sends {\n  on net.send\n  when session has secrets\n  deny\n}\n",
    fixed:
      "policy p\n\nrule reads {\n  on file.read\n  mark secret\n}\n\nrule sends {\n  on net.send\n  when session has secret\n  deny\n}\n",
  },
  {
    code: "N210",
    title: "Unknown parameter",
    text: "`--set` names a `param` that the policy does not have.",
    failing: "policy p\n\nparam limit: int = 5\n",
    fixed: "policy p\n\nparam limits: int = 5\n",
    set: { limits: "7" },
  },
  {
    code: "N211",
    title: "Reserved family",
    text: "Rules on a call itself (`on command`, `on tool`) become effects of the family `call`, so no policy declares one there.",
    failing: "policy p\n\neffect call.home (number: text)\n",
    fixed: "policy p\n\neffect phone.call (number: text)\n",
  },
  {
    code: "T301",
    title: "Operator and type do not fit",
    text: "Each operator is for some types: `under` and `covers` for paths, `within` for hosts and addresses, `<` and `between` for numbers and times.\nA list is tested element by element, with `any` or `every`.",
    failing: 'policy p\n\nrule r {\n  on net.send\n  when host under "/srv"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on net.send\n  when host within "example.com"\n  deny\n}\n',
  },
  {
    code: "T302",
    title: "Unknown field",
    text: "An effect does not have the field.\nWhen a rule names several effects, each of them must have every field that the rule reads.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  when pth like "**/.git/**"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  when path like "**/.git/**"\n  deny\n}\n',
  },
  {
    code: "T303",
    title: "A condition is needed",
    text: "A value stands where a condition is needed.\nOnly a bool, such as a flag, is a condition by itself.",
    failing: "policy p\n\nrule r {\n  on file.delete\n  when path\n  deny\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  when recursive\n  deny\n}\n",
  },
  {
    code: "T304",
    title: "Another kind of value is needed",
    text: "The value is of a kind that cannot stand here, such as a text after `in` or a number after `like`.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  when name(path) in "dist"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  when name(path) in ["dist"]\n  deny\n}\n',
  },
  {
    code: "T305",
    title: "A list where one value is needed",
    text: "A field holds one value, and the name stands for several words.\nWith `each`, the clause gives one effect for each of them.",
    failing: "policy p\n\ncommand sweep {\n  `<paths...>`  does file.delete(path: paths)\n}\n",
    fixed: "policy p\n\ncommand sweep {\n  `<paths...>`  does file.delete(path: each paths)\n}\n",
  },
  {
    code: "T306",
    title: "A list is needed",
    text: "`each`, `any`, `every`, `with` and `for each` go over a list, and this is a single value.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  when any path like "/srv/**"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  when path like "/srv/**"\n  deny\n}\n',
  },
  {
    code: "T307",
    title: "Fields differ",
    text: "Two declarations of one effect have different fields.\nA second declaration may leave the fields out, to raise the floor alone.",
    failing: "policy p\n\neffect mail.send (to: text)\neffect mail.send (to: text, subject: text) floor commitment\n",
    fixed: "policy p\n\neffect mail.send (to: text)\neffect mail.send floor commitment\n",
  },
  {
    code: "T308",
    title: "Incomplete rule",
    text: "A rule needs `on`, which says what it decides, and at least one of `raise`, `deny` and `mark`.",
    failing: "policy p\n\nrule r {\n  on file.delete\n  when recursive\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  when recursive\n  raise irreversible\n}\n",
  },
  {
    code: "T309",
    title: "A name that not every alternative binds",
    text: "A clause uses a name that one of the line's patterns does not bind.\nAll alternatives of a line must bind the names that its clauses use, or stand on lines of their own.",
    failing: "policy p\n\ncommand sweep {\n  `all | one <file: path>`  does file.delete(path: file)\n}\n",
    fixed:
      "policy p\n\ncommand sweep {\n  `all`               does file.delete\n  `one <file: path>`  does file.delete(path: file)\n}\n",
  },
  {
    code: "T310",
    title: "Bad value for a parameter",
    text: "The value that `--set` gives is not of the parameter's type.\nA list is written with commas.",
    failing: "policy p\n\nparam limit: int = 5\n",
    fixed: 'policy p\n\nparam limit: text = "5"\n',
    set: { limit: "many" },
  },
  {
    code: "T311",
    title: "The language is not known",
    text: "`runs` hands code to the recognisers, and nothing says in which language it is.\nA list of words without a type is an argument list; a hole or option of type `shell` or `sql` is a script; everything else needs `as`.",
    failing: "policy p\n\ncommand later {\n  `<script>`  runs script\n}\n",
    fixed: "policy p\n\ncommand later {\n  `<script: shell>`  runs script\n}\n",
  },
  {
    code: "T312",
    title: "Bad pattern",
    text: "The parts of a usage pattern do not fit together.\nA pattern has at most one list of words and one word with text around a name; a flag has no value; two names in a word need text between them.",
    failing: "policy p\n\ncommand sweep {\n  `<first...> <second...>`  does nothing\n}\n",
    fixed: "policy p\n\ncommand sweep {\n  `<first> <second...>`  does nothing\n}\n",
  },
  {
    code: "T313",
    title: "No home directory in a policy",
    text: "A policy is compiled once and decides for every user, so `~` stands for nothing in it.",
    failing: 'policy p\n\nrule r {\n  on file.read\n  when path under "~/.ssh"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.read\n  when path like "**/.ssh/**"\n  deny\n}\n',
  },
  {
    code: "T314",
    title: "Relative path",
    text: "Paths of effects are absolute, so a relative directory contains none of them.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  when path under "src"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  when path like "**/src/**"\n  deny\n}\n',
  },
  {
    code: "T315",
    title: "Bad glob",
    text: "A bracket or brace of the pattern has no partner.\nA character that is meant as itself has a backslash before it.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  when path like "**/[a-z"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  when path like "**/[a-z]"\n  deny\n}\n',
  },
  {
    code: "T316",
    title: "Bad regular expression",
    text: "Every pattern runs in linear time, so there are no back-references and no look-around.\nThe expression matches the whole text.",
    failing: "policy p\n\nrule r {\n  on process.exec\n  when program matches /(a+)\\1/\n  deny\n}\n",
    fixed: "policy p\n\nrule r {\n  on process.exec\n  when program matches /a+/\n  deny\n}\n",
  },
  {
    code: "T317",
    title: "Bad network",
    text: "A network is an address and the number of its fixed bits, such as `10.0.0.0/8` or `fd00::/8`.",
    failing: 'policy p\n\nrule r {\n  on net.send\n  when host in "10.0.0.0/99"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on net.send\n  when host in "10.0.0.0/8"\n  deny\n}\n',
  },
  {
    code: "T318",
    title: "Nested `for each`",
    text: "A tool goes over one list of its input at a time.",
    failing:
      'policy p\n\ntool "batch" {\n  for each group in input.groups {\n    for each file in group.files {\n      does file.delete(path: file)\n    }\n  }\n}\n',
    fixed:
      'policy p\n\ntool "batch" {\n  for each group in input.groups {\n    does file.delete(path: each group.files)\n  }\n}\n',
  },
  {
    code: "T319",
    title: "A second line of a kind that stands once",
    text: "A block has this line at most once: `raise`, `because`, `otherwise`, `options`, a tier of a gate, an argument of a clause.",
    failing: "policy p\n\nrule r {\n  on file.delete\n  raise commitment\n  raise irreversible\n}\n",
    fixed: "policy p\n\nrule r {\n  on file.delete\n  raise irreversible\n}\n",
  },
  {
    code: "T320",
    title: "Two `each`",
    text: "A clause gives one effect for each element of one list.\nWith two lists it would be unclear which elements belong together.",
    failing:
      "policy p\n\ncommand swap {\n  option -t <to: path>...\n  `<from...>`  does file.move(path: each from, to: each -t)\n}\n",
    fixed:
      "policy p\n\ncommand swap {\n  option -t <to: path>...\n  `<from...>`  does file.move(path: each from, to: -t)\n}\n",
  },
  {
    code: "T321",
    title: "Circular definition",
    text: "A `let` or `param` needs its own value.",
    failing: 'policy p\n\nlet a = b + ["x"]\nlet b = a\n',
    fixed: 'policy p\n\nlet a = b + ["x"]\nlet b = ["y"]\n',
  },
  {
    code: "T322",
    title: "Not at this place",
    text: "The clause or line has no meaning here: `adds` is for variables, `prints` for commands, `with` and `more` for argument lists.",
    failing: "policy p\n\ncommand sweep {\n  `<words...>`  adds words to rm\n}\n",
    fixed: "policy p\n\nvariable SWEEP_OPTIONS <words: words>  adds words to sweep\n",
  },
  {
    code: "T323",
    title: "Bad hole in a reason",
    text: "Braces in `because` hold a value: a field, a fact of the action, or a part of one.\nA brace that is meant as text is written twice.",
    failing: 'policy p\n\nrule r {\n  on file.delete\n  deny\n  because "{path and more} is kept"\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.delete\n  deny\n  because "{path} is kept"\n}\n',
  },
  {
    code: "T324",
    title: "Too many alternatives",
    text: "Alternatives of options and names multiply; a line may stand for 256 patterns.\nAlternatives of plain words count as one.",
    failing: `policy p\n\ncommand sweep {\n  flag -a, -b, -c, -d\n  \`${Array.from({ length: 5 }, () => "(-a | -b | -c | -d)").join(" ")}\`  does nothing\n}\n`,
    fixed: "policy p\n\ncommand sweep {\n  flag -a, -b, -c, -d\n  `(-a | -b) (-c | -d)`  does nothing\n}\n",
  },
  {
    code: "T325",
    title: "A spelling or field twice",
    text: "One declaration names the same option or the same field twice.",
    failing: "policy p\n\ncommand sweep {\n  flag -f --force, -f --fast\n  otherwise  does nothing\n}\n",
    fixed: "policy p\n\ncommand sweep {\n  flag -f --force, -F --fast\n  otherwise  does nothing\n}\n",
  },
  {
    code: "T326",
    title: "Field types differ",
    text: "The effects of a rule have a field of this name with different types, so a condition on it would mean two things.",
    failing:
      'policy p\n\neffect mail.send (to: text)\n\nrule r {\n  on mail.send, file.move\n  when to is "/srv"\n  deny\n}\n',
    fixed: 'policy p\n\neffect mail.send (to: text)\n\nrule r {\n  on file.move\n  when to is "/srv"\n  deny\n}\n',
  },
  {
    code: "T327",
    title: "Never matches",
    text: "A warning: the pattern is compared with absolute paths, and it can match none.",
    failing: 'policy p\n\nrule r {\n  on file.read\n  when path like ".env*"\n  deny\n}\n',
    fixed: 'policy p\n\nrule r {\n  on file.read\n  when path like "**/.env*"\n  deny\n}\n',
  },
  {
    code: "L401",
    title: "The session is not read directly",
    text: "Law 1: a session that has seen more never decides less.\nSo marks, counts and the session's tier are read only in a `when` of a rule, never under `not` and never in `unless`.",
    failing:
      "policy p\n\nrule reads {\n  on file.read\n  mark secret\n}\n\nrule r {\n  on net.send\n  unless session has secret\n  deny\n}\n",
    fixed:
      "policy p\n\nrule reads {\n  on file.read\n  mark secret\n}\n\nrule r {\n  on net.send\n  when session has secret\n  deny\n}\n",
  },
  {
    code: "L402",
    title: "The session is compared downward",
    text: "Law 1: a session that has seen more never decides less.\nSo its tier and counts are compared with `>=` or `>` only.",
    failing: "policy p\n\nrule r {\n  on net.send\n  when session.tier < commitment\n  deny\n}\n",
    fixed: "policy p\n\nrule r {\n  on net.send\n  when session.tier >= commitment\n  deny\n}\n",
  },
  {
    code: "L403",
    title: "An irreversible action without a human",
    text: "Law 5: an irreversible action is never allowed without an approval that names exactly this action.\nNo gate can say otherwise.",
    failing: "policy p\n\ngate {\n  safe          allow\n  irreversible  allow\n}\n",
    fixed: "policy p\n\ngate {\n  safe          allow\n  irreversible  require approval for 10m\n}\n",
  },
  {
    code: "L404",
    title: "A gate that falls",
    text: "The verdicts of a gate rise from tier to tier: what is worse is never treated more laxly.\nA tier without a line takes the verdict of the nearest lower tier that has one.",
    failing: "policy p\n\ngate {\n  sensitive     deny\n  commitment    allow\n  irreversible  deny\n}\n",
    fixed: "policy p\n\ngate {\n  sensitive     allow\n  commitment    deny\n  irreversible  deny\n}\n",
  },
  {
    code: "L405",
    title: "Not in an overlay",
    text: "An overlay can only tighten, so it adds rules, gates, `let`s and tests.\nA recogniser or another file could lower a tier by knowing more.",
    failing: "policy p extends ./base\n\ncommand sweep {\n  otherwise  does nothing\n}\n",
    fixed: "policy p extends ./base\n\nrule r {\n  on file.delete\n  deny\n}\n",
    files: { "./base.pawl": "policy base\n" },
  },
  {
    code: "L406",
    title: "Laxer than irreversible",
    text: "An action that is malformed or oversized counts as irreversible.\nA gate may treat it more strictly than that, never more laxly.",
    failing: "policy p\n\ngate {\n  irreversible  require approval\n  malformed     allow\n}\n",
    fixed: "policy p\n\ngate {\n  irreversible  require approval\n  malformed     deny\n}\n",
  },
  {
    code: "L407",
    title: "Approval time",
    text: "An approval holds between one second and a day.\nWhat should hold longer is a rule, not an approval.",
    failing: "policy p\n\ngate {\n  irreversible  require approval for 30d\n}\n",
    fixed: "policy p\n\ngate {\n  irreversible  require approval for 30m\n}\n",
  },
  {
    code: "K501",
    title: "seccomp cannot see the exception",
    text: "A seccomp filter sees the numbers of a call, never what stands behind a pointer: no path, host or address.\nA clause with such an exception needs a target that sees it, such as Landlock or BPF LSM.",
    stage: "sandbox",
    failing: 'policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete  except under "/tmp"\n}\n',
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K502",
    title: "An effect without system calls",
    text: "The clause names an effect that no `kernel` declaration gives a system call to, so nothing can hold it.\nThe checker reports this as K521 where it can see it.",
    stage: "sandbox",
    failing: "",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K503",
    title: "Unknown error number in a sandbox",
    text: "The error that a denied call gets has no number on Linux.\nThe checker reports this as K522 where it can see it.",
    stage: "sandbox",
    failing: "",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete with EACCES\n}\n",
  },
  {
    code: "K504",
    title: "Clauses that contradict",
    text: "Two clauses of a sandbox say different things about one effect.\nThe order of clauses never matters, so neither of them wins.",
    stage: "sandbox",
    failing: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n  allow file.delete\n}\n",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K505",
    title: "The launcher needs it",
    text: "A program is started under the filter, so the filter must leave what starting a program takes.",
    stage: "sandbox",
    failing: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny process.exec\n}\n",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny process.inspect\n}\n",
  },
  {
    code: "K506",
    title: "A call that cannot be filtered",
    text: "A `kernel` declaration names a system call that no architecture has, a constant that nobody knows, or a condition on an argument that is a pointer.",
    stage: "sandbox",
    failing:
      "policy p\n\nuse std\n\neffect mail.drop (path: path)\n\nkernel mail.drop {\n  call unlinkatt\n}\n\nsandbox s {\n  default allow\n  deny mail.drop\n}\n",
    fixed:
      "policy p\n\nuse std\n\neffect mail.drop (path: path)\n\nkernel mail.drop {\n  call unlinkat\n}\n\nsandbox s {\n  default allow\n  deny mail.drop\n}\n",
  },
  {
    code: "K507",
    title: "The filter is too long",
    text: "The kernel takes a filter of 4096 instructions.\nThe message names the effects that most of them come from.",
    stage: "sandbox",
    failing: "",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K508",
    title: "Observation by log",
    text: "A warning: seccomp observes through the kernel's audit log, which has the call and no paths or addresses.",
    stage: "sandbox",
    failing: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  observe process.exec\n}\n",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K509",
    title: "No profile form",
    text: "The sandbox cannot be written in this form, for the reason that the message gives.\nThe raw filter always can.",
    stage: "sandbox",
    failing: "",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K510",
    title: "The form cannot express it",
    text: "The form of the output decides by the number of a call alone, and a clause decides on its arguments.\nThe raw filter and the OCI profile can.",
    stage: "sandbox",
    failing: "",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete\n}\n",
  },
  {
    code: "K511",
    title: "No absolute path for Landlock",
    text: "Landlock is given the directories of a clause when the profile is emitted, so each must be an absolute path.",
    stage: "sandbox",
    failing: "",
    fixed:
      'policy p\n\nuse std\n\nsandbox s {\n  default allow\n  deny file.delete  except under "/tmp"  best effort\n}\n',
  },
  {
    code: "K521",
    title: "Not an effect of the kernel",
    text: "A sandbox is enforced by the kernel, which sees system calls.\nIt can name the effects that have a `kernel` declaration.",
    failing: "policy p\n\nuse std\n\nsandbox s {\n  deny infra.destroy\n}\n",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  deny file.delete\n}\n",
  },
  {
    code: "K522",
    title: "Unknown error number",
    text: "`with` names the error that a denied call gets, by its name in the C library.",
    failing: "policy p\n\nuse std\n\nsandbox s {\n  deny file.delete with EPREM\n}\n",
    fixed: "policy p\n\nuse std\n\nsandbox s {\n  deny file.delete with EPERM\n}\n",
  },
  {
    code: "K523",
    title: "No such argument",
    text: "A system call has six arguments, counted from 0.",
    failing: "policy p\n\nkernel file.delete {\n  call unlinkat when arg 6 is 0\n}\n",
    fixed: "policy p\n\nkernel file.delete {\n  call unlinkat when arg 2 is 0\n}\n",
  },
  {
    code: "K524",
    title: "Number too large",
    text: "Arguments of system calls have 64 bits.",
    failing: "policy p\n\nkernel file.delete {\n  call unlinkat when arg 2 is 0x10000000000000000\n}\n",
    fixed: "policy p\n\nkernel file.delete {\n  call unlinkat when arg 2 is 0x200\n}\n",
  },
];
