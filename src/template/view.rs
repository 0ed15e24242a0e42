//! The data that templates read: the shapes of `docs/formats/modeles.md`, from a campaign and one of its contracts.

mod avenant;

pub(super) use avenant::{Renvois, title, with_avenant};

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::format;
use crate::domain::{
    Adresse, Campaign, Civilite, Contract, Duree, Engagement, Modele, Niveau, Objectif, Reference, Sens, Signatory,
    Statut, Surveillance, Typologie, Unite, VersionNum, Volet, VoletDef,
};

/// The data of one contract.
pub(super) fn view(campaign: &Campaign, contract: &Contract, version: VersionNum) -> Json {
    let modele = &campaign.modele;
    let cpam = campaign.cpams.iter().find(|cpam| cpam.code == contract.etablissement.cpam);
    let volets: Vec<Json> = contract.volets.iter().map(|part| volet(part, contract)).collect();
    let indicateurs: Vec<Json> = contract
        .volets
        .iter()
        .flat_map(|volet| volet.objectifs.iter().map(move |objectif| indicateur(objectif, contract, Some(volet))))
        .collect();
    json!({
        "contrat": contrat(campaign, contract, version),
        "region": campaign.region,
        "etablissement": etablissement(contract),
        "cpam": cpam.map(|cpam| json!({
            "code": cpam.code,
            "nom": cpam.nom,
            "adresse": adresse(&cpam.adresse),
            "siren": cpam.siren,
            "signataire": signataire(&cpam.signataire),
        })),
        "ars": {
            "nom": campaign.ars.nom,
            "adresse": adresse(&campaign.ars.adresse),
            "courriel": campaign.ars.courriel,
            "siren": campaign.ars.siren,
            "signataire": signataire(&campaign.ars.signataire),
        },
        "arrete_ciblage": campaign.arrete_ciblage.as_ref().map(reference),
        "papraps": campaign.papraps.as_ref().map(|plan| json!({
            "arrete": reference(&plan.arrete), "debut": day(plan.debut), "fin": day(plan.fin),
        })),
        "avis_cme": contract.avis_cme.as_ref().map(|avis| json!({ "date": day(avis.date), "sens": avis.sens })),
        "avis_olam": contract.avis_olam.as_ref().map(|avis| json!({ "date": day(avis.date), "sens": avis.sens })),
        "documents_non_contractuels": campaign.documents_non_contractuels,
        "modele": head(modele, contract),
        "volets": volets,
        "volet": by_code(modele, contract),
        "indicateurs": indicateurs,
        "engagements": engagements(contract),
        "actions": contract.actions.iter().map(|action| json!({
            "axe": action.axe,
            "action": action.action,
            "pilote": action.pilote,
            "echeance": format::echeance(&action.echeance),
            "indicateur": action.indicateur,
            "cible": action.cible,
        })).collect::<Vec<_>>(),
    })
}

fn day(date: Date) -> Json {
    Json::String(date.to_string())
}

fn contrat(campaign: &Campaign, contract: &Contract, version: VersionNum) -> Json {
    let (duree, fin) = match contract.duree {
        Duree::Ans(years) => (Some(years), contract.last_day_of(years)),
        Duree::Indeterminee => (None, None),
    };
    let id = contract.id.to_string();
    json!({
        "reference": format!("CAQES {id}"),
        "id": id,
        "version": version.get(),
        "generation": u8::from(campaign.generation),
        "date_effet": day(contract.date_effet),
        "date_fin": fin.map(day),
        "duree_ans": duree,
        "annees": contract.annees,
        "date_edition": day(campaign.date_edition),
        "lieu_signature": contract.lieu_signature,
    })
}

fn etablissement(contract: &Contract) -> Json {
    let etablissement = &contract.etablissement;
    let statut = match etablissement.statut {
        Statut::PriveLucratif => "établissement privé",
        Statut::PriveNonLucratif => "établissement privé non lucratif",
        Statut::Public => "établissement public",
    };
    json!({
        "raison_sociale": etablissement.raison_sociale,
        "finess_ej": etablissement.finess_ej,
        "finess_et": etablissement.finess_et,
        "siren": etablissement.siren,
        "siret": etablissement.siret,
        "statut": statut,
        "departement": etablissement.departement,
        "typologies": typologies(&etablissement.typologies),
        "adresse": adresse(&etablissement.adresse),
        "signataire": signataire(&etablissement.representant),
    })
}

fn typologies(typologies: &[Typologie]) -> String {
    format::enumeration(typologies.iter().map(|typologie| typologie.label()))
}

fn adresse(adresse: &Adresse) -> Json {
    let lines = std::iter::once(&adresse.ligne1).chain(&adresse.ligne2);
    let lines: String = lines.map(|line| format!("{line}, ")).collect();
    json!({
        "ligne1": adresse.ligne1,
        "ligne2": adresse.ligne2,
        "code_postal": adresse.code_postal,
        "commune": adresse.commune,
        "complete": format!("{lines}{} {}", adresse.code_postal, adresse.commune),
    })
}

fn signataire(signatory: &Signatory) -> Json {
    let civilite = match signatory.civilite {
        Civilite::M => "M.",
        Civilite::Mme => "Mme",
    };
    json!({
        "civilite": civilite,
        "prenom": signatory.prenom,
        "nom": signatory.nom,
        "nom_complet": format!("{civilite} {} {}", signatory.prenom, signatory.nom),
        "fonction": signatory.fonction,
        "feminin": signatory.civilite == Civilite::Mme,
        "delegation": signatory.delegation.as_ref().map(|delegation| json!({
            "acte": delegation.acte.intitule,
            "date": delegation.acte.date.map(day),
            "debut": day(delegation.debut),
            "fin": delegation.fin.map(day),
        })),
    })
}

fn reference(reference: &Reference) -> Json {
    json!({ "intitule": reference.intitule, "date": reference.date.map(day) })
}

fn head(modele: &Modele, contract: &Contract) -> Json {
    let printed = |code| contract.volets.iter().any(|volet| &volet.def.code == code);
    let annexes = modele.annexes.iter().filter(|annexe| annexe.volet.as_ref().is_none_or(printed));
    let evaluation = &modele.evaluation;
    json!({
        "nom": modele.nom,
        "version": modele.version,
        "intitule": modele.intitule,
        "visas": modele.visas.iter().map(reference).collect::<Vec<_>>(),
        "annexes": annexes
            .map(|annexe| json!({ "numero": annexe.numero, "intitule": annexe.intitule }))
            .collect::<Vec<_>>(),
        "delais": modele.delais,
        "evaluation": {
            "niveaux": evaluation.niveaux.iter().map(|niveau| json!({
                "libelle": niveau.libelle,
                "condition": niveau.condition,
                "points": niveau.points.map(|points| format::nombre(points, 0)),
            })).collect::<Vec<_>>(),
            "seuils": evaluation.seuils.iter().map(|seuil| json!({
                "a_partir_de": format::pourcent(seuil.a_partir_de),
                "consequence": seuil.consequence,
            })).collect::<Vec<_>>(),
            "taux_interessement":
                evaluation.taux_interessement.iter().map(|taux| format::pourcent(*taux)).collect::<Vec<_>>(),
        },
    })
}

/// Every volet of the set, printed or not, by its code.
fn by_code(modele: &Modele, contract: &Contract) -> Json {
    let absent = |def: &VoletDef| {
        json!({
            "actif": false, "code": def.code, "intitule": def.intitule,
            "motif": null, "duree_ans": null, "date_fin": null, "indicateurs": [], "surveillance": [],
        })
    };
    let volets = modele.volets.iter().map(|def| {
        let printed = contract.volets.iter().find(|volet| volet.def.code == def.code);
        (def.code.0.clone(), printed.map_or_else(|| absent(def), |part| volet(part, contract)))
    });
    Json::Object(volets.collect())
}

fn volet(volet: &Volet, contract: &Contract) -> Json {
    json!({
        "actif": true,
        "code": volet.def.code,
        "intitule": volet.def.intitule,
        "motif": volet.motif,
        "duree_ans": volet.duree_ans,
        "date_fin": volet.duree_ans.and_then(|years| contract.last_day_of(years)).map(day),
        "indicateurs": volet.objectifs.iter().map(|objectif| indicateur(objectif, contract, None)).collect::<Vec<_>>(),
        "surveillance": volet.surveillance.iter().map(surveillance).collect::<Vec<_>>(),
    })
}

fn surveillance(surveillance: &Surveillance) -> Json {
    json!({
        "acte": surveillance.acte,
        "nombre_attendu": surveillance.nombre_attendu,
        "nombre_cible": surveillance.nombre_cible,
        "date_saisine": day(surveillance.date_saisine),
        "echeance": day(surveillance.echeance),
    })
}

/// What is printed for a year before an indicator's first.
pub(super) const NOT_FOLLOWED: &str = "–";

fn indicateur(objectif: &Objectif, contract: &Contract, of: Option<&Volet>) -> Json {
    let indicateur = &objectif.indicateur;
    let niveau = match indicateur.niveau {
        Niveau::National => "national",
        Niveau::Regional => "régional",
    };
    let unite = match indicateur.unite {
        Unite::Binaire => "oui/non",
        Unite::Eur => "€",
        Unite::Evolution | Unite::Pourcent => "%",
        Unite::Nombre => "nombre",
        Unite::Ratio => "ratio",
    };
    let sens = match indicateur.sens {
        Sens::Baisse => "à la baisse",
        Sens::Hausse => "à la hausse",
    };
    let late = indicateur.premiere_annee.filter(|first| contract.annees.first().is_some_and(|annee| annee < first));
    let mut fields = Map::from_iter([
        ("code".to_owned(), json!(indicateur.code)),
        ("libelle".to_owned(), json!(indicateur.libelle)),
        ("niveau".to_owned(), json!(niveau)),
        ("unite".to_owned(), json!(unite)),
        ("sens".to_owned(), json!(sens)),
        ("source".to_owned(), json!(indicateur.source)),
        ("methode".to_owned(), json!(indicateur.methode)),
        ("periode_reference".to_owned(), json!(indicateur.periode_reference)),
        ("reference".to_owned(), json!(format::valeur(&objectif.reference, indicateur.unite))),
        ("cibles".to_owned(), cibles(objectif, contract)),
        ("premiere_annee".to_owned(), json!(late)),
        ("taux_interessement".to_owned(), json!(indicateur.taux_interessement.map(format::pourcent))),
        ("motif_sans_objet".to_owned(), json!(objectif.motif_sans_objet)),
        ("notes".to_owned(), json!(objectif.notes)),
    ]);
    if let Some(volet) = of {
        fields.insert("volet".to_owned(), json!(volet.def.intitule));
    }
    Json::Object(fields)
}

/// A target for every contractual year, so that each row of a table has as many cells.
fn cibles(objectif: &Objectif, contract: &Contract) -> Json {
    let cible = |annee: &i16| {
        let found = objectif.cibles.iter().find(|cible| cible.annee == *annee);
        let valeur = found.map(|cible| format::valeur(&cible.valeur, objectif.indicateur.unite));
        json!({ "annee": annee, "valeur": valeur.unwrap_or_else(|| NOT_FOLLOWED.to_owned()) })
    };
    contract.annees.iter().map(cible).collect()
}

fn engagements(contract: &Contract) -> Json {
    let show = |engagement: &Engagement| {
        json!({
            "numero": engagement.numero,
            "theme": engagement.theme,
            "engagement": engagement.engagement,
            "plan_action": engagement.plan_action,
            "indicateur": engagement.indicateur,
            "cible": target(engagement, contract),
            "poids": format::nombre(engagement.poids, 0),
            "typologies": typologies(&engagement.typologies),
        })
    };
    let total = contract.engagements.iter().map(|engagement| engagement.poids).sum();
    let mut parts = Map::from_iter([
        ("tous".to_owned(), contract.engagements.iter().map(show).collect()),
        ("total_poids".to_owned(), json!(format::nombre(total, 0))),
    ]);
    for theme in 1..=6 {
        let part = contract.engagements.iter().filter(|engagement| engagement.theme == theme);
        parts.insert(format!("theme_{theme}"), part.map(show).collect());
    }
    Json::Object(parts)
}

/// The target of an engagement: the établissement's own when an indicator gives it (« 31,0 % » or « 31,0 % en 2018, … »), the
/// printed one otherwise.
fn target(engagement: &Engagement, contract: &Contract) -> String {
    let own = engagement.objectif.as_ref().and_then(|code| {
        let mut objectifs = contract.volets.iter().flat_map(|volet| &volet.objectifs);
        objectifs.find(|objectif| &objectif.indicateur.code == code)
    });
    let Some(objectif) = own else { return engagement.cible.to_string() };
    let show = |valeur| format::valeur(valeur, objectif.indicateur.unite);
    match objectif.cibles.as_slice() {
        [] => engagement.cible.to_string(),
        [only] => show(&only.valeur),
        several => {
            let years: Vec<String> =
                several.iter().map(|cible| format!("{} en {}", show(&cible.valeur), cible.annee)).collect();
            format::enumeration(years.iter().map(String::as_str))
        }
    }
}
