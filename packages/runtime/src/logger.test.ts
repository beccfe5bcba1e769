import { describe, expect, test } from '@jest/globals';
import { createLogger, type LoggerOptions } from './logger.ts';

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'info', name: 'worker', stream, ...options });
  return { log, lines };
}

describe('createLogger', () => {
  test('writes one JSON line per event, with a named level and an ISO time', () => {
    const { log, lines } = capture();
    log.info({ batchId: 'b1', stage: 'download', ms: 12 }, 'stage done');
    log.debug('not at this level');
    expect(lines).toHaveLength(1);
    const event = JSON.parse(lines[0] as string);
    expect(event).toMatchObject({ level: 'info', name: 'worker', batchId: 'b1', msg: 'stage done', ms: 12 });
    expect(new Date(event.time).toISOString()).toBe(event.time);
  });

  test('redacts credentials by the name of their field', () => {
    const { log, lines } = capture();
    log.info({
      apiKey: 'key-1',
      store: { secretAccessKey: 'key-2' },
      req: { headers: { authorization: 'key-3' } },
    });
    expect(lines.join('')).not.toMatch(/key-[123]/);
  });

  test('redacts the values of known secrets wherever they appear', () => {
    const { log, lines } = capture({ secrets: ['AIza-secret', ''] });
    log.error({ err: new Error('GET https://x/?key=AIza-secret failed') }, 'call with AIza-secret failed');
    expect(lines.join('')).not.toContain('AIza-secret');
    expect(lines.join('')).toContain('[redacted]');
  });

  test('redacts secrets that JSON writes otherwise, and the password of one that is a URL', () => {
    const { log, lines } = capture({ secrets: ['quo"te\\d-key', 'redis://user:pa%24%24word@redis:6379'] });
    log.error({ seen: 'quo"te\\d-key' }, 'WRONGPASS pa$$word, or pa%24%24word');
    expect(lines.join('')).not.toMatch(/quo|pa\$\$word|pa%24%24word/);
  });

  test('leaves out what a refused command was to write', () => {
    const { log, lines } = capture();
    const command = { name: 'set', args: ['key', 'x'.repeat(10_000)] };
    const refused = Object.assign(new Error('OOM'), { command });
    log.error({ err: refused });
    log.error({ err: Object.assign(new Error('EXECABORT'), { command, previousErrors: [refused] }) });
    log.error({ err: new AggregateError([refused], 'both failed') });
    for (const line of lines) expect(line.length).toBeLessThan(6000);
    expect(JSON.parse(lines[0] as string).err).toMatchObject({ message: 'OOM', command: 'set' });
  });

  test('keeps the cause of an error', () => {
    const { log, lines } = capture();
    log.error({ err: new Error('outer', { cause: new Error('inner') }) });
    expect(JSON.parse(lines[0] as string).err.stack).toContain('inner');
  });
});
