//! The words of this feature. Types that hold personal data print nothing of it.

mod facts;
mod fields;
mod identity;
mod person;

pub use facts::{PersonCard, PersonFacts};
pub use fields::{
    Address, Gender, IncomingRecord, Mode, PhoneNumber, PhoneRole, RecordChange, RecordFields, RecordOutcome, Said,
};
pub use identity::{IdMove, IdentityLink, IdentityView, MoveKind};
pub use person::{
    Consent, ConsentChannel, ConsentState, Decision, DecisionKind, Field, Household, HouseholdMember, Note, OwnerName,
    PeopleFilter, Person, PersonPhone, PersonRecord, Revealed, SortBy,
};

/// Types whose `Debug` shows their name alone.
macro_rules! redacted {
    ($($name:ident $(<$life:lifetime>)?),* $(,)?) => {
        $(impl std::fmt::Debug for $name $(<$life>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })*
    };
}
pub(crate) use redacted;
