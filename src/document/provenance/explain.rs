//! « Why is this 63,2 % here? »

use serde::Serialize;

use super::{Clause, Part, Provenance, Value, in_french, template_in_french};
use crate::diag::Origin;

/// A printed piece and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// « Annexe 1, tableau 4, ligne 2 (IPP), colonne « Cible 2024 » ».
    pub place: String,
    /// The page its clause begins on, when known.
    pub page: Option<u16>,
    /// As printed: the value, or the whole text when no value was found in it.
    pub text: String,
    /// Names in the data; none for words of the template.
    pub paths: Vec<String>,
    /// The line of the template.
    pub template: Origin,
    /// Where it was read.
    pub source: Source,
}

/// Who says a printed piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "by", content = "at")]
pub enum Source {
    /// The campaign's files, there.
    Files(Vec<Origin>),
    /// The program itself: a version number.
    Program,
    /// The template, in its own words.
    Template,
}

impl Provenance {
    /// The printed pieces of a page that hold a text, or all of them: whatever the spaces and the capitals, with a decimal comma
    /// or a point. A value is told as a value; words of the template are told as their whole clause.
    #[must_use]
    pub fn explain(&self, page: Option<u16>, text: Option<&str>) -> Vec<Answer> {
        let wanted = text.map(folded).filter(|text| !text.is_empty());
        let mut answers = Vec::new();
        for clause in self.on_page(page) {
            self.answer(clause, wanted.as_deref(), &mut answers);
        }
        // What is exactly the text comes before what only holds it.
        if let Some(wanted) = &wanted {
            answers.sort_by_key(|answer| folded(&answer.text) != *wanted);
        }
        answers
    }

    /// The clauses that begin on a page.
    fn on_page(&self, page: Option<u16>) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |clause| page.is_none() || clause.page == page)
    }

    fn answer(&self, clause: &Clause, wanted: Option<&str>, answers: &mut Vec<Answer>) {
        for (index, text) in clause.texts.iter().enumerate() {
            let plain = text.plain();
            if plain.trim().is_empty() || wanted.is_some_and(|wanted| !folded(&plain).contains(wanted)) {
                continue;
            }
            let place = self.place(clause, index);
            let holds = |value: &&Value| wanted.is_none_or(|wanted| folded(&value.text).contains(wanted));
            let values: Vec<&Value> = text.values().filter(holds).collect();
            let all_values = text.0.iter().all(|part| matches!(part, Part::Value(_)));
            if values.is_empty() || (wanted.is_none() && !all_values) {
                answers.push(Answer {
                    place: place.clone(),
                    page: clause.page,
                    text: plain,
                    paths: Vec::new(),
                    template: clause.template.clone(),
                    source: Source::Template,
                });
            }
            answers.extend(values.into_iter().map(|value| Answer {
                place: place.clone(),
                page: clause.page,
                text: value.text.clone(),
                paths: value.paths.clone(),
                template: value.tag.clone(),
                source: match value.sources.as_slice() {
                    [] if value.paths.is_empty() => Source::Template,
                    [] => Source::Program,
                    sources => Source::Files(sources.to_vec()),
                },
            }));
        }
    }
}

impl Source {
    /// In French, for people.
    #[must_use]
    pub fn in_french(&self, template: &Origin) -> String {
        match self {
            Self::Files(origins) => origins.iter().map(in_french).collect::<Vec<_>>().join(" ; "),
            Self::Program => "attribué par paraphe".to_owned(),
            Self::Template => template_in_french(template),
        }
    }
}

/// A text as it is looked for: without spaces, in small letters, with plain apostrophes and decimal commas.
fn folded(text: &str) -> String {
    let chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let digit = |index: Option<usize>| index.and_then(|index| chars.get(index)).is_some_and(char::is_ascii_digit);
    let fold = |(index, c): (usize, &char)| match c {
        '.' if digit(index.checked_sub(1)) && digit(Some(index + 1)) => ',',
        '’' => '\'',
        '−' => '-',
        c => *c,
    };
    chars.iter().enumerate().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_capitals_and_decimal_points_do_not_count() {
        for (printed, typed) in [
            ("63,2\u{a0}%", "63.2 %"),
            ("1\u{202f}234,50\u{a0}€", "1234,50€"),
            ("L’établissement", "l'ÉTABLISSEMENT"),
            ("−1,5\u{a0}%", "-1.5%"),
        ] {
            assert_eq!(folded(printed), folded(typed));
        }
        assert_ne!(folded("63,2"), folded("6,32"));
    }
}
