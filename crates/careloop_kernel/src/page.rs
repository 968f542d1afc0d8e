//! Paging by cursor: stable under inserts, and every list has a limit.

use crate::{Error, Result};

/// Where a list goes on; opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// What a client asks of a list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// How many items, 1 to 200.
    pub limit: u32,
    /// Where to go on.
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// The largest page.
    pub const MAX: u32 = 200;

    /// A page of `limit` items (50 if none is given) after `cursor`.
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Result<Self> {
        let limit = limit.unwrap_or(50);
        if !(1..=Self::MAX).contains(&limit) {
            return Err(Error::invalid("page.limit", "ask for 1 to 200 items").with_field("limit", "1 to 200"));
        }
        Ok(Self { limit, cursor: cursor.filter(|text| !text.is_empty()).map(Cursor) })
    }

    /// The cursor as numbers joined by dots, as [`Page::cut`] writes them.
    pub fn numbers<const N: usize>(&self) -> Result<Option<[i64; N]>> {
        let Some(Cursor(text)) = &self.cursor else {
            return Ok(None);
        };
        let wrong = || Error::invalid("page.cursor", "the cursor is not one of ours; start again without it");
        let numbers: Vec<i64> = text.split('.').map(|part| part.parse().map_err(|_| wrong())).collect::<Result<_>>()?;
        numbers.try_into().map(Some).map_err(|_| wrong())
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; none at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts `items`, read with one more than the limit, to a page; `key` gives the cursor of the last item kept.
    pub fn cut(mut items: Vec<T>, request: &PageRequest, key: impl Fn(&T) -> Vec<i64>) -> Self {
        let limit = request.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor(key(last).iter().map(i64::to_string).collect::<Vec<_>>().join(".")));
        Self { items, next }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_or_names_where_it_goes_on() {
        let request = PageRequest::new(Some(2), None).unwrap();
        let page = Page::cut(vec![1, 2, 3], &request, |item| vec![*item, -1]);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(page.next, Some(Cursor("2.-1".to_owned())));
        assert_eq!(Page::cut(vec![1, 2], &request, |item| vec![*item]).next, None);
        let next = PageRequest::new(Some(2), Some("2.-1".to_owned())).unwrap();
        assert_eq!(next.numbers::<2>().unwrap(), Some([2, -1]));
        assert!(next.numbers::<1>().is_err());
        assert!(PageRequest::new(Some(0), None).is_err());
    }
}
