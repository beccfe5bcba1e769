import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { chinese } from './chinese.ts';
import { english, type TextKey } from './english.ts';

const keys = Object.keys(english) as TextKey[];

/** Names of the values that a compiled message wants, those inside plurals too. */
function valuesOf(message: unknown): string[] {
  if (!Array.isArray(message)) return [];
  return message.flatMap((part) => {
    if (!Array.isArray(part)) return [];
    const [name, , forms] = part as [string, string?, unknown?];
    const inside = typeof forms === 'object' && forms !== null ? Object.values(forms).flatMap(valuesOf) : [];
    return [name, ...inside];
  });
}
const wanted = (message: string): string[] => [...new Set(valuesOf(compileMessage(message)))].sort();

test('has each text in both languages, with the same values in its braces', () => {
  expect(keys.length).toBeGreaterThan(300);
  expect(Object.keys(chinese).sort()).toEqual([...keys].sort());
  for (const key of keys)
    expect({ key, values: wanted(chinese[key]) }).toEqual({ key, values: wanted(english[key]) });
});

test('leaves no text empty, and no brace unread', () => {
  for (const text of [...Object.values(english), ...Object.values(chinese)]) {
    expect(text.trim()).not.toBe('');
    expect(() => compileMessage(text)).not.toThrow();
  }
});

test.each(['en', 'zh'])('has no key in two files of %s', (folder) => {
  const path = join(import.meta.dirname, folder);
  const found = readdirSync(path).flatMap((file) =>
    Object.keys(JSON.parse(readFileSync(join(path, file), 'utf8'))),
  );
  expect(found.toSorted()).toEqual([...keys].toSorted());
});

test.each(['failure:advice', 'setting:settingHelp'])('says of each %s what it means', (pair) => {
  const [part, words] = pair.split(':');
  const names = keys.filter((key) => key.startsWith(`${part}_`)).map((key) => key.slice(`${part}_`.length));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(keys).toContain(`${words}_${name}`);
});

test('says of each check what it is about', () => {
  const rules = keys.filter((key) => key.startsWith('check_')).map((key) => key.slice('check_'.length));
  expect(rules.length).toBeGreaterThan(20);
  for (const rule of rules) expect(keys).toContain(`checkHelp_${rule}`);
});
