# Ways around a filter, each a small program of its own: prints a JSON object with one entry for each.
#
#   probes.py FOLDER NUMBERS [NAME …]     FOLDER is a scratch one that holds the files `file`, `victim` and `victim2`;
#                                         NUMBERS is a JSON object of this machine's system call numbers
#
# An entry has the effects that a probe tries, any of which a sandbox may deny, and what became of it:
# "ran": the kernel did what was asked, or answered as only its own check does; "blocked": EPERM, EACCES or
# ENOSYS; "killed": a signal ended the probe; "absent": this architecture does not have the call.
# Probes make the call with arguments that do no harm. One that fails for another reason (EINVAL, EBADF,
# EFAULT) has passed the filter: it ran. What a kernel without a filter refuses as well is no evidence, so
# whoever reads this compares with a run without one.
import ctypes
import errno
import json
import mmap
import os
import socket
import struct
import sys

FOLDER = sys.argv[1]
NUMBERS = json.loads(sys.argv[2])
AT_FDCWD = -100
BIT_32 = 1 << 32
libc = ctypes.CDLL(None, use_errno=True)


class Absent(Exception):
    pass


def raw(name, *args):
    """What a system call returns."""
    if name not in NUMBERS:
        raise Absent
    ctypes.set_errno(0)
    wrapped = [ctypes.c_void_p(one & (1 << 64) - 1) if isinstance(one, int) else one for one in args]
    libc.syscall.restype = ctypes.c_long
    return libc.syscall(ctypes.c_long(NUMBERS[name]), *wrapped)


def call(name, *args):
    """The errno of a system call, 0 for success."""
    return ctypes.get_errno() if raw(name, *args) == -1 else 0


def python(action):
    """The errno of what Python's own functions do."""
    try:
        action()
    except OSError as error:
        return error.errno
    return 0


def int80(number):
    """A 32-bit call, from 64-bit code: mov eax, edi; xor ebx, ebx; int 0x80; ret."""
    if os.uname().machine != "x86_64":
        raise Absent
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("5389f831dbcd805bc3"))
    run = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    result = run(number)
    return -result if result < 0 else 0


def ring(operation, fd, address, length, offset):
    """The errno of one operation through io_uring, without a call of that name."""
    parameters = bytearray(120)
    buffer = (ctypes.c_char * 120).from_buffer(parameters)
    descriptor = raw("io_uring_setup", 1, ctypes.addressof(buffer))
    if descriptor == -1:
        return ctypes.get_errno()
    # struct io_uring_params: sq_off at 40 (head, tail, mask, entries, flags, dropped, array), cq_off at 80
    # (head, tail, mask, entries, overflow, cqes).
    tail, array, completions = (struct.unpack_from("<I", parameters, at)[0] for at in (44, 64, 100))
    queue = mmap.mmap(descriptor, 8192)
    entries = mmap.mmap(descriptor, 4096, offset=0x10000000)
    entries[0:64] = struct.pack("<BBHiQQIIQ24x", operation, 0, 0, fd, offset, address, length, 0, 0)
    struct.pack_into("<I", queue, array, 0)
    struct.pack_into("<I", queue, tail, 1)
    if raw("io_uring_enter", descriptor, 1, 1, 1, 0, 0) == -1:
        return ctypes.get_errno()
    result = struct.unpack_from("<i", queue, completions + 8)[0]
    return -result if result < 0 else 0


def path(name):
    return os.path.join(FOLDER, name)


TEXTS = []


def text(name):
    """The address of a path, which must outlive the call."""
    TEXTS.append(ctypes.create_string_buffer(path(name).encode()))
    return ctypes.addressof(TEXTS[-1])


def opened(flags):
    return lambda: os.close(os.open(path("file"), flags, 0o600))


def truncate_opened():
    with open(path("file"), "r+b") as file:
        os.ftruncate(file.fileno(), 1)


def write_opened():
    descriptor = os.open(path("file"), os.O_WRONLY)
    os.pwrite(descriptor, b"x", 0)


def execute_memory():
    """A program that is in no folder."""
    descriptor = raw("memfd_create", b"pawl", 0)
    return ctypes.get_errno() if descriptor == -1 else call("execveat", -1, b"", 0, 0, 0x1000)


LOOPBACK = ctypes.create_string_buffer(struct.pack("<H", socket.AF_INET) + bytes([0, 1, 127, 0, 0, 1]) + bytes(8), 16)
FILES = ["file.truncate", "file.write"]
RING = ["file.delete", "file.move", "file.truncate", "file.write", "file.create", "file.attributes", "net.connect", "net.raw"]

PROBES = {
    "open for truncation": (FILES, lambda: python(opened(os.O_WRONLY | os.O_TRUNC))),
    "open read-only for truncation": (FILES, lambda: python(opened(os.O_RDONLY | os.O_TRUNC))),
    "open for truncation, bit 32": (
        FILES,
        lambda: call("openat", AT_FDCWD, text("file"), os.O_RDONLY | os.O_TRUNC | BIT_32, 0),
    ),
    "open for writing": (FILES, lambda: python(opened(os.O_WRONLY))),
    "open and pwrite": (FILES, lambda: python(write_opened)),
    "truncate": (FILES, lambda: python(lambda: os.truncate(path("file"), 0))),
    "open and ftruncate": (FILES, lambda: python(truncate_opened)),
    "fallocate a hole": (FILES, lambda: call("fallocate", 0, 3, 0, 1)),
    "unlink": (["file.delete"], lambda: python(lambda: os.unlink(path("victim")))),
    "rename": (["file.delete", "file.move"], lambda: python(lambda: os.rename(path("victim2"), path("moved")))),
    "rename over a file, bit 32": (
        ["file.delete", "file.move"],
        lambda: call("renameat2", AT_FDCWD, text("nothing"), AT_FDCWD, text("file"), BIT_32),
    ),
    "mkdir": (["file.create"], lambda: python(lambda: os.mkdir(path("folder")))),
    "link": (["file.create"], lambda: python(lambda: os.link(path("file"), path("hard")))),
    "symlink": (["file.create"], lambda: python(lambda: os.symlink("file", path("soft")))),
    "mknod": (["file.create"], lambda: call("mknodat", AT_FDCWD, text("fifo"), 0o10600, 0)),
    "chmod": (["file.attributes"], lambda: python(lambda: os.chmod(path("file"), 0o600))),
    "fchmodat2": (["file.attributes"], lambda: call("fchmodat2", AT_FDCWD, text("file"), 0o600, 0)),
    "setxattr": (["file.attributes"], lambda: call("setxattr", text("file"), b"user.pawl", b"x", 1, 0)),
    "io_uring: unlink": (RING, lambda: ring(36, AT_FDCWD, text("nothing"), 0, 0)),
    "io_uring: rename": (RING, lambda: ring(35, AT_FDCWD, text("nothing"), AT_FDCWD & 0xFFFFFFFF, text("moved"))),
    "io_uring: socket": (RING, lambda: ring(45, socket.AF_INET, 0, 0, socket.SOCK_STREAM)),
    "io_uring: connect": (RING, lambda: ring(16, 0, ctypes.addressof(LOOPBACK), 0, 16)),
    "socketpair on the network": (["net.connect"], lambda: call("socketpair", 16, 3, 0, 0)),
    "internet socket": (["net.connect"], lambda: call("socket", 2, 1, 0)),
    "internet socket, bit 32": (["net.connect"], lambda: call("socket", 2 | BIT_32, 1, 0)),
    "raw socket": (["net.connect", "net.raw"], lambda: call("socket", 2, 3, 1)),
    "raw socket, bit 32": (["net.connect", "net.raw"], lambda: call("socket", 2, 3 | BIT_32, 1)),
    "packet socket, bit 32": (["net.connect", "net.raw"], lambda: call("socket", 17 | BIT_32, 3, 0)),
    "user namespace": (["namespace.create"], lambda: call("unshare", 0x10000000)),
    "mount namespace by clone": (["namespace.create"], lambda: call("clone", 0x20000 | 0x200, 0, 0, 0, 0)),
    "clone3": (["namespace.create", "process.spawn"], lambda: call("clone3", 0, 0)),
    "join a namespace": (["namespace.create"], lambda: call("setns", -1, 0)),
    "mount": (["mount.change"], lambda: call("mount", 0, 0, 0, 0, 0)),
    "fsopen": (["mount.change"], lambda: call("fsopen", 0, 0)),
    "open_tree": (["mount.change"], lambda: call("open_tree", -1, 0, 0)),
    "move_mount": (["mount.change"], lambda: call("move_mount", -1, 0, -1, 0, 0)),
    "open by handle": (["mount.change"], lambda: call("open_by_handle_at", -1, 0, 0)),
    "setgroups": (["privilege.raise"], lambda: call("setgroups", 70000, 0)),
    "bpf": (["kernel.change"], lambda: call("bpf", 99, 0, 0)),
    "userfaultfd": (["kernel.change"], lambda: call("userfaultfd", 0x100)),
    "perf_event_open": (["process.inspect"], lambda: call("perf_event_open", 0, 0, -1, -1, 0)),
    "memfd_create and execveat": (["privilege.raise"], execute_memory),
    "ptrace": (["process.inspect"], lambda: call("ptrace", 0x4206, 0, 0, 0)),
    "process_vm_writev": (["process.inspect"], lambda: call("process_vm_writev", 0, 0, 0, 0, 0, 99)),
    "pidfd_getfd": (["process.inspect"], lambda: call("pidfd_getfd", -1, 0, 1)),
    "TIOCSTI": (["terminal.inject"], lambda: call("ioctl", -1, 0x5412, 0)),
    "TIOCSTI, bit 32": (["terminal.inject"], lambda: call("ioctl", -1, 0x5412 | BIT_32, 0)),
    "int 0x80": ([], lambda: int80(20)),
}

BLOCKED = {errno.EPERM, errno.EACCES, errno.ENOSYS}
ABSENT = -1


def main():
    results = {}
    for name in sys.argv[3:] or PROBES:
        effects, action = PROBES[name]
        results[name] = {"effects": effects, "fate": fate_of(action)}
    print(json.dumps(results))


def fate_of(action):
    shared = mmap.mmap(-1, 4096)
    try:
        pid = os.fork()
    except OSError:
        # A sandbox without new processes: the probe is then this one, and what kills it ends all.
        code = code_of(action)
    else:
        if pid == 0:
            shared[:4] = struct.pack("<i", code_of(action))
            os._exit(0)
        if os.WIFSIGNALED(os.waitpid(pid, 0)[1]):
            return "killed"
        code = struct.unpack("<i", shared[:4])[0]
    return "absent" if code == ABSENT else "blocked" if code in BLOCKED else "ran"


def code_of(action):
    try:
        return action()
    except Absent:
        return ABSENT


main()
