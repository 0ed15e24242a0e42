//! The bar that follows a long job, on standard error; nothing is drawn where nobody looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that shows nothing yet.
pub(super) fn bar() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5))
}

/// From now on, counts things of one kind, with an estimate; a message may follow.
pub(super) fn count(bar: &ProgressBar, total: usize, things: &str) {
    dress(bar, &format!("{{wide_bar}} {{pos}}/{{len}} {things}, {{elapsed}} elapsed, {{eta}} left {{msg}}"));
    bar.set_length(total as u64);
}

/// A template that does not parse would leave the bar as it was: ugly, and no reason to stop the work.
pub(super) fn dress(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.tick();
}
