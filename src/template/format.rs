//! Values as French administrative texts print them. Spaces are plain here: typography makes them no-break.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::{Echeance, Unite, Valeur, jour};

/// « 30 juin 2023 », « T2 2018 ».
pub(super) fn echeance(echeance: &Echeance) -> String {
    match echeance {
        Echeance::Jour(day) => jour(*day),
        Echeance::Trimestre { trimestre, annee } => format!("T{trimestre} {annee}"),
    }
}

/// « 1 234,5 »: the decimals of the number, at least `decimals` of them, a true minus sign.
pub(super) fn nombre(number: Decimal, decimals: u32) -> String {
    let scale = number.normalize().scale().max(decimals);
    let mut exact = number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    exact.rescale(scale);
    let text = exact.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if exact.is_sign_negative() && !exact.is_zero() {
        out.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

/// « 1 234 567,89 € »: two decimals, none for a whole amount.
pub(super) fn euros(number: Decimal) -> String {
    let decimals = if number.fract().is_zero() { 0 } else { 2 };
    format!("{} €", nombre(number, decimals))
}

/// « 31,0 % »: the decimals of the source value, at least one.
pub(super) fn taux(number: Decimal) -> String {
    format!("{} %", nombre_as_written(number, 1))
}

/// « 20 % », « 2,5 % »: for rates fixed by a text.
pub(super) fn pourcent(number: Decimal) -> String {
    format!("{} %", nombre(number, 0))
}

/// As [`nombre`], with the zeros at the end that the source wrote.
fn nombre_as_written(number: Decimal, decimals: u32) -> String {
    nombre(number, number.scale().max(decimals))
}

/// A value in its indicator's unit.
pub(super) fn valeur(valeur: &Valeur, unite: Unite) -> String {
    let number = match valeur {
        Valeur::Absente => return "non communiqué".to_owned(),
        Valeur::Masquee(below) => return format!("< {below}"),
        Valeur::SansObjet => return "sans objet".to_owned(),
        Valeur::Nombre(number) => *number,
    };
    match unite {
        Unite::Binaire => if number.is_zero() { "non" } else { "oui" }.to_owned(),
        Unite::Eur => euros(number),
        Unite::Evolution => {
            let sign = if number > Decimal::ZERO { "+" } else { "" };
            format!("{sign}{}", taux(number))
        }
        Unite::Nombre => nombre(number, 0),
        Unite::Pourcent => taux(number),
        Unite::Ratio => nombre_as_written(number, 0),
    }
}

/// « a, b et c ».
pub(super) fn enumeration<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.into_iter().collect();
    match words.pop() {
        None => String::new(),
        Some(only) if words.is_empty() => only.to_owned(),
        Some(last) => format!("{} et {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_keep_the_decimals_of_their_unit() {
        let show = |text: &str, unite| valeur(&Valeur::Nombre(n(text)), unite);
        assert_eq!(show("31", Unite::Pourcent), "31,0 %");
        assert_eq!(show("33.45", Unite::Pourcent), "33,45 %");
        assert_eq!(show("5.4", Unite::Evolution), "+5,4 %");
        assert_eq!(show("-2.6", Unite::Evolution), "−2,6 %");
        assert_eq!(show("0", Unite::Evolution), "0,0 %");
        assert_eq!(show("1234567.89", Unite::Eur), "1 234 567,89 €");
        assert_eq!(show("1500.0", Unite::Eur), "1 500 €");
        assert_eq!(show("1234.5", Unite::Eur), "1 234,50 €");
        assert_eq!(show("12345", Unite::Nombre), "12 345");
        assert_eq!(show("0.80", Unite::Ratio), "0,80");
        assert_eq!(show("1", Unite::Binaire), "oui");
        assert_eq!(valeur(&Valeur::Masquee(11), Unite::Nombre), "< 11");
    }

    #[test]
    fn lists_end_with_et() {
        assert_eq!(enumeration(["MCO", "HAD", "SMR"]), "MCO, HAD et SMR");
        assert_eq!(enumeration(["MCO"]), "MCO");
        assert_eq!(enumeration([]), "");
    }
}
