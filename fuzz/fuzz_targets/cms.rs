//! Any bytes as a signature, as a time stamp and as files of trust: `cargo +nightly fuzz run cms fuzz/corpus/cms tests/fixtures/evidence/cms/made`.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use paraphe::evidence::{
    cms::{Material, examine, examine_timestamp},
    trust::{Role, Trust},
};

fuzz_target!(|bytes: &[u8]| {
    let files = Role::ALL.into_iter().map(|role| (role.folder().to_owned(), role, bytes));
    let trust = Trust::read(files).value.unwrap_or_default();
    let one = vec![bytes.to_vec()];
    let material = Material { certificates: one.clone(), lists: one.clone(), responses: one };
    let now = Timestamp::UNIX_EPOCH;
    for subfilter in ["ETSI.CAdES.detached", "adbe.pkcs7.detached"] {
        let evidence = examine(bytes, subfilter, &[b"contrat"], &material, &trust, &[], now);
        assert!(evidence.sub_indication.is_some(), "nobody signed these bytes");
    }
    let _ = examine_timestamp(bytes, &[b"contrat"], &material, &trust, &[], now);
});
