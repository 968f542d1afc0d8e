//! Query results without Arrow.

use careloop_kernel::{Error, Result};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};

/// One value of a result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number; money is in minor units.
    Int(i64),
    /// Text.
    Text(String),
}

impl Cell {
    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }
}

/// A query's result: rows of cells in the order of the select list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn of(batches: &[RecordBatch]) -> Result<Self> {
        let mut rows = Vec::new();
        for batch in batches {
            let columns = batch.columns().iter().map(cells).collect::<Result<Vec<_>>>()?;
            for index in 0..batch.num_rows() {
                rows.push(columns.iter().map(|column| column[index].clone()).collect());
            }
        }
        Ok(Self { rows })
    }
}

fn cells(column: &std::sync::Arc<dyn Array>) -> Result<Vec<Cell>> {
    let target = if column.data_type().is_integer() { DataType::Int64 } else { DataType::Utf8 };
    let column = cast(column, &target).map_err(Error::internal)?;
    let cell = |index: usize| {
        if column.is_null(index) {
            return Cell::Null;
        }
        match target {
            DataType::Int64 => Cell::Int(column.as_primitive::<Int64Type>().value(index)),
            _ => Cell::Text(column.as_string::<i32>().value(index).to_owned()),
        }
    };
    Ok((0..column.len()).map(cell).collect())
}
