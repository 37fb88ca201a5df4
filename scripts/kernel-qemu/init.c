// The whole user space of the machine that scripts/kernel-qemu.mjs starts: asks the kernel for the filter's answers.
typedef unsigned long u64;
typedef unsigned short u16;
struct insn { u16 code; unsigned char jt, jf; unsigned k; };
struct fprog { u16 length; struct insn *insns; };

#if defined(__aarch64__)
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

enum { OPENAT = 56, READ = 63, WRITE = 64, NANOSLEEP = 101, REBOOT = 142, UNAME = 160, PRCTL = 167, CLONE = 220, MMAP = 222 };

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

int main(void) {
  u64 max = 64 << 20;
  char *calls = memory(max), *filter = memory(1 << 16), *answers = memory(4 << 20);
  u64 count = read_file("/calls", calls, max) / 56, insns = read_file("/filter", filter, 1 << 16) / 8;
  volatile char *done = answers + count;
  if (call6(CLONE, 17, 0, 0, 0, 0, 0) == 0) {
    struct fprog prog = { (u16)insns, (struct insn *)filter };
    call6(PRCTL, 38, 1, 0, 0, 0, 0);
    if (call6(PRCTL, 22, 2, (u64)&prog, 0, 0, 0) == 0) {
      for (u64 i = 0; i < count; i++) {
        u64 *c = (u64 *)(calls + i * 56);
        long result = -call6(c[0], c[1], c[2], c[3], c[4], c[5], c[6]) - 1000;
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
  call6(REBOOT, 0xfee1dead, 672274793, 0x4321fedc, 0, 0, 0);
  return 0;
}
