// The lines of a declaration: which of them match a reading, and what they bind (docs/meaning.md, section 3).

import type { Form, PositionalItem, RequiredOption, UsageIr, UsagePattern } from "../ir/ir.ts";
import { runClauses } from "./clauses.ts";
import { conditionAnswer, NO_SESSION } from "./conditions.ts";
import type { Context, Frame, State } from "./context.ts";
import { joinFrame, newFrame } from "./context.ts";
import { matchValue } from "./matching.ts";
import { scopeOf } from "./operands.ts";
import type { Scope } from "./operands.ts";
import type { Occurrence, Reading } from "./reading.ts";
import {
  argvOf,
  endsAt,
  exactCount,
  exists,
  isOrdered,
  occurrencesOf,
  optionValue,
  optionValues,
  positionals,
  presence,
} from "./reading.ts";
import type { Answer, Item, Value } from "./values.ts";
import {
  BELOW,
  bytesOf,
  hasHole,
  holeIn,
  item,
  known,
  listValue,
  max,
  MAYBE,
  min,
  NO,
  surelyThere,
  unknown,
  unknownWords,
  YES,
} from "./values.ts";

/** A program that runs: its reading, and what it prints as the last line that said so has it. */
export interface Command {
  readonly ctx: Context;
  readonly state: State;
  readonly reading: Reading;
  readonly frame: Frame;
}

/** Runs what the lines say, at most with `certainty`, and answers the greatest answer of a line. `words` positionals belong to the subcommand. */
export function runUsages(usages: readonly UsageIr[], words: number, certainty: Answer, command: Command): Answer {
  return usages.map((usage) => runUsage(usage, words, certainty, command)).reduce(max, NO);
}

function runUsage(usage: UsageIr, words: number, certainty: Answer, command: Command): Answer {
  if (isExcluded(usage, command.reading)) return NO;
  return usage.patterns.map((pattern) => runPattern(usage, pattern, words, certainty, command)).reduce(max, NO);
}

/** Whether an option of `without` is certainly given, in full spelling, and in force. */
function isExcluded(usage: UsageIr, reading: Reading): boolean {
  return usage.without.some(({ option, values }) => {
    const last = occurrencesOf(reading, option).findLast((occurrence) => occurrence.sure);
    if (presence(reading, option) !== YES || last === undefined || !last.full) return false;
    return values === null || matchValue(last.value, values) === YES;
  });
}

type Bind = (hole: number, items: readonly Item[]) => void;

function runPattern(usage: UsageIr, pattern: UsagePattern, words: number, certainty: Answer, command: Command): Answer {
  const { reading } = command;
  const holes: (readonly Item[] | null)[] = usage.holes.map(() => null);
  const bind: Bind = (hole, items) => {
    holes[hole] = items;
  };
  const first = words + pattern.words.length;
  const answers = [
    ...pattern.words.map((spellings, index) => wordAnswer(reading, words + index, spellings)),
    ...pattern.options.map((required) => requiredAnswer(reading, required, bind)),
  ];
  const demands = answers.reduce(min, YES);
  const answer = demands === NO ? NO : min(demands, bindPositionals(reading, pattern, first, bind));
  if (answer === NO) return NO;
  const once = (here: Answer): Answer => (here === NO ? NO : apply(usage, here, certainty, command, [...holes]));
  const { form } = pattern;
  if (form !== null) {
    return positionals(reading, first, Number.POSITIVE_INFINITY)
      .map((element) => {
        const own = min(answer, formAnswer(form, element.value, bind));
        return once(element.unsure || element.splat ? min(own, MAYBE) : own);
      })
      .reduce(max, NO);
  }
  const iterated = pattern.options.findLast((required) => required.argv !== null || required.value?.kind === "form");
  if (iterated === undefined) return once(answer);
  return occurrencesOf(reading, iterated.option)
    .filter((occurrence) => !occurrence.negated)
    .map((occurrence) => {
      const own = occurrenceAnswer(iterated, occurrence, bind);
      return once(min(own, occurrence.sure ? answer : min(answer, MAYBE)));
    })
    .reduce(max, NO);
}

/** Asks the line's condition and runs its clauses; answers what the line answers. */
function apply(
  usage: UsageIr,
  matched: Answer,
  certainty: Answer,
  command: Command,
  holes: (readonly Item[] | null)[],
): Answer {
  const { ctx, state, reading, frame } = command;
  const own = newFrame(holes, frame.input, frame.shares);
  const scope: Scope = { ...scopeOf(ctx, state), reading, frame: own };
  const answer = usage.when === null ? matched : min(matched, conditionAnswer(usage.when, scope, NO_SESSION));
  if (answer === NO) return NO;
  runClauses(usage.clauses, min(answer, certainty), scope, own);
  joinFrame(frame, own);
  return answer;
}

/** Whether positional `index` is there and matches. */
export function wordAnswer(reading: Reading, index: number, spellings: UsagePattern["words"][number]): Answer {
  return min(exists(reading, index), matchOfAny(positionals(reading, index, index + 1), spellings));
}

/** What a place with any of these items answers. */
function matchOfAny(items: readonly Item[], spellings: UsagePattern["words"][number]): Answer {
  return allOrSome(items.map((element) => matchValue(element.value, spellings)));
}

function allOrSome(answers: readonly Answer[]): Answer {
  if (answers.every((answer) => answer === NO)) return NO;
  return answers.every((answer) => answer === YES) ? YES : MAYBE;
}

function requiredAnswer(reading: Reading, required: RequiredOption, bind: Bind): Answer {
  const given = presence(reading, required.option);
  const value = optionValue(reading, required.option);
  const option = reading.grammar.options[required.option];
  if (required.hole !== null && option !== undefined && option.value !== "none") {
    bind(required.hole, option.repeated ? optionValues(reading, required.option) : itemsOf(value));
  }
  return required.value?.kind === "patterns" ? min(given, matchValue(value, required.value.patterns)) : given;
}

function itemsOf(value: Value | null): readonly Item[] {
  return value === null ? [] : [item(value)];
}

/** Binds the positionals from `first` on; answers whether the pattern's demands on them hold. */
function bindPositionals(reading: Reading, pattern: UsagePattern, first: number, bind: Bind): Answer {
  const rest = pattern.positionals.findIndex((positional) => positional.kind === "rest");
  const front = rest < 0 ? pattern.positionals : pattern.positionals.slice(0, rest);
  const back = rest < 0 ? [] : pattern.positionals.slice(rest + 1);
  const singles = front.length + back.length;
  const answers: Answer[] = [];
  if (pattern.exactly && rest < 0) answers.push(endsAt(reading, first + singles));
  if (0 < singles) answers.push(exists(reading, first + singles - 1));
  if (answers.includes(NO)) return NO;
  front.forEach((positional, index) =>
    answers.push(bindOne(positional, positionals(reading, first + index, first + index + 1), bind)),
  );
  const remaining = pattern.positionals[rest];
  if (remaining?.kind === "rest") {
    const total = exactCount(reading);
    const from = first + front.length;
    const items = positionals(
      reading,
      from,
      total === null ? Number.POSITIVE_INFINITY : Math.max(from, total - back.length),
    );
    const ends = total === null && isOrdered(reading) ? items.slice(items.length - back.length) : [];
    if (
      0 < back.length &&
      ends.length === back.length &&
      items.length >= back.length &&
      !ends.some((element) => element.splat)
    ) {
      // The last words are certain, whatever the globs before them stand for.
      bind(remaining.hole, items.slice(0, items.length - back.length));
      back.forEach((positional, index) => answers.push(bindOne(positional, ends.slice(index, index + 1), bind)));
      return answers.reduce(min, YES);
    }
    bind(remaining.hole, items);
    back.forEach((positional, index) => {
      const at = (total ?? 0) - back.length + index;
      answers.push(bindOne(positional, total === null ? items : positionals(reading, at, at + 1), bind));
    });
  }
  return answers.reduce(min, YES);
}

function bindOne(positional: PositionalItem, items: readonly Item[], bind: Bind): Answer {
  if (positional.kind === "word") return matchOfAny(items, positional.patterns);
  // The pattern's answer says whether there is one; here it is only which.
  const value = listValue(items);
  bind(positional.hole, items.length === 1 ? items : itemsOf(value === null ? null : surelyThere(value)));
  return YES;
}

function occurrenceAnswer(required: RequiredOption, occurrence: Occurrence, bind: Bind): Answer {
  if (required.argv !== null) {
    if (!occurrence.sure) {
      bind(required.argv.hole, unknownWords());
      return YES;
    }
    bind(required.argv.hole, argvOf(occurrence));
    return occurrence.argv !== null && occurrence.argv.terminator === required.argv.terminator ? YES : NO;
  }
  return occurrence.value === null || required.value?.kind !== "form"
    ? NO
    : formAnswer(required.value.form, occurrence.value, bind);
}

/** Whether a value has the form; binds its holes. */
function formAnswer(form: Form, value: Value, bind: Bind): Answer {
  const answers = value.texts.map((text) => formOfText(form, text, bind));
  const all = allOrSome(answers);
  if (1 < value.texts.length && all !== NO) bindUnknown(form, bind);
  return value.perhapsNone ? min(all, MAYBE) : all;
}

function bindUnknown(form: Form, bind: Bind): void {
  for (const part of form) if (typeof part !== "string") bind(part.hole, [item(unknown())]);
}

function formOfText(form: Form, text: string, bind: Bind): Answer {
  if (hasHole(text)) {
    const [leading] = form;
    const open = holeIn(text);
    const literal = typeof leading === "string" ? bytesOf(leading) : "";
    const rest = form[typeof leading === "string" ? 1 : 0];
    const isPrefix = typeof rest === "object" && form.at(-1) === rest;
    if (isPrefix && literal.length <= open && text.startsWith(literal)) {
      bind(rest.hole, [item(known(text.slice(literal.length)))]);
      return YES;
    }
    if (!literal.startsWith(text.slice(0, Math.min(open, literal.length)))) return NO;
    // What git and `find` name begins with no sign that programs give a meaning.
    if (text.startsWith(BELOW) && /^[^\w./]/.test(literal)) return NO;
    bindUnknown(form, bind);
    return MAYBE;
  }
  let at = 0;
  let hole: number | null = null;
  for (const [index, part] of form.entries()) {
    if (typeof part !== "string") {
      hole = part.hole;
      continue;
    }
    const literal = bytesOf(part);
    const isLast = index === form.length - 1;
    const found =
      hole === null
        ? text.startsWith(literal, at)
          ? at
          : -1
        : isLast
          ? endOf(text, at, literal)
          : text.indexOf(literal, at);
    if (found < 0) return NO;
    if (hole !== null) bind(hole, [item(known(text.slice(at, found)))]);
    hole = null;
    at = found + literal.length;
  }
  if (hole !== null) {
    bind(hole, [item(known(text.slice(at)))]);
    return YES;
  }
  return at === text.length ? YES : NO;
}

/** Where the text's end begins when it is the literal, else -1. */
function endOf(text: string, from: number, literal: string): number {
  const at = text.length - literal.length;
  return from <= at && text.endsWith(literal) ? at : -1;
}
