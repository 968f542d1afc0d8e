//! Whole numbers in few bytes: LEB128 (DWARF 5, §7.6), seven bits a byte, the lowest first. Numbers of either sign are folded
//! onto those from 0 on first (zigzag, as Protocol Buffers do), so that one near zero is short.

use crate::{Error, Result};

/// Appends a number.
pub fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Takes a number off the front.
pub fn take(bytes: &mut &[u8]) -> Result<u64> {
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

/// Appends a number of either sign.
pub fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Takes a number of either sign off the front.
pub fn take_signed(bytes: &mut &[u8]) -> Result<i64> {
    let number = take(bytes)?;
    Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_either_sign_come_back() {
        for number in [0, 1, -1, 63, -64, 300, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, number);
            put(&mut bytes, 5);
            let mut left = bytes.as_slice();
            assert_eq!((take_signed(&mut left).unwrap(), take(&mut left).unwrap(), left.len()), (number, 5, 0));
            assert!(number.unsigned_abs() >= 64 || bytes.len() == 2);
        }
        let mut bytes = Vec::new();
        put(&mut bytes, u64::MAX);
        assert_eq!(take(&mut bytes.as_slice()).unwrap(), u64::MAX);
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_refused() {
        assert!(take(&mut [0x80_u8].as_slice()).is_err());
        assert!(take(&mut [0xff_u8; 11].as_slice()).is_err());
        assert!(take_signed(&mut [].as_slice()).is_err());
    }
}
