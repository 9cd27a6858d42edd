//! The shared collection of real inputs, where `RTCSCOPE_CORPUS` says that it is.

use std::path::{Path, PathBuf};

use rtcscope::sdp::source::dump::{Munged, Side, What};
use rtcscope::sdp::source::{self, Kind, Shape};

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("RTCSCOPE_CORPUS").map(|root| PathBuf::from(root).join("sdp"));
    if root.is_none() {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set");
    }
    root
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut files: Vec<_> = paths
        .map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), read(&path)))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("the file can be read")
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

#[test]
fn every_wrapping_gives_the_same_lines() {
    let Some(root) = corpus() else { return };
    let expected = lines(&std::fs::read(root.join("pairs/mut-ok-offer.sdp")).unwrap());
    let mut whole = 0;
    for (name, bytes) in files(&root.join("formats")) {
        let sources = source::find(&bytes);
        match name.as_str() {
            "trickle-candidate-line.txt" => assert_eq!(sources.candidates.len(), 1, "{sources:?}"),
            "whip-patch-sdpfrag.txt" => {
                assert_eq!((sources.documents.len(), sources.documents[0].kind), (1, Kind::Sdpfrag));
            }
            _ => {
                whole += 1;
                assert!(!sources.documents.is_empty(), "{name}: {sources:?}");
                for document in &sources.documents {
                    assert_eq!(lines(&document.text), expected, "{name}");
                }
            }
        }
    }
    assert_eq!(whole, 13);
}

#[test]
fn every_file_of_sdp_is_taken_as_it_is() {
    let Some(root) = corpus() else { return };
    let mut count = 0;
    for (name, bytes) in files(&root.join("sdp")).into_iter().chain(files(&root.join("pairs"))) {
        let sources = source::find(&bytes);
        assert_eq!(sources.documents.len(), 1, "{name}: {:?}", sources.notes);
        assert_eq!(sources.documents[0].verbatim(), Some(0..bytes.len()), "{name}");
        assert_eq!(sources.shape, Shape::Sdp, "{name}");
        count += 1;
    }
    assert!(count > 150, "{count}");
}

#[test]
fn dumps_give_their_descriptions_or_say_why_there_are_none() {
    let Some(root) = corpus() else { return };
    let expected = [
        ("rtcstats-gumonly.jsonl", Shape::Rtcstats, 0, 0, "only 4 other events"),
        ("rtcstats-server-chrome-relay", Shape::Rtcstats, 1, 0, "4 descriptions"),
        (
            "rtcstats-server-chrome-standard-pc-reconnect",
            Shape::Rtcstats,
            4,
            0,
            "left out when it was recorded",
        ),
        ("rtcstats-server-chrome96-standard-stats-p2p-add-transceiver", Shape::Rtcstats, 2, 0, "left out"),
        ("rtcstats-server-firefox97-standard-stats-sfu", Shape::Rtcstats, 1, 0, "left out"),
        ("rtcstats-server-google-legacy-screenshare-msessions", Shape::Rtcstats, 2, 35, ""),
        ("rtcstats-server-google-legacy-stats-p2p", Shape::Rtcstats, 2, 24, ""),
        ("rtcstats-server-google-legacy-stats-sfu", Shape::Rtcstats, 2, 5, ""),
        ("rtcstats-server-google-standard-stats-p2p", Shape::Rtcstats, 2, 26, ""),
        ("rtcstats-server-safari-relay", Shape::Rtcstats, 1, 0, "left out"),
        ("str0m-chrome-sdp.json", Shape::Json, 0, 1, ""),
    ];
    let files = files(&root.join("dumps"));
    assert_eq!(files.len(), expected.len());
    for ((name, bytes), (expected_name, shape, connections, documents, why)) in
        files.into_iter().zip(expected)
    {
        assert_eq!(name, expected_name);
        let sources = source::find(&bytes);
        let found = sources.dump.as_ref().map_or(0, |dump| dump.connections.len());
        assert_eq!(
            (sources.shape, found, sources.documents.len()),
            (shape, connections, documents),
            "{name}"
        );
        assert!(sources.why_none().unwrap_or_default().contains(why), "{name}: {:?}", sources.notes);
        assert_eq!(sources.why_none().is_some(), documents == 0, "{name}");
        for document in &sources.documents {
            assert!(document.text.starts_with(b"v=0\r\n"), "{name}: {document:?}");
            if let (Some(at), Some(dump)) = (document.in_dump, &sources.dump) {
                let event = &dump.connections[at.connection].events[at.event];
                let is_this = |index: usize| std::ptr::eq(&sources.documents[index], document);
                assert!(
                    matches!(event.what, What::Description { document: Some(index), .. } if is_this(index)),
                    "{event:?}"
                );
                assert!(event.time_ms.is_some_and(|time| time > 1.5e12), "{event:?}");
                let place = event.place.unwrap();
                assert_eq!(document.place(0).unwrap().line, place.line, "{name}");
            }
        }
    }
}

#[test]
fn what_jitsi_changes_before_it_sets_it_is_seen() {
    let Some(root) = corpus() else { return };
    let bytes = std::fs::read(root.join("dumps/rtcstats-server-google-legacy-stats-sfu")).unwrap();
    let dump = source::find(&bytes).dump.unwrap();
    let munged: Vec<_> = dump
        .connections
        .iter()
        .flat_map(|connection| &connection.events)
        .filter_map(|event| match &event.what {
            What::Description { munged, side: Side::Local, .. } => *munged,
            _ => None,
        })
        .collect();
    assert_eq!(munged[0], Munged::Yes { created: 0, line: 5, added: 2, removed: 2 });
}
