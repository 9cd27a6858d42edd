//! What payload types, sources and extensions mean: from descriptions, or from the tables of RFC 3551.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use crate::sdp::codec::assigned;
use crate::sdp::line::Connection;
use crate::sdp::{Media, Session, Text};

/// Where a meaning comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// `--clock`.
    Stated,
    /// A description.
    Sdp,
    /// RFC 3551: the number says it.
    Static,
    /// The stream itself: how fast its timestamps run.
    Inferred,
}

/// A payload type of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The codec.
    pub name: String,
    /// In Hz.
    pub clock_rate: u32,
    /// Of the payload that it is about: `apt` of rtx.
    pub associated: Option<u8>,
    /// `audio`, `video`, … of its m-line.
    pub kind: String,
}

impl Payload {
    /// What `payload_type` is by RFC 3551.
    #[must_use]
    pub fn assigned(payload_type: u8) -> Option<Self> {
        let known = assigned(payload_type)?;
        // MPA has the clock of video, and is none.
        let video = known.channels.is_none() && known.name != "MPA";
        let kind = if video { "video" } else { "audio" };
        Some(Self {
            name: known.name.to_owned(),
            clock_rate: known.clock_rate,
            associated: None,
            kind: kind.to_owned(),
        })
    }

    /// Repairs others: rtx, red, FEC.
    #[must_use]
    pub fn repairs(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name == "rtx" || name == "ulpfec" || name.starts_with("flexfec") || name == "parityfec"
    }

    /// Carries keys that were pressed (RFC 4733).
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }
}

/// One m-line of a description.
#[derive(Debug, Clone, Default)]
pub struct MediaSection {
    /// `audio`, `video`, ….
    pub kind: String,
    /// Its name.
    pub mid: Option<String>,
    /// Where it wants packets, without ICE; the address may be that of nobody.
    pub address: Option<SocketAddr>,
    /// By number.
    pub payloads: BTreeMap<u8, Payload>,
    /// URIs by identifier.
    pub extensions: BTreeMap<u8, String>,
    /// `cname` by source.
    pub sources: BTreeMap<u32, Option<String>>,
    /// Pairs of FID: primary, retransmission.
    pub retransmissions: Vec<(u32, u32)>,
    /// Pairs of FEC-FR: primary, repair.
    pub repairs: Vec<(u32, u32)>,
    /// Sources of SIM.
    pub simulcast: Vec<Vec<u32>>,
    /// Hashes with their names.
    pub fingerprints: Vec<(String, String)>,
    /// Whether it is a data channel.
    pub data: bool,
    /// Which way media goes, as who described it sees it.
    pub direction: Option<crate::sdp::attribute::Direction>,
}

/// What one source is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repaired {
    /// It is retransmitted by the other.
    By,
    /// It retransmits the other.
    Of,
}

/// Everything that descriptions say about a capture.
#[derive(Debug, Clone, Default)]
pub struct Payloads {
    sections: Vec<MediaSection>,
    by_source: HashMap<u32, usize>,
    by_address: HashMap<SocketAddr, usize>,
    /// Of addresses that translators may have changed.
    by_port: HashMap<u16, usize>,
    /// Descriptions that were read: SIP sends the same again and again.
    known: HashSet<u64>,
    /// `--clock PT=HZ`.
    clocks: BTreeMap<u8, u32>,
    descriptions: usize,
}

/// Sections kept; a capture of a SIP proxy may have any number.
const MOST_SECTIONS: usize = 4096;

impl Payloads {
    /// With the clock rates that the user stated, by payload type, in Hz.
    #[must_use]
    pub fn with_clocks(clocks: BTreeMap<u8, u32>) -> Self {
        Self { clocks, ..Self::default() }
    }

    /// Adds what a description says.
    pub fn describe(&mut self, sdp: &[u8]) {
        let mut hasher = DefaultHasher::new();
        sdp.hash(&mut hasher);
        if self.known.len() >= MOST_SECTIONS || !self.known.insert(hasher.finish()) {
            return;
        }
        let text = Text::from_bytes(sdp);
        let session = Session::from_text(&text);
        self.descriptions += 1;
        for media in session.media() {
            if self.sections.len() >= MOST_SECTIONS {
                return;
            }
            let section = section(&session, media);
            let at = self.sections.len();
            for source in section.sources.keys() {
                self.by_source.insert(*source, at);
            }
            if let Some(address) = section.address.filter(|address| address.port() > 9) {
                self.by_address.insert(address, at);
                self.by_port.insert(address.port(), at);
            }
            self.sections.push(section);
        }
    }

    /// How many descriptions there were.
    #[must_use]
    pub fn descriptions(&self) -> usize {
        self.descriptions
    }

    /// All m-lines, in order.
    #[must_use]
    pub fn sections(&self) -> &[MediaSection] {
        &self.sections
    }

    /// Whether a description names this transport address as one for media.
    #[must_use]
    pub fn names(&self, address: SocketAddr) -> bool {
        let wanted = || self.by_port.get(&address.port()).and_then(|at| self.sections[*at].address);
        self.by_address.contains_key(&address) || wanted().is_some_and(|wanted| is_nobodys(wanted.ip()))
    }

    /// The m-line that a source belongs to, by its SSRC or the ports it goes between.
    #[must_use]
    pub fn section_of(&self, ssrc: u32, src: SocketAddr, dst: SocketAddr) -> Option<&MediaSection> {
        let by_address = |address: SocketAddr| self.by_address.get(&address).copied();
        let by_port = |address: SocketAddr| self.by_port.get(&address.port()).copied();
        let at = self.by_source.get(&ssrc).copied();
        let at = at.or_else(|| by_address(dst)).or_else(|| by_address(src));
        let at = at.or_else(|| by_port(dst)).or_else(|| by_port(src));
        at.map(|at| &self.sections[at])
    }

    /// The payload type of redundancy (RFC 2198) in the m-line that a source belongs to.
    #[must_use]
    pub fn red(&self, ssrc: u32, src: SocketAddr, dst: SocketAddr) -> Option<u8> {
        let section = self.section_of(ssrc, src, dst)?;
        let mut payloads = section.payloads.iter();
        payloads.find(|(_, payload)| payload.name.eq_ignore_ascii_case("red")).map(|(number, _)| *number)
    }

    /// Sources that a source is retransmitted by, or that it retransmits.
    pub fn repaired(&self, ssrc: u32) -> impl Iterator<Item = (Repaired, u32)> + '_ {
        let pairs = self.sections.iter().flat_map(|section| &section.retransmissions);
        pairs.filter_map(move |&(primary, rtx)| match () {
            () if primary == ssrc => Some((Repaired::By, rtx)),
            () if rtx == ssrc => Some((Repaired::Of, primary)),
            () => None,
        })
    }

    /// What a payload type of a source means, and who says so.
    #[must_use]
    pub fn payload(
        &self,
        payload_type: u8,
        ssrc: u32,
        src: SocketAddr,
        dst: SocketAddr,
    ) -> Option<(Payload, Origin)> {
        let here = self.section_of(ssrc, src, dst).and_then(|section| section.payloads.get(&payload_type));
        // Bundled m-lines share their numbers: all that have it say the same, or it says nothing.
        let anywhere = || {
            let mut all = self.sections.iter().filter_map(|section| section.payloads.get(&payload_type));
            let first = all.next()?;
            all.all(|other| other.name == first.name && other.clock_rate == first.clock_rate).then_some(first)
        };
        let stated = here.or_else(anywhere).map(|payload| (payload.clone(), Origin::Sdp));
        stated.or_else(|| Payload::assigned(payload_type).map(|payload| (payload, Origin::Static)))
    }

    /// The clock rate of a payload type of a source in Hz, where anything but the stream itself says it: `--clock` before
    /// all else.
    #[must_use]
    pub fn clock(
        &self,
        payload_type: u8,
        ssrc: u32,
        src: SocketAddr,
        dst: SocketAddr,
    ) -> Option<(u32, Origin)> {
        let stated = self.clocks.get(&payload_type).map(|rate| (*rate, Origin::Stated));
        stated.or_else(|| {
            let (payload, origin) = self.payload(payload_type, ssrc, src, dst)?;
            Some((payload.clock_rate, origin))
        })
    }
}

fn is_nobodys(ip: IpAddr) -> bool {
    ip.is_unspecified() || ip.is_loopback()
}

fn section(session: &Session<'_>, media: Media<'_, '_>) -> MediaSection {
    let (section, line) = (media.section(), media.line());
    let head = session.head();
    let connection = section.connections.first().or_else(|| head.connections.first());
    let address = connection.and_then(Connection::ip).zip(line.port.map(|port| port.value));
    let kind = line.kind.value.to_owned();
    let payloads = media.codecs().iter().filter_map(|codec| {
        let payload = Payload {
            name: codec.name()?.to_owned(),
            clock_rate: codec.clock_rate()?,
            associated: codec.associated().map(|apt| apt.value),
            kind: kind.clone(),
        };
        Some((codec.payload_type.value, payload))
    });
    let mut sources: BTreeMap<u32, Option<String>> = BTreeMap::new();
    for ssrc in section.ssrcs() {
        let cname =
            ssrc.value.filter(|_| ssrc.attribute.value == "cname").map(|value| value.value.to_owned());
        let known = sources.entry(ssrc.id.value).or_default();
        *known = known.take().or(cname);
    }
    let groups = |semantics: &'static str| {
        let named = section.ssrc_groups().filter(move |group| group.semantics.value == semantics);
        named.map(|group| group.ssrcs.iter().map(|ssrc| ssrc.value).collect::<Vec<_>>())
    };
    let pairs = |semantics| groups(semantics).filter_map(|group| Some((*group.first()?, *group.get(1)?)));
    let extensions = head.extmaps().chain(section.extmaps());
    let fingerprints = head.fingerprints().chain(section.fingerprints());
    MediaSection {
        mid: media.mid().map(|mid| mid.value.to_owned()),
        address: address.map(|(ip, port)| SocketAddr::new(ip, port)),
        payloads: payloads.collect(),
        extensions: extensions
            .filter_map(|extmap| Some((u8::try_from(extmap.id.value).ok()?, extmap.uri.value.to_owned())))
            .collect(),
        retransmissions: pairs("FID").collect(),
        repairs: pairs("FEC-FR").collect(),
        simulcast: groups("SIM").collect(),
        sources,
        fingerprints: fingerprints
            .map(|print| (print.hash.value.to_ascii_lowercase(), print.value.value.to_ascii_uppercase()))
            .collect(),
        data: line.is_data_channel(),
        direction: Some(media.direction()),
        kind,
    }
}
