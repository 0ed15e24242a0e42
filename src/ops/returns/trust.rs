//! What the campaign trusts: the files of its folder `confiance/`.

use std::{fs, io, path::Path};

use crate::{
    diag::{Diagnostic, Origin},
    evidence::trust::{Role, Trust},
    ops::diags,
};

/// The folder, in the campaign's.
pub(super) const CONFIANCE: &str = "confiance";

/// Reads every file below, by name; what cannot be read is a finding.
pub(super) fn read(campaign: &Path, findings: &mut Vec<Diagnostic>) -> Trust {
    let mut files = Vec::new();
    for role in Role::ALL {
        let folder = campaign.join(CONFIANCE).join(role.folder());
        let names = match names(&folder) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                findings.push(unread(role.folder(), &error));
                continue;
            }
        };
        for name in names {
            let shown = format!("{CONFIANCE}/{}/{name}", role.folder());
            match fs::read(folder.join(&name)) {
                Ok(bytes) => files.push((shown, role, bytes)),
                Err(error) => findings.push(unread(&shown, &error)),
            }
        }
    }
    let read = Trust::read(files);
    findings.extend(read.findings);
    read.value.unwrap_or_default()
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn unread(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(&diags::UNREAD, Origin::file(name), format!("`{name}` could not be read"))
        .found(error.to_string())
        .help("signatures are judged without it")
}
