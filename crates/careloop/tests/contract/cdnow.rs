//! CDNOW: purchases whose sums another engine computes from the raw file.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::installation::{Installation, data};

fn imported() -> Installation {
    let installation = Installation::new();
    installation.ok(&["source", "add", "cdnow", "--kind", "file"]);
    installation.import("cdnow_sample_people.csv", "cdnow", "cdnow_people.toml");
    installation.import("cdnow_sample.csv", "cdnow", "cdnow.toml");
    installation
}

/// The raw file in plain SQL: `orders(customer, day, cents)`.
async fn raw() -> DatabaseConnection {
    let raw = Database::connect("sqlite::memory:").await.unwrap();
    raw.execute_unprepared("CREATE TABLE orders (customer TEXT, day TEXT, cents INTEGER)").await.unwrap();
    let text = std::fs::read_to_string(data("cdnow_sample.csv")).unwrap();
    let rows: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let day = format!("{}-{}-{}", &cells[2][..4], &cells[2][4..6], &cells[2][6..]);
            format!("('{}', '{day}', CAST(ROUND({} * 100) AS INTEGER))", cells[1], cells[4])
        })
        .collect();
    for chunk in rows.chunks(500) {
        raw.execute_unprepared(&format!("INSERT INTO orders VALUES {}", chunk.join(","))).await.unwrap();
    }
    raw
}

async fn lines(raw: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(raw.get_database_backend(), sql.to_owned());
    let rows = raw.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "line").unwrap()).collect()
}

fn metric(installation: &Installation, id: &str, by: &[&str]) -> Vec<String> {
    let mut arguments = vec!["metric", "query", id, "--from", "1997-01-01", "--to", "1998-07-01", "--format", "csv"];
    arguments.extend_from_slice(by);
    installation.ok(&arguments).lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_orders_and_revenue_are_those_of_the_file() {
    let (installation, raw) = (imported(), raw().await);
    let one = |sql: &'static str| async { lines(&raw, sql).await.remove(0) };
    let value = |id: &str| metric(&installation, id, &[])[0].split(',').next().unwrap().to_owned();
    assert_eq!(value("bill.payers"), one("SELECT CAST(COUNT(DISTINCT customer) AS TEXT) AS line FROM orders").await);
    let log = Database::connect(format!("sqlite://{}", installation.path("data/careloop.db").display())).await.unwrap();
    let payments = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM events WHERE kind = 'payment.received'";
    assert_eq!(lines(&log, payments).await, lines(&raw, "SELECT CAST(COUNT(*) AS TEXT) AS line FROM orders").await);
    assert_eq!(
        value("bill.paid"),
        one("SELECT PRINTF('%d.%02d', SUM(cents) / 100, SUM(cents) % 100) AS line FROM orders").await
    );
    let monthly = "SELECT SUBSTR(day, 1, 7) || PRINTF(',%d.%02d', SUM(cents) / 100, SUM(cents) % 100) AS line FROM orders GROUP BY SUBSTR(day, 1, 7) ORDER BY 1";
    let ours: Vec<String> = metric(&installation, "bill.paid", &["--by", "month"])
        .iter()
        .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(ours, lines(&raw, monthly).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeat_buyers_are_those_of_the_file() {
    let (installation, raw) = (imported(), raw().await);
    let rule = r#"{"event":"payment.received","count":{"gte":2}}"#;
    let sql = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM (SELECT customer FROM orders GROUP BY customer HAVING COUNT(*) >= 2)";
    assert_eq!(installation.count(rule, "1998-07-01").to_string(), lines(&raw, sql).await[0]);
    let window =
        r#"{"event":"payment.received","from":"1998-01-01","to":"1998-07-01","sum":{"field":"amount","gte":"100.00"}}"#;
    let sql = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM (SELECT customer FROM orders WHERE day >= '1998-01-01' AND day < '1998-07-01' GROUP BY customer HAVING SUM(cents) >= 10000)";
    assert_eq!(installation.count(window, "1998-07-01").to_string(), lines(&raw, sql).await[0]);
}

#[test]
fn importing_twice_changes_nothing() {
    let installation = imported();
    let before = metric(&installation, "bill.paid", &["--by", "month"]);
    installation.import("cdnow_sample.csv", "cdnow", "cdnow.toml");
    assert_eq!(metric(&installation, "bill.paid", &["--by", "month"]), before);
}
