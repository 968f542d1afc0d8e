//! One text of migrations makes one schema: both engines are asked what they hold, and the answers are compared.

use std::sync::{Arc, Mutex};

use careloop_db::{Db, Engine, FromQueryResult, all, migration_names};
use careloop_testkit::on_both;

#[derive(FromQueryResult)]
struct Line {
    line: String,
}

/// Columns with type and nullability, primary keys, indexes, foreign keys: one line each, in the words of both.
const SQLITE: [&str; 4] = [
    "SELECT 'column ' || m.name || '.' || p.name || ' '
        || CASE p.type WHEN 'INTEGER' THEN 'BIGINT' WHEN 'BLOB' THEN 'BYTES' ELSE p.type END
        || CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN ' NOT NULL' ELSE '' END AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) p
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'seaql_migrations'",
    "SELECT 'key ' || m.name || ' (' || group_concat(p.name, ', ' ORDER BY p.pk) || ')' AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) p
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'seaql_migrations' AND p.pk > 0
     GROUP BY m.name",
    "SELECT 'index ' || m.name || ' (' || group_concat(i.name, ', ' ORDER BY i.seqno) || ')'
        || CASE l.\"unique\" WHEN 1 THEN ' UNIQUE' ELSE '' END || CASE l.partial WHEN 1 THEN ' PARTIAL' ELSE '' END AS line
     FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
     WHERE m.type = 'table' AND m.name <> 'seaql_migrations' AND l.origin <> 'pk'
     GROUP BY m.name, l.name, l.\"unique\", l.partial",
    "SELECT 'reference ' || m.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\" AS line
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
];

/// The same questions to PostgreSQL.
const POSTGRES: [&str; 3] = [
    "SELECT 'column ' || c.relname || '.' || a.attname || ' '
        || CASE format_type(a.atttypid, NULL) WHEN 'bytea' THEN 'BYTES' ELSE upper(format_type(a.atttypid, NULL)) END
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS line
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND c.relname <> 'seaql_migrations'",
    "SELECT CASE WHEN i.indisprimary THEN 'key ' ELSE 'index ' END || c.relname || ' ('
        || (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number) || ')'
        || CASE WHEN i.indisunique AND NOT i.indisprimary THEN ' UNIQUE' ELSE '' END
        || CASE WHEN i.indpred IS NOT NULL THEN ' PARTIAL' ELSE '' END AS line
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'seaql_migrations'",
    "SELECT 'reference ' || c.relname || '.' || a.attname || ' to ' || t.relname || '.' || b.attname AS line
     FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
     JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = f.confkey[1]
     WHERE f.contype = 'f'",
];

async fn describe(db: &Db) -> Vec<String> {
    let questions = match db.engine() {
        Engine::Sqlite => SQLITE.as_slice(),
        Engine::Postgres => POSTGRES.as_slice(),
    };
    let mut lines = Vec::new();
    for sql in questions {
        lines.extend(all::<Line>(db.read(), sql, []).await.unwrap().into_iter().map(|row| row.line));
    }
    lines.sort();
    lines
}

#[tokio::test]
async fn both_engines_hold_the_same_schema() {
    let found: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
    on_both(|test| {
        let found = Arc::clone(&found);
        async move {
            let lines = describe(&test.db).await;
            found.lock().unwrap().push(lines);
        }
    })
    .await;
    let found = found.lock().unwrap();
    let [sqlite, postgres] = found.as_slice() else { panic!("two databases were asked") };
    let only = |here: &[String], there: &[String]| {
        here.iter().filter(|line| !there.contains(line)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(sqlite, postgres), Vec::<String>::new(), "only SQLite has these");
    assert_eq!(only(postgres, sqlite), Vec::<String>::new(), "only PostgreSQL has these");
    assert_eq!(sqlite.len(), postgres.len());
    for sort in ["column events.seq BIGINT NOT NULL", "key records (ord)", "index events (key) UNIQUE"] {
        assert!(sqlite.iter().any(|line| line == sort), "the description lacks `{sort}`");
    }
    assert!(
        sqlite.iter().any(|line| line.starts_with("reference ")) && sqlite.iter().any(|line| line.ends_with("PARTIAL"))
    );
}

#[tokio::test]
async fn columns_have_one_of_the_four_types() {
    on_both(|test| async move {
        for line in describe(&test.db).await.iter().filter(|line| line.starts_with("column ")) {
            let kind = line.split(' ').nth(2).unwrap();
            assert!(["TEXT", "BIGINT", "BOOLEAN", "BYTES"].contains(&kind), "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_migration_is_applied_once() {
    on_both(|test| async move {
        let sql = "SELECT version AS line FROM seaql_migrations ORDER BY version";
        let applied: Vec<String> =
            all::<Line>(test.db.read(), sql, []).await.unwrap().into_iter().map(|row| row.line).collect();
        assert_eq!(applied, migration_names().collect::<Vec<_>>());
    })
    .await;
}
