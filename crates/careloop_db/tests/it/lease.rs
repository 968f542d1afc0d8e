//! Leases: one holder at a time.

use careloop_db::{release, renew, try_acquire};
use careloop_testkit::on_both;
use jiff::SignedDuration;

#[tokio::test]
async fn a_lease_has_one_holder_until_it_runs_out() {
    on_both(|test| async move {
        let (db, ctx) = (&test.db, &test.ctx);
        let mut held = try_acquire(db, ctx, "work", "one").await.unwrap().unwrap();
        assert!(try_acquire(db, ctx, "work", "two").await.unwrap().is_none(), "held by another");
        assert!(try_acquire(db, ctx, "other work", "two").await.unwrap().is_some(), "another name");
        assert!(renew(db, ctx, &mut held).await.unwrap());
        assert!(!held.is_due(ctx), "just renewed");
        test.clock.advance(SignedDuration::from_secs(11));
        assert!(held.is_due(ctx), "a third of the term is over");
        assert!(renew(db, ctx, &mut held).await.unwrap());
        test.clock.advance(SignedDuration::from_secs(29));
        assert!(try_acquire(db, ctx, "work", "two").await.unwrap().is_none(), "renewed, so still held");
        test.clock.advance(SignedDuration::from_secs(2));
        let mut taken = try_acquire(db, ctx, "work", "two").await.unwrap().unwrap();
        assert!(!renew(db, ctx, &mut held).await.unwrap(), "taken by another meanwhile");
        release(db, &held).await.unwrap();
        assert!(renew(db, ctx, &mut taken).await.unwrap(), "only the holder gives it back");
        release(db, &taken).await.unwrap();
        assert!(try_acquire(db, ctx, "work", "one").await.unwrap().is_some());
    })
    .await;
}
