//! French typography: no-break spaces, quotation marks, apostrophes, raised ordinals; references and numbers are not cut at the
//! end of a line.
//!
//! [`settle`] works on a whole run, across emphasis, and changes nothing the second time. It never touches the inside of a word
//! that holds an address (`a@b.fr`, `https://…`).

use super::Inline;
use crate::domain::MOIS;

/// Before `: » % €`, inside « », between a reference and its number.
const NO_BREAK: char = '\u{a0}';
/// Before `; ! ?` and between groups of thousands.
const NARROW: char = '\u{202f}';

/// Words that stay with the number that follows.
const NUMBERED: [&str; 22] = [
    "alinéa",
    "alinéas",
    "annexe",
    "annexes",
    "art.",
    "article",
    "articles",
    "axe",
    "chapitre",
    "chapitres",
    "n°",
    "nos",
    "numéro",
    "p.",
    "page",
    "pages",
    "tableau",
    "tableaux",
    "titre",
    "volet",
    "volets",
    "§",
];
/// Parts of a code: « L. 162-30-2 ».
const CODES: [&str; 5] = ["A.", "D.", "L.", "LO.", "R."];
const CIVILITES: [&str; 7] = ["Dr", "M.", "MM.", "Mlle", "Mme", "Mmes", "Pr"];
const COMPARISONS: [&str; 5] = ["<", ">", "±", "≤", "≥"];

/// Settles the typography of a run of text.
pub fn settle(content: &mut Vec<Inline>) {
    let mut glyphs = Vec::new();
    flatten(content, &mut glyphs, &mut 0);
    let glyphs = space(&quote(&collapse(&glyphs)));
    let mut texts = Vec::new();
    for Glyph { c, leaf, .. } in glyphs {
        let Some(leaf) = leaf else { continue };
        if texts.len() <= leaf {
            texts.resize(leaf + 1, String::new());
        }
        if let Some(text) = texts.get_mut(leaf) {
            text.push(c);
        }
    }
    put_back(content, &mut texts.into_iter());
    raise_all(content);
}

/// Settles a text that stands alone; ordinals are not raised.
#[must_use]
pub fn settled(text: &str) -> String {
    let glyphs: Vec<Glyph> = text.chars().map(|c| Glyph { c, leaf: Some(0), kept: false }).collect();
    space(&quote(&collapse(&protect(glyphs)))).iter().map(|glyph| glyph.c).collect()
}

/// A character, the text it belongs to, and whether it is part of an address.
#[derive(Debug, Clone, Copy)]
struct Glyph {
    c: char,
    /// Which text of the run; absent for what is read and not changed.
    leaf: Option<usize>,
    kept: bool,
}

impl Glyph {
    fn with(self, c: char) -> Self {
        Self { c, ..self }
    }

    fn is(self, c: char) -> bool {
        self.c == c && self.leaf.is_some() && !self.kept
    }
}

fn flatten(content: &[Inline], glyphs: &mut Vec<Glyph>, leaves: &mut usize) {
    flatten_into(content, glyphs, leaves);
    *glyphs = protect(std::mem::take(glyphs));
}

fn flatten_into(content: &[Inline], glyphs: &mut Vec<Glyph>, leaves: &mut usize) {
    for inline in content {
        let (text, leaf) = match inline {
            Inline::Emph { content } | Inline::Strong { content } => {
                flatten_into(content, glyphs, leaves);
                continue;
            }
            Inline::Break => ("\n", None),
            // Its text is settled later; here it is only a word.
            Inline::Ref { .. } => ("x", None),
            Inline::Sup { text } => (text.as_str(), None),
            Inline::Text { text } => {
                *leaves += 1;
                (text.as_str(), Some(*leaves - 1))
            }
        };
        glyphs.extend(text.chars().map(|c| Glyph { c, leaf, kept: false }));
    }
}

fn put_back(content: &mut [Inline], texts: &mut impl Iterator<Item = String>) {
    for inline in content {
        match inline {
            Inline::Emph { content } | Inline::Strong { content } => put_back(content, texts),
            Inline::Text { text } => *text = texts.next().unwrap_or_default(),
            Inline::Break | Inline::Ref { .. } | Inline::Sup { .. } => {}
        }
    }
}

/// Marks the words that hold an address.
fn protect(mut glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let marks_an_address = |glyph: &Glyph| matches!(glyph.c, '@' | '/' | '.');
    for word in glyphs.split_mut(|glyph| glyph.c.is_whitespace()) {
        if !word.iter().any(marks_an_address) {
            continue;
        }
        let text: String = word.iter().map(|glyph| glyph.c).collect();
        if is_address(&text) {
            word.iter_mut().for_each(|glyph| glyph.kept = true);
        }
    }
    glyphs
}

fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains("www.") || (word.contains('@') && word.len() > 1)
}

/// Runs of plain spaces become one.
fn collapse(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        if !(glyph.is(' ') && out.last().is_some_and(|last| last.is(' '))) {
            out.push(*glyph);
        }
    }
    out
}

/// Quotation marks and apostrophes.
fn quote(glyphs: &[Glyph]) -> Vec<Glyph> {
    let paired = glyphs.iter().filter(|glyph| glyph.is('"')).count().is_multiple_of(2);
    let mut open = false;
    let mut out = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let c = match glyph.c {
            _ if glyph.kept || glyph.leaf.is_none() => glyph.c,
            '"' if paired => {
                open = !open;
                if open { '«' } else { '»' }
            }
            '\u{201c}' => '«',
            '\u{201d}' => '»',
            '\'' => '’',
            c => c,
        };
        out.push(glyph.with(c));
    }
    out
}

/// No-break spaces: those that are there are made so, those that French wants are added.
fn space(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len() + 8);
    for (index, glyph) in glyphs.iter().enumerate() {
        let before = glyphs.get(..index).unwrap_or_default();
        let after = glyphs.get(index + 1..).unwrap_or_default();
        if glyph.leaf.is_none() || glyph.kept {
            out.push(*glyph);
            continue;
        }
        let last = out.last().copied();
        if wants_space_before(last, *glyph, before) {
            out.push(glyph.with(NO_BREAK));
        }
        let is_space = matches!(glyph.c, ' ' | NO_BREAK | NARROW);
        out.push(if is_space { glyph.with(space_between(glyph.c, before, after)) } else { *glyph });
        if glyph.c == '«' && after.first().is_some_and(|next| !next.c.is_whitespace()) {
            out.push(glyph.with(NO_BREAK));
        }
    }
    out
}

fn wants_space_before(last: Option<Glyph>, glyph: Glyph, before: &[Glyph]) -> bool {
    let Some(last) = last.filter(|last| !last.c.is_whitespace()) else { return false };
    match glyph.c {
        '»' => true,
        '%' | '€' => last.c.is_ascii_digit(),
        c if c.is_ascii_digit() && last.c == '°' => {
            matches!(before.len().checked_sub(2).and_then(|at| before.get(at)).map(|n| n.c), Some('n' | 'N'))
        }
        _ => false,
    }
}

/// The space that stands between these characters.
fn space_between(space: char, before: &[Glyph], after: &[Glyph]) -> char {
    if before.last().is_some_and(|glyph| glyph.c == '«') {
        return NO_BREAK;
    }
    match after.first().map(|glyph| glyph.c) {
        Some(';' | '!' | '?') if !before.is_empty() => return NARROW,
        Some(':' | '»' | '%' | '€' | '‰') if !before.is_empty() => return NO_BREAK,
        _ => {}
    }
    if space != ' ' {
        return space;
    }
    if is_thousands(before, after) {
        return NARROW;
    }
    if may_bind(before, after) && binds(&word_before(before), &word_after(after)) { NO_BREAK } else { ' ' }
}

/// Whether the characters around a space leave a chance that [`binds`] says yes: nearly all spaces stand between two ordinary
/// words, and are settled here without building them. A word in lower case only binds to a day, `12` or `1er`.
fn may_bind(before: &[Glyph], after: &[Glyph]) -> bool {
    let next_is_lower = after.first().is_some_and(|glyph| glyph.c.is_lowercase());
    let ends_a_day = before.last().is_some_and(|glyph| glyph.c.is_ascii_digit() || glyph.c == 'r');
    !next_is_lower || ends_a_day
}

/// Whether a space stands between two groups of one number: one to three digits, then exactly three.
fn is_thousands(before: &[Glyph], after: &[Glyph]) -> bool {
    let digits = |glyph: &&Glyph| glyph.c.is_ascii_digit();
    let head = before.iter().rev().take_while(digits).count();
    let tail = after.iter().take_while(digits).count();
    let lead = before.len().checked_sub(head + 1).and_then(|at| before.get(at));
    (1..=3).contains(&head)
        && tail == 3
        && !lead.is_some_and(|lead| lead.c.is_alphanumeric() || ".,-/".contains(lead.c))
}

fn word_before(before: &[Glyph]) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | '’' | '«' | '[');
    let mut word: Vec<char> = before.iter().rev().map(|glyph| glyph.c).take_while(|c| !ends(*c)).collect();
    word.reverse();
    word.into_iter().collect()
}

fn word_after(after: &[Glyph]) -> String {
    after.iter().map(|glyph| glyph.c).take_while(|c| !c.is_whitespace()).collect()
}

/// Whether a word stays with the next one.
fn binds(word: &str, next: &str) -> bool {
    let Some(first) = next.chars().next() else { return false };
    let number = first.is_ascii_digit();
    let letters = next.trim_end_matches([',', ';', '.', ')', ':']);
    let roman = !letters.is_empty() && letters.chars().all(|c| "IVXLC".contains(c));
    let code = CODES.contains(&next);
    let lower = word.to_lowercase();
    if NUMBERED.contains(&lower.as_str()) {
        return number || roman || code;
    }
    if CODES.contains(&word) || COMPARISONS.contains(&word) {
        return number;
    }
    if CIVILITES.contains(&word) {
        return first.is_uppercase();
    }
    let day = word == "1er" || word.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    day && MOIS.contains(&next.trim_end_matches(|c: char| !c.is_alphabetic()))
}

/// Raises the letters of ordinals, in figures or in Roman numerals, in every text of a run.
fn raise_all(content: &mut Vec<Inline>) {
    let mut out = Vec::with_capacity(content.len());
    for inline in content.drain(..) {
        match inline {
            Inline::Text { text } => raise(&text, &mut out),
            Inline::Emph { mut content } => {
                raise_all(&mut content);
                out.push(Inline::Emph { content });
            }
            Inline::Strong { mut content } => {
                raise_all(&mut content);
                out.push(Inline::Strong { content });
            }
            other => out.push(other),
        }
    }
    *content = out;
}

fn raise(text: &str, out: &mut Vec<Inline>) {
    let mut plain = String::new();
    let opens = |c: char| c.is_whitespace() || matches!(c, '(' | '«' | '’');
    for piece in text.split_inclusive(opens) {
        let word = piece.trim_end_matches(opens);
        let root = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        match ordinal(root).filter(|_| !is_address(word)) {
            Some((number, letters)) => {
                plain.push_str(number);
                out.push(Inline::Text { text: std::mem::take(&mut plain) });
                out.push(Inline::Sup { text: letters.to_owned() });
                plain.push_str(piece.get(root.len()..).unwrap_or_default());
            }
            None => plain.push_str(piece),
        }
    }
    if !plain.is_empty() {
        out.push(Inline::Text { text: plain });
    }
}

/// The number and the letters of an ordinal.
fn ordinal(word: &str) -> Option<(&str, &str)> {
    let number_end = word.find(|c: char| !c.is_ascii_digit() && !"IVXLC".contains(c))?;
    let (number, letters) = word.split_at_checked(number_end)?;
    let arabic = !number.is_empty() && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit());
    let roman = !number.is_empty() && number.bytes().all(|b| b.is_ascii_uppercase());
    let first = matches!(number, "1" | "I");
    let fits = match letters {
        "er" | "re" | "ers" | "res" => first,
        "e" | "es" => !first && (arabic || (roman && number.len() > 1)),
        "nd" | "nde" | "nds" | "ndes" => number == "2",
        _ => false,
    };
    (fits && (arabic || roman)).then_some((number, letters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain_text;

    fn run(text: &str) -> Vec<Inline> {
        let mut content = vec![Inline::Text { text: text.to_owned() }];
        settle(&mut content);
        content
    }

    /// `~` is a no-break space, `_` a narrow one, `^` stands before raised letters.
    fn shown(text: &str) -> String {
        let show = |inline: &Inline| match inline {
            Inline::Sup { text } => format!("^{text}"),
            other => plain_text(std::slice::from_ref(other)),
        };
        run(text).iter().map(show).collect::<String>().replace(NO_BREAK, "~").replace(NARROW, "_")
    }

    #[test]
    fn punctuation_is_spaced_as_in_french() {
        assert_eq!(shown("Objet : a ; b ! c ? d"), "Objet~: a_; b_! c_? d");
        assert_eq!(shown("« mot » et «mot»"), "«~mot~» et «~mot~»");
        assert_eq!(shown("le \"bon\" mot d'ici"), "le «~bon~» mot d’ici");
        assert_eq!(shown("31,0 % et 20% de 1 234 567,89 €"), "31,0~% et 20~% de 1_234_567,89~€");
    }

    #[test]
    fn references_are_not_cut() {
        assert_eq!(
            shown("aux articles L. 162-30-2 et D. 162-16, n° 2021-1231, art. 64, annexe 2"),
            "aux articles~L.~162-30-2 et D.~162-16, n°~2021-1231, art.~64, annexe~2"
        );
        assert_eq!(
            shown("l'article 5, n°12, chapitre II, titre de la loi"),
            "l’article~5, n°~12, chapitre~II, titre de la loi"
        );
        assert_eq!(shown("Mme Claire EXEMPLE et M. Paul, < 11"), "Mme~Claire EXEMPLE et M.~Paul, <~11");
    }

    #[test]
    fn dates_keep_their_day_and_ordinals_are_raised() {
        assert_eq!(shown("du 1er juillet 2022 au 30 juin 2027"), "du 1^er~juillet 2022 au 30~juin 2027");
        assert_eq!(shown("la 2e année, le XXIe siècle, la 1re fois"), "la 2^e année, le XXI^e siècle, la 1^re fois");
        assert_eq!(shown("lot 12e3, 3e-4, T2e"), "lot 12e3, 3e-4, T2e");
    }

    #[test]
    fn addresses_and_times_are_left_alone() {
        for text in ["ecrire a l'adresse", "x@y.fr", "https://a.fr/?a=1;b=2!", "à 14:30", "05 56 00 00 00"] {
            assert_eq!(shown(text), text.replace('\'', "’"));
        }
        assert_eq!(shown("voir https://a.fr/'x'?b=%20 ; fin"), "voir https://a.fr/'x'?b=%20_; fin");
    }

    #[test]
    fn emphasis_does_not_hide_its_neighbours() {
        let text = |text: &str| Inline::Text { text: text.to_owned() };
        let mut content =
            vec![text("Vu l'article "), Inline::Strong { content: vec![text("64")] }, text(" : « "), text("x »")];
        settle(&mut content);
        assert_eq!(plain_text(&content), "Vu l’article\u{a0}64\u{a0}: «\u{a0}x\u{a0}»");
    }

    proptest::proptest! {
        #[test]
        fn settling_twice_is_settling_once(text in "[a-zA-Z0-9 «»\"'!?;:%€°.@/\u{a0}\u{202f}àéVIXn-]{0,40}") {
            let once = run(&text);
            let mut twice = once.clone();
            settle(&mut twice);
            proptest::prop_assert_eq!(once, twice);
        }

        #[test]
        fn only_spaces_and_quotes_change(text in "\\PC{0,40}") {
            let bare = |text: &str| text.chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '’' | '«' | '»' | '“' | '”')).collect::<String>();
            proptest::prop_assert_eq!(bare(&plain_text(&run(&text))), bare(&text));
        }
    }
}
