//! Static lists: segments whose members are chosen. Who is on one stands in the log (`list.added`, `list.removed`); the
//! rest of the house sees a segment like any other.

mod rows;
mod told;
mod whom;

pub(crate) use rows::read_rows;
pub use rows::{Lines, RowsReport};
pub(crate) use told::tell;
pub use told::{ListTeller, put_on_list};
pub use whom::Whom;
pub(crate) use whom::{Chosen, choose};
