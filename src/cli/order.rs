//! Who gives an order, and when.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::Failure;
use crate::{
    ops::Order,
    register::{Agent, Moment},
};

/// Who does it; kept in the register with all that is recorded.
#[derive(Debug, clap::Args)]
pub(super) struct By {
    /// Your short name, for the register [default: the variable `PARAPHE_AGENT`, the name of your session, or `inconnu`].
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
}

impl By {
    /// The order: the agent, the instant and the civil day of this machine. `SOURCE_DATE_EPOCH` stands for the clock when it is
    /// set (<https://reproducible-builds.org/specs/source-date-epoch/>).
    pub(super) fn order(&self) -> Result<Order, Failure> {
        let names = ["PARAPHE_AGENT", "USER", "USERNAME"].into_iter().filter_map(variable);
        // A scheduled task has no session: it is not known who gave the order, and that is what is recorded.
        let name = self.agent.clone().into_iter().chain(names).next().unwrap_or_else(|| "inconnu".to_owned());
        let instant = now()?;
        let today = day_of(instant);
        Ok(Order { agent: Agent::new(&name)?, now: Moment { instant, today } })
    }
}

/// The civil day of this machine, as in an order.
pub(super) fn today() -> Result<Date, Failure> {
    now().map(day_of)
}

fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::system()).date()
}

#[expect(clippy::disallowed_methods, reason = "the command line may look at the clock")]
fn now() -> Result<Timestamp, Failure> {
    let seconds = match variable("SOURCE_DATE_EPOCH") {
        Some(seconds) => seconds.parse().map_err(|_| "`SOURCE_DATE_EPOCH` is not a number of seconds")?,
        None => {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
            i64::try_from(since.as_secs())?
        }
    };
    Ok(Timestamp::from_second(seconds)?)
}

#[expect(clippy::disallowed_methods, reason = "the command line may look at the environment")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
