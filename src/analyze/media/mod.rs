//! Media: the legs, layers and repairs that are one flow from one sender.

mod legs;
mod repair;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

pub use legs::Joined;
pub(super) use repair::Repair;

use super::Analysis;
use super::facts::{Kind, StreamFacts, percent, round};
use super::leg::Leg;
use super::payloads::MediaSection;
use super::spread::Quantiles;

/// Streams of one source that are compared with one another; more legs than this have nobody who would read of them.
const MOST_LEGS: usize = 64;
/// Of frames of one layer, the other has so many at least: a retransmission has few of them.
const SHARE_OF_FRAMES: f64 = 0.8;
const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/// What one sender sends of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MediaFacts {
    /// Its name in this report.
    pub id: String,
    /// `audio`, `video`; `None` where nothing tells.
    pub media: Option<String>,
    /// The codec of its first layer.
    pub codec: Option<String>,
    /// Its m-line, where a description or a header extension says.
    pub mid: Option<String>,
    /// The sender, by what stays when the SSRC changes (RFC 3550 §6.5.1).
    pub cname: Option<String>,
    /// How its legs are known to be parts of one way; `None` where there is one leg.
    pub joined_by: Option<Joined>,
    /// Sources that carry media: one, or the layers of simulcast.
    pub layers: Vec<LayerFacts>,
    /// All rows of `streams[]` that belong to it.
    pub streams: Vec<String>,
}

/// A source with what repairs it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LayerFacts {
    /// As `0x%08x`.
    pub ssrc: String,
    /// The name of the layer (RFC 8852), where a header extension says.
    pub rid: Option<String>,
    /// Its legs in the order of the way.
    pub legs: Vec<LegRow>,
    /// What repairs it.
    pub repairs: Vec<RepairFacts>,
}

/// A leg of a source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LegRow {
    /// Its row in `streams[]`.
    pub stream: String,
    /// Packets on it, copies included.
    pub packets: u64,
    /// Numbers that are not on it.
    pub lost: u64,
    /// How much later than on the first leg of their time the packets pass here, on average; `None` where the clock rate
    /// is not known.
    pub delay_ms: Option<f64>,
    /// The media goes on here, and no more on the legs before: no packet went over both.
    pub continues: bool,
}

/// A source that repairs another.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RepairFacts {
    /// As `0x%08x`.
    pub ssrc: String,
    /// `rtx` or `fec`.
    pub kind: Kind,
    /// Whether a description says so; otherwise its timestamps do.
    pub stated: bool,
    /// Its rows in `streams[]`.
    pub streams: Vec<String>,
    /// Packets on its first leg.
    pub packets: u64,
    /// Those with padding alone or padded: probes for bandwidth, as a rule.
    pub padded: u64,
    /// Packets on its first leg whose original number can be read: they are not encrypted, or are opened.
    pub read: u64,
    /// Of those, the ones whose original was missing at that place.
    pub recovered: u64,
    /// Of those, the ones whose original was asked for.
    pub answered: u64,
    /// From the first request to the retransmission.
    pub answer_ms: Option<Quantiles>,
}

/// What a stream is to others.
#[derive(Debug, Clone, Default)]
pub(super) struct Role {
    /// The place of the stream that it repairs, and how.
    pub(super) repairs: Option<(usize, Kind)>,
    /// The place of a layer beside it.
    beside: Option<usize>,
}

/// The role of each stream of a finished analysis.
pub(super) fn roles(analysis: &Analysis) -> Vec<Role> {
    let streams = &analysis.streams;
    let role = |place: usize| {
        let kept = &streams[place];
        let Some(primary) = kept.repair.primary() else {
            return Role { repairs: fec(analysis, place), ..Role::default() };
        };
        let frames = |place: usize| streams[place].stream.frames().count() as f64;
        // Layers of one camera may share their timestamps: then both have nearly all of them.
        let both = frames(place) >= SHARE_OF_FRAMES * frames(primary) && frames(primary) >= 30.0;
        match both && !kept.repair.is_stated() {
            true => Role { repairs: None, beside: Some(primary) },
            false => Role { repairs: Some((primary, Kind::Rtx)), beside: None },
        }
    };
    (0..streams.len()).map(role).collect()
}

/// FEC with a source of its own, as descriptions say (RFC 8627).
fn fec(analysis: &Analysis, place: usize) -> Option<(usize, Kind)> {
    let kept = &analysis.streams[place];
    let sections = analysis.payloads().sections().iter();
    let primary = sections.flat_map(|section| &section.repairs).find(|(_, repair)| *repair == kept.ssrc)?.0;
    let found = analysis.streams.iter().position(|other| other.leg == kept.leg && other.ssrc == primary)?;
    Some((found, Kind::Fec))
}

/// Joins what is one flow.
pub(super) fn join(analysis: &Analysis, roles: &[Role], facts: &[StreamFacts]) -> Vec<MediaFacts> {
    let mut groups = Groups::new(facts.len());
    let mut joined: HashMap<usize, Joined> = HashMap::new();
    let mut by_source: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, kept) in analysis.streams.iter().enumerate() {
        by_source.entry(kept.ssrc).or_default().push(place);
    }
    for places in by_source.values() {
        for (n, &one) in places.iter().enumerate().take(MOST_LEGS) {
            for &other in places.iter().take(MOST_LEGS).skip(n + 1) {
                if let Some(how) = same_flow(analysis, facts, one, other) {
                    groups.unite(one, other);
                    for place in [one, other] {
                        let known = joined.entry(place).or_insert(how);
                        *known = (*known).min(how);
                    }
                }
            }
        }
    }
    let sources = groups.clone();
    for (place, role) in roles.iter().enumerate() {
        let belongs = role.repairs.map(|(primary, _)| primary).or(role.beside);
        belongs.into_iter().for_each(|other| groups.unite(place, other));
    }
    simulcast(analysis, facts, &mut groups);
    let mut media: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..facts.len()).for_each(|place| media.entry(groups.root(place)).or_default().push(place));
    let mut rows: Vec<Vec<usize>> = media.into_values().collect();
    rows.sort_by_key(|places| places.first().copied());
    let rows = (1..).zip(rows);
    rows.map(|(n, places)| row(n, &places, analysis, roles, facts, &sources, &joined)).collect()
}

/// Layers of simulcast, by descriptions or by names in header extensions.
fn simulcast(analysis: &Analysis, facts: &[StreamFacts], groups: &mut Groups) {
    let mut first: HashMap<(super::leg::LegId, String), usize> = HashMap::new();
    let streams = &analysis.streams;
    for (place, kept) in streams.iter().enumerate() {
        let sections = analysis.payloads().sections().iter();
        let group = sections.flat_map(|section| &section.simulcast).find(|group| group.contains(&kept.ssrc));
        let name = match group {
            Some(group) => group.first().map(|source| format!("{source}")),
            None => {
                named(analysis, place, RID).and(named(analysis, place, MID)).map(|mid| format!("mid {mid}"))
            }
        };
        let is_video = facts[place].media.as_deref() == Some("video");
        if let Some(name) = name.filter(|_| is_video) {
            let other = *first.entry((kept.leg, name)).or_insert(place);
            groups.unite(other, place);
        }
    }
}

/// What a header extension says all along, by the URI that a description gives its identifier.
fn named<'a>(analysis: &'a Analysis, place: usize, uri: &str) -> Option<&'a str> {
    let kept = &analysis.streams[place];
    let leg = analysis.legs.get(kept.leg);
    let has = |section: &MediaSection| {
        section.extensions.iter().find(|(_, known)| *known == uri).map(|(id, _)| *id)
    };
    let here = analysis.payloads().section_of(kept.ssrc, leg.src, leg.dst).and_then(has);
    let id = here.or_else(|| analysis.payloads().sections().iter().find_map(has))?;
    kept.stream.element_text(id)
}

fn same_flow(analysis: &Analysis, facts: &[StreamFacts], one: usize, other: usize) -> Option<Joined> {
    let (a, b) = (&analysis.streams[one], &analysis.streams[other]);
    let (from, to) = (analysis.legs.get(a.leg), analysis.legs.get(b.leg));
    let transport = &analysis.transport;
    let beyond = |leg: &Leg, far: &Leg| transport.turn.far_side(leg).is_some_and(|side| side == *far);
    let checked = transport.ice.end(from).is_some() && transport.ice.same_flow(from, to);
    let is_known = beyond(from, to) || beyond(to, from) || checked;
    let rate = facts[one].clock_rate.or(facts[other].clock_rate);
    let how = if is_known { Joined::Transport } else { Joined::Packets };
    legs::is_one_flow((from, &a.stream), (to, &b.stream), rate, is_known).then_some(how)
}

fn row(
    n: usize,
    places: &[usize],
    analysis: &Analysis,
    roles: &[Role],
    facts: &[StreamFacts],
    sources: &Groups,
    joined: &HashMap<usize, Joined>,
) -> MediaFacts {
    // One row for each source, whatever its legs.
    let mut of_source: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    places.iter().for_each(|&place| of_source.entry(sources.root(place)).or_default().push(place));
    let delay = |first: usize, place: usize| {
        let rate = facts[first].clock_rate;
        legs::delay(&analysis.streams[first].stream, &analysis.streams[place].stream, rate)
    };
    // By time where they follow one another, and by delay where they are at one time.
    let mut epochs: HashMap<usize, usize> = HashMap::new();
    for of_one in of_source.values_mut() {
        let streams: Vec<_> = of_one.iter().map(|&place| &analysis.streams[place].stream).collect();
        let epoch = legs::epochs(&streams);
        epochs.extend(of_one.iter().zip(&epoch).map(|(place, epoch)| (*place, *epoch)));
        let first = of_one[0];
        of_one.sort_by(|a, b| {
            let order = |place: usize| (epochs[&place], delay(first, place).unwrap_or(0.0));
            let (a, b) = (order(*a), order(*b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    }
    let first_of = |of_one: &[usize], place: usize| {
        of_one.iter().copied().find(|other| epochs[other] == epochs[&place]).unwrap_or(place)
    };
    let is_repair = |of_one: &[usize]| of_one.iter().find_map(|&place| roles[place].repairs);
    let ids = |places: &[usize]| places.iter().map(|&place| facts[place].id.clone()).collect::<Vec<_>>();
    let layer = |of_one: &Vec<usize>| {
        let first = of_one[0];
        let repairs = of_source.values().filter_map(|repair| {
            let (primary, kind) = is_repair(repair).filter(|(primary, _)| of_one.contains(primary))?;
            debug_assert!(of_one.contains(&primary), "it was asked for");
            let kept = &analysis.streams[repair[0]];
            let counts = kept.repair.counts();
            Some(RepairFacts {
                ssrc: facts[repair[0]].ssrc.clone(),
                kind,
                stated: kept.repair.is_stated() || kind == Kind::Fec,
                streams: ids(repair),
                packets: facts[repair[0]].packets,
                padded: kept.stream.padded(),
                read: counts.read,
                recovered: counts.recovered,
                answered: counts.answered,
                answer_ms: counts.latency(),
            })
        });
        LayerFacts {
            ssrc: facts[first].ssrc.clone(),
            rid: named(analysis, first, RID).map(str::to_owned),
            legs: of_one
                .iter()
                .map(|&place| LegRow {
                    stream: facts[place].id.clone(),
                    packets: facts[place].packets,
                    lost: facts[place].lost,
                    delay_ms: delay(first_of(of_one, place), place).map(|seconds| round(seconds * 1e3, 3)),
                    continues: place != first && first_of(of_one, place) == place,
                })
                .collect(),
            repairs: repairs.collect(),
        }
    };
    let primaries = of_source.values().filter(|of_one| is_repair(of_one).is_none());
    let layers: Vec<LayerFacts> = primaries.map(layer).collect();
    let first = places.iter().copied().find(|&place| roles[place].repairs.is_none()).unwrap_or(places[0]);
    let kept = &analysis.streams[first];
    let leg = analysis.legs.get(kept.leg);
    let section = analysis.payloads().section_of(kept.ssrc, leg.src, leg.dst);
    let stated = || section.and_then(|section| section.mid.clone());
    MediaFacts {
        id: format!("m{n}"),
        media: facts[first].media.clone(),
        codec: facts[first].codec.clone(),
        mid: named(analysis, first, MID).map(str::to_owned).or_else(stated),
        cname: analysis.reports.cname(kept.leg, kept.ssrc).map(str::to_owned),
        joined_by: places.iter().filter_map(|place| joined.get(place)).min().copied(),
        layers,
        streams: ids(places),
    }
}

impl LayerFacts {
    /// The legs at one time each, one behind the other.
    #[must_use]
    pub fn ways(&self) -> Vec<&[LegRow]> {
        let mut begins: Vec<usize> = (0..self.legs.len()).filter(|at| self.legs[*at].continues).collect();
        begins.insert(0, 0);
        let ends = begins.iter().skip(1).copied().chain([self.legs.len()]);
        begins.iter().zip(ends).map(|(from, to)| &self.legs[*from..to]).collect()
    }

    /// Of the packets that were to come to the end of the way, so many did not, in percent.
    #[must_use]
    pub fn loss_pct(&self) -> f64 {
        let last = self.ways().into_iter().filter_map(<[LegRow]>::last);
        let (lost, packets) = last.fold((0, 0), |sum, leg| (sum.0 + leg.lost, sum.1 + leg.packets));
        round(percent(lost, lost + packets), 3)
    }
}

/// What belongs together: a forest, each tree a group.
#[derive(Debug, Clone)]
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&self, mut place: usize) -> usize {
        while self.0[place] != place {
            place = self.0[place];
        }
        place
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // The first to appear stands for all.
        self.0[one.max(other)] = one.min(other);
    }
}
