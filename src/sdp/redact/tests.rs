use super::*;

#[track_caller]
fn check(before: &str, after: &str) {
    let once = String::from_utf8(Redactor::new().redact(before.as_bytes())).unwrap();
    assert_eq!(once, after);
    assert_eq!(String::from_utf8(Redactor::new().redact(once.as_bytes())).unwrap(), after, "again");
}

#[test]
fn a_description_keeps_its_form_and_nothing_that_tells_whose_it_is() {
    check(
        "v=0\r\no=alice 4611731400430051336 4611731400430051338 IN IP4 10.1.2.3\r\ns=call with 10.1.2.3\r\n\
         e=j.doe@example.com (Jane)\r\nc=IN IP4 239.1.2.3/127\r\nt=0 0\r\na=msid-semantic: WMS streamstream\r\n\
         m=audio 54400 UDP/TLS/RTP/SAVPF 111\r\na=rtcp:54401 IN IP4 10.1.2.3\r\n\
         a=candidate:1467250027 1 udp 2122260223 10.1.2.3 54400 typ host generation 0 ufrag Zk4q network-id 1\r\n\
         a=candidate:842163049 1 udp 1677729535 8.8.4.4 54400 typ srflx raddr 10.1.2.3 rport 54400 ufrag Zk4q\r\n\
         a=candidate:1 1 udp 1 5d0b8a3e-1e3d-4d8e-9a43-5a1b0c2d3e4f.local 9 typ host\r\n\
         a=ice-ufrag:Zk4q\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=fingerprint:sha-1 4A:AD:B9\r\na=mid:0\r\n\
         a=extmap:1 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
         a=msid:streamstream tracktrack\r\na=ssrc:1 cname:cnamecname\r\na=ssrc:1 msid:streamstream tracktrack\r\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1j|2^20|1:4 UNENCRYPTED_SRTCP\r\n\
         a=control:rtsp://admin:hunter2@10.1.2.3:554/track1\r\na=x-note:track tracktrack of fe80::1%eth0, 10.1.2.3:5\r\n",
        "v=0\r\no=n0001 1000000000000000001 1000000000000000003 IN IP4 192.0.2.1\r\ns=call with 192.0.2.1\r\n\
         e=x.xxx@xxxxxxx.xxx (Xxxx)\r\nc=IN IP4 233.252.0.1/127\r\nt=0 0\r\na=msid-semantic: WMS 000000000001\r\n\
         m=audio 54400 UDP/TLS/RTP/SAVPF 111\r\na=rtcp:54401 IN IP4 192.0.2.1\r\n\
         a=candidate:0000000001 1 udp 2122260223 192.0.2.1 54400 typ host generation 0 ufrag u001 network-id 1\r\n\
         a=candidate:000000001 1 udp 1677729535 198.51.100.1 54400 typ srflx raddr 192.0.2.1 rport 54400 ufrag u001\r\n\
         a=candidate:1 1 udp 1 00000000-0000-4000-8000-000000000001.local 9 typ host\r\n\
         a=ice-ufrag:u001\r\na=ice-pwd:p000000000000000000001\r\na=fingerprint:sha-1 00:00:01\r\na=mid:0\r\n\
         a=extmap:1 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
         a=msid:000000000001 0000000002\r\na=ssrc:1 cname:0000000003\r\na=ssrc:1 msid:000000000001 0000000002\r\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:k000001AAAAA|2^20|1:4 UNENCRYPTED_SRTCP\r\n\
         a=control:rtsp://user:password@192.0.2.1:554/track1\r\na=x-note:k0001 0000000002 of 2001:db8:0:1::1, 192.0.2.1:5\r\n",
    );
}

#[test]
fn what_tells_nothing_stays() {
    let plain = "v=0\no=- 20518 0 IN IP4 0.0.0.0\ns=-\nt=0 0\nc=IN IP6 ::\na=msid-semantic:WMS *\n\
        a=candidate:0 1 udp 1 0.0.0.0 9 typ host raddr 0.0.0.0 rport 0\na=msid:- -\nk=prompt\n";
    let plain = plain.replace("20518", "10001");
    check(&plain, &plain);
    let user = "o=mozilla...THIS_IS_SDPARTA-99.0 1001 0 IN IP4 0.0.0.0\n";
    check(user, user);
}

#[test]
fn broken_lines_keep_no_secret() {
    const SECRET: &str = "hunter2hunter2hunter2hunter2";
    let lines = [
        "k=clear:SECRET",
        " a=ice-pwd:SECRET",
        "a =ice-pwd:SECRET",
        "a=ice-pwd:SECRET ",
        "A=ice-pwd:SECRET",
        "ice-pwd:SECRET",
        "a=ice-pwd:SECRET SECRET",
        "a=ICE-PWD:SECRET",
        "a=crypto:x AES inline:SECRET",
        "a=crypto:1 inline:SECRET",
        "a=crypto:1 AES SECRET",
        "a=crypto:SECRET",
        "inline:SECRET",
        "k=SECRET",
        "a=crypto:1 AES inline:SECRET|2^20;inline:SECRET|2^20",
        "a=candidate:1 1 udp ufrag SECRET",
        "a=key-mgmt:mikey SECRET",
        "a=key-mgmt:SECRET",
        "a=fingerprint:SECRET",
        "a=x-old:ice-ufrag:SECRET",
        "a=candidate:SECRET",
        "a=msid:SECRET SECRET x",
        "a=ssrc:x cname:SECRET",
        "a=identity:SECRET;x=y",
        "o=SECRET SECRET 5 IN",
        "o=a b SECRET",
        "a=tls-id:SECRET",
        "a=ssrc:1 label:SECRET",
        "u=http://SECRET@h/",
        "a=control:rtsp://h/user=admin&password=SECRET&channel=1",
        "a=control:stream?token=SECRET",
        "i=é password=SECRET, then more",
        "a=alt:1 1 : SECRET SECRET 10.0.0.1 5060",
        "a=candidate:SECRET 1 SECRET UDP 0.83 10.0.0.1 5060",
        "a=ice-pwd SECRET",
        "a=ice_pwd:SECRET",
        "a = ice-pwd:SECRET",
        "a=ice-pwd:\r\nSECRET",
        "a=ice-pwd:0123\r\n45SECRET67",
        "a=xauthtoken:SECRET",
        "a=x-session:SECRET",
        "a=x-thing SECRET",
        "a=SECRET",
        "y=SECRET",
        "a=mid:0 a=ice-pwd:SECRET",
        "m=audio 9 RTP/AVP 0 a=ice-pwd:SECRET",
        "a=crypto SECRET",
        "a=crypto:SECRET AES inline:x",
        "a=crypto:1 SECRET x",
        "a=rtpmap:0 a=crypto:1 AES inline:SECRET",
        "u=https://h/x?s=SECRET",
        "a=control:rtsp://h/x?SECRET",
    ];
    for line in lines {
        let text = format!("v=0\r\n{}\r\n", line.replace("SECRET", SECRET));
        let redacted = String::from_utf8(Redactor::new().redact(text.as_bytes())).unwrap();
        assert!(!redacted.contains("hunter2"), "{line}: {redacted}");
    }
}

#[test]
fn what_nobody_knows_is_redacted_and_named() {
    let mut redactor = Redactor::new();
    let sdp = "v=0\r\na=mid:audio\r\na=x-auth:hunter2hunter2\r\na=x-thing:word for 10.0.0.1, 42\r\nhunter2\r\n\
        a=range:npt=0-\r\n";
    assert_eq!(
        String::from_utf8(redactor.redact(sdp.as_bytes())).unwrap(),
        "v=0\r\na=mid:audio\r\na=x-auth:k000001AAAAAAA\r\na=x-thing:k001 for 192.0.2.1, 42\r\nk000001\r\n\
         a=range:npt=0-\r\n"
    );
    let named: Vec<_> =
        redactor.unknown().iter().map(|unknown| (unknown.line, unknown.attribute.as_str())).collect();
    assert_eq!(named, [(3, "x-auth"), (4, "x-thing"), (5, "")]);
}

#[test]
fn what_tells_who_it_was_is_found_in_any_text() {
    check(
        "s=call of jane.doe@corp.test with sip:bob@10.1.2.3\ni=range 10.1.2.3-10.1.2.9\na=x:host:10.1.2.3:80 é@b\n\
         a=msid:streamstream tracktrack\na=x-note:of:tracktrack:1\n\
         a=ts-refclk:ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:37\na=ts-refclk:localmac=40-a3-6b-a0-2b-d2\n",
        "s=call of xxxx.xxx@xxxx.xxxx with sip:xxx@192.0.2.1\ni=range 192.0.2.1-192.0.2.2\na=x:k000:00.1.A.A:AA é@b\n\
         a=msid:000000000001 0000000001\na=x-note:k0:00001AAAAA:A\n\
         a=ts-refclk:ptp=IEEE1588-2008:00-00-00-00-00-00-00-01:37\na=ts-refclk:localmac=00-00-00-00-00-01\n",
    );
}

#[test]
fn one_redactor_says_the_same_of_several_texts() {
    let mut redactor = Redactor::new();
    assert_eq!(redactor.redact(b"a=ice-ufrag:Zk4q\n"), b"a=ice-ufrag:u001\n");
    assert_eq!(redactor.redact(b"a=ice-ufrag:abcd\na=ice-ufrag:Zk4q"), b"a=ice-ufrag:u002\na=ice-ufrag:u001");
    let candidate = b"candidate:1 1 udp 1 10.0.0.9 9 typ host ufrag Zk4q";
    assert_eq!(redactor.redact(candidate), b"candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag u001");
    assert_eq!(format!("{redactor:?}"), "Redactor(2 words)");
}
