//! The head of the template set.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diag::{Diagnostic, Origin},
    domain::{
        AnnexeDef, AvenantDef, Delai, DelaiError, Delais, Evaluation, Modele, NiveauAtteinte, Plafonds, ReglesDuree,
        ReglesEffet, Seuil, VoletCode, VoletDef,
    },
    input::{
        checks::parts,
        diags,
        findings::Findings,
        names,
        sources::{AnnexeSource, ModeleSource, VoletSource},
    },
};

/// Checks the head of a template set.
pub(crate) fn check(source: &ModeleSource, file: &str, findings: &mut Findings) -> Option<Modele> {
    let mark = findings.mark();
    let at = |path: &str| Origin::yaml(file, path);
    let intitule = parts::texte(&source.intitule, &at("intitule"), findings);
    let mut visas = Vec::new();
    for (i, visa) in source.visas.iter().enumerate() {
        visas.extend(parts::reference(visa, &|field| at(&format!("visas[{i}].{field}")), findings));
    }
    let avenant = avenant(source, file, findings);
    let volets = volets(&source.volets, file, findings);
    let annexes = annexes(&source.annexes, &volets, file, findings);
    let effet = effet(source, file, findings);
    let delais = delais(source, file, findings);
    let evaluation = evaluation(source, file, findings);
    let modele = Modele {
        nom: source.nom.clone(),
        version: source.version,
        generation: source.generation,
        intitule: intitule?,
        visas,
        references: source.references.clone(),
        corps: source.corps.clone(),
        avenant,
        volets,
        annexes,
        plafonds: Plafonds {
            min: source.plafonds.min,
            max: source.plafonds.max,
            nationaux: source.plafonds.nationaux,
            regionaux: source.plafonds.regionaux,
        },
        duree: ReglesDuree {
            indeterminee: source.duree.indeterminee,
            max_ans: source.duree.max_ans,
            recommandee: source.duree.recommandee.map(|[from, to]| (from, to)),
        },
        effet,
        delais: delais?,
        avis_cme: source.avis_cme,
        avis_olam: source.avis_olam,
        ciblage: source.ciblage,
        evaluation,
        lines: BTreeMap::new(),
    };
    (!findings.errors_since(mark)).then_some(modele)
}

fn avenant(source: &ModeleSource, file: &str, findings: &mut Findings) -> Option<AvenantDef> {
    let source = source.avenant.as_ref()?;
    let intitule = parts::texte(&source.intitule, &Origin::yaml(file, "avenant.intitule"), findings);
    Some(AvenantDef { intitule: intitule?, corps: source.corps.clone() })
}

fn volets(sources: &[VoletSource], file: &str, findings: &mut Findings) -> Vec<VoletDef> {
    let mut known = BTreeSet::new();
    let mut volets = Vec::new();
    for (i, source) in sources.iter().enumerate() {
        let at = Origin::yaml(file, format!("volets[{i}].code"));
        let shaped = source.code.starts_with(|c: char| c.is_ascii_lowercase())
            && source.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !shaped || !known.insert(source.code.clone()) {
            findings.push(
                Diagnostic::new(&diags::MODELE_CODE, at, format!("`{}` cannot name a volet here", source.code))
                    .expected("a name of its own, in lower-case letters and `_`")
                    .help("rename the volet, here, in the catalogue and in the templates"),
            );
        }
        let intitule = parts::texte(&source.intitule, &Origin::yaml(file, format!("volets[{i}].intitule")), findings);
        volets.extend(intitule.map(|intitule| VoletDef {
            code: VoletCode(source.code.clone()),
            intitule,
            obligatoire: source.obligatoire,
            surveillance: source.surveillance,
            duree_max_ans: source.duree_max_ans,
        }));
    }
    volets
}

fn annexes(sources: &[AnnexeSource], volets: &[VoletDef], file: &str, findings: &mut Findings) -> Vec<AnnexeDef> {
    let mut numbers = BTreeSet::new();
    let mut annexes = Vec::new();
    for (i, source) in sources.iter().enumerate() {
        let at = |field: &str| Origin::yaml(file, format!("annexes[{i}].{field}"));
        if !(1..=4).contains(&source.numero) || !numbers.insert(source.numero) {
            findings.push(
                Diagnostic::new(
                    &diags::MODELE_CODE,
                    at("numero"),
                    format!("`{}` cannot number an annex here", source.numero),
                )
                .expected("a number from 1 to 4, once")
                .help("renumber the annexes"),
            );
        }
        if let Some(volet) = &source.volet {
            check_volet(volet, volets, at("volet"), findings);
        }
        let intitule = parts::texte(&source.intitule, &at("intitule"), findings);
        annexes.extend(intitule.map(|intitule| AnnexeDef {
            numero: source.numero,
            intitule,
            volet: source.volet.clone().map(VoletCode),
        }));
    }
    annexes
}

/// Says when a volet is not one of the template set's (rule 11).
pub(crate) fn check_volet(code: &str, volets: &[VoletDef], at: Origin, findings: &mut Findings) -> bool {
    let codes: Vec<&str> = volets.iter().map(|volet| volet.code.0.as_str()).collect();
    let known = codes.contains(&code);
    if !known {
        findings.push(
            Diagnostic::new(&diags::VOLET_UNKNOWN, at, format!("the template set has no volet `{code}`"))
                .expected(format!("one of {}", names::listed(codes.iter().copied())))
                .found(format!("`{code}`"))
                .help(names::did_you_mean(code, codes.iter().copied())),
        );
    }
    known
}

fn effet(source: &ModeleSource, file: &str, findings: &mut Findings) -> ReglesEffet {
    let mut day = |text: &Option<String>, field: &str| {
        let origin = Origin::yaml(file, format!("effet.{field}"));
        text.as_deref().and_then(|text| parts::date(text, &origin, findings))
    };
    ReglesEffet {
        au_plus_tot: day(&source.effet.au_plus_tot, "au_plus_tot"),
        au_plus_tard: day(&source.effet.au_plus_tard, "au_plus_tard"),
    }
}

fn delais(source: &ModeleSource, file: &str, findings: &mut Findings) -> Option<Delais> {
    let at = |field: &str| Origin::yaml(file, format!("delais.{field}"));
    let delais = &source.delais;
    let mut option = |text: &Option<String>, field: &str| delai(text.as_deref()?, &at(field), findings);
    let seconde_proposition = option(&delais.seconde_proposition, "seconde_proposition");
    let observations = option(&delais.observations, "observations");
    Some(Delais { reponse: delai(&delais.reponse, &at("reponse"), findings)?, seconde_proposition, observations })
}

fn delai(text: &str, origin: &Origin, findings: &mut Findings) -> Option<Delai> {
    let texte = parts::texte(text, origin, findings)?;
    let refused = |error: DelaiError| {
        let message = format!("{} is not a length of time", parts::shortened(text));
        findings.push(
            Diagnostic::new(&diags::DELAI, origin.clone(), message)
                .expected(error.to_string().trim_start_matches("expected "))
                .found(parts::shortened(text))
                .help("write it as the contract prints it; deadlines are computed from it"),
        );
    };
    Delai::new(texte).map_err(refused).ok()
}

fn evaluation(source: &ModeleSource, file: &str, findings: &mut Findings) -> Evaluation {
    let at = |path: String| Origin::yaml(file, format!("evaluation.{path}"));
    let mut niveaux = Vec::new();
    for (i, niveau) in source.evaluation.niveaux.iter().enumerate() {
        let libelle = parts::texte(&niveau.libelle, &at(format!("niveaux[{i}].libelle")), findings);
        let condition = parts::texte(&niveau.condition, &at(format!("niveaux[{i}].condition")), findings);
        let points =
            niveau.points.and_then(|points| parts::decimal(points, &at(format!("niveaux[{i}].points")), findings));
        if let (Some(libelle), Some(condition)) = (libelle, condition) {
            niveaux.push(NiveauAtteinte { libelle, condition, points });
        }
    }
    let mut seuils = Vec::new();
    for (i, seuil) in source.evaluation.seuils.iter().enumerate() {
        let from = parts::decimal(seuil.a_partir_de, &at(format!("seuils[{i}].a_partir_de")), findings);
        let consequence = parts::texte(&seuil.consequence, &at(format!("seuils[{i}].consequence")), findings);
        if let (Some(a_partir_de), Some(consequence)) = (from, consequence) {
            seuils.push(Seuil { a_partir_de, consequence });
        }
    }
    let mut taux_interessement = Vec::new();
    for (i, taux) in source.evaluation.taux_interessement.iter().enumerate() {
        taux_interessement.extend(parts::decimal(*taux, &at(format!("taux_interessement[{i}]")), findings));
    }
    Evaluation { niveaux, seuils, taux_interessement }
}
