// Names for numbers that conditions on arguments use, from the kernel's uapi headers.

import type { Abi } from "./calls.ts";
import { ERRNOS } from "./tables/errnos.ts";

/** The number of an errno name such as `EPERM`, or null. */
export function errnoNumber(name: string): number | null {
  return Object.hasOwn(ERRNOS, name) ? (ERRNOS[name] ?? null) : null;
}

/** The name of an errno, or null; of two names for one number the one that errno.h defines first. */
export function errnoName(number: number): string | null {
  for (const [name, value] of Object.entries(ERRNOS)) if (value === number) return name;
  return null;
}

/**
 * The value of an expression: a decimal or `0x` number, a constant's name, or several of them joined by `|`.
 * Null when a part is not known, or does not fit into 64 bits.
 */
export function constantValue(abi: Abi, text: string): bigint | null {
  let value = 0n;
  for (const part of text.split("|")) {
    const one = partValue(abi, part.trim());
    if (one === null) return null;
    value |= one;
  }
  return value < 1n << 64n ? value : null;
}

/** Every constant's name, for suggestions. */
export function constantNames(): readonly string[] {
  return [...new Set([...Object.keys(COMMON), ...Object.values(BY_ABI).flatMap((table) => Object.keys(table))])].sort();
}

function partValue(abi: Abi, part: string): bigint | null {
  if (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(part)) return BigInt(part);
  const own = BY_ABI[abi];
  const value =
    own !== undefined && Object.hasOwn(own, part) ? own[part] : Object.hasOwn(COMMON, part) ? COMMON[part] : undefined;
  return value === undefined ? null : BigInt(value);
}

/** The same on every architecture of this project. */
const COMMON: Readonly<Record<string, number>> = {
  // fcntl.h (asm-generic). O_TMPFILE is the bit that is its own, without O_DIRECTORY.
  O_ACCMODE: 0x3,
  O_RDONLY: 0x0,
  O_WRONLY: 0x1,
  O_RDWR: 0x2,
  O_CREAT: 0x40,
  O_EXCL: 0x80,
  O_TRUNC: 0x200,
  O_APPEND: 0x400,
  O_PATH: 0x200000,
  O_TMPFILE: 0x400000,
  // linux/fcntl.h
  AT_REMOVEDIR: 0x200,
  AT_EMPTY_PATH: 0x1000,
  AT_EXECVE_CHECK: 0x10000,
  F_SETFL: 4,
  F_SETLK: 6,
  F_ADD_SEALS: 1033,
  // linux/fs.h
  RENAME_NOREPLACE: 0x1,
  RENAME_EXCHANGE: 0x2,
  RENAME_WHITEOUT: 0x4,
  FS_IOC_SETFLAGS: 0x40086602,
  FS_IOC32_SETFLAGS: 0x40046602,
  FS_IOC_FSSETXATTR: 0x401c5820,
  FS_IOC_SETVERSION: 0x40087602,
  FS_IOC32_SETVERSION: 0x40047602,
  FICLONE: 0x40049409,
  FICLONERANGE: 0x4020940d,
  FIDEDUPERANGE: 0xc0189436,
  FS_IOC_ENABLE_VERITY: 0x40806685,
  // linux/falloc.h of the kernel itself; what XFS brought and every file system takes.
  FS_IOC_RESVSP: 0x40305828,
  FS_IOC_UNRESVSP: 0x40305829,
  FS_IOC_RESVSP64: 0x4030582a,
  FS_IOC_UNRESVSP64: 0x4030582b,
  FS_IOC_ZERO_RANGE: 0x40305839,
  // linux/btrfs.h, linux/msdos_fs.h
  BTRFS_IOC_SNAP_CREATE: 0x50009401,
  BTRFS_IOC_SUBVOL_CREATE: 0x5000940e,
  BTRFS_IOC_SNAP_DESTROY: 0x5000940f,
  BTRFS_IOC_SNAP_CREATE_V2: 0x50009417,
  BTRFS_IOC_SUBVOL_CREATE_V2: 0x50009418,
  BTRFS_IOC_SUBVOL_SETFLAGS: 0x4008941a,
  BTRFS_IOC_SNAP_DESTROY_V2: 0x5000943f,
  FAT_IOCTL_SET_ATTRIBUTES: 0x40047211,
  // linux/falloc.h
  FALLOC_FL_KEEP_SIZE: 0x1,
  // linux/mman.h, asm-generic/mman-common.h
  PROT_READ: 0x1,
  PROT_WRITE: 0x2,
  PROT_EXEC: 0x4,
  MAP_SHARED: 0x1,
  MAP_PRIVATE: 0x2,
  MAP_TYPE: 0xf,
  MAP_ANONYMOUS: 0x20,
  // linux/sched.h
  CLONE_NEWTIME: 0x80,
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
  CLONE_THREAD: 0x10000,
  // Every CLONE_NEW* that clone() takes; CLONE_NEWTIME is a signal number there and only unshare() takes it.
  CLONE_NEW: 0x7e020000,
  // linux/personality.h
  PER_LINUX: 0x0,
  PER_LINUX32: 0x8,
  PER_QUERY: 0xffffffff,
  UNAME26: 0x20000,
  ADDR_NO_RANDOMIZE: 0x40000,
  // linux/prctl.h
  PR_SET_DUMPABLE: 4,
  PR_SET_KEEPCAPS: 8,
  PR_SET_SECCOMP: 22,
  PR_CAPBSET_DROP: 24,
  PR_SET_SECUREBITS: 28,
  PR_SET_MM: 35,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_CAP_AMBIENT: 47,
  PR_SET_SPECULATION_CTRL: 53,
  PR_SET_SYSCALL_USER_DISPATCH: 59,
  PR_SET_PTRACER: 0x59616d61,
  // linux/ptrace.h
  PTRACE_TRACEME: 0,
  // linux/socket.h, linux/net.h
  AF_UNSPEC: 0,
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_KEY: 15,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_RDS: 21,
  AF_CAN: 29,
  AF_TIPC: 30,
  AF_BLUETOOTH: 31,
  AF_ALG: 38,
  AF_VSOCK: 40,
  AF_XDP: 44,
  SOCK_TYPE_MASK: 0xf,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_PACKET: 10,
  // asm-generic/ioctls.h
  TIOCSTI: 0x5412,
  TIOCLINUX: 0x541c,
  TIOCSETD: 0x5423,
  TIOCCONS: 0x541d,
  TIOCSCTTY: 0x540e,
  // linux/userfaultfd.h
  UFFD_USER_MODE_ONLY: 1,
  // linux/keyctl.h
  KEYCTL_GET_KEYRING_ID: 0,
};

/** Where an architecture has its own value. */
const BY_ABI: Readonly<Partial<Record<Abi, Readonly<Record<string, number>>>>> = {
  x86_64: { O_DIRECT: 0x4000, O_DIRECTORY: 0x10000, O_NOFOLLOW: 0x20000 },
  i386: {
    O_DIRECT: 0x4000,
    O_DIRECTORY: 0x10000,
    O_NOFOLLOW: 0x20000,
    FS_IOC_RESVSP: 0x402c5828,
    FS_IOC_UNRESVSP: 0x402c5829,
    FS_IOC_RESVSP64: 0x402c582a,
    FS_IOC_UNRESVSP64: 0x402c582b,
    FS_IOC_ZERO_RANGE: 0x402c5839,
  },
  aarch64: { O_DIRECT: 0x10000, O_DIRECTORY: 0x4000, O_NOFOLLOW: 0x8000 },
  riscv64: { O_DIRECT: 0x4000, O_DIRECTORY: 0x10000, O_NOFOLLOW: 0x20000 },
};
