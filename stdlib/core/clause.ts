// What a usage line's clauses do, one after the other (docs/meaning.md, section 4).

import { does } from "./clause-does";
import { printed } from "./clause-prints";
import { runInner, splitWords } from "./clause-runs";
import { writeFile } from "./files";
import { allocate, hasOverflowed } from "./heap";
import { operand } from "./operand";
import { state } from "./state";
import { ABSENT, ClauseKind, ClauseList, ClauseTable, pointerAt } from "./tables";
import { Frame, newFrame, setFrame } from "./usage";
import { addArguments } from "./variables";

/** Runs the clauses with at most `certainty`; the frame's `printed` is left as they say. */
export function runClauses(list: ClauseList, certainty: i32, made: Frame): void {
  if (changetype<u32>(list) == 0) return;
  for (let i: u32 = 0; i < list.count && !hasOverflowed(); i++) {
    const before = setFrame(changetype<u32>(made));
    runClause(changetype<ClauseTable>(pointerAt(list.clauses, i)), certainty, made);
    setFrame(before);
  }
}

/** A file that a line writes. */
@unmanaged
class FileWrite {
  path: u32;
  append: u32;
  certainty: u32;
  next: u32;
}

export function addWrite(made: Frame, path: u32, append: u32, certainty: i32): void {
  const write = changetype<FileWrite>(allocate(offsetof<FileWrite>()));
  write.path = path;
  write.append = append;
  write.certainty = certainty;
  write.next = made.writes;
  made.writes = changetype<u32>(write);
}

/** Adds to a command's frame what the clauses of one line have said. */
export function joinFrame(command: Frame, line: Frame): void {
  if (line.printed != ABSENT) command.printed = line.printed;
  if (line.writes == 0) return;
  let oldest = changetype<FileWrite>(line.writes);
  while (oldest.next != 0) oldest = changetype<FileWrite>(oldest.next);
  oldest.next = command.writes;
  command.writes = line.writes;
}

/** Remembers that a command's output went into the files that it wrote, the oldest first. */
export function keepWrites(chain: u32, content: u32): void {
  const write = changetype<FileWrite>(chain);
  if (write.next != 0) keepWrites(write.next, content);
  writeFile(write.path, content, write.append, write.certainty);
}

/** A clause of a tool: no reading, no holes; standard input is nothing that anybody knows. */
export function runToolClause(address: u32, certainty: i32): void {
  const made = newFrame(0, 0, state().input);
  const before = setFrame(changetype<u32>(made));
  runClause(changetype<ClauseTable>(address), certainty, made);
  setFrame(before);
}

function runClause(clause: ClauseTable, certainty: i32, made: Frame): void {
  switch (clause.kind) {
    case ClauseKind.Nothing:
      return;
    case ClauseKind.Does:
      does(clause, certainty, made);
      return;
    case ClauseKind.Prints:
      made.printed = printed(clause, made);
      return;
    case ClauseKind.Adds:
      addArguments(clause.a, clause.b, clause.c, splitWords(operand(clause.d)));
      return;
    default:
      runInner(clause, certainty, made);
  }
}
