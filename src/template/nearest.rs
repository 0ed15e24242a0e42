//! « Did you mean … ? »

use crate::diag::distance;

/// The known name that was most likely meant.
pub(super) fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let near = known.iter().map(|other| (distance(name, other), other)).min()?;
    if near.0 <= (name.chars().count() / 3).max(1) {
        return Some(near.1);
    }
    let longer = known.iter().find(|other| name.len() > 3 && other.starts_with(name));
    longer.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_a_shortened_name_is_understood_and_a_stranger_is_not() {
        let known = ["raison_sociale", "duree_ans", "date_fin"].map(str::to_owned);
        assert_eq!(nearest("raison_social", &known), Some("raison_sociale"));
        assert_eq!(nearest("duree", &known), Some("duree_ans"));
        assert_eq!(nearest("siret", &known), None);
    }
}
