#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rtcscope_fuzz::run("sdp_views", bytes));
