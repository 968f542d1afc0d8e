//! Who has which value of which tag.

use careloop_db::{ConnectionTrait, FromQueryResult, Value, all, one, placeholders, run};
use careloop_kernel::{Error, Result, Scope};

/// Rows of one statement that name a value or a block.
const ROWS: usize = 200;

/// A row of `tag_values`.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ValueRow {
    pub(crate) ord: i64,
    pub(crate) tag: String,
    pub(crate) value: String,
}

/// Every value that anybody ever had.
pub(crate) async fn tag_values(connection: &impl ConnectionTrait) -> Result<Vec<ValueRow>> {
    all(connection, "SELECT ord, tag, value FROM tag_values", []).await
}

/// Gives these values numbers, if they have none.
pub(crate) async fn insert_values(tx: &impl ConnectionTrait, values: &[(&str, &str)]) -> Result<()> {
    for chunk in values.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO tag_values (tag, value) VALUES {} ON CONFLICT (tag, value) DO NOTHING",
            placeholders(chunk.len(), 2)
        );
        run(tx, &sql, chunk.iter().flat_map(|(tag, value)| [(*tag).into(), (*value).into()])).await?;
    }
    Ok(())
}

/// A row of `tag_people`.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct BlockRow {
    pub(crate) value: i64,
    pub(crate) block: i64,
    pub(crate) people: Vec<u8>,
    pub(crate) number: i64,
}

/// The sets of these values and blocks; one that nobody is in is missing.
pub(crate) async fn blocks(connection: &impl ConnectionTrait, keys: &[(i64, i64)]) -> Result<Vec<BlockRow>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(ROWS) {
        let sql = format!(
            "SELECT value, block, people, number FROM tag_people WHERE (value, block) IN (VALUES {})",
            placeholders(chunk.len(), 2)
        );
        let values = chunk.iter().flat_map(|(value, block)| [(*value).into(), (*block).into()]);
        found.extend(all::<BlockRow>(connection, &sql, values).await?);
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct LastRow {
    last: i64,
}

/// The last block of any set.
pub(crate) async fn last_block(connection: &impl ConnectionTrait) -> Result<u32> {
    let sql = "SELECT COALESCE(MAX(block), 0) AS last FROM tag_people";
    u32::try_from(one::<LastRow>(connection, sql, []).await?.last).map_err(Error::internal)
}

/// Stores sets, new or not.
pub(crate) async fn write_blocks(tx: &impl ConnectionTrait, rows: Vec<BlockRow>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<BlockRow> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO tag_people (value, block, people, number) VALUES {}
             ON CONFLICT (value, block) DO UPDATE SET people = excluded.people, number = excluded.number",
            placeholders(chunk.len(), 4)
        );
        let values = |row: BlockRow| -> [Value; 4] {
            [row.value.into(), row.block.into(), row.people.into(), row.number.into()]
        };
        run(tx, &sql, chunk.into_iter().flat_map(values)).await?;
    }
    Ok(())
}

/// Takes out sets that nobody is in any more.
pub(crate) async fn delete_blocks(tx: &impl ConnectionTrait, keys: &[(i64, i64)]) -> Result<()> {
    for chunk in keys.chunks(ROWS) {
        let sql = format!("DELETE FROM tag_people WHERE (value, block) IN (VALUES {})", placeholders(chunk.len(), 2));
        run(tx, &sql, chunk.iter().flat_map(|(value, block)| [(*value).into(), (*block).into()])).await?;
    }
    Ok(())
}

/// A value and some of the people who have it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct HolderRow {
    pub(crate) tag: String,
    pub(crate) value: String,
    pub(crate) people: Vec<u8>,
}

/// Who has the values of these tags, or of all when none are named: value by value, block by block.
pub(crate) async fn holders(connection: &impl ConnectionTrait, tags: &[&str]) -> Result<Vec<HolderRow>> {
    let places: Vec<String> = (1..=tags.len()).map(|place| format!("${place}")).collect();
    let named = if tags.is_empty() { String::new() } else { format!("WHERE v.tag IN ({})", places.join(", ")) };
    let sql = format!(
        "SELECT v.tag, v.value, p.people FROM tag_values v JOIN tag_people p ON p.value = v.ord {named}
         ORDER BY v.ord, p.block"
    );
    all(connection, &sql, tags.iter().map(|tag| (*tag).into())).await
}

#[derive(FromQueryResult)]
struct CountRow {
    people: i64,
}

/// How many visible people there are.
pub(crate) async fn count_people(connection: &impl ConnectionTrait, scope: &Scope) -> Result<i64> {
    let condition = match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(_) | Scope::Own { .. } => format!(
            "EXISTS (SELECT 1 FROM records r WHERE r.person = person_profiles.person AND {})",
            scope.record_condition("r")
        ),
    };
    let sql = format!("SELECT COUNT(*) AS people FROM person_profiles WHERE {condition}");
    Ok(one::<CountRow>(connection, &sql, []).await?.people)
}
