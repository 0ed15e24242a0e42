//! The scopes of a walk: what a name means inside `#each`, `#with` and partials, as Handlebars has it.

use std::borrow::Cow;

use serde_json::{Map, Value as Json, json};

/// A value and the place it has in the data, `volets[0].intitule`.
#[derive(Debug, Clone)]
pub(super) struct Value<'d> {
    pub(super) json: Cow<'d, Json>,
    /// Absent for what a helper or the template itself made.
    pub(super) path: Option<String>,
}

/// What a name leads to.
#[derive(Debug)]
pub(super) enum Lookup<'d> {
    Found(Value<'d>),
    Missing {
        /// Path of what was reached; empty for the root, `None` for what is no data.
        parent: Option<String>,
        /// The name that it has not.
        name: String,
        /// The names that it has.
        known: Vec<String>,
        /// Whether what was reached is `null`: a name inside an optional part.
        is_null: bool,
    },
}

/// `@index`, `@key`, `@first`, `@last`.
#[derive(Debug, Clone, Default)]
pub(super) struct Locals {
    pub(super) index: usize,
    pub(super) key: Json,
    pub(super) first: bool,
    pub(super) last: bool,
    /// Whether an `#each` is open.
    pub(super) is_set: bool,
}

#[derive(Debug)]
struct Scope<'d> {
    value: Value<'d>,
    locals: Locals,
    params: Vec<(String, Value<'d>)>,
}

/// The open scopes, outermost first; the first is the root.
#[derive(Debug)]
pub(super) struct Scopes<'d>(Vec<Scope<'d>>);

impl<'d> Value<'d> {
    /// A value that is not in the data.
    pub(super) fn made(json: Json) -> Self {
        Self { json: Cow::Owned(json), path: None }
    }

    /// An element of a list.
    pub(super) fn item(&self, index: usize) -> Self {
        let path = self.path.as_ref().map(|path| format!("{path}[{index}]"));
        let json = match &self.json {
            Cow::Borrowed(json) => json.get(index).map(Cow::Borrowed),
            Cow::Owned(json) => json.get(index).cloned().map(Cow::Owned),
        };
        Self { json: json.unwrap_or(Cow::Owned(Json::Null)), path }
    }

    /// A field of a group; `null` when it has none of that name.
    pub(super) fn field(&self, name: &str) -> Self {
        let path = self.path.as_ref().map(|path| match path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        });
        let json = match &self.json {
            Cow::Borrowed(json) => json.get(name).map(Cow::Borrowed),
            Cow::Owned(json) => json.get(name).cloned().map(Cow::Owned),
        };
        Self { json: json.unwrap_or(Cow::Owned(Json::Null)), path }
    }

    fn descend(self, segments: &[&str]) -> Lookup<'d> {
        let mut value = self;
        for segment in segments {
            let index = value
                .json
                .as_array()
                .and_then(|items| segment.parse::<usize>().ok().filter(|index| *index < items.len()));
            value = match index {
                Some(index) => value.item(index),
                None if value.json.as_object().is_some_and(|map| map.contains_key(*segment)) => value.field(segment),
                None => {
                    let known = value.json.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
                    let is_null = value.json.is_null();
                    return Lookup::Missing { parent: value.path, name: (*segment).to_owned(), known, is_null };
                }
            };
        }
        Lookup::Found(value)
    }
}

impl<'d> Scopes<'d> {
    pub(super) fn new(data: &'d Json) -> Self {
        let value = Value { json: Cow::Borrowed(data), path: Some(String::new()) };
        Self(vec![Scope { value, locals: Locals::default(), params: Vec::new() }])
    }

    /// Opens a scope. Named values are also fields of it, as in a partial given `name=value`.
    pub(super) fn push(&mut self, value: Value<'d>, locals: Locals, params: Vec<(String, Value<'d>)>) {
        self.0.push(Scope { value, locals, params });
    }

    pub(super) fn pop(&mut self) {
        if self.0.len() > 1 {
            self.0.pop();
        }
    }

    /// What `this` is.
    pub(super) fn current(&self) -> Value<'d> {
        self.0.last().map_or_else(|| Value::made(Json::Object(Map::new())), |scope| scope.value.clone())
    }

    /// The locals of the innermost scope.
    pub(super) fn locals(&self) -> Locals {
        self.0.last().map(|scope| scope.locals.clone()).unwrap_or_default()
    }

    /// What a path as written in a template leads to.
    pub(super) fn find(&self, raw: &str) -> Lookup<'d> {
        let local = raw.starts_with('@') && !raw.starts_with("@root");
        let mut segments: Vec<&str> = split(raw.trim_start_matches("@root").trim_start_matches('@'));
        let ups = segments.iter().take_while(|segment| **segment == "..").count();
        segments.drain(..ups);
        let Some(scope) = self.0.len().checked_sub(1 + ups).and_then(|index| self.0.get(index)) else {
            return Lookup::Missing { parent: None, name: "..".to_owned(), known: Vec::new(), is_null: false };
        };
        if local {
            return scope.local(segments.first().copied().unwrap_or_default());
        }
        if raw.starts_with("@root") {
            return self.0.first().map_or_else(|| self.current(), |root| root.value.clone()).descend(&segments);
        }
        let param = segments.first().and_then(|name| {
            let mut params = self.0.iter().rev().flat_map(|scope| &scope.params);
            params.find(|(known, _)| known == name)
        });
        match param {
            Some((_, value)) if ups == 0 => value.clone().descend(segments.get(1..).unwrap_or_default()),
            _ => scope.value.clone().descend(&segments),
        }
    }
}

impl Scope<'_> {
    fn local<'d>(&self, name: &str) -> Lookup<'d> {
        let Locals { index, key, first, last, is_set } = &self.locals;
        let value = match name {
            "index" => json!(index),
            "key" => key.clone(),
            "first" => json!(first),
            "last" => json!(last),
            _ => Json::Null,
        };
        if *is_set && !value.is_null() {
            Lookup::Found(Value::made(value))
        } else {
            let known = ["first", "index", "key", "last"].map(str::to_owned).to_vec();
            Lookup::Missing { parent: None, name: name.to_owned(), known, is_null: false }
        }
    }
}

/// The names of a path: separated by `.` or `/`, bare or between `[ ]`; `this` and `.` stand for the place itself.
fn split(raw: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() {
        if let Some(up) = rest.strip_prefix("..") {
            segments.push("..");
            rest = up;
        } else if let Some(bracket) = rest.strip_prefix('[') {
            let (name, after) = bracket.split_once(']').unwrap_or((bracket, ""));
            segments.push(name);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(['.', '/']) {
            rest = after;
        } else {
            let end = rest.find(['.', '/']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name != "this" {
                segments.push(name);
            }
            rest = after;
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_through_scopes() {
        let data = json!({ "a": { "b": [{ "c": 1 }, { "c": null }] }, "d": 2 });
        let mut scopes = Scopes::new(&data);
        let Lookup::Found(list) = scopes.find("a.b") else { panic!("a.b") };
        scopes.push(list.item(1), Locals { index: 1, is_set: true, ..Locals::default() }, Vec::new());
        for (raw, path) in [("c", "a.b[1].c"), ("this.c", "a.b[1].c"), ("../d", "d"), ("@root.a/b.[0].c", "a.b[0].c")] {
            match scopes.find(raw) {
                Lookup::Found(value) => assert_eq!(value.path.as_deref(), Some(path), "{raw}"),
                Lookup::Missing { name, .. } => panic!("{raw}: {name}"),
            }
        }
        assert!(matches!(scopes.find("@index"), Lookup::Found(_)));
        assert!(matches!(scopes.find("d"), Lookup::Missing { .. }));
        assert!(matches!(scopes.find("../../d"), Lookup::Missing { .. }));
    }
}
