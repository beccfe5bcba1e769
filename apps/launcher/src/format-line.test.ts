import { describe, expect, test } from '@jest/globals';
import { formatLine } from './format-line.ts';

describe('formatLine', () => {
  test('turns a JSON line into one for people', () => {
    const event = {
      level: 'info',
      time: '2026-11-22T12:00:01.000Z',
      pid: 7,
      name: 'worker',
      sku: 'A 1',
      ms: 12,
    };
    const line = JSON.stringify({ ...event, msg: 'stage done' });
    expect(formatLine('worker 1', line, false)).toBe('worker 1 │ 12:00:01 info stage done sku=A 1 ms=12');
  });

  test('shows the stack of an error', () => {
    const line = JSON.stringify({
      level: 'error',
      time: 'x',
      msg: 'failed',
      err: { stack: 'Error: no\n at x' },
    });
    expect(formatLine('api', line, false)).toContain('failed \nError: no\n at x');
  });

  test.each(['plain text', '{"half":', '[1]', '{"a":1}'])('leaves %p as it is', (line) => {
    expect(formatLine('api', line, false)).toBe(`api      │ ${line}`);
  });
});
