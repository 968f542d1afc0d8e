//! Doubts about who is who: what to look at, why, and what people decide.

use std::collections::BTreeSet;

use careloop_db::{Db, Tx};
use careloop_kernel::ids::{DecisionId, RecordId};
use careloop_kernel::permissions::{MergePeople, ReadPeople};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};
use serde_json::json;

use super::identity::{self, Origin};
use super::{reason, view};
use crate::identity::explain::{self, Explanation};
use crate::identity::table::Table;
use crate::identity::{Features, Rule};
use crate::model::{DecisionKind, PersonRecord};
use crate::portrait::{OpenRecord, Portrait};
use crate::resolve::weights;
use crate::store;
use crate::store::review::{DecidedRow, PairRow};

/// Two records side by side.
pub struct Review {
    /// The records, the lower first.
    pub records: [PersonRecord; 2],
    /// More of what they say, masked: birth date, gender, address, guardian.
    pub details: [Details; 2],
    /// The persons they are now.
    pub persons: [String; 2],
    /// What they have in common, in one phrase.
    pub rule: Rule,
    /// All of it.
    pub explanation: Explanation,
}

/// What a record says besides name and phone.
#[derive(Default)]
pub struct Details {
    /// Birth date as the source gives it.
    pub birth_date: Option<String>,
    /// male or female
    pub gender: Option<&'static str>,
    /// Identity card, masked.
    pub id_card: Option<String>,
    /// Guardian's name.
    pub guardian: Option<String>,
    /// District or suburb and post code, without the door.
    pub area: Option<String>,
    /// Whether it has a WeChat union id or WeCom contact.
    pub wechat: bool,
}

/// Pairs to look at.
pub struct Reviews {
    /// Side by side.
    pub page: Page<Review>,
    /// How many doubts there are.
    pub open: i64,
}

/// Doubts, likeliest first.
pub async fn doubts(db: &Db, ctx: &Ctx<ReadPeople>, request: &PageRequest) -> Result<Reviews> {
    let conn = db.read();
    let rows = store::review::doubts(conn, ctx.scope(), request.numbers()?, u64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.weight, row.a, row.b]);
    let items = side_by_side(db, ctx, &page.items).await?;
    Ok(Reviews { page: Page { items, next: page.next }, open: store::review::count_doubts(conn, ctx.scope()).await? })
}

/// Links that nobody has checked, drawn without looking at what they are: they tell how often the program is right.
pub async fn samples(db: &Db, ctx: &Ctx<ReadPeople>, limit: u32) -> Result<Vec<Review>> {
    let rows = store::review::unchecked_links(db.read(), ctx.scope(), u64::from(limit)).await?;
    side_by_side(db, ctx, &rows).await
}

/// Why any two records are one person, or are not.
pub async fn explain(db: &Db, ctx: &Ctx<ReadPeople>, records: [&RecordId; 2]) -> Result<Review> {
    let mut rows = Vec::new();
    for id in records {
        rows.push(store::care::record_of(db.read(), &id.to_string(), ctx.scope()).await?.ok_or_else(unknown)?);
    }
    let pair = |a: &store::care::PlaceRow, b: &store::care::PlaceRow| PairRow {
        a: a.ord,
        b: b.ord,
        a_person: a.person,
        b_person: b.person,
        rule: Rule::Evidence.as_str().to_owned(),
        weight: 0,
    };
    let found = side_by_side(db, ctx, &[pair(&rows[0], &rows[1])]).await?;
    found.into_iter().next().ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::not_found("people.record_not_found", "there is no such record, or you may not see it")
}

async fn side_by_side(db: &Db, ctx: &Ctx<ReadPeople>, rows: &[PairRow]) -> Result<Vec<Review>> {
    let conn = db.read();
    let persons: Vec<i64> = rows.iter().flat_map(|row| [row.a_person, row.b_person]).collect();
    let portraits = Portrait::of_persons(conn, ctx, &persons).await?;
    let mut model = weights::in_force(conn).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some(one), Some(other)) = (portraits.get(&row.a_person), portraits.get(&row.b_person)) else { continue };
        let (Some(a), Some(b)) = (one.record(row.a), other.record(row.b)) else { continue };
        let features = crate::resolve::features(conn, ctx.vault(), [a, b]).await?;
        let names = features.iter().map(|record: &Features| &*record.name);
        weights::add_names(conn, ctx.vault(), &mut model, names, false).await?;
        let two = Table::of(&features);
        out.push(Review {
            records: [view::record(a, Vec::new())?, view::record(b, Vec::new())?],
            details: [details(a), details(b)],
            persons: [one.id.to_string(), other.id.to_string()],
            rule: Rule::from_name(&row.rule).unwrap_or(Rule::Evidence),
            explanation: explain::explain(&model, two.at(0), two.at(1)),
        });
    }
    Ok(out)
}

fn details(record: &OpenRecord) -> Details {
    let fields = &record.fields;
    let area = [&fields.address.region, &fields.address.city, &fields.address.suburb, &fields.address.postcode];
    let area: Vec<&str> = area.into_iter().flatten().map(String::as_str).collect();
    Details {
        birth_date: fields.birth_date.map(|date| date.to_string()).or_else(|| fields.birth_date_text.clone()),
        gender: record.normal.gender.map(|gender| gender.as_str()),
        id_card: fields.id_card.as_deref().map(crate::text::id_card::mask),
        guardian: fields.guardian_name.clone(),
        area: (!area.is_empty()).then(|| area.join(" ")),
        wechat: fields.union_id.is_some() || fields.wecom_external_id.is_some(),
    }
}

/// What somebody says about two records.
pub struct Verdict<'a> {
    /// The records.
    pub records: [&'a RecordId; 2],
    /// Whether they are one person.
    pub same: bool,
    /// Why; three characters or more.
    pub reason: &'a str,
    /// Whether it was asked to check the program rather than to settle a doubt.
    pub sample: bool,
}

/// Settles a doubt, or checks a link. Holds until it is taken back.
pub async fn decide(db: &Db, ctx: &Ctx<MergePeople>, verdict: Verdict<'_>) -> Result<DecisionId> {
    let why = reason(verdict.reason)?;
    let tx = db.begin().await?;
    store::lock_for_resolve(&*tx).await?;
    let mut rows = Vec::new();
    for id in verdict.records {
        rows.push(store::care::record_of(&*tx, &id.to_string(), ctx.scope()).await?.ok_or_else(unknown)?);
    }
    let pair = (rows[0].ord, rows[1].ord);
    if pair.0 == pair.1 {
        return Err(Error::invalid("people.one_record", "name two different records"));
    }
    let kind = if verdict.same { DecisionKind::Must } else { DecisionKind::Cannot };
    let opposite = if verdict.same { DecisionKind::Cannot } else { DecisionKind::Must };
    store::care::withdraw_between(&*tx, opposite.as_str(), (&[pair.0], &[pair.1]), ctx.now_us()).await?;
    let origin = if verdict.sample { Origin::Sample } else { Origin::Review };
    let id = identity::decide_pair(&tx, ctx, (kind, origin), (pair, &why)).await?;
    identity::settle(&tx, ctx, [pair.0, pair.1].into_iter()).await?;
    let detail = json!({ "records": verdict.records, "same": verdict.same, "reason": why });
    careloop_access::audit::append(&*tx, ctx, "identity.decided", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Decisions that are taken back, or restored, at once: as many as one unmerge can make.
const MOST_DECISIONS: usize = 5_000;

/// Takes decisions back, all or none of them; what the records say counts again.
pub async fn withdraw(db: &Db, ctx: &Ctx<MergePeople>, ids: &[DecisionId]) -> Result<()> {
    let ids = chosen(ids)?;
    let tx = db.begin().await?;
    store::lock_for_resolve(&*tx).await?;
    let rows = store::review::withdraw(&*tx, &ids, ctx.scope(), ctx.now_us()).await?;
    let gone = "there is no such decision, or it was taken back already";
    turn(&tx, ctx, (&ids, rows), ("identity.withdrawn", gone)).await?;
    tx.commit().await
}

/// Lets decisions hold again that were taken back, all or none of them.
pub async fn restore(db: &Db, ctx: &Ctx<MergePeople>, ids: &[DecisionId]) -> Result<()> {
    let ids = chosen(ids)?;
    let tx = db.begin().await?;
    store::lock_for_resolve(&*tx).await?;
    let newer = "somebody has decided about these records since; that decision counts";
    let rows = store::review::restore(&*tx, &ids, ctx.scope())
        .await
        .map_err(|error| careloop_db::conflict(error, "people.decided_since", newer))?;
    let gone = "there is no such decision, or it holds already";
    turn(&tx, ctx, (&ids, rows), ("identity.restored", gone)).await?;
    tx.commit().await
}

fn chosen(ids: &[DecisionId]) -> Result<BTreeSet<DecisionId>> {
    let ids: BTreeSet<DecisionId> = ids.iter().copied().collect();
    if ids.is_empty() || ids.len() > MOST_DECISIONS {
        let message = format!("name 1 to {MOST_DECISIONS} decisions");
        return Err(Error::invalid("people.decision_count", message.clone()).with_field("ids", message));
    }
    Ok(ids)
}

/// What follows when decisions were taken back or restored: every one of them, or nothing.
async fn turn(
    tx: &Tx,
    ctx: &Ctx<MergePeople>,
    (ids, rows): (&BTreeSet<DecisionId>, Vec<DecidedRow>),
    (action, gone): (&str, &str),
) -> Result<()> {
    if rows.len() < ids.len() {
        return Err(Error::not_found("people.decision_not_found", gone));
    }
    let records: BTreeSet<i64> = rows.iter().flat_map(|row| [row.record_a, row.record_b]).collect();
    identity::settle(tx, ctx, records.into_iter()).await?;
    let of_kind = |kind: DecisionKind| rows.iter().filter(|row| row.kind == kind.as_str()).count();
    let detail = json!({ "must": of_kind(DecisionKind::Must), "cannot": of_kind(DecisionKind::Cannot) });
    let first = ids.first().map(DecisionId::to_string).unwrap_or_default();
    careloop_access::audit::append(&**tx, ctx, action, &first, detail).await
}
