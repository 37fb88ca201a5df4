// IP addresses: whether a text is one and lies in a network.
//
// IPv4 is read as the C library's inet_aton reads it (RFC 3493, section 6.3 names it), since that is what
// programs do with `0x7f.1`; IPv6 as in RFC 4291, section 2.2, with brackets and a zone allowed around it.

import { BELOW, MAYBE, NO, PERHAPS_NONE, Text, Value, YES } from "./value";

/** One network, as compiler/wasm/networks.ts lays them out after their number. */
@unmanaged
class Network {
  /** 4 or 6. */
  family: u32;
  /** Length of the prefix in bits. */
  bits: u32;
  // 16 bytes of address; IPv4 has the first four.
}

const NETWORK_BYTES: u32 = 24;
const ADDRESS: u32 = <u32>memory.data(16, 8);

/** Whether the value is an address in one of the networks of `table`. */
export function inNetwork(value: u32, table: u32): i32 {
  if (value == 0) return NO;
  const v = changetype<Value>(value);
  let answer: i32 = v.count == 0 ? NO : -1;
  for (let i: u32 = 0; i < v.count; i++) {
    const text = changetype<Text>(v.texts + i * offsetof<Text>());
    const one = textInNetwork(text, table);
    answer = answer < 0 || answer == one ? one : MAYBE;
  }
  return answer == YES && (v.flags & PERHAPS_NONE) != 0 ? MAYBE : answer;
}

function textInNetwork(text: Text, table: u32): i32 {
  for (let i: u32 = 0; i < text.length; i++) if (load<u8>(text.pointer + i) >= BELOW) return MAYBE;
  if (readIpv4(text.pointer, text.length)) {
    store<u32>(ADDRESS, bswap<u32>(ipv4()));
    return isInOne(table, 4, ADDRESS) ? YES : NO;
  }
  if (!readIpv6(text.pointer, text.length)) return NO;
  if (isInOne(table, 6, ADDRESS)) return YES;
  // ::ffff:a.b.c.d is the IPv4 address a.b.c.d (RFC 4291, section 2.5.5.2).
  const mapped = load<u64>(ADDRESS) == 0 && load<u32>(ADDRESS + 8) == 0xffff0000;
  return mapped && isInOne(table, 4, ADDRESS + 12) ? YES : NO;
}

function isInOne(table: u32, family: u32, address: u32): bool {
  const count = load<u32>(table);
  for (let i: u32 = 0; i < count; i++) {
    const network = table + 4 + i * NETWORK_BYTES;
    if (changetype<Network>(network).family == family && hasPrefix(address, network + 8, changetype<Network>(network).bits)) return true;
  }
  return false;
}

function hasPrefix(address: u32, prefix: u32, bits: u32): bool {
  const bytes = bits >> 3;
  if (memory.compare(address, prefix, bytes) != 0) return false;
  const rest = bits & 7;
  return rest == 0 || ((load<u8>(address + bytes) ^ load<u8>(prefix + bytes)) >> <u8>(8 - rest)) == 0;
}

let read: u32 = 0;

/** The address that `readIpv4` read, its first byte highest. */
export function ipv4(): u32 {
  return read;
}

/** Reads one to four numbers in decimal, octal (`0…`) or hexadecimal (`0x…`); the last fills the rest. */
export function readIpv4(pointer: u32, length: u32): bool {
  const end = pointer + length;
  let address: u32 = 0;
  let at = pointer;
  for (let part: u32 = 0; part < 4; part++) {
    let radix: u64 = 10;
    let digits: u32 = 0;
    if (at + 1 < end && load<u8>(at) == 0x30) {
      const second: u8 = load<u8>(at + 1);
      if ((second | 0x20) == 0x78) {
        radix = 16;
        at += 2;
      } else if (second != 0x2e) {
        radix = 8;
        at++;
      }
    }
    let number: u64 = 0;
    for (; at < end; at++) {
      const digit = digitOf(load<u8>(at));
      if (digit >= radix) break;
      number = number * radix + digit;
      if (number > 0xffff_ffff) return false;
      digits++;
    }
    if (digits == 0) return false;
    if (at == end) {
      const room = (4 - part) * 8;
      if (room < 32 && number >> room != 0) return false;
      read = address | <u32>number;
      return true;
    }
    if (load<u8>(at) != 0x2e || number > 255) return false;
    at++;
    address |= <u32>number << ((3 - part) * 8);
  }
  return false;
}

function digitOf(byte: u8): u64 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter: u8 = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 255;
}

/** Reads an IPv6 address into ADDRESS. */
function readIpv6(pointer: u32, length: u32): bool {
  let at = pointer;
  let end = pointer + length;
  if (length >= 2 && load<u8>(at) == 0x5b && load<u8>(end - 1) == 0x5d) {
    at++;
    end--;
  }
  for (let i = at; i < end; i++) {
    if (load<u8>(i) == 0x25) {
      end = i;
      break;
    }
  }
  memory.fill(ADDRESS, 0, 16);
  let groups: u32 = 0;
  /** Where `::` stands, in groups. */
  let gap: u32 = 16;
  if (end - at >= 2 && load<u8>(at) == 0x3a) {
    if (load<u8>(at + 1) != 0x3a) return false;
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (groups == 8) return false;
    let number: u32 = 0;
    const start = at;
    while (at < end && digitOf(load<u8>(at)) < 16) {
      number = (number << 4) | <u32>digitOf(load<u8>(at));
      if (++at - start > 4) return false;
    }
    if (at < end && load<u8>(at) == 0x2e) {
      if (groups > 6 || !isDottedQuad(start, end)) return false;
      readIpv4(start, end - start);
      putGroup(groups++, read >> 16);
      putGroup(groups++, read & 0xffff);
      at = end;
      break;
    }
    if (at == start) return false;
    putGroup(groups++, number);
    if (at == end) break;
    if (load<u8>(at) != 0x3a) return false;
    at++;
    if (at == end) return false;
    if (load<u8>(at) == 0x3a) {
      if (gap != 16) return false;
      gap = groups;
      at++;
    }
  }
  if (gap == 16) return groups == 8;
  if (groups >= 8) return false;
  const tail = (groups - gap) * 2;
  memory.copy(ADDRESS + 16 - tail, ADDRESS + gap * 2, tail);
  memory.fill(ADDRESS + gap * 2, 0, (8 - groups) * 2);
  return true;
}

function putGroup(index: u32, number: u32): void {
  store<u8>(ADDRESS + index * 2, <u8>(number >> 8));
  store<u8>(ADDRESS + index * 2 + 1, <u8>number);
}

/** Four decimal numbers up to 255 without leading zeros. */
function isDottedQuad(at: u32, end: u32): bool {
  let parts: u32 = 0;
  while (at < end) {
    const start = at;
    let number: u32 = 0;
    while (at < end && load<u8>(at) - 0x30 < 10) number = number * 10 + (load<u8>(at++) - 0x30);
    const digits = at - start;
    if (digits == 0 || digits > 3 || number > 255 || (digits > 1 && load<u8>(start) == 0x30)) return false;
    parts++;
    if (at < end && (load<u8>(at++) != 0x2e || at == end)) return false;
  }
  return parts == 4;
}
