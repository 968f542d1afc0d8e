//! Staff and roles: who may change whom.

use careloop_access::{NewStaff, RoleChange, SessionAuthenticator, StaffChange, roles, sessions, settings, staff};
use careloop_http::{Authenticator, Credentials};
use careloop_kernel::ids::{Id, StaffId};
use careloop_kernel::permissions::{ManageRoles, ManageStaff};
use careloop_kernel::{Ctx, DataLevel, PageRequest, PermissionSet, Result, Scope};
use careloop_testkit::{TestDb, on_both};

use crate::fixture::{PASSWORD, clinic, hire, prepare, role};

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("none", |error| error.code())
}

/// The dean of clinic 1, as the context of a request.
async fn dean(test: &TestDb) -> (StaffId, Ctx<ManageStaff>) {
    let id = hire(test, "dean", "dean", &[1]).await;
    let role = roles::find_by_code(&test.db, "dean").await.unwrap().unwrap();
    let ctx = Ctx::staff(test.ctx.env().clone(), id, 2, Scope::Clinics(vec![1]), role.permissions);
    (id, ctx.require().unwrap())
}

async fn new(test: &TestDb, login: &str, role_code: &str, clinics: &[u8]) -> NewStaff {
    NewStaff {
        login: login.to_owned(),
        name: login.to_owned(),
        email: Some("anna@example.com".to_owned()),
        role: role(&test.db, role_code).await,
        clinics: clinics.iter().map(|number| clinic(*number)).collect(),
        password: None,
    }
}

#[tokio::test]
async fn a_generated_password_works_once_it_was_shown() {
    on_both(|test| async move {
        prepare(&test).await;
        let ctx = test.ctx.require().unwrap();
        let saved = staff::create(&test.db, &ctx, new(&test, "anna", "front_desk", &[1, 2]).await).await.unwrap();
        assert_eq!(saved.staff.clinics.len(), 2);
        let password = saved.password.expect("a generated password").reveal();
        sessions::log_in(&test.db, test.ctx.env(), "anna", &password, None).await.unwrap();
        let again = staff::create(&test.db, &ctx, new(&test, "ANNA", "front_desk", &[1]).await).await;
        assert_eq!(code(again), "access.login_taken");
        let reset = StaffChange { reset_password: true, name: Some("Anna B".to_owned()), ..StaffChange::default() };
        let saved = staff::update(&test.db, &ctx, saved.staff.id, reset).await.unwrap();
        assert_eq!(saved.staff.name, "Anna B");
        assert_eq!(saved.staff.email.as_deref(), Some("anna@example.com"), "what is absent stays");
        assert_eq!(
            code(sessions::log_in(&test.db, test.ctx.env(), "anna", &password, None).await),
            "access.wrong_login"
        );
        let password = saved.password.unwrap().reveal();
        sessions::log_in(&test.db, test.ctx.env(), "anna", &password, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_dean_manages_the_staff_of_the_own_clinic_up_to_the_own_rights() {
    on_both(|test| async move {
        prepare(&test).await;
        let (_, ctx) = dean(&test).await;
        let elsewhere = hire(&test, "other", "nurse", &[2]).await;
        let shared = hire(&test, "both", "nurse", &[1, 2]).await;
        let chain = hire(&test, "desk", "online_desk", &[1]).await;
        staff::create(&test.db, &ctx, new(&test, "nina", "nurse", &[1]).await).await.unwrap();
        let create = async |role: &str, clinics: &[u8]| {
            code(staff::create(&test.db, &ctx, new(&test, "x1", role, clinics).await).await)
        };
        assert_eq!(create("administrator", &[1]).await, "access.role_beyond_own");
        assert_eq!(create("nurse", &[2]).await, "access.no_such_clinic");
        assert_eq!(create("consultant", &[]).await, "access.clinics_missing", "the dean would not see them");
        assert_eq!(code(staff::archive(&test.db, &ctx, elsewhere).await), "access.no_such_staff");
        assert_eq!(code(staff::archive(&test.db, &ctx, StaffId::from_bits(9)).await), "access.no_such_staff");
        assert_eq!(code(staff::archive(&test.db, &ctx, chain).await), "access.role_beyond_own");
        let change = StaffChange { clinics: Some(vec![clinic(1)]), ..StaffChange::default() };
        let saved = staff::update(&test.db, &ctx, shared, change).await.unwrap();
        assert_eq!(saved.staff.clinics.len(), 2, "another dean's clinic is not theirs to remove");
        let all = PageRequest::new(None, None).unwrap();
        let seen = staff::list(&test.db, &ctx.require().unwrap(), false, &all).await.unwrap();
        let logins: Vec<_> = seen.items.iter().map(|member| member.login.as_str()).collect();
        assert_eq!(logins, ["dean", "both", "desk", "nina"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_also_works_elsewhere_is_reset_moved_and_archived_by_who_sees_all_their_clinics() {
    on_both(|test| async move {
        prepare(&test).await;
        let (_, ctx) = dean(&test).await;
        let both = hire(&test, "both", "nurse", &[1, 2]).await;
        let (nurse, hygienist) = (role(&test.db, "nurse").await, role(&test.db, "hygienist").await);
        let nothing = StaffChange::default;
        let reaching = [
            StaffChange { reset_password: true, ..nothing() },
            StaffChange { role: Some(hygienist), ..nothing() },
            StaffChange { archived: Some(true), ..nothing() },
            StaffChange { archived: Some(false), ..nothing() },
            StaffChange { email: Some("mine@example.com".to_owned()), ..nothing() },
        ];
        for change in &reaching {
            assert_eq!(code(staff::update(&test.db, &ctx, both, change.clone()).await), "access.works_elsewhere");
        }
        assert_eq!(code(staff::archive(&test.db, &ctx, both).await), "access.works_elsewhere");
        let own = StaffChange { name: Some("Bo".to_owned()), role: Some(nurse), clinics: Some(vec![]), ..nothing() };
        assert_eq!(staff::update(&test.db, &ctx, both, own).await.unwrap().staff.clinics.len(), 1);
        let chain: Ctx<ManageStaff> = test.ctx.require().unwrap();
        for change in reaching {
            staff::update(&test.db, &chain, both, change).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_resets_their_own_password_without_the_present_one() {
    on_both(|test| async move {
        prepare(&test).await;
        let (id, ctx) = dean(&test).await;
        let reset = StaffChange { reset_password: true, ..StaffChange::default() };
        assert_eq!(code(staff::update(&test.db, &ctx, id, reset).await), "access.reset_oneself");
    })
    .await;
}

#[tokio::test]
async fn the_administrator_holds_every_permission_whatever_an_older_program_stored() {
    on_both(|test| async move {
        prepare(&test).await;
        let sql = r#"UPDATE roles SET permissions = '["staff.manage"]' WHERE code = 'administrator'"#;
        careloop_db::execute(test.db.write(), sql, []).await.unwrap();
        let role = roles::find_by_code(&test.db, roles::ADMINISTRATOR).await.unwrap().unwrap();
        assert_eq!(role.permissions, PermissionSet::all());
        let opened = sessions::log_in(&test.db, test.ctx.env(), "admin", PASSWORD, None).await.unwrap();
        assert_eq!(opened.session.staff.role.permissions, PermissionSet::all());
        let credentials = Credentials { session: Some(opened.token), ..Credentials::default() };
        let caller = SessionAuthenticator.authenticate(&test.db, test.ctx.env(), credentials).await.unwrap();
        assert_eq!(*caller.permissions(), PermissionSet::all());
    })
    .await;
}

#[tokio::test]
async fn roles_are_edited_by_who_sees_the_whole_chain() {
    on_both(|test| async move {
        prepare(&test).await;
        let id = role(&test.db, "nurse").await;
        let env = test.ctx.env().clone();
        let narrow = Ctx::staff(env, StaffId::from_bits(5), 5, Scope::Clinics(vec![1]), PermissionSet::all());
        let change = RoleChange {
            name_zh: "护士".to_owned(),
            name_en: "Nurse".to_owned(),
            level: DataLevel::Own,
            permissions: Vec::new(),
        };
        let refused = roles::update(&test.db, &narrow.require().unwrap(), id, change).await;
        assert_eq!(code(refused), "access.beyond_scope");
    })
    .await;
}

#[tokio::test]
async fn one_administrator_always_remains() {
    on_both(|test| async move {
        prepare(&test).await;
        let ctx: Ctx<ManageStaff> = test.ctx.require().unwrap();
        let all = PageRequest::new(None, None).unwrap();
        let admin = staff::list(&test.db, &ctx.require().unwrap(), false, &all).await.unwrap().items.remove(0);
        let demote = StaffChange { role: Some(role(&test.db, "partner").await), ..StaffChange::default() };
        assert_eq!(code(staff::archive(&test.db, &ctx, admin.id).await), "access.last_administrator");
        assert_eq!(code(staff::update(&test.db, &ctx, admin.id, demote.clone()).await), "access.last_administrator");
        let roles_ctx: Ctx<ManageRoles> = test.ctx.require().unwrap();
        let narrow = |level, permissions: &[&str]| RoleChange {
            name_zh: "系统管理员".to_owned(),
            name_en: "Administrator".to_owned(),
            level,
            permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
        };
        let id = admin.role.id;
        let less = roles::update(&test.db, &roles_ctx, id, narrow(DataLevel::Chain, &["staff.manage"])).await;
        assert_eq!(code(less), "access.administrator_role");
        let lower =
            roles::update(&test.db, &roles_ctx, id, narrow(DataLevel::Region, &["staff.manage", "roles.manage"])).await;
        assert_eq!(code(lower), "access.administrator_role");
        let unknown = roles::update(&test.db, &roles_ctx, id, narrow(DataLevel::Chain, &["staff.mange"])).await;
        assert_eq!(code(unknown), "access.unknown_permission");
        hire(&test, "second", "administrator", &[]).await;
        staff::update(&test.db, &ctx, admin.id, demote).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_administrators_who_archive_each_other_one_stays() {
    on_both(|test| async move {
        prepare(&test).await;
        let second = hire(&test, "second", "administrator", &[]).await;
        let all = PageRequest::new(None, None).unwrap();
        let listed = staff::list(&test.db, &test.ctx, false, &all).await.unwrap();
        let first = listed.items[0].id;
        let archive = |id| {
            let (db, ctx) = (test.db.clone(), test.ctx.require::<ManageStaff>().unwrap());
            tokio::spawn(async move { code(staff::archive(&db, &ctx, id).await) })
        };
        let (one, two) = (archive(first), archive(second));
        let mut outcomes = [one.await.unwrap(), two.await.unwrap()];
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["access.last_administrator", "none"]);
    })
    .await;
}

#[tokio::test]
async fn an_edited_role_stays_edited_at_the_next_start() {
    on_both(|test| async move {
        prepare(&test).await;
        let id = role(&test.db, "nurse").await;
        let change = RoleChange {
            name_zh: "护士长".to_owned(),
            name_en: "Head nurse".to_owned(),
            level: DataLevel::Clinic,
            permissions: vec!["people.read".to_owned(), "insight.read".to_owned()],
        };
        let listed = roles::update(&test.db, &test.ctx.require().unwrap(), id, change).await.unwrap();
        assert_eq!(listed.role.permissions, PermissionSet::from_keys(["insight.read", "people.read"]));
        careloop_access::prepare(&test.db, &test.ctx, settings::FirstSettings::default()).await.unwrap();
        let nurse = roles::find_by_code(&test.db, "nurse").await.unwrap().unwrap();
        assert_eq!((nurse.id, nurse.name_en.as_str()), (id, "Head nurse"));
        let again = careloop_access::ensure_administrator(&test.db, &test.ctx, "other", None).await.unwrap();
        assert!(again.is_none(), "there is an administrator already");
        assert_eq!(code(sessions::log_in(&test.db, test.ctx.env(), "admin", PASSWORD, None).await), "none");
    })
    .await;
}

#[tokio::test]
async fn settings_keep_what_was_chosen_first() {
    on_both(|test| async move {
        let first = settings::FirstSettings { time_zone: Some("Asia/Tokyo".to_owned()), ..Default::default() };
        careloop_access::prepare(&test.db, &test.ctx, first).await.unwrap();
        careloop_access::prepare(&test.db, &test.ctx, settings::FirstSettings::default()).await.unwrap();
        let loaded = settings::load(test.db.read()).await.unwrap();
        assert_eq!((loaded.time_zone_name.as_str(), loaded.currency.as_str()), ("Asia/Tokyo", "CNY"));
        let ctx = test.ctx.require().unwrap();
        assert_eq!(code(settings::update(&test.db, &ctx, "Chain", "Asia/Atlantis").await), "settings.time_zone");
        let changed = settings::update(&test.db, &ctx, " Smile ", "Asia/Shanghai").await.unwrap();
        assert_eq!((changed.name.as_str(), changed.time_zone_name.as_str()), ("Smile", "Asia/Shanghai"));
    })
    .await;
}
