//! Any text as a map, any bytes as a CSV file: reading never panics, lines only go forward, every row comes to an end as a
//! record, an event or a reject.
#![no_main]

use std::collections::HashMap;
use std::sync::LazyLock;

use careloop_intake::files::convert::{Binding, Surroundings};
use careloop_intake::files::map::Map;
use careloop_intake::files::read::read_text;
use careloop_kernel::Currency;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

const MAPS: [&str; 2] = [
    "kind = \"people\"\nsource_id = \"a\"\n[fields]\nphone = [\"b\", \"c\"]\nbirth_date = { column = \"c\", format = \"%Y%m%d\" }\nid_card = \"d\"\ncreated_at = \"d\"",
    "kind = \"events\"\nevent = { column = \"b\", values = { x = \"payment.received\" } }\nperson = { source_id = \"a\" }\nat = \"c\"\n[props]\namount = \"d\"",
];

static AROUND: LazyLock<Surroundings> = LazyLock::new(|| Surroundings {
    clinics: HashMap::new(),
    zone: TimeZone::get("Asia/Shanghai").expect("a zone of the bundle"),
    currency: Currency::CNY,
    today: jiff::civil::date(2026, 3, 2),
    source: 2,
});

fuzz_target!(|input: (&str, &[u8])| {
    let (map, bytes) = input;
    let _ = Map::from_toml(map);
    let columns = ["a", "b", "c", "d"].map(str::to_owned);
    let Ok(rows) = read_text(bytes, b',', &columns) else { return };
    assert!(rows.windows(2).all(|pair| pair[0].line() < pair[1].line()));
    for map in MAPS {
        let map = Map::from_toml(map).expect("a good map");
        let binding = Binding::to_columns(&map, &columns, true, &AROUND).expect("its columns are there");
        for row in &rows {
            let mut warnings = Vec::new();
            if let Err(issue) = binding.convert(row, &AROUND, &mut warnings) {
                assert!(!issue.code.is_empty());
            }
        }
    }
});
