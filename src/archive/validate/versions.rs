//! The versions of one inventory: their sequence, their dates, what state each describes.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    diags,
    inventory::{Inventory, Judge, Version, is_uri},
    json::Json,
    paths::{self, Fault},
};

/// Judges the block of versions; `digests` are those of the manifest, as they are written there.
pub(super) fn judge(
    judge: &mut Judge<'_>,
    entries: &[(String, Json)],
    digests: &BTreeSet<String>,
    inventory: &mut Inventory,
) {
    if entries.is_empty() {
        judge.tell(&diags::E008, "`versions` is empty");
    }
    sequence(judge, entries);
    for (name, value) in entries {
        let Some((number, _)) = paths::version_number(name) else { continue };
        let known = inventory.versions.iter().any(|version| version.name == *name);
        if known {
            judge.tell(&diags::E033, format!("`versions` has the key `{name}` twice"));
            continue;
        }
        let Json::Object(members) = value else {
            judge.differs(&diags::E047, &format!("version {name} is a JSON object"), "an object", &value.kind());
            continue;
        };
        let version = one(judge, name, number, members, digests);
        inventory.versions.push(version);
    }
    inventory.versions.sort_by_key(|version| version.number);
}

/// Judges the names of the versions together.
fn sequence(judge: &mut Judge<'_>, entries: &[(String, Json)]) {
    let mut numbered = BTreeMap::new();
    for (name, _) in entries {
        match paths::version_number(name) {
            Some((number, width)) => {
                numbered.insert(number, (name, width));
            }
            None => judge.differs(&diags::E104, "a version is not named `v` and its number", "v<number>", name),
        }
    }
    let Some((first, (_, convention))) = numbered.first_key_value() else { return };
    let convention = *convention;
    if *first != 1 {
        judge.differs(&diags::E009, "the versions do not start at 1", "v1", &format!("v{first}"));
    }
    for ((number, _), next) in numbered.iter().zip(numbered.keys().skip(1)) {
        if number + 1 != *next {
            let message = format!("version {next} follows version {number}");
            judge.differs(&diags::E010, &message, &format!("v{}", number + 1), &format!("v{next}"));
        }
    }
    if convention > 0 {
        judge.recommend(&diags::W001, "version numbers are padded with zeros");
    }
    for (name, width) in numbered.values().filter(|(_, width)| *width != convention) {
        judge.tell(&diags::E013, format!("version {name} is not named as the first one"));
        if convention > 0 && *width == 0 {
            judge.tell(&diags::E011, format!("the padded version number {name} does not start with a zero"));
        } else {
            judge.tell(&diags::E012, format!("version {name} is not padded as the first one"));
        }
    }
}

fn one(
    judge: &mut Judge<'_>,
    name: &str,
    number: u64,
    members: &[(String, Json)],
    digests: &BTreeSet<String>,
) -> Version {
    let members = judge.members(&format!("version {name}"), members, &["created", "message", "state", "user"]);
    match members.get("created") {
        Some(Json::Text(text)) if is_date_time(text) => {}
        Some(Json::Text(text)) => {
            let message = format!("the date of version {name} is not a full date and time with its zone");
            judge.differs(&diags::E049, &message, "2026-01-31T12:00:00Z", text);
        }
        Some(other) => {
            let message = format!("the date of version {name} is a text");
            judge.differs(&diags::E049, &message, "2026-01-31T12:00:00Z", &other.kind());
        }
        None => judge.tell(&diags::E048, format!("version {name} has no `created`")),
    }
    match members.get("message") {
        Some(Json::Text(_)) => {}
        Some(other) => {
            judge.differs(&diags::E094, &format!("the message of version {name} is a text"), "a text", &other.kind());
        }
        None => judge.recommend(&diags::W007, format!("version {name} has no `message`")),
    }
    user(judge, name, members.get("user").copied());
    let mut state = BTreeMap::new();
    match members.get("state") {
        Some(Json::Object(entries)) => state = self::state(judge, name, entries, digests),
        Some(other) => {
            let message = format!("the state of version {name} is a JSON object");
            judge.differs(&diags::E050, &message, "an object", &other.kind());
        }
        None => judge.tell(&diags::E048, format!("version {name} has no `state`")),
    }
    let remarks = ["created", "message", "user"].map(|key| members.get(key).copied().cloned());
    Version { name: name.to_owned(), number, remarks, state }
}

fn user(judge: &mut Judge<'_>, name: &str, value: Option<&Json>) {
    let members = match value {
        Some(Json::Object(members)) => members,
        Some(other) => {
            judge.differs(
                &diags::E054,
                &format!("the user of version {name} is an object"),
                "an object",
                &other.kind(),
            );
            return;
        }
        None => {
            judge.recommend(&diags::W007, format!("version {name} has no `user`"));
            return;
        }
    };
    let members = judge.members(&format!("the user of version {name}"), members, &["address", "name"]);
    if !matches!(members.get("name"), Some(Json::Text(text)) if !text.is_empty()) {
        judge.tell(&diags::E054, format!("the user of version {name} has no name"));
    }
    match members.get("address") {
        Some(Json::Text(address)) if is_uri(address) => {}
        Some(Json::Text(address)) => {
            judge.recommend(&diags::W009, format!("the address `{address}` of version {name} is not a URI"));
        }
        Some(other) => {
            judge.differs(&diags::E054, &format!("the address of version {name} is a text"), "a text", &other.kind());
        }
        None => judge.recommend(&diags::W008, format!("the user of version {name} has no address")),
    }
}

fn state(
    judge: &mut Judge<'_>,
    name: &str,
    entries: &[(String, Json)],
    digests: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    let mut listed = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (digest, value) in entries {
        if !seen.insert(digest) {
            judge.tell(&diags::E033, format!("the state of version {name} has the key `{digest}` twice"));
        }
        // The text itself must be a key of the manifest, not only the digest it writes.
        if !digests.contains(digest) {
            judge.tell(&diags::E050, format!("version {name} has the digest `{digest}`, which the manifest has not"));
        }
        for path in judge.texts(&diags::E050, &format!("`{digest}` of version {name}"), value) {
            match paths::fault(path) {
                Some(Fault::Ends) => {
                    judge.tell(&diags::E053, format!("version {name} has the path `{path}`, with a slash at an end"));
                }
                Some(Fault::Element) => judge.tell(
                    &diags::E052,
                    format!("version {name} has the path `{path}`, with an empty, `.` or `..` element"),
                ),
                None => {}
            }
            if listed.insert(path) {
                state.insert(path.to_owned(), digest.to_ascii_lowercase());
            } else {
                judge.tell(&diags::E095, format!("version {name} has the path `{path}` twice"));
            }
        }
    }
    for path in paths::conflicts(&listed) {
        judge.tell(&diags::E095, format!("version {name} has the path `{path}` as a file and as a folder"));
    }
    state
}

/// Whether a text is an RFC 3339 date and time, which is stricter than what dates are usually read by.
fn is_date_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let zone = rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches('0'));
    let fraction = rest.len() - zone.len();
    fraction != 1 && matches!(zone, "Z" | "+00:00" | "-00:00") && text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_its_seconds_and_its_zone() {
        for good in ["2026-01-31T12:00:00Z", "2021-03-30T15:18:29.613693922-05:00", "2026-01-31t12:00:00+00:00"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2026-01-31",
            "2026-01-31T12:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00.Z",
            "2026-02-30T12:00:00Z",
            "2026-01-31T12:00:00Zulu",
            "",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
