//! The sides of a returned file, read one by one: what each is, and how it compares with the page that was printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{super::Progress, printed::Prints};
use crate::{
    archive::Store,
    domain::ContractId,
    evidence::{
        Observation, ReturnedFile,
        paper::{
            CodeSeen, Difference, Face, Raster, ReadSide, Registered, SideEvidence, Source, Turn, box_ink, differences,
            read_side, register, turn,
        },
    },
    reconcile::{Found, Sheet, Sight, Strange},
    register::ContractState,
    stamp::PageTag,
};

/// Sides that are read between two signs of progress: a few for each thread.
const STRIDE: usize = 8;

/// One side of a file.
#[derive(Debug)]
pub(super) struct SideRead {
    /// What is known of it by itself.
    pub(super) evidence: SideEvidence,
    /// What it is.
    pub(super) is: Is,
    /// How it compares with the page that it is.
    pub(super) sight: Option<Sight>,
    /// What kept it from being read.
    pub(super) told: Vec<Observation>,
}

/// What a side is.
#[derive(Debug)]
pub(super) enum Is {
    Blank,
    Page(Sheet, Turn),
    Separator,
    Strange(Strange),
}

/// What sides are compared with.
#[derive(Clone, Copy)]
pub(in crate::ops::returns) struct Desk<'a> {
    pub(in crate::ops::returns) store: &'a Store,
    pub(in crate::ops::returns) states: &'a BTreeMap<ContractId, ContractState>,
    pub(in crate::ops::returns) prints: &'a Prints,
}

impl Desk<'_> {
    /// Reads every side of a file.
    ///
    /// # Errors
    /// What keeps all of it from being read.
    pub(super) fn read(
        &self,
        file: &ReturnedFile<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<SideRead>, Observation> {
        let source = Source::open(file.bytes)?;
        let mut sides = Vec::with_capacity(source.len());
        for first in (0..source.len()).step_by(STRIDE) {
            let last = source.len().min(first + STRIDE);
            let read: Vec<SideRead> = (first..last).into_par_iter().map(|index| self.side(&source, index)).collect();
            sides.extend(read);
            progress(Progress::Sides { read: last, of: source.len() });
        }
        Ok(sides)
    }

    fn side(&self, source: &Source<'_>, index: usize) -> SideRead {
        let ReadSide { evidence, side, codes, observations } = read_side(source, index);
        let is = self.is(&evidence, &codes);
        let sight = match (&is, &side) {
            (Is::Page(sheet, _), Some(side)) => self.sight(&side.raster, &codes, sheet),
            _ => None,
        };
        let sight = sight.map(|(sight, _)| sight);
        SideRead { evidence, is, sight, told: observations }
    }

    /// What a side is, by its codes: they name a page only if the register knows that it was printed.
    fn is(&self, evidence: &SideEvidence, codes: &[CodeSeen]) -> Is {
        let pages: BTreeSet<(&ContractId, _, _, _)> =
            codes.iter().map(|CodeSeen { tag, .. }| (&tag.contract, tag.version, tag.exemplaire, tag.page)).collect();
        match (codes, pages.len(), &evidence.face) {
            (_, 0, Face::Blank) => Is::Blank,
            (_, 0, Face::Separator) => Is::Separator,
            (_, 0, Face::Unreadable) => Is::Strange(Strange::Unreadable),
            ([first, ..], 1, _) if self.was_printed(&first.tag) => {
                Is::Page(sheet(&first.tag), turn(codes).unwrap_or(Turn::None))
            }
            ([first, ..], 1, _) => Is::Strange(Strange::Unprinted(first.tag.to_string())),
            (_, 0, _) => Is::Strange(Strange::Uncoded),
            _ => Is::Strange(Strange::Several),
        }
    }

    /// Whether the campaign printed the page that a code names: the contract, the version, and the digest of its content.
    fn was_printed(&self, tag: &PageTag) -> bool {
        let version = self.states.get(&tag.contract).and_then(|state| state.versions.get(&tag.version));
        version.is_some_and(|version| version.genere.content_hash.short() == tag.hash)
    }

    /// How a side compares with a page, and how it must be turned to stand upright. Should a comparison fail in an unforeseen way, the
    /// side is one that could not be compared, and the others are.
    pub(super) fn sight(&self, raster: &Raster, codes: &[CodeSeen], sheet: &Sheet) -> Option<(Sight, Turn)> {
        catch_unwind(AssertUnwindSafe(|| self.look(raster, codes, sheet))).ok().flatten()
    }

    fn look(&self, raster: &Raster, codes: &[CodeSeen], sheet: &Sheet) -> Option<(Sight, Turn)> {
        let printed = self.prints.page(self.store, sheet)?;
        let registered = register(raster, codes, &printed.original);
        let boxes = box_ink(&registered, &printed.original, &printed.area.boxes);
        let differences = differences(&registered, &printed.original, &printed.area);
        let found = |difference: Difference| Found { place: printed.place(&difference.area), difference };
        let sight = Sight {
            registration: registered.registration,
            boxes,
            differences: differences.into_iter().map(found).collect(),
        };
        Some((sight, upright(&registered)))
    }
}

/// How a side must be turned to stand upright, by where the top of its page points to.
fn upright(registered: &Registered) -> Turn {
    let (left, right) = (registered.on_side(20.0, 148.0), registered.on_side(190.0, 148.0));
    Turn::pointing(right.x - left.x, right.y - left.y)
}

fn sheet(tag: &PageTag) -> Sheet {
    Sheet {
        contract: tag.contract.clone(),
        version: tag.version,
        exemplaire: tag.exemplaire,
        page: usize::from(tag.page),
        pages: usize::from(tag.pages),
    }
}
