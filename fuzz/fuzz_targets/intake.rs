//! Any bytes have a kind, and any message gives what it carries.
//!
//! `cargo +nightly fuzz run intake -- -timeout=5 -rss_limit_mb=600`
#![no_main]

use libfuzzer_sys::fuzz_target;
use paraphe::evidence::intake::intake;

fuzz_target!(|bytes: &[u8]| {
    for attachment in intake("retour.eml", bytes).attachments {
        let _again = intake(&attachment.name, &attachment.bytes);
    }
});
