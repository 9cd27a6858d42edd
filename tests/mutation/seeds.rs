//! Good input to start from: vectors of RFC 5769, a whole conversation of our client with our server,
//! URIs, server lists, the certificates of `testdata/tls`, the dumps of `testdata/sdp`, and a capture.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtcscope::analyze::demux::{Class, class};
use rtcscope::capture::{Decoder, Reader, Section};
use rtcscope::dtls::{Handshake, Offer};
use rtcscope::server::{self, Server, Transport};
use rtcscope::stun::{Message, attribute};
use rtcscope::turn::credentials::{Credentials, Secret};
use rtcscope::turn::{Allocate, Client, Event, Output, Request, Settings};

/// The seeds of one target.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "capture" => vec![CAPTURE.to_vec(), CAPTURE[..4000].to_vec()],
        "stun_message" => {
            RFC_5769.iter().map(|hex| bytes(hex)).chain(conversation()).chain([BUILT.to_vec()]).collect()
        }
        "stun_explain" => {
            let messages: Vec<_> = RFC_5769.iter().map(|hex| bytes(hex)).chain(conversation()).collect();
            let texts = PASTED.iter().map(|text| text.as_bytes().to_vec());
            let hex = RFC_5769.iter().map(|hex| hex.as_bytes().to_vec());
            texts.chain(hex).chain([messages.concat()]).chain(messages.clone()).collect()
        }
        "recording" => {
            let conversation = conversation();
            let stream = conversation.concat();
            conversation.into_iter().chain([stream, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]).collect()
        }
        "turn_stream" => {
            let conversation = conversation();
            let stream = conversation.concat();
            let read = RFC_5769.iter().map(|hex| bytes(hex)).chain(conversation).chain([stream]);
            read.chain(scripts()).collect()
        }
        "server_uri" => URIS.iter().map(|uri| uri.as_bytes().to_vec()).collect(),
        "ice_servers" => SERVERS.iter().map(|json| json.as_bytes().to_vec()).collect(),
        "certificate" => CERTIFICATES.iter().map(|der| der.to_vec()).collect(),
        "sdp" => DESCRIPTIONS.iter().map(|sdp| sdp.to_vec()).collect(),
        "sdp_source" => SOURCES.iter().map(|text| text.to_vec()).collect(),
        "dtls_client" => flights(),
        "turnserver_conf" => CONFS.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "link" => links(),
        "rtp" => RTP.iter().map(|hex| bytes(hex)).chain(from_capture(|class| class == Class::Rtp)).collect(),
        "rtcp" => {
            RTCP.iter().map(|hex| bytes(hex)).chain(from_capture(|class| class == Class::Rtcp)).collect()
        }
        "dtls_records" => handshakes(),
        "sctp" => SCTP.iter().map(|hex| bytes(hex)).collect(),
        "keys" => {
            KEYS.iter().map(|text| text.as_bytes().to_vec()).chain(RTP.iter().map(|hex| bytes(hex))).collect()
        }
        "plan" => PLANS.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "http" => HEADS.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "analyze" => CALLS.iter().map(|hex| bytes(hex)).collect(),
        "arguments" => TYPED.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "pcapng" => PACKETS.iter().map(|hex| bytes(hex)).collect(),
        "server" => SERVED.iter().map(|hex| bytes(hex)).collect(),
        "sdp_views" => pairs(),
        other => panic!("no seeds for {other}"),
    }
}

/// The recorded flight as it came, and as one without a cookie would.
fn flights() -> Vec<Vec<u8>> {
    let recorded = include_str!("../../testdata/dtls/coturn_rsa_flight.hex");
    let datagrams: Vec<Vec<u8>> = recorded.lines().map(bytes).collect();
    let framed = |datagrams: &[Vec<u8>]| -> Vec<u8> {
        let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("a datagram").to_be_bytes();
        datagrams.iter().flat_map(|bytes| [&length(bytes)[..], bytes].concat()).collect()
    };
    vec![framed(&datagrams), framed(&datagrams[1..]), framed(&datagrams[..2])]
}

/// RFC 5769 §2.1 to §2.4.
const RFC_5769: [&str; 4] = [
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74\
     002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020\
     000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220\
     002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220\
     002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed41\
     80280004c8fb0b4c",
    "000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000\
     0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341000b6578616d706c652e6f726700\
     00080014f67024656dd64a3e02b8e0712e85c9a28ca89666",
];

/// What people paste.
const PASTED: [&str; 5] = [
    "0000  00 01 00 08 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86   ....!..B.....4..\n\
     0010  fa 87 df ae 80 22 00 04 74 65 73 74               .....\"..test\n",
    "00000000: 0001 0008 2112 a442 b7e7 a701 bc34 d686  ....!..B.....4..\n\
     00000010: fa87 dfae 8022 0004 7465 7374            .....\"..test\n",
    "unsigned char packet[] = {\n0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42, // head\n0x1, 2 };",
    "AAEACCESpEK356cBvDTWhvqH366AIgAEdGVzdA==",
    "\\x40\\x00\\x00\\x01\\x61",
];

const URIS: [&str; 9] = [
    "stun:stun.example.org",
    "stuns:stun.example.org:5349",
    "turn:turn.example.org?transport=tcp",
    "turn:198.51.100.1:3478?transport=udp",
    "turns:[2001:db8::1]:443?transport=tcp",
    "turn:[::ffff:198.51.100.1]",
    "turn.example.org:3478",
    "stun+tls:example.org",
    "turn:alice:secret@turn.example.org",
];

const SERVERS: [&str; 5] = [
    r#"[{"urls": "stun:stun.example.org"}]"#,
    r#"{"iceServers": [{"urls": ["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org"],
        "username": "1800000000:alice", "credential": "c2VjcmV0"}], "iceTransportPolicy": "relay"}"#,
    r#"[{"urls": "turn:a", "username": "kid", "credentialType": "oauth", "credential": {"macKey": "a2V5", "accessToken": "dG9rZW4="}}]"#,
    r#"{"status": "ok", "v": {"iceServers": {"url": "turn:198.51.100.1", "username": "a", "credential": "b"}}}"#,
    r#"{"iceServers": [{"urls": 7}, {"urls": []}, {"username": "nobody"}]}"#,
];

const CERTIFICATES: [&[u8]; 4] = [
    include_bytes!("../../testdata/tls/ca.der"),
    include_bytes!("../../testdata/tls/expired.der"),
    include_bytes!("../../testdata/tls/leaf.der"),
    include_bytes!("../../testdata/tls/rsa.der"),
];

const CAPTURE: &[u8] = include_bytes!("../../testdata/capture/call.pcap");

const DESCRIPTIONS: [&[u8]; 5] = [
    include_bytes!("../../testdata/sdp/offer.sdp"),
    include_bytes!("../../testdata/sdp/broken.sdp"),
    b"m=video 9 RTP/SAVPF 97\na=imageattr:97 send [x=800,y=640,sar=1.1,q=0.6] recv *\na=simulcast: send rid=a,~b;c recv d\n",
    b"v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA|2^20\r\nm=audio 9 RTP/AVPF 0 0 127\na=ssrc-group:FID 1 2\n",
    b"\xef\xbb\xbfv=0\ra =mid: x\r\r\n> a=ssrc:1 msid:a b\n\xff\0=\na=rid:x send pt=1,2;max-fps=3\na=sctpmap:5000 x 9",
];

/// Two good ones, and one with what is hard to cut.
const CONFS: [&str; 3] = [
    include_str!("../../testdata/turnserver/users.conf"),
    include_str!("../../testdata/turnserver/secret.conf"),
    "\u{feff}realm=\"a \"\r\nuser='b':0xZ\nstatic-auth-secret=hunter2 \t\nuser=é:hunter2\n172.26.7.151\nno-udp # x\n\
     max-bps=1M\nexternal-ip=10.0.0.1/\nexternal-ip=x\ndenied-peer-ip=10.0.0.0/8\ndenied-peer-ip=fc00::-1\nhunter2\n\
     min-port 65535\nmax-port=1\n==\n\0\n\"\ncli-password=\"hunter2 \"\n",
];

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |b: u8| char::from(b).to_digit(16).expect("a hexadecimal digit") as u8;
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// What `targets::stun_message` builds a message of: an empty attribute 0x8020 before a 0x0020 of one byte.
const BUILT: &[u8] =
    &[2, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2, 0x80, 0x20, 0, 0, 0x20, 1, 9, 0, 1, 2, 3, 4];

/// What `targets::turn_stream` reads as a play: an allocation that is challenged and then granted, refused,
/// granted with a wrong key, unsigned, or not answered; over datagrams and streams.
fn scripts() -> Vec<Vec<u8>> {
    const START_ALLOCATE: &[u8] = &[0, 1];
    // An error response with ERROR-CODE 401, REALM `r`, NONCE `n`, and nothing behind it.
    const CHALLENGE: &[u8] = &[2, 1, 3, 3, 0, 0, 0, 8, 1, b'r', 9, 1, b'n', 1];
    // The same with 438 and without REALM.
    const STALE: &[u8] = &[2, 1, 2, 3, 0, 0, 1, 9, 1, b'm', 1];
    const UNSIGNED: &[u8] = &[2, 0, 0, 1];
    const WAIT: &[u8] = &[3, 0x10, 0];
    let signed = |key: &[u8]| [&[2, 0, 1, 2, key.len() as u8], key, &[1]].concat();
    let right = Credentials::password("alice", Secret::new("wonder".to_owned())).key("r");
    let (granted, forged) = (signed(&right), signed(b"another"));
    let plays: [&[&[u8]]; 7] = [
        &[CHALLENGE, &granted, &[0, 3, 0, 1, 0, 198, 51, 100, 11, 0, 80], &granted],
        &[CHALLENGE, STALE, STALE, &granted, WAIT],
        &[CHALLENGE, CHALLENGE, CHALLENGE, WAIT],
        &[CHALLENGE, STALE, STALE, STALE, STALE, STALE, STALE, STALE, STALE, WAIT],
        &[CHALLENGE, &forged, WAIT, &granted],
        &[CHALLENGE, UNSIGNED, WAIT],
        &[WAIT, UNSIGNED, &forged],
    ];
    let settings = [[0, 0x13, 0x88], [1, 0x13, 0x88], [2, 0x13, 0x88]];
    let script = |settings: &[u8], play: &[&[u8]]| [settings, START_ALLOCATE, &play.concat()].concat();
    settings.iter().flat_map(|settings| plays.map(|play| script(settings, play))).collect()
}

/// Everything that our client and our server say to each other from Binding to release, over TCP, so
/// that ChannelData is padded.
pub(crate) fn conversation() -> Vec<Vec<u8>> {
    let now = Instant::now();
    let (name, password) = server::Settings::USER;
    let settings = Settings {
        stream: true,
        credentials: Some(Credentials::password(name, Secret::new(password.to_owned()))),
        timeout: Duration::from_secs(5),
        seed: [5; 32],
    };
    let address: SocketAddr = "198.51.100.10:40000".parse().expect("an address");
    let peer: SocketAddr = "198.51.100.11:50000".parse().expect("an address");
    let mut talk = Talk {
        client: Client::new(settings),
        server: Server::new(server::Settings::default(), [9; 32], now),
        from: server::Client { transport: Transport::Tcp, address },
        now,
        relay: "198.51.100.1:49160".parse().expect("an address"),
        said: Vec::new(),
    };
    for request in [
        Request::Binding,
        Request::Allocate(Allocate::default()),
        Request::CreatePermission(vec![peer.ip()]),
        Request::ChannelBind { number: 0x4000, peer },
    ] {
        let granted = talk.ask(request);
        assert!(granted.attribute(attribute::ERROR_CODE).is_none());
    }
    for length in [0, 5, 160] {
        let sent = talk.client.data(peer, &vec![b'x'; length]).expect("short enough");
        talk.said.push(sent);
        talk.server.handle_peer(talk.relay, peer, &vec![b'y'; length], now);
        talk.deliver();
    }
    talk.ask(Request::Refresh { lifetime: 600 });
    talk.ask(Request::Refresh { lifetime: 0 });
    talk.said
}

struct Talk {
    client: Client,
    server: Server,
    from: server::Client,
    now: Instant,
    relay: SocketAddr,
    said: Vec<Vec<u8>>,
}

impl Talk {
    fn ask(&mut self, request: Request) -> Message {
        let id = self.client.start(self.now, request);
        loop {
            match self.client.poll(self.now) {
                Output::Transmit(bytes) => {
                    self.server.handle_client(self.from, &bytes, self.now, 1_800_000_000);
                    self.said.push(bytes);
                    self.deliver();
                }
                Output::Event(Event::Answer(answer)) if answer.request == id => {
                    return answer.success().expect("our server grants what our client asks").clone();
                }
                Output::Event(_) => {}
                Output::Wait(_) | Output::Idle => panic!("our server is silent"),
            }
        }
    }

    /// Carries what the server wants out, as its driver does.
    fn deliver(&mut self) {
        let mut outputs = VecDeque::new();
        while let Some(output) = outputs.pop_front().or_else(|| self.server.poll_output()) {
            match output {
                server::Output::ToClient { data, .. } => {
                    self.client.handle_input(self.now, &data);
                    self.said.push(data);
                }
                server::Output::OpenRelay { client, family, .. } => {
                    self.server.relay_opened(client, family, Ok(self.relay), self.now);
                }
                server::Output::ToPeer { .. } | server::Output::CloseRelay { .. } => {}
            }
            outputs.extend(self.server.poll_output());
        }
    }
}

/// Wrappings of SDP.
const SOURCES: [&[u8]; 14] = [
    include_bytes!("../../testdata/sdp/source/rtcstats-v3.jsonl"),
    include_bytes!("../../testdata/sdp/source/internals-2014.json"),
    include_bytes!("../../testdata/sdp/source/internals-2026.json"),
    include_bytes!("../../testdata/sdp/source/about-webrtc.json"),
    include_bytes!("../../testdata/sdp/source/about-webrtc.html"),
    b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n",
    b"> v=0\n> o=-\n>\n> s=-\n\n```\nv=0\no=1\n```\n10:00 v=0\n10:01 o=-\n",
    br#"{"type":"offer","sdp":"v=0\r\no=-\r\ns=\u00e9\ud83d\ude00\r\n"} {"candidate":"","sdpMid":"0"}"#,
    br#"let s = "v=0\r\n" + 'x' + "o=-"; t = "v=0\\r\\no=-"; ['v=0', 'o=-'] v=0\r\no=-\r\n"#,
    b"INVITE sip:a SIP/2.0\r\nc: multipart/mixed;boundary=x\r\nl: 60\r\n\r\n--x\r\nc: application/sdp\r\n\r\nv=0\r\no=-\r\n--x--",
    b"POST /w HTTP/1.1\r\nContent-Type: application/sdp\r\nContent-Length: 12\r\n\r\nv=0\r\no=-\r\nHTTP/1.1 201 OK\r\n\r\nv=0\r\no=-\r\n",
    b"dj0wDQpvPS0gMSAxIElOIElQNCAwLjAuMC4wDQpzPS0NCnQ9MCAwDQptPWF1ZGlvIDkgUlRQL0FWUCAwDQo=",
    b"sdp=v%3D0%0D%0Ao%3D-+1&x=%7B",
    b"a=ice-ufrag:a\r\nm=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 1.2.3.4 5 typ host\r\na=end-of-candidates\r\n",
];

/// The payloads of the capture that are of a class: the first few.
fn from_capture(wanted: fn(Class) -> bool) -> Vec<Vec<u8>> {
    let mut reader = Reader::new(CAPTURE).expect("a capture");
    let (mut decoder, mut found) = (Decoder::new(0), Vec::new());
    let mut take = |section: Section<'_>| {
        let Section::Record(record) = section else { return };
        let Some(datagram) = decoder.datagram(&record) else { return };
        if found.len() < 6 && wanted(class(datagram.payload, datagram.length())) {
            found.push(datagram.payload.to_vec());
        }
    };
    while reader.next(&mut take).is_none() {}
    found
}

/// Packets as `targets::capture::link` reads them: behind each link layer, in tunnels, in fragments, in words of ICMP.
fn links() -> Vec<Vec<u8>> {
    const UDP: &str = "1388177000100000 8000000100000001";
    let v4 = |protocol: u8, flags: &str, payload: &[u8]| {
        let mut ip = bytes(&format!(
            "4500 {:04x} 0007 {flags} 40{protocol:02x} 0000 c0000201 c6336401",
            20 + payload.len()
        ));
        ip.extend_from_slice(payload);
        ip
    };
    let v6 = |next: &str, payload: &[u8]| {
        let mut ip =
            bytes(&format!("60000000 {:04x} {next}40 20010db8{:024x} 20010db8{:024x}", payload.len(), 1, 2));
        ip.extend_from_slice(payload);
        ip
    };
    let udp = bytes(UDP);
    let to_port = |port: u16, payload: &[u8]| {
        let length = payload.len() + 8;
        [&bytes(&format!("1388 {port:04x} {length:04x} 0000"))[..], payload].concat()
    };
    let whole = v4(17, "0000", &udp);
    let ethernet = |ethertype: &str, payload: &[u8]| [&[2; 12], &bytes(ethertype)[..], payload].concat();
    let record = |choice: u8, data: &[u8]| {
        let length = u16::try_from(data.len()).expect("a packet").to_be_bytes();
        [&[choice | 0x80], &length[..], data].concat()
    };
    let tcp = bytes("1388 1770 00000001 00000002 5018 ffff 0000 0000 0001 0008");
    let quoted = [&bytes("0303 0000 00000000")[..], &whole].concat();
    let tag = |kind: u16, value: &[u8]| {
        [&kind.to_be_bytes()[..], &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let pdu = [
        tag(12, b"stun-udp"),
        tag(20, &[192, 0, 2, 1]),
        tag(21, &[198, 51, 100, 1]),
        tag(24, &[0, 0, 0, 3]),
        tag(25, &[0, 0, 0x13, 0x88]),
        tag(26, &[0, 0, 0x17, 0x70]),
        tag(0, &[]),
        b"payload".to_vec(),
    ]
    .concat();
    let wifi = [&bytes("8801")[..], &[0; 24], &bytes("aaaa03000000 0800"), &whole].concat();
    let geneve = [&bytes("0100 6558 00000700 00000000")[..], &ethernet("0800", &whole)].concat();
    let gtp = [&bytes("36ff 0010 00000001 0000 00 85 01000000 00")[..], &whole].concat();
    let vxlan = [&bytes("08000000 00000700")[..], &ethernet("0800", &whole)].concat();
    let fragments = [
        record(9, &v4(17, "2000", &udp[..8])),
        record(9, &v4(17, "0001", &udp[8..])),
        record(9, &v6("2c", &[&bytes("1100 0001 00000009")[..], &udp[..8]].concat())),
        record(9, &v6("2c", &[&bytes("1100 0008 00000009")[..], &udp[8..]].concat())),
    ];
    vec![
        record(0, &ethernet("0800", &whole)),
        record(0, &ethernet("8100 0005 86dd", &v6("11", &udp))),
        record(0, &ethernet("8847 00010040 00020140", &whole)),
        record(0, &ethernet("8864 11000001 0012 0021", &whole)),
        record(1, &[&bytes("0f00 0800")[..], &whole].concat()),
        record(2, &[&[0; 14], &bytes("0800")[..], &whole].concat()),
        record(3, &[&bytes("0800")[..], &[0; 18], &whole].concat()),
        record(4, &[&bytes("02000000")[..], &whole].concat()),
        record(6, &[&bytes("ff03 0021")[..], &whole].concat()),
        record(11, &wifi),
        record(12, &[&bytes("0000 0800 00000000")[..], &wifi].concat()),
        record(14, &pdu),
        record(9, &v4(6, "4000", &tcp)),
        record(9, &v4(1, "0000", &quoted)),
        record(9, &v4(47, "0000", &[&bytes("3000 0800 00000001 00000002")[..], &whole].concat())),
        record(9, &v4(4, "0000", &whole)),
        record(9, &v4(17, "0000", &to_port(4789, &vxlan))),
        record(9, &v4(17, "0000", &to_port(6081, &geneve))),
        record(9, &v4(17, "0000", &to_port(2152, &gtp))),
        record(9, &v6("00", &[&bytes("3c00 000000000000 1100 000000000000")[..], &udp].concat())),
        fragments.concat(),
        [&[0x49, 20][..], &whole[..20], &[0, 8]].concat(),
    ]
}

/// The recorded flight with what a client says before it, each datagram behind its length and its side.
fn handshakes() -> Vec<Vec<u8>> {
    let offer = Offer { server_name: None, alpn: Some(b"stun.turn".to_vec()), random: [7; 32] };
    let mut client = Handshake::new(Arc::new(rustls::crypto::ring::default_provider()), offer);
    let now = Instant::now();
    let mut said: Vec<(bool, Vec<u8>)> = Vec::new();
    let recorded = include_str!("../../testdata/dtls/coturn_rsa_flight.hex");
    for datagram in recorded.lines().map(bytes) {
        if let rtcscope::dtls::Output::Transmit(flight) = client.poll(now) {
            said.push((true, flight));
        }
        client.handle_input(&datagram);
        said.push((false, datagram));
    }
    if let rtcscope::dtls::Output::Transmit(flight) = client.poll(now) {
        said.push((true, flight));
    }
    let framed = |said: &[(bool, Vec<u8>)]| -> Vec<u8> {
        let one = |(ours, datagram): &(bool, Vec<u8>)| {
            let length = u16::try_from(datagram.len()).expect("a datagram") | if *ours { 0 } else { 0x8000 };
            [&length.to_be_bytes()[..], datagram].concat()
        };
        said.iter().flat_map(one).collect()
    };
    let records = |hex: &str| [&(bytes(hex).len() as u16).to_be_bytes()[..], &bytes(hex)].concat();
    vec![
        framed(&said),
        framed(&said[1..]),
        // A ChangeCipherSpec, an alert, data, short headers of DTLS 1.3.
        records("14fefd 0000 000000000003 0001 01 15fefd 0000 000000000004 0002 0228"),
        records("17fefd 0001 000000000001 0018 000102030405060708090a0b0c0d0e0f1011121314151617"),
        records("2e0001 0010 000102030405060708090a0b0c0d0e0f"),
    ]
}

const RTP: [&str; 4] = [
    "806f1234 000003c0 deadbeef 0102030405",
    "b1ef1234 000003c0 deadbeef 00000007 bede0002 10aa2201020330 00 01020304 02",
    "9060ffff ffffffff 00000001 10000003 0102aabb 00000003 04010203 0000",
    "90e00001 00000000 00000001 bede0005 1030 323039 40ff fffe 510102 62060000 7200a028 0d",
];

const RTCP: [&str; 8] = [
    "80c80006 00000001 e0000000 80000000 00000001 00000002 00000003 81ca0006 00000001 010c 757365724065782e6d706c00 0000",
    "81c90007 00000001 00000002 40ffffff 00010002 00000003 00000004 00000005 81cb0003 00000001 03 627965 00000000",
    "81cd0003 00000001 00000002 1234ffff 81ce0002 00000001 00000002 84ce0004 00000001 00000000 00000002 07000000",
    "8fcd0005 00000001 00000002 00010007 00000a01 2007 0401 0203 0000",
    "8fcd0006 00000001 00000002 00010015 00000a01 bfff 6001 01020304 05060708",
    "8fce0005 00000001 00000000 52454d42 0106ffff 00000002 83cd0004 00000001 00000000 00000002 1c84e200",
    "8bcd0006 00000001 00000002 00640003 80018002 00000000 00000007 80cf0002 00000001 04000002 00000000 00000001",
    "80cf0013 00000001 01000004 00000002 00010020 40058001 00000000 07000008 00000002 01020304 00100020 00300040 1f80ff 5f 7f7f7f10 00000010 00200030",
];

const SCTP: [&str; 5] = [
    "13881388 00000001 e3f68a9b 0b000004",
    "13881388 00000000 00000000 01000014 00000007 00020000 ffffffff 00000001",
    "13881388 00000001 00000000 0003001c 00000007 00010000 00000032 03000000 00000000 00000000",
    "13881388 00000001 00000000 00030013 00000007 00010000 00000033 61626300 03000010 00000007 00020000 00000000",
    "03810000 00000005 0004 0002 6368617470 31",
];

const KEYS: [&str; 4] = [
    "# a comment\nCLIENT_RANDOM abababababababababababababababababababababababababababababababab 0101010101010101010101010101010101\n",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH|2^31|1:1\ninline:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n",
    "[{\"keying_material\": \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637\",\n  \"srtp\": \"SRTP_AEAD_AES_128_GCM\"}]",
    "CLIENT_TRAFFIC_SECRET_0 ab cd\nEXPORTER_SECRET ab cd\n",
];

/// The plan that `--init` writes, that of the tests, and defaults of flags.
const PLANS: [&str; 5] = [
    include_str!("../../src/check/plan/sample.toml"),
    include_str!("../../testdata/check/mixed.toml"),
    include_str!("../../testdata/defaults/many.toml"),
    "jobs = 2\n[[probe]]\ntargets = [\"turn:a\"]\nusername = \"alice\"\npassword = { env = \"X\" }\nexpect = [\"relay\"]\n\
     max = { rtt.p99 = \"80ms\", loss = \"1%\" }\nretries = 2\nretry_after = \"1s\"\n[[call]]\nname = \"c\"\nvideo = true\n",
    "format = \"json\"\n[sdp]\nignore = [\"line-order\"]\n[probe]\npassword = { file = \"p\" }\nmin = { mos = 3 }\n",
];

const HEADS: [&str; 4] = [
    "GET /probe?target=turn%3Aa%3Fx&module=my+probe&flag HTTP/1.1\r\nHost: x\r\nX-Y: 1\r\n\r\n",
    "HEAD /metrics HTTP/1.0\r\nAccept: text/plain;version=0.0.4\r\nAuthorization: Bearer x\r\n\r\n",
    "POST / HTTP/1.1\n\n",
    "GET /%e2%82%ac?a=1&a=2&=&%20=%00 HTTP/1.1\n X : y: z \n\n",
];

/// What `targets::recording::pcapng` writes: an application's name, then packets with their ends.
const PACKETS: [&str; 4] = [
    "0003616263 00 00c0000201 1388 00c6336401 1770 03616263 0001 0002",
    "0100 02 0020010db800000000000000000000000113880120010db8000000000000000000000001 1770 02aabb 0000 0007 01",
    "0002c328 01 00c00002011388 00c63364011770 00 7fff ffff 31 00c00002011388 00c63364011770 00 ffe3 0001 0001",
    "0100 33 00c00002011388 00c63364011770 05 ffff 0001 0001 00 32 00c00002011388 00c63364011770 05 8000 0001 0001 03",
];

/// What clients of `targets::server::server` do: allocate, permit, bind, send, receive, refresh, leave.
const SERVED: [&str; 5] = [
    "00 60 01 01 00 70 01 02 00 70 04 03 00 00 70 05 04 00 00 00 60 03 05 00 0461626364 00 50 00 03616263 30 00 00 03616263 70 02 06 01 05 04 00000000",
    "01 61 01 01 00 71 01 02 00 71 05 03 01 84 00 51 01 0161 41 00 80 00cb007100 1388 02aabb 1100ff 20",
    "0e 60 01 01 00 70 01 02 00 12ffff 70 01 03 00 70 01 04 00 74 01 05 00 78 01 06 00",
    "10 70 01 01 00 60 00 07 01 09 04 000000ff",
    "02 60 01 01 00 60 04 02 80 01 20010db8000000000000000000000001 1388 00 00 0400010000 02 0a",
];

/// An offer with each of what may be said to it.
fn pairs() -> Vec<Vec<u8>> {
    let offer = include_str!("../../testdata/sdp/offer.sdp");
    let answer = offer.replace("actpass", "active");
    let smaller: String = offer
        .lines()
        .filter(|line| !line.starts_with("a=rtcp-fb"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    let broken = include_str!("../../testdata/sdp/broken.sdp");
    let pair = |first: &str, second: &str| format!("{first}\n%%%\n{second}").into_bytes();
    vec![
        pair(offer, &answer),
        pair(offer, &smaller),
        pair(broken, offer),
        pair(MINIMAL[0], MINIMAL[1]),
        offer.as_bytes().to_vec(),
        pair(MINIMAL[1], MINIMAL[1]),
    ]
}

const MINIMAL: [&str; 2] = [
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\n\
     a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=fingerprint:sha-256 AA\r\na=rtcp-mux\r\n\
     a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n\
     a=mid:1\r\na=sctp-port:5000\r\n",
    "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n\
     a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:active\r\na=fingerprint:sha-256 AA\r\na=rtcp-mux\r\n\
     a=rtpmap:111 opus/48000/2\r\na=recvonly\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n",
];

/// Calls that `targets::analyze` plays: settings, then what happens, one thing after the other.
const CALLS: [&str; 8] = [
    // A check and its answer, two hellos, audio both ways with reports, and the other side of it.
    "89 03 00 83 01 06 00 00 00 00 86 00 04 00 00 00 00 1f 00 04f8000000 80 01 1f 00 04f8000000 02 00 01 00 00100100 0a 05 01 05 01 05 0401020304",
    // Video with losses, frames, retransmissions, requests for pictures.
    "8b 00 0c 9f 29 0a10203040506070809000 00 15 8f 31 0410000000 02 04 05 01 20 05 01 02 05 01 08 00010003 00020000 06 01 00 09 ffff 00 0c 9f 09 0410203040",
    // Through a relay: allocated, permitted, bound, and a stream wrapped each time anew.
    "00 04 00 01 02 84 01 00 04 04 01 02 84 05 02 04 08 01 02 84 09 02 05 01 00 00 00 00 04f8000000 05 01 00 00 00 00 04f8000000 \
     05 01 00 00 00 00 04f8000000 05 01 00 00 00 00 04f8000000 05 01 00 00 00 00 04f8000000 85 80 01 00 00 04f8000000",
    // A phone call: invited, taken, speech, a key, the end.
    "88 08 08 00 88 0c 00 88 09 00 08 02 00 00 18 1f 18 04d5d5d5d5 00 20 05 40 04050a00a0 08 03 00",
    // TCP: framed by RFC 4571, checks of ICE, SIP; a hole, an overlap.
    "01 07 02 00 00 00 87 12 00 00 00 07 18 00 05 03 07 18 00 07 01 00 00 00 01 00 07 18 20 04 0401020304 07 18 f0 00 0401020304 07 11 00 00 00",
    // Gaps, a clock that goes back, numbers that begin anew, copies, a snap length.
    "8c 00 00 0f 04 04f8000000 09 07d0 0a 20 00 00 0f 02 04f8000000 0b 03 0d 01 0d 05 00 00 1f 03 04f8000000 0b 20",
    // Alerts, data, fragments of hellos with keys at hand.
    "02 06 00 00 00 86 01 04 00 00 06 01 82 01 02 aabb 86 02 02 01 28 23 00 10000102030405060708090a0b0c0d0e0f 01 00",
    "ff 0c 04 80c90001 0e 02 4000 0f 05 8001020304 00 45 9f e1 04 bede0001 0e 00 03 05 04 33 0e",
];

/// Damage, limits, and names with their passwords behind a line end.
const TYPED: [&str; 9] = [
    "loss=2%,burst=3,delay=50ms,jitter=10ms,reorder=1%,duplicate=0.5%,rate=1M,queue=100ms,first=3,only=rtp",
    "losss=2%",
    "rtt=300ms",
    "loss=1%",
    "pli=3/off",
    "mos=3.5/2.5",
    "1800000000:alice\nc2VjcmV0c2VjcmV0c2VjcmU=",
    "\"alice\" \n d41d8cd98f00b204e9800998ecf8427e",
    "AAxub25jZW5vbmNlbm9uY2U=\nMDEyMzQ1Njc4OTAxMjM0NTY3ODk=",
];
