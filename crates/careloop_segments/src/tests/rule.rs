//! Reading, writing and saying rules.

use careloop_kernel::Currency;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::rule::{Parsed, Summary, Terms, Words, parse, summary, to_json};

pub(super) fn terms() -> Terms {
    Terms { zone: TimeZone::get("Asia/Shanghai").unwrap(), currency: Currency::CNY }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the rule in place")]
fn read(json: Value) -> Parsed {
    parse(&json, &terms()).unwrap()
}

/// The rules of the contract, word for word.
pub(super) fn contract() -> Vec<Value> {
    vec![
        json!({"tag":"val.rfm","in":["重要价值"]}),
        json!({"tag":"val.r","gte":4}),
        json!({"tag":"risk.churned","is":true}),
        json!({"attr":"gender","is":"female"}),
        json!({"attr":"age","between":[30,45]}),
        json!({"event":"payment.received","within":"180d","count":{"gte":2}}),
        json!({"event":"payment.received","from":"2026-01-01","to":"2026-07-01","sum":{"field":"amount","gte":"5000.00"}}),
        json!({"event":"visit.closed","last":{"before":"180d"}}),
        json!({"event":"visit.closed","first":{"after":"180d"}}),
        json!({"event":"payment.received","where":{"item":{"in":["种植"]},"amount":{"gte":"100.00"}}}),
        json!({"segment":"seg_00000000000000000000000001"}),
    ]
}

/// What a rule can measure beyond the contract.
fn measures() -> Vec<Value> {
    vec![
        json!({"event":"visit.closed","within":"365d","distinct":{"field":"line","gte":2}}),
        json!({"event":"visit.closed","distinct":{"field":"clinic","between":[2,3]}}),
        json!({"event":"visit.closed","gaps":{"which":"longest","gte":"180d"}}),
        json!({"event":"payment.received","within":"365d","sum":{"field":"amount","gte":{"quantile":80}}}),
        json!({"event":"visit.closed","count":{"gte":2,"lte":{"quantile":30}}}),
        json!({"tag":"val.m","gte":{"quantile":50}}),
        json!({"event":"visit.closed","within":"365d","gaps":{"which":"median","gte":"30d","lte":"13w"}}),
        json!({"event":"plan.presented","followed_by":{"event":"payment.received","within":"30d","where":{"amount":{"gte":"100.00"}}}}),
        json!({"event":"lead.created","within":"90d","where":{"channel":{"is":"美团"}},"not_followed_by":{"event":"visit.closed"}}),
    ]
}

#[test]
fn every_rule_of_the_contract_is_read_and_written_back() {
    let mut rules = contract();
    rules.extend(measures());
    rules.push(json!({"all": contract()}));
    rules.push(json!({"any": [{"not": {"all": contract()}}, {"any": []}]}));
    for rule in rules {
        let parsed = read(rule.clone());
        let canonical = to_json(&parsed.rule);
        assert_eq!(read(canonical.clone()).rule, parsed.rule, "{rule}");
        assert_eq!(to_json(&read(canonical.clone()).rule), canonical);
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    }
}

#[test]
fn order_of_keys_and_aliases_do_not_matter() {
    let one = read(
        json!({"sum":{"gte":"5000","field":"amount"},"event":"payment.received","where":{"line":{"is":"种植"},"item":{"is":"x"}}}),
    );
    let two = read(
        json!({"event":"payment.received","where":{"item":{"is":"x"},"line":{"is":"种植"}},"sum":{"field":"amount","gte":"5000.00"}}),
    );
    assert_eq!(to_json(&one.rule).to_string(), to_json(&two.rule).to_string());
    assert_eq!(to_json(&read(json!({"tag":"risk.churned"})).rule), json!({"tag":"life.churned","is":true}));
}

#[test]
fn what_is_no_rule_is_refused_with_place_fault_and_next_step() {
    let cases = [
        (json!([]), "the rule", "JSON object"),
        (json!({}), "the rule", "start it with one of"),
        (json!({"all":[{"tag":"val.rfm","in":["重要"]}]}), "all[0].in", "重要价值"),
        (json!({"any":[{"not":{"tag":"val.rmf"}}]}), "any[0].not.tag", "val.rfm"),
        (json!({"tag":"val.rfm","gte":3}), "gte", "no order"),
        (json!({"tag":"val.r","gte":"x"}), "gte", "whole number"),
        (json!({"tag":"life.churned","is":"yes"}), "is", "true or false"),
        (json!({"attr":"sex","is":"male"}), "attr", "gender"),
        (json!({"attr":"gender","is":"woman"}), "the rule", "male, female"),
        (json!({"attr":"age","between":[45,30]}), "between", "swap"),
        (json!({"attr":"age","in":[]}), "in", "at least one"),
        (json!({"event":"payment","within":"180d"}), "event", "payment.received"),
        (json!({"event":"payment.received","within":"6m"}), "within", "180d"),
        (json!({"event":"payment.received","within":"soon"}), "within", "12h"),
        (json!({"event":"payment.received","within":"9d","from":"2026-01-01"}), "the rule", "one or the other"),
        (json!({"event":"payment.received","from":"2026-02-30"}), "from", "2026-03-01"),
        (json!({"event":"payment.received","from":"2026-02-01","to":"2026-02-01"}), "the rule", "not before"),
        (json!({"event":"payment.received","sum":{"gte":"5"}}), "sum", "amount"),
        (json!({"event":"payment.received","sum":{"field":"method","gte":"5"}}), "sum.field", "no number"),
        (json!({"event":"payment.received","sum":{"field":"amount","gte":5000.5}}), "sum.gte", "5000.00"),
        (json!({"event":"payment.received","sum":{"field":"amount","gte":"1.234"}}), "sum.gte", "5000.00"),
        (json!({"event":"payment.received","count":{"gte":-1}}), "count", "0 or more"),
        (json!({"event":"payment.received","count":{"gte":1},"last":{"before":"9d"}}), "the rule", "one thing"),
        (json!({"event":"payment.received","where":{"first":{"gte":true}}}), "where.first.gte", "no order"),
        (json!({"event":"plan.presented","where":{"amount":"100"}}), "where.amount", "conditions"),
        (json!({"event":"touch.sent","where":{"purpose":{"is":"spam"}}}), "where.purpose", "marketing"),
        (json!({"event":"visit.closed","last":{}}), "last", "before"),
        (json!({"event":"visit.closed","distinct":{"gte":2}}), "distinct", "line"),
        (json!({"event":"visit.closed","distinct":{"field":"line","gte":-1}}), "distinct", "0 or more"),
        (json!({"event":"visit.closed","distinct":{"field":"line","gte":"x"}}), "distinct.gte", "whole number"),
        (json!({"event":"visit.closed","gaps":{"gte":"9d"}}), "gaps", "longest"),
        (json!({"event":"visit.closed","count":{"gte":{"quantile":100}}}), "count.gte", "1 to 99"),
        (json!({"event":"visit.closed","count":{"gte":{"quantil":80}}}), "count.gte", "top 20 %"),
        (json!({"event":"visit.closed","count":{"is":{"quantile":80}}}), "count.is", "over people"),
        (json!({"attr":"age","gte":{"quantile":80}}), "gte", "over people"),
        (json!({"tag":"val.rfm","is":{"quantile":80}}), "is", "over people"),
        (
            json!({"event":"payment.received","where":{"amount":{"gte":{"quantile":80}}}}),
            "where.amount.gte",
            "over people",
        ),
        (json!({"event":"visit.closed","gaps":{"which":"mean","gte":"9d"}}), "gaps.which", "average"),
        (json!({"event":"visit.closed","gaps":{"which":"longest"}}), "gaps", "180d"),
        (json!({"event":"visit.closed","gaps":{"which":"longest","gte":9}}), "gaps.gte", "180d"),
        (json!({"event":"visit.closed","gaps":{"which":"longest","gte":"9d","lte":"8d"}}), "gaps", "swap"),
        (json!({"event":"plan.presented","followed_by":"payment.received"}), "followed_by", "payment.received"),
        (json!({"event":"plan.presented","followed_by":{"within":"9d"}}), "followed_by", "which event"),
        (json!({"event":"plan.presented","followed_by":{"event":"paid"}}), "followed_by.event", "payment.received"),
        (
            json!({"event":"plan.presented","not_followed_by":{"event":"visit.closed","within":"1m"}}),
            "not_followed_by.within",
            "180d",
        ),
        (
            json!({"event":"plan.presented","not_followed_by":{"event":"visit.closed","from":"2026-01-01"}}),
            "not_followed_by",
            "from",
        ),
        (
            json!({"event":"plan.presented","followed_by":{"event":"visit.closed"},"not_followed_by":{"event":"visit.closed"}}),
            "the rule",
            "one thing",
        ),
        (json!({"event":"segment.entered"}), "event", "segment"),
        (json!({"segment":"vip"}), "segment", "seg_"),
        (json!({"tag":"val.r","gte":4,"color":"red"}), "the rule", "color"),
        (json!({"tag":"val.r","attr":"age","gte":4}), "the rule", "join them"),
    ];
    for (rule, place, hint) in cases {
        let error = parse(&rule, &terms()).unwrap_err();
        assert_eq!(error.code(), "segments.rule");
        assert!(error.message().starts_with(&format!("{place}: ")), "{rule}: {}", error.message());
        assert!(error.message().contains(hint), "{rule}: {}", error.message());
        assert!(!error.fields().is_empty());
    }
}

#[test]
fn a_rule_cannot_be_bottomless() {
    let deep = (0..50).fold(json!({"tag":"life.churned"}), |rule, _| json!({"not": rule}));
    assert!(parse(&deep, &terms()).unwrap_err().message().contains("20 deep"));
    let wide = json!({"all": vec![json!({"tag":"life.churned"}); 300]});
    assert!(parse(&wide, &terms()).unwrap_err().message().contains("200 parts"));
}

#[test]
fn what_nobody_registered_is_allowed_with_a_warning() {
    let parsed =
        read(json!({"all":[{"event":"yoga.attended"},{"event":"payment.received","where":{"cashier":{"is":"7"}}}]}));
    assert_eq!(parsed.warnings.len(), 2);
    assert!(parsed.warnings[1].contains("cashier") && parsed.warnings[1].contains("method"), "{:?}", parsed.warnings);
}

#[test]
fn rules_are_said_in_words() {
    let rule = read(json!({"all":[
        {"tag":"val.rfm","in":["重要价值","重要保持"]},
        {"any":[{"attr":"age","gte":30},{"not":{"tag":"life.dormant"}}]},
        {"event":"payment.received","within":"180d","where":{"line":{"is":"种植"}},"sum":{"field":"amount","gte":"5000"}},
        {"event":"visit.closed","last":{"before":"90d"}},
        {"segment":"seg_00000000000000000000000001"},
    ]}));
    let segment = "seg_00000000000000000000000001".parse().unwrap();
    let name = Summary { zh: "老客户".to_owned(), en: "regulars".to_owned() };
    let said = summary(&rule.rule, &Words { segments: [(segment, name)].into(), ..Words::default() });
    assert_eq!(
        said.zh,
        "RFM分层为重要价值、重要保持 且 （年龄不小于30 或 非（沉睡为是）） 且 最近180天内业务线为种植的收款金额合计不小于5000.00 \
         且 就诊结束末次在90天以前 且 属于人群「老客户」"
    );
    assert!(
        said.en.starts_with(
            "RFM segment is Champions or Loyal big spenders, away and (age at least 30 or not (Dormant is yes)) and"
        ),
        "{}",
        said.en
    );
    assert!(said.en.ends_with(" and in the segment “regulars”"), "{}", said.en);
}

#[test]
fn measures_are_said_in_words() {
    let said: Vec<Summary> = measures().into_iter().map(|rule| summary(&read(rule).rule, &Words::default())).collect();
    for (said, (zh, en)) in said.iter().zip([
        (
            "最近365天内就诊结束不同业务线个数不小于2",
            "in the last 365 days Visit closed: number of different Business line at least 2",
        ),
        ("就诊结束不同门店个数在2到3之间", "Visit closed: number of different clinic from 2 to 3"),
        ("就诊结束最长间隔不短于180天", "Visit closed: longest gap at least 180 days"),
        ("最近365天内收款金额合计位于前20%", "in the last 365 days Payment received: sum of Amount in the top 20%"),
        ("就诊结束次数不小于2且位于后30%", "Visit closed: count at least 2 and in the bottom 30%"),
        ("消费金额M位于前50%", "Monetary score in the top 50%"),
        (
            "最近365天内就诊结束间隔中位数不短于30天且不长于13周",
            "in the last 365 days Visit closed: median gap at least 30 days and at most 13 weeks",
        ),
        (
            "有方案呈现，之后30天内有金额不小于100.00的收款",
            "Plan presented happened, followed by Payment received with Amount at least 100.00 within 30 days",
        ),
        (
            "有最近90天内渠道为美团的新增线索，之后没有就诊结束",
            "in the last 90 days Lead created with Channel is 美团 happened, followed by no Visit closed",
        ),
    ]) {
        assert_eq!((said.zh.as_str(), said.en.as_str()), (zh, en));
    }
}

#[test]
fn clinics_are_said_by_name() {
    let words = Words { clinics: [("C1".to_owned(), "滨江店".to_owned())].into(), ..Words::default() };
    for (rule, zh, en) in [
        (json!({"tag":"visit.home_store","in":["C1","C9"]}), "常去门店为滨江店、C9", "Home clinic is 滨江店 or C9"),
        (json!({"attr":"clinic","is":"C1"}), "门店为滨江店", "clinic is 滨江店"),
        (
            json!({"event":"visit.closed","where":{"clinic":{"is":"C1"}}}),
            "有门店为滨江店的就诊结束",
            "Visit closed with clinic is 滨江店 happened",
        ),
    ] {
        let said = summary(&read(rule).rule, &words);
        assert_eq!((said.zh.as_str(), said.en.as_str()), (zh, en));
    }
}
