//! A healthy call for tests, to be spoilt.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{Check, Index, Seen};
use crate::analyze::calls::CallFacts;
use crate::analyze::dtls::DtlsFacts;
use crate::analyze::facts::{Kind, MosFacts, StreamFacts, Together};
use crate::analyze::ice::SideFacts;
use crate::analyze::leg::{Carrier, Leg, Legs};
use crate::analyze::limits::Limits;
use crate::analyze::media::{LayerFacts, LegRow, MediaFacts, RepairFacts};
use crate::analyze::payloads::Payloads;
use crate::analyze::reports::{Counts, PairFacts, ReportFacts, SenderFacts, Sync, Totals};
use crate::analyze::side::Sides;
use crate::analyze::summary::{CaptureFacts, DecryptionFacts};
use crate::analyze::transport::{IceRow, LegFacts, Row, TransportFacts};
use crate::analyze::turn::{Counts as Requests, EventFacts, TurnFacts};
use crate::finding::{Finding, Severity};

/// The facts of a call.
pub(crate) struct Scene {
    pub(crate) captures: Vec<CaptureFacts>,
    pub(crate) clock_steps: u64,
    pub(crate) streams: Vec<StreamFacts>,
    pub(crate) reports: ReportFacts,
    pub(crate) transport: TransportFacts,
    pub(crate) sync: Vec<Sync>,
    pub(crate) decryption: Option<DecryptionFacts>,
    pub(crate) payloads: Payloads,
    pub(crate) calls: Vec<CallFacts>,
    pub(crate) limits: Limits,
    pub(crate) sides: Sides,
    /// What retransmissions made good.
    pub(crate) recovered: u64,
}

impl Scene {
    /// Sixty seconds without any stream.
    pub(crate) fn new() -> Self {
        Self {
            captures: vec![CaptureFacts {
                file: "call.pcap".to_owned(),
                format: "pcap",
                link_types: vec![1],
                packets: 9000,
                bytes: 1,
                truncated: false,
                ending: None,
                skipped: Default::default(),
                fragments_joined: 0,
                cut: 0,
                unreachable: Vec::new(),
            }],
            clock_steps: 0,
            streams: Vec::new(),
            reports: ReportFacts { rtcp: Vec::new(), rtt: Vec::new(), rtcp_totals: Totals::default() },
            transport: TransportFacts {
                pairs: Vec::new(),
                moves: Vec::new(),
                stun: Default::default(),
                stun_unreadable: 0,
                stun_cut: 0,
                dtls_unreadable: 0,
                tcp_other: 0,
                untracked: 0,
            },
            sync: Vec::new(),
            decryption: None,
            payloads: Payloads::default(),
            calls: Vec::new(),
            limits: Limits::default(),
            sides: Sides::new(None, &[]),
            recovered: 0,
        }
    }

    /// With one stream there and one back, over a pair that ICE and DTLS agreed on.
    pub(crate) fn call() -> Self {
        let mut scene = Self::new();
        scene.streams = vec![audio("s1", 1), back(audio("s2", 2))];
        scene.transport.pairs = vec![pair()];
        scene
    }

    pub(crate) fn with(streams: Vec<StreamFacts>) -> Self {
        Self { streams, ..Self::new() }
    }

    /// What rules see of it.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen<'_>) -> T) -> T {
        let media = self.joined();
        let index = Index::new(&self.streams, &self.reports, &self.transport);
        look(&Seen {
            captures: &self.captures,
            duration_s: 60.0,
            clock_steps: self.clock_steps,
            streams: &self.streams,
            media: &media,
            index: &index,
            reports: &self.reports,
            transport: &self.transport,
            sync: &self.sync,
            decryption: self.decryption,
            payloads: &self.payloads,
            calls: &self.calls,
            limits: &self.limits,
            sides: &self.sides,
        })
    }

    /// One source at one time is one flow, and what repairs it says so.
    fn joined(&self) -> Vec<MediaFacts> {
        let mut all: Vec<MediaFacts> = Vec::new();
        for stream in self.streams.iter().filter(|stream| stream.kind == Kind::Primary) {
            let row = LegRow {
                stream: stream.id.clone(),
                packets: stream.packets,
                lost: stream.lost,
                delay_ms: None,
                continues: false,
            };
            let is_same = |media: &&mut MediaFacts| {
                let first = self.streams.iter().find(|other| other.id == media.layers[0].legs[0].stream);
                first
                    .is_some_and(|first| first.ssrc == stream.ssrc && stream.first_seen_s < first.last_seen_s)
            };
            if let Some(media) = all.iter_mut().find(is_same) {
                media.layers[0].legs.push(row);
                continue;
            }
            let rtx = self.streams.iter().filter(|other| other.of.as_ref() == Some(&stream.ssrc));
            let repairs = rtx.map(|rtx| RepairFacts {
                ssrc: rtx.ssrc.clone(),
                kind: rtx.kind,
                stated: true,
                streams: vec![rtx.id.clone()],
                packets: rtx.packets,
                padded: 0,
                read: self.recovered,
                recovered: self.recovered,
                answered: 0,
                answer_ms: None,
            });
            let ssrc = stream.ssrc.clone();
            all.push(MediaFacts {
                id: format!("m{}", all.len() + 1),
                media: stream.media.clone(),
                codec: stream.codec.clone(),
                mid: None,
                cname: None,
                joined_by: None,
                layers: vec![LayerFacts { ssrc, rid: None, legs: vec![row], repairs: repairs.collect() }],
                streams: Vec::new(),
            });
        }
        all
    }

    /// What one rule finds.
    pub(crate) fn finds(&self, check: &Check) -> Vec<Finding> {
        let mut found = Vec::new();
        self.look(|seen| (check.check)(seen, &mut found));
        assert!(found.iter().all(|finding| finding.code == check.rule.code));
        found
    }

    /// How grave what it finds is.
    pub(crate) fn severities(&self, check: &Check) -> Vec<Severity> {
        self.finds(check).iter().map(|finding| finding.severity).collect()
    }

    /// What one rule says, one line a finding.
    pub(crate) fn says(&self, check: &Check) -> String {
        let found = self.finds(check);
        found.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("\n")
    }
}

fn leg() -> LegFacts {
    LegFacts {
        src: "192.0.2.1:5000".parse().unwrap(),
        dst: "198.51.100.2:6000".parse().unwrap(),
        carrier: Carrier::Udp,
        via: None,
    }
}

/// Twenty seconds of audio without a fault.
pub(crate) fn audio(id: &str, ssrc: u32) -> StreamFacts {
    let none = Together { count: 0, max: 0, mean: 0.0, histogram: Default::default() };
    StreamFacts {
        id: id.to_owned(),
        ssrc: format!("0x{ssrc:08x}"),
        path: leg(),
        kind: Kind::Primary,
        of: None,
        media: Some("audio".to_owned()),
        payload_types: vec![111],
        codec: Some("opus".to_owned()),
        clock_rate: Some(48_000),
        clock_source: None,
        packets: 1000,
        duplicates: 0,
        lost: 0,
        loss_pct: 0.0,
        lost_rfc3550: 0,
        lost_first_last: 0,
        reordered: 0,
        restarts: 0,
        restarted_at_s: None,
        restarted_frame: None,
        strays: 0,
        loss_bursts: none.clone(),
        worst_burst: None,
        densest_burst: None,
        loss_runs: none,
        jitter_mean_ms: Some(2.0),
        jitter_max_ms: Some(6.0),
        jitter_sustained_ms: Some(5.0),
        timestamp_jumps: None,
        frame_jitter_mean_ms: None,
        frame_jitter_max_ms: None,
        max_delta_ms: Some(40.0),
        max_delta_at_s: Some(3.0),
        max_delta_frames: Some((100, 101)),
        pauses: Vec::new(),
        bitrate_bps: Some(40_000.0),
        packet_rate: Some(50.0),
        bytes: 100_000,
        frames: 1000,
        frame_rate: None,
        freeze_count: 0,
        freeze_candidates: Vec::new(),
        frames_incomplete: None,
        incomplete_at_s: None,
        incomplete_frame: None,
        incomplete_runs: Vec::new(),
        drift_ppm: None,
        drift_error_ppm: None,
        drift_steady: None,
        dtmf: Vec::new(),
        payloads: Vec::new(),
        red: None,
        mos: MosFacts { value: Some(4.3), r: Some(92.0), model: "E-model", assumptions: String::new() },
        extensions: Default::default(),
        first_seen_s: 1.0,
        last_seen_s: 21.0,
        frame_range: (10, 4000),
        encrypted: None,
        side: None,
    }
}

/// Twenty seconds of video without a fault.
pub(crate) fn video(id: &str, ssrc: u32) -> StreamFacts {
    StreamFacts {
        media: Some("video".to_owned()),
        payload_types: vec![96],
        codec: Some("VP8".to_owned()),
        clock_rate: Some(90_000),
        frame_jitter_mean_ms: Some(3.0),
        frame_jitter_max_ms: Some(8.0),
        frames: 600,
        frame_rate: Some(30.0),
        mos: MosFacts { value: None, r: None, model: "E-model", assumptions: String::new() },
        ..audio(id, ssrc)
    }
}

/// The same, the other way.
pub(crate) fn back(mut stream: StreamFacts) -> StreamFacts {
    (stream.path.src, stream.path.dst) = (stream.path.dst, stream.path.src);
    stream
}

pub(crate) fn side() -> SideFacts {
    SideFacts {
        checks: 12,
        repeated: 0,
        answered: 12,
        errors: Default::default(),
        unanswered: 0,
        open: 0,
        queries: 0,
        queries_answered: 0,
        query_rtt: None,
        rtt: None,
        usernames: vec!["b:a".to_owned()],
        role: Some("controlling"),
        role_changes: 0,
        role_conflicts: 0,
        first_check_at_s: Some(0.1),
        nominations: 1,
        nominated_at_s: Some(0.2),
        nominated_frame: Some(3),
        consent_interval: None,
        longest_silence_ms: Some(2600.0),
        longest_silence_at_s: Some(4.0),
        longest_silence_frame: Some(80),
        last_answer_at_s: Some(58.0),
        mapped: None,
        media_from_s: Some(1.0),
        media_to_s: Some(21.0),
    }
}

/// What ICE and DTLS agreed on, over the addresses of the streams.
pub(crate) fn pair() -> Row {
    let ice = IceRow { flow: 0, src: side(), dst: SideFacts { usernames: vec!["a:b".to_owned()], ..side() } };
    let dtls = vec![handshake()];
    Row { leg: leg(), far_side: None, ice: Some(ice), dtls, sctp: None, turn: None, tcp: None }
}

/// A call of SIP, answered in its first seconds.
pub(crate) fn sip() -> CallFacts {
    let [caller, callee] = ["203.0.113.1:5060", "203.0.113.2:5060"].map(|address| address.parse().unwrap());
    let at = |address: SocketAddr, port| SocketAddr::new(address.ip(), port);
    CallFacts {
        caller,
        callee,
        invited_at_s: 0.1,
        invited_frame: 1,
        status: Some(200),
        answered_at_s: Some(2.0),
        answered_frame: Some(4),
        ended_at_s: None,
        ended_by: None,
        caller_media: vec![at(caller, 4000)],
        callee_media: vec![at(callee, 4000)],
        one_way: false,
    }
}

/// The pair with a relay at its `dst`, that was asked for these things and said these.
pub(crate) fn relay(requests: BTreeMap<String, Requests>, events: Vec<EventFacts>) -> Row {
    let mut row = pair();
    row.turn = Some(TurnFacts {
        client: row.leg.src,
        server: row.leg.dst,
        carrier: row.leg.carrier,
        guessed: false,
        software: None,
        realm: None,
        requests,
        rtt: None,
        allocations: Vec::new(),
        permissions: Vec::new(),
        channels: Vec::new(),
        indications: Default::default(),
        events,
        events_dropped: 0,
    });
    row
}

pub(crate) fn handshake() -> DtlsFacts {
    DtlsFacts {
        client: Some(leg().src),
        server: Some(leg().dst),
        version: Some("DTLS 1.2".to_owned()),
        versions_offered: Vec::new(),
        cipher: None,
        cipher_name: None,
        ciphers_offered: Vec::new(),
        srtp_profiles_offered: vec!["SRTP_AES128_CM_HMAC_SHA1_80".to_owned()],
        srtp_profile: None,
        srtp_profile_observable: true,
        cookie: false,
        began_at_s: Some(0.3),
        began_frame: Some(5),
        ended_at_s: Some(0.4),
        ended_frame: Some(9),
        handshake_ms: Some(100.0),
        flights: 4,
        client_repeated: 0,
        server_repeated: 0,
        client_rounds: 0,
        server_rounds: 0,
        duplicates: 0,
        fingerprints_observable: true,
        client_fingerprint: Some("sha-256 AA".to_owned()),
        server_fingerprint: Some("sha-256 BB".to_owned()),
        alerts: Vec::new(),
        encrypted_alerts: 0,
        messages: Vec::new(),
        messages_dropped: 0,
        records: 12,
        data_records: 0,
        sctp: None,
    }
}

/// RTCP from the far end of the streams that [`audio`] and [`video`] make.
pub(crate) fn receiver(reports: Vec<PairFacts>) -> SenderFacts {
    let (src, dst): (SocketAddr, SocketAddr) = (leg().dst, leg().src);
    let there = Leg { src, dst, carrier: Carrier::Udp, via: None };
    SenderFacts {
        ssrc: 99,
        src,
        dst,
        channel: None,
        leg_id: Legs::default().id(there).unwrap(),
        cname: None,
        mid: None,
        rid: None,
        encrypted: false,
        packets: 10,
        first_seen_s: 1.0,
        last_seen_s: 20.0,
        first_frame: 20,
        last_frame: 3900,
        counts: Counts::default(),
        encrypted_first: Default::default(),
        sender: None,
        goodbyes: Vec::new(),
        remb: None,
        transport_cc: None,
        reports,
    }
}

/// What it says of a source, nothing bad.
pub(crate) fn report_on(source: u32) -> PairFacts {
    PairFacts {
        source,
        blocks: 10,
        cumulative_lost: Some(0),
        interval_expected: 900,
        interval_lost: 0,
        interval_loss_pct: Some(0.0),
        worst_interval: None,
        fraction_lost_max_pct: 0.0,
        jitter_last_units: None,
        jitter_max_units: 0,
        jitter_max_ms: None,
        counts: Counts::default(),
        nack_numbers: 0,
        nack_distinct: None,
        nacks: None,
        picture_requests: None,
        congestion_control: None,
        tmmbr_bps: None,
        voip_metrics: None,
        points: Vec::new(),
    }
}
