//! An offer and its answer side by side: which m-lines belong together, and which codec of the one is which of the other.
//!
//! M-lines match by their place (RFC 3264 §6), whatever their names say; codecs by what they are, and not by their number.

use super::codec::Codec;
use super::session::{Inherited, Media, Section, Session};

/// An m-line of the offer, and the one that answers it.
#[derive(Debug, Clone, Copy)]
pub struct MediaPair<'s, 't> {
    /// Of the offer.
    pub offer: Media<'s, 't>,
    /// Of the answer.
    pub answer: Media<'s, 't>,
}

/// What a payload type of the answer is in the offer.
#[derive(Debug, Clone, Copy)]
pub enum Counterpart<'s, 't> {
    /// The same codec under the same number.
    Same(&'s Codec<'t>),
    /// The same number, which the offer has for another codec.
    OtherCodec {
        /// What the offer has there.
        there: &'s Codec<'t>,
        /// The same codec under another number, if that is offered.
        same: Option<&'s Codec<'t>>,
    },
    /// The same codec, under another number.
    Remapped(&'s Codec<'t>),
    /// Nothing of the offer.
    NotOffered,
}

/// The m-lines of both, as far as both have some.
pub fn pairs<'s, 't>(
    offer: &'s Session<'t>,
    answer: &'s Session<'t>,
) -> impl Iterator<Item = MediaPair<'s, 't>> {
    offer.media().zip(answer.media()).map(|(offer, answer)| MediaPair { offer, answer })
}

impl<'s, 't> MediaPair<'s, 't> {
    /// Whether both are of one kind; of others there is nothing to compare.
    pub fn is_of_one_kind(self) -> bool {
        self.offer.line().kind.eq_ignore_ascii_case(self.answer.line().kind.value)
    }

    /// Whether neither is rejected.
    pub fn is_live(self) -> bool {
        !self.offer.is_rejected() && !self.answer.is_rejected()
    }

    /// Whether media of RTP is agreed upon: what most rules look at.
    pub fn is_live_rtp(self) -> bool {
        self.is_of_one_kind() && self.is_live() && self.offer.line().is_rtp() && self.answer.line().is_rtp()
    }

    /// What a codec of the answer is in the offer.
    pub fn counterpart(self, codec: &Codec<'_>) -> Counterpart<'s, 't> {
        let elsewhere = || self.offered(codec);
        match self.offer.codec(codec.payload_type.value) {
            Some(there) if is_same_format(there, self.offer, codec, self.answer) => Counterpart::Same(there),
            Some(there) => Counterpart::OtherCodec { there, same: elsewhere() },
            None => elsewhere().map_or(Counterpart::NotOffered, Counterpart::Remapped),
        }
    }

    /// The codec of the offer that is the same, under whatever number: with the same parameters, if there is one.
    fn offered(self, codec: &Codec<'_>) -> Option<&'s Codec<'t>> {
        let mut same =
            self.offer.codecs().iter().filter(|own| is_same_format(own, self.offer, codec, self.answer));
        let first = same.clone().next()?;
        Some(same.find(|own| is_same_configuration(own, codec)).unwrap_or(first))
    }

    /// Each codec of the answer that the offer has under the same number.
    pub fn same(self) -> impl Iterator<Item = (&'s Codec<'t>, &'s Codec<'t>)> {
        let codecs = self.answer.codecs().iter();
        codecs.filter_map(move |codec| match self.counterpart(codec) {
            Counterpart::Same(offered) => Some((offered, codec)),
            _ => None,
        })
    }

    /// Each codec of the answer that the offer has, under whatever number.
    pub fn common(self) -> impl Iterator<Item = (&'s Codec<'t>, &'s Codec<'t>)> {
        let codecs = self.answer.codecs().iter();
        codecs.filter_map(move |codec| Some((self.counterpart(codec).offered()?, codec)))
    }

    /// Whether the answer's m-line stands for a transport of its own: it is in no group, or the one that its group names
    /// first.
    pub fn has_own_transport(self) -> bool {
        self.answer.bundle_tag().is_none_or(|tag| tag.index() == self.answer.index())
    }

    /// Whether media goes from the offerer to the answerer, as both say.
    pub fn offerer_sends(self) -> bool {
        self.offer.direction().sends() && self.answer.direction().receives()
    }

    /// Whether media goes from the answerer to the offerer, as both say.
    pub fn answerer_sends(self) -> bool {
        self.answer.direction().sends() && self.offer.direction().receives()
    }
}

impl<'s, 't> Counterpart<'s, 't> {
    /// The codec of the offer, where it is the same one.
    pub fn offered(self) -> Option<&'s Codec<'t>> {
        match self {
            Counterpart::Same(codec) | Counterpart::Remapped(codec) => Some(codec),
            Counterpart::OtherCodec { same, .. } => same,
            Counterpart::NotOffered => None,
        }
    }
}

/// What counts for an m-line at both levels: attributes of its own section, and of the session.
pub fn levels<'s, 't>(session: &'s Session<'t>, media: Media<'s, 't>) -> [&'s Section<'t>; 2] {
    [session.head(), media.section()]
}

/// Whether it comes from the m-line itself or the session: what an m-line inherits from its group is told there.
pub fn is_own(from: Inherited) -> bool {
    matches!(from, Inherited::Own | Inherited::Session)
}

/// Whether two payload types are of one format: by name, clock rate and channels; those that belong to another codec, by
/// that too.
fn is_same_format(one: &Codec<'_>, of_one: Media<'_, '_>, two: &Codec<'_>, of_two: Media<'_, '_>) -> bool {
    let is_same = is_same_encoding(one, two);
    if !is_same || !one.is("rtx") || one.payload_type.value == two.payload_type.value {
        return is_same;
    }
    let repeated = |codec: &Codec<'_>| codec.associated().map(|apt| apt.value);
    match (repeated(one).and_then(|apt| of_one.codec(apt)), repeated(two).and_then(|apt| of_two.codec(apt))) {
        (Some(one), Some(two)) => is_same_encoding(one, two) && is_same_configuration(one, two),
        _ => true,
    }
}

/// Whether they have the same name, clock rate and channels. A number without a name is only like itself.
pub fn is_same_encoding(one: &Codec<'_>, two: &Codec<'_>) -> bool {
    match (one.name(), two.name()) {
        (Some(name), Some(other)) => {
            name.eq_ignore_ascii_case(other)
                && one.clock_rate() == two.clock_rate()
                && one.channels().unwrap_or(1) == two.channels().unwrap_or(1)
        }
        (None, None) => one.payload_type.value == two.payload_type.value,
        // One side did not say what its number is.
        _ => one.payload_type.value == two.payload_type.value,
    }
}

/// Whether the parameters that tell two formats of one codec apart are the same: profiles, packetization.
pub fn is_same_configuration(one: &Codec<'_>, two: &Codec<'_>) -> bool {
    let has_same = |name: &str, absent: &str| {
        let value =
            |codec: &Codec<'_>| codec.parameter(name).map_or(absent.to_owned(), |word| word.to_string());
        value(one) == value(two)
    };
    let name = one.name().unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        "h264" => {
            let profile = |codec: &Codec<'_>| codec.h264().map(|h264| h264.profile);
            profile(one) == profile(two) && has_same("packetization-mode", "0")
        }
        "vp9" => has_same("profile-id", "0"),
        "av1" => has_same("profile", "0"),
        "h265" => has_same("profile-id", "1") && has_same("tier-flag", "0"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Text;

    /// What each payload type of the second is in the first.
    fn counterparts(offer: &str, answer: &str) -> Vec<String> {
        let lines =
            |lines: &str| format!("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF {lines}\r\n").replace('\n', "\r\n");
        let [offer, answer] = [lines(offer), lines(answer)];
        let [offer, answer] = [&offer, &answer].map(|text| Text::from_bytes(text.as_bytes()));
        let [offer, answer] = [&offer, &answer].map(Session::from_text);
        let pair = pairs(&offer, &answer).next().unwrap();
        let told = pair.answer.codecs().iter().map(|codec| match pair.counterpart(codec) {
            Counterpart::Same(codec) => format!("same {}", codec.payload_type),
            Counterpart::OtherCodec { there, same } => {
                format!("not {} but {:?}", there.encoding(), same.map(|codec| codec.payload_type.value))
            }
            Counterpart::Remapped(codec) => format!("was {}", codec.payload_type),
            Counterpart::NotOffered => "new".to_owned(),
        });
        told.collect()
    }

    const OFFER: &str = "96 97 98 99 102 104\na=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n\
        a=rtpmap:98 VP9/90000\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\n\
        a=rtpmap:102 H264/90000\na=fmtp:102 profile-level-id=42e01f;packetization-mode=1\n\
        a=rtpmap:104 H264/90000\na=fmtp:104 profile-level-id=42e01f";

    #[test]
    fn codecs_match_by_what_they_are() {
        let answer = "98 96 120 33\na=rtpmap:96 vp8/90000\na=rtpmap:98 VP8/90000\na=rtpmap:120 VP9/90000";
        assert_eq!(counterparts(OFFER, answer), ["not VP9/90000 but Some(96)", "same 96", "was 98", "new"]);
    }

    #[test]
    fn of_one_codec_the_format_with_the_same_parameters_counts() {
        let answer = "120\na=rtpmap:120 H264/90000\na=fmtp:120 profile-level-id=42c01f";
        assert_eq!(counterparts(OFFER, answer), ["was 104"]);
    }

    #[test]
    fn retransmissions_belong_to_their_codec() {
        let answer = "120 121\na=rtpmap:120 VP9/90000\na=rtpmap:121 rtx/90000\na=fmtp:121 apt=120";
        assert_eq!(counterparts(OFFER, answer), ["was 98", "was 99"]);
    }
}
