import { say } from '@image-studio/contract';
import type { Table } from '../table.ts';
import { TableError } from '../table-error.ts';
import { chooseDelimiter } from './choose-delimiter.ts';
import { decodeText } from './decode-text.ts';
import { readDelimited } from './read-delimited.ts';
import { readXlsx } from './read-xlsx.ts';
import { readXmlFeed } from './read-xml-feed.ts';
import { sniffContent } from './sniff-content.ts';

export interface ContentOptions {
  /** Label of the encoding, when the bytes do not say it and the guess is wrong. */
  encoding?: string | undefined;
  /** Name or number of the sheet of a workbook. */
  sheet?: string | undefined;
}

/** Reads the rows of a file, whatever it is. Throws `TableError` that names what is no table. */
export async function readContent(bytes: Buffer, options: ContentOptions = {}): Promise<Table> {
  const content = sniffContent(bytes);
  switch (content.is) {
    case 'other': {
      const said = say`is ${content.what}, not a table. ${content.hint}`;
      throw new TableError('NOT_A_TABLE', `This ${said.message}`, [{ path: 'body', ...said }]);
    }
    case 'xlsx':
      return readXlsx(bytes, options.sheet);
    case 'xml':
      return readXmlFeed(bytes, options.encoding);
    default:
      return readText(bytes, options.encoding);
  }
}

async function readText(bytes: Buffer, wanted: string | undefined): Promise<Table> {
  const { text, encoding, notes } = decodeText(bytes, wanted);
  const delimiter = await chooseDelimiter(text);
  const { rows, notes: more } = await readDelimited(text, delimiter);
  const format = delimiter === '\t' ? 'tsv' : 'csv';
  return { format, rows, headed: false, encoding, notes: [...notes, ...more] };
}
