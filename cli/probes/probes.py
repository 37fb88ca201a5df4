# Ways around a filter, each a small program of its own: prints a JSON object with one entry for each.
# probes.c is the same program for machines that have a compiler; a test holds that both say the same.
#
#   probes.py FOLDER NUMBERS [NAME …]     FOLDER is a scratch one that holds the files `file`, `victim` and `victim2`;
#                                         NUMBERS are this machine's system calls, `name=number` separated by spaces
#
# An entry has the effects that a probe needs, any of which a sandbox may deny, and what became of it:
# "ran": the kernel did what was asked, or answered as only its own check does; "blocked": EPERM, EACCES or
# ENOSYS; "killed": a signal ended the probe; "absent": this architecture does not have the call; "lost": the
# probe gave no answer. Probes make the call with arguments that do no harm. One that fails for another reason
# (EINVAL, EBADF, EFAULT) has passed the filter: it ran. What a kernel without a filter refuses as well is no
# evidence, so whoever reads this compares with a run without one.
import ctypes
import errno
import json
import mmap
import os
import signal
import struct
import sys
from mmap import MAP_SHARED
from socket import AF_INET, AF_NETLINK, AF_PACKET, SOCK_RAW, SOCK_STREAM

FOLDER, NUMBERS = sys.argv[1], dict(word.split("=") for word in sys.argv[2].split())
CHILD_SECONDS = 5
ALL_SECONDS = 45

BIT_32 = 1 << 32
READ, WRITE, TRUNCATE, CREATE, UNNAMED = os.O_RDONLY, os.O_WRONLY, os.O_TRUNC, os.O_CREAT, os.O_TMPFILE
READ_WRITE = mmap.PROT_READ | mmap.PROT_WRITE
# FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
HOLE = 3
UNKNOWN_FLAG = 0x100
# What Python has no names for, from the kernel's headers; the same on every architecture here.
AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
FICLONE = 0x40049409
FS_IOC_SETFLAGS = 0x40086602
TIOCSTI = 0x5412
TIOCLINUX = 0x541C
CLONE_FS = 0x200
CLONE_NEWNS = 0x20000
CLONE_NEWUSER = 0x10000000
ADDR_NO_RANDOMIZE = 0x40000
PR_SET_KEEPCAPS = 8
PTRACE_SEIZE = 0x4206

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class Absent(Exception):
    pass


def raw(name, *args):
    """What a system call returns; an OSError when it fails."""
    if name not in NUMBERS:
        raise Absent
    wrapped = [ctypes.c_void_p(one & (1 << 64) - 1) if isinstance(one, int) else one for one in args]
    result = libc.syscall(ctypes.c_long(int(NUMBERS[name])), *wrapped)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def check_answer(result):
    """The error in what the kernel answers outside of libc."""
    if result < 0:
        raise OSError(-result, "")


def pwrite_opened():
    os.pwrite(os.open("file", os.O_WRONLY), b"x", 0)


def truncate_opened():
    os.ftruncate(os.open("file", os.O_WRONLY), 1)


def execute_memory():
    """A program that is in no folder."""
    raw("memfd_create", b"pawl", 0)
    raw("execveat", -1, b"", 0, 0, AT_EMPTY_PATH)


NOTHING = ctypes.create_string_buffer(b"nothing")
MOVED = ctypes.create_string_buffer(b"moved")
LOOPBACK = ctypes.create_string_buffer(struct.pack("<H", AF_INET) + bytes([0, 1, 127, 0, 0, 1]) + bytes(8), 16)


def ring(operation, fd, address, length, offset):
    """One operation through io_uring, without a call of that name."""
    parameters = bytearray(120)
    buffer = (ctypes.c_char * 120).from_buffer(parameters)
    descriptor = raw("io_uring_setup", 1, ctypes.addressof(buffer))
    # struct io_uring_params: sq_off at 40 (head, tail, mask, entries, flags, dropped, array), cq_off at 80
    # (head, tail, mask, entries, overflow, cqes).
    tail, array, completions = (struct.unpack_from("<I", parameters, at)[0] for at in (44, 64, 100))
    queue = mmap.mmap(descriptor, 4096)
    entries = mmap.mmap(descriptor, 4096, offset=0x10000000)
    entries[0:64] = struct.pack("<BBHiQQIIQ24x", operation, 0, 0, fd, offset, address, length, 0, 0)
    struct.pack_into("<I", queue, array, 0)
    struct.pack_into("<I", queue, tail, 1)
    raw("io_uring_enter", descriptor, 1, 1, 1, 0, 0)
    check_answer(struct.unpack_from("<i", queue, completions + 8)[0])


def ring_unlink():
    ring(36, AT_FDCWD, ctypes.addressof(NOTHING), 0, 0)


def ring_rename():
    ring(35, AT_FDCWD, ctypes.addressof(NOTHING), AT_FDCWD & 0xFFFFFFFF, ctypes.addressof(MOVED))


def ring_socket():
    ring(45, AF_INET, 0, 0, SOCK_STREAM)


def ring_connect():
    ring(16, -1, ctypes.addressof(LOOPBACK), 0, 16)


def int80():
    """A 32-bit getpid, from 64-bit code: mov eax, edi; xor ebx, ebx; int 0x80; ret."""
    if os.uname().machine != "x86_64":
        raise Absent
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("5389f831dbcd805bc3"))
    run = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    check_answer(run(20))


# What stdlib/kernel.pawl says of the calls.
WRITES = ["file.truncate", "file.write"]
READS_AND_WRITES = ["file.read", *WRITES]
CREATES_AND_READS = ["file.create", "file.read"]
CREATES_AND_WRITES = ["file.create", *WRITES]
CREATES = ["file.create"]
DELETES = ["file.delete"]
MOVES = ["file.delete", "file.move"]
ATTRIBUTES = ["file.attributes"]
CONNECTS = ["net.connect"]
RAW_SOCKET = ["net.connect", "net.raw"]
RING = [*ATTRIBUTES, *CREATES, *MOVES, *READS_AND_WRITES, "net.listen", *RAW_SOCKET]
MOUNTS = ["mount.change"]
MOUNTS_AND_WRITES = ["mount.change", *WRITES]
KERNEL = ["kernel.change"]
INSPECTS = ["process.inspect"]
TERMINAL = ["terminal.inject"]
RAISES = ["privilege.raise"]
EXECUTES = ["privilege.raise", "process.exec"]
NAMESPACE = ["namespace.create", "privilege.raise"]
CLONES = [*NAMESPACE, "process.spawn"]

# A probe is a system call with its arguments, or a function.
PROBES = {
    "open for truncation": (WRITES, "openat", AT_FDCWD, b"file", WRITE | TRUNCATE, 0),
    "open read-only for truncation": (READS_AND_WRITES, "openat", AT_FDCWD, b"file", READ | TRUNCATE, 0),
    "open for truncation, bit 32": (READS_AND_WRITES, "openat", AT_FDCWD, b"file", READ | TRUNCATE | BIT_32, 0),
    "open for writing": (WRITES, "openat", AT_FDCWD, b"file", WRITE, 0),
    "open for writing, bit 32": (WRITES, "openat", AT_FDCWD, b"file", WRITE | BIT_32, 0),
    "open and pwrite": (WRITES, pwrite_opened),
    "open and ftruncate": (WRITES, truncate_opened),
    "create by open": (CREATES_AND_READS, "openat", AT_FDCWD, b"made", READ | CREATE, 0o600),
    "create by open, bit 32": (CREATES_AND_READS, "openat", AT_FDCWD, b"made2", READ | CREATE | BIT_32, 0o600),
    "unnamed file": (CREATES_AND_WRITES, "openat", AT_FDCWD, b".", WRITE | UNNAMED, 0o600),
    "unnamed file, bit 32": (CREATES_AND_WRITES, "openat", AT_FDCWD, b".", WRITE | UNNAMED | BIT_32, 0o600),
    "old open for truncation": (READS_AND_WRITES, "open", b"file", READ | TRUNCATE, 0),
    "old open for truncation, bit 32": (READS_AND_WRITES, "open", b"file", READ | TRUNCATE | BIT_32, 0),
    "old open for writing, bit 32": (WRITES, "open", b"file", WRITE | BIT_32, 0),
    "create by old open, bit 32": (CREATES_AND_READS, "open", b"made3", READ | CREATE | BIT_32, 0o600),
    "creat": (CREATES_AND_WRITES, "creat", b"file", 0o600),
    "openat2": (["file.create", *READS_AND_WRITES], "openat2", AT_FDCWD, b"file", 0, 0),
    "truncate": (WRITES, "truncate", b"file", 0),
    "fallocate a hole": (WRITES, "fallocate", -1, HOLE, 0, 1),
    "fallocate a hole, bit 32": (WRITES, "fallocate", -1, HOLE | BIT_32, 0, 1),
    "copy_file_range": (WRITES, "copy_file_range", -1, 0, -1, 0, 1, 0),
    "sendfile": (WRITES, "sendfile", -1, -1, 0, 1),
    "splice": (WRITES, "splice", -1, 0, -1, 0, 1, 0),
    "map a file for writing": (WRITES, "mmap", 0, 4096, READ_WRITE, MAP_SHARED, -1, 0),
    "map a file for writing, bit 32 of prot": (WRITES, "mmap", 0, 4096, READ_WRITE | BIT_32, MAP_SHARED, -1, 0),
    "map a file for writing, bit 32 of flags": (WRITES, "mmap", 0, 4096, READ_WRITE, MAP_SHARED | BIT_32, -1, 0),
    "FICLONE": (WRITES, "ioctl", -1, FICLONE, -1),
    "FICLONE, bit 32": (WRITES, "ioctl", -1, FICLONE | BIT_32, -1),
    "unlink": (DELETES, "unlink", b"victim"),
    "unlinkat": (DELETES, "unlinkat", AT_FDCWD, b"victim2", 0),
    "rename": (MOVES, "rename", b"nothing", b"moved"),
    "rename over a file": (MOVES, "renameat2", AT_FDCWD, b"nothing", AT_FDCWD, b"file", 0),
    "rename over a file, bit 32": (MOVES, "renameat2", AT_FDCWD, b"nothing", AT_FDCWD, b"file", BIT_32),
    "mkdir": (CREATES, "mkdirat", AT_FDCWD, b"folder", 0o700),
    "link": (CREATES, "linkat", AT_FDCWD, b"file", AT_FDCWD, b"hard", 0),
    "symlink": (CREATES, "symlinkat", b"file", AT_FDCWD, b"soft"),
    "mknod": (CREATES, "mknodat", AT_FDCWD, b"fifo", 0o10600, 0),
    "chmod": (ATTRIBUTES, "fchmodat", AT_FDCWD, b"file", 0o600),
    "fchmodat2": (ATTRIBUTES, "fchmodat2", AT_FDCWD, b"file", 0o600, 0),
    "chown": (ATTRIBUTES, "fchownat", AT_FDCWD, b"file", -1, -1, 0),
    "utimensat": (ATTRIBUTES, "utimensat", AT_FDCWD, b"file", 0, 0),
    "setxattr": (ATTRIBUTES, "setxattr", b"file", b"user.pawl", b"x", 1, 0),
    "setxattrat": (ATTRIBUTES, "setxattrat", AT_FDCWD, b"file", 0, b"user.pawl", 0, 0),
    "file_setattr": (ATTRIBUTES, "file_setattr", AT_FDCWD, b"file", 0, 0, 0),
    "FS_IOC_SETFLAGS": (ATTRIBUTES, "ioctl", -1, FS_IOC_SETFLAGS, 0),
    "FS_IOC_SETFLAGS, bit 32": (ATTRIBUTES, "ioctl", -1, FS_IOC_SETFLAGS | BIT_32, 0),
    "io_uring: unlink": (RING, ring_unlink),
    "io_uring: rename": (RING, ring_rename),
    "io_uring: socket": (RING, ring_socket),
    "io_uring: connect": (RING, ring_connect),
    "socketpair on the network": (CONNECTS, "socketpair", AF_NETLINK, SOCK_RAW, 0, 0),
    "socketpair on the network, bit 32": (CONNECTS, "socketpair", AF_NETLINK | BIT_32, SOCK_RAW, 0, 0),
    "internet socket": (CONNECTS, "socket", AF_INET, SOCK_STREAM, 0),
    "internet socket, bit 32": (CONNECTS, "socket", AF_INET | BIT_32, SOCK_STREAM, 0),
    "raw socket": (RAW_SOCKET, "socket", AF_INET, SOCK_RAW, 1),
    "raw socket, bit 32": (RAW_SOCKET, "socket", AF_INET, SOCK_RAW | BIT_32, 1),
    "packet socket, bit 32": (RAW_SOCKET, "socket", AF_PACKET | BIT_32, SOCK_RAW, 0),
    "bind": (["net.listen"], "bind", -1, 0, 0),
    "mount namespace by clone": (CLONES, "clone", CLONE_NEWNS | CLONE_FS, 0, 0, 0, 0),
    "mount namespace by clone, bit 32": (CLONES, "clone", CLONE_NEWNS | CLONE_FS | BIT_32, 0, 0, 0, 0),
    "clone3": (CLONES, "clone3", 0, 0),
    "join a namespace": (NAMESPACE, "setns", -1, 0),
    "mount": (MOUNTS, "mount", 0, 0, 0, 0, 0),
    "fsopen": (MOUNTS, "fsopen", 0, 0),
    "fsconfig": (MOUNTS, "fsconfig", -1, 0, 0, 0, 0),
    "fsmount": (MOUNTS, "fsmount", -1, 0, 0),
    "fspick": (MOUNTS, "fspick", -1, 0, 0),
    "open_tree": (MOUNTS, "open_tree", -1, 0, 0),
    "open_tree_attr": (MOUNTS, "open_tree_attr", -1, 0, 0, 0, 0),
    "move_mount": (MOUNTS, "move_mount", -1, 0, -1, 0, 0),
    "mount_setattr": (MOUNTS, "mount_setattr", -1, 0, 0, 0, 0),
    "name to handle": (MOUNTS, "name_to_handle_at", AT_FDCWD, b"file", 0, 0, 0),
    "open by handle": (MOUNTS, "open_by_handle_at", -1, 0, READ),
    "open by handle for truncation, bit 32": (MOUNTS_AND_WRITES, "open_by_handle_at", -1, 0, READ | TRUNCATE | BIT_32),
    "bpf": (KERNEL, "bpf", 99, 0, 0),
    "userfaultfd": (KERNEL, "userfaultfd", UNKNOWN_FLAG),
    "userfaultfd, bit 32": (KERNEL, "userfaultfd", UNKNOWN_FLAG | BIT_32),
    "perf_event_open": (INSPECTS, "perf_event_open", 0, 0, -1, -1, 0),
    "ptrace": (INSPECTS, "ptrace", PTRACE_SEIZE, 0, 0, 0),
    "process_vm_writev": (INSPECTS, "process_vm_writev", 0, 0, 0, 0, 0, 99),
    "pidfd_getfd": (INSPECTS, "pidfd_getfd", -1, 0, 1),
    "TIOCSTI": (TERMINAL, "ioctl", -1, TIOCSTI, 0),
    "TIOCSTI, bit 32": (TERMINAL, "ioctl", -1, TIOCSTI | BIT_32, 0),
    "TIOCLINUX, bit 32": (TERMINAL, "ioctl", -1, TIOCLINUX | BIT_32, 0),
    "setgroups": (RAISES, "setgroups", 70000, 0),
    "keep capabilities": (RAISES, "prctl", PR_SET_KEEPCAPS, 2, 0, 0, 0),
    "keep capabilities, bit 32": (RAISES, "prctl", PR_SET_KEEPCAPS | BIT_32, 2, 0, 0, 0),
    "memfd_create and execveat": (EXECUTES, execute_memory),
    "execveat of a descriptor": (EXECUTES, "execveat", -1, b"", 0, 0, AT_EMPTY_PATH),
    "execveat of a descriptor, bit 32": (EXECUTES, "execveat", -1, b"", 0, 0, AT_EMPTY_PATH | BIT_32),
    # These change the process that makes them, so they come last: a sandbox may let no other start.
    "personality": (RAISES, "personality", ADDR_NO_RANDOMIZE),
    "personality, bit 32": (RAISES, "personality", ADDR_NO_RANDOMIZE | BIT_32),
    "user namespace, bit 32": (NAMESPACE, "unshare", CLONE_NEWUSER | BIT_32),
    "user namespace": (NAMESPACE, "unshare", CLONE_NEWUSER),
    "int 0x80": ([], int80),
}

REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS}

# How the process of a probe says what became of it.
EXIT_OF = {"ran": 10, "blocked": 11, "absent": 12}
FATE_OF = {status: fate for fate, status in EXIT_OF.items()}


def main():
    os.chdir(FOLDER)
    signal.alarm(ALL_SECONDS)
    results = {}
    for name in sys.argv[3:] or PROBES:
        effects, *attempt = PROBES[name]
        results[name] = {"effects": effects, "fate": fate_of(attempt)}
    print(json.dumps(results))


def fate_of(attempt):
    try:
        child = os.fork()
    except OSError:
        # A sandbox without new processes: the probe is then this one, and what kills it ends all.
        return fate_here(attempt)
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        os._exit(EXIT_OF[fate_here(attempt)])
    try:
        status = os.waitpid(child, 0)[1]
    except OSError:
        return "lost"
    if os.WIFSIGNALED(status):
        return "lost" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
    return FATE_OF.get(os.WEXITSTATUS(status), "lost")


def fate_here(attempt):
    first, *args = attempt
    try:
        raw(first, *args) if isinstance(first, str) else first()
    except Absent:
        return "absent"
    except OSError as error:
        return "blocked" if error.errno in REFUSALS else "ran"
    return "ran"


main()
