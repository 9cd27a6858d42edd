//! The event loop of a thread, for a machine that has no descriptors left too.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// An event loop for this thread.
///
/// # Errors
/// The system gives none.
pub(crate) fn event_loop() -> io::Result<Runtime> {
    // Where there are not enough for its own pipe of signals, the runtime panics: ask for as many first.
    room()?;
    Builder::new_current_thread().enable_all().build()
}

/// That this process may open a few descriptors more. Where it may not, a connection that is not made tells nothing of
/// who it would lead to.
///
/// # Errors
/// It may not.
pub(super) fn room() -> io::Result<()> {
    #[cfg(unix)]
    {
        let pair = std::os::unix::net::UnixStream::pair;
        let _room = [pair()?, pair()?, pair()?];
    }
    Ok(())
}
