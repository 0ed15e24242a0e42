//! Where each part of a contract was read, by its path in the template data (`docs/formats/modeles.md`).

use std::collections::BTreeMap;

use crate::{
    diag::Origin,
    domain::{Contract, Objectif},
    input::{
        checks::{
            campagne::Common,
            fiche::{Fiche, FichePlace},
            roster::Member,
        },
        folder::CAMPAGNE,
    },
};

/// Template path → place; the longest known prefix of a path answers for it.
pub(crate) fn of(contract: &Contract, member: &Member, own_effet: bool, common: &Common) -> BTreeMap<String, Origin> {
    let mut places = BTreeMap::new();
    let mut put = |path: &str, origin: Origin| {
        places.insert(path.to_owned(), origin);
    };
    let fiche = &member.fiche;
    campagne(contract, common, &mut put);
    contrat(contract, fiche, own_effet, common, &mut put);
    etablissement(contract, fiche, &mut put);
    let own = fiche.source.avis_olam.is_some();
    put("avis_cme", if fiche.source.avis_cme.is_some() { fiche.at("avis_cme") } else { fiche.at("") });
    put("avis_olam", if own { fiche.at("avis_olam") } else { yaml("avis_olam") });
    for field in ["date", "sens"] {
        let olam = format!("avis_olam.{field}");
        put(&format!("avis_cme.{field}"), fiche.at(&format!("avis_cme.{field}")));
        put(&olam, if own { fiche.at(&olam) } else { yaml(&olam) });
    }

    put("engagements", fiche.at("typologies"));
    put("actions", fiche.at(""));
    put("indicateurs", fiche.at(""));
    put("volets", fiche.at(""));
    put("volet", fiche.at(""));
    lists(contract, member, common, &mut put);
    places
}

fn yaml(path: &str) -> Origin {
    Origin::yaml(CAMPAGNE, path)
}

/// What is common to all contracts.
fn campagne(contract: &Contract, common: &Common, put: &mut impl FnMut(&str, Origin)) {
    for path in ["region", "ars", "arrete_ciblage", "papraps", "documents_non_contractuels"] {
        put(path, yaml(path));
    }
    for path in [
        "ars.nom",
        "ars.courriel",
        "arrete_ciblage.intitule",
        "arrete_ciblage.date",
        "papraps.arrete.intitule",
        "papraps.arrete.date",
        "papraps.debut",
        "papraps.fin",
    ] {
        put(path, yaml(path));
    }
    for index in 0..common.documents.len() {
        put(&format!("documents_non_contractuels.[{index}]"), yaml(&format!("documents_non_contractuels[{index}]")));
    }
    adresse("ars", &|field| yaml(&format!("ars.{field}")), put);
    signataire("ars", &|field| yaml(&format!("ars.signataire{field}")), put);
    if let Some(index) = common.cpams.iter().position(|cpam| cpam.code == contract.etablissement.cpam) {
        let base = format!("cpams[{index}]");
        put("cpam", yaml(&base));
        for field in ["code", "nom"] {
            put(&format!("cpam.{field}"), yaml(&format!("{base}.{field}")));
        }
        adresse("cpam", &|field| yaml(&format!("{base}.{field}")), put);
        signataire("cpam", &|field| yaml(&format!("{base}.signataire{field}")), put);
    }
}

fn contrat(contract: &Contract, fiche: &Fiche, own_effet: bool, common: &Common, put: &mut impl FnMut(&str, Origin)) {
    put("contrat", yaml(""));
    for (path, field) in [
        ("annees", "annees"),
        ("date_edition", "date_edition"),
        ("lieu_signature", "lieu_signature"),
        ("generation", "generation"),
        ("duree_ans", "duree"),
        ("date_fin", "duree"),
    ] {
        put(&format!("contrat.{path}"), yaml(field));
    }
    // A contract that takes effect later has not the first years of the campaign.
    for (index, annee) in contract.annees.iter().enumerate() {
        if let Some(written) = common.annees.iter().position(|other| other == annee) {
            put(&format!("contrat.annees.[{index}]"), yaml(&format!("annees[{written}]")));
        }
    }
    put("contrat.id", fiche.at("finess_ej"));
    put("contrat.reference", fiche.at("finess_ej"));
    put("contrat.date_effet", if own_effet { fiche.at("date_effet") } else { yaml("date_effet") });
}

fn etablissement(contract: &Contract, fiche: &Fiche, put: &mut impl FnMut(&str, Origin)) {
    put("etablissement", fiche.at(""));
    for field in ["raison_sociale", "finess_ej", "finess_et", "siret", "statut", "departement", "typologies"] {
        put(&format!("etablissement.{field}"), fiche.at(field));
    }
    // In a workbook all sites are in one cell.
    if matches!(fiche.place, FichePlace::Yaml { .. }) {
        for index in 0..contract.etablissement.finess_et.len() {
            put(&format!("etablissement.finess_et.[{index}]"), fiche.at(&format!("finess_et[{index}]")));
        }
    }
    adresse("etablissement", &|field| fiche.at(field), put);
    signataire("etablissement", &|field| fiche.at(&format!("representant{field}")), put);
}

/// An address; `at` gives the place of `adresse` and of `adresse.commune`.
fn adresse(base: &str, at: &dyn Fn(&str) -> Origin, put: &mut impl FnMut(&str, Origin)) {
    for field in ["adresse", "adresse.ligne1", "adresse.ligne2", "adresse.code_postal", "adresse.commune"] {
        put(&format!("{base}.{field}"), at(field));
    }
}

/// Who signs; `at` gives the place of the whole for nothing, and of `.nom`.
fn signataire(base: &str, at: &dyn Fn(&str) -> Origin, put: &mut impl FnMut(&str, Origin)) {
    for field in [
        "",
        ".civilite",
        ".prenom",
        ".nom",
        ".fonction",
        ".delegation",
        ".delegation.acte",
        ".delegation.date",
        ".delegation.debut",
    ] {
        put(&format!("{base}.signataire{field}"), at(field));
    }
}

/// The lists: engagements, actions, volets with their indicators.
fn lists(contract: &Contract, member: &Member, common: &Common, put: &mut impl FnMut(&str, Origin)) {
    let mut in_theme: BTreeMap<u8, usize> = BTreeMap::new();
    for (i, engagement) in contract.engagements.iter().enumerate() {
        let rank = in_theme.entry(engagement.theme).or_default();
        put(&format!("engagements.tous.[{i}]"), engagement.origin.clone());
        put(&format!("engagements.theme_{}.[{rank}]", engagement.theme), engagement.origin.clone());
        *rank += 1;
    }
    for (i, action) in contract.actions.iter().enumerate() {
        put(&format!("actions.[{i}]"), action.origin.clone());
    }
    let mut rank = 0;
    for (i, volet) in contract.volets.iter().enumerate() {
        let code = &volet.def.code.0;
        let whole = volet.objectifs.first().and_then(|objectif| objectif.cibles.first());
        let whole = whole.map_or_else(|| member.fiche.at(""), |cible| cible.origin.clone());
        for base in [format!("volets.[{i}]"), format!("volet.{code}")] {
            put(&base, whole.clone());
            // Otherwise the template set gives it.
            if common.durees_volets.contains_key(code) {
                for field in ["duree_ans", "date_fin"] {
                    put(&format!("{base}.{field}"), yaml(&format!("durees_volets.{code}")));
                }
            }
            if volet.motif.is_some() {
                put(&format!("{base}.motif"), member.fiche.at(&format!("motifs_ciblage.{code}")));
            }
            if !volet.surveillance.is_empty() {
                put(&format!("{base}.surveillance"), member.fiche.at("surveillance"));
            }
            for (rank, written) in surveillance(member, code) {
                put(&format!("{base}.surveillance.[{rank}]"), member.fiche.at(&format!("surveillance[{written}]")));
                for field in ["acte", "nombre_attendu", "nombre_cible", "date_saisine"] {
                    let place = member.fiche.at(&format!("surveillance[{written}].{field}"));
                    put(&format!("{base}.surveillance.[{rank}].{field}"), place);
                }
            }
            for (j, objectif) in volet.objectifs.iter().enumerate() {
                indicateur(&format!("{base}.indicateurs.[{j}]"), objectif, contract, member, put);
            }
        }
        for objectif in &volet.objectifs {
            indicateur(&format!("indicateurs.[{rank}]"), objectif, contract, member, put);
            rank += 1;
        }
    }
}

/// The acts under surveillance of a volet: their rank in it, and in the list as written.
fn surveillance(member: &Member, volet: &str) -> impl Iterator<Item = (usize, usize)> {
    let written = member.fiche.source.surveillance.iter().enumerate();
    written.filter(move |(_, act)| act.volet == volet).map(|(written, _)| written).enumerate()
}

fn indicateur(
    base: &str,
    objectif: &Objectif,
    contract: &Contract,
    member: &Member,
    put: &mut impl FnMut(&str, Origin),
) {
    let first = objectif.cibles.first().map(|cible| cible.origin.clone());
    if let Some(origin) = first.clone() {
        put(base, origin);
    }
    if let Some(origin) = objectif.reference_origin.clone().or(first) {
        put(&format!("{base}.reference"), origin);
    }
    // The data has every contractual year, also those before the indicator's first.
    for (k, annee) in contract.annees.iter().enumerate() {
        let Some(cible) = objectif.cibles.iter().find(|cible| cible.annee == *annee) else { continue };
        put(&format!("{base}.cibles.[{k}]"), cible.origin.clone());
    }
    if objectif.motif_sans_objet.is_some() {
        let code = objectif.indicateur.code.as_str();
        put(&format!("{base}.motif_sans_objet"), member.fiche.at(&format!("sans_objet.{code}")));
    }
}
