//! How an m-line is reached and kept secret: port, ICE, DTLS, with what it inherits.

use std::collections::BTreeSet;

use super::change::{Change, Topic, Was};
use super::{Both, line};
use crate::sdp::attribute::Fingerprint;
use crate::sdp::session::{Media, Section, Session};
use crate::sdp::text::{Span, Text};

pub(super) fn compare(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(protocol(both, media));
    changes.extend(port(both, media));
    changes.extend(address(both, media));
    changes.extend(direction(both, media));
    changes.extend(ice(both, media));
    changes.extend(ice_options(both, media));
    changes.extend(fingerprints(both, media));
    changes.extend(setup(both, media));
    changes.extend(tls_id(both, media));
    changes
}

fn own_line(text: &Text<'_>, media: Media<'_, '_>) -> u32 {
    line(text, media.line().value.span)
}

fn each<T>(mut of: impl FnMut(usize) -> T) -> [T; 2] {
    [of(0), of(1)]
}

fn protocol(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let values = each(|side| {
        let protocol = media[side].line().protocol.map_or("none", |protocol| protocol.value);
        (protocol.to_owned(), own_line(both.texts[side], media[side]))
    });
    Change::value(Topic::Protocol, "", values)
}

fn port(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let values = each(|side| {
        let m_line = media[side].line();
        let port = match (m_line.port, m_line.ports) {
            (Some(port), Some(ports)) => format!("{port}/{ports}"),
            (Some(port), None) => port.to_string(),
            (None, _) => "unreadable".to_owned(),
        };
        (port, own_line(both.texts[side], media[side]))
    });
    Change::value(Topic::Port, "", values)
}

/// Those of the session count where there are none.
fn address(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let values = each(|side| {
        let own = &media[side].section().connections;
        let all = if own.is_empty() { &both.sessions[side].head().connections } else { own };
        let text = both.texts[side];
        let at =
            all.first().map_or_else(|| own_line(text, media[side]), |first| line(text, first.network.span));
        // The sort of address shows.
        let said: Vec<&str> = all.iter().map(|connection| connection.address.value).collect();
        (if said.is_empty() { "none".to_owned() } else { said.join(", ") }, at)
    });
    Change::value(Topic::Address, "", values)
}

fn direction(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    if media.iter().any(|media| media.line().is_data_channel()) {
        return None;
    }
    let values = each(|side| {
        let own = media[side].section().direction();
        let span = own.or_else(|| both.sessions[side].head().direction()).map(|direction| direction.span);
        let at =
            span.map_or_else(|| own_line(both.texts[side], media[side]), |span| line(both.texts[side], span));
        (media[side].direction().as_str().to_owned(), at)
    });
    let mut change = Change::value(Topic::Direction, "", values)?;
    let [was, is] = media.map(Media::direction);
    let said = match (was.sends(), is.sends(), was.receives(), is.receives()) {
        (true, false, true, false) => "neither sends nor receives any more",
        (false, true, false, true) => "sends and receives now",
        (true, false, false, true) => "receives now in place of sending",
        (false, true, true, false) => "sends now in place of receiving",
        (true, false, ..) => "no longer sends",
        (false, true, ..) => "sends now",
        (.., true, false) => "no longer receives",
        _ => "receives now",
    };
    change.message = format!("{}: this side {said}", change.message);
    Some(change)
}

/// Passwords are compared, and never shown.
fn ice(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let [was, is] = media.map(|media| {
        (
            media.ice_ufrag().map(|(ufrag, _)| ufrag),
            media.ice_pwd().map(|(pwd, _)| (pwd.expose(), pwd.span())),
        )
    });
    let place = |side: usize, ufrag: Option<Span>, pwd: Option<Span>| {
        ufrag.or(pwd).map_or(0, |span| line(both.texts[side], span))
    };
    let lines = each(|side| {
        let (ufrag, pwd) = if side == 0 { was } else { is };
        place(side, ufrag.map(|word| word.span), pwd.map(|(_, span)| span))
    });
    let value = |side: usize, ufrag: Option<&str>| match ufrag {
        Some(ufrag) => Was::new(ufrag, lines[side]),
        None => Was::hidden(lines[side]),
    };
    let names = [was, is].map(|(ufrag, _)| ufrag.map(|word| word.value));
    let keys = [was, is].map(|(_, pwd)| pwd.map(|(value, _)| value));
    let shown = names.map(|name| name.unwrap_or("none"));
    let empty = |side: usize| names[side].is_none() && keys[side].is_none();
    let message = match (names[0] == names[1], keys[0] == keys[1]) {
        (true, true) => return None,
        _ if empty(0) => {
            let subject = format!("credentials (ufrag {})", shown[1]);
            return Some(Change::added(Topic::Ice, subject, value(1, names[1])));
        }
        _ if empty(1) => {
            let subject = format!("credentials (ufrag {})", shown[0]);
            return Some(Change::removed(Topic::Ice, subject, value(0, names[0])));
        }
        (false, false) => {
            let known = names[1].zip(keys[1]).is_some_and(|new| both.old_credentials.contains(&new));
            let what = match (known, both.is_later) {
                (true, _) => "takes over the transport of another m-line",
                (false, true) => "ICE restart",
                (false, false) => "other credentials",
            };
            format!("{what}: ufrag {} -> {}, password changed", shown[0], shown[1])
        }
        (false, true) => {
            let half = if both.is_later { "half a restart: " } else { "" };
            format!("{half}ufrag {} -> {}, password as it was", shown[0], shown[1])
        }
        (true, false) => {
            let half = if both.is_later { "half a restart: " } else { "" };
            format!("{half}password changed, ufrag {} as it was", shown[1])
        }
    };
    let values = [value(0, names[0]), value(1, names[1])];
    Some(Change::changed(Topic::Ice, "credentials", values, message))
}

fn ice_options(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let found = media.map(|media| {
        let (options, _) = media.inherited(Section::ice_options)?;
        let mut words: Vec<&str> = options.options.iter().map(|word| word.value).collect();
        words.sort_unstable();
        words.dedup();
        Some((words.join(" "), options.options.first()?.span))
    });
    let [was, is] = &found;
    let borrowed = [was, is].map(|found| found.as_ref().map(|(text, span)| (text.as_str(), *span)));
    one(both, Topic::IceOptions, borrowed)
}

type Print = (String, String);

fn print(print: &Fingerprint<'_>) -> Print {
    (print.hash.to_ascii_lowercase(), print.value.to_ascii_uppercase())
}

fn fingerprints(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Vec<Change> {
    let sections = media.map(|media| media.fingerprints().map(|(section, _)| section));
    // Most inherit from the same two sections.
    let places = sections.map(|section| section.map(|section| section.index));
    let mut known = both.fingerprints.borrow_mut();
    let changes = known.entry(places).or_insert_with(|| {
        let prints = sections.map(|section| {
            section
                .map(|section| section.fingerprints().map(print).collect::<BTreeSet<_>>())
                .unwrap_or_default()
        });
        let at = |side: usize| {
            let first = sections[side].and_then(|section| section.fingerprints().next());
            first.map_or(0, |first| line(both.texts[side], first.hash.span))
        };
        let gone: Vec<&Print> = prints[0].difference(&prints[1]).collect();
        let new: Vec<&Print> = prints[1].difference(&prints[0]).collect();
        let value = |print: &Print, side: usize| Was::new(format!("{} {}", print.0, print.1), at(side));
        match (&gone[..], &new[..]) {
            ([was], [is]) => {
                let message = format!("{} -> {}", short(was), short(is));
                vec![Change::changed(Topic::Fingerprint, "", [value(was, 0), value(is, 1)], message)]
            }
            (gone, new) => {
                let gone =
                    gone.iter().map(|was| Change::removed(Topic::Fingerprint, short(was), value(was, 0)));
                let new = new.iter().map(|is| Change::added(Topic::Fingerprint, short(is), value(is, 1)));
                gone.chain(new).collect()
            }
        }
    });
    changes.clone()
}

/// The first and the last bytes, which is what people compare.
fn short((hash, value): &Print) -> String {
    match value.len() > 29 && value.is_ascii() {
        true => format!("{hash} {}…{}", &value[..11], &value[value.len() - 5..]),
        false => format!("{hash} {value}"),
    }
}

fn setup(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let found = media.map(|media| media.setup().map(|(setup, _)| (setup.value.as_str(), setup.span)));
    one(both, Topic::Setup, found)
}

fn tls_id(both: &Both<'_, '_>, media: [Media<'_, '_>; 2]) -> Option<Change> {
    let found = media.map(|media| media.inherited(Section::tls_id).map(|(word, _)| (word.value, word.span)));
    one(both, Topic::TlsId, found)
}

fn one(both: &Both<'_, '_>, topic: Topic, found: [Option<(&str, Span)>; 2]) -> Option<Change> {
    let was = |side: usize, (value, span): (&str, Span)| Was::new(value, line(both.texts[side], span));
    match found {
        [Some(from), Some(to)] if from.0 != to.0 => {
            let message = format!("{} -> {}", from.0, to.0);
            Some(Change::changed(topic, "", [was(0, from), was(1, to)], message))
        }
        [Some(from), None] => Some(Change::removed(topic, from.0, was(0, from))),
        [None, Some(to)] => Some(Change::added(topic, to.0, was(1, to))),
        _ => None,
    }
}

/// The pairs of `ice-ufrag` and `ice-pwd` that count somewhere.
pub(super) fn credentials<'t>(session: &Session<'t>) -> std::collections::HashSet<(&'t str, &'t str)> {
    let each = session.media();
    each.filter_map(|media| Some((media.ice_ufrag()?.0.value, media.ice_pwd()?.0.expose()))).collect()
}
