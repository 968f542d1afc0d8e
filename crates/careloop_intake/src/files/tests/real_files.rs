//! Real files with the maps that belong to them.

use careloop_testkit::on_both;

use super::fixture::{add_source, data, number, run_imports};
use crate::files::{FileImport, ImportReport, import_file};

async fn import(test: &careloop_testkit::TestDb, source: &str, file: &str, map: &str) -> ImportReport {
    let request =
        FileImport { path: data(file), source: source.to_owned(), map: data(map), dry_run: false, rejects: None };
    import_file(&test.db, &run_imports(test), &request, &mut |_| {}).await.unwrap()
}

#[tokio::test]
async fn every_row_of_febrl_is_kept_and_its_bad_dates_are_told() {
    on_both(|test| async move {
        add_source(&test, "febrl").await;
        let report = import(&test, "febrl", "febrl1.csv", "febrl.toml").await;
        assert_eq!((report.progress.inserted, report.progress.rejected), (1000, 0));
        let warnings: Vec<(&str, u64)> =
            report.warnings.iter().map(|warning| (warning.code.as_str(), warning.count)).collect();
        assert_eq!(warnings, [("birth_date_unreadable", 3)]);
        let again = import(&test, "febrl", "febrl1.csv", "febrl.toml").await.progress;
        assert_eq!((again.inserted, again.updated, again.unchanged), (0, 0, 1000));
    })
    .await;
}

#[tokio::test]
async fn cdnow_sums_to_the_cent_and_keeps_orders_that_look_alike() {
    on_both(|test| async move {
        add_source(&test, "cdnow").await;
        let report = import(&test, "cdnow", "cdnow_sample.csv", "cdnow.toml").await;
        assert_eq!((report.progress.inserted, report.progress.rejected, report.progress.warned), (6919, 0, 0));
        let mut csv = csv::Reader::from_path(data("cdnow_sample.csv")).unwrap();
        let cents = |amount: &str| amount.replace('.', "").parse::<i64>().unwrap();
        let total: i64 = csv.records().map(|record| cents(&record.unwrap()[4])).sum();
        assert_eq!(number(&test.db, "SELECT CAST(SUM(amount) AS BIGINT) AS number FROM events").await, total);
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records").await, 2357);
        let people = import(&test, "cdnow", "cdnow_sample_people.csv", "cdnow_people.toml").await.progress;
        assert_eq!((people.inserted, people.updated), (0, 2357), "the records that the orders made");
        let again = import(&test, "cdnow", "cdnow_sample.csv", "cdnow.toml").await.progress;
        assert_eq!((again.inserted, again.unchanged), (0, 6919));
    })
    .await;
}
