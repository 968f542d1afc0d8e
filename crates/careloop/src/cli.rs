//! What can be typed.

use std::path::PathBuf;

use careloop_server::ConfigFile;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Customer data, follow-up and figures for chains of clinics.
#[derive(Debug, Parser)]
#[command(name = "careloop", version, about)]
pub struct Cli {
    /// Where things are.
    #[command(flatten)]
    pub place: Place,
    /// Machine-readable output on stdout.
    #[arg(long, global = true)]
    pub json: bool,
    /// More talk on stderr; twice for all of it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the installation is; flags go over the environment, the environment over `careloop.toml`.
#[derive(Debug, Args)]
pub struct Place {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the embedded database, lake, keys and uploads live [default: ./careloop-data].
    #[arg(long, global = true, env = "CARELOOP_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The database [default: SQLite in the data folder].
    #[arg(long, global = true, env = "CARELOOP_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The lake: a folder or s3://bucket/prefix [default: <data dir>/lake].
    #[arg(long, global = true, env = "CARELOOP_LAKE_URL", value_name = "URL")]
    lake_url: Option<String>,
    /// Where the server listens [default: 127.0.0.1:7070].
    #[arg(long, global = true, env = "CARELOOP_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// The file of the chain's root key [default: <data dir>/keys].
    #[arg(long, global = true, env = "CARELOOP_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The first administrator's password, used at first start only.
    #[arg(long, global = true, env = "CARELOOP_ADMIN_PASSWORD", hide = true, hide_env_values = true)]
    admin_password: Option<String>,
}

impl Place {
    /// Flags and environment as settings.
    pub fn settings(&self) -> ConfigFile {
        ConfigFile {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            lake_url: self.lake_url.clone(),
            listen: self.listen.clone(),
            key_file: self.key_file.clone(),
            admin_password: self.admin_password.clone(),
            smtp: None,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server: API, web UI, workers.
    Serve,
    /// The same on a generated chain of clinics in <data dir>/demo.
    Demo {
        /// How many people the chain has.
        #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=2_000_000))]
        people: u32,
        /// The same seed gives the same chain.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Throws the present demo away first.
        #[arg(long)]
        fresh: bool,
    },
    /// Makes the database and the first administrator.
    Init {
        /// The administrator's login.
        #[arg(long, default_value = "admin")]
        admin: String,
        /// The chain's time zone [default: Asia/Shanghai].
        #[arg(long, value_name = "TZ")]
        time_zone: Option<String>,
        /// What the chain keeps its books in [default: CNY].
        #[arg(long, value_name = "CODE")]
        currency: Option<String>,
    },
    /// Helps a member of staff who cannot log in.
    Staff {
        /// What to do.
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// Manages sources.
    Source {
        /// What to do.
        #[command(subcommand)]
        command: SourceCommand,
    },
    /// Imports a file.
    Import {
        /// A .csv or .xlsx file.
        file: PathBuf,
        /// The source it belongs to.
        #[arg(long)]
        source: String,
        /// The mapping.
        #[arg(long)]
        map: PathBuf,
        /// Reads and checks everything, writes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Where refused rows go, with line, column and reason.
        #[arg(long, value_name = "OUT.csv")]
        rejects: Option<PathBuf>,
    },
    /// (Re)computes persons and households.
    Resolve {
        /// Everything, not only what is new.
        #[arg(long)]
        full: bool,
        /// Everything, after learning anew from the records how much each agreement weighs.
        #[arg(long)]
        learn: bool,
    },
    /// Writes data into files.
    Export {
        /// What to write.
        #[command(subcommand)]
        command: ExportCommand,
    },
    /// Counts and lists the people of a rule.
    Segment {
        /// What to do.
        #[command(subcommand)]
        command: SegmentCommand,
    },
    /// Shows people.
    Person {
        /// What to do.
        #[command(subcommand)]
        command: PersonCommand,
    },
    /// Lists and answers metrics.
    Metric {
        /// What to do.
        #[command(subcommand)]
        command: MetricCommand,
    },
    /// Drops every derived table and folds it again from the log.
    Rebuild {
        /// Only this part, and nothing else
        #[arg(long, value_enum, value_name = "PART")]
        only: Option<Derived>,
    },
    /// Checks configuration, database, keys and channels; says what to do.
    Doctor,
    /// Prints the description of the API.
    #[command(hide = true)]
    Openapi,
}

/// What is derived from records and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Derived {
    /// Persons and households
    Persons,
    /// The copy of each record's events that tags are folded from
    Histories,
    /// Everybody's tags, and who is in which segment
    Tags,
    /// The Parquet files that metrics are asked of
    Lake,
}

/// `careloop staff …`
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Gives somebody a new password, printed once, or the one of CARELOOP_ADMIN_PASSWORD; ends their sessions.
    ResetPassword {
        /// Whose.
        login: String,
    },
}

/// How records reach a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// By files.
    File,
    /// By the tracking API.
    Http,
}

/// `careloop source …`
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Registers a source; for http its write key is printed, alone, once.
    Add {
        /// The source's name.
        name: String,
        /// How records reach it.
        #[arg(long, value_enum)]
        kind: Kind,
    },
}

/// `careloop export …`
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// source,source_id,person_id,household_id of every record.
    People {
        /// A .csv or .parquet file.
        #[arg(long)]
        out: PathBuf,
    },
    /// The people of a segment.
    Segment {
        /// The segment's id.
        id: String,
        /// A .csv or .xlsx file.
        #[arg(long)]
        out: PathBuf,
        /// Fields besides person_id, joined by commas.
        #[arg(long, default_value = "name,gender,age")]
        fields: String,
    },
    /// The event log as Parquet.
    Events {
        /// A folder.
        #[arg(long)]
        out: PathBuf,
    },
}

/// A rule and the instant it is asked at.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// A JSON file with the rule.
    #[arg(long)]
    pub rule: PathBuf,
    /// As of this date or time instead of now.
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// `careloop segment …`
#[derive(Debug, Subcommand)]
pub enum SegmentCommand {
    /// One number on stdout.
    Count(RuleArgs),
    /// Person ids, one a line.
    Members(RuleArgs),
}

/// `careloop person …`
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Profile, tags with reasons, timeline.
    Show {
        /// A person's id, or SOURCE:SOURCE_ID.
        reference: String,
    },
}

/// How a metric's answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}

/// `careloop metric …`
#[derive(Debug, Subcommand)]
pub enum MetricCommand {
    /// Lists all metrics.
    List,
    /// Answers one.
    Query {
        /// The metric's id.
        id: String,
        /// The first day.
        #[arg(long)]
        from: String,
        /// The day after the last.
        #[arg(long)]
        to: String,
        /// What to cut by, joined by commas.
        #[arg(long)]
        by: Option<String>,
        /// Only this clinic: id, code or name.
        #[arg(long)]
        clinic: Option<String>,
        /// csv or json.
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
}
