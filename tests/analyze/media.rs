//! What is one flow: legs behind relays, retransmissions, keys that were pressed.

use serde_json::{Value, json};

use super::analyzed;
use super::corpus::folder;

fn media(json: &Value) -> &[Value] {
    json["media"].as_array().map(Vec::as_slice).expect("a list")
}

fn stream<'a>(json: &'a Value, id: &Value) -> &'a Value {
    json["streams"].as_array().and_then(|rows| rows.iter().find(|row| row["id"] == *id)).expect("a stream")
}

#[test]
fn the_legs_of_a_relayed_call_are_four_media_with_their_retransmissions() {
    let Some(folder) = folder() else { return };
    let json = analyzed(&folder.join("made__chromium-turn-udp.pcapng.gz"), &[]);
    let media = media(&json);
    let mut packets = Vec::new();
    for row in media {
        assert_eq!(row["joined_by"], "transport", "{row:#}");
        assert_eq!(row["layers"].as_array().map(Vec::len), Some(1));
        let layer = &row["layers"][0];
        let legs = layer["legs"].as_array().expect("legs");
        assert_eq!(legs.len(), 3);
        // From the one client to its relay, from there to the other's, and on to the other client.
        let [first, middle, last] = [0, 1, 2].map(|at| stream(&json, &legs[at]["stream"]));
        assert_eq!((&first["via"]["channel"], &middle["via"]), (&json!("0x4000"), &Value::Null));
        assert_eq!((&first["dst"], &last["src"]), (&json!("127.0.0.1:3478"), &json!("127.0.0.1:3478")));
        let delays: Vec<f64> = legs.iter().map(|leg| leg["delay_ms"].as_f64().expect("a delay")).collect();
        assert!(
            delays[0] == 0.0 && delays[1] > 0.0 && delays[2] > delays[1] && delays[2] < 20.0,
            "{delays:?}"
        );
        let repairs = layer["repairs"].as_array().expect("repairs");
        let repaired: Vec<u64> = repairs.iter().filter_map(|repair| repair["packets"].as_u64()).collect();
        packets.push((legs[0]["packets"].as_u64().expect("a number"), repaired));
        if let Some(repair) = repairs.first() {
            assert_eq!((&repair["kind"], &repair["stated"]), (&json!("rtx"), &json!(false)));
            let rtx = stream(&json, &repair["streams"][0]);
            assert_eq!(
                (&rtx["kind"], &rtx["of"], &rtx["jitter_max_ms"]),
                (&json!("rtx"), &layer["ssrc"], &Value::Null)
            );
        }
    }
    packets.sort();
    assert_eq!(packets, [(199, vec![14]), (296, vec![]), (296, vec![]), (364, vec![14])]);
}

#[test]
fn descriptions_say_the_same_of_retransmissions_as_timestamps() {
    let Some(folder) = folder() else { return };
    let at = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let sdp = ["--sdp".to_owned(), at("made__chromium-loopback.offer.sdp")];
    let sdp = [&sdp[..], &["--sdp".to_owned(), at("made__chromium-loopback.answer.sdp")]].concat();
    let sdp: Vec<&str> = sdp.iter().map(String::as_str).collect();
    let capture = folder.join("made__chromium-loopback.pcapng");
    let pairs = |json: &Value, stated: bool| {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for layer in media(json).iter().flat_map(|row| row["layers"].as_array().expect("layers")) {
            for repair in layer["repairs"].as_array().expect("repairs") {
                assert_eq!(repair["stated"], stated, "{repair:#}");
                pairs.push((layer["ssrc"].to_string(), repair["ssrc"].to_string()));
            }
        }
        pairs
    };
    let (plain, described) = (analyzed(&capture, &[]), analyzed(&capture, &sdp));
    assert_eq!(pairs(&plain, false).len(), 2);
    assert_eq!(pairs(&plain, false), pairs(&described, true));
    assert_eq!(described["media"][0]["mid"], "0");
}

#[test]
fn calls_that_play_the_same_recording_are_not_one_flow() {
    let Some(folder) = folder() else { return };
    let json = analyzed(&folder.join("made__sipp-pcapplay.pcapng"), &[]);
    assert_eq!(media(&json).len(), 12);
    let keys: Vec<&Value> =
        json["streams"].as_array().expect("streams").iter().map(|row| &row["dtmf"]).collect();
    let pressed = keys.iter().filter(|keys| keys.as_array().is_some_and(|keys| !keys.is_empty()));
    let pressed: Vec<_> = pressed.map(|keys| (&keys[0]["key"], &keys[0]["ends"])).collect();
    assert_eq!(pressed.len(), 6);
    assert!(pressed.iter().all(|key| *key == pressed[0]), "{pressed:?}");
}

#[test]
fn keys_are_told_without_a_description() {
    let Some(folder) = folder() else { return };
    let json = analyzed(&folder.join("rtpproxy__dtmf.pcap"), &[]);
    let keys = |at: usize| -> String {
        let keys = json["streams"][at]["dtmf"].as_array().expect("keys");
        keys.iter().filter_map(|key| key["key"].as_str()).collect()
    };
    assert_eq!((keys(0), keys(1)), ("123456789*0#5".to_owned(), "54321#".to_owned()));
}
