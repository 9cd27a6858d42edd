//! 300 without end, or without a place.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rtcscope::stun::{Message, Method, attribute};

use super::fake::{Fake, bound, plain_address, refused};
use super::udp;

fn sent_on(request: &Message, to: SocketAddr) -> Vec<u8> {
    let refusal = refused(request, 300, b"Try Alternate");
    refusal.attribute(attribute::ALTERNATE_SERVER, &plain_address(to)).finish()
}

/// Redirects to what `to` holds by then, and counts how often.
fn redirecting(to: Arc<OnceLock<SocketAddr>>, count: Arc<AtomicUsize>) -> Fake {
    Fake::stun(move |request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => {
            count.fetch_add(1, Ordering::Relaxed);
            vec![sent_on(request, *to.get().unwrap())]
        }
    })
}

#[test]
fn a_server_that_names_itself_is_a_loop() {
    let (to, count) = (Arc::new(OnceLock::new()), Arc::default());
    let server = redirecting(to.clone(), Arc::clone(&count));
    to.set(server.addr).unwrap();
    udp(&server).fails(&["REDIRECT_LOOP"]);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn two_servers_that_name_each_other_are_a_loop() {
    let (to_two, to_one, count) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::new()), Arc::default());
    let one = redirecting(to_two.clone(), Arc::clone(&count));
    let two = redirecting(to_one.clone(), Arc::clone(&count));
    to_two.set(two.addr).unwrap();
    to_one.set(one.addr).unwrap();
    udp(&one).fails(&["REDIRECT_LOOP"]);
    assert_eq!(count.load(Ordering::Relaxed), 2, "each is asked once");
}

#[test]
fn a_redirect_to_nowhere_is_broken() {
    for alternate in [None, Some(&b""[..]), Some(b"\x00\x09\x0d\x96\x7f\x00\x00\x01"), Some(b"\x00\x01\x0d")]
    {
        let server = Fake::stun(move |request, from| match (request.method, alternate) {
            (Method::Binding, _) => vec![bound(request, from)],
            (_, None) => vec![refused(request, 300, b"Try Alternate").finish()],
            (_, Some(value)) => {
                let refusal = refused(request, 300, b"Try Alternate");
                vec![refusal.attribute(attribute::ALTERNATE_SERVER, value).finish()]
            }
        });
        udp(&server).fails(&["REDIRECT_FAILED"]);
    }
}

#[test]
fn a_redirect_to_port_zero_is_broken() {
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => vec![sent_on(request, "127.0.0.1:0".parse().unwrap())],
    });
    udp(&server).fails(&["REDIRECT_FAILED"]);
}

#[test]
fn a_binding_that_is_sent_on_is_refused() {
    let server = Fake::stun(|request, _| vec![sent_on(request, "127.0.0.1:1".parse().unwrap())]);
    super::stun(&server).fails(&["SERVER_ERROR"]);
}
