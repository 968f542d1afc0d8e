//! Static lists: segments whose members are chosen. Who is on one stands in the log (`list.added`, `list.removed`); the
//! rest of the house sees a segment like any other.

mod rows;
mod whom;

pub(crate) use rows::read_rows;
pub use rows::{Lines, RowsReport};
pub use whom::Whom;
pub(crate) use whom::{Chosen, choose};
