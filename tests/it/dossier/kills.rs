//! Killed at any moment, the next run completes what was begun.

use std::{path::Path, process::Stdio, time::Duration};

use super::{command, done, replace, run, small};

/// Kills a command after a while; gives whether it had ended by itself.
fn killed(folder: &Path, words: &str, after: Duration) -> bool {
    let mut child = command(folder, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    ended
}

/// Nothing is wrong, whatever was interrupted; that something is pending is no error.
fn no_error(folder: &Path) {
    for job in ["archive verify", "register verify"] {
        let output = run(folder, job);
        let talk = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Nothing was made yet: there is nothing to verify.
        let nothing = talk.contains("there is no archive") || talk.contains("there is no register");
        assert!(output.status.success() || nothing, "{job}: {talk}");
    }
}

/// Moments of a run, spread by a generator with a seed, denser where the writing is.
fn moments(seed: u64, count: usize, longest: u64) -> impl Iterator<Item = Duration> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((state >> 33) % (longest * 1000))
    })
    .take(count)
}

/// `PARAPHE_KILLS=200` for the long run.
#[expect(clippy::disallowed_methods, reason = "a test may be asked to last longer")]
fn count(default: usize) -> usize {
    std::env::var("PARAPHE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(default)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
fn killed_at_any_moment_the_next_run_completes() {
    let folder = small();
    let folder = folder.path();
    let names = ["Clinique du Parc", "Clinique du Bois", "Clinique du Lac"];
    let list = folder.join("etablissements.yaml");
    let whole = std::time::Instant::now();
    done(folder, "generate --only 960000016-2022");
    let longest = u64::try_from(whole.elapsed().as_millis()).unwrap() * 3 / 2;
    let mut name = 0;
    for (round, after) in moments(7, count(12), longest).enumerate() {
        if killed(folder, "generate", after) {
            // There is something to do again.
            replace(&list, names[name % 3], names[(name + 1) % 3]);
            name += 1;
        }
        no_error(folder);
        if round % 5 == 4 {
            killed(folder, "record propose 960000016-2022 --day 2023-01-10 --moyen courriel", after / 4);
            no_error(folder);
        }
    }
    done(folder, "generate");
    super::sound(folder);
    assert!(done(folder, "generate").starts_with("0 contracts made, 3 kept unchanged"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
fn an_avenant_that_was_interrupted_is_completed() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    super::sign(folder, "960000016-2022");
    let grid =
        std::fs::read_to_string(super::root().join("tests/fixtures/input/good-gen2/indicateurs.xlsx.grid")).unwrap();
    let workbook = crate::input::grid::workbook(&grid.replace("n:38  ", "n:36  "));
    std::fs::write(folder.join("indicateurs.xlsx"), workbook).unwrap();
    let begun = std::time::Instant::now();
    done(folder, "plan");
    let longest = u64::try_from(begun.elapsed().as_millis()).unwrap() * 3;
    for after in moments(11, count(4), longest) {
        killed(folder, "amend", after);
        no_error(folder);
    }
    done(folder, "amend");
    super::sound(folder);
    let log = done(folder, "log 960000016-2022");
    assert_eq!(log.matches("généré").count(), 2, "{log}");
}

/// What an officer tells is recorded whole, piece and event, or not at all; and once.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
fn what_was_told_when_it_was_killed_is_recorded_whole_or_not_at_all() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    done(folder, "record propose 960000016-2022 --day 2023-01-10 --moyen courriel");
    let tell = |number: usize| {
        let piece = folder.join(format!("lettre-{number}.txt"));
        std::fs::write(&piece, format!("observations, lettre {number}")).unwrap();
        format!("record observations 960000016-2022 --day 2023-01-12 --piece {}", piece.display())
    };
    let whole = std::time::Instant::now();
    done(folder, &tell(0));
    let longest = u64::try_from(whole.elapsed().as_millis()).unwrap() * 3 / 2;
    for (number, after) in (1..).zip(moments(13, count(8), longest)) {
        let before = done(folder, "log 960000016-2022");
        let ended = killed(folder, &tell(number), after);
        no_error(folder);
        let log = done(folder, "log 960000016-2022");
        let events = log.matches("observations").count() - before.matches("observations").count();
        let pieces = log.matches("pièce").count() - before.matches("pièce").count();
        assert!(events == pieces && events <= 1 && (!ended || events == 1), "{number}: {log}");
    }
    done(folder, &tell(100_000));
    super::sound(folder);
}

/// A write that fails stops the run with what failed, and loses nothing: the next run completes it.
#[test]
fn a_write_that_fails_is_said_and_loses_nothing() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    let before = std::fs::read(folder.join("registre.sqlite")).unwrap();
    // No file may grow beyond this many blocks, as on a disk that is full; the signal for it is ignored, so that the write fails.
    for blocks in [0, 8, 16, 64] {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let plain = command(folder, "generate");
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(limited).arg(plain.get_program()).args(plain.get_args());
        let told = shell.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap();
        let talk = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(2), "{blocks}: {talk}");
        assert!(talk.starts_with("error: "), "{blocks}: {talk}");
        assert_eq!(std::fs::read(folder.join("registre.sqlite")).unwrap(), before, "{blocks}");
        no_error(folder);
    }
    assert!(done(folder, "generate").starts_with("2 contracts made, 1 kept unchanged"));
    super::sound(folder);
}
