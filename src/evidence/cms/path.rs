//! Paths from a certificate to somebody whom the campaign trusts (RFC 5280, 6; ETSI EN 319 102-1, 5.2.6).
//!
//! All the ways up are tried, through every certificate that bears the issuer's name and whose key made the signature, and the first one
//! that holds is taken: with cross-certificates the first way is not always the good one. The search is bounded, and a way that goes in a
//! circle ends. What makes a way good — names, constraints, policies, usages, extensions — is decided by a [`PathValidator`]: RFC 5280 is
//! long, and a library that passes its official tests knows it better than these pages would.

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, PDVTrustAnchorChoice, PkiEnvironment,
    TimeOfInterest, enforce_trust_anchor_constraints, validate_path_rfc5280,
};
use x509_cert::{
    der::{Encode, asn1::BitString},
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
};

use super::{
    algorithm::{Algorithm, Key, Scheme},
    ber::Element,
    certificate::Certificate,
    ledger::Fault,
    work::{What, Work},
};
use crate::evidence::{Reason, SubIndication};

/// How many certificates may stand between a certificate and its anchor, them included.
const LONGEST: usize = 10;
/// How many ways to an anchor are looked at.
const MOST_PATHS: usize = 16;

/// A way up: the certificate first, the anchor last. A certificate that the campaign trusts by itself is both.
pub(super) type Path<'a> = Vec<&'a Certificate>;

/// Says whether a way up is one that RFC 5280 allows, times and revocation aside.
pub(super) trait PathValidator {
    /// # Errors
    /// Why it is not.
    fn validate(&self, path: &[&Certificate]) -> Result<(), String>;
}

/// What the search found.
pub(super) struct Found<'a> {
    /// The ways to an anchor.
    pub(super) paths: Vec<Path<'a>>,
    /// Why there is none, when there is none.
    pub(super) obstacles: Vec<Fault>,
}

/// Looks for all the ways from a certificate to an anchor.
pub(super) fn search<'a>(
    target: &'a Certificate,
    pool: &[&'a Certificate],
    anchors: &'a [Certificate],
    work: &Work,
) -> Found<'a> {
    let mut search =
        Search { known: Vec::new(), anchors: anchors.len(), work, found: Vec::new(), obstacles: Vec::new() };
    for certificate in anchors.iter().chain([target]).chain(pool.iter().copied()) {
        if !search.known.contains(&certificate) {
            search.known.push(certificate);
        }
    }
    search.anchors = search.known.iter().take_while(|known| anchors.contains(known)).count();
    let start = search.known.iter().position(|known| *known == target).unwrap_or_default();
    search.climb(&mut vec![start]);
    let obstacles = if search.found.is_empty() { search.obstacles } else { Vec::new() };
    Found { paths: search.found, obstacles }
}

struct Search<'a, 'w> {
    /// Anchors first, each once.
    known: Vec<&'a Certificate>,
    /// How many of them are anchors.
    anchors: usize,
    work: &'w Work,
    found: Vec<Path<'a>>,
    obstacles: Vec<Fault>,
}

impl Search<'_, '_> {
    fn climb(&mut self, way: &mut Vec<usize>) {
        let Some((current, below)) = way.last().and_then(|last| Some((*last, *self.known.get(*last)?))) else { return };
        if current < self.anchors {
            let path = way.iter().filter_map(|index| self.known.get(*index).copied()).collect();
            return self.found.push(path);
        }
        if way.len() > LONGEST {
            return;
        }
        let above: Vec<(usize, &Certificate)> =
            self.known.iter().copied().enumerate().filter(|(_, one)| below.names_as_issuer(one)).collect();
        let others: Vec<_> = above.iter().filter(|(index, _)| !way.contains(index)).collect();
        if others.is_empty() {
            return self.dead_end(below, !above.is_empty());
        }
        for (index, issuer) in others {
            if self.work.spend(1).is_none() || self.found.len() >= MOST_PATHS {
                return;
            }
            let signed = self.is_signed_by(below, issuer);
            if signed == Some(true) {
                way.push(*index);
                self.climb(way);
                way.pop();
            } else {
                self.impostor(below, issuer, signed);
            }
        }
        // A certificate that signed itself beside a trusted one of the same name.
        if above.iter().any(|(index, one)| *index == current && self.is_signed_by(below, one) == Some(true)) {
            self.dead_end(below, true);
        }
    }

    fn is_signed_by(&self, below: &Certificate, issuer: &Certificate) -> Option<bool> {
        self.work.verified(What::Certificate(below.digest()), issuer.digest(), || below.is_signed_by(issuer))
    }

    fn obstacle(&mut self, fault: Fault) {
        if !self.obstacles.contains(&fault) && self.obstacles.len() < MOST_PATHS {
            self.obstacles.push(fault);
        }
    }

    /// `circular` when its issuer is on the way already: it issued itself, or two issued each other.
    fn dead_end(&mut self, last: &Certificate, circular: bool) {
        let sub = SubIndication::NoCertificateChainFound;
        self.obstacle(if circular || last.is_self_issued() {
            let detail = format!("the chain ends with `{}`, whom the campaign does not trust", last.subject());
            Fault::indeterminate(Reason::ChainUntrusted, sub, detail)
        } else {
            let (issuer, subject) = (last.issuer(), last.subject());
            let detail = format!("the certificate of `{issuer}`, who issued that of `{subject}`, is not there");
            Fault::indeterminate(Reason::ChainIncomplete, sub, detail)
        });
    }

    fn impostor(&mut self, below: &Certificate, issuer: &Certificate, signed: Option<bool>) {
        self.obstacle(if signed.is_none() {
            let detail = format!(
                "the signature upon the certificate of `{}` is of a kind that is not known here",
                below.subject()
            );
            Fault::indeterminate(Reason::Unsupported, SubIndication::CryptoConstraintsFailure, detail)
        } else {
            let (below, issuer) = (below.subject(), issuer.subject());
            let detail = format!(
                "the certificate of `{below}` was not signed with the key of `{issuer}`, whom it names as its issuer"
            );
            Fault::indeterminate(Reason::ChainInvalid, SubIndication::ChainConstraintsFailure, detail)
        });
    }
}

/// RFC 5280 as the crate `certval` knows it, with our own arithmetic.
///
/// Beyond RFC 5280, an intermediate certificate must name its usages, and the constraints of the anchor itself (length, names) hold too
/// (RFC 5937): an anchor is what the campaign trusts *as it is*. An anchor that issues must be an authority: a person's certificate that
/// the campaign trusts by itself makes nobody else trusted.
pub(super) struct Rfc5280;

impl PathValidator for Rfc5280 {
    fn validate(&self, path: &[&Certificate]) -> Result<(), String> {
        let [target, intermediates @ .., anchor] = path else { return Ok(()) };
        if !may_issue(anchor) {
            return Err(format!(
                "`{}` is trusted, and is not an authority that may issue certificates",
                anchor.subject()
            ));
        }
        let trusted = PDVTrustAnchorChoice::try_from(anchor.der()).map_err(|error| error.to_string())?;
        let chain = intermediates.iter().rev().map(|one| one.for_validation().clone()).collect();
        let path = CertificationPath::new(trusted, chain, target.for_validation().clone());
        let mut environment = PkiEnvironment::new();
        environment.add_verify_signature_message_callback(verify);
        let mut settings = CertificationPathSettings::new();
        settings.set_time_of_interest(TimeOfInterest::disabled());
        settings.set_require_ta_store(false);
        settings.set_enforce_trust_anchor_constraints(true);
        let settings =
            enforce_trust_anchor_constraints(&settings, &path.trust_anchor).map_err(|error| error.to_string())?;
        let mut results = CertificationPathResults::new();
        validate_path_rfc5280(&environment, &settings, &path, &mut results).map_err(|error| error.to_string())
    }
}

/// Whether an anchor may issue certificates. One of the first version cannot say so, and is one because the campaign says so.
fn may_issue(anchor: &Certificate) -> bool {
    let signs = anchor.key_usage().is_none_or(|usage| usage.key_cert_sign());
    signs && anchor.is_authority().unwrap_or_else(|| anchor.is_of_first_version() && anchor.is_self_issued())
}

fn verify(
    _: &PkiEnvironment,
    message: &[u8],
    signature: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> certval::Result<()> {
    let verified = || {
        let algorithm = algorithm.to_der().ok()?;
        let scheme = Scheme::of(&Algorithm::read(&Element::only(&algorithm).ok()?).ok()?, None)?;
        let key = Key::read(&key.to_der().ok()?)?;
        Some(key.verifies(scheme, &[message], signature.as_bytes()?))
    };
    match verified() {
        Some(true) => Ok(()),
        _ => Err(certval::Error::PathValidation(certval::PathValidationStatus::SignatureVerificationFailure)),
    }
}
