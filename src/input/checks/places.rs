//! Where each part of a contract was read, by its path in the template data (`docs/formats/modeles.md`).

use std::collections::BTreeMap;

use crate::{
    diag::Origin,
    domain::{Contract, Cpam, Objectif},
    input::{checks::roster::Member, folder::CAMPAGNE},
};

/// Template path → place; the longest known prefix of a path answers for it.
pub(crate) fn of(contract: &Contract, member: &Member, own_effet: bool, cpams: &[Cpam]) -> BTreeMap<String, Origin> {
    let mut places = BTreeMap::new();
    let mut put = |path: &str, origin: Origin| {
        places.insert(path.to_owned(), origin);
    };
    let common = |path: &str| Origin::yaml(CAMPAGNE, path);
    let fiche = &member.fiche;
    let source = &fiche.source;

    for path in ["region", "ars", "arrete_ciblage", "papraps", "documents_non_contractuels"] {
        put(path, common(path));
    }
    for field in ["nom", "adresse", "courriel", "signataire"] {
        put(&format!("ars.{field}"), common(&format!("ars.{field}")));
    }
    let cpam = cpams.iter().position(|cpam| cpam.code == contract.etablissement.cpam);
    put("cpam", cpam.map_or_else(|| fiche.at("cpam"), |i| common(&format!("cpams[{i}]"))));
    put("contrat", common(""));
    for (path, field) in [
        ("annees", "annees"),
        ("date_edition", "date_edition"),
        ("lieu_signature", "lieu_signature"),
        ("generation", "generation"),
        ("duree_ans", "duree"),
        ("date_fin", "duree"),
    ] {
        put(&format!("contrat.{path}"), common(field));
    }
    put("contrat.id", fiche.at("finess_ej"));
    put("contrat.reference", fiche.at("finess_ej"));
    put("contrat.date_effet", if own_effet { fiche.at("date_effet") } else { common("date_effet") });

    put("etablissement", fiche.at(""));
    for field in ["raison_sociale", "finess_ej", "finess_et", "siret", "statut", "departement", "typologies", "adresse"]
    {
        put(&format!("etablissement.{field}"), fiche.at(field));
    }
    for field in ["ligne1", "ligne2", "code_postal", "commune"] {
        put(&format!("etablissement.adresse.{field}"), fiche.at(&format!("adresse.{field}")));
    }
    put("etablissement.signataire", fiche.at("representant"));
    for field in ["civilite", "prenom", "nom", "fonction", "delegation"] {
        put(&format!("etablissement.signataire.{field}"), fiche.at(&format!("representant.{field}")));
    }
    put("avis_cme", if source.avis_cme.is_some() { fiche.at("avis_cme") } else { fiche.at("") });
    put("avis_olam", if source.avis_olam.is_some() { fiche.at("avis_olam") } else { common("avis_olam") });

    put("engagements", fiche.at("typologies"));
    put("actions", fiche.at(""));
    put("indicateurs", fiche.at(""));
    put("volets", fiche.at(""));
    put("volet", fiche.at(""));
    lists(contract, member, &mut put);
    places
}

/// The lists: engagements, actions, volets with their indicators.
fn lists(contract: &Contract, member: &Member, put: &mut impl FnMut(&str, Origin)) {
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
            if volet.duree_ans.is_some() {
                for field in ["duree_ans", "date_fin"] {
                    put(&format!("{base}.{field}"), Origin::yaml(CAMPAGNE, "durees_volets"));
                }
            }
            if volet.motif.is_some() {
                put(&format!("{base}.motif"), member.fiche.at(&format!("motifs_ciblage.{code}")));
            }
            if !volet.surveillance.is_empty() {
                put(&format!("{base}.surveillance"), member.fiche.at("surveillance"));
            }
            for (j, _) in volet.surveillance.iter().enumerate() {
                put(&format!("{base}.surveillance.[{j}]"), member.fiche.at(&format!("surveillance[{j}]")));
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
