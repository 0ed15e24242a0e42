//! Small parts that several files share: texts, dates, addresses, signatories, acts, opinions.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Adresse, Avis, Delegation, Reference, Signatory, Siren, SirenError, Texte, TexteError},
    input::{
        diags,
        findings::Findings,
        number,
        sources::{AdresseSource, AvisSource, DelegationSource, ReferenceSource, SignataireSource},
    },
};

/// A text that can be printed.
pub(crate) fn texte(text: &str, origin: &Origin, findings: &mut Findings) -> Option<Texte> {
    let error = match Texte::new(text) {
        Ok(texte) => return Some(texte),
        Err(error) => error,
    };
    let finding = Diagnostic::new(&diags::TEXT, origin.clone(), error.to_string());
    findings.push(match error {
        TexteError::Empty => finding.expected("a text").help("fill it in, or remove the key when it is optional"),
        TexteError::TooLong { chars } => finding
            .expected(format!("at most {} characters", Texte::MAX_CHARS))
            .found(format!("{chars} characters"))
            .help("shorten it; long texts belong in the template"),
        TexteError::Unprintable(c) => {
            let invisible = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
            let help = if invisible {
                "this character is invisible: type the text again, or paste it without its format".to_owned()
            } else {
                format!("remove or replace the character `{}`", c.escape_debug())
            };
            finding.found(shortened(text)).help(help)
        }
    });
    None
}

/// A text that may be absent; blank is absent.
pub(crate) fn texte_option(text: Option<&str>, origin: &Origin, findings: &mut Findings) -> Option<Texte> {
    text.filter(|text| !text.trim().is_empty()).and_then(|text| texte(text, origin, findings))
}

/// Where a SIREN can be looked up.
pub(crate) const SIREN_HELP: &str = "compare with the register of companies (annuaire-entreprises.data.gouv.fr)";

/// A SIREN that may be absent (rule 4).
pub(crate) fn siren(text: Option<&str>, origin: &Origin, findings: &mut Findings) -> Option<Siren> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    let refused = |error: SirenError| {
        let message = format!("{} is not a SIREN: {error}", shortened(text));
        findings.push(
            Diagnostic::new(&diags::SIREN, origin.clone(), message)
                .expected("nine digits, under Luhn's key")
                .found(shortened(text))
                .help(SIREN_HELP),
        );
    };
    text.parse().map_err(refused).ok()
}

/// A mailbox that may be absent: one `@`, something on both sides, and nothing that would end a header field of a message.
pub(crate) fn courriel(text: Option<&str>, origin: &Origin, findings: &mut Findings) -> Option<Texte> {
    let texte = texte_option(text, origin, findings)?;
    let plain = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
        !part.is_empty() && part.chars().all(allowed) && !part.starts_with('.') && !part.ends_with('.')
    };
    if texte
        .as_str()
        .split_once('@')
        .is_some_and(|(local, domain)| plain(local) && plain(domain) && domain.contains('.'))
    {
        return Some(texte);
    }
    findings.push(
        Diagnostic::new(&diags::COURRIEL, origin.clone(), format!("{} is not a mailbox", shortened(texte.as_str())))
            .expected("one address without a name, `direction@hopital.example`")
            .found(shortened(texte.as_str()))
            .help("correct it; one address each, a shared mailbox rather than a person's"),
    );
    None
}

/// The beginning of a text, for messages.
pub(crate) fn shortened(text: &str) -> String {
    let beginning: String = text.chars().take(60).collect();
    if beginning.len() < text.len() {
        format!("`{}…`", beginning.escape_debug())
    } else {
        format!("`{}`", beginning.escape_debug())
    }
}

/// A day, `2022-07-01`.
pub(crate) fn date(text: &str, origin: &Origin, findings: &mut Findings) -> Option<Date> {
    let text = text.trim();
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    let day = shaped.then(|| text.parse::<Date>().ok()).flatten();
    if let Some(day) = day.filter(|day| (1900..=2200).contains(&day.year())) {
        return Some(day);
    }
    let help = match french_date(text) {
        Some(day) => format!("write `{day}`"),
        None => "write year, month and day, as in `2022-07-01`".to_owned(),
    };
    findings.push(
        Diagnostic::new(&diags::DATE, origin.clone(), format!("{} is not a date", shortened(text)))
            .expected("a day of the calendar, `AAAA-MM-JJ`")
            .found(shortened(text))
            .help(help),
    );
    None
}

/// Reads a day as people write it: `30/06/2023`, `30 juin 2023`, `1er juillet 2022`.
pub(crate) fn french_date(text: &str) -> Option<Date> {
    let text = crate::input::names::normalised(text);
    let parts: Vec<&str> = text.split(['/', ' ', '.']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let plain = |name: &str| name.replace(['é', 'è'], "e").replace('û', "u");
    let month = match month.parse() {
        Ok(month) => month,
        Err(_) => i8::try_from(crate::domain::MOIS.iter().position(|name| plain(name) == plain(month))? + 1).ok()?,
    };
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Date::new(year, month, day.strip_suffix("er").unwrap_or(day).parse().ok()?).ok()
}

/// A period's two days, in order.
pub(crate) fn in_order(debut: Date, fin: Option<Date>, origin: &Origin, findings: &mut Findings) -> bool {
    let Some(fin) = fin.filter(|fin| *fin < debut) else { return true };
    findings.push(
        Diagnostic::new(&diags::DATES_ORDER, origin.clone(), "the period ends before it begins")
            .expected(format!("a day from {debut} on"))
            .found(fin.to_string())
            .help("exchange or correct the two dates"),
    );
    false
}

/// A figure of a YAML file.
pub(crate) fn decimal(value: f64, origin: &Origin, findings: &mut Findings) -> Option<Decimal> {
    let decimal = number::from_float(value);
    if decimal.is_none() {
        findings.push(
            Diagnostic::new(&diags::NUMBER, origin.clone(), format!("`{value}` is not a figure"))
                .expected("a number of reasonable size")
                .help("write a number with a point, as in `0.5`"),
        );
    }
    decimal
}

pub(crate) fn adresse(
    source: &AdresseSource,
    at: &impl Fn(&str) -> Origin,
    findings: &mut Findings,
) -> Option<Adresse> {
    let ligne1 = texte(&source.ligne1, &at("ligne1"), findings);
    let ligne2 = texte_option(source.ligne2.as_deref(), &at("ligne2"), findings);
    let commune = texte(&source.commune, &at("commune"), findings);
    let code_postal = source.code_postal.trim();
    let postal = code_postal.len() == 5 && code_postal.bytes().all(|b| b.is_ascii_digit());
    if !postal {
        findings.push(
            Diagnostic::new(
                &diags::CODE_POSTAL,
                at("code_postal"),
                format!("{} is not a postal code", shortened(code_postal)),
            )
            .expected("five digits")
            .found(shortened(code_postal))
            .help("write it between quotes, with its left zero"),
        );
    }
    let adresse = Adresse { ligne1: ligne1?, ligne2, code_postal: code_postal.to_owned(), commune: commune? };
    postal.then_some(adresse)
}

pub(crate) fn reference(
    source: &ReferenceSource,
    at: &impl Fn(&str) -> Origin,
    findings: &mut Findings,
) -> Option<Reference> {
    let intitule = texte(&source.intitule, &at("intitule"), findings);
    let day = match &source.date {
        Some(text) => Some(date(text, &at("date"), findings)?),
        None => None,
    };
    Some(Reference { intitule: intitule?, date: day })
}

pub(crate) fn avis(source: &AvisSource, at: &impl Fn(&str) -> Origin, findings: &mut Findings) -> Option<Avis> {
    let day = date(&source.date, &at("date"), findings);
    let sens = texte(&source.sens, &at("sens"), findings);
    Some(Avis { date: day?, sens: sens? })
}

/// Who signs, on the day of the documents (rules 18 and 19).
pub(crate) fn signatory(
    source: &SignataireSource,
    edition: Option<Date>,
    at: &impl Fn(&str) -> Origin,
    findings: &mut Findings,
) -> Option<Signatory> {
    let prenom = texte(&source.prenom, &at("prenom"), findings);
    let nom = texte(&source.nom, &at("nom"), findings);
    let fonction = texte(&source.fonction, &at("fonction"), findings);
    let delegation = match &source.delegation {
        Some(source) => Some(delegation(source, edition, &|field| at(&format!("delegation.{field}")), findings)?),
        None => None,
    };
    Some(Signatory { civilite: source.civilite, prenom: prenom?, nom: nom?, fonction: fonction?, delegation })
}

fn delegation(
    source: &DelegationSource,
    edition: Option<Date>,
    at: &impl Fn(&str) -> Origin,
    findings: &mut Findings,
) -> Option<Delegation> {
    let intitule = texte(&source.acte, &at("acte"), findings);
    let mut day = |text: &str, field: &str| date(text, &at(field), findings);
    let signed = source.date.as_deref().map(|text| day(text, "date"));
    let debut = day(&source.debut, "debut");
    let fin = source.fin.as_deref().map(|text| day(text, "fin"));
    if signed == Some(None) || fin == Some(None) {
        return None;
    }
    let acte = Reference { intitule: intitule?, date: signed.flatten() };
    let delegation = Delegation { acte, debut: debut?, fin: fin.flatten(), publiee: source.publiee };
    if !in_order(delegation.debut, delegation.fin, &at("fin"), findings) {
        return None;
    }
    if let Some(edition) = edition.filter(|edition| !delegation.covers(*edition)) {
        findings.push(
            Diagnostic::new(
                &diags::DELEGATION_PERIOD,
                at("debut"),
                format!("the delegation does not hold on {edition}"),
            )
            .expected(format!("a delegation in force on the date of the documents, {edition}"))
            .found(match delegation.fin {
                Some(fin) => format!("from {} to {fin}", delegation.debut),
                None => format!("from {} on", delegation.debut),
            })
            .help("have the contract signed by the legal representative, or give the delegation that holds then"),
        );
    }
    if !delegation.publiee {
        findings.push(
            Diagnostic::new(
                &diags::DELEGATION_UNPUBLISHED,
                at("publiee"),
                "the delegation is not said to be published",
            )
            .expected("`publiee: true`")
            .help("a delegation binds nobody before it is published: check, then write `publiee: true`"),
        );
    }
    Some(delegation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_not_in_the_calendar_are_refused_with_what_was_meant() {
        let mut findings = Findings::default();
        for text in ["2022-02-30", "16/05/2022", "2022-5-1", "demain", "0022-01-01"] {
            assert_eq!(date(text, &Origin::file("a"), &mut findings), None, "{text}");
        }
        let helps: Vec<_> = findings.sorted().into_iter().filter_map(|finding| finding.help).collect();
        assert!(helps.contains(&"write `2022-05-16`".to_owned()));
    }

    #[test]
    fn french_days_are_read() {
        let day = |year, month, day| Date::new(year, month, day).ok();
        assert_eq!(french_date("1er juillet 2022"), day(2022, 7, 1));
        assert_eq!(french_date("30/06/2023"), day(2023, 6, 30));
        assert_eq!(french_date("15\u{a0}aout 2023"), day(2023, 8, 15));
        assert_eq!(french_date("31/06/2023"), None);
    }
}
