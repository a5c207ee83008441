//! Order lines of a shop: one profile per customer with recency, frequency, money, baskets, intervals and hours.

use std::collections::BTreeMap;

use super::super::profile::{Profile, Purchases, Source};
use super::segments::unused;
use super::time::{Moment, moment};
use super::{ImportOptions, Imported};
use crate::error::{Error, Result};
use crate::measure::cells::{Cells, Columns, Parsed, ages, gender, label, name};
use crate::measure::number;
use crate::measure::table::csv_table;
use crate::model::{AgeRange, ContentHash, Currency, Gender, MICROS_PER_UNIT, Money, RowProblem};
use crate::predict::ltv::customer_name;

/// So many digits of the hash of an order's name tell it from the others: 128 bits.
const ORDER_DIGITS: usize = 32;

/// What a column may be called: our name first, then what shops write (Shopify's order export among them).
mod names {
    pub(super) const CUSTOMER: &[&str] = &["customer", "customer_id", "Customer ID", "email"];
    pub(super) const ORDER: &[&str] = &["order", "order_id", "Order ID", "name"];
    pub(super) const MOMENT: &[&str] = &["ordered_at", "created_at", "Created at", "timestamp", "date"];
    pub(super) const AMOUNT: &[&str] = &["amount", "line_total"];
    pub(super) const PRICE: &[&str] = &["price", "unit_price", "Lineitem price"];
    pub(super) const QUANTITY: &[&str] = &["quantity", "Lineitem quantity"];
    pub(super) const CURRENCY: &[&str] = &["currency"];
    pub(super) const CATEGORY: &[&str] = &["category", "product_type", "Lineitem name", "product", "item"];
    pub(super) const AGES: &[&str] = &["age"];
    pub(super) const GENDER: &[&str] = &["gender"];
    pub(super) const PLACE: &[&str] = &["city", "Shipping City", "Billing City"];
    pub(super) const EVENT: &[&str] = &["trigger", "coupon", "Discount Code"];
    pub(super) const ALL: &[&[&str]] =
        &[CUSTOMER, ORDER, MOMENT, AMOUNT, PRICE, QUANTITY, CURRENCY, CATEGORY, AGES, GENDER, PLACE, EVENT];
}

/// Imports order lines from the bytes of a CSV file with a header line: customer, order, moment and an amount per line (or a price per
/// item with a quantity); also currency, category, city, age, gender and the event that led to the order. Shopify's order export is
/// read as it is.
///
/// Lines of one order share its moment, so a line may leave it empty where an earlier one has it. A customer's e-mail address is the same
/// in capital and in small letters. Money below zero, such as a refund, and
/// another currency are problems of their line.
///
/// ```
/// use adbrain_core::persona::{ImportOptions, import_orders};
/// let file = b"customer,order,date,amount,quantity\nana,1,2026-01-05,40,2\nana,2,2026-02-04,20,1\n";
/// let found = import_orders(file, &ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?)?;
/// let bought = found.profiles[0].purchases.unwrap();
/// assert_eq!((bought.orders, bought.basket(), bought.interval_days()), (2, 1.5, Some(30.0)));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, missing columns, or where no row can be used; the first problems
/// are named.
pub fn import_orders(bytes: &[u8], options: &ImportOptions) -> Result<Imported> {
    let table = csv_table(bytes, "orders", None)?;
    let (columns, hash, headers) = (Columns::new(&table.headers), table.hash.clone(), table.headers.clone());
    let reader = Reader::new(&columns, options)?;
    let mut moments: BTreeMap<String, Moment> = BTreeMap::new();
    let (lines, problems) = table.read(|line, cells| {
        let read = reader.line(&Cells { columns: &columns, line, texts: cells }, &moments)?;
        moments.insert(read.order.clone(), read.moment);
        Ok(read)
    })?;
    let mut customers: BTreeMap<String, Customer> = BTreeMap::new();
    for line in lines {
        customers.entry(line.customer.clone()).or_default().add(line, options.currency)?;
    }
    let mut profiles = Vec::with_capacity(customers.len());
    for customer in customers.values() {
        profiles.extend(Order::all(&customer.orders.iter().collect::<Vec<_>>())?);
    }
    let orders = customers.into_iter().map(|(name, customer)| (name, customer.orders)).collect();
    Ok(Imported { hash, profiles, problems, unused: unused(&headers, names::ALL), orders })
}

/// One order of a customer.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Order {
    /// The first half of the SHA-256 of its name.
    pub(in super::super) id: String,
    /// What it says of the customer.
    pub(in super::super) profile: Profile,
}

impl Order {
    /// What orders of one customer say together; `None` without any.
    pub(in super::super) fn all(orders: &[&Self]) -> Result<Option<Profile>> {
        let Some((first, others)) = orders.split_first() else { return Ok(None) };
        let mut profile = first.profile.clone();
        others.iter().try_for_each(|order| profile.join(&order.profile))?;
        Ok(Some(profile))
    }
}

struct Line {
    customer: String,
    order: String,
    moment: Moment,
    items: u64,
    micros: i64,
    category: Option<String>,
    event: Option<String>,
    ages: Option<AgeRange>,
    gender: Option<Gender>,
    place: Option<String>,
}

/// What is paid for, as the columns say it.
enum Paid {
    Line(&'static str),
    Item(&'static str),
}

struct Reader<'a> {
    options: &'a ImportOptions,
    customer: &'static str,
    order: &'static str,
    moment: &'static str,
    paid: Paid,
}

impl<'a> Reader<'a> {
    fn new(columns: &Columns, options: &'a ImportOptions) -> Result<Self> {
        let needed = |names: &[&'static str]| {
            columns.first(names).ok_or_else(|| {
                Error::invalid("orders.headers", format!("no column is called {}", names.join(" or ")))
                    .next("add the column or rename the one that says it")
            })
        };
        let paid = match columns.first(names::PRICE) {
            Some(price) if columns.first(names::AMOUNT).is_none() => Paid::Item(price),
            _ => Paid::Line(needed(names::AMOUNT)?),
        };
        let (customer, order, moment) = (needed(names::CUSTOMER)?, needed(names::ORDER)?, needed(names::MOMENT)?);
        Ok(Self { options, customer, order, moment, paid })
    }

    fn line(&self, cells: &Cells<'_>, moments: &BTreeMap<String, Moment>) -> Result<Line, RowProblem> {
        let first = |names: &[&'static str]| cells.columns.first(names);
        let customer = customer_name(&cells.take(self.customer, name)?);
        let order = cells.take(self.order, name)?;
        let told = cells.take(self.moment, |text| moment(text, &self.options.time_zone))?;
        let known = told.or_else(|| moments.get(&order).copied());
        let moment = known.ok_or_else(|| cells.problem(self.moment, "is empty"))?;
        cells.optional(first(names::CURRENCY), |text| currency(text, self.options.currency))?;
        let items = cells.optional(first(names::QUANTITY), |text| number::count(text).map(Some))?.unwrap_or(1);
        Ok(Line {
            micros: self.micros(cells, items)?,
            category: cells.optional(first(names::CATEGORY), label)?,
            event: cells.optional(first(names::EVENT), label)?,
            ages: cells.optional(first(names::AGES), ages)?,
            gender: cells.optional(first(names::GENDER), gender)?,
            place: cells.optional(first(names::PLACE), label)?,
            customer,
            order,
            moment,
            items,
        })
    }

    fn micros(&self, cells: &Cells<'_>, items: u64) -> Result<i64, RowProblem> {
        match self.paid {
            Paid::Line(column) => cells.take(column, number::amount),
            Paid::Item(column) => {
                let whole = i128::from(cells.take(column, number::amount)?) * i128::from(items);
                let most = 1_000_000_000_000 * i128::from(MICROS_PER_UNIT);
                let micros = i64::try_from(whole).ok().filter(|micros| i128::from(*micros) <= most);
                micros.ok_or_else(|| cells.problem(column, "makes an absurdly large amount"))
            }
        }
    }
}

fn currency(text: &str, wanted: Currency) -> Parsed<Option<()>> {
    let found = text.trim();
    if found.is_empty() || found.eq_ignore_ascii_case(wanted.code()) {
        return Ok(None);
    }
    Err(format!("is not in {wanted}"))
}

/// The orders of one customer, in the order of the file.
#[derive(Default)]
struct Customer {
    orders: Vec<Order>,
    /// Where each order stands, by its name.
    places: BTreeMap<String, usize>,
}

impl Customer {
    fn add(&mut self, line: Line, currency: Currency) -> Result<()> {
        let place = *self.places.entry(line.order.clone()).or_insert(self.orders.len());
        if let Some(Order { profile, .. }) = self.orders.get_mut(place) {
            let more = line.of_order(Some(profile), currency);
            return profile.join(&more);
        }
        let id = ContentHash::of(line.order.as_bytes()).as_str().chars().take(ORDER_DIGITS).collect();
        self.orders.push(Order { id, profile: line.of_order(None, currency) });
        Ok(())
    }
}

impl Line {
    /// What the line adds to what earlier lines of its order said: the first one counts the order and tells its moment.
    fn of_order(self, earlier: Option<&Profile>, currency: Currency) -> Profile {
        let day = earlier.and_then(|order| order.purchases).map_or(self.moment.day, |bought| bought.first);
        let purchases = Purchases {
            orders: u64::from(earlier.is_none()),
            items: self.items,
            revenue: Money::from_micros(self.micros, currency),
            first: day,
            last: day,
        };
        let hour = self.moment.hour_of_week.filter(|_| earlier.is_none());
        let is_new = |event: &String| earlier.is_none_or(|order| !order.events.contains_key(event));
        Profile {
            person: Some(self.customer),
            ages: self.ages,
            gender: self.gender,
            place: self.place,
            hours: hour.map(|hour| (hour, 1)).into_iter().collect(),
            interests: self.category.map(|category| (category, self.items.max(1))).into_iter().collect(),
            events: self.event.filter(is_new).map(|event| (event, 1)).into_iter().collect(),
            purchases: Some(purchases),
            ..Profile::of(Source::Orders, 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn read(text: &str) -> Result<Imported> {
        import_orders(text.as_bytes(), &ImportOptions::new(Currency::BRL, "America/Sao_Paulo").unwrap())
    }

    #[test]
    fn shopify_s_export_is_read_as_it_is() {
        let file = "Name,Email,Financial Status,Currency,Subtotal,Total,Discount Code,Lineitem quantity,Lineitem name,Lineitem price,Created at,Shipping City\n\
                    #1001,ana@example.com,paid,BRL,50.00,60.00,VOLTA10,2,Bag,20.00,2026-01-05 21:10:00 -0300,Recife\n\
                    #1001,ana@example.com,,,,,,1,Belt,10.00,,\n\
                    #1002,ana@example.com,paid,BRL,15.00,15.00,,1,Belt,15.00,2026-02-04 21:40:00 -0300,Recife\n";
        let found = read(file).unwrap();
        assert_eq!((found.profiles.len(), found.problems.len()), (1, 0), "{:?}", found.problems);
        let ana = &found.profiles[0];
        let bought = ana.purchases.unwrap();
        assert_eq!((bought.orders, bought.items, bought.revenue.micros()), (2, 4, 65_000_000));
        assert_eq!((bought.interval_days(), ana.place.as_deref()), (Some(30.0), Some("Recife")));
        assert_eq!(ana.hours, BTreeMap::from([(21, 1), (2 * 24 + 21, 1)]));
        assert_eq!((ana.interests["Belt"], ana.events["VOLTA10"]), (2, 1));
        assert_eq!(found.unused, ["Financial Status", "Subtotal", "Total"]);
    }

    #[test]
    fn a_bad_line_is_a_problem_with_line_and_column() {
        let header = "customer,order,date,amount,currency,quantity";
        for (row, column, wanted) in [
            ("bia,2,2026-01-05,-5,BRL,1", "amount", "negative"),
            ("bia,2,2026-01-05,abc,BRL,1", "amount", "not a number"),
            ("bia,2,2026-01-05,5,USD,1", "currency", "not in BRL"),
            ("bia,2,05/01/2026,5,BRL,1", "date", "not a moment"),
            ("bia,2,,5,BRL,1", "date", "is empty"),
            (",2,2026-01-05,5,BRL,1", "customer", "is empty"),
            ("bia,,2026-01-05,5,BRL,1", "order", "is empty"),
            ("bia,2,2026-01-05,5,BRL,1.5", "quantity", "not a whole number"),
        ] {
            let found = read(&format!("{header}\nana,1,2026-01-05,5,BRL,1\n{row}\n")).unwrap();
            assert_eq!((found.profiles.len(), found.problems.len()), (1, 1), "{row}");
            let problem = &found.problems[0];
            assert_eq!((problem.line, problem.column.as_str()), (3, column), "{row}");
            assert!(problem.problem.contains(wanted), "{row}: {}", problem.problem);
        }
    }

    #[test]
    fn files_without_customer_order_moment_or_amount_are_refused() {
        let said = |text: &str| read(text).unwrap_err().to_string();
        assert!(said("order,date,amount\n1,2026-01-05,5\n").contains("customer"));
        assert!(said("customer,date,amount\na,2026-01-05,5\n").contains("order"));
        assert!(said("customer,order,amount\na,1,5\n").contains("ordered_at"));
        assert!(said("customer,order,date\na,1,2026-01-05\n").contains("amount"));
        assert!(said("customer,order,date,amount,currency\na,1,2026-01-05,5,USD\n").contains("not in BRL"));
    }

    #[test]
    fn the_cdnow_sample_has_its_published_customers_and_repeat_buyers() {
        let Ok(folder) = std::env::var("ADBRAIN_TEST_DATA") else {
            println!("skipped: the_cdnow_sample_has_its_published_customers_and_repeat_buyers needs ADBRAIN_TEST_DATA");
            return;
        };
        let text = std::fs::read_to_string(std::path::Path::new(&folder).join("data/cdnow/CDNOW_sample.txt"));
        let mut file = String::from("customer,order,date,quantity,amount\n");
        for (order, line) in text.unwrap().lines().enumerate() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, customer, day, items, value] = fields[..] else { continue };
            let year: i32 = day[..4].parse::<i32>().unwrap() + 28; // days before 2000 are refused; the calendar repeats after 28 years
            let day = format!("{year}-{}-{}", &day[4..6], &day[6..8]);
            writeln!(file, "{customer},{order},{day},{items},{value}").unwrap();
        }
        let found = read(&file).unwrap();
        let lines = file.lines().count() - 1;
        let orders = found.profiles.iter().map(|profile| profile.purchases.unwrap().orders).sum::<u64>();
        assert_eq!((found.profiles.len(), found.problems.len(), usize::try_from(orders).unwrap()), (2357, 0, lines));
    }
}
