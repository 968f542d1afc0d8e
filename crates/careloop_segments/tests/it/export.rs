//! Files: masked, harmless, audited.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use careloop_access::audit;
use careloop_kernel::{Ctx, ErrorKind, PermissionSet, Scope};
use careloop_people::{IncomingRecord, PhoneNumber, PhoneRole, RecordFields};
use careloop_segments::{ExportFormat, export};
use careloop_testkit::on_both;
use jiff::SignedDuration;
use serde_json::json;

use crate::chain::{records, segment, settle};

#[tokio::test]
async fn a_file_masks_phones_disarms_formulas_and_is_audited() {
    on_both(|test| async move {
        records(&test, 1).await;
        let fields = RecordFields {
            name: Some("=HYPERLINK(\"http://x\")".to_owned()),
            phones: vec![PhoneNumber { text: "13812341234".to_owned(), role: PhoneRole::Own }],
            ..RecordFields::default()
        };
        let row = IncomingRecord { source_key: "F1".to_owned(), fields, ..IncomingRecord::default() };
        careloop_people::upsert_records(&test.db, &test.ctx, 2, vec![row]).await.unwrap();
        settle(&test).await;
        let all = segment(&test, "all", json!({"all":[]})).await;
        let ctx = test.ctx.require().unwrap();
        let fields: Vec<String> = ["name", "phone", "since", "gov.records"].map(str::to_owned).into();
        let file = export(&test.db, &ctx, all, ExportFormat::Csv, &fields).await.unwrap();
        let text = String::from_utf8(file.bytes).unwrap();
        assert_eq!(file.count, 2);
        assert!(text.starts_with("\u{feff}person_id,name,phone,since,gov.records\n"), "{text}");
        assert!(text.contains("\"'=HYPERLINK"), "{text}");
        assert!(text.contains("138****1234") && !text.contains("13812341234"), "{text}");
        let sheet = export(&test.db, &ctx, all, ExportFormat::Xlsx, &fields).await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(sheet.bytes)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(range.height(), 3);
        assert!(range.rows().any(|row| row[1].to_string().starts_with("'=HYPERLINK")));
        let wrong = export(&test.db, &ctx, all, ExportFormat::Csv, &["id_card".to_owned()]).await.unwrap_err();
        assert_eq!(wrong.code(), "segments.field");
        let audited: Vec<Row> =
            careloop_db::all(test.db.read(), "SELECT detail FROM audit_log WHERE action = 'segment.exported'", [])
                .await
                .unwrap();
        assert_eq!(audited.len(), 2);
        assert!(
            audited[0].detail.contains("\"people\":2") && !audited[0].detail.contains("138"),
            "{}",
            audited[0].detail
        );
        audit::verify(&test.db).await.unwrap();
    })
    .await;
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    detail: String,
}

#[tokio::test]
async fn one_person_exports_so_many_files_an_hour() {
    on_both(|test| async move {
        records(&test, 1).await;
        let all = segment(&test, "all", json!({"all":[]})).await;
        let staff = Ctx::staff(test.ctx.env().clone(), test.ctx.new_id(), 9, Scope::Chain, PermissionSet::all());
        let ctx = staff.require().unwrap();
        let fields = ["since".to_owned()];
        for _ in 0..20 {
            export(&test.db, &ctx, all, ExportFormat::Csv, &fields).await.unwrap();
        }
        let refused = export(&test.db, &ctx, all, ExportFormat::Csv, &fields).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::RateLimited, "segments.export_limit"));
        test.clock.advance(SignedDuration::from_hours(1));
        export(&test.db, &ctx, all, ExportFormat::Csv, &fields).await.unwrap();
    })
    .await;
}
