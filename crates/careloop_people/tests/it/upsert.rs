//! Records on their way in.

use careloop_people::{Mode, RecordChange, ensure_records, prepare_records, upsert_records, write_records};
use careloop_testkit::on_both;

use crate::world::{add_source, row};

#[tokio::test]
async fn the_same_row_twice_changes_nothing_and_another_changes_it() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        let rows = || vec![row("1", "王小明", "1990-03-12", "13912345670"), row("2", "李梅", "", "")];
        let first = upsert_records(&test.db, &test.ctx, source, rows()).await.unwrap();
        assert!(first.iter().all(|outcome| outcome.change == RecordChange::Inserted));
        let again = upsert_records(&test.db, &test.ctx, source, rows()).await.unwrap();
        assert!(again.iter().all(|outcome| outcome.change == RecordChange::Unchanged));
        assert_eq!(
            again.iter().map(|outcome| outcome.ord).collect::<Vec<_>>(),
            first.iter().map(|outcome| outcome.ord).collect::<Vec<_>>()
        );
        let other = upsert_records(&test.db, &test.ctx, source, vec![row("2", "李媚", "", "")]).await.unwrap();
        assert_eq!((other[0].ord, other[0].change), (first[1].ord, RecordChange::Updated));
    })
    .await;
}

#[tokio::test]
async fn a_key_that_stands_twice_counts_as_its_last_row() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        let outcomes =
            upsert_records(&test.db, &test.ctx, source, vec![row("1", "王小明", "", ""), row("1", "王晓明", "", "")])
                .await
                .unwrap();
        assert_eq!(outcomes[0].ord, outcomes[1].ord);
        let again = upsert_records(&test.db, &test.ctx, source, vec![row("1", "王晓明", "", "")]).await.unwrap();
        assert_eq!(again[0].change, RecordChange::Unchanged);
    })
    .await;
}

#[tokio::test]
async fn a_bare_record_is_made_once_and_filled_later() {
    on_both(|test| async move {
        let source = add_source(&test, "web").await;
        let keys = ["b".to_owned(), "a".to_owned(), "b".to_owned()];
        let ords = ensure_records(&test.db, &test.ctx, source, &keys).await.unwrap();
        assert_eq!(ords[0], ords[2]);
        assert_ne!(ords[0], ords[1]);
        assert_eq!(ensure_records(&test.db, &test.ctx, source, &keys).await.unwrap(), ords);
        let filled = upsert_records(&test.db, &test.ctx, source, vec![row("b", "王小明", "", "")]).await.unwrap();
        assert_eq!((filled[0].ord, filled[0].change), (ords[0], RecordChange::Updated));
    })
    .await;
}

#[tokio::test]
async fn a_patch_keeps_what_it_does_not_mention() {
    on_both(|test| async move {
        let source = add_source(&test, "web").await;
        upsert_records(&test.db, &test.ctx, source, vec![row("1", "王小明", "1990-03-12", "13912345670")])
            .await
            .unwrap();
        for (phone, change) in [("13912345671", RecordChange::Updated), ("13912345671", RecordChange::Unchanged)] {
            let rows = prepare_records(&test.ctx, vec![row("1", "", "", phone)], Mode::Patch).await.unwrap();
            let tx = test.db.begin().await.unwrap();
            assert_eq!(write_records(&*tx, &test.ctx, source, rows).await.unwrap()[0].change, change);
            tx.commit().await.unwrap();
        }
        let whole = upsert_records(&test.db, &test.ctx, source, vec![row("1", "王小明", "1990-03-12", "13912345671")])
            .await
            .unwrap();
        assert_eq!(whole[0].change, RecordChange::Unchanged, "name and birth date stayed");
    })
    .await;
}
