//! One end of a call: str0m's engine, behind our own words.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::crypto::CryptoProvider;
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, SeqNo};
use str0m::{Candidate, Event, IceConnectionState, Input, Rtc};

use super::load::Packet;
use super::media::Kind;
use super::scenario::{Channel, Reliability};

/// How often the engine tells what it counts.
const STATS: Duration = Duration::from_millis(100);
/// Reports of both kinds of media: often enough for some round trips in a call of seconds.
const REPORTS: Duration = Duration::from_millis(500);
/// Packets that are kept to be sent again, at most, and which part of what is sent they may be; as the engine has it.
const MOST_KEPT: usize = 2000;
const MOST_AGAIN: f32 = 0.15;
/// Messages that wait for the network, at most, in bytes.
const BUFFER: usize = 1 << 20;

/// What the engine refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {why}")]
pub struct PeerError {
    doing: &'static str,
    why: String,
}

impl PeerError {
    fn new(doing: &'static str, why: impl ToString) -> Self {
        Self { doing, why: why.to_string() }
    }
}

/// Where an end can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// At its own address.
    Host,
    /// At a relay's.
    Relay,
}

/// What an end wants next.
#[allow(clippy::large_enum_variant, reason = "it lives for a moment, and a box each would cost more")]
pub(super) enum Output {
    Transmit { from: SocketAddr, to: SocketAddr, bytes: Vec<u8> },
    Event(Event),
    Wait(Instant),
}

/// One end.
pub(super) struct Peer {
    rtc: Rtc,
    media: Vec<Sender>,
    pending: Option<SdpPendingOffer>,
    channels: Vec<ChannelId>,
    /// How long packets are kept to be sent again.
    keep: Duration,
}

/// One stream that it sends.
struct Sender {
    kind: Kind,
    mid: Mid,
    pt: Option<Pt>,
    next: u64,
    sent: u64,
    bytes: u64,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peer")
    }
}

impl Peer {
    pub(super) fn new(now: Instant, provider: CryptoProvider, keep: Duration) -> Self {
        let mut config = Rtc::builder()
            .set_crypto_provider(Arc::new(provider))
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(STATS))
            .set_rtcp_report_interval_audio(REPORTS)
            .set_rtcp_report_interval_video(REPORTS)
            .set_sctp_max_buffered_amount(BUFFER);
        // A check that is lost is made again soon, as browsers do, not after the 250 ms of the engine.
        config.set_initial_stun_rto(Duration::from_millis(100));
        Self { rtc: config.build(now), media: Vec::new(), pending: None, channels: Vec::new(), keep }
    }

    pub(super) fn add_candidate(
        &mut self,
        kind: CandidateKind,
        address: SocketAddr,
    ) -> Result<(), PeerError> {
        let made = match kind {
            CandidateKind::Host => Candidate::host(address, "udp"),
            CandidateKind::Relay => Candidate::relayed(address, address, "udp"),
        };
        let candidate = made.map_err(|error| PeerError::new("add a candidate", error))?;
        self.rtc.add_local_candidate(candidate);
        Ok(())
    }

    /// The offer, as SDP.
    pub(super) fn offer(
        &mut self,
        kinds: &[Kind],
        channels: &[(&str, Channel)],
    ) -> Result<String, PeerError> {
        let mut change = self.rtc.sdp_api();
        let mut media = Vec::new();
        for &kind in kinds {
            let engine_kind = match kind {
                Kind::Audio => MediaKind::Audio,
                Kind::Video => MediaKind::Video,
            };
            let stream = Some("rtcscope".to_owned());
            let mid = change.add_media(
                engine_kind,
                Direction::SendRecv,
                stream,
                Some(kind.name().to_owned()),
                None,
            );
            media.push(Sender::new(kind, mid));
        }
        for (label, channel) in channels {
            self.channels.push(change.add_channel_with_config(config(label, *channel)));
        }
        let (offer, pending) =
            change.apply().ok_or_else(|| PeerError::new("offer", "there is nothing to offer"))?;
        self.media = media;
        self.pending = Some(pending);
        Ok(trimmed(&offer.to_sdp_string()))
    }

    /// Takes an offer; the answer, as SDP.
    pub(super) fn answer(&mut self, offer: &str) -> Result<String, PeerError> {
        let offer =
            SdpOffer::from_sdp_string(offer).map_err(|error| PeerError::new("read the offer", error))?;
        let answer =
            self.rtc.sdp_api().accept_offer(offer).map_err(|error| PeerError::new("answer", error))?;
        Ok(trimmed(&answer.to_sdp_string()))
    }

    /// Takes the answer.
    pub(super) fn accept(&mut self, answer: &str) -> Result<(), PeerError> {
        let answer =
            SdpAnswer::from_sdp_string(answer).map_err(|error| PeerError::new("read the answer", error))?;
        let pending =
            self.pending.take().ok_or_else(|| PeerError::new("take the answer", "there was no offer"))?;
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .map_err(|error| PeerError::new("take the answer", error))
    }

    /// A datagram came. What is none of the call's is left out, as a socket is open to all.
    pub(super) fn handle_input(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), PeerError> {
        let Ok(received) = Receive::new(Protocol::Udp, from, to, bytes) else { return Ok(()) };
        self.input(Input::Receive(now, received))
    }

    /// Drives the engine up to `now`.
    pub(super) fn advance(&mut self, now: Instant) -> Result<(), PeerError> {
        self.input(Input::Timeout(now))
    }

    fn input(&mut self, input: Input<'_>) -> Result<(), PeerError> {
        self.rtc.handle_input(input).map_err(|error| PeerError::new("the engine gave up", error))
    }

    /// What to do at `now`; until it says to wait, nothing else may be asked of it.
    pub(super) fn poll(&mut self, now: Instant) -> Result<Output, PeerError> {
        /// Turns that an engine may take at one moment.
        const MOST: usize = 1000;
        for _ in 0..MOST {
            let output =
                self.rtc.poll_output().map_err(|error| PeerError::new("the engine gave up", error))?;
            match output {
                str0m::Output::Transmit(transmit) => {
                    let (from, to) = (transmit.source, transmit.destination);
                    return Ok(Output::Transmit { from, to, bytes: transmit.contents.into() });
                }
                str0m::Output::Event(event) => {
                    self.note(&event);
                    return Ok(Output::Event(event));
                }
                str0m::Output::Timeout(due) if due > now => return Ok(Output::Wait(due)),
                str0m::Output::Timeout(_) => self.advance(now)?,
            }
        }
        Err(PeerError::new("the engine gave up", "it has something to do for ever"))
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::MediaAdded(added) if self.media.iter().all(|sender| sender.mid != added.mid) => {
                let kind = match added.kind {
                    MediaKind::Audio => Kind::Audio,
                    MediaKind::Video => Kind::Video,
                };
                self.media.push(Sender::new(kind, added.mid));
            }
            Event::ChannelOpen(id, _) if !self.channels.contains(id) => self.channels.push(*id),
            _ => {}
        }
    }

    /// The source that it sends of this kind, that of its retransmissions, and the number of its first packet.
    pub(super) fn source(&mut self, kind: Kind) -> Option<(u32, Option<u32>, u16)> {
        let (mid, first) = self.media.iter().find(|m| m.kind == kind).map(|m| (m.mid, m.next))?;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None)?;
        Some((*stream.ssrc(), stream.rtx().map(|ssrc| *ssrc), first as u16))
    }

    /// Sends a packet, which is stamped here. `false` where there is no way to yet.
    pub(super) fn write(
        &mut self,
        kind: Kind,
        mut packet: Packet,
        since_start: Duration,
        now: Instant,
    ) -> Result<bool, PeerError> {
        let Some(at) = self.media.iter().position(|sender| sender.kind == kind) else { return Ok(false) };
        let mid = self.media[at].mid;
        let pt = match self.media[at].pt {
            Some(pt) => pt,
            None => {
                let Some(pt) = self.payload_type(kind, mid) else { return Ok(false) };
                *self.media[at].pt.insert(pt)
            }
        };
        packet.stamp(since_start);
        let sender = &mut self.media[at];
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return Ok(false) };
        if sender.sent == 0 {
            stream.set_rtx_cache(MOST_KEPT, self.keep, Some(MOST_AGAIN));
        }
        let bytes = packet.payload.len() as u64;
        let written = RtpWrite::new(pt, SeqNo::from(sender.next), packet.time, now, packet.payload)
            .marker(packet.marker)
            .nackable(kind == Kind::Video);
        stream.write_rtp(written);
        sender.next += 1;
        sender.sent += 1;
        sender.bytes += bytes;
        self.advance(now)?;
        Ok(true)
    }

    fn payload_type(&self, kind: Kind, mid: Mid) -> Option<Pt> {
        let remote = self.rtc.media(mid)?.remote_pts().to_vec();
        let audio = kind == Kind::Audio;
        let params = self.rtc.codec_config().params().iter();
        params.filter(|p| p.spec().codec.is_audio() == audio).map(|p| p.pt()).find(|pt| remote.contains(pt))
    }

    /// Packets and bytes of payload that were sent of this kind.
    pub(super) fn sent(&self, kind: Kind) -> (u64, u64) {
        self.media
            .iter()
            .find(|sender| sender.kind == kind)
            .map_or((0, 0), |sender| (sender.sent, sender.bytes))
    }

    /// The kind of a media section.
    pub(super) fn kind(&self, mid: Mid) -> Option<Kind> {
        self.media.iter().find(|sender| sender.mid == mid).map(|sender| sender.kind)
    }

    /// Which of the channels, in the order in which they were offered, this is.
    pub(super) fn channel(&self, id: ChannelId) -> Option<usize> {
        self.channels.iter().position(|known| *known == id)
    }

    /// Sends a message; `false` where it is not taken now.
    pub(super) fn send(&mut self, channel: usize, bytes: &[u8]) -> Result<bool, PeerError> {
        let Some(id) = self.channels.get(channel) else { return Ok(false) };
        let Some(mut channel) = self.rtc.channel(*id) else { return Ok(false) };
        channel.write(true, bytes).map_err(|error| PeerError::new("send a message", error))
    }

    /// Bytes of messages that wait.
    pub(super) fn waiting(&mut self, channel: usize) -> usize {
        let Some(id) = self.channels.get(channel) else { return 0 };
        self.rtc.channel(*id).map_or(0, |mut channel| channel.buffered_amount())
    }
}

impl Sender {
    fn new(kind: Kind, mid: Mid) -> Self {
        // Not 0, so that what counts from there shows.
        Self { kind, mid, pt: None, next: 1000, sent: 0, bytes: 0 }
    }
}

/// Whether the engine has found its way.
pub(super) fn is_nominated(state: IceConnectionState) -> bool {
    matches!(state, IceConnectionState::Connected | IceConnectionState::Completed)
}

/// Without the blank that the engine leaves behind `a=msid-semantic: WMS` where there is no stream .
fn trimmed(sdp: &str) -> String {
    sdp.lines().flat_map(|line| [line.trim_end(), "\r\n"]).collect()
}

fn config(label: &str, channel: Channel) -> ChannelConfig {
    let reliability = match channel.reliability {
        Reliability::Reliable => str0m::channel::Reliability::Reliable,
        Reliability::MaxRetransmits(retransmits) => {
            str0m::channel::Reliability::MaxRetransmits { retransmits }
        }
        Reliability::MaxPacketLifetime(lifetime) => {
            str0m::channel::Reliability::MaxPacketLifetime { lifetime }
        }
    };
    ChannelConfig {
        label: label.to_owned(),
        ordered: channel.ordered,
        reliability,
        ..ChannelConfig::default()
    }
}
