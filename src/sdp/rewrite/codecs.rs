//! `--prefer`, `--only`, `--remove`: the formats of an m-line, and all that is said of them.

use super::{Changes, Plan, Refusal, codec_name};
use crate::sdp::attribute::{Fmtp, Rid, View};
use crate::sdp::codec::Codec;
use crate::sdp::edit::Edit;
use crate::sdp::session::{Attribute, Media};
use crate::sdp::text::{Span, Word};

/// Payload types that go.
type Gone = [bool; 128];

pub(super) fn change(media: Media<'_, '_>, plan: &Plan, changes: &mut Changes<'_>) -> Result<(), Refusal> {
    if media.codecs().is_empty() {
        return Ok(());
    }
    let gone = gone(media, plan)?;
    formats(media, &gone, &ranks(media, plan, &gone), changes);
    if gone.contains(&true) {
        attributes(media, &gone, changes);
    }
    Ok(())
}

/// Which payload types go: those that the plan names, and those that are of no use without them.
fn gone(media: Media<'_, '_>, plan: &Plan) -> Result<Gone, Refusal> {
    let codecs = media.codecs();
    let is_any = |names: &[codec_name::CodecName], codec: &Codec<'_>| names.iter().any(|name| name.is(codec));
    let mut gone = [false; 128];
    let has_only = codecs.iter().any(|codec| is_any(&plan.only, codec));
    for codec in codecs {
        let is_other = has_only && !codec.is_auxiliary() && !is_any(&plan.only, codec);
        gone[index(codec)] = is_other || is_any(&plan.remove, codec);
    }
    if !gone.contains(&true) {
        return Ok(gone);
    }
    while let Some(codec) =
        codecs.iter().find(|codec| !gone[index(codec)] && is_useless(codec, codecs, &gone))
    {
        gone[index(codec)] = true;
    }
    let stay = |of: fn(&Codec<'_>) -> bool| codecs.iter().any(|codec| of(codec) && !gone[index(codec)]);
    let had_media = codecs.iter().any(|codec| !codec.is_auxiliary());
    let is_left = if had_media { stay(|codec| !codec.is_auxiliary()) } else { stay(|_| true) };
    match is_left {
        true => Ok(gone),
        false => Err(Refusal::NoCodecLeft {
            index: media.index(),
            kind: media.line().kind.value.to_owned(),
            present: codec_name::listed(media),
        }),
    }
}

fn index(codec: &Codec<'_>) -> usize {
    usize::from(codec.payload_type.value & 127)
}

/// Whether all that a codec is there for goes.
fn is_useless(codec: &Codec<'_>, all: &[Codec<'_>], gone: &Gone) -> bool {
    let goes = |number: u8| gone[usize::from(number & 127)];
    let is_listed = |number: &u8| all.iter().any(|other| other.payload_type.value == *number);
    // Silence and tones are of the clock rate of what they stand in for (RFC 3389 §4, RFC 4733 §2.1).
    let of_rate = |stays: bool| {
        let media = all.iter().filter(|other| !other.is_auxiliary() && gone[index(other)] != stays);
        media.filter(|other| other.clock_rate() == codec.clock_rate()).count()
    };
    if codec.is("rtx") {
        codec.associated().is_some_and(|number| is_listed(&number.value) && goes(number.value))
    } else if codec.is("red") {
        let carried: Vec<u8> = carried(codec).filter(is_listed).collect();
        !carried.is_empty() && carried.into_iter().all(goes)
    } else if codec.is("CN") {
        of_rate(false) > 0 && of_rate(true) == 0
    } else if codec.is("telephone-event") {
        let media_at = |event: &Codec<'_>| {
            all.iter().any(|other| {
                !other.is_auxiliary() && !gone[index(other)] && other.clock_rate() == event.clock_rate()
            })
        };
        let mut others = all.iter().filter(|other| other.is("telephone-event") && !gone[index(other)]);
        // The only one stays: browsers send tones beside Opus at 8000 Hz too.
        of_rate(false) > 0 && of_rate(true) == 0 && others.any(media_at)
    } else {
        false
    }
}

/// The payload types that `red` lists: `111/111` (RFC 2198 §5).
fn carried<'t>(red: &Codec<'t>) -> impl Iterator<Item = u8> + use<'t> {
    let lists: Vec<Word<'t>> = red.fmtps.iter().map(|fmtp| fmtp.parameters).collect();
    lists.into_iter().flat_map(|list| list.split('/')).filter_map(|word| word.trimmed().value.parse().ok())
}

/// For each payload type where it shall stand. Empty where the order stays.
fn ranks(media: Media<'_, '_>, plan: &Plan, gone: &Gone) -> Vec<usize> {
    let codecs: Vec<&Codec<'_>> = media.codecs().iter().filter(|codec| !gone[index(codec)]).collect();
    let mut order: Vec<u8> = Vec::new();
    for name in &plan.prefer {
        for codec in codecs.iter().filter(|codec| name.is(codec)) {
            // As they stood to one another: `red` before its codec is preferred to it.
            let group = codecs.iter().filter(|other| belongs(other, codec, &codecs));
            let group: Vec<u8> = group.map(|other| other.payload_type.value).collect();
            order.extend(group.into_iter().filter(|number| !order.contains(number)).collect::<Vec<_>>());
        }
    }
    if order.is_empty() {
        return Vec::new();
    }
    let rest = codecs.iter().map(|codec| codec.payload_type.value);
    let rest: Vec<u8> = rest.filter(|number| !order.contains(number)).collect();
    order.extend(rest);
    let mut ranks = vec![usize::MAX; 128];
    for (rank, number) in order.into_iter().enumerate() {
        ranks[usize::from(number & 127)] = rank;
    }
    ranks
}

/// Whether `other` is `codec`, or repeats it, or carries it first of all, or repeats what does.
fn belongs(other: &Codec<'_>, codec: &Codec<'_>, all: &[&Codec<'_>]) -> bool {
    let own = codec.payload_type.value;
    let carries = |red: &Codec<'_>| red.is("red") && carried(red).next() == Some(own);
    let repeated = || other.associated().filter(|_| other.is("rtx")).map(|number| number.value);
    other.payload_type.value == own
        || carries(other)
        || repeated().is_some_and(|number| {
            number == own || all.iter().any(|red| red.payload_type.value == number && carries(red))
        })
}

/// The list of the m-line: each place keeps what is between it and the next.
fn formats(media: Media<'_, '_>, gone: &Gone, ranks: &[usize], changes: &mut Changes<'_>) {
    let places = &media.line().formats;
    let number = |word: &Word<'_>| word.number::<u8>("").ok().map(|number| usize::from(number.value));
    let goes = |word: &Word<'_>| number(word).is_some_and(|number| gone.get(number) == Some(&true));
    let mut stay: Vec<Word<'_>> = places.iter().copied().filter(|word| !goes(word)).collect();
    if !ranks.is_empty() {
        let rank = |word: &Word<'_>| number(word).and_then(|number| ranks.get(number).copied());
        stay.sort_by_key(|word| rank(word).unwrap_or(usize::MAX));
    }
    for (place, word) in places.iter().zip(&stay) {
        if place.value != word.value {
            changes.push(Edit::replace(place.span, word.value));
        }
    }
    if let (Some(last), Some(end)) = (stay.len().checked_sub(1), places.last())
        && last + 1 < places.len()
    {
        changes.push(Edit::delete(Span::new(places[last].span.end, end.span.end)));
    }
}

/// What is said of payload types that go.
fn attributes(media: Media<'_, '_>, gone: &Gone, changes: &mut Changes<'_>) {
    let goes = |text: &str| text.parse().ok().and_then(|number: usize| gone.get(number)) == Some(&true);
    for attribute in &media.section().attributes {
        match &attribute.view {
            View::Rid(rid) => limits(rid, attribute, &goes, changes),
            View::Ssrc(ssrc) if ssrc.attribute.value == "fmtp" => {
                let value = ssrc.value.and_then(|value| value.words().next());
                if value.is_some_and(|format| goes(format.value)) {
                    changes.drop_line(attribute.line);
                }
            }
            _ if is_about(attribute, &goes) => changes.drop_line(attribute.line),
            View::Fmtp(fmtp) => list(media, fmtp, &goes, changes),
            _ => {}
        }
    }
}

/// Whether it is about a payload type that goes, readable or not.
fn is_about(attribute: &Attribute<'_>, goes: &impl Fn(&str) -> bool) -> bool {
    const NAMES: [&str; 5] = ["rtpmap", "fmtp", "rtcp-fb", "imageattr", "framesize"];
    let format = attribute.value.and_then(|value| value.words().next());
    NAMES.contains(&attribute.name.value) && format.is_some_and(|format| goes(format.value))
}

/// `a=fmtp:97 96/98` of a `red` that stays.
fn list(media: Media<'_, '_>, fmtp: &Fmtp<'_>, goes: &impl Fn(&str) -> bool, changes: &mut Changes<'_>) {
    let number = fmtp.format.number::<u8>("").ok();
    let codec = number.and_then(|number| media.codec(number.value));
    if !codec.is_some_and(|codec| codec.is("red")) {
        return;
    }
    let all: Vec<&str> = fmtp.parameters.split('/').map(|word| word.trimmed().value).collect();
    let stay: Vec<&str> = all.iter().copied().filter(|number| !goes(number)).collect();
    if !stay.is_empty() && stay.len() < all.len() {
        changes.push(Edit::replace(fmtp.parameters.span, stay.join("/")));
    }
}

/// `a=rid:h send pt=96,97;max-width=640`: a stream without any payload type left may have each.
fn limits(rid: &Rid<'_>, attribute: &Attribute<'_>, goes: &impl Fn(&str) -> bool, changes: &mut Changes<'_>) {
    let stay: Vec<&str> =
        rid.formats.iter().map(|format| format.value).filter(|format| !goes(format)).collect();
    if stay.len() == rid.formats.len() {
        return;
    }
    let Some(value) = attribute.value else { return };
    let mut words = value.words();
    let (_, direction) = (words.next(), words.next());
    let pieces: Vec<Word<'_>> = words.rest().split(';').collect();
    let is_list = |piece: &Word<'_>| piece.trimmed().starts_with("pt=");
    let mut kept: Vec<String> =
        pieces.iter().filter(|piece| !is_list(piece)).map(|piece| piece.value.to_owned()).collect();
    if let (Some(at), false) = (pieces.iter().position(is_list), stay.is_empty()) {
        kept.insert(at.min(kept.len()), format!("pt={}", stay.join(",")));
    }
    let from = direction.map_or(value.span, |direction| direction.span).end;
    let kept = kept.join(";");
    let text = if kept.trim().is_empty() { String::new() } else { format!(" {}", kept.trim_start()) };
    changes.push(Edit::replace(Span::new(from, words.rest().span.end), text));
}
