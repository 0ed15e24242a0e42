//! Deadlines of the procedure: how long, as texts say it, and on which day it ends.

use std::collections::BTreeSet;

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};
use serde::{Serialize, Serializer};

use super::Texte;

/// A length of time as legal texts give it: « trois semaines », « quinze jours », « un mois ».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delai {
    texte: Texte,
    nombre: u8,
    unite: UniteDelai,
}

/// In what a deadline is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UniteDelai {
    Jours,
    Semaines,
    Mois,
}

/// A text is not a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number and `jours`, `semaines` or `mois`: « trois semaines », « 15 jours »")]
pub struct DelaiError;

/// The numbers that texts write out.
const NOMBRES: [(&str, u8); 18] = [
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("quinze", 15),
    ("vingt", 20),
    ("trente", 30),
    ("quarante-cinq", 45),
    ("soixante", 60),
];

impl Delai {
    /// Reads a length of time.
    ///
    /// # Errors
    /// When it is not a number, written out or in figures, and a unit.
    pub fn new(texte: Texte) -> Result<Self, DelaiError> {
        let lower = texte.as_str().to_lowercase();
        let mut words = lower.split_whitespace();
        let (Some(nombre), Some(unite), None) = (words.next(), words.next(), words.next()) else {
            return Err(DelaiError);
        };
        let written = NOMBRES.iter().find(|(word, _)| *word == nombre).map(|(_, number)| *number);
        let nombre = written.or_else(|| nombre.parse().ok()).filter(|nombre| *nombre > 0).ok_or(DelaiError)?;
        let unite = match unite {
            "jour" | "jours" => UniteDelai::Jours,
            "semaine" | "semaines" => UniteDelai::Semaines,
            "mois" => UniteDelai::Mois,
            _ => return Err(DelaiError),
        };
        Ok(Self { texte, nombre, unite })
    }

    /// As it is printed.
    #[must_use]
    pub const fn texte(&self) -> &Texte {
        &self.texte
    }

    /// The last day, the first one not counted. A month ends on the day of the same number, or on the last day of a shorter month
    /// (articles 641 and 642 of the code de procédure civile, by analogy: the texts on CAQES do not say it).
    fn end(&self, from: Date) -> Option<Date> {
        let nombre = i64::from(self.nombre);
        let span = match self.unite {
            UniteDelai::Jours => nombre.days(),
            UniteDelai::Semaines => nombre.weeks(),
            UniteDelai::Mois => nombre.months(),
        };
        from.checked_add(span).ok()
    }
}

impl Serialize for Delai {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.texte.serialize(serializer)
    }
}

/// How days are counted: a setting of the campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendrier {
    /// Whether a deadline that would end on a Saturday, a Sunday or a holiday ends on the next working day.
    pub report: bool,
    /// Holidays of the place, beside those of the whole country (code du travail, article L. 3133-1).
    pub feries: BTreeSet<Date>,
}

impl Default for Calendrier {
    fn default() -> Self {
        Self { report: true, feries: BTreeSet::new() }
    }
}

impl Calendrier {
    /// The last day on which something can be done, when time runs from the end of a day; none beyond the calendar.
    #[must_use]
    pub fn echeance(&self, from: Date, delai: &Delai) -> Option<Date> {
        let mut day = delai.end(from)?;
        while self.report && !self.is_working_day(day) {
            day = day.tomorrow().ok()?;
        }
        Some(day)
    }

    fn is_working_day(&self, day: Date) -> bool {
        let at_rest = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !at_rest && !self.feries.contains(&day) && !is_national_holiday(day)
    }
}

/// The holidays of the whole country (code du travail, article L. 3133-1).
fn is_national_holiday(day: Date) -> bool {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    // Easter Monday, Ascension Day, Whit Monday.
    let after_easter = easter(day.year()).is_some_and(|easter| {
        [1, 39, 50].into_iter().any(|days| easter.checked_add(days.days()).is_ok_and(|holiday| holiday == day))
    });
    fixed.contains(&(day.month(), day.day())) || after_easter
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm of *Nature*, 20 April 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(sum / 31).ok()?, i8::try_from(sum % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn delai(texte: &str) -> Result<Delai, DelaiError> {
        Delai::new(Texte::new(texte).unwrap())
    }

    fn ends(texte: &str, from: Date) -> Date {
        Calendrier::default().echeance(from, &delai(texte).unwrap()).unwrap()
    }

    #[test]
    fn lengths_of_time_are_read_as_texts_write_them() {
        for wrong in ["trois", "bientôt", "trois lunes", "0 jours", "trois semaines et demie", "-2 jours", "300 jours"]
        {
            assert_eq!(delai(wrong), Err(DelaiError), "{wrong}");
        }
        assert_eq!(ends("trois semaines", date(2022, 5, 18)), date(2022, 6, 8));
        assert_eq!(ends("15 jours", date(2022, 6, 9)), date(2022, 6, 24));
    }

    #[test]
    fn a_month_ends_on_the_same_day_or_on_the_last_of_a_shorter_one() {
        assert_eq!(ends("un mois", date(2022, 1, 31)), date(2022, 2, 28));
        assert_eq!(ends("deux mois", date(2017, 10, 10)), date(2017, 12, 11), "10 December 2017 was a Sunday");
    }

    #[test]
    fn a_deadline_at_rest_ends_on_the_next_working_day_unless_the_campaign_says_otherwise() {
        // 15 days after 30 June 2022: Friday 15 July; after 29 June: the fourteenth, a holiday.
        assert_eq!(ends("quinze jours", date(2022, 6, 29)), date(2022, 7, 15));
        // Friday 11 November, then a week-end.
        assert_eq!(ends("trois semaines", date(2022, 10, 21)), date(2022, 11, 14));
        let strict = Calendrier { report: false, feries: BTreeSet::new() };
        assert_eq!(strict.echeance(date(2022, 10, 21), &delai("trois semaines").unwrap()), Some(date(2022, 11, 11)));
        let alsace = Calendrier { report: true, feries: BTreeSet::from([date(2022, 12, 26)]) };
        assert_eq!(alsace.echeance(date(2022, 12, 5), &delai("trois semaines").unwrap()), Some(date(2022, 12, 27)));
    }

    #[test]
    fn movable_feasts_are_those_of_the_calendar() {
        for (year, month, day) in
            [(2017, 4, 16), (2018, 4, 1), (2022, 4, 17), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        // Ascension and Whit Monday of 2022.
        assert!(is_national_holiday(date(2022, 5, 26)) && is_national_holiday(date(2022, 6, 6)));
        assert!(!is_national_holiday(date(2022, 6, 5)), "Whit Sunday is a Sunday like any other");
    }
}
