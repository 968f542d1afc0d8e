//! Reading tags.

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list, one};
use careloop_kernel::{Result, Scope};

/// A row of `person_tags`.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct TagRow {
    pub(crate) person: i64,
    pub(crate) tag: String,
    pub(crate) value: String,
    pub(crate) origin: String,
    pub(crate) why: String,
    pub(crate) until: Option<i64>,
}

/// The tags of these people, by person, tag and value.
pub(crate) async fn stored_tags(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<TagRow>> {
    let list = in_list(people.iter().copied());
    let sql = format!("SELECT person, tag, value, origin, why, until FROM person_tags WHERE person IN ({list})");
    let mut rows: Vec<TagRow> = all(connection, &sql, []).await?;
    // Sorted here: the two engines collate text differently.
    rows.sort_by(|a, b| (a.person, &a.tag, &a.value).cmp(&(b.person, &b.tag, &b.value)));
    Ok(rows)
}

#[derive(FromQueryResult)]
struct HolderRow {
    person: i64,
}

/// The people who have a tag.
pub(crate) async fn people_holding(connection: &impl ConnectionTrait, tag: &str) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT person FROM person_tags WHERE tag = $1 ORDER BY person";
    let rows: Vec<HolderRow> = all(connection, sql, [tag.into()]).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

/// A value and how many people have it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct ValueCount {
    pub(crate) tag: String,
    pub(crate) value: String,
    pub(crate) people: i64,
}

fn visible(scope: &Scope, column: &str) -> String {
    match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(_) | Scope::Own { .. } => {
            format!("EXISTS (SELECT 1 FROM records r WHERE r.person = {column} AND {})", scope.record_condition("r"))
        }
    }
}

/// How many visible people have each value.
pub(crate) async fn count_values(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<ValueCount>> {
    let condition = visible(scope, "person_tags.person");
    let sql = format!("SELECT tag, value, COUNT(*) AS people FROM person_tags WHERE {condition} GROUP BY tag, value");
    all(connection, &sql, []).await
}

#[derive(FromQueryResult)]
struct CountRow {
    people: i64,
}

/// How many visible people there are.
pub(crate) async fn count_people(connection: &impl ConnectionTrait, scope: &Scope) -> Result<i64> {
    let condition = visible(scope, "person_profiles.person");
    let sql = format!("SELECT COUNT(*) AS people FROM person_profiles WHERE {condition}");
    Ok(one::<CountRow>(connection, &sql, []).await?.people)
}

#[derive(FromQueryResult)]
struct TaggedRow {
    tag: String,
    people: i64,
}

/// How many visible people have any value of each tag.
pub(crate) async fn count_tagged(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<(String, i64)>> {
    let condition = visible(scope, "person_tags.person");
    let sql = format!("SELECT tag, COUNT(DISTINCT person) AS people FROM person_tags WHERE {condition} GROUP BY tag");
    let rows: Vec<TaggedRow> = all(connection, &sql, []).await?;
    Ok(rows.into_iter().map(|row| (row.tag, row.people)).collect())
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// Visible people with a value of a tag (any value when it is empty), after a number.
pub(crate) async fn people_with(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    (tag, value): (&str, &str),
    after: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT DISTINCT person FROM person_tags WHERE tag = $1 AND ($2 = '' OR value = $2) AND person > $3 AND {}
         ORDER BY person LIMIT $4",
        visible(scope, "person_tags.person")
    );
    let rows: Vec<PersonRow> = all(connection, &sql, [tag.into(), value.into(), after.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}
