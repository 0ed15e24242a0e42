//! Whom a campaign trusts: certificates and revocations that people put into its folders, and nothing else.
//!
//! Takes names and bytes; the disk is read elsewhere. Nothing is fetched and no list of the machine is asked: the same campaign trusts the
//! same people everywhere. Every file is kept with its digest, so that a report can say on what it rests.
//!
//! | folder | what it holds |
//! |---|---|
//! | `confiance/signature/` | anchors: those whose certificates make signers trusted, or the signers' own |
//! | `confiance/horodatage/` | anchors for time stamps |
//! | `confiance/intermediaires/` | certificates that may stand between, and are not trusted by themselves |
//! | `confiance/revocations/` | lists of revoked certificates (CRL), OCSP responses |
//!
//! Files are DER or PEM; a PEM file may hold several certificates, and text around them.

use base64ct::{Base64, Encoding};

use super::{cms::Certificate, diags};
use crate::{
    diag::{Checked, Diagnostic, Origin},
    digest::FileDigest,
};

/// What a file of trust is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Anchors for time stamps.
    Horodatage,
    /// Certificates that may stand between.
    Intermediaires,
    /// What tells of revocations.
    Revocations,
    /// Anchors for signatures.
    Signature,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Horodatage, Self::Intermediaires, Self::Revocations, Self::Signature];

    /// The folder of `confiance/` that holds files for it.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Horodatage => "horodatage",
            Self::Intermediaires => "intermediaires",
            Self::Revocations => "revocations",
            Self::Signature => "signature",
        }
    }

    /// The role of the files of a folder of `confiance/`; none for a folder of another name.
    #[must_use]
    pub fn of_folder(folder: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.folder() == folder)
    }
}

/// A file that trust rests on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TrustFile {
    /// Its name in the campaign.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// Whose certificates it holds; empty for revocations.
    pub subjects: Vec<String>,
}

/// Whom a campaign trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    files: Vec<TrustFile>,
    signature: Vec<Certificate>,
    horodatage: Vec<Certificate>,
    intermediaires: Vec<Certificate>,
    revocations: Vec<Vec<u8>>,
}

impl Trust {
    /// Reads files, each with its name and role, in the order of their names. What cannot be read is a finding, and the rest is kept: who
    /// is not trusted by mistake is reported as not trusted.
    pub fn read<B: AsRef<[u8]>>(files: impl IntoIterator<Item = (String, Role, B)>) -> Checked<Self> {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let (mut trust, mut findings) = (Self::default(), Vec::new());
        for (name, role, bytes) in files {
            trust.take(name, role, bytes.as_ref(), &mut findings);
        }
        Checked { value: Some(trust), findings }
    }

    /// The files that it rests on, by name.
    #[must_use]
    pub fn files(&self) -> &[TrustFile] {
        &self.files
    }

    /// Whether it has an anchor for signatures; without one, no signature can be trusted.
    #[must_use]
    pub const fn has_anchors(&self) -> bool {
        !self.signature.is_empty()
    }

    pub(super) fn anchors(&self, role: Role) -> &[Certificate] {
        match role {
            Role::Signature => &self.signature,
            Role::Horodatage => &self.horodatage,
            Role::Intermediaires | Role::Revocations => &[],
        }
    }

    /// Every certificate of the campaign: any of them may stand in a chain.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.intermediaires.iter().chain(&self.signature).chain(&self.horodatage)
    }

    pub(super) fn revocations(&self) -> impl Iterator<Item = &[u8]> {
        self.revocations.iter().map(Vec::as_slice)
    }

    fn take(&mut self, name: String, role: Role, bytes: &[u8], findings: &mut Vec<Diagnostic>) {
        let mut subjects = Vec::new();
        for block in blocks(bytes) {
            match block.and_then(|(kind, der)| self.take_one(role, kind, &der)) {
                Ok(subject) => subjects.extend(subject),
                Err(trouble) => findings.push(trouble.finding(&name, role)),
            }
        }
        self.files.push(TrustFile { name, role, sha256: FileDigest::of(bytes), subjects });
    }

    fn take_one(&mut self, role: Role, kind: Kind, der: &[u8]) -> Result<Option<String>, Trouble> {
        if kind == Kind::PrivateKey {
            return Err(Trouble::PrivateKey);
        }
        let certificate = Certificate::read(der);
        let list = match (role, certificate) {
            (Role::Revocations, Some(_)) => return Err(Trouble::Misplaced("a certificate")),
            (Role::Revocations, None) if super::cms::tells_of_revocations(der) => {
                self.revocations.push(der.to_vec());
                return Ok(None);
            }
            (Role::Revocations, None) => return Err(Trouble::Unreadable),
            (_, None) if super::cms::tells_of_revocations(der) => {
                return Err(Trouble::Misplaced("a list of revocations"));
            }
            (_, None) => return Err(Trouble::Unreadable),
            (Role::Signature, Some(certificate)) => (&mut self.signature, certificate),
            (Role::Horodatage, Some(certificate)) => (&mut self.horodatage, certificate),
            (Role::Intermediaires, Some(certificate)) => (&mut self.intermediaires, certificate),
        };
        let (list, certificate) = list;
        let subject = certificate.subject();
        if !list.contains(&certificate) {
            list.push(certificate);
        }
        Ok(Some(subject))
    }
}

/// Why something in a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Misplaced(&'static str),
    PrivateKey,
    Unreadable,
}

impl Trouble {
    fn finding(self, name: &str, role: Role) -> Diagnostic {
        let origin = Origin::file(name);
        let expected = match role {
            Role::Revocations => "lists of revoked certificates (CRL) or OCSP responses, in DER or PEM",
            _ => "certificates, in DER or PEM",
        };
        match self {
            Self::Misplaced(found) => {
                Diagnostic::new(&diags::TRUST_MISPLACED, origin, format!("{found} stands in `{}`", role.folder()))
                    .expected(expected)
                    .found(found)
                    .help("move the file to the folder of `confiance` that is made for it")
            }
            Self::PrivateKey => {
                Diagnostic::new(&diags::TRUST_PRIVATE_KEY, origin, "a private key stands in `confiance`")
                    .expected(expected)
                    .found("a private key")
                    .help(
                        "take the key out of the campaign, and treat it as known to others; keep the certificate only",
                    )
            }
            Self::Unreadable => Diagnostic::new(&diags::TRUST_UNREADABLE, origin, "a file of trust cannot be read")
                .expected(expected)
                .help("export the certificate again, as PEM (`.pem`, `.crt`) or DER (`.cer`)"),
        }
    }
}

/// What a PEM block says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    PrivateKey,
}

/// The DER values of a file: of each of its PEM blocks, or of itself.
fn blocks(bytes: &[u8]) -> Vec<Result<(Kind, Vec<u8>), Trouble>> {
    const BEGIN: &str = "-----BEGIN ";
    let text = String::from_utf8_lossy(bytes);
    if !text.contains(BEGIN) {
        return vec![Ok((Kind::Other, bytes.to_vec()))];
    }
    text.split(BEGIN).skip(1).map(block).collect()
}

fn block(after_begin: &str) -> Result<(Kind, Vec<u8>), Trouble> {
    let (label, rest) = after_begin.split_once("-----").ok_or(Trouble::Unreadable)?;
    if label.ends_with("PRIVATE KEY") {
        return Ok((Kind::PrivateKey, Vec::new()));
    }
    let (body, _) = rest.split_once(&format!("-----END {label}-----")).ok_or(Trouble::Unreadable)?;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Base64::decode_vec(&body).map(|der| (Kind::Other, der)).map_err(|_| Trouble::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evidence/cms/made");
        std::fs::read(folder.join(name)).unwrap()
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let body = Base64::encode_string(der);
        let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n", lines.join("\r\n"))
    }

    fn read(files: &[(&str, Role, &[u8])]) -> (Trust, Vec<&'static str>) {
        let checked = Trust::read(files.iter().map(|(name, role, bytes)| ((*name).to_owned(), *role, bytes)));
        (checked.value.unwrap(), checked.findings.iter().map(|finding| finding.code.name).collect())
    }

    #[test]
    fn a_file_may_hold_several_certificates_with_text_around() {
        let root = pem("CERTIFICATE", &made("racine.crt"));
        let bundle = format!("Racine, 2020\n{root}\nEncore\n{root}{}", pem("CERTIFICATE", &made("anna.crt")));
        let list = pem("X509 CRL", &made("racine.crl"));
        let (trust, findings) = read(&[
            ("confiance/signature/b.pem", Role::Signature, bundle.as_bytes()),
            ("confiance/horodatage/a.crt", Role::Horodatage, &made("racine-horodatage.crt")),
            ("confiance/revocations/c.pem", Role::Revocations, list.as_bytes()),
        ]);
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!((trust.signature.len(), trust.horodatage.len(), trust.revocations.len()), (2, 1, 1));
        let names: Vec<&str> = trust.files().iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["confiance/horodatage/a.crt", "confiance/revocations/c.pem", "confiance/signature/b.pem"]);
        assert_eq!(trust.files()[2].subjects[0], "CN=Racine FICTIVE,O=Fictif 96,C=FR");
        assert_eq!(trust.files()[2].sha256, FileDigest::of(bundle.as_bytes()));
    }

    #[test]
    fn what_cannot_be_used_is_told_and_the_rest_is_kept() {
        let key = format!("{}{}", pem("RSA PRIVATE KEY", b"secret"), pem("CERTIFICATE", &made("racine.crt")));
        let cut = pem("CERTIFICATE", &made("racine.crt")).replace("-----END", "");
        let (trust, findings) = read(&[
            ("a", Role::Signature, key.as_bytes()),
            ("b", Role::Signature, b"bonjour"),
            ("c", Role::Signature, cut.as_bytes()),
            ("d", Role::Revocations, &made("racine.crt")),
            ("e", Role::Signature, &made("racine.crl")),
            ("f", Role::Revocations, b""),
        ]);
        let expected = ["private-key", "unreadable", "unreadable", "misplaced", "misplaced", "unreadable"];
        assert_eq!(findings, expected.map(|name| format!("evidence/trust-{name}")));
        assert_eq!((trust.signature.len(), trust.files().len()), (1, 6));
    }

    #[test]
    fn each_role_has_its_folder() {
        assert!(Role::ALL.into_iter().all(|role| Role::of_folder(role.folder()) == Some(role)));
        assert_eq!(Role::of_folder("autre"), None);
    }
}
