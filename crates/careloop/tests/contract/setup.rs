//! Setting up, looking after and mistyping: what an operator meets.

use crate::installation::Installation;

#[test]
fn a_mistake_in_the_command_is_2_and_makes_nothing() {
    let installation = Installation::new();
    installation.file("women.json", r#"{"attr":"gender","is":"female"}"#);
    let period = ["--from", "2026-01-01", "--to", "2026-02-01"];
    let cases: Vec<Vec<&str>> = vec![
        vec!["no-such-command"],
        vec!["export", "people", "--out", "people.txt"],
        vec!["export", "segment", "seg_00000000000000000000000001", "--out", "people.parquet"],
        [&["metric", "query", "no.such"][..], &period].concat(),
        vec!["metric", "query", "bill.paid", "--from", "yesterday", "--to", "2026-02-01"],
        vec!["segment", "count", "--rule", "women.json", "--as-of", "soon"],
        vec!["init", "--time-zone", "Asia/Atlantis"],
        vec!["init", "--currency", "yuan"],
        vec!["init", "--admin", "two words"],
    ];
    for case in cases {
        let output = installation.run(&case);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{case:?}");
        assert!(!output.stderr.is_empty(), "{case:?} says why");
        assert!(!installation.path("data").exists(), "{case:?}");
    }
}

#[test]
fn a_failure_is_1_with_its_reason_on_stderr() {
    let installation = Installation::new();
    installation.ok(&["init"]);
    for case in [
        &["person", "show", "his:1"][..],
        &["import", "no.csv", "--source", "his", "--map", "no.toml"],
        &["--database-url", "postgres://u:p/w@host/db", "init"],
        &["--database-url", "nonsense", "init"],
        &["staff", "reset-password", "nobody"],
    ] {
        let output = installation.run(case);
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{case:?}: {talk}");
        assert!(talk.contains("careloop: ") && !talk.contains("panicked"), "{case:?}: {talk}");
    }
}

#[test]
fn flags_go_over_the_environment_over_the_file() {
    let installation = Installation::new();
    installation.file("careloop.toml", "data_dir = 'from file'");
    let init = |flags: &[&str], environment: &[(&str, &str)]| {
        let output = installation.run_in(&[&["init"][..], flags].concat(), environment);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let made =
        || ["from file", "from env", "from flag"].map(|name| installation.path(name).join("careloop.db").exists());
    init(&[], &[]);
    assert_eq!(made(), [true, false, false]);
    init(&[], &[("CARELOOP_DATA_DIR", "from env")]);
    assert_eq!(made(), [true, true, false]);
    init(&["--data-dir", "from flag"], &[("CARELOOP_DATA_DIR", "from env")]);
    assert_eq!(made(), [true, true, true]);
}

#[test]
fn what_is_made_is_for_its_owner_only() {
    let installation = Installation::new();
    installation.ok(&["init"]);
    for (name, mode) in [("data", 0o700), ("data/careloop.db", 0o600), ("data/keys", 0o600)] {
        assert_eq!(installation.mode(name), mode, "{name}");
    }
}

#[test]
fn init_says_what_it_found() {
    let installation = Installation::new();
    let talk = |arguments: &[&str]| {
        let output = installation.run(arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = talk(&["init", "--time-zone", "Asia/Tokyo", "--currency", "USD"]);
    assert!(code == Some(0) && said.contains("log in as `admin` with the password "), "{said}");
    let (code, said) = talk(&["init"]);
    assert!(code == Some(0) && said.contains("there is staff already"), "{said}");
    let (code, said) = talk(&["init", "--time-zone", "Asia/Shanghai"]);
    assert!(code == Some(1) && said.contains("Asia/Tokyo"), "{said}");
    let (code, said) = talk(&["init", "--currency", "CNY"]);
    assert!(code == Some(1) && said.contains("USD"), "{said}");
}

#[test]
fn a_chain_may_keep_its_books_in_any_currency() {
    for currency in ["JPY", "KWD"] {
        let installation = Installation::new();
        installation.ok(&["init", "--currency", currency]);
    }
}

#[test]
fn whoever_lost_the_password_gets_another() {
    let installation = Installation::new();
    installation.ok(&["init", "--admin", "boss"]);
    let password = installation.ok(&["staff", "reset-password", "boss"]);
    assert!(password.trim().len() >= 16 && password.lines().count() == 1, "{password}");
    let given = [("CARELOOP_ADMIN_PASSWORD", "a password of mine"), ("CARELOOP_DATA_DIR", "data")];
    let output = installation.run_in(&["staff", "reset-password", "boss"], &given);
    assert!(output.status.success() && output.stdout.is_empty(), "a given one is not repeated");
}

#[test]
fn the_doctor_makes_nothing_and_says_what_to_do() {
    let installation = Installation::new();
    let doctor = || {
        let output = installation.run(&["doctor"]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, told) = doctor();
    assert!(code == Some(1) && told.contains("failed  database: ") && told.contains("`careloop init`"), "{told}");
    assert!(!installation.path("data").exists(), "nothing is made");
    installation.ok(&["init"]);
    let (code, told) = doctor();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.lines().all(|line| line.starts_with("ok ")), "{told}");
    let listed: serde_json::Value = serde_json::from_str(&installation.ok(&["doctor", "--json"])).unwrap();
    assert!(listed.as_array().unwrap().iter().all(|check| check["ok"] == true));

    let other = Installation::new();
    other.ok(&["init"]);
    std::fs::copy(other.path("data/keys"), installation.path("data/keys")).unwrap();
    let (code, told) = doctor();
    assert!(code == Some(1) && told.contains("failed  key of the database: "), "{told}");
    std::fs::remove_file(installation.path("data/keys")).unwrap();
    let output = installation.run(&["resolve"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("put back your copy"));
    assert!(!installation.path("data/keys").exists(), "a lost key file is not replaced");
}

#[test]
fn another_demo_is_made_only_when_the_present_one_may_go() {
    let installation = Installation::new();
    std::fs::create_dir_all(installation.path("data/demo")).unwrap();
    installation.file("data/demo/chain.txt", "200 people, seed 7\n");
    let output = installation.run(&["--listen", "127.0.0.1:0", "demo", "--people", "300"]);
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && talk.contains("--fresh") && talk.contains("200 people"), "{talk}");
    assert!(installation.path("data/demo/chain.txt").exists());
}
