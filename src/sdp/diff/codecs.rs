//! Codecs of an m-line: which came and went, which have another number, place or parameter.

use std::collections::{BTreeMap, HashMap};

use super::change::{Change, How, Topic, Was};
use super::matching::{Match, by_key, out_of_order};
use crate::sdp::codec::{Codec, H264, Profile};
use crate::sdp::session::Section;
use crate::sdp::text::Text;

/// A payload type with what tells it from others.
struct Item<'s, 't> {
    codec: &'s Codec<'t>,
    number: u8,
    line: u32,
    /// `vp8/90000/1`.
    encoding: String,
    /// What makes it another codec of the same name: profile, packetization, what is repeated.
    profile: String,
    /// Parameters by name; numbers of other payload types as what they stand for.
    parameters: BTreeMap<String, String>,
    /// `VP8 (96)`.
    label: String,
}

pub(super) fn compare(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2]) -> Vec<Change> {
    let [from, to] = [0, 1].map(|side| items(texts[side], sections[side]));
    let matched = pair(&from, &to);
    let mut changes = Vec::new();
    let mut both = Vec::new();
    for one in matched {
        match one {
            Match::Both(was, is) => both.push((was, is)),
            Match::From(was) => {
                let was = &from[was];
                let value = Was::new(was.number.to_string(), was.line);
                changes.push(Change::removed(Topic::Codec, &was.label, value));
            }
            Match::To(is) => {
                let is = &to[is];
                let value = Was::new(is.number.to_string(), is.line);
                changes.push(Change::added(Topic::Codec, &is.label, value));
            }
        }
    }
    both.sort_unstable();
    for &(was, is) in &both {
        let (was, is) = (&from[was], &to[is]);
        if was.number != is.number {
            let values =
                [Was::new(was.number.to_string(), was.line), Was::new(is.number.to_string(), is.line)];
            let message = format!("{}: {} -> {}", name(is), was.number, is.number);
            changes.push(Change::of(Topic::Codec, How::Renumbered, name(is), values, message));
        }
    }
    changes.extend(order(&from, &to, &both));
    for &(was, is) in &both {
        parameters(&from[was], &to[is], texts, &mut changes);
    }
    feedback(texts, sections, [&from, &to], &both, &mut changes);
    changes
}

fn items<'s, 't>(text: &Text<'_>, section: &'s Section<'t>) -> Vec<Item<'s, 't>> {
    let own: HashMap<u8, (String, String)> = section
        .codecs
        .iter()
        .map(|codec| (codec.payload_type.value, (encoding(codec), own_profile(codec))))
        .collect();
    let stands_for = |number: &str| -> Option<String> {
        let (encoding, profile) = own.get(&number.parse().ok()?)?;
        Some(format!("{encoding} {profile}"))
    };
    let item = |codec: &'s Codec<'t>| {
        let number = codec.payload_type.value;
        let repeated = codec.parameter("apt").and_then(|apt| stands_for(apt.value));
        let profile = repeated.clone().unwrap_or_else(|| own_profile(codec));
        let mut parameters = BTreeMap::new();
        for parameter in codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters()) {
            let value = parameter.value.map(|value| value.value).unwrap_or_default();
            let value = match (parameter.name.eq_ignore_ascii_case("apt"), &repeated) {
                (true, Some(repeated)) => repeated.clone(),
                _ => value.to_owned(),
            };
            // `111/111` of red.
            let name = match parameter.value {
                None if codec.is("red") => redundant(&parameter.name, &stands_for),
                _ => parameter.name.to_ascii_lowercase(),
            };
            parameters.entry(name).or_insert(value);
        }
        let span = codec.rtpmap.map_or(codec.payload_type.span, |rtpmap| rtpmap.payload_type.span);
        let line = super::line(text, span);
        let label = label(codec, section);
        Item { codec, number, line, encoding: encoding(codec), profile, parameters, label }
    };
    section.codecs.iter().map(item).collect()
}

/// Whether the parameter says what holds without it: RFC 6184, RFC 7587, RFC 9628 and the RTP format of AV1.
fn is_default(codec: &Codec<'_>, name: &str, value: &str) -> bool {
    let defaults: &[(&str, &str)] = match codec.name().unwrap_or_default().to_ascii_lowercase().as_str() {
        "h264" => &[("packetization-mode", "0"), ("level-asymmetry-allowed", "0")],
        "vp9" => &[("profile-id", "0")],
        "av1" => &[("profile", "0"), ("level-idx", "5"), ("tier", "0")],
        "opus" => {
            &[("stereo", "0"), ("sprop-stereo", "0"), ("useinbandfec", "0"), ("usedtx", "0"), ("cbr", "0")]
        }
        _ => &[],
    };
    defaults.contains(&(name, value))
}

fn redundant(numbers: &str, stands_for: &impl Fn(&str) -> Option<String>) -> String {
    let each =
        numbers.split('/').map(|number| stands_for(number.trim()).unwrap_or_else(|| number.to_owned()));
    each.collect::<Vec<_>>().join(" / ")
}

fn encoding(codec: &Codec<'_>) -> String {
    match codec.name() {
        // A number that nothing explains is itself alone.
        None => format!("unknown {}", codec.payload_type),
        Some(name) => {
            let rate = codec.clock_rate().unwrap_or_default();
            format!("{}/{rate}/{}", name.to_ascii_lowercase(), codec.channels().unwrap_or(1))
        }
    }
}

/// Two of one name and of different profiles are two codecs.
fn own_profile(codec: &Codec<'_>) -> String {
    let value = |name: &str, default: &str| {
        codec.parameter(name).map_or_else(|| default.to_owned(), |word| word.value.to_ascii_lowercase())
    };
    match codec.name().unwrap_or_default().to_ascii_lowercase().as_str() {
        "h264" => {
            let profile = match codec.h264() {
                Some(H264 { profile: Some(profile), .. }) => profile.name().to_owned(),
                _ => value("profile-level-id", ""),
            };
            format!("{profile}, mode {}", value("packetization-mode", "0"))
        }
        "h265" => value("profile-id", "1"),
        "vp9" => value("profile-id", "0"),
        "av1" => value("profile", "0"),
        _ => String::new(),
    }
}

/// As people name it: the clock rate of video goes without saying.
fn label(codec: &Codec<'_>, section: &Section<'_>) -> String {
    let number = codec.payload_type.value;
    let repeated = codec.associated().map(|apt| apt.value);
    let base = repeated.and_then(|apt| section.codecs.iter().find(|base| base.payload_type.value == apt));
    match (codec.is("rtx"), base) {
        (true, Some(base)) => format!("rtx of {} {} ({number})", short(base), base.payload_type),
        _ => format!("{} ({number})", short(codec)),
    }
}

fn short(codec: &Codec<'_>) -> String {
    let encoding = codec.encoding();
    let name = encoding.strip_suffix("/90000").unwrap_or(&encoding);
    match (codec.h264(), codec.parameter("profile-id")) {
        (Some(H264 { profile: Some(profile), .. }), _) => format!("{name} {}", profile.name()),
        (None, Some(profile)) if profile.value != "0" => format!("{name} profile {profile}"),
        _ => name.to_owned(),
    }
}

/// The label without the number.
fn name(item: &Item<'_, '_>) -> String {
    let number = format!(" ({})", item.number);
    item.label.strip_suffix(&number).unwrap_or(&item.label).to_owned()
}

/// The surest first: the same in all, the same with another number, the same number with other parameters.
fn pair(from: &[Item<'_, '_>], to: &[Item<'_, '_>]) -> Vec<Match<usize>> {
    let mut done = Vec::new();
    let mut left = ((0..from.len()).collect::<Vec<_>>(), (0..to.len()).collect::<Vec<_>>());
    let keys: [fn(&Item<'_, '_>) -> String; 4] = [
        |item| format!("{} {} {:?}", item.number, item.encoding, item.parameters),
        |item| format!("{} {:?}", item.encoding, item.parameters),
        |item| format!("{} {}", item.number, item.encoding),
        |item| format!("{} {}", item.encoding, item.profile),
    ];
    for key in keys {
        // The earlier ones are 0 and more, the later ones behind them.
        let key = |index: usize| match from.get(index) {
            Some(item) => key(item),
            None => key(&to[index - from.len()]),
        };
        let later = left.1.iter().map(|index| index + from.len());
        let matched = by_key(left.0.iter().copied(), later, key);
        left = (Vec::new(), Vec::new());
        for one in matched {
            match one {
                Match::Both(was, is) => done.push(Match::Both(was, is - from.len())),
                Match::From(was) => left.0.push(was),
                Match::To(is) => left.1.push(is - from.len()),
            }
        }
    }
    done.extend(left.0.into_iter().map(Match::From));
    done.extend(left.1.into_iter().map(Match::To));
    done
}

/// More of them are not told one by one.
const MOST_MOVED: usize = 3;

fn order(from: &[Item<'_, '_>], to: &[Item<'_, '_>], both: &[(usize, usize)]) -> Option<Change> {
    let later: Vec<usize> = both.iter().map(|(_, is)| *is).collect();
    let is_moved = out_of_order(&later);
    if !is_moved.contains(&true) {
        return None;
    }
    let mut by_place = later.clone();
    by_place.sort_unstable();
    let moved: Vec<(usize, usize, &Item<'_, '_>)> = both
        .iter()
        .enumerate()
        .filter(|(place, _)| is_moved[*place])
        .map(|(place, (_, is))| (place, by_place.partition_point(|other| other < is), &to[*is]))
        .collect();
    // What repeats or protects another goes along with it.
    let main: Vec<_> = moved.iter().filter(|(.., item)| !item.codec.is_auxiliary()).collect();
    let only_main = !main.is_empty();
    let told: Vec<_> = if only_main { main } else { moved.iter().collect() };
    let each = told.iter().take(MOST_MOVED).map(|(was, is, item)| {
        let way = if is < was { "up" } else { "down" };
        format!("{} moved {way} from place {} to {}", item.label, was + 1, is + 1)
    });
    let mut said: Vec<String> = each.collect();
    if told.len() > MOST_MOVED {
        said.push(format!("{} more moved", told.len() - MOST_MOVED));
    }
    let listed = |items: Vec<&Item<'_, '_>>| {
        let shown = items.into_iter().filter(|item| !only_main || !item.codec.is_auxiliary());
        shown.map(|item| item.label.clone()).collect::<Vec<_>>().join(", ")
    };
    let was = listed(both.iter().map(|(was, _)| &from[*was]).collect());
    let now = listed(by_place.iter().map(|is| &to[*is]).collect());
    let message = format!("{}; now {now}", said.join(", "));
    let subject = told.iter().map(|(.., item)| item.label.as_str()).collect::<Vec<_>>().join(", ");
    let line = |items: &[Item<'_, '_>]| items.first().map_or(0, |item| item.line);
    let values = [Was::new(was, line(from)), Was::new(now, line(to))];
    Some(Change::of(Topic::CodecOrder, How::Moved, subject, values, message))
}

fn parameters(was: &Item<'_, '_>, is: &Item<'_, '_>, texts: [&Text<'_>; 2], changes: &mut Vec<Change>) {
    if was.parameters == is.parameters {
        return;
    }
    let line = |item: &Item<'_, '_>, text: &Text<'_>| match item.codec.fmtps.first() {
        Some(fmtp) => super::line(text, fmtp.format.span),
        None => item.line,
    };
    let lines = [line(was, texts[0]), line(is, texts[1])];
    let names =
        was.parameters.keys().chain(is.parameters.keys().filter(|name| !was.parameters.contains_key(*name)));
    for name in names {
        let subject = format!("{name} of {}", is.label);
        let shown = |value: &String| if value.is_empty() { name.clone() } else { value.clone() };
        match (was.parameters.get(name), is.parameters.get(name)) {
            (Some(old), Some(new)) if old != new => {
                let values = [Was::new(old, lines[0]), Was::new(new, lines[1])];
                let message = format!("{subject}: {old} -> {new}{}", read_out(name, was, is));
                changes.push(Change::changed(Topic::Fmtp, subject, values, message));
            }
            (Some(old), None) if !is_default(was.codec, name, old) => {
                let value = Was::new(shown(old), lines[0]);
                let subject = with_value(name, old, &was.label);
                changes.push(Change::removed(Topic::Fmtp, subject, value));
            }
            (None, Some(new)) if !is_default(is.codec, name, new) => {
                let value = Was::new(shown(new), lines[1]);
                let subject = with_value(name, new, &is.label);
                changes.push(Change::added(Topic::Fmtp, subject, value));
            }
            _ => {}
        }
    }
}

fn with_value(name: &str, value: &str, label: &str) -> String {
    if value.is_empty() { format!("{name} of {label}") } else { format!("{name}={value} of {label}") }
}

/// What a change of an H.264 profile or level means.
fn read_out(name: &str, was: &Item<'_, '_>, is: &Item<'_, '_>) -> String {
    match was.codec.h264().zip(is.codec.h264()).filter(|_| name == "profile-level-id") {
        Some((was, is)) => {
            let of = |h264: H264| {
                format!("{} {}", h264.profile.map_or("unknown profile", Profile::name), h264.level)
            };
            format!(" ({} -> {})", of(was), of(is))
        }
        None => String::new(),
    }
}

/// Of codecs that both have: which feedback came and went, and for which.
fn feedback(
    texts: [&Text<'_>; 2],
    sections: [&Section<'_>; 2],
    items: [&[Item<'_, '_>]; 2],
    both: &[(usize, usize)],
    changes: &mut Vec<Change>,
) {
    // For each kind of feedback the pairs that have it, a bit each: payload types are 128 at most.
    let mut masks: BTreeMap<String, [(u128, u32); 2]> = BTreeMap::new();
    for side in [0, 1] {
        let mut add = |feedback: &str, line: u32, mask: u128| {
            let words = feedback.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
            let known = &mut masks.entry(words).or_default()[side];
            *known = (known.0 | mask, if known.1 == 0 { line } else { known.1 });
        };
        for feedback in sections[side].feedback_for_all() {
            let all = if both.len() >= 128 { u128::MAX } else { (1 << both.len()) - 1 };
            add(&feedback.feedback, super::line(texts[side], feedback.format.span), all);
        }
        for (bit, (was, is)) in both.iter().enumerate() {
            let item = &items[side][if side == 0 { *was } else { *is }];
            for feedback in &item.codec.feedback {
                add(&feedback.feedback, super::line(texts[side], feedback.format.span), 1 << bit);
            }
        }
    }
    for (feedback, [was, is]) in masks {
        for (mask, side, line) in [(was.0 & !is.0, 0, was.1), (is.0 & !was.0, 1, is.1)] {
            let mut of: Vec<&Item<'_, '_>> = both
                .iter()
                .enumerate()
                .filter(|(bit, _)| mask >> bit & 1 == 1)
                .map(|(_, (was, is))| &items[side][if side == 0 { *was } else { *is }])
                .collect();
            if of.is_empty() {
                continue;
            }
            of.sort_unstable_by_key(|item| item.number);
            let labels = of.iter().map(|item| item.label.as_str()).collect::<Vec<_>>().join(", ");
            let whom = match of.len() == both.len() && of.len() > 1 {
                true => "every codec".to_owned(),
                false => labels.clone(),
            };
            let (subject, value) = (format!("{feedback} for {whom}"), Was::new(labels, line));
            changes.push(match side {
                0 => Change::removed(Topic::Feedback, subject, value),
                _ => Change::added(Topic::Feedback, subject, value),
            });
        }
    }
}
