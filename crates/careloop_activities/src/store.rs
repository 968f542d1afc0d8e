//! All SQL of this crate.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, in_list, optional, placeholders};
use careloop_kernel::ids::{ActivityId, ClinicId, SourceId};
use careloop_kernel::{Error, Result, Scope};

use crate::model::{Activity, ActivityTag, Attendee, Origin};

/// The source of everybody who signs in.
const SOURCE: &str = "careloop-activities";
/// Rows of one statement.
const ROWS: usize = 200;

#[derive(FromQueryResult)]
struct ActivityRow {
    ord: i64,
    id: String,
    name: String,
    place: String,
    clinic: Option<i64>,
    clinic_id: Option<String>,
    clinic_name: Option<String>,
    clinic_zone: Option<String>,
    starts_at: i64,
    ends_at: i64,
    list_id: String,
    list_name: String,
    tags: String,
    token: String,
    closed_at: Option<i64>,
    created_by: String,
    created_at: i64,
    attendees: i64,
}

impl TryFrom<ActivityRow> for Activity {
    type Error = Error;
    fn try_from(row: ActivityRow) -> Result<Self> {
        let clinic_id: Option<ClinicId> = row.clinic_id.map(|id| id.parse()).transpose()?;
        let clinic = row.clinic.zip(clinic_id).map(|(ord, id)| (ord, id, row.clinic_name.unwrap_or_default()));
        Ok(Self {
            ord: row.ord,
            id: row.id.parse()?,
            name: row.name,
            place: row.place,
            clinic,
            clinic_zone: row.clinic_zone,
            starts_us: row.starts_at,
            ends_us: row.ends_at,
            list: (row.list_id.parse()?, row.list_name),
            tags: serde_json::from_str(&row.tags).map_err(Error::internal)?,
            token: row.token,
            closed_us: row.closed_at,
            created_by: row.created_by,
            created_us: row.created_at,
            attendees: row.attendees,
        })
    }
}

/// A condition on the person of the record `r`: the caller may see them.
fn visible_person(scope: &Scope) -> String {
    match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(_) | Scope::Own { .. } => {
            format!("EXISTS (SELECT 1 FROM records v WHERE v.person = r.person AND {})", scope.record_condition("v"))
        }
    }
}

/// A condition on `a`: the caller may see the activity. The chain's own are everybody's.
fn visible_activity(scope: &Scope) -> String {
    match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(clinics) => {
            format!("(a.clinic IS NULL OR a.clinic IN ({}))", in_list(clinics.iter().copied()))
        }
        Scope::Own { staff } => {
            format!("(a.clinic IS NULL OR a.clinic IN (SELECT clinic FROM staff_clinics WHERE staff = {staff}))")
        }
    }
}

fn select(scope: &Scope) -> String {
    let people = visible_person(scope);
    format!(
        "SELECT a.ord, a.id, a.name, a.place, a.clinic, c.id AS clinic_id, c.name AS clinic_name, c.time_zone AS clinic_zone, a.starts_at, a.ends_at,
             s.id AS list_id, s.name AS list_name, a.tags, a.token, a.closed_at, a.created_by, a.created_at,
             (SELECT COUNT(DISTINCT r.person) FROM activity_attendees t JOIN records r ON r.ord = t.record
              WHERE t.activity = a.ord AND {people}) AS attendees
         FROM activities a JOIN segments s ON s.ord = a.list LEFT JOIN clinics c ON c.ord = a.clinic"
    )
}

/// Activities before a number, newest first, that lie within a scope.
pub(crate) async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    before: i64,
    limit: i64,
) -> Result<Vec<Activity>> {
    let seen = visible_activity(scope);
    let sql = format!("{} WHERE a.ord < $1 AND {seen} ORDER BY a.ord DESC LIMIT $2", select(scope));
    let rows: Vec<ActivityRow> = all(connection, &sql, [before.into(), limit.into()]).await?;
    rows.into_iter().map(Activity::try_from).collect()
}

/// One activity within a scope.
pub(crate) async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: ActivityId) -> Result<Option<Activity>> {
    let sql = format!("{} WHERE a.id = $1 AND {}", select(scope), visible_activity(scope));
    let row: Option<ActivityRow> = optional(connection, &sql, [id.to_string().into()]).await?;
    row.map(Activity::try_from).transpose()
}

/// The activity whose page has this address.
pub(crate) async fn find_by_token(connection: &impl ConnectionTrait, token: &str) -> Result<Option<Activity>> {
    let sql = format!("{} WHERE a.token = $1", select(&Scope::Chain));
    let row: Option<ActivityRow> = optional(connection, &sql, [token.into()]).await?;
    row.map(Activity::try_from).transpose()
}

/// An activity to be written.
pub(crate) struct NewRow {
    pub(crate) id: ActivityId,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) clinic: Option<i64>,
    pub(crate) window: (i64, i64),
    pub(crate) list: i64,
    pub(crate) tags: Vec<ActivityTag>,
    pub(crate) token: String,
    pub(crate) created_by: String,
    pub(crate) now: i64,
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, row: NewRow) -> Result<()> {
    let sql = "INSERT INTO activities (id, name, place, clinic, starts_at, ends_at, list, tags, token, created_by, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        row.id.to_string().into(),
        row.name.into(),
        row.place.into(),
        row.clinic.into(),
        row.window.0.into(),
        row.window.1.into(),
        row.list.into(),
        serde_json::to_string(&row.tags).map_err(Error::internal)?.into(),
        row.token.into(),
        row.created_by.into(),
        row.now.into(),
    ];
    execute(tx, sql, values).await.map(|_| ())
}

/// Writes what may change about an activity: name, place, window, door and address.
pub(crate) async fn update(tx: &impl ConnectionTrait, activity: &Activity) -> Result<bool> {
    let sql = "UPDATE activities SET name = $2, place = $3, starts_at = $4, ends_at = $5, closed_at = $6, token = $7 WHERE ord = $1";
    let values = [
        activity.ord.into(),
        activity.name.as_str().into(),
        activity.place.as_str().into(),
        activity.starts_us.into(),
        activity.ends_us.into(),
        activity.closed_us.into(),
        activity.token.as_str().into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Holds an activity until the transaction ends, so that it does not change meanwhile.
pub(crate) async fn hold(tx: &impl ConnectionTrait, ord: i64) -> Result<()> {
    execute(tx, "UPDATE activities SET ord = ord WHERE ord = $1", [ord.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// The number of the source of everybody who signs in; it is made with the first activity.
pub(crate) async fn source(connection: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT ord AS value FROM sources WHERE name = $1 AND kind = 'internal'";
    let row: Option<Number> = optional(connection, sql, [SOURCE.into()]).await?;
    row.map(|row| row.value).ok_or_else(|| {
        let message = format!("a source called `{SOURCE}` stands where visitors' records belong; rename it");
        Error::conflict("activities.source", message)
    })
}

/// Makes that source unless it is there.
pub(crate) async fn ensure_source(tx: &impl ConnectionTrait, id: SourceId, now: i64) -> Result<()> {
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ($1, $2, 'internal', TRUE, $3)
               ON CONFLICT (name) DO NOTHING";
    execute(tx, sql, [id.to_string().into(), SOURCE.into(), now.into()]).await.map(|_| ())
}

/// Which of these people have attended already.
pub(crate) async fn attending(tx: &impl ConnectionTrait, activity: i64, people: &[i64]) -> Result<Vec<i64>> {
    let people = in_list(people.iter().copied());
    let sql = format!(
        "SELECT DISTINCT r.person AS value FROM activity_attendees t JOIN records r ON r.ord = t.record
         WHERE t.activity = $1 AND r.person IN ({people})"
    );
    let rows: Vec<Number> = all(tx, &sql, [activity.into()]).await?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Adds attendees; gives how many had not attended.
pub(crate) async fn insert_attendees(
    tx: &impl ConnectionTrait,
    activity: i64,
    records: &[i64],
    (origin, at): (Origin, i64),
) -> Result<u64> {
    let mut added = 0;
    for chunk in records.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO activity_attendees (activity, record, origin, at) VALUES {} ON CONFLICT DO NOTHING",
            placeholders(chunk.len(), 4)
        );
        let values =
            chunk.iter().flat_map(|record| [activity.into(), (*record).into(), origin.as_str().into(), at.into()]);
        added += execute(tx, &sql, values).await?;
    }
    Ok(added)
}

/// Somebody who attended: number of the person, when first, and whether they signed in themselves.
#[derive(FromQueryResult)]
pub(crate) struct AttendeeRow {
    pub(crate) person: i64,
    pub(crate) at: i64,
    pub(crate) signed_in: i64,
}

/// Attendees the caller may see, the latest first, after `(at, person)`.
pub(crate) async fn attendees(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    activity: i64,
    [at, person]: [i64; 2],
    limit: i64,
) -> Result<Vec<AttendeeRow>> {
    let sql = format!(
        "SELECT r.person, MIN(t.at) AS at, MAX(CAST(CASE WHEN t.origin = 'qr' THEN 1 ELSE 0 END AS BIGINT)) AS signed_in
         FROM activity_attendees t JOIN records r ON r.ord = t.record WHERE t.activity = $1 AND {}
         GROUP BY r.person HAVING MIN(t.at) < $2 OR (MIN(t.at) = $2 AND r.person < $3)
         ORDER BY MIN(t.at) DESC, r.person DESC LIMIT $4",
        visible_person(scope)
    );
    all(connection, &sql, [activity.into(), at.into(), person.into(), limit.into()]).await
}

impl AttendeeRow {
    /// The attendee, with the card of the person.
    pub(crate) fn with(self, card: careloop_people::PersonCard) -> Attendee {
        let origin = if self.signed_in == 1 { Origin::Qr } else { Origin::Import };
        Attendee { card, origin, at_us: self.at }
    }
}
