//! Who is in the campaign, and to whom a number belongs.

use std::collections::BTreeMap;

use crate::{
    diag::{Diagnostic, Origin},
    domain::Finess,
    input::{
        checks::{fiche::Fiche, finess},
        diags,
        findings::Findings,
        names,
    },
};

/// One établissement of the campaign, with its numbers read.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) fiche: Fiche,
    /// Name of its contract in findings: the contract's identifier when the number is right.
    pub(crate) key: String,
    pub(crate) ej: Option<Finess>,
    pub(crate) et: Vec<Finess>,
}

/// The établissements of the campaign by number.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    pub(crate) members: Vec<Member>,
    numbers: BTreeMap<Finess, Who>,
    /// Numbers that are wrong, as written.
    wrong: Vec<String>,
    /// Whether the list could be read: otherwise nobody is said to be a stranger.
    pub(crate) known: bool,
}

/// To whom a number belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// An établissement whose entry is too faulty to be read.
    Faulty,
    /// A member, by rank.
    Member(usize),
    /// Nobody of the campaign.
    Stranger,
}

impl Roster {
    /// Reads the numbers of all établissements (rules 1, 2, 3, 6).
    pub(crate) fn new(
        fiches: Vec<Fiche>,
        faulty: Vec<String>,
        year: impl Fn(&Fiche) -> Option<i16>,
        findings: &mut Findings,
    ) -> Self {
        let mut roster = Self { known: true, ..Self::default() };
        for fiche in fiches {
            let mark = findings.mark();
            let key = contract_key(&fiche.source.finess_ej, year(&fiche));
            let ej = finess::read(&fiche.source.finess_ej, &fiche.at("finess_ej"), findings);
            let mut et = Vec::new();
            for (i, text) in fiche.source.finess_et.iter().enumerate() {
                et.extend(finess::read(text, &fiche.at(&format!("finess_et[{i}]")), findings));
            }
            if ej.is_none() {
                roster.wrong.push(fiche.source.finess_ej.clone());
            }
            findings.assign_since(mark, &key);
            roster.members.push(Member { fiche, key, ej, et });
        }
        roster.index(findings);
        for text in faulty {
            if let Ok(number) = text.parse() {
                roster.numbers.entry(number).or_insert(Who::Faulty);
            }
        }
        roster
    }

    /// To whom a number belongs: to a member by its legal person's number or by one of its sites'.
    ///
    /// A number close to one that is wrong in the list is probably its right form: it is no stranger's.
    pub(crate) fn who(&self, number: &Finess) -> Who {
        if let Some(who) = self.numbers.get(number) {
            return *who;
        }
        let wrong = self.wrong.iter().map(String::as_str);
        if !self.known || names::closest(number.as_str(), wrong).is_some() { Who::Faulty } else { Who::Stranger }
    }

    /// A member by rank.
    pub(crate) fn member(&self, rank: usize) -> Option<&Member> {
        self.members.get(rank)
    }

    /// Name of a member's contract in findings.
    pub(crate) fn key(&self, rank: usize) -> &str {
        self.member(rank).map_or("", |member| &member.key)
    }

    fn index(&mut self, findings: &mut Findings) {
        let mut first: BTreeMap<&Finess, (usize, Origin)> = BTreeMap::new();
        for (rank, member) in self.members.iter().enumerate() {
            let Some(ej) = &member.ej else { continue };
            let place = member.fiche.at("finess_ej");
            if let Some((_, other)) = first.get(ej) {
                findings.push(
                    Diagnostic::new(
                        &diags::ETABLISSEMENT_TWICE,
                        place.clone(),
                        format!("the établissement `{ej}` is listed twice"),
                    )
                    .expected("one contract per établissement, generation and period")
                    .related(other.clone(), "first listed here")
                    .help("remove one of the two entries")
                    .contract(&member.key),
                );
                continue;
            }
            first.insert(ej, (rank, place));
        }
        let mut sites: BTreeMap<&Finess, (usize, Origin)> = BTreeMap::new();
        for (rank, member) in self.members.iter().enumerate() {
            for (i, et) in member.et.iter().enumerate() {
                let place = member.fiche.at(&format!("finess_et[{i}]"));
                site(member, et, &place, &first, findings);
                if let Some((_, other)) = sites.get(et) {
                    findings.push(
                        Diagnostic::new(&diags::SITE_TWICE, place.clone(), format!("the site `{et}` is listed twice"))
                            .expected("each site under one legal person")
                            .related(other.clone(), "first listed here")
                            .help("keep it under the legal person that holds it in the register")
                            .contract(&member.key),
                    );
                } else {
                    sites.insert(et, (rank, place));
                }
            }
        }
        let owned = |list: BTreeMap<&Finess, (usize, Origin)>| {
            list.into_iter().map(|(number, (rank, _))| (number.clone(), Who::Member(rank))).collect::<BTreeMap<_, _>>()
        };
        let (first, sites) = (owned(first), owned(sites));
        self.numbers = sites;
        self.numbers.extend(first);
    }
}

/// A site against the legal persons (rule 3).
fn site(
    member: &Member,
    et: &Finess,
    place: &Origin,
    legal: &BTreeMap<&Finess, (usize, Origin)>,
    findings: &mut Findings,
) {
    let Some(ej) = &member.ej else { return };
    if let Some((_, other)) = legal.get(et) {
        findings.push(
            Diagnostic::new(
                &diags::EJ_ET_SWAPPED,
                place.clone(),
                format!("`{et}` is given as a site and as a legal person"),
            )
            .expected("the number of a site (FINESS ET), other than that of any legal person (FINESS EJ)")
            .related(other.clone(), "the legal person")
            .help("look both numbers up in the register: EJ and ET were probably exchanged")
            .contract(&member.key),
        );
    } else if et.departement() != ej.departement() {
        findings.push(
            Diagnostic::new(
                &diags::EJ_ET_DEPARTEMENT,
                place.clone(),
                "the site and its legal person are numbered in two départements",
            )
            .expected(format!("a site of {}", ej.departement()))
            .found(format!("a site of {}", et.departement()))
            .help("check in the register that the site belongs to this legal person")
            .contract(&member.key),
        );
    }
}

/// Name of a contract in findings, even when its number is wrong.
pub(crate) fn contract_key(finess: &str, year: Option<i16>) -> String {
    let compact: String = finess.chars().filter(|c| !c.is_whitespace()).take(20).collect();
    match (finess::restored(&compact), year) {
        (number, Some(year)) => format!("{number}-{year}"),
        (number, None) => number,
    }
}
