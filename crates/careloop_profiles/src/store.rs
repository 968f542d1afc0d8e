//! The SQL of profiles.

mod inputs;
mod read;
mod seen;
mod tags;
mod thresholds;
mod write;

pub(crate) use inputs::{clinic_codes, clinic_names, find_inputs, insert_inputs, log_end, payments_since, zero_inputs};
pub(crate) use read::{
    all_doubted, changed_people, doubted, due_people, event_keys, households_of, kin, outdated_people, people_after,
    people_between, person_of_record,
};
pub(crate) use seen::{FieldsRow, fields_folded, fields_recorded, first_of_kinds};
pub(crate) use tags::{
    BlockRow, blocks, count_people, delete_blocks, holders, insert_values, last_block, tag_values, write_blocks,
};
pub(crate) use thresholds::{ThresholdRow, insert_threshold, thresholds};
pub(crate) use write::{ProfileRow, delete_people, lock, profiles, profiles_between, truncate, upsert_profiles};
