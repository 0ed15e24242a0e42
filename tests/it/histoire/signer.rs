//! Electronic signatures of the story: throw-away keys and certificates made by `OpenSSL`, put into the fields of a PDF.

use std::{fs, path::Path, process::Command};

use lopdf::{Dictionary, Document, IncrementalDocument, Object, StringFormat, dictionary};

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
    }
}

/// Signs a file in a field.
pub(super) fn sign(pdf: &[u8], field: &str, signer: &str, keys: &Path) -> Vec<u8> {
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
    fill(bytes, pdf.len(), signer, keys)
}

fn named(dict: &Dictionary, field: &str) -> bool {
    dict.get(b"T").and_then(Object::as_str).is_ok_and(|name| name == field.as_bytes())
}

/// Puts the ranges and the signature into their places.
fn fill(mut bytes: Vec<u8>, from: usize, signer: &str, keys: &Path) -> Vec<u8> {
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
    fs::write(keys.join("signe.bin"), [&bytes[..hole], &bytes[end..]].concat()).unwrap();
    openssl(
        keys,
        &format!(
            "cms -sign -binary -cades -md sha256 -in signe.bin -signer {signer}.pem -inkey {signer}.key -outform DER -out signe.der"
        ),
    );
    let cms: String = fs::read(keys.join("signe.der")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(cms.len() <= ROOM, "{} digits", cms.len());
    bytes[hole + 1..=hole + cms.len()].copy_from_slice(cms.as_bytes());
    bytes
}
