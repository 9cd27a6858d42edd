use super::*;

const NOW: u64 = 1_712_342_078;
/// printf %s 1712345678:alice | openssl dgst -sha1 -hmac north -binary | base64
const ALICE: (&str, &str) = ("1712345678:alice", "0ZD6cnpTkaID21yeVWnCwmsDr9I=");

fn given(username: &str, password: &str) -> Given {
    Given {
        credentials: Credentials::password(username, Secret::new(password)),
        minted: false,
        secret: None,
        separator: ':',
        realm: None,
        uris: Vec::new(),
        now_unix: NOW,
    }
}

fn codes(given: &Given) -> Vec<(&'static str, Severity)> {
    Pair::of(given, FailOn::default()).findings.iter().map(|f| (f.code, f.severity)).collect()
}

#[test]
fn says_when_it_expires_and_whether_the_secret_gives_it() {
    let pair = Pair::of(&given(ALICE.0, ALICE.1), FailOn::default());
    assert_eq!(pair.expires_at.as_deref(), Some("2024-04-05T19:34:38Z"));
    assert_eq!((pair.expires_in_s, pair.password.base64_of_bytes), (Some(3_600), Some(20)));
    assert_eq!((pair.password.matches_secret, pair.credential), (None, None));
    let with = |secret: &str| Given { secret: Some(Secret::new(secret)), ..given(ALICE.0, ALICE.1) };
    assert_eq!(codes(&with("north")), []);
    assert_eq!(codes(&with("south")), [("REST_SECRET_MISMATCH", Severity::Error)]);
}

#[test]
fn an_expired_pair_is_an_error_and_one_about_to_a_warning() {
    let at = |now_unix| Given { now_unix, ..given(ALICE.0, ALICE.1) };
    assert_eq!(codes(&at(NOW)), []);
    assert_eq!(codes(&at(NOW + 3_300)), [("REST_EXPIRING", Severity::Warning)]);
    assert_eq!(codes(&at(NOW + 3_601)), [("REST_EXPIRED", Severity::Error)]);
}

#[test]
fn damage_is_certain_where_the_secret_gives_the_mended_password() {
    let bare = given(ALICE.0, &ALICE.1[..27]);
    assert_eq!(codes(&bare), [("CRED_FORMAT", Severity::Warning)]);
    let north = Some(Secret::new("north"));
    assert_eq!(codes(&Given { secret: north.clone(), ..bare }), [("CRED_FORMAT", Severity::Error)]);
    let encoded = Given { secret: north, ..given("1712345678%3Aalice", "0ZD6cnpTkaID21yeVWnCwmsDr9I%3D\n") };
    assert_eq!(codes(&encoded), [("CRED_FORMAT", Severity::Error)]);
}

/// The document as text, 100 columns wide.
fn text(given: &Given) -> String {
    format!(
        "{:?}",
        crate::report::Rendered::from_report(&Pair::of(given, FailOn::default())).unwrap().document
    )
}

#[test]
fn the_secret_of_a_damaged_password_is_not_called_another() {
    let north = Some(Secret::new("north"));
    let bare = Given { secret: north.clone(), ..given(ALICE.0, &ALICE.1[..27]) };
    let said = text(&bare);
    assert!(said.contains("mended it is what the secret gives"), "{said}");
    assert!(said.contains("gives the password as it was before the damage"), "{said}");
    assert!(!said.contains("another password"), "{said}");
    let other = Given { secret: north, ..given(ALICE.0, "0ZD6cnpTkaID21yeVWnCwmsDr9J=") };
    assert!(text(&other).contains("gives another password"));
}

#[test]
fn a_password_of_one_character_is_conspicuous() {
    let said = text(&given("alice", "x"));
    assert!(said.contains("the password has 1 character only"), "{said}");
    assert!(said.contains("1 character, no hash in base64"), "{said}");
    assert!(text(&given("alice", "wonder-7361-land")).contains("nothing is conspicuous"));
}

#[test]
fn a_password_that_was_given_is_in_nothing_that_is_printed() {
    let uris = vec![ServerUri::from_text("turn:turn.example.test").unwrap()];
    let secret = Some(Secret::new("south-secret-88"));
    for password in ["hunter2-77", "\"hunter2-77\"", "hunter2-77\n"] {
        let given = Given { uris: uris.clone(), secret: secret.clone(), ..given("alice", password) };
        let pair = Pair::of(&given, FailOn::default());
        let rendered = crate::report::Rendered::from_report(&pair).unwrap();
        let all = format!("{:?} {:?} {pair:?} {given:?}", rendered.json.to_string(), rendered.document);
        assert!(!all.contains("hunter2") && !all.contains("south-secret"), "{all}");
        assert!(all.contains(PLACEHOLDER));
    }
}

#[test]
fn the_block_for_a_web_app_has_credentials_for_turn_alone() {
    let uris = ["stun:turn.example.test", "turn:turn.example.test?transport=udp", "turns:turn.example.test"];
    let uris = uris.map(|uri| ServerUri::from_text(uri).unwrap()).to_vec();
    let minted = Given { minted: true, uris, ..given(ALICE.0, ALICE.1) };
    let servers = Pair::of(&minted, FailOn::default()).ice_servers.unwrap();
    insta::assert_snapshot!(ice_servers::javascript(&servers), @r#"
    const peer = new RTCPeerConnection({
      iceServers: [
        {
          urls: ["stun:turn.example.test"],
        },
        {
          urls: ["turn:turn.example.test?transport=udp", "turns:turn.example.test"],
          username: "1712345678:alice",
          credential: "0ZD6cnpTkaID21yeVWnCwmsDr9I=",
        },
      ],
    });
    "#);
    // What is printed can be read back.
    let read = crate::ice::servers::IceServers::from_json(&ice_servers::json(&servers)).unwrap();
    assert_eq!(read.servers[1].username.as_deref(), Some("1712345678:alice"));
}

#[test]
fn the_keys_are_those_that_turnadmin_prints() {
    let realm = Some("example.test".to_owned());
    let pair = Pair::of(&Given { realm, ..given("alice", "wonder") }, FailOn::default());
    // printf %s alice:example.test:wonder | openssl md5
    assert_eq!(pair.keys.unwrap().md5, "cc89cc8b5156f34b6f0f8a41d6b3785d");
}
