// A loopback call in a headless Chromium; started by scripts/bench-call. Writes one line of JSON.

import { Chromium } from '../browser/chromium.mjs';

const [profile, program, seconds, pings, runs] = process.argv.slice(2);

// Runs in the page. Everything is stamped by its clock, which a page sees to 0.1 ms.
const PRELUDE = `
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function loopback(seconds, pings) {
  const context = new AudioContext();
  const tone = new OscillatorNode(context);
  const stream = new MediaStreamAudioDestinationNode(context);
  tone.connect(stream);
  tone.start();

  const start = performance.now();
  const options = { encodedInsertableStreams: true };
  const [caller, callee] = [new RTCPeerConnection(options), new RTCPeerConnection(options)];
  // What comes before the description is kept for it.
  const early = new Map([[caller, []], [callee, []]]);
  for (const [from, to] of [[caller, callee], [callee, caller]]) {
    from.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      if (to.remoteDescription) to.addIceCandidate(candidate);
      else early.get(to).push(candidate);
    };
  }
  const describe = async (to, description) => {
    await to.setRemoteDescription(description);
    for (const candidate of early.get(to)) to.addIceCandidate(candidate);
  };

  // A frame of audio is a packet: stamped behind the encoder, read before the jitter buffer.
  const sent = new Map();
  const oneWay = [];
  const sender = caller.addTrack(stream.stream.getTracks()[0], stream.stream);
  const out = sender.createEncodedStreams();
  out.readable.pipeThrough(new TransformStream({
    transform(frame, next) { sent.set(frame.timestamp, performance.now()); next.enqueue(frame); },
  })).pipeTo(out.writable);
  callee.ontrack = ({ receiver }) => {
    const into = receiver.createEncodedStreams();
    into.readable.pipeThrough(new TransformStream({
      transform(frame, next) {
        const at = sent.get(frame.timestamp);
        if (at !== undefined) oneWay.push(performance.now() - at);
        next.enqueue(frame);
      },
    })).pipeTo(into.writable);
  };

  const near = caller.createDataChannel('ping');
  const open = new Promise((resolve) => { near.onopen = () => resolve(performance.now()); });
  callee.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data); };
  await caller.setLocalDescription();
  await describe(callee, caller.localDescription);
  await callee.setLocalDescription();
  await describe(caller, callee.localDescription);
  const described = performance.now();
  const opened = await Promise.race([open, sleep(10000)]);
  if (opened === undefined) throw new Error('no channel within 10 s');

  const trips = [];
  const payload = new Uint8Array(64);
  const stamps = new Map();
  near.onmessage = ({ data }) => {
    const number = new DataView(data).getUint32(0);
    trips.push(performance.now() - stamps.get(number));
  };
  near.binaryType = 'arraybuffer';
  const every = (seconds * 1000) / pings;
  const began = performance.now();
  for (let number = 0; number < pings; number++) {
    const wait = began + number * every - performance.now();
    if (wait > 0) await sleep(wait);
    new DataView(payload.buffer).setUint32(0, number);
    stamps.set(number, performance.now());
    near.send(payload);
  }
  await sleep(300);
  caller.close();
  callee.close();
  await context.close();
  return { setup_ms: described - start, open_ms: opened - start, rtt_ms: trips, one_way_ms: oneWay };
}
`;

const browser = await Chromium.start(program, profile, PRELUDE, [
  // A tone without a click on the page.
  '--autoplay-policy=no-user-gesture-required',
  // Host candidates as addresses: in this network nobody answers mDNS.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]);
const answers = [];
for (let run = 0; run < Number(runs); run++) {
  const answer = await browser.ask('loopback', Number(seconds), Number(pings));
  if (!answer) throw new Error('the page crashed');
  answers.push(answer);
}
console.log(JSON.stringify({ version: `Chromium ${await browser.version()}`, runs: answers }));
await browser.stop();
process.exit(0);
