//! The indicators of the 2022 sample and figures that look like those of a region: who is targeted, from which value, and
//! which targets follow.

use super::{hospital::Hospital, seed::Seed};

/// How an indicator's values are counted.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    /// Yes or no: 1 or 0.
    Binary,
    /// Whole numbers.
    Count,
    /// Percents, in tenths.
    Percent,
    /// Ratios, in tenths.
    Ratio,
}

/// An indicator: its volet and what its values look like, in the unit's smallest part.
pub(crate) struct Indicator {
    pub(crate) code: &'static str,
    /// Its name in the head of a table.
    pub(crate) short: &'static str,
    pub(crate) volet: &'static str,
    pub(crate) unit: Unit,
    /// Where it is measured.
    pub(crate) measured: Measured,
    /// Best value met.
    pub(crate) best: i64,
    /// Value from which an établissement is targeted.
    pub(crate) threshold: i64,
    /// Worst value met.
    pub(crate) worst: i64,
    /// Progress asked for from one year to the next: least and most.
    pub(crate) steps: (i64, i64),
}

impl Indicator {
    /// Whether higher is better.
    const fn rises(&self) -> bool {
        self.best > self.worst
    }

    /// A value that calls for a target.
    fn atypical(&self, seed: &mut Seed) -> i64 {
        seed.between(self.threshold.min(self.worst), self.threshold.max(self.worst))
    }

    /// A value that does not.
    pub(crate) fn ordinary(&self, seed: &mut Seed) -> i64 {
        let short_of = if self.rises() { self.threshold + 1 } else { self.threshold - 1 };
        seed.between(short_of.min(self.best), short_of.max(self.best))
    }

    /// Three yearly targets, each better than the one before.
    fn targets(&self, from: i64, seed: &mut Seed) -> [i64; 3] {
        let mut value = from;
        [(); 3].map(|()| {
            let step = seed.between(self.steps.0, self.steps.1);
            value = if self.unit == Unit::Binary {
                1
            } else if self.rises() {
                value + step
            } else {
                value - step
            };
            value
        })
    }
}

/// Where an indicator is measured.
pub(crate) enum Measured {
    Everywhere,
    /// Where patients are operated on.
    Surgery,
    /// Where one of these typologies is found.
    Typologies(&'static [&'static str]),
}

const BEDS: Measured = Measured::Typologies(&["MCO", "SMR", "PSY"]);
const JOURNEYS: Measured = Measured::Typologies(&["MCO", "SMR", "dialyse"]);
const MCO: Measured = Measured::Typologies(&["MCO"]);
const TREATMENTS: Measured = Measured::Typologies(&["MCO", "HAD"]);

/// In the order of the codes.
#[rustfmt::skip]
pub(crate) const INDICATORS: [Indicator; 14] = [
    Indicator { code: "NAT-1", short: "IPP", volet: "produits", unit: Unit::Percent, measured: BEDS, best: -42, threshold: 25, worst: 91, steps: (8, 22) },
    Indicator { code: "NAT-2", short: "PERFADOM", volet: "produits", unit: Unit::Percent, measured: TREATMENTS, best: -60, threshold: 58, worst: 187, steps: (15, 40) },
    Indicator { code: "NAT-3", short: "TRANSPORT", volet: "organisation", unit: Unit::Percent, measured: JOURNEYS, best: 182, threshold: 340, worst: 618, steps: (12, 28) },
    Indicator { code: "NAT-4", short: "EPA", volet: "pertinence", unit: Unit::Percent, measured: Measured::Surgery, best: 84, threshold: 215, worst: 476, steps: (18, 45) },
    Indicator { code: "NAT-5", short: "ÉZÉTIMIBE", volet: "produits", unit: Unit::Percent, measured: MCO, best: -71, threshold: 32, worst: 118, steps: (10, 25) },
    Indicator { code: "NAT-6", short: "PANSEMENTS", volet: "produits", unit: Unit::Percent, measured: BEDS, best: -35, threshold: 29, worst: 112, steps: (8, 24) },
    Indicator { code: "NAT-7", short: "IC", volet: "pertinence", unit: Unit::Percent, measured: MCO, best: 121, threshold: 224, worst: 339, steps: (6, 15) },
    Indicator { code: "REG-1", short: "Biosimilaires", volet: "produits", unit: Unit::Percent, measured: TREATMENTS, best: 812, threshold: 449, worst: 112, steps: (45, 105) },
    Indicator { code: "REG-2", short: "Antibiotiques", volet: "produits", unit: Unit::Ratio, measured: BEDS, best: 1_480, threshold: 4_200, worst: 8_930, steps: (110, 320) },
    Indicator { code: "REG-3", short: "Transports partagés", volet: "organisation", unit: Unit::Percent, measured: JOURNEYS, best: 318, threshold: 149, worst: 21, steps: (18, 42) },
    Indicator { code: "REG-4", short: "Chirurgie ambulatoire", volet: "pertinence", unit: Unit::Percent, measured: Measured::Surgery, best: 842, threshold: 619, worst: 374, steps: (15, 38) },
    Indicator { code: "REG-5", short: "Pharmacie clinique", volet: "produits", unit: Unit::Count, measured: Measured::Everywhere, best: 2_640, threshold: 480, worst: 14, steps: (60, 260) },
    Indicator { code: "REG-6", short: "PHEV toutes classes", volet: "produits", unit: Unit::Percent, measured: BEDS, best: -18, threshold: 41, worst: 103, steps: (9, 20) },
    Indicator { code: "REG-7", short: "Commission des transports", volet: "organisation", unit: Unit::Binary, measured: JOURNEYS, best: 1, threshold: 0, worst: 0, steps: (0, 0) },
];

/// A value of the reference period.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reference {
    /// `<11`.
    Masked,
    /// `NC`.
    Missing,
    Value(i64),
}

/// One indicator of one contract.
pub(crate) struct Objective {
    pub(crate) indicator: &'static Indicator,
    pub(crate) reference: Reference,
    pub(crate) targets: [i64; 3],
    /// How many of the first targets are « SO », with the motive written in the list of établissements.
    pub(crate) without_object: usize,
    /// The reference value carries a footnote.
    pub(crate) noted: bool,
}

/// The objectives of one hospital, in the order of [`INDICATORS`]: at least one, often four to eight, at times all fourteen.
pub(crate) fn objectives(hospital: &Hospital, seed: &mut Seed) -> Vec<Objective> {
    let mut measured: Vec<usize> = (0..INDICATORS.len()).filter(|&i| is_measured(&INDICATORS[i], hospital)).collect();
    let wanted = match seed.below(100) {
        0..12 => 1,
        12..34 => seed.between(2, 3),
        34..78 => seed.between(4, 8),
        78..88 => seed.between(9, 11),
        _ => seed.between(12, 14),
    };
    seed.shuffle(&mut measured);
    measured.truncate(wanted as usize);
    measured.sort_unstable();
    measured.into_iter().map(|i| objective(&INDICATORS[i], seed)).collect()
}

/// Whether an indicator is measured for a hospital.
pub(crate) fn is_measured(indicator: &Indicator, hospital: &Hospital) -> bool {
    match indicator.measured {
        Measured::Everywhere => true,
        Measured::Surgery => hospital.surgery,
        Measured::Typologies(typologies) => typologies.iter().any(|typologie| hospital.is(typologie)),
    }
}

fn objective(indicator: &'static Indicator, seed: &mut Seed) -> Objective {
    let value = indicator.atypical(seed);
    let reference = match (indicator.unit, seed.below(100)) {
        (Unit::Count, 0..8) => Reference::Masked,
        (Unit::Percent, 0..3) => Reference::Missing,
        _ => Reference::Value(value),
    };
    // A masked count is below 11 at the start: its targets are still far above.
    let targets = indicator.targets(value, seed);
    let noted = indicator.code == "NAT-2" && reference == Reference::Value(value) && seed.chance(8);
    Objective { indicator, reference, targets, without_object: 0, noted }
}
