//! The committed JSON Schemas are those the program prints.

use std::{
    fs,
    path::{Path, PathBuf},
};

use paraphe::input::{Schema, schema};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed(which: Schema) -> PathBuf {
    root().join("docs/formats/schemas").join(format!("{}.schema.json", which.name()))
}

#[test]
fn the_committed_schemas_are_those_the_program_prints() {
    for which in Schema::ALL {
        let printed = format!("{}\n", serde_json::to_string_pretty(&schema(which)).unwrap());
        let kept = fs::read_to_string(committed(which)).unwrap_or_default();
        assert!(kept == printed, "run `paraphe schema {0} > docs/formats/schemas/{0}.schema.json`", which.name());
    }
}
