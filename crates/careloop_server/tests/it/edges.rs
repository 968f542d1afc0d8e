//! What no operation answers: unknown addresses, wrong methods.

use axum::body::Body;
use careloop_testkit::Answer;
use http::{Method, Request};

use crate::world::World;

async fn ask(world: &World, method: &str, path: &str) -> Answer {
    let method: Method = method.parse().unwrap();
    world.stranger().call(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_no_operation_answers_is_a_problem_with_a_code() {
    let world = World::new().await;
    let cases = [
        ("GET", "/api/nothing", 404, "request.path"),
        ("GET", "/api", 404, "request.path"),
        ("DELETE", "/api/settings", 405, "request.method"),
        ("POST", "/api/openapi.json", 405, "request.method"),
        ("POST", "/customers", 405, "request.method"),
        ("PUT", "/", 405, "request.method"),
        ("GET", "/assets/gone-12345678.js", 404, "request.path"),
    ];
    for (method, path, status, code) in cases {
        let answer = ask(&world, method, path).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{method} {path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
        assert_eq!(answer.json()["request_id"], answer.headers["x-request-id"].to_str().unwrap());
        assert_eq!(answer.headers.contains_key("allow"), status == 405, "{method} {path}");
    }
    for method in ["GET", "HEAD"] {
        assert_eq!(ask(&world, method, "/customers").await.status, 200, "{method}: a page of the UI");
    }
}
