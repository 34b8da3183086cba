/** CSV and TSV, read part by part as a file arrives. */

/** Cells beyond this in a row are left out: a file without line ends must not become a table of a million columns. */
const MAX_COLUMNS = 2000;

/** The delimiter that a file's first line has most of, outside of quotes. */
export function guessDelimiter(text: string, path: string): string {
  if (path.toLowerCase().endsWith(".tsv")) {
    return "\t";
  }
  const line = /^(?:[^\n"]|"(?:[^"]|"")*")*/.exec(text.slice(0, 10_000))?.[0].replace(/"(?:[^"]|"")*"/g, "") ?? "";
  const counts = [",", ";", "\t", "|"].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

/** Reads rows (RFC 4180, any line end) from texts that follow each other. */
export class DelimitedReader {
  private rest = "";

  constructor(private readonly delimiter: string) {}

  /** The rows that the next part completes; with `last`, what is left over too. */
  push(part: string, last: boolean): string[][] {
    const text = this.rest + part;
    const rows: string[][] = [];
    let at = 0;
    while (at < text.length) {
      const row = this.row(text, at, last);
      if (row === undefined) {
        break;
      }
      if (row.cells.length > 1 || row.cells[0] !== "") {
        rows.push(row.cells);
      }
      at = row.end;
    }
    this.rest = text.slice(at);
    return rows;
  }

  /** The row at a place, or nothing while its end has not come. */
  private row(text: string, start: number, last: boolean): { cells: string[]; end: number } | undefined {
    const cells: string[] = [];
    let at = start;
    for (;;) {
      const cell = text[at] === '"' ? this.quoted(text, at, last) : this.plain(text, at);
      if (cell === undefined) {
        return undefined;
      }
      if (cells.length < MAX_COLUMNS) {
        cells.push(cell.text);
      }
      at = cell.end;
      const next = text[at];
      if (next === this.delimiter) {
        at += 1;
      } else if (next === "\n") {
        return { cells, end: at + 1 };
      } else if (next === "\r" && at + 1 < text.length) {
        return { cells, end: text[at + 1] === "\n" ? at + 2 : at + 1 };
      } else {
        return last ? { cells, end: text.length } : undefined;
      }
    }
  }

  private plain(text: string, start: number): { text: string; end: number } {
    let end = start;
    while (end < text.length && text[end] !== this.delimiter && text[end] !== "\n" && text[end] !== "\r") {
      end += 1;
    }
    return { text: text.slice(start, end), end };
  }

  private quoted(text: string, start: number, last: boolean): { text: string; end: number } | undefined {
    let at = start + 1;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        // A quote that is never closed holds the rest of the file.
        return last ? { text: text.slice(start + 1).replaceAll('""', '"'), end: text.length } : undefined;
      }
      if (text[quote + 1] !== '"') {
        const behind = this.plain(text, quote + 1);
        return { text: text.slice(start + 1, quote).replaceAll('""', '"') + behind.text, end: behind.end };
      }
      at = quote + 2;
    }
  }
}
