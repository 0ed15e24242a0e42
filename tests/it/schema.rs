//! The committed JSON Schemas are those the program prints, and an editor that follows them finds no fault in our own files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use boon::{Compiler, Schemas};
use paraphe::input::{Schema, schema};
use serde_json::Value;

const HEADER: &str = "# yaml-language-server: $schema=";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed(which: Schema) -> PathBuf {
    root().join("docs/formats/schemas").join(format!("{}.schema.json", which.name()))
}

/// Our YAML files of one kind.
fn files(which: Schema) -> Vec<PathBuf> {
    let (folder, name) = match which {
        Schema::Campagne => ("samples", "campagne.yaml"),
        Schema::Etablissements => ("samples", "etablissements.yaml"),
        Schema::Indicateurs => ("annexes", "indicateurs.yaml"),
        Schema::Modele => ("contract-templates", "modele.yaml"),
    };
    let folders = fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<_> =
        folders.map(|entry| entry.unwrap().path().join(name)).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// A YAML value as an editor sees it: keys are texts, also when they look like numbers (`2018:`).
fn json(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Mapping(entries) => Value::Object(
            entries
                .into_iter()
                .map(|(key, value)| match json(key) {
                    Value::String(key) => (key, json(value)),
                    key => (key.to_string(), json(value)),
                })
                .collect(),
        ),
        serde_yaml::Value::Sequence(items) => Value::Array(items.into_iter().map(json).collect()),
        other => serde_json::to_value(other).unwrap(),
    }
}

/// What the schema has against a text.
fn faults(which: Schema, yaml: &str) -> Option<String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema(which)).unwrap();
    let compiled = compiler.compile("schema.json", &mut schemas).unwrap();
    let value = json(serde_yaml::from_str(yaml).unwrap());
    schemas.validate(&value, compiled).err().map(|faults| format!("{faults:#}"))
}

#[test]
fn the_committed_schemas_are_those_the_program_prints() {
    for which in Schema::ALL {
        let printed = format!("{}\n", serde_json::to_string_pretty(&schema(which)).unwrap());
        let kept = fs::read_to_string(committed(which)).unwrap_or_default();
        assert!(kept == printed, "run `paraphe schema {0} > docs/formats/schemas/{0}.schema.json`", which.name());
    }
}

#[test]
fn our_own_files_follow_the_schema_their_first_line_names() {
    for which in Schema::ALL {
        let files = files(which);
        assert!(!files.is_empty(), "no file of the kind `{}`", which.name());
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            let named = text.lines().next().and_then(|line| line.strip_prefix(HEADER));
            let named = named.unwrap_or_else(|| panic!("{} names no schema", path.display()));
            let named = path.parent().unwrap().join(named).canonicalize().unwrap();
            assert_eq!(named, committed(which).canonicalize().unwrap(), "{}", path.display());
            assert_eq!(faults(which, &text), None, "{}", path.display());
        }
    }
}

#[test]
fn a_mistyped_field_is_against_the_schema() {
    let text = fs::read_to_string(files(Schema::Campagne).remove(0)).unwrap();
    let faults = faults(Schema::Campagne, &text.replace("\nlibelle:", "\nlibele:")).unwrap();
    assert!(faults.contains("libele") && faults.contains("libelle"), "{faults}");
}
