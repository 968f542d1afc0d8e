//! Phone numbers, identity cards and the ids platforms give people.

use jiff::civil::Date;

use crate::dice::Dice;

const PREFIXES: [u64; 45] = [
    130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156, 157, 158, 159, 166, 172, 173, 175,
    176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 193, 195, 196, 197, 198, 199, 192,
];
const SUFFIXES: u64 = 100_000_000;
/// Prefixes of virtual operators, as deal platforms use them to hide a customer's number.
const AGENCY_PREFIXES: [u64; 4] = [170, 171, 167, 165];
/// What a clerk types when the system insists on a number.
pub(crate) const PLACEHOLDER: u64 = 13_800_138_000;

/// Hands out mobile numbers, each once.
pub(crate) struct PhoneBook {
    next: u64,
}

impl PhoneBook {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self { next: dice.below(SUFFIXES) }
    }

    /// A number nobody else has. The step shares no factor with the count of numbers, so they come scattered and never twice.
    pub(crate) fn draw(&mut self) -> u64 {
        const STEP: u64 = 1_234_567_891;
        self.next = (self.next + STEP) % (SUFFIXES * PREFIXES.len() as u64);
        let prefix = usize::try_from(self.next / SUFFIXES).unwrap_or(0);
        PREFIXES[prefix] * SUFFIXES + self.next % SUFFIXES
    }
}

/// A forwarding number a deal platform shows instead of the customer's.
pub(crate) fn agency_phone(dice: &mut Dice) -> u64 {
    dice.pick(&AGENCY_PREFIXES) * SUFFIXES + dice.below(SUFFIXES)
}

/// The number as a clerk may write it.
pub(crate) fn written_phone(dice: &mut Dice, phone: u64) -> String {
    match dice.below(100) {
        0..3 => format!("+86 {phone}"),
        3..5 => format!("{} {:04} {:04}", phone / SUFFIXES, phone / 10_000 % 10_000, phone % 10_000),
        5..6 => format!("{}-{:04}-{:04}", phone / SUFFIXES, phone / 10_000 % 10_000, phone % 10_000),
        _ => phone.to_string(),
    }
}

/// A number with one digit mistyped.
pub(crate) fn mistyped_phone(dice: &mut Dice, phone: u64) -> u64 {
    let place = 10_u64.pow(u32::try_from(dice.between(0, 7)).unwrap_or(0));
    let digit = phone / place % 10;
    phone - digit * place + (digit + 1 + dice.below(9)) % 10 * place
}

/// An eighteen-character identity number with its check digit.
pub(crate) fn id_card(dice: &mut Dice, birth: Date, male: bool) -> String {
    const AREAS: [&str; 6] = ["330102", "330106", "330108", "330110", "330602", "340102"];
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let order = dice.below(499) * 2 + u64::from(male);
    let mut number = format!("{}{}{order:03}", dice.pick(&AREAS), birth.strftime("%Y%m%d"));
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    number.push(char::from(CHECKS[usize::try_from(sum % 11).unwrap_or(0)]));
    number
}
