//! Which printed words are a value of the data, and where that value was read.

use std::ops::Range;

use super::Inline;
use crate::diag::Origin;

/// A value of the data printed in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Which of [`super::Block::texts`] it stands in.
    pub run: usize,
    /// Where it stands in that text, counted in signs (see [`count_signs`]).
    pub signs: Range<usize>,
    /// Its name in the data, `volets[0].indicateurs[2].cibles[1].valeur`; several when one tag prints several values.
    pub paths: Vec<String>,
    /// The tag of the template that prints it.
    pub tag: Origin,
    /// Where it was read in the campaign's files; several when it is made of several; none when the program gives it itself.
    pub sources: Vec<Origin>,
}

/// How many signs a text has: characters that are no space. Typography moves spaces and nothing else, and the words of
/// cross-references, which are known last, are not counted: a place in signs stays right until the document is printed.
#[must_use]
pub fn count_signs(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// The bytes of a run's plain text that some of its signs stand on, from the first to the last.
#[must_use]
pub fn place_of_signs(content: &[Inline], signs: &Range<usize>) -> Range<usize> {
    let mut seeker = Seeker { signs: signs.clone(), seen: 0, bytes: 0, found: None };
    seeker.visit(content, true);
    seeker.found.unwrap_or(seeker.bytes..seeker.bytes)
}

struct Seeker {
    signs: Range<usize>,
    seen: usize,
    bytes: usize,
    found: Option<Range<usize>>,
}

impl Seeker {
    fn visit(&mut self, content: &[Inline], counted: bool) {
        for inline in content {
            match inline {
                Inline::Break => self.bytes += 1,
                Inline::Emph { content } | Inline::Strong { content } => self.visit(content, counted),
                Inline::Ref { content, .. } => self.visit(content, false),
                Inline::Sup { text } | Inline::Text { text } => self.text(text, counted),
            }
        }
    }

    fn text(&mut self, text: &str, counted: bool) {
        for c in text.chars() {
            let end = self.bytes + c.len_utf8();
            if counted && !c.is_whitespace() {
                if self.signs.contains(&self.seen) {
                    let start = self.found.as_ref().map_or(self.bytes, |found| found.start);
                    self.found = Some(start..end);
                }
                self.seen += 1;
            }
            self.bytes = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain_text;

    fn text(text: &str) -> Inline {
        Inline::Text { text: text.to_owned() }
    }

    #[test]
    fn a_value_is_found_whatever_the_spaces_and_the_references_before_it() {
        let article = |words: &str| Inline::Ref { target: "a".to_owned(), content: vec![text(words)] };
        let run = |words: &str| vec![text("à l’"), article(words), text(" : 1\u{202f}234\u{a0}€, "), text("fin")];
        for words in ["", "article\u{a0}12"] {
            let run = run(words);
            let range = place_of_signs(&run, &(4..9));
            assert_eq!(&plain_text(&run)[range], "1\u{202f}234\u{a0}€", "{words}");
        }
    }
}
