//! How much one call may bring. The numbers are Segment's where it names one.

/// Bytes on the wire, compressed or not.
pub(crate) const WIRE: usize = 1 << 20;
/// Bytes after which nobody reads on, not even to see whose call it is.
pub(crate) const READ_ON: usize = 16 << 20;
/// Bytes of a body after unpacking.
pub(crate) const BODY: usize = 500 << 10;
/// Bytes of one event.
pub(crate) const EVENT: usize = 32 << 10;
/// Events in a batch.
pub(crate) const BATCH: usize = 2_500;
/// Letters of a message id, one less than the first that is refused.
pub(crate) const MESSAGE_ID: usize = 99;
/// Letters of a user, anonymous or group id.
pub(crate) const ID: usize = 255;
/// Properties or traits, one less than the first number that is refused.
pub(crate) const PROPERTIES: usize = 299;
/// Letters of an event's name.
pub(crate) const NAME: usize = 255;
/// External ids of one event.
pub(crate) const EXTERNAL_IDS: usize = 20;
/// Events that may wait for the writer; beyond, clients are asked to come back.
pub(crate) const WAITING: u32 = 65_536;
/// Events of one transaction, about.
pub(crate) const GROUP: usize = 32_768;
/// With more events than this waiting, intake is pressed and background work makes way.
pub(crate) const PRESSED: usize = 4_096;
