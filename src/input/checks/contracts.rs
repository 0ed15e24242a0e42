//! Each établissement and what was read for it become a contract.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil::Date};

use crate::{
    diag::{Diagnostic, Origin},
    domain::{
        Avis, Contract, ContractId, Duree, Engagement, Etablissement, Indicateur, IndicateurCode, Modele, Niveau,
        Surveillance, Texte, Volet, VoletDef,
    },
    input::{
        checks::{
            campagne::{self, Common},
            catalogue::Catalogue,
            etablissements, modele, objectifs, parts, places,
            roster::{Member, Roster, Who},
            targets::Targeting,
            workbooks::Harvest,
        },
        diags,
        findings::Findings,
        folder::CAMPAGNE,
    },
};

/// What contracts are made from.
pub(crate) struct Parts<'a> {
    pub(crate) rules: &'a Modele,
    pub(crate) common: &'a Common,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) roster: &'a Roster,
    pub(crate) harvest: &'a Harvest,
}

/// Makes the contracts, in the order of their identifiers; those with an error are told and left out.
pub(crate) fn make(parts: &Parts<'_>, findings: &mut Findings) -> Vec<Contract> {
    targeting(parts, findings);
    olam(parts, findings);
    let mut contracts = Vec::new();
    for rank in 0..parts.roster.members.len() {
        let Some(member) = parts.roster.member(rank) else { continue };
        let mark = findings.mark();
        let contract = One { parts, member, rank }.contract(findings);
        findings.assign_since(mark, &member.key);
        contracts.extend(contract);
    }
    let blocked = findings.blocked();
    contracts.retain(|contract| !blocked.contains(contract.id.to_string().as_str()));
    contracts.sort_by(|a: &Contract, b| a.id.cmp(&b.id));
    contracts
}

/// Without a sheet of marks nobody is targeted: said once, not for each établissement (rule 10).
fn targeting(parts: &Parts<'_>, findings: &mut Findings) {
    if parts.rules.ciblage && parts.harvest.targets.targeting == Targeting::Absent {
        findings.push(
            Diagnostic::new(
                &diags::CIBLAGE_DECREE,
                Origin::yaml(CAMPAGNE, "classeurs"),
                "no sheet says who is targeted",
            )
            .expected("a sheet with `contenu: ciblage`, as annexed to the decree")
            .help("add the annex of the targeting decree to `classeurs`"),
        );
    }
}

/// The opinion of the insurer: said once when nobody has one (rule 15).
fn olam(parts: &Parts<'_>, findings: &mut Findings) {
    if parts.rules.avis_olam && parts.common.avis_olam.is_none() && nobody_has_olam(parts.roster) {
        findings.push(
            Diagnostic::new(
                &diags::AVIS_OLAM,
                Origin::yaml(CAMPAGNE, ""),
                "the opinion of the local insurer is not given",
            )
            .expected("`avis_olam` with its `date` and `sens`")
            .help("a proposal is sent after that opinion (D. 162-15 CSS): give it here, or for each établissement"),
        );
    }
}

fn nobody_has_olam(roster: &Roster) -> bool {
    roster.members.iter().all(|member| member.fiche.source.avis_olam.is_none())
}

/// One contract being made.
pub(crate) struct One<'a> {
    pub(crate) parts: &'a Parts<'a>,
    pub(crate) member: &'a Member,
    pub(crate) rank: usize,
}

impl One<'_> {
    fn contract(&self, findings: &mut Findings) -> Option<Contract> {
        let (common, rules) = (self.parts.common, self.parts.rules);
        let etablissement = etablissements::check(self.member, common, findings);
        let (date_effet, own_effet) = self.date_effet(findings);
        let avis_cme = self.avis_cme(findings);
        let avis_olam = self.avis_olam(findings);
        let annees: Vec<i16> =
            common.annees.iter().copied().filter(|year| date_effet.is_none_or(|effet| *year >= effet.year())).collect();
        let objectifs = objectifs::of(self, &annees, findings);
        let surveillance = self.surveillance(findings);
        let motifs = self.motifs(findings);
        let volets = volets(rules, common, objectifs, surveillance, &motifs);
        let engagements = self.engagements(etablissement.as_ref(), &volets, findings);
        let actions = self.actions(&volets, findings);
        let year = date_effet?.year();
        let mut contract = Contract {
            id: ContractId::new(self.member.ej.clone()?, year)?,
            etablissement: etablissement?,
            date_effet: date_effet?,
            duree: common.duree?,
            annees,
            lieu_signature: common.lieu_signature.clone()?,
            avis_cme,
            avis_olam,
            volets,
            engagements,
            actions,
            sources: BTreeMap::new(),
        };
        contract.sources = places::of(&contract, self.member, own_effet, self.parts.common);
        Some(contract)
    }

    /// The day of effect, and whether it is the établissement's own.
    fn date_effet(&self, findings: &mut Findings) -> (Option<Date>, bool) {
        let fiche = &self.member.fiche;
        let Some(text) = &fiche.source.date_effet else { return (self.parts.common.date_effet, false) };
        let day = parts::date(text, &fiche.at("date_effet"), findings);
        if let Some(day) = day {
            campagne::check_effet(day, self.parts.rules, &fiche.at("date_effet"), findings);
        }
        (day, true)
    }

    /// The opinion of the medical commission (rule 14): needed before the signature, not yet at the proposal.
    fn avis_cme(&self, findings: &mut Findings) -> Option<Avis> {
        let fiche = &self.member.fiche;
        let Some(source) = &fiche.source.avis_cme else {
            if self.parts.rules.avis_cme {
                findings.push(
                    Diagnostic::new(
                        &diags::AVIS_CME,
                        fiche.at(""),
                        "the opinion of the medical commission is not given",
                    )
                    .expected("`avis_cme` with its `date` and `sens`")
                    .help("it is needed before the établissement signs (D. 162-14 CSS)"),
                );
            }
            return None;
        };
        let avis = parts::avis(source, &|field| fiche.at(&format!("avis_cme.{field}")), findings)?;
        self.warn_late(&avis, "avis_cme.date", findings);
        Some(avis)
    }

    fn avis_olam(&self, findings: &mut Findings) -> Option<Avis> {
        let fiche = &self.member.fiche;
        if let Some(source) = &fiche.source.avis_olam {
            let avis = parts::avis(source, &|field| fiche.at(&format!("avis_olam.{field}")), findings)?;
            self.warn_late(&avis, "avis_olam.date", findings);
            return Some(avis);
        }
        let common = self.parts.common.avis_olam.clone();
        if common.is_none() && self.parts.rules.avis_olam && !nobody_has_olam(self.parts.roster) {
            findings.push(
                Diagnostic::new(&diags::AVIS_OLAM, fiche.at(""), "the opinion of the local insurer is not given")
                    .expected("`avis_olam` with its `date` and `sens`")
                    .help("a proposal is sent after that opinion (D. 162-15 CSS)"),
            );
        }
        common
    }

    fn warn_late(&self, avis: &Avis, field: &str, findings: &mut Findings) {
        if let Some(edition) = self.parts.common.date_edition.filter(|edition| avis.date > *edition) {
            findings.push(
                Diagnostic::new(
                    &diags::AVIS_LATE,
                    self.member.fiche.at(field),
                    "the opinion is later than the documents that cite it",
                )
                .expected(format!("{edition} or earlier"))
                .found(avis.date.to_string())
                .help("check the date, or `date_edition`"),
            );
        }
    }

    /// Acts under surveillance, by volet (rule 11).
    fn surveillance(&self, findings: &mut Findings) -> BTreeMap<String, Vec<Surveillance>> {
        let fiche = &self.member.fiche;
        let mut by_volet: BTreeMap<String, Vec<Surveillance>> = BTreeMap::new();
        for (i, source) in fiche.source.surveillance.iter().enumerate() {
            let at = |field: &str| fiche.at(&format!("surveillance[{i}].{field}"));
            let volets = &self.parts.rules.volets;
            if !modele::check_volet(&source.volet, volets, at("volet"), findings) {
                continue;
            }
            if !volets.iter().any(|volet| volet.code.0 == source.volet && volet.surveillance) {
                let allowed: Vec<&str> = volets.iter().filter(|v| v.surveillance).map(|v| v.code.0.as_str()).collect();
                findings.push(
                    Diagnostic::new(
                        &diags::SURVEILLANCE_VOLET,
                        at("volet"),
                        format!("the volet `{}` has no surveillance part", source.volet),
                    )
                    .expected(if allowed.is_empty() {
                        "no surveillance".to_owned()
                    } else {
                        format!("`{}`", allowed.join("`, `"))
                    })
                    .help("move the act to the volet that allows it (L. 162-30-4 CSS), or remove it"),
                );
                continue;
            }
            let acte = parts::texte(&source.acte, &at("acte"), findings);
            let saisine = parts::date(&source.date_saisine, &at("date_saisine"), findings);
            if let (Some(acte), Some(date_saisine)) = (acte, saisine)
                && let Ok(echeance) = date_saisine.checked_add(2.years())
            {
                by_volet.entry(source.volet.clone()).or_default().push(Surveillance {
                    acte,
                    nombre_attendu: source.nombre_attendu,
                    nombre_cible: source.nombre_cible,
                    date_saisine,
                    echeance,
                });
            }
        }
        by_volet
    }

    fn motifs(&self, findings: &mut Findings) -> BTreeMap<String, Texte> {
        let fiche = &self.member.fiche;
        let mut motifs = BTreeMap::new();
        for (volet, text) in &fiche.source.motifs_ciblage {
            let at = fiche.at(&format!("motifs_ciblage.{volet}"));
            if modele::check_volet(volet, &self.parts.rules.volets, at.clone(), findings) {
                motifs.extend(parts::texte(text, &at, findings).map(|texte| (volet.clone(), texte)));
            }
        }
        motifs
    }

    /// The engagements of the établissement's typologies: at least one (rule 8).
    fn engagements(
        &self,
        etablissement: Option<&Etablissement>,
        volets: &[Volet],
        findings: &mut Findings,
    ) -> Vec<Engagement> {
        let typologies = &self.member.fiche.source.typologies;
        let all = &self.parts.harvest.engagements;
        let applies =
            |engagement: &&Engagement| engagement.typologies.iter().any(|typologie| typologies.contains(typologie));
        let mine: Vec<Engagement> = all.iter().filter(applies).cloned().collect();
        if mine.is_empty() && !all.is_empty() && !typologies.is_empty() && etablissement.is_some() {
            let labels: Vec<&str> = typologies.iter().map(|typologie| typologie.label()).collect();
            findings.push(
                Diagnostic::new(
                    &diags::ENGAGEMENTS_NONE,
                    self.member.fiche.at("typologies"),
                    "no engagement applies to the établissement",
                )
                .expected("at least one engagement marked for its fields of activity")
                .found(labels.join(", "))
                .help("correct its `typologies`, or the marks of the engagements"),
            );
        }
        let codes: BTreeSet<&IndicateurCode> =
            volets.iter().flat_map(|volet| &volet.objectifs).map(|objectif| &objectif.indicateur.code).collect();
        for engagement in mine.iter().filter(|engagement| engagement.cible.as_str() == super::engagements::OWN_TARGET) {
            let Some(code) = engagement.objectif.as_ref().filter(|code| !codes.contains(code)) else { continue };
            if self.parts.harvest.targets.incomplete
                || self.parts.harvest.targets.faulty.contains(&(self.rank, code.clone()))
            {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    &diags::CIBLE_MISSING,
                    engagement.origin.clone(),
                    format!(
                        "the engagement `{}` has no target, and the établissement none of its own for `{code}`",
                        engagement.numero
                    ),
                )
                .expected(format!("a target for `{code}`"))
                .help("give it in the sheet of indicators, or a common one on the engagement's row"),
            );
        }
        mine
    }

    fn actions(&self, volets: &[Volet], findings: &mut Findings) -> Vec<crate::domain::Action> {
        let mut actions = Vec::new();
        for row in &self.parts.harvest.actions {
            let printed = row.volet.as_ref().is_none_or(|code| volets.iter().any(|volet| volet.def.code == *code));
            match (row.member, printed) {
                (None, true) => actions.push(row.action.clone()),
                (Some(rank), true) if rank == self.rank => actions.push(row.action.clone()),
                // An error may be why the volet is not printed.
                (Some(rank), false) if rank == self.rank && !self.is_doubtful(findings) => findings.push(
                    Diagnostic::new(
                        &diags::ACTION_UNPRINTED,
                        row.action.origin.clone(),
                        "the action belongs to a volet that the contract has not",
                    )
                    .help("remove the row, or give the établissement an indicator of that volet"),
                ),
                _ => {}
            }
        }
        actions
    }

    /// Whether an error already met may be the cause of what is missing.
    fn is_doubtful(&self, findings: &Findings) -> bool {
        self.parts.harvest.targets.incomplete || findings.common_errors() || findings.blocks(&self.member.key)
    }

    /// How many indicators a contract may have (rule 9).
    pub(crate) fn check_caps(&self, indicateurs: &[&Indicateur], findings: &mut Findings) {
        let caps = &self.parts.rules.plafonds;
        // Rows find their établissement by its number: with a wrong one, or one listed twice, nothing can be counted.
        if self.member.ej.as_ref().is_none_or(|ej| self.parts.roster.who(ej) != Who::Member(self.rank)) {
            return;
        }
        let of = |niveau: Niveau| indicateurs.iter().filter(|indicateur| indicateur.niveau == niveau).count();
        let counts = [
            (indicateurs.len(), caps.min, caps.max, "indicators"),
            (of(Niveau::National), 0, caps.nationaux, "national indicators"),
            (of(Niveau::Regional), 0, caps.regionaux, "regional indicators"),
        ];
        for (count, min, max, what) in counts.into_iter().filter(|(count, min, max, _)| count < min || count > max) {
            let help = if count < min {
                "give it targets in the sheets of indicators, or remove the établissement from the campaign"
            } else {
                "remove indicators, or correct the caps (`plafonds`) of the template set"
            };
            let expected = if min == 0 { format!("at most {max}") } else { format!("{min} to {max}") };
            findings.push(
                Diagnostic::new(&diags::PLAFOND, self.member.fiche.at(""), format!("the contract has {count} {what}"))
                    .expected(expected)
                    .found(count.to_string())
                    .help(help),
            );
        }
    }
}

/// The volets that are printed: obligatory, or with an indicator, or with a surveillance part (rule 11).
fn volets(
    rules: &Modele,
    common: &Common,
    mut objectifs: BTreeMap<String, Vec<crate::domain::Objectif>>,
    mut surveillance: BTreeMap<String, Vec<Surveillance>>,
    motifs: &BTreeMap<String, Texte>,
) -> Vec<Volet> {
    let volet = |def: &VoletDef| {
        let objectifs = objectifs.remove(&def.code.0).unwrap_or_default();
        let surveillance = surveillance.remove(&def.code.0).unwrap_or_default();
        let printed = def.obligatoire || !objectifs.is_empty() || !surveillance.is_empty();
        printed.then(|| Volet {
            def: def.clone(),
            objectifs,
            surveillance,
            motif: motifs.get(&def.code.0).cloned(),
            duree_ans: duree_of(def, common),
        })
    };
    rules.volets.iter().filter_map(volet).collect()
}

/// How long a volet with a longest duration runs: what the campaign says, or that longest one, within the contract (rule 12).
fn duree_of(def: &VoletDef, common: &Common) -> Option<u8> {
    let longest = def.duree_max_ans?;
    let within = match common.duree? {
        Duree::Ans(contract) => longest.min(contract),
        Duree::Indeterminee => longest,
    };
    Some(common.durees_volets.get(&def.code.0).copied().unwrap_or(within))
}
