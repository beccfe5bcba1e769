import { describe, expect, test } from '@jest/globals';
import { signFileLink, verifyFileLink } from './file-link.ts';

const linkSecret = 'a long secret';
const nowMs = 1_800_000_000_000;
const query = new URLSearchParams(signFileLink({ key: 'a/b.png', expires: 1_800_000_060, linkSecret }));
const expires = query.get('expires') ?? '';
const signature = query.get('signature') ?? '';
const link = { key: 'a/b.png', expires, signature, linkSecret, nowMs };

describe('a signed link', () => {
  test('holds until it expires', () => {
    expect(verifyFileLink(link)).toBe(true);
    expect(verifyFileLink({ ...link, nowMs: nowMs + 59_999 })).toBe(true);
    expect(verifyFileLink({ ...link, nowMs: nowMs + 60_000 })).toBe(false);
  });

  test.each([
    ['another key', { key: 'a/c.png' }],
    ['a later end', { expires: '1800000061' }],
    ['the same end spelt differently', { expires: '01800000060' }],
    ['an end that is no number', { expires: 'never' }],
    ['no end', { expires: undefined }],
    ['another signature', { signature: signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }],
    ['a shorter signature', { signature: signature.slice(1) }],
    ['no signature', { signature: undefined }],
    ['another secret', { linkSecret: 'another secret' }],
  ])('does not hold with %s', (_what, change) => {
    expect(verifyFileLink({ ...link, ...change })).toBe(false);
  });
});
