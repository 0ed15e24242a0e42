//! `paraphe plan`.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use serde_json::json;

use super::{Failure, Format, Status, show};
use crate::{
    diag::Diagnostic,
    ops::{self, Action, Item, Plan},
    report,
};

/// Says what `generate` would do, and why: which contracts are new, which change, and for each change its cause, to the cell or the
/// line, and where it is printed. Nothing is written.
#[derive(Debug, clap::Args)]
pub(super) struct ShowPlan {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    /// How the plan is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Also write the list of changes to this workbook (`.xlsx`), in French, to be circulated.
    #[arg(long, value_name = "FILE")]
    excel: Option<PathBuf>,
}

impl ShowPlan {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let plan = ops::plan(&self.campaign)?;
        if let Some(path) = &self.excel {
            let workbook = report::plan_workbook(&plan)?;
            fs::write(path, workbook).map_err(|error| format!("could not write `{}`: {error}", path.display()))?;
        }
        match self.format {
            Format::Json => json(&plan)?,
            Format::Text => {
                show::findings(&mut io::stderr().lock(), &plan.prepared.findings, &plan.prepared.sources)?;
                text(&plan)?;
            }
        }
        let clean = !plan.prepared.findings.iter().any(Diagnostic::is_error);
        Ok(if clean { Status::Clean } else { Status::Findings })
    }
}

/// The word of an action.
fn word(action: Action) -> &'static str {
    match action {
        Action::Amend => "to amend",
        Action::Closed => "closed",
        Action::First => "new",
        Action::Redraft => "draft changed",
        Action::Replace(_) => "new version",
        Action::Unchanged => "unchanged",
    }
}

fn text(plan: &Plan) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let of = |wanted: &str| plan.items.iter().filter(|item| word(item.action) == wanted).count();
    for item in plan.items.iter().filter(|item| !matches!(item.action, Action::First | Action::Unchanged)) {
        let stage = item.etape.map_or_else(String::new, |etape| format!(", {etape}"));
        writeln!(out, "{}  {}, version {}{stage}", item.contract.id, word(item.action), item.version)?;
        for change in &item.changes {
            writeln!(out, "    {change}")?;
        }
        for line in item.avenant.iter().flat_map(report::avenant_lines) {
            writeln!(out, "    {line}")?;
        }
    }
    let words = ["new", "draft changed", "new version", "to amend", "closed", "unchanged"];
    let counts: Vec<String> = words
        .iter()
        .map(|wanted| (of(wanted), wanted))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let wrong = plan.prepared.wrong.len();
    let wrong = if wrong == 0 { String::new() } else { format!("; {} wrong", show::count(wrong, "contract")) };
    if plan.prepared.blocked {
        return writeln!(out, "no plan while the campaign is wrong{wrong}; {}", show::tally(&plan.prepared.findings));
    }
    let counts = if counts.is_empty() { "nothing to make".to_owned() } else { counts.join(", ") };
    writeln!(out, "{counts}{wrong}; {}", show::tally(&plan.prepared.findings))
}

fn json(plan: &Plan) -> Result<(), Failure> {
    let item = |item: &Item| {
        json!({
            "contract": item.contract.id.to_string(),
            "action": word(item.action).replace(' ', "-"),
            "version": item.version,
            "etape": item.etape.map(|etape| etape.to_string()),
            "replaces": if let Action::Replace(old) = item.action { Some(old) } else { None },
            "changes": item.changes,
            "avenant": item.avenant.as_ref().map(|comparison| json!({
                "ajouts": comparison.objet.ajouts,
                "modifications": comparison.objet.modifications,
                "autres": comparison.autres,
            })),
        })
    };
    show::json(&show::Json {
        format: 1,
        findings: &plan.prepared.findings,
        summary: json!({
            "contracts": plan.items.iter().map(item).collect::<Vec<_>>(),
            "wrong": &plan.prepared.wrong,
        }),
    })
}
