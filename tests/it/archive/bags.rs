//! An object goes out as a bag.

use std::fs;

use jiff::civil::date;
use paraphe::archive::{Error, bag};

use super::{example, id, path};

#[test]
fn a_bag_has_every_version_whole_and_what_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let out = folder.path().join("sac");
    let added = [(path("registre/évènements 100 %.json"), b"[]".to_vec())];
    bag::write(&store, &id("960000016-2022"), &added, &out, date(2026, 11, 22)).unwrap();
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("data/v1/contrat.docx"), "docx");
    assert_eq!(read("data/v2/contrat.docx"), "docx");
    assert_eq!(read("data/v2/exemplaires/ars.pdf"), "ars 2");
    assert_eq!(read("data/registre/évènements 100 %.json"), "[]");
    assert!(read("manifest-sha256.txt").contains("  data/registre/évènements 100 %25.json\n"));
    assert_eq!(read("manifest-sha512.txt").lines().count(), 8);
    assert_eq!(read("tagmanifest-sha512.txt").lines().count(), 4);
    let inventory = fs::read(store.root().join("960000016-2022/inventory.json")).unwrap();
    assert_eq!(fs::read(out.join("data/inventory.json")).unwrap(), inventory);
    assert_eq!(
        read("bag-info.txt"),
        format!(
            "Bag-Software-Agent: paraphe {}\nBagging-Date: 2026-11-22\nExternal-Identifier: 960000016-2022\nPayload-Oxum: {}.8\n",
            env!("CARGO_PKG_VERSION"),
            4 + 5 + 14 + 4 + 5 + 6 + inventory.len() + 2
        )
    );
    let again = bag::write(&store, &id("960000016-2022"), &[], &out, date(2026, 11, 22));
    assert!(matches!(again, Err(Error::Exists(_))));
}

#[test]
fn nothing_damaged_goes_into_a_bag() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    fs::write(store.root().join("960000016-2022/v1/content/exemplaires/ars.pdf"), "ars X").unwrap();
    let out = folder.path().join("sac");
    let refused = bag::write(&store, &id("960000016-2022"), &[], &out, date(2026, 11, 22));
    assert!(matches!(refused, Err(Error::Damaged { .. })));
    assert!(!out.exists());
}

#[test]
fn what_is_added_cannot_hide_what_is_archived() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let added = [(path("v1/contrat.docx"), b"another".to_vec())];
    let refused = bag::write(&store, &id("960000016-2022"), &added, &folder.path().join("sac"), date(2026, 11, 22));
    assert!(matches!(refused, Err(Error::Path(_))));
}
