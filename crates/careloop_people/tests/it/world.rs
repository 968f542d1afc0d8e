//! A small chain to test with: a source, and records that collide.

use careloop_db::{FromQueryResult, all, run};
use careloop_people::{Gender, IncomingRecord, PhoneNumber, PhoneRole, RecordFields};
use careloop_testkit::TestDb;

/// Adds a file source and gives its number.
pub async fn add_source(test: &TestDb, name: &str) -> i64 {
    let id = format!("src_{:0>26}", name.len());
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ($1, $2, 'file', FALSE, 0)";
    run(test.db.write(), sql, [id.into(), name.into()]).await.unwrap();
    #[derive(FromQueryResult)]
    struct Row {
        ord: i64,
    }
    all::<Row>(test.db.read(), "SELECT ord FROM sources WHERE name = $1", [name.into()]).await.unwrap()[0].ord
}

/// A row with a name, a birth date and a phone; empty texts are left out.
pub fn row(key: &str, name: &str, birth: &str, phone: &str) -> IncomingRecord {
    let phones = (!phone.is_empty()).then(|| PhoneNumber { text: phone.into(), role: PhoneRole::Own });
    let fields = RecordFields {
        name: (!name.is_empty()).then(|| name.into()),
        birth_date: birth.parse().ok(),
        phones: phones.into_iter().collect(),
        ..RecordFields::default()
    };
    IncomingRecord { source_key: key.into(), fields, ..IncomingRecord::default() }
}

/// Repeatable choices.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub fn pick<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[usize::try_from(self.below(values.len() as u64)).unwrap()]
    }
}

/// A row of a town where everybody is called alike and phones are few.
pub fn muddled(dice: &mut Dice, key: u64) -> IncomingRecord {
    let name = dice.pick(&[
        "王小明",
        "王晓明",
        "王子轩",
        "王子涵",
        "李梅",
        "小雨妈妈",
        "王小雨",
        "赵国强",
        "阳光",
        "Xiaoming Wang",
        "",
    ]);
    let phone = ["", "", "139123456"]
        .get(usize::try_from(dice.below(3)).unwrap())
        .map(|head| if head.is_empty() { String::new() } else { format!("{head}{:02}", dice.below(40)) });
    let birth = dice.pick(&["1990-03-12", "1990-12-03", "2016-05-20", "1988-06-02", "1900-01-01", "", ""]);
    let mut row = row(&format!("k{key}"), name, birth, &phone.unwrap_or_default());
    let fields = &mut row.fields;
    if dice.below(4) == 0 {
        fields.union_id = Some(format!("union-{}", dice.below(30)));
    }
    if dice.below(6) == 0 {
        fields.guardian_name = Some("李梅".into());
    }
    if dice.below(3) == 0 {
        fields.gender = Some(if dice.below(2) == 0 { Gender::Male } else { Gender::Female });
    }
    if dice.below(5) == 0 {
        let flat = dice.pick(&["", "2栋301"]);
        fields.address.text = Some(format!("朝阳区建国东大路1{:02}号{flat}", dice.below(12)));
    }
    if dice.below(6) == 0 {
        fields.wecom_external_id = Some(format!("wm-{}", dice.below(20)));
    }
    if dice.below(8) == 0 {
        fields.guardian_phone = Some(format!("139123456{:02}", dice.below(40)));
    }
    row
}
