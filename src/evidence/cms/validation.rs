//! A certificate at the decisive instant: somebody trusted issued it, it was valid, it was not revoked (ETSI EN 319 102-1, 5.2.6, 5.5).

use jiff::Timestamp;

use super::{
    certificate::Certificate,
    ledger::Fault,
    moment::{Moment, Proof},
    path::{Path, PathValidator, Rfc5280, search},
    revocation::{Known, Sources},
};
use crate::evidence::{Indication, Reason, Revocation, SubIndication};

/// With what certificates are validated.
pub(super) struct Ground<'a> {
    /// Whom the campaign trusts, for this use.
    pub(super) anchors: &'a [Certificate],
    /// Other certificates that may stand between.
    pub(super) pool: &'a [&'a Certificate],
    /// What tells of revocations.
    pub(super) sources: &'a Sources<'a>,
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
    let found = search(target, ground.pool, ground.anchors);
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
    best.unwrap_or_else(|| {
        let mut faults = found.obstacles;
        if faults.is_empty() {
            let detail = format!("no chain from `{}` to anybody whom the campaign trusts", target.subject());
            faults.push(Fault::indeterminate(Reason::ChainUntrusted, SubIndication::NoCertificateChainFound, detail));
        }
        faults.extend(validity(target, moment, true));
        let (revocation, embedded) = (Revocation::Unknown, false);
        let detail = "nobody whom the campaign trusts can tell whether the signer's certificate was revoked";
        faults.push(Fault::indeterminate(Reason::RevocationUnknown, SubIndication::TryLater, detail));
        Validated { revocation, faults, path: None, embedded }
    })
}

/// How bad what is known is: less is better.
fn cost(validated: &Validated<'_>) -> (std::cmp::Reverse<usize>, usize) {
    let worst = validated.faults.iter().map(Fault::rank).min().unwrap_or(usize::MAX);
    (std::cmp::Reverse(worst), validated.faults.len())
}

/// Everything about one way up.
fn along<'a>(path: Path<'a>, ground: &Ground<'a>, moment: Moment) -> Validated<'a> {
    let mut faults = Vec::new();
    if let Err(why) = Rfc5280.validate(&path) {
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
        let known = ground.sources.ask(certificate, issuer, moment, ground.now);
        embedded &= known.embedded;
        faults.extend(revoked(certificate, &known, moment, is_target));
        if is_target {
            revocation = known.revocation;
        }
    }
    Validated { revocation, faults, path: Some(path), embedded }
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
