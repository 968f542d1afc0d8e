//! One row on its way from a file.

/// A row, lent to the visitor and reused.
#[derive(Debug, Clone, Default)]
pub struct Row {
    line: u64,
    text: String,
    ends: Vec<usize>,
    fault: Option<RowFault>,
    odd: Vec<(usize, OddCell)>,
}

/// Why a row cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// A stable code, such as `ragged_row`.
    pub code: &'static str,
    /// The position of the cell that is wrong, if it is one.
    pub column: Option<usize>,
    /// What is wrong and what to do, for people; holds no cell's text.
    pub reason: String,
}

/// A cell of a workbook that holds no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddCell {
    /// A formula whose result was never saved.
    FormulaWithoutValue,
    /// An error such as `#N/A`.
    ErrorValue,
}

impl Row {
    /// The line the row starts on; the header is line 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// A cell without the blanks around it; empty when the row is too short.
    pub fn cell(&self, index: usize) -> &str {
        self.raw(index).trim()
    }

    /// A cell as it came.
    pub fn raw(&self, index: usize) -> &str {
        let Some(end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..*end]
    }

    /// All cells as they came.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|index| self.raw(index))
    }

    /// The number of cells.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all its cells.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Why the row cannot be read, if so.
    pub fn fault(&self) -> Option<&RowFault> {
        self.fault.as_ref()
    }

    /// What is odd about a cell, if anything.
    pub fn odd(&self, index: usize) -> Option<OddCell> {
        self.odd.iter().find(|(cell, _)| *cell == index).map(|(_, odd)| *odd)
    }

    /// Whether every cell is blank.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.odd.is_empty()
    }

    pub(super) fn start(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.odd.clear();
        self.fault = None;
    }

    pub(super) fn push_part(&mut self, part: &str) {
        self.text.push_str(part);
    }

    pub(super) fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.push_part(cell);
        self.end_cell();
    }

    pub(super) fn mark_odd(&mut self, index: usize, odd: OddCell) {
        self.odd.push((index, odd));
    }

    pub(super) fn fail(&mut self, fault: RowFault) {
        self.fault.get_or_insert(fault);
    }

    /// The position of the first cell that holds `letter`.
    pub(super) fn position_of(&self, letter: char) -> Option<usize> {
        if self.text.contains(letter) { self.cells().position(|cell| cell.contains(letter)) } else { None }
    }

    /// The position of the first cell longer than `limit` bytes.
    pub(super) fn position_longer_than(&self, limit: usize) -> Option<usize> {
        if self.text.len() <= limit { None } else { self.cells().position(|cell| cell.len() > limit) }
    }
}
