//! What a file carries to validate its signatures later: the document security store (ETSI EN 319 142-1, 5.4.2).

use lopdf::{Dictionary, Object};

use super::{
    limits::{MAX_ANNOTATIONS, MAX_STREAM},
    view::{View, fields_of},
};
use crate::stamp::stream_content;

/// Certificates, lists and responses, in DER, as the file has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dss {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsps: Vec<Vec<u8>>,
    /// What is kept for one signature each.
    pub vri: Vec<Vri>,
}

/// What is kept for one signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vri {
    /// SHA-1 of the signature's `/Contents`, in upper-case hexadecimal.
    pub signature: String,
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsps: Vec<Vec<u8>>,
    /// A time stamp of the moment of the validation.
    pub timestamp: Option<Vec<u8>>,
}

/// The most that one entry is decoded to: lists of revocations have some megabytes.
const MAX_ENTRY: usize = 12 << 20;

/// Reads the store of a revision.
pub(super) fn read(view: View<'_>) -> Option<Dss> {
    let store = view.dictionary(view.catalog()?, b"DSS")?;
    let mut left = MAX_STREAM;
    let mut dss = Dss {
        certificates: streams(view, store, b"Certs", &mut left),
        crls: streams(view, store, b"CRLs", &mut left),
        ocsps: streams(view, store, b"OCSPs", &mut left),
        vri: Vec::new(),
    };
    if let Some(entries) = view.dictionary(store, b"VRI") {
        for (signature, entry) in entries.iter().take(MAX_ANNOTATIONS) {
            let Some(entry) = fields_of(view.follow(entry)) else { continue };
            dss.vri.push(Vri {
                signature: String::from_utf8_lossy(signature).into_owned(),
                certificates: streams(view, entry, b"Cert", &mut left),
                crls: streams(view, entry, b"CRL", &mut left),
                ocsps: streams(view, entry, b"OCSP", &mut left),
                timestamp: view.value(entry, b"TS").and_then(|stream| content(stream, &mut left)),
            });
        }
    }
    Some(dss)
}

fn streams<'f>(view: View<'f>, fields: &'f Dictionary, key: &[u8], left: &mut usize) -> Vec<Vec<u8>> {
    let list = view.array(fields, key).unwrap_or_default();
    list.iter().filter_map(|stream| content(view.follow(stream), left)).collect()
}

fn content(object: &Object, left: &mut usize) -> Option<Vec<u8>> {
    let content = stream_content(object.as_stream().ok()?, (*left).min(MAX_ENTRY));
    // An entry counts even when it is empty: there may be a million of them. One that is too large was decoded as far as that.
    let cost = content.as_ref().map_or(1 << 20, |content| content.len() + 1024);
    let enough = *left >= cost;
    *left = left.saturating_sub(cost);
    content.filter(|_| enough)
}
