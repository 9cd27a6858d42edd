//! Ctrl-C and its kin as a value.

use tokio::sync::watch;

/// Turns true once the user (or the system, by SIGTERM) wants the run to end. A second Ctrl-C ends the
/// process at once, as without us.
pub fn interrupted() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        wait().await;
        // Where nobody listens any more, the run is over already.
        let _ = sender.send(true);
        wait().await;
        std::process::exit(130);
    });
    receiver
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            () = ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => ctrl_c().await,
    }
}

#[cfg(not(unix))]
async fn wait() {
    ctrl_c().await;
}

/// Never returns where the system offers no Ctrl-C.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Counts up each time the plan shall be read again (SIGHUP).
pub fn reloads() -> watch::Receiver<u64> {
    let (sender, receiver) = watch::channel(0);
    tokio::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut hangups) = signal(SignalKind::hangup()) else { return std::future::pending().await };
            while hangups.recv().await.is_some() {
                sender.send_modify(|count| *count += 1);
            }
        }
        // Who waits for the next one waits for ever.
        let _sender = sender;
        std::future::pending::<()>().await;
    });
    receiver
}
