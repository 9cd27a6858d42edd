"""Makes the calls and writes the section; started by scripts/bench-call, which has made the network for it."""

import json
import pathlib
import platform
import statistics
import subprocess
import sys
import time

DIR, BINARY, CHROMIUM, PYTHON, RAW_UDP = sys.argv[1:6]
RUNS = int(sys.argv[6])
ADDRESS = "192.0.2.1"
SECONDS, PINGS = 5, 1000
HERE = pathlib.Path(__file__).parent


def output(*command):
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, timeout=120)
    if done.returncode != 0:
        sys.exit(f"bench-call: {command[0]} ended with {done.returncode}: {done.stdout.decode()[:2000]}")
    return json.loads(done.stdout)


def quantile(values, percent):
    """By nearest rank, as rtcscope has it."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]


def ours(*flags):
    told = output(BINARY, "call", "--format", "json", "--local-addr", ADDRESS, *flags)
    at = {phase["name"]: phase["at_ms"] for phase in told["phases"]}
    return {
        "setup": at["setup"],
        "open": at["channel_open"],
        "rtt": [told["rtt"]["median_ms"], told["rtt"]["p99_ms"]],
        "one_way": [told["one_way"]["audio"]["median_ms"], told["one_way"]["audio"]["p99_ms"]],
        "video": told["one_way"].get("video") and told["one_way"]["video"]["median_ms"],
        "floor": [told["floor"][name]["median_ms"] for name in ("rtt", "back_to_back", "woken")],
        "peak": told["cost"]["peak_memory_bytes"] / 1e6,
    }


def theirs(told):
    run = told["runs"][0]
    spread = lambda values: [quantile(values, 50), quantile(values, 99)] if values else None  # noqa: E731
    return {
        "version": told["version"],
        "setup": run["setup_ms"],
        "open": run["open_ms"],
        "rtt": spread(run["rtt_ms"]),
        "one_way": spread(run["one_way_ms"]),
        "floor": [quantile(run["floor_ms"], 50)] if "floor_ms" in run else None,
        "peak": run["peak_kib"] * 1024 / 1e6 if "peak_kib" in run else None,
    }


def middle(runs, key, at=None):
    values = [run[key] if at is None else run[key] and run[key][at] for run in runs]
    return None if any(value is None for value in values) else statistics.median(values)


def ms(value):
    return "–" if value is None else f"{value:.1f}"


def us(value):
    return "–" if value is None else f"{value * 1e3:.0f}"


def times(value, base):
    return "–" if value is None or not base else f"{value / base:.1f} ×"


def calls():
    same = ["--media", "audio", "--duration", f"{SECONDS}s", "--pings", str(PINGS)]
    rows = {"rtcscope": [], "rtcscope, with video": [], "Chromium": [], "aiortc": [], "tokio": []}
    for run in range(RUNS):
        print(f"run {run + 1} of {RUNS}", file=sys.stderr)
        rows["rtcscope"].append(ours(*same))
        every = SECONDS * 1_000_000 // PINGS
        rows["tokio"].append(output(RAW_UDP, ADDRESS, str(PINGS), str(every), "64"))
        rows["rtcscope, with video"].append(ours())
        profile = f"{DIR}/profile-{run}"
        command = ["node", str(HERE / "chromium.mjs"), profile, CHROMIUM, str(SECONDS), str(PINGS), "1"]
        rows["Chromium"].append(theirs(output(*command)))
        command = [PYTHON, str(HERE / "aiortc_call.py"), str(SECONDS), str(PINGS), ADDRESS]
        rows["aiortc"].append(theirs(output(*command)))
    return rows, rows.pop("tokio")


def relays():
    """Median of each transport's p50 and p99 over all runs."""
    conf = pathlib.Path(DIR, "turnserver.conf")
    conf.write_text(
        f"listening-ip={ADDRESS}\nrelay-ip={ADDRESS}\nlt-cred-mech\nuser=bench:bench\nrealm=bench\n"
        f"cert={DIR}/cert.pem\npkey={DIR}/key.pem\nno-cli\nlog-file=stdout\nsimple-log\npidfile={DIR}/pid\n"
        f"userdb={DIR}/db\n"
    )
    server = subprocess.Popen(["turnserver", "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    uris = [f"turn:{ADDRESS}?transport=udp", f"turn:{ADDRESS}?transport=tcp", f"turns:{ADDRESS}",
            f"turns:{ADDRESS}?transport=udp"]
    command = [BINARY, "call", "--format", "json", "--cafile", f"{DIR}/cert.pem", "-u", "bench", "-w", "bench"]
    command += ["--media", "audio", "--duration", f"{SECONDS}s", "--pings", str(PINGS)]
    for uri in uris:
        command += ["--relay", uri]
    paths = {}
    for _ in range(RUNS):
        for path in output(*command)["paths"]:
            at = {phase["name"]: phase["at_ms"] for phase in path["phases"]}
            figures = [at["channel_open"], path["rtt"]["median_ms"], path["rtt"]["p99_ms"],
                       path["one_way"]["median_ms"], path["loss_pct"]]
            paths.setdefault(path["transport"], []).append(figures)
    server.terminate()
    server.wait()
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "coturn"], check=False, capture_output=True)
    rows = {transport: [statistics.median(column) for column in zip(*runs)] for transport, runs in paths.items()}
    return version.stdout.decode().split("-")[0] or "?", rows


def section(rows, runtime, version, relayed):
    chromium, aiortc = (rows[name][0]["version"] for name in ("Chromium", "aiortc"))
    first = rows["rtcscope"]
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    lines = [
        "## Calls",
        "",
        f"Written by `scripts/bench-call {RUNS}`: one run, the programs in turn, medians of {RUNS} processes each; both ends of a "
        f"call within one program, at one address of a network of its own. {chromium}; {aiortc} on Python "
        f"{platform.python_version()}. 2 cores, {cpu}.",
        "",
        "| audio both ways, 200 pings a second of 64 bytes | channel open ms, from the start | of them setup | open after setup | "
        "RTT p50 µs | p99 | against rtcscope | one way p50 µs | p99 | peak MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, runs in rows.items():
        rtt = middle(runs, "rtt", 0)
        setup, opened = middle(runs, "setup"), middle(runs, "open")
        after = statistics.median(run["open"] - run["setup"] for run in runs)
        cells = [name, ms(opened), ms(setup), ms(after), us(rtt), us(middle(runs, "rtt", 1)),
                 times(rtt, middle(first, "rtt", 0)), us(middle(runs, "one_way", 0)), us(middle(runs, "one_way", 1)),
                 ms(middle(runs, "peak"))]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "`rtcscope, with video` is `rtcscope call` as it comes: 2 Mbit/s of video beside it, 400 pings a second; its video goes one way "
        f"in {us(middle(rows['rtcscope, with video'], 'video'))} µs (p50). Setup is, in the browser and aiortc, the time until both "
        "descriptions are set at the callee. Chromium's clock tells 0.1 ms; its one way is from behind the encoder to before the "
        "jitter buffer, aiortc's from before SRTP to behind it, ours from being handed to the engine to coming out of it, each with "
        "the program's own loop. Of Chromium's many processes the memory is not told.",
        "",
        "| raw UDP there and back, 64 bytes | p50 µs | the data channel's is |",
        "|---|--:|--:|",
    ]
    trip = middle(first, "rtt", 0)
    floors = ["by the call's loop without the engines, as often as the pings", "in one thread, each right after the last",
              "between two threads that wake each other"]
    for at, name in enumerate(floors):
        floor = middle(first, "floor", at)
        lines.append(f"| rtcscope, {name} | {floor * 1e3:.1f} | {times(trip, floor)} |")
    floor = middle(runtime, "median_ms")
    lines.append(f"| tokio's single-threaded runtime, as often as the pings | {floor * 1e3:.1f} | {times(trip, floor)} |")
    floor = middle(rows["aiortc"], "floor", 0)
    lines.append(f"| asyncio, as often as the pings | {floor * 1e3:.1f} | {times(middle(rows['aiortc'], 'rtt', 0), floor)} |")
    lines += [
        "",
        f"| both ends through coturn {version} | channel open ms | RTT p50 µs | p99 | one way p50 µs | loss % |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for transport, (opened, p50, p99, one_way, loss) in relayed.items():
        lines.append(f"| {transport} | {ms(opened)} | {us(p50)} | {us(p99)} | {us(one_way)} | {loss:g} |")
    return "\n".join(lines) + "\n"


def write(text):
    path = pathlib.Path("BENCHMARKS.md")
    before, _, after = path.read_text(encoding="utf-8").partition("## Calls\n")
    # Sections of other scripts stay.
    _, found, after = after.partition("\n## ")
    kept = f"\n## {after}" if found else ""
    path.write_text(f"{before.rstrip(chr(10))}\n\n{text}{kept}", encoding="utf-8")


if __name__ == "__main__":
    write(section(*calls(), *relays()))
