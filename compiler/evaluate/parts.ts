// Parts of paths and URLs, as values.
//
// URLs are split as the WHATWG URL Standard splits special ones (section 4.4), made stricter where programs
// disagree: an authority with a hole, a backslash, a percent sign, a blank or a byte beyond ASCII names an
// unknown host. A text without a scheme is read as curl and scp read it: a host, then `:` or `/`.

import type { Part } from "../ir/ir.ts";
import { readIpv4 } from "./networks.ts";
import type { Value } from "./values.ts";
import { ANY, BELOW, hasHole, holeIn, SEGMENT } from "./values.ts";

/** The part of each of the value's texts; null when none of them has it. */
export function partOf(value: Value | null, part: Part): Value | null {
  if (value === null) return null;
  const found = value.texts.map((text) => partOfText(text, part));
  const texts = found.flatMap((one) => (one.text === null ? [] : [one.text]));
  if (texts.length === 0) return null;
  const missing = found.some((one) => one.perhaps || one.text === null);
  return { ...value, texts, perhapsNone: value.perhapsNone || missing, elsewhere: 0, carries: null };
}

/** A part of one text: null is none; `perhaps` when it may be none. */
interface Found {
  readonly text: string | null;
  readonly perhaps: boolean;
}

function sure(text: string | null): Found {
  return { text, perhaps: false };
}

function unsure(text: string): Found {
  return { text, perhaps: true };
}

function partOfText(text: string, part: Part): Found {
  switch (part) {
    case "name":
      return sure(nameOf(text));
    case "dir":
      return sure(dirOf(text));
    case "extension":
      return extensionOf(text);
    case "scheme":
    case "host":
    case "port":
    case "path":
    case "query":
      return urlPart(text, part);
  }
}

function withoutSlashes(path: string): string {
  return path.length <= 1 ? path : path.slice(0, 1) + path.slice(1).replace(/\/+$/, "");
}

/** The last component. A hole that may hold a slash ends what is known from the left. */
function nameOf(path: string): string {
  const trimmed = withoutSlashes(path);
  const last = trimmed.slice(trimmed.lastIndexOf("/") + 1);
  const any = last.lastIndexOf(ANY);
  const below = last.lastIndexOf(BELOW);
  if (below <= any) return any < 0 ? last : last.slice(any);
  return below === last.length - 1 ? SEGMENT : ANY;
}

function dirOf(path: string): string {
  const trimmed = withoutSlashes(path);
  const from = trimmed.lastIndexOf("/") + 1;
  const last = trimmed.slice(from);
  if (last.includes(ANY) || last.includes(BELOW)) return from === 0 ? ANY : `/${ANY}`;
  if (from === 0) return ".";
  return from === 1 ? "/" : withoutSlashes(trimmed.slice(0, from));
}

/** What stands after the last dot of the name, unless the name begins with it. */
function extensionOf(path: string): Found {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".") + 1;
  if (hasHole(name.slice(dot))) return unsure(SEGMENT);
  if (dot <= 1) return sure(null);
  // The hole before the only dot may be empty, and then the dot is the first byte.
  return { text: name.slice(dot), perhaps: dot === 2 && hasHole(name.slice(0, 1)) };
}

const PORTS: Readonly<Record<string, string>> = {
  http: "80",
  ws: "80",
  https: "443",
  wss: "443",
  ftp: "21",
  ssh: "22",
};
const WEB: readonly string[] = ["http", "https", "ws", "wss", "ftp"];
/** Schemes whose URLs have no host. */
const OPAQUE: readonly string[] = ["urn", "tel", "data", "blob", "file", "about", "mailto", "javascript"];

function urlPart(text: string, part: "scheme" | "host" | "port" | "path" | "query"): Found {
  const url = text.replace(/^[\0- ]+/, "").replace(/[\0- ]+$/, "");
  const written = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? null;
  const scheme = written?.toLowerCase() ?? null;
  const authority = scheme === null ? null : authorityStart(url, scheme);
  const isOpaque = scheme !== null && OPAQUE.includes(scheme);
  if (part === "scheme") return authority !== null || isOpaque ? sure(scheme) : unsure(SEGMENT);
  if (authority === null && isOpaque) {
    const rest = url.slice((scheme?.length ?? 0) + 1);
    return part === "path" ? sure(pathOf(rest)) : part === "query" ? queryOf(rest) : sure(null);
  }
  const rest = url.slice(authority ?? 0);
  const stop = rest.search(/[/?#\xfd-\xff]/);
  const server = stop < 0 ? rest : rest.slice(0, stop);
  const after = rest.slice(server.length);
  // A hole may hold the end of the host and all that follows.
  if (/^[\xfd-\xff]/.test(after)) return unsure(ANY);
  const unclear = /[\0- \x7f-\xfc\\%]/.test(server);
  switch (part) {
    case "path": {
      if (unclear) return unsure(ANY);
      const colon = authority === null ? scpColon(server) : -1;
      return sure(pathOf(colon < 0 ? after : server.slice(colon + 1) + after));
    }
    case "query":
      return queryOf(after);
    case "host":
      return unclear ? unsure(SEGMENT) : sure(hostOf(server));
    case "port":
      return unclear ? unsure(SEGMENT) : portOf(server, authority === null ? null : scheme);
  }
}

/** Where the authority starts: after `//`, and for the web's schemes after any number of slashes. */
function authorityStart(url: string, scheme: string): number | null {
  const from = scheme.length + 1;
  const slashes = /^[/\\]*/.exec(url.slice(from))?.[0].length ?? 0;
  if (WEB.includes(scheme)) return from + slashes;
  return slashes < 2 ? null : from + 2;
}

/** The colon of `host:path`, when what follows is no port; else -1. */
function scpColon(server: string): number {
  const colon = server.indexOf(":");
  return colon < 0 || /^\d*$/.test(server.slice(colon + 1)) ? -1 : colon;
}

/** The server without its user, cut into host and what follows it. */
function splitServer(server: string): readonly [string, string] {
  const named = server.slice(server.lastIndexOf("@") + 1);
  const end = named.startsWith("[") ? named.indexOf("]") + 1 : named.indexOf(":");
  const at = named.startsWith("[") ? (end === 0 ? named.length : end) : end < 0 ? named.length : end;
  return [named.slice(0, at), named.slice(at)];
}

/** In lower case without the root's dot, a numeric one as four decimals, brackets kept off an IPv6 address. */
function hostOf(server: string): string | null {
  const [host] = splitServer(server);
  if (host === "") return null;
  if (host.startsWith("[")) return lower(host.endsWith("]") ? host.slice(1, -1) : host.slice(1));
  const name = 1 < host.length && host.endsWith(".") ? host.slice(0, -1) : host;
  const address = readIpv4(name);
  return address === null ? lower(name) : [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The port that is written, else the scheme's own, else perhaps one that the program chooses. */
function portOf(server: string, scheme: string | null): Found {
  const [, rest] = splitServer(server);
  const written = /^.(\d+)$/s.exec(rest)?.[1];
  if (written !== undefined) return sure(written.replace(/^0+(?=\d)/, ""));
  const own = scheme === null ? undefined : PORTS[scheme];
  return own === undefined ? unsure(SEGMENT) : sure(own);
}

/** What stands after the first `?`, before `#`. */
function queryOf(rest: string): Found {
  const mark = rest.search(/[?#\xfd-\xff]/);
  if (mark < 0 || rest[mark] === "#") return sure(null);
  if (rest[mark] !== "?") return unsure(ANY);
  const query = rest.slice(mark + 1).replace(/#.*$/s, "");
  const hole = holeIn(query);
  return sure(hole < query.length ? query.slice(0, hole) + ANY : query);
}

// The path of a URL: `.` and `..` segments taken, escaped letters, digits, `-._~` decoded (RFC 3986, sections
// 5.2.4 and 6.2.2.2), an empty one `/`. A hole may hold `?`, `/` and `..`, so a path with one is unknown.
function pathOf(rest: string): string {
  const end = rest.search(/[?#]/);
  const path = end < 0 ? rest : rest.slice(0, end);
  if (hasHole(path)) return `/${ANY}`;
  if (path === "") return "/";
  if (!/[%\\]|\/\./.test(path)) return path;
  const decoded = path.replace(/\\/g, "/").replace(/%([0-9a-fA-F]{2})/g, (escape, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return /^[A-Za-z0-9._~-]$/.test(character) ? character : escape;
  });
  const segments = decoded.split("/");
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment !== "." && segment !== "..") {
      kept.push(segment);
      return;
    }
    if (segment === ".." && (1 < kept.length || (kept.length === 1 && kept[0] !== ""))) kept.pop();
    if (isLast) kept.push("");
  });
  const joined = kept.join("/");
  return joined === "" ? "/" : joined;
}
