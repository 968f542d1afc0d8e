//! The CDNOW purchases: segments give what another engine computes from the raw rows by SQL.

use careloop_events::NewEvent;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Currency, Money};
use careloop_testkit::TestDb;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, FromQueryResult, Statement};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/cdnow_sample.csv");
const CELLS: [&str; 8] =
    ["重要价值", "重要发展", "重要保持", "重要挽留", "一般价值", "一般发展", "一般保持", "一般挽留"];
const AS_OF: &str = "1998-07-01";

pub struct Order {
    number: String,
    customer: String,
    date: String,
    cents: i64,
}

pub fn orders() -> Vec<Order> {
    let mut reader = csv::Reader::from_path(FILE).unwrap();
    let order = |row: csv::StringRecord| Order {
        number: row[0].to_owned(),
        customer: row[1].to_owned(),
        date: format!("{}-{}-{}", &row[2][..4], &row[2][4..6], &row[2][6..]),
        cents: row[4].replace('.', "").parse().unwrap(),
    };
    reader.records().map(|row| order(row.unwrap())).collect()
}

/// The raw rows in an engine of their own.
async fn raw(orders: &[Order]) -> DatabaseConnection {
    let raw = Database::connect("sqlite::memory:").await.unwrap();
    raw.execute_unprepared("CREATE TABLE orders (customer TEXT, day TEXT, cents INTEGER); CREATE INDEX orders_customer ON orders (customer, day)").await.unwrap();
    for chunk in orders.chunks(500) {
        let rows: Vec<String> =
            chunk.iter().map(|order| format!("('{}', '{}', {})", order.customer, order.date, order.cents)).collect();
        raw.execute_unprepared(&format!("INSERT INTO orders VALUES {}", rows.join(", "))).await.unwrap();
    }
    raw
}

#[derive(FromQueryResult)]
struct Cell {
    name: String,
    people: i64,
}

async fn ask(raw: &DatabaseConnection, sql: &str) -> Vec<(String, i64)> {
    let rows = Cell::find_by_statement(Statement::from_string(raw.get_database_backend(), sql.to_owned()))
        .all(raw)
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.name, row.people)).collect()
}

async fn number(raw: &DatabaseConnection, expression: &str) -> i64 {
    ask(raw, &format!("SELECT 'n' AS name, {expression} AS people")).await[0].1
}

pub async fn import(test: &TestDb, orders: &[Order]) {
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ('src_00000000000000000000000009', 'cdnow', 'file', TRUE, 0)";
    careloop_db::execute(test.db.write(), sql, []).await.unwrap();
    let keys: Vec<String> = orders.iter().map(|order| order.customer.clone()).collect();
    let records = careloop_people::ensure_records(&test.db, &test.ctx, 2, &keys).await.unwrap();
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let event = |(order, record): (&Order, &i64)| NewEvent {
        kind: "payment.received".to_owned(),
        record: *record,
        clinic: None,
        source: 2,
        message_id: order.number.clone(),
        at: order.date.parse::<Date>().unwrap().to_zoned(zone.clone()).unwrap().timestamp(),
        amount: Some(Money::of_minor(order.cents, Currency::CNY)),
        props: serde_json::Map::new(),
        flags: 0,
    };
    let events: Vec<NewEvent> = orders.iter().zip(&records).map(event).collect();
    let tx = test.db.begin().await.unwrap();
    careloop_events::append(&*tx, test.db.engine(), &test.ctx, &events).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn count(test: &TestDb, rule: Value, as_of: &str) -> i64 {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let as_of = careloop_kernel::parse_instant(as_of, &zone).unwrap();
    let read = test.ctx.require::<ReadSegments>().unwrap();
    i64::try_from(careloop_segments::count(&test.db, &read, &rule, Some(as_of)).await.unwrap()).unwrap()
}

/// The definition at the head of `catalog/tags/val.toml`, in SQL: cut points by cumulative share, cells by the mean score.
const RFM: &str = "
WITH paid AS MATERIALIZED (SELECT customer, day, cents FROM orders WHERE cents > 0 AND day < '1998-07-01'),
person AS MATERIALIZED (
  SELECT p.customer, CAST(julianday('1998-07-01') - julianday(MAX(p.day)) AS INTEGER) AS days,
         (SELECT COUNT(DISTINCT day) FROM orders q WHERE q.customer = p.customer AND cents > 0 AND day >= since AND day < '1998-07-01') AS f,
         (SELECT COALESCE(SUM(cents), 0) FROM orders q WHERE q.customer = p.customer AND day >= since AND day < '1998-07-01') AS m
  FROM paid p, (SELECT date('1998-07-01', '-365 days') AS since) GROUP BY p.customer),
r_rank AS (SELECT days AS v, CUME_DIST() OVER (ORDER BY days) AS share FROM person),
f_rank AS (SELECT f AS v, CUME_DIST() OVER (ORDER BY f) AS share FROM person WHERE f > 0),
m_rank AS (SELECT m AS v, CUME_DIST() OVER (ORDER BY m) AS share FROM person WHERE f > 0),
steps(step) AS (VALUES (0.2), (0.4), (0.6), (0.8)),
r_cut AS MATERIALIZED (SELECT (SELECT MIN(v) FROM r_rank WHERE share >= step - 1e-12) AS cut FROM steps),
f_cut AS MATERIALIZED (SELECT (SELECT MIN(v) FROM f_rank WHERE share >= step - 1e-12) AS cut FROM steps),
m_cut AS MATERIALIZED (SELECT (SELECT MIN(v) FROM m_rank WHERE share >= step - 1e-12) AS cut FROM steps),
scored AS MATERIALIZED (
  SELECT customer, 5 - (SELECT COUNT(*) FROM r_cut WHERE cut < days) AS r,
         CASE WHEN f = 0 THEN 1 ELSE 1 + (SELECT COUNT(*) FROM f_cut WHERE cut < f) END AS f,
         CASE WHEN f = 0 THEN 1 ELSE 1 + (SELECT COUNT(*) FROM m_cut WHERE cut < m) END AS m
  FROM person),
mean AS (SELECT AVG(r) AS r, AVG(f) AS f, AVG(m) AS m FROM scored)";

#[tokio::test]
async fn cdnow_gives_what_plain_sql_gives() {
    let test = TestDb::sqlite().await;
    let orders = orders();
    let raw = raw(&orders).await;
    import(&test, &orders).await;
    let customers = number(&raw, "(SELECT COUNT(DISTINCT customer) FROM orders)").await;
    assert_eq!((customers, orders.len()), (2357, 6919));
    assert_eq!(count(&test, json!({"event":"payment.received"}), AS_OF).await, customers);
    for (rule, sql) in [
        (
            json!({"event":"payment.received","count":{"gte":2}}),
            "(SELECT COUNT(*) FROM (SELECT customer FROM orders GROUP BY customer HAVING COUNT(*) >= 2))",
        ),
        (
            json!({"tag":"val.second_purchase","is":true}),
            "(SELECT COUNT(*) FROM (SELECT customer FROM orders WHERE cents > 0 GROUP BY customer HAVING COUNT(DISTINCT day) >= 2))",
        ),
        (
            json!({"event":"payment.received","sum":{"field":"amount","gte":"100.00"}}),
            "(SELECT COUNT(*) FROM (SELECT customer FROM orders GROUP BY customer HAVING SUM(cents) >= 10000))",
        ),
        (
            json!({"event":"payment.received","from":"1997-06-01","to":"1997-07-01"}),
            "(SELECT COUNT(DISTINCT customer) FROM orders WHERE day >= '1997-06-01' AND day < '1997-07-01')",
        ),
        (
            json!({"event":"payment.received","within":"180d","count":{"gte":2}}),
            "(SELECT COUNT(*) FROM (SELECT customer FROM orders WHERE day >= date('1998-07-01', '-180 days') GROUP BY customer HAVING COUNT(*) >= 2))",
        ),
        (
            json!({"event":"payment.received","last":{"before":"365d"}}),
            "(SELECT COUNT(*) FROM (SELECT customer FROM orders GROUP BY customer HAVING MAX(day) < date('1998-07-01', '-365 days')))",
        ),
    ] {
        assert_eq!(count(&test, rule.clone(), AS_OF).await, number(&raw, sql).await, "{rule}");
    }
    let before = "1997-09-30";
    assert_eq!(
        count(&test, json!({"event":"payment.received","count":{"gte":3}}), before).await,
        number(&raw, "(SELECT COUNT(*) FROM (SELECT customer FROM orders WHERE day < '1997-09-30' GROUP BY customer HAVING COUNT(*) >= 3))").await
    );
    let revenue = number(&raw, "(SELECT SUM(cents) FROM orders)").await;
    let told: Sum = careloop_db::one(
        test.db.read(),
        "SELECT CAST(SUM(amount) AS BIGINT) AS total FROM events WHERE kind = 'payment.received'",
        [],
    )
    .await
    .unwrap();
    assert_eq!(told.total, revenue);
    // Live state at the same instant: the follower folds everybody once, and the questions read its tables.
    test.clock.set("1998-06-30T15:59:59.999999Z".parse().unwrap());
    while careloop_segments::jobs::follow(&test.db, &test.ctx).await.unwrap() {}
    for (score, tag) in [("r", "val.r"), ("f", "val.f"), ("m", "val.m")] {
        let expected = ask(
            &raw,
            &format!("{RFM} SELECT CAST({score} AS TEXT) AS name, COUNT(*) AS people FROM scored GROUP BY 1"),
        )
        .await;
        for (value, people) in expected {
            assert_eq!(count_now(&test, json!({ "tag": tag, "is": value })).await, people, "{tag} {value}");
        }
    }
    let cell = "CASE WHEN s.m > mean.m THEN '重要' ELSE '一般' END || CASE WHEN s.r > mean.r AND s.f > mean.f THEN '价值' WHEN s.r > mean.r THEN '发展'
                WHEN s.f > mean.f THEN '保持' ELSE '挽留' END";
    let expected =
        ask(&raw, &format!("{RFM} SELECT {cell} AS name, COUNT(*) AS people FROM scored s, mean GROUP BY 1")).await;
    assert_eq!(
        expected.iter().map(|(_, people)| people).sum::<i64>(),
        number(&raw, "(SELECT COUNT(DISTINCT customer) FROM orders WHERE cents > 0)").await
    );
    for name in CELLS {
        let people = expected.iter().find(|(cell, _)| cell == name).map_or(0, |(_, people)| *people);
        assert_eq!(count_now(&test, json!({"tag":"val.rfm","in":[name]})).await, people, "{name}");
    }
    // The same from long after, when those inputs were in force, and on a log that never set any.
    test.clock.set("2026-03-02T01:00:00Z".parse().unwrap());
    let (name, people) = &expected[0];
    assert_eq!(count(&test, json!({"tag":"val.rfm","in":[name]}), AS_OF).await, *people);
    careloop_db::execute(test.db.write(), "DELETE FROM profile_inputs", []).await.unwrap();
    assert_eq!(count(&test, json!({"tag":"val.rfm","in":[name]}), AS_OF).await, *people);
}

pub async fn count_now(test: &TestDb, rule: Value) -> i64 {
    let read = test.ctx.require::<ReadSegments>().unwrap();
    i64::try_from(careloop_segments::count(&test.db, &read, &rule, None).await.unwrap()).unwrap()
}

#[derive(FromQueryResult)]
struct Sum {
    total: i64,
}
