//! Numbers in few bytes: LEB128, seven bits a byte, the lowest first.

use careloop_kernel::{Error, Result};

/// Appends a number.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Takes a number off the front.
pub(crate) fn take(bytes: &mut &[u8]) -> Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or_else(|| Error::internal("a number without its end"))?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Error::internal("a number of more than 64 bits"))
}

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
        let mut bytes = Vec::new();
        put(&mut bytes, u64::MAX);
        put(&mut bytes, 5);
        let mut left = bytes.as_slice();
        assert_eq!((take(&mut left).unwrap(), take(&mut left).unwrap(), left.len()), (u64::MAX, 5, 0));
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_refused() {
        assert!(take(&mut [0x80_u8].as_slice()).is_err());
        assert!(take(&mut [0xff_u8; 11].as_slice()).is_err());
        assert!(read_ascending(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0x01]).is_err());
    }
}
