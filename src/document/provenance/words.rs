//! Places in French, for people.

use crate::diag::Origin;

/// A place in the campaign's files: « annexes/indicateurs.xlsx, feuille Indicateurs, cellule F12 ».
#[must_use]
pub fn in_french(origin: &Origin) -> String {
    match origin {
        Origin::Cell { file, sheet, cell } => format!("{file}, feuille {sheet}, cellule {cell}"),
        Origin::Event { file, number } => format!("{file}, événement {number}"),
        Origin::File { file } => file.clone(),
        Origin::Sheet { file, sheet } => format!("{file}, feuille {sheet}"),
        Origin::Template { file, line, .. } => format!("{file}, ligne {line}"),
        Origin::Yaml { file, path, at } => {
            let line = at.map_or_else(String::new, |at| format!(", ligne {}", at.line));
            let key = if path.is_empty() { String::new() } else { format!(" ({path})") };
            format!("{file}{line}{key}")
        }
    }
}

/// A place in the templates: « modèle, socle.dj.hbs, ligne 12 ».
#[must_use]
pub fn template_in_french(origin: &Origin) -> String {
    format!("modèle {}", in_french(origin))
}
