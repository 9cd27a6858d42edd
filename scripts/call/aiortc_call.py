"""A loopback call with aiortc, and raw UDP in the same event loop; started by scripts/bench-call.

Writes one line of JSON.
"""

import asyncio
import json
import sys
import time

started = time.perf_counter()

import aiortc  # noqa: E402
from aiortc import RTCConfiguration, RTCPeerConnection, rtcdtlstransport, rtcrtpreceiver  # noqa: E402
from aiortc.mediastreams import AudioStreamTrack  # noqa: E402
from aiortc.rtp import RtpPacket  # noqa: E402

imported = time.perf_counter()
SECONDS, PINGS, ADDRESS = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

# RTP is stamped where it is handed to SRTP, and where it comes out of it.
sent = {}
one_way = []
send_rtp = rtcdtlstransport.RTCDtlsTransport._send_rtp
handle_packet = rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet


async def stamp(self, data):
    if not 64 <= data[1] & 0x7F <= 95:
        sent[data[8:12] + data[2:4]] = time.perf_counter()
    await send_rtp(self, data)


async def read(self, packet: RtpPacket, arrival_time_ms):
    key = packet.ssrc.to_bytes(4, "big") + packet.sequence_number.to_bytes(2, "big")
    if key in sent:
        one_way.append((time.perf_counter() - sent[key]) * 1e3)
    await handle_packet(self, packet, arrival_time_ms)


rtcdtlstransport.RTCDtlsTransport._send_rtp = stamp
rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet = read


async def paced(seconds, count):
    """Numbers, as evenly over that time as the loop's timers allow."""
    began = time.perf_counter()
    for number in range(count):
        wait = began + number * seconds / count - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        yield number


async def call():
    start = time.perf_counter()
    # Without an empty list it asks a public STUN server.
    nobody = RTCConfiguration(iceServers=[])
    caller, callee = RTCPeerConnection(nobody), RTCPeerConnection(nobody)
    caller.addTrack(AudioStreamTrack())
    channel = caller.createDataChannel("ping")
    opened = asyncio.get_running_loop().create_future()
    channel.on("open", lambda: opened.set_result(time.perf_counter()))
    callee.on("datachannel", lambda far: far.on("message", far.send))
    callee.on("track", lambda track: asyncio.ensure_future(consume(track)))
    await caller.setLocalDescription(await caller.createOffer())
    await callee.setRemoteDescription(caller.localDescription)
    await callee.setLocalDescription(await callee.createAnswer())
    described = time.perf_counter()
    await caller.setRemoteDescription(callee.localDescription)
    open_at = await asyncio.wait_for(opened, 10)
    trips, stamps = [], {}

    def pong(message):
        trips.append((time.perf_counter() - stamps[int.from_bytes(message[:4], "big")]) * 1e3)

    channel.on("message", pong)
    async for number in paced(SECONDS, PINGS):
        stamps[number] = time.perf_counter()
        channel.send(number.to_bytes(4, "big") + bytes(60))
    await asyncio.sleep(0.3)
    await caller.close()
    await callee.close()
    return {
        "setup_ms": (described - start) * 1e3,
        "open_ms": (open_at - start) * 1e3,
        "rtt_ms": trips,
        "one_way_ms": one_way,
    }


async def consume(track):
    try:
        while True:
            await track.recv()
    except aiortc.mediastreams.MediaStreamError:
        pass


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


class Near(asyncio.DatagramProtocol):
    def __init__(self):
        self.stamps, self.trips = {}, []

    def datagram_received(self, data, address):
        self.trips.append((time.perf_counter() - self.stamps[int.from_bytes(data[:4], "big")]) * 1e3)


async def floor():
    loop = asyncio.get_running_loop()
    far, _ = await loop.create_datagram_endpoint(Echo, local_addr=(ADDRESS, 0))
    near, pings = await loop.create_datagram_endpoint(Near, remote_addr=far.get_extra_info("sockname"))
    async for number in paced(1, 200):
        pings.stamps[number] = time.perf_counter()
        near.sendto(number.to_bytes(4, "big") + bytes(60))
    await asyncio.sleep(0.1)
    near.close()
    far.close()
    return pings.trips


async def main():
    run = await call()
    run["floor_ms"] = await floor()
    run["import_ms"] = (imported - started) * 1e3
    with open("/proc/self/status", encoding="ascii") as status:
        run["peak_kib"] = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(json.dumps({"version": f"aiortc {aiortc.__version__}", "runs": [run]}))


asyncio.run(main())
