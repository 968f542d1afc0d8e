//! Numbers for names that the program itself knows: kinds of events, tags. Rules ask for them by name, a hundred times for
//! every person.

/// Names by number and numbers by name.
#[derive(Debug)]
pub(crate) struct Names<T> {
    names: Vec<T>,
    /// Open addressing: one more than the number of a name at the place it hashes to or after, 0 where there is none.
    slots: Vec<u16>,
}

impl<T: AsRef<str>> Names<T> {
    /// Numbers them in order.
    pub(crate) fn of(names: Vec<T>) -> Self {
        let mut slots = vec![0_u16; (names.len() * 4 + 1).next_power_of_two()];
        for (number, name) in (1_u16..).zip(&names) {
            let last = slots.len() - 1;
            let mut place = hash(name.as_ref());
            while slots[place & last] != 0 {
                place += 1;
            }
            slots[place & last] = number;
        }
        Self { names, slots }
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
        let mut place = hash(name);
        // There are more slots than names, so an empty one ends every search.
        loop {
            let number = usize::from(self.slots[place & (self.slots.len() - 1)]).checked_sub(1)?;
            if self.names[number].as_ref() == name {
                return Some(number);
            }
            place += 1;
        }
    }
}

/// Eight bytes at a time, with the multiplier of FxHash; the names are the program's own, so nobody chooses them to collide.
fn hash(name: &str) -> usize {
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let bytes = name.as_bytes();
    let hashed = match bytes.last_chunk::<8>() {
        // The last word overlaps the one before.
        Some(last) => {
            let (words, _) = bytes.as_chunks::<8>();
            let hashed = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
            mix(hashed, u64::from_le_bytes(*last))
        }
        None => mix(name.len() as u64, bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte))),
    };
    usize::try_from(hashed >> 40).unwrap_or_default()
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
        assert_eq!(Names::<String>::of(Vec::new()).find("x"), None);
    }
}
