// The whole user space of the machine that scripts/kernel-qemu.mjs starts: asks the kernel for the filter's answers.
typedef unsigned long u64;
typedef unsigned short u16;
struct insn { u16 code; unsigned char jt, jf; unsigned k; };
struct fprog { u16 length; struct insn *insns; };

#if defined(__x86_64__)
static long call6(u64 n, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
  asm volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return (long)n;
}
// A 32-bit call from 64-bit code: the number and six arguments stand at `words`; the kernel reads their low halves.
long call_i386(const u64 *words);
asm("call_i386:\n"
    " push %rbx\n push %rbp\n"
    " mov (%rdi), %eax\n mov 8(%rdi), %ebx\n mov 16(%rdi), %ecx\n mov 24(%rdi), %edx\n"
    " mov 32(%rdi), %esi\n mov 48(%rdi), %ebp\n mov 40(%rdi), %edi\n"
    " int $0x80\n cltq\n"
    " pop %rbp\n pop %rbx\n ret\n");
asm(".globl _start\n_start: call main\n");
#elif defined(__aarch64__)
static long call6(u64 n, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 x8 asm("x8") = n, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c, x3 asm("x3") = d, x4 asm("x4") = e, x5 asm("x5") = f;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (long)x0;
}
asm(".globl _start\n_start: bl main\n");
#else
static long call6(u64 n, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 a7 asm("a7") = n, a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c, a3 asm("a3") = d, a4 asm("a4") = e, a5 asm("a5") = f;
  asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
  return (long)a0;
}
asm(".globl _start\n_start: .option push\n.option norelax\n la gp, __global_pointer$\n.option pop\n call main\n");
#endif
#define call3(n, a, b, c) call6(n, (u64)(a), (u64)(b), (u64)(c), 0, 0, 0)

#if defined(__x86_64__)
enum { OPENAT = 257, READ = 0, WRITE = 1, NANOSLEEP = 35, REBOOT = 169, UNAME = 63, PRCTL = 157, CLONE = 56, MMAP = 9, IOCTL = 16 };
#else
enum { OPENAT = 56, READ = 63, WRITE = 64, NANOSLEEP = 101, REBOOT = 142, UNAME = 160, PRCTL = 167, CLONE = 220, MMAP = 222, IOCTL = 29 };
#endif

static void print(const char *text, u64 length) { call3(WRITE, 1, text, length); }

static u64 length_of(const char *text) { u64 n = 0; while (text[n]) n++; return n; }

static u64 read_file(const char *name, char *to, u64 max) {
  long fd = call6(OPENAT, -100, (u64)name, 0, 0, 0, 0);
  u64 total = 0;
  for (;;) {
    long got = call3(READ, fd, to + total, max - total);
    if (got <= 0) return total;
    total += got;
  }
}

static char *memory(u64 size) { return (char *)call6(MMAP, 0, size, 3, 0x21, -1, 0); }

// One record: 1 for `int 0x80` or 0, the number, six arguments.
static long ask(const u64 *record) {
#if defined(__x86_64__)
  if (record[0] == 1) return call_i386(record + 1);
#endif
  return call6(record[1], record[2], record[3], record[4], record[5], record[6], record[7]);
}

int main(void) {
  u64 max = 64 << 20;
  char *calls = memory(max), *filter = memory(1 << 16), *answers = memory(4 << 20);
  u64 count = read_file("/calls", calls, max) / 64, insns = read_file("/filter", filter, 1 << 16) / 8;
  volatile char *done = answers + count;
  if (call6(CLONE, 17, 0, 0, 0, 0, 0) == 0) {
    struct fprog prog = { (u16)insns, (struct insn *)filter };
    call6(PRCTL, 38, 1, 0, 0, 0, 0);
    if (call6(PRCTL, 22, 2, (u64)&prog, 0, 0, 0) == 0) {
      for (u64 i = 0; i < count; i++) {
        long result = -ask((u64 *)(calls + i * 64)) - 1000;
        answers[i] = 0 <= result && result < 40 ? '0' + result : '?';
      }
    }
    *done = 1;
    for (;;) ;
  }
  struct { long s, n; } wait = { 0, 50000000 };
  while (!*done) call3(NANOSLEEP, &wait, 0, 0);
  static char names[6][65];
  call3(UNAME, names, 0, 0);
  print("\nPAWL-BEGIN ", 12);
  print(names[2], length_of(names[2]));
  print("\n", 1);
  for (u64 i = 0; i < count; i += 100) { print(answers + i, count - i < 100 ? count - i : 100); print("\n", 1); }
  print("PAWL-END\n", 9);
  // TCSBRK drains the console, which the kernel's own last words would overtake.
  call3(IOCTL, 1, 0x5409, 1);
  call6(REBOOT, 0xfee1dead, 672274793, 0x4321fedc, 0, 0, 0);
  return 0;
}
