//! The weights in force, and how they are kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use careloop_db::{ConnectionTrait, Tx};
use careloop_kernel::{Ctx, Error, Result, Vault};

use crate::identity::engine;
use crate::identity::model::Model;
use crate::identity::names::NameForm;
use crate::identity::table::Table;
use crate::store::identity::{self as store, ModelRow, NewModel};

const SURNAME: &str = "surname";
const GIVEN: &str = "given_name";

/// What a resolve starts from.
pub(super) struct Known {
    /// The weights in force without the names.
    pub model: Model,
    /// How many persons there are.
    pub persons: i64,
}

/// The weights to resolve with; none if there are none yet, or twice as many records as when they were learned.
pub(super) fn known(row: Option<ModelRow>) -> Result<Option<Known>> {
    // Fewer than enough teach nothing, so nothing is learned again until there are as many.
    let is_young = |row: &ModelRow| row.highest < engine::ENOUGH as i64 || row.highest < row.records * 2;
    row.filter(is_young).map(|row| Ok(Known { model: read(&row)?, persons: row.persons })).transpose()
}

/// The weights in force, however old; before there are any, what is known beforehand.
pub(crate) async fn in_force(connection: &impl ConnectionTrait) -> Result<Model> {
    match store::model(connection).await? {
        Some(row) => read(&row),
        None => Ok(engine::learn(&Table::default(), &[])),
    }
}

/// The text that was read last, and its weights: reading it takes longer than weighing a new record, and it seldom changes.
static LAST: Mutex<Option<(String, Model)>> = Mutex::new(None);

/// The weights of a row, without the names.
fn read(row: &ModelRow) -> Result<Model> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((text, model)) = &*last
        && *text == row.parameters
    {
        return Ok(model.clone());
    }
    let parameters = serde_json::from_str(&row.parameters).map_err(Error::internal)?;
    let model = Model::from_json(&parameters);
    *last = Some((row.parameters.clone(), model.clone()));
    Ok(model)
}

/// Keeps weights that were learned.
pub(super) async fn keep<P>(tx: &Tx, ctx: &Ctx<P>, learned: Learned) -> Result<()> {
    let version = store::model(&**tx).await?.map_or(0, |row| row.version) + 1;
    let row = NewModel {
        version,
        learned_at: ctx.now_us(),
        records: store::highest(&**tx).await?,
        parameters: learned.parameters,
    };
    store::insert_model(&**tx, row, learned.names).await
}

/// Weights on their way into the database.
pub(super) struct Learned {
    parameters: String,
    /// Blind hash and step.
    names: Vec<(i64, i64)>,
}

impl Learned {
    /// What to keep of a model, and the model as it is read from that.
    pub fn of(model: &Model, table: &Table, vault: &Vault) -> (Self, Model) {
        let parameters = model.to_json();
        let (surnames, given) = model.frequencies.listed();
        let mut names = HashMap::new();
        for form in table.names().filter(|form| form.is_evidence()) {
            if let Some(step) = surnames.get(&form.surname_hash) {
                names.entry((SURNAME, form.surname_hash)).or_insert((&form.name.surname, *step));
            }
            if let Some(step) = given.get(&form.given_hash) {
                names.entry((GIVEN, form.given_hash)).or_insert((&form.name.given, *step));
            }
        }
        let names: BTreeSet<(i64, i64)> =
            names.into_iter().map(|((kind, _), (text, step))| (vault.blind(kind, text), i64::from(step))).collect();
        let learned = Self { parameters: parameters.to_string(), names: names.into_iter().collect() };
        let mut again = Model::from_json(&parameters);
        again.frequencies = model.frequencies.clone();
        (learned, again)
    }
}

/// Adds to the model how common the names of these records are.
pub(crate) async fn add_names<'a>(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    model: &mut Model,
    forms: impl Iterator<Item = &'a NameForm>,
    all: bool,
) -> Result<()> {
    let mut wanted = HashMap::new();
    for form in forms.filter(|form| form.is_evidence()) {
        wanted.entry((SURNAME, form.surname_hash)).or_insert(&form.name.surname);
        wanted.entry((GIVEN, form.given_hash)).or_insert(&form.name.given);
    }
    let blind: Vec<_> = wanted.into_iter().map(|((kind, hash), text)| (vault.blind(kind, text), kind, hash)).collect();
    let hashes: Vec<i64> = blind.iter().map(|(hash, _, _)| *hash).collect();
    let rows = store::name_steps(connection, if all { None } else { Some(&hashes) }).await?;
    let steps: HashMap<i64, u8> =
        rows.into_iter().map(|row| (row.hash, u8::try_from(row.step).unwrap_or(u8::MAX))).collect();
    for (hash, kind, plain) in blind {
        let Some(step) = steps.get(&hash).map(|step| (plain, *step)) else { continue };
        match kind {
            SURNAME => model.frequencies.list(Some(step), None),
            _ => model.frequencies.list(None, Some(step)),
        }
    }
    Ok(())
}
