//! Sets of people as the database keeps them.

use careloop_kernel::{Error, Result};
use roaring::RoaringBitmap;

/// A set as bytes, in the portable format of Roaring bitmaps.
pub fn to_bytes(set: &RoaringBitmap) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(set.serialized_size());
    set.serialize_into(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// A set from bytes.
pub fn from_bytes(bytes: &[u8]) -> Result<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).map_err(Error::internal)
}
