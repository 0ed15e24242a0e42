//! What was left out of a file to read on, so that places stay those of the file.

use std::collections::{BTreeMap, BTreeSet};

/// What was erased, by path in the file.
#[derive(Debug, Default)]
pub(super) struct Erased {
    pub(super) keys: BTreeSet<String>,
    pub(super) items: BTreeMap<String, BTreeSet<usize>>,
}

impl Erased {
    pub(super) fn remember(&mut self, path: &str) -> bool {
        let item = path.strip_suffix(']').and_then(|path| path.rsplit_once('['));
        match item.and_then(|(list, index)| Some((list, index.parse().ok()?))) {
            Some((list, index)) => self.items.entry(list.to_owned()).or_default().insert(index),
            None => self.keys.insert(path.to_owned()),
        }
    }

    /// The index in the file of the item that is now the `index`-th of a list.
    pub(super) fn original(&self, list: &str, index: usize) -> usize {
        let Some(erased) = self.items.get(list) else { return index };
        erased.iter().fold(index, |index, gone| if *gone <= index { index + 1 } else { index })
    }

    /// The path in the file of a path in the erased text.
    pub(super) fn original_path(&self, path: &str) -> String {
        let mut original = String::new();
        for part in path.split_inclusive(']') {
            match part.strip_suffix(']').and_then(|part| part.rsplit_once('[')) {
                Some((before, index)) => {
                    original.push_str(before);
                    let index = index.parse().map_or(0, |index| self.original(&original, index));
                    original.push_str(&format!("[{index}]"));
                }
                None => original.push_str(part),
            }
        }
        original
    }
}
