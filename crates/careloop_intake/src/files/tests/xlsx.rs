//! Workbooks, good and bad.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{Format, Formula, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::fixture::{TempFile, around, rows, told};
use crate::files::convert::{Binding, Converted};
use crate::files::map::{EncodingChoice, Map};
use crate::files::read::{OddCell, Table};

/// A workbook with one sheet whose rows are given as XML.
fn raw_workbook(sheet_data: &str) -> Vec<u8> {
    let parts = [
        ("[Content_Types].xml", r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned()),
        ("_rels/.rels", r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned()),
        ("xl/workbook.xml", r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#.to_owned()),
        ("xl/_rels/workbook.xml.rels", r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned()),
        ("xl/worksheets/sheet1.xml", format!(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet_data}</sheetData></worksheet>"#)),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refusal(bytes: Vec<u8>) -> String {
    match TempFile::new("t.xlsx", bytes).open() {
        Ok(table) => rows(&table).unwrap_err().code().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn values_come_as_people_see_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["编号", "手机", "生日", "金额", "备注"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
    }
    sheet.write(1, 0, 1001).unwrap();
    sheet.write(1, 1, 13_800_138_000_i64).unwrap();
    sheet.write_with_format(1, 2, 32_944, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write(1, 3, 0.1 + 0.2).unwrap();
    sheet.write_with_format(3, 2, 45_000.375, &Format::new().set_num_format("yyyy-mm-dd hh:mm")).unwrap();
    sheet.write(3, 4, true).unwrap();
    let table = TempFile::new("t.xlsx", book.save_to_buffer().unwrap()).open().unwrap();
    assert_eq!(table.columns(), ["编号", "手机", "生日", "金额", "备注"]);
    assert_eq!(table.encoding(), "XLSX");
    let cells = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    assert_eq!(
        told(&table),
        [
            (2, cells(["1001", "13800138000", "1990-03-12", "0.3", ""])),
            (4, cells(["", "", "2023-03-15 09:00:00", "", "true"]))
        ]
    );
}

#[test]
fn a_formula_counts_with_its_saved_result_and_is_refused_without() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap();
    sheet.write(1, 0, Formula::new("=1+1").set_result("2")).unwrap();
    let saved = TempFile::new("t.xlsx", book.save_to_buffer().unwrap()).open().unwrap();
    assert_eq!(told(&saved)[0].1, ["2"]);

    let bytes = raw_workbook(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>
           <row r="2"><c r="A2"><f>1+1</f></c><c r="B2"><v>7</v></c></row>
           <row r="3"><c r="A3"><v>3</v></c><c r="B3"><f>NOW()</f></c></row>
           <row r="4"><c r="A4"><v>4</v></c><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>"#,
    );
    let table = TempFile::new("t.xlsx", bytes).open().unwrap();
    let found = rows(&table).unwrap();
    assert_eq!(
        [found[0].odd(0), found[0].odd(1), found[2].odd(1)],
        [Some(OddCell::FormulaWithoutValue), None, Some(OddCell::ErrorValue)]
    );

    let map = Map::from_toml("kind = \"people\"\nsource_id = \"id\"\n[fields]\nname = \"name\"").unwrap();
    let binding = Binding::new(&map, &table, &around()).unwrap();
    let mut warnings = Vec::new();
    let refused = binding.convert(&found[1], &around(), &mut warnings).unwrap_err();
    assert_eq!((refused.column.as_str(), refused.code), ("name", "formula_without_value"));
    assert!(matches!(binding.convert(&found[2], &around(), &mut warnings), Ok(Converted::Person(_))));
    assert_eq!(warnings[0].code, "error_value");
    let unused = Map::from_toml("kind = \"people\"\nsource_id = \"id\"").unwrap();
    let binding = Binding::new(&unused, &table, &around()).unwrap();
    assert!(
        binding.convert(&found[1], &around(), &mut warnings).is_ok(),
        "a column that is not mapped does not matter"
    );
}

#[test]
fn cells_beyond_the_header_make_a_row_ragged() {
    let bytes = raw_workbook(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>
           <row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>9</v></c></row><row r="3"><c r="A3"><v>2</v></c></row>"#,
    );
    let table = TempFile::new("t.xlsx", bytes).open().unwrap();
    assert_eq!(told(&table), [(2, vec!["(ragged_row)".to_owned()]), (3, vec!["2".to_owned()])]);
}

#[test]
fn a_sheet_is_chosen_by_name() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("封面").unwrap().write(0, 0, "x").unwrap();
    book.add_worksheet().set_name("客户").unwrap().write(0, 0, "id").unwrap();
    let file = TempFile::new("t.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(Table::open(&file.path(), EncodingChoice::Auto, None).unwrap().sheet(), Some("封面"));
    assert_eq!(Table::open(&file.path(), EncodingChoice::Auto, Some("客户")).unwrap().columns(), ["id"]);
    let error = Table::open(&file.path(), EncodingChoice::Auto, Some("员工")).unwrap_err();
    assert_eq!(error.message(), "the workbook has no such sheet; it has: 封面, 客户");
}

#[test]
fn damaged_workbooks_are_refused() {
    let whole = raw_workbook(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#);
    assert_eq!(refusal(whole[..whole.len() / 2].to_vec()), "files.damaged", "cut off");
    assert_eq!(refusal(b"PK\x03\x04 and nothing more".to_vec()), "files.damaged");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("hello.txt", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"hello").unwrap();
    assert_eq!(refusal(zip.finish().unwrap().into_inner()), "files.damaged", "a zip that is no workbook");
    let backwards = raw_workbook(
        r#"<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#,
    );
    assert_eq!(refusal(backwards), "files.damaged", "rows out of order");
    assert_eq!(refusal(raw_workbook("")), "files.empty");
}

#[test]
fn a_sheet_that_unpacks_without_end_is_refused_before_it_is_read() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..70 {
        zip.write_all(&blanks).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "70 MiB in {} bytes", bytes.len());
    assert_eq!(refusal(bytes.clone()), "files.zip_bomb");

    // The same with sizes that lie: both headers say that the part holds one byte.
    let mut lying = bytes;
    for (magic, offset) in [(&b"PK\x03\x04"[..], 22), (b"PK\x01\x02", 24)] {
        let at = lying.windows(4).position(|window| window == magic).unwrap() + offset;
        lying[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert!(["files.zip_bomb", "files.damaged"].contains(&refusal(lying).as_str()));
}
