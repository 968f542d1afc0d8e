//! Texts with variables, `{{ name }}`: rendered without access to anything but the values given.

use careloop_kernel::{Error, Result};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

const MAX_SUBJECT: usize = 200;
const MAX_BODY: usize = 20_000;
/// How many steps a template may take; a loop that never ends stops here.
const FUEL: u64 = 50_000;

/// What a template may name.
pub(crate) struct Variables {
    /// The person's name.
    pub name: String,
    /// The name with Mr or Ms, where the gender is known.
    pub salutation: String,
    /// Name of the person's clinic.
    pub clinic: String,
    /// Name of the chain.
    pub chain: String,
}

impl Variables {
    /// Values for trying a template.
    pub fn example() -> Self {
        let [name, salutation, clinic, chain] = ["王小明", "王小明先生", "示例门店", "示例连锁"].map(str::to_owned);
        Self { name, salutation, clinic, chain }
    }
}

/// Fills in a subject; line breaks become blanks.
pub(crate) fn render_subject(template: &str, variables: &Variables) -> Result<String> {
    let text = render("email.subject", template, variables)?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    check_length("email.subject", &line, MAX_SUBJECT)?;
    Ok(line)
}

/// Fills in a text.
pub(crate) fn render_body(template: &str, variables: &Variables) -> Result<String> {
    let text = render("email.body", template, variables)?;
    check_length("email.body", text.trim(), MAX_BODY)?;
    Ok(text)
}

fn check_length(field: &'static str, text: &str, most: usize) -> Result<()> {
    if (1..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    let message = format!("1 to {most} characters");
    Err(Error::invalid("outreach.text", format!("`{field}` has {message}")).with_field(field, message))
}

fn render(field: &'static str, template: &str, variables: &Variables) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    let Variables { name, salutation, clinic, chain } = variables;
    environment.render_str(template, context! { name, salutation, clinic, chain }).map_err(|error| {
        let line = error.line().map_or_else(String::new, |line| format!(" in line {line}"));
        let message = match error.kind() {
            minijinja::ErrorKind::UndefinedError => "only name, salutation, clinic and chain can be named".to_owned(),
            kind => format!("{kind}{line}"),
        };
        Error::invalid("outreach.template", format!("`{field}` cannot be filled in: {message}"))
            .with_field(field, message)
    })
}
