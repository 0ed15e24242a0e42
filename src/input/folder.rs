//! The files of a campaign, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{
    diags,
    findings::Findings,
    sources::{CampagneSource, EtablissementsSource},
    yaml,
};
use crate::diag::{Checked, Diagnostic, Origin};

/// The file that a campaign starts from.
pub(crate) const CAMPAGNE: &str = "campagne.yaml";
/// The head of a template set.
const MODELE: &str = "modele.yaml";
/// How templates end.
const TEMPLATE: &str = ".dj.hbs";
/// No file of a campaign is as large.
const MAX_BYTES: u64 = 50 << 20;

/// The files of a campaign: their names as people write them (from the campaign folder, with `/`) and their bytes.
///
/// A file that is named but could not be had is known as such: [`Sources::load`] tells it, [`read`](super::read) goes on without.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: BTreeMap<String, Vec<u8>>,
    modele: Option<String>,
}

/// Why a campaign folder could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The folder has no `campagne.yaml`.
    #[error("`{}` is not a campaign folder: it has no `{CAMPAGNE}`", .0.display())]
    NotACampaign(PathBuf),
    /// The folder or its `campagne.yaml` is there and cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Sources {
    /// Reads `campagne.yaml` and every file that it names: catalogues, établissements, workbooks, `modele.yaml` and all the
    /// templates of its set.
    ///
    /// The value is always there; findings tell which named files could not be had. What is wrong inside the files is for
    /// [`read`](super::read), which says nothing again about files that are absent.
    ///
    /// # Errors
    /// When `campagne.yaml` cannot be read.
    pub fn load(folder: &Path) -> Result<Checked<Self>, ReadError> {
        let path = folder.join(CAMPAGNE);
        if !path.is_file() {
            return Err(ReadError::NotACampaign(folder.to_owned()));
        }
        let bytes = match read_bounded(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(ReadError::Unreadable { path, source: io::ErrorKind::FileTooLarge.into() }),
            Err(source) => return Err(ReadError::Unreadable { path, source }),
        };
        let mut loading = Loading { folder, sources: Self::default(), findings: Findings::default() };
        // What is wrong in it is told by `read`.
        let campagne = yaml::parse::<CampagneSource>(CAMPAGNE, &bytes, &mut Findings::default());
        loading.sources.files.insert(CAMPAGNE.to_owned(), bytes);
        if let Some(source) = &campagne.value {
            loading.named_files(source);
            loading.template_set(&source.modele);
        }
        loading.findings.origins_mut().for_each(|origin| campagne.places.locate(origin));
        Ok(Checked { value: Some(loading.sources), findings: loading.findings.sorted() })
    }

    /// Makes sources from files already in memory, named from the campaign folder; `modele` is the folder of the template set.
    #[must_use]
    pub fn from_files(files: BTreeMap<String, Vec<u8>>, modele: &str) -> Self {
        Self { files, modele: shown(modele) }
    }

    /// Every file, for digests and for the archive.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The bytes of a file as `campagne.yaml` names it.
    #[must_use]
    pub fn file(&self, named: &str) -> Option<(String, &[u8])> {
        let name = shown(named)?;
        let bytes = self.files.get(&name)?;
        Some((name, bytes))
    }

    /// Name of the campaign's own file.
    #[must_use]
    pub const fn campagne(&self) -> &'static str {
        CAMPAGNE
    }

    /// Folder of the template set, as shown.
    #[must_use]
    pub fn modele_folder(&self) -> Option<&str> {
        self.modele.as_deref()
    }

    /// Name of the template set's head, as shown.
    #[must_use]
    pub fn modele(&self) -> Option<String> {
        self.modele.as_deref().map(|folder| join(folder, MODELE))
    }

    /// Whether a file, as shown, is the head of the template set or one of its templates.
    #[must_use]
    pub fn is_of_modele(&self, name: &str) -> bool {
        name.ends_with(TEMPLATE) || self.modele().as_deref() == Some(name)
    }

    /// Names of the workbooks.
    pub fn workbooks(&self) -> impl Iterator<Item = &str> {
        let workbook = |name: &&str| {
            let name = name.to_lowercase();
            [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"].iter().any(|end| name.ends_with(end))
        };
        self.files.keys().map(String::as_str).filter(workbook)
    }

    /// The texts of the templates, by shown name.
    #[must_use]
    pub fn templates(&self) -> BTreeMap<String, String> {
        let templates = self.files.iter().filter(|(name, _)| name.ends_with(TEMPLATE));
        templates
            .map(|(name, bytes)| {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                // A text in Latin-1 is told as such; read as what it is, it gives no fault that it does not have.
                let latin = |_| bytes.iter().map(|byte| char::from(*byte)).collect();
                (name.clone(), std::str::from_utf8(bytes).map_or_else(latin, str::to_owned))
            })
            .collect()
    }
}

/// A file's name as shown: from the campaign folder, `/` between segments, without `.`; `None` when it is no such name.
pub(crate) fn shown(named: &str) -> Option<String> {
    let named = named.trim().replace('\\', "/");
    if named.is_empty() || named.starts_with('/') || named.contains([':', '\0', '\n']) {
        return None;
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in named.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        match (segment, segments.last()) {
            ("..", Some(last)) if *last != ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    (!segments.is_empty()).then(|| segments.join("/"))
}

fn join(folder: &str, name: &str) -> String {
    format!("{folder}/{name}")
}

/// The bytes of a file; `None` when it is too large.
fn read_bounded(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // A pipe would be waited for, a device read for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_BYTES).then_some(bytes))
}

struct Loading<'a> {
    folder: &'a Path,
    sources: Sources,
    findings: Findings,
}

impl Loading<'_> {
    fn named_files(&mut self, source: &CampagneSource) {
        for (i, name) in source.catalogues.iter().enumerate() {
            self.file(name, &format!("catalogues[{i}]"));
        }
        match &source.etablissements {
            EtablissementsSource::Fichier(name) => self.file(name, "etablissements"),
            EtablissementsSource::Classeur(classeur) => self.file(&classeur.fichier, "etablissements.fichier"),
        }
        for (i, classeur) in source.classeurs.iter().enumerate() {
            self.file(&classeur.fichier, &format!("classeurs[{i}].fichier"));
        }
    }

    fn file(&mut self, named: &str, path: &str) {
        let origin = Origin::yaml(CAMPAGNE, path);
        let Some(name) = shown(named) else {
            self.findings.push(
                Diagnostic::new(&diags::FILE_NAME, origin, format!("`{named}` is not a name from the campaign folder"))
                    .expected("a relative name such as `annexes/indicateurs.xlsx`")
                    .help("put the file in the campaign folder and name it from there"),
            );
            return;
        };
        self.load(&name, origin);
    }

    fn load(&mut self, name: &str, origin: Origin) {
        if self.sources.files.contains_key(name) {
            return;
        }
        match read_bounded(&self.folder.join(name)) {
            Ok(Some(bytes)) => {
                self.sources.files.insert(name.to_owned(), bytes);
            }
            Ok(None) => self.findings.push(
                Diagnostic::new(
                    &diags::FILE_TOO_LARGE,
                    Origin::file(name),
                    format!("`{name}` is too large to be read"),
                )
                .expected(format!("at most {MAX_BYTES} bytes"))
                .related(origin, "named here")
                .help("check that this is the right file; remove pictures and unused sheets"),
            ),
            Err(error) => self.findings.push(self.missing(name, origin, &error)),
        }
    }

    fn missing(&self, name: &str, origin: Origin, error: &io::Error) -> Diagnostic {
        if error.kind() != io::ErrorKind::NotFound {
            return Diagnostic::new(&diags::FILE_MISSING, origin, format!("the file `{name}` cannot be read"))
                .found(error.kind().to_string())
                .help("check that it is a file and that you may read it (close it if it is open elsewhere)");
        }
        let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
        let near: Vec<String> = list(&self.folder.join(folder)).unwrap_or_default().into_iter().collect();
        let near: Vec<String> =
            near.into_iter().map(|file| if folder.is_empty() { file } else { join(folder, &file) }).collect();
        let help = match super::names::closest(name, near.iter().map(String::as_str)) {
            Some(other) => format!("did you mean `{other}`?"),
            None => "put the file there, or correct its name".to_owned(),
        };
        Diagnostic::new(&diags::FILE_MISSING, origin, format!("the file `{name}` does not exist")).help(help)
    }

    fn template_set(&mut self, named: &str) {
        let origin = Origin::yaml(CAMPAGNE, "modele");
        let Some(folder) = shown(named) else {
            self.file(named, "modele");
            return;
        };
        self.load(&join(&folder, MODELE), origin);
        for below in [folder.clone(), join(&folder, "partials")] {
            for name in list(&self.folder.join(&below)).unwrap_or_default() {
                if name.ends_with(TEMPLATE) {
                    self.template(&join(&below, &name));
                }
            }
        }
        self.sources.modele = Some(folder);
    }

    fn template(&mut self, name: &str) {
        self.load(name, Origin::file(name));
        if let Some(bytes) = self.sources.files.get(name)
            && let Err(error) = std::str::from_utf8(bytes)
        {
            self.findings.push(yaml::not_utf8(name, bytes, error.valid_up_to()));
        }
    }
}

/// The names of a folder's files, in order.
fn list(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_file()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.insert(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_from_the_campaign_folder() {
        assert_eq!(shown("./annexes\\2022//a.yaml").as_deref(), Some("annexes/2022/a.yaml"));
        assert_eq!(shown("../../sets/caqes/").as_deref(), Some("../../sets/caqes"));
        assert_eq!(shown("a/../b.yaml").as_deref(), Some("b.yaml"));
        for bad in ["/etc/passwd", "C:\\a.xlsx", "", "."] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }
}
