//! What a certificate may be used for (RFC 5280, 4.2.1.3 and 4.2.1.12; RFC 9336; RFC 3161, 2.3).

use super::{
    certificate::{Certificate, EXTENDED_KEY_USAGE},
    ledger::Fault,
};
use crate::evidence::{Reason, SubIndication};

const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";
/// The purposes that make a certificate fit for documents.
const DOCUMENTS: [&str; 5] = [
    "1.3.6.1.5.5.7.3.36",      // documentSigning (RFC 9336)
    "1.3.6.1.5.5.7.3.4",       // emailProtection: what was used before that purpose had a name, and still is, by most
    "1.3.6.1.4.1.311.10.3.12", // documentSigning, as Microsoft named it
    "1.2.840.113583.1.1.5",    // Adobe's « authentic documents »
    "2.5.29.37.0",             // any
];

/// What is wrong with signing a document with a certificate.
///
/// Its key must be one for signatures, if the certificate says what its key is for. If it names purposes, one of them must be fit for
/// documents. `clientAuth` alone is tolerated when the key is also for commitments (`nonRepudiation`): cards that hold one certificate
/// for all are made so. Without that bit it is a certificate for opening sessions, by which nobody means to sign. Certificates for
/// servers, for programs, for time stamps or for revocation services are refused.
pub(super) fn of_signer(certificate: &Certificate) -> Option<Fault> {
    let detail = match key_usage(certificate) {
        Some(detail) => detail,
        None => {
            let purposes = certificate.purposes()?;
            let commits = certificate.key_usage().is_some_and(|usage| usage.non_repudiation());
            let fit = |purpose: &String| {
                DOCUMENTS.contains(&purpose.as_str()) || (commits && purpose == CLIENT_AUTHENTICATION)
            };
            if purposes.iter().any(fit) {
                return None;
            }
            format!("the signer's certificate is made for {}, not for signing documents", named(&purposes))
        }
    };
    Some(Fault::indeterminate(Reason::CertUsage, SubIndication::SigConstraintsFailure, detail))
}

/// What is wrong with stamping times with a certificate: it must be made for that, critically, and for nothing else.
pub(super) fn of_time_stamps(certificate: &Certificate) -> Option<Fault> {
    let only = certificate.purposes().is_some_and(|purposes| purposes == [TIME_STAMPING]);
    let detail = match key_usage(certificate) {
        Some(detail) => detail,
        None if !only => "the authority's certificate is not made for time stamps and nothing else".to_owned(),
        None if !certificate.is_critical(EXTENDED_KEY_USAGE) => {
            "the authority's certificate does not say critically that it is for time stamps".to_owned()
        }
        None => return None,
    };
    Some(Fault::indeterminate(Reason::CertUsage, SubIndication::SigConstraintsFailure, detail))
}

fn key_usage(certificate: &Certificate) -> Option<String> {
    let usage = certificate.key_usage()?;
    let signs = usage.digital_signature() || usage.non_repudiation();
    (!signs).then(|| "the certificate's key is not for signatures".to_owned())
}

fn named(purposes: &[String]) -> String {
    let name = |purpose: &String| match purpose.as_str() {
        "1.3.6.1.5.5.7.3.1" => "servers".to_owned(),
        CLIENT_AUTHENTICATION => "opening sessions".to_owned(),
        "1.3.6.1.5.5.7.3.3" => "programs".to_owned(),
        TIME_STAMPING => "time stamps".to_owned(),
        "1.3.6.1.5.5.7.3.9" => "revocation services".to_owned(),
        other => format!("the purpose {other}"),
    };
    if purposes.is_empty() { "nothing".to_owned() } else { purposes.iter().map(name).collect::<Vec<_>>().join(", ") }
}
