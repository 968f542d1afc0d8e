//! How well a result tells people apart: pairwise and B-cubed precision and recall (Bagga and Baldwin 1998), false pairs,
//! the largest cluster, and pairs of different people who are one household.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, ensure};

/// Precision and recall, and what they are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// Pairs the result has.
    pub found: u64,
    /// Pairs the truth has.
    pub real: u64,
    /// Pairs both have.
    pub right: u64,
}

impl Pairs {
    fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    /// The share of the truth's pairs that the result has.
    pub fn recall(self) -> f64 {
        if self.real == 0 { 1.0 } else { self.right as f64 / self.real as f64 }
    }
}

fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

/// The verdict on a result.
#[derive(Debug)]
pub struct Verdict {
    records: usize,
    people: usize,
    persons: usize,
    pairs: Pairs,
    b_cubed: (f64, f64),
    largest: u64,
    households: Option<Pairs>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (precision, recall) = (self.pairs.precision(), self.pairs.recall());
        let false_pairs = self.pairs.found - self.pairs.right;
        writeln!(out, "records {}\npeople {}\npersons {}", self.records, self.people, self.persons)?;
        writeln!(out, "precision {precision:.5}\nrecall {recall:.5}\nf1 {:.5}", f1(precision, recall))?;
        let (precision, recall) = self.b_cubed;
        writeln!(out, "b3_precision {precision:.5}\nb3_recall {recall:.5}\nb3_f1 {:.5}", f1(precision, recall))?;
        let per_10k = false_pairs as f64 * 10_000.0 / self.people.max(1) as f64;
        writeln!(out, "false_pairs {false_pairs}\nfalse_per_10k {per_10k:.2}\nlargest {}", self.largest)?;
        if let Some(pairs) = self.households {
            writeln!(out, "household_precision {:.5}\nhousehold_recall {:.5}", pairs.precision(), pairs.recall())?;
        }
        Ok(())
    }
}

/// Compares `source_id,…,person_id[,household_id]` with `source_id,entity[,household]`.
pub fn measure(truth: &Path, found: &Path) -> anyhow::Result<Verdict> {
    let truth = columns(truth, "source_id", &["entity", "household"])?;
    let found = columns(found, "source_id", &["person_id", "household_id"])?;
    let mut rows: Vec<[u32; 4]> = Vec::with_capacity(truth.len());
    let mut number = Numbers::default();
    for (id, real) in &truth {
        let given = found.get(id).with_context(|| format!("the result says nothing about {id}"))?;
        let of = |list: &[Option<String>], at: usize| list[at].clone().unwrap_or_else(|| format!("alone {id}"));
        rows.push([
            number.of(0, of(real, 0)),
            number.of(1, of(given, 0)),
            number.of(2, of(real, 1)),
            number.of(3, of(given, 1)),
        ]);
    }
    ensure!(found.len() == truth.len(), "the result has {} records, the truth {}", found.len(), truth.len());
    let has_households = found.values().any(|row| row[1].is_some()) && truth.values().any(|row| row[1].is_some());
    let within = |keys: &dyn Fn(&[u32; 4]) -> (u32, u32)| groups(rows.iter().map(keys));
    let (entities, persons) = (within(&|row| (row[0], 0)), within(&|row| (row[1], 0)));
    let both = within(&|row| (row[0], row[1]));
    Ok(Verdict {
        records: rows.len(),
        people: entities.len(),
        persons: persons.len(),
        pairs: Pairs { found: pairs(&persons), real: pairs(&entities), right: pairs(&both) },
        b_cubed: b_cubed(&both, &entities, &persons, rows.len()),
        largest: persons.values().copied().max().unwrap_or(0),
        households: has_households.then(|| households(&rows.iter().map(|row| [row[0], row[2], row[3]]))),
    })
}

/// Pairs of records of two people in one household, from the person and the household by truth and the household found of
/// each record; who is one person by truth is left out.
pub fn households(rows: &(impl Iterator<Item = [u32; 3]> + Clone)) -> Pairs {
    let sizes = |keys: &dyn Fn([u32; 3]) -> (u32, u32)| pairs(&groups(rows.clone().map(keys)));
    let real = sizes(&|row| (row[1], 0)) - sizes(&|row| (row[0], 0));
    let found = sizes(&|row| (row[2], 0)) - sizes(&|row| (row[2], row[0]));
    let right = sizes(&|row| (row[1], row[2]))
        - pairs(&triples(rows.clone().map(|[person, real, found]| (real, found, person))));
    Pairs { found, real, right }
}

type Groups = HashMap<(u32, u32), u64>;

fn groups(keys: impl Iterator<Item = (u32, u32)>) -> Groups {
    let mut out = Groups::new();
    keys.for_each(|key| *out.entry(key).or_default() += 1);
    out
}

fn triples(keys: impl Iterator<Item = (u32, u32, u32)>) -> HashMap<(u32, u32, u32), u64> {
    let mut out = HashMap::new();
    keys.for_each(|key| *out.entry(key).or_default() += 1);
    out
}

fn pairs<K>(groups: &HashMap<K, u64>) -> u64 {
    groups.values().map(|size| size * (size - 1) / 2).sum()
}

fn b_cubed(both: &Groups, entities: &Groups, persons: &Groups, records: usize) -> (f64, f64) {
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((entity, person), size) in both {
        let square = (size * size) as f64;
        precision += square / persons[&(*person, 0)] as f64;
        recall += square / entities[&(*entity, 0)] as f64;
    }
    let records = records.max(1) as f64;
    (precision / records, recall / records)
}

/// Texts as small numbers, one row of numbers for each column.
#[derive(Default)]
pub struct Numbers([HashMap<String, u32>; 4]);

impl Numbers {
    /// The number of a text in a column.
    pub fn of(&mut self, column: usize, text: String) -> u32 {
        let known = &mut self.0[column];
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(text).or_insert(next)
    }
}

/// The named columns, where there are, by the column that names the row.
pub fn columns(path: &Path, id: &str, names: &[&str]) -> anyhow::Result<HashMap<String, Vec<Option<String>>>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let headers = reader.headers()?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let id = at(id).with_context(|| format!("{}: no column `{id}`", path.display()))?;
    let wanted: Vec<Option<usize>> = names.iter().map(|name| at(name)).collect();
    let mut out = HashMap::new();
    for row in reader.records() {
        let row = row?;
        let value = |at: &Option<usize>| row.get((*at)?).map(str::to_owned);
        out.insert(row.get(id).unwrap_or_default().to_owned(), wanted.iter().map(value).collect());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_the_measure_comes_out() {
        // Truth {a b c} {d e}, found {a b} {c d} {e}.
        let folder = std::env::temp_dir().join(format!("careloop-measure-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (truth, found) = (folder.join("truth.csv"), folder.join("found.csv"));
        std::fs::write(&truth, "source_id,entity\na,1\nb,1\nc,1\nd,2\ne,2\n").unwrap();
        std::fs::write(&found, "source_id,person_id\na,x\nb,x\nc,y\nd,y\ne,z\n").unwrap();
        let verdict = measure(&truth, &found).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(verdict.pairs, Pairs { found: 2, real: 4, right: 1 });
        let (precision, recall) = verdict.b_cubed;
        assert!((precision - 0.8).abs() < 1e-9, "(1+1+.5+.5+1)/5");
        assert!((recall - 8.0 / 15.0).abs() < 1e-9, "(2/3+2/3+1/3+1/2+1/2)/5");
    }
}
