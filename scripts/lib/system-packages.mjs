// Distribution packages that the kernel tests use. They are optional: a test that misses one is skipped and says so.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What a kernel test looks for, and the Debian package that has it. */
const wanted = [
  { paths: ["/usr/bin/bwrap"], package: "bubblewrap" },
  { paths: ["/usr/bin/crun"], package: "crun" },
  { paths: ["/usr/sbin/runc", "/usr/bin/runc"], package: "runc" },
  { paths: ["/usr/bin/busybox", "/bin/busybox"], package: "busybox-static" },
  { paths: ["/usr/bin/python3"], package: "python3" },
  { paths: ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"], package: "systemd" },
  {
    paths: ["/usr/lib/x86_64-linux-gnu/libseccomp.so.2", "/lib/x86_64-linux-gnu/libseccomp.so.2"],
    package: "libseccomp2",
  },
  { paths: ["/usr/bin/podman"], package: "podman" },
  { paths: ["/usr/bin/strace"], package: "strace" },
  { paths: ["/usr/share/containers/seccomp.json"], package: "golang-github-containers-common" },
];

/** Installs the missing ones where that needs no question: as root, with apt-get, on the machine that has kernel tests. */
export function installSystemPackages() {
  const packages = wanted.filter(({ paths }) => !paths.some((path) => existsSync(path))).map((entry) => entry.package);
  const isPossible =
    process.platform === "linux" &&
    process.arch === "x64" &&
    process.getuid?.() === 0 &&
    existsSync("/usr/bin/apt-get");
  if (packages.length === 0 || !isPossible || process.env.PAWL_SYSTEM_PACKAGES === "no") return;
  console.error(`installing ${packages.join(", ")} for the kernel tests (PAWL_SYSTEM_PACKAGES=no leaves them out)`);
  const options = { stdio: "ignore", timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync("apt-get", ["update", "-qq"], options);
  const { status } = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
  if (status !== 0) console.error("apt-get could not install them; the tests that need them are skipped");
}
