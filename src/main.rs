//! The binary: all of it is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(rtcscope::cli::crash::contained(|| rtcscope::cli::run(std::env::args_os())))
}
