// What the browser is asked. These functions run in the page; each opens fresh connections and closes them again.
//
// remoteOffer    The description is the offer of somebody else: setRemoteDescription, createAnswer, and
//                setLocalDescription of that answer, unchanged. `rejected` tells the m-lines that the answer refuses.
// remoteUpdate   The same for the first description, and then for the second in the same connection.
// remoteAnswer   The second description is the answer of somebody else to the first. Chromium sets an offer as its own if
//                it made one before, and if the fingerprints are of its certificate. So it makes one with m-lines of the
//                same kinds; then the first description is set, as written but for the fingerprints, which become its
//                own, and the candidates, which are left out; then the second is set, unchanged. Where Chromium refuses
//                to have that offer, `local` has its sentence, and the answer is held against an offer that Chromium
//                made, as in `loneAnswer`.
// loneAnswer     An answer without an offer: Chromium makes an offer with m-lines of the same kinds, under the same mids
//                and without header extensions, as their numbers are the browser's choice; then the answer is set,
//                unchanged.
//
// What comes back is { accepted, step, error, rejected, local }: whether every step succeeded, the step that failed
// with its sentence, word for word.

// With `relay` and no server the connection has no candidate of its own, and sends nothing.
const CONFIGURATION = { iceTransportPolicy: 'relay' };

// Runs steps in order until one is refused.
async function run(steps) {
  const state = { pc: new RTCPeerConnection(CONFIGURATION), extra: {} };
  try {
    for (const [name, step] of steps) {
      try {
        await step(state);
      } catch (error) {
        return { accepted: false, step: name, error: error.message, ...state.extra };
      }
    }
    return { accepted: true, ...state.extra };
  } finally {
    state.pc.close();
  }
}

function answering(sdp) {
  return [
    ['setRemoteDescription', ({ pc }) => pc.setRemoteDescription({ type: 'offer', sdp })],
    ['createAnswer', async (state) => { state.answer = await state.pc.createAnswer(); }],
    ['setLocalDescription', async ({ pc, answer, extra }) => {
      await pc.setLocalDescription(answer);
      const refused = mediaLines(answer.sdp).flatMap((line, index) => (line.split(' ')[1] === '0' ? [index] : []));
      if (refused.length > 0) extra.rejected = refused;
    }],
  ];
}

async function remoteOffer(sdp) {
  return run(answering(sdp));
}

async function remoteUpdate(first, second) {
  return run([...answering(first), ...answering(second)]);
}

async function remoteAnswer(offer, answer) {
  const local = await run([['setLocalDescription', ({ pc }) => setOwn(pc, offer)]]);
  const first = local.accepted ? ({ pc }) => setOwn(pc, offer) : ({ pc }) => makeOffer(pc, offer);
  const told = await run([
    ['offer', first],
    ['setRemoteDescription', ({ pc }) => pc.setRemoteDescription({ type: 'answer', sdp: answer })],
  ]);
  return local.accepted ? told : { ...told, local: local.error };
}

async function loneAnswer(answer) {
  return run([
    ['offer', ({ pc }) => makeOffer(pc, answer)],
    ['setRemoteDescription', ({ pc }) => pc.setRemoteDescription({ type: 'answer', sdp: answer })],
  ]);
}

// Makes a foreign offer the connection's own.
async function setOwn(pc, foreign) {
  const made = await offerLike(pc, foreign);
  const fingerprint = made.match(/^a=fingerprint:.*$/m)[0].trimEnd();
  const sdp = foreign
    .replace(/^a=(candidate:|end-of-candidates).*\r?\n/gm, '')
    .replace(/^a=fingerprint:[^\r\n]*/gm, fingerprint);
  await pc.setLocalDescription({ type: 'offer', sdp });
}

// Has the browser offer what a description speaks of.
async function makeOffer(pc, model) {
  const made = await offerLike(pc, model);
  await pc.setLocalDescription({ type: 'offer', sdp: made.replace(/^a=extmap:.*\r\n/gm, '') });
}

// An offer with m-lines of the kinds of `model`, in its order and under its mids, not set yet. A browser puts data
// channels last; for m-lines to follow, the offer so far has to be set.
async function offerLike(pc, model) {
  const media = sections(model);
  const mids = media.map((section, index) => section.match(/^a=mid:(\S+)/m)?.[1] ?? `unnamed-${index}`);
  let sdp;
  for (const [index, section] of media.entries()) {
    const kind = section.match(/^m=(\w+)/)[1];
    if (kind === 'application') pc.createDataChannel('data');
    else pc.addTransceiver(kind);
    const isLast = index === media.length - 1;
    if (!isLast && kind !== 'application') continue;
    sdp = named((await pc.createOffer()).sdp, mids);
    if (!isLast) await pc.setLocalDescription({ type: 'offer', sdp });
  }
  return sdp;
}

// The same with other mids.
function named(sdp, mids) {
  const media = sections(sdp).map((section, index) => section.replace(/^a=mid:.*$/m, `a=mid:${mids[index]}`));
  const head = sdp.slice(0, sdp.indexOf('m='));
  return head.replace(/^a=group:BUNDLE.*$/m, `a=group:BUNDLE ${mids.slice(0, media.length).join(' ')}`) + media.join('');
}

function sections(sdp) {
  return sdp.split(/^(?=m=)/m).slice(1);
}

function mediaLines(sdp) {
  return sections(sdp).map((section) => section.split('\r\n')[0]);
}

export const PRELUDE = [
  `var CONFIGURATION = ${JSON.stringify(CONFIGURATION)};`,
  ...[run, answering, remoteOffer, remoteUpdate, remoteAnswer, loneAnswer, setOwn, makeOffer, offerLike, named,
    sections, mediaLines].map(String),
].join('\n');
