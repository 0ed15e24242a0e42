//! Where each printed value comes from, on the sample campaigns.

use paraphe::{
    document::{Document, place_of_signs, plain_text},
    domain::VersionNum,
};

use crate::generate::campaign;

/// Every contract of a sample.
fn documents(sample: &str) -> Vec<Document> {
    let (campaign, set) = campaign(sample);
    let merge = |contract| set.merge(&campaign, contract, VersionNum::FIRST).value.unwrap();
    campaign.contracts.iter().map(merge).collect()
}

/// Each printed value of a document, with its names in the data and its places.
fn values(document: &Document) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    document.walk(&mut |block| {
        let texts = block.texts();
        for trace in &block.traces {
            let text = plain_text(texts[trace.run]);
            let range = place_of_signs(texts[trace.run], &trace.signs);
            let places: Vec<String> = trace.sources.iter().map(ToString::to_string).collect();
            found.push((text[range].to_owned(), trace.paths.join(" "), places.join("; ")));
        }
    });
    found
}

#[test]
fn zz_show() {
    for sample in ["region-2017", "region-2022"] {
        let documents = documents(sample);
        for document in &documents[..1] {
            for (text, path, place) in values(document) {
                println!("{text} | {path} | {place}");
            }
        }
        println!("{} values", documents.iter().map(|d| values(d).len()).sum::<usize>());
    }
}
