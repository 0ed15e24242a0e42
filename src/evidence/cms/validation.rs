//! A certificate at the decisive instant: somebody trusted issued it, it was valid, it was not revoked (ETSI EN 319 102-1, 5.2.6, 5.5).

use certval::compare_names;
use jiff::Timestamp;

use super::{
    certificate::Certificate,
    ledger::Fault,
    moment::{Moment, Proof},
    path::{Path, PathValidator, Rfc5280, search},
    revocation::{Known, Sources},
    work::Work,
};
use crate::evidence::{Indication, Reason, Revocation, SubIndication};

/// How many certificates of one name are looked at for other keys of one authority.
const MOST_NAMESAKES: usize = 4;

/// With what certificates are validated.
pub(super) struct Ground<'a> {
    /// Whom the campaign trusts, for this use.
    pub(super) anchors: &'a [Certificate],
    /// Other certificates that may stand between.
    pub(super) pool: &'a [&'a Certificate],
    /// What tells of revocations.
    pub(super) sources: &'a Sources<'a>,
    /// How much may be computed.
    pub(super) work: &'a Work,
    pub(super) now: Timestamp,
}

/// What is known of a certificate at a moment.
pub(super) struct Validated<'a> {
    /// Its revocation.
    pub(super) revocation: Revocation,
    /// What is wrong, with it or above.
    pub(super) faults: Vec<Fault>,
    /// The way up that was taken: the certificate first, the anchor last.
    pub(super) path: Option<Path<'a>>,
    /// Whether what travels with the document tells of the revocation of every certificate of the way.
    pub(super) embedded: bool,
}

/// Validates a certificate: the best of its ways up is taken.
pub(super) fn validate<'a>(target: &'a Certificate, ground: &Ground<'a>, moment: Moment) -> Validated<'a> {
    let found = search(target, ground.pool, ground.anchors, ground.work);
    let mut best: Option<Validated<'a>> = None;
    for path in found.paths {
        let validated = along(path, ground, moment);
        let sound = validated.faults.iter().all(|fault| fault.meaning.is_none());
        if best.as_ref().is_none_or(|best| cost(&validated) < cost(best)) {
            best = Some(validated);
        }
        if sound {
            break;
        }
    }
    let mut validated = best.unwrap_or_else(|| nowhere(target, found.obstacles, moment));
    if ground.work.is_exhausted() {
        let detail = "more certificates and lists came with the signature than are looked at";
        let sub = SubIndication::CertificateChainGeneralFailure;
        validated.faults.push(Fault::indeterminate(Reason::LimitExceeded, sub, detail));
    }
    validated
}

/// What is known of a certificate that leads to nobody trusted.
fn nowhere<'a>(target: &Certificate, mut faults: Vec<Fault>, moment: Moment) -> Validated<'a> {
    if faults.is_empty() {
        let detail = format!("no chain from `{}` to anybody whom the campaign trusts", target.subject());
        faults.push(Fault::indeterminate(Reason::ChainUntrusted, SubIndication::NoCertificateChainFound, detail));
    }
    faults.extend(validity(target, moment, true));
    let detail = "nobody whom the campaign trusts can tell whether the signer's certificate was revoked";
    faults.push(Fault::indeterminate(Reason::RevocationUnknown, SubIndication::TryLater, detail));
    Validated { revocation: Revocation::Unknown, faults, path: None, embedded: false }
}

/// How bad what is known is: less is better.
fn cost(validated: &Validated<'_>) -> (std::cmp::Reverse<usize>, usize) {
    let worst = validated.faults.iter().map(Fault::rank).min().unwrap_or(usize::MAX);
    (std::cmp::Reverse(worst), validated.faults.len())
}

/// Everything about one way up.
fn along<'a>(path: Path<'a>, ground: &Ground<'a>, moment: Moment) -> Validated<'a> {
    let mut faults = Vec::new();
    if let Err(why) = allowed(&path, ground) {
        let detail = format!("the chain is not one that RFC 5280 allows: {why}");
        faults.push(Fault::indeterminate(Reason::ChainInvalid, SubIndication::ChainConstraintsFailure, detail));
    }
    let (mut revocation, mut embedded) = (Revocation::Unknown, true);
    for (place, certificate) in path.iter().enumerate() {
        let is_target = place == 0;
        let issuer = path.get(place + 1).copied();
        if !is_target || issuer.is_some() {
            faults.extend(weakness(certificate, issuer.is_some(), is_target));
        }
        if is_target || issuer.is_some() {
            faults.extend(validity(certificate, moment, is_target));
        }
        let Some(issuer) = issuer.or_else(|| above_anchor(certificate, is_target, ground)) else { continue };
        let known =
            ground.sources.ask(certificate, &issuers(issuer, &path, ground, moment), moment, ground.now, ground.work);
        embedded &= known.embedded;
        faults.extend(revoked(certificate, &known, moment, is_target));
        if is_target {
            revocation = known.revocation;
        }
    }
    Validated { revocation, faults, path: Some(path), embedded }
}

/// Whether a way up is one that RFC 5280 allows. Its signatures are verified once more there.
fn allowed(path: &Path<'_>, ground: &Ground<'_>) -> Result<(), String> {
    ground.work.spend(path.len()).ok_or("too many ways were looked at")?;
    Rfc5280.validate(path)
}

/// An issuer, and the certificates for other keys of the same authority, which may sign its lists: they bear its name, lead to the same
/// anchor, and nothing says that they were revoked (RFC 5280, 6.3.3 (f)). An authority that changes its key has them.
fn issuers<'a>(issuer: &'a Certificate, path: &Path<'a>, ground: &Ground<'a>, moment: Moment) -> Vec<&'a Certificate> {
    let namesake = |one: &&&Certificate| {
        compare_names(one.subject_name(), issuer.subject_name()) && one.key_bits() != issuer.key_bits()
    };
    let holds = |one: &Certificate, above: &Certificate| {
        let known = ground.sources.ask(one, &[above], moment, ground.now, ground.work);
        validity(one, moment, false).is_none()
            && one.weakness(true, true).is_none()
            && !matches!(known.revocation, Revocation::Revoked { .. })
    };
    let leads_there = |one: &&Certificate| {
        search(one, ground.pool, ground.anchors, ground.work).paths.iter().any(|other| {
            other.last() == path.last()
                && allowed(other, ground).is_ok()
                && other.iter().zip(other.iter().skip(1)).all(|(one, above)| holds(one, above))
        })
    };
    let deputies = ground.pool.iter().filter(namesake).take(MOST_NAMESAKES).copied().filter(leads_there);
    std::iter::once(issuer).chain(deputies).collect()
}

/// Who issued a certificate that the campaign trusts by itself, if that is known: a list of theirs still tells of it.
fn above_anchor<'a>(certificate: &Certificate, is_target: bool, ground: &Ground<'a>) -> Option<&'a Certificate> {
    let known = ground.anchors.iter().chain(ground.pool.iter().copied());
    let signed = |one: &&Certificate| certificate.names_as_issuer(one) && certificate.is_signed_by(one) == Some(true);
    (is_target && !certificate.is_self_issued()).then(|| known.into_iter().find(signed)).flatten()
}

fn weakness(certificate: &Certificate, issued: bool, is_target: bool) -> Option<Fault> {
    // The target's own key is looked at with the signature that it made.
    let weakness = certificate.weakness(issued, !is_target)?;
    let detail = format!("the certificate of `{}` has {weakness}", certificate.subject());
    Some(Fault::indeterminate(Reason::WeakAlgorithm, SubIndication::CryptoConstraintsFailureNoPoe, detail))
}

/// What is wrong with the times of a certificate (RFC 5280, 6.1.3 (a)(2); ETSI EN 319 102-1, 5.2.6 and 5.5.4). The anchor's are not looked
/// at: the campaign trusts it for as long as it gives it (RFC 5280, 6.1.1 (d)).
///
/// A signature that was stamped after the end was made after it, for the signer's tool put the stamp there; one that is only known to
/// exist after the end may be older. One that existed before the beginning is broken in any case.
fn validity(certificate: &Certificate, moment: Moment, is_target: bool) -> Option<Fault> {
    let (first, last) = certificate.validity();
    let (subject, time) = (certificate.subject(), moment.time);
    if time < first {
        let detail =
            format!("the certificate of `{subject}` is valid from {first}, and the signature existed on {time}");
        return Some(Fault::failed(Reason::CertNotYetValid, SubIndication::NotYetValid, detail));
    }
    if time <= last {
        return None;
    }
    Some(match moment.proof {
        Proof::Stamped if is_target => {
            let detail = format!(
                "the certificate of `{subject}` had expired on {last} when the signature was stamped, on {time}"
            );
            Fault::failed(Reason::CertExpired, SubIndication::Expired, detail)
        }
        _ => {
            let detail = format!(
                "the certificate of `{subject}` expired on {last}, and nothing proves that the signature is older than {time}"
            );
            Fault::indeterminate(Reason::CertExpired, SubIndication::OutOfBoundsNoPoe, detail)
        }
    })
}

/// What a revocation makes of the signature (ETSI EN 319 102-1, 5.5.4): nothing, when the signature is proven to be older.
fn revoked(certificate: &Certificate, known: &Known, moment: Moment, is_target: bool) -> Option<Fault> {
    let (subject, time) = (certificate.subject(), moment.time);
    match known.revocation {
        Revocation::Good { .. } => None,
        Revocation::Revoked { since } if time < since => None,
        Revocation::Revoked { since } => {
            let detail = format!(
                "the certificate of `{subject}` is revoked since {since}, and the signature is known to exist since {time} only"
            );
            let meaning = if is_target && moment.proof == Proof::Stamped {
                (Indication::TotalFailed, SubIndication::Revoked)
            } else {
                (Indication::Indeterminate, SubIndication::RevokedNoPoe)
            };
            Some(Fault { reason: Reason::CertRevoked, detail, meaning: Some(meaning) })
        }
        Revocation::Unknown => {
            let detail = format!("it is not known whether the certificate of `{subject}` was revoked: {}", known.why);
            Some(Fault::indeterminate(Reason::RevocationUnknown, SubIndication::TryLater, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path};

    use base64ct::{Base64, Encoding};
    use serde::Deserialize;

    use super::*;

    /// The tests that are not passed, and why. But for one, what should be accepted is called unknown, or revoked.
    const EXCUSED: [(&str, &str); 17] = [
        ("40104", "DSA is not known here"),
        ("40105", "DSA is not known here"),
        ("40203", "the library reads no date before 1970"),
        ("41404", "points named relatively to the issuer are not compared"),
        ("41405", "points named relatively to the issuer are not compared"),
        ("41407", "points named relatively to the issuer are not compared"),
        ("41418", "lists of some reasons are not put together"),
        ("41419", "lists of some reasons are not put together"),
        ("41422", "lists of several issuers are not believed"),
        ("41424", "lists of several issuers are not believed"),
        ("41425", "lists of several issuers are not believed"),
        ("41428", "lists of several issuers are not believed"),
        ("41429", "lists of several issuers are not believed"),
        ("41430", "lists of several issuers are not believed"),
        ("41433", "lists of several issuers are not believed"),
        (
            "41504",
            "lists of changes are not read: the whole list, which is still current, is believed (RFC 5280, 5.2.4, leaves it free)",
        ),
        ("41505", "lists of changes are not read: the whole list says that it was revoked"),
    ];

    #[derive(Deserialize)]
    struct Pkits {
        tests: Vec<Test>,
        files: BTreeMap<String, String>,
    }

    #[derive(Deserialize)]
    struct Test {
        name: String,
        certificate: String,
        others: Vec<String>,
        lists: Vec<String>,
        valid: bool,
    }

    impl Pkits {
        fn bytes(&self, name: &str) -> Vec<u8> {
            Base64::decode_vec(&self.files[name]).unwrap()
        }

        fn is_sound(&self, test: &Test, now: Timestamp) -> Result<(), String> {
            let read = |name: &str| Certificate::read(&self.bytes(name));
            let target = read(&test.certificate).ok_or("the certificate cannot be read")?;
            let anchors: Vec<Certificate> = read("TrustAnchorRootCertificate.crt").into_iter().collect();
            let others: Vec<Certificate> = test.others.iter().filter_map(|name| read(name)).collect();
            let mut lists: Vec<Vec<u8>> = test.lists.iter().map(|name| self.bytes(name)).collect();
            lists.push(self.bytes("TrustAnchorRootCRL.crl"));
            let mut sources = Sources::default();
            lists.iter().for_each(|list| sources.add(list, false));
            let pool: Vec<&Certificate> = others.iter().collect();
            let work = Work::default();
            let ground = Ground { anchors: &anchors, pool: &pool, sources: &sources, work: &work, now };
            let faults = validate(&target, &ground, Moment::of(std::iter::empty(), &[], now)).faults;
            let faults: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.reason, fault.detail)).collect();
            if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
        }
    }

    #[test]
    fn the_official_path_tests_are_passed() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evidence/pkits/pkits.json");
        let pkits: Pkits = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        for test in &pkits.tests {
            let found = pkits.is_sound(test, now);
            let excused = EXCUSED.iter().find(|(number, _)| test.name.starts_with(number));
            match excused {
                Some((_, why)) => assert_ne!(found.is_ok(), test.valid, "{} is passed, though {why}", test.name),
                None => assert_eq!(found.is_ok(), test.valid, "{}: {found:?}", test.name),
            }
        }
    }
}
