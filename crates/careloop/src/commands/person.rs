//! `careloop person show`

use careloop_events::EventEntry;
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, PageRequest};
use careloop_people::Person;
use careloop_people::service::view;
use careloop_profiles::{Explained, because, person_tags};
use careloop_server::{Parts, settle};
use serde_json::{Value, json};

use crate::cli::PersonCommand;
use crate::output::print;

/// Shows one person, masked, with the tags of this moment even if no server runs.
pub async fn run(parts: &Parts, command: PersonCommand, as_json: bool) -> anyhow::Result<()> {
    let PersonCommand::Show { reference } = command;
    let ctx: Ctx<ReadPeople> = parts.ctx("cli").require()?;
    settle(parts).await?;
    let person = view::get(&parts.app.db, &ctx, &reference).await?;
    let id = person.id.to_string();
    let tags = person_tags(&parts.app.db, &ctx, &id).await?;
    let events = timeline(parts, &ctx, &id).await?;
    if as_json {
        return print(&format!("{}\n", to_json(&person, &tags, &events)));
    }
    print(&to_text(&person, &tags, &events))
}

/// The whole timeline, newest first, read page by page.
async fn timeline(parts: &Parts, ctx: &Ctx<ReadPeople>, person: &str) -> anyhow::Result<Vec<EventEntry>> {
    let (mut events, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest { cursor, ..PageRequest::new(Some(PageRequest::MAX), None)? };
        let page = view::timeline(&parts.app.db, ctx, person, None, &request).await?;
        events.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(events),
        }
    }
}

fn to_text(person: &Person, tags: &[Explained], events: &[EventEntry]) -> String {
    let mut text = format!("{}  {}", person.id, person.name);
    if let Some(age) = person.age {
        text.push_str(&format!("  {age}"));
    }
    if let Some(from) = person.redirected_from {
        text.push_str(&format!("  (merged from {from})"));
    }
    text.push_str("\n\nrecords\n");
    for record in &person.records {
        let evidence: Vec<&str> = record.evidence.iter().map(|rule| rule.as_str()).collect();
        text.push_str(&format!(
            "  {}:{}  {}  {}\n",
            record.source_name,
            record.source_key,
            record.id,
            evidence.join(", ")
        ));
    }
    if let Some(household) = &person.household {
        text.push_str(&format!("\nhousehold {}\n", household.id));
        for member in &household.members {
            text.push_str(&format!("  {}  {}  {}\n", member.person_id, member.name, member.role.as_str()));
        }
    }
    text.push_str("\ntags\n");
    for tag in tags {
        text.push_str(&format!(
            "  {} = {}  because {}\n",
            tag.value.tag,
            tag.value.value,
            because(tag.tag, &tag.value).1
        ));
    }
    text.push_str("\ntimeline\n");
    for entry in events {
        let amount = entry.event.amount.map(|amount| format!("  {amount}")).unwrap_or_default();
        text.push_str(&format!("  {}  {}{amount}\n", entry.event.at, entry.event.kind));
    }
    text
}

fn to_json(person: &Person, tags: &[Explained], events: &[EventEntry]) -> Value {
    let records: Vec<Value> = person
        .records
        .iter()
        .map(|record| {
            let evidence: Vec<&str> = record.evidence.iter().map(|rule| rule.as_str()).collect();
            json!({ "id": record.id.to_string(), "source": record.source_name, "source_id": record.source_key, "evidence": evidence })
        })
        .collect();
    let household = person.household.as_ref().map(|household| {
        let members: Vec<String> = household.members.iter().map(|member| member.person_id.to_string()).collect();
        json!({ "id": household.id.to_string(), "members": members })
    });
    let tags: Vec<Value> = tags
        .iter()
        .map(|tag| {
            let (zh, en) = because(tag.tag, &tag.value);
            let events: Vec<String> = tag.events.iter().map(ToString::to_string).collect();
            json!({
                "tag": tag.value.tag, "value": tag.value.value, "why": { "zh": zh, "en": en, "events": events },
                "until": tag.value.until_us.map(careloop_http::time_view),
            })
        })
        .collect();
    let timeline: Vec<Value> = events
        .iter()
        .map(|entry| {
            let event = &entry.event;
            json!({
                "event_id": event.event_id.to_string(), "kind": event.kind, "at": event.at.to_string(),
                "amount_minor": event.amount.map(|amount| amount.minor()), "source": entry.source_name, "props": event.props.map(),
            })
        })
        .collect();
    json!({
        "person_id": person.id.to_string(), "redirected_from": person.redirected_from.map(|id| id.to_string()),
        "name": person.name, "gender": person.gender.map(|gender| gender.as_str()), "birth_date": person.birth_date.map(|date| date.to_string()),
        "records": records, "household": household, "tags": tags, "timeline": timeline,
    })
}
