//! The commands as people type them: whole standard output and standard error, in `tests/cmd/*.trycmd`.

#[test]
fn commands_say_what_they_said() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("paraphe", std::path::Path::new(env!("CARGO_BIN_EXE_paraphe")));
    cases.case("tests/cmd/*.trycmd");
}
