// IP addresses: whether a text is one and lies in a network.
//
// IPv4 is read as inet_aton reads it, since that is what programs do with `0x7f.1`; IPv6 as in RFC 4291,
// section 2.2, with brackets and a zone allowed around it.

import type { Answer, Value } from "./values.ts";
import { answerOfTexts, certain, hasHole, MAYBE, NO } from "./values.ts";

/** Whether the value is an address in one of the networks, each in CIDR notation. */
export function inNetwork(value: Value | null, networks: readonly string[]): Answer {
  const parsed = networks.map(readNetwork);
  return answerOfTexts(value, (text) => {
    if (hasHole(text)) return MAYBE;
    const four = readIpv4(text);
    if (four !== null)
      return certain(
        isInOne(
          parsed,
          [24, 16, 8, 0].map((shift) => (four >>> shift) & 255),
        ),
      );
    const six = readIpv6(text);
    if (six === null) return NO;
    return certain(isInOne(parsed, six) || (isMapped(six) && isInOne(parsed, six.slice(12))));
  });
}

interface Network {
  readonly address: readonly number[];
  readonly bits: number;
}

function readNetwork(text: string): Network | null {
  const [address = "", bits] = text.split("/");
  const four = readIpv4(address);
  const bytes = four === null ? readIpv6(address) : [24, 16, 8, 0].map((shift) => (four >>> shift) & 255);
  return bytes === null ? null : { address: bytes, bits: bits === undefined ? bytes.length * 8 : Number(bits) };
}

function isInOne(networks: readonly (Network | null)[], address: readonly number[]): boolean {
  return networks.some(
    (network) =>
      network !== null &&
      network.address.length === address.length &&
      bitsOf(address).startsWith(bitsOf(network.address).slice(0, network.bits)),
  );
}

function bitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** ::ffff:a.b.c.d is the IPv4 address a.b.c.d (RFC 4291, section 2.5.5.2). */
function isMapped(bytes: readonly number[]): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
}

/** One to four numbers in decimal, octal (`0…`) or hexadecimal (`0x…`), the last filling the rest; unsigned. */
export function readIpv4(text: string): number | null {
  const parts = text.split(".");
  if (4 < parts.length) return null;
  const numbers = parts.map(readPart);
  let address = 0;
  for (const [index, number] of numbers.entries()) {
    if (number === null) return null;
    const isLast = index === numbers.length - 1;
    const room = isLast ? (4 - index) * 8 : 8;
    if (2 ** room <= number) return null;
    address += number * 2 ** (isLast ? 0 : (3 - index) * 8);
  }
  return address;
}

function readPart(part: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return Number.parseInt(part.slice(2), 16);
  if (/^0[0-7]+$/.test(part)) return Number.parseInt(part, 8);
  return /^(0|[1-9]\d*)$/.test(part) ? Number(part) : null;
}

/** 16 bytes, or null when the text is no IPv6 address. */
function readIpv6(text: string): readonly number[] | null {
  const bare = /^\[.*\]$/s.test(text) ? text.slice(1, -1) : text;
  const address = bare.replace(/%.*$/s, "");
  const halves = address.split("::");
  if (2 < halves.length) return null;
  const [head = "", tail] = halves;
  const before = readGroups(head, tail === undefined);
  const after = tail === undefined ? [] : readGroups(tail, true);
  if (before === null || after === null) return null;
  if (tail === undefined) return before.length === 16 ? before : null;
  const gap = 16 - before.length - after.length;
  return gap < 2 ? null : [...before, ...Array.from({ length: gap }, () => 0), ...after];
}

/** Groups of 16 bits as bytes; a dotted quad may end them when they end the address. */
function readGroups(text: string, ends: boolean): readonly number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (ends && index === groups.length - 1 && group.includes(".")) {
      const quad = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(group);
      const numbers = quad?.slice(1).map(Number) ?? [];
      if (quad === null || numbers.some((number) => 255 < number)) return null;
      bytes.push(...numbers);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
      const number = Number.parseInt(group, 16);
      bytes.push(number >> 8, number & 255);
    }
  }
  return bytes;
}
