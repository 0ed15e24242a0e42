//! How the procedure is followed: days and territories.

use std::collections::BTreeMap;

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Calendrier, Procedure, Territoire},
    input::{
        checks::parts,
        diags,
        findings::Findings,
        folder::CAMPAGNE,
        sources::{ProcedureSource, ReportSource, TerritoireSource},
    },
};

/// Checks how the procedure is followed.
pub(crate) fn check(source: &ProcedureSource, findings: &mut Findings) -> Procedure {
    let at = |path: String| Origin::yaml(CAMPAGNE, format!("procedure.{path}"));
    let days = source.jours_feries.iter().enumerate();
    let feries = days.filter_map(|(i, day)| parts::date(day, &at(format!("jours_feries[{i}]")), findings)).collect();
    let calendrier = Calendrier { report: source.report == ReportSource::JourOuvre, feries };
    let mut taken = BTreeMap::new();
    let territoires = source.territoires.iter().enumerate();
    let territoires = territoires
        .filter_map(|(i, territoire)| {
            alone(territoire, i, &mut taken, findings);
            one(territoire, &|field| at(format!("territoires[{i}].{field}")), findings)
        })
        .collect();
    Procedure { calendrier, territoires, exercice_clos: source.exercice_clos }
}

/// A département belongs to one territory: it is heard once.
fn alone<'a>(
    source: &'a TerritoireSource,
    index: usize,
    taken: &mut BTreeMap<&'a str, Origin>,
    findings: &mut Findings,
) {
    let at = |field: &str| Origin::yaml(CAMPAGNE, format!("procedure.territoires[{index}].{field}"));
    if source.departements.is_empty() {
        findings.push(
            Diagnostic::new(&diags::TERRITOIRE, at("departements"), "the territory has no département")
                .expected("the codes of its départements")
                .help("list them, or remove the territory"),
        );
    }
    for (rank, code) in source.departements.iter().enumerate() {
        let place = at(&format!("departements[{rank}]"));
        if let Some(first) = taken.insert(code, place.clone()) {
            findings.push(
                Diagnostic::new(
                    &diags::TERRITOIRE,
                    place,
                    format!("the département `{code}` is in a territory already"),
                )
                .related(first, "first listed here")
                .help("a département belongs to one territory: remove it from one of them"),
            );
        }
    }
}

fn one(source: &TerritoireSource, at: &dyn Fn(&str) -> Origin, findings: &mut Findings) -> Option<Territoire> {
    let nom = parts::texte(&source.nom, &at("nom"), findings);
    let auditions = source.auditions.as_ref().and_then(|auditions| {
        let debut = parts::date(&auditions.debut, &at("auditions.debut"), findings);
        let fin = parts::date(&auditions.fin, &at("auditions.fin"), findings);
        let (debut, fin) = (debut?, fin?);
        parts::in_order(debut, Some(fin), &at("auditions.fin"), findings).then_some((debut, fin))
    });
    Some(Territoire { nom: nom?, departements: source.departements.clone(), auditions })
}
