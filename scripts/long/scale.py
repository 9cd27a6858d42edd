"""Cost against work, part by part; started by scripts/scale, which has made the network for it."""

import json
import os
import pathlib
import subprocess
import sys
import time

import lab
import plot
from lab import USER, exponent, say

DIR, BINARY, BENCH = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
KEPT = pathlib.Path("target/scale.json")
# A command that takes longer is not made to do more.
PATIENCE_S = 60


def once(command, codes, stdin):
    """CPU and wall seconds of one process; what it wrote is in DIR/out."""
    maker = subprocess.Popen(stdin, stdout=subprocess.PIPE) if stdin else None
    with (DIR / "out").open("wb") as out, (DIR / "err").open("wb") as err:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=maker.stdout if maker else subprocess.DEVNULL, stdout=out, stderr=err)
        if maker:
            maker.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if maker:
        maker.wait()
    if process.returncode not in codes:
        said = (DIR / "err").read_text(errors="replace")[-500:]
        sys.exit(f"scale: {' '.join(command)[:300]} ended with {process.returncode}: {said}")
    return usage.ru_utime + usage.ru_stime, wall


def run(command, codes=(0, 1), stdin=None, runs=1):
    """CPU seconds, wall seconds and peak MiB; the seconds are medians of so many runs, of long ones of fewer."""
    # A process is charged with the memory of the one that starts it, until it has its own: GNU time has little.
    seen = [once(["/usr/bin/time", "-f", "%M", "-o", str(DIR / "peak"), *command], codes, stdin)]
    peak = int((DIR / "peak").read_text().split()[-1]) / 1024
    if seen[0][1] < 5:
        seen = [once(command, codes, stdin) for _ in range(runs)]
    cpu, wall = (sorted(it[key] for it in seen)[(len(seen) - 1) // 2] for key in (0, 1))
    return {"cpu": cpu, "wall": wall, "mib": peak}


def several(works, measure):
    """Points of growing work, up to where one takes too long."""
    points = []
    for work in works:
        point = {"work": work, **measure(work)}
        points.append(point)
        say(f"  {work}: {point['cpu']:.3f} s of CPU, {point['wall']:.2f} s, {point['mib']:.0f} MiB {point.get('note', '')}")
        if point["cpu"] > PATIENCE_S:
            break
    return points


def analyze():
    def measure(megabytes):
        maker = [BENCH, "--write", f"{megabytes / 12.733:.4f}"]
        return run([BINARY, "analyze", "-q", "--format", "json", "-"], stdin=maker, runs=3 if megabytes < 1000 else 1)

    return several([10, 50, 200, 1000, 5000], measure)


def streams():
    def measure(count):
        taken = run([BINARY, "analyze", "-q", "--format", "json", "-"], stdin=[BENCH, "--streams", "1", str(count)], runs=3)
        rows = len(lab.as_json(DIR / "out")["streams"])
        return {**taken, "note": f"{rows} found"}

    return several([50, 200, 500, 2000, 5000], measure)


def probe():
    addresses = [f"192.0.2.{last}" for last in range(1, 168)]
    coturn = lab.Coturn(DIR, addresses)
    uris = [uri for ip in addresses for uri in (f"turn:{ip}?transport=udp", f"turn:{ip}?transport=tcp", f"turns:{ip}")]

    def measure(count):
        command = [BINARY, "probe", *uris[:count], *USER, "--cafile", str(DIR / "cert.pem"), "-q", "--format", "json", "--deadline", "5m"]
        taken = run(command, runs=3)
        told = lab.as_json(DIR / "out")
        ends = [end for target in told["targets"] for end in target["endpoints"]]
        delays = sorted(end["relay"]["inbound"]["rtt"]["median_ms"] for end in ends if end["works"] and (end.get("relay") or {}).get("inbound"))
        middle = f", RTT p50 {delays[len(delays) // 2]:.2f} ms" if delays else ""
        return {**taken, "note": f"{sum(end['works'] for end in ends)} of {len(ends)} work{middle}"}

    try:
        return several([1, 5, 20, 50, 100, 200, 500], measure)
    finally:
        coturn.end()


def call():
    def measure(pairs):
        taken = run([BINARY, "call", "--pairs", str(pairs), "-q", "--format", "json", "--deadline", "2m"], runs=1)
        told = lab.as_json(DIR / "out")
        path = told["paths"][0]
        works = path["pairs"]["working"] if path.get("pairs") else int(path["works"])
        rtt, channel = path["rtt"], path["channel"]
        note = f"{works} up, pings {channel['answered']} of {channel['pings_asked']}, RTT p50 {rtt['median_ms']:.2f}, p99 {rtt['p99_ms']:.1f} ms, "
        return {**taken, "note": note + f"sent up to {path['sent_late_ms']:.0f} ms late, lost {path['loss_pct']:.2f} %"}

    return several([1, 2, 5, 10, 20, 50, 100], measure)


SECTION = """c=IN IP4 0.0.0.0
a=ice-ufrag:F7gI
a=ice-pwd:madeUpForABench4711made
a=setup:actpass
a=fingerprint:sha-256 BA:35:93:27:E1:21:24:20:DF:AB:58:83:36:50:65:B4:9E:8D:DE:16:AC:CB:54:C9:9E:AC:90:04:29:87:A6:15
a=sendrecv
a=rtcp-mux
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack pli
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""


def session(body, group=""):
    head = f"v=0\no=- 4611731400430051336 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n{group}"
    return (head + body).replace("\n", "\r\n")


def sections(count, changed=False):
    """A description of so many m-lines, as a server of a large conference writes it; `changed`: every tenth is another."""
    def one(mid):
        way = SECTION.replace("a=sendrecv", "a=recvonly") if changed and mid % 10 == 0 else SECTION
        track = f"a=mid:{mid}\na=msid:stream track{mid}\na=ssrc-group:FID {2 * mid + 1} {2 * mid + 2}\n"
        return f"m=video 9 UDP/TLS/RTP/SAVPF 96 97\n{way}{track}a=ssrc:{2 * mid + 1} cname:made\na=ssrc:{2 * mid + 2} cname:made\n"

    return session("".join(map(one, range(count))), f"a=group:BUNDLE {' '.join(map(str, range(count)))}\n")


def sources(size):
    """A description of that many bytes, nearly all of them sources and candidates of one m-line."""
    body, length, n = [f"m=video 9 UDP/TLS/RTP/SAVPF 96 97\na=mid:0\n{SECTION}"], 620, 0
    while length < size:
        n += 1
        body.append(f"a=ssrc:{n} cname:made\na=candidate:{n} 1 udp 2122260223 192.0.2.{n % 250} {1024 + n % 60000} typ host\n")
        length += len(body[-1]) + 2
    return session("".join(body))


def sdp_of(flags):
    def measure_with(text):
        path = DIR / "description.sdp"
        path.write_text(text, newline="")
        return run([BINARY, "sdp", *flags, str(path)], runs=3)

    return measure_with


def sdp():
    sizes = [1e3, 1e4, 1e5, 1e6, 1e7, 5e7]
    told = {}
    for flags in ("explain", "lint"):
        say(f"  {flags}")
        told[flags] = several(sizes, lambda size, flags=flags: sdp_of([flags])(sources(size)))
    return told


COUNTS = [10, 100, 1000, 10_000, 70_000]


def m_lines():
    told = {}
    for flags in ("explain", "lint"):
        say(f"  {flags}")
        told[flags] = several(COUNTS, lambda count, flags=flags: sdp_of([flags])(sections(count)))
    return told


def diff():
    def measure(count):
        for name, changed in (("before", False), ("after", True)):
            (DIR / f"{name}.sdp").write_text(sections(count, changed), newline="")
        return run([BINARY, "sdp", "diff", str(DIR / "before.sdp"), str(DIR / "after.sdp")], runs=3)

    return several(COUNTS, measure)


PARTS = {"analyze": analyze, "streams": streams, "probe": probe, "call": call, "sdp": sdp, "m-lines": m_lines, "diff": diff}
# What is drawn and told of each: key, title, unit of work, what an amount of work is called.
SERIES = [
    ("analyze", "analyze: MB of a capture", "MB"),
    ("streams", "analyze: streams of one second", "streams"),
    ("probe", "probe: endpoints", "endpoints"),
    ("call", "call --pairs, 5 s each", "pairs"),
    ("sdp explain", "sdp explain: bytes of sources", "bytes"),
    ("sdp lint", "sdp lint: bytes of sources", "bytes"),
    ("m-lines explain", "sdp explain: m-lines", "m-lines"),
    ("m-lines lint", "sdp lint: m-lines", "m-lines"),
    ("diff", "sdp diff: m-lines of each", "m-lines"),
]


def amount(work):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if work >= size:
            return f"{work / size:g} {unit}"
    return f"{work:g}"


def fitted(points):
    """The exponent over what takes at least three times what the least does: below that it is the start that is seen."""
    base = points[0]["cpu"]
    grown = [(it["work"], it["cpu"]) for it in points if it["cpu"] >= 3 * base]
    return exponent(grown if len(grown) > 1 else [(it["work"], it["cpu"]) for it in points[-2:]])


def main():
    wanted = sys.argv[4:] or list(PARTS)
    kept = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    for part in wanted:
        say(part)
        told = PARTS[part]()
        for name, points in told.items() if isinstance(told, dict) else [("", told)]:
            kept[f"{part} {name}".strip()] = points
        KEPT.write_text(json.dumps(kept, indent=1))

    table, drawn = [], []
    for key, title, unit in SERIES:
        if key not in kept:
            continue
        points = kept[key]
        power = fitted(points)
        drawn.append((title, unit, [(it["work"], it["cpu"]) for it in points], power))
        for at, it in enumerate(points):
            each = it["cpu"] / it["work"] * 1e6
            more = [amount(it["work"]), f"{it['cpu']:.3f}", f"{each:.4g}", f"{it['wall']:.2f}", f"{it['mib']:.0f}"]
            shown = f"{title} ({power:.2f})" if at == 0 else ""
            table.append(f"| {shown} | {' | '.join(more)} | {it.get('note', '')} |")
    pathlib.Path("docs/scale.svg").write_text(plot.page(drawn))
    notes = pathlib.Path("scripts/long/scale.md").read_text().splitlines()
    lines = [
        "Written by `scripts/scale`: what a process takes in CPU time (user and system), against how much it is given.",
        f"{lab.machine()}; {subprocess.run([BINARY, '--version'], stdout=subprocess.PIPE, check=True).stdout.decode().strip()}.",
        "",
        "![CPU time against work, on logarithmic axes](docs/scale.svg)",
        "",
        "| what (its exponent) | work | CPU s | µs for each | wall s | peak MiB | and |",
        "|---|--:|--:|--:|--:|--:|---|",
        *table,
        "",
        *notes,
    ]
    lab.write_section("Scale", lines)
    print("\n".join(lines))


main()
