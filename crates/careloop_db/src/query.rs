//! Running SQL text. Stores call these and nothing else.

use std::borrow::Cow;

use careloop_kernel::{Error, ErrorKind, Result};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, SqlErr, Statement, Value};
use serde::de::DeserializeOwned;

/// With more values than this, placeholders lose their names on SQLite.
const NAMED: usize = 32;

fn statement(connection: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let values: Vec<Value> = values.into_iter().collect();
    let backend = connection.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite if values.len() > NAMED => unnamed(sql),
        _ => Cow::Borrowed(sql),
    };
    Statement::from_sql_and_values(backend, sql, values)
}

/// `?` for `$1`, `$2`, … when each stands once and in order; other text as it is. SQLite finds a name by walking through
/// all of them, both when it parses and when a value is bound, so a thousand named placeholders cost a million steps.
fn unnamed(sql: &str) -> Cow<'_, str> {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut expected = 1;
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        if number.is_empty() {
            text.push('$');
        } else if number.parse() == Ok(expected) {
            text.push('?');
            expected += 1;
        } else {
            return Cow::Borrowed(sql);
        }
        text.push_str(rest);
    }
    Cow::Owned(text)
}

/// All rows.
pub async fn all<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>> {
    let rows = connection.query_all_raw(statement(connection, sql, values)).await.map_err(failure)?;
    rows.iter().map(|row| T::from_query_result(row, "").map_err(failure)).collect()
}

#[derive(FromQueryResult)]
struct Together {
    rows: Option<String>,
}

/// All rows, handed over as one text: where many are wanted of each of which little is done, handing over a row costs more
/// than finding it. The engine writes `columns` as they stand in a SELECT, without names, as one JSON array a row, in no
/// order; `rest` is what follows them, from FROM on. For some 100,000 rows at a time: SQLite's texts hold a gigabyte.
pub async fn together<T: DeserializeOwned>(
    connection: &impl ConnectionTrait,
    columns: &str,
    rest: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>> {
    let rows = match connection.get_database_backend() {
        DbBackend::Sqlite => format!("json_group_array(json_array({columns}))"),
        _ => format!("CAST(json_agg(json_build_array({columns})) AS TEXT)"),
    };
    let found: Together = one(connection, &format!("SELECT {rows} AS rows {rest}"), values).await?;
    found.rows.map_or_else(|| Ok(Vec::new()), |rows| serde_json::from_str(&rows).map_err(Error::internal))
}

/// The first row, if there is one.
pub async fn optional<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>> {
    let row = connection.query_one_raw(statement(connection, sql, values)).await.map_err(failure)?;
    row.map(|row| T::from_query_result(&row, "").map_err(failure)).transpose()
}

/// The one row a statement always gives, such as a count.
pub async fn one<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<T> {
    optional(connection, sql, values)
        .await?
        .ok_or_else(|| Error::internal("a statement that always gives a row gave none"))
}

/// The first row of a table looked up by its key, or an error made by `missing`.
pub async fn by_key<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
    missing: impl FnOnce() -> Error,
) -> Result<T> {
    optional(connection, sql, values).await?.ok_or_else(missing)
}

/// Runs a writing statement and gives the number of rows it touched.
pub async fn execute(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    Ok(connection.execute_raw(statement(connection, sql, values)).await.map_err(failure)?.rows_affected())
}

/// Runs a statement whose result does not matter.
pub async fn run(connection: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<()> {
    execute(connection, sql, values).await.map(|_| ())
}

/// Runs writing statements without values one after the other, in one round trip.
pub async fn batch(connection: &impl ConnectionTrait, statements: &[String]) -> Result<()> {
    if statements.is_empty() {
        return Ok(());
    }
    connection.execute_unprepared(&statements.join(";\n")).await.map_err(failure).map(|_| ())
}

/// `($1, $2), ($3, $4)`: the placeholders of `rows` rows with `columns` columns each.
pub fn placeholders(rows: usize, columns: usize) -> String {
    let row = |index: usize| {
        let names: Vec<String> = (1..=columns).map(|column| format!("${}", index * columns + column)).collect();
        format!("({})", names.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Numbers as the inside of an `IN (…)`; an empty list gives `NULL`, which matches nothing.
pub fn in_list(numbers: impl IntoIterator<Item = i64>) -> String {
    let list: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    if list.is_empty() { "NULL".to_owned() } else { list.join(", ") }
}

/// `column` is among the numbers of one value that [`numbers`] makes: however many there are, the text of the statement stays
/// the same, so it is prepared once.
pub fn among(connection: &impl ConnectionTrait, column: &str, place: &str) -> String {
    match connection.get_database_backend() {
        DbBackend::Sqlite => format!("{column} IN (SELECT value FROM json_each({place}))"),
        _ => format!("{column} = ANY(CAST(CAST({place} AS text) AS bigint[]))"),
    }
}

/// `column` is among the numbers that the query gives. PostgreSQL gets them as an array, which it looks up one by one: it
/// cannot guess how few they are, and would rather read the whole table.
pub fn among_those(connection: &impl ConnectionTrait, column: &str, query: &str) -> String {
    match connection.get_database_backend() {
        DbBackend::Sqlite => format!("{column} IN ({query})"),
        _ => format!("{column} = ANY(ARRAY({query}))"),
    }
}

/// Numbers as one value for [`among`].
pub fn numbers(connection: &impl ConnectionTrait, numbers: impl IntoIterator<Item = i64>) -> Value {
    let list = numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    match connection.get_database_backend() {
        DbBackend::Sqlite => format!("[{list}]").into(),
        _ => format!("{{{list}}}").into(),
    }
}

/// Turns the general conflict of a broken constraint into the one that names what happened.
pub fn conflict(error: Error, code: &'static str, message: &str) -> Error {
    if error.kind() == ErrorKind::Conflict && error.code() == "db.conflict" {
        Error::conflict(code, message)
    } else {
        error
    }
}

/// The one place where a broken constraint becomes a conflict.
fn failure(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::conflict("db.conflict", "this exists already; reload and look").with_source(error)
        }
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
            Error::conflict("db.reference", "something it refers to does not exist any more; reload and look")
                .with_source(error)
        }
        _ => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{placeholders, unnamed};

    #[test]
    fn placeholders_lose_their_names_only_where_order_says_the_same() {
        assert_eq!(unnamed(&placeholders(2, 2)), "(?, ?), (?, ?)");
        assert_eq!(
            unnamed("SELECT json_extract(a, '$.b') FROM c WHERE d = $1"),
            "SELECT json_extract(a, '$.b') FROM c WHERE d = ?"
        );
        for kept in ["VALUES ($2, $1)", "VALUES ($1, $1)", "VALUES ($1, $2) ON CONFLICT DO UPDATE SET a = $1"] {
            assert_eq!(unnamed(kept), kept);
        }
    }
}
