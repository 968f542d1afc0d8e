//! Wire shapes that all features share.

use careloop_kernel::{Money, Page, PageRequest, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageView<T: ToSchema> {
    /// The items.
    pub items: Vec<T>,
    /// Ask with this cursor for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// How many there are in all, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<T: ToSchema> PageView<T> {
    /// The page with each item turned into its view.
    pub fn of<U>(page: Page<U>, view: impl FnMut(U) -> T) -> Self {
        let page = page.map(view);
        Self { items: page.items, next_cursor: page.next.map(|cursor| cursor.0), total: None }
    }

    /// A list that fits on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { total: i64::try_from(items.len()).ok(), items, next_cursor: None }
    }

    /// The same page with a total.
    #[must_use]
    pub fn with_total(mut self, total: i64) -> Self {
        self.total = Some(total);
        self
    }
}

/// Paging parameters.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Checks the limit.
    pub fn request(self) -> Result<PageRequest> {
        PageRequest::new(self.limit, self.cursor)
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoneyView {
    /// Minor units: 1250 is ¥12.50.
    pub minor: i64,
    /// ISO 4217 code.
    #[schema(example = "CNY")]
    pub currency: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { minor: money.minor(), currency: money.currency().to_string() }
    }
}

/// An instant from the database as RFC 3339 text in UTC.
pub fn time_view(micros: i64) -> String {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
