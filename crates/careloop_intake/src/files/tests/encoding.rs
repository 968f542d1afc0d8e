//! Which encoding a file is found to have, and that a wrong one is never guessed away.

use std::fmt::Write as _;

use encoding_rs::GB18030;

use super::fixture::{TempFile, told};
use crate::files::map::EncodingChoice;
use crate::files::read::Table;

fn gb18030(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

const TEXT: &str = "编号,姓名\n1,张伟\n2,李娜\n";

#[test]
fn utf8_gb18030_and_utf16_are_told_apart() {
    let utf16: Vec<u8> = format!("\u{feff}{TEXT}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = format!("\u{feff}{TEXT}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, name) in [
        (TEXT.as_bytes().to_vec(), "UTF-8"),
        (format!("\u{feff}{TEXT}").into_bytes(), "UTF-8"),
        (gb18030(TEXT), "GB18030"),
        (utf16, "UTF-16"),
        (big, "UTF-16"),
        (b"id\n1\n".to_vec(), "UTF-8"),
    ] {
        let table = TempFile::new("t.csv", bytes).open().unwrap();
        assert_eq!(table.encoding(), name);
        if table.columns().len() == 2 {
            assert_eq!(table.columns(), ["编号", "姓名"]);
            assert_eq!(told(&table)[0].1, ["1", "张伟"]);
        }
    }
}

#[test]
fn the_first_chinese_letter_may_stand_far_down() {
    let mut text = "id,name\n".to_owned();
    for number in 0..40_000 {
        writeln!(text, "{number},plain").unwrap();
    }
    text.push_str("40000,\u{3400}张\n");
    let table = TempFile::new("t.csv", gb18030(&text)).open().unwrap();
    assert_eq!(table.encoding(), "GB18030");
    assert_eq!(told(&table).last().unwrap().1, ["40000", "\u{3400}张"], "four-byte letters too");
}

#[test]
fn letters_on_the_edge_of_a_chunk_are_whole() {
    for shift in 0..4 {
        let name = "张伟".repeat(60_000);
        let text = format!(
            "id,name{}\n1,x\n{}\n",
            "x".repeat(shift),
            (0..4).map(|number| format!("{number},{}", &name[..60_000])).collect::<Vec<_>>().join("\n")
        );
        for bytes in [text.clone().into_bytes(), gb18030(&text)] {
            let table = TempFile::new("t.csv", bytes).open().unwrap();
            assert_eq!(told(&table)[3].1[1], name[..60_000]);
        }
    }
}

fn refusal(bytes: Vec<u8>, choice: EncodingChoice) -> String {
    Table::open(&TempFile::new("t.csv", bytes).path(), choice, None).unwrap_err().message().to_owned()
}

#[test]
fn a_damaged_letter_is_an_error_with_its_line_and_never_gibberish() {
    let mut damaged = "编号,姓名\n1,张伟王芳李娜刘洋陈静\n2,李娜\n".as_bytes().to_vec();
    damaged.extend_from_slice(b"3,\xe5\xbc\n4,ok\n");
    let expected = "line 4 is not UTF-8; save the file as UTF-8, or set `encoding` in the map to what it is";
    assert_eq!(refusal(damaged, EncodingChoice::Auto), expected);
    let neither = b"id,name\n1,\xff\xff\xff\n".to_vec();
    assert_eq!(
        refusal(neither, EncodingChoice::Auto),
        "the text is neither UTF-8 (line 2) nor GB18030 (line 2); save it as UTF-8"
    );
}

#[test]
fn what_the_map_says_is_checked() {
    let bytes = gb18030(TEXT);
    let expected = "line 1 is not UTF-8; save the file as UTF-8, or set `encoding` in the map to what it is";
    assert_eq!(refusal(bytes.clone(), EncodingChoice::Utf8), expected);
    let table = Table::open(&TempFile::new("t.csv", bytes).path(), EncodingChoice::Gb18030, None).unwrap();
    assert_eq!(table.columns(), ["编号", "姓名"]);
}
