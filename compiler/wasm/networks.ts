// Networks in CIDR notation (RFC 4632, RFC 4291) → the table that stdlib/core/network.ts reads.

import { invariant } from "../source/invariant.ts";
import type { Data } from "./data.ts";

interface Network {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly address: readonly number[];
}

/** The address of a table of networks. The checker has refused what is none. */
export function layoutNetworks(networks: readonly string[], data: Data): number {
  const table = data.allocate(4 + 24 * networks.length);
  data.setU32(table, networks.length);
  networks.forEach((text, index) => {
    const network = parseNetwork(text);
    invariant(network !== null, `${text} is no network`);
    const at = table + 4 + 24 * index;
    data.setU32(at, network.family);
    data.setU32(at + 4, network.bits);
    network.address.forEach((byte, place) => data.setU8(at + 8 + place, byte));
  });
  return table;
}

/** An address with an optional prefix length, or null. */
export function parseNetwork(text: string): Network | null {
  const [address = "", prefix, ...more] = text.split("/");
  if (more.length > 0 || (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix))) return null;
  const family = address.includes(":") ? 6 : 4;
  const bytes = family === 6 ? parseIpv6(address) : parseIpv4(address);
  const most = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : Number(prefix);
  return bytes === null || bits > most ? null : { family, bits, address: bytes };
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function parseIpv6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map((half) => parseGroups(half));
  const [head, tail] = groups;
  if (head === undefined || head === null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  if (head.length + tail.length > 14) return null;
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

function parseGroups(text: string): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 && group.includes(".") ? parseIpv4(group) : null;
    if (embedded !== null) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes;
}
