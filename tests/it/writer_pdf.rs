//! The PDF of a hand-made contract. The files are left in the target folder for the outside judges (`.ci/judges/pdf.sh`).

mod contract;
mod note;

use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock, thread};

use paraphe::{
    document::{Align, BlockKind, Cell, Column, HeadingKind, Role, Table, plain_text},
    domain::{Exemplaire, Partie},
    geometry::{Length, Rect},
    stamp::{Corner, PageTag, code_area, initials_area, page_hashes},
    writer::pdf::{Press, PrintError, Printing},
};

use contract::{LOREM, block, body, cell, contract, document, heading, paragraph, signature, signatures, text};

fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| Press::new().unwrap())
}

fn printed() -> &'static Printing {
    static PRINTED: OnceLock<Printing> = OnceLock::new();
    PRINTED.get_or_init(|| press().print(&contract()).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn the_same_contract_gives_the_same_bytes_on_any_thread() {
    let again = thread::spawn(|| press().print(&contract()).unwrap()).join().unwrap();
    for (one, other) in printed().exemplaires.iter().zip(&again.exemplaires) {
        assert!(one.bytes == other.bytes, "exemplaire {} differs", one.exemplaire.number());
    }
    let other_press = Press::new().unwrap().print(&contract()).unwrap();
    assert!(other_press.exemplaires[2].bytes == printed().exemplaires[2].bytes);
}

#[test]
fn the_files_are_left_for_the_outside_judges() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("writer_pdf");
    fs::create_dir_all(&folder).unwrap();
    for rendition in &printed().exemplaires {
        let name = format!("contrat-{}", rendition.exemplaire.number());
        fs::write(folder.join(format!("{name}.pdf")), &rendition.bytes).unwrap();
        let map = serde_json::to_vec_pretty(&rendition.page_map).unwrap();
        fs::write(folder.join(format!("{name}.pages.json")), map).unwrap();
    }
}

#[test]
fn every_page_has_its_two_codes_and_each_exemplaire_its_own() {
    let printing = printed();
    assert_eq!(printing.exemplaires.iter().map(|rendition| rendition.exemplaire).collect::<Vec<_>>(), Exemplaire::ALL);
    for rendition in &printing.exemplaires {
        let map = &rendition.page_map;
        let pages = lopdf::Document::load_mem(&rendition.bytes).unwrap().get_pages().len();
        assert_eq!(map.pages.len(), pages);
        for (index, page) in map.pages.iter().enumerate() {
            assert_eq!(usize::from(page.number), index + 1);
            assert_eq!(page.initials, initials_area());
            for (code, corner) in page.codes.iter().zip([Corner::Top, Corner::Bottom]) {
                let tag: PageTag = code.payload.parse().unwrap();
                assert_eq!((tag.page, usize::from(tag.pages), tag.corner), (page.number, pages, corner));
                assert_eq!((tag.exemplaire, code.area), (rendition.exemplaire, code_area(corner)));
                assert_eq!(tag.hash, contract().content_hash().short());
            }
        }
    }
}

#[test]
fn the_digests_of_pages_are_those_that_a_reader_of_the_file_finds() {
    for rendition in &printed().exemplaires {
        let read = lopdf::Document::load_mem(&rendition.bytes).unwrap();
        assert_eq!(rendition.empreintes, page_hashes(&read).unwrap());
    }
}

#[test]
fn the_three_boxes_are_on_one_page_at_their_size_and_apart() {
    let map = &printed().exemplaires[0].page_map;
    let pages: Vec<_> = map.pages.iter().filter(|page| !page.boxes.is_empty()).collect();
    let [page] = pages.as_slice() else { panic!("boxes on {} pages", pages.len()) };
    let fields: Vec<&str> = page.boxes.iter().map(|area| area.field.as_str()).collect();
    assert_eq!(fields, ["signature_etablissement", "signature_cpam", "signature_ars"]);
    for area in page.boxes.iter().map(|found| found.area) {
        assert_eq!((area.width, area.height), (Length::from_mm(54), Length::from_mm(38)));
    }
    for pair in page.boxes.windows(2) {
        assert!(pair[1].area.x.um() - pair[0].area.x.um() - pair[0].area.width.um() >= 3_999);
    }
}

#[test]
fn a_table_over_several_pages_has_an_area_on_each() {
    let map = &printed().exemplaires[0].page_map;
    let parts: Vec<_> = map
        .pages
        .iter()
        .flat_map(|page| page.tables.iter().map(move |table| (page.number, table)))
        .filter(|(_, table)| table.table == "tab-indicateurs")
        .collect();
    assert!(parts.len() >= 2, "{parts:?}");
    for (index, (number, part)) in parts.iter().enumerate() {
        assert_eq!(usize::from(*number), usize::from(parts[0].0) + index);
        assert!(part.area.height > Length::from_mm(10), "{part:?}");
        assert_eq!((part.area.x, part.area.width), (Length::from_mm(20), Length::from_mm(170)));
        assert!(part.area.y.um() + part.area.height.um() <= 266_001, "{part:?}");
    }
}

#[test]
fn every_block_and_every_row_is_told_with_its_page() {
    let (document, printing) = (contract(), printed());
    let mut blocks = Vec::new();
    document.walk(&mut |block| blocks.push(block));
    let mut headings = Vec::new();
    let mut before = 1;
    for (index, block) in blocks.iter().enumerate() {
        let page = printing.page_of(index, None);
        if matches!(block.kind, BlockKind::PageBreak) {
            assert_eq!(page, None);
            continue;
        }
        let page = page.unwrap_or_else(|| panic!("{block:?}"));
        assert!(page >= before, "{block:?} on page {page}, after page {before}");
        before = page;
        match &block.kind {
            BlockKind::Heading(_) => headings.push(page),
            BlockKind::List { .. } | BlockKind::Frame { .. } => {
                assert_eq!(Some(page), printing.page_of(index + 1, None));
            }
            BlockKind::Table(table) => {
                let rows: Vec<u16> =
                    (1..=table.rows.len()).map(|row| printing.page_of(index, Some(row)).unwrap()).collect();
                assert_eq!(rows[0], page);
                assert!(rows.is_sorted(), "{rows:?}");
                assert_eq!(printing.page_of(index, Some(0)), None);
                assert_eq!(printing.page_of(index, Some(rows.len() + 1)), None);
                before = rows[rows.len() - 1];
            }
            _ => {}
        }
    }
    assert_eq!(headings, printing.heading_pages);
    assert_eq!(printing.page_of(blocks.len(), None), None);
}

#[test]
fn the_map_says_which_block_or_row_each_point_of_a_page_belongs_to() {
    let (document, printing) = (contract(), printed());
    let map = &printing.exemplaires[0].page_map;
    let mut first_pages = BTreeMap::new();
    for page in &map.pages {
        for (index, one) in page.blocks.iter().enumerate() {
            first_pages.entry((one.block, one.row)).or_insert(page.number);
            let end = |area: Rect| (area.x.um() + area.width.um(), area.y.um() + area.height.um());
            let (right, bottom) = end(one.area);
            assert!(one.area.width.um() > 0 && one.area.height.um() > 0, "{one:?}");
            assert!(one.area.x.um() >= 19_000 && right <= 191_100, "{one:?}");
            assert!(one.area.y.um() >= 27_000 && bottom <= 267_000, "{one:?}");
            if let Some(next) = page.blocks.get(index + 1) {
                assert!(bottom <= next.area.y.um() + 20, "page {}: {one:?} reaches over {next:?}", page.number);
            }
        }
    }
    let mut index = 0;
    document.walk(&mut |block| {
        let drawn = !matches!(block.kind, BlockKind::PageBreak | BlockKind::List { .. } | BlockKind::Frame { .. });
        assert_eq!(
            first_pages.get(&(index, None)).copied(),
            printing.page_of(index, None).filter(|_| drawn),
            "{block:?}"
        );
        if let BlockKind::Table(table) = &block.kind {
            for row in 1..=table.rows.len() {
                assert_eq!(first_pages.get(&(index, Some(row))).copied(), printing.page_of(index, Some(row)));
            }
        }
        index += 1;
    });
}

#[test]
fn headings_are_told_with_their_pages() {
    let pages = &printed().heading_pages;
    assert_eq!(pages.len(), contract().headings().len());
    assert!(pages.is_sorted());
    assert_eq!(pages[0], 3);
}

#[test]
fn every_character_that_cannot_be_printed_is_named_with_its_place() {
    let mut faulty = contract();
    faulty.blocks.push(body("un 🏥 et un autre \u{e000} plus loin"));
    let Err(PrintError::Unprintable(found)) = press().print(&faulty) else { panic!("printed") };
    assert_eq!(found.iter().map(|one| one.character).collect::<Vec<_>>(), ['🏥', '\u{e000}']);
    assert_eq!(found[0].around, "un 🏥 et un autre \u{e000} plus ");
    assert_eq!(found[0].origin.as_ref().unwrap().to_string(), "socle.dj.hbs:12:1");
}

#[test]
fn text_is_never_read_as_markup() {
    let odd = "#panic(\"x\") *a* $e$ // c /* @ref <label> = `raw` \\ ~ -- ...";
    let printing =
        press().print(&document(vec![heading(1, HeadingKind::Plain, odd, None), body(odd), signatures()])).unwrap();
    assert_eq!(printing.exemplaires[0].page_map.pages.len(), 1);
}

#[test]
fn a_contract_without_the_box_of_a_party_is_refused() {
    let error = press().print(&document(vec![body(LOREM)])).unwrap_err();
    assert!(matches!(error, PrintError::SignatureBox { partie: Partie::Etablissement, found: 0 }), "{error}");
}

#[test]
fn a_caption_that_leaves_no_room_to_sign_is_refused() {
    let long = "Groupement hospitalier intercommunal ".repeat(20);
    let boxes = Partie::ALL.map(|partie| signature(partie, &["Pour", &long])).into();
    let error = press().print(&document(vec![block(BlockKind::Signatures { boxes })])).unwrap_err();
    assert!(matches!(error, PrintError::Caption { partie: Partie::Etablissement }), "{error}");
}

#[test]
fn a_text_wider_than_its_column_is_refused_and_named() {
    let mut blocks = vec![signatures()];
    for (id, amount) in
        [("tab-large", "1\u{202f}234,50\u{a0}€"), ("tab-etroit", "1\u{202f}234\u{202f}567\u{202f}890,50\u{a0}€")]
    {
        let columns =
            [(1, Align::Right), (9, Align::Left), (1, Align::Right)].map(|(parts, align)| Column { align, parts });
        let rows = vec![[amount, "Remise", amount].map(cell).into()];
        let header = ["Avant", "Libellé", "Après"].map(cell).into();
        let (label, caption) = (String::new(), Vec::new());
        blocks.push(block(BlockKind::Table(Table {
            row_height: None,
            id: id.to_owned(),
            label,
            caption,
            columns: columns.into(),
            header,
            rows,
        })));
    }
    let Err(PrintError::Crowded(found)) = press().print(&document(blocks)) else { panic!("printed") };
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|one| one.page == 1 && one.text.contains("567")), "{found:?}");
}

#[test]
fn the_longest_texts_of_a_campaign_are_printed() {
    let name = "Établissement d’hospitalisation ".repeat(33);
    let mut long = contract();
    long.subject = name.clone();
    long.blocks.insert(2, paragraph(Role::Subtitle, text(&name)));
    for block in &mut long.blocks {
        if let BlockKind::Table(table) = &mut block.kind {
            table.rows.last_mut().unwrap()[2] = cell(&name);
        }
    }
    press().print(&long).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_row_longer_than_a_page_goes_on_overleaf_and_its_table_reaches_the_end_of_the_page() {
    let columns = [Column { align: Align::Left, parts: 1 }, Column { align: Align::Left, parts: 3 }];
    let rows = vec![vec![cell("Court"), cell("Court")], vec![cell(&LOREM.repeat(9)), cell("Long")]];
    let header = ["Un", "Deux"].map(cell).into();
    let (label, caption) = (String::new(), text("Tableau"));
    let table = Table { id: "tab".to_owned(), label, caption, row_height: None, columns: columns.into(), header, rows };
    let printing = press().print(&document(vec![signatures(), block(BlockKind::Table(table))])).unwrap();
    let map = &printing.exemplaires[0].page_map;
    let ends: Vec<i64> =
        map.pages.iter().map(|page| page.tables[0].area).map(|area| area.y.um() + area.height.um()).collect();
    let (last, others) = ends.split_last().unwrap();
    assert!(!others.is_empty() && others.iter().all(|end| *end == 266_000), "{ends:?}");
    assert!(*last < 266_000, "{ends:?}");
}

#[test]
fn rows_to_be_filled_in_by_hand_have_their_height_and_grow_with_their_text() {
    let height = Length::from_mm(12);
    let columns = [Column { align: Align::Left, parts: 1 }, Column { align: Align::Left, parts: 3 }];
    let rows = vec![vec![cell("Court"), cell("")], vec![cell(""), cell("")], vec![cell(&LOREM.repeat(2)), cell("")]];
    let header = ["Action", "Réalisation"].map(cell).into();
    let (label, caption) = (String::new(), Vec::new());
    let empty = |mut row: Vec<Cell>| {
        row.iter_mut().filter(|cell| plain_text(&cell.content).is_empty()).for_each(|cell| cell.content.clear());
        row
    };
    let rows = rows.into_iter().map(empty).collect();
    let row_height = Some(height);
    let table = Table { id: "tab".to_owned(), label, caption, row_height, columns: columns.into(), header, rows };
    let printing = press().print(&document(vec![signatures(), block(BlockKind::Table(table))])).unwrap();
    let areas = &printing.exemplaires[0].page_map.pages[0].blocks;
    let heights: Vec<i64> = areas.iter().filter(|area| area.row.is_some()).map(|area| area.area.height.um()).collect();
    let [short, empty, long] = heights.as_slice() else { panic!("{areas:?}") };
    assert!((short - height.um()).abs() <= 2 && (empty - height.um()).abs() <= 2, "{heights:?}");
    assert!(*long > 2 * height.um(), "{heights:?}");
}

#[test]
fn a_contract_that_is_too_long_is_refused() {
    let mut blocks = vec![signatures()];
    for _ in 0..150 {
        blocks.extend([block(BlockKind::PageBreak), body("Suite")]);
    }
    let error = press().print(&document(blocks)).unwrap_err();
    assert!(matches!(error, PrintError::TooManyPages { pages: 151, most: 150 }), "{error}");
}

#[test]
fn boxes_in_another_order_keep_their_fields() {
    let boxes =
        [Partie::Ars, Partie::Etablissement, Partie::Cpam].map(|partie| signature(partie, &["Pour", partie.slug()]));
    let printing = press().print(&document(vec![block(BlockKind::Signatures { boxes: boxes.into() })])).unwrap();
    let boxes = &printing.exemplaires[0].page_map.pages[0].boxes;
    let places: Vec<_> = boxes.iter().map(|area| (area.field.as_str(), area.area.x.um() / 1000)).collect();
    assert_eq!(places, [("signature_etablissement", 78), ("signature_cpam", 136), ("signature_ars", 20)]);
}
