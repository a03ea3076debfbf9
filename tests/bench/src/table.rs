//! Plain tables: the first column to the left, figures to the right, a budget last.

use std::fmt::Write as _;

/// A table in the making.
pub(crate) struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(title: &str, head: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text.
    pub(crate) fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| {
                let cells = self.rows.iter().chain([&self.head]).filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let mut text = format!("\n{}\n", self.title);
        for row in [&self.head].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // Writing to a String cannot fail.
                let _ = match column {
                    0 => write!(line, "  {cell:<width$}"),
                    last if last + 1 == self.head.len() => write!(line, "  {cell}"),
                    _ => write!(line, "  {cell:>width$}"),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A budget as shown: marked if the figure misses it.
pub(crate) fn budget(text: &str, kept: bool) -> String {
    if kept { text.to_owned() } else { format!("{text}  !") }
}

/// A figure with as many digits as matter.
pub(crate) fn figure(value: f64) -> String {
    match value {
        value if value >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_missed_budgets_are_marked() {
        let mut table = Table::new("Speeds", &["what", "ms", "budget"]);
        table.row(vec!["show".to_owned(), figure(1.234), budget("<= 20", true)]);
        table.row(vec!["list".to_owned(), figure(123.4), budget("<= 20", false)]);
        assert_eq!(
            table.text(),
            "\nSpeeds\n  what    ms  budget\n  show  1.23  <= 20\n  list   123  <= 20  !\n"
        );
    }
}
