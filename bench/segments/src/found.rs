//! What the product made of the chain, for the peers to answer questions about and to be compared with.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};

/// Tags that the questions of `bench/segments/questions.py` ask for.
const ASKED: &str = "('val.abc', 'val.ticket_band', 'visit.recency', 'visit.undecided', 'eng.activity', 'attr.gender', 'attr.age_band')";

/// Prints how many tags and values there are, and writes `people.csv`, `tags.csv` (people and values), `tag_counts.csv` and `members.csv` (of segments).
pub(crate) async fn write(database: &Path, dir: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut product = SqliteConnection::connect_with(&options).await?;
    let people = sqlx::query("SELECT person FROM person_profiles ORDER BY person").fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("people.csv"))?);
    for row in people {
        writeln!(file, "{}", row.get::<i64, _>(0))?;
    }
    file.flush()?;
    let sql = format!("SELECT person, tag, value FROM person_tags WHERE tag IN {ASKED}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("tags.csv"))?);
    for row in rows {
        writeln!(file, "{},{},{}", row.get::<i64, _>(0), row.get::<&str, _>(1), row.get::<&str, _>(2))?;
    }
    file.flush()?;
    let sql = "SELECT tag, value, COUNT(*) FROM person_tags WHERE origin = 'computed' GROUP BY tag, value";
    let rows = sqlx::query(sql).fetch_all(&mut product).await?;
    let tags: BTreeSet<&str> = rows.iter().map(|row| row.get(0)).collect();
    println!("tags {}\nvalues {}", tags.len(), rows.iter().map(|row| row.get::<i64, _>(2)).sum::<i64>());
    let mut file = BufWriter::new(File::create(dir.join("tag_counts.csv"))?);
    for row in rows {
        writeln!(file, "{}\t{}\t{}", row.get::<&str, _>(0), row.get::<&str, _>(1), row.get::<i64, _>(2))?;
    }
    file.flush()?;
    let rows = sqlx::query("SELECT segment, person FROM segment_members").fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("members.csv"))?);
    for row in rows {
        writeln!(file, "{},{}", row.get::<i64, _>(0), row.get::<i64, _>(1))?;
    }
    Ok(file.flush()?)
}
