//! The command line: arguments, terminal, exit status. The only room that talks, and the only one that knows the clock and the
//! environment.
//!
//! Standard output carries what was asked for, standard error the talk. Exit status: 0 when there is nothing to do, 1 when a
//! finding of level error was made, 2 when the job could not be done.

mod agenda;
mod amend;
mod archive;
mod bar;
mod check;
mod decide;
mod explain;
mod generate;
mod handover;
mod log;
mod order;
mod plan;
mod record;
mod register;
mod returns;
mod review;
mod schema;
mod send;
mod show;
mod status;

use std::{io, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

/// Makes and reads back the CAQES contracts between a hospital, its regional agency and its local insurer.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 120)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Agenda(agenda::ShowAgenda),
    Amend(amend::Amend),
    Archive(archive::Archive),
    Check(check::Check),
    Decide(decide::Decide),
    Explain(explain::Explain),
    Generate(generate::Generate),
    Handover(handover::Handover),
    Log(log::Log),
    Plan(plan::ShowPlan),
    Receive(returns::Receive),
    Record(record::Record),
    Register(register::RegisterArguments),
    Remind(send::Remind),
    Review(review::ShowReview),
    Schema(schema::PrintSchema),
    Send(send::Send),
    Status(status::ShowStatus),
    Verify(returns::Verify),
}

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For programs; see docs/formats/findings.md.
    Json,
    /// For people.
    Text,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Nothing to do.
    Clean,
    /// There are errors among the findings.
    Findings,
}

/// Why a command could not do its job; shown with its causes.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the process was given.
#[must_use]
pub fn run() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Agenda(command) => command.run(),
        Command::Amend(command) => command.run(),
        Command::Archive(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Decide(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Handover(command) => command.run(),
        Command::Log(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::Receive(command) => command.run(),
        Command::Record(command) => command.run(),
        Command::Register(command) => command.run(),
        Command::Remind(command) => command.run(),
        Command::Review(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Send(command) => command.run(),
        Command::Status(command) => command.run(),
        Command::Verify(command) => command.run(),
    };
    match ended {
        Ok(Status::Clean) => ExitCode::SUCCESS,
        Ok(Status::Findings) => ExitCode::from(1),
        // The reader of a pipe went away (`paraphe check … | head`): there is nobody left to tell.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            show::failure(error.as_ref());
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
