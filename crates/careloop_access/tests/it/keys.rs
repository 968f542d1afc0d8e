//! The key file.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use careloop_access::keys;
use careloop_kernel::{Ctx, Env, Vault};
use careloop_testkit::on_both;

#[test]
fn a_key_is_made_once_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let made = keys::load_or_create(&path).unwrap();
    let loaded = keys::load_or_create(&path).unwrap();
    assert_eq!(made.blind("kind", "value"), loaded.blind("kind", "value"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
}

#[test]
fn processes_that_start_together_share_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || keys::load_or_create(&path).unwrap().blind("kind", "value"))
        })
        .collect();
    let mut seen: Vec<i64> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    seen.dedup();
    assert_eq!(seen.len(), 1);
}

#[test]
fn a_key_file_that_is_exposed_or_broken_is_refused_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    keys::load_or_create(&path).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = keys::load_or_create(&path).unwrap_err();
        assert_eq!(error.code(), "keys.exposed");
        assert!(error.message().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    for broken in ["", "careloop-key-1 ", "careloop-key-1 c2hvcnQ=\n", "something else"] {
        fs::write(&path, broken).unwrap();
        assert_eq!(keys::load_or_create(&path).unwrap_err().code(), "keys.malformed", "{broken:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), broken, "never overwritten");
    }
    let nowhere = folder.path().join("no/such/folder/keys");
    assert_eq!(keys::load_or_create(&nowhere).unwrap_err().code(), "keys.unreadable");
}

#[tokio::test]
async fn a_database_refuses_the_key_file_of_another() {
    on_both(|test| async move {
        keys::bind(&test.db, &test.ctx).await.unwrap();
        keys::bind(&test.db, &test.ctx).await.unwrap();
        let env = Env { vault: Vault::new(&[9; 32]), ..test.ctx.env().clone() };
        let error = keys::bind(&test.db, &Ctx::system(env, "test")).await.unwrap_err();
        assert_eq!(error.code(), "keys.foreign");
    })
    .await;
}

#[tokio::test]
async fn a_lost_key_file_is_not_replaced_by_a_new_one() {
    on_both(|test| async move {
        let path = test.folder.path().join("lost-keys");
        let vault = keys::open(&test.db, &path).await.expect("the first start makes one");
        let env = Env { vault: vault.clone(), ..test.ctx.env().clone() };
        keys::bind(&test.db, &Ctx::system(env, "test")).await.unwrap();
        keys::check(&test.db, &vault).await.unwrap();
        assert_eq!(keys::check(&test.db, &Vault::new(&[9; 32])).await.unwrap_err().code(), "keys.foreign");
        fs::remove_file(&path).unwrap();
        let error = keys::open(&test.db, &path).await.unwrap_err();
        assert_eq!(error.code(), "keys.missing");
        assert!(error.message().contains("put back your copy"), "{error}");
        assert!(!path.exists(), "nothing is written");
    })
    .await;
}
