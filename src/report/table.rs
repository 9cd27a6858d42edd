//! Tables without frames: comfy-table lays them out, and the tones are painted on afterwards.
//!
//! What does not fit the width is not cut off. The last columns move beneath each row, as `name: value`; only a last
//! column of several words is wrapped in its place.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, TableStyle,
};

use super::{Align, Cell, Screen, Table, Tone, wrap};

/// Stands between two cells of a line. Cells have no control characters, so the line can be split at it again.
const JOINT: char = '\u{1}';
/// Stands in the line between two rows.
const NEXT_ROW: char = '\u{2}';
/// Spaces between two columns.
const GAP: usize = 2;
/// Wrapped text is no longer read easily in less than this.
const NARROWEST_TEXT: usize = 24;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(JOINT))
    .header_separator(LineStyle::none().fill(NEXT_ROW).junction(NEXT_ROW))
    .content_lines(ContentLineStyle::none().junction(JOINT))
    .row_separator(LineStyle::none().fill(NEXT_ROW).junction(NEXT_ROW));

pub(super) fn lines(table: &Table, screen: Screen) -> Vec<String> {
    let plan = Plan::for_width(table, screen.width);
    // One group of lines a row; the first is the header.
    let mut groups: Vec<Vec<String>> = vec![Vec::new()];
    for line in plan.lay_out(table, screen.width) {
        match (line.starts_with(NEXT_ROW), groups.last_mut()) {
            (false, Some(group)) => group.push(line),
            _ => groups.push(Vec::new()),
        }
    }

    let mut painted: Vec<String> = groups[0].iter().map(|line| header_line(line, screen)).collect();
    for (row, group) in table.rows.iter().zip(&groups[1..]) {
        painted.extend(group.iter().map(|line| row_line(line, row, screen)));
        painted.extend(beneath(table, row, plan.columns, screen));
    }
    painted
}

/// How many columns stand side by side, and whether the last of them is wrapped.
struct Plan {
    columns: usize,
    last_is_wrapped: bool,
}

impl Plan {
    fn for_width(table: &Table, width: usize) -> Plan {
        let widths: Vec<usize> = (0..table.columns.len()).map(|column| column_width(table, column)).collect();
        let taken =
            |columns: usize| widths[..columns].iter().sum::<usize>() + GAP * columns.saturating_sub(1);
        let all = widths.len();
        let fitting = (0..=all).rev().find(|columns| taken(*columns) <= width).unwrap_or(0);
        let left = width.saturating_sub(taken(fitting) + GAP);
        match fitting {
            columns if columns == all => Plan { columns, last_is_wrapped: false },
            columns
                if columns + 1 == all && left >= NARROWEST_TEXT && longest_word(table, columns) <= left =>
            {
                Plan { columns: all, last_is_wrapped: true }
            }
            // At least one column names the row, however narrow the screen.
            columns => Plan { columns: columns.max(1), last_is_wrapped: false },
        }
    }

    fn lay_out(&self, table: &Table, width: usize) -> Vec<String> {
        let mut layout = comfy_table::Table::new();
        layout.load_style(STYLE).set_header(table.columns[..self.columns].iter().map(|(name, _)| *name));
        for row in &table.rows {
            layout.add_row(row[..self.columns].iter().map(shown));
        }
        layout.set_content_arrangement(match self.last_is_wrapped {
            false => ContentArrangement::Disabled,
            true => ContentArrangement::Dynamic,
        });
        layout.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        for (index, column) in layout.column_iter_mut().enumerate() {
            // The joint is one space of the gap, the padding the others.
            let padding = if index + 1 == self.columns { 0 } else { GAP as u16 - 1 };
            column.set_padding((0, padding));
            column.set_cell_alignment(match table.columns[index].1 {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
            if self.last_is_wrapped && index + 1 < self.columns {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        layout.lines().collect()
    }
}

fn column_width(table: &Table, column: usize) -> usize {
    let cells = table.rows.iter().map(|row| wrap::width(shown(&row[column])));
    cells.chain([wrap::width(table.columns[column].0)]).max().unwrap_or(0)
}

fn longest_word(table: &Table, column: usize) -> usize {
    let words = table.rows.iter().flat_map(|row| row[column].text.split_whitespace());
    words.map(wrap::width).max().unwrap_or(0)
}

fn shown(cell: &Cell) -> &str {
    if cell.text.is_empty() { "-" } else { &cell.text }
}

fn header_line(line: &str, screen: Screen) -> String {
    let parts = line.split(JOINT).map(|part| paint(part, Tone::Dim, screen));
    parts.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

fn row_line(line: &str, row: &[Cell], screen: Screen) -> String {
    let parts = line.split(JOINT).zip(row).map(|(part, cell)| paint(part, cell.tone, screen));
    parts.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

/// Paints the words of `part` and leaves the spaces around them alone.
fn paint(part: &str, tone: Tone, screen: Screen) -> String {
    let text = part.trim();
    let start = part.len() - part.trim_start().len();
    format!("{}{}{}", &part[..start], screen.paint(text, tone), &part[start + text.len()..])
}

/// The columns that did not fit, beneath their row.
fn beneath(table: &Table, row: &[Cell], columns: usize, screen: Screen) -> Vec<String> {
    const INDENT: &str = "    ";
    let moved =
        table.columns[columns..].iter().zip(&row[columns..]).filter(|(_, cell)| !cell.text.is_empty());
    let width = screen.width.saturating_sub(INDENT.len());
    let items = moved.map(|((name, _), cell)| format!("{name}: {}", cell.text));
    let lines = wrap::join(items, "  ", width);
    // One item may be a whole sentence.
    let lines = lines.iter().flat_map(|line| match wrap::width(line) > width {
        true => wrap::lines(line, width),
        false => vec![line.clone()],
    });
    lines.map(|line| format!("{INDENT}{}", screen.paint(&line, Tone::Dim))).collect()
}
