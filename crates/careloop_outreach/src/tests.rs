//! Unit and property tests without I/O.

use careloop_kernel::ids::Id;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::decide::{Consent, Decision, MAX_AGE, Situation, decide};
use crate::model::{Channel, PlanState, QuietHours, Reason, Rules};
use crate::permission::{Word, consent_of};
use crate::smtp::{SmtpConfig, SmtpTls, SmtpTransport};
use crate::template::{Variables, render_body, render_subject};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> QuietHours {
    QuietHours::parse(from, to).unwrap()
}

/// Nothing stands in the way: Monday morning in Shanghai, a member who agreed.
fn clear(channel: Channel) -> Situation {
    Situation {
        now: at("2026-03-02T02:00:00Z"),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        channel,
        rules: Rules { quiet_hours: quiet("21:00", "09:00"), cap_days: 30 },
        plan: PlanState::Active,
        entered_at: at("2026-03-02T01:59:00Z"),
        is_member: true,
        consent: Consent::Granted,
        barred: None,
        has_address: true,
        channel_ready: true,
        last_touch: None,
    }
}

#[test]
fn each_obstacle_has_its_reason() {
    let base = || clear(Channel::Email);
    let check = |situation: Situation, expected: Decision| assert_eq!(decide(&situation), expected);
    check(base(), Decision::Send);
    check(Situation { is_member: false, ..base() }, Decision::Skip(Reason::LeftSegment));
    check(Situation { consent: Consent::Refused, ..base() }, Decision::Skip(Reason::ConsentRefused));
    check(Situation { consent: Consent::Unsaid, ..base() }, Decision::Skip(Reason::NoConsent));
    check(Situation { barred: Some(Reason::Blacklisted), ..base() }, Decision::Skip(Reason::Blacklisted));
    check(Situation { has_address: false, ..base() }, Decision::Skip(Reason::NoAddress));
    check(Situation { last_touch: Some(at("2026-02-01T00:00:00Z")), ..base() }, Decision::Skip(Reason::Capped));
    check(Situation { last_touch: Some(at("2026-01-31T02:00:00Z")), ..base() }, Decision::Send);
    check(Situation { entered_at: at("2026-02-23T01:59:59Z"), ..base() }, Decision::Skip(Reason::Expired));
    let soon = at("2026-03-02T02:10:00Z");
    check(Situation { plan: PlanState::Paused, ..base() }, Decision::Hold(soon, Reason::PlanPaused));
    check(Situation { channel_ready: false, ..base() }, Decision::Hold(soon, Reason::ChannelMissing));
    let night = Situation { now: at("2026-03-02T13:00:00Z"), ..base() };
    check(night, Decision::Hold(at("2026-03-03T01:00:00Z"), Reason::QuietHours));
}

#[test]
fn a_task_needs_neither_address_nor_daylight_but_respects_a_general_refusal() {
    let base =
        || Situation { consent: Consent::Unsaid, has_address: false, channel_ready: false, ..clear(Channel::Task) };
    assert_eq!(decide(&Situation { now: at("2026-03-02T17:00:00Z"), ..base() }), Decision::Send);
    assert_eq!(decide(&Situation { consent: Consent::Refused, ..base() }), Decision::Skip(Reason::ConsentRefused));
    assert_eq!(decide(&Situation { is_member: false, ..base() }), Decision::Skip(Reason::LeftSegment));
}

#[test]
fn quiet_hours_may_pass_midnight_and_follow_the_clinics_zone() {
    let night = quiet("21:00", "09:00");
    let check = |now: &str, zone: &str, end: Option<&str>| {
        assert_eq!(night.end(at(now), &TimeZone::get(zone).unwrap()), end.map(at), "{now} {zone}");
    };
    check("2026-03-02T12:59:59Z", "Asia/Shanghai", None);
    check("2026-03-02T13:00:00Z", "Asia/Shanghai", Some("2026-03-03T01:00:00Z"));
    check("2026-03-02T16:30:00Z", "Asia/Shanghai", Some("2026-03-03T01:00:00Z"));
    check("2026-03-03T01:00:00Z", "Asia/Shanghai", None);
    check("2026-03-03T01:00:00Z", "Asia/Urumqi", Some("2026-03-03T03:00:00Z"));
    // The night on which clocks go forward is an hour shorter.
    check("2026-03-08T02:30:00Z", "America/New_York", Some("2026-03-08T13:00:00Z"));
    let noon = quiet("12:00", "14:00");
    assert_eq!(
        noon.end(at("2026-03-02T04:00:00Z"), &TimeZone::get("Asia/Shanghai").unwrap()),
        Some(at("2026-03-02T06:00:00Z"))
    );
    let never = quiet("09:00", "09:00");
    assert_eq!(never.end(at("2026-03-02T01:00:00Z"), &TimeZone::get("Asia/Shanghai").unwrap()), None);
    for wrong in ["9:00", "24:00", "09:00:00", "", "ab:cd"] {
        assert!(QuietHours::parse(wrong, "09:00").is_err(), "{wrong}");
    }
}

#[test]
fn the_latest_word_on_a_channel_counts() {
    let of = |channel, words: &[(&str, &str, i64)]| {
        let words: Vec<Word> = words.iter().map(|(name, state, at)| Word::new(name, state, *at)).collect();
        consent_of(channel, &words)
    };
    assert_eq!(of(Channel::Email, &[]), Consent::Unsaid);
    assert_eq!(of(Channel::Email, &[("sms", "granted", 1)]), Consent::Unsaid);
    assert_eq!(of(Channel::Email, &[("email", "granted", 1), ("all", "refused", 2)]), Consent::Refused);
    assert_eq!(of(Channel::Email, &[("all", "refused", 1), ("email", "granted", 2)]), Consent::Granted);
    assert_eq!(of(Channel::Email, &[("email", "granted", 2), ("all", "refused", 2)]), Consent::Refused, "in doubt no");
    assert_eq!(of(Channel::Email, &[("邮件", "granted", 1), ("", "refused", 2)]), Consent::Refused, "all of them");
    assert_eq!(of(Channel::Email, &[("email", "granted", 1), ("传真", "refused", 2)]), Consent::Refused, "in doubt no");
    assert_eq!(of(Channel::Email, &[("传真", "granted", 1)]), Consent::Unsaid);
    assert_eq!(of(Channel::Email, &[("email", "granted", 1), ("短信", "refused", 2)]), Consent::Granted);
    assert_eq!(of(Channel::Email, &[("email", "granted", 1), ("email", "unknown", 2)]), Consent::Unsaid);
    assert_eq!(of(Channel::Task, &[("email", "refused", 1), ("sms", "refused", 2)]), Consent::Unsaid);
    assert_eq!(of(Channel::Task, &[("phone", "refused", 1)]), Consent::Refused);
    assert_eq!(of(Channel::Task, &[("all", "refused", 1)]), Consent::Refused);
}

fn situations() -> impl Strategy<Value = Situation> {
    let zone =
        prop::sample::select(vec!["Asia/Shanghai", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]);
    let time = || (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
    let now = 1_700_000_000_i64..1_900_000_000;
    let consent = prop::sample::select(vec![Consent::Granted, Consent::Refused, Consent::Unsaid]);
    let channel = prop::sample::select(vec![Channel::Email, Channel::Task]);
    let plan = prop::sample::select(vec![PlanState::Active, PlanState::Active, PlanState::Paused]);
    let flags = (prop::bool::weighted(0.8), prop::bool::weighted(0.8), prop::bool::weighted(0.8));
    let ages = (0_i64..900_000, prop::option::of(0_i64..5_000_000), 0_i64..60);
    (zone, time(), time(), now, consent, channel, plan, flags, ages).prop_map(
        |(
            zone,
            from,
            to,
            now,
            consent,
            channel,
            plan,
            (is_member, has_address, channel_ready),
            (age, last, cap_days),
        )| {
            let now = Timestamp::from_second(now).unwrap();
            Situation {
                now,
                zone: TimeZone::get(zone).unwrap(),
                channel,
                rules: Rules { quiet_hours: quiet(&from, &to), cap_days },
                plan,
                entered_at: now - SignedDuration::from_secs(age),
                is_member,
                consent,
                barred: None,
                has_address,
                channel_ready,
                last_touch: last.map(|ago| now - SignedDuration::from_secs(ago)),
            }
        },
    )
}

proptest! {
    #[test]
    fn nobody_is_touched_against_a_rule(situation in situations()) {
        if decide(&situation) == Decision::Send {
            let cap = SignedDuration::from_hours(24 * situation.rules.cap_days);
            prop_assert!(situation.is_member && situation.plan == PlanState::Active);
            prop_assert!(situation.consent != Consent::Refused);
            prop_assert!(situation.now.duration_since(situation.entered_at) <= MAX_AGE);
            prop_assert!(situation.last_touch.is_none_or(|last| situation.now.duration_since(last) >= cap));
            if situation.channel == Channel::Email {
                let local = situation.zone.to_datetime(situation.now).time();
                prop_assert!(!situation.rules.quiet_hours.contains(local));
                prop_assert!(situation.consent == Consent::Granted && situation.has_address && situation.channel_ready);
            }
        }
    }

    #[test]
    fn a_hold_ends_and_the_quiet_ends_with_it(situation in situations()) {
        if let Decision::Hold(until, reason) = decide(&situation) {
            prop_assert!(until > situation.now);
            prop_assert!(until.duration_since(situation.now) <= SignedDuration::from_hours(26));
            let settled = ["UTC", "Asia/Shanghai", "Asia/Kathmandu"].contains(&situation.zone.iana_name().unwrap());
            if reason == Reason::QuietHours && settled {
                prop_assert!(!situation.rules.quiet_hours.contains(situation.zone.to_datetime(until).time()));
            }
        }
    }

    #[test]
    fn whoever_refuses_is_never_touched_whatever_else_is_true(situation in situations()) {
        let refused = Situation { consent: Consent::Refused, ..situation };
        prop_assert!(decide(&refused) != Decision::Send);
    }

    #[test]
    fn a_held_intent_that_is_looked_at_in_time_is_never_lost(situation in situations()) {
        // Whatever only time stands in the way of is decided otherwise later, not skipped.
        let clear = Situation {
            is_member: true, consent: Consent::Granted, barred: None, has_address: true, channel_ready: true,
            last_touch: None,
            plan: PlanState::Active, entered_at: situation.now, ..situation
        };
        let mut now = clear.now;
        for _ in 0..3 {
            match decide(&Situation { now, ..clear.clone() }) {
                Decision::Send => return Ok(()),
                Decision::Hold(until, _) => now = until,
                Decision::Skip(reason) => prop_assert!(false, "skipped for {reason:?}"),
            }
        }
        prop_assert!(false, "still held after two holds");
    }
}

#[test]
fn templates_know_four_names_and_nothing_else() {
    let values = Variables::example();
    assert_eq!(render_body("{{salutation}}，{{ clinic }}提醒您", &values).unwrap(), "王小明先生，示例门店提醒您");
    assert_eq!(render_subject("一\n二 {{name}} ", &values).unwrap(), "一 二 王小明", "a subject is one line");
    assert_eq!(render_body("<{{ chain }}> & more", &values).unwrap(), "<示例连锁> & more", "plain text is not escaped");
    for wrong in [
        "{{ phone }}",
        "{{ name",
        "{% include 'x' %}",
        "",
        "  ",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    ] {
        let error = render_body(wrong, &values).unwrap_err();
        assert_eq!(error.fields()[0].field, "email.body", "{wrong}");
    }
}

#[test]
fn a_mail_server_that_would_leak_the_password_is_refused() {
    let config = |host: &str, tls, user: Option<&str>, from: &str| SmtpConfig {
        host: host.to_owned(),
        port: None,
        user: user.map(str::to_owned),
        password: user.map(|_| "secret".to_owned()),
        from: from.to_owned(),
        tls,
    };
    let code = |config| SmtpTransport::new(config).err().map(|error| error.code());
    let from = "Care <care@example.com>";
    assert_eq!(code(config("mail.example.com", SmtpTls::None, Some("u"), from)), Some("outreach.smtp_tls"));
    assert_eq!(code(config("127.0.0.1", SmtpTls::None, Some("u"), from)), None);
    assert_eq!(code(config("mail.example.com", SmtpTls::Starttls, Some("u"), from)), None);
    assert_eq!(code(config("mail.example.com", SmtpTls::Starttls, None, "nobody")), Some("outreach.smtp_from"));
    let printed = format!("{:?}", config("h", SmtpTls::Wrapper, Some("u"), from));
    assert!(!printed.contains("secret"), "{printed}");
    let mail = crate::Mail {
        intent: careloop_kernel::ids::IntentId::from_bits(1),
        to: "somebody@example.com".to_owned(),
        subject: String::new(),
        body: String::new(),
        at: Timestamp::UNIX_EPOCH,
    };
    assert!(!format!("{mail:?}").contains("somebody"));
}
