//! Electronic signatures of the story: throw-away keys and certificates made by `OpenSSL`, put into the fields of a PDF.

use std::{fs, path::Path, process::Command};

use lopdf::{Dictionary, Document, IncrementalDocument, Object, StringFormat, dictionary};
use sha2::{Digest as _, Sha256};
use x509_cert::{
    Certificate,
    der::{Decode as _, Encode as _},
};

/// Room for a signature and its certificates, in hexadecimal digits.
const ROOM: usize = 16_384;

/// Runs `OpenSSL`; it must succeed.
fn openssl(folder: &Path, words: &str) {
    let output = Command::new("openssl").args(words.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Whether `OpenSSL` is there.
pub(super) fn is_there() -> bool {
    Command::new("openssl").arg("version").output().is_ok()
}

/// How the authority of the story gives certificates; with `ca`, they may begin in the past.
const AUTHORITY: &str = "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\npreserve=yes\n\
    [p]\ncountryName=optional\norganizationIdentifier=optional\ncommonName=supplied\n";

/// Makes a root and a certificate for each signer: a short name, a person and the number of the body that they sign for.
pub(super) fn certificates(folder: &Path, signers: &[(&str, &str, &str)]) {
    fs::create_dir_all(folder).unwrap();
    let put = |name: &str, body: &str| fs::write(folder.join(name), body).unwrap();
    put("ca.cnf", AUTHORITY);
    put("index.txt", "");
    put("serial", "1000\n");
    put("racine.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
    put("feuille.ext", "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n");
    let request = |name: &str, subject: &str| {
        put(&format!("{name}.cnf"), &format!("[req]\ndistinguished_name=dn\nprompt=no\n[dn]\n{subject}"));
        openssl(folder, &format!("ecparam -name prime256v1 -genkey -noout -out {name}.key"));
        openssl(folder, &format!("req -new -utf8 -key {name}.key -config {name}.cnf -out {name}.csr"));
    };
    let give =
        "ca -batch -notext -config ca.cnf -startdate 20220101000000Z -enddate 20291231000000Z -keyfile racine.key";
    request("racine", "CN=Racine jetable\n");
    openssl(folder, &format!("{give} -selfsign -in racine.csr -extfile racine.ext -out racine.pem"));
    for (name, person, siren) in signers {
        request(name, &format!("C=FR\norganizationIdentifier=NTRFR-{siren}\nCN={person}\n"));
        openssl(folder, &format!("{give} -cert racine.pem -in {name}.csr -extfile feuille.ext -out {name}.pem"));
        openssl(folder, &format!("x509 -in {name}.pem -outform DER -out {name}.der"));
    }
    let days = "-crl_lastupdate 20220501000000Z -crl_nextupdate 20291231000000Z";
    openssl(
        folder,
        &format!("ca -batch -config ca.cnf -gencrl {days} -keyfile racine.key -cert racine.pem -out racine.crl"),
    );
}

/// Who signs, when: `220530090000Z`.
pub(super) struct Signer<'a> {
    pub(super) name: &'a str,
    pub(super) time: &'a str,
    pub(super) keys: &'a Path,
}

/// Signs a file in a field.
pub(super) fn sign(pdf: &[u8], field: &str, signer: &Signer<'_>) -> Vec<u8> {
    let document = Document::load_mem(pdf).unwrap();
    let id = document
        .objects
        .iter()
        .find(|(_, object)| object.as_dict().is_ok_and(|dict| named(dict, field)))
        .map(|(id, _)| *id)
        .unwrap_or_else(|| panic!("no field `{field}`"));
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), document);
    update.opt_clone_object_to_new_document(id).unwrap();
    let signature = update.new_document.add_object(dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "ByteRange" => vec![0.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into()],
        "Contents" => Object::String(vec![0; ROOM / 2], StringFormat::Hexadecimal),
    });
    let fields = update.new_document.get_object_mut(id).and_then(Object::as_dict_mut).unwrap();
    fields.set("V", signature);
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).unwrap();
    fill(bytes, pdf.len(), signer)
}

fn named(dict: &Dictionary, field: &str) -> bool {
    dict.get(b"T").and_then(Object::as_str).is_ok_and(|name| name == field.as_bytes())
}

/// Puts the ranges and the signature into their places.
fn fill(mut bytes: Vec<u8>, from: usize, signer: &Signer<'_>) -> Vec<u8> {
    let zeros = "0".repeat(ROOM);
    let find = |bytes: &[u8], what: &str| {
        let at = bytes[from..].windows(what.len()).position(|window| window == what.as_bytes());
        from + at.unwrap_or_else(|| panic!("no `{}`", &what[..what.len().min(40)]))
    };
    let hole = find(&bytes, &zeros) - 1;
    let end = hole + ROOM + 2;
    let range = "/ByteRange[0 9999999999 9999999999 9999999999]";
    let at = find(&bytes, range);
    let told = format!("/ByteRange[0 {hole} {end} {}]", bytes.len() - end);
    bytes[at..at + range.len()].copy_from_slice(format!("{told:<width$}", width = range.len()).as_bytes());
    let signed = [&bytes[..hole], &bytes[end..]].concat();
    let cms: String = cms(&signed, signer).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(cms.len() <= ROOM, "{} digits", cms.len());
    bytes[hole + 1..=hole + cms.len()].copy_from_slice(cms.as_bytes());
    bytes
}

/// A value of DER: its tag, its length, what it holds.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = match body.len() {
        short @ 0..=127 => vec![u8::try_from(short).unwrap()],
        long => {
            let digits: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            [&[0x80 | u8::try_from(digits.len()).unwrap()][..], &digits].concat()
        }
    };
    [&[tag][..], &length, &body].concat()
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
const SHA256: &[u8] = &[0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const ECDSA: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

/// An identifier under 1.2.840.113549.1.
fn pkcs(last: &[u8]) -> Vec<u8> {
    der(0x06, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1], last])
}

/// A detached signature with its certificate (RFC 5652), the instant that the signer claims, and the certificate it names (RFC 5035):
/// `OpenSSL` signs, but does not let anybody choose the instant.
fn cms(content: &[u8], signer: &Signer<'_>) -> Vec<u8> {
    let certificate = fs::read(signer.keys.join(format!("{}.der", signer.name))).unwrap();
    let read = Certificate::from_der(&certificate).unwrap();
    let attribute = |kind: &[u8], value: Vec<u8>| der(SEQUENCE, &[&pkcs(kind), &der(SET, &[&value])]);
    let hash = |bytes: &[u8]| der(OCTETS, &[Sha256::digest(bytes).as_slice()]);
    let named = der(SEQUENCE, &[&der(SEQUENCE, &[&der(SEQUENCE, &[&hash(&certificate)])])]);
    let mut attributes = [
        attribute(&[9, 3], pkcs(&[7, 1])),
        attribute(&[9, 4], hash(content)),
        attribute(&[9, 5], der(0x17, &[signer.time.as_bytes()])),
        attribute(&[9, 16, 2, 47], named),
    ];
    attributes.sort();
    let attributes = attributes.concat();
    fs::write(signer.keys.join("attributs.der"), der(SET, &[&attributes])).unwrap();
    openssl(signer.keys, &format!("dgst -sha256 -sign {}.key -out valeur.der attributs.der", signer.name));
    let value = fs::read(signer.keys.join("valeur.der")).unwrap();
    let body = read.tbs_certificate();
    let issuer = [body.issuer().to_der().unwrap(), body.serial_number().to_der().unwrap()].concat();
    let info = der(
        SEQUENCE,
        &[
            &[2, 1, 1],
            &der(SEQUENCE, &[&issuer]),
            &der(SEQUENCE, &[SHA256]),
            &der(0xa0, &[&attributes]),
            &der(SEQUENCE, &[ECDSA]),
            &der(OCTETS, &[&value]),
        ],
    );
    let signed = der(
        SEQUENCE,
        &[
            &[2, 1, 1],
            &der(SET, &[&der(SEQUENCE, &[SHA256])]),
            &der(SEQUENCE, &[&pkcs(&[7, 1])]),
            &der(0xa0, &[&certificate]),
            &der(SET, &[&info]),
        ],
    );
    der(SEQUENCE, &[&pkcs(&[7, 2]), &der(0xa0, &[&signed])])
}
