//! Pairs from the field, if `RTCSCOPE_CORPUS` names the folder that they are in.

use std::path::{Path, PathBuf};

use rtcscope::sdp::negotiate::Negotiation;
use rtcscope::sdp::source::Kind;
use serde_json::Value;

fn corpus() -> Option<(PathBuf, Value)> {
    let Some(root) = std::env::var_os("RTCSCOPE_CORPUS").map(|root| PathBuf::from(root).join("sdp")) else {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set");
        return None;
    };
    let expected = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    Some((root, expected))
}

fn negotiate(root: &Path, pair: &Value) -> Negotiation {
    let [offer, answer] = ["offer", "answer"]
        .map(|key| std::fs::read_to_string(root.join(pair[key].as_str().unwrap())).unwrap());
    super::negotiate((&offer, Kind::Offer), (&answer, Kind::Answer))
}

#[test]
fn the_clean_pair_gives_what_it_must() {
    let Some((root, expected)) = corpus() else { return };
    let wanted = &expected["negotiate_ok_pair"];
    let told = negotiate(&root, wanted);
    let wanted = &wanted["result"];
    assert!(told.agreed && told.findings.is_empty(), "{:#?}", told.findings);
    let dtls = told.transports[0].dtls.unwrap();
    let (client, server) = (dtls.client.unwrap(), dtls.server.unwrap());
    let setup = dtls.answer_setup.unwrap();
    assert_eq!(wanted["dtls"], format!("{client} is client (setup:{setup}), {server} is server"));
    assert_eq!(wanted["bundle"], serde_json::json!(told.transports[0].mids));
    for (media, wanted) in told.media.iter().zip(wanted["media"].as_array().unwrap()) {
        assert_eq!(wanted["mid"], media.mid.clone().unwrap());
        if let Some(codecs) = wanted["codecs"].as_array() {
            let own = media.codecs.iter().map(|codec| {
                let channels = codec.channels.map(|channels| format!("/{channels}")).unwrap_or_default();
                Value::from(format!(
                    "{}/{}{channels}",
                    codec.name.as_ref().unwrap(),
                    codec.clock_rate.unwrap()
                ))
            });
            assert_eq!(*codecs, own.collect::<Vec<_>>());
            assert_eq!(wanted["direction"], media.direction.unwrap());
            let ids: Vec<Value> = media.extmaps.iter().map(|extension| extension.id.into()).collect();
            assert_eq!(*wanted["extmap"].as_array().unwrap(), ids);
        }
        if wanted["simulcast"].is_string() {
            let sent = media.simulcast.as_ref().unwrap().offerer_sends.join(",");
            assert_eq!(wanted["simulcast"], format!("offerer sends {sent}; answerer recv {sent}"));
        }
        if wanted["sctp_port"].is_number() {
            let sctp = media.sctp.unwrap();
            assert_eq!(wanted["sctp_port"], sctp.answer_port.unwrap());
            assert_eq!(wanted["max_message_size"], sctp.offerer_max_message_size);
        }
    }
}

#[test]
fn what_must_fire_is_in_the_findings() {
    let Some((root, expected)) = corpus() else { return };
    // Warnings and remarks about one side alone are left to `sdp lint`.
    let about_one = ["fingerprint-weak-hash", "candidates-mdns-only", "no-relay-candidate"];
    for (name, pair) in expected["pairs"].as_object().unwrap() {
        if pair["compare"].as_str().unwrap().starts_with("offer/offer") {
            continue;
        }
        let told = negotiate(&root, pair);
        for rule in pair["must_fire"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()) {
            let fires = told.findings.iter().any(|finding| finding.name == rule);
            assert!(fires || about_one.contains(&rule), "{name}: {rule} does not fire");
        }
        if pair["must_fire"].as_array().unwrap().is_empty() {
            assert!(told.agreed && told.findings.is_empty(), "{name}: {:#?}", told.findings);
        }
    }
}

#[test]
fn real_pairs_agree_and_are_not_refused() {
    let Some((root, _)) = corpus() else { return };
    for name in [
        "jitsi-planb-p2p-1",
        "jitsi-planb-p2p-2",
        "jitsi-planb-screenshare-1",
        "jitsi-safari-1",
        "jitsi-safari-2",
    ] {
        let path = |side: &str| format!("pairs/{name}-{side}.sdp");
        let pair = serde_json::json!({ "offer": path("offer"), "answer": path("answer") });
        let told = negotiate(&root, &pair);
        assert!(told.agreed, "{name}: {:#?} {:#?}", told.refusal, told.findings);
        assert!(
            told.transports.iter().all(|transport| transport.dtls.is_some_and(|dtls| dtls.client.is_some()))
        );
    }
}
