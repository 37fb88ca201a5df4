# Makes the filter that a container runtime would make of an OCI profile: hands its rules to the
# machine's libseccomp as runc does, and writes the filter to standard output, and the names that libseccomp does not know to standard error.
#
#   libseccomp.py PROFILE.json > FILTER
import ctypes
import errno
import json
import os
import sys

ACTIONS = {"SCMP_ACT_KILL": 0, "SCMP_ACT_KILL_THREAD": 0, "SCMP_ACT_KILL_PROCESS": 0x80000000, "SCMP_ACT_TRAP": 0x30000, "SCMP_ACT_LOG": 0x7FFC0000, "SCMP_ACT_ALLOW": 0x7FFF0000}
# The architectures that an x86_64 kernel takes calls of.
ARCHS = {"SCMP_ARCH_X86_64": 0xC000003E, "SCMP_ARCH_X86": 0x40000003, "SCMP_ARCH_X32": 0x4000003E}
OPERATORS = {"SCMP_CMP_NE": 1, "SCMP_CMP_LT": 2, "SCMP_CMP_LE": 3, "SCMP_CMP_EQ": 4, "SCMP_CMP_GE": 5, "SCMP_CMP_GT": 6, "SCMP_CMP_MASKED_EQ": 7}


class Condition(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def action(name, data):
    return 0x50000 | (1 if data is None else data) if name == "SCMP_ACT_ERRNO" else ACTIONS[name]


def main():
    profile = json.load(open(sys.argv[1]))
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    default = action(profile["defaultAction"], profile.get("defaultErrnoRet"))
    ctx = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(default)))
    for arch in profile["architectures"]:
        # The native one is there already.
        if arch in ARCHS and lib.seccomp_arch_add(ctx, ctypes.c_uint32(ARCHS[arch])) not in (0, -errno.EEXIST):
            sys.exit("libseccomp refuses %s" % arch)
    for rule in profile["syscalls"]:
        result = action(rule["action"], rule.get("errnoRet"))
        if result == default:
            continue
        args = rule.get("args", [])
        conditions = [Condition(a["index"], OPERATORS[a["op"]], a["value"], a.get("valueTwo", 0)) for a in args]
        alone = len({a["index"] for a in args}) < len(args)
        for name in rule["names"]:
            number = lib.seccomp_syscall_resolve_name(name.encode())
            if number == -1:
                print(name, file=sys.stderr)
                continue
            for group in [[c] for c in conditions] if alone else [conditions]:
                array = (Condition * len(group))(*group)
                failed = lib.seccomp_rule_add_array(ctx, ctypes.c_uint32(result), number, len(group), array)
                if failed != 0:
                    sys.exit("libseccomp refuses a rule on %s: %s" % (name, os.strerror(-failed)))
    if lib.seccomp_export_bpf(ctx, 1) != 0:
        sys.exit("libseccomp cannot make the filter")


main()
