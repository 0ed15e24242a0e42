//! Tables of results, by profile.

use std::collections::BTreeMap;

use paraphe::evidence::paper::Ink;

use crate::{
    judge::{Found, Record},
    laboratoire::{Kind, PROFILES},
};

/// Prints all tables.
pub(crate) fn print(records: &[Record]) {
    let by_profile: Vec<(&str, Vec<&Record>)> = PROFILES
        .iter()
        .map(|profile| (profile.name, records.iter().filter(|one| one.profile == profile.name).collect::<Vec<_>>()))
        .filter(|(_, records)| !records.is_empty())
        .chain([("all", records.iter().collect())])
        .collect();
    println!(
        "| profile | pages | a code | both | wrong | error p50 | p95 | worst, mm | blank p95 | worst | known, worst | said p95 | not good | ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    by_profile.iter().for_each(|(name, records)| pages(name, records));
    println!(
        "\n| profile | ink found | doubtful | missed | not on the scan | empty | doubtful | called ink | honest | flagged | under ink | unclear | specks |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    by_profile.iter().for_each(|(name, records)| boxes(name, records));
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    println!("\n| profile | {} |", kinds.join(" | "));
    println!("|---|{}", "---|".repeat(kinds.len()));
    by_profile.iter().for_each(|(name, records)| alterations(name, records, &kinds));
    println!();
    spent(records);
}

fn pages(name: &str, records: &[&Record]) {
    let count = |test: &dyn Fn(&Record) -> bool| records.iter().filter(|record| test(record)).count();
    let mut errors: Vec<f64> = records.iter().flat_map(|record| record.errors.iter().copied()).collect();
    errors.sort_by(f64::total_cmp);
    let at = |share: f64| quantile(&errors, share) / 1000.0;
    let mut blank: Vec<f64> = records.iter().flat_map(|record| record.blank_errors.iter().copied()).collect();
    blank.sort_by(f64::total_cmp);
    let known = records.iter().filter_map(|record| record.known_errors.last()).copied().fold(0.0, f64::max);
    let mut said: Vec<f64> =
        records.iter().filter_map(|record| record.registration.map(|one| f64::from(one.p95_um))).collect();
    said.sort_by(f64::total_cmp);
    let own = |(stage, ms): &(&str, f64)| if stage.contains("once") { 0.0 } else { *ms };
    let cpu: f64 = records.iter().flat_map(|record| record.spent.iter().map(own)).sum();
    println!(
        "| {name} | {} | {} | {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {:.0} |",
        records.len(),
        percent(count(&|one| one.codes > 0), records.len()),
        percent(count(&|one| one.codes > 1), records.len()),
        count(&|one| one.wrong),
        at(0.5),
        at(0.95),
        at(1.0),
        quantile(&blank, 0.95) / 1000.0,
        quantile(&blank, 1.0) / 1000.0,
        known / 1000.0,
        quantile(&said, 0.5) / 1000.0,
        count(&|one| one.registration.is_some_and(|one| !one.good)),
        cpu / records.len() as f64,
    );
}

fn boxes(name: &str, records: &[&Record]) {
    let count = |ink: bool, said: &[Ink]| {
        let all = records.iter().flat_map(|record| &record.boxes);
        all.filter(|(true_ink, _, one)| *true_ink == ink && said.contains(one)).count()
    };
    let doubt = [Ink::Doubtful, Ink::Unreadable];
    let honest = records.iter().filter(|record| record.found.is_none() && record.registration.is_some());
    let flagged = || records.iter().filter(|record| record.flagged);
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        count(true, &[Ink::Found]),
        count(true, &doubt),
        count(true, &[Ink::None]),
        records.iter().map(|record| record.lost).sum::<usize>(),
        count(false, &[Ink::None]),
        count(false, &doubt),
        count(false, &[Ink::Found]),
        honest.count(),
        flagged().count(),
        flagged().filter(|record| record.under_ink).count(),
        records.iter().filter(|record| record.unclear).count(),
        records.iter().filter(|record| record.covered && !record.flagged && !record.unclear).count(),
    );
}

fn alterations(name: &str, records: &[&Record], kinds: &[&str]) {
    let cells = kinds.iter().map(|kind| {
        let found: Vec<Found> = records.iter().filter(|one| one.what == *kind).filter_map(|one| one.found).collect();
        let of = |what| found.iter().filter(|one| **one == what).count();
        match of(Found::AsInk) {
            0 => format!("{}/{}", of(Found::Yes), found.len()),
            ink => format!("{}+{ink}/{}", of(Found::Yes), found.len()),
        }
    });
    println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

/// CPU milliseconds a page, by stage.
fn spent(records: &[Record]) {
    let mut stages: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (stage, ms) in records.iter().flat_map(|record| &record.spent) {
        stages.entry(stage).or_default().push(*ms);
    }
    for (stage, mut ms) in stages {
        ms.sort_by(f64::total_cmp);
        let mean = ms.iter().sum::<f64>() / ms.len() as f64;
        println!("- {stage}: {mean:.0} ms a page on average, {:.0} at most", quantile(&ms, 1.0));
    }
    println!();
}

/// The value that this share of sorted values does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}
