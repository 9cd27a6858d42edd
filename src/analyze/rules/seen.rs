//! What rules look at, and what they say of places in it.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use serde_json::Value;

use super::index::Index;
use crate::analyze::calls::CallFacts;
use crate::analyze::facts::{Kind, StreamFacts};
use crate::analyze::leg::Carrier;
use crate::analyze::limits::{Limit, Limits};
use crate::analyze::media::{MediaFacts, RepairFacts};
use crate::analyze::payloads::Payloads;
use crate::analyze::reports::{PairFacts, ReportFacts, SenderFacts, Sync};
use crate::analyze::side::{Side, Sides};
use crate::analyze::summary::{CaptureFacts, DecryptionFacts};
use crate::analyze::transport::{LegFacts, Row, TransportFacts};
use crate::finding::{Finding, Location, Rule, Severity};

/// Before so many packets, and so many seconds, a share or a rate says nothing.
const FEWEST_PACKETS: u64 = 50;
const SHORTEST_S: f64 = 1.0;
/// RTP header and event: packets of this length alone are keys that were pressed (RFC 4733).
const EVENT_BYTES: u64 = 16;

/// The facts of a report.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The files.
    pub captures: &'a [CaptureFacts],
    /// From the first packet to the last.
    pub duration_s: f64,
    /// How often the clock of the capture went back.
    pub clock_steps: u64,
    /// The streams.
    pub streams: &'a [StreamFacts],
    /// What is one flow.
    pub media: &'a [MediaFacts],
    /// What belongs to what.
    pub index: &'a Index<'a>,
    /// What RTCP says.
    pub reports: &'a ReportFacts,
    /// What is below the media.
    pub transport: &'a TransportFacts,
    /// How far audio and video are apart.
    pub sync: &'a [Sync],
    /// What keys opened.
    pub decryption: Option<DecryptionFacts>,
    /// What descriptions say.
    pub payloads: &'a Payloads,
    /// Calls that SIP set up.
    pub calls: &'a [CallFacts],
    /// From when on something is told.
    pub limits: &'a Limits,
    /// Where the capture was taken.
    pub sides: &'a Sides,
}

/// The same packets, met on one leg or on several: once through a relay they are three streams.
#[derive(Debug, Clone)]
pub(super) struct Media<'a> {
    /// In the order of the way.
    pub(super) legs: Vec<&'a StreamFacts>,
    /// What repairs it.
    pub(super) repairs: &'a [RepairFacts],
}

impl<'a> Media<'a> {
    /// The leg with the highest figure.
    pub(super) fn worst(
        &self,
        figure: impl Fn(&StreamFacts) -> Option<f64>,
    ) -> Option<(&'a StreamFacts, f64)> {
        let figures = self.legs.iter().filter_map(|leg| Some((*leg, figure(leg)?)));
        figures.fold(None, |worst, next| match worst {
            Some((_, most)) if most >= next.1 => worst,
            _ => Some(next),
        })
    }

    /// Packets that repair it, those that probe for bandwidth alone left out.
    pub(super) fn repaired(&self) -> u64 {
        let rtx = self.repairs.iter().filter(|repair| repair.kind == Kind::Rtx);
        rtx.map(|repair| repair.packets.saturating_sub(repair.padded)).sum()
    }

    /// What retransmission made of the losses of one of its legs.
    pub(super) fn repair(&self, seen: &Seen<'_>, stream: &StreamFacts) -> Repair {
        let rtx = || self.repairs.iter().filter(|repair| repair.kind == Kind::Rtx);
        let recovered: u64 = rtx().map(|repair| repair.recovered).sum();
        if recovered > 0 {
            return Repair::Recovered(recovered.min(stream.lost));
        }
        // What is encrypted does not say of what it is a copy.
        let sealed = rtx().filter(|repair| repair.read == 0);
        let sealed: u64 = sealed.map(|repair| repair.packets.saturating_sub(repair.padded)).sum();
        match sealed + seen.unpaired(stream, stream.lost) {
            sent if sent > 0 && sent * 5 >= stream.lost * 4 => Repair::Likely(sent),
            _ => Repair::None,
        }
    }

    /// Its source.
    pub(super) fn ssrc(&self) -> u32 {
        self.legs.first().map_or(0, |leg| ssrc(leg))
    }

    /// The names of its legs, if there are several.
    pub(super) fn names(&self) -> Option<Vec<Value>> {
        (self.legs.len() > 1).then(|| self.legs.iter().map(|leg| leg.id.as_str().into()).collect())
    }
}

/// What became of losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    None,
    /// So many came again.
    Recovered(u64),
    /// So many packets came that may be they.
    Likely(u64),
}

impl Repair {
    /// How grave losses are that would be `severity` alone; `left` judges the part of them that remains, from 0 to 1.
    pub(super) fn lessens(
        self,
        severity: Severity,
        lost: u64,
        left: impl FnOnce(f64) -> Option<Severity>,
    ) -> Severity {
        let lower = if severity == Severity::Error { Severity::Warning } else { Severity::Info };
        match self {
            Self::None => severity,
            Self::Recovered(again) => {
                let remains = left(1.0 - again as f64 / lost.max(1) as f64);
                remains.map_or(lower, |remains| remains.max(lower)).min(severity)
            }
            Self::Likely(_) => lower,
        }
    }

    /// `; 58 of 60 came again by RTX`.
    pub(super) fn words(self, lost: u64) -> String {
        match self {
            Self::None => String::new(),
            Self::Recovered(again) => format!("; {again} of {lost} came again by RTX"),
            Self::Likely(sent) => {
                format!(
                    "; {} of another source may be the same, sent again (RTX)",
                    count(sent, "packet", "packets")
                )
            }
        }
    }

    /// With what it adds to the evidence.
    pub(super) fn evidence(self, finding: Finding) -> Finding {
        match self {
            Self::None => finding,
            Self::Recovered(again) => finding.evidence("recovered", again),
            Self::Likely(sent) => finding.evidence("may_be_recovered", sent),
        }
    }
}

/// The number of a source.
pub(super) fn ssrc(stream: &StreamFacts) -> u32 {
    u32::from_str_radix(stream.ssrc.trim_start_matches("0x"), 16).unwrap_or_default()
}

/// Whether its shares and rates say something: enough of it, media, and no repair of other media.
pub(super) fn is_rated(stream: &StreamFacts) -> bool {
    stream.kind == Kind::Primary
        && stream.media.is_some()
        && stream.packets >= FEWEST_PACKETS
        && stream.last_seen_s - stream.first_seen_s >= SHORTEST_S
        && stream.bytes > stream.packets * EVENT_BYTES
}

/// Whether it is video, as far as anything says.
pub(super) fn is_video(stream: &StreamFacts) -> bool {
    stream.media.as_deref() == Some("video")
}

/// `video 0x2a39aa06 (VP8)`.
pub(super) fn name(stream: &StreamFacts) -> String {
    let media = stream.media.as_deref().unwrap_or("stream");
    match &stream.codec {
        Some(codec) => format!("{media} {} ({codec})", stream.ssrc),
        None => format!("{media} {}", stream.ssrc),
    }
}

/// What findings about a stream have as their subject: `s3 video 0x2a39aa06 (VP8)`.
pub(in crate::analyze) fn subject(stream: &StreamFacts) -> String {
    format!("{} {}", stream.id, name(stream))
}

/// `17 packets`, `1 packet`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `184 ms`, `5.8 s`.
pub(super) fn time_of(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1e3),
    }
}

/// When the first packet of a finding was taken; what has no place comes last.
pub(super) fn time(finding: &Finding) -> f64 {
    match &finding.location {
        Some(Location::Packets { time_s, .. }) => *time_s,
        _ => f64::INFINITY,
    }
}

impl<'a> Seen<'a> {
    pub(super) fn limit(&self, name: &str) -> Limit {
        self.limits.of(name)
    }

    /// Media whose shares and rates say something.
    pub(super) fn media(&self) -> Vec<Media<'a>> {
        let layers = self.media.iter().flat_map(|media| &media.layers);
        let all = layers.map(|layer| {
            let of = |id: &str| self.index.stream(id).and_then(|place| self.streams.get(place));
            let legs = layer.legs.iter().filter_map(|leg| of(&leg.stream)).filter(|leg| is_rated(leg));
            Media { legs: legs.collect(), repairs: &layer.repairs }
        });
        all.filter(|media| !media.legs.is_empty()).collect()
    }

    /// Whether there is anything whose shares and rates say something.
    pub(in crate::analyze) fn is_rated(&self) -> bool {
        self.streams.iter().any(is_rated)
    }

    /// What receivers say of a source.
    pub(super) fn reports_on(&self, source: u32) -> impl Iterator<Item = (&'a SenderFacts, &'a PairFacts)> {
        let rtcp = &self.reports.rtcp;
        let of = self.index.reports(source).iter();
        of.filter_map(|(sender, place)| {
            let row = rtcp.get(*sender)?;
            Some((row, row.reports.get(*place)?))
        })
    }

    /// Where a stream is seen from.
    pub(super) fn side(&self, stream: &StreamFacts) -> Option<Side> {
        self.sides.of(stream)
    }

    /// A finding about packets of a stream.
    pub(super) fn of_stream(
        &self,
        rule: &'static Rule,
        stream: &StreamFacts,
        at_s: f64,
        frames: (u64, u64),
    ) -> Finding {
        let location = Location::Packets {
            frame_first: frames.0,
            frame_last: frames.1,
            time_s: at_s,
            stream: Some(stream.id.clone()),
            display_filter: one_way(&stream.path, Some(ssrc(stream)), frames),
        };
        rule.finding("media", subject(stream)).at(location)
    }

    /// A finding about all packets of a stream.
    pub(super) fn of_whole_stream(&self, rule: &'static Rule, stream: &StreamFacts) -> Finding {
        self.of_stream(rule, stream, stream.first_seen_s, stream.frame_range)
    }

    /// A finding about packets of a stream, and about reports on it, in these packets.
    pub(super) fn of_stream_and_reports(
        &self,
        rule: &'static Rule,
        stream: &StreamFacts,
        sender: &SenderFacts,
        at_s: f64,
        frames: (u64, u64),
    ) -> Finding {
        let back = LegFacts { src: sender.src, dst: sender.dst, via: None, ..stream.path.clone() };
        let media = one_way(&stream.path, Some(ssrc(stream)), frames);
        let location = Location::Packets {
            frame_first: frames.0,
            frame_last: frames.1,
            time_s: at_s,
            stream: Some(stream.id.clone()),
            display_filter: format!("({media}) || ({})", one_way(&back, None, frames)),
        };
        rule.finding("media", subject(stream)).at(location)
    }

    /// Packets beside a stream that repair something unknown, or may: those of sources without a meaning, and those of
    /// the same kind with hardly more packets than `wanted`.
    pub(super) fn unpaired(&self, stream: &StreamFacts, wanted: u64) -> u64 {
        let beside = self.index.streams(&stream.path).iter().map(|place| &self.streams[*place]);
        let may_repair = |other: &&StreamFacts| {
            other.ssrc != stream.ssrc
                && other.packets <= wanted * 2 + 10
                && match other.kind {
                    Kind::Rtx => other.of.is_none(),
                    Kind::Primary => other.media.is_none() || is_video(other) && is_video(stream),
                    Kind::Fec => false,
                }
        };
        beside.filter(may_repair).map(|other| other.packets).sum()
    }

    /// A finding about what went between two addresses, both ways.
    pub(super) fn of_pair(
        &self,
        rule: &'static Rule,
        stage: &'static str,
        leg: &LegFacts,
        at_s: f64,
        frames: Option<(u64, u64)>,
    ) -> Finding {
        let frames = frames.unwrap_or(self.all_frames());
        let location = Location::Packets {
            frame_first: frames.0,
            frame_last: frames.1,
            time_s: at_s,
            stream: None,
            display_filter: both_ways(leg, frames),
        };
        rule.finding(stage, pair(leg)).at(location)
    }

    /// A finding about a call of SIP.
    pub(super) fn of_call(&self, rule: &'static Rule, call: &CallFacts) -> Finding {
        let frames = (call.invited_frame, call.answered_frame.unwrap_or(call.invited_frame));
        let location = Location::Packets {
            frame_first: frames.0,
            frame_last: frames.1,
            time_s: call.invited_at_s,
            stream: None,
            display_filter: format!(
                "sip && ip.addr == {} && frame.number >= {} && frame.number <= {}",
                call.caller.ip(),
                frames.0,
                frames.1
            )
            .replace("ip.addr", if call.caller.is_ipv6() { "ipv6.addr" } else { "ip.addr" }),
        };
        rule.finding("media", format!("call of {} to {}", call.caller, call.callee)).at(location)
    }

    /// A finding about a whole file.
    pub(super) fn of_capture(&self, rule: &'static Rule, subject: &str) -> Finding {
        rule.finding("capture", subject)
    }

    /// The packets of a file, as Wireshark counts them.
    pub(super) fn all_frames(&self) -> (u64, u64) {
        (1, self.captures.iter().map(|capture| capture.packets).max().unwrap_or(1).max(1))
    }

    /// The pairs of addresses that the same session of ICE uses, or the same checks went over: that of `row` too.
    pub(super) fn session_of(&self, row: &'a Row) -> Vec<&'a Row> {
        let all = &self.transport.pairs;
        let place = all.iter().position(|other| std::ptr::eq(other, row));
        place.map_or(&[][..], |place| self.index.pairs(place)).iter().map(|place| &all[*place]).collect()
    }

    /// Each session of ICE once, as the pairs of addresses that its checks went over.
    pub(super) fn sessions(&self) -> Vec<Vec<&'a Row>> {
        let mut told = HashSet::new();
        let all = self.transport.pairs.iter().enumerate().filter(|(_, row)| row.ice.is_some());
        let of = |place: usize| self.index.pairs(place).iter().copied();
        let new = all.filter_map(|(place, _)| {
            // Once for all of a session: it may have thousands of pairs.
            if told.contains(&place) {
                return None;
            }
            told.extend(of(place));
            Some(of(place).map(|place| &self.transport.pairs[place]).collect())
        });
        new.collect()
    }

    /// The streams that went over a pair of addresses, and whether each was sent by its `src`.
    pub(super) fn streams_over(&self, leg: &LegFacts) -> Vec<(&'a StreamFacts, bool)> {
        let back = reverse(leg);
        let all = [(leg, true), (&back, false)];
        let over = all.into_iter().flat_map(|(path, by_src)| {
            self.index.streams(path).iter().map(move |place| (&self.streams[*place], by_src))
        });
        over.collect()
    }
}

/// The way back.
pub(super) fn reverse(leg: &LegFacts) -> LegFacts {
    LegFacts { src: leg.dst, dst: leg.src, ..leg.clone() }
}

/// `192.0.2.1:5000 and 192.0.2.2:6000`.
pub(super) fn pair(leg: &LegFacts) -> String {
    format!("{} and {}", leg.src, leg.dst)
}

/// What shows packets from one address to another in Wireshark. Nothing in it needs RTP to be recognised: Wireshark does
/// not, where no SIP is in the capture.
fn one_way(leg: &LegFacts, ssrc: Option<u32>, frames: (u64, u64)) -> String {
    let carrier = match leg.carrier {
        Carrier::Udp => "udp",
        Carrier::Tcp => "tcp",
        // It has no addresses.
        Carrier::Message => return numbers(frames),
    };
    let (src, dst) = (leg.src, leg.dst);
    let ip = family(src);
    let mut parts = vec![
        format!("{ip}.src == {}", src.ip()),
        format!("{ip}.dst == {}", dst.ip()),
        format!("{carrier}.srcport == {}", src.port()),
        format!("{carrier}.dstport == {}", dst.port()),
    ];
    // Behind the header of ChannelData, four bytes later. In indications and connections it may be anywhere.
    let place = match (&leg.via, leg.carrier) {
        (None, Carrier::Udp) => Some(8),
        (Some(via), Carrier::Udp) if via.channel.is_some() => Some(12),
        _ => None,
    };
    if let Some((ssrc, place)) = ssrc.zip(place) {
        let [a, b, c, d] = ssrc.to_be_bytes();
        parts.push(format!("udp.payload[{place}:4] == {a:02x}:{b:02x}:{c:02x}:{d:02x}"));
    }
    parts.push(numbers(frames));
    parts.join(" && ")
}

/// What shows packets between two addresses in Wireshark.
pub(super) fn both_ways(leg: &LegFacts, frames: (u64, u64)) -> String {
    let carrier = match leg.carrier {
        Carrier::Udp => "udp",
        Carrier::Tcp => "tcp",
        Carrier::Message => return numbers(frames),
    };
    let of = |address: SocketAddr| {
        format!("{}.addr == {} && {carrier}.port == {}", family(address), address.ip(), address.port())
    };
    format!("{} && {} && {}", of(leg.src), of(leg.dst), numbers(frames))
}

fn family(address: SocketAddr) -> &'static str {
    match address.ip() {
        IpAddr::V4(_) => "ip",
        IpAddr::V6(_) => "ipv6",
    }
}

fn numbers((first, last): (u64, u64)) -> String {
    match first == last {
        true => format!("frame.number == {first}"),
        false => format!("frame.number >= {first} && frame.number <= {last}"),
    }
}

/// The graver of two.
pub(super) fn at_most(severity: Severity, most: Severity) -> Severity {
    severity.min(most)
}

/// A figure as it may stand in evidence: three digits behind the point at most.
pub(super) fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::analyze::transport::ViaFacts;

    #[test]
    fn filters_need_no_decoding_and_find_the_source_behind_a_channel() {
        let mut stream = audio("s1", 0x2a39_aa06);
        insta::assert_snapshot!(one_way(&stream.path, Some(ssrc(&stream)), (12, 400)), @"ip.src == 192.0.2.1 && ip.dst == 198.51.100.2 && udp.srcport == 5000 && udp.dstport == 6000 && udp.payload[8:4] == 2a:39:aa:06 && frame.number >= 12 && frame.number <= 400");
        let via = ViaFacts { turn: "channel", channel: Some("0x4000".to_owned()), peer: None };
        stream.path.via = Some(via);
        assert!(
            one_way(&stream.path, Some(1), (7, 7))
                .ends_with("udp.payload[12:4] == 00:00:00:01 && frame.number == 7")
        );
        stream.path.src = "[2001:db8::1]:5000".parse().unwrap();
        stream.path.carrier = Carrier::Tcp;
        insta::assert_snapshot!(both_ways(&stream.path, (1, 2)), @"ipv6.addr == 2001:db8::1 && tcp.port == 5000 && ip.addr == 198.51.100.2 && tcp.port == 6000 && frame.number >= 1 && frame.number <= 2");
        stream.path.carrier = Carrier::Message;
        assert_eq!(one_way(&stream.path, Some(1), (1, 2)), "frame.number >= 1 && frame.number <= 2");
    }

    #[test]
    fn legs_of_one_flow_are_one_and_two_calls_with_one_source_are_not() {
        let leg = |id: &str, port: u16, from: f64| {
            let mut leg = audio(id, 7);
            leg.path.src.set_port(port);
            (leg.first_seen_s, leg.last_seen_s) = (from, from + 10.0);
            leg
        };
        let scene = Scene::with(vec![leg("s1", 1, 0.0), leg("s2", 2, 0.1), leg("s3", 3, 20.0)]);
        let all: Vec<usize> = scene.look(|seen| seen.media().iter().map(|media| media.legs.len()).collect());
        assert_eq!(all, [2, 1]);
    }

    #[test]
    fn what_is_short_repairs_or_is_no_media_is_not_rated() {
        let ok = audio("s1", 1);
        assert!(is_rated(&ok));
        assert!(!is_rated(&StreamFacts { packets: 49, ..ok.clone() }));
        assert!(!is_rated(&StreamFacts { last_seen_s: ok.first_seen_s + 0.9, ..ok.clone() }));
        assert!(!is_rated(&StreamFacts { kind: Kind::Rtx, ..ok.clone() }));
        assert!(!is_rated(&StreamFacts { media: None, ..ok.clone() }));
        assert!(!is_rated(&StreamFacts { bytes: ok.packets * 16, ..ok.clone() }));
    }
}
