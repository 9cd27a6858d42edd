//! Good input to start from: vectors of RFC 5769, a whole conversation of our client with our server,
//! URIs, server lists, the certificates of `testdata/tls`, the dumps of `testdata/sdp`, and a capture.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

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
    hex.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
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
