//! The first-generation campaign: 254 établissements of the invented region Orlève-Atlantique, listed in a workbook.

use std::{error::Error, fs, path::Path};

use super::{
    engagements_2017::{ACUTE, ALL, BEDS, EPO, MCO},
    hospital::{Hospital, Register, Territory},
    seed::Seed,
    workbooks_2017,
};

/// Twelve départements that do not exist, and thirteen CPAMs: 96 has two. Those with a letter are named as Corsica's two are, and
/// like there the codes of their CPAMs follow the postal codes.
#[rustfmt::skip]
const TERRITORIES: [Territory; 13] = [
    Territory { departement: "96", postal: "96", cpam: "961", communes: 0..6, hospitals: 20, chu: false },
    Territory { departement: "96", postal: "96", cpam: "962", communes: 6..12, hospitals: 14, chu: false },
    Territory { departement: "3A", postal: "96", cpam: "963", communes: 18..24, hospitals: 22, chu: false },
    Territory { departement: "3B", postal: "96", cpam: "964", communes: 30..36, hospitals: 18, chu: false },
    Territory { departement: "4A", postal: "96", cpam: "965", communes: 42..48, hospitals: 21, chu: false },
    Territory { departement: "4B", postal: "96", cpam: "966", communes: 54..60, hospitals: 17, chu: true },
    Territory { departement: "5A", postal: "96", cpam: "967", communes: 66..72, hospitals: 20, chu: false },
    Territory { departement: "99", postal: "99", cpam: "991", communes: 12..18, hospitals: 27, chu: true },
    Territory { departement: "5B", postal: "99", cpam: "992", communes: 24..30, hospitals: 20, chu: false },
    Territory { departement: "6A", postal: "99", cpam: "993", communes: 36..42, hospitals: 24, chu: true },
    Territory { departement: "6B", postal: "99", cpam: "994", communes: 48..54, hospitals: 19, chu: false },
    Territory { departement: "7A", postal: "99", cpam: "995", communes: 60..66, hospitals: 18, chu: false },
    Territory { departement: "7B", postal: "99", cpam: "996", communes: 72..78, hospitals: 14, chu: false },
];

/// An indicator of the volet socle, in tenths of a percent.
pub(crate) struct Indicator {
    pub(crate) code: &'static str,
    pub(crate) short: &'static str,
    /// Those of the engagement that has its code in Annexe 1.
    pub(crate) typologies: &'static [&'static str],
    /// Range of the reference values.
    range: (i64, i64),
    /// The region's target: nobody is asked for less.
    goal: i64,
    /// Progress asked for where the goal is already met.
    step: (i64, i64),
    rises: bool,
}

#[rustfmt::skip]
pub(crate) const INDICATORS: [Indicator; 6] = [
    Indicator { code: "PHEV", short: "PHEV médicaments", typologies: BEDS, range: (-18, 121), goal: 40, step: (5, 15), rises: false },
    Indicator { code: "LES-MED", short: "Liste en sus – médicaments", typologies: ACUTE, range: (-129, 116), goal: 41, step: (5, 20), rises: false },
    Indicator { code: "LES-DM", short: "Liste en sus – DM", typologies: MCO, range: (-100, 97), goal: 51, step: (5, 20), rises: false },
    Indicator { code: "GEN", short: "Répertoire des génériques", typologies: BEDS, range: (352, 487), goal: 455, step: (8, 20), rises: true },
    Indicator { code: "BIOSIM", short: "Biosimilaires", typologies: EPO, range: (38, 524), goal: 310, step: (40, 100), rises: true },
    Indicator { code: "RPPS", short: "Identification RPPS", typologies: ALL, range: (301, 884), goal: 622, step: (25, 60), rises: true },
];

/// What is to be reached for one indicator.
pub(crate) struct Objective {
    /// None when it was not communicated.
    pub(crate) reference: Option<i64>,
    pub(crate) target: i64,
    /// The reference value carries a footnote.
    pub(crate) noted: bool,
}

/// A hospital and what its contract will say.
pub(crate) struct Contract {
    pub(crate) hospital: Hospital,
    /// One per indicator, none when it does not apply.
    pub(crate) objectives: Vec<Option<Objective>>,
    /// Number of the act, when a deputy signs.
    pub(crate) delegation: Option<i64>,
    pub(crate) pertinence: bool,
    pub(crate) transport: bool,
}

/// Writes the campaign folder.
pub(crate) fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut seed = Seed::new(2017);
    let mut register = Register::new(17, 5_000);
    let mut contracts: Vec<Contract> = Vec::new();
    for territory in &TERRITORIES {
        for mut hospital in register.hospitals(territory) {
            let objectives = INDICATORS.iter().map(|indicator| objective(indicator, &hospital, &mut seed)).collect();
            let delegation = seed.chance(4).then(|| seed.between(11, 240));
            if delegation.is_some() {
                let woman = hospital.representant.civilite == "Mme";
                hospital.representant.fonction = if woman { "Directrice adjointe" } else { "Directeur adjoint" };
            }
            contracts.push(Contract { hospital, objectives, delegation, pertinence: false, transport: false });
        }
    }
    let mut surgery: Vec<usize> = (0..contracts.len()).filter(|&i| contracts[i].hospital.surgery).collect();
    seed.shuffle(&mut surgery);
    for &i in &surgery[..18] {
        contracts[i].transport = true;
    }
    for &i in &surgery[16..24] {
        contracts[i].pertinence = true;
    }
    // Hospitals that were looked at for the additional volets, targeted or not, in the order of the list.
    surgery.truncate(60);
    surgery.sort_unstable();

    fs::write(folder.join("campagne.yaml"), include_str!("campagne_2017.yaml"))?;
    workbooks_2017::write(folder, &contracts, &surgery, &mut seed)
}

fn objective(indicator: &Indicator, hospital: &Hospital, seed: &mut Seed) -> Option<Objective> {
    if !indicator.typologies.iter().any(|typologie| hospital.is(typologie)) {
        return None;
    }
    let value = seed.between(indicator.range.0, indicator.range.1);
    let step = seed.between(indicator.step.0, indicator.step.1);
    let target = if indicator.rises { indicator.goal.max(value + step) } else { indicator.goal.min(value - step) };
    let reference = (!seed.chance(3)).then_some(value);
    let noted = indicator.code == "LES-MED" && reference.is_some() && seed.chance(7);
    Some(Objective { reference, target, noted })
}
