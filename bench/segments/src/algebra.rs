//! Set algebra on the memberships that the product stores: no rule, no table, only bitmaps.

use std::path::Path;
use std::time::Instant;

use roaring::RoaringBitmap;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::percentile::percentile;

/// Counts `(a and b) or (c without a)` for every three neighbours among the segments that have members, and prints
/// `set A B C PEOPLE` lines with `p50_ms` and `p99_ms`.
pub(crate) async fn measure(database: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut product = SqliteConnection::connect_with(&options).await?;
    let sql = "SELECT ord, members FROM segments WHERE member_count > 0 ORDER BY ord";
    let sets: Vec<(i64, RoaringBitmap)> = sqlx::query(sql)
        .fetch_all(&mut product)
        .await?
        .iter()
        .map(|row| Ok((row.get(0), RoaringBitmap::deserialize_from(row.get::<&[u8], _>(1))?)))
        .collect::<anyhow::Result<_>>()?;
    let count = |at: usize| {
        let [a, b, c] = [0, 1, 2].map(|step| &sets[(at + step) % sets.len()].1);
        ((a & b) | (c - a)).len()
    };
    for at in 0..sets.len() {
        let [a, b, c] = [0, 1, 2].map(|step| sets[(at + step) % sets.len()].0);
        println!("set\t{a}\t{b}\t{c}\t{}", count(at));
    }
    let mut times = Vec::new();
    for _ in 0..50 {
        for at in 0..sets.len() {
            let began = Instant::now();
            std::hint::black_box(count(at));
            times.push(began.elapsed());
        }
    }
    println!("p50_ms\t{:.3}\np99_ms\t{:.3}", percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    Ok(())
}
