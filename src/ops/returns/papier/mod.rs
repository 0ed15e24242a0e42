//! Paper that came back: the sides of scanned files are read, sorted into physical sets, and each set is judged.
//!
//! A file is a pile of its own. Files of one or two sides that lie in one folder, or came with one message, are one pile together: some
//! scanners write a file for each page.

mod pictures;
mod printed;
mod propose;
mod report;
mod sides;

use std::collections::BTreeSet;

use self::sides::{Is, SideRead};
pub(super) use self::{
    pictures::{Part as Shown, pictures},
    printed::Prints,
    sides::Desk,
};
use super::{Progress, Returned, examiner::Judged};
use crate::{
    digest::FileDigest,
    domain::{ContractId, Partie, VersionNum},
    evidence::{
        Evidence, Reason, ReturnedFile,
        intake::Attachment,
        paper::{Turn, join, split},
    },
    reconcile::{
        Bears, Comparison, EtatSignature, Expectation, Jeu, Leaf, Papier, Pile, Policy, Side, Sight, Stranger, Verdict,
        judge, judge_paper, judge_strangers, sort, together,
    },
};
pub use report::{Located, Paper, SideReport};

/// Sides of a file that may be one page of a pile: its front and its back.
const LOOSE: usize = 2;

/// A file that was given.
pub(super) struct Given<'a> {
    pub(super) file: &'a ReturnedFile<'a>,
    /// The message that it came with.
    pub(super) message: Option<&'a ReturnedFile<'a>>,
    /// Its rank among those that were given.
    pub(super) rank: usize,
}

/// A scanned file, read.
pub(super) struct Part {
    name: String,
    /// The message that it came with, and the digest of that one.
    message: Option<(String, FileDigest)>,
    bytes: Vec<u8>,
    evidence: Evidence,
    sides: Vec<SideRead>,
    rank: usize,
}

impl Part {
    /// Reads a scanned file. A file that cannot be opened as pictures has no sides, and its evidence says why.
    pub(super) fn read(
        desk: Desk<'_>,
        given: &Given<'_>,
        mut evidence: Evidence,
        progress: &mut dyn FnMut(Progress),
    ) -> Self {
        let Given { file, message, rank } = *given;
        let sides = desk.read(file, progress).unwrap_or_else(|why| {
            evidence.observations.push(why);
            Vec::new()
        });
        let message = message.map(|message| (message.name.to_owned(), message.sha256));
        Self { name: file.name.to_owned(), message, bytes: file.bytes.to_vec(), evidence, sides, rank }
    }

    /// Whether it may be one page of a pile.
    pub(super) fn is_loose(&self) -> bool {
        (1..=LOOSE).contains(&self.sides.len()) && self.evidence.signatures.is_empty()
    }

    /// What holds the pile that it may be a page of: its message, or its folder.
    pub(super) fn holder(&self) -> String {
        let folder = || self.name.rsplit_once(['/', '\\']).map(|(folder, _)| folder.to_owned());
        self.message.as_ref().map(|(name, _)| name.clone()).or_else(folder).unwrap_or_default()
    }

    /// The file that was given: the message that it came with, or itself.
    fn given(&self) -> FileDigest {
        self.message.as_ref().map_or(self.evidence.sha256, |(_, sha256)| *sha256)
    }

    fn returned(&self, verdict: Verdict, paper: Paper) -> Returned {
        let mut returned = Returned::new(&self.name, self.evidence.clone(), verdict);
        returned.message = self.message.as_ref().map(|(name, _)| name.clone());
        returned.paper = Some(paper);
        returned
    }

    /// Its bytes, when they are inside those that were given.
    fn inside(&self) -> Option<Attachment> {
        self.message.as_ref().map(|_| Attachment { name: self.name.clone(), bytes: self.bytes.clone() })
    }

    /// Its size in bytes.
    pub(super) const fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// What a judgement of paper needs to know beside the pile.
pub(super) struct Bench<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) policy: &'a Policy,
    /// Whether each set is wanted as a file of its own, also when it is the whole of one file.
    pub(super) split: bool,
    /// What should come back of a version.
    pub(super) expectation: &'a dyn Fn(&ContractId, VersionNum) -> Option<Expectation>,
}

impl Bench<'_> {
    /// What the electronic signatures of a scanned file are. Without any, it matters only whether the file could be read: how a
    /// scanner built it says nothing.
    fn electronic(&self, evidence: &Evidence, expectation: Option<&Expectation>) -> Verdict {
        let mut evidence = evidence.clone();
        if evidence.signatures.is_empty() {
            evidence.observations.retain(|seen| {
                matches!(
                    seen.reason,
                    Reason::Encrypted | Reason::LimitExceeded | Reason::Truncated | Reason::Unreadable
                )
            });
        }
        judge(expectation, None, &evidence, &Comparison::default(), self.policy)
    }
}

/// Sorts a pile into sets, and judges each.
pub(super) fn judge_pile(bench: &Bench<'_>, parts: &[Part]) -> Vec<Judged> {
    let mut heap = Heap::new(parts);
    let mut pile = sort(&heap.sides());
    if propose::pages(bench.desk, &mut heap, &pile) {
        pile = sort(&heap.sides());
    }
    if pile.jeux.is_empty() {
        return parts.iter().map(|part| strange(bench, part)).collect();
    }
    let mut before = BTreeSet::new();
    let judged = pile.jeux.iter().filter_map(|jeu| {
        let repeated = !before.insert((jeu.contract.clone(), jeu.version, jeu.exemplaire));
        heap.judged(bench, &pile, jeu, repeated)
    });
    judged.collect()
}

/// A file in which no page of ours was found.
fn strange(bench: &Bench<'_>, part: &Part) -> Judged {
    let heap = Heap::new(std::slice::from_ref(part));
    let pile = sort(&heap.sides());
    let electronic = bench.electronic(&part.evidence, None);
    let verdict = together(electronic, judge_strangers(&pile.strangers, bench.policy), bench.policy);
    let returned = part.returned(verdict, heap.report(&pile, None));
    Judged { returned, piece: part.inside(), sources: vec![part.given()], rank: part.rank }
}

/// The parties whose electronic signature on the same exemplaire was accepted before.
fn electronic_before(bench: &Bench<'_>, jeu: &Jeu) -> Vec<Partie> {
    let version = bench.desk.states.get(&jeu.contract).and_then(|state| state.versions.get(&jeu.version));
    let retour = version.and_then(|version| version.retour(jeu.exemplaire));
    let parties = retour.map(|seen| seen.retour.parties.clone()).unwrap_or_default();
    parties.into_iter().filter(|(_, etat)| *etat == EtatSignature::Valable).map(|(partie, _)| partie).collect()
}

/// A pile: its sides are numbered from 1, over all its parts.
struct Heap<'a> {
    parts: &'a [Part],
    sides: Vec<HeapSide<'a>>,
}

/// One side of a pile.
struct HeapSide<'a> {
    part: &'a Part,
    read: &'a SideRead,
    /// The page that its content proposes, when it has no code, and how it compares with it.
    proposed: Option<(Leaf, Sight)>,
}

impl HeapSide<'_> {
    /// What it bears, as sorting sees it.
    fn bears(&self, number: u32) -> Bears {
        if let Some((leaf, _)) = &self.proposed {
            return Bears::Ours(leaf.clone());
        }
        match &self.read.is {
            Is::Blank => Bears::Blank,
            Is::Page(sheet, turn) => {
                Bears::Ours(Leaf { side: number, sheet: sheet.clone(), turn: *turn, proposed: false })
            }
            Is::Separator => Bears::Separator,
            Is::Strange(what) => Bears::Strange(Stranger { side: number, what: what.clone() }),
        }
    }

    fn sight(&self) -> Option<&Sight> {
        self.proposed.as_ref().map(|(_, sight)| sight).or(self.read.sight.as_ref())
    }

    /// Its index in its file.
    fn index(&self) -> usize {
        (self.read.evidence.page as usize).saturating_sub(1)
    }
}

impl<'a> Heap<'a> {
    fn new(parts: &'a [Part]) -> Self {
        let of = |part: &'a Part| part.sides.iter().map(move |read| HeapSide { part, read, proposed: None });
        Self { parts, sides: parts.iter().flat_map(of).collect() }
    }

    fn sides(&self) -> Vec<Side> {
        (1..).zip(&self.sides).map(|(number, side)| Side { number, bears: side.bears(number) }).collect()
    }

    fn side(&self, number: u32) -> Option<&HeapSide<'a>> {
        self.sides.get((number as usize).checked_sub(1)?)
    }

    /// The files from which the pages of a set come.
    fn parts_of(&self, jeu: &Jeu) -> Vec<&'a Part> {
        let used: BTreeSet<FileDigest> =
            jeu.leaves.iter().filter_map(|leaf| self.side(leaf.side)).map(|side| side.part.evidence.sha256).collect();
        self.parts.iter().filter(|part| used.contains(&part.evidence.sha256)).collect()
    }

    fn verdict(&self, bench: &Bench<'_>, jeu: &Jeu, repeated: bool) -> Verdict {
        let expectation = (bench.expectation)(&jeu.contract, jeu.version);
        let sights = jeu.leaves.iter().filter_map(|leaf| Some((leaf.side, self.side(leaf.side)?.sight()?.clone())));
        let sights = sights.collect();
        let papier = Papier { jeu, sights: &sights, repeated, electronic: electronic_before(bench, jeu) };
        let on_paper = judge_paper(expectation.as_ref(), &papier, bench.policy);
        let parts = self.parts_of(jeu).into_iter();
        let electronic = parts.map(|part| bench.electronic(&part.evidence, expectation.as_ref()));
        electronic.fold(on_paper, |verdict, electronic| together(electronic, verdict, bench.policy))
    }

    /// One set as a return. When it is not the whole of one file, a file of its own is made of its pages.
    fn judged(&self, bench: &Bench<'_>, pile: &Pile, jeu: &Jeu, repeated: bool) -> Option<Judged> {
        let parts = self.parts_of(jeu);
        let first = parts.first()?;
        let mut returned = first.returned(self.verdict(bench, jeu, repeated), self.report(pile, Some(jeu)));
        let mut sources: Vec<FileDigest> = parts.iter().map(|part| part.given()).collect();
        sources.dedup();
        if pile.jeux.len() == 1 && self.parts.len() == 1 {
            let piece = if bench.split { self.set(jeu) } else { first.inside() };
            return Some(Judged { returned, piece, sources, rank: first.rank });
        }
        if parts.len() > 1 {
            returned.file = first.holder();
        }
        let piece = self.set(jeu);
        if let Some(Attachment { bytes, .. }) = &piece {
            returned.sha256 = FileDigest::of(bytes);
            returned.size = bytes.len() as u64;
        }
        Some(Judged { returned, piece, sources, rank: first.rank })
    }

    fn set(&self, jeu: &Jeu) -> Option<Attachment> {
        self.split(jeu).map(|bytes| Attachment { name: "jeu.pdf".to_owned(), bytes })
    }

    /// The pages of a set as a file, in their order and upright; none when they cannot be taken out of their files.
    fn split(&self, jeu: &Jeu) -> Option<Vec<u8>> {
        // Pages of one file that follow each other are taken at once.
        let mut runs: Vec<(&Part, Vec<(usize, Turn)>)> = Vec::new();
        for leaf in jeu.in_order() {
            let side = self.side(leaf.side)?;
            match runs.last_mut() {
                Some((part, sides)) if std::ptr::eq(*part, side.part) => sides.push((side.index(), leaf.turn)),
                _ => runs.push((side.part, vec![(side.index(), leaf.turn)])),
            }
        }
        let mut pdfs: Vec<Vec<u8>> =
            runs.into_iter().map(|(part, sides)| split(&part.bytes, &sides)).collect::<Result<_, _>>().ok()?;
        if pdfs.len() == 1 { pdfs.pop() } else { join(&pdfs).ok() }
    }
}
