//! FINESS numbers as people give them.

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Finess, FinessError},
    input::{diags, findings::Findings},
};

/// Reads a number (rules 1 and 2). Eight characters whose left zero was lost are completed, with a warning, when the key then holds.
pub(crate) fn read(text: &str, origin: &Origin, findings: &mut Findings) -> Option<Finess> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let error = match compact.parse::<Finess>() {
        Ok(finess) => return Some(finess),
        Err(error) => error,
    };
    if let Ok(finess) = restored(&compact).parse::<Finess>() {
        findings.push(
            Diagnostic::new(
                &diags::FINESS_ZERO_RESTORED,
                origin.clone(),
                format!("`{compact}` is read as the FINESS `{finess}`"),
            )
            .expected("nine characters")
            .found(format!("`{compact}`, eight characters"))
            .help(
                "write the number as a text, with its left zero (between quotes in YAML; format Text in a spreadsheet)",
            ),
        );
        return Some(finess);
    }
    findings.push(refused(&compact, error, origin));
    None
}

/// The number as it will be read: with its left zero when that makes it right.
pub(crate) fn restored(compact: &str) -> String {
    let padded = format!("0{compact}");
    if compact.len() == 8 && padded.parse::<Finess>().is_ok() { padded } else { compact.to_uppercase() }
}

/// Whether a text is meant as a number rather than as a label (`Sous-total 96`) or a footnote.
pub(crate) fn resembles(text: &str) -> bool {
    !text.starts_with('*') && text.chars().filter(char::is_ascii_digit).count() >= 5
}

fn refused(compact: &str, error: FinessError, origin: &Origin) -> Diagnostic {
    let finding = |code, why: &str| {
        Diagnostic::new(code, origin.clone(), format!("`{compact}` is not a FINESS: {why}"))
            .expected("nine characters such as `960000016` or `2A0000030`, the last of which is a check digit")
            .found(format!("`{compact}`"))
    };
    match error {
        FinessError::Key => finding(&diags::FINESS_KEY, "its check digit does not match")
            .help("compare with the register (finess.esante.gouv.fr): one character was mistyped"),
        FinessError::Shape => finding(&diags::FINESS_SHAPE, "it has not the right form")
            .help("copy the number from the register (finess.esante.gouv.fr) and keep it as a text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Option<String>, Vec<&'static str>) {
        let mut findings = Findings::default();
        let finess = read(text, &Origin::file("a"), &mut findings);
        (finess.map(|finess| finess.to_string()), findings.sorted().iter().map(|f| f.code.name).collect())
    }

    #[test]
    fn a_lost_zero_is_restored_only_when_the_key_holds() {
        assert_eq!(told("10000024"), (Some("010000024".into()), vec!["input/finess-zero-restored"]));
        assert_eq!(told("10000025"), (None, vec!["input/finess-shape"]));
    }

    #[test]
    fn spaces_and_small_letters_are_read() {
        assert_eq!(told("96 000\u{a0}001\u{202f}6"), (Some("960000016".into()), vec![]));
        assert_eq!(told("2a0000030"), (Some("2A0000030".into()), vec![]));
        assert_eq!(told("960000017"), (None, vec!["input/finess-key"]));
    }
}
