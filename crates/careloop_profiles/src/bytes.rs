//! Ascending numbers in few bytes: each as its distance from the one before, in LEB128.

use careloop_kernel::leb128::{put, take};
use careloop_kernel::{Error, Result};

/// Ascending numbers, each as its distance from the one before.
pub(crate) fn ascending(numbers: &[u32]) -> Vec<u8> {
    let (mut bytes, mut last) = (Vec::with_capacity(numbers.len() + 8), 0);
    for number in numbers {
        put(&mut bytes, u64::from(number - last));
        last = *number;
    }
    bytes
}

/// What [`ascending`] wrote.
pub(crate) fn read_ascending(mut bytes: &[u8]) -> Result<Vec<u32>> {
    let (mut numbers, mut last) = (Vec::with_capacity(bytes.len()), 0_u32);
    while !bytes.is_empty() {
        let step = u32::try_from(take(&mut bytes)?).map_err(Error::internal)?;
        last = last.checked_add(step).ok_or_else(|| Error::internal("a number of more than 32 bits"))?;
        numbers.push(last);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, 127, 128, 300, 65_536, u32::MAX];
        assert_eq!(read_ascending(&ascending(&numbers)).unwrap(), numbers);
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_refused() {
        assert!(read_ascending(&[0x80]).is_err());
        assert!(read_ascending(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0x01]).is_err());
    }
}
