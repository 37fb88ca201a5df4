// `pawl completion SHELL`: a script made from the command tree itself, so that it cannot fall behind.

import type { Command } from "commander";
import { CommandError, OK } from "../exit.ts";
import { print } from "../terminal.ts";

/** Prints the completion script for a shell. */
export function completion(shell: string, program: Command): number {
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write === undefined) {
    throw new CommandError(`no completion for \`${shell}\``, { help: "one of bash, zsh, fish" });
  }
  print(write(pathsOf(program, [])));
  return OK;
}

/** A command by its words (`session list`), with what may stand next. */
interface CommandPath {
  readonly words: readonly string[];
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly flag: string; readonly description: string }[];
}

const SHELLS: Readonly<Record<string, (paths: readonly CommandPath[]) => string>> = { bash, zsh, fish };

function pathsOf(command: Command, words: readonly string[]): readonly CommandPath[] {
  const subcommands = command.commands.map((sub) => ({ name: sub.name(), description: sub.description() }));
  const options = command.options
    .filter((option) => option.long !== undefined && option.long !== null)
    .map((option) => ({ flag: option.long ?? "", description: option.description }));
  const inner = command.commands.flatMap((sub) => pathsOf(sub, [...words, sub.name()]));
  return [{ words, subcommands, options }, ...inner];
}

function bash(paths: readonly CommandPath[]): string {
  const cases = paths.map((path) => {
    const next = [...path.subcommands.map((sub) => sub.name), ...path.options.map((option) => option.flag)];
    return `    "${path.words.join(" ")}") words="${next.join(" ")}" ;;`;
  });
  return `# Completion of pawl for bash: eval "$(pawl completion bash)"
_pawl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) case " $(_pawl_next "$path") " in *" $word "*) path="\${path:+$path }$word" ;; esac ;;
    esac
  done
  words="$(_pawl_next "$path")"
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
_pawl_next() {
  local words=""
  case "$1" in
${cases.join("\n")}
  esac
  printf '%s' "$words"
}
complete -o filenames -F _pawl pawl`;
}

function zsh(paths: readonly CommandPath[]): string {
  const cases = paths.map((path) => {
    const next = [
      ...path.subcommands.map((sub) => `${sub.name}:${sub.description}`),
      ...path.options.map((option) => `${option.flag}:${option.description}`),
    ];
    return `    ${quote(path.words.join(" "))}) next=(${next.map(quote).join(" ")}) ;;`;
  });
  return `#compdef pawl
# Completion of pawl for zsh: eval "$(pawl completion zsh)"
_pawl_next() {
  next=()
  case "$1" in
${cases.join("\n")}
  esac
}
_pawl() {
  local place="" word
  local -a next
  _pawl_next ""
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( \${next[(I)$word:*]} )) && [[ $word != -* ]]; then
      place="\${place:+$place }$word"
      _pawl_next "$place"
    fi
  done
  _describe pawl next
  _files
}
compdef _pawl pawl`;
}

function fish(paths: readonly CommandPath[]): string {
  const lines = paths.flatMap((path) => {
    const condition = path.words.length === 0 ? "__fish_use_subcommand" : seen(path);
    return [
      ...path.subcommands.map(
        (sub) => `complete -c pawl -n ${quote(condition)} -f -a ${sub.name} -d ${quote(sub.description)}`,
      ),
      ...path.options.map(
        (option) =>
          `complete -c pawl -n ${quote(condition)} -l ${option.flag.slice(2)} -d ${quote(option.description)}`,
      ),
    ];
  });
  return ["# Completion of pawl for fish: pawl completion fish | source", ...lines].join("\n");
}

/** True in fish where all words of the path stand, and none of its subcommands. */
function seen(path: CommandPath): string {
  const all = path.words.map((word) => `__fish_seen_subcommand_from ${word}`);
  const none =
    path.subcommands.length === 0
      ? []
      : [`not __fish_seen_subcommand_from ${path.subcommands.map((sub) => sub.name).join(" ")}`];
  return [...all, ...none].join("; and ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
