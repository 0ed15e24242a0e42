//! Changes in French, for people.

use std::fmt;

use super::{Change, Piece, Spot, What, in_french, template_in_french};

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        match self.page.or(self.old_page) {
            Some(page) => write!(f, " (page\u{a0}{page})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(piece) => write!(f, "{}\u{a0}: {}", piece.spot, piece.told(true)),
            Self::Clause { spot, old, new, template, sources, .. } => {
                let (old, new) = excerpts(old, new);
                write!(f, "{spot}\u{a0}: texte modifié, «\u{a0}{old}\u{a0}» → «\u{a0}{new}\u{a0}»")?;
                write!(f, " ({}", template_in_french(template))?;
                sources.iter().try_for_each(|source| write!(f, " ; {}", in_french(source)))?;
                f.write_str(")")
            }
            Self::Removed(piece) => write!(f, "{}\u{a0}: {}", piece.spot, piece.told(false)),
            Self::Renumbered { labels } => {
                let shown = labels.iter().take(MOST_LABELS).map(|(old, new)| renumbered(old, new));
                write!(f, "numérotation\u{a0}: {}", shown.collect::<Vec<_>>().join(", "))?;
                match labels.len().saturating_sub(MOST_LABELS) {
                    0 => Ok(()),
                    1 => f.write_str(", et un autre numéro"),
                    more => write!(f, ", et {more} autres numéros"),
                }
            }
            Self::Value { old, new, sources, spots, .. } => {
                let places: Vec<String> = spots.iter().map(ToString::to_string).collect();
                write!(f, "{}\u{a0}: {old} → {new}", places.join(" ; "))?;
                let read: Vec<String> = sources.iter().map(in_french).collect();
                if read.is_empty() { Ok(()) } else { write!(f, " ({})", read.join(" ; ")) }
            }
        }
    }
}

/// How many new numbers are written out.
const MOST_LABELS: usize = 3;

/// What differs in two texts, with a few words around it.
fn excerpts(old: &str, new: &str) -> (String, String) {
    const AROUND: usize = 4;
    let (before, now): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(&now).take_while(same).count();
    let most = before.len().min(now.len()) - head;
    let tail = before.iter().rev().zip(now.iter().rev()).take_while(same).count().min(most);
    let cut = |words: &[&str]| {
        let from = head.saturating_sub(AROUND);
        let to = (words.len() - tail + AROUND).min(words.len());
        let middle = words.get(from..to).unwrap_or_default().join(" ");
        let start = if from > 0 { "… " } else { "" };
        let end = if to < words.len() { " …" } else { "" };
        format!("{start}{middle}{end}")
    };
    (cut(&before), cut(&now))
}

fn renumbered(old: &str, new: &str) -> String {
    match (old, new) {
        ("", new) => format!("«\u{a0}{new}\u{a0}» est numéroté"),
        (old, "") => format!("«\u{a0}{old}\u{a0}» n’est plus numéroté"),
        (old, new) => format!("«\u{a0}{old}\u{a0}» devient «\u{a0}{new}\u{a0}»"),
    }
}

impl Piece {
    /// « ligne ajoutée : IPP | … | 46,0 % ».
    fn told(&self, is_new: bool) -> String {
        let (what, feminine) = match self.what {
            What::Column => ("colonne", true),
            What::Paragraph => ("alinéa", false),
            What::Part => ("partie", true),
            What::Row => ("ligne", true),
            What::Signature => ("cadre de signature", false),
            What::Table => ("tableau", false),
        };
        let verb = if is_new { "ajouté" } else { "supprimé" };
        let ending = if feminine { "e" } else { "" };
        format!("{what} {verb}{ending}, «\u{a0}{}\u{a0}»", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_with_a_few_words_around() {
        let (old, new) = excerpts(
            "un deux trois quatre cinq six sept huit neuf dix onze",
            "un deux trois quatre cinq six 7 huit neuf dix onze",
        );
        assert_eq!(
            (old.as_str(), new.as_str()),
            ("… trois quatre cinq six sept huit neuf dix onze", "… trois quatre cinq six 7 huit neuf dix onze")
        );
        assert_eq!(excerpts("a", "a b"), ("a".to_owned(), "a b".to_owned()));
        assert_eq!(excerpts("a a", "a"), ("a a".to_owned(), "a".to_owned()));
    }
}
