//! Lines put together: the session level, the sections of the m-lines, and what one inherits from the other.
//!
//! Each lookup is by name in a sorted index, so that all questions together take time in proportion to the text.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;

use super::Problem;
use super::attribute::{
    Candidate, Crypto, Direction, Extmap, Fingerprint, Group, IceOptions, IcePwd, Imageattr, Msid, Rid, Rtcp,
    RtcpFb, Sctpmap, Setup, Simulcast, Ssrc, SsrcGroup, View,
};
use super::codec::Codec;
use super::excerpt;
use super::line::{Bandwidth, Connection, MediaLine, Origin, Timing};
use super::text::{Line, Span, Spanned, Text, Word};

/// A description, as far as it can be read. Nothing of the text is lost: see [`Session::text`].
#[derive(Debug)]
pub struct Session<'t> {
    text: &'t Text<'t>,
    head: Section<'t>,
    media: Vec<Section<'t>>,
    by_mid: HashMap<&'t str, usize>,
    /// For each m-line, its BUNDLE group.
    bundles: Vec<Option<Bundle>>,
    problems: Vec<Problem>,
    /// The line that was last asked about, and what of it must not be shown: many findings may be on one long line.
    pub(super) hidden: Cell<Option<(usize, Option<Span>)>>,
}

/// The session level, or what belongs to one m-line.
#[derive(Debug)]
pub struct Section<'t> {
    /// Which m-line, counted from 0; `None` for the session level.
    pub index: Option<usize>,
    /// Its lines in [`Text::lines`].
    pub lines: Range<usize>,
    /// `m=`; `None` for the session level.
    pub media: Option<MediaLine<'t>>,
    /// `o=`.
    pub origin: Option<Origin<'t>>,
    /// `s=`.
    pub name: Option<Word<'t>>,
    /// `t=`.
    pub timing: Option<Timing>,
    /// `c=`; multicast may have several.
    pub connections: Vec<Connection<'t>>,
    /// `b=`.
    pub bandwidths: Vec<Bandwidth<'t>>,
    /// Every `a=`, in order.
    pub attributes: Vec<Attribute<'t>>,
    /// The payload types of the m-line with all that attributes say of each, in order of preference; a payload type
    /// that is listed twice stands here once. Empty unless RTP.
    pub codecs: Vec<Codec<'t>>,
    /// Positions in `attributes`, sorted by name and then by position.
    by_name: Vec<u32>,
}

/// One `a=` line.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute<'t> {
    /// Its line in [`Text::lines`].
    pub line: usize,
    /// What stands before the colon.
    pub name: Word<'t>,
    /// What follows the colon.
    pub value: Option<Word<'t>>,
    /// What it says; [`View::Other`] also where it cannot be read.
    pub view: View<'t>,
}

/// An m-line's section, and the session that it inherits from.
#[derive(Debug, Clone, Copy)]
pub struct Media<'s, 't> {
    session: &'s Session<'t>,
    section: &'s Section<'t>,
    line: &'s MediaLine<'t>,
    index: usize,
}

/// Something that counts for an m-line, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inherited {
    /// It stands in the section of the m-line.
    Own,
    /// It stands at the session level.
    Session,
    /// It stands in the section of this m-line, whose transport a BUNDLE group shares (RFC 9143).
    Bundle(usize),
}

/// Which BUNDLE group an m-line is in.
#[derive(Debug, Clone, Copy)]
struct Bundle {
    /// Its position among the attributes of the session level.
    group: usize,
    /// The m-line that it names first.
    tag: Option<usize>,
}

impl<'t> Session<'t> {
    /// Reads whatever is in `text`.
    pub fn from_text(text: &'t Text<'t>) -> Self {
        let mut problems = Vec::new();
        let starts: Vec<usize> =
            (0..text.lines().len()).filter(|&index| text.lines()[index].is_media()).collect();
        let end = text.lines().len();
        let head_end = starts.first().copied().unwrap_or(end);
        let head = Section::read(text, None, 0..head_end, &mut problems);
        let ends = starts.iter().skip(1).copied().chain([end]);
        let ranges = starts.iter().copied().zip(ends).map(|(start, end)| start..end);
        let media: Vec<_> = ranges
            .enumerate()
            .map(|(index, lines)| Section::read(text, Some(index), lines, &mut problems))
            .collect();
        let mut by_mid = HashMap::new();
        for (index, section) in media.iter().enumerate() {
            if let Some(mid) = section.mid() {
                by_mid.entry(mid.value).or_insert(index);
            }
        }
        let mut bundles = vec![None; media.len()];
        for (group, attribute) in head.attributes.iter().enumerate() {
            let View::Group(value) = &attribute.view else { continue };
            if !value.is_bundle() {
                continue;
            }
            let tag = value.mids.first().and_then(|mid| by_mid.get(mid.value).copied());
            for mid in &value.mids {
                if let Some(&index) = by_mid.get(mid.value) {
                    bundles[index] = Some(Bundle { group, tag });
                }
            }
        }
        Self { text, head, media, by_mid, bundles, problems, hidden: Cell::new(None) }
    }

    /// What was read.
    pub fn text(&self) -> &'t Text<'t> {
        self.text
    }

    /// What stands before the first m-line.
    pub fn head(&self) -> &Section<'t> {
        &self.head
    }

    /// The m-lines, in order.
    pub fn media(&self) -> impl ExactSizeIterator<Item = Media<'_, 't>> {
        (0..self.media.len()).map(|index| self.view(index))
    }

    /// The m-line at this position.
    pub fn media_at(&self, index: usize) -> Option<Media<'_, 't>> {
        (index < self.media.len()).then(|| self.view(index))
    }

    /// The first m-line of this `mid`.
    pub fn media_by_mid(&self, mid: &str) -> Option<Media<'_, 't>> {
        self.by_mid.get(mid).map(|&index| self.view(index))
    }

    /// The m-lines that `group` names, in order, each once.
    pub fn members(&self, group: &Group<'_>) -> impl Iterator<Item = Media<'_, 't>> {
        let named = group.mids.iter().filter_map(|mid| self.by_mid.get(mid.value).copied());
        named.collect::<BTreeSet<_>>().into_iter().map(|index| self.view(index))
    }

    /// The session level, and the section of each m-line.
    pub fn sections(&self) -> impl Iterator<Item = &Section<'t>> {
        std::iter::once(&self.head).chain(&self.media)
    }

    /// The same without the m-lines that are rejected.
    pub fn sections_in_use(&self) -> impl Iterator<Item = &Section<'t>> {
        let is_used =
            |section: &&Section<'t>| section.index.is_none_or(|index| !self.view(index).is_rejected());
        self.sections().filter(is_used)
    }

    /// All that could not be read, in order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Which m-line the byte at `offset` belongs to.
    pub fn media_index_at(&self, offset: usize) -> Option<usize> {
        let line = self.text.line_at(offset)?;
        let after = self.media.partition_point(|section| section.lines.start <= line);
        after.checked_sub(1)
    }

    fn view(&self, index: usize) -> Media<'_, 't> {
        let section = &self.media[index];
        let line = section.media.as_ref().expect("a section begins with its m-line");
        Media { session: self, section, line, index }
    }
}

/// The views of one kind, in order.
macro_rules! views {
    ($section:expr, $name:literal, $kind:ident) => {
        $section.named($name).filter_map(|attribute| match &attribute.view {
            View::$kind(view) => Some(view),
            _ => None,
        })
    };
}

impl<'t> Section<'t> {
    fn read(
        text: &'t Text<'t>,
        index: Option<usize>,
        lines: Range<usize>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut section = Self {
            index,
            lines: lines.clone(),
            media: None,
            origin: None,
            name: None,
            timing: None,
            connections: Vec::new(),
            bandwidths: Vec::new(),
            attributes: Vec::new(),
            codecs: Vec::new(),
            by_name: Vec::new(),
        };
        for (at, line) in lines.clone().zip(&text.lines()[lines]) {
            if let Err(problem) = section.take(text, at, line) {
                problems.push(excerpt::discreet(text, line, problem));
            }
        }
        section.by_name = (0..section.attributes.len() as u32).collect();
        let attributes = &section.attributes;
        section.by_name.sort_by_key(|&index| attributes[index as usize].name.value);
        section.codecs = Codec::of_section(&section);
        section
    }

    fn take(&mut self, text: &'t Text<'t>, at: usize, line: &Line) -> Result<(), Problem> {
        let value = text.word(line.value);
        match line.kind {
            Some('m') => {
                let (media, problem) = MediaLine::read(value);
                self.media = Some(media);
                return problem.map_or(Ok(()), Err);
            }
            Some('o') => self.origin = Some(Origin::read(value)?),
            Some('s') => self.name = Some(value),
            Some('t') => self.timing = Some(Timing::read(value)?),
            Some('c') => self.connections.push(Connection::read(value)?),
            Some('b') => self.bandwidths.push(Bandwidth::read(value)?),
            Some('a') => return self.take_attribute(at, value),
            _ => {}
        }
        Ok(())
    }

    fn take_attribute(&mut self, line: usize, whole: Word<'t>) -> Result<(), Problem> {
        let (name, value) = match whole.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (whole, None),
        };
        let view = name.filled("the name of an attribute").and_then(|name| View::read(name, value));
        let (view, outcome) = match view {
            Ok(view) => (view, Ok(())),
            Err(problem) => (View::Other, Err(problem)),
        };
        self.attributes.push(Attribute { line, name, value, view });
        outcome
    }

    /// The attributes of this name, in order.
    pub fn named<'s>(
        &'s self,
        name: &str,
    ) -> impl DoubleEndedIterator<Item = &'s Attribute<'t>> + use<'s, 't> {
        let name_of = |index: &u32| self.attributes[*index as usize].name.value;
        let start = self.by_name.partition_point(|index| name_of(index) < name);
        let count = self.by_name[start..].partition_point(|index| name_of(index) == name);
        self.by_name[start..start + count].iter().map(|&index| &self.attributes[index as usize])
    }

    /// The first attribute of this name.
    pub fn first(&self, name: &str) -> Option<&Attribute<'t>> {
        self.named(name).next()
    }

    /// Whether there is an attribute of this name.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// `mid`.
    pub fn mid(&self) -> Option<Word<'t>> {
        views!(self, "mid", Mid).next().copied()
    }

    /// `group`, all of them.
    pub fn groups(&self) -> impl Iterator<Item = &Group<'t>> {
        views!(self, "group", Group)
    }

    /// The last of the direction attributes, with the place of its name.
    pub fn direction(&self) -> Option<Spanned<Direction>> {
        let names = ["sendrecv", "sendonly", "recvonly", "inactive"];
        let read = |attribute: &Attribute<'_>| match attribute.view {
            View::Direction(direction) => Some(attribute.name.map(|_| direction)),
            _ => None,
        };
        let last = names.into_iter().filter_map(|name| self.named(name).rev().find_map(read));
        last.max_by_key(|direction| direction.span.start)
    }

    /// `ice-ufrag`.
    pub fn ice_ufrag(&self) -> Option<Word<'t>> {
        views!(self, "ice-ufrag", IceUfrag).next().copied()
    }

    /// `ice-pwd`.
    pub fn ice_pwd(&self) -> Option<IcePwd<'t>> {
        views!(self, "ice-pwd", IcePwd).next().copied()
    }

    /// `ice-options`.
    pub fn ice_options(&self) -> Option<&IceOptions<'t>> {
        views!(self, "ice-options", IceOptions).next()
    }

    /// `candidate`, all of them.
    pub fn candidates(&self) -> impl Iterator<Item = &Candidate<'t>> {
        views!(self, "candidate", Candidate).map(|candidate| &**candidate)
    }

    /// `fingerprint`, all of them.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Fingerprint<'t>> {
        views!(self, "fingerprint", Fingerprint)
    }

    /// `setup`.
    pub fn setup(&self) -> Option<Spanned<Setup>> {
        views!(self, "setup", Setup).next().copied()
    }

    /// `tls-id`.
    pub fn tls_id(&self) -> Option<Word<'t>> {
        views!(self, "tls-id", TlsId).next().copied()
    }

    /// `extmap`, all of them.
    pub fn extmaps(&self) -> impl Iterator<Item = &Extmap<'t>> {
        views!(self, "extmap", Extmap)
    }

    /// `msid`, all of them.
    pub fn msids(&self) -> impl Iterator<Item = &Msid<'t>> {
        views!(self, "msid", Msid)
    }

    /// `ssrc`, all of them: several for one source.
    pub fn ssrcs(&self) -> impl Iterator<Item = &Ssrc<'t>> {
        views!(self, "ssrc", Ssrc)
    }

    /// `ssrc-group`, all of them.
    pub fn ssrc_groups(&self) -> impl Iterator<Item = &SsrcGroup<'t>> {
        views!(self, "ssrc-group", SsrcGroup)
    }

    /// `rid`, all of them.
    pub fn rids(&self) -> impl Iterator<Item = &Rid<'t>> {
        views!(self, "rid", Rid)
    }

    /// `simulcast`.
    pub fn simulcast(&self) -> Option<&Simulcast<'t>> {
        views!(self, "simulcast", Simulcast).next()
    }

    /// `rtcp`.
    pub fn rtcp(&self) -> Option<&Rtcp<'t>> {
        views!(self, "rtcp", Rtcp).next()
    }

    /// `crypto`, all of them.
    pub fn cryptos(&self) -> impl Iterator<Item = &Crypto<'t>> {
        views!(self, "crypto", Crypto)
    }

    /// `rtcp-fb` for all payload types (`*`).
    pub fn feedback_for_all(&self) -> impl Iterator<Item = &RtcpFb<'t>> {
        views!(self, "rtcp-fb", RtcpFb).filter(|feedback| feedback.is_for_all())
    }

    /// `imageattr`, all of them.
    pub fn imageattrs(&self) -> impl Iterator<Item = &Imageattr<'t>> {
        views!(self, "imageattr", Imageattr)
    }

    /// `sctp-port`.
    pub fn sctp_port(&self) -> Option<Spanned<u16>> {
        views!(self, "sctp-port", SctpPort).next().copied()
    }

    /// `sctpmap`.
    pub fn sctpmap(&self) -> Option<&Sctpmap<'t>> {
        views!(self, "sctpmap", Sctpmap).next()
    }

    /// `max-message-size`, bytes.
    pub fn max_message_size(&self) -> Option<Spanned<u64>> {
        views!(self, "max-message-size", MaxMessageSize).next().copied()
    }
}

impl<'s, 't> Media<'s, 't> {
    /// Which one it is, counted from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// The `m=` line.
    pub fn line(self) -> &'s MediaLine<'t> {
        self.line
    }

    /// What stands in its own section.
    pub fn section(self) -> &'s Section<'t> {
        self.section
    }

    /// `mid`.
    pub fn mid(self) -> Option<Word<'t>> {
        self.section.mid()
    }

    /// The formats with all that is said of them, in order of preference.
    pub fn codecs(self) -> &'s [Codec<'t>] {
        &self.section.codecs
    }

    /// The codec of this payload type.
    pub fn codec(self, payload_type: u8) -> Option<&'s Codec<'t>> {
        self.section.codecs.iter().find(|codec| codec.payload_type.value == payload_type)
    }

    /// Whether its port is 0 and nothing else explains that: `bundle-only` (RFC 9143 §6), or RTSP, where SETUP
    /// chooses the port.
    pub fn is_rejected(self) -> bool {
        let is_zero = self.line.port.is_some_and(|port| port.value == 0);
        is_zero && !self.section.has("bundle-only") && !self.is_rtsp()
    }

    /// Whether RTSP sets it up: it has `a=control` and no ICE.
    pub fn is_rtsp(self) -> bool {
        let has = |name| self.section.has(name) || self.session.head.has(name);
        self.section.has("control") && !has("ice-ufrag")
    }

    /// Which way media goes; both, where nothing is said (RFC 8866 §6.7).
    pub fn direction(self) -> Direction {
        let said = self.section.direction().or_else(|| self.session.head.direction());
        said.map_or(Direction::Sendrecv, |direction| direction.value)
    }

    /// The BUNDLE group that it is in.
    pub fn bundle(self) -> Option<&'s Group<'t>> {
        let bundle = self.session.bundles[self.index]?;
        match &self.session.head.attributes[bundle.group].view {
            View::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The m-line whose transport its BUNDLE group takes: the one that the group names first.
    pub fn bundle_tag(self) -> Option<Media<'s, 't>> {
        let tag = self.session.bundles[self.index]?.tag?;
        Some(self.session.view(tag))
    }

    /// `ice-ufrag` that counts here.
    pub fn ice_ufrag(self) -> Option<(Word<'t>, Inherited)> {
        self.inherited(Section::ice_ufrag)
    }

    /// `ice-pwd` that counts here.
    pub fn ice_pwd(self) -> Option<(IcePwd<'t>, Inherited)> {
        self.inherited(Section::ice_pwd)
    }

    /// `setup` that counts here.
    pub fn setup(self) -> Option<(Spanned<Setup>, Inherited)> {
        self.inherited(Section::setup)
    }

    /// The fingerprints that count here are those of this section.
    pub fn fingerprints(self) -> Option<(&'s Section<'t>, Inherited)> {
        self.inherited(|section| section.fingerprints().next().map(|_| section))
    }

    /// Whether candidates may come later: `ice-options:trickle`, which stands at either level.
    pub fn trickles(self) -> bool {
        let has = |section: &Section<'_>| section.ice_options().is_some_and(|options| options.has("trickle"));
        has(self.section) || has(&self.session.head) || self.bundle_tag().is_some_and(|tag| has(tag.section))
    }

    /// Whether an attribute of this name counts here, wherever it stands and even if it cannot be read. Nobody knows
    /// where its BUNDLE group names first what is not there: then it may count.
    pub fn counts(self, name: &str) -> bool {
        let has = |section: &Section<'_>| section.has(name).then_some(());
        self.inherited(has).is_some() || (self.bundle().is_some() && self.bundle_tag().is_none())
    }

    /// Looks in its own section, then at the session level, then where its BUNDLE group has its transport.
    pub fn inherited<T>(self, of: impl Fn(&'s Section<'t>) -> Option<T>) -> Option<(T, Inherited)> {
        let own = of(self.section).map(|value| (value, Inherited::Own));
        let above = || of(&self.session.head).map(|value| (value, Inherited::Session));
        let tagged = || {
            let tag = self.bundle_tag()?;
            of(tag.section).map(|value| (value, Inherited::Bundle(tag.index)))
        };
        own.or_else(above).or_else(tagged)
    }
}

impl Attribute<'_> {
    /// From its name to the end of its value.
    pub fn span(&self) -> Span {
        self.value.map_or(self.name.span, |value| self.name.span.to(value.span))
    }
}

/// Without the value, which may be secret.
impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.name, self.view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=setup:actpass\r\n\
        a=recvonly\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secretsecretsecretsecret\r\n\
        a=ice-options:trickle\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1\r\na=rtcp-fb:* nack\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=bundle-only\r\na=rtpmap:97 VP8/90000\r\na=inactive\r\n\
        a=candidate:broken\r\n";

    fn with<T>(text: &str, ask: impl FnOnce(&Session<'_>) -> T) -> T {
        ask(&Session::from_text(&Text::from_bytes(text.as_bytes())))
    }

    #[test]
    fn a_section_inherits_from_the_session_and_from_its_bundle() {
        with(OFFER, |session| {
            let [audio, video] = [0, 1].map(|index| session.media_at(index).unwrap());
            assert_eq!(
                video.setup().map(|(setup, from)| (setup.value, from)),
                Some((Setup::Actpass, Inherited::Session))
            );
            let ufrag =
                |media: Media<'_, '_>| media.ice_ufrag().map(|(word, from)| (word.value.to_owned(), from));
            assert_eq!(ufrag(audio), Some(("abcd".to_owned(), Inherited::Own)));
            assert_eq!(ufrag(video), Some(("abcd".to_owned(), Inherited::Bundle(0))));
            assert!(video.trickles() && video.fingerprints().is_none());
            assert_eq!((audio.direction(), video.direction()), (Direction::Recvonly, Direction::Inactive));
            assert!(!video.is_rejected());
            assert_eq!(session.media_by_mid("1").map(Media::index), Some(1));
        });
    }

    #[test]
    fn an_attribute_counts_wherever_it_is_inherited_from_and_a_rejected_m_line_is_not_in_use() {
        let text = OFFER.replace("a=ice-pwd:secretsecretsecretsecret", "a=ice-pwd");
        with(&text, |session| {
            let video = session.media_at(1).unwrap();
            assert!(
                video.ice_pwd().is_none() && video.counts("ice-pwd"),
                "it is there, though it cannot be read"
            );
            assert!(video.counts("setup") && !video.counts("fingerprint"));
            assert_eq!(session.sections_in_use().count(), 3);
        });
        with(&OFFER.replace("BUNDLE 0 1", "BUNDLE 7 1"), |session| {
            let [audio, video] = [0, 1].map(|index| session.media_at(index).unwrap());
            assert!(video.counts("fingerprint"), "its BUNDLE group begins with what is not there");
            assert!(!audio.counts("fingerprint"));
        });
        with(&OFFER.replace("a=bundle-only\r\n", ""), |session| {
            let used: Vec<_> = session.sections_in_use().map(|section| section.index).collect();
            assert_eq!(used, [None, Some(0)]);
        });
    }

    #[test]
    fn a_payload_type_has_all_that_is_said_of_it() {
        with(OFFER, |session| {
            let audio = session.media_at(0).unwrap();
            let encodings: Vec<_> = audio.codecs().iter().map(Codec::encoding).collect();
            assert_eq!(encodings, ["opus/48000/2", "PCMU/8000/1"]);
            assert_eq!(audio.codec(111).unwrap().reading(), "wants stereo");
            assert_eq!(audio.section().feedback_for_all().count(), 1);
            let unmapped = &session.media_at(1).unwrap().codecs()[0];
            assert_eq!((unmapped.name(), unmapped.encoding().as_str()), (None, "unknown"));
        });
    }

    #[test]
    fn a_line_that_cannot_be_read_is_a_problem_and_stays() {
        with(OFFER, |session| {
            let [problem] = session.problems() else { panic!("{:?}", session.problems()) };
            assert_eq!((problem.expected, session.text().place(problem.span).line), ("a component", 21));
            assert_eq!(session.media_index_at(problem.span.start), Some(1));
            let kept = session.media_at(1).unwrap().section().first("candidate").unwrap();
            assert_eq!((kept.value.map(|word| word.value), &kept.view), (Some("broken"), &View::Other));
        });
    }

    #[test]
    fn no_secret_is_in_debug_output() {
        with(OFFER, |session| assert!(!format!("{session:?}").contains("secretsecret")));
    }
}
