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
