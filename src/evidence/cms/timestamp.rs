//! Tokens of time-stamp authorities (RFC 3161; RFC 5816; ETSI EN 319 102-1, 5.4).

use jiff::Timestamp;

use super::{
    algorithm::Algorithm,
    ber::{Element, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE},
    certificate::Certificate,
    ledger::{Fault, Ledger},
    moment::Moment,
    signature::{self, Form},
    signed_data::{SignedData, TST_INFO},
    usage,
    validation::{Ground, validate},
};
use crate::evidence::{Indication, Reason, SubIndication, Timestamped};

/// What a token states (RFC 3161, 2.4.2).
struct Statement<'a> {
    digest: Algorithm<'a>,
    imprint: &'a [u8],
    time: Timestamp,
}

impl<'a> Statement<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Element::only(bytes)?.expect(SEQUENCE)?.children();
        fields.required(INTEGER)?;
        fields.required(OBJECT_IDENTIFIER)?;
        let mut imprint = fields.required(SEQUENCE)?.children();
        let digest = Algorithm::read(&imprint.required(SEQUENCE)?)?;
        let imprint = imprint.required(OCTET_STRING)?.content;
        fields.required(INTEGER)?;
        let time = fields.required(GENERALIZED_TIME)?.time().ok_or(Malformed("a time cannot be read"))?;
        Ok(Self { digest, imprint, time })
    }
}

/// What a token is worth.
pub(super) struct Token {
    /// When and who, if the token holds.
    pub(super) stamped: Option<Timestamped>,
    /// What was seen of it, under the reasons of signatures.
    pub(super) ledger: Ledger,
    /// Who stamped.
    pub(super) authority: Option<Certificate>,
    /// How.
    pub(super) algorithm: Option<String>,
}

impl Token {
    /// What is wrong with it as one sentence, and whether it is broken rather than unknown.
    pub(super) fn trouble(&self) -> Option<(bool, String)> {
        let objections = self.ledger.objections();
        let broken = objections.iter().any(|fault| matches!(fault.meaning, Some((Indication::TotalFailed, _))));
        let details: Vec<&str> = objections.iter().map(|fault| fault.detail.as_str()).collect();
        (!details.is_empty()).then(|| (broken, details.join("; ")))
    }

    /// The same as faults of the signature that it stamps. A broken token is no honest one, so that the signature is not sound with it;
    /// one that nobody trusts only proves nothing; what is to be known of one that is trusted is to be known of the signature.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let Some((broken, detail)) = self.trouble() else { return self.ledger.notes() };
        let detail = format!("a time stamp of it: {detail}");
        vec![if broken {
            Fault::indeterminate(Reason::TimestampInvalid, SubIndication::SigConstraintsFailure, detail)
        } else {
            Fault::note(Reason::TimestampUntrusted, detail)
        }]
    }
}

/// Checks a token against what it stamps: `certificates` are all those that are known, `proofs` the instants at which the token itself is
/// known to have existed.
///
/// The authority's certificate must have been valid when it stamped, and still be so when the token is known to exist: whoever gets the
/// key of an expired certificate can stamp any time before. Whether it was revoked is asked of what was given; that nothing tells is
/// noted, and does not take from the trust that the campaign gives to the authority.
pub(super) fn check(
    token: &[u8],
    stamped: &[&[u8]],
    certificates: &[Certificate],
    ground: &Ground<'_>,
    proofs: &[Timestamp],
) -> Token {
    let mut checked = Token { stamped: None, ledger: Ledger::default(), authority: None, algorithm: None };
    if let Err(malformed) = read(token, stamped, certificates, ground, proofs, &mut checked) {
        let detail = format!("it is no token that can be read: {malformed}");
        checked.ledger.add(Fault::failed(Reason::ContentsMalformed, SubIndication::FormatFailure, detail));
    }
    checked
}

fn read(
    token: &[u8],
    stamped: &[&[u8]],
    certificates: &[Certificate],
    ground: &Ground<'_>,
    proofs: &[Timestamp],
    checked: &mut Token,
) -> Result<(), Malformed> {
    let (message, rest) = SignedData::first(token)?;
    if rest.iter().any(|byte| *byte != 0) {
        let detail = "something stands after the token";
        checked.ledger.add(Fault::indeterminate(
            Reason::ContentsTrailingData,
            SubIndication::SigConstraintsFailure,
            detail,
        ));
    }
    let content = message.content.as_deref().filter(|_| message.content_type == Some(TST_INFO));
    let content = content.ok_or(Malformed("it states no time"))?;
    let statement = Statement::read(content)?;
    let [signer] = message.signers.as_slice() else { return Err(Malformed("it has not exactly one signer")) };
    imprint(&statement, stamped, &mut checked.ledger);
    if statement.time > ground.now {
        let detail = format!("it is dated in the future, {}", statement.time);
        checked.ledger.add(Fault::failed(Reason::TimestampInvalid, SubIndication::TimestampOrderFailure, detail));
    }
    let known = known(&message, certificates);
    let Some(signed) =
        signature::check(signer, TST_INFO, &[content], Form::WithCertificate, &known, &mut checked.ledger)
    else {
        return Ok(());
    };
    checked.algorithm = signed.algorithm;
    checked.authority = Some(signed.certificate.clone());
    checked.ledger.extend(usage::of_time_stamps(signed.certificate));
    trust(signed.certificate, &known, &statement, ground, proofs, &mut checked.ledger);
    let trouble = checked.trouble();
    if trouble.as_ref().is_none_or(|(broken, _)| !broken) {
        let authority = signed.certificate.subject();
        checked.stamped = Some(Timestamped { time: statement.time, authority, trusted: trouble.is_none() });
    }
    Ok(())
}

/// The certificates of the token first, then the others, each once.
fn known(message: &SignedData<'_>, certificates: &[Certificate]) -> Vec<Certificate> {
    let mut known: Vec<Certificate> =
        message.certificates.iter().filter_map(|bytes| Certificate::read(bytes)).collect();
    for certificate in certificates {
        if !known.contains(certificate) {
            known.push(certificate.clone());
        }
    }
    known
}

fn imprint(statement: &Statement<'_>, stamped: &[&[u8]], ledger: &mut Ledger) {
    let Some(hash) = statement.digest.hash() else {
        let detail = format!("the digest algorithm {} is not known here", statement.digest.number());
        return ledger.add(Fault::indeterminate(Reason::Unsupported, SubIndication::CryptoConstraintsFailure, detail));
    };
    if hash.is_weak() {
        let sub = SubIndication::CryptoConstraintsFailureNoPoe;
        ledger.add(Fault::indeterminate(Reason::WeakAlgorithm, sub, format!("it stamps a digest by {}", hash.name())));
    }
    if statement.imprint != hash.digest(stamped) {
        let detail = "it stamps something else";
        ledger.add(Fault::failed(Reason::DigestMismatch, SubIndication::HashFailure, detail));
    }
}

fn trust(
    authority: &Certificate,
    known: &[Certificate],
    statement: &Statement<'_>,
    ground: &Ground<'_>,
    proofs: &[Timestamp],
    ledger: &mut Ledger,
) {
    let (first, last) = authority.validity();
    if !(first..=last).contains(&statement.time) {
        let detail = format!(
            "the authority's certificate is valid from {first} to {last}, and the stamp says {}",
            statement.time
        );
        ledger.add(Fault::indeterminate(Reason::CertExpired, SubIndication::OutOfBoundsNoPoe, detail));
    }
    let later: Vec<Timestamp> = proofs.iter().copied().filter(|proof| *proof >= statement.time).collect();
    let moment = Moment::of(std::iter::empty(), &later, ground.now);
    let pool: Vec<&Certificate> = known.iter().collect();
    let ground =
        Ground { anchors: ground.anchors, pool: &pool, sources: ground.sources, work: ground.work, now: ground.now };
    for fault in validate(authority, &ground, moment).faults {
        let unknown = fault.reason == Reason::RevocationUnknown;
        ledger.add(if unknown { Fault { meaning: None, ..fault } } else { fault });
    }
}
