//! The records of a CSV text. A quote that is opened and not closed costs its own line, not those that it runs over.

use super::table::{Read, decode};
use crate::model::RowProblem;

/// The line and the cells of each record, or why it has none.
pub(super) struct Records<'a> {
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    comment: Option<u8>,
    delimiter: u8,
    headers: Vec<String>,
    /// Where the reader's text begins in the whole one, in bytes and lines.
    begins: (usize, u64),
}

impl<'a> Records<'a> {
    /// The records after the headers, which `reader` has read from `text`.
    pub(super) fn new(
        (text, reader): (&'a [u8], csv::Reader<&'a [u8]>),
        (comment, delimiter): (Option<u8>, u8),
        headers: Vec<String>,
    ) -> Self {
        Self { text, reader, comment, delimiter, headers, begins: (0, 0) }
    }

    /// Goes on after the first line of what the reader took for one record.
    fn go_on_after(&mut self, start: usize, line: u64) {
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        self.begins = (start + length, line);
        let rest = rest.get(length..).unwrap_or_default();
        let mut builder = csv::ReaderBuilder::new();
        builder.flexible(true).comment(self.comment).delimiter(self.delimiter).has_headers(false);
        self.reader = builder.from_reader(rest);
    }

    /// Where a record begins, in bytes and lines: the reader counts from before the line breaks that it skips.
    fn start_of(&self, record: &csv::ByteRecord) -> (usize, u64) {
        let (byte, line) = record.position().map_or((0, 0), |at| (usize::try_from(at.byte()).unwrap_or(0), at.line()));
        let (mut start, mut line) = (self.begins.0 + byte, self.begins.1 + line);
        while let Some(letter @ (b'\r' | b'\n')) = self.text.get(start) {
            line += u64::from(*letter == b'\n');
            start += 1;
        }
        (start, line)
    }

    /// Whether a record ran over lines that are rows by themselves, or has another number of cells because it ran over lines.
    fn ran_over_rows(&self, record: &csv::ByteRecord) -> bool {
        if !record.as_slice().contains(&b'\n') {
            return false;
        }
        let lines = |cell: &[u8]| cell.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let inner: Vec<Vec<u8>> = record.iter().flat_map(lines).collect();
        let wide = self.headers.len();
        !inner.is_empty()
            && (record.len() != wide || wide > 1 && inner.iter().any(|line| cells(line, self.delimiter) == wide))
    }
}

/// How many cells a line has by itself.
fn cells(line: &[u8], delimiter: u8) -> usize {
    let mut record = csv::ByteRecord::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).has_headers(false).from_reader(line);
    reader.read_byte_record(&mut record).map_or(0, |_| record.len())
}

impl Iterator for Records<'_> {
    type Item = (u64, Read<Vec<String>>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                let (start, line) = self.start_of(&record);
                if !self.ran_over_rows(&record) {
                    return Some((line, decode(line, &record, &self.headers)));
                }
                self.go_on_after(start, line);
                let problem = "a quote is opened on this line and not closed on it".to_owned();
                Some((line, Err(RowProblem { line, column: String::new(), problem })))
            }
            Err(error) => Some((0, Err(RowProblem { line: 0, column: String::new(), problem: error.to_string() }))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::measure::import_file;
    use crate::model::Currency;

    const HEAD: &str = "platform,date,campaign,ad,age,gender,impressions,clicks,conversions,spend,revenue\n";

    fn lines(file: &str) -> (Vec<u64>, Vec<u64>) {
        let history = import_file(format!("{HEAD}{file}").as_bytes(), None, Currency::BRL).unwrap();
        let refused = history.problems.iter().map(|problem| problem.line).collect();
        (history.rows.iter().map(|row| row.line).collect(), refused)
    }

    #[test]
    fn a_stray_quote_costs_its_own_line_alone() {
        let row = "meta,2026-10-01,spring,a1,25-34,F,10000,210,12,400.00,1500.00\n";
        let stray = row.replace("a1", "\"a1");
        let last = row.replace("1500.00", "\"1500.00");
        let quoted = row.replace("a1", "\"a, 1\"");
        let file = [row, &stray, row, &quoted, &last, row, &stray, row].concat();
        assert_eq!(lines(&file), (vec![2, 4, 5, 7, 9], vec![3, 6, 8]));
    }

    #[test]
    fn lines_are_those_of_the_file_whatever_ends_them() {
        let row = "meta,2026-10-01,spring,a1,25-34,F,10000,210,12,400.00,1500.00\n";
        let bad = row.replace("210", "x");
        let file = [row, "\n\n", &bad, row, &row.replace("a1", "\"a1"), row].concat();
        assert_eq!(lines(&file), (vec![2, 6, 8], vec![5, 7]));
        let history =
            import_file(format!("{HEAD}{file}").replace('\n', "\r\n").as_bytes(), None, Currency::BRL).unwrap();
        let found: Vec<u64> = history.problems.iter().map(|problem| problem.line).collect();
        assert_eq!((history.rows.iter().map(|row| row.line).collect(), found), (vec![2, 6, 8], vec![5, 7]));
    }

    #[test]
    fn a_cell_on_two_lines_costs_one_row() {
        let two = "meta,2026-10-01,spring,\"a\n1\",25-34,F,10000,210,12,400.00,1500.00\n";
        let one = two.replace("\"a\n1\"", "a1");
        assert_eq!(lines(&[two, &one, two, &one].concat()), (vec![4, 7], vec![2, 5]), "names have one line");
    }
}
