//! Tests of file imports: what can be read, what is refused and why, and that nothing is lost or done twice.

mod convert;
mod crash;
mod csv;
mod encoding;
mod fixture;
mod imports;
mod killed;
mod map;
mod real_files;
mod routes;
mod xlsx;
