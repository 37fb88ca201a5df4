// What the headers and tracefs do not say, each with its source.

/** Trace events are named after the C function, these calls after their number's macro. */
export const RENAMED_IN_TRACEFS = {
  newstat: "stat",
  newfstat: "fstat",
  newlstat: "lstat",
  sendfile64: "sendfile",
  newuname: "uname",
  umount: "umount2",
};

/**
 * Arguments of calls that the traced kernel was built without, or that have no trace event.
 * Source: the declarations in include/linux/syscalls.h of the kernel.
 */
export const SUPPLEMENT = {
  init_module: "plp",
  finit_module: "ipi",
  delete_module: "pi",
  kexec_load: "llpl",
  kexec_file_load: "iilpl",
  bpf: "ipi",
  acct: "p",
  chroot: "p",
  fanotify_init: "ii",
  fanotify_mark: "iilip",
  fsconfig: "iippi",
  iopl: "i",
  ioperm: "lli",
  io_setup: "ip",
  kcmp: "iiill",
  lookup_dcookie: "lpl",
  map_shadow_stack: "lli",
  memfd_secret: "i",
  mq_open: "pihp",
  process_madvise: "iplii",
  ptrace: "llll",
  quotactl: "ipip",
  quotactl_fd: "iiip",
  rt_sigreturn: "",
  sched_getattr: "ipii",
  set_thread_area: "p",
  get_thread_area: "p",
  socketcall: "ip",
  ipc: "iillpl",
  mmap2: "llllll",
  umount: "p",
  stime: "p",
  nice: "i",
  signal: "ip",
  uprobe: "",
  uretprobe: "",
  userfaultfd: "i",
  vm86: "ll",
  vm86old: "p",
  vserver: "",
  _sysctl: "p",
  riscv_flush_icache: "lll",
  riscv_hwprobe: "pllpi",
  listns: "ppli",
  rseq_slice_yield: "",
};

/** The first release with each call, from the kernel's release history (kernelnewbies.org and syscalls(2)). */
export const SINCE = {
  pidfd_send_signal: "5.1", io_uring_setup: "5.1", io_uring_enter: "5.1", io_uring_register: "5.1",
  open_tree: "5.2", move_mount: "5.2", fsopen: "5.2", fsconfig: "5.2", fsmount: "5.2", fspick: "5.2",
  pidfd_open: "5.3", clone3: "5.3", close_range: "5.9", openat2: "5.6", pidfd_getfd: "5.6", faccessat2: "5.8",
  process_madvise: "5.10", epoll_pwait2: "5.11", mount_setattr: "5.12", quotactl_fd: "5.14",
  landlock_create_ruleset: "5.13", landlock_add_rule: "5.13", landlock_restrict_self: "5.13",
  memfd_secret: "5.14", process_mrelease: "5.15", futex_waitv: "5.16", set_mempolicy_home_node: "5.17",
  cachestat: "6.5", fchmodat2: "6.6", map_shadow_stack: "6.6", futex_wake: "6.7", futex_wait: "6.7",
  futex_requeue: "6.7", statmount: "6.8", listmount: "6.8", lsm_get_self_attr: "6.8", lsm_set_self_attr: "6.8",
  lsm_list_modules: "6.8", mseal: "6.10", setxattrat: "6.13", getxattrat: "6.13", listxattrat: "6.13",
  removexattrat: "6.13", open_tree_attr: "6.15", file_getattr: "6.17", file_setattr: "6.17", listns: "6.19",
  rseq_slice_yield: "7.0",
};
