//! Workbooks written as text: `# Sheet`, then one line per row, cells between `|`.
//!
//! A cell is a text, unless it begins with `n:` (number), `%:` (number shown as percent), `d:` (date) or `f:` (formula; `=x` after it
//! is its stored result, `=x%` one shown as percent; without it none was ever computed). `<` continues the cell on the left, `^` the
//! one above. `@hide row 3` and `@hide column B` hide. `\n` and `\u00a0` are escapes.

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// The bytes of a workbook.
pub(crate) fn workbook(text: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for part in text.split("# ").skip(1) {
        let (name, rows) = part.split_once('\n').unwrap();
        let sheet = workbook.add_worksheet().set_name(name.trim()).unwrap();
        write(sheet, rows);
    }
    workbook.save_to_buffer().unwrap()
}

fn write(sheet: &mut Worksheet, text: &str) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("@hide")).collect();
    let rows: Vec<Vec<String>> =
        lines.iter().map(|line| line.split('|').map(|cell| unescaped(cell.trim())).collect()).collect();
    for line in text.lines() {
        if let Some(row) = line.strip_prefix("@hide row ") {
            sheet.set_row_hidden(row.parse::<u32>().unwrap() - 1).unwrap();
        } else if let Some(column) = line.strip_prefix("@hide column ") {
            sheet.set_column_hidden(u16::from(column.as_bytes()[0] - b'A')).unwrap();
        }
    }
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !matches!(cell.as_str(), "<" | "^" | "")) {
            let width = row.iter().skip(c + 1).take_while(|cell| *cell == "<").count();
            let height = rows.iter().skip(r + 1).take_while(|row| row.get(c).is_some_and(|cell| cell == "^")).count();
            let (r, c) = (u32::try_from(r).unwrap(), u16::try_from(c).unwrap());
            if width + height > 0 {
                let (bottom, right) = (r + u32::try_from(height).unwrap(), c + u16::try_from(width).unwrap());
                sheet.merge_range(r, c, bottom, right, "", &Format::new()).unwrap();
            }
            write_cell(sheet, r, c, cell);
        }
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &str) {
    let percent = Format::new().set_num_format("0.0%");
    if let Some(number) = cell.strip_prefix("n:") {
        sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap();
    } else if let Some(number) = cell.strip_prefix("%:") {
        sheet.write_number_with_format(row, column, number.parse::<f64>().unwrap(), &percent).unwrap();
    } else if let Some(date) = cell.strip_prefix("d:") {
        let format = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_datetime_with_format(row, column, ExcelDateTime::parse_from_str(date).unwrap(), &format).unwrap();
    } else if let Some(formula) = cell.strip_prefix("f:") {
        match formula.split_once('=') {
            Some((formula, result)) if result.ends_with('%') => {
                let formula = Formula::new(formula).set_result(result.trim_end_matches('%'));
                sheet.write_formula_with_format(row, column, formula, &percent).unwrap();
            }
            Some((formula, result)) => {
                _ = sheet.write_formula(row, column, Formula::new(formula).set_result(result)).unwrap();
            }
            None => _ = sheet.write_formula(row, column, Formula::new(formula)).unwrap(),
        }
    } else {
        sheet.write_string(row, column, cell).unwrap();
    }
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\u00a0", "\u{a0}").replace("\\u202f", "\u{202f}")
}

/// A small archive that inflates to 300 MB.
pub(crate) fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("[Content_Types].xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The shell that spreadsheets put around a workbook with a password: a compound file with a stream `EncryptedPackage`.
pub(crate) fn protected() -> Vec<u8> {
    let mut sectors = vec![[0_u8; 512]; 3];
    let header = &mut sectors[0];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    header[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header[44] = 1; // one sector of the allocation table
    header[48] = 1; // the directory is sector 1
    header[57] = 0x10; // streams from 4096 bytes on are in full sectors
    header[60..64].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    header[68..72].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    header[76..].fill(0xff);
    header[76..80].fill(0);
    let table = &mut sectors[1];
    table.fill(0xff);
    table[..4].copy_from_slice(&0xffff_fffd_u32.to_le_bytes());
    table[4..8].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    entry(&mut sectors[2][..128], "Root Entry", 5);
    entry(&mut sectors[2][128..256], "EncryptedPackage", 2);
    sectors.concat()
}

fn entry(bytes: &mut [u8], name: &str, kind: u8) {
    for (place, unit) in bytes.chunks_exact_mut(2).zip(name.encode_utf16()) {
        place.copy_from_slice(&unit.to_le_bytes());
    }
    bytes[64] = u8::try_from(name.len() * 2 + 2).unwrap();
    bytes[66] = kind;
    bytes[67] = 1;
    bytes[68..80].fill(0xff);
    bytes[116..120].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
}

/// An `OpenDocument` workbook with one sheet of texts.
pub(crate) fn ods(name: &str, rows: &[&[&str]]) -> Vec<u8> {
    let cell = |text: &&str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let rows: Vec<String> = rows
        .iter()
        .map(|row| format!("<table:table-row>{}</table:table-row>", row.iter().map(cell).collect::<String>()))
        .collect();
    let names = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .concat();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content{names}><office:body><office:spreadsheet>\
         <table:table table:name=\"{name}\">{}</table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        rows.concat()
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (part, text) in [("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", &content)] {
        archive.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
