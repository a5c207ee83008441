//! How cells look: numbers as numbers, amounts with the sign of their currency.

use std::collections::BTreeMap;

use rust_xlsxwriter::Format;

use crate::model::{Currency, Language, Money};
use crate::report::Scale;

/// The formats of a sheet.
pub(super) struct Formats {
    language: Language,
    pub(super) title: Format,
    pub(super) head: Format,
    /// A text that begins like a formula.
    pub(super) quoted: Format,
    pub(super) date: Format,
    pub(super) moment: Format,
    plain: Format,
    fine: Format,
    whole: Format,
    percent: Format,
    money: BTreeMap<String, Format>,
}

impl Formats {
    pub(super) fn new(language: Language) -> Self {
        let number = |form: &str| Format::new().set_num_format(form);
        let day = if language == Language::Portuguese { "dd/mm/yyyy" } else { "yyyy-mm-dd" };
        Self {
            language,
            title: Format::new().set_bold(),
            head: Format::new().set_bold().set_text_wrap(),
            quoted: Format::new().set_quote_prefix(),
            date: number(day),
            moment: number(&format!("{day} hh:mm")),
            plain: number("#,##0.00"),
            fine: number("#,##0.0000"),
            whole: number("#,##0"),
            percent: number("0.00%"),
            money: BTreeMap::new(),
        }
    }

    pub(super) fn number(&self, scale: Scale) -> &Format {
        match scale {
            Scale::Plain => &self.plain,
            Scale::Fine => &self.fine,
            Scale::Whole => &self.whole,
            Scale::Percent => &self.percent,
        }
    }

    /// An amount with the sign and the decimal places of its currency; grouping and point follow the reader's own spreadsheet.
    pub(super) fn money(&mut self, currency: Currency) -> &Format {
        let sign = self.language.money(Money::zero(currency));
        self.money.entry(currency.code().to_owned()).or_insert_with(|| {
            let sign = sign.split_whitespace().next().unwrap_or_default().replace(['"', '\\'], "");
            let places = usize::try_from(currency.exponent()).unwrap_or_default();
            let digits = if places == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(places)) };
            Format::new().set_num_format(format!("\"{sign}\" {digits};-\"{sign}\" {digits}"))
        })
    }
}
