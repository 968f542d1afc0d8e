//! Who sees, does and hands over which tasks, and what the log says of it.

use careloop_events::of_records;
use careloop_kernel::ids::TaskId;
use careloop_kernel::{Ctx, PageRequest, Result};
use careloop_teams::{NewTask, Opened, Outcome, Task, TaskFilter, TaskOwner, done, list, open_task, reassign, reopen};
use careloop_testkit::on_both;
use jiff::SignedDuration;
use serde_json::json;

use crate::fixture::World;

const OPEN: TaskFilter = TaskFilter { done: false, mine: false };
const DONE: TaskFilter = TaskFilter { done: true, mine: false };

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("none", |error| error.code())
}

async fn open(world: &World, record: i64, origin: &str, due_in_hours: i64) -> Opened {
    let ctx = &world.test.ctx;
    let tx = world.test.db.begin().await.unwrap();
    let new = NewTask {
        record,
        owner: TaskOwner::OfPerson,
        title: format!("call about {origin}"),
        reason: "回访计划".to_owned(),
        due_at: ctx.now() + SignedDuration::from_hours(due_in_hours),
        origin: Some(origin.to_owned()),
        follow_up: true,
    };
    let opened = open_task(&*tx, ctx, new).await.unwrap();
    tx.commit().await.unwrap();
    opened
}

async fn listed(world: &World, ctx: &Ctx, filter: TaskFilter) -> Vec<Task> {
    let request = PageRequest::new(None, None).unwrap();
    list(&world.test.db, &ctx.require().unwrap(), filter, &request).await.unwrap().items
}

fn titles(tasks: &[Task]) -> Vec<&str> {
    tasks.iter().map(|task| task.title.trim_start_matches("call about ")).collect()
}

#[tokio::test]
async fn a_task_goes_to_who_looks_after_the_person_or_to_the_clinic() {
    on_both(|test| async move {
        let world = World::new(test).await;
        open(&world, world.owned, "owned", 2).await;
        open(&world, world.unowned, "pool", 1).await;
        open(&world, world.far, "far", 3).await;
        let all = listed(&world, &world.test.ctx, OPEN).await;
        assert_eq!(titles(&all), ["pool", "owned", "far"], "by due time");
        assert_eq!(all[1].owner.as_ref().unwrap().1, "consultant");
        assert!(all[0].owner.is_none());
        assert_eq!(titles(&listed(&world, &world.desk().await, OPEN).await), ["pool", "owned"]);
        assert_eq!(titles(&listed(&world, &world.far_desk().await, OPEN).await), ["far"]);
        let consultant = world.consultant().await;
        assert_eq!(titles(&listed(&world, &consultant, OPEN).await), ["owned"]);
        assert_eq!(titles(&listed(&world, &consultant, TaskFilter { mine: true, ..OPEN }).await), ["owned"]);
        assert!(
            listed(&world, &world.test.ctx, TaskFilter { mine: true, ..OPEN }).await.is_empty(),
            "the program owns none"
        );
        let card = all[1].card.as_ref().unwrap();
        assert_eq!((card.name.as_str(), card.phone_masked.as_deref()), ("王小明", Some("138****0001")));
    })
    .await;
}

#[tokio::test]
async fn the_same_origin_opens_one_task_and_one_event() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let first = open(&world, world.owned, "intent", 2).await;
        let second = open(&world, world.owned, "intent", 5).await;
        assert_eq!((first.id, first.is_new, second.is_new), (second.id, true, false));
        assert_eq!(listed(&world, &world.test.ctx, OPEN).await.len(), 1);
        let events = of_records(world.test.db.write(), &[world.owned]).await.unwrap();
        assert_eq!(events.len(), 1);
        let event = &events[0];
        assert_eq!((event.kind.as_str(), event.record, event.clinic), ("task.opened", world.owned, Some(1)));
        assert_eq!(event.props.text_of("staff"), Some(world.consultant.0.to_string()));
        assert!(!event.props.text().contains("call about"), "what is to be said stays sealed");
    })
    .await;
}

#[tokio::test]
async fn what_came_of_a_task_is_told_once_and_the_note_stays_sealed() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let id = open(&world, world.owned, "call", 2).await.id;
        let ctx = world.consultant().await.require().unwrap();
        let db = &world.test.db;
        let task = done(db, &ctx, id, Outcome::Booked, Some(" next Tuesday ".to_owned())).await.unwrap();
        assert_eq!((task.outcome, task.note.as_deref()), (Some(Outcome::Booked), Some("next Tuesday")));
        assert_eq!(task.title, "call about call", "the title stays");
        assert_eq!(code(done(db, &ctx, id, Outcome::Fine, None).await), "teams.already_done");
        let events = of_records(db.write(), &[world.owned]).await.unwrap();
        let told: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(told, ["task.opened", "task.done", "fu.done"]);
        assert_eq!(events[1].props.get("outcome"), Some(json!("booked")));
        assert_eq!(events[1].props.get("on_time"), Some(json!(true)));
        assert_eq!(events[2].props.get("result"), Some(json!("booked")));
        assert!(events.iter().all(|event| !event.props.text().contains("Tuesday")));
        for event in &events {
            let checked = careloop_events::check(&event.kind, event.props.map()).unwrap();
            assert!(checked.registered, "{}", event.kind);
        }
        assert_eq!(titles(&listed(&world, &world.test.ctx, DONE).await), ["call"]);
        assert!(listed(&world, &world.test.ctx, OPEN).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_reopened_task_is_done_again_and_told_again() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let id = open(&world, world.owned, "call", 2).await.id;
        let ctx = world.test.ctx.require().unwrap();
        let db = &world.test.db;
        assert_eq!(code(reopen(db, &ctx, id).await), "teams.not_done");
        done(db, &ctx, id, Outcome::Unreachable, None).await.unwrap();
        let task = reopen(db, &ctx, id).await.unwrap();
        assert_eq!((task.outcome, task.done_at), (None, None));
        world.test.clock.advance(SignedDuration::from_hours(3));
        done(db, &ctx, id, Outcome::Fine, None).await.unwrap();
        let events = of_records(db.write(), &[world.owned]).await.unwrap();
        let told: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(told, ["task.opened", "task.done", "fu.done", "task.opened", "task.done", "fu.done"]);
        assert_eq!(events[4].props.get("on_time"), Some(json!(false)));
    })
    .await;
}

#[tokio::test]
async fn a_task_out_of_scope_is_not_there() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let id = open(&world, world.far, "far", 2).await.id;
        let ctx = world.desk().await;
        let db = &world.test.db;
        assert_eq!(code(done(db, &ctx.require().unwrap(), id, Outcome::Fine, None).await), "teams.no_such_task");
        assert_eq!(code(reopen(db, &ctx.require().unwrap(), id).await), "teams.no_such_task");
        assert_eq!(code(reassign(db, &ctx.require().unwrap(), id, None).await), "teams.no_such_task");
        let unknown: TaskId = "tsk_00000000000000000000000001".parse().unwrap();
        assert_eq!(code(done(db, &ctx.require().unwrap(), unknown, Outcome::Fine, None).await), "teams.no_such_task");
    })
    .await;
}

#[tokio::test]
async fn a_free_task_is_taken_by_one_and_handed_over_by_who_assigns() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let id = open(&world, world.unowned, "pool", 2).await.id;
        let db = &world.test.db;
        let desk = world.desk().await;
        let task = reassign(db, &desk.require().unwrap(), id, Some(world.desk.0)).await.unwrap();
        assert_eq!(task.owner.unwrap().0, world.desk.0);
        let other = world.as_staff(world.consultant, "front_desk", desk.scope().clone()).await.require().unwrap();
        assert_eq!(code(reassign(db, &other, id, Some(world.consultant.0)).await), "access.forbidden", "it is taken");
        assert_eq!(code(reassign(db, &desk.require().unwrap(), id, None).await), "access.forbidden");
        let dean = world.as_staff(world.desk, "dean", desk.scope().clone()).await.require().unwrap();
        assert_eq!(
            code(reassign(db, &dean, id, Some(world.far_desk.0)).await),
            "access.no_such_staff",
            "of another clinic"
        );
        let task = reassign(db, &dean, id, Some(world.consultant.0)).await.unwrap();
        assert_eq!(task.owner.unwrap().0, world.consultant.0);
        assert_eq!(titles(&listed(&world, &world.consultant().await, OPEN).await), ["pool"], "one's own task is seen");
        careloop_access::staff::archive(db, &world.test.ctx.require().unwrap(), world.desk.0).await.unwrap();
        assert_eq!(code(reassign(db, &dean, id, Some(world.desk.0)).await), "teams.owner_left");
        assert!(reassign(db, &dean, id, None).await.unwrap().owner.is_none());
        let reader = world.as_staff(world.desk, "medical_director", desk.scope().clone()).await.require().unwrap();
        assert_eq!(code(reassign(db, &reader, id, None).await), "access.forbidden");
    })
    .await;
}

#[tokio::test]
async fn pages_of_tasks_join_without_gap() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for number in 0..5 {
            open(&world, world.owned, &number.to_string(), 1 + number / 2).await;
        }
        let ctx = world.test.ctx.require().unwrap();
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let request = PageRequest::new(Some(2), cursor.clone()).unwrap();
            let page = list(&world.test.db, &ctx, OPEN, &request).await.unwrap();
            seen.extend(titles(&page.items).into_iter().map(str::to_owned));
            match page.next {
                Some(next) => cursor = Some(next.0),
                None => break,
            }
        }
        assert_eq!(seen, ["0", "1", "2", "3", "4"]);
    })
    .await;
}
