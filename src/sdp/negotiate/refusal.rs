//! Whether libwebrtc would refuse the answer, or the offer, in which words, and for which line.
//!
//! Its checks come in a fixed order, and the first that fails gives the sentence; nothing of it says which line. They are
//! asked here in that order: the answer by itself, its m-lines against those of the offer, groups, transports, directions,
//! codecs. What depends on a configuration is taken as browsers have it.

use std::collections::{BTreeSet, HashMap};

use super::facts::RefusalFacts;
use crate::finding::Confidence;
use crate::sdp::attribute::{Group, Setup};
use crate::sdp::codec::Codec;
use crate::sdp::excerpt::{is_masked, shown_line};
use crate::sdp::libwebrtc;
use crate::sdp::lint::Side;
use crate::sdp::pairing::pairs;
use crate::sdp::session::{Media, Session};
use crate::sdp::text::Span;

/// Longer names of m-lines are refused.
const LONGEST_MID: usize = 16;
const RID_URI: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/// A check that failed.
struct Refusal {
    sentence: String,
    side: Side,
    span: Span,
    reason: String,
    confidence: Confidence,
}

impl Refusal {
    fn of(span: Span, sentence: impl Into<String>, reason: impl Into<String>) -> Self {
        let (sentence, reason) = (sentence.into(), reason.into());
        Self { sentence, side: Side::Second, span, reason, confidence: Confidence::High }
    }
}

/// What the offerer would say to the answer, if it is a program with libwebrtc.
pub(super) fn of(offer: &Session<'_>, answer: &Session<'_>) -> Option<RefusalFacts> {
    let refusal = parsing(Side::Second, answer)
        .or_else(|| mids(answer))
        .or_else(|| fingerprints(answer))
        .or_else(|| credentials(answer))
        .or_else(|| extensions_beside(answer, |mid| is_filled_in(offer, answer, mid)))
        .or_else(|| rtcp_mux_in_groups(answer))
        .or_else(|| payload_types(answer))
        .or_else(|| order(offer, answer))
        .or_else(|| tracks(answer))
        .or_else(|| simulcast(answer))
        .or_else(|| grouped_twice(answer))
        .or_else(|| groups(offer, answer))
        .or_else(|| transports(offer, answer))
        .or_else(|| directions(offer, answer))
        .or_else(|| codecs(offer, answer))?;
    Some(refusal.facts(offer, answer))
}

/// What the answerer would have said to the offer, if it is such a program.
pub(super) fn of_offer(offer: &Session<'_>) -> Option<RefusalFacts> {
    let refusal = parsing(Side::First, offer)
        .or_else(|| mids(offer))
        .or_else(|| fingerprints(offer))
        .or_else(|| credentials(offer))
        .or_else(|| extensions_beside(offer, |_| false))
        .or_else(|| rtcp_mux_in_groups(offer))
        .or_else(|| tracks(offer))
        .or_else(|| simulcast(offer))
        .or_else(|| grouped_twice(offer))
        .or_else(|| with_transport(offer).find_map(|media| own_transport(media, media.mid())))
        .or_else(|| {
            offer.media().filter(|media| !media.is_rejected()).find_map(|media| sendable(media, media.mid()))
        })?;
    Some(Refusal { side: Side::First, ..refusal }.facts(offer, offer))
}

impl Refusal {
    fn facts(self, offer: &Session<'_>, answer: &Session<'_>) -> RefusalFacts {
        let refusal = self;
        let (name, session) = match refusal.side {
            Side::First => ("offer", offer),
            Side::Second => ("answer", answer),
        };
        let place = session.text().place(refusal.span);
        RefusalFacts {
            sentence: refusal.sentence,
            confidence: refusal.confidence,
            side: name,
            line: place.line,
            column: place.column,
            length: place.length,
            m_line: session.media_index_at(refusal.span.start),
            reason: refusal.reason,
        }
    }
}

fn line(media: Media<'_, '_>) -> Span {
    media.line().value.span
}

/// A name that is twice in one group does no harm.
fn each_once<'g, 't>(group: &'g Group<'t>) -> impl Iterator<Item = &'g crate::sdp::Word<'t>> {
    let mut known = BTreeSet::new();
    group.mids.iter().filter(move |mid| known.insert(mid.value))
}

fn bundles<'s, 't>(session: &'s Session<'t>) -> impl Iterator<Item = &'s Group<'t>> {
    session.head().groups().filter(|group| group.is_bundle())
}

/// m-lines that are in use and have a transport of their own: what the others say of theirs is not looked at.
fn with_transport<'s, 't>(session: &'s Session<'t>) -> impl Iterator<Item = Media<'s, 't>> {
    session.media().filter(|media| {
        let first = media.bundle().and_then(|group| group.mids.first()).map(|mid| mid.value);
        !media.is_rejected() && (first.is_none() || first == media.mid().map(|mid| mid.value))
    })
}

/// A line that it does not read, which comes before all else.
fn parsing(side: Side, session: &Session<'_>) -> Option<Refusal> {
    let fault = libwebrtc::first(session)?;
    // It quotes the line, whatever stands on it; we do not.
    let text = session.text();
    let line = text.line_at(fault.span.start).map(|index| &text.lines()[index]);
    let sentence = match line.filter(|line| is_masked(text, line)) {
        Some(line) => fault.sentence.replace(text.slice(line.span), &shown_line(text, line)),
        None => fault.sentence,
    };
    Some(Refusal { side, ..Refusal::of(fault.span, sentence, fault.what) })
}

/// Missing ones are taken from the offer.
fn mids(answer: &Session<'_>) -> Option<Refusal> {
    let mut known = BTreeSet::new();
    for mid in answer.media().filter_map(Media::mid) {
        if mid.len() > LONGEST_MID {
            let sentence = "The MID attribute exceeds the maximum supported length of 16 characters.";
            return Some(Refusal::of(mid.span, sentence, format!("`{mid}` has {} characters", mid.len())));
        }
        if !known.insert(mid.value) {
            let sentence = format!("Duplicate a=mid value '{mid}'.");
            return Some(Refusal::of(mid.span, sentence, format!("`{mid}` names an m-line before this one")));
        }
    }
    None
}

fn fingerprints(answer: &Session<'_>) -> Option<Refusal> {
    let lacking = with_transport(answer).find(|media| {
        let own = media.section().fingerprints().next();
        own.or_else(|| answer.head().fingerprints().next()).is_none()
    })?;
    let reason = format!("{} has no `a=fingerprint` that can be read", called(lacking));
    Some(Refusal::of(line(lacking), "Called with SDP without DTLS fingerprint.", reason))
}

fn credentials(answer: &Session<'_>) -> Option<Refusal> {
    let head = answer.head();
    let lacking = with_transport(answer).find(|media| {
        let section = media.section();
        section.ice_ufrag().or(head.ice_ufrag()).is_none() || section.ice_pwd().or(head.ice_pwd()).is_none()
    })?;
    let reason = format!("{} has no `a=ice-ufrag`, or no `a=ice-pwd`", called(lacking));
    Some(Refusal::of(line(lacking), "Called with SDP without ice-ufrag and ice-pwd.", reason))
}

/// Whether an m-line of the answer has no name, and gets this one: that of the offer at its place.
fn is_filled_in(offer: &Session<'_>, answer: &Session<'_>, mid: &str) -> bool {
    let media = offer.media_by_mid(mid).and_then(|media| answer.media_at(media.index()));
    media.is_some_and(|media| media.mid().is_none())
}

/// Numbers of header extensions in each group; on the way, names that no m-line has,
/// unless one is known to get it.
fn extensions_beside(answer: &Session<'_>, known_mid: impl Fn(&str) -> bool) -> Option<Refusal> {
    for group in bundles(answer) {
        let mut known: HashMap<u16, (&str, bool)> = HashMap::new();
        for mid in &group.mids {
            let Some(media) = answer.media_by_mid(mid.value) else {
                if known_mid(mid.value) {
                    continue;
                }
                return Some(unknown_mid(mid.value, mid.span));
            };
            for section in [answer.head(), media.section()] {
                for extension in section.extmaps() {
                    let what = (extension.uri.value, extension.encrypted);
                    let before = *known.entry(extension.id.value).or_insert(what);
                    if before != what {
                        let id = extension.id;
                        let sentence = format!(
                            "A BUNDLE group contains a codec collision for header extension id={id}. The id must be \
                             the same across all bundled media descriptions"
                        );
                        let reason = format!("{id} is {} elsewhere in the group", before.0);
                        return Some(Refusal::of(id.span, sentence, reason));
                    }
                }
            }
        }
    }
    None
}

fn unknown_mid(mid: &str, span: Span) -> Refusal {
    let sentence = format!("A BUNDLE group contains a MID='{mid}' matching no m= section.");
    Refusal::of(span, sentence, format!("no m-line has `a=mid:{mid}`"))
}

fn rtcp_mux_in_groups(answer: &Session<'_>) -> Option<Refusal> {
    let lacking = answer.media().find(|media| {
        let is_bundled = media.bundle().is_some() && !media.is_rejected() && media.line().is_rtp();
        is_bundled && !media.section().has("rtcp-mux") && !answer.head().has("rtcp-mux")
    })?;
    let reason = format!("{} is in a BUNDLE group and has no `a=rtcp-mux`", called(lacking));
    Some(Refusal::of(line(lacking), "rtcp-mux must be enabled when BUNDLE is enabled.", reason))
}

/// The sentence that most people see, and that says least.
fn order(offer: &Session<'_>, answer: &Session<'_>) -> Option<Refusal> {
    const SENTENCE: &str = "The order of m-lines in answer doesn't match order in offer. Rejecting answer.";
    let (offered, answered) = (offer.media().len(), answer.media().len());
    // The count is looked at first; but where the order is wrong before the end, that line tells more.
    for pair in pairs(offer, answer) {
        let place = pair.answer.index();
        if !pair.is_of_one_kind() {
            let reason =
                format!("{} should be {}, as in the offer", called(pair.answer), kind_and_mid(pair.offer));
            return Some(Refusal::of(line(pair.answer), SENTENCE, reason));
        }
        let (Some(first), Some(second)) = (pair.offer.mid(), pair.answer.mid()) else { continue };
        if first.value != second.value {
            let reason =
                format!("m-line {place} is `a=mid:{second}`, and should be `a=mid:{first}`, as in the offer");
            return Some(Refusal::of(second.span, SENTENCE, reason));
        }
    }
    if answered > offered {
        let extra = answer.media_at(offered)?;
        let reason = format!("{} is not in the offer, which has {offered} of them", called(extra));
        return Some(Refusal::of(line(extra), SENTENCE, reason));
    }
    if answered < offered {
        let lines = answer.text().lines();
        let end = lines.iter().rev().find(|line| !line.is_blank()).map_or(Span::default(), |line| line.span);
        let missing = offer.media_at(answered)?;
        let reason = format!("after this line, {} of the offer has no answer", called(missing));
        return Some(Refusal::of(end, SENTENCE, reason));
    }
    None
}

/// Numbers that RTCP has for itself, where both share a port.
fn payload_types(answer: &Session<'_>) -> Option<Refusal> {
    let live = answer.media().filter(|media| !media.is_rejected() && media.line().is_rtp());
    for media in live.filter(|media| media.counts("rtcp-mux")) {
        let Some(codec) = media.codecs().iter().find(|codec| (64..96).contains(&codec.payload_type.value))
        else {
            continue;
        };
        let mid = media.mid().map(|mid| mid.value).unwrap_or_default();
        let (number, name) = (codec.payload_type, codec.name().unwrap_or_default());
        let sentence = format!(
            "The media section with MID='{mid}' used an invalid payload type {number} for codec '{name}, rtcp-mux:enabled"
        );
        return Some(Refusal::of(number.span, sentence, format!("RTCP has {number} for its own packets")));
    }
    None
}

fn tracks(answer: &Session<'_>) -> Option<Refusal> {
    const SENTENCE: &str = "Media section has more than one track specified with a=ssrc lines which is not supported \
                            with Unified Plan.";
    for media in answer.media().filter(|media| matches!(media.line().kind.value, "audio" | "video")) {
        let mut msids = media.section().ssrcs().filter(|ssrc| ssrc.attribute.value == "msid");
        let Some(first) = msids.next() else { continue };
        let value = |of: Option<crate::sdp::Word<'_>>| of.map(|word| word.value.to_owned());
        if let Some(other) = msids.find(|ssrc| value(ssrc.value) != value(first.value)) {
            let reason = "this source is of another track than the first one of its m-line (Plan B)";
            return Some(Refusal::of(other.id.span, SENTENCE, reason));
        }
    }
    None
}

fn simulcast(answer: &Session<'_>) -> Option<Refusal> {
    let lacking = answer.media().find(|media| {
        let mut known = answer.head().extmaps().chain(media.section().extmaps());
        // Drafts named payload types instead; such a line counts for nothing.
        let is_simulcast = media.section().simulcast().is_some() && media.section().has("rid");
        is_simulcast && !known.any(|extension| extension.uri.value == RID_URI)
    })?;
    let mid = lacking.mid().map(|mid| mid.value).unwrap_or_default();
    let sentence = format!(
        "The media section with MID='{mid}' negotiates simulcast but does not negotiate the RID RTP header extension."
    );
    let span = lacking.section().first("simulcast").map_or(line(lacking), |attribute| attribute.span());
    Some(Refusal::of(span, sentence, format!("there is no `a=extmap:… {RID_URI}` below the m-line")))
}

fn grouped_twice(answer: &Session<'_>) -> Option<Refusal> {
    let mut seen = BTreeSet::new();
    for mid in bundles(answer).flat_map(each_once) {
        if !seen.insert(mid.value) {
            let sentence =
                format!("A BUNDLE group contains a MID='{mid}' that is already in a BUNDLE group.");
            return Some(Refusal::of(mid.span, sentence, format!("`{mid}` is named twice")));
        }
    }
    None
}

fn groups(offer: &Session<'_>, answer: &Session<'_>) -> Option<Refusal> {
    let offered = bundles(offer).enumerate();
    let offered: HashMap<&str, usize> =
        offered.flat_map(|(place, group)| group.mids.iter().map(move |mid| (mid.value, place))).collect();
    let mut taken = BTreeSet::new();
    for group in bundles(answer) {
        let Some(first) = group.mids.first() else { continue };
        let Some(&own) = offered.get(first.value) else {
            let sentence = "A BUNDLE group was added in the answer that did not exist in the offer.";
            return Some(Refusal::of(first.span, sentence, format!("the offer has `{first}` in no group")));
        };
        if !taken.insert(own) {
            let sentence = "A MID in the answer has changed group.";
            let reason = format!("the offer has `{first}` in the group of the m-lines before it");
            return Some(Refusal::of(first.span, sentence, reason));
        }
        if let Some(mid) = group.mids.iter().find(|mid| offered.get(mid.value) != Some(&own)) {
            let sentence =
                format!("A BUNDLE group in answer contains a MID='{mid}' that was not in the offered group.");
            return Some(Refusal::of(
                mid.span,
                sentence,
                format!("the offer does not have `{mid}` in this group"),
            ));
        }
        let is_rejected = |mid: &str| answer.media_by_mid(mid).is_some_and(Media::is_rejected);
        if is_rejected(first.value)
            && let Some(other) = group.mids.iter().find(|mid| !is_rejected(mid.value))
        {
            let sentence = format!("The m= section with mid='{other}' should be rejected.");
            let reason = format!("`{first}`, which the group names first, is rejected, and this one is not");
            return Some(Refusal::of(other.span, sentence, reason));
        }
    }
    None
}

/// What is said of each transport, for which the offerer has chosen already.
fn transports(offer: &Session<'_>, answer: &Session<'_>) -> Option<Refusal> {
    for second in with_transport(answer) {
        let Some(first) = offer.media_at(second.index()) else { continue };
        let mid = second.mid().or(first.mid());
        if let Some(refusal) = own_transport(second, mid) {
            return Some(refusal);
        }
        if let Some(refusal) = transport(first, second) {
            return Some(refusal.applying(mid));
        }
    }
    None
}

/// What one side says of a transport, whatever the other says.
fn own_transport(media: Media<'_, '_>, mid: Option<crate::sdp::Word<'_>>) -> Option<Refusal> {
    if media.line().is_rtp() && !media.counts("rtcp-mux") {
        let sentence = format!(
            "The m= section with mid='{}' is invalid. RTCP-MUX is not enabled when it is required.",
            mid.map(|mid| mid.value).unwrap_or_default()
        );
        let reason = format!("{} has no `a=rtcp-mux`", called(media));
        return Some(Refusal::of(line(media), sentence, reason));
    }
    let has_length = |text: &str, least: usize| (least..=256).contains(&text.len());
    if let Some((ufrag, _)) = media.ice_ufrag().filter(|(ufrag, _)| !has_length(ufrag.value, 4)) {
        let sentence = "Invalid ICE parameters: ICE ufrag must be between 4 and 256 characters long.";
        let reason = format!("`a=ice-ufrag` has {}, and needs 4", characters(ufrag.len()));
        return Some(Refusal::of(ufrag.span, sentence, reason).applying(mid));
    }
    if let Some((pwd, _)) = media.ice_pwd().filter(|(pwd, _)| !has_length(pwd.expose(), 22)) {
        let sentence = "Invalid ICE parameters: ICE pwd must be between 22 and 256 characters long.";
        let reason = format!("`a=ice-pwd` has {}, and needs 22", characters(pwd.expose().len()));
        return Some(Refusal::of(pwd.span(), sentence, reason).applying(mid));
    }
    None
}

impl Refusal {
    fn applying(self, mid: Option<crate::sdp::Word<'_>>) -> Self {
        let mid = mid.map(|mid| mid.value).unwrap_or_default();
        let before = format!("Failed to apply the description for m= section with mid='{mid}': ");
        Self { sentence: before + &self.sentence, ..self }
    }
}

fn transport(first: Media<'_, '_>, second: Media<'_, '_>) -> Option<Refusal> {
    // Without a line the answerer counts as `active`.
    if let Some((setup, _)) = first.setup().filter(|(setup, _)| setup.value != Setup::Actpass) {
        let sentence = "Offerer must use actpass value for setup attribute.";
        let reason = format!("the offer says `a=setup:{}`", setup.as_str());
        return Some(Refusal { side: Side::First, ..Refusal::of(setup.span, sentence, reason) });
    }
    if let Some((setup, _)) = second.setup()
        && matches!(setup.value, Setup::Actpass | Setup::Holdconn)
    {
        let sentence = "Answerer must use either active or passive value for setup attribute.";
        let reason = format!("`a=setup:{}` should be `a=setup:active`", setup.as_str());
        return Some(Refusal::of(setup.span, sentence, reason));
    }
    // Of several the last one counts.
    let fingerprint = second.fingerprints()?.0.fingerprints().last()?;
    let (expected, length) = (fingerprint.expected_length()?, fingerprint.length());
    let reason = || format!("a `{}` hash has {expected} bytes, and this has {length}", fingerprint.hash);
    let sentence = "Failed to apply remote fingerprint.";
    (expected != length).then(|| Refusal::of(fingerprint.value.span, sentence, reason()))
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

fn directions(offer: &Session<'_>, answer: &Session<'_>) -> Option<Refusal> {
    for pair in pairs(offer, answer).filter(|pair| pair.is_live_rtp()) {
        let (offered, answered) = (pair.offer.direction(), pair.answer.direction());
        let sentence = if answered.sends() && !offered.receives() {
            "Incompatible receive direction"
        } else if answered.receives() && !offered.sends() {
            "Incompatible send direction"
        } else {
            continue;
        };
        let own = pair.answer.section().direction().map_or(line(pair.answer), |direction| direction.span);
        let reason = format!("`{}` is no answer to `{}`", answered.as_str(), offered.as_str());
        return Some(Refusal::of(own, sentence, reason));
    }
    None
}

/// Video of which nothing is left but retransmission and protection, or the retransmission of what is not there. Other
/// answers without a common codec are taken, and no media flows.
fn codecs(offer: &Session<'_>, answer: &Session<'_>) -> Option<Refusal> {
    let mut live = pairs(offer, answer).filter(|pair| pair.is_live_rtp());
    live.find_map(|pair| sendable(pair.answer, pair.answer.mid().or(pair.offer.mid())))
}

fn sendable(media: Media<'_, '_>, mid: Option<crate::sdp::Word<'_>>) -> Option<Refusal> {
    if media.line().kind.value != "video" || !media.line().is_rtp() {
        return None;
    }
    let (span, reason) = dangling(media).or_else(|| nothing_by_itself(media))?;
    let mid = mid.map(|mid| mid.value).unwrap_or_default();
    let sentence =
        format!("Failed to set remote video description send parameters for m-section with mid='{mid}'.");
    Some(Refusal { confidence: Confidence::Medium, ..Refusal::of(span, sentence, reason) })
}

fn dangling(media: Media<'_, '_>) -> Option<(Span, String)> {
    let codec = media
        .codecs()
        .iter()
        .filter(|codec| codec.is("rtx"))
        .find(|codec| codec.associated().is_some_and(|apt| media.codec(apt.value).is_none()))?;
    let apt = codec.associated()?;
    Some((
        apt.span,
        format!("payload type {} repeats {apt}, which the m-line does not have", codec.payload_type),
    ))
}

fn nothing_by_itself(media: Media<'_, '_>) -> Option<(Span, String)> {
    let codecs = media.codecs();
    let is_lacking = !codecs.is_empty() && codecs.iter().all(Codec::is_auxiliary);
    is_lacking.then(|| (line(media), format!("{} has no codec that carries video by itself", called(media))))
}

/// `m-line 1, video (mid 1)`.
fn called(media: Media<'_, '_>) -> String {
    format!("m-line {}, {},", media.index(), kind_and_mid(media))
}

fn kind_and_mid(media: Media<'_, '_>) -> String {
    let mid = media.mid().map(|mid| format!(" (mid {mid})")).unwrap_or_default();
    format!("{}{mid}", media.line().kind)
}
