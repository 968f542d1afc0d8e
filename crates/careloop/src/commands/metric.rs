//! `careloop metric list` and `careloop metric query`

use careloop_access::settings;
use careloop_insight::{Answer, MetricQuery, find, library, parse_day, query, to_csv};
use careloop_kernel::Currency;
use serde_json::{Value, json};

use crate::cli::{Format, MetricCommand, Place};
use crate::output::print;
use crate::usage::wrong;

/// Lists metrics or answers one.
pub async fn run(place: &Place, command: MetricCommand, json: bool) -> anyhow::Result<()> {
    match command {
        MetricCommand::List => list(json),
        MetricCommand::Query { id, from, to, by, clinic, format } => {
            let by = by.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
            let wanted = MetricQuery {
                from: parse_day(&from, "from").map_err(wrong)?,
                to: parse_day(&to, "to").map_err(wrong)?,
                by: by.map(str::to_owned).collect(),
                clinic,
            };
            find(&id).map_err(wrong)?;
            let parts = super::open(place).await?;
            let answer = query(&parts.analytics, &parts.app.db, &parts.ctx("cli").require()?, &id, &wanted).await?;
            let currency = settings::load(parts.app.db.read()).await?.currency;
            let default = if json { Format::Json } else { Format::Csv };
            match format.unwrap_or(default) {
                Format::Csv => print(&to_csv(&answer, currency)?),
                Format::Json => print(&format!("{}\n", to_json(&answer, currency))),
            }
        }
    }
}

fn list(json: bool) -> anyhow::Result<()> {
    if json {
        let all: Vec<Value> = library()
            .iter()
            .map(|metric| json!({ "id": metric.id, "zh": metric.zh, "en": metric.en, "area": metric.area, "formula": metric.formula_en }))
            .collect();
        return print(&format!("{}\n", Value::Array(all)));
    }
    let lines: Vec<String> = library()
        .iter()
        .map(|metric| format!("{}\t{}\t{}\t{}\n", metric.id, metric.zh, metric.en, metric.formula_en))
        .collect();
    print(&lines.concat())
}

fn to_json(answer: &Answer, currency: Currency) -> Value {
    let rows: Vec<Value> = answer
        .rows
        .iter()
        .map(|row| {
            let [value, numerator, denominator] = row.bucket.written(answer.metric, currency).map(|text| (!text.is_empty()).then_some(text));
            let keys: serde_json::Map<String, Value> =
                answer.by.iter().cloned().zip(row.keys.iter().cloned().map(Value::String)).collect();
            json!({ "keys": keys, "value": value, "numerator": numerator, "denominator": denominator, "mature": row.mature })
        })
        .collect();
    json!({ "metric": answer.metric.id, "dimensions": answer.by, "currency": currency.to_string(), "rows": rows })
}
