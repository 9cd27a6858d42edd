//! What the engines tell: phases that are reached, media and messages that came.

use std::sync::PoisonError;
use std::time::Instant;

use str0m::{Event, IceConnectionState};

use super::Call;
use crate::call::arrivals::Stream;
use crate::call::channel::{self, Message};
use crate::call::end::End;
use crate::call::load::Source;
use crate::call::peer;
use crate::call::phases::Phase;

impl Call {
    pub(super) fn event(&mut self, end: End, event: Event, now: Instant) {
        let start = self.phases.start();
        let side = &mut self.sides[end as usize];
        match event {
            Event::RtpPacket(packet) => {
                let ssrc = *packet.header.ssrc;
                let repaired = side.current != Some(ssrc);
                if let Some(stream) = side.streams.iter_mut().find(|stream| stream.ssrc() == ssrc) {
                    if let Some((sent, took)) = stream.payload(&packet.payload, repaired, start, now) {
                        self.series.one_way(sent, took);
                    }
                    self.heard(now);
                }
            }
            Event::ChannelData(data) => self.message(end, data, now),
            Event::IceConnectionStateChange(state) => {
                side.nominated |= peer::is_nominated(state);
                if state == IceConnectionState::Disconnected {
                    self.pathless.get_or_insert(now.saturating_duration_since(start));
                } else if peer::is_nominated(state) {
                    self.pathless = None;
                }
                if self.sides.iter().all(|side| side.nominated) {
                    self.phases.reach(Phase::IceNominated, now);
                }
            }
            Event::Connected => {
                side.connected = true;
                if self.sides.iter().all(|side| side.connected) {
                    self.phases.reach(Phase::Dtls, now);
                    self.begin(now);
                }
            }
            Event::ChannelOpen(..) => {
                self.associated(now);
                self.sides[end as usize].open = true;
                if self.sides.iter().all(|side| side.open) {
                    self.phases.reach(Phase::ChannelOpen, now);
                }
            }
            Event::KeyframeRequest(request) => {
                let kind = side.peer.kind(request.mid);
                if let Some((_, source)) = side.sources.iter_mut().find(|(of, _)| Some(*of) == kind) {
                    source.want_key();
                }
            }
            Event::PeerStats(stats) => side.round_trips(&stats),
            Event::MediaEgressStats(stats) => {
                let Some(kind) = side.peer.kind(stats.mid) else { return };
                let counts = side.counts(kind);
                counts.nacks_received = stats.nacks;
                // What reports say: the engine's own figure for the peer is of transport-wide feedback, which waits.
                if let Some(rtt) = stats.rtt {
                    let told = (rtt, stats.remote.map(|remote| *remote.maximum_sequence_number));
                    if counts.round_trip.replace(told) != Some(told) {
                        side.rtcp.add(rtt);
                    }
                }
            }
            Event::MediaIngressStats(stats) => {
                let Some(kind) = side.peer.kind(stats.mid) else { return };
                let counts = side.counts(kind);
                counts.nacks_sent = stats.nacks;
                counts.key_frames_requested = stats.plis + stats.firs;
            }
            _ => {}
        }
    }

    /// Both ends have keys: media begins.
    pub(super) fn begin(&mut self, now: Instant) {
        if self.began.replace(now).is_some() {
            return;
        }
        let load = &self.scenario.load;
        for end in End::BOTH {
            let mut streams = Vec::new();
            for kind in &load.media {
                let sender = &mut self.sides[end as usize];
                sender.sources.push((*kind, Source::new(*kind, load.bitrate_bps, now)));
                if let Some((ssrc, repair, first)) = sender.peer.source(*kind) {
                    streams.push(Stream::new(*kind, ssrc, repair, first));
                }
            }
            self.sides[end.other() as usize].streams = streams;
        }
    }

    /// RTP came.
    pub(super) fn heard(&mut self, now: Instant) {
        if self.phases.at(Phase::FirstFrame).is_some() {
            return;
        }
        let streams = || self.sides.iter().map(|side| &side.streams);
        if streams().all(|streams| streams.iter().any(|stream| stream.first_at.is_some())) {
            self.phases.reach(Phase::FirstRtp, now);
        }
        // A frame of video, where there is video.
        let kind = self.scenario.load.media.iter().max().copied();
        let whole = |stream: &Stream| Some(stream.kind) == kind && stream.first_frame.is_some();
        if streams().all(|streams| streams.iter().any(whole)) {
            self.phases.reach(Phase::FirstFrame, now);
        }
    }

    pub(super) fn message(&mut self, end: End, data: str0m::channel::ChannelData, now: Instant) {
        let start = self.phases.start();
        let side = &mut self.sides[end as usize];
        match Message::read(&data.data) {
            Some(Message::Ping) => {
                let mut ping = data.data;
                channel::answer(&mut ping);
                let Some(channel) = side.peer.channel(data.id) else { return };
                // One that is not taken is one that is not answered.
                if let Err(error) = side.peer.send(channel, &ping) {
                    self.broken(&error);
                }
            }
            Some(Message::Pong(stamp)) => {
                if let Some(pings) = &mut self.pings
                    && let Some(took) = pings.pong(stamp, start, now)
                {
                    self.series.round_trip(stamp.sent, took);
                }
            }
            Some(Message::Bulk) => {
                if let Some(bulk) = &mut self.bulk {
                    bulk.came(data.data.len(), now);
                }
            }
            None => {}
        }
    }

    pub(super) fn associated(&mut self, now: Instant) {
        if self.phases.at(Phase::Sctp).is_some() || self.phases.at(Phase::Dtls).is_none() {
            return;
        }
        for side in &mut self.sides {
            // An open channel has an association.
            side.associated |=
                side.open || side.witness.lock().unwrap_or_else(PoisonError::into_inner).associated;
        }
        if self.sides.iter().all(|side| side.associated) {
            self.phases.reach(Phase::Sctp, now);
        }
    }
}
