//! What is known of each attribute: where it may stand, what it says, and which RFC says so.

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Where it may stand.
    pub level: Level,
    /// Where it is defined; empty where only drafts did.
    pub reference: &'static str,
    /// What it says, to be read after its line.
    pub meaning: &'static str,
}

/// Where an attribute may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Before the first m-line only.
    Session,
    /// In the section of an m-line only.
    Media,
    /// At either level.
    Both,
}

/// The attribute `name`.
pub fn known(name: &str) -> Option<&'static Known> {
    KNOWN.binary_search_by_key(&name, |known| known.name).ok().map(|index| &KNOWN[index])
}

/// Sorted by name.
pub static KNOWN: &[Known] = &[
    row(
        "bundle-only",
        Level::Media,
        "RFC 9143 §6",
        "used only as part of its BUNDLE group, whose transport it shares",
    ),
    row("candidate", Level::Media, "RFC 8839 §5.1", "an address at which a peer can try to reach this side"),
    row("cat", Level::Session, "RFC 8866 §6.1", "a category"),
    row("charset", Level::Session, "RFC 8866 §6.10", "the character set of names"),
    row("connection", Level::Both, "RFC 4145 §5", "whether a connection is new or kept"),
    row("content", Level::Media, "RFC 4796", "what the media shows or says"),
    row("crypto", Level::Media, "RFC 4568 §4", "SRTP keys in the description itself, which WebRTC forbids"),
    row("end-of-candidates", Level::Both, "RFC 8840 §8", "no further candidates will follow"),
    row("extmap", Level::Both, "RFC 8285 §5", "the number of an RTP header extension"),
    row(
        "extmap-allow-mixed",
        Level::Both,
        "RFC 8285 §6",
        "header extensions of one and of two bytes may be mixed",
    ),
    row(
        "fingerprint",
        Level::Both,
        "RFC 8122 §5",
        "the hash of the certificate that this side shows in the DTLS handshake",
    ),
    row("fmtp", Level::Media, "RFC 8866 §6.15", "parameters of a payload type"),
    row("framerate", Level::Media, "RFC 8866 §6.13", "pictures a second, at most"),
    row("group", Level::Session, "RFC 5888 §5", "m-lines that belong together"),
    row("ice-lite", Level::Session, "RFC 8839 §5.3", "this side only answers connectivity checks (ICE lite)"),
    row(
        "ice-mismatch",
        Level::Media,
        "RFC 8839 §5.3",
        "the addresses offered did not fit the candidates, so ICE is not used",
    ),
    row(
        "ice-options",
        Level::Both,
        "RFC 8839 §5.6",
        "what this side can do in ICE; trickle: candidates may follow later",
    ),
    row("ice-pwd", Level::Both, "RFC 8839 §5.4", "password that proves connectivity checks"),
    row(
        "ice-ufrag",
        Level::Both,
        "RFC 8839 §5.4",
        "short name of this side in connectivity checks; a new one restarts ICE",
    ),
    row("imageattr", Level::Media, "RFC 6236 §3", "sizes of pictures"),
    row("inactive", Level::Both, "RFC 8866 §6.7.4", "no media either way"),
    row("keywds", Level::Session, "RFC 8866 §6.2", "key words"),
    row("label", Level::Media, "RFC 4574", "a name for this m-line that applications use"),
    row("lang", Level::Both, "RFC 8866 §6.12", "the language of the media"),
    row(
        "max-message-size",
        Level::Media,
        "RFC 8841 §6",
        "bytes of the largest data channel message that this side takes",
    ),
    row("maxptime", Level::Media, "RFC 8866 §6.5", "ms of audio in a packet, at most"),
    row("mid", Level::Media, "RFC 5888 §4", "the name of this m-line"),
    row("msid", Level::Media, "RFC 8830 §2", "the stream and track that this m-line sends"),
    row("msid-semantic", Level::Session, "", "streams by an old draft of RFC 8830; of no effect today"),
    row("orient", Level::Media, "RFC 8866 §6.8", "how a whiteboard or presentation is turned"),
    row("ptime", Level::Media, "RFC 8866 §6.4", "ms of audio in a packet"),
    row("quality", Level::Media, "RFC 8866 §6.14", "the quality of pictures that is wanted"),
    row("recvonly", Level::Both, "RFC 8866 §6.7.1", "this side only receives"),
    row(
        "remote-candidates",
        Level::Media,
        "RFC 8839 §5.2",
        "the candidates of the other side that were chosen",
    ),
    row("rid", Level::Media, "RFC 8851 §4", "the name of one stream of several of one source"),
    row("rtcp", Level::Media, "RFC 3605 §2.1", "where RTCP goes without rtcp-mux"),
    row("rtcp-fb", Level::Media, "RFC 4585 §4.2", "feedback that may be sent about a payload type"),
    row("rtcp-mux", Level::Media, "RFC 5761 §5.1.3", "RTCP shares the port of RTP"),
    row("rtcp-mux-only", Level::Media, "RFC 8858 §3", "RTCP shares the port of RTP, and there is no other"),
    row("rtcp-rsize", Level::Media, "RFC 5506 §5", "RTCP packets may be of reduced size"),
    row("rtpmap", Level::Media, "RFC 8866 §6.6", "the codec of a payload type"),
    row("sctp-port", Level::Media, "RFC 8841 §5", "the SCTP port of the data channels"),
    row("sctpmap", Level::Media, "", "data channels by an old draft of RFC 8841"),
    row("sdplang", Level::Both, "RFC 8866 §6.11", "the language of this description"),
    row("sendonly", Level::Both, "RFC 8866 §6.7.3", "this side only sends"),
    row("sendrecv", Level::Both, "RFC 8866 §6.7.2", "this side sends and receives"),
    row("setup", Level::Both, "RFC 4145 §4", "who begins the DTLS handshake"),
    row("simulcast", Level::Media, "RFC 8853 §5.1", "several encodings of one source at once"),
    row("ssrc", Level::Media, "RFC 5576 §4.1", "a source that sends, and one fact of it"),
    row("ssrc-group", Level::Media, "RFC 5576 §4.2", "sources that belong together"),
    row("tls-id", Level::Both, "RFC 8842 §5", "the name of a DTLS association; a new one starts over"),
    row("tool", Level::Session, "RFC 8866 §6.3", "the program that made this"),
    row("type", Level::Session, "RFC 8866 §6.9", "the kind of conference"),
];

const fn row(name: &'static str, level: Level, reference: &'static str, meaning: &'static str) -> Known {
    Known { name, level, reference, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_name_is_found() {
        assert!(KNOWN.is_sorted_by(|a, b| a.name < b.name));
        assert!(KNOWN.iter().all(|row| known(row.name) == Some(row)));
        assert_eq!(known("x-google-flag"), None);
    }
}
