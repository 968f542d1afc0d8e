//! What the product made of the chain, for the peers to answer questions about and to be compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use roaring::RoaringBitmap;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};

/// Tags that the questions of `bench/segments/questions.py` ask for.
const ASKED: [&str; 7] =
    ["val.abc", "val.ticket_band", "visit.recency", "visit.undecided", "eng.activity", "attr.gender", "attr.age_band"];

/// Prints how many tags and values there are and the instant at which everybody was decided (microseconds), and writes
/// `people.csv`, `tags.csv` (people and values), `tag_counts.csv` and `members.csv` (of segments).
pub(crate) async fn write(database: &Path, dir: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut product = SqliteConnection::connect_with(&options).await?;
    let people = sqlx::query("SELECT person FROM person_profiles ORDER BY person").fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("people.csv"))?);
    for row in people {
        writeln!(file, "{}", row.get::<i64, _>(0))?;
    }
    file.flush()?;
    let sql = "SELECT v.tag, v.value, p.people FROM tag_values v JOIN tag_people p ON p.value = v.ord ORDER BY v.ord, p.block";
    let rows = sqlx::query(sql).fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("tags.csv"))?);
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in rows {
        let (tag, value) = (row.get::<&str, _>(0), row.get::<&str, _>(1));
        let people = RoaringBitmap::deserialize_from(row.get::<&[u8], _>(2))?;
        *counts.entry((tag.to_owned(), value.to_owned())).or_default() += people.len();
        if ASKED.contains(&tag) {
            for person in people {
                writeln!(file, "{person},{tag},{value}")?;
            }
        }
    }
    file.flush()?;
    let tags: BTreeSet<&str> = counts.keys().map(|(tag, _)| tag.as_str()).collect();
    let began = "SELECT seq FROM consumers WHERE name = 'segments.sweep.began'";
    let decided: i64 = sqlx::query_scalar(began).fetch_one(&mut product).await?;
    println!("tags {}\nvalues {}\ndecided {decided}", tags.len(), counts.values().sum::<u64>());
    let mut file = BufWriter::new(File::create(dir.join("tag_counts.csv"))?);
    for ((tag, value), count) in counts {
        writeln!(file, "{tag}\t{value}\t{count}")?;
    }
    file.flush()?;
    let rows = sqlx::query("SELECT ord, members FROM segments").fetch_all(&mut product).await?;
    let mut file = BufWriter::new(File::create(dir.join("members.csv"))?);
    for row in rows {
        let segment: i64 = row.get(0);
        for person in RoaringBitmap::deserialize_from(row.get::<&[u8], _>(1))? {
            writeln!(file, "{segment},{person}")?;
        }
    }
    Ok(file.flush()?)
}
