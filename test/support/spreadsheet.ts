/** All that spreadsheets split records at, alone and together: Excel at one by its user's region, LibreOffice at several. */
export const SEPARATORS = [",", ";", "\t", ",;", ",\t", ";\t", ",;\t"] as const;

/**
 * What a quote after a quoted cell's first may be. Excel ends the cell there and takes what follows as text up to the
 * next separator. LibreOffice ends it only before a separator or a line's end, for some programs double no quotes.
 */
export const READINGS = ["excel", "libreoffice"] as const;
type Reading = (typeof READINGS)[number];

/** The cells of a file that a spreadsheet would calculate, were it to split records at each of these characters. */
export function formulasIn(csv: string, separators: string, reading: Reading): string[] {
  return cellsOf(csv, separators, reading).filter((cell) => /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u.test(cell));
}

function cellsOf(csv: string, separators: string, reading: Reading): string[] {
  const ends = (at: number) => at >= csv.length || `${separators}\r\n`.includes(csv.charAt(at));
  const cells: string[] = [];
  let at = 0;
  while (at < csv.length) {
    let cell = "";
    if (csv.charAt(at) === '"') {
      for (at += 1; at < csv.length; at += 1) {
        const isQuote = csv.charAt(at) === '"';
        if (isQuote && csv.charAt(at + 1) === '"') at += 1;
        else if (isQuote && (reading === "excel" || ends(at + 1))) break;
        cell += csv.charAt(at);
      }
      at += 1;
    }
    for (; !ends(at); at += 1) cell += csv.charAt(at);
    cells.push(cell);
    at += 1;
  }
  return cells;
}

/** Names that hide a formula behind a separator, a quote, a line break or what cannot be seen. */
export const HIDDEN_FORMULAS = [
  ";=2*21;",
  "a;=2*21",
  "a;+2*21;b",
  "a\t-2*21\tb",
  "a\t\n=2*21",
  "a\r\n@SUM(1)",
  "\n=2*21;",
  "; =2*21;",
  ";\u00A0=2*21;",
  ";\u200B=2*21;",
  ";\0=2*21;",
  ";＝2*21;",
  ';"=2*21";',
  ';"=2*21&";',
  '";=2*21;"',
  'a";"=2*21;"',
  'a"\t"=2*21',
  'a"\n"=2*21"',
  ';""=2*21',
  '"\n=2*21',
  ";';=2*21",
  "a;",
  "=2*21",
  '"=2*21"',
];
