# Asks the kernel what a seccomp filter decides, without any of the calls happening (x86_64).
#
#   oracle.py FILTER CALLS        prints a JSON list: for each call the filter's return value, or
#                                 -1 when the call ran (the kernel passes some numbers before the filter)
#
# CALLS holds eight 64-bit words for each call: 0 for native or 1 for `int 0x80`, the number, six arguments.
# Every return k of the filter is rewritten to an errno of its own, so that the process lives on whatever
# the filter says and the error tells which return it was. After the filter is installed no Python
# runs: a loop in machine code makes the calls and stores the results in shared memory.
import ctypes
import json
import mmap
import os
import signal
import struct
import sys
import time

RET_K = 6
ERRNO = 0x00050000
FIRST_ERRNO = 1000  # Above every errno that the kernel has of its own.

# rdi = calls, rsi = results, rdx = how many; sets results[count] to 1 and spins.
#   1: test r14, r14 / jz 9 / mov rax, [r12+8] / cmp qword [r12], 0 / jne 2
#      rdi, rsi, rdx, r10, r8, r9 = [r12+16..56] / syscall / jmp 3
#   2: ebx, ecx, edx, esi, edi, ebp = [r12+16..56] / int 0x80 / movsxd rax, eax
#   3: mov [r13], rax / add r12, 64 / add r13, 8 / dec r14 / jmp 1
#   9: mov qword [r13], 1 / 8: jmp 8
LOOP = bytes.fromhex(
    "53554154415541564989fc4989f54989d64d85f67462498b44240849833c24007522498b7c2410498b742418498b542420"
    "4d8b5424284d8b4424304d8b4c24380f05eb23418b5c2410418b4c2418418b542420418b742428418b7c2430418b6c2438"
    "cd804863c0498945004983c4404983c50849ffceeb9949c7450001000000ebfe"
)


def main():
    program = open(sys.argv[1], "rb").read()
    calls = open(sys.argv[2], "rb").read()
    count = len(calls) // 64
    returns, rewritten = [], []
    for at in range(0, len(program), 8):
        code, jt, jf, k = struct.unpack_from("<HBBI", program, at)
        if code == RET_K:
            if k not in returns:
                returns.append(k)
            k = ERRNO | (FIRST_ERRNO + returns.index(k))
        rewritten.append(struct.pack("<HBBI", code, jt, jf, k))
    results = mmap.mmap(-1, 8 * (count + 1))
    pid = os.fork()
    if pid == 0:
        make_calls(b"".join(rewritten), calls, count, results)
    done = ctypes.c_int64.from_buffer(results, 8 * count)
    deadline = time.monotonic() + 20
    while done.value != 1:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            sys.exit("the kernel refused the filter, or the process ended: status %d" % status)
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            sys.exit("no result within 20 s")
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    answers = []
    for at in range(count):
        index = -struct.unpack_from("<q", results, 8 * at)[0] - FIRST_ERRNO
        answers.append(returns[index] if 0 <= index < len(returns) else -1)
    print(json.dumps(answers))


def make_calls(program, calls, count, results):
    libc = ctypes.CDLL(None, use_errno=True)
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(LOOP)
    loop = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long)(
        ctypes.addressof(ctypes.c_char.from_buffer(code))
    )
    calls_buffer = ctypes.create_string_buffer(calls, len(calls))
    program_buffer = ctypes.create_string_buffer(program, len(program))
    prog = struct.pack("<HxxxxxxQ", len(program) // 8, ctypes.addressof(program_buffer))
    prog_buffer = ctypes.create_string_buffer(prog, len(prog))
    results_at = ctypes.addressof(ctypes.c_char.from_buffer(results))
    calls_at = ctypes.addressof(calls_buffer)
    if libc.prctl(38, 1, 0, 0, 0) != 0:  # PR_SET_NO_NEW_PRIVS
        os._exit(8)
    if libc.prctl(22, 2, prog_buffer) != 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        os._exit(9)
    loop(calls_at, results_at, count)


main()
