//! The operations over HTTP, with the real router and real sessions.

use careloop_testkit::TestDb;
use http::Method;
use serde_json::{Value, json};

use crate::chain::{families, hire, ids, signed_in};

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people_are_found_by_name_sound_and_phone() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let client = signed_in(&test, "admin").await;
    let all = client.get("/api/people").await.json();
    assert_eq!(names(&all), ["曾国强", "王小雨", "李梅"], "newest first, each person once");
    for (query, found) in [
        ("李梅", "李梅"),
        ("小雨", "王小雨"),
        ("王小雨", "王小雨"),
        ("曾", "曾国强"),
        ("zengguoqiang", "曾国强"),
        ("zgq", "曾国强"),
        ("zg", "曾国强"),
        ("13712348888", "曾国强"),
        ("8888", "曾国强"),
        ("137%201234%208888", "曾国强"),
    ] {
        assert_eq!(names(&client.get(&format!("/api/people?q={query}")).await.json()), [found], "{query}");
    }
    for query in ["国梅", "zx", "0000", "13712348889", "a@b.cn"] {
        assert!(names(&client.get(&format!("/api/people?q={query}")).await.json()).is_empty(), "{query}");
    }
    assert_eq!(names(&client.get("/api/people?q=5670&sort=oldest").await.json()), ["李梅", "王小雨"]);
}

#[tokio::test]
async fn the_list_goes_on_where_it_stopped() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let client = signed_in(&test, "admin").await;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/people?limit=1&sort=oldest&cursor={cursor}")).await.json();
        found.extend(names(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, ["李梅", "王小雨", "曾国强"]);
}

#[tokio::test]
async fn a_person_is_shown_whole_and_masked() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let client = signed_in(&test, "admin").await;
    let (_, mother) = ids(&test, "mother").await;
    let answer = client.get(&format!("/api/people/{mother}")).await;
    let view = answer.json();
    assert_eq!(view["name"], "李梅");
    assert_eq!(view["age"], 37);
    assert_eq!(view["phones"], json!([{ "masked": "139****5670", "role": "shared" }]));
    assert_eq!(view["records"].as_array().unwrap().len(), 2);
    assert_eq!(view["records"][1]["evidence"][0]["rule"], "phone_name");
    assert_eq!(view["records"][1]["evidence"][0]["reason_zh"], "手机号相同，姓名相同");
    let members = view["household"]["members"].as_array().unwrap();
    let roles: Vec<_> = members
        .iter()
        .map(|member| {
            (
                member["name"].as_str().unwrap(),
                member["role"].as_str().unwrap(),
                member["is_key_person"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(roles, [("李梅", "parent", true), ("王小雨", "child", false)]);
    assert!(!answer.text.contains("13912345670"), "nothing in the clear");
    let (record, _) = ids(&test, "again").await;
    for reference in [record.as_str(), "his:again"] {
        assert_eq!(client.get(&format!("/api/people/{reference}")).await.json()["id"], view["id"], "{reference}");
    }
    assert_eq!(client.get("/api/people/per_00000000000000000000000000").await.status, 404);
    assert_eq!(client.get("/api/people/nonsense").await.status, 404);
}

#[tokio::test]
async fn another_clinics_customer_does_not_exist() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    hire(&test, "dean", "dean", 1).await;
    let client = signed_in(&test, "dean").await;
    assert_eq!(names(&client.get("/api/people").await.json()), ["王小雨", "李梅"]);
    assert!(names(&client.get("/api/people?q=8888").await.json()).is_empty());
    let (record, stranger) = ids(&test, "stranger").await;
    for path in ["", "/timeline", "/notes", "/identity"] {
        assert_eq!(client.get(&format!("/api/people/{stranger}{path}")).await.status, 404, "{path}");
    }
    let (_, mother) = ids(&test, "mother").await;
    let reason = "because";
    for (method, path, body) in [
        (Method::POST, "reveal", json!({ "fields": ["phone"], "reason": reason })),
        (Method::POST, "notes", json!({ "text": "hello" })),
        (Method::POST, "merge", json!({ "other_id": mother, "reason": reason })),
        (Method::POST, "unmerge", json!({ "record_ids": [record], "reason": reason })),
        (Method::PUT, "owner", json!({ "staff_id": null })),
        (Method::PUT, "consents", json!({ "channel": "sms", "state": "refused", "proof": "call" })),
    ] {
        let answer = client.send(method, &format!("/api/people/{stranger}/{path}"), Some(&body)).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    let other =
        client.post(&format!("/api/people/{mother}/merge"), &json!({ "other_id": stranger, "reason": reason })).await;
    assert_eq!(other.status, 404, "nor as the other half of a merge");
}

#[tokio::test]
async fn a_number_is_revealed_for_a_reason_and_leaves_a_trace() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let client = signed_in(&test, "admin").await;
    let (_, mother) = ids(&test, "mother").await;
    let path = format!("/api/people/{mother}/reveal");
    let refused = client.post(&path, &json!({ "fields": ["phone"], "reason": "x" })).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str().unwrap()), (400, "people.reason"));
    let answer = client.post(&path, &json!({ "fields": ["phone", "email"], "reason": "call back" })).await;
    assert_eq!(
        answer.json(),
        json!({ "values": [{ "field": "phone", "values": ["13912345670"] }, { "field": "email", "values": [] }] })
    );
    let log = client.get("/api/audit?action=person.revealed").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    assert_eq!(log["items"][0]["object"], mother);
    assert!(!log.to_string().contains("13912345670"));
}

#[tokio::test]
async fn notes_owner_and_consents_are_kept() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let staff = hire(&test, "anna", "dean", 1).await;
    let client = signed_in(&test, "admin").await;
    let (_, mother) = ids(&test, "mother").await;
    let path = |rest: &str| format!("/api/people/{mother}/{rest}");
    let note = client.post(&path("notes"), &json!({ "text": "怕疼,需要安抚" })).await;
    assert_eq!(note.status, 201);
    let notes = client.get(&path("notes")).await.json();
    assert_eq!(notes["items"][0]["text"], "怕疼,需要安抚");
    assert_eq!(notes["items"][0]["author"], "admin");
    let one = path(&format!("notes/{}", note.json()["id"].as_str().unwrap()));
    assert_eq!(client.send(Method::DELETE, &one, None).await.status, 204);
    assert_eq!(client.send(Method::DELETE, &one, None).await.status, 404);
    assert_eq!(client.get(&path("notes")).await.json()["items"], json!([]));
    assert_eq!(client.send(Method::PUT, &path("owner"), Some(&json!({ "staff_id": staff }))).await.status, 204);
    assert_eq!(client.get(&path("")[..path("").len() - 1]).await.json()["owner"]["name"], "anna");
    assert_eq!(names(&client.get(&format!("/api/people?owner={staff}")).await.json()), ["李梅"]);
    for state in ["granted", "refused"] {
        test.clock.advance(jiff::SignedDuration::from_secs(1));
        let said = json!({ "channel": "sms", "state": state, "proof": "signed form" });
        let latest = client.send(Method::PUT, &path("consents"), Some(&said)).await.json();
        assert_eq!((latest[0]["state"].as_str(), latest.as_array().unwrap().len()), (Some(state), 1));
    }
    let kinds = client.get(&path("timeline")).await.json();
    let kinds: Vec<_> =
        kinds["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["consent.changed", "consent.changed", "person.owner_changed", "note.added"]);
    assert_eq!(
        client
            .send(Method::PUT, &path("consents"), Some(&json!({ "channel": "fax", "state": "granted", "proof": "x" })))
            .await
            .status,
        400
    );
}

#[derive(careloop_db::FromQueryResult)]
struct OwnedRow {
    owner: Option<i64>,
    updated_at: i64,
}

#[tokio::test]
async fn an_owner_is_a_colleague_and_records_of_other_clinics_keep_theirs() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    hire(&test, "dean", "dean", 1).await;
    let (near, far) = (hire(&test, "anna", "nurse", 1).await, hire(&test, "faraway", "nurse", 2).await);
    let (_, mother) = ids(&test, "mother").await;
    let path = format!("/api/people/{mother}/owner");
    for sql in [
        "UPDATE records SET clinic = 1, owner = NULL WHERE source_key = 'mother'",
        "UPDATE records SET clinic = 2, owner = NULL WHERE source_key = 'again'",
    ] {
        careloop_db::run(test.db.write(), sql, []).await.unwrap();
    }
    test.clock.advance(jiff::SignedDuration::from_secs(1));
    let dean = signed_in(&test, "dean").await;
    let refused = dean.send(Method::PUT, &path, Some(&json!({ "staff_id": far }))).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (400, Some("people.owner")));
    assert_eq!(dean.send(Method::PUT, &path, Some(&json!({ "staff_id": near }))).await.status, 204);
    let sql = "SELECT owner, updated_at FROM records WHERE source_key IN ('mother', 'again') ORDER BY clinic";
    let rows: Vec<OwnedRow> = careloop_db::all(test.db.read(), sql, []).await.unwrap();
    assert!(rows[0].owner.is_some() && rows[0].updated_at == test.ctx.now_us(), "the own clinic's");
    assert!(rows[1].owner.is_none() && rows[1].updated_at < test.ctx.now_us(), "the other clinic's");
    let timeline = dean.get(&format!("/api/people/{mother}/timeline")).await.json();
    assert_eq!(timeline["items"][0]["kind"], "person.owner_changed");
    assert_eq!(timeline["items"][0]["props"]["staff"], json!(near));
}

#[tokio::test]
async fn a_merge_is_explained_and_undone_over_http() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let client = signed_in(&test, "admin").await;
    let ((record, stranger), (_, mother)) = (ids(&test, "stranger").await, ids(&test, "mother").await);
    let merged = client
        .post(&format!("/api/people/{mother}/merge"), &json!({ "other_id": stranger, "reason": "married name" }))
        .await
        .json();
    assert_eq!(merged["records"].as_array().unwrap().len(), 3);
    let old = client.get(&format!("/api/people/{stranger}")).await.json();
    assert_eq!((old["id"].as_str(), old["redirected_from"].as_str()), (Some(mother.as_str()), Some(stranger.as_str())));
    let identity = client.get(&format!("/api/people/{mother}/identity")).await.json();
    assert_eq!(identity["history"][0]["kind"], "person.merged");
    let told = &identity["history"][0];
    assert_eq!(
        (&told["person_id"], &told["other_id"], &told["records"]),
        (&json!(mother), &json!(stranger), &json!(1))
    );
    assert_eq!((&told["by"], &told["reason"]["rule"]), (&json!("staff"), &json!("decision")));
    assert!(told["staff_id"].as_str().unwrap().starts_with("stf_"), "by whom: {told}");
    assert!(identity["links"].as_array().unwrap().iter().any(|link| link["rule"] == "decision" && link["reason_en"] == "A member of staff said they are one person"));
    assert_eq!(identity["decisions"][0]["reason"], "married name");
    let apart = client
        .post(&format!("/api/people/{mother}/unmerge"), &json!({ "record_ids": [record], "reason": "no, two" }))
        .await
        .json();
    assert_eq!(apart["records"].as_array().unwrap().len(), 2);
    assert_eq!(client.get(&format!("/api/people/{stranger}")).await.json()["redirected_from"], Value::Null);
    for id in [&mother, &stranger] {
        let history = client.get(&format!("/api/people/{id}/identity")).await.json()["history"].clone();
        let told: Vec<_> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["kind"].as_str().unwrap(), one["other_id"].as_str().unwrap(), one["by"].as_str().unwrap()))
            .collect();
        let of_stranger = stranger.as_str();
        assert_eq!(told, [("person.unmerged", of_stranger, "staff"), ("person.merged", of_stranger, "staff")], "{id}");
    }
}
