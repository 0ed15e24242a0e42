//! What an avenant would say: the data of a signed contract, as it was archived, against the campaign as it is now.
//!
//! Takes the JSON that templates read ([`TemplateSet::data`](super::TemplateSet::data)) when the contract was printed. Compares
//! what the contract prints, not how it was computed: two values that are printed alike are alike. It cannot know whether a
//! change was agreed upon; it tells what changed, and leaves aside what no avenant is made for.

mod reading;

pub use reading::SignedDataError;

use serde_json::Value as Json;

use self::reading::{Fact, Printed, REFERENCE, cible};
use super::{diags, view};
use crate::{
    diag::{Checked, Diagnostic, Origin},
    domain::{Campaign, Changement, Contract, IndicateurCode, Modification, ObjetAvenant, VersionNum, VoletCode},
};

/// What differs between a signed contract and the campaign as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What an avenant would be about.
    pub objet: ObjetAvenant,
    /// What else changed, by its name in the data (`etablissement.raison_sociale`); no reason for an avenant by itself.
    pub autres: Vec<Changement>,
}

impl Comparison {
    /// Whether there is something to agree upon.
    #[must_use]
    pub fn is_avenant(&self) -> bool {
        !self.objet.ajouts.is_empty() || !self.objet.modifications.is_empty()
    }
}

/// Compares the archived data of a signed contract, or of its last avenant, with what the campaign says of it now.
///
/// The value is absent when something changed that an avenant cannot say: an indicator taken out, another insurer (rule 44).
///
/// # Errors
/// When the archived data is not that of this contract, or lacks what the comparison needs.
pub fn compare(
    signed: &Json,
    campaign: &Campaign,
    contract: &Contract,
) -> Result<Checked<Comparison>, SignedDataError> {
    let now = view::view(campaign, contract, VersionNum::FIRST);
    let old = Printed::read(signed)?;
    old.is_of(contract, campaign.generation)?;
    let new = Printed::read(&now)?;
    let mut findings = removed(&old, &new, contract);
    findings.extend(other_insurer(signed, &now, contract));
    let comparison = Comparison { objet: objet(&old, &new), autres: others(&old, &new, signed, &now) };
    if comparison.is_avenant() {
        findings.extend(signatories(signed, &now, contract));
        findings.extend(past_years(&comparison.objet, campaign, contract));
    }
    for finding in &mut findings {
        finding.contract = Some(contract.id.to_string());
    }
    let blocked = findings.iter().any(Diagnostic::is_error);
    Ok(Checked { value: (!blocked).then_some(comparison), findings })
}

fn objet(old: &Printed, new: &Printed) -> ObjetAvenant {
    let mut objet = ObjetAvenant::default();
    for (code, facts) in &new.indicateurs {
        match old.facts(code) {
            None => objet.ajouts.push(code.clone()),
            Some(before) => {
                let moved = moved(old.volet(code), new.volet(code));
                let changements: Vec<Changement> = moved.into_iter().chain(changes(before, facts)).collect();
                if !changements.is_empty() && !is_completion(&changements) {
                    objet.modifications.push(Modification { code: code.clone(), changements });
                }
            }
        }
    }
    let added = |volet: &&String| new.of_volet(volet).any(|code| objet.ajouts.contains(code));
    let opened = new.volets.iter().filter(|volet| !old.volets.contains(volet)).filter(added);
    objet.volets_ouverts = opened.map(|volet| VoletCode(volet.clone())).collect();
    objet
}

/// An indicator that is no more in the volet it was in; a new title of a volet moves nothing.
fn moved(before: Option<(&str, &str)>, after: Option<(&str, &str)>) -> Option<Changement> {
    let (before, after) = (before?, after?);
    let title = |(_, title): (&str, &str)| Some(title.to_owned());
    (before.0 != after.0).then(|| Changement { objet: "Volet".to_owned(), avant: title(before), apres: title(after) })
}

/// What changed between two lists of facts, in the order of the newer.
fn changes(before: &[Fact], after: &[Fact]) -> Vec<Changement> {
    let value = |facts: &[Fact], objet: &str| {
        facts.iter().find(|fact| fact.objet == objet).and_then(|fact| fact.valeur.clone())
    };
    let gone = before.iter().filter(|fact| !after.iter().any(|other| other.objet == fact.objet));
    let mut changements = Vec::new();
    for fact in after.iter().chain(gone) {
        let (avant, apres) = (value(before, &fact.objet), value(after, &fact.objet));
        if !reading::same(avant.as_deref(), apres.as_deref()) {
            changements.push(Changement { objet: fact.objet.clone(), avant, apres });
        }
    }
    changements
}

/// A reference value that was not known at the signature: the contract itself says that the agency completes it.
fn is_completion(changements: &[Changement]) -> bool {
    let [only] = changements else { return false };
    only.objet == REFERENCE && reading::same(only.avant.as_deref(), Some("non communiqué"))
}

/// Everything else, the reference values completed since included.
fn others(old: &Printed, new: &Printed, signed: &Json, now: &Json) -> Vec<Changement> {
    let mut autres = reading::other_changes(signed, now);
    for (code, facts) in &new.indicateurs {
        let changements = old.facts(code).map(|before| changes(before, facts)).unwrap_or_default();
        if is_completion(&changements) {
            let named = |change: Changement| Changement { objet: format!("{code} : {}", change.objet), ..change };
            autres.extend(changements.into_iter().map(named));
        }
    }
    autres
}

/// The indicators that the campaign has no more: taking one out is agreed upon otherwise.
fn removed(old: &Printed, new: &Printed, contract: &Contract) -> Vec<Diagnostic> {
    let gone = old.indicateurs.iter().filter(|(code, _)| new.facts(code).is_none());
    gone.map(|(code, _)| {
        let message = format!("the signed contract has the indicator `{code}`, and the campaign gives it none");
        Diagnostic::new(&diags::AVENANT_REMOVAL, place(contract, "indicateurs"), message)
            .expected(format!("targets for `{code}`, as in the signed contract"))
            .help("give the indicator back its targets and its mark; to take it out, agree on an act of its own")
    })
    .collect()
}

fn other_insurer(signed: &Json, now: &Json, contract: &Contract) -> Option<Diagnostic> {
    let code = |data: &Json| data.pointer("/cpam/code").and_then(Json::as_str).map(str::to_owned);
    let (before, after) = (code(signed)?, code(now)?);
    (before != after).then(|| {
        let message = "the insurer is not the one that signed the contract";
        Diagnostic::new(&diags::AVENANT_PARTY, place(contract, "cpam"), message)
            .expected(format!("`{before}`, party to the signed contract"))
            .found(format!("`{after}`"))
            .help("an avenant is signed by the parties to the contract: give the établissement back its insurer")
    })
}

/// Who signs, and in what capacity, when it is not as in the contract.
fn signatories(signed: &Json, now: &Json, contract: &Contract) -> Vec<Diagnostic> {
    let shown = |data: &Json, party: &str| {
        let signataire = data.get(party)?.get("signataire")?;
        let name = format!("{}, {}", signataire.get("nom_complet")?.as_str()?, signataire.get("fonction")?.as_str()?);
        let acte = signataire.pointer("/delegation/acte").and_then(Json::as_str);
        Some(acte.map_or_else(|| name.clone(), |acte| format!("{name}, par délégation ({acte})")))
    };
    let differs = |party: &&str| {
        let (before, after) = (shown(signed, party)?, shown(now, party)?);
        (!reading::same(Some(&before), Some(&after))).then(|| {
            let origin = place(contract, &format!("{party}.signataire"));
            Diagnostic::new(&diags::AVENANT_SIGNATORY, origin, "the signatory is not as in the signed contract")
                .expected(before)
                .found(after)
                .help("check who signs, and in what capacity; a change of person alone needs no avenant")
        })
    };
    ["etablissement", "cpam", "ars"].iter().filter_map(differs).collect()
}

/// Targets for years that have ended when the avenant is printed.
fn past_years(objet: &ObjetAvenant, campaign: &Campaign, contract: &Contract) -> Vec<Diagnostic> {
    let concerns = |code: &IndicateurCode, annee: i16| {
        let changed = objet.modifications.iter().find(|modification| &modification.code == code);
        objet.ajouts.contains(code)
            || changed.is_some_and(|modification| {
                modification.changements.iter().any(|change| change.objet == cible(annee.into()))
            })
    };
    let objectifs = contract.volets.iter().flat_map(|volet| &volet.objectifs);
    let cibles = objectifs.flat_map(|objectif| objectif.cibles.iter().map(|cible| (&objectif.indicateur.code, cible)));
    cibles
        .filter(|(code, cible)| cible.annee < campaign.date_edition.year() && concerns(code, cible.annee))
        .map(|(code, cible)| {
            let message = format!("the avenant gives `{code}` a target for {}, which has ended", cible.annee);
            Diagnostic::new(&diags::AVENANT_PAST_YEAR, cible.origin.clone(), message)
                .expected(format!("targets for {} and after", campaign.date_edition.year()))
                .help("give an added indicator its `premiere_annee`; leave the targets of evaluated years as they were signed")
        })
        .collect()
}

/// Where a part of the contract was read.
fn place(contract: &Contract, path: &str) -> Origin {
    let mut prefix = path;
    loop {
        if let Some(origin) = contract.sources.get(prefix) {
            return origin.clone();
        }
        match prefix.rfind('.').and_then(|dot| prefix.get(..dot)) {
            Some(shorter) => prefix = shorter,
            None => {
                return contract.sources.get("etablissement").cloned().unwrap_or_else(|| Origin::file("campagne.yaml"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(facts: &[(&str, Option<&str>)]) -> Vec<Fact> {
        let fact = |(objet, valeur): &(&str, Option<&str>)| Fact {
            objet: (*objet).to_owned(),
            valeur: valeur.map(str::to_owned),
        };
        facts.iter().map(fact).collect()
    }

    #[test]
    fn a_change_keeps_what_was_printed_before() {
        let before = facts(&[("Cible 2023", Some("31,0 %")), ("Cible 2024", Some("30,0\u{a0}%")), ("Taux", None)]);
        let after = facts(&[("Cible 2024", Some("30,0 %")), ("Taux", Some("20 %"))]);
        let shown: Vec<(String, Option<String>, Option<String>)> =
            changes(&before, &after).into_iter().map(|change| (change.objet, change.avant, change.apres)).collect();
        assert_eq!(
            shown,
            [
                ("Taux".to_owned(), None, Some("20 %".to_owned())),
                ("Cible 2023".to_owned(), Some("31,0 %".to_owned()), None)
            ]
        );
    }

    #[test]
    fn a_reference_value_known_since_is_no_reason_for_an_avenant() {
        let unknown = facts(&[(REFERENCE, Some("non communiqué"))]);
        let known = facts(&[(REFERENCE, Some("31,0 %"))]);
        assert!(is_completion(&changes(&unknown, &known)));
        assert!(!is_completion(&changes(&known, &unknown)));
        assert!(!is_completion(&changes(&known, &facts(&[(REFERENCE, Some("32,0 %"))]))));
    }
}
