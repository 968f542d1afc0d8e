//! What each operation demands of its caller. An operation that is not here fails the test.

use serde_json::{Value, json};

use crate::world::World;

/// What a caller meets who may do everything, but in another clinic.
pub enum Beyond {
    /// It names something of another clinic, which is not there for them: 404.
    Missing,
    /// Its answer leaves out what belongs to other clinics: everything that tells of the customer there.
    Filtered,
    /// Its figures leave out what belongs to other clinics.
    Counted,
    /// It concerns the whole chain: 403.
    Refused,
    /// It is the same for every clinic; the text says why.
    Same(&'static str),
}

/// One operation.
pub struct Operation {
    /// Its id in the description of the API.
    pub id: &'static str,
    /// The permission it demands; none when being signed in is enough.
    pub needs: Option<&'static str>,
    /// What a caller of another clinic meets.
    pub beyond: Beyond,
    /// What the path names: `{id}` first, then the second parameter.
    pub names: fn(&World) -> Vec<String>,
    /// Query parameters; `{near}` and `{far}` stand for a record of either customer, `{segment}` for the segment.
    pub query: &'static str,
    /// The body.
    pub body: fn(&World) -> Option<Value>,
}

fn nothing(_: &World) -> Vec<String> {
    Vec::new()
}

fn no_body(_: &World) -> Option<Value> {
    None
}

impl Operation {
    fn new(id: &'static str, needs: &'static str, beyond: Beyond) -> Self {
        let needs = Some(needs).filter(|key| !key.is_empty());
        Self { id, needs, beyond, names: nothing, query: "", body: no_body }
    }

    fn of(self, names: fn(&World) -> Vec<String>) -> Self {
        Self { names, ..self }
    }

    fn asking(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    fn with(self, body: fn(&World) -> Option<Value>) -> Self {
        Self { body, ..self }
    }
}

fn person(world: &World) -> Vec<String> {
    vec![world.far_person.clone()]
}

fn staff(world: &World) -> Vec<String> {
    vec![world.far_staff.clone()]
}

fn task(world: &World) -> Vec<String> {
    vec![world.far_task.clone()]
}

fn plan(world: &World) -> Vec<String> {
    vec![world.plan.clone()]
}

fn segment(world: &World) -> Vec<String> {
    vec![world.segment.clone()]
}

fn source(world: &World) -> Vec<String> {
    vec![world.source.clone()]
}

fn upload(_: &World) -> Vec<String> {
    vec!["upl_00000000000000000000000009".to_owned()]
}

fn import(_: &World) -> Vec<String> {
    vec!["imp_00000000000000000000000009".to_owned()]
}

fn metric(world: &World) -> Vec<String> {
    vec![world.metric.clone()]
}

fn plan_body(world: &World) -> Option<Value> {
    Some(json!({
        "name": "another", "segment_id": world.segment, "action": "task", "task": { "title": "x", "due_in_hours": 1 },
        "quiet_hours": { "from": "21:00", "to": "09:00" }, "cap_days": 1,
    }))
}

const ABOUT_ONESELF: Beyond = Beyond::Same("it concerns the caller alone");
const VOCABULARY: Beyond = Beyond::Same("it is the product's vocabulary");
const POSTER: Beyond = Beyond::Same("whoever stands before the poster may");
fn people_map() -> Value {
    json!({ "kind": "people", "source_id": "no" })
}

/// Sources, files and imports belong to the chain.
const INTAKE: Beyond = Beyond::Refused;

/// Every operation there is.
pub fn all() -> Vec<Operation> {
    [access(), chain_and_teams(), people(), knowledge(), lists(), activities(), intake(), outreach_and_insight()]
        .into_iter()
        .flatten()
        .collect()
}

/// Operations that need no log-in.
pub const OPEN: [&str; 3] = ["log_in", "find_sign_in", "sign_in_visitor"];

fn access() -> Vec<Operation> {
    use Beyond::{Filtered, Missing, Refused, Same};
    let new = Operation::new;
    vec![
        new("log_in", "", Same("anybody may try"))
            .with(|_| Some(json!({ "login": "nobody", "password": "wrong password" }))),
        new("get_session", "", ABOUT_ONESELF),
        new("log_out", "", ABOUT_ONESELF),
        new("change_password", "", ABOUT_ONESELF)
            .with(|_| Some(json!({ "current": "wrong password", "new": "another password" }))),
        new("list_staff", "", Filtered),
        new("create_staff", "staff.manage", Missing).with(|world| {
            Some(
                json!({ "login": "new", "name": "new", "role_id": world.nurse_role, "clinic_ids": [world.far_clinic] }),
            )
        }),
        new("update_staff", "staff.manage", Missing).of(staff).with(|_| Some(json!({ "name": "renamed" }))),
        new("archive_staff", "staff.manage", Missing).of(staff),
        new("list_roles", "", VOCABULARY),
        new("update_role", "roles.manage", Refused)
            .of(|world| vec![world.nurse_role.clone()])
            .with(|_| Some(json!({ "name_zh": "x", "name_en": "x", "level": "chain", "permissions": [] }))),
        new("list_permissions", "", VOCABULARY),
        new("get_settings", "", Same("name and zone of the chain are on every page")),
        new("update_settings", "settings.manage", Refused).with(|_| Some(json!({ "name": "x", "time_zone": "UTC" }))),
        new("list_audit", "audit.read", Refused),
        new("verify_audit_chain", "audit.read", Refused),
    ]
}

fn activities() -> Vec<Operation> {
    use Beyond::{Filtered, Missing};
    let new = Operation::new;
    let activity = |world: &World| vec![world.far_activity.0.clone()];
    let poster = |world: &World| vec![world.far_activity.1.clone()];
    vec![
        new("list_activities", "segments.read", Filtered),
        new("create_activity", "segments.edit", Missing).with(|world| {
            Some(json!({
                "name": "x", "clinic_id": world.far_clinic, "starts_at": "2026-03-02T01:00:00Z",
                "ends_at": "2026-03-03T01:00:00Z",
            }))
        }),
        new("get_activity", "segments.read", Missing).of(activity),
        new("update_activity", "segments.edit", Missing).of(activity).with(|_| Some(json!({ "place": "x" }))),
        new("close_activity", "segments.edit", Missing).of(activity),
        new("reopen_activity", "segments.edit", Missing).of(activity),
        new("renew_activity_link", "segments.edit", Missing).of(activity),
        new("list_activity_attendees", "people.read", Missing).of(activity),
        new("import_activity_attendees", "segments.edit", Missing)
            .of(activity)
            .with(|_| Some(json!({ "text": "13912345671" }))),
        new("find_sign_in", "", POSTER).of(poster),
        new("sign_in_visitor", "", POSTER)
            .of(poster)
            .with(|_| Some(json!({ "name": "visitor", "phone": "13912345679", "agreed": true }))),
    ]
}

fn chain_and_teams() -> Vec<Operation> {
    use Beyond::{Filtered, Missing, Refused};
    let new = Operation::new;
    vec![
        new("list_clinics", "", Filtered),
        new("create_clinic", "clinics.manage", Refused).with(|_| Some(json!({ "code": "X", "name": "X" }))),
        new("update_clinic", "clinics.manage", Missing)
            .of(|world| vec![world.far_clinic.clone()])
            .with(|_| Some(json!({ "name": "renamed" }))),
        new("list_tasks", "tasks.read", Filtered),
        new("create_task", "tasks.work", Missing)
            .with(|world| Some(json!({ "person_id": world.far_person, "title": "x", "due_at": "2026-04-01" }))),
        new("complete_task", "tasks.work", Missing).of(task).with(|_| Some(json!({ "outcome": "fine" }))),
        new("reopen_task", "tasks.work", Missing).of(task),
        new("reassign_task", "tasks.read", Missing).of(task).with(|_| Some(json!({ "owner_id": null }))),
    ]
}

fn people() -> Vec<Operation> {
    use Beyond::{Filtered, Missing};
    let new = Operation::new;
    vec![
        new("list_people", "people.read", Filtered),
        new("get_person", "people.read", Missing).of(person),
        new("reveal_person", "people.reveal", Missing)
            .of(person)
            .with(|_| Some(json!({ "fields": ["phone"], "reason": "call back" }))),
        new("list_person_timeline", "people.read", Missing).of(person),
        new("list_notes", "people.read", Missing).of(person),
        new("add_note", "people.edit", Missing).of(person).with(|_| Some(json!({ "text": "x" }))),
        new("erase_note", "people.edit", Missing).of(|world| vec![world.far_person.clone(), world.far_note.clone()]),
        new("get_identity", "people.read", Missing).of(person),
        new("merge_people", "people.merge", Missing)
            .of(person)
            .with(|world| Some(json!({ "other_id": world.near_person, "reason": "same person" }))),
        new("unmerge_person", "people.merge", Missing)
            .of(person)
            .with(|world| Some(json!({ "record_ids": [world.far_record], "reason": "two people" }))),
        new("list_identity_reviews", "people.read", Filtered),
        new("list_identity_samples", "people.read", Filtered),
        new("get_identity_evidence", "people.read", Missing).asking("a={near}&b={far}"),
        new("decide_identity", "people.merge", Missing).with(|world| {
            let records = [world.near_record(), world.far_record.clone()];
            Some(json!({ "record_a": records[0], "record_b": records[1], "same": true, "reason": "one woman" }))
        }),
        new("withdraw_identity_decisions", "people.merge", Missing)
            .with(|world| Some(json!({ "ids": [world.far_decision] }))),
        new("restore_identity_decisions", "people.merge", Missing)
            .with(|world| Some(json!({ "ids": [world.far_withdrawn] }))),
        new("get_identity_quality", "people.read", Beyond::Refused),
        new("set_person_owner", "people.edit", Missing).of(person).with(|_| Some(json!({ "staff_id": null }))),
        new("set_consent", "people.edit", Missing)
            .of(person)
            .with(|_| Some(json!({ "channel": "email", "state": "refused", "proof": "said so" }))),
        new("list_person_tags", "people.read", Missing).of(person),
        new("set_person_tag", "tags.edit", Missing)
            .of(person)
            .with(|_| Some(json!({ "tag": "attr.occupation", "value": "student" }))),
        new("remove_person_tag", "tags.edit", Missing)
            .of(|world| vec![world.far_person.clone(), "attr.occupation".to_owned()])
            .asking("value=teacher"),
    ]
}

fn knowledge() -> Vec<Operation> {
    use Beyond::{Counted, Filtered, Missing, Same};
    let new = Operation::new;
    vec![
        new("list_event_kinds", "", VOCABULARY),
        new("list_events", "events.read", Filtered),
        new("list_models", "segments.read", Counted),
        new("list_tags", "segments.read", Counted),
        new("list_tagged_people", "people.read", Filtered)
            .of(|_| vec!["attr.occupation".to_owned()])
            .asking("value=teacher"),
        new("set_tag_threshold", "settings.manage", Beyond::Refused)
            .of(|_| vec!["life.dormant".to_owned(), "days".to_owned()])
            .with(|_| Some(json!({ "value": 200 }))),
        new("reset_tag_threshold", "settings.manage", Beyond::Refused)
            .of(|_| vec!["life.dormant".to_owned(), "days".to_owned()]),
        new("list_segments", "segments.read", Counted),
        new(
            "create_segment",
            "segments.edit",
            Same("a segment is a rule; who sees whom in it is decided when it is read"),
        )
        .with(|_| Some(json!({ "name": "men", "rule": { "attr": "gender", "is": "male" } }))),
        new("get_segment", "segments.read", Counted).of(segment),
        new("update_segment", "segments.edit", Same("a segment is a rule"))
            .of(segment)
            .with(|_| Some(json!({ "description": "x" }))),
        new("archive_segment", "segments.edit", Same("a segment is a rule"))
            .of(|_| vec!["seg_00000000000000000000000009".to_owned()]),
        new("restore_segment", "segments.edit", Same("a segment is a rule"))
            .of(|_| vec!["seg_00000000000000000000000009".to_owned()]),
        new("preview_segment", "segments.read", Filtered)
            .with(|_| Some(json!({ "rule": { "attr": "gender", "is": "female" } }))),
        new("get_segment_vocabulary", "segments.read", VOCABULARY),
        new("list_segment_members", "people.read", Filtered).of(segment),
        new("explain_segment_member", "segments.read", Missing)
            .of(|world| vec![world.segment.clone(), world.far_person.clone()]),
        new("list_segment_changes", "people.read", Filtered).of(segment),
        new("export_segment", "segments.export", Filtered).of(segment).asking("format=csv&fields=name"),
    ]
}

/// A body that names the customer of the far clinic.
fn far_people(world: &World) -> Option<Value> {
    Some(json!({ "people": [world.far_person] }))
}

/// Work on many people that is not there.
fn action(_: &World) -> Vec<String> {
    vec!["blk_00000000000000000000000009".to_owned()]
}

fn lists() -> Vec<Operation> {
    use Beyond::{Counted, Filtered, Missing, Same};
    let new = Operation::new;
    let rows = |world: &World| Some(json!({ "text": world.far_person }));
    let few = Same("with so few members nothing can be learnt, whoever asks");
    vec![
        new("create_segment_list", "segments.edit", Missing)
            .with(|world| Some(json!({ "name": "chosen", "whom": { "people": [world.far_person] } }))),
        new("add_segment_list_people", "segments.edit", Missing).of(segment).with(far_people),
        new("remove_segment_list_people", "segments.edit", Missing).of(segment).with(far_people),
        new("check_segment_list_rows", "segments.edit", Counted).with(rows),
        new("import_segment_list_rows", "segments.edit", Same("the segment follows a rule and is no list"))
            .of(segment)
            .with(rows),
        new("list_bulk_actions", "segments.read", Same("it tells who did what to how many, and names nobody")),
        new("start_bulk_tag", "tags.edit", Missing).with(|world| {
            let whom = json!({ "people": [world.far_person] });
            Some(json!({ "tag": "attr.occupation", "value": "teacher", "whom": whom }))
        }),
        new("get_bulk_action", "segments.read", Missing).of(action),
        new("cancel_bulk_action", "segments.read", Missing).of(action),
        new("undo_bulk_action", "segments.read", Missing).of(action),
        new("get_segment_overlap", "segments.read", Missing)
            .asking("segments={segment},seg_00000000000000000000000009"),
        new("list_segment_overlap_people", "people.read", Filtered).asking("inside={segment}"),
        new("get_segment_composition", "segments.read", Counted).of(segment),
        new("get_segment_trend", "segments.read", Counted).of(segment),
        new("get_tag_trend", "segments.read", Counted).of(|_| vec!["attr.occupation".to_owned()]),
        new("get_segment_lookalike", "segments.read", few).of(segment),
        new("create_segment_lookalike_list", "segments.edit", Same("with so few members nothing can be learnt"))
            .of(segment)
            .with(|_| Some(json!({ "name": "alike", "count": 1 }))),
    ]
}

fn intake() -> Vec<Operation> {
    let new = Operation::new;
    vec![
        new("list_sources", "", Beyond::Same("names of sources stand on every customer's page")),
        new("create_source", "intake.manage", INTAKE).with(|_| Some(json!({ "name": "new", "kind": "file" }))),
        new("update_source", "intake.manage", INTAKE).of(source).with(|_| Some(json!({ "strict": true }))),
        new("rotate_source_key", "intake.manage", INTAKE).of(source),
        new("list_event_rejects", "intake.manage", INTAKE),
        new("upload_file", "intake.run", INTAKE),
        new("dry_run_upload", "intake.run", INTAKE)
            .of(upload)
            .with(|world| Some(json!({ "source_id": world.source, "map": people_map() }))),
        new("list_imports", "intake.run", INTAKE),
        new("start_import", "intake.run", INTAKE).with(|world| {
            Some(json!({ "upload_id": "upl_00000000000000000000000009", "source_id": world.source, "map": people_map() }))
        }),
        new("get_import", "intake.run", INTAKE).of(import),
        new("follow_import", "intake.run", INTAKE).of(import),
        new("cancel_import", "intake.run", INTAKE).of(import),
        new("resume_import", "intake.run", INTAKE).of(import),
        new("download_import_rejects", "intake.run", INTAKE).of(import),
    ]
}

fn outreach_and_insight() -> Vec<Operation> {
    use Beyond::{Counted, Filtered, Missing, Refused, Same};
    let new = Operation::new;
    let window = "from=2026-01-01&to=2027-01-01";
    vec![
        new("list_touch_plans", "outreach.read", Counted),
        new("create_touch_plan", "outreach.edit", Refused).with(plan_body),
        new("get_touch_plan", "outreach.read", Counted).of(plan),
        new("update_touch_plan", "outreach.edit", Refused).of(plan).with(plan_body),
        new("pause_touch_plan", "outreach.edit", Refused).of(plan),
        new("resume_touch_plan", "outreach.edit", Refused).of(plan),
        new("list_intents", "outreach.read", Filtered).of(plan),
        new("settle_intent", "outreach.settle", Missing)
            .of(|world| vec![world.far_intent.clone()])
            .with(|_| Some(json!({ "state": "sent" }))),
        new("list_channels", "outreach.read", Same("channels belong to the installation")),
        new("list_metrics", "insight.read", VOCABULARY),
        new("query_metric", "insight.read", Counted).of(metric).asking(window),
        new("drill_metric", "insight.read", Filtered).of(metric).asking(window),
        new("get_overview", "insight.read", Counted).asking(window),
    ]
}
