//! What somebody gets who has no login: an Allocate without credentials and one with credentials made up here, and
//! how much comes back for how little.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::Survey;
use crate::capture::Carrier;
use crate::io::input;
use crate::io::probe::Environment;
use crate::probe::facts::{Amplification, Answered, SecurityFacts};
use crate::probe::plan::{Target, Transport};
use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId, attribute};
use crate::turn::credentials::{Credentials, Secret};
use crate::turn::{Allowance, Event, Oddity, Outcome, Request};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// When a datagram is sent, and how long in all its answer is waited for.
const SENDS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(300), Duration::from_millis(800)];
/// How much longer further datagrams of an answer may take than its first.
const MORE: Duration = Duration::from_millis(20);

impl Survey {
    /// Asks without a login, and with a wrong one.
    pub(super) async fn strangers(&self, allowance: &Allowance, found: &mut SecurityFacts) {
        let patience = self.shared.options.timeout.min(PATIENCE);
        let ((amplification, open), made_up) = tokio::join!(
            self.without_credentials(allowance, patience),
            self.made_up_credentials(allowance, patience)
        );
        found.amplification = amplification;
        // The first Allocate of every session has none either.
        let legs = self.facts.allocate.iter().flat_map(|allocate| &allocate.attempts);
        let seen = legs.filter(|leg| leg.answered && !leg.authenticated).map(|leg| leg.code.is_none());
        found.allocation_without_credentials = seen.chain(open).reduce(|a, b| a || b);
        found.made_up_credentials_accepted = made_up;
    }

    /// The smallest requests there are, over plain UDP: their sizes and those of what came back, and whether the
    /// Allocate was granted.
    async fn without_credentials(
        &self,
        allowance: &Allowance,
        patience: Duration,
    ) -> (Option<Amplification>, Option<bool>) {
        if self.door.connector.transport != Transport::Udp {
            return (None, None);
        }
        let allocate = || {
            let udp = [attribute::PROTOCOL_UDP, 0, 0, 0];
            request(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &udp)
        };
        let environment = &self.shared.environment;
        let (binding, allocate) = tokio::join!(
            ask(environment, self.door.server, request(Method::Binding), allowance, patience),
            ask(environment, self.door.server, allocate(), allowance, patience)
        );
        let sizes = |asked: &Option<(Answered, bool)>| asked.map(|(answered, _)| answered);
        let amplification = Amplification::new(sizes(&binding), sizes(&allocate));
        (amplification.largest_ratio.is_some().then_some(amplification), allocate.map(|(_, granted)| granted))
    }

    /// Whether somebody who does not exist is given a relay.
    async fn made_up_credentials(&self, allowance: &Allowance, patience: Duration) -> Option<bool> {
        let mut door = self.door.drawing_on(allowance);
        let token = input::random_token();
        let nobody = Credentials::password(
            format!("rtcscope-{}", &token[..token.len().min(12)]),
            Secret::new(input::random_token()),
        );
        door.connector.target =
            Arc::new(Target { credentials: Some(nobody), ..(*door.connector.target).clone() });
        let mut link = door.link().await.ok()?;
        link.start(Request::Allocate(self.wish()));
        let asking = async {
            loop {
                match link.step().await.ok()? {
                    Event::Answer(answer) => {
                        return match answer.outcome {
                            // Without a 401 no credentials were sent, and the other check has the answer.
                            Outcome::Granted(_) => {
                                answer.legs.last().filter(|leg| leg.authenticated).map(|_| true)
                            }
                            Outcome::Refused { .. } => Some(false),
                            Outcome::TimedOut => None,
                        };
                    }
                    // A success that nobody can sign who does not know the password: it is granted all the same.
                    Event::Oddity(Oddity::NoIntegrity | Oddity::WrongIntegrity) => return Some(true),
                    Event::Data { .. } | Event::Oddity(_) => {}
                }
            }
        };
        let accepted = timeout(patience, asking).await.ok().flatten();
        link.release().await;
        accepted
    }
}

fn request(method: Method) -> MessageBuilder {
    MessageBuilder::new(Class::Request, method, TransactionId(rand::random()))
}

/// Sends a request until it is answered: the sizes, and whether it was granted. An allocation is given back.
async fn ask(
    environment: &Environment,
    server: SocketAddr,
    request: MessageBuilder,
    allowance: &Allowance,
    patience: Duration,
) -> Option<(Answered, bool)> {
    let socket = environment.local.udp(server).await.ok()?;
    socket.connect(server).await.ok()?;
    let carrier = Carrier { name: Transport::Udp.name(), stream: false, encrypted: false };
    let line = environment.tap.line(socket.local_addr(), server, carrier);
    if !allowance.take() {
        return None;
    }
    let bytes = request.bare();
    let sent = Message::from_bytes(&bytes).ok()?;
    let mut buffer = vec![0; 65_535];
    let start = Instant::now();
    let (mut granted, mut length) = (None, 0);
    for n in 0..SENDS.len() {
        if socket.send(&bytes).await.is_ok() {
            line.sent(&bytes);
        }
        let until = start + SENDS.get(n + 1).copied().unwrap_or(patience).min(patience);
        let mut until = until;
        while let Ok(received) = timeout_at(until, socket.recv(&mut buffer)).await {
            let Ok(received) = received else { continue };
            line.received(&buffer[..received]);
            let answer = Message::from_bytes(&buffer[..received]).ok();
            let Some(answer) = answer.filter(|answer| answer.transaction == sent.transaction) else {
                continue;
            };
            length += received;
            if granted.is_none() {
                granted = Some(answer.class == Class::Success);
                until = Instant::now() + MORE;
            }
        }
        if granted.is_some() {
            break;
        }
    }
    let granted = granted?;
    if granted && sent.method == Method::Allocate && allowance.take_release() {
        let release = self::request(Method::Refresh).number(attribute::LIFETIME, 0);
        let release = release.finish();
        if socket.send(&release).await.is_ok() {
            line.sent(&release);
        }
    }
    Some((Answered::new(bytes.len(), length), granted))
}
