// The grammar of the Pawl language, in Ohm.
//
// Rules with a capital are syntactic: blanks, newlines and comments may stand between their parts.
// `//+` and `//-` lines hold JSON strings that the rule after them accepts or rejects; a test runs them.
// A backquote is written \x60 here because the grammar is a template string.

export const pawlGrammar: string = String.raw`
Pawl {
  File = Declaration* end

  Declaration = PolicyDecl | UseDecl | LetDecl | ParamDecl | EffectDecl | CommandDecl | VariableDecl
              | ToolDecl | RuleDecl | GateDecl | SandboxDecl | KernelDecl | TestDecl | AssumeDecl

  //+ "policy infra_agent", "policy triage extends ./base", "policy triage extends base"
  //- "policy", "policyx a"
  PolicyDecl = kw<"policy"> ident ExtendsPart?
  ExtendsPart = kw<"extends"> (relativePath | ident)

  //+ "use std", "use ./team", "use std without a, b", "use ../shared/team.pawl"
  //- "use", "use std without"
  UseDecl = kw<"use"> (relativePath | ident) UseWithout?
  UseWithout = kw<"without"> NonemptyListOf<ident, ",">

  //+ "let a = [\"x\", workspace]", "let b = 10m", "let c = a + [\"y\"]", "let r = /a+/i"
  //- "let a", "let = 1"
  LetDecl = kw<"let"> ident "=" Value

  //+ "param limit: decimal = 100.50", "param names = [\"a\"]"
  //- "param limit"
  ParamDecl = kw<"param"> ident TypePart? "=" Value
  TypePart = ":" Type

  //+ "effect file.delete (path: path, recursive: bool) floor commitment", "effect process.exit", "effect a.b (names: list text)"
  //- "effect file", "effect file.delete (path)"
  EffectDecl = kw<"effect"> effectName FieldList? FloorPart?
  FieldList = "(" ListOf<FieldDecl, ","> ","? ")"
  FieldDecl = ident ":" Type
  FloorPart = kw<"floor"> ident
  Type = kw<"list"> ident  --list
       | ident             --plain

  //+ "command rm { flag -f }", "command git push in -C { }", "command kubectl (get|describe) { }", "command ., source { }", "command gh pr|issue delete-* { }"
  //- "command { }", "command git push in C { }"
  CommandDecl = kw<"command"> NonemptyListOf<programName, ","> SubWord* InPart? "{" CommandLine* "}"
  SubWord = ~kw<"in"> (ParenSubWord | subWord)
  ParenSubWord = "(" NonemptyListOf<subPiece, "|"> ")"
  InPart = kw<"in"> spelling
  CommandLine = OptionsLine | FlagLine | OptionLine | OtherwiseLine | UsageLine

  //+ "options posix", "options gnu assignments"
  //- "options"
  OptionsLine = kw<"options"> ident kw<"assignments">?

  //+ "flag -f --force, -d --delete, --mirror"
  //- "flag", "flag force"
  FlagLine = kw<"flag"> NonemptyListOf<FlagSpec, ",">
  FlagSpec = spelling+

  //+ "option -o --output <file: path>, --lease[=<text>], -e <text>...", "option -i[<suffix>]", "option of=<file: path>"
  //- "option", "option -o <"
  OptionLine = kw<"option"> NonemptyListOf<OptionSpec, ",">
  OptionSpec = spelling+ OptionValue?
  OptionValue = "[" "="? Hole "]" "..."?  --optional
              | "="? Hole "..."?          --required

  //+ "<name>", "<name...>", "<name: path>", "<names...: path>"
  //- "<>", "<a b>"
  Hole = "<" ident "..."? HoleType? ">"
  HoleType = ":" ident

  //+ "\u0060-f | --mirror\u0060 without -n does a.b", "\u0060-c\u0060, \u0060-d @<x>\u0060 without --dry-run=(client | server) when x is \"y\" does nothing prints path"
  //- "\u0060a\u0060", "does nothing"
  UsageLine = NonemptyListOf<usagePattern, ","> kw<"exactly">? UsageLimit* Clause+
  UsageLimit = WithoutLimit | WhenLimit
  WithoutLimit = kw<"without"> NonemptyListOf<WithoutOption+, ",">
  WhenLimit = kw<"when"> Condition
  WithoutOption = spelling WithoutValues?
  WithoutValues = "=" "(" NonemptyListOf<subPiece, "|"> ")"  --several
                | "=" subPiece                                --one
  OtherwiseLine = kw<"otherwise"> Clause+

  Clause = DoesClause | RunsClause | PrintsClause | AddsClause

  //+ "does nothing", "does repo.change", "does file.delete(path: each paths, recursive: -r)", "does a.b(x: none, y: url.host, z: state of \"f\")"
  //- "does", "does a.b(paths)"
  DoesClause = kw<"does"> kw<"nothing">       --nothing
             | kw<"does"> effectName Args?    --effect
  Args = "(" ListOf<Arg, ","> ","? ")"
  Arg = ident ":" ArgValue
  ArgValue = kw<"each"> Value  --each
           | Value             --value

  //+ "runs argv with \"{}\" any under starts", "runs -c with args", "runs stdin as shell", "runs file f as python with args", "runs http(method: -X, url: each urls)", "runs argv more unknown in -C on remote", "runs argv with -I unknown"
  //- "runs", "runs stdin as"
  RunsClause = kw<"runs"> kw<"http"> Args                            --http
             | kw<"runs"> kw<"stdin"> AsPart RunsTail*               --stdin
             | kw<"runs"> kw<"file"> Value AsPart RunsTail*          --file
             | kw<"runs"> ~(kw<"http"> "(") Value AsPart? RunsTail*  --value
  AsPart = kw<"as"> ident
  RunsTail = kw<"with"> (spelling | string) Supply  --substitute
           | kw<"with"> ident                       --args
           | kw<"more"> Supply                      --more
           | kw<"in"> Value                         --in
           | kw<"on"> ident                         --on
  Supply = kw<"any">? kw<"under"> ident  --under
         | kw<"unknown">                 --unknown
         | kw<"stdin">                   --stdin

  //+ "prints words", "prints words without newline with escapes", "prints format f with args", "prints stdin", "prints from network", "prints path"
  //- "prints", "prints a without"
  PrintsClause = kw<"prints"> kw<"from"> ident                     --from
               | kw<"prints"> kw<"format"> ident kw<"with"> ident  --format
               | kw<"prints"> ident PrintsTail*                    --words
  PrintsTail = kw<"without"> kw<"newline">  --noNewline
             | kw<"with"> kw<"escapes">     --escapes

  //+ "adds args to terraform after subcommand", "adds args to less"
  //- "adds args"
  AddsClause = kw<"adds"> ident kw<"to"> NonemptyListOf<programName, ","> AfterPart?
  AfterPart = kw<"after"> kw<"subcommand">

  //+ "variable HOME, PWD: path", "variable PAGER <script: shell> runs script", "variable TF_CLI_ARGS <args: words> adds args to terraform after subcommand"
  //- "variable", "variable PATH:"
  VariableDecl = kw<"variable"> NonemptyListOf<ident, ","> HoleType? Hole? Clause*

  //+ "tool \"Bash\", \"shell\" { runs input.command as shell }", "tool \"x\" { for each op in input.ops { when op.type is \"d\" does a.b otherwise does nothing } }"
  //- "tool Bash { }"
  ToolDecl = kw<"tool"> NonemptyListOf<string, ","> "{" ToolStatement* "}"
  ToolStatement = ForEach | ToolWhen | ToolOtherwise | Clause
  ForEach = kw<"for"> kw<"each"> ident kw<"in"> Value "{" ToolStatement* "}"
  ToolWhen = kw<"when"> Condition ToolBody
  ToolOtherwise = kw<"otherwise"> ToolBody
  ToolBody = "{" ToolStatement* "}"  --block
           | Clause+                 --clauses

  //+ "rule a { on file.* when not path under workspace raise irreversible }", "rule b { on command \u0060git push --force\u0060 deny }", "rule c { on tool \"Write\" mark m because \"{tool}\" instead \u0060ls\u0060 }", "rule d { on file.read assume unknown_names_are_ordinary deny }"
  //- "rule { on a.b }", "rule a { path under workspace }"
  RuleDecl = kw<"rule"> ident "{" RuleLine* "}"
  RuleLine = kw<"on"> kw<"command"> NonemptyListOf<usagePattern, ","> kw<"exactly">? WithoutLimit*  --command
           | kw<"on"> kw<"tool"> NonemptyListOf<string, ",">          --tool
           | kw<"on"> NonemptyListOf<effectRef, ",">                  --on
           | kw<"when"> Condition                                     --when
           | kw<"unless"> Condition                                   --unless
           | kw<"raise"> kw<"to">? ident                              --raise
           | kw<"deny">                                               --deny
           | kw<"mark"> NonemptyListOf<ident, ",">                    --mark
           | kw<"because"> string                                     --because
           | kw<"assume"> ident                                       --assume
           | kw<"instead"> backquoted                                 --instead

  //+ "gate { safe allow irreversible require approval for 10m malformed deny }", "gate for agent \"triage-*\" { commitment deny }", "gate for env.STAGE is \"prod\" { safe deny }"
  //- "gate for { }", "gate { safe }"
  GateDecl = kw<"gate"> GateFor? "{" GateLine* "}"
  GateFor = kw<"for"> kw<"agent"> NonemptyListOf<string, ",">  --agent
          | kw<"for"> kw<"tool"> NonemptyListOf<string, ",">   --tool
          | kw<"for"> Condition                                --condition
  GateLine = ident Verdict
  Verdict = kw<"allow">                                 --allow
          | kw<"deny">                                  --deny
          | kw<"require"> kw<"approval"> ApprovalTime?  --approval
  ApprovalTime = kw<"for"> duration

  //+ "sandbox read_only { default allow deny file.delete with EPERM }", "sandbox s { default deny with ENOSYS future deny compat filter allow process.* deny file.delete except under workspace, \"/tmp\" best effort }"
  //- "sandbox { default allow }", "sandbox s { default kill }"
  SandboxDecl = kw<"sandbox"> ident "{" SandboxLine* "}"
  SandboxLine = kw<"default"> AllowOrDeny WithErrno?                                        --default
              | kw<"future"> AllowOrDeny                                                    --future
              | kw<"compat"> (kw<"refuse"> | kw<"filter">)                                  --compat
              | SandboxAction NonemptyListOf<effectRef, ","> SandboxTail*                   --clause
  AllowOrDeny = kw<"allow"> | kw<"deny">
  SandboxAction = kw<"allow"> | kw<"deny"> | kw<"kill"> | kw<"log"> | kw<"observe">
  SandboxTail = WithErrno                                   --errno
              | kw<"except"> NonemptyListOf<ExceptItem, ","> --except
              | kw<"best"> kw<"effort">                      --bestEffort
  WithErrno = kw<"with"> ident
  //+ "loopback", "under workspace, \"/tmp\"", "in \"10.0.0.0/8\""
  //- "\"/tmp\"", "under"
  ExceptItem = kw<"loopback">                               --loopback
             | kw<"under"> NonemptyListOf<ExceptValue, ",">  --under
             | kw<"in"> NonemptyListOf<ExceptValue, ",">     --in
  ExceptValue = ~kw<"loopback"> Value

  //+ "kernel file.delete { call unlink, unlinkat call openat when arg 2 & \"O_ACCMODE\" is not \"O_RDONLY\" and arg 1 >= 0x10 with ENOSYS }"
  //- "kernel { call unlink }", "kernel file.delete { unlink }"
  KernelDecl = kw<"kernel"> NonemptyListOf<effectName, ","> "{" KernelCall* "}"
  KernelCall = kw<"call"> NonemptyListOf<ident, ","> KernelWhen? WithErrno?
  KernelWhen = kw<"when"> NonemptyListOf<KernelCondition, kw<"and">>
  KernelCondition = kw<"arg"> natural KernelMask? KernelOperator kernelValue
  KernelMask = "&" kernelValue
  KernelOperator = kw<"is"> kw<"not">  --isNot
                 | kw<"is">            --is
                 | compareOperator     --compare
  kernelValue = hexadecimal | natural | string

  //+ "test \"t\" in order { \u0060ls\u0060 is safe by a, b \u0060rm x\u0060 stops tool \"W\" {\"a\": [1, null]} passes }"
  //- "test t { }", "test \"t\" { \u0060ls\u0060 }"
  TestDecl = kw<"test"> string InOrder? "{" TestLine* "}"
  InOrder = kw<"in"> kw<"order">
  TestLine = TestAction TestExpect ByPart? ";"?
  TestAction = kw<"tool"> string Json  --tool
             | backquoted              --command
  TestExpect = kw<"is"> ident   --tier
             | kw<"stops">      --stops
             | kw<"passes">     --passes
  ByPart = kw<"by"> NonemptyListOf<ident, ",">

  AssumeDecl = kw<"assume"> ident

  //+ "{\"a\": [1, -2.5e3, \"x\", true, null, {}]}"
  //- "{a: 1}", "[1,]", "01"
  Json = "{" ListOf<JsonMember, ","> "}"  --object
       | "[" ListOf<Json, ","> "]"        --array
       | jsonString                       --string
       | jsonNumber                       --number
       | kw<"true">                       --true
       | kw<"false">                      --false
       | kw<"null">                       --null
  JsonMember = jsonString ":" Json

  //+ "a and not b or (c and d)", "not path under workspace", "any paths like \"*\"", "count(m) >= 5", "session has m", "session.tier >= commitment"
  //+ "name(path) in list", "x is none", "x is not \"a\"", "x not in [1, 2]", "amount between 1 and 2.5", "url.host within \"example.com\"", "-f and -n is none", "at < 10m", "n > -5"
  //- "a and", "not", "x like", "and", "count(m >= 5"
  Condition = NonemptyListOf<AndCondition, kw<"or">>
  AndCondition = NonemptyListOf<NotCondition, kw<"and">>
  NotCondition = kw<"not"> NotCondition  --not
               | "(" Condition ")"       --group
               | Predicate               --predicate
  Predicate = kw<"session"> kw<"has"> ident                             --sessionHas
            | kw<"session"> "." kw<"tier"> compareOrIs ident            --sessionTier
            | kw<"count"> "(" ident ")" compareOrIs natural             --count
            | (kw<"any"> | kw<"every">) Value Test                      --quantified
            | Value Test                                                --test
            | Value                                                     --truth
  Test = kw<"is"> kw<"not"> kw<"in"> Value                              --isNotIn
       | kw<"is"> kw<"in"> Value                                        --isIn
       | kw<"is"> kw<"not"> Value                                       --isNot
       | kw<"is"> Value                                                 --is
       | kw<"not">? kw<"between"> Limit kw<"and"> Limit                 --between
       | kw<"not">? textOperator Value                                  --operator
       | compareOperator Limit                                          --compare
  textOperator = kw<"in"> | kw<"like"> | kw<"matches"> | kw<"contains"> | kw<"under"> | kw<"covers"> | kw<"within">
  Limit = negative  --negative
        | Value     --value
  compareOperator = "<=" | ">=" | "<" | ">"
  compareOrIs = compareOperator | kw<"is">

  //+ "[\"a\", b] + c", "url.host", "input.\"a-b\".c", "name(path)", "state of \"terraform.tfstate\"", "-chdir", "/a\\/b/i", "10m", "1.50", "env.HOME"
  //- "when", "a.", "[a b]"
  Value = NonemptyListOf<Primary, "+">
  Primary = "[" ListOf<Value, ","> ","? "]"                  --list
          | regex                                            --regex
          | duration                                         --duration
          | number                                           --number
          | string                                           --string
          | spelling                                         --spelling
          | (kw<"state"> | kw<"script"> | kw<"link">) kw<"of"> Primary  --evidence
          | ident "(" Value ")"                              --call
          | kw<"true">                                       --true
          | kw<"false">                                      --false
          | kw<"none">                                       --none
          | name MemberPart*                                 --name
  MemberPart = "." (ident | string)

  // ------------------------------------------------------------ words

  kw<word> = word ~identPart
  //+ "a", "_a1", "caf\u00e9"
  //- "1a", "a-b", ""
  ident (an identifier) = identStart identPart*
  identStart = letter | "_"
  identPart = alnum | "_"
  // A name in a condition or an argument: what begins the next part of a line is none.
  //+ "path", "tool", "recursive", "ordinary"
  //- "when", "and", "does"
  name (a name) = ~(reserved ~identPart) ident
  reserved = "and" | "or" | "not" | "is" | "in" | "like" | "matches" | "contains" | "under" | "covers" | "between" | "within"
           | "has" | "when" | "unless" | "raise" | "deny" | "because" | "instead" | "does" | "runs" | "prints"
           | "adds" | "otherwise" | "without" | "true" | "false" | "none" | "any" | "every"

  //+ "file.delete", "cloud.vm.delete"
  //- "file", "file."
  effectName (an effect's name) = ident ("." ident)+
  //+ "file.*", "file.delete"
  //- "*", "file"
  effectRef (an effect's name) = ident ("." ident)* ".*"  --family
                               | effectName               --effect
  relativePath (a path such as ./team) = ("./" | "../") (~(space | "," | "{" | "}") any)+

  //+ "rm", "g++", "[", ".", "mkfs.ext4"
  //- "a b", "a,b", ""
  programName (a program's name) = string | programChar+
  programChar = ~(space | "//" | "," | "{" | "}" | "|" | "<" | ">" | "(" | ")" | "\x60" | "\"" | ";") any
  subWord (a word) = subPiece ("|" subPiece)*
  subPiece (a word) = string | programChar+

  //+ "-f", "--force-with-lease", "-chdir", "of=", "-?", "-0", "+o"
  //- "f", "of", "--x=y", "+"
  spelling (an option such as -f or --force) = ("-" | "+") optionChar+  --dash
                                             | "-" &(space | ",")       --alone
                                             | ident "=" ~"="           --assignment
  optionChar = ~(space | "," | "<" | ">" | "[" | "]" | "=" | "|" | "(" | ")" | "{" | "}" | "\x60" | "\"" | ";") any

  // ------------------------------------------------------------ usage patterns

  //+ "\u0060plan | show\u0060", "\u0060<starts...> (-exec | -ok) <argv...> \";\"\u0060", "\u0060-c alias.<name>=!<script: shell>\u0060", "\u0060+<ref>\u0060", "\u0060--dry-run=(client | server)\u0060", "\u0060https://*\u0060"
  //- "\u0060\u0060", "\u0060a |\u0060", "\u0060(a\u0060", "\u0060<a\u0060"
  usagePattern (a pattern in backquotes) = "\x60" blank* alternatives blank* "\x60"
  alternatives = sequence (blank* "|" blank* sequence)*
  sequence = item (blank+ item)*
  item = group | optionWord | word
  group = "(" blank* alternatives blank* ")"
  optionWord = "-" patternOptionChar+ optionWordValue?
  optionWordValue = "=" group   --group
                  | "=" piece+  --pieces
                  | hole        --hole
  patternOptionChar = ~(blank | "=" | "|" | "(" | ")" | "<" | ">" | "\x60" | "\"") any
  word = piece+
  piece = hole | string | literalText
  literalText = literalChar+
  literalChar = "\\" any  --escape
              | ~(blank | "|" | "(" | ")" | "<" | ">" | "\x60" | "\"" | "\\") any  --plain
  hole = "<" blank* ident "..."? (blank* ":" blank* ident)? blank* ">" "..."?
  blank = " " | "\t" | "\n" | "\r"

  // ------------------------------------------------------------ literals

  //+ "\"a\\\"b\\u{1F600}\\n\\\\\"", "\"\""
  //- "\"a", "\"a\nb\""
  string (a text in quotes) = "\"" stringChar* "\""
  stringChar = "\\" any  --escape
             | ~("\"" | "\\" | "\n") any  --plain
  jsonString (a JSON string) = string
  jsonNumber (a JSON number) = "-"? jsonWhole ("." digit+)? (("e" | "E") ("+" | "-")? digit+)? ~identPart
  jsonWhole = "0"              --zero
            | "1".."9" digit*  --positive

  //+ "\u0060a b\u0060", "\u0060\u0060echo \u0060date\u0060 \u0060\u0060"
  //- "\u0060\u0060", "\u0060a"
  backquoted (a command in backquotes) = "\x60\x60\x60" (~"\x60\x60\x60" any)+ "\x60\x60\x60"  --three
             | "\x60\x60" (~"\x60\x60" any)+ "\x60\x60"             --two
             | "\x60" (~"\x60" any)+ "\x60"                       --one

  //+ "/a+/", "/a\\/[/]/i"
  //- "/a", "//"
  regex (a regular expression) = "/" ~"/" regexChar+ "/" "i"? ~identPart
  regexChar = "\\" ~"\n" any               --escape
            | "[" regexClassChar* "]"      --class
            | ~("/" | "\n" | "[") any      --plain
  regexClassChar = "\\" ~"\n" any   --escape
                 | ~("]" | "\n") any  --plain

  duration (a duration such as 10m) = digit+ ("s" | "m" | "h" | "d") ~identPart
  number (a number) = digit+ ("." digit+)? ~identPart
  negative (a negative number) = "-" number
  natural (a whole number) = digit+ ~identPart
  hexadecimal (a hexadecimal number) = "0x" hexDigit+ ~identPart

  space += comment
  comment (a comment) = "//" (~"\n" any)*
}
`;
