//! The signature boxes.

use jotdown::Container;

use super::{
    Reader,
    attributes::Given,
    tree::{Kind, Node},
};
use crate::{
    diag::Diagnostic,
    document::{Inline, SignatureBox},
    domain::Partie,
    template::diags,
};

impl Reader<'_> {
    /// One box for each party, in signing order.
    pub(super) fn signatures(&mut self, node: &Node<'_>) -> Vec<SignatureBox> {
        let mut boxes = Vec::new();
        for child in &node.children {
            match &child.kind {
                Kind::Container(Container::Paragraph) => boxes.extend(self.signature(child)),
                Kind::Container(_) => {
                    self.refuse(child, "this block inside `::: signatures`", "write one paragraph for each party");
                }
                Kind::Leaf(_) => self.leaf(child),
            }
        }
        let parties: Vec<Partie> = boxes.iter().map(|signature: &SignatureBox| signature.partie).collect();
        if parties != Partie::ALL {
            let found: Vec<&str> = parties.iter().map(|partie| partie.slug()).collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            self.findings.push(
                Diagnostic::new(
                    &diags::SIGNATURES,
                    self.rendered.at(node.start),
                    "the signature boxes are not one for each party, in signing order",
                )
                .expected(Partie::ALL.map(Partie::slug).join(", "))
                .found(found),
            );
        }
        boxes
    }

    fn signature(&mut self, node: &Node<'_>) -> Option<SignatureBox> {
        let given = Given::read(node);
        self.class(node, &given, &[], "a signature box");
        self.pairs(node, &given, &["partie"], "a signature box");
        self.no_id(node, &given, "a signature box");
        let slug = given.pair("partie").unwrap_or_default();
        let partie = Partie::from_slug(slug);
        if partie.is_none() {
            let origin = self.rendered.origin(node.start, "partie");
            self.findings.push(
                Diagnostic::new(&diags::ATTRIBUTE_VALUE, origin, "a signature box has no party")
                    .expected("`{partie=etablissement}`, `{partie=cpam}` or `{partie=ars}` above the paragraph")
                    .found(if slug.is_empty() { "nothing".to_owned() } else { format!("`{slug}`") }),
            );
        }
        let content = self.inlines(&node.children);
        let lines = content.split(|inline| matches!(inline, Inline::Break)).map(<[Inline]>::to_vec);
        let caption: Vec<Vec<Inline>> = lines.collect();
        self.cut_last_run(&caption);
        Some(SignatureBox { partie: partie?, caption })
    }
}
