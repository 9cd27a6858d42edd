//! What Chromium says when it refuses a description, and which rules say the same.

/// Words of a sentence, and the codes of the rules that are about the same fault. The first that fits counts.
const SENTENCES: &[(&str, &[&str])] = &[
    ("Expect line: v=", &["SDP101"]),
    ("Expect line: ", &["SDP102", "SDP103", "SDP105"]),
    ("Expects m line", &["SDP102", "SDP103"]),
    ("Expects 6 fields", &["SDP104"]),
    ("Failed to parse the address type", &["SDP102"]),
    ("Invalid SDP line", &["SDP102", "SDP103"]),
    ("Invalid value", &["SDP102", "SDP107"]),
    ("Invalid attribute value", &["SDP102"]),
    ("Expected format", &["SDP102"]),
    ("Failed to get the value of attribute", &["SDP102"]),
    ("The address type is mismatching", &["SDP102"]),
    ("can't be used with sctpmap", &["SDP616"]),
    ("Illegal character found in the value of mid", &["SDP102"]),
    ("Failed to parse group tag", &["SDP102"]),
    ("Expects at least 4 fields", &["SDP107"]),
    ("The port number is invalid", &["SDP107"]),
    ("Duplicate  payload type with conflicting codec name", &["SDP202"]),
    ("Failed to parse codecs correctly", &["SDP203", "SDP204"]),
    ("used an invalid payload type", &["SDP205"]),
    ("description send parameters", &["SDP207"]),
    ("without DTLS fingerprint", &["SDP301"]),
    ("Failed to apply remote fingerprint", &["SDP302"]),
    ("Failed to create fingerprint from the digest", &["SDP302", "SDP303"]),
    ("Answerer must use either active or passive", &["SDP307"]),
    ("Offerer must use actpass", &["SDP308"]),
    ("without ice-ufrag and ice-pwd", &["SDP401"]),
    ("ICE ufrag must", &["SDP402"]),
    ("ICE pwd must", &["SDP403"]),
    ("Expect at least 8 fields", &["SDP408"]),
    ("matching no m= section", &["SDP501"]),
    ("Duplicate a=mid value", &["SDP502", "SDP503"]),
    ("that is already in a BUNDLE group", &["SDP509"]),
    ("The order of m-lines in subsequent offer", &["SDP710"]),
    ("that was not in the offered group", &["SDP505"]),
    ("rtcp-mux must be enabled", &["SDP601"]),
    ("codec collision for header extension", &["SDP604"]),
    ("either all session level or all media level", &["SDP620"]),
    ("Extension ID is not in valid range", &["SDP605"]),
    ("in msid attribute", &["SDP613"]),
    ("Expected a stream ID and optionally a track ID", &["SDP613"]),
    ("The order of m-lines in answer", &["SDP701", "SDP702", "SDP703"]),
    ("Incompatible receive direction", &["SDP706"]),
];

/// The codes of the rules that say the same; none for a sentence that no rule has.
pub(crate) fn codes(sentence: &str) -> &'static [&'static str] {
    SENTENCES.iter().find(|(words, _)| sentence.contains(words)).map_or(&[], |(_, codes)| codes)
}
