/**
 * The characters at which spreadsheets split records. Excel uses one, by the user's region. LibreOffice may use
 * several.
 */
export const SEPARATORS = [",", ";", "\t", ",;", ",\t", ";\t", ",;\t"] as const;

/**
 * The two readings of a quote inside a quoted cell. Excel ends the quoted part there, and takes what follows, up to the
 * next separator, as text. LibreOffice ends it only before a separator or the end of the line, because some programs do
 * not double quotes.
 */
export const READINGS = ["excel", "libreoffice"] as const;
type Reading = (typeof READINGS)[number];

/** Returns the cells that a spreadsheet would calculate if it split records at these characters. */
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

/** Names in which a formula follows a separator, a quote, a line break or an invisible character. */
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
