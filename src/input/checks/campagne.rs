//! What is common to all contracts of a campaign.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil::Date};

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Ars, Avis, Cpam, Duree, Modele, Papraps, Procedure, Reference, Texte},
    input::{
        checks::{modele, parts, procedure},
        diags,
        findings::Findings,
        folder::CAMPAGNE,
        sources::{ArsSource, CampagneSource, CpamSource, DureeSource, PaprapsSource},
    },
};

/// The common part, as far as it is right.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) libelle: Option<Texte>,
    pub(crate) region: Option<Texte>,
    pub(crate) date_edition: Option<Date>,
    pub(crate) date_effet: Option<Date>,
    pub(crate) duree: Option<Duree>,
    /// Durations of volets, in years, where the campaign gives one that is right.
    pub(crate) durees_volets: BTreeMap<String, u8>,
    pub(crate) annees: Vec<i16>,
    pub(crate) lieu_signature: Option<Texte>,
    pub(crate) ars: Option<Ars>,
    pub(crate) cpams: Vec<Cpam>,
    /// Codes of all insurers, those with faults included.
    pub(crate) cpam_codes: BTreeSet<String>,
    pub(crate) arrete_ciblage: Option<Reference>,
    pub(crate) papraps: Option<Papraps>,
    pub(crate) avis_olam: Option<Avis>,
    pub(crate) documents: Vec<Texte>,
    pub(crate) procedure: Procedure,
}

fn at(path: &str) -> Origin {
    Origin::yaml(CAMPAGNE, path)
}

/// Checks what is common.
pub(crate) fn check(source: &CampagneSource, rules: Option<&Modele>, findings: &mut Findings) -> Common {
    let date_edition = parts::date(&source.date_edition, &at("date_edition"), findings);
    let date_effet = parts::date(&source.date_effet, &at("date_effet"), findings);
    if let Some(rules) = rules {
        check_generation(source, rules, findings);
        check_targeting(source, rules, findings);
        if let Some(effet) = date_effet {
            check_effet(effet, rules, &at("date_effet"), findings);
        }
    }
    let reference = |source, path: &'static str, findings: &mut Findings| {
        parts::reference(source, &|field| at(&format!("{path}.{field}")), findings)
    };
    let cpams = cpams(&source.cpams, date_edition, findings);
    let documents = source.documents_non_contractuels.iter().enumerate();
    Common {
        libelle: parts::texte(&source.libelle, &at("libelle"), findings),
        region: parts::texte(&source.region, &at("region"), findings),
        duree: duree(source.duree, rules, findings),
        durees_volets: durees_volets(source, rules, findings),
        annees: annees(&source.annees, date_effet, source.duree, findings),
        lieu_signature: parts::texte(&source.lieu_signature, &at("lieu_signature"), findings),
        ars: ars(&source.ars, date_edition, findings),
        cpam_codes: source.cpams.iter().map(|cpam| cpam.code.clone()).collect(),
        cpams,
        arrete_ciblage: source.arrete_ciblage.as_ref().and_then(|source| reference(source, "arrete_ciblage", findings)),
        papraps: source.papraps.as_ref().and_then(|source| papraps(source, date_effet, findings)),
        avis_olam: source
            .avis_olam
            .as_ref()
            .and_then(|source| parts::avis(source, &|field| at(&format!("avis_olam.{field}")), findings)),
        documents: documents
            .filter_map(|(i, text)| parts::texte(text, &at(&format!("documents_non_contractuels[{i}]")), findings))
            .collect(),
        procedure: procedure::check(&source.procedure, findings),
        date_edition,
        date_effet,
    }
}

fn check_generation(source: &CampagneSource, rules: &Modele, findings: &mut Findings) {
    if source.generation != rules.generation {
        let (wanted, set) = (u8::from(source.generation), u8::from(rules.generation));
        findings.push(
            Diagnostic::new(
                &diags::GENERATION,
                at("generation"),
                "the campaign and its template set are of two generations",
            )
            .expected(format!("generation {set}, that of the set `{}`", rules.nom))
            .found(format!("generation {wanted}"))
            .help("correct `generation`, or choose another template set with `modele`"),
        );
    }
}

/// Targeting needs a decree (rule 10); regional indicators need a plan (rule 27).
fn check_targeting(source: &CampagneSource, rules: &Modele, findings: &mut Findings) {
    if rules.ciblage && source.arrete_ciblage.is_none() {
        findings.push(
            Diagnostic::new(&diags::CIBLAGE_DECREE, at(""), "the targeting decree is not given")
                .expected("`arrete_ciblage` with its `intitule` and `date`")
                .help("contracts of this generation are made only for the établissements that the decree lists (L. 162-30-2 CSS)"),
        );
    }
    if rules.ciblage && source.papraps.is_none() {
        findings.push(
            Diagnostic::new(&diags::PAPRAPS_ABSENT, at(""), "the regional plan of action (PAPRAPS) is not given")
                .expected("`papraps` with its decree and its two dates")
                .help("give it: regional indicators must be consistent with the plan in force"),
        );
    }
}

/// The date of effect against the generation's (rule 13).
pub(crate) fn check_effet(effet: Date, rules: &Modele, origin: &Origin, findings: &mut Findings) {
    if let Some(first) = rules.effet.au_plus_tot.filter(|first| effet < *first) {
        findings.push(
            Diagnostic::new(
                &diags::EFFET_EARLY,
                origin.clone(),
                "the contracts take effect before their generation does",
            )
            .expected(format!("{first} or later"))
            .found(effet.to_string())
            .help("check the date of effect"),
        );
    }
    if let Some(last) = rules.effet.au_plus_tard.filter(|last| effet > *last) {
        findings.push(
            Diagnostic::new(
                &diags::EFFET_LATE,
                origin.clone(),
                "the contracts take effect after their generation has ended",
            )
            .expected(format!("{last} or earlier"))
            .found(effet.to_string())
            .help("use the template set of the generation in force"),
        );
    }
}

/// The duration against the generation's (rule 12).
fn duree(source: DureeSource, rules: Option<&Modele>, findings: &mut Findings) -> Option<Duree> {
    let DureeSource::Ans(ans) = source else {
        if let Some(rules) = rules.filter(|rules| !rules.duree.indeterminee) {
            findings.push(
                Diagnostic::new(&diags::DUREE, at("duree"), "contracts of this generation have an end")
                    .expected(format!("1 to {} years", rules.duree.max_ans))
                    .found("`indeterminee`")
                    .help("give a number of years"),
            );
            return None;
        }
        return Some(Duree::Indeterminee);
    };
    let max = rules.map_or(u8::MAX, |rules| rules.duree.max_ans);
    if ans == 0 || ans > max {
        findings.push(
            Diagnostic::new(&diags::DUREE, at("duree"), format!("a contract cannot run for {ans} years"))
                .expected(format!("1 to {max} years"))
                .found(ans.to_string())
                .help("correct the duration (D. 162-14 CSS)"),
        );
        return None;
    }
    if let Some((from, to)) =
        rules.and_then(|rules| rules.duree.recommandee).filter(|(from, to)| ans < *from || ans > *to)
    {
        findings.push(
            Diagnostic::new(&diags::DUREE_UNUSUAL, at("duree"), "an unusual duration")
                .expected(format!("{from} to {to} years, as recommended"))
                .found(ans.to_string())
                .help("check it; the duration is best aligned with the CPOM"),
        );
    }
    Some(Duree::Ans(ans))
}

/// The durations of volets that have their own, against the longest of each (rule 12).
fn durees_volets(source: &CampagneSource, rules: Option<&Modele>, findings: &mut Findings) -> BTreeMap<String, u8> {
    let mut durees = BTreeMap::new();
    for (code, ans) in &source.durees_volets {
        let place = at(&format!("durees_volets.{code}"));
        let Some(rules) = rules else { continue };
        if !modele::check_volet(code, &rules.volets, place.clone(), findings) {
            continue;
        }
        let longest = rules.volets.iter().find(|volet| volet.code.0 == *code).and_then(|volet| volet.duree_max_ans);
        let Some(longest) = longest else {
            findings.push(
                Diagnostic::new(&diags::DUREE, place, format!("the volet `{code}` has no duration of its own"))
                    .expected("a volet with `duree_max_ans` in the template set")
                    .found(format!("{ans} years"))
                    .help("remove it: the volet runs as long as the contract"),
            );
            continue;
        };
        let longest = match source.duree {
            DureeSource::Ans(contract) => longest.min(contract),
            DureeSource::Indeterminee(_) => longest,
        };
        if *ans == 0 || *ans > longest {
            findings.push(
                Diagnostic::new(&diags::DUREE, place, format!("the volet `{code}` cannot run for {ans} years"))
                    .expected(format!("1 to {longest} years"))
                    .found(ans.to_string())
                    .help("correct the duration of the volet"),
            );
            continue;
        }
        durees.insert(code.clone(), *ans);
    }
    durees
}

/// The years with targets: at least one, in order, within the contract.
fn annees(years: &[i16], effet: Option<Date>, duree: DureeSource, findings: &mut Findings) -> Vec<i16> {
    let first = effet.map_or(i16::MIN, Date::year);
    let last = match (effet, duree) {
        (Some(effet), DureeSource::Ans(ans)) => {
            let end = effet.checked_add(i16::from(ans).years()).and_then(Date::yesterday);
            end.map_or(i16::MAX, Date::year)
        }
        _ => i16::MAX,
    };
    let rising = years.iter().zip(years.iter().skip(1)).all(|(a, b)| a < b);
    let inside = years.iter().all(|year| (first..=last).contains(year));
    if years.is_empty() || !rising || !inside {
        let found: Vec<String> = years.iter().map(i16::to_string).collect();
        findings.push(
            Diagnostic::new(&diags::ANNEES, at("annees"), "the years with targets are not those of the contracts")
                .expected(match (first, last) {
                    (i16::MIN, _) => "at least one year, in order, each once".to_owned(),
                    (first, i16::MAX) => format!("at least one year from {first} on, in order, each once"),
                    (first, last) => format!("years from {first} to {last}, at least one, in order, each once"),
                })
                .found(if found.is_empty() { "none".to_owned() } else { found.join(", ") })
                .help("correct `annees`, `date_effet` or `duree`"),
        );
    }
    let years: BTreeSet<i16> = years.iter().copied().filter(|year| (first..=last).contains(year)).collect();
    years.into_iter().collect()
}

fn ars(source: &ArsSource, edition: Option<Date>, findings: &mut Findings) -> Option<Ars> {
    let nom = parts::texte(&source.nom, &at("ars.nom"), findings);
    let adresse = parts::adresse(&source.adresse, &|field| at(&format!("ars.adresse.{field}")), findings);
    let courriel = parts::courriel(source.courriel.as_deref(), &at("ars.courriel"), findings);
    let signataire =
        parts::signatory(&source.signataire, edition, &|field| at(&format!("ars.signataire.{field}")), findings);
    let siren = parts::siren(source.siren.as_deref(), &at("ars.siren"), findings);
    Some(Ars { nom: nom?, adresse: adresse?, courriel, siren, signataire: signataire? })
}

fn cpams(sources: &[CpamSource], edition: Option<Date>, findings: &mut Findings) -> Vec<Cpam> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cpams = Vec::new();
    for (i, source) in sources.iter().enumerate() {
        let at = |field: &str| at(&format!("cpams[{i}].{field}"));
        if let Some(j) = first.insert(&source.code, i) {
            findings.push(
                Diagnostic::new(
                    &diags::CPAM_TWICE,
                    at("code"),
                    format!("two insurers have the code `{}`", source.code),
                )
                .related(Origin::yaml(CAMPAGNE, format!("cpams[{j}].code")), "the other one")
                .help("correct one of the two codes, or remove the entry that is too many"),
            );
        }
        let code = parts::texte(&source.code, &at("code"), findings);
        let nom = parts::texte(&source.nom, &at("nom"), findings);
        let adresse = parts::adresse(&source.adresse, &|field| at(&format!("adresse.{field}")), findings);
        let signataire =
            parts::signatory(&source.signataire, edition, &|field| at(&format!("signataire.{field}")), findings);
        let siren = parts::siren(source.siren.as_deref(), &at("siren"), findings);
        let courriel = parts::courriel(source.courriel.as_deref(), &at("courriel"), findings);
        if let (Some(code), Some(nom), Some(adresse), Some(signataire)) = (code, nom, adresse, signataire) {
            cpams.push(Cpam { code: code.as_str().to_owned(), nom, adresse, courriel, siren, signataire });
        }
    }
    cpams
}

fn papraps(source: &PaprapsSource, effet: Option<Date>, findings: &mut Findings) -> Option<Papraps> {
    let arrete = parts::reference(&source.arrete, &|field| at(&format!("papraps.arrete.{field}")), findings);
    let debut = parts::date(&source.debut, &at("papraps.debut"), findings);
    let fin = parts::date(&source.fin, &at("papraps.fin"), findings);
    let papraps = Papraps { arrete: arrete?, debut: debut?, fin: fin? };
    if !parts::in_order(papraps.debut, Some(papraps.fin), &at("papraps.fin"), findings) {
        return None;
    }
    if let Some(effet) = effet.filter(|effet| *effet < papraps.debut || *effet > papraps.fin) {
        findings.push(
            Diagnostic::new(
                &diags::PAPRAPS_ABSENT,
                at("papraps"),
                "the regional plan is not in force on the date of effect",
            )
            .expected(format!("a plan in force on {effet}"))
            .found(format!("from {} to {}", papraps.debut, papraps.fin))
            .help("give the plan then in force"),
        );
    }
    Some(papraps)
}
