//! Any bytes are read as a returned PDF: facts or a reason, and a file differs in nothing from itself.
//!
//! `cargo +nightly fuzz run pdf -- -timeout=5 -rss_limit_mb=600`
#![no_main]

use libfuzzer_sys::fuzz_target;
use paraphe::evidence::pdf;

fuzz_target!(|bytes: &[u8]| {
    match pdf::read(bytes) {
        Ok(facts) => {
            assert!(!facts.revisions.is_empty());
            let _told = pdf::compare(&facts, &facts, facts.revisions.len());
        }
        Err(unread) => assert!(!unread.observations.is_empty()),
    }
});
