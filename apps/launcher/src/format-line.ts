import { styleText } from 'node:util';

const COLOURS = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
} as const;

/** Fields that every line has and nobody reads on a terminal. */
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']);

/** A log line of a child for people: `worker 1 │ 12:00:01 info stage done sku=A1 ms=12`. Other text stays as it is. */
export function formatLine(name: string, line: string, isColoured: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    isColoured ? styleText(style, text) : text;
  const prefix = paint('cyan', `${name.padEnd(8)} │`);
  const event = parseEvent(line);
  if (event === undefined) return `${prefix} ${line}`;
  const level = String(event.level);
  const colour = COLOURS[level as keyof typeof COLOURS] ?? 'white';
  const fields = Object.entries(event)
    .filter(([field]) => !HIDDEN.has(field))
    .map(([field, value]) =>
      paint('gray', `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    );
  const time = paint('gray', String(event.time).slice(11, 19));
  const parts = [
    prefix,
    time,
    paint(colour, level),
    String(event.msg ?? ''),
    ...fields,
    errorText(event.err),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function parseEvent(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'level' in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  return `\n${String(stack ?? message ?? '')}`;
}
