//! Numbers for names that the program itself knows: kinds of events, tags. Rules ask for them by name, a hundred times for
//! every person.

/// Names by number and numbers by name.
#[derive(Debug)]
pub(crate) struct Names<T> {
    names: Vec<T>,
    ends: Vec<Ends>,
    /// Open addressing: one more than the number of a name at the place it hashes to or after, 0 where there is none.
    slots: Vec<u16>,
}

/// The first and the last eight bytes of a name, which may overlap, and its length: of most names that is all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

/// Bytes that ends hold of a name at most.
const HELD: usize = 16;

impl Ends {
    fn of(name: &str) -> Self {
        let (bytes, length) = (name.as_bytes(), name.len());
        match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                Self { first: u64::from_le_bytes(*first), last: u64::from_le_bytes(*last), length }
            }
            _ => Self { first: bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)), last: 0, length },
        }
    }

    /// With the multiplier of FxHash; the names are the program's own, so nobody chooses them to collide.
    fn hash(self) -> usize {
        let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        usize::try_from(mix(mix(self.length as u64, self.first), self.last) >> 40).unwrap_or_default()
    }
}

impl<T: AsRef<str>> Names<T> {
    /// Numbers them in order.
    pub(crate) fn of(names: Vec<T>) -> Self {
        let mut slots = vec![0_u16; (names.len() * 4 + 1).next_power_of_two()];
        let ends: Vec<Ends> = names.iter().map(|name| Ends::of(name.as_ref())).collect();
        for (number, ends) in (1_u16..).zip(&ends) {
            let last = slots.len() - 1;
            let mut place = ends.hash();
            while slots[place & last] != 0 {
                place += 1;
            }
            slots[place & last] = number;
        }
        Self { names, ends, slots }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The name of a number.
    pub(crate) fn name(&self, number: usize) -> Option<&T> {
        self.names.get(number)
    }

    /// The number of a name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let ends = Ends::of(name);
        let mut place = ends.hash();
        // There are more slots than names, so an empty one ends every search.
        loop {
            let number = usize::from(self.slots[place & (self.slots.len() - 1)]).checked_sub(1)?;
            if self.ends[number] == ends && (name.len() <= HELD || self.names[number].as_ref() == name) {
                return Some(number);
            }
            place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_number_and_no_other_has_one() {
        let names: Vec<String> = (0..300).map(|number| format!("{number}.{}", "x".repeat(number % 19))).collect();
        let table = Names::of(names.clone());
        for (number, name) in names.iter().enumerate() {
            assert_eq!((table.find(name), table.name(number)), (Some(number), Some(name)));
        }
        assert_eq!((table.find(""), table.find("300."), table.len(), table.name(300)), (None, None, 300, None));
        let alike = Names::of(vec!["payment.a.received", "payment.b.received", "visit"]);
        assert_eq!((alike.find("payment.b.received"), alike.find("payment.c.received")), (Some(1), None));
        assert_eq!((alike.find("visit"), alike.find("visi"), alike.find("visits")), (Some(2), None, None));
        assert_eq!(Names::<String>::of(Vec::new()).find("x"), None);
    }
}
