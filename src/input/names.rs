//! Names that people type: how they are compared, and what they may have meant.

use unicode_normalization::UnicodeNormalization as _;

use crate::diag::distance;

/// A text as compared: letter case, kinds of spaces, line breaks and kinds of apostrophes make no difference.
pub(crate) fn normalised(text: &str) -> String {
    let text: String = text.nfc().collect();
    let words: Vec<&str> = text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect();
    words.join(" ").replace('\u{2019}', "'").to_lowercase()
}

/// The candidate closest to what was typed, when it is close enough to be what was meant.
pub(crate) fn closest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = normalised(typed);
    candidates
        .into_iter()
        .map(|candidate| (distance(&typed, &normalised(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A help that proposes the closest candidate, or lists them all.
pub(crate) fn did_you_mean<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match closest(typed, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("use one of {}", listed(candidates)),
    }
}

/// Names between backticks, the first twenty of them.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.get(..20) {
        Some(first) if names.len() > 20 => format!("{} and {} more", first.join(", "), names.len() - 20),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_case_and_apostrophes_make_no_difference() {
        assert_eq!(normalised("  Plan\u{a0}d’action\n(Annexe\u{202f}4) "), "plan d'action (annexe 4)");
        assert_eq!(normalised("E\u{301}che\u{301}ance"), "échéance");
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let fields = ["raison_sociale", "finess_ej", "finess_et"];
        assert_eq!(closest("raison_social", fields), Some("raison_sociale"));
        assert_eq!(closest("Finess_EJ", fields), Some("finess_ej"));
        assert_eq!(closest("commune", fields), None);
    }
}
