//! The `paraphe` command.

fn main() -> std::process::ExitCode {
    paraphe::cli::run()
}
