//! The ends of waits that come whatever else happens.
//!
//! The runtime gives each turn of a task a budget, and what has none left waits for the next turn. A server that
//! floods us has the reading use up the budget of every turn: deadlines and Ctrl-C, looked at after it, would never come.

use std::time::Instant;

use tokio::sync::watch::Receiver;
use tokio::task::unconstrained;
use tokio::time::sleep_until;

/// Ends at that time.
pub async fn until(end: Instant) {
    unconstrained(sleep_until(end.into())).await;
}

/// Ends when the user wants the run to; never where nobody can say so any more.
pub async fn interruption(interrupted: &mut Receiver<bool>) {
    if unconstrained(interrupted.wait_for(|is_so| *is_so)).await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::watch;

    use super::*;

    /// Has always something to read, and never comes to an end.
    async fn flood() {
        loop {
            tokio::task::consume_budget().await;
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_flood_keeps_neither_from_coming() {
        tokio::select! {
            biased;
            () = flood() => unreachable!("it has no end"),
            () = until(Instant::now() + Duration::from_millis(5)) => {}
        }
        let (say, mut interrupted) = watch::channel(false);
        let saying = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            say.send(true)
        };
        let listening = async {
            tokio::select! {
                biased;
                () = flood() => unreachable!("it has no end"),
                () = interruption(&mut interrupted) => {}
            }
        };
        assert!(tokio::join!(saying, listening).0.is_ok());
    }
}
