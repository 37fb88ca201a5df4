// Shell text as bash reads it, as a tree of events (events.ts). It fails for what bash rejects and for what
// is not known here, and never takes a text for less than bash does.
//
// The files, from the outside in: statements.ts and compound.ts hold the grammar of commands, words.ts the
// text of a word, expansions.ts what `$` opens, here-documents.ts what comes after a line.

import { hasOverflowed } from "../heap";
import { SCRIPT_MAX } from "../limits";
import { Kind } from "./events";
import { forgetBareName } from "./expansions";
import { finishHereDocuments, startHereDocuments, waitingBase } from "./here-documents";
import { source, startSource } from "./source";
import { parseStatements } from "./statements";
import { close, cut, eventCount, forgetPending, open, resetTree } from "./tree";
import { parseQuotedPieces } from "./words";

export const PARSE_FAILED: u32 = 0xffffffff;

/** Forgets all events. */
export function resetEvents(): void {
  resetTree();
}

/** Parses a script behind the events that are there; the index of its Script, or PARSE_FAILED, which adds none. */
export function parseScript(pointer: u32, length: u32): u32 {
  if (!start(pointer, length)) return PARSE_FAILED;
  const root = open(Kind.Script, 0, 0, pointer, length);
  startHereDocuments();
  parseStatements();
  const ended = source().at == source().end;
  finishHereDocuments(waitingBase());
  return finish(root, ended);
}

/** Parses the body of a here-document that expands into one Word; its index, or PARSE_FAILED. */
export function parseHereDocument(pointer: u32, length: u32): u32 {
  if (!start(pointer, length)) return PARSE_FAILED;
  const root = open(Kind.Word, 0, 0, pointer, length);
  startHereDocuments();
  parseQuotedPieces(0, true);
  finishHereDocuments(waitingBase());
  return finish(root, true);
}

function start(pointer: u32, length: u32): bool {
  if (SCRIPT_MAX < length || hasOverflowed() || hasZero(pointer, length)) return false;
  startSource(pointer, length);
  forgetPending(0);
  forgetBareName();
  return true;
}

function finish(root: u32, ended: bool): u32 {
  if (source().failed || !ended || hasOverflowed()) {
    cut(min(root, eventCount()));
    return PARSE_FAILED;
  }
  close(root);
  return root;
}

/** Bash cannot be given a zero byte, and here it stands for the end of a text. */
function hasZero(pointer: u32, length: u32): bool {
  const end = pointer + length;
  let at = pointer;
  // Eight bytes at a time: a borrow reaches the top bit of a byte that is zero.
  for (; at + 8 <= end; at += 8) {
    const bytes = load<u64>(at);
    if (((bytes - 0x0101010101010101) & ~bytes & 0x8080808080808080) != 0) return true;
  }
  for (; at < end; at++) {
    if (load<u8>(at) == 0) return true;
  }
  return false;
}
