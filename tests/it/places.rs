//! A value that a template cannot print is shown where it was read, or should have been, in the campaign's own files.

use std::collections::BTreeMap;

use paraphe::{diag::Diagnostic, domain::Contract, template::TemplateSet};

use crate::generate::campaign;

/// The findings of a template of one line, merged with the first contract of a sample that is like this.
fn told(sample: &str, line: &str, like: impl Fn(&Contract) -> bool) -> (Contract, Vec<Diagnostic>) {
    let (mut campaign, _) = campaign(sample);
    let contract = campaign.contracts.iter().find(|contract| like(contract)).unwrap().clone();
    campaign.contracts = vec![contract.clone()];
    campaign.modele.corps = vec!["essai.dj.hbs".to_owned()];
    let files = BTreeMap::from([("modele/essai.dj.hbs".to_owned(), format!("# Titre\n\n{line}\n"))]);
    (contract, TemplateSet::inspect(&files, &campaign))
}

/// The one finding of that code, and the place of the data it shows.
fn data_place(findings: &[Diagnostic], code: &str) -> String {
    let found: Vec<&Diagnostic> = findings.iter().filter(|finding| finding.code.name == code).collect();
    let [finding] = found.as_slice() else { panic!("{findings:#?}") };
    finding.related.iter().map(|related| related.origin.to_string()).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_missing_complement_of_address_is_shown_at_its_line() {
    let (contract, findings) =
        told("region-2022", "{{etablissement.adresse.ligne2}}", |c| c.etablissement.adresse.ligne2.is_none());
    let place = data_place(&findings, "template/null-value");
    assert_eq!(place, contract.sources["etablissement.adresse.ligne2"].to_string());
    assert!(place.starts_with("etablissements.yaml:") && place.ends_with(".adresse.ligne2)"), "{place}");
}

#[test]
fn a_missing_column_of_a_list_is_shown_at_the_row_of_its_hospital() {
    let (contract, findings) = told("region-2017", "{{etablissement.signataire.delegation.acte}}", |c| {
        c.etablissement.representant.delegation.is_none()
    });
    let place = data_place(&findings, "template/null-value");
    assert_eq!(place, contract.sources["etablissement.signataire.delegation"].to_string());
    assert!(place.starts_with("etablissements.xlsx, sheet `Établissements`, cell "), "{place}");
    let row = |place: &str| place.chars().rev().take_while(char::is_ascii_digit).collect::<String>();
    assert_eq!(row(&place), row(&contract.sources["etablissement.raison_sociale"].to_string()));
}

#[test]
fn a_name_that_an_indicator_does_not_have_is_shown_at_its_cells() {
    let (contract, findings) = told("region-2022", "{{#each indicateurs}}{{seuil}} {{/each}}", |c| {
        c.volets.iter().any(|v| v.objectifs.len() == 2)
    });
    let place = data_place(&findings, "template/missing-path");
    let first = contract.volets[0].objectifs[0].cibles[0].origin.to_string();
    assert!(place.starts_with(&first) && first.contains("cell "), "{place} / {first}");
}

#[test]
fn a_share_of_savings_that_is_not_known_is_shown_where_the_indicator_was_read() {
    let (contract, findings) = told("region-2017", "{{volet.socle.indicateurs.[0].taux_interessement}}", |c| {
        c.volets.iter().any(|volet| volet.def.code.0 == "socle" && !volet.objectifs.is_empty())
    });
    let place = data_place(&findings, "template/null-value");
    assert_eq!(place, contract.volets[0].objectifs[0].cibles[0].origin.to_string());
    assert!(place.starts_with("cibles-2018.xlsx, sheet `Volet socle`, cell "), "{place}");
}

#[test]
fn what_is_common_is_shown_in_the_campaign() {
    let (_, findings) = told("region-2017", "{{contrat.date_fin}} {{avis_olam.sens}}", |_| true);
    let places: Vec<String> = findings
        .iter()
        .filter(|finding| finding.code.name == "template/null-value")
        .flat_map(|finding| &finding.related)
        .map(|related| related.origin.to_string())
        .collect();
    assert_eq!(places.len(), 2, "{findings:#?}");
    assert!(places[0].starts_with("campagne.yaml:") && places[0].ends_with("(duree)"), "{places:?}");
    assert!(places[1].starts_with("campagne.yaml"), "{places:?}");
}
