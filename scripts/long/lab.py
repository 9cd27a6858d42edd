"""What scripts/endurance and scripts/scale share: a coturn, processes that are watched, fits, and sections of BENCHMARKS.md."""

import json
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import threading
import time

NAME = "turn.example.test"
USER = ["-u", "alice", "-w", "wonder"]


def say(words):
    print(f"{time.strftime('%H:%M:%S', time.gmtime())} {words}", file=sys.stderr, flush=True)


def machine():
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{os.cpu_count()} cores, {model[1] if model else platform.machine()}, Linux {platform.release()}"


class Coturn:
    """A turnserver at each of these addresses, over UDP, TCP (3478) and TLS (5349)."""

    def __init__(self, folder, addresses):
        self.addresses = addresses
        lines = [
            *(f"listening-ip={address}" for address in addresses),
            *(f"relay-ip={address}" for address in addresses),
            "listening-port=3478", "tls-listening-port=5349", "realm=example.test", "lt-cred-mech", "user=alice:wonder",
            "fingerprint", "min-port=49160", "max-port=65000", "no-cli", f"cert={folder}/cert.pem", f"pkey={folder}/key.pem",
            f"userdb={folder}/turndb", f"pidfile={folder}/pid", "log-file=stdout", "simple-log",
        ]  # fmt: skip
        (folder / "turnserver.conf").write_text("\n".join(lines) + "\n")
        self.log = folder / "turnserver.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["turnserver", "-c", str(folder / "turnserver.conf")], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        for _ in range(300):
            if "Total General servers" in self.log.read_text(errors="replace") or self.process.poll() is not None:
                break
            time.sleep(0.1)
        time.sleep(0.5)
        if self.process.poll() is not None:
            sys.exit(f"turnserver ended: {self.log.read_text(errors='replace')[-2000:]}")

    def version(self):
        found = re.search(r"Coturn-([0-9.]+)", self.log.read_text(errors="replace"))
        return f"coturn {found[1]}" if found else "coturn"

    def end(self):
        self.process.terminate()
        self.process.wait()


class Watched:
    """A process whose memory, files, threads and sockets are looked at all the time."""

    def __init__(self, command, stdout, stdin=subprocess.DEVNULL, every=1.0, environment=None):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
        )
        self.samples = []
        self.code = self.usage = None
        self.every = every
        self.said = b""
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self._look, self._listen)]
        for thread in self.threads:
            thread.start()

    def _listen(self):
        for line in self.process.stderr:
            self.said = (self.said + line)[-4000:]

    def _look(self):
        while self.code is None:
            sample = look(self.process.pid)
            if sample:
                self.samples.append({"at": time.monotonic() - self.started, **sample})
            time.sleep(self.every)

    def wait(self):
        """Its exit code; afterwards `usage` and `took` are there."""
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.usage, self.took = usage, time.monotonic() - self.started
        for thread in self.threads:
            thread.join()
        return self.code

    def cpu(self):
        return self.usage.ru_utime + self.usage.ru_stime

    def most(self, key):
        return max((sample[key] for sample in self.samples), default=0)


def look(pid):
    """What a process takes now; None once it is gone."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        files = sockets = 0
        for entry in os.scandir(f"/proc/{pid}/fd"):
            try:
                sockets += os.readlink(entry.path).startswith("socket:")
                files += 1
            except OSError:
                pass
        read = re.search(r"rchar: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text())
    except OSError:
        return None
    resident, peak, threads = (re.search(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "VmHWM", "Threads"))
    # A process that ended and has not been waited for has no memory.
    if not resident:
        return None
    return {
        "mib": int(resident[1]) / 1024,
        # Not that of wait4, in which the memory of whoever started it counts.
        "peak": int(peak[1]) / 1024,
        "files": files,
        "sockets": sockets,
        "threads": int(threads[1]),
        "read": int(read[1]),
    }


def line(points):
    """Slope and height at 0 of the straight line that is nearest to the points (least squares)."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mx) ** 2 for x, _ in points)
    slope = sum((x - mx) * (y - my) for x, y in points) / spread if spread else 0.0
    return slope, my - slope * mx


def exponent(points):
    """With which power of the work the cost grows: the slope through the logarithms."""
    usable = [(math.log(work), math.log(cost)) for work, cost in points if work > 0 and cost > 0]
    return line(usable)[0] if len(usable) > 1 else float("nan")


# What is before this share of a run is warming up.
WARM = 0.25


WINDOWS = 20


def trends(samples, over="at"):
    """Of each thing looked at: its least and most after warming up, by how much the fitted line rises from there to the
    end, and whether that is flat: memory within 1 MiB or 3 percent of itself, whatever is larger; the rest within one.
    The line goes through the least of each of twenty windows, of memory through its middle: what comes and goes with
    each round is no growth, and what leaks is there in the least too."""
    if len(samples) < 10:
        return {}
    first, last = samples[0][over], samples[-1][over]
    late = [sample for sample in samples if sample[over] >= first + WARM * (last - first)]
    size = max(len(late) // WINDOWS, 1)
    windows = [late[at : at + size] for at in range(0, len(late) - size + 1, size)]
    told = {}
    for key in ("mib", "files", "threads", "sockets"):
        values = [sample[key] for sample in late]
        pick = statistics.median if key == "mib" else min
        slope, _ = line([(window[len(window) // 2][over], pick(it[key] for it in window)) for window in windows])
        rise = slope * (late[-1][over] - late[0][over])
        allowed = max(1.0, 0.03 * sum(values) / len(values)) if key == "mib" else 1.0
        told[key] = {"least": min(values), "most": max(values), "rise": rise, "flat": abs(rise) < allowed}
    return told


def span(trend, digits=0):
    if not trend:
        return "–"
    least, most = (f"{trend[key]:.{digits}f}" for key in ("least", "most"))
    return least if least == most else f"{least}–{most}"


def write_section(title, lines):
    """Puts a section of BENCHMARKS.md into its place."""
    subprocess.run(["scripts/bench-section", title], input="\n".join(lines) + "\n", text=True, check=True)


def as_json(path):
    return json.loads(pathlib.Path(path).read_text())
