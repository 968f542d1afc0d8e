//! Walks the description of the API as a stranger, as somebody of another clinic, and as somebody without the permission.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use careloop_testkit::{Answer, Client};
use http::{Method, Request};
use serde_json::Value;

use crate::operations::{Beyond, OPEN, Operation, all};
use crate::world::World;

/// Where the description says an operation is.
struct Place {
    method: Method,
    path: String,
}

/// Every operation of the description, by id.
fn described() -> BTreeMap<String, Place> {
    let document: Value = serde_json::from_str(&careloop_server::openapi_json()).unwrap();
    let mut places = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let id =
                operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has an id")).to_owned();
            let before = places.insert(id.clone(), Place { method, path: path.clone() });
            assert!(before.is_none(), "two operations are called {id}");
        }
    }
    places
}

/// Calls an operation with everything it asks for.
async fn call(world: &World, client: &Client, operation: &Operation, place: &Place) -> Answer {
    let mut path = place.path.clone();
    for name in (operation.names)(world) {
        let (start, rest) = path.split_once('{').expect("the path has a parameter for each name");
        let (_, end) = rest.split_once('}').unwrap();
        path = format!("{start}{name}{end}");
    }
    assert!(!path.contains('{'), "{}: {path}", operation.id);
    if !operation.query.is_empty() {
        let query = operation.query.replace("{near}", &world.near_record()).replace("{far}", &world.far_record);
        let query = query.replace("{segment}", &world.segment);
        path = format!("{path}?{query}");
    }
    client.send(place.method.clone(), &path, (operation.body)(world).as_ref()).await
}

#[test]
fn every_described_operation_says_here_what_it_demands() {
    let described: BTreeSet<String> = described().into_keys().collect();
    let listed: BTreeSet<String> = all().iter().map(|operation| operation.id.to_owned()).collect();
    let missing: Vec<_> = described.difference(&listed).collect();
    assert!(missing.is_empty(), "add to tests/it/operations.rs: {missing:?}");
    let gone: Vec<_> = listed.difference(&described).collect();
    assert!(gone.is_empty(), "no such operation any more: {gone:?}");
    assert_eq!(all().len(), listed.len(), "one line each");
}

#[tokio::test]
async fn a_stranger_meets_401_everywhere() {
    let world = World::new().await;
    let (stranger, places) = (world.stranger(), described());
    for operation in all().iter().filter(|operation| !OPEN.contains(&operation.id)) {
        let answer = call(&world, &stranger, operation, &places[operation.id]).await;
        let code = answer.json()["code"].clone();
        assert_eq!((answer.status.as_u16(), code.as_str()), (401, Some("access.unauthenticated")), "{}", operation.id);
    }
    let tracked = Request::post("/v1/track").header("content-type", "application/json").body(Body::from("{}")).unwrap();
    assert_eq!(stranger.call(tracked).await.status, 401, "the tracking API has keys of its own");
}

#[tokio::test]
async fn without_its_permission_an_operation_is_refused() {
    let world = World::new().await;
    let places = described();
    for operation in all() {
        let Some(needed) = operation.needs else { continue };
        let others: Vec<&str> = world.permissions().into_iter().filter(|key| *key != needed).collect();
        assert_eq!(others.len() + 1, world.permissions().len(), "{needed} is a permission");
        world.grant("partner", &others).await;
        let lesser = world.signed_in("lesser").await;
        let answer = call(&world, &lesser, &operation, &places[operation.id]).await;
        let code = answer.json()["code"].clone();
        assert_eq!((answer.status.as_u16(), code.as_str()), (403, Some("access.forbidden")), "{}", operation.id);
    }
}

#[tokio::test]
async fn being_signed_in_is_enough_where_nothing_else_is_asked() {
    let world = World::new().await;
    let places = described();
    world.grant("partner", &[]).await;
    for operation in all().iter().filter(|operation| operation.needs.is_none() && !OPEN.contains(&operation.id)) {
        let lesser = world.signed_in("lesser").await;
        let answer = call(&world, &lesser, operation, &places[operation.id]).await;
        assert!(
            answer.status.is_success() || answer.status == 400,
            "{}: {} {}",
            operation.id,
            answer.status,
            answer.text
        );
    }
}

/// How many traces of the far clinic an answer holds.
fn traces(world: &World, answer: &Answer) -> usize {
    world.traces().into_iter().filter(|trace| answer.text.contains(trace)).count()
}

/// The answer without what differs from call to call.
fn figures(answer: &Answer) -> Value {
    let mut view = answer.json();
    if let Some(fields) = view.as_object_mut() {
        fields.remove("took_ms");
    }
    view
}

/// What is wrong with the answer to a caller of another clinic, beside the answer to one who sees the whole chain.
fn complaint(world: &World, beyond: &Beyond, own: &Answer, all: &Answer) -> Option<String> {
    let status = own.status.as_u16();
    match beyond {
        Beyond::Missing if status != 404 => Some("is not 404".to_owned()),
        Beyond::Refused if status != 403 => Some("is not 403".to_owned()),
        Beyond::Same(why) if status == 403 || status >= 500 => Some(format!("fails, although {why}")),
        Beyond::Filtered | Beyond::Counted if status != 200 => Some("is not 200".to_owned()),
        Beyond::Filtered if traces(world, all) == 0 => Some(format!("tells the whole chain nothing: {}", all.text)),
        Beyond::Filtered if traces(world, own) > 0 => Some("tells of the other clinic".to_owned()),
        Beyond::Counted if figures(own) == figures(all) => Some("counts the other clinic".to_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn another_clinic_is_out_of_reach() {
    let world = World::new().await;
    let places = described();
    let admin = world.signed_in("admin").await;
    let mut complaints = Vec::new();
    for operation in all() {
        let narrow = world.signed_in("narrow").await;
        let place = &places[operation.id];
        let own = call(&world, &narrow, &operation, place).await;
        let whole = match operation.beyond {
            Beyond::Filtered | Beyond::Counted => &call(&world, &admin, &operation, place).await,
            Beyond::Missing | Beyond::Refused | Beyond::Same(_) => &own,
        };
        if let Some(complaint) = complaint(&world, &operation.beyond, &own, whole) {
            complaints.push(format!("{} {complaint}: {} {}", operation.id, own.status, own.text));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
