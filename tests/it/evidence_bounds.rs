//! What a returned file may cost: shapes that grow with the square of their size, or without end, are answered as far as the limits
//! go, and told. Counted in steps, never by a clock; a test that hangs is one that fails.

use std::{env, fs, path::Path};

use paraphe::evidence::{
    Evidence, Reason, ReturnedFile,
    cms::{Material, examine_timestamp},
    examine,
    intake::intake,
    pdf,
    trust::Trust,
};

/// A file of one revision from its objects.
fn file(objects: &[(usize, String)]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (number, text) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
    }
    let section = bytes.len();
    bytes.extend(format!("xref\n{table}trailer <</Root 1 0 R/Size 9999999>>\nstartxref\n{section}\n%%EOF\n").bytes());
    bytes
}

fn references(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| format!("{number} 0 R ")).collect()
}

fn stream(content: &str) -> String {
    format!("<</Length {}>>stream\n{content}\nendstream", content.len())
}

const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>";

/// A file of one page with a form of these fields.
fn form(fields: std::ops::Range<usize>, more: &[(usize, String)], field: impl Fn(usize) -> String) -> Vec<u8> {
    let form = references(fields.clone());
    let mut objects = vec![
        (1, format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{form}]>>>>")),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
        (3, PAGE.to_owned()),
    ];
    objects.extend(more.iter().cloned());
    objects.extend(fields.map(|number| (number, field(number))));
    file(&objects)
}

/// A file of many pages.
fn pages(count: usize, tree: &str, more: &[(usize, String)], page: &str) -> Vec<u8> {
    let kids = references(1_000..1_000 + count);
    let mut objects =
        vec![(1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()), (2, format!("<</Type/Pages/Kids[{kids}]{tree}>>"))];
    objects.extend(more.iter().cloned());
    objects.extend((1_000..1_000 + count).map(|number| (number, page.to_owned())));
    file(&objects)
}

fn evidence(name: &str, bytes: &[u8]) -> Evidence {
    examine(&ReturnedFile::new(name, bytes), &Trust::default(), &[], jiff::Timestamp::UNIX_EPOCH).evidence
}

#[track_caller]
fn is_limited(bytes: &[u8]) {
    let seen = evidence("retour", bytes).observations;
    assert!(
        seen.iter().any(|told| told.reason == Reason::LimitExceeded),
        "{:?}",
        seen.iter().take(5).collect::<Vec<_>>()
    );
}

#[test]
fn one_appearance_of_a_thousand_fields_is_not_read_a_thousand_times() {
    let text = stream(&"(x)Tj ".repeat(100_000));
    let field = |number| format!("<</T({number})/FT/Tx/V(x)/Subtype/Widget/Rect[0 0 1 1]/AP<</N 5 0 R>>>>");
    is_limited(&form(10..1_010, &[(5, text)], field));
}

#[test]
fn one_value_of_a_thousand_fields_is_not_read_a_thousand_times() {
    let value = format!("({})", "x".repeat(400_000));
    let field = |number| format!("<</T({number})/FT/Tx/V 6 0 R>>");
    is_limited(&form(10..1_010, &[(6, value)], field));
}

#[test]
fn a_name_that_is_longer_than_any_is_not_kept_for_each_field() {
    let name = format!("({})", "x".repeat(400_000));
    is_limited(&form(10..1_010, &[(6, name)], |_| "<</T 6 0 R/FT/Tx>>".to_owned()));
    let chain = |number| format!("<</T({})/Kids[{} 0 R]>>", "x".repeat(500), number + 1);
    is_limited(&form(10..40, &[(40, "<</T(y)/FT/Tx>>".to_owned())], chain));
}

#[test]
fn one_list_of_kids_of_a_thousand_fields_is_not_walked_a_thousand_times() {
    let kids = format!("[{}]", "8 0 R ".repeat(50_000));
    let widget = "<</Subtype/Widget/Rect[0 0 1 1]>>".to_owned();
    is_limited(&form(10..1_010, &[(8, widget), (9, kids)], |number| format!("<</T({number})/Kids 9 0 R>>")));
}

#[test]
fn one_content_of_a_thousand_pages_is_not_read_a_thousand_times() {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R>>";
    let picture = "<</Subtype/Image/Length 0>>stream\n\nendstream".to_owned();
    let content = stream(&format!("{}/I Do", "q ".repeat(100_000)));
    is_limited(&pages(1_000, "/Resources<</XObject<</I 6 0 R>>>>", &[(5, content), (6, picture)], page));
}

#[test]
fn one_list_of_pictures_of_a_thousand_pages_is_not_searched_a_thousand_times() {
    let pictures: String = (0..20_000).map(|number| format!("/I{number} 5 0 R")).collect();
    is_limited(&pages(1_000, &format!("/Resources<</XObject<<{pictures}>>>>"), &[(5, stream("q"))], PAGE));
}

#[test]
fn contents_that_nothing_uses_are_not_all_read() {
    let text = "q ".repeat(20_000);
    let unused: Vec<_> = (10..1_010).map(|number| (number, stream(&text))).collect();
    is_limited(&pages(1, "", &unused, PAGE));
}

#[test]
fn a_header_behind_a_long_comment_counts_each_time_it_is_looked_for() {
    let mut objects = vec![(1, "<</Type/Catalog/Pages 2 0 R>>".to_owned())];
    objects.push((2, format!("<</Type/Pages/Kids[{}]>>", references(10..4_000))));
    let mut bytes = file(&objects);
    let comment = bytes.len();
    bytes.extend([b"%".repeat(1_000_000), b"\n".to_vec()].concat());
    let section = bytes.len();
    let rows: String = (10..4_000).map(|_| format!("{comment:010} 00000 n \n")).collect();
    bytes.extend(format!("xref\n1 2\n0000000009 00000 n \n{:010} 00000 n \n10 3990\n{rows}", second(&bytes)).bytes());
    bytes.extend(format!("trailer <</Root 1 0 R/Size 9999>>\nstartxref\n{section}\n%%EOF\n").bytes());
    is_limited(&bytes);
}

/// Where the second object stands.
fn second(bytes: &[u8]) -> usize {
    bytes.windows(7).position(|word| word == b"2 0 obj").unwrap()
}

#[test]
fn a_mark_of_the_end_is_not_looked_for_behind_comments() {
    let bytes = [b"%PDF-1.7\n".as_slice(), &b"startxref %".repeat(900_000)].concat();
    assert!(pdf::read(&bytes).is_err());
}

#[test]
fn a_message_of_too_many_pieces_is_told_before_it_is_read() {
    let head = "From: a@b\r\nMIME-Version: 1.0\r\n";
    let pieces: String = (0..3_000).map(|number| format!(";a*{number}=b")).collect();
    for bomb in [
        format!("{head}Content-Type: a/b{pieces}\r\n\r\n"),
        format!("{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(30_000)),
        format!("{head}{}\r\n", "Subject: x\r\n".repeat(110_000)),
        format!("{head}Subject: x\r\n{}\r\n", " y\r\n".repeat(310_000)),
    ] {
        assert_eq!(intake("retour.eml", bomb.as_bytes()).observations[0].reason, Reason::LimitExceeded);
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}

/// Spoils a file in a few places: bytes, words of the formats, parts that are left out or written twice.
fn spoiled(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    const WORDS: [&[u8]; 20] = [
        b"/Length 9 0 R",
        b"/Prev 15",
        b" obj",
        b"endobj",
        b"stream\n",
        b"xref\n0 9\n",
        b"<<",
        b">>",
        b"[",
        b"/Kids[1 0 R]",
        b"/Parent 3 0 R",
        b"1 0 R",
        b"99999999999",
        b"-1",
        b"/ByteRange [0 1 2 3]",
        b"%%EOF\n",
        b"\x30\x80",
        b"\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"--b\r\n",
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len());
        let word = WORDS[dice.roll(WORDS.len())];
        let end = (at + dice.roll(600)).min(bytes.len());
        match dice.roll(5) {
            0 => bytes[at..].iter_mut().take(1).for_each(|byte| *byte = dice.roll(256) as u8),
            1 => drop(bytes.splice(at..(at + word.len()).min(bytes.len()), word.iter().copied())),
            2 => drop(bytes.splice(at..at, word.iter().copied())),
            3 => drop(bytes.drain(at..end)),
            _ => {
                let part = bytes[at..end].to_vec();
                let to = dice.roll(bytes.len());
                drop(bytes.splice(to..to, part));
            }
        }
    }
    bytes
}

/// Files to spoil: those of the tests, and with `PARAPHE_FUZZ_SEEDS` those of a folder.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        form(10..14, &[(5, stream("(x)Tj"))], |number| {
            format!(
                "<</T({number})/FT/Sig/V<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 9 12 90]/Contents<3000>>>>>"
            )
        }),
        pages(3, "", &[(5, stream("BT (x)Tj ET"))], "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R>>"),
        b"From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: \
          application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--b--\r\n"
            .to_vec(),
    ];
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evidence/cms/made");
    let folders = [Some(own), env::var_os("PARAPHE_FUZZ_SEEDS").map(Into::into)];
    for folder in folders.into_iter().flatten() {
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        seeds.extend(
            files.iter().filter_map(|path| fs::read(path).ok()).filter(|seed| (1..400_000).contains(&seed.len())),
        );
    }
    seeds
}

/// `PARAPHE_FUZZ_ROUNDS` makes a longer run.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be asked to last longer")]
fn any_spoiled_file_is_answered() {
    let rounds = env::var("PARAPHE_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(400_usize);
    let seeds = seeds();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let bytes = spoiled(&seeds[dice.roll(seeds.len())], &mut dice);
        let seen = evidence("retour", &bytes);
        assert_eq!(seen.size, bytes.len() as u64);
        if let Ok(facts) = pdf::read(&bytes) {
            let _told = pdf::compare(&facts, &facts, facts.revisions.len());
        }
        let _stamp = examine_timestamp(
            &bytes,
            &[b"x"],
            &Material::default(),
            &Trust::default(),
            &[],
            jiff::Timestamp::UNIX_EPOCH,
        );
    }
}
