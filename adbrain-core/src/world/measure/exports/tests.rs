//! Files as the four platforms export them, in two languages.

use jiff::civil::Date;

use super::super::import_file;
use crate::error::ErrorKind;
use crate::model::{Currency, Gender, History, Platform};

fn import(text: &str) -> History {
    import_file(text.as_bytes(), None, Currency::BRL).unwrap()
}

/// Platform, day, impressions, clicks, conversions, micros spent and earned of each row.
type Told = (Platform, Option<Date>, u64, u64, u64, i64, i64);

fn told(history: &History) -> Vec<Told> {
    let row = |row: &crate::model::HistoryRow| {
        let metrics = &row.metrics;
        let money = [metrics.spend.micros(), metrics.revenue.micros()];
        (row.platform, row.date, metrics.impressions, metrics.clicks, metrics.conversions, money[0], money[1])
    };
    history.rows.iter().map(row).collect()
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

const META: &str = "\
Campaign name,Ad set name,Ad name,Day,Age,Gender,Impressions,Link clicks,Amount spent (BRL),Purchases,Purchases conversion value,Reporting starts
,,,2026-10-01,,,5000,80,140.5,3,450,2026-10-01
Summer,Women 25-34,Video 1,2026-10-01,25-34,female,3000,60,100.25,3,450,2026-10-01
Summer,Women 25-34,Image 1,2026-10-01,unknown,unknown,2000,20,40.25,,,2026-10-01
";

#[test]
fn a_meta_export_is_read_with_its_empty_counts_and_without_its_sums() {
    let history = import(META);
    assert_eq!(history.mapping, "meta-ads-manager");
    let rows = [
        (Platform::Meta, day("2026-10-01"), 3000, 60, 3, 100_250_000, 450_000_000),
        (Platform::Meta, day("2026-10-01"), 2000, 20, 0, 40_250_000, 0),
    ];
    assert_eq!(told(&history), rows);
    assert_eq!((history.rows[0].ad.as_str(), history.rows[0].gender), ("Video 1", Some(Gender::Female)));
    assert_eq!((history.problems.len(), history.problems[0].line), (1, 2));
    assert!(history.problems[0].problem.contains("sum"), "{:?}", history.problems);
}

#[test]
fn a_portuguese_export_has_its_own_signs_and_words() {
    let history = import(
        "Nome da campanha;Nome do anúncio;Dia;Idade;Gênero;Impressões;Cliques no link;Valor usado (BRL);Compras;Valor de conversão da compra\n\
         Verão;Vídeo 1;01/10/2026;25-34;feminino;3.000;60;1.100,25;3;\"4.500,00\"\n\
         Verão;Imagem 1;02/10/2026;35-44;masculino;950;20;R$ 40,5;;\n",
    );
    assert_eq!(history.mapping, "meta-ads-manager-pt");
    let rows = [
        (Platform::Meta, day("2026-10-01"), 3000, 60, 3, 1_100_250_000, 4_500_000_000),
        (Platform::Meta, day("2026-10-02"), 950, 20, 0, 40_500_000, 0),
    ];
    assert_eq!(told(&history), rows);
    let plain = import(
        "Nome da campanha,Nome do anúncio,Impressões,Cliques (todos),Valor usado (BRL),Compras,Valor de conversão da compra\n\
         Verão,Vídeo 1,3000,60,1100.25,3,4500.5\n",
    );
    assert_eq!(
        told(&plain),
        [(Platform::Meta, None, 3000, 60, 3, 1_100_250_000, 4_500_500_000)],
        "the file shows its sign"
    );
}

#[test]
fn a_google_report_has_a_title_sums_and_shared_conversions() {
    let history = import(
        "Ad report\n\"October 1, 2026 - October 2, 2026\"\nCampaign,Ad group,Ad ID,Day,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value\n\
         Search,Brand,11,2026-10-01,BRL,\"1,200\",40,\"1,050.10\",0.40,80.00\n\
         Search,Brand,11,2026-10-02,BRL,\"1,100\",35,98.20,0.40,75.50\n\
         Search,Brand,11,2026-10-03,BRL,900,30,90.00,0.40, --\n\
         Search,Brand,12,2026-10-03,BRL,900,30,90.00,0.40,10\n\
         Search,Brand,13,2026-10-03,USD,900,30,90.00,1.00,10\n\
         Total: Campaigns, --, --, --,BRL,\"4,100\",135,\"1,328.30\",1.60,165.50\n",
    );
    assert_eq!(history.mapping, "google-ads");
    let conversions: Vec<u64> = history.rows.iter().map(|row| row.metrics.conversions).collect();
    assert_eq!(conversions, [0, 1, 0, 0], "1.2 of the first ad are one");
    assert_eq!(told(&history)[0], (Platform::Google, day("2026-10-01"), 1200, 40, 0, 1_050_100_000, 80_000_000));
    assert_eq!((history.rows[0].ad.as_str(), history.rows[0].line), ("11", 4));
    let problems: Vec<_> = history.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
    assert_eq!(problems, [(8, "Currency code"), (9, "Campaign")]);
    let pt = import(
        "Relatório de anúncios\n1 a 2 de outubro\nCampanha\tGrupo de anúncios\tDia\tCódigo da moeda\tImpr.\tCliques\tCusto\tConversões\tValor da conv.\n\
         Busca\tMarca\t2026-10-01\tBRL\t1.200\t40\t1.050,10\t2,00\t80,00\n",
    );
    assert_eq!(told(&pt), [(Platform::Google, day("2026-10-01"), 1200, 40, 2, 1_050_100_000, 80_000_000)]);
}

#[test]
fn a_tiktok_report_and_a_linkedin_report_in_utf_16_are_read() {
    let tiktok = import(
        "Campaign name,Ad group name,Ad name,By Day,Currency,Impressions,Clicks (destination),Cost,Conversions,Total purchase value\n\
         Spark,Broad,Clip,2026-10-01,BRL,8000,120,210.40,4,600.00\n\
         Total of 1 results,-,-,-,BRL,8000,120,210.40,4,600.00\n",
    );
    assert_eq!(told(&tiktok), [(Platform::TikTok, day("2026-10-01"), 8000, 120, 4, 210_400_000, 600_000_000)]);
    let text = "Campaign Performance Report (in UTC)\nDate Generated: \"November 2, 2026\"\n\n\
                Start Date (in UTC)\tCampaign Name\tCurrency\tTotal Spent\tImpressions\tClicks\tConversions\tTotal Conversion Value\n\
                10/31/2026\tLeads\tBRL\t310.00\t4000\t25\t2\t900.00\n";
    let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let linkedin = import_file(&bytes, None, Currency::BRL).unwrap();
    assert_eq!(told(&linkedin), [(Platform::LinkedIn, day("2026-10-31"), 4000, 25, 2, 310_000_000, 900_000_000)]);
    assert_eq!((linkedin.mapping.as_str(), linkedin.rows[0].line), ("linkedin-campaign-manager", 5));
}

#[test]
fn another_currency_a_missing_column_and_half_a_file_are_told() {
    let other = import_file(META.replace("(BRL)", "(USD)").as_bytes(), None, Currency::BRL).unwrap_err();
    assert!(other.to_string().contains("USD"), "{other}");
    let lacking = import_file(META.replace("Purchases conversion value", "Reach").as_bytes(), None, Currency::BRL);
    assert_eq!(lacking.unwrap_err().context_of("field"), Some("history.headers"));
    let half = import_file(&[0xFF, 0xFE, 0x41], None, Currency::BRL).unwrap_err();
    assert!(half.to_string().contains("UTF-16"), "{half}");
    let no_book = import_file(b"PK\x03\x04 and no more", None, Currency::BRL).unwrap_err();
    assert_eq!(no_book.kind(), ErrorKind::InvalidInput, "{no_book}");
}

#[test]
fn what_a_number_shows_decides_and_what_it_does_not_is_left_to_the_language() {
    let row =
        |cells: &str| format!("Campaign;Ad group;Impr.;Clicks;Cost;Conversions;Conv. value\nSearch;Brand;{cells}\n");
    let cost = |cells: &str| import(&row(cells)).rows[0].metrics.spend.micros();
    assert_eq!(cost("900;30;1,234;1;10"), 1_234_000_000, "English parts thousands so");
    assert_eq!(cost("900;30;1.234;1;10"), 1_234_000, "and decimals so");
    assert_eq!(cost("900;30;1.234;1;10,5"), 1_234_000_000, "unless the file shows otherwise");
    assert_eq!(cost("1.900;30;1.234;1;10"), 1_234_000_000, "a count has no decimals");
    let strange = import_file(row("900;30;1,2,3.4.5;1;10").as_bytes(), None, Currency::BRL).unwrap_err();
    assert!(strange.to_string().contains("Cost"), "{strange}");
}

/// A Meta export of these lines, and what it spends, clicks, converts and earns.
fn sums(text: &str) -> (i64, u64, u64, i64) {
    let history = import(text);
    let metrics = || history.rows.iter().map(|row| &row.metrics);
    let spend = metrics().map(|row| row.spend.micros()).sum();
    let revenue = metrics().map(|row| row.revenue.micros()).sum();
    (spend, metrics().map(|row| row.clicks).sum(), metrics().map(|row| row.conversions).sum(), revenue)
}

const GOOGLE: &str = "Campaign,Ad group,Ad name,Day,Impr.,Clicks,Cost,Conversions,Conv. value\n";
const ENGLISH: &str =
    "Campaign name,Ad name,Day,Impressions,Link clicks,Amount spent (BRL),Purchases,Purchases conversion value\n";
const PORTUGUESE: &str = "Nome da campanha;Nome do anúncio;Dia;Impressões;Cliques no link;Valor usado (BRL);Compras;Valor de conversão da compra\n";

#[test]
fn days_without_shared_conversions_stay_rows() {
    let rows = "S,A,x,2026-10-01,900,30,90.00,0.60,10\nS,A,x,2026-10-02,900,30,90.00,0.00,0.00\nS,A,x,2026-10-03,900,30,90.00,0.00,0.00\n";
    assert_eq!(sums(&format!("{GOOGLE}{rows}")), (270_000_000, 90, 1, 10_000_000));
}

#[test]
fn counts_with_zeros_behind_a_point_change_no_amount() {
    let english = "S,A,2026-10-01,3000,60.0,1100.25,3.0,4500.5\nS,B,2026-10-01,2000,,40.25,,\n";
    assert_eq!(sums(&format!("{ENGLISH}{english}")), (1_140_500_000, 60, 3, 4_500_500_000));
    let portuguese = "V;A;01/10/2026;950,00;20,00;40,50;1,00;99,90\n";
    assert_eq!(sums(&format!("{PORTUGUESE}{portuguese}")), (40_500_000, 20, 1, 99_900_000));
    let average = ",,,950.00,60.00,\"1,100.25\",3,450.5\nS,A,2026-10-01,950,60,\"1,100.25\",3,450.5\n";
    assert_eq!(sums(&format!("{ENGLISH}{average}")), (1_100_250_000, 60, 3, 450_500_000), "a sum has no vote");
}

#[test]
fn a_number_in_the_other_notation_is_read_as_it_is_or_told() {
    let mixed = "S,A,2026-10-01,3000,60,100.25,3,450.5\nS,B,2026-10-02,3000,60,\"40,50\",3,\"99,90\"\n";
    let history = import(&format!("{ENGLISH}{mixed}"));
    assert_eq!((history.rows.len(), history.problems[0].column.as_str()), (1, "Amount spent (BRL)"));
    let plain = "V;A;01/10/2026;950;20;1234.567;1;0.125\n";
    assert_eq!(sums(&format!("{PORTUGUESE}{plain}")), (1_234_567_000, 20, 1, 125_000));
    let odd =
        "S,A,2026-10-01,3000,60,100.25,3,450.5\nS,B,2026-10-02,3000,60,12 34,3,1\nS,C,2026-10-02,12.3K,60,5,3,1\n";
    assert_eq!(import(&format!("{ENGLISH}{odd}")).problems.len(), 2);
}

#[test]
fn a_currency_in_a_cell_is_that_of_the_import_or_told() {
    let rows = "S,A,x,2026-10-01,900,30,R$ 90.00,1,10\nS,B,x,2026-10-01,900,30,US$ 90.00,1,10\nS,C,x,2026-10-01,900,30,90.00,1,10 EUR\n";
    let history = import(&format!("{GOOGLE}{rows}"));
    let told: Vec<_> = history.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
    assert_eq!((history.rows.len(), told), (1, vec![(3, "Cost"), (4, "Conv. value")]));
}

#[test]
fn sums_in_every_wording_are_told_and_campaigns_with_such_names_are_not() {
    let head = "Campanha,Impr.,Cliques,Custo,Conversões,Valor da conv.\n";
    let row = |name: &str| format!("{name},900,30,\"190,00\",\"1,00\",\"10,00\"\n");
    let names = [
        "Total da conta",
        "Total geral",
        "Grand total",
        "Total - all campaigns",
        "Results from 3 campaigns",
        "Resultados de 3 campanhas",
        "Totais",
        "Totals",
        "Total results",
        "Total (3)",
        "Subtotal",
        "Total  de 3",
        "Total: Account",
        " --",
    ];
    let rows: String = names.iter().map(|name| row(name)).collect();
    let history = import(&format!("{head}{}{rows}{}", row("Busca"), row("Total de vendas - BR")));
    let kept: Vec<_> = history.rows.iter().map(|row| row.campaign.as_str()).collect();
    assert_eq!((kept, history.problems.len()), (vec!["Busca", "Total de vendas - BR"], names.len()));
    let parent =
        "S,A,,6000,120,200.50,6,901\nS,A,2026-10-01,3000,60,100.25,3,450.5\nS,A,2026-10-02,3000,60,100.25,3,450.5\n";
    assert_eq!(sums(&format!("{ENGLISH}{parent}")).0, 200_500_000);
}

#[test]
fn a_day_above_twelve_shows_the_order_of_all() {
    let head =
        "Start Date (in UTC)\tCampaign Name\tTotal Spent\tImpressions\tClicks\tConversions\tTotal Conversion Value\n";
    let row = |day: &str| format!("{day}\tLeads\t10.00\t400\t25\t2\t90.00\n");
    let history = import(&format!("{head}{}{}", row("01/10/2026"), row("13/10/2026")));
    assert_eq!(history.rows.iter().map(|row| row.date).collect::<Vec<_>>(), [day("2026-10-01"), day("2026-10-13")]);
}

#[test]
fn an_ad_without_a_name_is_called_after_its_group_and_a_missing_column_is_named() {
    let rows = "S,B, --,2026-10-01,900,30,90.00,1,10\nPMax, --, --,2026-10-01,900,30,90.00,1,10\n";
    let history = import(&format!("{GOOGLE}{rows}"));
    assert_eq!(history.rows.iter().map(|row| row.ad.as_str()).collect::<Vec<_>>(), ["B", "PMax"]);
    let lacking = import_file(ENGLISH.replace("Purchases,", "Results,").as_bytes(), None, Currency::BRL).unwrap_err();
    assert!(lacking.to_string().contains("meta-ads-manager") && lacking.to_string().contains("Purchases"), "{lacking}");
    let titled = format!("Relatório\n{}", PORTUGUESE.replace("Impressões", "Vistas"));
    let lacking = import_file(titled.as_bytes(), None, Currency::BRL).unwrap_err();
    assert!(lacking.to_string().contains("Impressões"), "{lacking}");
    let old = import_file(&[0xD0, 0xCF, 0x11, 0xE0, 0, 0], None, Currency::BRL).unwrap_err();
    assert!(old.to_string().contains("XLSX"), "{old}");
}
