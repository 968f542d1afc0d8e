//! Reasons in words.

use crate::library::TagDef;
use crate::model::{Origin, TagValue};

/// Why a value holds, in Chinese and English: the tag's sentence with its names filled in.
pub fn because(tag: &TagDef, value: &TagValue) -> (String, String) {
    match value.origin {
        Origin::Manual => match value.why.args.find("reason") {
            Some(reason) => (format!("由员工设置：{reason}"), format!("set by staff: {reason}")),
            None => ("由员工设置".to_owned(), "set by staff".to_owned()),
        },
        Origin::Imported => ("随文件导入".to_owned(), "came with an import".to_owned()),
        Origin::Computed => (fill(&tag.because.zh, value), fill(&tag.because.en, value)),
    }
}

fn fill(sentence: &str, value: &TagValue) -> String {
    value
        .why
        .args
        .iter()
        .fold(sentence.to_owned(), |text, (name, filling)| text.replace(&format!("{{{name}}}"), &filling.text()))
}
