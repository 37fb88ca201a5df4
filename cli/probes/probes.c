// Ways around a filter, each a small program of its own: prints a JSON object with one entry for each.
// probes.py is the same program for machines without a compiler, and describes arguments and output.
//
//   probes FOLDER NUMBERS [NAME …]
//
// Numbers come as an argument because this machine's headers may be older than its kernel.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS = 5, ALL_SECONDS = 45 };

#define BIT_32 (INT64_C(1) << 32)
enum { READ = O_RDONLY, WRITE = O_WRONLY, TRUNCATE = O_TRUNC, CREATE = O_CREAT, UNNAMED = O_TMPFILE };
enum { READ_WRITE = PROT_READ | PROT_WRITE };
enum { HOLE = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE };
enum { UNKNOWN_FLAG = 0x100 };
// From enum io_uring_op.
enum { RING_CONNECT = 16, RING_RENAME = 35, RING_UNLINK = 36, RING_SOCKET = 45 };

// What stdlib/kernel.pawl says of the calls.
#define WRITES "file.truncate", "file.write"
#define READS_AND_WRITES "file.read", WRITES
#define CREATES_AND_READS "file.create", "file.read"
#define CREATES_AND_WRITES "file.create", WRITES
#define CREATES "file.create"
#define DELETES "file.delete"
#define MOVES "file.delete", "file.move"
#define ATTRIBUTES "file.attributes"
#define CONNECTS "net.connect"
#define RAW_SOCKET "net.connect", "net.raw"
#define IN_RING ATTRIBUTES, CREATES, MOVES, READS_AND_WRITES, "net.listen", RAW_SOCKET
#define MOUNTS "mount.change"
#define MOUNTS_AND_WRITES "mount.change", WRITES
#define KERNEL "kernel.change"
#define INSPECTS "process.inspect"
#define TERMINAL "terminal.inject"
#define RAISES "privilege.raise"
#define EXECUTES "privilege.raise", "process.exec"
#define NAMESPACE "namespace.create", "privilege.raise"
#define CLONES NAMESPACE, "process.spawn"

struct probe {
    const char *name;
    // The last is followed by NULL.
    const char *effects[12];
    // A system call with its arguments, or NULL and a function.
    const char *call;
    intptr_t arguments[6];
    // Gives an errno, 0 for success, or ABSENT.
    int (*attempt)(void);
};

enum { ABSENT = -1 };

static int pwrite_opened(void);
static int truncate_opened(void);
static int execute_memory(void);
static int ring_unlink(void);
static int ring_rename(void);
static int ring_socket(void);
static int ring_connect(void);
static int int80(void);

#define TEXT(text) ((intptr_t)(text))

static const struct probe PROBES[] = {
    {"open for truncation", {WRITES}, "openat", {AT_FDCWD, TEXT("file"), WRITE | TRUNCATE, 0}, NULL},
    {"open read-only for truncation", {READS_AND_WRITES}, "openat", {AT_FDCWD, TEXT("file"), READ | TRUNCATE, 0}, NULL},
    {"open for truncation, bit 32", {READS_AND_WRITES},
     "openat", {AT_FDCWD, TEXT("file"), READ | TRUNCATE | BIT_32, 0}, NULL},
    {"open for writing", {WRITES}, "openat", {AT_FDCWD, TEXT("file"), WRITE, 0}, NULL},
    {"open for writing, bit 32", {WRITES}, "openat", {AT_FDCWD, TEXT("file"), WRITE | BIT_32, 0}, NULL},
    {"open and pwrite", {WRITES}, .attempt = pwrite_opened},
    {"open and ftruncate", {WRITES}, .attempt = truncate_opened},
    {"create by open", {CREATES_AND_READS}, "openat", {AT_FDCWD, TEXT("made"), READ | CREATE, 0600}, NULL},
    {"create by open, bit 32", {CREATES_AND_READS},
     "openat", {AT_FDCWD, TEXT("made2"), READ | CREATE | BIT_32, 0600}, NULL},
    {"unnamed file", {CREATES_AND_WRITES}, "openat", {AT_FDCWD, TEXT("."), WRITE | UNNAMED, 0600}, NULL},
    {"unnamed file, bit 32", {CREATES_AND_WRITES},
     "openat", {AT_FDCWD, TEXT("."), WRITE | UNNAMED | BIT_32, 0600}, NULL},
    {"old open for truncation", {READS_AND_WRITES}, "open", {TEXT("file"), READ | TRUNCATE, 0}, NULL},
    {"old open for truncation, bit 32", {READS_AND_WRITES}, "open", {TEXT("file"), READ | TRUNCATE | BIT_32, 0}, NULL},
    {"old open for writing, bit 32", {WRITES}, "open", {TEXT("file"), WRITE | BIT_32, 0}, NULL},
    {"create by old open, bit 32", {CREATES_AND_READS}, "open", {TEXT("made3"), READ | CREATE | BIT_32, 0600}, NULL},
    {"creat", {CREATES_AND_WRITES}, "creat", {TEXT("file"), 0600}, NULL},
    {"openat2", {"file.create", READS_AND_WRITES}, "openat2", {AT_FDCWD, TEXT("file"), 0, 0}, NULL},
    {"truncate", {WRITES}, "truncate", {TEXT("file"), 0}, NULL},
    {"fallocate a hole", {WRITES}, "fallocate", {-1, HOLE, 0, 1}, NULL},
    {"fallocate a hole, bit 32", {WRITES}, "fallocate", {-1, HOLE | BIT_32, 0, 1}, NULL},
    {"copy_file_range", {WRITES}, "copy_file_range", {-1, 0, -1, 0, 1, 0}, NULL},
    {"sendfile", {WRITES}, "sendfile", {-1, -1, 0, 1}, NULL},
    {"splice", {WRITES}, "splice", {-1, 0, -1, 0, 1, 0}, NULL},
    {"map a file for writing", {WRITES}, "mmap", {0, 4096, READ_WRITE, MAP_SHARED, -1, 0}, NULL},
    {"map a file for writing, bit 32 of prot", {WRITES},
     "mmap", {0, 4096, READ_WRITE | BIT_32, MAP_SHARED, -1, 0}, NULL},
    {"map a file for writing, bit 32 of flags", {WRITES},
     "mmap", {0, 4096, READ_WRITE, MAP_SHARED | BIT_32, -1, 0}, NULL},
    {"FICLONE", {WRITES}, "ioctl", {-1, FICLONE, -1}, NULL},
    {"FICLONE, bit 32", {WRITES}, "ioctl", {-1, FICLONE | BIT_32, -1}, NULL},
    {"unlink", {DELETES}, "unlink", {TEXT("victim")}, NULL},
    {"unlinkat", {DELETES}, "unlinkat", {AT_FDCWD, TEXT("victim2"), 0}, NULL},
    {"rename", {MOVES}, "rename", {TEXT("nothing"), TEXT("moved")}, NULL},
    {"rename over a file", {MOVES}, "renameat2", {AT_FDCWD, TEXT("nothing"), AT_FDCWD, TEXT("file"), 0}, NULL},
    {"rename over a file, bit 32", {MOVES},
     "renameat2", {AT_FDCWD, TEXT("nothing"), AT_FDCWD, TEXT("file"), BIT_32}, NULL},
    {"mkdir", {CREATES}, "mkdirat", {AT_FDCWD, TEXT("folder"), 0700}, NULL},
    {"link", {CREATES}, "linkat", {AT_FDCWD, TEXT("file"), AT_FDCWD, TEXT("hard"), 0}, NULL},
    {"symlink", {CREATES}, "symlinkat", {TEXT("file"), AT_FDCWD, TEXT("soft")}, NULL},
    {"mknod", {CREATES}, "mknodat", {AT_FDCWD, TEXT("fifo"), 010600, 0}, NULL},
    {"chmod", {ATTRIBUTES}, "fchmodat", {AT_FDCWD, TEXT("file"), 0600}, NULL},
    {"fchmodat2", {ATTRIBUTES}, "fchmodat2", {AT_FDCWD, TEXT("file"), 0600, 0}, NULL},
    {"chown", {ATTRIBUTES}, "fchownat", {AT_FDCWD, TEXT("file"), -1, -1, 0}, NULL},
    {"utimensat", {ATTRIBUTES}, "utimensat", {AT_FDCWD, TEXT("file"), 0, 0}, NULL},
    {"setxattr", {ATTRIBUTES}, "setxattr", {TEXT("file"), TEXT("user.pawl"), TEXT("x"), 1, 0}, NULL},
    {"setxattrat", {ATTRIBUTES}, "setxattrat", {AT_FDCWD, TEXT("file"), 0, TEXT("user.pawl"), 0, 0}, NULL},
    {"file_setattr", {ATTRIBUTES}, "file_setattr", {AT_FDCWD, TEXT("file"), 0, 0, 0}, NULL},
    {"FS_IOC_SETFLAGS", {ATTRIBUTES}, "ioctl", {-1, FS_IOC_SETFLAGS, 0}, NULL},
    {"FS_IOC_SETFLAGS, bit 32", {ATTRIBUTES}, "ioctl", {-1, FS_IOC_SETFLAGS | BIT_32, 0}, NULL},
    {"io_uring: unlink", {IN_RING}, .attempt = ring_unlink},
    {"io_uring: rename", {IN_RING}, .attempt = ring_rename},
    {"io_uring: socket", {IN_RING}, .attempt = ring_socket},
    {"io_uring: connect", {IN_RING}, .attempt = ring_connect},
    {"socketpair on the network", {CONNECTS}, "socketpair", {AF_NETLINK, SOCK_RAW, 0, 0}, NULL},
    {"socketpair on the network, bit 32", {CONNECTS}, "socketpair", {AF_NETLINK | BIT_32, SOCK_RAW, 0, 0}, NULL},
    {"internet socket", {CONNECTS}, "socket", {AF_INET, SOCK_STREAM, 0}, NULL},
    {"internet socket, bit 32", {CONNECTS}, "socket", {AF_INET | BIT_32, SOCK_STREAM, 0}, NULL},
    {"raw socket", {RAW_SOCKET}, "socket", {AF_INET, SOCK_RAW, 1}, NULL},
    {"raw socket, bit 32", {RAW_SOCKET}, "socket", {AF_INET, SOCK_RAW | BIT_32, 1}, NULL},
    {"packet socket, bit 32", {RAW_SOCKET}, "socket", {AF_PACKET | BIT_32, SOCK_RAW, 0}, NULL},
    {"bind", {"net.listen"}, "bind", {-1, 0, 0}, NULL},
    {"mount namespace by clone", {CLONES}, "clone", {CLONE_NEWNS | CLONE_FS, 0, 0, 0, 0}, NULL},
    {"mount namespace by clone, bit 32", {CLONES}, "clone", {CLONE_NEWNS | CLONE_FS | BIT_32, 0, 0, 0, 0}, NULL},
    {"clone3", {CLONES}, "clone3", {0, 0}, NULL},
    {"join a namespace", {NAMESPACE}, "setns", {-1, 0}, NULL},
    {"mount", {MOUNTS}, "mount", {0, 0, 0, 0, 0}, NULL},
    {"fsopen", {MOUNTS}, "fsopen", {0, 0}, NULL},
    {"fsconfig", {MOUNTS}, "fsconfig", {-1, 0, 0, 0, 0}, NULL},
    {"fsmount", {MOUNTS}, "fsmount", {-1, 0, 0}, NULL},
    {"fspick", {MOUNTS}, "fspick", {-1, 0, 0}, NULL},
    {"open_tree", {MOUNTS}, "open_tree", {-1, 0, 0}, NULL},
    {"open_tree_attr", {MOUNTS}, "open_tree_attr", {-1, 0, 0, 0, 0}, NULL},
    {"move_mount", {MOUNTS}, "move_mount", {-1, 0, -1, 0, 0}, NULL},
    {"mount_setattr", {MOUNTS}, "mount_setattr", {-1, 0, 0, 0, 0}, NULL},
    {"name to handle", {MOUNTS}, "name_to_handle_at", {AT_FDCWD, TEXT("file"), 0, 0, 0}, NULL},
    {"open by handle", {MOUNTS}, "open_by_handle_at", {-1, 0, READ}, NULL},
    {"open by handle for truncation, bit 32", {MOUNTS_AND_WRITES},
     "open_by_handle_at", {-1, 0, READ | TRUNCATE | BIT_32}, NULL},
    {"bpf", {KERNEL}, "bpf", {99, 0, 0}, NULL},
    {"userfaultfd", {KERNEL}, "userfaultfd", {UNKNOWN_FLAG}, NULL},
    {"userfaultfd, bit 32", {KERNEL}, "userfaultfd", {UNKNOWN_FLAG | BIT_32}, NULL},
    {"perf_event_open", {INSPECTS}, "perf_event_open", {0, 0, -1, -1, 0}, NULL},
    {"ptrace", {INSPECTS}, "ptrace", {PTRACE_SEIZE, 0, 0, 0}, NULL},
    {"process_vm_writev", {INSPECTS}, "process_vm_writev", {0, 0, 0, 0, 0, 99}, NULL},
    {"pidfd_getfd", {INSPECTS}, "pidfd_getfd", {-1, 0, 1}, NULL},
    {"TIOCSTI", {TERMINAL}, "ioctl", {-1, TIOCSTI, 0}, NULL},
    {"TIOCSTI, bit 32", {TERMINAL}, "ioctl", {-1, TIOCSTI | BIT_32, 0}, NULL},
    {"TIOCLINUX, bit 32", {TERMINAL}, "ioctl", {-1, TIOCLINUX | BIT_32, 0}, NULL},
    {"setgroups", {RAISES}, "setgroups", {70000, 0}, NULL},
    {"keep capabilities", {RAISES}, "prctl", {PR_SET_KEEPCAPS, 2, 0, 0, 0}, NULL},
    {"keep capabilities, bit 32", {RAISES}, "prctl", {PR_SET_KEEPCAPS | BIT_32, 2, 0, 0, 0}, NULL},
    {"memfd_create and execveat", {EXECUTES}, .attempt = execute_memory},
    {"execveat of a descriptor", {EXECUTES}, "execveat", {-1, TEXT(""), 0, 0, AT_EMPTY_PATH}, NULL},
    {"execveat of a descriptor, bit 32", {EXECUTES}, "execveat", {-1, TEXT(""), 0, 0, AT_EMPTY_PATH | BIT_32}, NULL},
    // These change the process that makes them, so they come last: a sandbox may let no other start.
    {"personality", {RAISES}, "personality", {ADDR_NO_RANDOMIZE}, NULL},
    {"personality, bit 32", {RAISES}, "personality", {ADDR_NO_RANDOMIZE | BIT_32}, NULL},
    {"user namespace, bit 32", {NAMESPACE}, "unshare", {CLONE_NEWUSER | BIT_32}, NULL},
    {"user namespace", {NAMESPACE}, "unshare", {CLONE_NEWUSER}, NULL},
    {"int 0x80", {0}, .attempt = int80},
};

enum { PROBE_COUNT = sizeof PROBES / sizeof PROBES[0] };

// The fate of a probe is also how its process ends, so none is a status that something else would give.
enum fate { RAN = 10, BLOCKED, KILLED, IS_ABSENT, LOST };

static const char *NUMBERS;

static const struct probe *find_probe(const char *name);
static void print_probe(const struct probe *probe, bool is_first);
static const char *fate_name(enum fate fate);
static enum fate fate_of(const struct probe *probe);
static enum fate fate_here(const struct probe *probe);

int main(int argc, char **argv) {
    if (argc < 3 || chdir(argv[1]) == -1) {
        fprintf(stderr, "usage: probes FOLDER NUMBERS [NAME …]\n");
        return 2;
    }
    NUMBERS = argv[2];
    alarm(ALL_SECONDS);
    int count = argc == 3 ? PROBE_COUNT : argc - 3;
    printf("{");
    for (int index = 0; index < count; index++) {
        const struct probe *probe = argc == 3 ? &PROBES[index] : find_probe(argv[3 + index]);
        if (probe == NULL) {
            fprintf(stderr, "there is no probe `%s`\n", argv[3 + index]);
            return 2;
        }
        print_probe(probe, index == 0);
    }
    printf("}\n");
    return 0;
}

static const struct probe *find_probe(const char *name) {
    for (int index = 0; index < PROBE_COUNT; index++)
        if (strcmp(PROBES[index].name, name) == 0) return &PROBES[index];
    return NULL;
}

static void print_probe(const struct probe *probe, bool is_first) {
    printf("%s\"%s\": {\"effects\": [", is_first ? "" : ", ", probe->name);
    for (int index = 0; probe->effects[index] != NULL; index++)
        printf("%s\"%s\"", index == 0 ? "" : ", ", probe->effects[index]);
    printf("], \"fate\": \"%s\"}", fate_name(fate_of(probe)));
}

static const char *fate_name(enum fate fate) {
    switch (fate) {
    case RAN: return "ran";
    case BLOCKED: return "blocked";
    case KILLED: return "killed";
    case IS_ABSENT: return "absent";
    default: return "lost";
    }
}

static enum fate fate_of(const struct probe *probe) {
    pid_t child = fork();
    // A sandbox without new processes: the probe is then this one, and what kills it ends all.
    if (child == -1) return fate_here(probe);
    if (child == 0) {
        alarm(CHILD_SECONDS);
        // Without the buffers of standard output, which the parent prints.
        _exit(fate_here(probe));
    }
    int status;
    if (waitpid(child, &status, 0) == -1) return LOST;
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGALRM ? LOST : KILLED;
    return WEXITSTATUS(status);
}

static long number_of(const char *call) {
    size_t length = strlen(call);
    for (const char *word = NUMBERS; word != NULL; word = strchr(word, ' ')) {
        while (*word == ' ') word++;
        if (strncmp(word, call, length) == 0 && word[length] == '=') return atol(word + length + 1);
    }
    return ABSENT;
}

static int error_of(long result) {
    return result == -1 ? errno : 0;
}

static int make_call(const char *call, const intptr_t with[6]) {
    long number = number_of(call);
    if (number == ABSENT) return ABSENT;
    return error_of(syscall(number, with[0], with[1], with[2], with[3], with[4], with[5]));
}

static enum fate fate_here(const struct probe *probe) {
    int error = probe->call == NULL ? probe->attempt() : make_call(probe->call, probe->arguments);
    if (error == ABSENT) return IS_ABSENT;
    return error == EPERM || error == EACCES || error == ENOSYS ? BLOCKED : RAN;
}

static int pwrite_opened(void) {
    int descriptor = open("file", O_WRONLY);
    return descriptor == -1 ? errno : error_of(pwrite(descriptor, "x", 1, 0));
}

static int truncate_opened(void) {
    int descriptor = open("file", O_WRONLY);
    return descriptor == -1 ? errno : error_of(ftruncate(descriptor, 1));
}

// A program that is in no folder.
static int execute_memory(void) {
    int error = make_call("memfd_create", (intptr_t[6]){TEXT("pawl")});
    return error != 0 ? error : make_call("execveat", (intptr_t[6]){-1, TEXT(""), 0, 0, AT_EMPTY_PATH});
}

// One operation through io_uring, without a call of that name.
static int ring(struct io_uring_sqe operation) {
    struct io_uring_params parameters = {0};
    long number = number_of("io_uring_setup");
    if (number == ABSENT) return ABSENT;
    int descriptor = syscall(number, 1, &parameters);
    if (descriptor == -1) return errno;
    char *queue = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, IORING_OFF_SQ_RING);
    if (queue == MAP_FAILED) return errno;
    struct io_uring_sqe *entries =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, IORING_OFF_SQES);
    if (entries == MAP_FAILED) return errno;
    entries[0] = operation;
    *(volatile uint32_t *)(queue + parameters.sq_off.array) = 0;
    *(volatile uint32_t *)(queue + parameters.sq_off.tail) = 1;
    int error = make_call("io_uring_enter", (intptr_t[6]){descriptor, 1, 1, IORING_ENTER_GETEVENTS});
    if (error != 0) return error;
    int result = ((volatile struct io_uring_cqe *)(queue + parameters.cq_off.cqes))->res;
    return result < 0 ? -result : 0;
}

static int ring_unlink(void) {
    return ring((struct io_uring_sqe){.opcode = RING_UNLINK, .fd = AT_FDCWD, .addr = TEXT("nothing")});
}

static int ring_rename(void) {
    return ring((struct io_uring_sqe){
        .opcode = RING_RENAME,
        .fd = AT_FDCWD,
        .addr = TEXT("nothing"),
        .len = (uint32_t)AT_FDCWD,
        .off = TEXT("moved"),
    });
}

static int ring_socket(void) {
    return ring((struct io_uring_sqe){.opcode = RING_SOCKET, .fd = AF_INET, .off = SOCK_STREAM});
}

static int ring_connect(void) {
    static const struct sockaddr loopback = {.sa_family = AF_INET, .sa_data = {0, 1, 127, 0, 0, 1}};
    return ring((struct io_uring_sqe){
        .opcode = RING_CONNECT,
        .fd = -1,
        .addr = (intptr_t)&loopback,
        .off = sizeof loopback,
    });
}

// A 32-bit getpid, from 64-bit code.
static int int80(void) {
#ifdef __x86_64__
    int result = 20;
    // Kernels before 4.17 do not keep r8 to r11.
    __asm__ volatile("int $0x80" : "+a"(result) : "b"(0) : "r8", "r9", "r10", "r11", "memory", "cc");
    return result < 0 ? -result : 0;
#else
    return ABSENT;
#endif
}
