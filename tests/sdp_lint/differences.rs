//! Where Chromium and our rules do not say the same of a description, and who is right.

/// Descriptions about which we and the browser do not say the same.
pub(crate) struct Difference {
    /// From `testdata/sdp` or from the corpus.
    pub(crate) files: &'static [&'static str],
    /// Our code, if the browser accepts them; some of its words, if we have no error, or another one.
    pub(crate) what: &'static str,
    /// Why, in one sentence.
    pub(crate) why: &'static str,
}

/// Sorted by what they have in common: first what the browser accepts, by code, then what it refuses.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        files: &["lint/SDP101/bad-3.sdp"],
        what: "SDP101",
        why: "RFC 9429 §5.8.1 has no version but 0; libwebrtc looks for the line, and not at its number",
    },
    Difference {
        files: &["lint/SDP210/bad-2.sdp"],
        what: "SDP210",
        why: "RFC 7587 §7 has no opus but 48000/2; libwebrtc leaves the bad ones out and goes on with the good one",
    },
    Difference {
        files: &[
            "lint/SDP214/bad-answer.sdp",
            "lint/SDP214/bad-2-answer.sdp",
            "pairs/mut-h264-profile-mismatch-answer.sdp",
        ],
        what: "SDP214",
        why: "RFC 6184 §8.2.2 forbids it; libwebrtc does not compare, sends what the answer lists and expects what it offered",
    },
    Difference {
        files: &["lint/SDP215/bad-answer.sdp"],
        what: "SDP215",
        why: "RFC 6184 §8.2.2 forbids it; libwebrtc does not compare, sends what the answer lists and expects what it offered",
    },
    Difference {
        files: &["lint/SDP222/bad-2-answer.sdp"],
        what: "SDP222",
        why: "libwebrtc does not compare the lists, and has nothing to send or to play then: no media is our error",
    },
    Difference {
        files: &["lint/SDP223/bad-answer.sdp", "pairs/mut-pt-same-number-other-codec-answer.sdp"],
        what: "SDP223",
        why: "libwebrtc sends what the answer calls by that number; who follows RFC 3264 §6.1 cannot tell which is meant",
    },
    Difference {
        files: &[
            "lint/SDP304/bad-offer.sdp",
            "lint/SDP304/bad-2-answer.sdp",
            "lint/SDP304/bad-3.sdp",
            "sdp/sdp-jingle-json-sdp-03bf8e.sdp",
            "sdp/webrtc-peerconnection-go-test-f8cef4.sdp",
        ],
        what: "SDP304",
        why: "RFC 8842 §5.2 demands a=setup; libwebrtc takes a role of its own where there is none, as old peers had none",
    },
    Difference {
        files: &["lint/SDP404/bad-answer.sdp"],
        what: "SDP404",
        why: "libwebrtc compares no credentials; it is the connection that fails, when each takes the other for itself",
    },
    Difference {
        files: &["lint/SDP405/bad-2-newer.sdp", "lint/SDP405/bad-newer.sdp"],
        what: "SDP405",
        why: "RFC 8839 §4.4.1.1.1 has both change; libwebrtc takes one new value for a restart as well",
    },
    Difference {
        files: &["lint/SDP711/bad-newer.sdp"],
        what: "SDP711",
        why: "RFC 3264 §8.3.2 forbids it; libwebrtc goes by the latest offer, and decodes what is under way as the new codec",
    },
    Difference {
        files: &["lint/SDP504/bad-answer.sdp", "pairs/mut-rejected-mline-in-bundle-answer.sdp"],
        what: "SDP504",
        why: "RFC 9143 §7.3.3 forbids it; libwebrtc does not use a rejected m-line, in whatever group it is",
    },
    Difference {
        files: &[
            "lint/SDP506/bad.sdp",
            "lint/SDP506/bad-2.sdp",
            "lint/SDP506/bad-3.sdp",
            "lint/SDP506/bad-4.sdp",
            "sdp/twilio-video-js-issue8329-2ebc4c.sdp",
        ],
        what: "SDP506",
        why: "RFC 9143 §9.1.1 forbids it; libwebrtc has a sentence against it, but Chromium 156 takes it, from itself too",
    },
    Difference {
        files: &["lint/SDP606/bad-answer.sdp", "pairs/mut-extmap-id-remapped-answer.sdp"],
        what: "SDP606",
        why: "RFC 8285 §7 forbids it; libwebrtc takes the numbers of the answer for what it sends",
    },
    Difference {
        files: &["lint/SDP607/bad-answer.sdp", "pairs/mut-extmap-not-offered-answer.sdp"],
        what: "SDP607",
        why: "RFC 8285 §7 forbids it; libwebrtc passes over extensions that it does not know or did not offer",
    },
    Difference {
        files: &[
            "lint/SDP608/bad-answer.sdp",
            "lint/SDP608/bad-offer.sdp",
            "pairs/mut-simulcast-unknown-rid-answer.sdp",
        ],
        what: "SDP608",
        why: "RFC 8853 §5.1 demands the a=rid; libwebrtc goes on with the other layers",
    },
    Difference {
        files: &["lint/SDP610/bad-answer.sdp"],
        what: "SDP610",
        why: "RFC 8851 §6 has the answer turn it round; libwebrtc does not compare the directions",
    },
    Difference {
        files: &["lint/SDP617/bad.sdp", "lint/SDP617/bad-2.sdp"],
        what: "SDP617",
        why: "RFC 8841 §5 has no port by default; libwebrtc assumes 5000",
    },
    Difference {
        files: &["lint/SDP704/bad-answer.sdp", "pairs/mut-proto-mismatch-answer.sdp"],
        what: "SDP704",
        why: "RFC 3264 §6 demands the same transport; libwebrtc reads every profile of RTP alike if there is a fingerprint",
    },
    Difference {
        files: &[
            "broken.sdp",
            "lint/SDP103/bad.sdp",
            "lint/SDP103/bad-2.sdp",
            "lint/SDP104/bad.sdp",
            "lint/SDP104/bad-2.sdp",
            "lint/SDP105/bad.sdp",
            "lint/SDP105/bad-2.sdp",
            "sdp/sdp-transform-normal-cf5e92.sdp",
        ],
        what: "Expect",
        why: "telephones, cameras and who talks to them read on: a warning; an error where WebRTC is spoken (bad-3, bad-5)",
    },
    Difference {
        files: &["lint/SDP102/bad-4.sdp"],
        what: "Invalid value: 101",
        why: "CR CR LF is a warning in what is not WebRTC, and an error in what is (bad-9)",
    },
    Difference {
        files: &["lint/SDP620/bad-2.sdp"],
        what: "The a=extmap MUST be either all session level or all media level",
        why: "a warning in what is not WebRTC, and an error in what is (bad)",
    },
    Difference {
        files: &["lint/SDP204/bad-2.sdp"],
        what: "Failed to parse codecs correctly",
        why: "telephones leave lines of codecs behind: a warning; an error where WebRTC is spoken (bad)",
    },
    Difference {
        files: &["lint/SDP102/bad-2.sdp", "sdp/sdp-transform-sctp-dtls-26-e5314f.sdp"],
        what: "Invalid SDP line",
        why: "libwebrtc does not read a last line without its end, which is what copying loses first: a remark",
    },
    Difference {
        files: &["lint/SDP102/good-2.sdp"],
        what: "i= front door",
        why: "RFC 8866 §9 has any text after i=, blanks too; libwebrtc allows a blank there after s= alone",
    },
    Difference {
        files: &["lint/SDP107/good.sdp"],
        what: "The port number is invalid",
        why: "RFC 8866 §5.14 has a number of ports after the port; libwebrtc knows of one",
    },
    Difference {
        files: &["lint/SDP206/good.sdp"],
        what: "Duplicate statically assigned payload type",
        why: "telephones write G729A for G729, which is the same to all who read it; libwebrtc compares the letters",
    },
    Difference {
        files: &["lint/SDP220/good-2.sdp", "lint/SDP304/good-2.sdp"],
        what: "Multicast is not currently supported",
        why: "RFC 8866 §5.7 has groups for addresses; browsers send to one peer",
    },
    Difference {
        files: &["lint/SDP206/bad-2.sdp"],
        what: "Duplicate statically assigned payload type",
        why: "RFC 3551 §6 assigns the number, but nowhere has a peer refuse another meaning: a warning",
    },
    Difference {
        files: &["lint/SDP219/bad.sdp"],
        what: "Failed to parse codecs correctly",
        why: "nothing but feedback for a codec that is gone: libwebrtc of today refuses it, older ones and others pass over it",
    },
    Difference {
        files: &["lint/SDP308/good-answer.sdp"],
        what: "Offerer must use actpass",
        why: "RFC 8842 §5.2 allows other roles in later offers; libwebrtc makes no such offer, and does not go on after one",
    },
    Difference {
        files: &["lint/SDP309/bad-3-newer.sdp"],
        what: "Offerer must use current negotiated role",
        why: "a role of before that was turned round: what the peer answered then counts, which no offer tells: a warning",
    },
    Difference {
        files: &["lint/SDP710/bad-3-newer.sdp"],
        what: "The order of m-lines in subsequent offer",
        why: "the place is free if the answer rejected the m-line, which two offers do not tell: a warning",
    },
    Difference {
        files: &["lint/SDP408/bad-2.sdp"],
        what: "Unsupported candidate type",
        why: "RFC 8839 §5.1 leaves room for other types, which peers ignore; libwebrtc knows four, and refuses the rest: a warning",
    },
    Difference {
        files: &[
            "lint/SDP508/bad-offer.sdp",
            "lint/SDP508/good-offer.sdp",
            "lint/SDP601/good-answer.sdp",
            "lint/SDP601/good-data-answer.sdp",
            "lint/SDP601/good-offer.sdp",
            "sdp/webrtc-sdp-test-92352c.sdp",
            "sdp/webrtc-sdp-test-d0fee7.sdp",
        ],
        what: "rtcp-mux must be enabled when BUNDLE is enabled",
        why: "RFC 9143 §7.1.3 has rtcp-mux taken from the first m-line of the group; libwebrtc wants it in each",
    },
    Difference {
        files: &["lint/SDP601/bad-2.sdp"],
        what: "RTCP-MUX is not enabled when it is required",
        why: "without BUNDLE it is the peer's policy: `require` is what browsers have unless an application says `negotiate`",
    },
    Difference {
        files: &["lint/SDP604/good-2-offer.sdp", "lint/SDP605/good-offer.sdp", "lint/SDP605/bad-answer.sdp"],
        what: "Extension ID is not in valid range",
        why: "RFC 8285 §7 has offers number alternatives from 4096 on; libwebrtc does not know of it",
    },
    Difference {
        files: &[
            "lint/SDP612/bad.sdp",
            "lint/SDP612/bad-2.sdp",
            "pairs/jitsi-planb-p2p-2-offer.sdp",
            "sdp/semantic-sdp-js-simulcast-mix-48530d.sdp",
            "sdp/semantic-sdp-js-unify-f03e4c.sdp",
        ],
        what: "track",
        why: "the form that Chrome wrote until 2022 is right for peers of that time: a warning",
    },
    Difference {
        files: &["lint/SDP615/bad.sdp"],
        what: "Failed to add remote stream ssrc",
        why: "libwebrtc refuses it in this place and takes it in others, and a=ssrc is a hint only: a warning",
    },
    Difference {
        files: &["lint/SDP622/bad-offer.sdp", "lint/SDP702/bad-2-answer.sdp", "lint/SDP702/bad-2-offer.sdp"],
        what: "Duplicate a=msid lines detected",
        why: "RFC 8830 does not forbid one track in two m-lines, and others take it: a warning (SDP622)",
    },
    Difference {
        files: &[
            "lint/SDP621/bad-offer.sdp",
            "sdp/rtcstats-server-firefox-standard-stats-sfu-7999c7.sdp",
            "sdp/rtcstats-server-firefox-standard-stats-sfu-bcd20d.sdp",
        ],
        what: "does not negotiate the RID RTP header extension",
        why: "RFC 8853 §5.5 has the extension as SHOULD, and Firefox does without: a warning (SDP621)",
    },
];

/// Answers to which Chromium does not say what `sdp negotiate` predicts, and why.
pub(crate) const UNPREDICTED: &[(&str, &str)] = &[];
