//! The indicators of one contract, with their targets.

use std::collections::BTreeMap;

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Cible, Indicateur, IndicateurCode, Objectif, Sens, Texte, Valeur},
    input::{
        checks::{
            contracts::One,
            parts,
            targets::{Targeting, Targets},
            values::Said,
        },
        diags,
        findings::Findings,
    },
};

/// The indicators of a contract by volet, in the order of the catalogue (rules 9, 10, 20, 23).
pub(crate) fn of(one: &One<'_>, annees: &[i16], findings: &mut Findings) -> BTreeMap<String, Vec<Objectif>> {
    let targets = &one.parts.harvest.targets;
    let catalogue = one.parts.catalogue;
    let mut codes: Vec<IndicateurCode> = targets.codes_of(one.rank).into_iter().collect();
    codes.sort_by_key(|code| catalogue.rank(code));
    let mut by_volet: BTreeMap<String, Vec<Objectif>> = BTreeMap::new();
    let mut counted = Vec::new();
    for code in &codes {
        let Some(indicateur) = catalogue.get(code) else { continue };
        check_targeting(one, indicateur, findings);
        counted.push(indicateur);
        if let Some(objectif) = objectif(one, indicateur, annees, findings) {
            by_volet.entry(indicateur.volet.0.clone()).or_default().push(objectif);
        }
    }
    // When no sheet says who is targeted, that was told for all.
    let told = one.parts.rules.ciblage && targets.targeting == Targeting::Absent;
    if !targets.incomplete && !told && !targets.doubtful.contains(&one.rank) {
        one.check_caps(&counted, findings);
    }
    check_reasons(one, &codes, findings);
    by_volet
}

/// An indicator with targets must be in the targeting decree (rule 10); the converse is a missing target (rule 20).
fn check_targeting(one: &One<'_>, indicateur: &Indicateur, findings: &mut Findings) {
    let targets = &one.parts.harvest.targets;
    let pair = (one.rank, indicateur.code.clone());
    let known = one.parts.rules.ciblage && targets.targeting == Targeting::Read && !targets.faulty.contains(&pair);
    if !known || targets.marks.contains_key(&pair) {
        return;
    }
    let first = targets.cibles.get(&pair).and_then(|years| years.values().next());
    if let Some(said) = first {
        findings.push(
            Diagnostic::new(
                &diags::CIBLAGE_UNTARGETED,
                said.origin.clone(),
                format!("`{}` has targets, and the établissement is not targeted for it", indicateur.code),
            )
            .expected("a mark in the sheet of the targeting decree")
            .help("remove the targets, or correct the annex of the decree"),
        );
    }
}

fn objectif(one: &One<'_>, indicateur: &Indicateur, annees: &[i16], findings: &mut Findings) -> Option<Objectif> {
    let targets = &one.parts.harvest.targets;
    let pair = (one.rank, indicateur.code.clone());
    let said = targets.cibles.get(&pair);
    let mut cibles = Vec::new();
    let mut missing = Vec::new();
    tell_early(indicateur, annees, said, findings);
    for annee in annees.iter().filter(|annee| indicateur.is_followed_in(**annee)) {
        match said.and_then(|years| years.get(annee)) {
            Some(said) => {
                cibles.push(Cible { annee: *annee, valeur: said.valeur.clone(), origin: said.origin.clone() });
            }
            None => missing.push(*annee),
        }
    }
    // An indicator without any year was told once, for all contracts.
    if !missing.is_empty() || (cibles.is_empty() && !annees.is_empty()) {
        if !targets.incomplete && !targets.faulty.contains(&pair) && !targets.doubtful.contains(&one.rank) {
            tell_missing(one, indicateur, &missing, targets, findings);
        }
        return None;
    }
    let reference = targets.references.get(&pair);
    let mut notes: Vec<Texte> = Vec::new();
    for note in
        reference.into_iter().chain(said.into_iter().flat_map(|years| years.values())).flat_map(|said| &said.notes)
    {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    let not_applicable = cibles.iter().find(|cible| cible.valeur == Valeur::SansObjet);
    let objectif = Objectif {
        motif_sans_objet: not_applicable.and_then(|cible| reason(one, indicateur, &cible.origin, findings)),
        indicateur: indicateur.clone(),
        reference: reference.map_or(Valeur::Absente, |said| said.valeur.clone()),
        reference_origin: reference.map(|said| said.origin.clone()),
        cibles,
        notes,
    };
    warn_direction(&objectif, findings);
    Some(objectif)
}

/// Targets for years before the indicator's first: nobody would read them (rule 20).
fn tell_early(indicateur: &Indicateur, annees: &[i16], said: Option<&BTreeMap<i16, Said>>, findings: &mut Findings) {
    let Some(first) = indicateur.premiere_annee else { return };
    for annee in annees.iter().filter(|annee| !indicateur.is_followed_in(**annee)) {
        if let Some(said) = said.and_then(|years| years.get(annee)) {
            findings.push(
                Diagnostic::new(
                    &diags::CIBLE_EARLY,
                    said.origin.clone(),
                    format!("`{}` has a target for {annee}, before its first year", indicateur.code),
                )
                .expected(format!("targets from {first} on"))
                .help("empty the cell, or correct `premiere_annee` in the catalogue"),
            );
        }
    }
}

/// Years without a target (rule 20); a year that no sheet has is told once, elsewhere.
fn tell_missing(one: &One<'_>, indicateur: &Indicateur, missing: &[i16], targets: &Targets, findings: &mut Findings) {
    let mapped = targets.years.get(indicateur.code.as_str()).map(|(years, _)| years);
    let missing: Vec<String> =
        missing.iter().filter(|year| mapped.is_none_or(|years| years.contains(year))).map(i16::to_string).collect();
    if missing.is_empty() {
        return;
    }
    let pair = (one.rank, indicateur.code.clone());
    let near = targets.cibles.get(&pair).and_then(|years| years.values().next()).map(|said| said.origin.clone());
    let mark = targets.marks.get(&pair);
    let origin = near.or_else(|| mark.cloned()).unwrap_or_else(|| one.member.fiche.at(""));
    let finding = Diagnostic::new(
        &diags::CIBLE_MISSING,
        origin,
        format!("`{}` has no target for {}", indicateur.code, missing.join(", ")),
    )
    .expected("a target for every contractual year")
    .help("fill the cells; write `SO` when a year has no target, and say why in `sans_objet`");
    findings.push(match mark {
        Some(mark) => finding.related(mark.clone(), "targeted here"),
        None => finding,
    });
}

/// Why a target does not apply: somebody must say it (rule 20).
fn reason(one: &One<'_>, indicateur: &Indicateur, origin: &Origin, findings: &mut Findings) -> Option<Texte> {
    let fiche = &one.member.fiche;
    let code = indicateur.code.as_str();
    match fiche.source.sans_objet.get(code) {
        Some(text) => parts::texte(text, &fiche.at(&format!("sans_objet.{code}")), findings),
        None => {
            findings.push(
                Diagnostic::new(
                    &diags::SANS_OBJET_REASON,
                    origin.clone(),
                    format!("nobody says why `{code}` is « sans objet »"),
                )
                .expected(format!("`sans_objet: {{{code}: …}}` in the établissement's entry"))
                .related(fiche.at(""), "the établissement")
                .help("give the reason, which the contract prints; or give the target"),
            );
            None
        }
    }
}

/// Reasons for indicators that the contract has not.
fn check_reasons(one: &One<'_>, codes: &[IndicateurCode], findings: &mut Findings) {
    let fiche = &one.member.fiche;
    for code in fiche.source.sans_objet.keys() {
        let at = fiche.at(&format!("sans_objet.{code}"));
        let Some(indicateur) = one.parts.catalogue.find(code, &at, findings) else { continue };
        let used = codes.contains(&indicateur.code);
        if !used && !one.parts.harvest.targets.incomplete {
            findings.push(
                Diagnostic::new(&diags::SANS_OBJET_UNUSED, at, format!("the contract has no indicator `{code}`"))
                    .help("remove the reason, or write `SO` in the indicator's cells"),
            );
        }
    }
}

/// A target that goes the wrong way (rule 23).
fn warn_direction(objectif: &Objectif, findings: &mut Findings) {
    let Valeur::Nombre(reference) = objectif.reference else { return };
    let indicateur = &objectif.indicateur;
    let wrong = objectif.cibles.iter().find(|cible| match (&cible.valeur, indicateur.sens) {
        (Valeur::Nombre(cible), Sens::Baisse) => *cible > reference,
        (Valeur::Nombre(cible), Sens::Hausse) => *cible < reference,
        _ => false,
    });
    if let Some(cible) = wrong
        && let Valeur::Nombre(value) = cible.valeur
    {
        let direction = match indicateur.sens {
            Sens::Baisse => "at most",
            Sens::Hausse => "at least",
        };
        let finding = Diagnostic::new(
            &diags::CIBLE_DIRECTION,
            cible.origin.clone(),
            format!("the target of `{}` for {} goes the wrong way", indicateur.code, cible.annee),
        )
        .expected(format!("{direction} {reference}, the reference value"))
        .found(value.to_string())
        .help("check the target, the reference value, and the `sens` of the indicator in the catalogue");
        findings.push(match &objectif.reference_origin {
            Some(origin) => finding.related(origin.clone(), "the reference value"),
            None => finding,
        });
    }
}
