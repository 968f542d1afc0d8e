//! What other features ask about persons.

use careloop_kernel::PageRequest;
use careloop_people::service::list;
use careloop_people::{PeopleFilter, cards, email_for_sending, ensure_records, facts, persons_after, upsert_records};
use careloop_testkit::on_both;

use crate::chain::families;
use crate::world::{add_source, row};

#[tokio::test]
async fn facts_and_cards_tell_what_the_records_say() {
    on_both(|test| async move {
        families(&test).await;
        let persons = persons_after(test.db.read(), 0, 10).await.unwrap();
        assert_eq!(persons.len(), 3);
        let facts = facts(test.db.read(), &persons).await.unwrap();
        let mother = &facts[0];
        assert_eq!((mother.records.len(), mother.household_size, mother.clinics.as_slice()), (2, 2, &[1][..]));
        assert_eq!(mother.birth_date.unwrap().to_string(), "1988-06-02");
        assert!(mother.phone && !mother.email && !mother.wecom && !mother.has_guardian);
        assert!(facts[1].has_guardian);
        assert_eq!(facts[1].household, mother.household);
        let ctx = test.ctx.require().unwrap();
        let cards = cards(test.db.read(), &ctx, &[persons[2], persons[0]]).await.unwrap();
        assert_eq!((cards[0].name.as_str(), cards[1].name.as_str()), ("曾国强", "李梅"), "in the order asked");
        assert_eq!(cards[1].phone_masked.as_deref(), Some("139****5670"));
        assert_eq!(cards[1].clinic_names, ["Clinic 1"]);
    })
    .await;
}

#[tokio::test]
async fn a_bare_record_is_a_person_of_its_own() {
    on_both(|test| async move {
        let source = add_source(&test, "web").await;
        let ords = ensure_records(&test.db, &test.ctx, source, &["a".to_owned()]).await.unwrap();
        let facts = facts(test.db.read(), &ords).await.unwrap();
        assert_eq!((facts[0].person, facts[0].household, facts[0].phone), (ords[0], ords[0], false));
    })
    .await;
}

#[tokio::test]
async fn mail_goes_to_the_address_of_the_oldest_record() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        let mut with_mail = row("a", "王小明", "", "");
        with_mail.fields.emails = vec!["Ming@Example.com".into()];
        let ords =
            upsert_records(&test.db, &test.ctx, source, vec![with_mail, row("b", "李梅", "", "")]).await.unwrap();
        let mail = async |ord| email_for_sending(test.db.read(), &test.ctx, ord).await.unwrap();
        assert_eq!(mail(ords[0].ord).await.as_deref(), Some("ming@example.com"));
        assert_eq!(mail(ords[1].ord).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_list_can_be_narrowed_to_named_persons() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        let rows = (0..30).map(|key| row(&format!("k{key}"), "王小明", "", &format!("139123456{key:02}"))).collect();
        let ords: Vec<i64> = upsert_records(&test.db, &test.ctx, source, rows)
            .await
            .unwrap()
            .iter()
            .map(|outcome| outcome.ord)
            .collect();
        let wanted: Vec<i64> = ords.iter().copied().step_by(3).collect();
        let ctx = test.ctx.require().unwrap();
        let (mut found, mut request) = (Vec::new(), PageRequest::new(Some(4), None).unwrap());
        loop {
            let filter = PeopleFilter { persons: Some(wanted.clone()), ..PeopleFilter::default() };
            let page = list::list(&test.db, &ctx, filter, &request).await.unwrap();
            found.extend(page.items.iter().map(|item| item.card.person));
            match page.next {
                Some(next) => request.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, wanted.into_iter().rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_by_surname_sound_and_what_cannot_be_looked_for_finds_nobody() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        let rows = vec![row("a", "王小明", "", "13912345670"), row("b", "吕静", "", "13912345671")];
        upsert_records(&test.db, &test.ctx, source, rows).await.unwrap();
        let ctx = test.ctx.require().unwrap();
        let request = PageRequest::new(Some(10), None).unwrap();
        for (query, names) in [
            ("wang", vec!["王小明"]),
            ("lv", vec!["吕静"]),
            ("lüjing", vec!["吕静"]),
            ("wxm", vec!["王小明"]),
            ("5671", vec!["吕静"]),
            ("137", vec![]),
            ("#", vec![]),
            ("  ", vec!["吕静", "王小明"]),
        ] {
            let filter = PeopleFilter { query: Some(query.to_owned()), ..PeopleFilter::default() };
            let page = list::list(&test.db, &ctx, filter, &request).await.unwrap();
            let found: Vec<&str> = page.items.iter().map(|item| item.card.name.as_str()).collect();
            assert_eq!(found, names, "{query:?}");
        }
    })
    .await;
}
