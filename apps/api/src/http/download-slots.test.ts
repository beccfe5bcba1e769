import { describe, expect, test } from '@jest/globals';
import { createDownloadSlots } from './download-slots.ts';

describe('slots for downloads', () => {
  test('ends for all of them, and is there again when one has left', () => {
    const slots = createDownloadSlots({ altogether: 3, ofTenant: 3 });
    const [leave] = ['a', 'b', 'c'].map((tenant) => slots.enter(tenant));
    expect(() => slots.enter('d')).toThrow('Too many manifests and ZIPs');
    leave?.();
    leave?.();
    slots.enter('d');
    expect(() => slots.enter('a')).toThrow('Too many');
  });

  test('ends for one tenant before it ends for the others', () => {
    const slots = createDownloadSlots({ altogether: 4, ofTenant: 2 });
    const [leave] = ['a', 'a', 'b'].map((tenant) => slots.enter(tenant));
    expect(() => slots.enter('a')).toThrow('Too many');
    slots.enter('b');
    leave?.();
    slots.enter('a');
  });
});
