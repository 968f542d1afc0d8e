//! What the CSV reader makes of good and bad text.

use proptest::prelude::*;

use super::fixture::{TempFile, rows, told};
use crate::files::read::read_text;

fn csv(text: &str) -> Vec<(u64, Vec<String>)> {
    told(&TempFile::new("t.csv", text).open().unwrap())
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    let error = TempFile::new("t.csv", text).open().unwrap_err();
    format!("{}: {}", error.code(), error.message())
}

#[test]
fn quotes_line_ends_and_delimiters_are_found_out() {
    let expected = vec![row(2, &["1", "a, \"b\""]), row(3, &["2", ""])];
    for text in [
        "id,name\n1,\"a, \"\"b\"\"\"\n2,\n",
        "id,name\r\n1,\"a, \"\"b\"\"\"\r\n2,\r\n",
        "id,name\r1,\"a, \"\"b\"\"\"\r2,",
        "id;name\n1;a, \"b\"\n2;",
        "id\tname\n1\ta, \"b\"\n2\t\n",
        "id|name\n1|a, \"b\"\n2|\n",
        "\u{feff}id,name\n\"1\" ,\"a, \"\"b\"\"\"\n2,\n",
    ] {
        assert_eq!(csv(text), expected, "{text:?}");
    }
    assert_eq!(csv("sep=;\nid;name\n1;x\n"), [row(3, &["1", "x"])], "Excel's own first line");
    assert_eq!(csv("id\n1\n"), [row(2, &["1"])], "one column");
}

#[test]
fn a_cell_of_several_lines_keeps_the_count_of_lines() {
    assert_eq!(csv("id,note\n1,\"a\nb\r\nc\"\n\n2,x\n"), [row(2, &["1", "a\nb\r\nc"]), row(6, &["2", "x"])]);
}

#[test]
fn a_ragged_row_is_refused_alone() {
    assert_eq!(
        csv("a,b\n1\n1,2,3\n1,2\n"),
        [row(2, &["(ragged_row)"]), row(3, &["(ragged_row)"]), row(4, &["1", "2"])]
    );
    let fault = rows(&TempFile::new("t.csv", "a,b\n1\n").open().unwrap()).unwrap()[0].fault().cloned().unwrap();
    assert_eq!(fault.reason, "the row has 1 cells, the header 2; correct the line");
}

#[test]
fn a_stray_quote_spoils_its_own_line_only() {
    let unclosed = "a,b\n1,\"x\n2,y\n3,z\n";
    assert_eq!(csv(unclosed), [row(2, &["(unclosed_quote)"]), row(3, &["2", "y"]), row(4, &["3", "z"])]);
    assert_eq!(csv(&unclosed.replace('\n', "\r")), csv(unclosed), "lines of an old Mac end too");
    assert_eq!(csv(&unclosed.replace('\n', "\r\n")), csv(unclosed));
    let met = "a,b\n1,\"x\n2,y\n3,\"z, w\"\n4,v\n";
    assert_eq!(csv(met)[1..], [row(3, &["2", "y"]), row(4, &["3", "z, w"]), row(5, &["4", "v"])]);
    assert_eq!(csv(met)[0], row(2, &["(text_after_quote)"]));
    let closed_by_chance = "a,b\n1,\"x\n2,y\n3,\"\n4,v\n";
    assert_eq!(csv(closed_by_chance).len(), 2, "a quote that closes properly is a cell of three lines");
    assert_eq!(
        csv("a,b,c\n1,\"x\n2,y,z\n3,\"\n4,v,w\n")[1..2],
        [row(3, &["2", "y", "z"])],
        "a ragged record of several lines"
    );
}

#[test]
fn a_quote_that_swallows_a_megabyte_is_given_up() {
    let mut text = "a,b\n1,\"x\n".to_owned();
    for number in 0..120_000 {
        text.push_str(&format!("{number},yyyyyyyy\n"));
    }
    let found = csv(&text);
    assert_eq!(found.len(), 120_001);
    assert_eq!(found[0], row(2, &["(row_too_long)"]));
    assert_eq!(found[1], row(3, &["0", "yyyyyyyy"]));
}

#[test]
fn nul_bytes_and_endless_cells_are_refused_by_row() {
    let filler = "1,plain text that makes the file look like text\n".repeat(20);
    let text = format!("a,b\n{filler}1,x\0y\n2,{}\n3,ok\n", "z".repeat(70_000));
    let found = csv(&text);
    assert_eq!(found[20..], [row(22, &["(nul_byte)"]), row(23, &["(cell_too_long)"]), row(24, &["3", "ok"])]);
}

#[test]
fn blank_lines_are_no_rows_and_a_header_alone_is_a_table() {
    assert_eq!(csv("\n\na,b\n\n,\n1,2\n\n"), [row(6, &["1", "2"])]);
    assert_eq!(csv("a,b"), []);
}

#[test]
fn broken_files_are_refused_with_the_next_step() {
    for (bytes, expected) in [
        (&b""[..], "files.empty: the file is empty; export it again"),
        (b"\n\n\n", "files.empty: the file has no header; export it again"),
        (
            b"a,b,a\n1,2,3\n",
            "files.duplicate_header: columns 1 and 3 of line 1 are both called `a`; rename one of them",
        ),
        (
            b"%PDF-1.4\n\x00\x01\x02\x03\x04",
            "files.not_a_table: this is neither a CSV file nor an .xlsx workbook; export the table as one of them",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "files.old_excel: this is an old .xls workbook or one with a password; save it as .xlsx without a password, or as CSV",
        ),
        (
            b"a,\"b\n1,2\n",
            "files.header: line 1, the header, is broken: a quote opened in this line is never closed; correct the line",
        ),
    ] {
        assert_eq!(refusal(bytes), expected);
    }
}

#[test]
fn columns_without_a_name_are_numbered() {
    assert_eq!(TempFile::new("t.csv", " a ,,\n1,2,3\n").open().unwrap().columns(), ["a", "#2", "#3"]);
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z\"张伟,;\n\r |']{0,8}", "[0-9]{1,6}", Just("x".to_owned())]
}

proptest! {
    #[test]
    fn any_table_survives_being_written_and_read(table in prop::collection::vec(prop::collection::vec(cell(), 3), 1..12)) {
        let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for record in &table {
            writer.write_record(record).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let columns = ["a", "b", "c"].map(str::to_owned);
        let read = read_text(&text, b',', &columns).unwrap();
        let cells: Vec<Vec<String>> = read.iter().map(|row| row.cells().map(str::to_owned).collect()).collect();
        let kept: Vec<Vec<String>> = table.iter().filter(|record| record.iter().any(|cell| !cell.trim().is_empty())).cloned().collect();
        prop_assert!(read.iter().all(|row| row.fault().is_none()));
        prop_assert_eq!(cells, kept);
        let mut line = 2;
        let mut lines = read.iter().map(crate::files::read::Row::line);
        for record in &table {
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                prop_assert_eq!(lines.next(), Some(line));
            }
            line += 1 + record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        }
    }

    #[test]
    fn any_text_is_read_to_its_end_without_losing_a_line(text in "[ab,\"\n\r]{0,200}") {
        let columns = ["a", "b"].map(str::to_owned);
        let text = format!("a,b\n{text}");
        let read = read_text(text.as_bytes(), b',', &columns).unwrap();
        prop_assert!(read.windows(2).all(|pair| pair[0].line() < pair[1].line()));
        prop_assert!(read.iter().all(|row| row.fault().is_some() || row.width() == 2));
    }
}
