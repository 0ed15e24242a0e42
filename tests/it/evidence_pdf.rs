//! Returned PDFs, made by incremental updates: what each revision changes, and what signatures cover.

use std::collections::BTreeSet;

use paraphe::evidence::{
    Coverage, Reason, RevisionKind,
    pdf::{self, PdfFacts},
};
use proptest::prelude::*;

/// A file that grows by revisions.
#[derive(Clone)]
struct Pdf {
    bytes: Vec<u8>,
    last_section: Option<usize>,
    size: u32,
}

/// What a revision writes: objects by their numbers; nothing frees one.
type Objects<'a> = &'a [(u32, &'a str)];

impl Pdf {
    /// Two pages that draw a form, an empty signature field on the first, a text field on the second.
    fn contract() -> Self {
        let mut pdf = Self { bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), last_section: None, size: 12 };
        pdf.update(&[
            (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R 9 0 R] /SigFlags 3 >> >>"),
            (2, "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] >>"),
            (3, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources 7 0 R /Annots [8 0 R 10 0 R] >>"),
            (4, "<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources 7 0 R /Annots [9 0 R] >>"),
            (5, &stream("", "BT /F 12 Tf (Article 1 : 45 000 EUR) Tj ET")),
            (6, &stream("", "BT /F 12 Tf (Article 2) Tj ET")),
            (7, "<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"),
            (8, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature_ars) /Rect [50 50 250 120] /P 3 0 R /F 4 >>"),
            (9, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (lieu) /Rect [50 200 250 220] /P 4 0 R /F 4 >>"),
            (10, "<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] /Dest [4 0 R /Fit] >>"),
        ]);
        pdf
    }

    fn update(&mut self, objects: Objects<'_>) -> &mut Self {
        self.update_with(objects, "", "")
    }

    /// Adds a revision; `root` replaces the catalog, `more` is put into the trailer.
    fn update_with(&mut self, objects: Objects<'_>, freed: &str, more: &str) -> &mut Self {
        let mut table = String::from(freed);
        for (number, object) in objects {
            table += &format!("{number} 1\n{:010} 00000 n \n", self.bytes.len());
            self.bytes.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
            self.size = self.size.max(number + 1);
        }
        let section = self.bytes.len();
        let prev = self.last_section.map(|at| format!("/Prev {at}")).unwrap_or_default();
        let root = if more.contains("/Root") { "" } else { "/Root 1 0 R" };
        let trailer = format!("<< /Size {} {root} {prev} {more} >>", self.size);
        self.bytes.extend(format!("xref\n{table}trailer\n{trailer}\nstartxref\n{section}\n%%EOF\n").bytes());
        self.last_section = Some(section);
        self
    }

    /// Signs the field `field` (object 8, or another) by a new object.
    fn sign(&mut self, field: u32, name: &str, number: u32, more: &str) -> &mut Self {
        let dictionary = format!(
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260115103000Z) {more} \
             /ByteRange [0 @@@@@@@@@@ @@@@@@@@@@ @@@@@@@@@@] /Contents <3003020101{}> >>",
            "0".repeat(40)
        );
        let widget = format!(
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) /Rect [50 50 250 120] /P 3 0 R /F 4 /V {number} 0 R >>"
        );
        let start = self.bytes.len();
        self.update(&[(number, &dictionary), (field, &widget)]);
        let find = |bytes: &[u8], what: &[u8]| {
            start + bytes[start..].windows(what.len()).position(|window| window == what).unwrap()
        };
        let from = find(&self.bytes, b"/Contents <") + 10;
        let to = find(&self.bytes, b"> >>") + 1;
        for value in [from, to, self.bytes.len() - to] {
            let at = find(&self.bytes, b"@@@@@@@@@@");
            self.bytes[at..at + 10].copy_from_slice(format!("{value:<10}").as_bytes());
        }
        self
    }

    fn signed() -> Self {
        let mut pdf = Self::contract();
        pdf.sign(8, "signature_ars", 20, "");
        pdf
    }
}

fn stream(fields: &str, content: &str) -> String {
    format!("<< {fields} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

fn read(pdf: &Pdf) -> PdfFacts<'_> {
    pdf::read(&pdf.bytes).unwrap()
}

/// The reasons given for a revision.
fn reasons(facts: &PdfFacts<'_>, revision: usize) -> BTreeSet<Reason> {
    let of = facts.observations.iter().filter(|told| told.place.revision == Some(revision));
    of.map(|told| told.reason).collect()
}

fn all(facts: &PdfFacts<'_>) -> BTreeSet<Reason> {
    let signatures = facts.signatures.iter().flat_map(|signature| &signature.observations);
    facts.observations.iter().chain(signatures).map(|told| told.reason).collect()
}

/// What one revision after a signature is called.
fn after_signature(objects: Objects<'_>) -> BTreeSet<Reason> {
    let mut pdf = Pdf::signed();
    pdf.update(objects);
    reasons(&read(&pdf), 3)
}

#[test]
fn a_file_as_it_was_sent_gives_no_observation() {
    let pdf = Pdf::contract();
    let facts = read(&pdf);
    assert_eq!(facts.observations, []);
    assert_eq!(facts.signatures, []);
    assert_eq!(facts.revisions.len(), 1);
    assert_eq!(facts.revisions[0].pages.len(), 2);
    assert_eq!(facts.fields.len(), 1);
}

#[test]
fn signing_a_field_is_a_signature_and_nothing_else() {
    let pdf = Pdf::signed();
    let facts = read(&pdf);
    assert_eq!(all(&facts), [Reason::RevisionSignature].into());
    assert_eq!(facts.revisions[1].kind, RevisionKind::Signature);
    let signature = &facts.signatures[0];
    assert_eq!(signature.field.as_deref(), Some("signature_ars"));
    assert_eq!((signature.page, signature.revision, signature.coverage), (Some(1), Some(2), Coverage::File));
    assert_eq!((signature.since, signature.field_since), (2, 1));
    assert_eq!(signature.contents[..5], [0x30, 3, 2, 1, 1]);
    let [before, after] = signature.signed.unwrap();
    assert!(before.ends_with(b"/Contents ") && after.starts_with(b" >>"));
}

#[test]
fn what_a_page_shows_is_told_by_page() {
    let changed = [(5, &*stream("", "BT /F 12 Tf (Article 1 : 95 000 EUR) Tj ET"))];
    assert_eq!(after_signature(&changed), [Reason::RevisionPageContent].into());
    let font = [(7, "<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Symbol >> >> >>")];
    assert_eq!(after_signature(&font), [Reason::RevisionPageContent].into());
}

#[test]
fn objects_written_anew_change_nothing() {
    let same = [
        (5, &*stream("", "BT /F 12 Tf (Article 1 : 45 000 EUR) Tj ET")),
        (
            3,
            "<</Annots[8 0 R 10 0 R]/Contents[5 0 R]/MediaBox[0 0 595.0 842]/Parent 2 0 R/Resources 7 0 R/Rotate 0/Type/Page>>",
        ),
    ];
    let reasons = after_signature(&same);
    // Contents cut otherwise are the same content.
    assert_eq!(reasons, BTreeSet::new());
}

#[test]
fn pages_annotations_and_actions_are_told() {
    let pages = [(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>")];
    assert!(after_signature(&pages).contains(&Reason::RevisionPages));
    let order = [(2, "<< /Type /Pages /Kids [4 0 R 3 0 R] /Count 2 /MediaBox [0 0 595 842] >>")];
    assert!(after_signature(&order).contains(&Reason::RevisionPages));
    let note = [
        (4, "<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources 7 0 R /Annots [9 0 R 30 0 R] >>"),
        (30, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (95 000) >>"),
    ];
    assert_eq!(after_signature(&note), [Reason::RevisionAnnot].into());
    let action = [(
        1,
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> /AcroForm << /Fields [8 0 R 9 0 R] /SigFlags 3 >> >>",
    )];
    assert_eq!(after_signature(&action), [Reason::RevisionOther].into());
    let named = [(
        1,
        "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) << /F (a) >>] >> >> /AcroForm << /Fields [8 0 R 9 0 R] /SigFlags 3 >> >>",
    )];
    assert_eq!(after_signature(&named), [Reason::RevisionOther].into());
}

#[test]
fn a_link_that_leads_elsewhere_is_an_annotation_that_changed() {
    let link = [(10, "<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] /Dest [3 0 R /Fit] >>")];
    assert_eq!(after_signature(&link), [Reason::RevisionAnnot].into());
}

#[test]
fn a_filled_form_names_its_field_and_shows_its_value() {
    let filled = |shown: &str| {
        let mut pdf = Pdf::signed();
        let field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (lieu) /Rect [50 200 250 220] /P 4 0 R /F 4 \
                     /V (Nice) /AP << /N 31 0 R >> >>";
        let appearance = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", &format!("BT ({shown}) Tj ET"));
        pdf.update(&[(9, field), (31, &appearance)]);
        pdf
    };
    let pdf = filled("Nice");
    let facts = read(&pdf);
    assert_eq!(reasons(&facts, 3), [Reason::RevisionForms].into());
    assert_eq!(facts.revisions[2].kind, RevisionKind::Forms);
    assert!(facts.observations.iter().any(|told| told.place.field.as_deref() == Some("lieu")));
    assert!(!all(&facts).contains(&Reason::FormValueMismatch));
    assert!(all(&read(&filled("Lyon"))).contains(&Reason::FormValueMismatch));
}

#[test]
fn a_field_that_was_not_there_is_told_from_one_that_was() {
    let mut pdf = Pdf::contract();
    pdf.update(&[
        (3, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources 7 0 R /Annots [8 0 R 10 0 R 40 0 R] >>"),
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R 9 0 R 40 0 R] /SigFlags 3 >> >>"),
        (40, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (autre) /Rect [0 0 200 90] /P 3 0 R >>"),
    ]);
    let facts = read(&pdf);
    assert_eq!(reasons(&facts, 2), [Reason::RevisionSignature, Reason::RevisionAnnot].into());
    pdf.sign(40, "autre", 41, "");
    let facts = read(&pdf);
    assert_eq!(facts.signatures[0].field_since, 2);
}

#[test]
fn a_signature_that_is_written_over_is_replaced() {
    let mut pdf = Pdf::signed();
    pdf.update(&[(20, "<< /Type /Sig /Filter /Adobe.PPKLite /Reason (autre) /ByteRange [0 1 2 3] /Contents <30> >>")]);
    let facts = read(&pdf);
    assert!(reasons(&facts, 3).contains(&Reason::SignatureReplaced));
    assert_eq!(facts.signatures.len(), 2);
    assert!(facts.signatures[0].observations.iter().any(|told| told.reason == Reason::SignatureReplaced));
    assert!(facts.signatures[1].observations.iter().any(|told| told.reason == Reason::ByterangeGap));
}

#[test]
fn one_signature_in_two_fields_is_seen() {
    let mut pdf = Pdf::signed();
    pdf.update(&[
        (3, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources 7 0 R /Annots [8 0 R 10 0 R 40 0 R] >>"),
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R 9 0 R 40 0 R] /SigFlags 3 >> >>"),
        (40, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (autre) /Rect [0 0 0 0] /P 3 0 R /V 20 0 R >>"),
    ]);
    assert!(all(&read(&pdf)).contains(&Reason::SigObjectShared));
}

#[test]
fn what_a_certification_forbids_is_a_violation() {
    let certified = |level: u8| {
        let mut pdf = Pdf::contract();
        let certification =
            format!("/Reference [<< /TransformMethod /DocMDP /TransformParams << /P {level} /V /1.2 >> >>]");
        pdf.sign(8, "signature_ars", 20, &certification);
        pdf
    };
    let then = |level: u8, objects: Objects<'_>| {
        let mut pdf = certified(level);
        pdf.update(objects);
        all(&read(&pdf)).contains(&Reason::DocmdpViolation)
    };
    let filled =
        [(9, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (lieu) /Rect [50 200 250 220] /P 4 0 R /F 4 /V (Nice) >>")];
    let note = [
        (4, "<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources 7 0 R /Annots [9 0 R 30 0 R] >>"),
        (30, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (95 000) >>"),
    ];
    let store = [(
        1,
        "<< /Type /Catalog /Pages 2 0 R /DSS << /Certs [] >> /AcroForm << /Fields [8 0 R 9 0 R] /SigFlags 3 >> >>",
    )];
    assert_eq!([1, 2, 3].map(|level| then(level, &filled)), [true, false, false]);
    assert_eq!([1, 2, 3].map(|level| then(level, &note)), [true, true, false]);
    assert_eq!([1, 2, 3].map(|level| then(level, &store)), [false, false, false]);
}

#[test]
fn a_locked_field_that_changes_is_a_violation() {
    let mut pdf = Pdf::contract();
    let lock = "/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(lieu)] >> >>]";
    pdf.sign(8, "signature_ars", 20, lock);
    pdf.update(&[(
        9,
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (lieu) /Rect [50 200 250 220] /P 4 0 R /F 4 /V (Nice) >>",
    )]);
    assert!(all(&read(&pdf)).contains(&Reason::FieldmdpViolation));
}

#[test]
fn freed_and_switched_objects_are_seen() {
    let mut freed = Pdf::signed();
    freed.update_with(&[], "6 1\n0000000000 00001 f \n", "");
    let reasons_of = |pdf: &Pdf| reasons(&read(pdf), 3);
    assert!(reasons_of(&freed).is_superset(&[Reason::ObjectFreed, Reason::RevisionPageContent].into()));
    let mut switched = Pdf::signed();
    switched.update_with(&[(50, "<< /Type /Catalog /Pages 2 0 R >>")], "", "/Root 50 0 R");
    assert!(reasons_of(&switched).is_superset(&[Reason::RevisionStructure].into()));
    let told = read(&switched).observations;
    assert!(told.iter().any(|told| told.detail.contains("no longer names")));
}

#[test]
fn a_dormant_page_is_hidden_until_it_is_shown() {
    let mut pdf = Pdf::contract();
    pdf.update(&[(60, &stream("", "BT /F 12 Tf (95 000 EUR) Tj ET"))]);
    assert!(all(&read(&pdf)).contains(&Reason::HiddenContent));
    pdf.sign(8, "signature_ars", 20, "");
    pdf.update(&[(3, "<< /Type /Page /Parent 2 0 R /Contents 60 0 R /Resources 7 0 R /Annots [8 0 R 10 0 R] >>")]);
    assert!(reasons(&read(&pdf), 4).contains(&Reason::RevisionPageContent));
}

#[test]
fn an_entry_that_points_into_an_older_revision_is_structure() {
    let mut pdf = Pdf::signed();
    let at = pdf.bytes.windows(7).position(|window| window == b"6 0 obj").unwrap();
    // The text of page 2 is now read where page 1's was, under a forged number.
    let entry = format!("5 1\n{at:010} 00000 n \n");
    pdf.update_with(&[], &entry, "");
    assert!(reasons(&read(&pdf), 3).contains(&Reason::RevisionStructure));
}

#[test]
fn a_history_that_is_written_anew_leaves_no_revision_signed() {
    let mut pdf = Pdf::signed();
    let signed = pdf.bytes.len();
    // The new section names no earlier one: what was signed is no revision any more.
    pdf.last_section = None;
    pdf.update(&[
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] /SigFlags 3 >> >>"),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"),
        (3, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << >> /Annots [8 0 R] >>"),
        (5, &stream("", "BT /F 12 Tf (95 000 EUR) Tj ET")),
        (8, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature_ars) /Rect [50 50 250 120] /V 20 0 R >>"),
    ]);
    let at = pdf.bytes.windows(8).position(|window| window == b"20 0 obj").unwrap();
    pdf.last_section = None;
    let table = pdf.bytes[signed..].windows(4).position(|window| window == b"xref").unwrap() + signed;
    pdf.bytes.splice(table + 5..table + 5, format!("20 1\n{at:010} 00000 n \n").bytes());
    let facts = read(&pdf);
    assert_eq!(facts.signatures[0].revision, None);
    assert!(all(&facts).contains(&Reason::NotCoveredTail));
}

#[test]
fn bytes_of_no_revision_are_told() {
    let with = |tail: &[u8]| {
        let mut pdf = Pdf::signed();
        pdf.bytes.extend(tail);
        all(&read(&pdf))
    };
    assert_eq!(with(b"\r\n \n"), [Reason::RevisionSignature].into());
    assert_eq!(with(b"x"), [Reason::RevisionSignature, Reason::TrailingData].into());
    let objects = with(b"5 0 obj\n<<>>\nendobj\n");
    assert!(objects.is_superset(&[Reason::TrailingData, Reason::TrailingObjects].into()));
    let mut led = Pdf::signed();
    led.bytes.splice(0..0, *b"junk\n");
    assert!(all(&read(&led)).is_superset(&[Reason::LeadingData, Reason::ByterangeGap].into()));
}

#[test]
fn malformed_is_never_unsigned() {
    let signed = Pdf::signed();
    let text = String::from_utf8_lossy(&signed.bytes).into_owned();
    let range = &text[text.find("/ByteRange").unwrap()..][..48];
    let range = &range[..=range.find(']').unwrap()];
    let with = |new: &str| {
        let mut pdf = signed.clone();
        let at = pdf.bytes.windows(range.len()).position(|window| window == range.as_bytes()).unwrap();
        pdf.bytes[at..at + range.len()].copy_from_slice(format!("{new:<width$}", width = range.len()).as_bytes());
        let facts = read(&pdf);
        facts
            .signatures
            .iter()
            .flat_map(|signature| &signature.observations)
            .map(|told| told.reason)
            .collect::<BTreeSet<_>>()
    };
    for spoiled in [
        "",
        "/ByteRange null",
        "/ByteRange []",
        "/ByteRange [0 9]",
        "/ByteRange [0 -9 9 9]",
        "/ByteRange [0 9 9 99999999]",
        "/ByteRange (a)",
        "/ByteRange [0 1 2 3 4 5]",
    ] {
        assert_eq!(with(spoiled), [Reason::ByterangeMalformed].into(), "{spoiled}");
    }
    assert!(
        with("/ByteRange [20 50 200 9]")
            .is_superset(&[Reason::ByterangeNotFromZero, Reason::ByterangeGap, Reason::NotCoveredTail].into())
    );
    let mut lost = Pdf::signed();
    lost.update(&[(
        8,
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature_ars) /Rect [50 50 250 120] /P 3 0 R /F 4 /V 99 0 R >>",
    )]);
    assert!(all(&read(&lost)).contains(&Reason::ContentsMalformed));
    let mut orphan = Pdf::contract();
    orphan.update(&[(20, "<< /Type /Sig /ByteRange [0 1 2 3] /Contents <30> >>")]);
    assert!(all(&read(&orphan)).contains(&Reason::OrphanSignatureObject));
}

#[test]
fn a_file_that_is_cut_is_never_read_as_whole() {
    let pdf = Pdf::signed();
    let whole = pdf.bytes.len();
    for cut in [whole - 3, whole - 30, whole - 200, whole / 2, 30] {
        match pdf::read(&pdf.bytes[..cut]) {
            Err(unread) => assert_eq!(unread.observations[0].reason, Reason::Truncated, "{cut}"),
            Ok(facts) => assert!(all(&facts).contains(&Reason::TrailingData), "{cut}"),
        }
    }
}

#[test]
fn a_file_that_was_sent_is_compared_with_what_came_back() {
    let sent = Pdf::contract();
    let mut same = sent.clone();
    same.sign(8, "signature_ars", 20, "");
    assert_eq!(pdf::compare(&read(&sent), &read(&same), 1), []);
    let mut altered = sent.clone();
    altered.update(&[(5, &stream("", "BT /F 12 Tf (Article 1 : 95 000 EUR) Tj ET"))]);
    let told = pdf::compare(&read(&sent), &read(&altered), 2);
    assert_eq!(told.iter().map(|told| told.reason).collect::<Vec<_>>(), [Reason::RevisionPageContent]);
    assert_eq!(told[0].place.page, Some(1));
}

#[test]
fn malice_is_answered_soon() {
    let nested = format!("<< /Type /Catalog /Pages 2 0 R /A {}", "[".repeat(2_000_000));
    let wide = format!("[{}]", "0 ".repeat(3_000_000));
    for object in [nested, wide] {
        let mut pdf = Pdf::contract();
        pdf.update(&[(30, &object), (31, "<< /A 30 0 R >>")]);
        pdf.update(&[(1, "<< /Type /Catalog /Pages 2 0 R /A 30 0 R >>")]);
        if let Ok(facts) = pdf::read(&pdf.bytes) {
            assert!(all(&facts).contains(&Reason::LimitExceeded));
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_facts_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.extend(bytes);
        if let Err(unread) = pdf::read(&file) {
            prop_assert!(!unread.observations.is_empty());
        }
    }

    #[test]
    fn any_spoiled_file_is_facts_or_a_reason(spots in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut pdf = Pdf::signed();
        for (at, byte) in spots {
            let at = at.index(pdf.bytes.len());
            pdf.bytes[at] = byte;
        }
        if let Err(unread) = pdf::read(&pdf.bytes) {
            prop_assert!(!unread.observations.is_empty());
        }
    }
}
