//! What is wrong with a path of an inventory, logical or content.

use std::collections::BTreeSet;

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It begins or ends with a slash.
    Ends,
    /// One of its elements is empty, `.` or `..`.
    Element,
}

/// What is wrong with a path, if something is.
pub(super) fn fault(path: &str) -> Option<Fault> {
    if path.starts_with('/') || path.ends_with('/') {
        Some(Fault::Ends)
    } else {
        path.split('/').any(|element| matches!(element, "" | "." | "..")).then_some(Fault::Element)
    }
}

/// Paths of the set that are also folders of others of it.
pub(super) fn conflicts<'a>(paths: &BTreeSet<&'a str>) -> Vec<&'a str> {
    // With the slash before all other characters, what stands below a path directly follows it.
    let key = |path: &'a str| path.bytes().map(|byte| if byte == b'/' { 0 } else { u16::from(byte) + 1 });
    let mut sorted: Vec<&str> = paths.iter().copied().collect();
    sorted.sort_by(|a, b| key(a).cmp(key(b)));
    let above = |(path, next): &(&&str, &&str)| next.strip_prefix(**path).is_some_and(|rest| rest.starts_with('/'));
    sorted.iter().zip(sorted.iter().skip(1)).filter(above).map(|(path, _)| *path).collect()
}

/// The number of a version folder and the width it is padded to, 0 when it is not padded: `v12`, `v0012`.
pub(super) fn version_number(name: &str) -> Option<(u64, usize)> {
    let digits = name.strip_prefix('v')?;
    let sound = (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| sound)?;
    Some((number, if digits.starts_with('0') { digits.len() } else { 0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_refused_for_its_ends_or_its_elements() {
        assert_eq!(fault("a/b c/d..e"), None);
        assert_eq!(["/a", "a/", "/"].map(fault), [Some(Fault::Ends); 3]);
        assert_eq!(["", "a//b", "a/./b", "../a"].map(fault), [Some(Fault::Element); 4]);
    }

    #[test]
    fn a_file_that_is_also_a_folder_is_seen_among_names_that_only_resemble_it() {
        let paths = BTreeSet::from(["a", "a-b", "a.c/d", "a/b", "b/c", "b/cd", "é"]);
        assert_eq!(conflicts(&paths), ["a"]);
    }

    #[test]
    fn a_version_is_v_and_its_number() {
        assert_eq!(version_number("v12"), Some((12, 0)));
        assert_eq!(version_number("v0012"), Some((12, 4)));
        for bad in ["v", "12", "v-1", "v+1", "V1", "v1a", "v9999999999999999999"] {
            assert_eq!(version_number(bad), None, "{bad}");
        }
    }
}
