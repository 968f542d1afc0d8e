//! Records on their way in.

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, batch, in_list, one, run};
use careloop_kernel::ids::RecordId;
use careloop_kernel::{Error, Result};

use super::{insert_rows, marks};

/// What is stored of a record that a batch names.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct KnownRow {
    pub ord: i64,
    pub source_key: String,
    pub content_hash: i64,
}

/// The columns of a record that its source decides.
#[derive(Clone, Default)]
pub(crate) struct Columns {
    pub clinic: Option<i64>,
    pub gender: Option<&'static str>,
    pub birth_date: Option<String>,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub content_hash: i64,
    pub created_at: Option<i64>,
    /// `CONTACT_…` bits.
    pub contacts: i64,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
}

/// There is a phone that tells people apart.
pub(crate) const CONTACT_PHONE: i64 = 1;
/// There is an e-mail address.
pub(crate) const CONTACT_EMAIL: i64 = 2;
/// There is a WeCom contact.
pub(crate) const CONTACT_WECOM: i64 = 4;
/// Somebody else looks after this person.
pub(crate) const CONTACT_GUARDIAN: i64 = 8;

/// A new record.
pub(crate) struct NewRow {
    pub ord: i64,
    pub id: RecordId,
    pub source: i64,
    pub source_key: String,
    pub now: i64,
    /// Bare records are resolved from the start: they say nothing; others are stale until a resolve looks at them.
    pub resolved_at: Option<i64>,
    pub columns: Columns,
}

/// Which of these keys the source has already.
pub(crate) async fn known(connection: &impl ConnectionTrait, source: i64, keys: &[&str]) -> Result<Vec<KnownRow>> {
    match Engine::from(connection.get_database_backend()) {
        Engine::Sqlite => known_in_sqlite(connection, source, keys).await,
        Engine::Postgres => known_in_postgres(connection, source, keys).await,
    }
}

async fn known_in_sqlite(connection: &impl ConnectionTrait, source: i64, keys: &[&str]) -> Result<Vec<KnownRow>> {
    let mut rows = Vec::new();
    let mut rest = keys;
    for width in [2_000, 200, 20, 1] {
        if rest.len() < width {
            continue;
        }
        let list = marks(Engine::Sqlite, (1, width), 1);
        let sql =
            format!("SELECT ord, source_key, content_hash FROM records WHERE source = ? AND source_key IN {list}");
        while rest.len() >= width {
            let (part, after) = rest.split_at(width);
            rest = after;
            let values = std::iter::once(Value::from(source)).chain(part.iter().map(|key| Value::from(*key)));
            rows.extend(all::<KnownRow>(connection, &sql, values).await?);
        }
    }
    Ok(rows)
}

/// One look into the index for each key. A table that is being filled has no statistics yet, and with a plain `IN` the
/// planner reads all of the source's records for every batch; `OFFSET 0` keeps it from seeing through the inner query.
async fn known_in_postgres(connection: &impl ConnectionTrait, source: i64, keys: &[&str]) -> Result<Vec<KnownRow>> {
    let mut rows = Vec::new();
    let sql = "SELECT r.ord, r.source_key, r.content_hash
               FROM json_array_elements_text(CAST(CAST($2 AS text) AS json)) AS k (source_key)
               CROSS JOIN LATERAL (SELECT ord, source_key, content_hash FROM records
                                   WHERE source = $1 AND source_key = k.source_key OFFSET 0) r";
    for part in keys.chunks(5_000) {
        let list = serde_json::to_string(part).map_err(Error::internal)?;
        rows.extend(all::<KnownRow>(connection, sql, [source.into(), list.into()]).await?);
    }
    Ok(rows)
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// Takes `count` numbers; the first of them.
pub(crate) async fn allocate(tx: &impl ConnectionTrait, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    // Each new record is a person until a resolve finds otherwise.
    batch(tx, &[add_persons(count)]).await?;
    let sql = "INSERT INTO counters (name, value) VALUES ('records', $1)
               ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value";
    Ok(one::<Number>(tx, sql, [count.into()]).await?.value - count + 1)
}

/// A statement that counts persons that came (or, negative, went).
pub(crate) fn add_persons(change: i64) -> String {
    format!(
        "INSERT INTO counters (name, value) VALUES ('persons', {change})
         ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value"
    )
}

/// Sets the number of persons.
pub(crate) async fn set_persons(tx: &impl ConnectionTrait, count: i64) -> Result<()> {
    let sql = "INSERT INTO counters (name, value) VALUES ('persons', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    run(tx, sql, [count.into()]).await
}

/// Adds records, each its own person and household.
pub(crate) async fn insert(tx: &impl ConnectionTrait, rows: Vec<NewRow>) -> Result<()> {
    let head = "INSERT INTO records (ord, id, source, source_key, person, household, clinic, gender, birth_date, region, channel,
                content_hash, created_at, first_seen_at, updated_at, resolved_at, stale, contacts, salt, sealed)";
    let expected = rows.len() as u64;
    let values = rows.into_iter().map(|row| {
        let Columns { clinic, gender, birth_date, region, channel, content_hash, created_at, contacts, salt, sealed } =
            row.columns;
        vec![
            row.ord.into(),
            row.id.to_string().into(),
            row.source.into(),
            row.source_key.into(),
            row.ord.into(),
            row.ord.into(),
            clinic.into(),
            gender.map(str::to_owned).into(),
            birth_date.into(),
            region.into(),
            channel.into(),
            content_hash.into(),
            created_at.into(),
            row.now.into(),
            row.now.into(),
            row.resolved_at.into(),
            row.resolved_at.is_none().into(),
            contacts.into(),
            salt.into(),
            sealed.into(),
        ]
    });
    let inserted = insert_rows(tx, head, 20, values).await?;
    if inserted == expected {
        Ok(())
    } else {
        Err(Error::internal("a record appeared in its source while its source was locked"))
    }
}

/// What an update needs of the old version.
#[derive(Clone, FromQueryResult)]
pub(crate) struct OldRow {
    pub clinic: Option<i64>,
    pub created_at: Option<i64>,
    pub content_hash: i64,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
}

/// The stored version of these records.
pub(crate) async fn old(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<OldRow>> {
    let mut rows = Vec::new();
    for part in ords.chunks(500) {
        let list = in_list(part.iter().copied());
        let sql = format!("SELECT clinic, created_at, content_hash, salt, sealed FROM records WHERE ord IN ({list})");
        rows.extend(all::<OldRow>(connection, &sql, []).await?);
    }
    Ok(rows)
}

/// Replaces what the source says.
pub(crate) async fn update(tx: &impl ConnectionTrait, ord: i64, now: i64, columns: Columns) -> Result<()> {
    let sql =
        "UPDATE records SET clinic = $2, gender = $3, birth_date = $4, region = $5, channel = $6, content_hash = $7,
               created_at = $8, updated_at = $9, stale = TRUE, salt = $10, sealed = $11, contacts = $12 WHERE ord = $1";
    let Columns { clinic, gender, birth_date, region, channel, content_hash, created_at, contacts, salt, sealed } =
        columns;
    let values: [Value; 12] = [
        ord.into(),
        clinic.into(),
        gender.map(str::to_owned).into(),
        birth_date.into(),
        region.into(),
        channel.into(),
        content_hash.into(),
        created_at.into(),
        now.into(),
        salt.into(),
        sealed.into(),
        contacts.into(),
    ];
    run(tx, sql, values).await
}

/// Replaces the sealed part alone, for a record that says the same as before.
pub(crate) async fn reseal(tx: &impl ConnectionTrait, ord: i64, columns: Columns) -> Result<()> {
    let values: [Value; 3] = [ord.into(), columns.salt.into(), columns.sealed.into()];
    run(tx, "UPDATE records SET salt = $2, sealed = $3 WHERE ord = $1", values).await
}

/// Makes the next resolve look at these records again.
pub(crate) async fn unsettle(tx: &impl ConnectionTrait, ords: impl IntoIterator<Item = i64>) -> Result<()> {
    let ords: Vec<i64> = ords.into_iter().collect();
    for part in ords.chunks(500) {
        run(tx, &format!("UPDATE records SET stale = TRUE WHERE ord IN ({})", in_list(part.iter().copied())), [])
            .await?;
    }
    Ok(())
}
