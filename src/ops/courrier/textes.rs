//! The texts of letters: those of the program, unless the campaign has its own.

use std::{collections::BTreeMap, fs, path::Path};

use super::CourrierError;
use crate::{diag::Checked, domain::Modele, template::Courriers};

/// The folder of a campaign's own texts; a file there takes the place of the one of the same name.
pub(super) const FOLDER: &str = "courriers";

const TEXTES: [(&str, &str); 6] = [
    ("proposition.dj.hbs", include_str!("../../../contract-templates/courriers/proposition.dj.hbs")),
    ("relance.dj.hbs", include_str!("../../../contract-templates/courriers/relance.dj.hbs")),
    ("seconde-proposition.dj.hbs", include_str!("../../../contract-templates/courriers/seconde-proposition.dj.hbs")),
    ("partials/appel.dj.hbs", include_str!("../../../contract-templates/courriers/partials/appel.dj.hbs")),
    ("partials/pieces.dj.hbs", include_str!("../../../contract-templates/courriers/partials/pieces.dj.hbs")),
    ("partials/signature.dj.hbs", include_str!("../../../contract-templates/courriers/partials/signature.dj.hbs")),
];

/// Reads the texts.
pub(super) fn load(campaign: &Path, modele: &Modele) -> Result<Checked<Courriers>, CourrierError> {
    let mut files = BTreeMap::new();
    for (name, text) in TEXTES {
        let path = campaign.join(FOLDER).join(name);
        let text = match fs::read_to_string(&path) {
            Ok(own) => own,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => text.to_owned(),
            Err(source) => return Err(CourrierError::Read { path, source }),
        };
        files.insert(format!("{FOLDER}/{name}"), text);
    }
    Ok(Courriers::parse(&files, modele))
}
