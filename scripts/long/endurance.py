"""The long runs, side by side; started by scripts/endurance, which has made the network for them."""

import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import lab
from lab import USER, Watched, say

DIR, BINARY, BENCH = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
SCALE = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
SERVER = "192.0.2.1"
TRUST = ["--cafile", str(DIR / "cert.pem")]
URIS = [f"turn:{SERVER}?transport=udp", f"turn:{SERVER}?transport=tcp", f"turns:{SERVER}"]
# Seconds of the made-up conference that are 5 GB, at 12.73 MB each.
CAPTURE = 5e9 / 12.733e6
CALL = ["--duration", "100ms", "--pings", "20", "--format", "json", "-q"]


def scaled(number):
    return max(round(number * SCALE), 10)


def watch(name, target):
    """Rounds of one watch; each is counted, and held to be in order and passed."""
    rounds = scaled(10_000)
    command = [BINARY, "probe", *target, "--watch", "1ms", "--rounds", str(rounds), "--format", "jsonl", "-q"]
    watched = Watched(command, subprocess.PIPE, every=max(0.05, SCALE))
    seen = passed = lost = 0
    summary = {}
    for line in watched.process.stdout:
        told = json.loads(line)
        if told.get("record") == "round":
            seen += told["round"] == seen + 1
            passed += told["verdict"] == "pass"
            lost += sum(1 for end in told["endpoints"] if end["inbound"]["loss_pct"] or end["outbound"]["loss_pct"])
        elif told.get("record") == "summary":
            summary = told
    code = watched.wait()
    ends = summary.get("endpoints", [])
    packets = sum(end[way]["sent"] for end in ends for way in ("inbound", "outbound"))
    anew = sum(end["allocations"] - 1 for end in ends)
    right = (code, seen, passed, summary.get("rounds"), len(ends)) == (0, rounds, rounds, rounds, 3)
    told = f"exit {code}; {passed} of {seen} rounds passed, {packets} packets, {anew} allocations made anew"
    return name, f"{rounds} rounds", watched, told + (f", loss in {lost}" if lost else ""), right


def because(reasons):
    return f" (failed: {'; '.join(dict.fromkeys(reasons))})" if reasons else ""


def calls(name, flags):
    """Processes in a row: what each takes at most, and what is left when all are gone."""
    count = scaled(1000)
    samples, cpu, works, pings, codes, reasons = [], 0.0, 0, [0, 0], set(), []
    folder = DIR / name.replace(" ", "-")
    folder.mkdir()
    start = time.monotonic()
    for number in range(count):
        with (folder / "out").open("wb") as out:
            watched = Watched([BINARY, "call", *CALL, *flags], out, every=0.1, environment={"TMPDIR": str(folder)})
            codes.add(watched.wait())
        told = lab.as_json(folder / "out") if watched.code in (0, 1) else {}
        paths = told.get("paths", [])
        works += len(paths) == 1 and paths[0]["works"]
        if watched.code != 0:
            why = told.get("failure") or [it["code"] for it in told.get("findings", [])] or watched.said.decode()[-300:]
            reasons.append(why if isinstance(why, str) else json.dumps(why))
        for path in paths:
            pings = [pings[0] + path["channel"]["pings"], pings[1] + path["channel"]["answered"]]
        cpu += watched.cpu()
        most = {key: watched.most(key) for key in ("files", "threads", "sockets")}
        samples.append({"at": number, "mib": watched.most("peak"), **most})
    left = sorted(path.name for path in folder.iterdir() if path.name != "out")
    told = f"exit {'/'.join(map(str, sorted(codes)))}; {works} of {count} came up, {pings[1]} of {pings[0]} pings came back, {len(left)} files left behind"
    told += because(reasons)
    done = {"samples": samples, "cpu": cpu, "took": time.monotonic() - start}
    return name, f"{count} processes", done, told, codes == {0} and works == count and pings[0] == pings[1] > 0 and not left


PLAN = """
jobs = 8
[[probe]]
name = "relay"
targets = {uris}
username = "alice"
password = {{ env = "TURN_PASSWORD" }}
cafile = "cert.pem"

[[call]]
name = "call"
duration = "100ms"
pings = 20

[[call]]
name = "relayed call"
relay = "turn:{server}"
transport = "udp"
username = "alice"
password = {{ env = "TURN_PASSWORD" }}
duration = "100ms"
pings = 20

[[sdp]]
name = "offer"
files = ["offer.sdp"]
"""
OFFER = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:F7gI
a=ice-pwd:madeUpForABench4711made
a=setup:actpass
a=fingerprint:sha-256 BA:35:93:27:E1:21:24:20:DF:AB:58:83:36:50:65:B4:9E:8D:DE:16:AC:CB:54:C9:9E:AC:90:04:29:87:A6:15
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
"""


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""


def number(text, metric):
    found = re.search(rf"^{metric}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


def served(name, plan, interval, port, enough, probes):
    """A plan that is served, scraped each second until there was enough; `probes` of it are asked for one by one too."""
    (DIR / f"{port}.toml").write_text(plan)
    command = [BINARY, "check", "--serve", str(port), "--interval", interval, str(DIR / f"{port}.toml")]
    watched = Watched(command, subprocess.DEVNULL, every=max(0.1, SCALE), environment={"TURN_PASSWORD": "wonder"})
    start, count = time.monotonic(), {"scrapes": 0, "probes": 0, "pages": 0, "refused": 0, "wrong": 0}
    rounds = checks = 0
    unhealthy, reasons = set(), []
    while watched.process.poll() is None and len(watched.samples) < 2:
        time.sleep(0.1)
    while watched.process.poll() is None:
        due = time.monotonic() + 1.0
        status, text = ask(port, "/metrics")
        count["scrapes"] += 1
        if status != 200:
            count["wrong"] += 1
        rounds = int(number(text, "rtcscope_check_rounds_total") or 0)
        health = re.findall(r"^rtcscope_check_healthy\{.*\} (\S+)$", text, re.MULTILINE)
        checks = len(health)
        if "0" in health and rounds not in unhealthy:
            unhealthy.add(rounds)
            reasons += re.findall(r"^rtcscope_check_finding\{(.*)\} 1$", text, re.MULTILINE)
        for module, target in probes:
            status, text = ask(port, f"/probe?{urllib.parse.urlencode({'module': module, 'target': target})}")
            count["probes"] += 1
            if status != 200 or number(text, "probe_success") != 1:
                count["wrong"] += 1
                reasons.append(f"{target}: {status} {re.findall(r'^rtcscope_check_finding.*$', text, re.MULTILINE)}")
        if probes:
            # A page, and what is in no plan.
            count["pages"] += ask(port, "/")[0] == 200
            count["refused"] += ask(port, "/probe?module=relay&target=turn:198.51.100.9")[0] == 400
        if enough(time.monotonic() - start, rounds):
            break
        time.sleep(max(0.0, due - time.monotonic()))
    watched.process.send_signal(signal.SIGTERM)
    code = watched.wait()
    asked = f"{count['scrapes']} scrapes of /metrics"
    if probes:
        asked += f", {count['probes']} of /probe, {count['pages']} pages, {count['refused']} refused as they should be"
    made = rounds * checks
    told = f"exit {code}; {rounds} rounds of {checks} checks; {asked}; {len(unhealthy)} rounds not healthy, {count['wrong']} wrong answers"
    told += because(reasons)
    right = code == 0 and count["wrong"] == 0 and not unhealthy and checks > 0 and (not probes or count["refused"] == count["scrapes"])
    return name, made, watched, told, right


def monitor():
    seconds = 1200 * SCALE
    (DIR / "offer.sdp").write_text(OFFER.replace("\n", "\r\n"))
    plan = PLAN.format(uris=json.dumps(URIS), server=SERVER)
    probes = [("relay", uri) for uri in URIS] + [("relayed call", f"turn:{SERVER}")]
    name, made, *rest = served("`check --serve`", plan, "2s", 9797, lambda took, _: took >= seconds, probes)
    return name, f"{seconds / 60:.1f} minutes, {made} checks in rounds", *rest


def calls_in_one():
    count = scaled(1000)
    each = 'duration = "100ms"\npings = 20\n'
    plan = "jobs = 5\n" + "".join(f'[[call]]\nname = "call {n}"\n{each}' for n in range(5))
    name, made, *rest = served(
        "calls within one process (`check --serve`)", plan, "1s", 9798, lambda _, rounds: rounds * 5 >= count, []
    )
    return name, f"{made} calls", *rest


def capture(times=1):
    """5 GB through a pipe, so many times; the memory is held against the bytes that were read."""
    truth = DIR / f"truth-{times}"
    truth.mkdir()
    maker = subprocess.Popen([BENCH, "--write", f"{CAPTURE * SCALE * times:.3f}", str(truth)], stdout=subprocess.PIPE)
    with (truth / "out").open("wb") as out:
        command = [BINARY, "analyze", "-q", "--format", "json", "-"]
        watched = Watched(command, out, stdin=maker.stdout, every=max(0.02, 0.1 * SCALE))
        maker.stdout.close()
        code = watched.wait()
    maker.wait()
    rows, counted, right = map(int, subprocess.run([BENCH, "--check", truth, truth / "out"], stdout=subprocess.PIPE, check=True).stdout.split())
    told = lab.as_json(truth / "out")
    size = (truth / "bytes").read_text()
    took = told["capture"]["packets"] if isinstance(told.get("capture"), dict) else None
    # Its findings (there is loss) make it end with 1.
    well = code in (0, 1) and maker.returncode == 0 and (rows, counted, right) == (200, 200, 200)
    said = f"exit {code}; {rows} of 200 streams, packets right in {counted}, losses too in {right}"
    if took:
        said += f"; {took} packets"
    return "`analyze -`", f"{int(size) / 1e9:.2f} GB through a pipe", watched, said, well


def parts(done):
    if isinstance(done, Watched):
        return done.samples, done.cpu(), done.took
    return done["samples"], done["cpu"], done["took"]


def main():
    coturn = lab.Coturn(DIR, [SERVER])
    own = ["--embedded"]
    jobs = [
        (watch, "`probe --embedded --watch 1ms`, the server in the same process", own),
        (watch, "`probe --watch 1ms` of coturn over UDP, TCP, TLS", [*URIS, *USER, *TRUST]),
        (calls, "calls in a row", []),
        (calls, "calls in a row through coturn", ["--relay", f"turn:{SERVER}", "--transport", "udp", *USER]),
        (calls_in_one,),
        (monitor,),
    ]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = [pool.submit(*job) for job in jobs]
        for ended in concurrent.futures.as_completed(running):
            name, work, _, told, right = ended.result()
            say(f"{name}: {work}: {told}{'' if right else ' WRONG'}")
        rows = [it.result() for it in running]
    # Alone: it takes all that there is.
    rows.append(capture())
    # What is kept of each stream is thinned when it is much: then twice the capture takes little more.
    twice = capture(2)
    most = [max(sample["peak"] for sample in parts(row[2])[0]) for row in (rows[-1], twice)]
    bounded = twice[-1] and most[1] < 1.25 * most[0]
    version = coturn.version()
    coturn.end()
    # What a crashed or careless process would have left in this network.
    left = 0
    for table in ("udp", "udp6", "tcp", "tcp6"):
        sockets = [row.split() for row in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
        # Connections that wait out their time belong to nobody.
        left += sum(1 for row in sockets if row[3] != "06")
    ours = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid()]
    ours = [pid for pid in ours if os.path.basename(os.path.realpath(f"/proc/{pid}/exe")) == os.path.basename(BINARY)]

    table, bad = [], []
    for name, work, done, told, right in rows:
        samples, cpu, took = parts(done)
        over = "read" if name == "`analyze -`" else "at"
        trend = lab.trends(samples, over)
        flat = bool(trend) and all(it["flat"] for it in trend.values())
        memory = trend.get("mib")
        rise = f"{memory['rise']:+.2f}" if memory else "–"
        grew = [key for key, it in trend.items() if not it["flat"]]
        verdict = "flat" if flat else f"grows: {', '.join(grew)}" if trend else "too short"
        if over == "read" and grew == ["mib"] and bounded:
            flat, verdict = True, f"bounded: {most[0]:.0f} MiB at most, of twice the capture {most[1]:.0f}"
        if not (flat and right):
            bad.append(name)
        table.append(
            f"| {name} | {work} | {took:.0f} | {cpu:.1f} | {lab.span(memory, 1)} | {rise} | "
            f"{lab.span(trend.get('files'))} | {lab.span(trend.get('sockets'))} | {lab.span(trend.get('threads'))} | "
            f"{verdict} | {'' if right else '**wrong**: '}{told} |"
        )
        (pathlib.Path(os.environ.get("ENDURANCE_SAMPLES", DIR)) / f"samples-{len(table)}.json").write_text(json.dumps(samples))
    minutes = max(parts(row[2])[2] for row in rows) / 60
    lines = [
        f"Written by `scripts/endurance{'' if SCALE == 1 else f' {SCALE:g}'}`: one run of {minutes:.0f} minutes, all side by side in a network",
        f"of their own, but for the capture, which is made on the fly and alone. {lab.machine()}; {version}.",
        "",
        "| what | how much | s | CPU s | memory MiB | its rise MiB | files open | of them sockets | threads | verdict | results |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|---|---|",
        *table,
        "",
        "Looked at in `/proc`, each process once a second (a capture ten times); calls in a row by the most that each process",
        "took. Least and most are those after the first quarter of a run. The rise is that of the straight line that fits memory",
        "best, from there to the end (over processes, of the capture over bytes). Flat: it is less than 1 MiB or 3 percent, and",
        "the least that is open, which a leak raises as it raises the most, rises by less than one. "
        f"Behind all: {left} sockets open in that network, {len(ours)} processes of ours.",
    ]
    lab.write_section("Endurance", lines)
    print("\n".join(lines))
    if bad or left or ours:
        say(f"not as it should be: {', '.join(bad) or 'what is left behind'}")
        sys.exit(1)


main()
