# Ways around a filter, each a small program of its own: prints a JSON object of what became of each.
#
#   probes.py FOLDER [NAME …]     FOLDER is an empty one to work in
#
# "ran": the kernel did what was asked, or answered as only its own check does; "blocked": EPERM, EACCES
# or ENOSYS, or a signal killed the probe; "absent": this kernel does not have the call.
# Probes make the call with arguments that do no harm. One that fails for another reason (EINVAL, EBADF,
# EFAULT) has passed the filter: it ran.
import ctypes
import errno
import json
import mmap
import os
import struct
import sys

NUMBERS = {
    "io_uring_setup": 425, "fchmodat2": 452, "setxattr": 188, "mknod": 133, "socketpair": 53, "socket": 41,
    "unshare": 272, "clone": 56, "clone3": 435, "fsopen": 430, "open_tree": 428, "move_mount": 429,
    "setgroups": 116, "bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "memfd_create": 319,
    "execveat": 322, "process_vm_writev": 311, "pidfd_getfd": 438, "ptrace": 101, "mount": 165,
    "fallocate": 285, "ioctl": 16, "truncate": 76, "open_by_handle_at": 304, "setns": 308, "openat2": 437,
}
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    """The errno of a system call, 0 for success."""
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(NUMBERS[name]), *[ctypes.c_void_p(a) if isinstance(a, int) else a for a in args])
    return ctypes.get_errno() if result == -1 else 0


def python(action):
    """The errno of what Python's own functions do."""
    try:
        action()
    except OSError as error:
        return error.errno
    return 0


def int80(number):
    """A 32-bit call, from 64-bit code: mov eax, edi; xor ebx, ebx; int 0x80; ret."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("5389f831dbcd805bc3"))
    run = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    result = run(number)
    return -result if result < 0 else 0


def path(name):
    return os.path.join(sys.argv[1], name)


def opened(flags):
    return lambda: os.close(os.open(path("file"), flags, 0o600))


PROBES = {
    "open for truncation": lambda: python(opened(os.O_WRONLY | os.O_TRUNC)),
    "open read-only for truncation": lambda: python(opened(os.O_RDONLY | os.O_TRUNC)),
    "open for writing": lambda: python(opened(os.O_WRONLY)),
    "truncate": lambda: python(lambda: os.truncate(path("file"), 0)),
    "fallocate a hole": lambda: call("fallocate", 0, 3, 0, 1),
    "unlink": lambda: python(lambda: os.unlink(path("victim"))),
    "rename": lambda: python(lambda: os.rename(path("victim2"), path("moved"))),
    "mkdir": lambda: python(lambda: os.mkdir(path("folder"))),
    "link": lambda: python(lambda: os.link(path("file"), path("hard"))),
    "symlink": lambda: python(lambda: os.symlink("file", path("soft"))),
    "mknod": lambda: call("mknod", path("fifo").encode(), 0o10600, 0),
    "chmod": lambda: python(lambda: os.chmod(path("file"), 0o600)),
    "fchmodat2": lambda: call("fchmodat2", -100, path("file").encode(), 0o600, 0),
    "setxattr": lambda: call("setxattr", path("file").encode(), b"user.pawl", b"x", 1, 0),
    "io_uring": lambda: call("io_uring_setup", 1, 0),
    "socketpair on the network": lambda: call("socketpair", 16, 3, 0, 0),
    "internet socket": lambda: call("socket", 2, 1, 0),
    "internet socket, bit 32": lambda: call("socket", 2 | 1 << 32, 1, 0),
    "raw socket": lambda: call("socket", 2, 3, 1),
    "packet socket, bit 32": lambda: call("socket", 17 | 1 << 32, 3, 0),
    "user namespace": lambda: call("unshare", 0x10000000),
    "mount namespace by clone": lambda: call("clone", 0x20000 | 0x200, 0, 0, 0, 0),
    "clone3": lambda: call("clone3", 0, 0),
    "join a namespace": lambda: call("setns", -1, 0),
    "mount": lambda: call("mount", 0, 0, 0, 0, 0),
    "fsopen": lambda: call("fsopen", 0, 0),
    "open_tree": lambda: call("open_tree", -1, 0, 0),
    "move_mount": lambda: call("move_mount", -1, 0, -1, 0, 0),
    "open by handle": lambda: call("open_by_handle_at", -1, 0, 0),
    "setgroups": lambda: call("setgroups", 70000, 0),
    "bpf": lambda: call("bpf", 99, 0, 0),
    "userfaultfd": lambda: call("userfaultfd", 0x100),
    "perf_event_open": lambda: call("perf_event_open", 0, 0, -1, -1, 0),
    "memfd_create": lambda: call("memfd_create", b"pawl", 0),
    "execveat of a descriptor": lambda: call("execveat", -1, b"", 0, 0, 0x1000),
    "ptrace": lambda: call("ptrace", 0x4206, 0, 0, 0),
    "process_vm_writev": lambda: call("process_vm_writev", 0, 0, 0, 0, 0, 99),
    "pidfd_getfd": lambda: call("pidfd_getfd", -1, 0, 1),
    "TIOCSTI": lambda: call("ioctl", -1, 0x5412, 0),
    "TIOCSTI, bit 32": lambda: call("ioctl", -1, 0x5412 | 1 << 32, 0),
    "int 0x80": lambda: int80(20),
}

# What a kernel without the filter says EPERM or ENOSYS to as well is no evidence; the test compares with a
# run of these probes without a filter.
BLOCKED = {errno.EPERM, errno.EACCES, errno.ENOSYS}


def main():
    names = sys.argv[2:] or list(PROBES)
    results = {}
    for name in names:
        out = mmap.mmap(-1, 4096)
        pid = os.fork()
        if pid == 0:
            out[:4] = struct.pack("<i", PROBES[name]())
            os._exit(0)
        status = os.waitpid(pid, 0)[1]
        code = struct.unpack("<i", out[:4])[0]
        results[name] = "killed" if os.WIFSIGNALED(status) else "blocked" if code in BLOCKED else "ran"
    print(json.dumps(results))


main()
