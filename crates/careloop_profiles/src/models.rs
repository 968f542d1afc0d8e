//! What the models behind tags are at present: their parameters, when and on whom they were fitted, how many people fall
//! where, and how well they foretell.

mod next_line;

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, Result};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::holders::visible_holders;
use crate::inputs;
use crate::library::{ClinicNames, TagForm, Text, tag_library};
use crate::ltv::{BgNbd, Calibration, LEAST_REPEAT_PAYERS, Ltv, Model, Waiting};
use crate::model::Inputs;
use crate::next::Foretold;
use crate::thresholds::{self, Threshold};

/// A named number, or several of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What it is.
    pub name: Text,
    /// Its numbers.
    pub values: Vec<f64>,
}

/// People with one value of the model's tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The value.
    pub value: String,
    /// Its label.
    pub label: Text,
    /// Visible people with it; none while the model waits.
    pub people: Option<i64>,
}

/// A share of people beside what is thought good.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// What it is a share of.
    pub name: Text,
    /// 0 to 1; none of nobody.
    pub share: Option<f64>,
    /// Where it should lie.
    pub ideal: [f64; 2],
}

/// One model as it stands.
#[derive(Debug, Clone)]
pub struct ModelCard {
    /// `rfm`, `abc`, `churn`, `stage`, `bg_nbd`, `gamma_gamma` or `next_category`.
    pub id: &'static str,
    /// Its name.
    pub name: Text,
    /// The tag it sets.
    pub tag: &'static str,
    /// Why there is none yet.
    pub waiting: Option<Text>,
    /// The last day it knew; none for a rule with fixed numbers.
    pub fitted_on: Option<Date>,
    /// How many people it was fitted to.
    pub people: Option<i64>,
    /// Its numbers.
    pub parameters: Vec<Parameter>,
    /// How many people fall where.
    pub groups: Vec<Group>,
    /// Shares beside their ideals.
    pub shares: Vec<Share>,
    /// Foretold and actual purchases.
    pub calibration: Option<Calibration>,
    /// Named and actual next lines.
    pub foretold: Option<Foretold>,
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn parameter(zh: &str, en: &str, values: impl IntoIterator<Item = f64>) -> Parameter {
    Parameter { name: text(zh, en), values: values.into_iter().collect() }
}

type Counts = BTreeMap<(String, String), i64>;

/// The models, counted over the people the caller may see.
pub async fn list_models(db: &Db, ctx: &Ctx<ReadSegments>) -> Result<Vec<ModelCard>> {
    let held = visible_holders(db.read(), ctx.scope()).await?;
    let counts: Counts = held
        .into_iter()
        .map(|held| (held.count(), held))
        .map(|(count, held)| ((held.tag, held.value), count))
        .collect();
    let inputs = inputs::live(db.read()).await?.inputs;
    let in_force = thresholds::thresholds(db, ctx).await?;
    let set_at = inputs::set_at(db.read()).await?.and_then(|at| Timestamp::from_microsecond(at).ok());
    let set_on = set_at.map(|at| inputs.zone.to_datetime(at).date());
    let cards = vec![
        rfm(&inputs, set_on),
        abc(&in_force),
        churn(&in_force, &counts),
        card("stage", text("生命周期阶段", "Lifecycle stage"), "life.stage"),
        purchases(inputs.ltv.as_ref()),
        spend(inputs.ltv.as_ref()),
        next_line::card(inputs.next.as_ref()),
    ];
    Ok(cards.into_iter().map(|card| ModelCard { groups: groups(&counts, &card), ..card }).collect())
}

/// Why there is no model yet, by the tags that would come from it.
pub(crate) fn waiting_tags(inputs: &Inputs) -> BTreeMap<&'static str, Text> {
    let cards = [rfm(inputs, None), purchases(inputs.ltv.as_ref()), next_line::card(inputs.next.as_ref())];
    cards.into_iter().filter_map(|card| Some((card.tag, card.waiting?))).collect()
}

fn card(id: &'static str, name: Text, tag: &'static str) -> ModelCard {
    ModelCard {
        id,
        name,
        tag,
        waiting: None,
        fitted_on: None,
        people: None,
        parameters: Vec::new(),
        groups: Vec::new(),
        shares: Vec::new(),
        calibration: None,
        foretold: None,
    }
}

fn groups(counts: &Counts, card: &ModelCard) -> Vec<Group> {
    let tag = card.tag;
    let Some(def) = tag_library().find(tag) else { return Vec::new() };
    let listed = def.values.iter().map(|choice| choice.value.clone()).collect();
    let values: Vec<String> = match def.form {
        TagForm::Choice | TagForm::Number => listed,
        TagForm::Flag => vec![crate::FLAG.to_owned()],
        TagForm::Open => counts.keys().filter(|(of, _)| of == tag).map(|(_, value)| value.clone()).collect(),
    };
    let group = |value: String| {
        let (zh, en) = def.labels(&value, &ClinicNames::new());
        let people = counts.get(&(tag.to_owned(), value.clone())).copied().unwrap_or(0);
        Group { value, label: Text { zh, en }, people: card.waiting.is_none().then_some(people) }
    };
    values.into_iter().map(group).collect()
}

fn rfm(inputs: &Inputs, set_on: Option<Date>) -> ModelCard {
    let card = card("rfm", text("RFM 分层（8 格）", "RFM, eight cells"), "val.rfm");
    let Some(quantiles) = &inputs.quantiles else {
        return ModelCard { waiting: Some(text("还没有人付款", "nobody has paid yet")), ..card };
    };
    let days = |cuts: [i64; 4]| cuts.map(|cut| cut as f64);
    let mean = |sum: i64| sum as f64 / quantiles.payers as f64;
    let parameters = vec![
        parameter("R 分位点（天）", "Cut points of R, days", days(quantiles.recency)),
        parameter("F 分位点（付款日）", "Cut points of F, paid days", days(quantiles.paid_days)),
        parameter("M 分位点（元）", "Cut points of M, major units", quantiles.net_minor.map(major)),
        parameter("R、F、M 平均分", "Mean scores of R, F and M", quantiles.score_sums.map(mean)),
    ];
    ModelCard { fitted_on: set_on, people: Some(quantiles.payers), parameters, ..card }
}

fn major(minor: i64) -> f64 {
    minor as f64 / 100.0
}

type InForce = BTreeMap<&'static str, Vec<Threshold>>;

/// The thresholds of a tag that are in force, under these names and in their order.
fn numbers(in_force: &InForce, tag: &str, names: &[(&str, &str, &str)]) -> Vec<Parameter> {
    let of = |(key, zh, en): &(&str, &str, &str)| {
        let value = in_force.get(tag)?.iter().find(|threshold| threshold.name == *key)?.value;
        Some(parameter(zh, en, [if key.ends_with("_minor") { major(value) } else { value as f64 }]))
    };
    names.iter().filter_map(of).collect()
}

fn abc(in_force: &InForce) -> ModelCard {
    let parameters = numbers(
        in_force,
        "val.abc",
        &[
            ("weight_breadth", "治疗项目权重", "Weight of breadth"),
            ("items_1", "治疗项目 1 分起", "Items for 1 point"),
            ("items_2", "治疗项目 2 分起", "Items for 2 points"),
            ("weight_ability", "治疗能力权重", "Weight of ability"),
            ("single_1_minor", "最大单笔 1 分起（元）", "Largest payment for 1 point"),
            ("single_2_minor", "最大单笔 2 分起（元）", "Largest payment for 2 points"),
            ("weight_willingness", "治疗意愿权重", "Weight of willingness"),
            ("paid_days_1", "付款日 1 分起", "Paid days for 1 point"),
            ("paid_days_2", "付款日 2 分起", "Paid days for 2 points"),
            ("days", "付款日窗口（天）", "Window of the paid days, days"),
            ("a_points", "A 类分数起", "Points for A"),
            ("b_points", "B 类分数起", "Points for B"),
        ],
    );
    ModelCard { parameters, ..card("abc", text("ABC 客户分类", "ABC classes"), "val.abc") }
}

/// The rules of churn, and how much of it there is: 2–3 % lost and 7–8 % of the lost booked back are thought ideal.
fn churn(in_force: &InForce, counts: &Counts) -> ModelCard {
    let parameters = numbers(
        in_force,
        "life.churned",
        &[
            ("unreachable", "两次消息未回且电话未接（1 启用）", "Two messages and a call in vain (1 = on)"),
            ("missed_recalls", "连续未返回复查次数", "Recalls missed in a row"),
            ("days", "未到店天数", "Days away"),
        ],
    );
    let in_stage = |wanted: &dyn Fn(&str) -> bool| {
        let stages = counts.iter().filter(|((tag, value), _)| tag == "life.stage" && wanted(value));
        stages.map(|(_, people)| *people).sum::<i64>()
    };
    let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
    let seen = in_stage(&|stage| !matches!(stage, "fan" | "lead" | "booked"));
    let (lost, back) = (in_stage(&|stage| stage == "churned"), in_stage(&|stage| stage == "won_back"));
    let shares = vec![
        Share {
            name: text("流失占来过的客户", "Lost, of those who were ever here"),
            share: share(lost, seen),
            ideal: [0.02, 0.03],
        },
        Share {
            name: text("约回占流失与约回", "Won back, of the lost and the won back"),
            share: share(back, lost + back),
            ideal: [0.07, 0.08],
        },
    ];
    ModelCard { parameters, shares, ..card("churn", text("流失判断", "Churn"), "life.churned") }
}

/// Why there is no value model.
fn waiting(ltv: Option<&Ltv>) -> Option<Text> {
    let Some(ltv) = ltv else { return Some(text("还没有人付款", "nobody has paid yet")) };
    let reason = ltv.model.as_ref().err()?;
    let (have, least) = (ltv.repeat_payers, LEAST_REPEAT_PAYERS);
    Some(match reason {
        Waiting::FewRepeatPayers => Text {
            zh: format!("回头付款客户 {have} 人，满 {least} 人才拟合"),
            en: format!("{have} payers came back; a model needs {least}"),
        },
        Waiting::PurchasesDoNotFit => {
            text("付款时间无法用该模型拟合", "no parameters explain when these payers bought")
        }
        Waiting::SpendDoesNotFit => text("付款金额无法用该模型拟合", "no parameters explain what these payers spent"),
    })
}

/// A card with what both value models have in common.
fn ltv_card(id: &'static str, name: Text, ltv: Option<&Ltv>) -> ModelCard {
    ModelCard { waiting: waiting(ltv), fitted_on: ltv.map(|ltv| ltv.as_of), ..card(id, name, "val.ltv_pred") }
}

fn model_of(ltv: Option<&Ltv>) -> Option<&Model> {
    ltv.and_then(|ltv| ltv.model.as_ref().ok())
}

fn purchases(ltv: Option<&Ltv>) -> ModelCard {
    let card = ltv_card("bg_nbd", text("BG/NBD 复购", "BG/NBD, repeat purchases"), ltv);
    let people = ltv.map(|ltv| ltv.payers);
    let Some(model) = model_of(ltv) else { return ModelCard { people, ..card } };
    let mut parameters = four(model.purchases).to_vec();
    parameters.push(parameter("12 个月价值分位点（元）", "Cut points of the 12-month value", model.cuts.map(major)));
    ModelCard { people, parameters, calibration: model.calibration.clone(), ..card }
}

/// The parameters of BG/NBD by name.
fn four(BgNbd { r, alpha, a, b }: BgNbd) -> [Parameter; 4] {
    [
        parameter("r（购买频率形状）", "r, shape of the purchase rates", [r]),
        parameter("α（购买频率尺度，周）", "α, scale of the purchase rates, weeks", [alpha]),
        parameter("a（流失概率）", "a of the chance to leave", [a]),
        parameter("b（流失概率）", "b of the chance to leave", [b]),
    ]
}

fn spend(ltv: Option<&Ltv>) -> ModelCard {
    let card = ltv_card("gamma_gamma", text("Gamma–Gamma 消费金额", "Gamma–Gamma, spend a purchase"), ltv);
    let people = ltv.map(|ltv| ltv.repeat_payers);
    let Some(model) = model_of(ltv) else { return ModelCard { people, ..card } };
    let spend = model.spend;
    let parameters = vec![
        parameter("p（每次金额形状）", "p, shape of a customer's purchases", [spend.p]),
        parameter("q（客户间差异）", "q, shape over customers", [spend.q]),
        parameter("γ（金额尺度，元）", "γ, scale over customers, major units", [spend.gamma]),
        parameter("全体平均每次金额（元）", "Mean spend over all customers", [spend.expected(0, 0.0)]),
    ];
    ModelCard { people, parameters, ..card }
}
