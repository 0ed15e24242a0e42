//! The `paraphe` command.

/// Layout allocates and frees millions of small pieces: 15 % less CPU than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    paraphe::cli::run()
}
