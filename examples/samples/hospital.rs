//! Fictional hospitals: what they are, where they are, who signs for them.

use std::collections::BTreeSet;

use super::{finess, names, seed::Seed};

/// A hospital of a sample campaign.
#[derive(Clone)]
pub(crate) struct Hospital {
    pub(crate) finess_ej: String,
    pub(crate) finess_et: Vec<String>,
    pub(crate) siret: String,
    pub(crate) raison_sociale: String,
    pub(crate) statut: Statut,
    /// Short names in printing order: `MCO`, `HAD`, `dialyse`, `SMR`, `PSY`, `USLD`.
    pub(crate) typologies: Vec<&'static str>,
    /// Whether surgery is done there.
    pub(crate) surgery: bool,
    pub(crate) ligne1: String,
    pub(crate) ligne2: Option<String>,
    pub(crate) code_postal: String,
    pub(crate) commune: &'static str,
    pub(crate) departement: &'static str,
    pub(crate) cpam: &'static str,
    pub(crate) representant: Person,
}

impl Hospital {
    pub(crate) fn is(&self, typologie: &str) -> bool {
        self.typologies.contains(&typologie)
    }
}

/// Who signs.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) civilite: &'static str,
    pub(crate) prenom: &'static str,
    pub(crate) nom: &'static str,
    pub(crate) fonction: &'static str,
}

/// Legal status: its name in the YAML files, and in a list.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Statut {
    PriveLucratif,
    PriveNonLucratif,
    Public,
}

impl Statut {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::PriveLucratif => "prive_lucratif",
            Self::PriveNonLucratif => "prive_non_lucratif",
            Self::Public => "public",
        }
    }
}

/// A stretch of country with its hospitals: a département, or the part of one that a CPAM covers.
pub(crate) struct Territory {
    pub(crate) departement: &'static str,
    /// The two digits its postal codes start with: a postal code has no letter.
    pub(crate) postal: &'static str,
    pub(crate) cpam: &'static str,
    /// Range of [`names::COMMUNES`].
    pub(crate) communes: std::ops::Range<usize>,
    pub(crate) hospitals: usize,
    /// Whether its first town has the university hospital.
    pub(crate) chu: bool,
}

/// Makes the hospitals of a region, one after the other, with names, people and numbers that are never used twice.
pub(crate) struct Register {
    seed: Seed,
    names: BTreeSet<String>,
    people: BTreeSet<(&'static str, &'static str)>,
    serial: usize,
    sites: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Ch,
    Chu,
    Clinique,
    Dialyse,
    Domicile,
    Local,
    Polyclinique,
    Readaptation,
    Specialise,
}

/// What is found beside the main hospitals, as often as it is listed.
#[rustfmt::skip]
const OTHERS: [Kind; 20] = [
    Kind::Clinique, Kind::Clinique, Kind::Clinique, Kind::Clinique, Kind::Clinique, Kind::Clinique, Kind::Local,
    Kind::Local, Kind::Local, Kind::Local, Kind::Readaptation, Kind::Readaptation, Kind::Readaptation,
    Kind::Readaptation, Kind::Polyclinique, Kind::Polyclinique, Kind::Specialise, Kind::Domicile, Kind::Domicile,
    Kind::Dialyse,
];

impl Register {
    /// A register whose numbers start after `serial`.
    pub(crate) const fn new(seed: u64, serial: usize) -> Self {
        Self { seed: Seed::new(seed), names: BTreeSet::new(), people: BTreeSet::new(), serial, sites: serial }
    }

    /// The hospitals of a territory: a general hospital in most towns, then clinics and centres.
    pub(crate) fn hospitals(&mut self, territory: &Territory) -> Vec<Hospital> {
        let towns = territory.communes.len();
        let general = (towns * 3 / 4).min(territory.hospitals / 3).max(1);
        (0..territory.hospitals)
            .map(|rank| {
                let (kind, town) = match rank {
                    0 if territory.chu => (Kind::Chu, 0),
                    _ if rank < general => (Kind::Ch, rank),
                    _ => (self.seed.pick(&OTHERS), self.seed.below(towns)),
                };
                self.hospital(kind, territory, town)
            })
            .collect()
    }

    fn hospital(&mut self, kind: Kind, territory: &Territory, town: usize) -> Hospital {
        self.serial += 1;
        let (kind, town, raison_sociale) = self.free_name(kind, territory, town);
        let statut = self.statut(kind);
        let sites = match kind {
            Kind::Chu => 3,
            Kind::Ch | Kind::Dialyse => 1 + self.seed.below(3),
            _ => 1 + usize::from(self.seed.chance(15)),
        };
        let finess_et = (0..sites)
            .map(|_| {
                self.sites += 1;
                finess::entite_geographique(territory.departement, self.sites)
            })
            .collect();
        let sequel = self.seed.chance(30).then(|| format!("BP {}", 10 + self.serial));
        Hospital {
            finess_ej: finess::entite_juridique(territory.departement, self.serial),
            finess_et,
            siret: finess::siret(territory.postal, self.serial),
            raison_sociale,
            statut,
            typologies: self.typologies(kind),
            surgery: matches!(kind, Kind::Ch | Kind::Chu | Kind::Clinique | Kind::Polyclinique),
            ligne1: format!("{} {}", self.seed.between(1, 148), self.seed.pick(&names::VOIES)),
            ligne2: sequel,
            code_postal: postal_code(territory, town),
            commune: names::COMMUNES[territory.communes.start + town],
            departement: territory.departement,
            cpam: territory.cpam,
            representant: self.person(kind, statut),
        }
    }

    /// A name that is still free; when the town already has a hospital of this name, another kind or town is drawn.
    fn free_name(&mut self, kind: Kind, territory: &Territory, town: usize) -> (Kind, usize, String) {
        let (mut kind, mut town) = (kind, town);
        loop {
            let name = self.name(kind, names::COMMUNES[territory.communes.start + town]);
            if self.names.insert(name.clone()) {
                return (kind, town, name);
            }
            (kind, town) = (self.seed.pick(&OTHERS), self.seed.below(territory.communes.len()));
        }
    }

    fn name(&mut self, kind: Kind, commune: &str) -> String {
        let place = names::de(commune);
        match kind {
            Kind::Ch => format!("Centre hospitalier {place}"),
            Kind::Chu => format!("Centre hospitalier universitaire {place}"),
            Kind::Clinique if self.seed.chance(60) => format!("Clinique {}", self.seed.pick(&names::ENSEIGNES)),
            Kind::Clinique => format!("Clinique {} – {commune}", self.seed.pick(&names::ENSEIGNES)),
            Kind::Dialyse if self.seed.chance(50) => format!("Centre de dialyse {place}"),
            Kind::Dialyse => format!("Association de dialyse du pays {place}"),
            Kind::Domicile if self.seed.chance(50) => format!("Hospitalisation à domicile {place}"),
            Kind::Domicile => format!("HAD du pays {place}"),
            Kind::Local => format!("Hôpital local {place}"),
            Kind::Polyclinique => format!("Polyclinique {}", self.seed.pick(&names::ENSEIGNES)),
            Kind::Readaptation if self.seed.chance(50) => format!("Centre de réadaptation {place}"),
            Kind::Readaptation => format!("Centre de réadaptation {}", self.seed.pick(&names::ENSEIGNES)),
            Kind::Specialise => format!("Centre hospitalier spécialisé {place}"),
        }
    }

    fn statut(&mut self, kind: Kind) -> Statut {
        match kind {
            Kind::Ch | Kind::Chu | Kind::Local | Kind::Specialise => Statut::Public,
            Kind::Clinique | Kind::Polyclinique => {
                self.seed.pick(&[Statut::PriveLucratif, Statut::PriveLucratif, Statut::PriveNonLucratif])
            }
            Kind::Dialyse | Kind::Domicile | Kind::Readaptation => {
                self.seed.pick(&[Statut::PriveNonLucratif, Statut::PriveNonLucratif, Statut::PriveLucratif])
            }
        }
    }

    fn typologies(&mut self, kind: Kind) -> Vec<&'static str> {
        // Typologie, then how often it is found, in percent, in printing order.
        let odds: &[(&str, usize)] = match kind {
            Kind::Ch => &[("MCO", 100), ("HAD", 30), ("dialyse", 10), ("SMR", 70), ("PSY", 25), ("USLD", 55)],
            Kind::Chu => &[("MCO", 100), ("HAD", 100), ("dialyse", 100), ("SMR", 100), ("PSY", 100), ("USLD", 100)],
            Kind::Clinique => &[("MCO", 100), ("dialyse", 8), ("SMR", 20)],
            Kind::Dialyse => &[("dialyse", 100)],
            Kind::Domicile => &[("HAD", 100)],
            Kind::Local => &[("MCO", 35), ("SMR", 100), ("USLD", 70)],
            Kind::Polyclinique => &[("MCO", 100), ("HAD", 10), ("SMR", 40)],
            Kind::Readaptation => &[("HAD", 10), ("SMR", 100)],
            Kind::Specialise => &[("SMR", 15), ("PSY", 100), ("USLD", 20)],
        };
        odds.iter().filter(|(_, percent)| self.seed.chance(*percent)).map(|(typologie, _)| *typologie).collect()
    }

    /// A person whose function agrees with the kind of hospital and the person's gender.
    fn person(&mut self, kind: Kind, statut: Statut) -> Person {
        let woman = self.seed.chance(50);
        let choices: &[[&'static str; 2]] = match (kind, statut) {
            (Kind::Chu, _) => &[["Directeur général", "Directrice générale"]],
            (Kind::Ch | Kind::Local | Kind::Specialise, _) => &[["Directeur", "Directrice"]],
            (_, Statut::PriveLucratif) => &[
                ["Directeur général", "Directrice générale"],
                ["Président", "Présidente"],
                ["Directeur", "Directrice"],
            ],
            _ => &[["Directeur général", "Directrice générale"], ["Directeur", "Directrice"]],
        };
        let fonction = self.seed.pick(choices)[usize::from(woman)];
        self.named(woman, fonction)
    }

    /// A person whose name is still free.
    pub(crate) fn named(&mut self, woman: bool, fonction: &'static str) -> Person {
        let (civilite, prenoms) = if woman { ("Mme", &names::PRENOMS_F) } else { ("M.", &names::PRENOMS_M) };
        loop {
            let (prenom, nom) = (self.seed.pick(prenoms), self.seed.pick(&names::NOMS));
            if self.people.insert((prenom, nom)) {
                return Person { civilite, prenom, nom, fonction };
            }
        }
    }
}

/// Five digits: two for the part of the country, then three for the town.
fn postal_code(territory: &Territory, town: usize) -> String {
    format!("{}{:03}", territory.postal, 100 + 10 * (territory.communes.start + town))
}
