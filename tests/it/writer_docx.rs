//! The DOCX read back: same text as the model, real Word structures, same bytes.

mod fixture;
mod package;

use insta::assert_snapshot;
use paraphe::{
    document::{Block, BlockKind, Document, Inline, plain_text},
    writer::docx::{self, WriteError},
};
use proptest::prelude::*;

use fixture::contract;
use package::Package;

fn written() -> Package {
    let document = contract();
    let pages: Vec<u16> = (1..).take(document.headings().len()).collect();
    Package::open(&docx::write(&document, &pages).unwrap())
}

/// The lines a reader sees, in order, as the model has them.
fn model_lines(blocks: &[Block], lines: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Contents | BlockKind::PageBreak => {}
            BlockKind::Frame { blocks } => model_lines(blocks, lines),
            BlockKind::Heading(heading) => lines.push(heading.full_text()),
            BlockKind::List { items, .. } => items.iter().for_each(|item| model_lines(item, lines)),
            BlockKind::Paragraph { content, .. } => lines.push(plain_text(content)),
            BlockKind::Signatures { boxes } => {
                lines.extend(boxes.iter().flat_map(|signature| &signature.caption).map(|line| plain_text(line)));
            }
            BlockKind::Table(table) => {
                if !table.caption.is_empty() {
                    lines.push(format!("{}\u{a0}– {}", table.label, plain_text(&table.caption)));
                }
                let cells = table.header.iter().chain(table.rows.iter().flatten());
                lines.extend(cells.map(|cell| plain_text(&cell.content)).filter(|text| !text.is_empty()));
            }
        }
    }
}

#[test]
fn the_text_is_that_of_the_model_in_order() {
    let mut expected = Vec::new();
    model_lines(&contract().blocks, &mut expected);
    let found: Vec<_> = written()
        .paragraphs()
        .into_iter()
        .filter(|paragraph| !paragraph.style.starts_with("TOC") && !paragraph.text.is_empty())
        .map(|paragraph| paragraph.text)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn special_characters_stay_what_they_are() {
    let text = written().text("word/document.xml");
    assert!(text.contains("R&amp;D &lt;b&gt;*pas gras*&lt;/b&gt; &amp;amp; C:\\x"), "{text}");
}

#[test]
fn two_writes_give_the_same_bytes() {
    let document = contract();
    let here = docx::write(&document, &[1, 2]).unwrap();
    // docx-rs counts paragraphs per thread: another thread is another count.
    let there = std::thread::spawn(move || {
        let _first = docx::write(&document, &[]).unwrap();
        docx::write(&document, &[1, 2]).unwrap()
    });
    assert_eq!(here, there.join().unwrap());
}

#[test]
fn headings_are_words_own_at_their_depth() {
    let found: Vec<_> = written()
        .paragraphs()
        .into_iter()
        .filter(|paragraph| paragraph.style.starts_with("Heading"))
        .map(|paragraph| format!("{} | {}", paragraph.style, paragraph.text.replace('\u{a0}', "~")))
        .collect();
    assert_snapshot!(found.join("\n"), @r#"
    Heading1 | Chapitre~I~– Dispositions générales
    Heading2 | Article~1er~– Objet du contrat
    Heading2 | Article~2~– Suivi
    Heading3 | 2.1~Calendrier
    Heading3 | 2.2~Évaluation
    Heading1 | Signatures
    Heading1 | Annexe~1~– Plan d’actions
    "#);
}

#[test]
fn each_list_restarts_and_has_words_own_marks() {
    let found: Vec<_> = written()
        .paragraphs()
        .into_iter()
        .filter_map(|paragraph| paragraph.list.map(|(list, level)| format!("{list}/{level} {}", paragraph.text)))
        .collect();
    assert_snapshot!(found.join("\n"), @r#"
    2/0 transmet ses résultats avant le 31 mars ;
    2/0 met en place :
    3/1 un comité de suivi ;
    3/1 une revue des prescriptions.
    4/0 premier rendez-vous ;
    4/0 second rendez-vous.
    5/0 
    6/1 sous-étape.
    5/0 étape.
    7/0 sanction possible ;
    7/0 intéressement possible.
    "#);
    let numbering = written().text("word/numbering.xml");
    // The first instance is the one docx-rs always writes; nothing uses it.
    assert_eq!(package::values(&numbering, "<w:num w:numId=\""), ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(numbering.matches("<w:startOverride w:val=\"1\"/>").count(), 6);
}

#[test]
fn header_rows_repeat_and_frames_have_none() {
    let document = written().text("word/document.xml");
    assert_eq!(document.matches("<w:tblHeader/>").count(), 2);
    assert_eq!(document.matches("<w:tblStyle w:val=\"Tableau\"/>").count(), 2);
    assert_eq!(document.matches("<w:tblStyle w:val=\"Cadre\"/>").count(), 1);
}

#[test]
fn merged_cells_open_once_and_continue() {
    let document = written().text("word/document.xml");
    assert_eq!(document.matches("<w:vMerge w:val=\"restart\"/>").count(), 1);
    assert_eq!(document.matches("<w:vMerge w:val=\"continue\"/>").count(), 2);
}

#[test]
fn signature_boxes_have_an_exact_height_and_stay_whole() {
    assert_snapshot!(written().excerpt("word/document.xml", "<w:tbl>", "\"Signatures\"", "</w:tc>"), @r#"
    <w:tbl>
     <w:tblPr>
      <w:tblStyle w:val="Signatures"/>
      <w:tblW w:w="9638" w:type="dxa"/>
      <w:jc w:val="left"/>
      <w:tblLayout w:type="fixed"/>
     </w:tblPr>
     <w:tblGrid>
      <w:gridCol w:w="3212"/>
      <w:gridCol w:w="3213"/>
      <w:gridCol w:w="3213"/>
     </w:tblGrid>
     <w:tr>
      <w:trPr>
       <w:cantSplit/>
       <w:trHeight w:val="2154" w:hRule="exact"/>
      </w:trPr>
      <w:tc>
       <w:tcPr>
        <w:tcW w:w="3212" w:type="dxa"/>
       </w:tcPr>
       <w:p>
        <w:pPr>
         <w:pStyle w:val="Signature"/>
        </w:pPr>
        <w:r>
         <w:rPr>
          <w:b/>
          <w:bCs/>
         </w:rPr>
         <w:t xml:space="preserve">Pour l’établissement</w:t>
        </w:r>
       </w:p>
       <w:p>
        <w:pPr>
         <w:pStyle w:val="Signature"/>
        </w:pPr>
        <w:r>
         <w:t xml:space="preserve">Mme Claire EXEMPLE</w:t>
        </w:r>
       </w:p>
       <w:p>
        <w:pPr>
         <w:pStyle w:val="Signature"/>
        </w:pPr>
        <w:r>
         <w:t xml:space="preserve">Directrice générale</w:t>
        </w:r>
       </w:p>
      </w:tc>
    "#);
}

#[test]
fn the_table_of_contents_is_a_field_with_the_pages_of_the_pdf() {
    let lines: Vec<_> = written()
        .paragraphs()
        .into_iter()
        .filter(|paragraph| paragraph.style.starts_with("TOC"))
        .map(|paragraph| format!("{} {}", paragraph.style, paragraph.text.replace('\u{a0}', "~").replace('\t', " → ")))
        .collect();
    assert_snapshot!(lines.join("\n"), @r#"
    TOCHeading Sommaire
    TOC1 Chapitre~I~– Dispositions générales → 1
    TOC2 Article~1er~– Objet du contrat → 2
    TOC2 Article~2~– Suivi → 3
    TOC1 Signatures → 6
    TOC1 Annexe~1~– Plan d’actions → 7
    "#);
    assert_snapshot!(written().excerpt("word/document.xml", "<w:p>", "\"TOC1\"", "</w:p>"), @r#"
    <w:p>
     <w:pPr>
      <w:pStyle w:val="TOC1"/>
     </w:pPr>
     <w:r>
      <w:fldChar w:fldCharType="begin" w:dirty="true"/>
     </w:r>
     <w:r>
      <w:instrText> TOC \o "1-2" \h \z \u </w:instrText>
     </w:r>
     <w:r>
      <w:fldChar w:fldCharType="separate"/>
     </w:r>
     <w:hyperlink w:anchor="_Titre1" w:history="1">
      <w:r>
       <w:t xml:space="preserve">Chapitre I</w:t>
      </w:r>
      <w:r>
       <w:t xml:space="preserve"> – </w:t>
      </w:r>
      <w:r>
       <w:t xml:space="preserve">Dispositions générales</w:t>
      </w:r>
      <w:r>
       <w:tab/>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="begin"/>
      </w:r>
      <w:r>
       <w:instrText> PAGEREF _Titre1 \h </w:instrText>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="separate"/>
      </w:r>
      <w:r>
       <w:t xml:space="preserve">1</w:t>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="end"/>
      </w:r>
     </w:hyperlink>
    </w:p>
    "#);
}

#[test]
fn without_pages_the_table_of_contents_waits_for_word() {
    let package = Package::open(&docx::write(&contract(), &[]).unwrap());
    let line = package.paragraphs().into_iter().find(|paragraph| paragraph.style == "TOC1").unwrap();
    assert!(line.text.ends_with('\t'), "{}", line.text);
}

#[test]
fn every_link_has_its_bookmark_and_every_bookmark_its_end() {
    let document = written().text("word/document.xml");
    let bookmarks = package::values(&document, "w:name=\"");
    for anchor in package::values(&document, "w:anchor=\"") {
        assert_eq!(bookmarks.iter().filter(|name| **name == anchor).count(), 1, "{anchor}");
    }
    assert_eq!(document.matches("<w:bookmarkStart").count(), document.matches("<w:bookmarkEnd").count());
    assert_eq!(
        document.matches("<w:fldChar w:fldCharType=\"begin\"").count(),
        document.matches("w:fldCharType=\"end\"").count()
    );
}

#[test]
fn every_page_says_what_it_is() {
    let package = written();
    let footer = package.indented("word/footer1.xml").replace(&contract().content_hash().short(), "[empreinte]");
    assert_snapshot!(footer, @r#"
    <w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
     <w:p>
      <w:pPr>
       <w:pStyle w:val="Footer"/>
      </w:pPr>
      <w:r>
       <w:t xml:space="preserve">CAQES 960000016-2022 – version 1 – document de travail – ne pas signer</w:t>
      </w:r>
      <w:r>
       <w:tab/>
       <w:t xml:space="preserve">page </w:t>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="begin"/>
      </w:r>
      <w:r>
       <w:instrText> PAGE </w:instrText>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="separate"/>
      </w:r>
      <w:r>
       <w:t xml:space="preserve">1</w:t>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="end"/>
      </w:r>
      <w:r>
       <w:t xml:space="preserve">/</w:t>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="begin"/>
      </w:r>
      <w:r>
       <w:instrText> NUMPAGES </w:instrText>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="separate"/>
      </w:r>
      <w:r>
       <w:t xml:space="preserve">1</w:t>
      </w:r>
      <w:r>
       <w:fldChar w:fldCharType="end"/>
      </w:r>
     </w:p>
     <w:p>
      <w:pPr>
       <w:pStyle w:val="Footer"/>
      </w:pPr>
      <w:r>
       <w:t xml:space="preserve">Empreinte du texte : [empreinte]</w:t>
      </w:r>
     </w:p>
    </w:ftr>
    "#);
    assert_eq!(package.text("word/footer1.xml"), package.text("word/footer2.xml"));
    for header in ["word/header1.xml", "word/header2.xml"] {
        assert!(package.text(header).contains("DOCUMENT DE TRAVAIL"), "{header}");
    }
}

#[test]
fn properties_say_which_contract_it_is() {
    let package = written();
    assert_snapshot!(package.indented("docProps/core.xml"), @r#"
    <cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
     <dc:title>Contrat d’amélioration de la qualité et de l’efficience des soins</dc:title>
     <dc:subject>Centre hospitalier de Valombre</dc:subject>
     <dc:creator>Agence régionale de santé Région 96</dc:creator>
     <cp:lastModifiedBy>Agence régionale de santé Région 96</cp:lastModifiedBy>
     <cp:revision>1</cp:revision>
     <dcterms:created xsi:type="dcterms:W3CDTF">2022-06-15T00:00:00Z</dcterms:created>
     <dcterms:modified xsi:type="dcterms:W3CDTF">2022-06-15T00:00:00Z</dcterms:modified>
     <dc:language>fr-FR</dc:language>
    </cp:coreProperties>
    "#);
    let custom = package.indented("docProps/custom.xml").replace(&contract().content_hash().to_string(), "[empreinte]");
    assert_snapshot!(custom, @r#"
    <Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">
     <property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="paraphe.contrat">
      <vt:lpwstr>960000016-2022</vt:lpwstr>
     </property>
     <property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="paraphe.version">
      <vt:lpwstr>1</vt:lpwstr>
     </property>
     <property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="4" name="paraphe.modele">
      <vt:lpwstr>caqes-2022@1</vt:lpwstr>
     </property>
     <property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="5" name="paraphe.content-hash">
      <vt:lpwstr>[empreinte]</vt:lpwstr>
     </property>
    </Properties>
    "#);
}

#[test]
fn the_archive_has_a_fixed_order_and_date() {
    assert_snapshot!(written().listing(), @r#"
    1980-01-01 00:00:00 Deflated [Content_Types].xml
    1980-01-01 00:00:00 Deflated _rels/.rels
    1980-01-01 00:00:00 Deflated word/document.xml
    1980-01-01 00:00:00 Deflated word/_rels/document.xml.rels
    1980-01-01 00:00:00 Deflated word/styles.xml
    1980-01-01 00:00:00 Deflated word/numbering.xml
    1980-01-01 00:00:00 Deflated word/settings.xml
    1980-01-01 00:00:00 Deflated word/fontTable.xml
    1980-01-01 00:00:00 Deflated word/header1.xml
    1980-01-01 00:00:00 Deflated word/header2.xml
    1980-01-01 00:00:00 Deflated word/footer1.xml
    1980-01-01 00:00:00 Deflated word/footer2.xml
    1980-01-01 00:00:00 Deflated docProps/core.xml
    1980-01-01 00:00:00 Deflated docProps/app.xml
    1980-01-01 00:00:00 Deflated docProps/custom.xml
    "#);
}

#[test]
fn no_two_page_breaks_meet_before_an_annex() {
    let document = written().text("word/document.xml");
    // Three are asked for, the last one right before an annex, which brings its own.
    assert_eq!(document.matches("<w:pageBreakBefore/>").count(), 3);
}

#[test]
fn a_control_character_is_a_failure_not_a_broken_file() {
    let mut document = contract();
    document.blocks.push(fixture::paragraph(vec![Inline::Text { text: "a\u{b}b".to_owned() }]));
    let error = docx::write(&document, &[]).unwrap_err();
    assert!(matches!(error, WriteError::Character { character: '\u{b}' }), "{error}");
}

#[test]
fn an_empty_document_is_still_a_file() {
    let document = Document { blocks: Vec::new(), ..contract() };
    assert!(Package::open(&docx::write(&document, &[]).unwrap()).paragraphs().is_empty());
}

#[test]
fn a_table_without_columns_and_signatures_without_boxes_are_left_out() {
    let blocks = vec![
        fixture::table(&[], &[]),
        fixture::block(BlockKind::Signatures { boxes: Vec::new() }),
        fixture::block(BlockKind::Frame { blocks: Vec::new() }),
    ];
    let document = Document { blocks, ..contract() };
    let text = Package::open(&docx::write(&document, &[]).unwrap()).text("word/document.xml");
    assert_eq!(text.matches("<w:tbl>").count(), 1);
    assert!(text.contains("<w:p/></w:tc>"), "a cell ends with a paragraph: {text}");
}

proptest! {
    /// Whatever a name or a label contains, it is printed and changes nothing else.
    #[test]
    fn any_printable_text_comes_back(words in "[\\PC&<>\"'{}*\\\\]{1,40}", label in "\\PC{1,20}") {
        let plain = |text: &str| vec![Inline::Text { text: text.to_owned() }];
        let blocks = vec![fixture::paragraph(plain(&words)), fixture::table(&[&label], &[&words])];
        let document = Document { blocks, title: words.clone(), ..contract() };
        let package = Package::open(&docx::write(&document, &[]).unwrap());
        let texts: Vec<_> = package.paragraphs().into_iter().map(|paragraph| paragraph.text).collect();
        prop_assert_eq!(texts, [words.as_str(), &label, &words, ""]);
    }
}

/// Puts the sample where the outside judges look for it: `PARAPHE_DOCX_OUT=dir cargo test -- --ignored sample_for_judges`.
#[test]
#[ignore = "writes a file for .ci/judges/docx.sh"]
#[allow(clippy::disallowed_methods, reason = "the place to write to is asked of the person who runs it")]
fn sample_for_judges() {
    let folder = std::env::var("PARAPHE_DOCX_OUT").unwrap();
    let document = contract();
    let pages: Vec<u16> = (1..).take(document.headings().len()).collect();
    std::fs::write(format!("{folder}/sample.docx"), docx::write(&document, &pages).unwrap()).unwrap();
}
