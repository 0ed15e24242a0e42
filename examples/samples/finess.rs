//! Fictional FINESS and SIRET numbers with right check digits.
//!
//! No real body can have one of them: no French département is numbered 96 or 99, none but Corsica's has a letter, and a SIREN
//! starting with 2696 or 2699 would belong to a public body of such a département.

/// FINESS of the legal person number `serial` of a département: `960000016`.
pub(crate) fn entite_juridique(departement: &str, serial: usize) -> String {
    with_key(format!("{departement}{serial:06}"))
}

/// FINESS of the site number `serial` of a département: `960780013`.
pub(crate) fn entite_geographique(departement: &str, serial: usize) -> String {
    with_key(format!("{departement}{:06}", 78_000 + serial))
}

/// SIRET of the head office of the legal person number `serial`, where postal codes start with `postal`: `26960001100010`.
pub(crate) fn siret(postal: &str, serial: usize) -> String {
    let siren = with_key(format!("26{postal}{serial:04}"));
    with_key(format!("{siren}0001"))
}

/// The number as the public register prints it, in groups: `96 000 001 6`.
pub(crate) fn spaced(finess: &str, space: char) -> String {
    let groups = [&finess[..2], &finess[2..5], &finess[5..8], &finess[8..]];
    groups.join(&space.to_string())
}

/// Adds Luhn's key (ISO/IEC 7812-1, annex B); A counts as 1 and B as 2, as in Corsica's numbers.
fn with_key(mut number: String) -> String {
    let digit = |b: u8| u32::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 1 });
    let doubled = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
    let digits = number.bytes().rev().map(digit).enumerate();
    let sum: u32 = digits.map(|(place, d)| if place % 2 == 0 { doubled(d) } else { d }).sum();
    number.push_str(&((10 - sum % 10) % 10).to_string());
    number
}
