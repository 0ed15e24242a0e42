//! The whole reading, in order.

use std::collections::BTreeSet;

use super::{
    Sources,
    checks::{
        campagne::{self, Common},
        catalogue::Catalogue,
        contracts::{self, Parts},
        etablissements, modele,
        roster::Roster,
        targets::Targets,
        workbooks::{self, Known},
    },
    diags,
    findings::Findings,
    folder::CAMPAGNE,
    places::Atlas,
    sources::{CampagneSource, CatalogueFichier, ModeleSource},
    yaml,
};
use crate::{
    diag::{Checked, Diagnostic, Origin},
    domain::{Campaign, Contract, Indicateur, IndicateurCode, Modele},
};

/// Reads a campaign: the contracts that can be made, and every problem of every file, by file and by place.
///
/// The value is absent if and only if an error concerns no contract in particular, or a file is absent from the sources.
pub fn read(sources: &Sources) -> Checked<Campaign> {
    let mut findings = Findings::default();
    let mut atlas = Atlas::default();
    let campaign = campaign(sources, &mut atlas, &mut findings);
    findings.origins_mut().for_each(|origin| atlas.locate(origin));
    let value = campaign.filter(|_| !findings.common_errors()).map(|mut campaign| {
        let contracts = campaign.contracts.iter_mut();
        contracts.flat_map(|contract| contract.sources.values_mut()).for_each(|origin| atlas.locate(origin));
        campaign
    });
    Checked { value, findings: findings.sorted() }
}

fn campaign(sources: &Sources, atlas: &mut Atlas, findings: &mut Findings) -> Option<Campaign> {
    let (file, bytes) = sources.file(CAMPAGNE)?;
    let parsed = yaml::parse::<CampagneSource>(&file, bytes, findings);
    atlas.insert(&file, parsed.places);
    let source = parsed.value?;
    let rules = read_modele(sources, atlas, findings);
    let common = campagne::check(&source, rules.as_ref(), findings);
    let catalogue = read_catalogue(sources, &source, rules.as_ref(), atlas, findings);
    let roster = etablissements::read(sources, &source, common.date_effet, atlas, findings);
    tell_unused_cpams(&common, &roster, findings);
    let known = Known { rules: rules.as_ref(), catalogue: &catalogue, roster: &roster, annees: &common.annees };
    let harvest = workbooks::read(sources, &source.classeurs, &known, findings);
    tell_unmapped_years(&harvest.targets, &catalogue, &common.annees, findings);
    let rules = rules?;
    let parts = Parts { rules: &rules, common: &common, catalogue: &catalogue, roster: &roster, harvest: &harvest };
    let contracts = contracts::make(&parts, findings);
    if !roster.known || !all_files(sources, &source) {
        return None;
    }
    assemble(common, rules, contracts)
}

fn assemble(common: Common, rules: Modele, contracts: Vec<Contract>) -> Option<Campaign> {
    Some(Campaign {
        libelle: common.libelle?,
        generation: rules.generation,
        modele: rules,
        region: common.region?,
        date_edition: common.date_edition?,
        ars: common.ars?,
        cpams: common.cpams,
        arrete_ciblage: common.arrete_ciblage,
        papraps: common.papraps,
        documents_non_contractuels: common.documents,
        procedure: common.procedure,
        contracts,
    })
}

/// Whether all files that the campaign names are there.
fn all_files(sources: &Sources, source: &CampagneSource) -> bool {
    let workbooks = source.classeurs.iter().map(|classeur| &classeur.fichier);
    source.catalogues.iter().chain(workbooks).all(|name| sources.file(name).is_some())
}

fn read_modele(sources: &Sources, atlas: &mut Atlas, findings: &mut Findings) -> Option<Modele> {
    let (file, bytes) = sources.file(&sources.modele()?)?;
    let parsed = yaml::parse::<ModeleSource>(&file, bytes, findings);
    let lines = parsed.places.scalars();
    atlas.insert(&file, parsed.places);
    modele::check(&parsed.value?, &file, findings).map(|modele| Modele { lines, ..modele })
}

fn read_catalogue(
    sources: &Sources,
    source: &CampagneSource,
    rules: Option<&Modele>,
    atlas: &mut Atlas,
    findings: &mut Findings,
) -> Catalogue {
    const LIST: &str = "indicateurs";
    let mut catalogue = Catalogue::default();
    for name in &source.catalogues {
        let Some((file, bytes)) = sources.file(name) else {
            catalogue.miss();
            continue;
        };
        let parsed = yaml::parse::<CatalogueFichier>(&file, bytes, findings);
        for index in parsed.erased_items(LIST) {
            let code = parsed.places.get(&format!("{LIST}[{index}].code"));
            match code.and_then(|place| place.scalar.as_deref()) {
                Some(code) => catalogue.add_faulty(code),
                None => catalogue.miss(),
            }
        }
        match &parsed.value {
            Some(value) => {
                let index = |index| parsed.original_index(LIST, index);
                catalogue.add(value, &file, index, &parsed.places, rules, findings);
            }
            None => catalogue.miss(),
        }
        atlas.insert(&file, parsed.places);
    }
    catalogue
}

fn tell_unused_cpams(common: &Common, roster: &Roster, findings: &mut Findings) {
    if !roster.known {
        return;
    }
    let used: BTreeSet<&str> = roster.members.iter().map(|member| member.fiche.source.cpam.as_str()).collect();
    for cpam in common.cpams.iter().filter(|cpam| !used.contains(cpam.code.as_str())) {
        let index = common.cpams.iter().position(|other| other.code == cpam.code).unwrap_or(0);
        findings.push(
            Diagnostic::new(
                &diags::CPAM_UNUSED,
                Origin::yaml(CAMPAGNE, format!("cpams[{index}]")),
                format!("no établissement has the insurer `{}`", cpam.code),
            )
            .help("nothing to do, unless an établissement was given another insurer by mistake"),
        );
    }
}

/// Years for which no sheet has a column: said once for each indicator, not for each contract (rule 20).
fn tell_unmapped_years(targets: &Targets, catalogue: &Catalogue, annees: &[i16], findings: &mut Findings) {
    if targets.incomplete {
        return;
    }
    for (code, (years, named)) in &targets.years {
        let indicateur = IndicateurCode::new(code).and_then(|code| catalogue.get(&code));
        let followed = |year: &&i16| indicateur.is_none_or(|indicateur| indicateur.is_followed_in(**year));
        let wanted: Vec<i16> = annees.iter().filter(followed).copied().collect();
        if wanted.is_empty() && !annees.is_empty() {
            findings.push(indicateur_late(code, indicateur, annees, named));
        }
        let missing: Vec<String> = wanted.iter().filter(|year| !years.contains(year)).map(i16::to_string).collect();
        if !missing.is_empty() {
            findings.push(
                Diagnostic::new(
                    &diags::YEAR_UNMAPPED,
                    named.child("cibles"),
                    format!("no column gives the targets of `{code}` for {}", missing.join(", ")),
                )
                .expected("a column for every year of `annees`")
                .help("name the columns under `cibles`, or remove the years from `annees`"),
            );
        }
    }
}

/// An indicator that begins when the contracts have ended would have no target at all (rule 20).
fn indicateur_late(code: &str, indicateur: Option<&Indicateur>, annees: &[i16], named: &Origin) -> Diagnostic {
    let last = annees.last().map(i16::to_string).unwrap_or_default();
    let first = indicateur.and_then(|indicateur| indicateur.premiere_annee).unwrap_or_default();
    let message = format!("`{code}` begins after the last year of the contracts");
    Diagnostic::new(&diags::INDICATEUR_LATE, named.clone(), message)
        .expected(format!("a first year of {last} or earlier"))
        .found(first.to_string())
        .help("correct `premiere_annee` in the catalogue, or `annees` in `campagne.yaml`")
}
