//! The chain is believable: its rates lie where such chains' rates lie.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::common::{Chain, Row, make, options};

const PEOPLE: u32 = 3000;

static CHAIN: LazyLock<Chain> = LazyLock::new(|| make(&options(PEOPLE)));

/// Every patient file with the human and household the truth says it is.
fn patients() -> Vec<(Row, String, String)> {
    let truth: BTreeMap<String, (String, String)> = CHAIN
        .rows("truth.csv")
        .into_iter()
        .filter(|row| row["source"] == "his")
        .map(|row| (row["source_id"].clone(), (row["entity"].clone(), row["household"].clone())))
        .collect();
    let files = ["binjiang", "chengxi", "hupan"].map(|clinic| CHAIN.rows(&format!("his_people_{clinic}.csv")));
    let with_truth = |row: Row| {
        let (entity, household) = truth[&row["患者编号"]].clone();
        (row, entity, household)
    };
    files.into_iter().flatten().map(with_truth).collect()
}

fn count(rows: &[Row], kind: &str) -> f64 {
    rows.iter().filter(|row| row["类型"] == kind).count() as f64
}

fn assert_between(value: f64, low: f64, high: f64, what: &str) {
    assert!(value >= low && value <= high, "{what} is {value:.3}, expected {low} to {high}");
}

#[test]
fn families_share_phones_and_clinics_share_patients() {
    let patients = patients();
    let mut by_phone: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut by_entity: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, entity, _) in &patients {
        by_phone.entry(&row["手机号"]).or_default().insert(entity);
        *by_entity.entry(entity).or_default() += 1;
    }
    by_phone.remove("");
    by_phone.remove("13800138000");
    let sharing: BTreeSet<&&str> = by_phone.values().filter(|humans| humans.len() > 1).flatten().collect();
    let people = by_entity.len() as f64;
    assert_between(sharing.len() as f64 / people, 0.2, 0.6, "share of patients on a shared phone");
    let doubled = by_entity.values().filter(|files| **files > 1).count() as f64;
    assert_between(doubled / people, 0.03, 0.12, "share of patients with more than one file");
}

#[test]
fn files_carry_the_mistakes_of_a_front_desk() {
    let patients = patients();
    let share = |test: &dyn Fn(&Row) -> bool| {
        patients.iter().filter(|(row, _, _)| test(row)).count() as f64 / patients.len() as f64
    };
    assert_between(share(&|row| row["出生日期"].is_empty()), 0.1, 0.2, "missing birth dates");
    assert_between(share(&|row| row["出生日期"] == "1900-01-01"), 0.015, 0.05, "default birth dates");
    assert_between(share(&|row| row["手机号"] == "13800138000"), 0.004, 0.03, "placeholder phones");
    assert_between(share(&|row| !row["监护人"].is_empty()), 0.1, 0.45, "files with a guardian");
    assert_between(share(&|row| !row["身份证号"].is_empty()), 0.1, 0.3, "files with an id card");
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (row, entity, _) in &patients {
        names.entry(entity).or_default().insert(row["姓名"].trim());
    }
    assert!(names.values().any(|spellings| spellings.len() > 1), "nobody is written in two ways");
}

#[test]
fn phones_and_id_cards_are_well_formed() {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    for (row, _, _) in patients() {
        let digits: String = row["手机号"].trim_start_matches("+86").chars().filter(char::is_ascii_digit).collect();
        assert!(digits.is_empty() || (digits.len() == 11 && digits.starts_with('1')), "{digits}");
        if let Some(number) = Some(&row["身份证号"]).filter(|number| !number.is_empty()) {
            let sum: u32 =
                number.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
            assert_eq!(number.chars().last(), "10X98765432".chars().nth((sum % 11) as usize), "{number}");
        }
    }
}

#[test]
fn eight_in_ten_come_to_their_appointment() {
    let rows = CHAIN.rows("his_appointments.csv");
    let same_day =
        rows.iter().filter(|row| row["类型"] == "取消" && row["时间"][..10] == row["预约时间"][..10]).count() as f64;
    let (arrived, no_show) = (count(&rows, "到诊"), count(&rows, "爽约"));
    assert_between(arrived / (arrived + no_show + same_day), 0.74, 0.86, "show-up rate");
}

#[test]
fn each_human_has_one_first_visit_and_only_customers_have_visits() {
    let humans: BTreeMap<String, String> =
        patients().into_iter().map(|(row, entity, _)| (row["患者编号"].clone(), entity)).collect();
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let rows = CHAIN.rows("his_visits.csv");
    for row in &rows {
        let human = humans[&row["患者编号"]].as_str();
        match row["类型"].as_str() {
            "初诊" => *first.entry(human).or_default() += 1,
            "离店" => drop(seen.insert(human)),
            _ => {}
        }
    }
    assert_eq!(first.keys().copied().collect::<BTreeSet<_>>(), seen);
    assert!(first.values().all(|count| *count == 1));
    assert_between(first.len() as f64 / f64::from(PEOPLE), 0.5, 0.8, "share of humans who ever came");
    assert_between(count(&rows, "离店") / first.len() as f64, 1.8, 3.5, "visits of a customer");
}

#[test]
fn platforms_bring_most_leads_and_the_funnel_narrows() {
    let leads: Vec<Row> =
        ["deal_leads.csv", "miniapp_leads.csv", "wecom_leads.csv"].iter().flat_map(|file| CHAIN.rows(file)).collect();
    let platform = leads
        .iter()
        .filter(|row| row["类型"] == "新建" && matches!(row["来源渠道"].as_str(), "美团" | "大众点评"))
        .count() as f64;
    let (created, qualified) = (count(&leads, "新建"), count(&leads, "有效"));
    assert_between(platform / created, 0.5, 0.9, "share of leads from deal platforms");
    assert_between(qualified / created, 0.4, 0.8, "share of leads that book");
    let plans = CHAIN.rows("his_plans.csv");
    assert_between(count(&plans, "接受") / count(&plans, "呈现"), 0.3, 0.7, "plans accepted");
}

#[test]
fn books_balance_to_the_fen() {
    let rows = CHAIN.rows("his_billing.csv");
    let fen = |row: &Row| row["金额"].replace('.', "").parse::<i64>().unwrap();
    let mut orders: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    for row in &rows {
        let order = orders.entry(row["订单号"].clone()).or_default();
        match row["类型"].as_str() {
            "开单" => {
                order.0 += fen(row);
                let (list, discount) = (row["原价"].replace('.', ""), row["优惠"].replace('.', ""));
                assert_eq!(list.parse::<i64>().unwrap() - discount.parse::<i64>().unwrap(), fen(row));
            }
            "收费" => order.1 += fen(row),
            "执行" => order.2 += fen(row),
            _ => {}
        }
    }
    for (id, (booked, paid, earned)) in &orders {
        assert!(paid <= booked && earned <= booked, "{id}: booked {booked}, paid {paid}, earned {earned}");
    }
    let finished = orders.values().filter(|(booked, paid, earned)| booked == paid && booked == earned).count();
    assert!(finished * 10 > orders.len() * 7, "{finished} of {} orders are paid and done", orders.len());
}

#[test]
fn the_size_is_fifteen_to_twenty_events_a_person() {
    assert_eq!(CHAIN.summary.people, PEOPLE);
    // Ad spend depends on the days, not on the people.
    let told = CHAIN.summary.events - CHAIN.summary.kinds["ad.spend"];
    assert_between(told as f64 / f64::from(PEOPLE), 14.0, 20.0, "events a person");
    assert_eq!(CHAIN.summary.events, CHAIN.summary.kinds.values().sum::<u64>());
}
