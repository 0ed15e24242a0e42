//! `paraphe explain`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use serde_json::json;

use super::{Failure, Format, Status, show};
use crate::{
    document::provenance::{Answer, Source, in_french, template_in_french},
    domain::{ContractId, VersionNum},
    ops,
};

/// Says where what is printed in a contract comes from: each value, its cell or its YAML key; each clause, its template line.
///
/// The answer was kept with the version: it does not depend on the files of the campaign as they are now.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    /// The contract, `960000016-2022`.
    contract: ContractId,
    /// A printed text: « 46,0 % », a name, a date; all that is printed when not given.
    value: Option<String>,
    /// Only what begins on this page.
    #[arg(long, value_name = "N")]
    page: Option<u16>,
    /// A version other than the last one.
    #[arg(long, value_name = "N")]
    version: Option<VersionNum>,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Explain {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let (version, answers) =
            ops::explain(&self.campaign, &self.contract, self.version, self.page, self.value.as_deref())?;
        match self.format {
            Format::Json => show::json(&json!({
                "format": 1,
                "contract": self.contract.to_string(),
                "version": version,
                "answers": answers,
            }))?,
            Format::Text => text(&answers)?,
        }
        // As `grep` has it: nothing found is no success.
        Ok(if answers.is_empty() { Status::Findings } else { Status::Clean })
    }
}

fn text(answers: &[Answer]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if answers.is_empty() {
        writeln!(out, "nothing of the kind is printed")?;
    }
    for answer in answers {
        let page = answer.page.map_or_else(String::new, |page| format!(", page {page}"));
        writeln!(out, "{}{page}", answer.place)?;
        writeln!(out, "    {}", answer.text)?;
        match &answer.source {
            Source::Files(origins) => {
                for origin in origins {
                    writeln!(out, "    {}", in_french(origin))?;
                }
            }
            Source::Program => writeln!(out, "    given by paraphe")?,
            Source::Template => {}
        }
        writeln!(out, "    {}", template_in_french(&answer.template))?;
    }
    Ok(())
}
