use super::*;
use crate::sdp::source;

const OFFER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\n\
    a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:13 CN/8000\r\n\
    a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97  102 103\t98 99\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:* ccm fir\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
    a=rtpmap:102 H264/90000\r\na=fmtp:102 profile-level-id=42e01f;packetization-mode=1\r\na=rtpmap:103 rtx/90000\r\n\
    a=fmtp:103 apt=102\r\na=rid:h send pt=96,98;max-width=640\r\na=rid:l send pt=98\r\na=rtpmap:98 VP9/90000\r\n\
    a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n";

fn plan(change: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = Plan::default();
    change(&mut plan);
    plan
}

fn codecs(names: &[&str]) -> Vec<CodecName> {
    names.iter().map(|name| CodecName::from_arg(name).unwrap()).collect()
}

fn rewrite(sdp: &str, plan: &Plan) -> Result<String, Refusal> {
    let text = Text::from_bytes(sdp.as_bytes());
    let edits = edits(&Session::from_text(&text), plan)?;
    let once = String::from_utf8(edit::apply(sdp.as_bytes(), &edits)).unwrap();
    let text = Text::from_bytes(once.as_bytes());
    let again = super::edits(&Session::from_text(&text), plan).unwrap();
    assert_eq!(again, [], "a second time there is nothing to change:\n{once}");
    Ok(once)
}

/// The lines that go and come: `-` and `+`.
#[track_caller]
fn check(plan: &Plan, expected: &[&str]) {
    let result = rewrite(OFFER, plan).unwrap();
    let (before, after): (Vec<_>, Vec<_>) =
        (OFFER.split_inclusive("\r\n").collect(), result.split_inclusive("\r\n").collect());
    let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("-{}", line.trim_end()));
    let come = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+{}", line.trim_end()));
    assert_eq!(gone.chain(come).collect::<Vec<_>>(), expected);
    let stay = before.iter().filter(|line| after.contains(line));
    assert!(stay.eq(after.iter().filter(|line| before.contains(line))), "the rest keeps its order");
}

#[test]
fn a_preferred_codec_comes_first_with_what_belongs_to_it() {
    check(
        &plan(|plan| plan.prefer = codecs(&["H264", "vp9"])),
        &[
            "-m=video 9 UDP/TLS/RTP/SAVPF 96 97  102 103\t98 99",
            "+m=video 9 UDP/TLS/RTP/SAVPF 102 103  98 99\t96 97",
        ],
    );
    check(
        &plan(|plan| plan.prefer = codecs(&["PCMU", "opus"])),
        &[
            "-m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0 13 110 126",
            "+m=audio 9 UDP/TLS/RTP/SAVPF 0 63 111 13 110 126",
        ],
    );
    check(&plan(|plan| plan.prefer = codecs(&["VP8"])), &[]);
}

#[test]
fn a_removed_codec_takes_along_what_is_said_of_it() {
    check(
        &plan(|plan| plan.remove = codecs(&["VP8", "VP9"])),
        &[
            "-m=video 9 UDP/TLS/RTP/SAVPF 96 97  102 103\t98 99",
            "-a=rtpmap:96 VP8/90000",
            "-a=rtcp-fb:96 nack",
            "-a=rtpmap:97 rtx/90000",
            "-a=fmtp:97 apt=96",
            "-a=rid:h send pt=96,98;max-width=640",
            "-a=rid:l send pt=98",
            "-a=rtpmap:98 VP9/90000",
            "-a=rtpmap:99 rtx/90000",
            "-a=fmtp:99 apt=98",
            "+m=video 9 UDP/TLS/RTP/SAVPF 102 103",
            "+a=rid:h send max-width=640",
            "+a=rid:l send",
        ],
    );
    check(
        &plan(|plan| plan.remove = codecs(&["opus"])),
        &[
            "-m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0 13 110 126",
            "-a=rtpmap:63 red/48000/2",
            "-a=fmtp:63 111/111",
            "-a=rtpmap:111 opus/48000/2",
            "-a=rtpmap:110 telephone-event/48000",
            "+m=audio 9 UDP/TLS/RTP/SAVPF 0 13 126",
        ],
    );
}

#[test]
fn only_one_codec_stays_where_it_is_and_other_m_lines_are_left_alone() {
    check(
        &plan(|plan| plan.only = codecs(&["opus"])),
        &[
            "-m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0 13 110 126",
            "-a=rtpmap:13 CN/8000",
            "-a=rtpmap:126 telephone-event/8000",
            "+m=audio 9 UDP/TLS/RTP/SAVPF 63 111 110",
        ],
    );
}

#[test]
fn a_red_that_carries_another_codec_too_stays_with_that() {
    let sdp = "v=0\nm=audio 9 RTP/AVP 96 8 0\na=rtpmap:96 red/8000\na=fmtp:96 0/8/5\n";
    let result = rewrite(sdp, &plan(|plan| plan.remove = codecs(&["pcmu"]))).unwrap();
    assert_eq!(result, "v=0\nm=audio 9 RTP/AVP 96 8\na=rtpmap:96 red/8000\na=fmtp:96 8/5\n");
}

#[test]
fn an_m_line_without_a_codec_is_refused_and_a_rejected_one_left_alone() {
    let everything = plan(|plan| plan.remove = codecs(&["VP8", "VP9", "H264"]));
    let Err(Refusal::NoCodecLeft { index, kind, present }) = rewrite(OFFER, &everything) else {
        panic!("there is nothing left")
    };
    assert_eq!((index, &*kind, &*present[0]), (1, "video", "VP8/90000 (96)"));
    let rejected = OFFER.replace("m=video 9", "m=video 0");
    assert_eq!(rewrite(&rejected, &everything).as_deref(), Ok(&*rejected));
    let text = Text::from_bytes(rejected.as_bytes());
    assert_eq!(everything.unknown_codecs(&Session::from_text(&text)).len(), 3);
}

#[test]
fn a_bandwidth_is_changed_where_it_is_and_added_where_it_belongs() {
    let limit = plan(|plan| plan.bandwidth = vec![Scope::with_bitrate("video=1500500").unwrap()]);
    check(&limit, &["+b=AS:1501", "+b=TIAS:1500500"]);
    let result = rewrite(OFFER, &limit).unwrap();
    assert!(result.contains("c=IN IP4 0.0.0.0\r\nb=AS:1501\r\nb=TIAS:1500500\r\na=mid:1\r\n"), "{result}");
    for (before, after) in [("b=AS:500", "b=AS:1501"), ("b=RS:0\nb=TIAS: 5 ", "b=RS:0\nb=TIAS: 1500500 ")] {
        let [before, after] = [before, after].map(|b| format!("m=video 9 X 0\n{b}\na=mid:1"));
        assert_eq!(rewrite(&before, &limit), Ok(after));
    }
    assert_eq!(rewrite("m=video 9 X 0", &limit).unwrap(), "m=video 9 X 0\r\nb=AS:1501\r\nb=TIAS:1500500");
    let bare = rewrite("v=0\rm=video 9 X 0\ra=x\r", &limit).unwrap();
    assert_eq!(bare, "v=0\rm=video 9 X 0\rb=AS:1501\rb=TIAS:1500500\ra=x\r");
}

#[test]
fn a_direction_is_changed_where_it_is_and_added_where_another_counts() {
    let to = |arg: &str| plan(|plan| plan.direction = vec![Scope::with_direction(arg).unwrap()]);
    check(&to("audio=recvonly"), &["-a=sendrecv", "+a=recvonly"]);
    check(&to("1=inactive"), &["+a=inactive"]);
    check(&to("video=sendrecv"), &[]);
    let result = rewrite(OFFER, &to("1=inactive")).unwrap();
    assert!(result.ends_with("a=fmtp:99 apt=98\r\na=inactive\r\n"), "{result}");
    let above = "a=sendonly\nm=video 9 X 0\n\n";
    assert_eq!(rewrite(above, &to("video=sendrecv")).unwrap(), "a=sendonly\nm=video 9 X 0\na=sendrecv\n\n");
    let last = plan(|plan| {
        plan.remove = codecs(&["VP9"]);
        plan.direction = vec![Scope::with_direction("1=inactive").unwrap()];
    });
    let result = rewrite(OFFER, &last).unwrap();
    assert!(result.ends_with("a=rid:l send\r\na=inactive\r\n"), "{result}");
}

/// What becomes of an input in which the offer stands.
fn carry(input: &[u8], plan: &Plan) -> Option<Vec<u8>> {
    let documents = source::find(input).documents;
    let rewritten: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| {
            let text = Text::from_bytes(&document.text);
            Rewritten::of(index, document, edits(&Session::from_text(&text), plan).unwrap())
        })
        .collect();
    assert!(!rewritten.is_empty());
    carried(input, &documents, &rewritten)
}

#[test]
fn what_stands_around_a_description_stays_as_it_is() {
    let several = plan(|plan| {
        plan.remove = codecs(&["VP9", "PCMU"]);
        plan.bandwidth = vec![Scope::with_bitrate("video=1M").unwrap()];
        plan.direction = vec![Scope::with_direction("audio=recvonly").unwrap()];
    });
    let after = rewrite(OFFER, &several).unwrap();
    let json = |sdp: &str| {
        format!("{{\"sdp\": {},\n \"type\" : \"offer\", \"x\": 1}}\n", serde_json::to_string(sdp).unwrap())
    };
    let twice = |sdp: &str| format!("got: {} !", serde_json::to_string(&json(sdp)).unwrap());
    let quoted = |sdp: &str| {
        format!(
            "Hello,\n\n{}\nBye\n",
            sdp.replace("\r\n", "\n").lines().map(|l| format!("> {l}\n")).collect::<String>()
        )
    };
    let joined = |sdp: &str| {
        let lines: Vec<_> = sdp.lines().map(|line| format!("\"{line}\\r\\n\"")).collect();
        format!("let sdp = {};\n", lines.join(" +\n    "))
    };
    let sip = |sdp: &str| {
        let length = sdp.len();
        format!(
            "INVITE sip:b@h.test SIP/2.0\r\nCall-ID: 1\r\nContent-Type: application/sdp\r\nContent-Length:  {length} \r\n\r\n{sdp}"
        )
    };
    let raw = |sdp: &str| sdp.to_owned();
    type Form<'f> = (&'f str, &'f dyn Fn(&str) -> String);
    let forms: [Form<'_>; 6] = [
        ("raw", &raw),
        ("json", &json),
        ("twice", &twice),
        ("quoted", &quoted),
        ("joined", &joined),
        ("sip", &sip),
    ];
    for (name, form) in forms {
        let result = carry(form(OFFER).as_bytes(), &several).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(result.as_deref(), Some(&*form(&after)), "{name}");
        assert_eq!(
            carry(form(OFFER).as_bytes(), &Plan::default()).unwrap(),
            form(OFFER).as_bytes(),
            "{name}"
        );
    }
}

#[test]
fn what_has_no_place_in_the_input_is_not_changed_there() {
    use base64::Engine as _;
    let packed = base64::engine::general_purpose::STANDARD.encode(OFFER);
    let remove = plan(|plan| plan.remove = codecs(&["VP9"]));
    assert_eq!(carry(packed.as_bytes(), &remove), None);
    assert_eq!(carry(packed.as_bytes(), &Plan::default()).unwrap(), packed.as_bytes());
}

#[test]
fn a_new_fault_is_told_once() {
    let before = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    let after = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nt=0 0\r\n";
    assert_eq!(new_faults(before, before, source::Kind::Offer), []);
    let faults = new_faults(before, after, source::Kind::Offer);
    assert_eq!(faults.iter().map(|fault| fault.name).collect::<Vec<_>>(), ["session-required"]);
    assert_eq!(new_faults(after, before, source::Kind::Offer), []);
}
