//! Bytes that are no campaign: told, never a panic.

use std::collections::BTreeMap;

use paraphe::input::{Sources, read};
use proptest::prelude::*;

use super::{fixture::Fixture, grid};

fn files() -> BTreeMap<String, Vec<u8>> {
    let folder = Fixture::good("good-gen2").build();
    Sources::load(folder.path()).unwrap().value.unwrap().files().clone()
}

fn with(name: &str, bytes: Vec<u8>) -> bool {
    let mut files = files();
    files.insert(name.into(), bytes);
    read(&Sources::from_files(files, "modele")).has_errors()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_may_stand_for_a_yaml_file(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(with("etablissements.yaml", bytes));
    }

    #[test]
    fn any_text_may_stand_for_a_yaml_file(text in "[-a-z:\\[\\]{}&*!|>'\" \\n#%@]{0,200}") {
        prop_assert!(with("campagne.yaml", text.clone().into_bytes()));
        with("indicateurs.yaml", text.into_bytes());
    }

    #[test]
    fn any_bytes_may_stand_for_a_workbook(bytes in proptest::collection::vec(any::<u8>(), 0..400), old in any::<bool>()) {
        let mut workbook = if old { b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec() } else { b"PK\x03\x04".to_vec() };
        workbook.extend(bytes);
        prop_assert!(with("indicateurs.xlsx", workbook));
    }

    #[test]
    fn a_workbook_may_be_damaged_anywhere(place in 0_usize..6_000, byte in any::<u8>()) {
        let mut workbook = files().remove("indicateurs.xlsx").unwrap();
        let place = place % workbook.len();
        workbook[place] = byte;
        with("indicateurs.xlsx", workbook);
    }

    #[test]
    fn any_text_may_stand_in_a_cell(text in "[-0-9 ,.%€kM*<+a-zA-Z]{1,12}") {
        let workbook = grid::workbook(&format!("# National\nx\nFINESS | Nom | IPP | < | < | Transport | < | <\n^ | ^ | Réf. | Cible 2022 | Cible 2023 | Réf. | Cible 2022 | Cible 2023\n960780013 | CH | {text} | {text} | {text}\n# Régional\nN° FINESS | Code | Réf. | n:2022 | n:2023\n"));
        with("indicateurs.xlsx", workbook);
    }
}

#[test]
fn a_far_cell_costs_nothing() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Ciblage").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    assert!(with("ciblage.xlsx", workbook.save_to_buffer().unwrap()));
}
