//! Classes and attributes: only those that exist, only where they mean something.

use jotdown::AttributeKind;

use super::{Reader, tree::Node};
use crate::{
    diag::Diagnostic,
    template::{diags, nearest::nearest},
};

/// What is written in `{…}` above a block.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) classes: Vec<String>,
    pub(super) id: Option<String>,
    pub(super) pairs: Vec<(String, String)>,
}

impl Given {
    pub(super) fn read(node: &Node<'_>) -> Self {
        let mut given = Self::default();
        for (kind, value) in node.attributes.iter() {
            let value = value.to_string();
            match kind {
                AttributeKind::Class => given.classes.extend(value.split_whitespace().map(str::to_owned)),
                AttributeKind::Id => given.id = Some(value),
                AttributeKind::Pair { key } if key == "id" => given.id = Some(value),
                AttributeKind::Pair { key } if key == "class" => {
                    given.classes.extend(value.split_whitespace().map(str::to_owned));
                }
                AttributeKind::Pair { key } => given.pairs.push((key.to_string(), value)),
                AttributeKind::Comment => {}
            }
        }
        given
    }

    pub(super) fn pair(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

impl Reader<'_> {
    /// The class of a block, if it has one that exists.
    pub(super) fn class(&mut self, node: &Node<'_>, given: &Given, known: &[&str], what: &str) -> Option<String> {
        let (good, bad): (Vec<_>, Vec<_>) = given.classes.iter().partition(|class| known.contains(&class.as_str()));
        let names: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        for class in bad {
            let origin = self.rendered.origin(node.start, &format!(".{class}"));
            let help = match nearest(class, &names) {
                Some(near) => format!("did you mean `.{near}`?"),
                None if known.is_empty() => format!("{what} takes no class"),
                None => format!("{what} may be `.{}`", known.join("`, `.")),
            };
            self.tell(&diags::UNKNOWN_CLASS, origin, format!("{what} cannot be `.{class}`"), help);
        }
        if let [first, second, ..] = good.as_slice() {
            let origin = self.rendered.origin(node.start, &format!(".{second}"));
            let message = format!("{what} cannot be both `.{first}` and `.{second}`");
            self.tell(&diags::UNKNOWN_CLASS, origin, message, "keep one of the two");
        }
        good.first().map(|class| (*class).clone())
    }

    /// Tells the pairs that a block does not have.
    pub(super) fn pairs(&mut self, node: &Node<'_>, given: &Given, known: &[&str], what: &str) {
        let names: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        for (key, _) in given.pairs.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let origin = self.rendered.origin(node.start, key);
            let help = match nearest(key, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "remove it".to_owned(),
            };
            self.tell(&diags::UNKNOWN_ATTRIBUTE, origin, format!("{what} has no attribute `{key}`"), help);
        }
    }

    /// Tells an identifier where nothing can refer to it.
    pub(super) fn no_id(&mut self, node: &Node<'_>, given: &Given, what: &str) {
        if let Some(id) = &given.id {
            let origin = self.rendered.origin(node.start, &format!("#{id}"));
            let message = format!("{what} has no identifier `#{id}`");
            self.tell(&diags::UNKNOWN_ATTRIBUTE, origin, message, "only headings and tables are referred to");
        }
    }

    /// Tells every attribute of a block that has none.
    pub(super) fn plain(&mut self, node: &Node<'_>, what: &str) {
        let given = Given::read(node);
        self.class(node, &given, &[], what);
        self.pairs(node, &given, &[], what);
        self.no_id(node, &given, what);
    }

    /// A whole number of an attribute; tells what is not one.
    pub(super) fn whole(&mut self, node: &Node<'_>, key: &str, value: &str, expected: &str) -> Option<usize> {
        let number = value.parse().ok();
        if number.is_none() {
            self.refuse_value(node, key, value, expected);
        }
        number
    }

    /// Tells a value that an attribute cannot have.
    pub(super) fn refuse_value(&mut self, node: &Node<'_>, key: &str, value: &str, expected: &str) {
        let origin = self.rendered.origin(node.start, key);
        self.findings.push(
            Diagnostic::new(&diags::ATTRIBUTE_VALUE, origin, format!("`{key}` cannot be `{value}`"))
                .expected(expected)
                .found(format!("`{value}`")),
        );
    }
}
