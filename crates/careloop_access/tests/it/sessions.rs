//! Log-in, lock-out and the life of a session.

use careloop_access::sessions::{self, Opened};
use careloop_access::{SessionAuthenticator, audit, staff};
use careloop_http::{Authenticator, Credentials};
use careloop_kernel::{Ctx, PageRequest, Result, Scope};
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;

use crate::fixture::{PASSWORD, hire, prepare};

async fn log_in(test: &TestDb, login: &str, password: &str) -> Result<Opened> {
    sessions::log_in(&test.db, test.ctx.env(), login, password, None).await
}

async fn caller(test: &TestDb, opened: &Opened) -> Result<Ctx> {
    let credentials = Credentials { session: Some(opened.token.clone()), ..Credentials::default() };
    SessionAuthenticator.authenticate(&test.db, test.ctx.env(), credentials).await
}

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("none", |error| error.code())
}

/// What the audit log says of refused log-ins.
async fn refusals(test: &TestDb) -> Vec<String> {
    let filter = audit::Filter { action: Some("session.refused".to_owned()), ..audit::Filter::default() };
    let all = PageRequest::new(None, None).unwrap();
    let page = audit::list(&test.db, &test.ctx.require().unwrap(), filter, &all).await.unwrap();
    page.items.into_iter().map(|entry| entry.detail).collect()
}

#[tokio::test]
async fn five_failures_lock_a_login_for_fifteen_minutes_known_or_not() {
    on_both(|test| async move {
        prepare(&test).await;
        for login in ["admin", "nobody"] {
            for _ in 0..5 {
                assert_eq!(code(log_in(&test, login, "wrong password").await), "access.wrong_login");
            }
            assert_eq!(code(log_in(&test, login, PASSWORD).await), "access.locked", "{login}");
        }
        test.clock.advance(SignedDuration::from_mins(14));
        assert_eq!(code(log_in(&test, "admin", PASSWORD).await), "access.locked");
        test.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(code(log_in(&test, "admin", "wrong password").await), "access.wrong_login", "counting starts again");
        assert_eq!(code(log_in(&test, "Admin ", PASSWORD).await), "none");
        let ctx = test.ctx.require().unwrap();
        let filter = audit::Filter { action: Some("staff.locked".to_owned()), ..audit::Filter::default() };
        let page = audit::list(&test.db, &ctx, filter, &PageRequest::new(None, None).unwrap()).await.unwrap();
        assert_eq!(page.items.len(), 1, "one row for the member of staff, none for the stranger");
        assert_eq!(refusals(&test).await.iter().filter(|detail| detail.contains("locked")).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn guesses_sent_at_once_count_one_by_one() {
    on_both(|test| async move {
        prepare(&test).await;
        let guesses: Vec<_> = (0..12)
            .map(|_| {
                let (db, env) = (test.db.clone(), test.ctx.env().clone());
                tokio::spawn(async move { code(sessions::log_in(&db, &env, "admin", "wrong password", None).await) })
            })
            .collect();
        let mut wrong = 0;
        for guess in guesses {
            wrong += i32::from(guess.await.unwrap() == "access.wrong_login");
        }
        assert_eq!(wrong, 5);
    })
    .await;
}

#[tokio::test]
async fn a_success_forgets_the_failures_before_it() {
    on_both(|test| async move {
        prepare(&test).await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(code(log_in(&test, "admin", "wrong password").await), "access.wrong_login");
            }
            assert_eq!(code(log_in(&test, "admin", PASSWORD).await), "none");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_or_a_week() {
    on_both(|test| async move {
        prepare(&test).await;
        let opened = log_in(&test, "admin", PASSWORD).await.unwrap();
        for _ in 0..15 {
            test.clock.advance(SignedDuration::from_hours(11));
            caller(&test, &opened).await.expect("used every 11 hours");
        }
        test.clock.advance(SignedDuration::from_hours(3));
        assert_eq!(code(caller(&test, &opened).await), "access.unauthenticated", "168 hours are over");
        let opened = log_in(&test, "admin", PASSWORD).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(12));
        assert_eq!(code(caller(&test, &opened).await), "access.unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn logging_in_again_replaces_the_session_of_the_browser() {
    on_both(|test| async move {
        prepare(&test).await;
        let first = log_in(&test, "admin", PASSWORD).await.unwrap();
        let other = log_in(&test, "admin", PASSWORD).await.unwrap();
        let env = test.ctx.env();
        let second = sessions::log_in(&test.db, env, "admin", PASSWORD, Some(&first.token)).await.unwrap();
        assert_ne!(first.token, second.token);
        assert_eq!(code(caller(&test, &first).await), "access.unauthenticated");
        assert_eq!(code(caller(&test, &second).await), "none");
        assert_eq!(code(caller(&test, &other).await), "none", "another browser stays signed in");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_needs_the_old_one() {
    on_both(|test| async move {
        prepare(&test).await;
        let here = log_in(&test, "admin", PASSWORD).await.unwrap();
        let there = log_in(&test, "admin", PASSWORD).await.unwrap();
        let ctx = caller(&test, &here).await.unwrap();
        let change = |current: &'static str, new: &'static str| {
            sessions::change_password(&test.db, &ctx, &here.token, current, new)
        };
        assert_eq!(code(change("wrong password", "a new password").await), "access.wrong_password");
        assert_eq!(code(change(PASSWORD, "short").await), "access.password");
        change(PASSWORD, "a new password").await.unwrap();
        assert_eq!(code(caller(&test, &there).await), "access.unauthenticated");
        assert_eq!(code(caller(&test, &here).await), "none");
        assert_eq!(code(log_in(&test, "admin", PASSWORD).await), "access.wrong_login");
        assert_eq!(code(log_in(&test, "admin", "a new password").await), "none");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_archived_is_out_at_once() {
    on_both(|test| async move {
        prepare(&test).await;
        let id = hire(&test, "anna", "front_desk", &[1]).await;
        let opened = log_in(&test, "anna", PASSWORD).await.unwrap();
        staff::archive(&test.db, &test.ctx.require().unwrap(), id).await.unwrap();
        assert_eq!(code(caller(&test, &opened).await), "access.unauthenticated");
        assert_eq!(code(log_in(&test, "anna", PASSWORD).await), "access.wrong_login");
    })
    .await;
}

/// What came of an attempt to log in, for which it had been counted, and its password so being checked, when `change` was made
/// to the member of staff; none if it was through before.
async fn log_in_while(test: &TestDb, change: &str) -> Option<careloop_kernel::Error> {
    #[derive(careloop_db::FromQueryResult)]
    struct Row {
        count: i64,
    }
    let (db, env) = (test.db.clone(), test.ctx.env().clone());
    let trying = tokio::spawn(async move { sessions::log_in(&db, &env, "anna", PASSWORD, None).await });
    let sql = "SELECT COUNT(*) AS count FROM login_failures";
    while !trying.is_finished() && careloop_db::one::<Row>(test.db.read(), sql, []).await.unwrap().count == 0 {
        tokio::task::yield_now().await;
    }
    let sql = format!("UPDATE staff SET {change} WHERE login = 'anna'");
    careloop_db::execute(test.db.write(), &sql, []).await.unwrap();
    trying.await.unwrap().err()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_archived_or_changed_while_logging_in_is_out() {
    on_both(|test| async move {
        prepare(&test).await;
        hire(&test, "anna", "front_desk", &[1]).await;
        let hash = "SELECT password_hash AS hash FROM staff WHERE login = 'anna'";
        let Hash { hash } = careloop_db::one(test.db.read(), hash, []).await.unwrap();
        for change in ["archived_at = 1", "archived_at = NULL, password_hash = 'another'"] {
            let refused = loop {
                let refused = log_in_while(&test, change).await;
                let sql = "UPDATE staff SET archived_at = NULL, password_hash = $1 WHERE login = 'anna'";
                careloop_db::execute(test.db.write(), sql, [hash.clone().into()]).await.unwrap();
                careloop_db::execute(test.db.write(), "DELETE FROM login_failures", []).await.unwrap();
                if let Some(refused) = refused {
                    break refused;
                }
            };
            assert_eq!(refused.code(), "access.wrong_login", "{change}");
        }
    })
    .await;
}

#[derive(careloop_db::FromQueryResult)]
struct Hash {
    hash: String,
}

#[tokio::test]
async fn logging_out_ends_the_session_and_leaves_a_trace() {
    on_both(|test| async move {
        prepare(&test).await;
        let opened = log_in(&test, "admin", PASSWORD).await.unwrap();
        let ctx = caller(&test, &opened).await.unwrap();
        sessions::log_out(&test.db, &ctx, &opened.token).await.unwrap();
        assert_eq!(code(caller(&test, &opened).await), "access.unauthenticated");
        let filter = audit::Filter { action: Some("session.closed".to_owned()), ..audit::Filter::default() };
        let all = PageRequest::new(None, None).unwrap();
        let page = audit::list(&test.db, &test.ctx.require().unwrap(), filter, &all).await.unwrap();
        assert_eq!(page.items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_level_of_a_role_becomes_a_scope() {
    on_both(|test| async move {
        prepare(&test).await;
        hire(&test, "dean", "dean", &[1]).await;
        hire(&test, "seller", "consultant", &[1]).await;
        let scope = async |login: &str| {
            caller(&test, &log_in(&test, login, PASSWORD).await.unwrap()).await.unwrap().scope().clone()
        };
        assert_eq!(scope("admin").await, Scope::Chain);
        assert_eq!(scope("dean").await, Scope::Clinics(vec![1]));
        assert!(matches!(scope("seller").await, Scope::Own { .. }));
        let sql = "UPDATE roles SET level = 'region' WHERE code = 'dean'";
        careloop_db::execute(test.db.write(), sql, []).await.unwrap();
        assert_eq!(scope("dean").await, Scope::Clinics(vec![1]), "the other clinic is in another region");
        careloop_db::execute(test.db.write(), "UPDATE clinics SET region = 'east'", []).await.unwrap();
        assert_eq!(scope("dean").await, Scope::Clinics(vec![1, 2]));
        careloop_db::execute(test.db.write(), "UPDATE clinics SET region = ''", []).await.unwrap();
        assert_eq!(scope("dean").await, Scope::Clinics(vec![1]), "no region is not a region");
    })
    .await;
}
