//! Dumps made up for what the collected ones lack; `testdata/sdp/source` has them.

use rtcscope::sdp::source::dump::{Format, Munged, Side, State, What};
use rtcscope::sdp::source::{self, About, Kind, Shape};

#[test]
fn rtcstats_gives_back_the_sections_that_it_left_out() {
    let sources = source::find(include_bytes!("../../testdata/sdp/source/rtcstats-v3.jsonl"));
    let dump = sources.dump.expect("a dump");
    assert_eq!(dump.format, Format::RtcstatsDump);
    assert_eq!(dump.url.as_deref(), Some("https://example.com/room"));
    let [connection] = &dump.connections[..] else { panic!("{:?}", dump.connections) };
    assert!(
        connection.configuration.as_deref().is_some_and(|text| !text.contains("hunter2")),
        "{connection:?}"
    );
    let texts: Vec<&[u8]> = sources.documents.iter().map(|document| document.text.as_slice()).collect();
    let kinds: Vec<_> = sources.documents.iter().map(|document| (document.kind, document.restored)).collect();
    assert_eq!(
        kinds,
        [
            (Kind::Offer, false),
            (Kind::Offer, true),
            (Kind::Answer, false),
            (Kind::Offer, true),
            (Kind::Offer, true)
        ]
    );
    assert_eq!(texts[0], texts[1]);
    let changed = String::from_utf8_lossy(texts[3]).into_owned();
    assert_eq!(changed, String::from_utf8_lossy(texts[0]).replace("a=sendrecv", "a=inactive"));
    let sets: Vec<_> = connection
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Description { side, document, munged, .. } => Some((*side, *document, *munged)),
            _ => None,
        })
        .collect();
    assert_eq!(
        sets,
        [
            (Side::Created, Some(0), None),
            (Side::Local, Some(1), Some(Munged::No { created: 0 })),
            (Side::Remote, Some(2), None),
            (Side::Created, Some(3), None),
            (Side::Local, Some(4), Some(Munged::Yes { created: 3, line: 14, added: 1, removed: 1 })),
        ]
    );
    assert_eq!(connection.events[0].time_ms, Some(1_758_602_115_670.0));
    assert_eq!(connection.events[1].time_ms, Some(1_758_602_115_680.0));
    assert!(sources.notes.iter().any(|note| note.about == About::Restored), "{:?}", sources.notes);
}

#[test]
fn the_prose_of_2014_reads_like_the_json_of_today() {
    let old = source::find(include_bytes!("../../testdata/sdp/source/internals-2014.json"));
    let new = source::find(include_bytes!("../../testdata/sdp/source/internals-2026.json"));
    for sources in [&old, &new] {
        assert_eq!(sources.shape, Shape::WebrtcInternals);
        let dump = sources.dump.as_ref().expect("a dump");
        let events = &dump.connections[0].events;
        let whats: Vec<String> = events
            .iter()
            .map(|event| match &event.what {
                What::Description { side, kind, munged, .. } => {
                    format!("{side:?} {} {munged:?}", kind.name())
                }
                What::Candidate { local, candidate } => {
                    format!("{local} {:?} {:?} {:?}", candidate.mid, candidate.m_line, candidate.is_end())
                }
                What::State { of: State::Signaling, to } => to.clone(),
                What::Failure { message } => format!("failed: {message}"),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(
            whats,
            [
                "Created offer None",
                "Local offer Some(Reordered { created: 0 })",
                "have-local-offer",
                "true Some(\"audio\") Some(0) false",
                "Remote answer None",
                "failed: Failed to set remote answer sdp",
            ]
        );
        assert!(!format!("{dump:?}").contains("hunter2"));
    }
    assert_eq!(old.documents.len(), new.documents.len());
    for (old, new) in old.documents.iter().zip(&new.documents) {
        assert_eq!((&old.text, old.kind), (&new.text, new.kind));
    }
    let first =
        |sources: &source::Sources| sources.dump.as_ref().map(|dump| dump.connections[0].events[0].clone());
    let (old, new) = (first(&old).expect("an event"), first(&new).expect("an event"));
    assert_eq!((old.time_ms, old.time_text.as_deref()), (None, Some("12/11/2014, 10:46:48 AM")));
    assert_eq!((new.time_ms, new.time_text), (Some(1_770_000_000_000.1), None));
}

#[test]
fn firefox_tells_who_set_what() {
    for bytes in [
        &include_bytes!("../../testdata/sdp/source/about-webrtc.json")[..],
        &include_bytes!("../../testdata/sdp/source/about-webrtc.html")[..],
    ] {
        let sources = source::find(bytes);
        let mut kinds: Vec<_> = sources.documents.iter().map(|document| document.kind.name()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["answer", "offer"], "{:?}", sources.documents);
    }
    let sources = source::find(include_bytes!("../../testdata/sdp/source/about-webrtc.json"));
    let dump = sources.dump.expect("a dump");
    assert_eq!((sources.shape, dump.format), (Shape::AboutWebrtc, Format::AboutWebrtc));
    assert_eq!(dump.connections[0].url.as_deref(), Some("https://example.com/call"));
}
